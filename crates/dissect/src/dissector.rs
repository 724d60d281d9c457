//! The engine: packets of one chain in, facts and described fields out.
//! Knows no clock, no file and no protocol by name.

use crate::body::BodySink;
use crate::context::{Ctx, PacketMeta, PacketState};
use crate::data::Data;
use crate::facts::{Artifact, Bindings, Facts, Span, StackId, Stacks};
use crate::flow::{
    Checkpoints, Expectations, FlowTable, Fragments, Held, Live, Recent, States, hang_up,
};
use crate::protocol::{Direction, Over, Protocol};
use crate::protocols::icmp::echo::Echoes;
use crate::secrets::{Came, Secrets, Sessions};
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use std::rc::Rc;
use weir_model::{FieldSink, FlowId, LimitKind, NoSink, PacketRef};

static STACKS: LimitKind = LimitKind {
    id: "facts.stacks",
    says: "more different layer sequences than are told apart",
    bound: Stacks::ROWS as u64,
    unit: "sequences",
};

/// What the analyst or the door sets before the load.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keys the hash tables; nothing observable depends on it.
    pub seed: u64,
    /// Ports (or other keys) that carry a protocol because the analyst says so.
    pub decode_as: Vec<(Over, &'static Protocol)>,
    /// Keys that open what is encrypted.
    pub secrets: Rc<Secrets>,
    /// No checkpoints: for passes whose packets are never opened again.
    pub without_checkpoints: bool,
}

/// What the index keeps of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PacketOutcome {
    /// Its flow and which way it goes.
    pub flow: Option<(FlowId, Direction)>,
    /// Its layers.
    pub stack: StackId,
    /// A copy of an earlier packet.
    pub duplicate: bool,
}

/// What one chain's dissection keeps between packets.
pub(crate) struct Core {
    pub(crate) facts: Facts,
    pub(crate) table: FlowTable,
    pub(crate) live: Vec<Option<Box<Live>>>,
    pub(crate) held: Held,
    /// Heap that artifacts keep.
    pub(crate) artifacts: usize,
    /// There was no room for the artifact that came last.
    pub(crate) refused: bool,
    pub(crate) expectations: Expectations,
    pub(crate) checkpoints: Checkpoints,
    /// What one flow tells about another.
    pub(crate) chain: States,
    pub(crate) fragments: Fragments,
    pub(crate) recent: Recent,
    pub(crate) options: Options,
    pub(crate) echoes: Echoes,
    /// First bytes of the randoms of conversations that keys were looked for.
    pub(crate) asked: HashSet<[u8; 8], FixedState>,
    /// TLS sessions that may go on in other conversations.
    pub(crate) sessions: Sessions,
    /// Nothing is reported: replay, or what an ICMP error quotes.
    pub(crate) muted: bool,
    /// Packets of before are read again.
    pub(crate) replay: bool,
    /// The flow whose packets are replayed.
    pub(crate) replaying: Option<FlowId>,
}

impl Core {
    /// Heap that message rows may keep.
    pub(crate) const MESSAGES: usize = 192 << 20;
    /// Heap that artifacts may keep.
    pub(crate) const ARTIFACTS: usize = 192 << 20;
}

/// Lengths of the tables when the end of capture was told; what came after is provisional.
struct Mark {
    messages: Vec<usize>,
    artifacts: usize,
    anomalies: (usize, Vec<u64>),
    links: usize,
    /// Spans that the end told.
    spans: Vec<Span>,
    /// What flows lacked before the end told more.
    lacked: Vec<(FlowId, [u64; 2], Option<PacketRef>)>,
}

/// A state from which a flow's packets can be read again.
pub struct Checkpoint {
    flow: Option<FlowId>,
    live: Option<Box<Live>>,
    fragments: Fragments,
    /// Read the flow's packets after this one; `None`: all of them.
    pub after: Option<PacketRef>,
}

impl Checkpoint {
    /// For a pass that wants bodies alone: bytes that come again are not compared with those that came first.
    #[must_use]
    pub fn for_bodies(mut self) -> Self {
        if let Some(live) = &mut self.live {
            for direction in [Direction::Forward, Direction::Backward] {
                let half = &mut live.halves[direction];
                half.forget();
                half.forgetful = true;
            }
        }
        self
    }
}

/// Dissects the packets of one chain, in order.
pub struct Dissector {
    core: Core,
    mark: Option<Mark>,
}

