//! A request with its answer: one row of the HTTP log, columns named as Zeek's `http.log`.

use super::PROTOCOL;
use crate::facts::{ArtifactName, Cell, Column, Completeness, Message, MessageMeta};
use crate::protocol::Protocol;
use smallvec::SmallVec;
use weir_model::{PacketRef, Timestamp};

/// A request and its final answer, or the one of them that was seen.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// First byte of the request to last byte of the answer; the direction is the request's.
    pub meta: MessageMeta,
    /// Its place in the flow, from 1; the key of its [`crate::facts::LinkKind::Answer`] link.
    pub number: u32,
    /// What was asked; `None` when only the answer is in the capture.
    pub request: Option<Request>,
    /// What came back; `None` when nothing did.
    pub response: Option<Response>,
    /// The latest interim answer (100 to 199) before the final one.
    pub interim: Option<(u16, Box<str>)>,
    /// How the answer ended; without one, why there is none.
    pub state: Completeness,
}

/// The asking half.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`. Hostile text, as all text here.
    pub method: Box<str>,
    /// The request target as sent (RFC 9112 section 3.2).
    pub target: Box<str>,
    /// Host field, or the authority of an absolute target, as sent, with port.
    pub host: Option<Box<str>>,
    /// Path of the target, percent-decoded, without query.
    pub path: Box<str>,
    /// The target was absolute (or CONNECT's authority): asked of a proxy.
    pub absolute: bool,
    /// It came within TLS.
    pub secure: bool,
    /// `1.1`.
    pub version: Box<str>,
    /// User-Agent.
    pub user_agent: Option<Box<str>>,
    /// Referer.
    pub referer: Option<Box<str>>,
    /// Origin.
    pub origin: Option<Box<str>>,
    /// If-None-Match.
    pub if_none_match: Option<Box<str>>,
    /// If-Modified-Since.
    pub if_modified_since: Option<Box<str>>,
    /// Range.
    pub range: Option<Box<str>>,
    /// Content-Type without parameters.
    pub content_type: Option<Box<str>>,
    /// Fields that a proxy leaves (`VIA -> 1.1 proxy`), as Zeek lists them.
    pub proxied: SmallVec<[Box<str>; 1]>,
    /// Who logged in, when the request says so. Holds no password.
    pub credentials: Option<Credentials>,
    /// The URL whose redirect led here, when seen.
    pub redirected_from: Option<Box<str>>,
    /// Names given by the target and by redirects to it, best first.
    pub names: SmallVec<[ArtifactName; 1]>,
    /// Packet and time of its first byte.
    pub first: (PacketRef, Timestamp),
    /// Packet and time of its last byte.
    pub last: (PacketRef, Timestamp),
    /// Body bytes in the capture, transfer coding undone.
    pub body_len: u64,
    /// Names that its body gives the files in it, at most eight.
    pub file_names: SmallVec<[Box<str>; 1]>,
    /// Places of its body, and of the files in it, in [`crate::Facts::artifacts`].
    pub artifacts: SmallVec<[u32; 1]>,
    /// How it ended.
    pub state: Completeness,
}

/// The answering half.
#[derive(Clone, Debug)]
pub struct Response {
    /// `1.1`.
    pub version: Box<str>,
    /// Status code.
    pub status: u16,
    /// Reason phrase.
    pub phrase: Box<str>,
    /// Server.
    pub server: Option<Box<str>>,
    /// Location.
    pub location: Option<Box<str>>,
    /// Content-Type without parameters.
    pub content_type: Option<Box<str>>,
    /// File name of Content-Disposition, decoded.
    pub file_name: Option<Box<str>>,
    /// ETag as sent.
    pub etag: Option<Box<str>>,
    /// Last-Modified as sent.
    pub last_modified: Option<Box<str>>,
    /// Fields that a proxy leaves.
    pub proxied: SmallVec<[Box<str>; 1]>,
    /// Packet and time of its first byte.
    pub first: (PacketRef, Timestamp),
    /// Packet and time that completed it.
    pub last: (PacketRef, Timestamp),
    /// Body bytes in the capture, transfer coding undone.
    pub body_len: u64,
    /// Places of its body, and of the parts in it, in [`crate::Facts::artifacts`].
    pub artifacts: SmallVec<[u32; 1]>,
}

