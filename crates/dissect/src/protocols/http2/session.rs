//! The state of an HTTP/2 connection: frames taken from both streams, header blocks put together, messages of each
//! stream. Content passes through; nothing of it is kept but DNS messages.

use super::hpack::{Block, Broken, LARGE_TABLE, LONG_LIST, Table};
use super::wire::{self, Head, PREFACE, inner};
use super::{PROTOCOL, describe};
use crate::context::{Ctx, MALFORMED};
use crate::data::{Chunk, Data};
use crate::facts::Completeness;
use crate::protocol::{Close, Direction, Progress, Start, StreamDissector};
use crate::protocols::dns::{self, Transactions};
use crate::protocols::http::Carried;
use std::collections::BTreeMap;
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Longest frame that is waited for; content of longer ones passes through as it comes.
const FRAME: usize = 64 << 10;
/// Bytes of a header block in several frames.
const BLOCK: usize = 256 << 10;
/// Streams of a connection that are open at a time.
const STREAMS: usize = 1024;
/// Bytes that are taken for a DNS message: twice what its length can say elsewhere, so that one which is too long
/// is still shown.
const DNS: usize = 128 << 10;

static LONG_BLOCK: LimitKind = LimitKind {
    id: "http2.block",
    says: "an HTTP/2 header block was longer than is put together; later headers of its side were not read",
    bound: BLOCK as u64,
    unit: "bytes",
};
static LONG_DNS: LimitKind = LimitKind {
    id: "http2.dns",
    says: "a body that should be a DNS message was longer than one can be; it was not read as such",
    bound: DNS as u64,
    unit: "bytes",
};
static MANY_STREAMS: LimitKind = LimitKind {
    id: "http2.streams",
    says: "more HTTP/2 streams were open at a time than are followed; the oldest was ended",
    bound: STREAMS as u64,
    unit: "streams",
};

type At = (PacketRef, Timestamp);

pub(super) fn start(start: Start) -> Box<dyn StreamDissector> {
    Box::new(Session {
        sides: <[Side; 2]>::default(),
        streams: BTreeMap::new(),
        client: None,
        count: 0,
        from_start: start.from_start,
    })
}

#[derive(Clone, Default)]
struct Side {
    /// A frame was read.
    started: bool,
    /// Where the next frame begins is not known.
    lost: bool,
    table: Table,
    /// The table is not the sender's any more: no header of this side is read.
    blind: bool,
    /// A header block that goes on: its stream, the stream it promises, whether the message ends with it.
    block: Option<Open>,
    /// Content of a frame that is too long to be waited for: bytes of content and of padding to come.
    passing: Option<Passing>,
}

#[derive(Clone)]
struct Open {
    stream: u32,
    promised: Option<u32>,
    ends: bool,
    bytes: Vec<u8>,
    from: At,
}

#[derive(Clone, Copy)]
struct Passing {
    stream: u32,
    ends: bool,
    content: usize,
    padding: usize,
}

/// A stream: a request and its answer.
#[derive(Clone)]
struct Stream {
    carried: Carried,
    /// The content of each direction that is a DNS message, and where it began.
    dns: [Option<(Vec<u8>, At)>; 2],
    transactions: Transactions,
}

#[derive(Clone)]
struct Session {
    sides: [Side; 2],
    streams: BTreeMap<u32, Stream>,
    /// Which way requests go, once known.
    client: Option<Direction>,
    count: u32,
    from_start: bool,
}

/// Every frame of a packet is shown apart, and the layer listed once.
fn layer(ctx: &mut Ctx<'_>, data: Data<'_>) -> bool {
    if ctx.packet.layers.last() == Some(&PROTOCOL.id()) {
        ctx.layer_again(&PROTOCOL, data.all())
    } else {
        ctx.layer(&PROTOCOL, data.all())
    }
}

impl Session {
    fn side(&mut self, direction: Direction) -> &mut Side {
        let [forward, backward] = &mut self.sides;
        match direction {
            Direction::Forward => forward,
            Direction::Backward => backward,
        }
    }

    fn requests(&self) -> Direction {
        self.client.unwrap_or(Direction::Forward)
    }