impl Dissector {
    /// An engine before its first packet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let facts = Facts {
            bindings: Bindings::seeded(options.seed),
            ..Facts::default()
        };
        Self {
            core: Core {
                facts,
                table: FlowTable::new(options.seed),
                live: Vec::new(),
                held: Held::default(),
                artifacts: 0,
                refused: false,
                expectations: Expectations::default(),
                checkpoints: Checkpoints::default(),
                chain: States::default(),
                fragments: Fragments::new(options.seed),
                recent: Recent::default(),
                options,
                echoes: Echoes::default(),
                asked: HashSet::with_hasher(FixedState::default()),
                sessions: Sessions::default(),
                muted: false,
                replay: false,
                replaying: None,
            },
            mark: None,
        }
    }

    /// The facts so far.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.core.facts
    }

    /// The keys from here on. What was read before stays as it was ([`Dissector::lacked`]).
    pub fn set_secrets(&mut self, secrets: Rc<Secrets>) {
        self.core.options.secrets = secrets;
    }

    /// Was a conversation read without the keys that came now? Then what was read does not hold.
    #[must_use]
    pub fn lacked(&self, came: &Came) -> bool {
        came.any && !self.core.asked.is_empty()
            || came.randoms.iter().any(|r| self.core.asked.contains(r))
    }

    /// The load pass: reads a packet and describes nothing.
    pub fn packet(&mut self, meta: &PacketMeta, bytes: &[u8]) -> PacketOutcome {
        self.describe(meta, bytes, &mut NoSink, None, None)
    }

    /// Reads the next packet, describes it to `sink` and passes bodies on. `known` are the facts of an
    /// earlier whole pass: with them, links to later packets are known.
    pub fn describe<'a>(
        &'a mut self,
        meta: &PacketMeta,
        bytes: &[u8],
        sink: &'a mut dyn FieldSink,
        known: Option<&'a Facts>,
        bodies: Option<&'a mut dyn BodySink>,
    ) -> PacketOutcome {
        self.resume();
        if let Some(previous) = meta.previous {
            self.core
                .facts
                .quality
                .step(meta.packet, previous, meta.time);
        }
        run(&mut self.core, meta, bytes, sink, known, bodies)
    }

    /// The end of what there is: open messages and bodies are reported as they stand. Reading on takes
    /// these reports back first.
    pub fn finish(&mut self, bodies: Option<&mut dyn BodySink>) {
        if self.mark.is_some() {
            return;
        }
        self.core.table.settle(&mut self.core.facts.flows, true);
        let facts = &self.core.facts;
        self.mark = Some(Mark {
            messages: facts.messages.mark(),
            artifacts: facts.artifacts.len(),
            anomalies: facts.anomalies.mark(),
            links: facts.links.all().len(),
            spans: Vec::new(),
            lacked: Vec::new(),
        });
        let spans = facts.spans.all().len();
        let mut sink = NoSink;
        let mut bodies = bodies;
        for n in 0..self.core.live.len() {
            let Some(live) = self
                .core
                .live
                .get(n)
                .and_then(Option::as_deref)
                .filter(|l| l.is_open())
                .cloned()
            else {
                continue;
            };
            let id = FlowId(u32::try_from(n).unwrap_or(u32::MAX));
            let mut ctx = Ctx {
                meta: PacketMeta::default(),
                packet: PacketState::default(),
                core: &mut self.core,
                sink: &mut sink,
                describing: false,
                known: None,
                body_sink: match &mut bodies {
                    Some(b) => Some(&mut **b),
                    None => None,
                },
                handed_over: None,
            };
            let lack = |core: &Core| {
                let seldom = core.facts.flow(id)?.seldom();
                Some((seldom.missed, seldom.lacked))
            };
            let before = lack(ctx.core);
            hang_up(&mut ctx, id, live);
            if let (Some((missed, lacked)), Some(mark)) = (before, &mut self.mark)
                && lack(&self.core) != before
            {
                mark.lacked.push((id, missed, lacked));
            }
        }
        let facts = &mut self.core.facts;
        if let Some(mark) = &mut self.mark {
            mark.spans = facts.spans.all().get(spans..).unwrap_or_default().to_vec();
        }
        facts.links.seal();
        facts.spans.seal();
    }

    /// Stream bytes held as they are counted, and as they are.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        let live = self.core.live.iter().flatten();
        (self.core.held.bytes(), live.map(|l| l.held()).sum())
    }

    fn resume(&mut self) {
        if let Some(mark) = self.mark.take() {
            let facts = &mut self.core.facts;
            facts.messages.back_to(&mark.messages);
            let provisional = facts.artifacts.iter().skip(mark.artifacts);
            let heap: usize = provisional.map(Artifact::heap).sum();
            self.core.artifacts = self.core.artifacts.saturating_sub(heap);
            facts.artifacts.truncate(mark.artifacts);
            facts.anomalies.back_to(&mark.anomalies);
            facts.links.back_to(mark.links);
            facts.spans.take_back(&mark.spans);
            for (id, missed, lacked) in mark.lacked {
                if let Some(flow) = facts.flows.get_mut(id.0 as usize) {
                    let seldom = flow.seldom_mut();
                    (seldom.missed, seldom.lacked) = (missed, lacked);
                }
            }
        }
    }

    /// The nearest state from which `flow` can be replayed so that packets for which `after` holds are
    /// read again. Without a flow, a packet is read alone.
    #[must_use]
    pub fn checkpoint(
        &self,
        flow: Option<FlowId>,
        before: impl Fn(PacketRef) -> bool,
    ) -> Checkpoint {
        let found = flow.and_then(|id| {
            let gave_up = self.core.facts.flow(id).map(|f| f.seldom().gave_up);
            // What was given up after a packet is not in the copy made with it.
            let right = |p| before(p) && !gave_up.is_some_and(|g| g.contains(&Some(p)));
            self.core.checkpoints.find(id, right)
        });
        match found {
            Some((after, live)) => Checkpoint {
                flow,
                live: Some(Box::new(live)),
                fragments: Fragments::new(0),
                after: Some(after),
            },
            None => Checkpoint {
                flow,
                live: flow.map(|_| Box::new(Live::new())),
                fragments: Fragments::new(0),
                after: None,
            },
        }
    }

    /// Ends a replayed flow: bodies that only the end of the capture delivers are passed on. The state is used up.
    pub fn hang_up(&mut self, from: &mut Checkpoint, bodies: Option<&mut dyn BodySink>) {
        let (Some(id), Some(live)) = (from.flow, from.live.take().filter(|l| l.is_open())) else {
            return;
        };
        self.core.muted = true;
        self.core.replay = true;
        self.core.replaying = Some(id);
        let mut sink = NoSink;
        let mut ctx = Ctx {
            meta: PacketMeta::default(),
            packet: PacketState::default(),
            core: &mut self.core,
            sink: &mut sink,
            describing: false,
            known: None,
            body_sink: match bodies {
                Some(b) => Some(b),
                None => None,
            },
            handed_over: None,
        };
        hang_up(&mut ctx, id, *live);
        self.core.muted = false;
        self.core.replay = false;
        self.core.replaying = None;
    }

    /// Reads a packet again from a checkpoint on. The facts stay as they are; give the flow's packets in
    /// order, each with the sink it is to be described to. Before a packet that fragments lead to
    /// (`facts.links.to(packet, LinkKind::Fragment)`) give those packets, in order, in the same way.
    pub fn replay(
        &mut self,
        from: &mut Checkpoint,
        meta: &PacketMeta,
        bytes: &[u8],
        sink: &mut dyn FieldSink,
        bodies: Option<&mut dyn BodySink>,
    ) -> PacketOutcome {
        let slot = from.flow.map(|id| id.0 as usize);
        let swap = |core: &mut Core, from: &mut Checkpoint| {
            if let Some(slot) = slot.and_then(|n| core.live.get_mut(n)) {
                std::mem::swap(slot, &mut from.live);
            }
            std::mem::swap(&mut core.fragments, &mut from.fragments);
        };
        swap(&mut self.core, from);
        self.core.muted = true;
        self.core.replay = true;
        self.core.replaying = from.flow;
        let out = match bodies {
            Some(b) => run(&mut self.core, meta, bytes, sink, None, Some(b)),
            None => run(&mut self.core, meta, bytes, sink, None, None),
        };
        self.core.muted = false;
        self.core.replay = false;
        self.core.replaying = None;
        swap(&mut self.core, from);
        out
    }
}