/// How somebody logged in, without the secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credentials {
    /// `basic`, `digest`, `bearer`, `ntlm`, `negotiate`, `form`, `url` or the scheme as sent.
    pub scheme: Box<str>,
    /// The user, where it is readable.
    pub user: Option<Box<str>>,
    /// A password (not a token or a hash of one) could be read.
    pub password: bool,
    /// Meant for a proxy.
    pub proxy: bool,
}

impl Transaction {
    /// The final status.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|r| r.status)
    }

    /// The URL as Wireshark's `http.request.full_uri`; `None` without a request.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        self.request.as_ref().map(Request::url)
    }

    /// Did a proxy relay it, or was one asked to?
    #[must_use]
    pub fn via_proxy(&self) -> bool {
        self.request
            .as_ref()
            .is_some_and(|r| r.absolute || !r.proxied.is_empty())
            || self
                .response
                .as_ref()
                .is_some_and(|r| !r.proxied.is_empty())
    }

    /// Was a log-in accepted? `None` when nobody logged in or no answer tells. A form's answer tells only
    /// refusals: what else it says stands in its page.
    #[must_use]
    pub fn login_accepted(&self) -> Option<bool> {
        let credentials = self.request.as_ref()?.credentials.as_ref()?;
        match self.status()? {
            401 | 403 | 407 => Some(false),
            200..=399 if &*credentials.scheme != "form" => Some(true),
            _ => None,
        }
    }
}

impl Request {
    /// The URL, as far as it is known.
    #[must_use]
    pub fn url(&self) -> String {
        if self.absolute {
            return self.target.to_string();
        }
        format!(
            "{}://{}{}",
            if self.secure { "https" } else { "http" },
            self.host.as_deref().unwrap_or_default(),
            self.target
        )
    }
}

static COLUMNS: &[Column] = &[
    column("ts", "Time of the request"),
    column("trans_depth", "Place in the flow"),
    column("method", "Request method"),
    column("host", "Host"),
    column("uri", "Request target"),
    column("referrer", "Referer"),
    column("version", "Version"),
    column("user_agent", "User agent"),
    column("origin", "Origin"),
    column("request_body_len", "Request body bytes"),
    column("response_body_len", "Response body bytes"),
    column("status_code", "Status"),
    column("status_msg", "Reason"),
    column("info_code", "Interim status"),
    column("info_msg", "Interim reason"),
    column("username", "User who logged in"),
    column("password", "Masked; present when one was sent"),
    column("proxied", "Proxy fields"),
    column("names", "Names in path and query, and in redirects to it"),
    column("orig_filenames", "Names of the files in the request"),
    column("orig_mime_types", "Declared type of the request body"),
    column("resp_filenames", "Names in the response"),
    column("resp_mime_types", "Declared type of the response body"),
    column("location", "Location"),
    column("state", "How the answer ended"),
];

const fn column(name: &'static str, title: &'static str) -> Column {
    Column { name, title }
}

