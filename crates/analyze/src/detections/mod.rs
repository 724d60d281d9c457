//! Detections: each reads facts, never bytes, and states a hypothesis with evidence. Never a verdict;
//! allow lists, verdicts and dismissals act after judging.

pub mod cred_cleartext;
pub mod file_exe_disguised;
pub mod file_exe_ftp;
pub mod file_exe_http;
mod finding;
pub mod indicator_seen;
pub mod port_once_bound;
pub mod scan_vertical;
pub mod ua_rare;

pub use finding::{Evidence, Finding, Severity, id};

use crate::answers::{Answers, plural};
use crate::environment::Environment;
use crate::input::Input;
use weir_import::FLOW_RECORDS_ONLY;

/// Every detection, in the order of the reference page.
pub static ALL: &[&Detection] = &[
    &indicator_seen::DETECTION,
    &file_exe_disguised::DETECTION,
    &file_exe_http::DETECTION,
    &file_exe_ftp::DETECTION,
    &cred_cleartext::DETECTION,
    &scan_vertical::DETECTION,
    &ua_rare::DETECTION,
    &port_once_bound::DETECTION,
];

/// What a detection reads: named so that the load pass knows what must be computed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Need {
    /// Flows with their ends.
    Flows,
    /// Messages of this protocol.
    Messages(&'static str),
    /// Files with their type by content.
    Artifacts,
    /// The answers of this pass.
    Answers,
}

/// A detection: help page, report text and code in one.
pub struct Detection {
    /// `family.kind`.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Why one looks for it.
    pub why: &'static str,
    /// How it is found.
    pub how: &'static str,
    /// What harmless thing looks the same.
    pub innocent: &'static str,
    /// What would settle it.
    pub settle: &'static str,
    /// ATT&CK techniques.
    pub techniques: &'static [&'static str],
    /// The highest severity it gives.
    pub severity: Severity,
    /// What it reads.
    pub needs: &'static [Need],
    /// What there is to judge, one by one.
    pub keys: fn(&Ground<'_>) -> Vec<Key>,
    /// One of them.
    pub judge: fn(&Ground<'_>, &Key) -> Option<Finding>,
    /// Strongest first.
    pub rank: fn(&mut [Finding]),
}

/// What is judged: a subject in canonical form and where its facts stand.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    /// Names it, independent of time, count and order.
    pub subject: String,
    /// Chain and row of each fact, in order.
    pub rows: Vec<(usize, usize)>,
}

/// What detections stand on.
pub struct Ground<'a> {
    /// Facts.
    pub input: &'a Input<'a>,
    /// Hosts.
    pub env: &'a Environment,
    /// The answers of this pass, where a scope asks something.
    pub answers: Option<&'a Answers>,
}

/// What one detection gave.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its id.
    pub detection: &'static str,
    /// Things judged.
    pub judged: u64,
    /// Findings.
    pub found: u64,
    /// In words: `checked, nothing found in 1,204 packets`.
    pub says: String,
}

/// What all detections gave.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// By severity, confidence and detection.
    pub rows: Vec<Finding>,
    /// One row per detection.
    pub checked: Vec<Checked>,
}

/// Runs one detection after the other, so that a driver can stop between keys.
pub struct Driver<'a> {
    ground: Ground<'a>,
    at: usize,
    keys: Option<std::vec::IntoIter<Key>>,
    here: Vec<Finding>,
    judged: u64,
    out: Findings,
}

impl<'a> Driver<'a> {
    /// Before the first key.
    #[must_use]
    pub fn new(ground: Ground<'a>) -> Self {
        Self {
            ground,
            at: 0,
            keys: None,
            here: Vec::new(),
            judged: 0,
            out: Findings::default(),
        }
    }

    /// Judges at most `fuel` keys; `true` when all is done.
    pub fn step(&mut self, fuel: u32) -> bool {
        let mut left = fuel.max(1);
        while left > 0 {
            let Some(detection) = ALL.get(self.at) else {
                return true;
            };
            let ground = &self.ground;
            let keys = self
                .keys
                .get_or_insert_with(|| (detection.keys)(ground).into_iter());
            left -= 1;
            if let Some(key) = keys.next() {
                self.judged += 1;
                self.here.extend((detection.judge)(ground, &key));
                continue;
            }
            let n = ground.input.packets();
            let packets = plural(n, "packet");
            (detection.rank)(&mut self.here);
            let found = self.here.len() as u64;
            self.out.checked.push(Checked {
                detection: detection.id,
                judged: self.judged,
                found,
                says: if n == 0 && !ground.input.logs.is_empty() {
                    format!("not checked: {FLOW_RECORDS_ONLY}")
                } else if found == 0 {
                    format!("checked, nothing found in {packets}")
                } else {
                    format!("checked, {found} found in {packets}")
                },
            });
            self.out.rows.append(&mut self.here);
            (self.keys, self.judged) = (None, 0);
            self.at += 1;
        }
        self.at >= ALL.len()
    }

    /// What there is.
    #[must_use]
    pub fn finish(mut self) -> Findings {
        finding::order(&mut self.out.rows);
        self.out
    }
}

/// Runs everything.
#[must_use]
pub fn run(ground: Ground<'_>) -> Findings {
    let mut driver = Driver::new(ground);
    while !driver.step(u32::MAX) {}
    driver.finish()
}

/// What one detection finds on a tape.
#[cfg(test)]
fn found(tape: &crate::tape::Tape, detection: &Detection) -> Vec<Finding> {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let ground = Ground {
        input: &input,
        env: &Environment::new(&input),
        answers: None,
    };
    let keys = (detection.keys)(&ground);
    let mut all: Vec<Finding> = keys
        .iter()
        .filter_map(|key| (detection.judge)(&ground, key))
        .collect();
    (detection.rank)(&mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_texts_are_there() {
        let ids: BTreeSet<_> = ALL.iter().map(|d| d.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for d in ALL {
            assert!(d.id.contains('.'), "{}", d.id);
            for text in [d.title, d.why, d.how, d.innocent, d.settle] {
                assert!(!text.is_empty(), "{}", d.id);
            }
            assert!(!d.needs.is_empty(), "{}", d.id);
        }
    }

    #[test]
    fn nothing_found_is_said() {
        let facts = weir_dissect::Facts::default();
        let input = Input::of(&facts, Vec::new());
        let env = Environment::new(&input);
        let all = run(Ground {
            input: &input,
            env: &env,
            answers: None,
        });
        assert!(all.rows.is_empty());
        assert_eq!(all.checked.len(), ALL.len());
        assert!(
            all.checked
                .iter()
                .all(|c| c.says == "checked, nothing found in 0 packets")
        );
    }
}
