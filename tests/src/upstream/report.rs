//! What was compared with the projects' own truths: counted, differences listed, the table printed.

use crate::parity::{Class, Difference, Outcome, Reason, Reasons};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What was compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Check {
    /// Hashes of files and certificates: each recorded one is among Weir's.
    Hashes,
    /// Rows of a Zeek log: as many of them.
    LogRows,
    /// Values in rows of Zeek logs, in columns that both have.
    LogValues,
    /// Checks on Suricata's events: as many that match.
    Events,
    /// Arkime's sessions: a conversation between the same ends, with as many packets each way.
    Sessions,
    /// What Arkime says of a session: each value is among those that Weir has of that conversation.
    SessionValues,
    /// JA4 and JA3 of clients, JA3S of servers.
    Ja4,
    /// The protocol that nDPI gives a flow, where Weir reads that protocol.
    Protocols,
}

impl Check {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Hashes,
        Self::LogRows,
        Self::LogValues,
        Self::Events,
        Self::Sessions,
        Self::SessionValues,
        Self::Ja4,
        Self::Protocols,
    ];

    /// Its pairs, in a list of what is not compared.
    fn short(self) -> &'static str {
        match self {
            Self::Hashes => "hashes",
            Self::LogRows => "row counts of logs",
            Self::LogValues => "values of logs",
            Self::Events => "checks on events",
            Self::Sessions => "sessions",
            Self::SessionValues => "values of sessions",
            Self::Ja4 => "fingerprints",
            Self::Protocols => "protocols of flows",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Hashes => "hashes of files and certificates (Zeek, Suricata, Arkime)",
            Self::LogRows => "row counts of logs (Zeek)",
            Self::LogValues => "values in rows of logs (Zeek)",
            Self::Events => "checks on events (Suricata)",
            Self::Sessions => "sessions with their packets (Arkime)",
            Self::SessionValues => "values of sessions (Arkime)",
            Self::Ja4 => "JA4, JA3 and JA3S of conversations (FoxIO, nDPI)",
            Self::Protocols => "protocols of flows (nDPI)",
        }
    }
}

