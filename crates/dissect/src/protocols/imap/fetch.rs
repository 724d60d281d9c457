//! The mails in what a server says: literals behind a section that is a whole mail or its head.

use super::{PROTOCOL, literal};
use crate::context::Ctx;
use crate::facts::{Artifact, Completeness, MessageMeta};
use crate::protocol::{Close, Direction};
use crate::protocols::imf::{Mail, fetched};
use weir_model::{PacketRef, Timestamp};

/// Bytes of the end of a line that are kept.
const LINE: usize = 1024;

/// Goes through everything a server says.
#[derive(Clone, Default)]
pub(super) struct Fetch {
    /// The line under way; of a long one its end.
    line: Vec<u8>,
    /// Bytes left of the literal.
    left: u64,
    mail: Option<(Box<Mail>, MessageMeta)>,
    /// Stream offset of the next byte.
    next: u64,
}

/// What a literal behind this line is: a mail, the head of one, or neither.
fn section(line: &[u8]) -> Option<Option<&'static str>> {
    let brace = memchr::memrchr(b'{', line)?;
    let word = line
        .get(..brace)?
        .trim_ascii_end()
        .rsplit(|b| matches!(b, b' ' | b'('))
        .next()?
        .to_ascii_uppercase();
    match &*word {
        b"BODY[]" | b"RFC822" => Some(None),
        b"BODY[HEADER]" | b"RFC822.HEADER" => Some(Some("text/rfc822-headers")),
        _ => None,
    }
}

impl Fetch {
    pub(super) fn held(&self) -> usize {
        self.line.capacity() + self.mail.as_ref().map_or(0, |m| m.0.held())
    }

    /// The server's next bytes.
    pub(super) fn data(
        &mut self,
        ctx: &mut Ctx<'_>,
        bytes: &[u8],
        offset: u64,
        from: (PacketRef, Timestamp),
    ) {
        self.lost(ctx, offset);
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
            let here = offset.saturating_add(at as u64);
            if self.left > 0 {
                let used = usize::try_from(self.left).unwrap_or(usize::MAX);
                let piece = rest.get(..used).unwrap_or(rest);
                if let Some((mail, _)) = &mut self.mail {
                    mail.data(ctx, piece, here, from);
                }
                self.left -= piece.len() as u64;
                at += piece.len();
                if self.left == 0 {
                    self.end(ctx, Completeness::Complete);
                }
                continue;
            }
            let end = memchr::memchr(b'\n', rest).map(|n| n + 1);
            let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            self.line.extend_from_slice(piece);
            let over = self.line.len().saturating_sub(LINE);
            self.line.drain(..over);
            at += piece.len();
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                self.announced(ctx, &line, offset.saturating_add(at as u64), from);
            }
        }
        self.next = offset.saturating_add(bytes.len() as u64);
    }

    /// A line is whole; `offset` is the stream's behind it.
    fn announced(
        &mut self,
        ctx: &mut Ctx<'_>,
        line: &[u8],
        offset: u64,
        from: (PacketRef, Timestamp),
    ) {
        self.left = literal(line).unwrap_or(0);
        let Some(media) = section(line).filter(|_| self.left > 0) else {
            return;
        };
        let Some(flow) = ctx.flow() else {
            return;
        };
        let mut artifact = Artifact::draft(&PROTOCOL, flow, Direction::Backward, offset);
        artifact.declared_size = Some(self.left);
        artifact.declared_type = media.map(Into::into);
        let meta = ctx.message(Direction::Backward, from);
        self.mail = Some((Box::new(Mail::new(artifact)), meta));
    }

    /// What is missing before `offset`.
    fn lost(&mut self, ctx: &mut Ctx<'_>, offset: u64) {
        let missing = offset.saturating_sub(self.next);
        if missing == 0 {
            return;
        }
        self.line.clear();
        let of_literal = missing.min(self.left);
        self.left -= of_literal;
        if let Some((mail, _)) = &mut self.mail {
            mail.gap(ctx, of_literal);
        }
        if self.left == 0 {
            self.end(ctx, Completeness::Complete);
        }
    }

    fn end(&mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        if let Some((mail, mut meta)) = self.mail.take() {
            (meta.last, meta.end) = (ctx.meta.packet, ctx.meta.time);
            fetched(ctx, *mail, meta, "imap", how);
        }
    }

    pub(super) fn close(&mut self, ctx: &mut Ctx<'_>, how: Close) {
        self.end(
            ctx,
            match how {
                Close::End => Completeness::CaptureEnded,
                Close::Fin | Close::Reset => Completeness::Aborted,
            },
        );
    }
}
