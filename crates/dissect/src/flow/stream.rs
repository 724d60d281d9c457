//! Segments to streams to dissectors: delivery in order, holes, ends; and datagrams to theirs.
//! Knows no protocol by name.

use super::assembler::{OUT_OF_ORDER, Place};
use super::checkpoint;
use super::recognise::{Decision, HELD, PACKETS, decide, start};
use super::relief::{relieve, settle};
use super::silence::spoke_again;
use super::state::App;
use super::{Live, RecognisedBy, count};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::{Chunk, Data, Run};
use crate::protocol::{Close, Direction, Over, Progress, Protocol, Severity, Transport};
use crate::registry::registry;
use weir_model::{FlowId, LimitKind};

/// Bytes held for a dissector that waits for more.
pub(crate) const HEAD: usize = 256 << 10;

/// A protocol that makes way for another does so within so many bytes of a stream. Further in, what looks like
/// the beginning of a message is as likely part of a file.
const MADE_WAY: u64 = 16 << 10;

pub(super) static LONG_HEAD: LimitKind = LimitKind {
    id: "message.head",
    says: "a message head was longer than is held; the rest of that stream was not read",
    bound: HEAD as u64,
    unit: "bytes",
};

/// Raised where a stream byte comes twice with different content (RFC 9293 section 3.10.7.4 leaves the choice to the receiver).
pub static OVERLAP: AnomalyKind = AnomalyKind {
    id: "tcp.segment.overlap.conflict",
    says: "the same stream bytes were sent twice with different content; the first copy is used",
    severity: Severity::Error,
    group: "Reassemble",
};

/// A TCP segment as its dissector read it.
#[derive(Clone, Copy, Debug)]
pub struct SegmentIn {
    /// Sequence number of the first byte (of the SYN, when set).
    pub seq: u32,
    /// Acknowledgement number, when the flag is set.
    pub ack: Option<u32>,
    /// Flag.
    pub syn: bool,
    /// Flag.
    pub fin: bool,
    /// Flag.
    pub rst: bool,
    /// Payload bytes the wire had beyond the captured ones (snap length).
    pub cut: u32,
}

/// Puts a segment of the packet's flow in its place and delivers what became contiguous.
pub fn segment(ctx: &mut Ctx<'_>, s: SegmentIn, payload: Data<'_>) {
    let layers = ctx.packet.layers.len();
    take(ctx, s, payload);
    // What a reset says is no data of its stream.
    if !s.rst && !payload.is_empty() && ctx.packet.layers.len() == layers && is_unread(ctx) {
        ctx.unknown(payload);
    }
    relieve(ctx);
}

/// Does nobody read the packet's stream, or nobody yet?
fn is_unread(ctx: &Ctx<'_>) -> bool {
    let Some((id, _)) = ctx.packet.flow else {
        return false;
    };
    let live = ctx.core.live.get(id.0 as usize);
    live.and_then(Option::as_deref)
        .is_some_and(|live| match live.app {
            App::Known(..) => false,
            // Held behind a loss it is not looked at yet.
            App::Undecided => live.undecided > 0,
            // What comes after the end belonged to whoever read it.
            App::Unknown => {
                !live.finished
                    || ctx
                        .core
                        .facts
                        .flow(id)
                        .is_some_and(|f| f.protocol.is_none())
            }
        })
}

