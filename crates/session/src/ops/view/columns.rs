//! The columns of every table, in the order their cells come.

use serde::Serialize;

/// A column as the page is told of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Column {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: &'static str,
    pub(crate) width: u16,
    pub(crate) sortable: bool,
    pub(crate) field: Option<String>,
    pub(crate) standard: bool,
}

/// Id, title, kind, width, filter field (or empty), shown unless asked for more.
pub(crate) type Spec = (
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static str,
    bool,
);

pub(crate) const PACKETS: &[Spec] = &[
    ("no", "No.", "packet", 8, "frame.number", true),
    ("time", "Time", "time", 15, "", true),
    ("source", "Source", "address", 18, "ip.src", true),
    ("destination", "Destination", "address", 18, "ip.dst", true),
    ("protocol", "Protocol", "text", 9, "", true),
    ("length", "Length", "bytes", 8, "frame.len", true),
    ("info", "Info", "text", 80, "", true),
];

pub(crate) const FLOWS: &[Spec] = &[
    ("flow", "Stream", "flow", 10, "", true),
    ("protocol", "Protocol", "text", 10, "", true),
    ("client", "Client", "address", 18, "ip.addr", true),
    ("client_port", "Port", "number", 7, "", true),
    ("server", "Server", "address", 18, "ip.addr", true),
    ("server_port", "Port", "number", 7, "", true),
    ("packets", "Packets", "number", 9, "", true),
    ("bytes", "Bytes", "bytes", 11, "", true),
    ("bytes_sent", "Client to server", "bytes", 12, "", true),
    ("bytes_received", "Server to client", "bytes", 12, "", true),
    ("start", "Begun", "time", 24, "", true),
    ("duration", "Duration", "duration", 12, "", true),
    ("missed", "Bytes missing", "bytes", 10, "", false),
    ("duplicates", "Duplicates", "number", 9, "", false),
    ("retransmissions", "Retransmissions", "number", 9, "", false),
    ("recognised_by", "Recognised by", "text", 12, "", false),
    ("community_id", "Community ID", "text", 32, "", false),
    ("first", "First packet", "packet", 10, "", false),
    ("last", "Last packet", "packet", 10, "", false),
];

pub(crate) const MESSAGES: &[Spec] = &[
    ("packet", "Packet", "packet", 9, "", true),
    ("time", "Time", "time", 24, "", true),
    ("protocol", "Protocol", "text", 9, "", true),
    ("client", "Client", "address", 18, "ip.addr", true),
    ("server", "Server", "address", 18, "ip.addr", true),
    ("message", "Message", "text", 80, "", true),
    ("flow", "Stream", "flow", 10, "", true),
    ("duration", "Duration", "duration", 12, "", false),
    ("first", "First packet", "packet", 9, "", false),
];

pub(crate) const FILES: &[Spec] = &[
    ("name", "Name", "text", 32, "", true),
    ("type", "Type by content", "text", 28, "", true),
    ("size", "Size", "bytes", 11, "", true),
    ("complete", "Complete", "text", 20, "", true),
    ("direction", "Direction", "text", 9, "", true),
    ("client", "Client", "address", 18, "ip.addr", true),
    ("server", "Server", "address", 18, "ip.addr", true),
    ("protocol", "Protocol", "text", 9, "", true),
    ("time", "Time", "time", 24, "", true),
    ("packet", "Packet", "packet", 9, "", true),
    ("sha256", "SHA-256", "hash", 20, "", true),
    ("id", "File", "artifact", 10, "", false),
    ("declared_type", "Declared type", "text", 24, "", false),
    ("declared_size", "Declared size", "bytes", 11, "", false),
    ("url", "From", "text", 50, "", false),
    ("flow", "Stream", "flow", 10, "", false),
    ("md5", "MD5", "hash", 20, "", false),
    ("sha1", "SHA-1", "hash", 20, "", false),
    ("first", "First packet", "packet", 9, "", false),
];

/// Rows of flow logs.
pub(crate) const ROWS: &[Spec] = &[
    ("row", "Row", "row", 10, "", true),
    ("protocol", "Protocol", "text", 10, "", true),
    ("client", "Originator", "address", 18, "ip.addr", true),
    ("client_port", "Port", "number", 7, "", true),
    ("server", "Responder", "address", 18, "ip.addr", true),
    ("server_port", "Port", "number", 7, "", true),
    ("packets", "Packets", "number", 9, "", true),
    ("bytes_sent", "Payload sent", "bytes", 12, "", true),
    ("bytes_received", "Payload answered", "bytes", 12, "", true),
    ("start", "Begun", "time", 24, "", true),
    ("duration", "Duration", "duration", 12, "", true),
    ("state", "State", "text", 7, "", true),
    ("answered", "Answered", "text", 9, "", true),
    ("transport", "Transport", "text", 9, "", false),
    ("history", "History", "text", 12, "", false),
    ("missed", "Bytes missing", "bytes", 10, "", false),
    ("uid", "UID", "text", 20, "", false),
    ("community_id", "Community ID", "text", 32, "", false),
    ("line", "Line", "number", 8, "", false),
];

pub(crate) const HOSTS: &[Spec] = &[
    ("host", "Host", "address", 18, "ip.addr", true),
    ("mac", "MAC", "text", 18, "eth.addr", true),
    ("name", "Name", "text", 24, "", true),
    ("role", "Role", "text", 14, "", true),
    ("packets", "Packets", "number", 9, "", true),
    ("bytes_sent", "Sent", "bytes", 11, "", true),
    ("bytes_received", "Received", "bytes", 11, "", true),
    ("peers", "Peers", "number", 7, "", true),
    ("first", "First seen", "time", 24, "", true),
    ("last", "Last seen", "time", 24, "", true),
    ("seen", "Known from", "text", 22, "", false),
    ("rows", "Log rows", "number", 9, "", false),
];

/// Columns of [`HOSTS`] that are shown once a flow log is loaded.
pub(crate) const WITH_LOGS: [&str; 2] = ["seen", "rows"];

pub(crate) fn columns(specs: &[Spec]) -> Vec<Column> {
    specs
        .iter()
        .map(|(id, title, kind, width, field, standard)| Column {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            kind,
            width: *width,
            sortable: true,
            field: (!field.is_empty()).then(|| (*field).to_owned()),
            standard: *standard,
        })
        .collect()
}