/// Hashes of a test over several captures: by item, test and hash, the capture where it was looked for last, and whether
/// any capture had it.
type Shared = BTreeMap<(&'static str, String, String), (String, bool)>;

/// Everything compared.
#[derive(Default)]
pub struct Report {
    reasons: Reasons,
    /// Captures opened.
    pub captures: usize,
    counts: BTreeMap<(Check, String), (u64, u64)>,
    differences: Vec<(String, Check, String, Difference)>,
    skipped: BTreeMap<String, u64>,
    /// Pairs left out by definition; for rows of logs also the captures.
    by_definition: BTreeMap<Check, u64>,
    logs_by_definition: BTreeSet<String>,
    logs: BTreeMap<String, Vec<(String, bool)>>,
    shared: Shared,
}

impl Report {
    /// Nothing yet; what differs is looked up in the reasons.
    #[must_use]
    pub fn new(reasons: Reasons) -> Self {
        Self {
            reasons,
            ..Self::default()
        }
    }

    /// Adds an outcome: of `item` in a capture.
    pub fn add(&mut self, capture: &str, check: Check, item: &str, outcome: Outcome) {
        if let Err(d) = &outcome {
            let reason = self.reason(capture, check, item, d);
            if let Some(r) = reason.filter(|r| r.class == Class::Definition) {
                let what = format!("{} that differ by definition: {}", check.short(), r.text);
                *self.by_definition.entry(check).or_default() += 1;
                if check == Check::LogRows {
                    self.logs_by_definition.insert(capture.to_owned());
                }
                return self.skip(&what);
            }
        }
        let count = self.counts.entry((check, item.to_owned())).or_default();
        count.0 += 1;
        if check == Check::LogRows {
            let logs = self.logs.entry(capture.to_owned()).or_default();
            logs.push((item.to_owned(), outcome.is_ok()));
        }
        match outcome {
            Ok(()) => count.1 += 1,
            Err(difference) => {
                self.differences
                    .push((capture.to_owned(), check, item.to_owned(), difference));
            }
        }
    }

    /// Why a difference is one. A reason names the item, or of a hash the item and the hash.
    fn reason(&self, capture: &str, check: Check, item: &str, d: &Difference) -> Option<&Reason> {
        let named = match check {
            Check::Hashes => format!("{item} {}", d.theirs),
            _ => item.to_owned(),
        };
        self.reasons.of(capture, &named)
    }

    /// Adds an outcome of two texts.
    pub fn same(&mut self, capture: &str, check: Check, item: &str, ours: &str, theirs: &str) {
        let outcome = if ours == theirs {
            Ok(())
        } else {
            Err(Difference {
                ours: one_line(ours),
                theirs: one_line(theirs),
            })
        };
        self.add(capture, check, item, outcome);
    }

    /// Adds a value that must be among several.
    pub(super) fn among(
        &mut self,
        capture: &str,
        check: Check,
        item: &str,
        ours: &BTreeSet<String>,
        theirs: &str,
    ) {
        let outcome = if ours.contains(theirs) {
            Ok(())
        } else {
            let all: Vec<&str> = ours.iter().take(8).map(String::as_str).collect();
            Err(Difference {
                ours: one_line(&all.join(" | ")),
                theirs: one_line(theirs),
            })
        };
        self.add(capture, check, item, outcome);
    }

    /// A hash of a test over several captures: one of them must have it.
    pub(super) fn shared_hash(
        &mut self,
        capture: &str,
        item: &'static str,
        test: &str,
        hash: &str,
        have: bool,
    ) {
        let key = (item, test.to_owned(), hash.to_owned());
        let entry = self.shared.entry(key).or_default();
        capture.clone_into(&mut entry.0);
        entry.1 |= have;
    }

    /// Tells what tests over several captures recorded, after the last capture. Not all of those are at hand, so what is
    /// not found is no difference, and what is found no agreement.
    pub fn finish(&mut self) {
        let shared = std::mem::take(&mut self.shared);
        let found = shared.values().filter(|(_, have)| *have).count();
        self.skip_some(
            "hashes of tests over several captures that are in one of them",
            found,
        );
        self.skip_some(
            "hashes of tests over several captures that are in none of those at hand",
            shared.len() - found,
        );
    }

    /// Something recorded was not compared.
    pub fn skip(&mut self, what: &str) {
        self.skip_some(what, 1);
    }

    pub(super) fn skip_some(&mut self, what: &str, n: usize) {
        if n > 0 {
            *self.skipped.entry(what.to_owned()).or_default() += n as u64;
        }
    }

    /// Compared and equal.
    #[must_use]
    pub fn total(&self, check: Check) -> (u64, u64) {
        let of = self.counts.iter().filter(|((c, _), _)| *c == check);
        of.fold((0, 0), |t, (_, n)| (t.0 + n.0, t.1 + n.1))
    }

    /// The share that is equal, in percent; 100 where nothing was compared.
    #[must_use]
    pub fn percent(&self, check: Check) -> f64 {
        percent(self.total(check))
    }

    /// Captures with Zeek logs, and those in which every log has as many rows.
    #[must_use]
    pub fn log_captures(&self) -> (u64, u64) {
        let whole = self.logs.values().filter(|l| l.iter().all(|(_, ok)| *ok));
        (self.logs.len() as u64, whole.count() as u64)
    }

    /// The share of captures in which every log has as many rows, in percent.
    #[must_use]
    pub fn log_percent(&self) -> f64 {
        percent(self.log_captures())
    }

    /// Differences of a check that have a reason.
    fn explained(&self, check: Check) -> u64 {
        let of = self.differences.iter().filter(|d| d.1 == check);
        let told =
            |d: &&(String, Check, String, Difference)| self.reason(&d.0, d.1, &d.2, &d.3).is_some();
        of.filter(told).count() as u64
    }

    /// A Markdown table of the totals, what was not compared, and every item with a difference, worst first.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "{} captures with recorded truth. Explained: differences with a reason in `tests/parity/upstream-reasons.tsv`; they are not counted as equal. By definition: differences that are the other project's own definition or an option of its test, by a reason there; they are no pairs, and the share with them is beside.\n\n| compared | pairs | equal | share | explained | by definition | share with those |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
            self.captures
        );
        for check in Check::ALL {
            let own = self.by_definition.get(&check).copied().unwrap_or(0);
            let (all, equal) = self.total(check);
            let _ = writeln!(
                out,
                "| {} | {all} | {equal} | {:.2} % | {} | {own} | {:.2} % |",
                check.title(),
                self.percent(check),
                self.explained(check),
                percent((all + own, equal))
            );
            if check == Check::LogRows {
                let (all, equal) = self.log_captures();
                let (own, with) = self.log_captures_by_definition();
                let _ = writeln!(
                    out,
                    "| captures in which every log has as many rows (Zeek) | {all} | {equal} | {:.2} % | {} | {own} | {with:.2} % |",
                    percent((all, equal)),
                    self.log_captures_explained()
                );
            }
        }
        if !self.skipped.is_empty() {
            let _ = writeln!(out, "\nRecorded, not compared:\n");
        }
        for (what, n) in &self.skipped {
            let _ = writeln!(out, "- {n} {what}");
        }
        for check in Check::ALL {
            let of = self.counts.iter().filter(|((c, _), _)| *c == check);
            let mut rows: Vec<_> = of.collect();
            if rows.is_empty() {
                continue;
            }
            rows.sort_by_key(|(key, n)| (std::cmp::Reverse(n.0 - n.1), *key));
            let _ = writeln!(
                out,
                "\n## {}{}\n\n| item | pairs | equal |\n| --- | ---: | ---: |",
                &check.title()[..1].to_uppercase(),
                &check.title()[1..]
            );
            for ((_, item), n) in rows {
                let _ = writeln!(out, "| {} | {} | {} |", item.replace('|', "\\|"), n.0, n.1);
            }
        }
        out
    }

    /// Captures that are whole only because a log was left out by definition, and the share of whole captures without
    /// them.
    fn log_captures_by_definition(&self) -> (u64, f64) {
        let whole = |l: &[(String, bool)]| l.iter().all(|(_, ok)| *ok);
        let (mut own, mut unseen) = (0, 0);
        for capture in &self.logs_by_definition {
            match self.logs.get(capture) {
                Some(logs) => own += u64::from(whole(logs)),
                None => unseen += 1,
            }
        }
        let (all, equal) = self.log_captures();
        let with = (all + unseen, equal.saturating_sub(own));
        (own + unseen, percent(with))
    }

    /// Captures that have a log with other counts, each with a reason.
    fn log_captures_explained(&self) -> u64 {
        let told = |(capture, logs): &(&String, &Vec<(String, bool)>)| {
            let mut wrong = logs.iter().filter(|(_, ok)| !ok).peekable();
            wrong.peek().is_some()
                && wrong.all(|(item, _)| self.reasons.of(capture, item).is_some())
        };
        self.logs.iter().filter(told).count() as u64
    }

    /// Every difference as `capture TAB check TAB item TAB ours TAB theirs TAB class TAB reason`.
    #[must_use]
    pub fn differences(&self) -> String {
        let mut out = String::from("capture\tcheck\titem\tours\ttheirs\tclass\treason\n");
        for (capture, check, item, d) in &self.differences {
            let reason = self.reason(capture, *check, item, d);
            let reason = reason.map_or_else(|| "\t".to_owned(), Reason::cells);
            let _ = writeln!(
                out,
                "{capture}\t{check:?}\t{item}\t{}\t{}\t{}",
                d.ours, d.theirs, reason
            );
        }
        out
    }
}

#[allow(clippy::cast_precision_loss)]
fn percent((all, equal): (u64, u64)) -> f64 {
    if all == 0 {
        100.0
    } else {
        100.0 * equal as f64 / all as f64
    }
}

/// A text for one cell of a table, cut where it is long.
fn one_line(text: &str) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(300).collect()
}