fn take(ctx: &mut Ctx<'_>, s: SegmentIn, payload: Data<'_>) {
    let Some((id, direction)) = ctx.packet.flow else {
        return;
    };
    // A copy adds nothing to its stream.
    if ctx.packet.duplicate {
        return;
    }
    let Some(mut live) = ctx.take_live(id) else {
        return;
    };
    if live.finished && !goes_on(&mut live, direction, &s, payload) {
        return ctx.put_live(id, live);
    }
    if s.syn {
        live.halves[direction].syn(s.seq);
    }
    let seq = if s.syn { s.seq.wrapping_add(1) } else { s.seq };
    if let Some(ack) = s.ack {
        acknowledged(ctx, id, &mut live, direction.other(), ack);
    }
    let half = &mut live.halves[direction];
    if !s.syn {
        half.uncounted_syn(seq, payload.len());
    }
    let content = !payload.is_empty() || s.cut > 0;
    count::content(ctx, content, s.cut > 0);
    if content || s.fin {
        let offset = half.offset(seq);
        if s.fin && half.fin.is_none() {
            half.fin = u64::try_from(offset)
                .ok()
                .map(|o| o + payload.len() as u64 + u64::from(s.cut));
        }
        if content {
            let placed = half.place(offset, payload.bytes, s.cut, ctx.meta.packet, ctx.meta.time);
            if placed.differs {
                ctx.anomaly(&OVERLAP);
                if !ctx.core.muted {
                    let packet = ctx.meta.packet;
                    ctx.core.facts.quality.conflicts.add(packet);
                }
            }
            match placed.place {
                Place::Next(skip, len) => {
                    // What was cut stands behind the last byte.
                    let whole = skip + len == payload.len();
                    let cut = if whole { s.cut } else { 0 };
                    deliver(
                        ctx,
                        id,
                        &mut live,
                        direction,
                        payload.sub(skip, skip + len),
                        cut,
                    );
                    drain(ctx, id, &mut live, direction);
                }
                Place::Full => {
                    ctx.limit(&OUT_OF_ORDER);
                    give_up_hole(ctx, id, &mut live, direction);
                }
                Place::Ahead
                    if live.turn.hasty
                        || live.halves[direction].is_lost(ctx.meta.time)
                        || live.halves[direction].was_lost() =>
                {
                    give_up_hole(ctx, id, &mut live, direction);
                }
                // One byte is a keep-alive.
                Place::Old if payload.len() > 1 => count::passed(ctx, id, direction),
                Place::Ahead | Place::Old => {}
            }
        }
    } else if !s.syn && !s.rst {
        half.say(seq);
    }
    if live.halves[direction]
        .fin
        .is_some_and(|f| f <= live.halves[direction].next())
    {
        close(ctx, id, &mut live, direction, Close::Fin);
    }
    if s.rst {
        live.halves[direction].disown();
        end(ctx, id, &mut live, Close::Reset);
    }
    if live.halves.iter().count() == 2 && live.halves.iter().all(|h| h.closed) {
        if s.rst {
            live.finish_by_reset();
        } else {
            live.finish();
        }
    }
    if live.since_checkpoint >= checkpoint::EVERY && !ctx.core.muted {
        live.since_checkpoint = 0;
        ctx.core
            .checkpoints
            .push(id, ctx.meta.packet, (*live).clone());
    }
    settle(ctx, id, &mut live);
    ctx.put_live(id, live);
}

/// Are these bytes of the packet's stream done with, while a later message waits for more of its own?
pub(crate) fn repeats(ctx: &mut Ctx<'_>, seq: u32, len: usize) -> bool {
    let Some((id, direction)) = ctx.packet.flow else {
        return false;
    };
    let live = ctx.core.live.get_mut(id.0 as usize);
    let Some(live) = live.and_then(Option::as_deref_mut) else {
        return false;
    };
    let half = &mut live.halves[direction];
    if half.buffer.is_empty() || !half.started() {
        return false;
    }
    let waits = i64::try_from(half.buffer_at).unwrap_or(i64::MAX);
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    half.offset(seq).saturating_add(len) <= waits
}

/// After a reset: does the segment bring new bytes that certainly begin a message? What was only under way
/// when the reset came does not.
fn goes_on(live: &mut Live, direction: Direction, s: &SegmentIn, payload: Data<'_>) -> bool {
    let Some(at) = &mut live.after_reset else {
        return false;
    };
    let way = match direction {
        Direction::Forward => &mut at[0],
        Direction::Backward => &mut at[1],
    };
    if s.syn {
        // The handshake again, with another number maybe.
        way.0 = Some(
            s.seq
                .wrapping_add(1)
                .wrapping_sub((way.1 & 0xffff_ffff) as u32),
        );
    }
    let next = way
        .0
        .map(|start| start.wrapping_add((way.1 & 0xffff_ffff) as u32));
    let new = next.is_none_or(|next| s.seq.wrapping_sub(next).cast_signed() >= 0);
    if s.rst || !new || registry().beginning(payload.bytes).is_none() {
        return false;
    }
    live.reopen();
    live.app = App::Unknown;
    true
}

