//! Reading packets again: chosen packets, with what their flows need before them, each described as in
//! the load pass. Details, rows, filters, followed streams, saved files and hashes are all made of this.

use crate::index::PacketEntry;
use crate::input::{Input, Need};
use crate::job::{Job, Phase, Progress, Step};
use crate::session::Session;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use weir_dissect::facts::LinkKind;
use weir_dissect::{BodySink, Checkpoint};
use weir_model::{FieldSink, FlowId, NoSink, PacketRef};

/// Ranges closer than this are read as one.
const JOIN: u64 = 64 << 10;
/// Bytes asked for at a time.
const WINDOW: u64 = 4 << 20;

/// Place of a capture in its chain and packet number there.
type Order = (usize, u32);

/// Who looks at replayed packets.
pub trait Visitor {
    /// Who takes a target's fields and the bodies it carries on; called right before it is described.
    fn look(
        &mut self,
        packet: PacketRef,
        entry: &PacketEntry,
        bytes: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>);
    /// The target was described.
    fn described(&mut self, packet: PacketRef, session: &Session);
    /// Who wants the bodies that other packets of the targets' flows carry.
    fn bodies(&mut self) -> Option<&mut dyn BodySink> {
        None
    }
}

#[derive(Clone, Copy)]
struct Item {
    packet: PacketRef,
    /// Whose checkpoint it runs on.
    flow: Option<FlowId>,
    target: bool,
}

/// Replays targets of one chain in file order.
pub struct Replay<V> {
    chain: usize,
    items: Vec<Item>,
    /// Bytes of captures that they read.
    cost: u64,
    at: usize,
    flows: HashMap<FlowId, Checkpoint, FixedState>,
    /// The visitor, to be taken out at the end.
    pub visitor: V,
}

impl<V: Visitor> Replay<V> {
    /// Plans a replay of `targets` (any order) of chain `chain`. `whole` replays flows from their start
    /// (bodies need every byte), otherwise from the nearest checkpoint.
    pub fn new(
        session: &Session,
        chain: usize,
        targets: &[PacketRef],
        whole: bool,
        visitor: V,
    ) -> Self {
        let mut plan = Self {
            chain,
            items: Vec::new(),
            cost: 0,
            at: 0,
            flows: HashMap::with_hasher(FixedState::default()),
            visitor,
        };
        if let Some(c) = session.chains.get(chain) {
            let mut targets: Vec<PacketRef> = targets.to_vec();
            targets.sort_by_key(|p| c.order(*p));
            targets.dedup();
            plan.plan(session, &targets, whole);
        }
        plan
    }

    /// Plans to read `targets` without what their flows say before them: cheap, and what a packet shares
    /// with others is not known.
    pub fn alone(session: &Session, chain: usize, targets: &[PacketRef], visitor: V) -> Self {
        let mut plan = Self {
            chain,
            items: Vec::new(),
            cost: 0,
            at: 0,
            flows: HashMap::with_hasher(FixedState::default()),
            visitor,
        };
        for packet in targets {
            plan.add(session.entry(*packet), *packet, None, true);
        }
        plan
    }

    /// Ends the replayed flows: what waited behind holes is delivered as at the end of the load.
    pub fn hang_up(&mut self, session: &mut Session) {
        let Some(chain) = session.chains.get_mut(self.chain) else {
            return;
        };
        let mut flows: Vec<(FlowId, Checkpoint)> = self.flows.drain().collect();
        flows.sort_by_key(|f| f.0);
        for (_, mut state) in flows {
            chain.dissector.hang_up(&mut state, self.visitor.bodies());
        }
    }

    /// Bytes of captures that the plan reads.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// Plans a packet that the index knows.
    fn add(
        &mut self,
        entry: Option<PacketEntry>,
        packet: PacketRef,
        flow: Option<FlowId>,
        target: bool,
    ) {
        if let Some(entry) = entry {
            self.cost += u64::from(entry.captured);
            self.items.push(Item {
                packet,
                flow,
                target,
            });
        }
    }

