//! A file seen on the wire: its names, its shape and where its bytes can be read again. Holds no content.

use crate::body::{BodyKey, Encoding};
use crate::flow::Flow;
use crate::protocol::{Direction, Protocol};
use smallvec::SmallVec;
use std::net::IpAddr;
use std::ops::Range;
use weir_model::{ArtifactId, FlowId, PacketRef, Timestamp};

/// Where a name of an artifact stood.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NameSource {
    /// Last segment of the request path, percent-decoded.
    Path,
    /// A query parameter's value.
    Query,
    /// Content-Disposition, `filename` or `filename*` (RFC 6266).
    Disposition,
    /// The path of the redirect that led here.
    Redirect,
    /// Argument of the transfer command (FTP RETR, STOR …).
    Argument,
    /// A multipart part's file name (RFC 7578, RFC 2046).
    Part,
    /// The subject of a mail.
    Subject,
}

/// A name and where it stood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArtifactName {
    /// As decoded; hostile text.
    pub text: Box<str>,
    /// Where it stood.
    pub from: NameSource,
}

/// How much of it was delivered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Completeness {
    /// Every byte is in the capture.
    Complete,
    /// The transfer itself stopped early (reset, closed short).
    Aborted,
    /// Acknowledged bytes are not in the capture.
    Lost,
    /// Packets were cut by the snap length.
    Cut,
    /// The capture ended first.
    CaptureEnded,
    /// What says where it ends was not read: its head is longer than any that is.
    Unread,
}

/// The part of a resource that a 206 answer (RFC 9110 section 14) carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContentRange {
    /// First byte of the resource.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Size of the resource, when stated.
    pub total: Option<u64>,
}

/// A file carried by a protocol, in one direction of one flow.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Its name for evidence.
    pub id: ArtifactId,
    /// Where its body starts; with the flow, the recipe to read it again.
    pub key: BodyKey,
    /// `http`, `ftp-data`.
    pub protocol: &'static Protocol,
    /// Row of the message that carried it, in its protocol's table.
    pub message: Option<u32>,
    /// Every name it was given, best first. Hostile text.
    pub names: SmallVec<[ArtifactName; 1]>,
    /// What the sender declared (Content-Type without parameters).
    pub declared_type: Option<Box<str>>,
    /// Media type and extension found by content of the decoded head; `None` when undecided.
    pub found_type: Option<FoundType>,
    /// Content codings to undo, outermost last as in the header (RFC 9110 section 8.4).
    pub encodings: SmallVec<[Encoding; 1]>,
    /// Size the sender declared for the transferred bytes.
    pub declared_size: Option<u64>,
    /// Transferred bytes that are in the capture (after transfer codings, before content codings).
    pub wire_size: u64,
    /// Bytes of the transferred body that are missing, ascending, at most [`Artifact::MISSING_ROWS`].
    pub missing: SmallVec<[Range<u64>; 1]>,
    /// For 206 answers.
    pub range: Option<ContentRange>,
    /// Strong ETag or Last-Modified with a letter in front (`E`, `L`): parts with the same one belong together.
    pub validator: Option<Box<str>>,
    /// Where it was had from, `http://host/path` or `ftp://server/path`. Hostile text.
    pub url: Box<str>,
    /// Who asked.
    pub client: (IpAddr, u16),
    /// Who answered.
    pub server: (IpAddr, u16),
    /// Client to server (upload)? Otherwise server to client.
    pub sent: bool,
    /// ASCII mode: bytes are as sent, line ends may differ from the file's (RFC 959 section 3.1.1.1).
    pub ascii: bool,
    /// Packet and time of the request or command.
    pub asked: Option<(PacketRef, Timestamp)>,
    /// Packet with the first byte of the body.
    pub first: PacketRef,
    /// Packet with the last byte.
    pub last: PacketRef,
    /// Time of `first`.
    pub begun: Timestamp,
    /// Time of `last`.
    pub ended: Timestamp,
    /// How much there is.
    pub state: Completeness,
}

/// A file type found by content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundType {
    /// `application/x-dosexec`.
    pub media: Box<str>,
    /// `exe`; may be empty.
    pub extension: Box<str>,
    /// `Windows Portable Executable`.
    pub name: Box<str>,
}

impl Artifact {
    /// A file whose first byte stands at `offset` of a direction of `flow`: what only its protocol or its bytes tell is
    /// not there yet.
    #[must_use]
    pub fn draft(
        protocol: &'static Protocol,
        flow: &Flow,
        direction: Direction,
        offset: u64,
    ) -> Self {
        Self {
            id: ArtifactId::default(),
            key: BodyKey {
                flow: flow.id,
                direction,
                offset,
            },
            protocol,
            message: None,
            names: SmallVec::new(),
            declared_type: None,
            found_type: None,
            encodings: SmallVec::new(),
            declared_size: None,
            wire_size: 0,
            missing: SmallVec::new(),
            range: None,
            validator: None,
            url: Box::default(),
            client: flow.client,
            server: flow.server,
            sent: direction == Direction::Forward,
            ascii: false,
            asked: None,
            first: PacketRef::default(),
            last: PacketRef::default(),
            begun: Timestamp::default(),
            ended: Timestamp::default(),
            state: Completeness::Complete,
        }
    }

    /// Heap it keeps, roughly, itself included.
    #[must_use]
    pub fn heap(&self) -> usize {
        let names: usize = self.names.iter().map(|n| n.text.len() + 32).sum();
        size_of::<Self>() + names + self.url.len() + self.missing.len() * 16
    }

    /// Is it known to be only part of a file?
    #[must_use]
    pub fn is_part(&self) -> bool {
        let part = |r: &ContentRange| r.start > 0 || r.total.is_some_and(|t| r.end < t);
        self.range.as_ref().is_some_and(part)
    }

    /// Most missing ranges kept; further ones widen the last.
    pub const MISSING_ROWS: usize = 64;

    /// The flow that carried it.
    #[must_use]
    pub fn flow(&self) -> FlowId {
        self.key.flow
    }
}