fn acknowledged(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, of: Direction, ack: u32) {
    let half = &mut live.halves[of];
    if !half.started() {
        return;
    }
    let offset = half.offset(ack);
    if half.acknowledge(offset, ctx.meta.time) && !ctx.core.muted {
        let packet = ctx.meta.packet;
        ctx.core.facts.quality.unseen_acked.add(packet);
    }
    // The receiver has everything: a hole left now is the capture's.
    if half
        .fin
        .is_some_and(|f| u64::try_from(offset).is_ok_and(|o| o > f))
    {
        give_up_all(ctx, id, live, of);
        if live.halves[of]
            .fin
            .is_some_and(|f| f <= live.halves[of].next())
        {
            close(ctx, id, live, of, Close::Fin);
        }
    }
}

/// Declares the hole before the first held bytes missing and delivers what follows.
pub(super) fn give_up_hole(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, direction: Direction) {
    if let Some((_, len)) = live.halves[direction].hole() {
        gap(ctx, id, live, direction, (len, len));
    }
    drain(ctx, id, live, direction);
}

/// Gives up every hole, and what only the end of the stream stands behind: no acknowledgement comes any more.
fn give_up_all(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, direction: Direction) {
    while live.halves[direction].has_waiting() {
        if let Some((at, len)) = live.halves[direction].hole() {
            let lacks = live.halves[direction].lacks(at, len);
            gap(ctx, id, live, direction, (len, lacks));
        }
        drain(ctx, id, live, direction);
    }
    if let Some(len) = live.halves[direction].short() {
        gap(ctx, id, live, direction, (len, len));
    }
}

fn drain(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, direction: Direction) {
    while let Some((bytes, skip, cut, packet, time)) = live.halves[direction].next_waiting() {
        let source = ctx.source("Reassembled TCP", &bytes);
        let data = Data {
            bytes: &bytes,
            source,
            start: 0,
        }
        .rest(skip);
        let run = Run {
            offset: live.halves[direction].next(),
            packet,
            time,
        };
        deliver_run(ctx, id, live, direction, data, cut, run);
    }
}

fn deliver(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &mut Live,
    direction: Direction,
    data: Data<'_>,
    cut: u32,
) {
    let run = Run {
        offset: live.halves[direction].next(),
        packet: ctx.meta.packet,
        time: ctx.meta.time,
    };
    deliver_run(ctx, id, live, direction, data, cut, run);
}

fn deliver_run(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &mut Live,
    direction: Direction,
    data: Data<'_>,
    cut: u32,
    run: Run,
) {
    let way = direction.index();
    if let Some(sink) = ctx.bodies() {
        sink.stream(id, direction, (run.packet, run.time), data.bytes);
    }
    live.halves[direction].advance(data.bytes);
    live.since_checkpoint = live
        .since_checkpoint
        .saturating_add(u32::try_from(data.len()).unwrap_or(u32::MAX));
    if !ctx.core.muted
        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
    {
        flow.payload[way] += data.len() as u64;
        spoke_again(ctx, id, direction, data.len());
    }
    take_over(ctx, id, live, direction, data, run.offset);
    if !matches!(live.app, App::Unknown) && !live.halves[direction].opaque && !data.is_empty() {
        if matches!(live.app, App::Known(..)) && live.halves[direction].buffer.is_empty() {
            let used = pump(ctx, id, live, direction, data, run.offset, &[run]);
            hold(
                ctx,
                live,
                direction,
                data.rest(used),
                Run {
                    offset: run.offset + used as u64,
                    ..run
                },
            );
            if matches!(live.app, App::Undecided) && used < data.len() {
                offer(ctx, id, live, direction, false);
            }
        } else {
            hold(ctx, live, direction, data, run);
            if matches!(live.app, App::Undecided) {
                live.undecided = live.undecided.saturating_add(1);
            }
            offer(ctx, id, live, direction, false);
        }
        // A hand-over may have left bytes of the other direction unread.
        if !live.halves[direction.other()].buffer.is_empty()
            && live.halves[direction.other()].need == 0
        {
            offer(ctx, id, live, direction.other(), false);
        }
    }
    if cut > 0 {
        cut_short(ctx, live, direction);
        gap(ctx, id, live, direction, (u64::from(cut), u64::from(cut)));
    }
}

