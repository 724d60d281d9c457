//! Field rows counted: by protocol, by column, and what each row differs in.

use super::Difference;
use super::table::{HEAD, Tally};
use super::{Class, Reasons};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Rows from which on a protocol is held to the target.
const MANY: u64 = 50;

/// One packet of one table that either side has.
struct Row {
    capture: String,
    table: String,
    packet: u32,
    /// Ours, theirs: has the side the row?
    sides: [bool; 2],
    /// Columns that differ.
    wrong: Vec<(String, Difference)>,
}

/// Cells of a column: in either side, equal.
type Count = (u64, u64);

/// Every row compared.
#[derive(Default)]
pub struct Scores {
    rows: Vec<Row>,
    cells: BTreeMap<(String, String), Count>,
    not_built: BTreeMap<(String, String), u64>,
    failed: Vec<(String, String)>,
    unrecorded: Vec<(String, String)>,
    torn: u64,
}

/// A protocol's line.
#[derive(Default)]
struct Line {
    tally: Tally,
    sides: [u64; 2],
}

impl Scores {
    /// A packet's row; what comes back names it to [`Scores::cell`].
    pub(super) fn row(
        &mut self,
        capture: &str,
        table: &str,
        packet: u32,
        sides: [bool; 2],
    ) -> usize {
        self.rows.push(Row {
            capture: capture.to_owned(),
            table: table.to_owned(),
            packet,
            sides,
            wrong: Vec::new(),
        });
        self.rows.len() - 1
    }

    /// A cell of a row in which either side has a value.
    pub(super) fn cell(&mut self, row: usize, column: &str, outcome: Result<(), Difference>) {
        let Some(row) = self.rows.get_mut(row) else {
            return;
        };
        let key = (row.table.clone(), column.to_owned());
        let count = self.cells.entry(key).or_default();
        count.0 += 1;
        match outcome {
            Ok(()) => count.1 += 1,
            Err(difference) => row.wrong.push((column.to_owned(), difference)),
        }
    }

    /// A recorded cell of a field that Weir does not have.
    pub(super) fn not_built(&mut self, table: &str, column: &str) {
        let key = (table.to_owned(), column.to_owned());
        *self.not_built.entry(key).or_default() += 1;
    }

    /// A capture that has the protocol, and no table of it.
    pub(super) fn unrecorded(&mut self, capture: &str, table: &str) {
        self.unrecorded.push((capture.to_owned(), table.to_owned()));
    }

    /// A row that was recorded with its values in wrong columns: a text of its packet holds what stands between two.
    pub(super) fn torn(&mut self) {
        self.torn += 1;
    }

    /// A capture whose packets could not be read again.
    pub(super) fn failed(&mut self, capture: &str, why: &str) {
        self.failed.push((capture.to_owned(), why.to_owned()));
    }

    /// The share of rows that are equal in every cell or excused, of those in which both sides read the same
    /// protocol, in percent; 100 where there are none.
    #[must_use]
    pub fn agreement(&self, reasons: &Reasons) -> f64 {
        self.tally(reasons).agreement()
    }

    /// Every row by its outcome.
    pub(super) fn tally(&self, reasons: &Reasons) -> Tally {
        let mut tally = Tally::default();
        for row in &self.rows {
            row.count(&mut tally, reasons);
        }
        tally
    }

