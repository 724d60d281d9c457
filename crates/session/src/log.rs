//! A flow log among the captures: its rows, and where each stands in its file. Holds no packet.

use weir_import::{FlowRow, Format, Reader};
use weir_model::{LimitKind, Timestamp};

/// Rows kept of one log; a row takes a few hundred bytes.
const ROWS: usize = 500_000;

/// The bound of rows.
pub static LOG_ROWS: LimitKind = LimitKind {
    id: "log_rows",
    says: "rows of a flow log beyond the bound are not kept",
    bound: ROWS as u64,
    unit: "rows",
};

/// What a capture of the kind "flow log" holds in place of packets.
pub struct FlowLog {
    /// Its rows, in file order, at most [`LOG_ROWS`].
    pub rows: Vec<FlowRow>,
    /// Rows beyond.
    pub beyond: u64,
    /// Earliest begin and latest end, by the log's own clock.
    pub span: Option<(Timestamp, Timestamp)>,
    reader: Reader,
}

impl FlowLog {
    /// Nothing read yet.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            rows: Vec::new(),
            beyond: 0,
            span: None,
            reader: Reader::new(format),
        }
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.reader.format()
    }

    /// A row by number, from 1.
    #[must_use]
    pub fn row(&self, number: u32) -> Option<&FlowRow> {
        self.rows.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Every column of a row by its name, from the row's bytes; see [`Reader::cells`].
    #[must_use]
    pub fn cells(&self, row: &FlowRow, line: &[u8]) -> Option<Vec<(String, String)>> {
        self.reader.cells(row.row, line)
    }

    /// Lines that are no rows.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.reader.refused()
    }

    /// The first of them: its number and what is wrong with it.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        self.reader.errors().first().map(ToString::to_string)
    }

    /// The next bytes of the file.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let Self {
            rows,
            beyond,
            span,
            reader,
        } = self;
        reader.push(bytes, &mut |row| keep(rows, beyond, span, row));
    }

    /// The file ended.
    pub(crate) fn finish(&mut self) {
        let Self {
            rows,
            beyond,
            span,
            reader,
        } = self;
        reader.finish(&mut |row| keep(rows, beyond, span, row));
    }

    /// What is to be said of lines that are no rows.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let first = self.refusal()?;
        Some(match self.refused() {
            1 => format!("one line is no row: {first}"),
            n => format!("{n} lines are no rows; the first is {first}"),
        })
    }
}

fn keep(
    rows: &mut Vec<FlowRow>,
    beyond: &mut u64,
    span: &mut Option<(Timestamp, Timestamp)>,
    row: FlowRow,
) {
    if rows.len() >= ROWS {
        *beyond += 1;
        return;
    }
    let (begun, ended) = (row.time, row.end());
    *span = Some(span.map_or((begun, ended), |(a, b)| (a.min(begun), b.max(ended))));
    rows.push(row);
}

impl PartialEq for FlowLog {
    /// The same rows.
    fn eq(&self, other: &Self) -> bool {
        self.format() == other.format() && self.rows == other.rows
    }
}