/// The snap length took the rest of what a dissector waits for: it may make do with what there is.
fn cut_short(ctx: &mut Ctx<'_>, live: &mut Live, direction: Direction) {
    let half = &mut live.halves[direction];
    if half.opaque || half.buffer.is_empty() {
        return;
    }
    let (buffer, runs, offset) = (
        std::mem::take(&mut half.buffer),
        std::mem::take(&mut half.runs),
        half.buffer_at,
    );
    if let App::Known(_, dissector) = &mut live.app {
        let source = ctx.source("Reassembled TCP", &buffer);
        let data = Data {
            bytes: &buffer,
            source,
            start: 0,
        };
        let chunk = Chunk {
            offset,
            data,
            runs: &runs,
        };
        dissector.cut(ctx, direction, &chunk);
    }
}

/// A stream that nobody reads, or nobody yet, becomes that of a protocol that certainly begins here.
fn take_over(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &mut Live,
    direction: Direction,
    data: Data<'_>,
    offset: u64,
) {
    let nobody = match live.app {
        App::Unknown => true,
        // The first bytes of a stream are recognised with all means.
        App::Undecided => !live.halves[direction].buffer.is_empty(),
        App::Known(..) => false,
    };
    if !nobody || live.turn.deaf || offset >= MADE_WAY {
        return;
    }
    if let Some(protocol) = registry().beginning(data.bytes) {
        for half in live.halves.iter_mut() {
            half.buffer = Vec::new();
            half.runs = Vec::new();
            half.need = 0;
            half.opaque = false;
        }
        begin(ctx, id, live, protocol, RecognisedBy::Content);
    }
}

/// Keeps what was not consumed.
fn hold(ctx: &mut Ctx<'_>, live: &mut Live, direction: Direction, data: Data<'_>, run: Run) {
    let half = &mut live.halves[direction];
    if data.is_empty() || half.opaque || matches!(live.app, App::Unknown) {
        return;
    }
    if half.buffer.len() + data.len() > HEAD {
        ctx.limit(&LONG_HEAD);
        half.opaque = true;
        half.buffer = Vec::new();
        half.runs = Vec::new();
        return;
    }
    if half.buffer.is_empty() {
        half.buffer_at = run.offset;
    }
    half.buffer.extend_from_slice(data.bytes);
    half.runs.push(run);
}

/// Offers held bytes: to recognition while undecided, then to the dissector.
fn offer(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, direction: Direction, last: bool) {
    if matches!(live.app, App::Undecided) {
        let half = &live.halves[direction];
        let last = last || half.buffer.len() >= HELD || live.undecided >= PACKETS;
        match decide(
            ctx,
            id,
            direction,
            &half.buffer,
            half.from_start,
            !live.handed_over,
            last,
        ) {
            Decision::Wait => return,
            Decision::Unknown => {
                live.app = App::Unknown;
                for half in live.halves.iter_mut() {
                    half.buffer = Vec::new();
                    half.runs = Vec::new();
                }
                return;
            }
            Decision::Is(protocol, by) => {
                begin(ctx, id, live, protocol, by);
                // What the other side said before the decision comes first.
                if live.halves[direction.other()].buffer_at == 0
                    && !live.halves[direction.other()].buffer.is_empty()
                {
                    offer(ctx, id, live, direction.other(), false);
                }
            }
        }
    }
    let half = &mut live.halves[direction];
    if half.buffer.is_empty() || half.buffer.len() < half.need {
        return;
    }
    let (buffer, runs, at) = (
        std::mem::take(&mut half.buffer),
        std::mem::take(&mut half.runs),
        half.buffer_at,
    );
    // Bytes of this packet alone keep their place in the packet.
    let source = ctx.source("Reassembled TCP", &buffer);
    let data = Data {
        bytes: &buffer,
        source,
        start: 0,
    };
    let used = pump(ctx, id, live, direction, data, at, &runs);
    let half = &mut live.halves[direction];
    if used < buffer.len() && !half.opaque && !matches!(live.app, App::Unknown) {
        let mut buffer = buffer;
        buffer.drain(..used);
        half.buffer_at = at + used as u64;
        let first = runs
            .partition_point(|r| r.offset <= half.buffer_at)
            .saturating_sub(1);
        half.runs = runs.get(first..).unwrap_or_default().to_vec();
        half.buffer = buffer;
    }
}

fn begin(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &mut Live,
    protocol: &'static Protocol,
    by: RecognisedBy,
) {
    let made = start(ctx, id, live, protocol, by).and_then(|s| protocol.stream.map(|make| make(s)));
    live.app = made.map_or(App::Unknown, |d| App::Known(protocol, d));
}

