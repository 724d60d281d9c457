//! A chain that holds too much of its streams gives some of it up: first what only comparing needs, then
//! what waits behind holes, then unfinished messages; of the flows that lay idle longest first.

use super::Live;
use super::held::{COMPARED, UNFINISHED, WAITED};
use super::state::App;
use super::stream::give_up_hole;
use crate::context::Ctx;
use crate::protocol::{Close, Direction};
use weir_model::FlowId;

/// After so many segments of a flow its dissector is asked what it keeps after each …
const OFTEN: u16 = 32;
/// … and then after so many.
const SELDOM: u16 = 32;

/// No flow holds more than this can say; were it so, it would count as much.
fn small(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// After a segment: counts what its flow holds now.
pub(super) fn settle(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live) {
    if ctx.core.replay {
        return;
    }
    // A dissector of many messages is not asked after every segment.
    live.turn.since = live.turn.since.saturating_add(1);
    if live.turn.since <= OFTEN || live.turn.since >= OFTEN + SELDOM {
        live.turn.read = small(live.read());
        live.turn.since = live.turn.since.min(OFTEN);
    }
    let now = small(live.waiting()).saturating_add(live.turn.read);
    ctx.core.held.change(live.turn.counted, now);
    live.turn.counted = now;
    live.turn.touched = true;
    if now > 0 && !live.turn.waits {
        live.turn.waits = true;
        ctx.core.held.line_up(id);
    }
}

/// While too much is held, those whose turn it is give up. A replayed flow does so where it did in the load.
pub(super) fn relieve(ctx: &mut Ctx<'_>) {
    if ctx.core.replay {
        return again(ctx);
    }
    while let Some(id) = ctx.core.held.next() {
        let Some(mut live) = ctx.take_live(id) else {
            continue;
        };
        if live.turn.touched {
            live.turn.touched = false;
        } else {
            give_up(ctx, id, &mut live);
        }
        live.turn.read = small(live.read());
        let now = small(live.waiting()).saturating_add(live.turn.read);
        ctx.core.held.change(live.turn.counted, now);
        live.turn.counted = now;
        live.turn.waits = now > 0;
        if now > 0 {
            ctx.core.held.line_up(id);
        }
        ctx.put_live(id, live);
    }
}

/// The flow of the packet being read again gave up after this packet.
fn again(ctx: &mut Ctx<'_>) {
    let Some((id, _)) = ctx.packet.flow else {
        return;
    };
    let packet = ctx.meta.packet;
    let Some([holes, messages]) = ctx.core.facts.flow(id).map(|f| f.seldom().gave_up) else {
        return;
    };
    let (holes, messages) = (holes == Some(packet), messages == Some(packet));
    if !holes && !messages {
        return;
    }
    // In the load another packet was read by then, so this one shows nothing of it.
    ctx.aside(|ctx| {
        if let Some(mut live) = ctx.take_live(id) {
            if holes {
                wait_no_more(ctx, id, &mut live);
            }
            if messages {
                hold_no_more(ctx, &mut live);
            }
            ctx.put_live(id, live);
        }
    });
}

fn give_up(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live) {
    if live.halves.iter().any(|h| h.remembers()) {
        ctx.limit(&COMPARED);
        for half in live.halves.iter_mut() {
            half.forget();
        }
        return;
    }
    let holes = live.halves.iter().any(|h| h.has_waiting());
    ctx.limit(if holes { &WAITED } else { &UNFINISHED });
    if !ctx.core.muted
        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
    {
        let last = flow.last;
        flow.seldom_mut().gave_up[usize::from(!holes)] = Some(last);
    }
    ctx.as_of_last_packet(id, |ctx| {
        if holes {
            wait_no_more(ctx, id, live);
        } else {
            hold_no_more(ctx, live);
        }
    });
}

/// From now on no byte waits behind a hole.
fn wait_no_more(ctx: &mut Ctx<'_>, id: FlowId, live: &mut Live) {
    live.turn.hasty = true;
    for direction in [Direction::Forward, Direction::Backward] {
        while live.halves[direction].has_waiting() {
            give_up_hole(ctx, id, live, direction);
        }
    }
}

/// From now on nobody reads the flow; what its dissector has of unfinished messages is told as at an end.
fn hold_no_more(ctx: &mut Ctx<'_>, live: &mut Live) {
    live.turn.deaf = true;
    if let App::Known(_, mut dissector) = std::mem::replace(&mut live.app, App::Unknown) {
        for direction in [Direction::Forward, Direction::Backward] {
            if !live.halves[direction].closed {
                dissector.close(ctx, direction, Close::End);
            }
        }
    }
    for half in live.halves.iter_mut() {
        half.buffer = Vec::new();
        half.runs = Vec::new();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::flow::held::HELD_MAX;
    use crate::synth::Synth;
    use crate::{Dissector, Options, TreeSink};
    use weir_model::{FlowId, NoSink};

    const FLOWS: u16 = 300;
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 240100\r\n\r\n";

    /// Connections whose answers lack 100 bytes, or whose requests never end; 72 MB wait.
    fn crowd(holes: bool) -> Synth {
        let mut s = Synth::default();
        let mut open = Vec::new();
        for n in 0..FLOWS {
            let mut c = s.connect(([10, 0, 0, 5], 1024 + n), ([192, 0, 2, 80], 80));
            c.piece = 60_000;
            if holes {
                c.client(&mut s, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
                c.server(&mut s, HEAD);
                c.lose(1, 100);
                c.server(&mut s, vec![b'x'; 240_000]);
            } else {
                c.client(
                    &mut s,
                    format!("GET /a HTTP/1.1\r\nX: {}", "y".repeat(239_000)),
                );
            }
            open.push(c);
        }
        for c in &mut open {
            c.client(&mut s, "z");
            c.server(&mut s, "z");
        }
        s
    }

    fn told(d: &Dissector) -> Vec<&'static str> {
        d.facts().limits.all().iter().map(|l| l.kind.id).collect()
    }

    /// What every packet of a flow says when its flow alone is read again.
    fn replayed(s: &Synth, d: &mut Dissector, flow: FlowId, of: &[Option<FlowId>]) -> Vec<String> {
        let mut from = d.checkpoint(Some(flow), |_| false);
        let numbers = (0..s.packets.len()).filter(|n| of[*n] == Some(flow));
        numbers
            .map(|n| {
                let mut tree = TreeSink::new();
                d.replay(&mut from, &s.meta(n), &s.packets[n], &mut tree, None);
                tree.dump()
            })
            .collect()
    }

    fn judge(holes: bool, wanted: &str) {
        let s = crowd(holes);
        let mut d = Dissector::new(Options::default());
        let mut most = 0;
        let mut of = Vec::new();
        for (n, bytes) in s.packets.iter().enumerate() {
            let out = d.describe(&s.meta(n), bytes, &mut NoSink, None, None);
            of.push(out.flow.map(|f| f.0));
            if n.is_multiple_of(100) {
                let (counted, real) = d.held();
                assert_eq!(counted, real, "after packet {n}");
                most = most.max(counted);
            }
        }
        assert!(most <= HELD_MAX && most > HELD_MAX / 2, "{most}");
        d.finish(None);
        assert!(told(&d).contains(&wanted), "{:?}", told(&d));
        let gave_up = |n: usize| d.facts().flows.get(n).unwrap().seldom().gave_up;
        let slot = usize::from(!holes);
        assert!(gave_up(0)[slot].is_some());
        assert!(gave_up(usize::from(FLOWS) - 1)[slot].is_none());
        let whole = s.trees(d.facts());
        for flow in [0, u32::from(FLOWS) - 1] {
            let flow = FlowId(flow);
            let numbers = (0..whole.len()).filter(|n| of[*n] == Some(flow));
            let expected: Vec<String> = numbers.map(|n| whole[n].dump()).collect();
            let again = replayed(&s, &mut d, flow, &of);
            assert_eq!(again.len(), expected.len());
            for (a, b) in again.iter().zip(&expected) {
                assert_eq!(a, b);
            }
        }
    }

    #[test]
    fn what_waits_behind_holes_of_all_flows_is_bounded_and_told() {
        judge(true, "reassembly.held");
    }

    #[test]
    fn unfinished_messages_of_all_flows_are_bounded_and_told() {
        judge(false, "message.held");
    }

    #[test]
    fn what_is_only_compared_goes_first_and_takes_nothing_else_along() {
        let mut s = Synth::default();
        for n in 0..12_000 {
            let (a, b) = ([10, 0, (n >> 8) as u8, n as u8], [192, 0, 2, 80]);
            let mut c = s.connect((a, 1024), (b, 4444));
            c.piece = 8_000;
            c.client(&mut s, [n as u8; 8_000]);
            c.server(&mut s, [n as u8; 8_000]);
        }
        let d = s.load();
        let (counted, real) = d.held();
        assert_eq!(counted, real);
        assert!(counted <= HELD_MAX);
        assert_eq!(told(&d), ["reassembly.compared"]);
        assert!(
            d.facts()
                .flows
                .iter()
                .all(|f| f.seldom().gave_up == [None; 2])
        );
        assert_eq!(d.facts().quality.conflicts.count, 0);
    }
}
