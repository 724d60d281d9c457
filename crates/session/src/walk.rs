//! A walk over every packet loaded: what index and flow record tell at once, then one replay of a chain's rest.
//! Knows nothing of what is asked.

use crate::input::Input;
use crate::job::{Job, Phase, Progress, Step};
use crate::replay::{Replay, Visitor};
use crate::session::{Capture, Chain, Session};
use weir_model::PacketRef;

/// What is asked of every packet.
pub(crate) trait Survey: Visitor {
    /// A chain begins.
    fn begin(&mut self, _chain: &Chain) {}

    /// Takes what is known of a packet without reading it. Does it have to be read as well?
    fn known(
        &mut self,
        session: &Session,
        chain: &Chain,
        capture: &Capture,
        packet: PacketRef,
    ) -> bool;

    /// A chain's packets are all told.
    fn end(&mut self) {}
}

enum Stage<S> {
    /// By what is known: chain, capture's place in it, next packet.
    Plan(usize, usize, u32),
    /// Reading what is not known of a chain.
    Read(usize, Box<Replay<S>>),
    Done,
}

/// Asks a survey of every packet, chain by chain.
pub(crate) struct Walk<S> {
    stage: Stage<S>,
    survey: Option<S>,
    open: Vec<PacketRef>,
    /// Packets that had to be read.
    pub(crate) read: u64,
    done: u64,
    begun: bool,
}

impl<S: Survey> Walk<S> {
    pub(crate) fn new(survey: S) -> Self {
        Self {
            stage: Stage::Plan(0, 0, 1),
            survey: Some(survey),
            open: Vec::new(),
            read: 0,
            done: 0,
            begun: false,
        }
    }

    /// Was a step made?
    pub(crate) fn is_begun(&self) -> bool {
        self.begun
    }

    /// The survey as far as it is.
    pub(crate) fn survey(&self) -> Option<&S> {
        match &self.stage {
            Stage::Read(_, replay) => Some(&replay.visitor),
            _ => self.survey.as_ref(),
        }
    }

    /// The survey before it is handed to a reading.
    pub(crate) fn survey_mut(&mut self) -> Option<&mut S> {
        self.survey.as_mut()
    }

    /// The survey, when the job is done.
    pub(crate) fn into_survey(self) -> Option<S> {
        match self.stage {
            Stage::Read(_, replay) => Some(replay.visitor),
            _ => self.survey,
        }
    }

    fn plan(&mut self, session: &Session, at: (usize, usize, u32), fuel: u32) {
        let (chain_no, place, from) = at;
        let Some(chain) = session.chains.get(chain_no) else {
            self.stage = Stage::Done;
            return;
        };
        let Some(survey) = &mut self.survey else {
            return;
        };
        if (place, from) == (0, 1) {
            survey.begin(chain);
        }
        let Some(capture) = chain.captures.get(place).map(|id| session.capture(*id)) else {
            let open = std::mem::take(&mut self.open);
            self.read += open.len() as u64;
            if let Some(survey) = self.survey.take() {
                let replay = Replay::new(session, chain_no, &open, false, survey);
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
            if survey.known(session, chain, capture, packet) {
                self.open.push(packet);
            }
        }
        self.stage = if to >= capture.index.len() {
            Stage::Plan(chain_no, place + 1, 1)
        } else {
            Stage::Plan(chain_no, place, to + 1)
        };
    }
}

impl<S: Survey> Job for Walk<S> {
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
                        let mut survey = replay.visitor;
                        survey.end();
                        self.survey = Some(survey);
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