    fn plan(&mut self, session: &Session, targets: &[PacketRef], whole: bool) {
        let Some(chain) = session.chains.get(self.chain) else {
            return;
        };
        // Per flow: where to begin and the last packet wanted.
        let mut spans: HashMap<FlowId, (Order, Order), FixedState> =
            HashMap::with_hasher(FixedState::default());
        for target in targets {
            let order = chain.order(*target);
            let Some((flow, _)) = session.entry(*target).and_then(|e| e.flow) else {
                continue;
            };
            if let Some(span) = spans.get_mut(&flow) {
                span.1 = span.1.max(order);
                continue;
            }
            let from = chain
                .dissector
                .checkpoint(Some(flow), |p| !whole && chain.order(p) < order);
            let begin = from.after.map_or((0, 0), |p| chain.order(p));
            let from = if whole { from.for_bodies() } else { from };
            self.flows.insert(flow, from);
            spans.insert(flow, (begin, order));
        }
        let first_of = |flow: FlowId| {
            chain
                .facts()
                .flow(flow)
                .map_or((0, 0), |f| chain.order(f.first))
        };
        let begin = spans
            .iter()
            .map(|(flow, s)| {
                s.0.max((first_of(*flow).0, first_of(*flow).1.saturating_sub(1)))
            })
            .min();
        let end = spans.values().map(|s| s.1).max();
        let mut wanted = targets.iter().copied().peekable();
        let mut extra: Vec<PacketRef> = Vec::new();
        if let (Some(begin), Some(end)) = (begin, end) {
            for (place, id) in chain.captures.iter().enumerate().skip(begin.0) {
                let Some(capture) = session.capture(*id) else {
                    continue;
                };
                let from = if place == begin.0 { begin.1 + 1 } else { 1 };
                let to = if place == end.0 {
                    end.1
                } else {
                    capture.index.len()
                };
                if place > end.0 {
                    break;
                }
                for number in from.max(1)..=to {
                    let Some(flow) = capture.index.flow(number) else {
                        continue;
                    };
                    let Some(span) = spans.get(&flow) else {
                        continue;
                    };
                    if (place, number) > span.0 && (place, number) <= span.1 {
                        let packet = PacketRef {
                            capture: *id,
                            number,
                        };
                        extra.push(packet);
                    }
                }
            }
        }
        // Merge targets and the packets their flows need, both in order.
        let mut needed = extra.into_iter().peekable();
        loop {
            let next = match (needed.peek(), wanted.peek()) {
                (Some(a), Some(b)) if chain.order(*a) < chain.order(*b) => {
                    needed.next().map(|p| (p, false))
                }
                (Some(a), Some(b)) if a == b => {
                    needed.next();
                    wanted.next().map(|p| (p, true))
                }
                (Some(_), None) => needed.next().map(|p| (p, false)),
                _ => wanted.next().map(|p| (p, true)),
            };
            let Some((packet, target)) = next else { break };
            let Some(entry) = session.entry(packet) else {
                continue;
            };
            let flow = entry.flow.map(|f| f.0);
            // Fragments of a datagram that this packet completes run on the same state first.
            for link in chain.facts().links.to(packet, LinkKind::Fragment) {
                self.add(session.entry(link.from), link.from, flow, false);
            }
            self.add(Some(entry), packet, flow, target);
        }
    }

    /// The ranges of the next window of items, joined.
    fn needs(&self, session: &Session, input: &Input) -> Vec<Need> {
        let mut needs: Vec<Need> = Vec::new();
        let mut total = 0;
        for item in self.items.get(self.at..).unwrap_or_default() {
            let (Some(source), Some(entry)) = (
                session.capture(item.packet.capture).map(|c| c.source),
                session.entry(item.packet),
            ) else {
                continue;
            };
            let (start, end) = (entry.offset, entry.offset + u64::from(entry.captured));
            if start == end || input.get(source, start, end).is_some() {
                continue;
            }
            match needs.last_mut() {
                Some(last)
                    if last.source == source && start >= last.start && start <= last.end + JOIN =>
                {
                    total += end.saturating_sub(last.end);
                    last.end = last.end.max(end);
                }
                _ => {
                    total += end - start;
                    needs.push(Need {
                        source,
                        start,
                        end,
                        sequential: false,
                    });
                }
            }
            if total > WINDOW || needs.len() >= 256 {
                break;
            }
        }
        needs
    }
}

impl<V: Visitor> Job for Replay<V> {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        for _ in 0..fuel.max(1) {
            let Some(item) = self.items.get(self.at).copied() else {
                return Step::Done;
            };
            let (Some(meta), Some(entry)) = (session.meta(item.packet), session.entry(item.packet))
            else {
                self.at += 1;
                continue;
            };
            let Some(source) = session.capture(item.packet.capture).map(|c| c.source) else {
                return Step::Done;
            };
            let (start, end) = (entry.offset, entry.offset + u64::from(entry.captured));
            let bytes = if start == end {
                Some(&[][..])
            } else {
                input.get(source, start, end)
            };
            let Some(bytes) = bytes else {
                input.forget(source, start);
                return Step::Need(self.needs(session, input));
            };
            let Some(chain) = session.chains.get_mut(self.chain) else {
                return Step::Done;
            };
            let mut alone;
            let state = match item.flow.and_then(|f| self.flows.get_mut(&f)) {
                Some(state) => state,
                None => {
                    let flow = entry.flow.map(|f| f.0);
                    alone = chain.dissector.checkpoint(flow, |_| false);
                    &mut alone
                }
            };
            if item.target {
                let (sink, bodies) = self.visitor.look(item.packet, &entry, bytes);
                chain.dissector.replay(state, &meta, bytes, sink, bodies);
                self.visitor.described(item.packet, session);
            } else {
                chain
                    .dissector
                    .replay(state, &meta, bytes, &mut NoSink, self.visitor.bodies());
            }
            self.at += 1;
        }
        Step::More
    }

    fn progress(&self, _: &Session) -> Option<Progress> {
        Some(Progress {
            phase: Phase::Analysing,
            done: self.at as u64,
            of: self.items.len() as u64,
            unit: "packets",
        })
    }
}
