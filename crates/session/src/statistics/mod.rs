//! Statistics over packets: from index and flow records where they know, else by one replay.
//! Counts what Wireshark's taps count; draws no conclusion.

mod service;
mod talk;
mod tap;

pub use talk::Talk;

use crate::input::Input;
use crate::job::{Job, Phase, Progress, Step};
use crate::replay::Replay;
use crate::scan::Matches;
use crate::session::Session;
use std::rc::Rc;
use talk::{Shape, Unknown, known, whole};
use tap::{Reader, Tap};
use weir_analyze::statistics::{
    Experts, Hierarchy, MANY_EXPERTS, MANY_PAIRS, MANY_RESPONSES, Pairs, Responses,
};
use weir_model::{LimitKind, PacketRef};

/// Bytes of a packet's comment in the expert summary, as of every remark.
const COMMENT: usize = 239;

/// Which tables are made.
#[derive(Clone, Default, Debug)]
pub struct Wanted {
    /// The protocol hierarchy.
    pub hierarchy: bool,
    /// Conversations of these.
    pub talk: Vec<Talk>,
    /// The expert summary.
    pub experts: bool,
    /// Response times.
    pub responses: bool,
}

impl Wanted {
    fn talks(&self, talk: Talk) -> bool {
        self.talk.contains(&talk)
    }
}

/// What was counted.
#[derive(Default)]
pub struct Tables {
    /// The protocol hierarchy.
    pub hierarchy: Hierarchy,
    pairs: [Pairs; Talk::ALL.len()],
    /// The expert summary.
    pub experts: Experts,
    /// Response times.
    pub responses: Responses,
}

impl Tables {
    /// Conversations of one kind.
    #[must_use]
    pub fn pairs(&self, talk: Talk) -> &Pairs {
        &self.pairs[talk as usize]
    }

    /// Bounds that were hit, and how often.
    #[must_use]
    pub fn limits(&self) -> Vec<(&'static LimitKind, u64)> {
        let pairs = self.pairs.iter().map(Pairs::beyond).sum();
        [
            (&MANY_PAIRS, pairs),
            (&MANY_EXPERTS, self.experts.beyond()),
            (&MANY_RESPONSES, self.responses.beyond()),
        ]
        .into_iter()
        .filter(|l| l.1 > 0)
        .collect()
    }
}

enum Stage {
    /// Counting what is known: chain, capture's place in it, next packet.
    Plan(usize, usize, u32),
    /// Reading what is not known of a chain.
    Read(usize, Box<Replay<Reader>>),
    Done,
}

/// Makes the wanted tables.
pub struct Statistics {
    stage: Stage,
    among: Option<Rc<Matches>>,
    tap: Option<Tap>,
    shapes: Vec<Shape>,
    open: Vec<(PacketRef, Unknown)>,
    /// Packets that had to be read.
    pub read: u64,
    done: u64,
    begun: bool,
}

impl Statistics {
    /// Over all packets, or those `among`.
    #[must_use]
    pub fn new(wanted: Wanted, among: Option<Rc<Matches>>) -> Self {
        Self {
            stage: Stage::Plan(0, 0, 1),
            among,
            tap: Some(Tap::new(wanted)),
            shapes: Vec::new(),
            open: Vec::new(),
            read: 0,
            done: 0,
            begun: false,
        }
    }

    /// Was a step made?
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.begun
    }

    /// Counts only packets `among`; before the first step.
    pub fn narrow(&mut self, among: Option<Rc<Matches>>) {
        self.among = among;
    }

    /// What was counted, when the job is done.
    #[must_use]
    pub fn tables(self) -> Tables {
        match self.stage {
            Stage::Read(_, replay) => replay.visitor.tap.tables,
            _ => self.tap.map(|t| t.tables).unwrap_or_default(),
        }
    }

    fn plan(&mut self, session: &Session, at: (usize, usize, u32), fuel: u32) {
        let (chain_no, place, from) = at;
        let Some(chain) = session.chains.get(chain_no) else {
            self.stage = Stage::Done;
            return;
        };
        let Some(tap) = &mut self.tap else { return };
        if (place, from) == (0, 1) {
            self.shapes = Shape::all(chain);
            if self.among.is_none() {
                whole(tap, chain);
            }
        }
        let Some(capture) = chain.captures.get(place).map(|id| session.capture(*id)) else {
            let open = std::mem::take(&mut self.open);
            self.read += open.len() as u64;
            if let Some(tap) = self.tap.take() {
                let targets: Vec<PacketRef> = open.iter().map(|(p, _)| *p).collect();
                let reader = Reader {
                    tap,
                    unknown: open.into_iter(),
                };
                let replay = Replay::new(session, chain_no, &targets, false, reader);
                self.stage = Stage::Read(chain_no, Box::new(replay));
            }
            return;
        };
        let Some(capture) = capture else {
            self.stage = Stage::Plan(chain_no, place + 1, 1);
            return;
        };
        let end = from.saturating_add(fuel.max(1)) - 1;
        let to = capture.index.len().min(end);
        for number in from..=to {
            self.done += 1;
            let packet = PacketRef {
                capture: capture.id,
                number,
            };
            if self.among.as_ref().is_some_and(|m| !m.has(packet)) {
                continue;
            }
            let Some(entry) = capture.index.get(number) else {
                continue;
            };
            if tap.wanted.experts {
                comments(tap, &capture.comments, packet);
            }
            let shape = self.shapes.get(usize::from(entry.stack.0));
            let shape = shape.copied().unwrap_or_default();
            let filtered = self.among.is_some();
            let unknown = known(tap, chain, packet, &entry, shape, filtered);
            let wanted = &tap.wanted;
            let read = wanted.experts || (wanted.responses && shape.answers);
            if read || unknown.iter().any(|n| *n > 0) {
                self.open.push((packet, unknown));
            }
        }
        self.stage = if to >= capture.index.len() {
            Stage::Plan(chain_no, place + 1, 1)
        } else {
            Stage::Plan(chain_no, place, to + 1)
        };
    }
}

/// What somebody wrote at the packet is part of the expert summary.
fn comments(tap: &mut Tap, comments: &[(u32, String)], packet: PacketRef) {
    let from = comments.partition_point(|c| c.0 < packet.number);
    let of = comments.iter().skip(from);
    for (_, text) in of.take_while(|c| c.0 == packet.number) {
        let end = text.floor_char_boundary(COMMENT);
        let text = text.get(..end).unwrap_or_default();
        let experts = &mut tap.tables.experts;
        experts.add("Comment", "Comment", "frame", text, packet);
    }
}

impl Job for Statistics {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        self.begun = true;
        match &mut self.stage {
            Stage::Plan(chain, place, from) => {
                let at = (*chain, *place, *from);
                self.plan(session, at, fuel);
                if matches!(self.stage, Stage::Done) {
                    Step::Done
                } else {
                    Step::More
                }
            }
            Stage::Read(chain, replay) => match replay.step(session, input, fuel) {
                Step::Done => {
                    let next = Stage::Plan(*chain + 1, 0, 1);
                    if let Stage::Read(_, replay) = std::mem::replace(&mut self.stage, next) {
                        self.tap = Some(replay.visitor.tap);
                    }
                    Step::More
                }
                step => step,
            },
            Stage::Done => Step::Done,
        }
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        match &self.stage {
            Stage::Read(_, replay) => replay.progress(session),
            _ => Some(Progress {
                phase: Phase::Analysing,
                done: self.done,
                of: session.packets(),
                unit: "packets",
            }),
        }
    }
}
