//! Streams of messages that tell their own length: where each begins and ends, which packets carry it, what is left
//! of it after a loss. Knows no protocol: each brings its [`Framing`].

use crate::context::Ctx;
use crate::data::{Chunk, Data};
use crate::protocol::{Close, Direction, Progress, StreamDissector};
use weir_model::{PacketRef, Timestamp};

/// A message up to this many bytes is seen whole by its protocol.
const WHOLE: usize = 128 << 10;
/// Of a longer one its front is kept until its end has come.
const FRONT: usize = 4 << 10;

/// What begins where nothing was read yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    /// Too little to tell: so many bytes will.
    More(usize),
    /// A message of so many bytes.
    Whole(u64),
    /// A message that the end of the stream ends.
    UntilEnd,
    /// Nothing of this protocol.
    Foreign,
    /// Another protocol begins: it is recognised anew.
    Other,
}

/// Where a frame is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) direction: Direction,
    /// Bytes were lost just before: a message may or may not begin here.
    pub(crate) lost: bool,
    /// The connection's start was seen.
    pub(crate) from_start: bool,
    /// A segment begins here.
    pub(crate) begins: bool,
    /// Bytes from here to the end of the segment that brought the first of them.
    pub(crate) segment: usize,
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Framed<'a> {
    pub(crate) direction: Direction,
    /// Its bytes; the front of one that is long or was cut.
    pub(crate) data: Data<'a>,
    /// Packet and time of its first byte.
    pub(crate) from: (PacketRef, Timestamp),
    /// Stream offset of its first byte.
    pub(crate) offset: u64,
    /// Its bytes were handed out as they came ([`Framing::part`]).
    pub(crate) passed: bool,
}

/// Bytes of a message that is longer than is kept, as they come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) direction: Direction,
    /// What is kept of the message so far: everything before `at`, or more than any protocol's head.
    pub(crate) front: &'a [u8],
    /// Where in the message these bytes stand.
    pub(crate) at: u64,
    pub(crate) bytes: &'a [u8],
    /// Stream offset of the message's first byte.
    pub(crate) offset: u64,
    /// Packet and time of the first of these bytes.
    pub(crate) from: (PacketRef, Timestamp),
}

