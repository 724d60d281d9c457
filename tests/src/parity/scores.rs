//! Field rows counted: by protocol, by column, and what each row differs in.

use super::Difference;
use super::reasons::Reasons;
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
}

/// A protocol's line.
#[derive(Default)]
struct Line {
    rows: u64,
    equal: u64,
    explained: u64,
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

    /// A capture whose packets could not be read again.
    pub(super) fn failed(&mut self, capture: &str, why: &str) {
        self.failed.push((capture.to_owned(), why.to_owned()));
    }

    /// The share of rows that are equal in every cell or have a reason for each that is not, in percent; 100 where
    /// there are none.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn percent(&self, reasons: &Reasons) -> f64 {
        let told = |r: &Row| {
            r.items()
                .all(|item| !reasons.of(&r.capture, &item).is_empty())
        };
        let equal = self.rows.iter().filter(|r| r.is_equal() || told(r)).count();
        match self.rows.len() {
            0 => 100.0,
            all => 100.0 * equal as f64 / all as f64,
        }
    }

    /// A line a protocol, then every column that differs and what is not built, most cells first.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn markdown(&self, reason: &dyn Fn(&str, &str) -> String) -> String {
        let mut out = String::from(
            "\n## Field rows\n\nA row is a packet in which either side has a value of the protocol; it is equal where every cell is. Of the others, explained: each difference has a reason.\n\n| protocol | rows | equal | share | explained | only Weir | only tshark | cells | equal cells |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
        let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
        for row in &self.rows {
            let line = lines.entry(&row.table).or_default();
            line.rows += 1;
            if row.is_equal() {
                line.equal += 1;
            } else if row
                .items()
                .all(|item| !reason(&row.capture, &item).is_empty())
            {
                line.explained += 1;
            }
            match row.sides {
                [true, false] => line.sides[0] += 1,
                [false, true] => line.sides[1] += 1,
                _ => {}
            }
        }
        for (table, line) in &lines {
            let cells = self.cells.iter().filter(|((t, _), _)| t == table);
            let (all, equal) = cells.fold((0, 0), |t, (_, n)| (t.0 + n.0, t.1 + n.1));
            let share = 100.0 * line.equal as f64 / line.rows as f64;
            let below = if line.rows >= MANY && share < 98.0 {
                " (below 98)"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "| {table} | {} | {} | {share:.2} %{below} | {} | {} | {} | {all} | {equal} |",
                line.rows, line.equal, line.explained, line.sides[0], line.sides[1]
            );
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

    /// Adds every difference: `capture TAB Rows TAB item TAB packet: ours TAB theirs TAB reason`.
    pub(super) fn differences(&self, out: &mut String, reason: &dyn Fn(&str, &str) -> String) {
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
                    reason(capture, &item)
                );
            }
            for (column, d) in &row.wrong {
                let item = format!("{} {column}", row.table);
                let _ = writeln!(
                    out,
                    "{capture}\tRows\t{item}\t{packet}: {}\t{}\t{}",
                    d.ours,
                    d.theirs,
                    reason(capture, &item)
                );
            }
        }
    }
}

impl Row {
    fn is_equal(&self) -> bool {
        self.sides == [true, true] && self.wrong.is_empty()
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
