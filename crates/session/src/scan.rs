//! Filters over everything loaded: decided by index and flow record where they know, else by replay.

use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::{Job, Phase, Progress, Step};
use crate::known::PacketKnown;
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use std::rc::Rc;
use weir_dissect::BodySink;
use weir_filter::{Collector, Program, Tri};
use weir_model::{ByteRange, CaptureId, Field, FieldSink, LayerInfo, PacketRef, SourceId, Value};

/// Which packets of each capture match, by letter: bit `n - 1` is packet `n`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Matches {
    captures: Vec<Vec<u64>>,
}

impl Matches {
    /// Does the packet match?
    #[must_use]
    pub fn has(&self, packet: PacketRef) -> bool {
        let n = packet.number.wrapping_sub(1);
        let words = self.captures.get(usize::from(packet.capture.0));
        words
            .and_then(|w| w.get((n / 64) as usize))
            .is_some_and(|w| w >> (n % 64) & 1 == 1)
    }

    /// Marks a packet.
    pub fn add(&mut self, packet: PacketRef) {
        let (capture, n) = (usize::from(packet.capture.0), packet.number.wrapping_sub(1));
        if self.captures.len() <= capture {
            self.captures.resize(capture + 1, Vec::new());
        }
        let Some(words) = self.captures.get_mut(capture) else {
            return;
        };
        let word = (n / 64) as usize;
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        if let Some(w) = words.get_mut(word) {
            *w |= 1 << (n % 64);
        }
    }

    /// How many match.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.captures
            .iter()
            .flatten()
            .map(|w| u64::from(w.count_ones()))
            .sum()
    }

    /// Matching packet numbers of a capture, ascending.
    pub fn numbers(&self, capture: CaptureId) -> impl Iterator<Item = u32> + '_ {
        let words = self
            .captures
            .get(usize::from(capture.0))
            .map_or(&[][..], Vec::as_slice);
        (0u32..).zip(words).flat_map(|(i, w)| {
            let mut left = *w;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(i * 64 + bit + 1)
            })
        })
    }
}

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

enum Stage {
    /// Deciding by what is known: chain, capture's place in it, next packet.
    Plan(usize, usize, u32),
    /// Reading what is undecided of a chain.
    Read(usize, Box<Replay<Fan>>),
    Done,
}

/// Which packets match each of several filters.
pub struct Scan {
    stage: Stage,
    fan: Option<Fan>,
    open: Vec<PacketRef>,
    /// Ask index and flow record first. Without it every packet is read: the same answer, slower.
    planned: bool,
    /// Packets that had to be read.
    pub read: u64,
    done: u64,
}

impl Scan {
    /// A scan with these filters.
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
        Self {
            stage: Stage::Plan(0, 0, 1),
            fan: Some(Fan {
                asked,
                active: Vec::new(),
            }),
            open: Vec::new(),
            planned,
            read: 0,
            done: 0,
        }
    }

    /// What matches, filter by filter; a prefix of the packets until the job is done.
    #[must_use]
    pub fn matches(&self) -> Vec<&Matches> {
        let fan = match &self.stage {
            Stage::Read(_, replay) => Some(&replay.visitor),
            _ => self.fan.as_ref(),
        };
        fan.map_or_else(Vec::new, |f| f.asked.iter().map(|a| &a.matches).collect())
    }

    fn plan(&mut self, session: &Session, at: (usize, usize, u32), fuel: u32) {
        let (chain_no, place, from) = at;
        let Some(fan) = &mut self.fan else { return };
        let Some(chain) = session.chains.get(chain_no) else {
            self.stage = Stage::Done;
            return;
        };
        let Some(capture) = chain.captures.get(place).map(|id| session.capture(*id)) else {
            let open = std::mem::take(&mut self.open);
            self.read += open.len() as u64;
            if let Some(fan) = self.fan.take() {
                self.stage = Stage::Read(
                    chain_no,
                    Box::new(Replay::new(session, chain_no, &open, false, fan)),
                );
            }
            return;
        };
        let Some(capture) = capture else {
            self.stage = Stage::Plan(chain_no, place + 1, 1);
            return;
        };
        let to = capture
            .index
            .len()
            .min(from.saturating_add(fuel.max(1)) - 1);
        for number in from..=to {
            let packet = PacketRef {
                capture: capture.id,
                number,
            };
            let (Some(entry), Some(meta)) = (capture.index.get(number), session.meta(packet))
            else {
                continue;
            };
            let known = PacketKnown::new(chain.facts(), entry, meta);
            let mut undecided = false;
            for a in &mut fan.asked {
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
            if undecided {
                self.open.push(packet);
            }
            self.done += 1;
        }
        self.stage = if to >= capture.index.len() {
            Stage::Plan(chain_no, place + 1, 1)
        } else {
            Stage::Plan(chain_no, place, to + 1)
        };
    }
}

impl Job for Scan {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
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
                    let next = *chain + 1;
                    if let Stage::Read(_, replay) =
                        std::mem::replace(&mut self.stage, Stage::Plan(next, 0, 1))
                    {
                        let mut fan = replay.visitor;
                        for a in &mut fan.asked {
                            a.open = Matches::default();
                        }
                        self.fan = Some(fan);
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