/// What a protocol of messages brings. Its state is part of checkpoints, so it is bounded and cheap to copy.
pub(crate) trait Framing: Clone + 'static {
    /// The message that begins with these bytes (never none).
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame;
    /// A message has come.
    fn message(&mut self, ctx: &mut Ctx<'_>, message: &Framed<'_>);
    /// Bytes of a message that is longer than is kept. The message itself comes after the last of them, unless a part
    /// of it was lost.
    fn part(&mut self, _: &mut Ctx<'_>, _: &Part<'_>) {}
    /// Bytes of a direction are missing, the rest of what was under way among them maybe.
    fn lost(&mut self, _: &mut Ctx<'_>, _: Direction) {}
    /// No more bytes of a direction will come.
    fn close(&mut self, _: &mut Ctx<'_>, _: Direction, _: Close) {}
    /// Stream bytes that it keeps, roughly ([`StreamDissector::held`]).
    fn held(&self) -> usize {
        0
    }
}

/// A stream dissector made of a framing.
#[derive(Clone)]
pub(crate) struct Frames<F> {
    framing: F,
    sides: [Side; 2],
    from_start: bool,
    seen: bool,
}

impl<F: Framing> Frames<F> {
    pub(crate) fn boxed(framing: F, from_start: bool) -> Box<dyn StreamDissector> {
        Box::new(Self {
            framing,
            sides: [Side::default(), Side::default()],
            from_start,
            seen: false,
        })
    }
}

/// A message under way.
#[derive(Clone, Debug)]
struct Pending {
    /// Packet and time of its first byte.
    from: (PacketRef, Timestamp),
    /// Stream offset of its first byte.
    start: u64,
    /// Bytes it has; `None` where that is not known yet, or only the end tells.
    len: Option<u64>,
    /// Part of it is missing.
    broken: bool,
    /// What its protocol will be shown of it, where its bytes are passed by as they come.
    front: Option<Vec<u8>>,
}

#[derive(Clone, Default, Debug)]
struct Side {
    pending: Option<Pending>,
    /// Bytes were lost outside of a known message.
    lost: bool,
    /// The packet with which a loss was given up: what was held behind it is delivered then.
    gave_up: Option<PacketRef>,
}

fn size(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

impl<F: Framing> Frames<F> {
    /// Shows its protocol the front of a message that was passed by.
    fn complete(&mut self, ctx: &mut Ctx<'_>, direction: Direction, p: &Pending) {
        let Some(front) = p.front.as_ref().filter(|_| !p.broken) else {
            return;
        };
        let source = ctx.source("Reassembled TCP", front);
        let data = Data {
            bytes: front,
            source,
            start: 0,
        };
        let from = p.from;
        self.framing.message(
            ctx,
            &Framed {
                direction,
                data,
                from,
                offset: p.start,
                passed: true,
            },
        );
    }

    /// Bytes of a message that is passed by.
    fn pass(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        chunk: &Chunk<'_>,
        mut p: Pending,
    ) -> Progress {
        let have = chunk.bytes();
        let end = p.len.map_or(u64::MAX, |n| p.start.saturating_add(n));
        let used = size(end.saturating_sub(chunk.offset)).min(have.len());
        if let Some(front) = &mut p.front {
            let room = FRONT.saturating_sub(front.len()).min(used);
            front.extend_from_slice(have.get(..room).unwrap_or_default());
            let part = Part {
                direction,
                front,
                at: chunk.offset.saturating_sub(p.start),
                bytes: have.get(..used).unwrap_or_default(),
                offset: p.start,
                from: chunk.packet_at(0),
            };
            self.framing.part(ctx, &part);
        }
        if chunk.offset + used as u64 >= end {
            self.complete(ctx, direction, &p);
            ctx.spans(direction, p.from.0, !p.broken);
        } else if let Some(side) = self.sides.get_mut(direction.index()) {
            side.pending = Some(p);
        }
        // A message that ended before here is done with; what follows is looked at anew.
        Progress::Consumed(used)
    }
}

impl<F: Framing> StreamDissector for Frames<F> {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let bytes = chunk.bytes();
        let side = &mut self.sides[direction.index()];
        if let Some(p) = side.pending.take_if(|p| p.front.is_some() || p.broken)
            && p.len
                .is_none_or(|n| p.start.saturating_add(n) > chunk.offset)
        {
            return self.pass(ctx, direction, chunk, p);
        }
        let from = chunk.packet_at(0);
        let next = chunk.runs.partition_point(|r| r.offset <= chunk.offset);
        let run = next.checked_sub(1).and_then(|n| chunk.runs.get(n));
        let behind = chunk.runs.get(next);
        let at = At {
            direction,
            lost: side.lost,
            from_start: self.from_start,
            begins: run.is_some_and(|r| r.offset == chunk.offset),
            segment: behind.map_or(bytes.len(), |r| size(r.offset - chunk.offset)),
        };
        let mut pending = Pending {
            from,
            start: chunk.offset,
            len: None,
            broken: false,
            front: None,
        };
        let frame = self.framing.frame(at, bytes);
        let len = match frame {
            Frame::More(n) => {
                side.pending = Some(pending);
                return Progress::Need(n);
            }
            Frame::Other => {
                side.pending = None;
                ctx.hand_over(None);
                return Progress::Consumed(0);
            }
            Frame::Foreign | Frame::Whole(0) if !self.seen && self.from_start && !side.lost => {
                return Progress::NotMine;
            }
            Frame::Foreign | Frame::Whole(0) => {
                // A message mostly begins with a segment: what follows this one is looked at anew.
                side.pending = None;
                return Progress::Consumed(at.segment);
            }
            Frame::UntilEnd => None,
            Frame::Whole(n) => Some(n),
        };
        self.seen = true;
        side.lost = false;
        pending.len = len;
        match len {
            Some(n) if n <= WHOLE as u64 => {
                let n = size(n);
                if bytes.len() < n {
                    side.pending = Some(pending);
                    return Progress::Need(n);
                }
                side.pending = None;
                let data = chunk.data.sub(0, n);
                self.framing.message(
                    ctx,
                    &Framed {
                        direction,
                        data,
                        from,
                        offset: chunk.offset,
                        passed: false,
                    },
                );
                // What a loss held up came in one packet all the same.
                let side = &self.sides[direction.index()];
                let held_up = side.gave_up == Some(ctx.meta.packet);
                if !held_up || chunk.packet_at(n - 1).0 != from.0 {
                    ctx.spans(direction, from.0, true);
                }
                Progress::Consumed(n)
            }
            _ => {
                pending.front = Some(Vec::new());
                side.pending = None;
                self.pass(ctx, direction, chunk, pending)
            }
        }
    }

    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, offset: u64, len: u64) -> bool {
        let end = offset.saturating_add(len);
        let side = &mut self.sides[direction.index()];
        side.gave_up = Some(ctx.meta.packet);
        match side.pending.take() {
            // Its end is known, and behind the loss.
            Some(mut p) if p.len.is_some_and(|n| p.start.saturating_add(n) > end) => {
                p.broken = true;
                side.pending = Some(p);
            }
            Some(mut p) if p.len.is_none() && p.front.is_some() => {
                p.broken = true;
                side.pending = Some(p);
            }
            Some(p) => {
                side.lost = p.len.is_none_or(|n| p.start.saturating_add(n) != end);
                ctx.spans(direction, p.from.0, false);
            }
            None => side.lost = true,
        }
        self.framing.lost(ctx, direction);
        true
    }

    fn cut(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) {
        let side = &self.sides[direction.index()];
        let Some(p) = side.pending.as_ref().filter(|p| p.front.is_none()) else {
            return;
        };
        let (len, from) = (p.len, p.from);
        if len.is_some() {
            self.framing.message(
                ctx,
                &Framed {
                    direction,
                    data: chunk.data,
                    from,
                    offset: chunk.offset,
                    passed: false,
                },
            );
        }
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        if let Some(p) = self.sides[direction.index()].pending.take() {
            let ended = p.len.is_none() && p.front.is_some() && how == Close::Fin;
            if p.len.is_none() && how != Close::Reset {
                self.complete(ctx, direction, &p);
            }
            if ended && !p.broken {
                ctx.spans_to_end(direction, p.from.0);
            } else {
                ctx.spans(direction, p.from.0, false);
            }
        }
        self.framing.close(ctx, direction, how);
    }

    fn tells_spans(&self) -> bool {
        true
    }

    fn held(&self) -> usize {
        let fronts = self.sides.iter().flat_map(|s| &s.pending);
        let fronts = fronts.filter_map(|p| p.front.as_ref()).map(Vec::capacity);
        fronts.sum::<usize>() + self.framing.held()
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests;
