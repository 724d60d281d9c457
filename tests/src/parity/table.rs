//! Outcomes counted, differences listed, the table printed.

use super::Scores;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What was compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Check {
    /// Packet count, link type, first time, duration.
    Facts,
    /// TCP and UDP conversations.
    Conversations,
    /// Protocol hierarchy, conversations, endpoints, expert summary: (capture, table) pairs in which either side
    /// has rows.
    Statistics,
    /// Their rows.
    StatisticsRows,
    /// HTTP, FTP-DATA and SMB objects by SHA-256.
    Objects,
    /// (capture, filter) pairs in which either side matches, of filters over the foundation's protocols.
    Filters,
    /// The same of filters that name a further protocol.
    Further,
}

/// Equal or not.
pub type Outcome = Result<(), Difference>;

/// One difference.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What Weir says.
    pub ours: String,
    /// What was recorded.
    pub theirs: String,
}

/// Everything compared.
#[derive(Default)]
pub struct Report {
    /// Captures opened.
    pub captures: usize,
    /// Field rows.
    pub rows: Scores,
    counts: BTreeMap<(Check, String), (u64, u64)>,
    differences: Vec<(String, Check, String, Difference)>,
    skipped: BTreeMap<&'static str, u64>,
    packets: String,
}

impl Report {
    /// Adds an outcome: of `item` (a filter, a fact) in a capture.
    pub fn add(&mut self, capture: &str, check: Check, item: &str, outcome: Outcome) {
        let count = self.counts.entry((check, item.to_owned())).or_default();
        count.0 += 1;
        match outcome {
            Ok(()) => count.1 += 1,
            Err(difference) => {
                self.differences
                    .push((capture.to_owned(), check, item.to_owned(), difference))
            }
        }
    }

    /// Something recorded was not compared.
    pub fn skip(&mut self, what: &'static str) {
        *self.skipped.entry(what).or_default() += 1;
    }

    /// The packets that a filter has here, where the two sides differ.
    pub(super) fn keep_packets(&mut self, capture: &str, item: &str, numbers: &[String]) {
        let _ = writeln!(self.packets, "{capture}\t{item}\t{}", numbers.join(" "));
    }

    /// Weir's packets for every filter that differs: `capture TAB filter TAB numbers`. For looking at the
    /// difference with a tshark at hand.
    #[must_use]
    pub fn packets(&self) -> &str {
        &self.packets
    }

    /// Compared and equal.
    #[must_use]
    pub fn total(&self, check: Check) -> (u64, u64) {
        self.counts
            .iter()
            .filter(|((c, _), _)| *c == check)
            .fold((0, 0), |t, (_, n)| (t.0 + n.0, t.1 + n.1))
    }

    /// The share that is equal, in percent; 100 where nothing was compared.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn percent(&self, check: Check) -> f64 {
        let (all, equal) = self.total(check);
        if all == 0 {
            100.0
        } else {
            100.0 * equal as f64 / all as f64
        }
    }

    /// A Markdown table of the totals, then of every item with a difference, worst first.
    #[must_use]
    pub fn markdown(
        &self,
        words: &dyn Fn(&str) -> String,
        reason: &dyn Fn(&str, &str) -> String,
    ) -> String {
        let mut out = format!(
            "{} captures.\n\n| compared | pairs | equal | share |\n| --- | ---: | ---: | ---: |\n",
            self.captures
        );
        for check in [
            Check::Facts,
            Check::Conversations,
            Check::Statistics,
            Check::StatisticsRows,
            Check::Objects,
            Check::Filters,
            Check::Further,
        ] {
            let (all, equal) = self.total(check);
            let _ = writeln!(
                out,
                "| {check:?} | {all} | {equal} | {:.2} % |",
                self.percent(check)
            );
        }
        if !self.skipped.is_empty() {
            let _ = writeln!(out, "\nRecorded, not compared:\n");
        }
        for (what, n) in &self.skipped {
            let _ = writeln!(out, "- {n} {what}");
        }
        let mut rows: Vec<_> = self.counts.iter().filter(|(_, n)| n.0 > n.1).collect();
        rows.sort_by_key(|(item, n)| (std::cmp::Reverse(n.0 - n.1), (*item).clone()));
        let _ = writeln!(out, "\n| item | pairs | equal |\n| --- | ---: | ---: |");
        for ((check, item), n) in rows {
            let _ = writeln!(
                out,
                "| {check:?} {} | {} | {} |",
                words(item).replace('|', "\\|"),
                n.0,
                n.1
            );
        }
        out.push_str(&self.rows.markdown(reason));
        out
    }

    /// Every difference as `capture TAB check TAB item TAB ours TAB theirs TAB reason`.
    #[must_use]
    pub fn differences(&self, reason: &dyn Fn(&str, &str) -> String) -> String {
        let mut out = String::from("capture\tcheck\titem\tours\ttheirs\treason\n");
        for (capture, check, item, d) in &self.differences {
            let _ = writeln!(
                out,
                "{capture}\t{check:?}\t{item}\t{}\t{}\t{}",
                d.ours,
                d.theirs,
                reason(capture, item)
            );
        }
        self.rows.differences(&mut out, reason);
        out
    }
}