/// Calls the dissector until it has enough; returns how many bytes are done with.
fn pump(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &mut Live,
    direction: Direction,
    data: Data<'_>,
    offset: u64,
    runs: &[Run],
) -> usize {
    let mut done = 0;
    while done < data.len() {
        let rest = data.rest(done);
        if rest.len() < live.halves[direction].need || live.halves[direction].opaque {
            break;
        }
        let App::Known(_, dissector) = &mut live.app else {
            break;
        };
        let chunk = Chunk {
            offset: offset + done as u64,
            data: rest,
            runs,
        };
        let waited = !dissector.tells_spans();
        let progress = dissector.data(ctx, direction, &chunk);
        if let Progress::Consumed(n @ 1..) = progress
            && waited
        {
            let first = chunk.packet_at(0).0;
            let last = chunk.packet_at(n - 1).0;
            // Out of order, the first byte may have come late. What a loss held up came whole.
            let held_up = live.halves[direction].gave_up == Some(ctx.meta.packet);
            if first != last || !held_up {
                ctx.spans(direction, first.min(last), true);
            }
        }
        let half = &mut live.halves[direction];
        match progress {
            // Given away with bytes it did not take: they are for whoever comes next.
            Progress::Consumed(0) if ctx.handed_over.is_some() => {}
            Progress::Consumed(0) => {
                half.need = rest.len() + 1;
                break;
            }
            Progress::Consumed(n) => {
                half.need = 0;
                done += n.min(rest.len());
            }
            Progress::Need(n) => {
                half.need = n.max(rest.len() + 1);
                break;
            }
            Progress::NotMine => {
                live.app = App::Unknown;
                if !ctx.core.muted
                    && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
                {
                    flow.recognised_by = RecognisedBy::Nothing;
                    flow.protocol = None;
                }
                return data.len();
            }
            Progress::Opaque => {
                half.opaque = true;
                return data.len();
            }
        }
        if let Some(to) = ctx.handed_over.take() {
            for half in live.halves.iter_mut() {
                half.need = 0;
                half.opaque = false;
            }
            match to {
                Some(protocol) => {
                    let by = RecognisedBy::Expected;
                    let made = start(ctx, id, live, protocol, by)
                        .and_then(|s| protocol.stream.map(|make| make(s)));
                    live.app = made.map_or(App::Unknown, |d| App::Known(protocol, d));
                }
                None => {
                    live.app = App::Undecided;
                    live.undecided = 0;
                    live.handed_over = true;
                    if let Some(flow) = ctx
                        .core
                        .facts
                        .flows
                        .get_mut(id.0 as usize)
                        .filter(|_| !ctx.core.muted)
                    {
                        flow.recognised_by = RecognisedBy::Nothing;
                    }
                    break;
                }
            }
        }
    }
    done
}

/// So many bytes of a stream are never seen, and so many of them the capture lacks.
fn gap(
    ctx: &mut Ctx<'_>,
    id: FlowId,
    live: &mut Live,
    direction: Direction,
    (len, lacks): (u64, u64),
) {
    if matches!(live.app, App::Undecided) && !live.halves[direction].buffer.is_empty() {
        offer(ctx, id, live, direction, true);
    }
    let packet = ctx.meta.packet;
    if let Some(sink) = ctx.bodies() {
        sink.stream_gap(id, direction, packet, len);
    }
    let half = &mut live.halves[direction];
    half.gave_up = Some(packet);
    let offset = half.next();
    half.skip(len);
    half.buffer = Vec::new();
    half.runs = Vec::new();
    half.need = 0;
    count::lacks(ctx, id, direction, lacks);
    if let App::Known(_, dissector) = &mut live.app
        && !half.opaque
    {
        half.opaque = !dissector.gap(ctx, direction, offset, len);
    }
}

fn close(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, direction: Direction, how: Close) {
    if live.halves[direction].closed {
        return;
    }
    if matches!(live.app, App::Undecided) && !live.halves[direction].buffer.is_empty() {
        offer(ctx, id, live, direction, true);
    }
    live.halves[direction].closed = true;
    if let (App::Known(_, dissector), Some(run)) = (&live.app, live.halves[direction].runs.first())
        && !dissector.tells_spans()
    {
        ctx.spans(direction, run.packet, false);
    }
    if let App::Known(_, dissector) = &mut live.app {
        dissector.close(ctx, direction, how);
    }
}

