//! Outcomes counted, differences listed, the table printed.

use super::{Class, Filters, GROUPS, Reasons, Scores};
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

    /// Pairs and how they came out, of the items that `which` takes.
    fn tally(&self, reasons: &Reasons, which: &dyn Fn(Check, &str) -> bool) -> Tally {
        let mut tally = Tally::default();
        for ((check, item), (pairs, equal)) in &self.counts {
            if which(*check, item) {
                tally.pairs += pairs;
                tally.equal += equal;
            }
        }
        for (capture, check, item, _) in &self.differences {
            if which(*check, item) {
                tally.differs(reasons.class(capture, item));
            }
        }
        tally
    }

    /// The share of pairs that are equal or excused, of those in which both sides read the same protocol, in percent;
    /// 100 where nothing was compared.
    #[must_use]
    pub fn agreement(&self, check: Check, reasons: &Reasons) -> f64 {
        self.tally(reasons, &|c, _| c == check).agreement()
    }

    /// A Markdown table of the totals, of the filters by group, then of every item with a difference, worst first.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn markdown(&self, filters: &Filters, reasons: &Reasons) -> String {
        let mut out = format!(
            "{} captures.\n\nEqual: both sides say the same. Of the others: recognition, where they take the bytes for different protocols; unread, a protocol that Weir does not read; excused, a limit or a definition of tshark's that Weir has reason not to follow; open, the rest. The share is that of the equal ones among the pairs without recognition and unread; agreement counts the excused as well.\n\n{HEAD}",
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
            let tally = self.tally(reasons, &|c, _| c == check);
            tally.line(&mut out, &format!("{check:?}"));
        }
        let of_filters = |c: Check| matches!(c, Check::Filters | Check::Further);
        self.tally(reasons, &|c, _| of_filters(c))
            .line(&mut out, "all filters");
        for group in GROUPS {
            self.tally(reasons, &|c, item| {
                of_filters(c) && filters.group(item) == Some(group)
            })
            .line(&mut out, &format!("filters: {group}"));
        }
        let mut all = self.tally(reasons, &|c, _| c != Check::Statistics);
        all.add(self.rows.tally(reasons));
        let _ = writeln!(
            out,
            "\nOf all {} pairs, field rows among them, {} are excused: {:.2} %. Each difference stands in parity-differences.tsv with its class and reason.",
            all.pairs,
            all.excused,
            100.0 * all.excused as f64 / all.pairs.max(1) as f64
        );
        let low: Vec<_> = self
            .counts
            .iter()
            .filter(|((c, _), n)| of_filters(*c) && n.0 >= 3)
            .map(|((_, item), _)| (item, self.tally(reasons, &|_, i| i == item)))
            .filter(|(_, t)| t.agreement() < 90.0)
            .collect();
        let _ = writeln!(
            out,
            "\nFilters that match in three captures or more and agree in less than 90 %:{}",
            if low.is_empty() { " none." } else { "" }
        );
        for (n, (item, tally)) in low.into_iter().enumerate() {
            let _ = writeln!(
                out,
                "{}- {}: {:.2} % of {}",
                if n == 0 { "\n" } else { "" },
                filters.words(item),
                tally.agreement(),
                tally.pairs
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
                filters.words(item).replace('|', "\\|"),
                n.0,
                n.1
            );
        }
        out.push_str(&self.rows.markdown(reasons));
        out
    }

    /// Every difference as `capture TAB check TAB item TAB ours TAB theirs TAB class TAB reason`.
    #[must_use]
    pub fn differences(&self, reasons: &Reasons) -> String {
        let mut out = String::from("capture\tcheck\titem\tours\ttheirs\tclass\treason\n");
        for (capture, check, item, d) in &self.differences {
            let _ = writeln!(
                out,
                "{capture}\t{check:?}\t{item}\t{}\t{}\t{}",
                d.ours,
                d.theirs,
                reasons.cells(capture, item)
            );
        }
        self.rows.differences(&mut out, reasons);
        out
    }
}

/// The head of a table of tallies.
pub(super) const HEAD: &str = "| compared | pairs | equal | recognition | unread | excused | open | share | agreement |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";

/// Pairs by outcome.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Tally {
    pub(super) pairs: u64,
    pub(super) equal: u64,
    recognition: u64,
    unread: u64,
    excused: u64,
}

impl Tally {
    /// One of the pairs differs, with a reason of this class.
    pub(super) fn differs(&mut self, class: Option<Class>) {
        match class {
            Some(Class::Recognition | Class::Definition) => self.recognition += 1,
            Some(Class::Unread) => self.unread += 1,
            Some(Class::Theirs) => self.excused += 1,
            Some(Class::Ours) | None => {}
        }
    }

    fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.equal += other.equal;
        self.recognition += other.recognition;
        self.unread += other.unread;
        self.excused += other.excused;
    }

    fn comparable(&self) -> u64 {
        self.pairs - self.recognition - self.unread
    }

    #[allow(clippy::cast_precision_loss)]
    fn percent(&self, part: u64) -> f64 {
        match self.comparable() {
            0 => 100.0,
            all => 100.0 * part as f64 / all as f64,
        }
    }

    /// Equal or excused, in percent.
    pub(super) fn agreement(&self) -> f64 {
        self.percent(self.equal + self.excused)
    }

    /// Its line of a table.
    pub(super) fn line(&self, out: &mut String, name: &str) {
        let open = self.comparable() - self.equal - self.excused;
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} | {open} | {:.2} % | {:.2} % |",
            self.pairs,
            self.equal,
            self.recognition,
            self.unread,
            self.excused,
            self.percent(self.equal),
            self.agreement()
        );
    }
}
