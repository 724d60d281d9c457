//! A mail as it streams in (RFC 5322, RFC 2046): its parts and the mails in it, each with its own head and coding. Keeps
//! the heads, the beginning of a line that may be a boundary, and what bodies keep.

use super::coding::Undo;
use super::describe;
use super::head::{Entity, encoded_words, lines, unfolded};
use super::outline::{MUCH, Outline, What};
use crate::body::Body;
use crate::context::Ctx;
use crate::facts::{Artifact, Completeness, NameSource};
use crate::protocols::http::{Names, add_name};
use smallvec::SmallVec;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Bytes of a head that are kept.
const HEAD: usize = 32 << 10;
/// Bytes of a head's line that are waited for.
const LINE: usize = 8 << 10;
/// Bytes of a line that may be a boundary: two hyphens, 256 bytes, two hyphens, blanks.
const DELIMITER: usize = 512;
/// Multiparts and mails inside each other.
const DEPTH: usize = 256;
/// Parts of a mail that become artifacts.
const PARTS: u32 = 1000;
/// Bytes that a mail inside others costs once more for each of them: so many in all …
const COPIES: u64 = 64 << 20;
/// … beyond so many times the mail.
const TIMES: u64 = 8;

static DEEP: LimitKind = LimitKind {
    id: "imf.depth",
    says: "a mail had more multiparts and mails inside each other than are read; what is deeper is one file",
    bound: DEPTH as u64,
    unit: "levels",
};
static MANY_PARTS: LimitKind = LimitKind {
    id: "imf.parts",
    says: "a mail had more parts than become files of their own",
    bound: PARTS as u64,
    unit: "parts",
};
static MANY_COPIES: LimitKind = LimitKind {
    id: "imf.copies",
    says: "mails inside each other had more bytes, each counted with all that hold it, than are read",
    bound: COPIES,
    unit: "bytes",
};

#[derive(Clone)]
enum Level {
    /// A mail inside.
    Message(Option<Body>),
    Multipart {
        /// `--boundary`.
        delimiter: Box<[u8]>,
        /// Its last boundary has not come.
        open: bool,
        /// No boundary has come.
        before: bool,
        group: u16,
        /// Its parts are mails unless they say otherwise (RFC 2046 section 5.1.5).
        digest: bool,
    },
    Part(Option<Body>, Undo),
}

/// A head under way.
#[derive(Clone, Default)]
struct Head {
    bytes: Vec<u8>,
    /// Of a mail, not of a part.
    message: bool,
    /// The multipart of the part.
    group: u16,
    digest: bool,
}

/// One mail under way.
#[derive(Clone)]
pub(crate) struct Mail {
    whole: Option<Body>,
    template: Box<Artifact>,
    levels: Vec<Level>,
    head: Option<Head>,
    line: Vec<u8>,
    /// The line end before here: part of what is before it, unless a boundary follows.
    eol: &'static [u8],
    /// A line begins here.
    start: bool,
    outline: Outline,
    parts: u32,
    copied: u64,
    /// Stream offset of the content that began last: names are not given twice.
    last: Option<u64>,
    rows: SmallVec<[u32; 4]>,
    /// The snap length cut some of it.
    cut: bool,
}

/// Splits off the line end.
fn split_end(piece: &[u8]) -> (&[u8], &'static [u8]) {
    if let Some(text) = piece.strip_suffix(b"\r\n") {
        (text, b"\r\n")
    } else if let Some(text) = piece.strip_suffix(b"\n") {
        (text, b"\n")
    } else if let Some(text) = piece.strip_suffix(b"\r") {
        (text, b"\r")
    } else {
        (piece, b"")
    }
}

impl Mail {
    /// For a mail whose artifact is known but for its name and what only its bytes tell.
    pub(crate) fn new(mut artifact: Artifact) -> Self {
        artifact
            .declared_type
            .get_or_insert_with(|| "message/rfc822".into());
        Self {
            template: Box::new(artifact.clone()),
            whole: Some(Body::new(artifact)),
            levels: Vec::new(),
            head: Some(Head {
                message: true,
                ..Head::default()
            }),
            line: Vec::new(),
            eol: b"",
            start: true,
            outline: Outline::default(),
            parts: 0,
            copied: 0,
            last: None,
            rows: SmallVec::new(),
            cut: false,
        }
    }

    /// What stands in a head of the mail itself, unfolded, the first of that name; empty before its head was read.
    pub(crate) fn value(&self, name: &str) -> String {
        let line =
            lines(self.outline.head()).find(|l| l.name.eq_ignore_ascii_case(name.as_bytes()));
        let value = line.map(|l| unfolded(l.value)).unwrap_or_default();
        String::from_utf8_lossy(&value).replace('\t', " ")
    }

