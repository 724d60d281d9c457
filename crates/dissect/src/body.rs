//! Bodies of messages on their way to becoming artifacts: counted, sniffed, passed to whoever asked.
//! Keeps the first [`HEAD`] bytes and nothing else.

mod decode;

pub use decode::{BOMB, DecodeEnd, Decoder};

use crate::context::Ctx;
use crate::facts::{Artifact, Completeness, FoundType};
use crate::protocol::Direction;
use file_format::FileFormat;
use weir_model::{ArtifactId, FlowId, PacketRef, Timestamp};

/// Bytes of a body kept to find its type.
pub(crate) const HEAD: usize = 4096;

/// Names a body: the flow, the direction and the stream offset of its first byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BodyKey {
    /// Flow that carries it.
    pub flow: FlowId,
    /// Which way.
    pub direction: Direction,
    /// Stream offset of its first byte.
    pub offset: u64,
}

/// A content coding (RFC 9110 section 8.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Encoding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or raw RFC 1951 as some servers send.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
    /// One that Weir cannot undo.
    Unknown,
}

/// How a body ended.
pub type BodyEnd = Completeness;

/// Who wants the bytes of bodies: hashing and saving. Bytes are as transferred, before content
/// codings are undone; several bodies may be open at once.
pub trait BodySink {
    /// A body begins.
    fn begin(&mut self, key: BodyKey, encodings: &[Encoding]);
    /// Its next bytes.
    fn data(&mut self, key: BodyKey, bytes: &[u8]);
    /// Its next `len` bytes are not in the capture.
    fn gap(&mut self, key: BodyKey, len: u64);
    /// It ended.
    fn end(&mut self, key: BodyKey, how: BodyEnd);
    /// Next bytes of a stream in order (or a datagram's payload), whoever reads them; `packet` brought them.
    fn stream(
        &mut self,
        _flow: FlowId,
        _direction: Direction,
        _packet: (PacketRef, Timestamp),
        _bytes: &[u8],
    ) {
    }
    /// The next `len` bytes of a stream are not in the capture.
    fn stream_gap(&mut self, _flow: FlowId, _direction: Direction, _packet: PacketRef, _len: u64) {}
}

/// A body that is being read. Lives in its stream dissector and is cloned with it.
#[derive(Clone)]
pub struct Body {
    artifact: Box<Artifact>,
    head: Vec<u8>,
    at: u64,
    begun: bool,
}

impl Body {
    /// A body whose artifact is known but for what only its bytes can tell.
    #[must_use]
    pub fn new(artifact: Artifact) -> Self {
        Self {
            artifact: Box::new(artifact),
            head: Vec::new(),
            at: 0,
            begun: false,
        }
    }

    /// The draft of its artifact.
    pub fn artifact(&mut self) -> &mut Artifact {
        &mut self.artifact
    }

    /// Bytes seen or known to be missing so far.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.at
    }

    /// Bytes seen so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.artifact.wire_size
    }

    /// Nothing yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at == 0
    }

    /// The first bytes, as transferred.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Its next bytes; `from` is the packet that brought the first of them, the current packet the last.
    pub fn data(&mut self, ctx: &mut Ctx<'_>, bytes: &[u8], from: (PacketRef, Timestamp)) {
        if bytes.is_empty() {
            return;
        }
        self.begin(ctx, from);
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        if self.at == self.head.len() as u64 {
            self.head
                .extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        self.at = self.at.saturating_add(bytes.len() as u64);
        self.artifact.wire_size = self.artifact.wire_size.saturating_add(bytes.len() as u64);
        self.artifact.last = ctx.meta.packet;
        self.artifact.ended = ctx.meta.time;
        if let Some(sink) = ctx.bodies() {
            sink.data(self.artifact.key, bytes);
        }
    }

    /// Its next `len` bytes are not in the capture.
    pub fn gap(&mut self, ctx: &mut Ctx<'_>, len: u64) {
        if len == 0 {
            return;
        }
        self.begin(ctx, (ctx.meta.packet, ctx.meta.time));
        let end = self.at.saturating_add(len);
        let full = self.artifact.missing.len() >= Artifact::MISSING_ROWS;
        match self.artifact.missing.last_mut() {
            Some(last) if last.end == self.at || full => last.end = end,
            _ => self.artifact.missing.push(self.at..end),
        }
        self.at = end;
        if let Some(sink) = ctx.bodies() {
            sink.gap(self.artifact.key, len);
        }
    }

    /// It ended: becomes an artifact. A body without a byte becomes one too when it was complete.
    pub fn end(mut self, ctx: &mut Ctx<'_>, how: BodyEnd) -> ArtifactId {
        self.begin(ctx, (ctx.meta.packet, ctx.meta.time));
        if let Some(sink) = ctx.bodies() {
            sink.end(self.artifact.key, how);
        }
        self.artifact.state = if how == Completeness::Complete && !self.artifact.missing.is_empty()
        {
            Completeness::Lost
        } else {
            how
        };
        let whole = self.at == self.head.len() as u64;
        let head = decode::head(&self.artifact.encodings, &self.head, whole);
        self.artifact.found_type = sniff(&head);
        ctx.keep_artifact(*self.artifact)
    }

    fn begin(&mut self, ctx: &mut Ctx<'_>, from: (PacketRef, Timestamp)) {
        if self.begun {
            return;
        }
        self.begun = true;
        (self.artifact.first, self.artifact.begun) = from;
        (self.artifact.last, self.artifact.ended) = (ctx.meta.packet, ctx.meta.time);
        if let Some(sink) = ctx.bodies() {
            sink.begin(self.artifact.key, &self.artifact.encodings);
        }
    }
}

