//! Lines of the packet list described by replay: with their flow's state where that is cheap or needed.

use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::{Job, Step};
use crate::ops::rowsink::RowSink;
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use weir_dissect::{BodySink, registry};
use weir_model::{FieldSink, PacketRef};

/// A flow of at most this many bytes is read from its checkpoint for a line of its packets.
const CHEAP: u64 = 256 << 10;
/// Packets between a flow's beginning and a line, beyond which the index is not searched for the flow.
const NEAR: u32 = 100_000;

/// What a line shows beside what the index knows.
#[derive(Clone, Default)]
pub(crate) struct Line {
    pub(crate) source: String,
    pub(crate) destination: String,
    pub(crate) info: String,
    pub(crate) values: Vec<String>,
}

struct Lines {
    sink: RowSink,
    done: Vec<(PacketRef, Line)>,
}

impl Visitor for Lines {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.sink.clear();
        (&mut self.sink, None)
    }

    fn described(&mut self, packet: PacketRef, _: &Session) {
        let line = Line {
            source: std::mem::take(&mut self.sink.source),
            destination: std::mem::take(&mut self.sink.destination),
            info: std::mem::take(&mut self.sink.info),
            values: self.sink.values.clone(),
        };
        self.done.push((packet, line));
    }
}

/// Describes packets.
pub(crate) struct Describe {
    plans: Vec<Replay<Lines>>,
    done: HashMap<PacketRef, Line, FixedState>,
}

impl Describe {
    /// Lines of these packets, with these fields besides.
    pub(crate) fn new(session: &Session, packets: &[PacketRef], fields: &[String]) -> Self {
        let mut plans = Vec::new();
        for (n, chain) in session.chains.iter().enumerate() {
            let (mut with, mut alone) = (Vec::new(), Vec::new());
            for packet in packets {
                let Some(entry) = session
                    .entry(*packet)
                    .filter(|_| chain.place(packet.capture).is_some())
                else {
                    continue;
                };
                let list = if wants_state(chain, *packet, &entry) {
                    &mut with
                } else {
                    &mut alone
                };
                list.push(*packet);
            }
            let lines = || Lines {
                sink: RowSink::new(fields),
                done: Vec::new(),
            };
            alone.sort_by_key(|p| chain.order(*p));
            if !with.is_empty() {
                plans.push(Replay::new(session, n, &with, false, lines()));
            }
            if !alone.is_empty() {
                plans.push(Replay::alone(session, n, &alone, lines()));
            }
        }
        Self {
            plans,
            done: HashMap::with_hasher(FixedState::default()),
        }
    }

    /// What a packet's line shows; empty before the job is done.
    pub(crate) fn line(&self, packet: PacketRef) -> Line {
        self.done.get(&packet).cloned().unwrap_or_default()
    }

    pub(crate) fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        let Some(plan) = self.plans.last_mut() else {
            return Step::Done;
        };
        match plan.step(session, input, fuel) {
            Step::Done => {
                if let Some(plan) = self.plans.pop() {
                    self.done.extend(plan.visitor.done);
                }
                if self.plans.is_empty() {
                    Step::Done
                } else {
                    Step::More
                }
            }
            step => step,
        }
    }
}

fn wants_state(chain: &crate::session::Chain, packet: PacketRef, entry: &PacketEntry) -> bool {
    let facts = chain.facts();
    let Some(flow) = entry.flow.and_then(|(id, _)| facts.flow(id)) else {
        return true;
    };
    let near = flow.first.capture != packet.capture
        || packet.number.saturating_sub(flow.first.number) <= NEAR;
    let cheap = flow.bytes.iter().sum::<u64>() <= CHEAP && near;
    cheap || completes(chain, entry)
}

/// Does the packet hold more than its transport: a message or its end?
pub(crate) fn completes(chain: &crate::session::Chain, entry: &PacketEntry) -> bool {
    let layers = chain.facts().stacks.layers(entry.stack);
    let name = |id: &weir_dissect::ProtocolId| registry().get(*id).map_or("", |p| p.info.name);
    let transport = layers
        .iter()
        .rposition(|id| matches!(name(id), "tcp" | "udp"));
    transport.is_some_and(|at| {
        layers
            .iter()
            .skip(at + 1)
            .any(|id| !matches!(name(id), "data" | "_ws.expert"))
    })
}
