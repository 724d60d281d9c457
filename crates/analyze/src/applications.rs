//! The programs that an organisation says are its own, by the User-Agents they send. Judges nobody.

use std::collections::BTreeSet;
use weir_model::baseline::{Baseline, Kind};

/// Entries that are taken; a list of more is none that anybody wrote.
const ENTRIES: usize = 50_000;

/// A list of programs, typed or learned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applications {
    /// Somebody wrote at least a part of it.
    pub typed: bool,
    /// Whole agents, without their versions.
    shapes: BTreeSet<String>,
    /// Products of any version: `curl`.
    products: BTreeSet<String>,
    /// With `*`.
    patterns: Vec<String>,
}

/// An agent without its versions: an update is no other program.
fn shape(agent: &str) -> String {
    let mut out = String::with_capacity(agent.len());
    for c in agent.trim().chars().flat_map(char::to_lowercase) {
        let version = c.is_ascii_digit() || (matches!(c, '.' | '_') && out.ends_with('#'));
        if !version {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// `mozilla` of `Mozilla/5.0 (…)`.
fn product(agent: &str) -> String {
    let first = agent.trim().split(['/', ' ', '(', ';']).next();
    first.unwrap_or_default().to_lowercase()
}

/// Does `pattern`, in small letters, fit the whole text? `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(between) = last.replace(part) {
            let between: &str = between;
            let Some(at) = rest.find(between) else {
                return false;
            };
            rest = rest.get(at + between.len()..).unwrap_or_default();
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

impl Applications {
    /// What was typed, and what a baseline holds; nothing where neither names one. An entry is a product (`curl`), a
    /// whole agent of any version, or has `*` for anything.
    #[must_use]
    pub fn new(typed: &[String], learned: Option<&Baseline>) -> Option<Self> {
        let mut out = Self::default();
        for entry in typed
            .iter()
            .map(|e| e.trim())
            .filter(|e| !e.is_empty())
            .take(ENTRIES)
        {
            out.typed = true;
            if entry.contains('*') {
                out.patterns.push(entry.to_lowercase());
            } else if entry.contains(['/', ' ', '(']) {
                out.shapes.insert(shape(entry));
            } else {
                out.products.insert(entry.to_lowercase());
            }
        }
        for agent in learned.iter().flat_map(|b| b.of(Kind::Agent).keys()) {
            out.shapes.insert(shape(agent));
        }
        let none = out.shapes.is_empty() && out.products.is_empty() && out.patterns.is_empty();
        (!none).then_some(out)
    }

    /// Is it one of these programs?
    #[must_use]
    pub fn knows(&self, agent: &str) -> bool {
        let lower = agent.trim().to_lowercase();
        self.shapes.contains(&shape(agent))
            || self.products.contains(&product(agent))
            || self.patterns.iter().any(|p| fits(p, &lower))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(typed: &[&str]) -> Applications {
        let typed: Vec<String> = typed.iter().map(|t| (*t).to_owned()).collect();
        Applications::new(&typed, None).expect("there are some")
    }

    #[test]
    fn a_program_of_any_version() {
        let ours = of(&["curl", "Backup Agent/1.2.3 (x64)", "mozilla/*firefox/*"]);
        for known in [
            "curl/8.5.0",
            "Backup Agent/10.0 (x64)",
            "Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0",
        ] {
            assert!(ours.knows(known), "{known}");
        }
        for unknown in [
            "curlew/8.5.0",
            "Backup Agent/1.2.3 (arm)",
            "Mozilla/5.0 Chrome/1",
            "",
        ] {
            assert!(!ours.knows(unknown), "{unknown}");
        }
        assert!(ours.typed);
    }

    #[test]
    fn nothing_typed_and_nothing_learned_is_no_list() {
        assert_eq!(
            Applications::new(&[" ".to_owned()], Some(&Baseline::default())),
            None
        );
        let mut b = Baseline::default();
        let agents = b.seen.entry(Kind::Agent).or_default();
        agents.insert(
            "App/1.0 (Windows NT 10.0)".to_owned(),
            weir_model::baseline::Seen::default(),
        );
        let learned = Applications::new(&[], Some(&b)).expect("one was learned");
        assert!(learned.knows("App/2.14 (Windows NT 11.0)") && !learned.typed);
        assert!(!learned.knows("Apples/2.14 (Windows NT 11.0)"));
    }

    #[test]
    fn stars() {
        for (pattern, text, fit) in [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acx", false),
            ("*", "", true),
            ("*b*", "abc", true),
            ("a*b*b", "ab", false),
            ("a*b*b", "abb", true),
        ] {
            assert_eq!(fits(pattern, text), fit, "{pattern} {text}");
        }
    }
}
