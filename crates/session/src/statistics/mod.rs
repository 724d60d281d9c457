//! Statistics over packets: from index and flow records where they know, else by one replay.
//! Counts what Wireshark's taps count; draws no conclusion.

mod service;
mod talk;
mod tap;

pub use talk::Talk;

use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::{Job, Progress, Step};
use crate::matches::Matches;
use crate::replay::Visitor;
use crate::session::{Capture, Chain, Session};
use crate::walk::{Survey, Walk};
use std::collections::VecDeque;
use std::rc::Rc;
use talk::{Shape, Unknown, known, whole};
use tap::Tap;
use weir_analyze::statistics::{
    Experts, Hierarchy, MANY_EXPERTS, MANY_PAIRS, MANY_RESPONSES, Pairs, Responses,
};
use weir_dissect::BodySink;
use weir_model::{FieldSink, LimitKind, PacketRef};

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

/// The tap with what it counts among, and what it has to find out by reading.
struct Counting {
    tap: Tap,
    among: Option<Rc<Matches>>,
    shapes: Vec<Shape>,
    /// For each packet to be read, in order.
    unknown: VecDeque<(PacketRef, Unknown)>,
}

impl Survey for Counting {
    fn begin(&mut self, chain: &Chain) {
        self.shapes = Shape::all(chain);
        if self.among.is_none() {
            whole(&mut self.tap, chain);
        }
    }

    fn known(&mut self, _: &Session, chain: &Chain, capture: &Capture, packet: PacketRef) -> bool {
        if self.among.as_ref().is_some_and(|m| !m.has(packet)) {
            return false;
        }
        let Some(entry) = capture.index.get(packet.number) else {
            return false;
        };
        let tap = &mut self.tap;
        if tap.wanted.experts {
            comments(tap, &capture.comments, packet);
        }
        let shape = self.shapes.get(usize::from(entry.stack.0));
        let shape = shape.copied().unwrap_or_default();
        let unknown = known(tap, chain, packet, &entry, shape, self.among.is_some());
        let wanted = &tap.wanted;
        let read = wanted.experts || (wanted.responses && shape.answers);
        let read = read || unknown.iter().any(|n| *n > 0);
        if read {
            self.unknown.push_back((packet, unknown));
        }
        read
    }

    fn end(&mut self) {
        self.unknown = VecDeque::new();
    }
}

impl Visitor for Counting {
    fn look(
        &mut self,
        packet: PacketRef,
        entry: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        let mut unknown = Unknown::default();
        while let Some((of, what)) = self.unknown.pop_front() {
            if of == packet {
                unknown = what;
                break;
            }
        }
        self.tap.begin(packet, entry, unknown);
        (&mut self.tap, None)
    }

    fn described(&mut self, _: PacketRef, _: &Session) {}
}

/// Makes the wanted tables.
pub struct Statistics(Walk<Counting>);

impl Statistics {
    /// Over all packets, or those `among`.
    #[must_use]
    pub fn new(wanted: Wanted, among: Option<Rc<Matches>>) -> Self {
        Self(Walk::new(Counting {
            tap: Tap::new(wanted),
            among,
            shapes: Vec::new(),
            unknown: VecDeque::new(),
        }))
    }

    /// Packets that had to be read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.0.read
    }

    /// Was a step made?
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.0.is_begun()
    }

    /// Counts only packets `among`; before the first step.
    pub fn narrow(&mut self, among: Option<Rc<Matches>>) {
        if let Some(counting) = self.0.survey_mut() {
            counting.among = among;
        }
    }

    /// What was counted, when the job is done.
    #[must_use]
    pub fn tables(self) -> Tables {
        let counting = self.0.into_survey();
        counting.map(|c| c.tap.tables).unwrap_or_default()
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
        self.0.step(session, input, fuel)
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        self.0.progress(session)
    }
}