fn run<'a>(
    core: &'a mut Core,
    meta: &PacketMeta,
    bytes: &[u8],
    sink: &'a mut dyn FieldSink,
    known: Option<&'a Facts>,
    body_sink: Option<&'a mut dyn BodySink>,
) -> PacketOutcome {
    let describing = sink.describes();
    let packet = PacketState {
        cut: (bytes.len() as u64) < u64::from(meta.wire_len),
        beyond: meta
            .wire_len
            .saturating_sub(u32::try_from(bytes.len()).unwrap_or(u32::MAX)),
        ..PacketState::default()
    };
    let mut ctx = Ctx {
        meta: *meta,
        packet,
        core,
        sink,
        describing,
        known,
        body_sink,
        handed_over: None,
    };
    crate::protocols::frame::dissect(&mut ctx, Data::packet(bytes));
    let Ctx {
        packet, core, meta, ..
    } = ctx;
    let mut stack = StackId::default();
    if !core.muted {
        let (id, room) = core
            .facts
            .stacks
            .count(&packet.layers, &packet.marks, meta.wire_len);
        stack = id;
        if !room {
            core.facts.limits.hit(&STACKS, Some(meta.packet));
        }
        if packet.cut {
            let quality = &mut core.facts.quality;
            let left = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            let (least, most) = quality.cut_to.unwrap_or((left, left));
            quality.cut_to = Some((least.min(left), most.max(left)));
            quality.cut.add(meta.packet);
        }
        if packet.duplicate {
            core.facts.quality.duplicates.add(meta.packet);
        }
    }
    PacketOutcome {
        flow: packet.flow,
        stack,
        duplicate: packet.duplicate,
    }
}