impl Message for Transaction {
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
        let Some(column) = COLUMNS.get(n) else {
            return Cell::Absent;
        };
        let (request, response) = (self.request.as_ref(), self.response.as_ref());
        let asked = |f: fn(&Request) -> Option<&str>| Cell::text(request.and_then(f));
        let came = |f: fn(&Response) -> Option<&str>| Cell::text(response.and_then(f));
        let list = |items: &mut dyn Iterator<Item = &str>| {
            let cells: Vec<Cell> = items.map(|t| Cell::Text(t.to_owned())).collect();
            if cells.is_empty() {
                Cell::Absent
            } else {
                Cell::List(cells)
            }
        };
        match column.name {
            "ts" => Cell::Time(self.meta.time),
            "trans_depth" => Cell::Uint(u64::from(self.number)),
            "method" => asked(|r| Some(&r.method)),
            "host" => asked(|r| r.host.as_deref()),
            "uri" => asked(|r| Some(&r.target)),
            "referrer" => asked(|r| r.referer.as_deref()),
            "version" => Cell::text(
                response
                    .map(|r| &*r.version)
                    .or(request.map(|r| &*r.version)),
            ),
            "user_agent" => asked(|r| r.user_agent.as_deref()),
            "origin" => asked(|r| r.origin.as_deref()),
            "request_body_len" => Cell::uint(request.map(|r| r.body_len)),
            "response_body_len" => Cell::uint(response.map(|r| r.body_len)),
            "status_code" => Cell::uint(response.map(|r| r.status)),
            "status_msg" => came(|r| Some(&r.phrase)),
            "info_code" => Cell::uint(self.interim.as_ref().map(|i| i.0)),
            "info_msg" => Cell::text(self.interim.as_ref().map(|i| &*i.1)),
            "username" => asked(|r| r.credentials.as_ref().and_then(|c| c.user.as_deref())),
            "password" => asked(|r| {
                r.credentials
                    .as_ref()
                    .and_then(|c| c.password.then_some("\u{2022}\u{2022}\u{2022}"))
            }),
            "proxied" => list(
                &mut request
                    .into_iter()
                    .flat_map(|r| &r.proxied)
                    .chain(response.into_iter().flat_map(|r| &r.proxied))
                    .map(|t| &**t),
            ),
            "names" => list(&mut request.into_iter().flat_map(|r| &r.names).map(|n| &*n.text)),
            "orig_filenames" => list(
                &mut request
                    .into_iter()
                    .flat_map(|r| &r.file_names)
                    .map(|n| &**n),
            ),
            "orig_mime_types" => asked(|r| r.content_type.as_deref()),
            "resp_filenames" => came(|r| r.file_name.as_deref()),
            "resp_mime_types" => came(|r| r.content_type.as_deref()),
            "location" => came(|r| r.location.as_deref()),
            "state" => Cell::Text(state_word(self.state).to_owned()),
            _ => Cell::Absent,
        }
    }

    fn summary(&self) -> String {
        let mut out = match &self.request {
            Some(r) => format!("{} {}", r.method, r.url()),
            None => "(request not seen)".to_owned(),
        };
        match &self.response {
            Some(r) => {
                out += &format!(" \u{2192} {} {}, {} bytes", r.status, r.phrase, r.body_len);
            }
            None => out += " \u{2192} no answer",
        }
        if self.state != Completeness::Complete {
            out += ", ";
            out += state_word(self.state);
        }
        out
    }

    fn heap(&self) -> usize {
        let request = self.request.as_ref().map_or(0, |r| {
            let optional = [
                &r.host,
                &r.user_agent,
                &r.referer,
                &r.origin,
                &r.if_none_match,
                &r.if_modified_since,
                &r.range,
                &r.content_type,
                &r.redirected_from,
            ];
            let names: usize = r.names.iter().map(|n| n.text.len() + 24).sum();
            let proxied: usize = r.proxied.iter().map(|p| p.len() + 16).sum();
            let files: usize = r.file_names.iter().map(|n| n.len() + 16).sum();
            let texts = r.method.len() + r.target.len() + r.path.len() + size(&optional);
            texts + names + files + proxied + 32
        });
        let response = self.response.as_ref().map_or(0, |r| {
            let optional = [
                &r.server,
                &r.location,
                &r.content_type,
                &r.file_name,
                &r.etag,
                &r.last_modified,
            ];
            r.phrase.len() + size(&optional) + r.proxied.iter().map(|p| p.len() + 16).sum::<usize>()
        });
        request + response
    }
}

fn size(texts: &[&Option<Box<str>>]) -> usize {
    texts
        .iter()
        .filter_map(|t| t.as_deref())
        .map(str::len)
        .sum()
}

fn state_word(state: Completeness) -> &'static str {
    match state {
        Completeness::Complete => "complete",
        Completeness::Aborted => "aborted",
        Completeness::Lost => "lost by the capture",
        Completeness::Cut => "cut by the snap length",
        Completeness::CaptureEnded => "capture ended",
        Completeness::Unread => "head too long",
    }
}
