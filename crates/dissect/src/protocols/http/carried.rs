//! Requests and answers that another version of the protocol frames (HTTP/2): their heads come as lists of names
//! and values, their content as bytes. Makes the same rows and files of them. Knows no frame.

use super::message::Transaction;
use super::payload::Payload;
use super::read::{self, Entity};
use super::stream::{artifact, emit};
use super::wire::Head;
use crate::context::Ctx;
use crate::facts::{Completeness, LinkKind, Message as _};
use crate::protocol::Direction;
use weir_model::{PacketRef, Timestamp};

/// A request with its answer, each as far as it came.
#[derive(Clone)]
pub(crate) struct Carried {
    txn: Box<Transaction>,
    /// Content of the request and of the answer.
    content: [Option<Payload>; 2],
    ended: [bool; 2],
}

impl Carried {
    /// Bytes kept of it.
    pub(crate) fn held(&self) -> usize {
        let content = self.content.iter().flatten().map(Payload::held);
        size_of::<Transaction>() + self.txn.heap() + content.sum::<usize>()
    }
}

/// Which way a request goes.
fn half(txn: &Transaction, direction: Direction) -> usize {
    usize::from(direction != txn.meta.direction)
}

/// A head as HTTP/1 would write it. What cannot stand in a line of it is replaced.
fn written(lines: &[(&[u8], &[u8])], request: bool) -> Vec<u8> {
    let clean = |b: &[u8], out: &mut Vec<u8>| {
        let safe = |b: &u8| {
            if matches!(b, b'\r' | b'\n' | 0) {
                b' '
            } else {
                *b
            }
        };
        out.extend(b.iter().map(safe));
    };
    let pseudo = |name: &[u8]| {
        let found = lines.iter().find(|l| l.0 == name);
        found.map(|l| l.1).unwrap_or_default()
    };
    let word = |name: &[u8], out: &mut Vec<u8>| {
        let from = out.len();
        clean(pseudo(name), out);
        for b in out.iter_mut().skip(from).filter(|b| **b == b' ') {
            *b = b'_';
        }
    };
    let mut out = Vec::new();
    if request {
        word(b":method", &mut out);
        out.push(b' ');
        let connect = pseudo(b":method") == b"CONNECT" && pseudo(b":path").is_empty();
        word(if connect { b":authority" } else { b":path" }, &mut out);
        out.extend_from_slice(b" HTTP/2\r\n");
        let authority = pseudo(b":authority");
        if !authority.is_empty() {
            out.extend_from_slice(b"host: ");
            clean(authority, &mut out);
            out.extend_from_slice(b"\r\n");
        }
    } else {
        out.extend_from_slice(b"HTTP/2 ");
        word(b":status", &mut out);
        out.extend_from_slice(b" \r\n");
    }
    for (name, value) in lines.iter().filter(|l| !l.0.starts_with(b":")) {
        clean(name, &mut out);
        out.extend_from_slice(b": ");
        clean(value, &mut out);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out
}

impl Carried {
    /// Of a connection, the `number`th; its request goes this way.
    pub(crate) fn new(
        ctx: &Ctx<'_>,
        request: Direction,
        number: u32,
        first: (PacketRef, Timestamp),
    ) -> Self {
        Self {
            txn: Box::new(Transaction {
                meta: ctx.message(request, first),
                number,
                request: None,
                response: None,
                interim: None,
                state: Completeness::CaptureEnded,
            }),
            content: [None, None],
            ended: [false; 2],
        }
    }

    /// Was the head of this direction read? Later ones are trailers.
    pub(crate) fn has_head(&self, direction: Direction) -> bool {
        self.content
            .get(half(&self.txn, direction))
            .is_some_and(Option::is_some)
    }

    /// A head, whose content begins at `offset` of its stream. Returns the content's declared type.
    pub(crate) fn head(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        lines: &[(&[u8], &[u8])],
        offset: u64,
        first: (PacketRef, Timestamp),
    ) -> Option<Box<str>> {
        let request = direction == self.txn.meta.direction;
        let bytes = written(lines, request);
        let head = Head::read(&bytes);
        let entity = Entity::of(head.fields());
        let now = (ctx.meta.packet, ctx.meta.time);
        if request {
            let secure = lines.contains(&(b":scheme", b"https"));
            let mut asked = read::request(&head, first, secure);
            asked.version = "2".into();
            asked.content_type = entity.media.clone();
            asked.last = now;
            self.txn.request = Some(asked);
        } else {
            let mut came = read::response(&head, &entity, first);
            came.version = "2".into();
            came.last = now;
            if matches!(came.status, 100..=199) {
                self.txn.interim = Some((came.status, "".into()));
                return None;
            }
            self.txn.response = Some(came);
        }
        let mut draft = artifact(ctx, direction, offset, &self.txn, &entity, request);
        draft.declared_size = entity.content_length;
        let media = entity.media.clone();
        let payload = Payload::new(draft, &entity, false);
        if let Some(slot) = self.content.get_mut(half(&self.txn, direction)) {
            *slot = Some(payload);
        }
        media
    }

    /// Content.
    pub(crate) fn data(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        bytes: &[u8],
        offset: u64,
        from: (PacketRef, Timestamp),
    ) {
        let n = half(&self.txn, direction);
        if let Some(Some(payload)) = self.content.get_mut(n) {
            payload.data(ctx, bytes, offset, from);
        }
    }

    /// Content is missing here.
    pub(crate) fn lost(&mut self, ctx: &mut Ctx<'_>, direction: Direction, len: u64) {
        let n = half(&self.txn, direction);
        if let Some(Some(payload)) = self.content.get_mut(n) {
            payload.gap(ctx, len);
        }
    }

    /// This direction said everything, or nothing more will come of it.
    pub(crate) fn end(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Completeness) {
        let n = half(&self.txn, direction);
        if self.ended.get(n).is_none_or(|e| *e) {
            return;
        }
        let Some(mut payload) = self.content.get_mut(n).and_then(Option::take) else {
            return;
        };
        if let Some(ended) = self.ended.get_mut(n) {
            *ended = true;
        }
        let form = payload.form().to_vec();
        let how = payload.end(ctx, how);
        let now = (ctx.meta.packet, ctx.meta.time);
        if n == 0 {
            if let Some(asked) = &mut self.txn.request {
                asked.last = now;
                asked.body_len = payload.size;
                asked.artifacts = payload.rows;
                asked.file_names = payload.names;
                asked.state = how;
                if asked.credentials.is_none() {
                    asked.credentials = read::form_login(&form);
                }
            }
            return;
        }
        self.txn.state = how;
        if let Some(came) = &mut self.txn.response {
            came.last = now;
            came.body_len = payload.size;
            came.artifacts = payload.rows;
        }
        let asked = self.txn.request.as_ref().map(|r| r.last.0);
        if let Some(asked) = asked.filter(|_| how != Completeness::CaptureEnded) {
            ctx.link(LinkKind::Answer, asked, now.0, self.txn.number);
        }
    }

    /// Did both directions end?
    pub(crate) fn is_done(&self) -> bool {
        self.ended == [true, true]
    }

    /// Its row. What is still open ends so.
    pub(crate) fn finish(mut self, ctx: &mut Ctx<'_>, how: Completeness) {
        for direction in [Direction::Forward, Direction::Backward] {
            self.end(ctx, direction, how);
        }
        if self.txn.response.is_none() {
            self.txn.state = how;
        }
        emit(ctx, self.txn);
    }
}