fn end(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live, how: Close) {
    for direction in [Direction::Forward, Direction::Backward] {
        give_up_all(ctx, id, live, direction);
    }
    for direction in [Direction::Forward, Direction::Backward] {
        close(ctx, id, live, direction, how);
    }
    live.states.end(ctx);
}

/// Ends a flow that a new one on the same ports replaces. Its state is dropped.
pub(crate) fn close_flow(ctx: &mut Ctx<'_>, id: FlowId) {
    if let Some(mut live) = ctx.take_live(id) {
        ctx.core.held.change(live.turn.counted, 0);
        ctx.as_of_last_packet(id, |ctx| end(ctx, id, &mut live, Close::End));
    }
}

/// Ends a copy of a flow at the end of the capture; the flow itself can go on.
pub(crate) fn hang_up(ctx: &mut Ctx<'_>, id: FlowId, mut live: Live) {
    ctx.as_of_last_packet(id, |ctx| end(ctx, id, &mut live, Close::End));
}

/// Hands a datagram of the packet's flow to the protocol it carries; unknown payload becomes `data`.
pub fn datagram(ctx: &mut Ctx<'_>, payload: Data<'_>) {
    let Some((id, direction)) = ctx.packet.flow else {
        return quoted_datagram(ctx, payload);
    };
    if !ctx.core.muted
        && !ctx.packet.duplicate
        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
    {
        flow.payload[direction.index()] += payload.len() as u64;
        spoke_again(ctx, id, direction, payload.len());
        let cut = ctx.packet.cut;
        count::content(ctx, cut || !payload.is_empty(), cut);
    }
    if payload.is_empty() {
        return;
    }
    let brought = (ctx.meta.packet, ctx.meta.time);
    if !ctx.packet.duplicate
        && let Some(sink) = ctx.bodies()
    {
        sink.stream(id, direction, brought, payload.bytes);
    }
    let live = |ctx: &mut Ctx<'_>, to: Option<&'static Protocol>| {
        let live = ctx.core.live.get_mut(id.0 as usize)?.as_deref_mut()?;
        live.carried = live.carried.or(to);
        live.carried
    };
    let carried = live(ctx, None);
    let protocol =
        carried.or_else(
            || match decide(ctx, id, direction, payload.bytes, true, true, true) {
                Decision::Is(protocol, by) => {
                    if !ctx.core.muted
                        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
                    {
                        flow.protocol = Some(protocol.id());
                        flow.recognised_by = by;
                        ctx.core.table.carries(id, protocol);
                    }
                    live(ctx, Some(protocol));
                    Some(protocol)
                }
                Decision::Unknown | Decision::Wait => None,
            },
        );
    match protocol.and_then(|p| p.datagram) {
        Some(dissect) => dissect(ctx, payload),
        None => ctx.unknown(payload),
    }
    if !ctx.core.muted
        && let Some(mut live) = ctx.take_live(id)
    {
        let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        live.since_checkpoint = live.since_checkpoint.saturating_add(len);
        if live.since_checkpoint >= checkpoint::EVERY {
            live.since_checkpoint = 0;
            let packet = ctx.meta.packet;
            ctx.core.checkpoints.push(id, packet, (*live).clone());
        }
        ctx.put_live(id, live);
    }
}

/// A datagram without a flow: what an ICMP error quotes, or a tunnel around the flow that is replayed.
/// What its own flow carries, else its port, says what it is.
fn quoted_datagram(ctx: &mut Ctx<'_>, payload: Data<'_>) {
    let outer = ctx.core.replaying.is_some();
    let ports = ctx.packet.ports.filter(|_| ctx.packet.quoted || outer);
    let carried = ports
        .filter(|_| outer && !ctx.packet.quoted)
        .and_then(|ports| super::table::outer(ctx, Transport::Udp, ports)?.protocol)
        .and_then(|id| registry().get(id));
    let protocol = carried.or_else(|| {
        let (a, b) = ports?;
        [a.min(b), a.max(b)]
            .into_iter()
            .find_map(|n| registry().over(Over::UdpPort(n)))
    });
    let before = std::mem::replace(&mut ctx.packet.delivered, ctx.packet.quoted);
    match protocol.and_then(|p| p.datagram) {
        Some(dissect) if !payload.is_empty() => dissect(ctx, payload),
        _ => ctx.unknown(payload),
    }
    ctx.packet.delivered = before;
}
