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

/// A flow of at most this many bytes is read from its checkpoint for a line of its packets, whatever the others cost.
const CHEAP: u64 = 256 << 10;
/// Bytes that are read for the lines of one request with the state of all their flows.
const READ: u64 = 12 << 20;
/// What a packet alone does not know: it would read as the first of its conversation.
const RELATIVE: [&str; 3] = ["Seq=", "Ack=", "Win="];
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
    /// Of the columns, where packets are read alone.
    fields: Vec<String>,
    /// Packets are read without what their flows say before them.
    alone: bool,
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
        let mut line = Line {
            source: std::mem::take(&mut self.sink.source),
            destination: std::mem::take(&mut self.sink.destination),
            info: std::mem::take(&mut self.sink.info),
            values: self.sink.values.clone(),
        };
        if self.alone {
            let known = |word: &&str| !RELATIVE.iter().any(|r| word.starts_with(r));
            let words: Vec<&str> = line.info.split(' ').filter(known).collect();
            line.info = words.join(" ");
            for (value, field) in line.values.iter_mut().zip(&self.fields) {
                if of_the_flow(field) {
                    value.clear();
                }
            }
        }
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
            let (mut with, mut near, mut alone) = (Vec::new(), Vec::new(), Vec::new());
            for packet in packets {
                let Some(entry) = session
                    .entry(*packet)
                    .filter(|_| chain.place(packet.capture).is_some())
                else {
                    continue;
                };
                let list = match wants(chain, *packet, &entry) {
                    Wants::State => &mut with,
                    Wants::Near => &mut near,
                    Wants::Alone => &mut alone,
                };
                list.push(*packet);
            }
            let lines = |alone| Lines {
                sink: RowSink::new(fields),
                done: Vec::new(),
                fields: if alone { fields.to_vec() } else { Vec::new() },
                alone,
            };
            // With the state of every flow where that is not too much to read; else of those that need it.
            let all: Vec<PacketRef> = with.iter().chain(&near).copied().collect();
            let mut plan = Replay::new(session, n, &all, false, lines(false));
            if plan.cost() > READ && !near.is_empty() {
                plan = Replay::new(session, n, &with, false, lines(false));
                alone.append(&mut near);
            }
            if !all.is_empty() {
                plans.push(plan);
            }
            alone.sort_by_key(|p| chain.order(*p));
            if !alone.is_empty() {
                plans.push(Replay::alone(session, n, &alone, lines(true)));
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

/// Fields that only the packets before give.
fn of_the_flow(field: &str) -> bool {
    const OWN: [&str; 9] = [
        "tcp.port",
        "tcp.srcport",
        "tcp.dstport",
        "tcp.len",
        "tcp.flags",
        "tcp.seq_raw",
        "tcp.ack_raw",
        "tcp.checksum",
        "tcp.window_size_value",
    ];
    field.starts_with("tcp.") && !OWN.iter().any(|own| field.starts_with(own))
}

enum Wants {
    /// It cannot be said without what came before.
    State,
    /// Better with it.
    Near,
    /// Too far from its flow's beginning.
    Alone,
}

fn wants(chain: &crate::session::Chain, packet: PacketRef, entry: &PacketEntry) -> Wants {
    let facts = chain.facts();
    let Some(flow) = entry.flow.and_then(|(id, _)| facts.flow(id)) else {
        return Wants::State;
    };
    let near = flow.first.capture != packet.capture
        || packet.number.saturating_sub(flow.first.number) <= NEAR;
    if near && flow.bytes.iter().sum::<u64>() <= CHEAP || completes(chain, entry) {
        Wants::State
    } else if near {
        Wants::Near
    } else {
        Wants::Alone
    }
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
