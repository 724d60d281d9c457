//! Detections: each reads facts, never bytes, and states a hypothesis with evidence. Never a verdict;
//! allow lists, verdicts and dismissals act after judging.

pub mod c2_beacon;
pub mod c2_long_connection;
pub mod cred_cleartext;
mod driver;
pub mod file_exe_disguised;
pub mod file_exe_ftp;
pub mod file_exe_http;
mod finding;
pub mod indicator_seen;
mod need;
pub mod port_once_bound;
pub mod scan_vertical;
mod score;
pub mod ua_rare;

pub use driver::{Checked, Driver, Findings, run};
pub use finding::{Evidence, Finding, Severity, id};
pub use need::Need;
pub use score::{Expected, Plot, Rhythm, Score, Term};

use crate::activity::Activity;
use crate::answers::Answers;
use crate::beacons::{Candidate, candidates};
use crate::environment::Environment;
use crate::input::Input;
use std::cell::OnceCell;

/// Every detection, in the order of the reference page.
pub static ALL: &[&Detection] = &[
    &indicator_seen::DETECTION,
    &c2_beacon::DETECTION,
    &c2_long_connection::DETECTION,
    &file_exe_disguised::DETECTION,
    &file_exe_http::DETECTION,
    &file_exe_ftp::DETECTION,
    &cred_cleartext::DETECTION,
    &scan_vertical::DETECTION,
    &ua_rare::DETECTION,
    &port_once_bound::DETECTION,
];

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
    /// Strongest first. May put several that say the same into one.
    pub rank: fn(&mut Vec<Finding>),
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
    /// Who contacted whom when.
    pub activity: Activity,
    repeating: OnceCell<Vec<Candidate>>,
}

impl<'a> Ground<'a> {
    /// Puts together what every detection asks for.
    #[must_use]
    pub fn new(input: &'a Input<'a>, env: &'a Environment, answers: Option<&'a Answers>) -> Self {
        Self {
            input,
            env,
            answers,
            activity: Activity::new(input, env),
            repeating: OnceCell::new(),
        }
    }

    /// Contacts that look regular at a glance; found when first asked for.
    pub(crate) fn repeating(&self) -> &[Candidate] {
        self.repeating
            .get_or_init(|| candidates(&self.activity, self.env))
    }
}

/// What one detection finds on a tape.
#[cfg(test)]
fn found(tape: &crate::tape::Tape, detection: &Detection) -> Vec<Finding> {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    let ground = Ground::new(&input, &env, None);
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
        let all = run(Ground::new(&input, &env, None));
        assert!(all.rows.is_empty());
        assert_eq!(all.checked.len(), ALL.len());
        for one in &all.checked {
            assert!(one.says.starts_with("not checked: "), "{}", one.says);
        }
    }
}
