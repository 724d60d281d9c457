//! What was loaded, as conclusions want it; and the parts of files put together.
//! Concludes nothing itself.

use crate::bodies::{Collected, Extract, HELD, Hashes};
use crate::input::Input;
use crate::job::{Job, Phase, Progress, Step};
use crate::session::{Capture, Session};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use weir_analyze as analyze;
use weir_analyze::answers::merge::{MergePlan, plans};
use weir_capture::Skipped;
use weir_dissect::{BodyKey, DecodeEnd};

/// Digests as conclusions ask for them.
struct Known<'a>(&'a Session);

impl analyze::Digests for Known<'_> {
    fn content(&self, chain: usize, key: BodyKey) -> Option<analyze::Content> {
        let digests = self.0.digests.get(&(chain, key))?;
        let hashes = digests
            .hashes
            .filter(|_| digests.decoded != DecodeEnd::Unknown);
        Some(analyze::Content {
            size: digests.size,
            hashes: hashes.map(plain),
            bomb: digests.decoded == DecodeEnd::Bomb,
        })
    }
}

fn plain(h: Hashes) -> analyze::Hashes {
    analyze::Hashes {
        md5: h.md5,
        sha1: h.sha1,
        sha256: h.sha256,
    }
}

fn broken(capture: &Capture) -> Option<String> {
    let stop = capture.facts.stopped.as_ref()?;
    Some(format!(
        "stopped at offset {} because {}",
        stop.offset, stop.why
    ))
}

fn span(capture: &Capture) -> analyze::CaptureSpan {
    let facts = &capture.facts;
    analyze::CaptureSpan {
        id: capture.id,
        first: facts.earliest.unwrap_or_default().plus(capture.offset),
        last: facts.latest.unwrap_or_default().plus(capture.offset),
        packets: u64::from(capture.index.len()),
        snap_length: facts.snaplen().filter(|_| facts.cut > 0),
        broken: broken(capture),
        damaged: (
            facts.damaged,
            facts.damages.iter().filter_map(damage).collect(),
        ),
        limits: facts.limits.iter().map(|(k, n)| (k.0, *n)).collect(),
        offset: capture.offset,
    }
}

fn damage(block: &Skipped) -> Option<(u64, String)> {
    Some((block.offset, block.damage.clone()?))
}

impl Session {
    /// Gives `with` everything there is to conclude from. Captures that repeat an earlier one are left out.
    pub fn conclude<R>(&self, with: impl FnOnce(&analyze::Input<'_>) -> R) -> R {
        let digests = Known(self);
        let chains = self
            .chains
            .iter()
            .map(|c| analyze::ChainInput {
                facts: c.facts(),
                captures: c
                    .captures
                    .iter()
                    .filter_map(|id| self.capture(*id))
                    .filter(|c| c.same_as.is_none())
                    .map(span)
                    .collect(),
            })
            .collect();
        let logs = self
            .logs()
            .filter(|(c, _)| c.same_as.is_none())
            .map(|(c, log)| analyze::LogInput {
                id: c.id,
                rows: &log.rows,
                offset: c.offset,
                span: log.span,
                refused: log.refused(),
                refusal: log.refusal(),
                beyond: (log.beyond, crate::log::LOG_ROWS.bound),
                broken: broken(c),
            })
            .collect();
        with(&analyze::Input {
            chains,
            logs,
            digests: &digests,
            merged: &self.merged,
        })
    }
}

/// Reads the parts of every resource that came in several, compares where they overlap, hashes the whole.
#[derive(Default)]
pub struct Merge {
    plans: Option<Vec<MergePlan>>,
    at: usize,
    extract: Option<(usize, Extract)>,
    have: HashMap<(usize, BodyKey), Collected, FixedState>,
    done: Vec<analyze::Merged>,
    /// All was handed over. Who asks in every step of something longer must not empty it again.
    over: bool,
}

impl Merge {
    /// The next chain that still has to be read for a plan.
    fn missing(&self, plan: &MergePlan) -> Option<usize> {
        plan.keys
            .iter()
            .find(|k| !self.have.contains_key(*k))
            .map(|k| k.0)
    }

    fn read(
        &mut self,
        plan: &MergePlan,
        session: &mut Session,
        input: &mut Input,
        fuel: u32,
    ) -> Option<Step> {
        if self.extract.is_none() {
            if plan.total > HELD as u64 {
                return None;
            }
            let chain = self.missing(plan)?;
            let keys = plan
                .keys
                .iter()
                .filter(|k| k.0 == chain)
                .map(|k| k.1)
                .collect();
            self.extract = Some((chain, Extract::new(session, chain, keys)));
        }
        let (chain, job) = self.extract.as_mut()?;
        match job.step(session, input, fuel) {
            Step::Done => {
                let chain = *chain;
                let mut found = self
                    .extract
                    .take()
                    .map(|(_, e)| e.finish())
                    .unwrap_or_default();
                for (_, key) in plan.keys.iter().filter(|k| k.0 == chain) {
                    // A part that cannot be read again counts as empty: the plan then does not come together.
                    self.have
                        .insert((chain, *key), found.remove(key).unwrap_or_default());
                }
                Some(Step::More)
            }
            step => Some(step),
        }
    }

    fn put_together(&mut self, plan: &MergePlan) -> analyze::Merged {
        let mut whole: Vec<u8> = Vec::new();
        let fits = plan.total <= HELD as u64;
        let mut agree = fits;
        for piece in plan.pieces.iter().filter(|_| fits) {
            let body = plan
                .keys
                .get(piece.part as usize)
                .and_then(|k| self.have.get(k));
            let from = usize::try_from(piece.from).unwrap_or(usize::MAX);
            let bytes = body
                .and_then(|b| {
                    b.bytes
                        .get(from..from.saturating_add(usize::try_from(piece.len).ok()?))
                })
                .unwrap_or_default();
            let at = usize::try_from(piece.at).unwrap_or(usize::MAX);
            let known = whole.len().saturating_sub(at).min(bytes.len());
            agree &= bytes.len() as u64 == piece.len
                && whole.get(at..at.saturating_add(known)) == bytes.get(..known);
            whole.extend_from_slice(bytes.get(known..).unwrap_or_default());
        }
        let complete = agree && whole.len() as u64 == plan.total;
        self.have.clear();
        analyze::Merged {
            plan: plan.clone(),
            agree,
            content: complete.then(|| analyze::Content {
                size: plan.total,
                hashes: Some(plain(Hashes::of(&whole))),
                bomb: false,
            }),
        }
    }
}

impl Job for Merge {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        if self.over {
            return Step::Done;
        }
        let plans = match self.plans.take() {
            Some(plans) => plans,
            None => session.conclude(plans),
        };
        let Some(plan) = plans.get(self.at) else {
            session.merged = std::mem::take(&mut self.done);
            self.over = true;
            return Step::Done;
        };
        let known = session.merged.iter().find(|m| m.plan == *plan).cloned();
        let step = match known {
            Some(merged) => {
                self.done.push(merged);
                self.at += 1;
                Step::More
            }
            None => self.read(plan, session, input, fuel).unwrap_or_else(|| {
                let merged = self.put_together(plan);
                self.done.push(merged);
                self.at += 1;
                Step::More
            }),
        };
        self.plans = Some(plans);
        step
    }

    fn progress(&self, _: &Session) -> Option<Progress> {
        let of = self.plans.as_ref().map_or(0, Vec::len);
        Some(Progress {
            phase: Phase::Analysing,
            done: self.at as u64,
            of: of as u64,
            unit: "files",
        })
    }
}
