//! The detections as a step machine over what is loaded. Judges nothing itself and words nothing.

use crate::session::Session;
use serde_json::json as object;
use std::rc::Rc;
use weir_analyze::answers::{Answers, answer};
use weir_analyze::detections::{Basis, Driver, Findings};
use weir_model::Scope;

/// Detections under way for what is loaded and asked.
#[derive(Default)]
pub(crate) struct Judging {
    /// For what: other captures, digests or questions begin it anew.
    of: String,
    answers: Option<Answers>,
    driver: Option<Driver>,
}

impl Judging {
    /// Goes on with about `fuel` keys; gives what was found when all is judged. It is judged once for what is loaded and
    /// asked: what the analyst allows afterwards changes nothing of it.
    pub(crate) fn step(
        &mut self,
        session: &mut Session,
        scope: Option<&Scope>,
        fuel: u32,
    ) -> Option<Rc<Findings>> {
        let of = object!([
            session.fingerprint(),
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
        if self.of != of || self.driver.is_none() {
            *self = Self {
                answers: session.conclude(|input| {
                    let asks = scope.filter(|s| !s.indicators.is_empty());
                    asks.map(|s| answer(input, env, s))
                }),
                driver: Some(Driver::default()),
                of,
            };
            return None;
        }
        let driver = self.driver.as_mut()?;
        let answers = self.answers.as_ref();
        let done = session.conclude(|input| {
            let on = Basis {
                input,
                env,
                answers,
                against: None,
            };
            driver.step(on, fuel)
        });
        if !done {
            return None;
        }
        let found = Rc::new(self.driver.take()?.finish());
        session.found = Some((std::mem::take(&mut self.of), Rc::clone(&found)));
        Some(found)
    }

    /// Detections done, and of how many.
    pub(crate) fn progress(&self) -> (u64, u64) {
        self.driver
            .as_ref()
            .map_or_else(|| Driver::default().progress(), Driver::progress)
    }
}