    /// A frame that is there as a whole.
    fn frame(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        head: Head,
        data: Data<'_>,
        offset: u64,
        from: At,
    ) {
        let wanted = layer(ctx, data);
        let payload = data.rest(Head::LEN);
        if wanted {
            describe::head(ctx, head, data);
            describe::payload(ctx, head, payload);
        }
        let end = offset + data.len() as u64;
        let mut sound = true;
        let mut message = None;
        match head.kind {
            wire::DATA => match inner(head, payload.bytes) {
                Some((a, b)) => {
                    let at = offset + (Head::LEN + a) as u64;
                    self.content(ctx, direction, head.stream, payload.sub(a, b), at, from);
                    if head.has(wire::END_STREAM) {
                        message = self.end(ctx, direction, head.stream, Completeness::Complete);
                    }
                }
                None => sound = false,
            },
            wire::HEADERS | wire::PUSH_PROMISE => match inner(head, payload.bytes) {
                Some((a, b)) => {
                    let promised = payload.u32(a.wrapping_sub(4)).map(|n| n & 0x7fff_ffff);
                    let open = Open {
                        stream: head.stream,
                        promised: promised.filter(|_| head.kind == wire::PUSH_PROMISE),
                        ends: head.kind == wire::HEADERS && head.has(wire::END_STREAM),
                        bytes: Vec::new(),
                        from,
                    };
                    self.side(direction).block = Some(open);
                    let part = payload.sub(a, b);
                    message = self.block(ctx, direction, wanted, head, part, end);
                }
                None => sound = false,
            },
            wire::CONTINUATION => {
                let open = &self.side(direction).block;
                if open.as_ref().is_some_and(|o| o.stream == head.stream) {
                    message = self.block(ctx, direction, wanted, head, payload, end);
                }
            }
            wire::RST_STREAM => self.reset(ctx, head.stream),
            _ => {}
        }
        if wanted {
            ctx.close();
            ctx.close();
        }
        if !sound {
            ctx.anomaly(&MALFORMED);
        }
        if let Some(stream) = message {
            self.dns(ctx, direction, stream, payload);
        }
    }

    /// A part of a header block. Returns the stream whose message it ended.
    fn block(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        wanted: bool,
        head: Head,
        part: Data<'_>,
        end: u64,
    ) -> Option<u32> {
        let side = self.side(direction);
        let open = side.block.as_mut()?;
        if open.bytes.len() + part.len() > BLOCK {
            side.block = None;
            side.blind = true;
            ctx.limit(&LONG_BLOCK);
            return None;
        }
        open.bytes.extend_from_slice(part.bytes);
        if !head.has(wire::END_HEADERS) {
            return None;
        }
        let open = side.block.take()?;
        if side.blind {
            return None;
        }
        let data = if head.kind == wire::CONTINUATION {
            let source = ctx.source("Reassembled HTTP/2 headers", &open.bytes);
            Data {
                bytes: &open.bytes,
                source,
                start: 0,
            }
        } else {
            part
        };
        let block = side.table.read(data.bytes);
        side.blind = block.broken.is_some();
        if wanted {
            describe::block(ctx, &block, data);
        }
        if block.cut {
            ctx.limit(&LONG_LIST);
        }
        match block.broken {
            Some(Broken::Large) => ctx.limit(&LARGE_TABLE),
            // Joined in the middle, tables are not known.
            Some(Broken::Malformed) if self.from_start => ctx.anomaly(&MALFORMED),
            _ => {}
        }
        self.headers(ctx, direction, &open, &block, end)
    }

    fn headers(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        open: &Open,
        block: &Block,
        end: u64,
    ) -> Option<u32> {
        let lines: Vec<(&[u8], &[u8])> =
            block.lines.iter().map(|l| (&*l.name, &*l.value)).collect();
        let asks = lines.iter().any(|l| l.0 == b":method");
        if asks && self.client.is_none() {
            // A promise is the server's.
            let own = open.promised.is_none();
            self.client = Some(if own { direction } else { direction.other() });
        }
        let requests = self.requests();
        let (id, way) = match open.promised {
            Some(id) => (id, requests),
            None => (open.stream, direction),
        };
        let stream = self.stream(ctx, id, requests, open.from);
        let answers = lines.iter().any(|l| l.0 == b":status");
        if (asks || answers) && !stream.carried.has_head(way) {
            let media = stream.carried.head(ctx, way, &lines, end, open.from);
            let is_dns = media.as_deref() == Some("application/dns-message");
            let n = way.index();
            if let Some(slot) = stream.dns.get_mut(n).filter(|_| is_dns) {
                *slot = Some((Vec::new(), open.from));
            }
        }
        if open.promised.is_some() {
            stream.carried.end(ctx, way, Completeness::Complete);
            return None;
        }
        if open.ends {
            return self.end(ctx, direction, id, Completeness::Complete);
        }
        None
    }