/// Media type of a Windows program of which each byte was changed by the same one (exclusive or).
pub const XORED: &str = "application/x-xored-program";
/// What every Windows program says to DOS.
const STUB: &[u8] = b"This program ";

/// The byte by which a Windows program was changed.
fn hidden(head: &[u8]) -> Option<u8> {
    let (a, b) = (*head.first()?, *head.get(1)?);
    let key = a ^ b'M';
    if key == 0 || b ^ key != b'Z' {
        return None;
    }
    let stub: Vec<u8> = STUB.iter().map(|b| b ^ key).collect();
    memchr::memmem::find(head, &stub).map(|_| key)
}

/// Where a program's header stands, in the header for DOS before it.
const NEXT: usize = 60;
/// Signatures of what stands there: 32 and 64 bit, 16 bit, mixed.
const HEADERS: [&[u8]; 4] = [b"PE\0\0", b"NE", b"LE", b"LX"];

/// Does what begins with "MZ" go on as a program does? Any body may begin with these two letters.
fn is_program(head: &[u8]) -> bool {
    let word = |at: usize| {
        let two = head.get(at..).and_then(<[u8]>::first_chunk::<2>);
        two.map_or(0, |b| u16::from_le_bytes(*b))
    };
    let next = head.get(NEXT..).and_then(<[u8]>::first_chunk::<4>);
    let next = next.map(|b| u32::from_le_bytes(*b) as usize);
    if next.is_some_and(|at| {
        let there = head.get(at..).unwrap_or_default();
        HEADERS.iter().any(|h| there.starts_with(h))
    }) {
        return true;
    }
    // One for DOS alone, or with more before its header than is kept: bytes on the last page, pages, paragraphs of
    // the header (at least that of DOS, at most 64 KiB).
    let (last, pages, header) = (word(2), word(4), word(8));
    last < 512 && (1..=2048).contains(&pages) && (2..=4096).contains(&header)
}

/// The type of content that begins with `head`; `None` when nothing tells.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<FoundType> {
    if let Some(key) = hidden(head) {
        return Some(FoundType {
            media: XORED.into(),
            extension: "".into(),
            name: format!("Windows program, each byte changed by 0x{key:02x}").into(),
        });
    }
    let found = FileFormat::from_bytes(head);
    let nothing = matches!(found, FileFormat::ArbitraryBinaryData | FileFormat::Empty);
    let chance = found == FileFormat::MsDosExecutable && !is_program(head);
    if head.is_empty() || nothing || chance {
        return None;
    }
    Some(FoundType {
        media: found.media_type().into(),
        extension: found.extension().into(),
        name: found.name().into(),
    })
}

#[cfg(test)]
mod hidden_tests {
    use super::{HEAD, XORED, sniff};

    #[test]
    fn two_letters_make_no_program() {
        let exe = |bytes: &[u8]| sniff(bytes).is_some_and(|f| &*f.extension == "exe");
        let random: Vec<u8> = (0..HEAD).map(|n| (n * 167 % 251) as u8 | 0x81).collect();
        assert!(!exe(&[b"MZ", &random[..]].concat()), "random");
        assert!(!exe(b"MZ"), "no more than that");
        assert!(!exe(b"MZ, dear reader, are two letters. "
            .repeat(9)
            .as_slice()));
        let mut dos = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec();
        dos.resize(600, 0);
        assert!(exe(&dos), "for DOS");
        // A header for Windows within what is kept; where it is said to be is something else.
        let mut windows = b"MZ".to_vec();
        windows.resize(64, 0xff);
        windows[60..64].copy_from_slice(&64_u32.to_le_bytes());
        assert!(!exe(&[&windows[..], b"PF\0\0"].concat()));
        let whole = [&windows[..], b"PE\0\0\x4c\x01", &[0; 64][..]].concat();
        assert!(sniff(&whole).is_some(), "for Windows");
        assert!(
            exe(&[&windows[..], b"NE\x05\x0a", &[0; 64][..]].concat()),
            "16 bit"
        );
    }

    #[test]
    fn a_program_changed_byte_by_byte() {
        let mut plain = b"MZ\x90\0".to_vec();
        plain.resize(78, 0);
        plain.extend(b"This program cannot be run in DOS mode.");
        let media = |key: u8| {
            let bytes: Vec<u8> = plain.iter().map(|b| b ^ key).collect();
            sniff(&bytes).map(|f| f.media.to_string())
        };
        for key in [1, 0x20, 0x5a, 0xff] {
            assert_eq!(media(key).as_deref(), Some(XORED), "{key}");
        }
        assert_ne!(media(0).as_deref(), Some(XORED), "plain");
        let by_chance: Vec<u8> = b"MZ and no more".iter().map(|b| b ^ 7).collect();
        assert_ne!(
            sniff(&by_chance).map(|f| f.media.to_string()).as_deref(),
            Some(XORED)
        );
    }
}