    /// A line a protocol, then every column that differs and what is not built, most cells first.
    #[must_use]
    pub(super) fn markdown(&self, reasons: &Reasons) -> String {
        let mut out = String::from(
            "\n## Field rows\n\nA row is a packet in which either side has a value of the protocol; it is equal where every cell is. Of the others, each has the class of its differences, which is open as soon as one of them is.\n\n",
        );
        out.push_str(HEAD);
        let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
        for row in &self.rows {
            let line = lines.entry(&row.table).or_default();
            row.count(&mut line.tally, reasons);
            match row.sides {
                [true, false] => line.sides[0] += 1,
                [false, true] => line.sides[1] += 1,
                _ => {}
            }
        }
        self.tally(reasons).line(&mut out, "all rows");
        for (table, line) in &lines {
            let low = line.tally.pairs >= MANY && line.tally.agreement() < 98.0;
            let name = if low {
                format!("{table} (below 98)")
            } else {
                (*table).to_owned()
            };
            line.tally.line(&mut out, &name);
        }
        let _ = writeln!(
            out,
            "\n| protocol | rows only of Weir | only of tshark | cells | equal cells |\n| --- | ---: | ---: | ---: | ---: |"
        );
        for (table, line) in &lines {
            let cells = self.cells.iter().filter(|((t, _), _)| t == table);
            let (all, equal) = cells.fold((0, 0), |t, (_, n)| (t.0 + n.0, t.1 + n.1));
            let [ours, theirs] = line.sides;
            let _ = writeln!(out, "| {table} | {ours} | {theirs} | {all} | {equal} |");
        }
        let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
        for ((table, _), n) in &self.not_built {
            if !lines.contains_key(table.as_str()) {
                *missing.entry(table).or_default() += n;
            }
        }
        for (table, n) in missing {
            let _ = writeln!(out, "\n{table} is not read: {n} recorded cells.");
        }
        if self.torn > 0 {
            let _ = writeln!(
                out,
                "\n{} rows are not compared: a text of their packet holds the byte that stands between two recorded columns.",
                self.torn
            );
        }
        for (capture, table) in &self.unrecorded {
            let _ = writeln!(
                out,
                "\n{capture} has {table}, whose rows were not recorded."
            );
        }
        for (capture, why) in &self.failed {
            let _ = writeln!(out, "\n{capture} could not be read again: {why}.");
        }
        let mut fields: Vec<_> = self.not_built.iter().collect();
        fields.sort_by_key(|(k, n)| (std::cmp::Reverse(**n), *k));
        if !fields.is_empty() {
            let _ = writeln!(out, "\n| field not built | cells |\n| --- | ---: |");
        }
        for ((table, column), n) in fields {
            let _ = writeln!(out, "| {table} {column} | {n} |");
        }
        let mut columns: Vec<_> = self.cells.iter().filter(|(_, n)| n.0 > n.1).collect();
        columns.sort_by_key(|(k, n)| (std::cmp::Reverse(n.0 - n.1), *k));
        if !columns.is_empty() {
            let _ = writeln!(out, "\n| column | cells | equal |\n| --- | ---: | ---: |");
        }
        for ((table, column), n) in columns {
            let _ = writeln!(out, "| {table} {column} | {} | {} |", n.0, n.1);
        }
        out
    }

    /// Adds every difference: `capture TAB Rows TAB item TAB packet: ours TAB theirs TAB class TAB reason`.
    pub(super) fn differences(&self, out: &mut String, reasons: &Reasons) {
        for row in self.rows.iter().filter(|r| !r.is_equal()) {
            let Row {
                capture, packet, ..
            } = row;
            if row.sides != [true, true] {
                let item = format!("{} row", row.table);
                let side = |n: usize| if row.sides[n] { "there" } else { "" };
                let _ = writeln!(
                    out,
                    "{capture}\tRows\t{item}\t{packet}: {}\t{}\t{}",
                    side(0),
                    side(1),
                    reasons.cells(capture, &item)
                );
            }
            for (column, d) in &row.wrong {
                let item = format!("{} {column}", row.table);
                let _ = writeln!(
                    out,
                    "{capture}\tRows\t{item}\t{packet}: {}\t{}\t{}",
                    d.ours,
                    d.theirs,
                    reasons.cells(capture, &item)
                );
            }
        }
    }
}

impl Row {
    fn is_equal(&self) -> bool {
        self.sides == [true, true] && self.wrong.is_empty()
    }

    /// Adds itself: of the class of its differences, of none as soon as one has none.
    fn count(&self, tally: &mut Tally, reasons: &Reasons) {
        tally.pairs += 1;
        if self.is_equal() {
            tally.equal += 1;
            return;
        }
        let mut classes = self.items().map(|i| reasons.class(&self.capture, &i));
        let first = classes.next().flatten();
        let class = classes.fold(first, |a, b| match (a?, b?) {
            (Class::Ours, _) | (_, Class::Ours) => None,
            (Class::Theirs, b) => Some(b),
            (a, _) => Some(a),
        });
        tally.differs(class);
    }

    /// What it differs in, as reasons name it.
    fn items(&self) -> impl Iterator<Item = String> {
        let one = (self.sides != [true, true]).then(|| format!("{} row", self.table));
        let cells = self
            .wrong
            .iter()
            .map(|(column, _)| format!("{} {column}", self.table));
        one.into_iter().chain(cells)
    }
}