    /// The stream with this number, begun where it is new.
    fn stream(&mut self, ctx: &mut Ctx<'_>, id: u32, requests: Direction, from: At) -> &mut Stream {
        if !self.streams.contains_key(&id)
            && self.streams.len() >= STREAMS
            && let Some((_, oldest)) = self.streams.pop_first()
        {
            ctx.limit(&MANY_STREAMS);
            oldest.carried.finish(ctx, Completeness::CaptureEnded);
        }
        let count = &mut self.count;
        self.streams.entry(id).or_insert_with(|| {
            *count = count.saturating_add(1);
            Stream {
                carried: Carried::new(ctx, requests, *count, from),
                dns: [None, None],
                transactions: Transactions::default(),
            }
        })
    }

    fn content(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        stream: u32,
        data: Data<'_>,
        offset: u64,
        from: At,
    ) {
        let Some(stream) = self.streams.get_mut(&stream) else {
            return;
        };
        stream
            .carried
            .data(ctx, direction, data.bytes, offset, from);
        if let Some(slot) = stream.dns.get_mut(direction.index())
            && let Some((bytes, _)) = slot
        {
            if bytes.len() + data.len() > DNS {
                *slot = None;
                ctx.limit(&LONG_DNS);
            } else {
                bytes.extend_from_slice(data.bytes);
            }
        }
    }

    /// A direction of a stream ended. Returns its number while a DNS message waits to be read.
    fn end(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        id: u32,
        how: Completeness,
    ) -> Option<u32> {
        let stream = self.streams.get_mut(&id)?;
        stream.carried.end(ctx, direction, how);
        let waits = stream
            .dns
            .get(direction.index())
            .is_some_and(Option::is_some);
        if waits {
            return Some(id);
        }
        self.close_done(ctx, id);
        None
    }

    fn close_done(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        if self.streams.get(&id).is_some_and(|s| s.carried.is_done())
            && let Some(stream) = self.streams.remove(&id)
        {
            stream.carried.finish(ctx, Completeness::Complete);
        }
    }

    fn reset(&mut self, ctx: &mut Ctx<'_>, id: u32) {
        if let Some(stream) = self.streams.remove(&id) {
            stream.carried.finish(ctx, Completeness::Aborted);
        }
    }

    /// Hands over the DNS message that a stream's content was. `payload`: what its last frame carried.
    fn dns(&mut self, ctx: &mut Ctx<'_>, direction: Direction, id: u32, payload: Data<'_>) {
        if let Some(stream) = self.streams.get_mut(&id)
            && let Some((bytes, from)) =
                stream.dns.get_mut(direction.index()).and_then(Option::take)
            && !bytes.is_empty()
        {
            // Where it came in one frame, it stands there.
            let at = payload
                .bytes
                .ends_with(&bytes)
                .then(|| payload.len() - bytes.len());
            let data = match at {
                Some(at) => payload.rest(at),
                None => Data {
                    bytes: &bytes,
                    source: ctx.source("Reassembled HTTP/2 body", &bytes),
                    start: 0,
                },
            };
            dns::carried(ctx, data, &mut stream.transactions, from);
        }
        self.close_done(ctx, id);
    }

    /// Content of a frame that is longer than is waited for.
    fn pass(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        mut left: Passing,
        chunk: &Chunk<'_>,
    ) -> Progress {
        let used = left.content.min(chunk.data.len());
        let data = chunk.data.sub(0, used);
        self.content(
            ctx,
            direction,
            left.stream,
            data,
            chunk.offset,
            chunk.packet_at(0),
        );
        left.content -= used;
        let padding = left.padding.min(chunk.data.len() - used);
        left.padding -= padding;
        let done = left.content == 0 && left.padding == 0;
        self.side(direction).passing = (!done).then_some(left);
        if done {
            let all = chunk.data.sub(0, used + padding);
            if layer(ctx, all) {
                ctx.close();
            }
            if left.ends
                && let Some(id) = self.end(ctx, direction, left.stream, Completeness::Complete)
            {
                self.dns(ctx, direction, id, all);
            }
        }
        Progress::Consumed(used + padding)
    }

