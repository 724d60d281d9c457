//! Filters over everything loaded: decided by index and flow record where they know, else by replay.

use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::{Job, Progress, Step};
use crate::known::PacketKnown;
use crate::matches::Matches;
use crate::replay::Visitor;
use crate::session::{Capture, Chain, Session};
use crate::walk::{Survey, Walk};
use std::rc::Rc;
use weir_dissect::BodySink;
use weir_filter::{Collector, Program, Tri};
use weir_model::{ByteRange, Field, FieldSink, LayerInfo, PacketRef, SourceId, Value};

struct Asked {
    program: Rc<Program>,
    collector: Collector,
    matches: Matches,
    /// Undecided packets of the chain at hand.
    open: Matches,
}

/// Hands each field to the collectors of the filters that are undecided for the packet.
struct Fan {
    asked: Vec<Asked>,
    active: Vec<usize>,
    planned: bool,
}

impl Fan {
    fn each(&mut self, mut f: impl FnMut(&mut Collector)) {
        for n in &self.active {
            if let Some(a) = self.asked.get_mut(*n) {
                f(&mut a.collector);
            }
        }
    }
}

impl FieldSink for Fan {
    fn wants(&self, layer: &'static LayerInfo) -> bool {
        self.active
            .iter()
            .filter_map(|n| self.asked.get(*n))
            .any(|a| a.collector.wants(layer))
    }
    fn layer(&mut self, layer: &'static LayerInfo, range: ByteRange) {
        self.each(|c| c.layer(layer, range));
    }
    fn open(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.each(|c| c.open(field, value, range));
    }
    fn field(&mut self, field: &'static Field, value: Value<'_>, range: ByteRange) {
        self.each(|c| c.field(field, value, range));
    }
    fn close(&mut self) {
        self.each(FieldSink::close);
    }
    fn source(&mut self, name: &'static str, bytes: &[u8]) -> SourceId {
        let mut id = SourceId(0);
        self.each(|c| id = c.source(name, bytes));
        id
    }
    fn info(&mut self, _: std::fmt::Arguments<'_>) {}
}

impl Visitor for Fan {
    fn look(
        &mut self,
        packet: PacketRef,
        _: &PacketEntry,
        bytes: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.active.clear();
        for (n, a) in self.asked.iter_mut().enumerate() {
            if a.open.has(packet) {
                self.active.push(n);
                a.collector.start(bytes);
            }
        }
        (self, None)
    }

    fn described(&mut self, packet: PacketRef, _: &Session) {
        for n in &self.active {
            if let Some(a) = self.asked.get_mut(*n)
                && a.program.eval(&a.collector)
            {
                a.matches.add(packet);
            }
        }
    }
}

impl Survey for Fan {
    fn known(
        &mut self,
        session: &Session,
        chain: &Chain,
        capture: &Capture,
        packet: PacketRef,
    ) -> bool {
        let entry = capture.index.get(packet.number);
        let Some((entry, meta)) = entry.zip(session.meta(packet)) else {
            return false;
        };
        let known = PacketKnown::new(chain.facts(), entry, meta);
        let mut undecided = false;
        for a in &mut self.asked {
            let tri = if self.planned {
                a.program.decide(&known, &mut a.collector)
            } else {
                Tri::Unknown
            };
            match tri {
                Tri::Yes => a.matches.add(packet),
                Tri::No => {}
                Tri::Unknown => {
                    a.open.add(packet);
                    undecided = true;
                }
            }
        }
        undecided
    }

    fn end(&mut self) {
        for a in &mut self.asked {
            a.open = Matches::default();
        }
    }
}

/// Which packets match each of several filters.
pub struct Scan(Walk<Fan>);

impl Scan {
    /// A scan with these filters. Unless `planned`, index and flow record are not asked and every packet is read:
    /// the same answer, slower.
    #[must_use]
    pub fn new(programs: &[Rc<Program>], planned: bool) -> Self {
        let asked = programs
            .iter()
            .map(|p| Asked {
                program: Rc::clone(p),
                collector: Collector::new(p),
                matches: Matches::default(),
                open: Matches::default(),
            })
            .collect();
        Self(Walk::new(Fan {
            asked,
            active: Vec::new(),
            planned,
        }))
    }

    /// Packets that had to be read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.0.read
    }

    /// What matches, filter by filter; a prefix of the packets until the job is done.
    #[must_use]
    pub fn matches(&self) -> Vec<&Matches> {
        let fan = self.0.survey();
        fan.map_or_else(Vec::new, |f| f.asked.iter().map(|a| &a.matches).collect())
    }
}

impl Job for Scan {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        self.0.step(session, input, fuel)
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        self.0.progress(session)
    }
}