    /// Bytes of it in the capture.
    pub(crate) fn bytes(&self) -> u64 {
        self.whole.as_ref().map_or(0, Body::received)
    }

    /// Bytes kept, roughly.
    pub(crate) fn held(&self) -> usize {
        let body = |b: &Body| size_of::<Artifact>() + b.head().len();
        let levels = self.levels.iter().map(|l| match l {
            Level::Message(b) | Level::Part(b, _) => b.as_ref().map_or(0, body),
            Level::Multipart { delimiter, .. } => delimiter.len(),
        });
        levels.sum::<usize>()
            + self.whole.as_ref().map_or(0, body)
            + self.head.as_ref().map_or(0, |h| h.bytes.capacity())
            + self.line.capacity()
            + self.outline.bytes.capacity()
    }

    /// Its next bytes, which stand at `offset` of the stream.
    pub(crate) fn data(
        &mut self,
        ctx: &mut Ctx<'_>,
        bytes: &[u8],
        offset: u64,
        from: (PacketRef, Timestamp),
    ) {
        if let Some(whole) = &mut self.whole {
            whole.data(ctx, bytes, from);
        }
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
            let split = self.is_split();
            let may_part = split && rest.first() == Some(&b'-');
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            if !self.line.is_empty() || (self.start && (self.head.is_some() || may_part)) {
                let most = if self.head.is_some() { LINE } else { DELIMITER };
                let piece = rest.get(..end.min(most.saturating_sub(self.line.len())));
                let piece = piece.unwrap_or_default();
                self.line.extend_from_slice(piece);
                at += piece.len();
                let ended = self.line.ends_with(b"\n");
                if !ended && self.line.len() < most {
                    return;
                }
                self.start = ended;
                let line = std::mem::take(&mut self.line);
                self.judge(ctx, &line, offset.saturating_add(at as u64), from);
            } else if split || self.head.is_some() {
                let piece = rest.get(..end).unwrap_or_default();
                self.pass(ctx, piece, from);
                self.start = piece.ends_with(b"\n");
                at += end;
            } else {
                self.pass(ctx, rest, from);
                self.start = rest.ends_with(b"\n");
                return;
            }
        }
    }

    /// Its next `len` bytes are missing.
    pub(crate) fn gap(&mut self, ctx: &mut Ctx<'_>, len: u64) {
        if len == 0 {
            return;
        }
        self.cut |= ctx.packet.cut;
        let now = (ctx.meta.packet, ctx.meta.time);
        let line = std::mem::take(&mut self.line);
        self.pass(ctx, &line, now);
        self.flush(ctx, now);
        self.start = false;
        if let Some(whole) = &mut self.whole {
            whole.gap(ctx, len);
        }
        for level in &mut self.levels {
            match level {
                Level::Message(Some(body)) => body.gap(ctx, len),
                Level::Part(Some(body), undo) => {
                    undo.gap();
                    body.gap(ctx, undo.shrunk(len));
                }
                _ => {}
            }
        }
    }

    /// It ended: what is open becomes artifacts, its heads are described. The places of all its artifacts.
    pub(crate) fn end(mut self, ctx: &mut Ctx<'_>, how: Completeness) -> SmallVec<[u32; 4]> {
        self.finish(ctx, how);
        describe::mail(ctx, &self.outline);
        self.rows
    }

    /// As [`Mail::end`], where its fields have no place.
    pub(crate) fn end_undescribed(
        mut self,
        ctx: &mut Ctx<'_>,
        how: Completeness,
    ) -> SmallVec<[u32; 4]> {
        self.finish(ctx, how);
        self.rows
    }

    fn finish(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        let how = if self.cut && how != Completeness::Aborted {
            Completeness::Cut
        } else {
            how
        };
        let now = (ctx.meta.packet, ctx.meta.time);
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.judge(ctx, &line, u64::MAX, now);
        }
        if let Some(head) = self.head.take() {
            // A head and nothing else.
            let what = if head.message {
                (self.outline.group(), What::Message)
            } else {
                (head.group, What::Part)
            };
            self.note(ctx, what.0, what.1, &head.bytes);
        }
        self.flush(ctx, now);
        while let Some(level) = self.levels.pop() {
            let unfinished = |l: &Level| matches!(l, Level::Multipart { open: true, .. });
            let short = how == Completeness::Complete && self.levels.iter().any(unfinished);
            let how = if short { Completeness::Aborted } else { how };
            self.close(ctx, level, how);
        }
        let subject = unfolded(self.value("subject").as_bytes());
        if let Some(mut whole) = self.whole.take().filter(|w| !w.is_empty()) {
            let names = &mut whole.artifact().names;
            name_mail(names, &subject);
            whole.end(ctx, how);
            self.rows.extend(ctx.last_artifact());
        }
    }

    fn is_split(&self) -> bool {
        let parted = |l: &Level| matches!(l, Level::Multipart { .. });
        // The last level is the content of one before it, so few are looked at.
        self.levels.iter().rev().any(parted)
    }

    fn note(&mut self, ctx: &mut Ctx<'_>, group: u16, what: What, bytes: &[u8]) {
        if !self.outline.add(group, what, bytes) {
            ctx.limit(&MUCH);
        }
    }

    /// A line from its beginning, whole unless it is too long; `offset` is the stream's behind it.
    fn judge(&mut self, ctx: &mut Ctx<'_>, line: &[u8], offset: u64, from: (PacketRef, Timestamp)) {
        if let Some((level, last)) = self.boundary(line) {
            return self.part(ctx, line, level, last, from);
        }
        let Some(head) = &mut self.head else {
            return self.pass(ctx, line, from);
        };
        let blank = line.trim_ascii().is_empty();
        let folded = line.first().is_some_and(|b| matches!(b, b' ' | b'\t'));
        // What does not begin as a head does is text without one.
        let none =
            head.bytes.is_empty() && !blank && (folded || memchr::memchr(b':', line).is_none());
        if blank || none {
            let head = self.head.take().unwrap_or_default();
            // A line end before what begins now is none of its.
            self.flush(ctx, from);
            if none {
                let before = offset.saturating_sub(line.len() as u64);
                self.begin(ctx, &head, before);
                return self.pass(ctx, line, from);
            }
            self.pass(ctx, line, from);
            self.flush(ctx, from);
            return self.begin(ctx, &head, offset);
        }
        let room = HEAD.saturating_sub(head.bytes.len()).min(line.len());
        head.bytes
            .extend_from_slice(line.get(..room).unwrap_or_default());
        self.pass(ctx, line, from);
    }

    /// The multipart whose boundary a line is; its last one?
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        if !line.starts_with(b"--") {
            return None;
        }
        let line = line.trim_ascii_end();
        let mut levels = self.levels.iter().enumerate().rev();
        levels.find_map(|(n, level)| match level {
            Level::Multipart {
                delimiter,
                open: true,
                ..
            } => match line.strip_prefix(&**delimiter)? {
                b"" => Some((n, false)),
                b"--" => Some((n, true)),
                _ => None,
            },
            _ => None,
        })
    }

    /// A boundary: what was open inside its multipart ends before the line end before it.
    fn part(
        &mut self,
        ctx: &mut Ctx<'_>,
        line: &[u8],
        at: usize,
        last: bool,
        from: (PacketRef, Timestamp),
    ) {
        if let Some(head) = self.head.take().filter(|h| !h.bytes.is_empty()) {
            let what = if head.message {
                (self.outline.group(), What::Message)
            } else {
                (head.group, What::Part)
            };
            self.note(ctx, what.0, what.1, &head.bytes);
        }
        while self.levels.len() > at + 1 {
            if let Some(level) = self.levels.pop() {
                self.close(ctx, level, Completeness::Complete);
            }
        }
        self.pass(ctx, line, from);
        let Some(Level::Multipart {
            open,
            before,
            group,
            digest,
            ..
        }) = self.levels.last_mut()
        else {
            return;
        };
        let (group, digest) = (*group, *digest);
        *open = !last;
        let what = match (std::mem::take(before), last) {
            (_, true) => What::Last,
            (true, false) => What::First,
            (false, false) => What::Next,
        };
        if !last {
            self.head = Some(Head {
                group,
                digest,
                ..Head::default()
            });
        }
        self.note(ctx, group, what, line);
    }

    /// A head is whole: what follows it.
    fn begin(&mut self, ctx: &mut Ctx<'_>, head: &Head, offset: u64) {
        let mut entity = Entity::of(&head.bytes);
        if head.message {
            let group = self.outline.group();
            self.note(ctx, group, What::Message, &head.bytes);
        } else {
            self.note(ctx, head.group, What::Part, &head.bytes);
        }
        if head.digest && entity.media.is_none() {
            entity.media = Some("message/rfc822".into());
        }
        let undo = Undo::new(entity.coding);
        let media = entity.media.as_deref().unwrap_or("text/plain");
        let mail = matches!(media, "message/rfc822" | "message/global");
        let nests = undo.is_plain() && (mail || entity.boundary.is_some());
        let room = self.levels.len() < DEPTH;
        if nests && !room {
            ctx.limit(&DEEP);
        }
        if let Some(boundary) = entity.boundary.filter(|_| nests && room) {
            let group = self.outline.group();
            self.note(ctx, group, What::Multipart, media.as_bytes());
            self.levels.push(Level::Multipart {
                delimiter: [b"--", &*boundary].concat().into(),
                open: true,
                before: true,
                group,
                digest: media == "multipart/digest",
            });
            return;
        }
        let body = self.file(ctx, offset, media, entity.names);
        if nests && room {
            self.levels.push(Level::Message(body));
            self.head = Some(Head {
                message: true,
                ..Head::default()
            });
            self.start = true;
        } else {
            self.levels.push(Level::Part(body, undo));
        }
    }

    /// The file that content at `offset` of the stream will be.
    fn file(&mut self, ctx: &mut Ctx<'_>, offset: u64, media: &str, names: Names) -> Option<Body> {
        if self.parts >= PARTS {
            ctx.limit(&MANY_PARTS);
            return None;
        }
        let first = self.template.key.offset;
        if offset == u64::MAX || self.last.unwrap_or(first) >= offset {
            return None;
        }
        self.last = Some(offset);
        self.parts += 1;
        let mut artifact = (*self.template).clone();
        artifact.key.offset = offset;
        artifact.names = names;
        artifact.declared_type = Some(media.into());
        Some(Body::new(artifact))
    }

    /// Gives bytes to everything that is open. A line end is held back: a boundary takes it away.
    fn pass(&mut self, ctx: &mut Ctx<'_>, piece: &[u8], from: (PacketRef, Timestamp)) {
        let split = self.is_split();
        let (text, eol) = if split {
            split_end(piece)
        } else {
            (piece, &b""[..])
        };
        if text.is_empty() && eol == b"\n" && self.eol == b"\r" {
            self.eol = b"\r\n";
            return;
        }
        if !piece.is_empty() {
            self.flush(ctx, from);
            self.give(ctx, text, from);
            self.eol = eol;
        }
    }

    fn flush(&mut self, ctx: &mut Ctx<'_>, from: (PacketRef, Timestamp)) {
        let eol = std::mem::take(&mut self.eol);
        self.give(ctx, eol, from);
    }

    fn give(&mut self, ctx: &mut Ctx<'_>, bytes: &[u8], from: (PacketRef, Timestamp)) {
        if bytes.is_empty() {
            return;
        }
        let mut copies = 0u64;
        for level in &mut self.levels {
            match level {
                Level::Message(Some(body)) => {
                    body.data(ctx, bytes, from);
                    copies += 1;
                }
                Level::Part(Some(body), undo) if undo.is_plain() => body.data(ctx, bytes, from),
                Level::Part(Some(body), undo) => {
                    let mut out = Vec::with_capacity(bytes.len());
                    undo.push(bytes, &mut out);
                    body.data(ctx, &out, from);
                }
                _ => {}
            }
        }
        self.copied = self
            .copied
            .saturating_add(copies.saturating_mul(bytes.len() as u64));
        let whole = self.whole.as_ref().map_or(0, Body::len);
        if self.copied > COPIES.saturating_add(whole.saturating_mul(TIMES)) {
            self.copied = 0;
            self.stop_copies(ctx);
        }
    }

    /// The mails inside are read no further.
    fn stop_copies(&mut self, ctx: &mut Ctx<'_>) {
        ctx.limit(&MANY_COPIES);
        for level in &mut self.levels {
            if let Level::Message(body) = level
                && let Some(body) = body.take()
            {
                body.end(ctx, Completeness::Unread);
                self.rows.extend(ctx.last_artifact());
            }
        }
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, level: Level, how: Completeness) {
        let body = match level {
            Level::Multipart { .. } => None,
            Level::Message(body) => body,
            Level::Part(body, mut undo) => body.map(|mut body| {
                let mut out = Vec::new();
                undo.finish(&mut out);
                let now = (ctx.meta.packet, ctx.meta.time);
                body.data(ctx, &out, now);
                body
            }),
        };
        let Some(mut body) = body else {
            return;
        };
        // An empty part is a file only if it has a name.
        if !body.is_empty() || !body.artifact().names.is_empty() {
            body.end(ctx, how);
            self.rows.extend(ctx.last_artifact());
        }
    }
}

/// The name under which mails are saved: their subject.
fn name_mail(names: &mut Names, subject: &[u8]) {
    let subject = encoded_words(subject);
    if !subject.trim().is_empty() {
        add_name(
            names,
            format!("{}.eml", subject.trim()).as_bytes(),
            NameSource::Subject,
        );
    }
}
