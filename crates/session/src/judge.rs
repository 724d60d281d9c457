//! The detections as a step machine over what is loaded. Judges nothing itself and words nothing.

use crate::ops::Compared;
use crate::ops::earlier::{refusal, told};
use crate::session::{Earlier, Session};
use serde_json::json as object;
use std::rc::Rc;
use weir_analyze::Input;
use weir_analyze::answers::{Answers, answer};
use weir_analyze::applications::Applications;
use weir_analyze::baseline::{Part, current};
use weir_analyze::detections::{Against, Basis, Driver, Findings, Ground};
use weir_analyze::environment::Environment;
use weir_model::Scope;
use weir_model::baseline::Baseline;

/// Runs of the detections that are kept under way: what several requests ask at a time is judged once, and what one
/// that was ended had done stands for the next. Of other captures, digests or questions are others.
const KEPT: usize = 3;

/// How far the detections are that a request waits for.
#[derive(Default)]
pub(crate) struct Judging {
    progress: (u64, u64),
}

/// Detections under way for what is loaded and asked.
pub(crate) struct UnderWay {
    answers: Option<Answers>,
    /// What is compared with, and what of it is current; nothing where it cannot be.
    against: Option<(Rc<Baseline>, Part)>,
    compared: Option<Rc<Compared>>,
    driver: Driver,
}

impl UnderWay {
    fn new(session: &Session, env: &Environment, scope: Option<&Scope>) -> Self {
        session.conclude(|input| Self::of(session, (input, env), scope))
    }

    fn of(
        session: &Session,
        (input, env): (&Input<'_>, &Environment),
        scope: Option<&Scope>,
    ) -> Self {
        let asks = scope.filter(|s| !s.indicators.is_empty());
        let answers = asks.map(|s| answer(input, env, s));
        let typed = scope.map_or(&[][..], |s| &s.applications);
        let mut ground = Ground::new(input, env, answers.as_ref());
        let Some(earlier) = &session.earlier else {
            let ground = ground.ours(Applications::new(typed, None));
            let driver = Driver::begun(ground);
            return Self {
                answers,
                against: None,
                compared: None,
                driver,
            };
        };
        let parts = earlier.parts(session);
        let baseline = match (earlier, &parts.0) {
            (Earlier::Document(document, _), _) => Rc::clone(document),
            (_, part) => {
                let part = part.clone().unwrap_or_default();
                Rc::new(current(input, env, &ground.activity, &part).document)
            }
        };
        let ours = Applications::new(typed, Some(&*baseline));
        let mut refused = refusal(&baseline, None);
        if refused.is_none() {
            ground = ground.against(Some(Against {
                baseline: &baseline,
                now: &parts.1,
            }));
            refused = refusal(&baseline, ground.current().map(|c| &c.document));
        }
        if refused.is_some() {
            ground = ground.against(None);
        }
        let holds = refused.is_none();
        let compared = told(
            Rc::clone(&baseline),
            parts.clone(),
            (refused, ground.deviations()),
            ground.current(),
            env,
        );
        let driver = Driver::begun(ground.ours(ours));
        Self {
            answers,
            against: holds.then(|| (Rc::clone(&baseline), parts.1)),
            compared: Some(Rc::new(compared)),
            driver,
        }
    }
}

impl Judging {
    /// Goes on with about `fuel` keys; gives what was found when all is judged. It is judged once for what is loaded and
    /// asked: what the analyst allows afterwards changes nothing of it. What came of comparing is in the session then.
    pub(crate) fn step(
        &mut self,
        session: &mut Session,
        scope: Option<&Scope>,
        fuel: u32,
    ) -> Option<Rc<Findings>> {
        let of = object!([
            session.fingerprint(),
            session.generation,
            session.packets(),
            session.digests.len(),
            session.merged.len(),
            scope
        ])
        .to_string();
        if let Some((_, found)) = session.found.as_ref().filter(|(known, _)| *known == of) {
            return Some(Rc::clone(found));
        }
        let people = session.people();
        let env = &people.environment;
        let at = session.under_way.iter().position(|w| w.0 == of);
        let Some(at) = at else {
            let begun = UnderWay::new(session, env, scope);
            session.under_way.truncate(KEPT - 1);
            session.under_way.insert(0, (of, begun));
            return None;
        };
        let (of, mut way) = session.under_way.remove(at);
        let UnderWay {
            answers,
            against,
            driver,
            ..
        } = &mut way;
        let done = session.conclude(|input| {
            let on = Basis {
                input,
                env,
                answers: answers.as_ref(),
                against: against
                    .as_ref()
                    .map(|(baseline, now)| Against { baseline, now }),
            };
            driver.step(on, fuel)
        });
        self.progress = way.driver.progress();
        if !done {
            session.under_way.insert(0, (of, way));
            return None;
        }
        let found = Rc::new(way.driver.finish());
        session.found = Some((of, Rc::clone(&found)));
        session.compared = way.compared;
        Some(found)
    }

    /// Detections done, and of how many.
    pub(crate) fn progress(&self) -> (u64, u64) {
        self.progress
    }
}
