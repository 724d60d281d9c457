//! A QUIC connection attempt as a row: Zeek's quic.log.

use super::PROTOCOL;
use crate::facts::{Cell, Column, Message, MessageMeta};
use crate::protocol::Protocol;

/// Letters of a history.
pub(super) const HISTORY: usize = 100;

/// One attempt to connect: from a client's first Initial packet to keys of both sides' own. What follows a
/// Retry is an attempt of its own.
#[derive(Clone, Debug)]
pub struct Connection {
    /// First: the client's first packet; last: the latest that changed the row.
    pub meta: MessageMeta,
    /// Version on the wire.
    pub version: u32,
    /// Connection id that the client's first packet was sent to.
    pub initial_dcid: Box<[u8]>,
    /// The client's own; may be empty.
    pub client_scid: Box<[u8]>,
    /// The server's own, once it spoke.
    pub server_scid: Option<Box<[u8]>>,
    /// The name the client asked for. Hostile text.
    pub server_name: Option<Box<str>>,
    /// First application protocol the client offered. Hostile text.
    pub client_protocol: Option<Box<str>>,
    /// A letter a packet, the client's in capitals: `i` Initial, `s` a hello, `z` 0-RTT, `h` Handshake,
    /// `r` Retry, `o` what follows, `x` bytes behind the last packet. Ends when both sides sent an `o`.
    pub history: String,
}

impl Connection {
    /// As Zeek writes it: `1`, `quicv2`, `draft-29`.
    #[must_use]
    pub fn version_name(&self) -> String {
        match self.version {
            1 => "1".to_owned(),
            super::wire::V2 => "quicv2".to_owned(),
            v @ 0xff00_0000..=0xff00_00ff => format!("draft-{}", v & 0xff),
            v => format!("unknown-{v:08x}"),
        }
    }
}

fn hex(id: &[u8]) -> Cell {
    Cell::Text(id.iter().map(|b| format!("{b:02x}")).collect())
}

static COLUMNS: &[Column] = &[
    Column::new("version", "Version"),
    Column::new(
        "client_initial_dcid",
        "Connection id of the client's first packet",
    ),
    Column::new("client_scid", "The client's connection id"),
    Column::new("server_scid", "The server's connection id"),
    Column::new("server_name", "Name the client asked for"),
    Column::new(
        "client_protocol",
        "First application protocol the client offered",
    ),
    Column::new(
        "history",
        "A letter a packet until both sides encrypt with keys of their own",
    ),
];

impl Message for Connection {
    fn protocol() -> &'static Protocol {
        &PROTOCOL
    }
    fn columns() -> &'static [Column] {
        COLUMNS
    }
    fn meta(&self) -> &MessageMeta {
        &self.meta
    }
    fn cell(&self, n: usize) -> Cell {
        match n {
            0 => Cell::Text(self.version_name()),
            1 => hex(&self.initial_dcid),
            2 => hex(&self.client_scid),
            3 => self.server_scid.as_deref().map_or(Cell::Absent, hex),
            4 => Cell::text(self.server_name.as_deref()),
            5 => Cell::text(self.client_protocol.as_deref()),
            6 => Cell::Text(self.history.clone()),
            _ => Cell::Absent,
        }
    }
    fn summary(&self) -> String {
        let name = self.server_name.as_deref().unwrap_or("no name");
        let protocol = self.client_protocol.as_deref().unwrap_or("no protocol");
        format!("QUIC {} {name}, {protocol}", self.version_name())
    }
    fn heap(&self) -> usize {
        self.initial_dcid.len()
            + self.client_scid.len()
            + self.server_scid.as_ref().map_or(0, |id| id.len())
            + self.server_name.as_ref().map_or(0, |t| t.len())
            + self.client_protocol.as_ref().map_or(0, |t| t.len())
            + self.history.capacity()
    }
}