    /// No frame begins here.
    fn outside(&mut self, ctx: &mut Ctx<'_>, direction: Direction, data: Data<'_>) -> Progress {
        let started = self.sides.iter().any(|s| s.started);
        let side = self.side(direction);
        if !started && !side.lost {
            return Progress::NotMine;
        }
        let known = std::mem::replace(&mut side.lost, true);
        side.blind = true;
        if layer(ctx, data) {
            ctx.close();
        }
        if !known {
            ctx.anomaly(&MALFORMED);
        }
        Progress::Consumed(data.len())
    }
}

impl StreamDissector for Session {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let bytes = chunk.bytes();
        if let Some(left) = self.side(direction).passing {
            return self.pass(ctx, direction, left, chunk);
        }
        if bytes.starts_with(PREFACE) {
            self.client = Some(direction);
            let side = self.side(direction);
            side.started = true;
            side.lost = false;
            let data = chunk.data.sub(0, PREFACE.len());
            if layer(ctx, data) {
                describe::preface(ctx, data);
                ctx.close();
            }
            return Progress::Consumed(PREFACE.len());
        }
        if PREFACE.starts_with(bytes) {
            return Progress::Need(PREFACE.len());
        }
        let Some(head) = Head::read(bytes) else {
            return Progress::Need(Head::LEN);
        };
        if !head.is_sane() || (self.side(direction).lost && head.kind > wire::CONTINUATION) {
            return self.outside(ctx, direction, chunk.data);
        }
        let total = Head::LEN + head.len;
        if total > FRAME {
            if head.kind != wire::DATA {
                return self.outside(ctx, direction, chunk.data);
            }
            let pads = head.has(wire::PADDED);
            let front = Head::LEN + usize::from(pads);
            let Some(padding) = (if pads {
                bytes.get(Head::LEN).copied()
            } else {
                Some(0)
            }) else {
                return Progress::Need(front);
            };
            let padding = usize::from(padding);
            self.side(direction).passing = Some(Passing {
                stream: head.stream,
                ends: head.has(wire::END_STREAM),
                content: (head.len - usize::from(pads)).saturating_sub(padding),
                padding,
            });
            let data = chunk.data.sub(0, front);
            if layer(ctx, data) {
                describe::head(ctx, head, data);
                ctx.close();
                ctx.close();
            }
            return Progress::Consumed(front);
        }
        if bytes.len() < total {
            return Progress::Need(total);
        }
        let side = self.side(direction);
        side.started = true;
        side.lost = false;
        let data = chunk.data.sub(0, total);
        self.frame(ctx, direction, head, data, chunk.offset, chunk.packet_at(0));
        Progress::Consumed(total)
    }

    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, _: u64, len: u64) -> bool {
        let side = self.side(direction);
        // Headers were lost perhaps, and with them what they did to the table.
        side.blind = true;
        side.block = None;
        let passing = side.passing.take();
        let Some(mut left) = passing else {
            side.lost = true;
            return true;
        };
        let missing = usize::try_from(len).unwrap_or(usize::MAX);
        let of = missing.min(left.content);
        left.content -= of;
        let rest = missing - of;
        let within = rest <= left.padding;
        left.padding = left.padding.saturating_sub(rest);
        if let Some(stream) = self.streams.get_mut(&left.stream) {
            stream.carried.lost(ctx, direction, of as u64);
        }
        let side = self.side(direction);
        if within && left.content + left.padding > 0 {
            // The loss is inside of content.
            side.blind = false;
            side.passing = Some(left);
        } else {
            side.lost = true;
        }
        true
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        let how = match how {
            Close::Fin | Close::Reset => Completeness::Aborted,
            Close::End => Completeness::CaptureEnded,
        };
        // Answers come from the server; when it has closed, nothing more does.
        if direction == self.requests() {
            for stream in self.streams.values_mut() {
                stream.carried.end(ctx, direction, how);
            }
            return;
        }
        for (_, stream) in std::mem::take(&mut self.streams) {
            stream.carried.finish(ctx, how);
        }
    }

    fn held(&self) -> usize {
        let sides = self
            .sides
            .iter()
            .map(|s| s.table.size() + s.block.as_ref().map_or(0, |b| b.bytes.capacity()));
        let streams = self.streams.values().map(|s| {
            let dns = s.dns.iter().flatten().map(|d| d.0.capacity());
            size_of::<Stream>() + s.carried.held() + dns.sum::<usize>()
        });
        sides.sum::<usize>() + streams.sum::<usize>()
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}
