//! Bytes in pieces of any size to rows: lines are cut here, understood by the format's module.

use crate::error::ImportError;
use crate::flow::{FlowRow, Place};
use crate::zeek;

/// Longest line read, in bytes; a longer one is refused and skipped.
pub const MAX_LINE: usize = 256 << 10;
/// Refused lines that are kept with their reason; the rest are counted.
pub const MAX_ERRORS: usize = 100;
/// Most rows of a log: their numbers are 32 bits.
pub const MAX_ROWS: u32 = u32::MAX - 1;
/// Headers of one file that are kept to name the cells of its rows; logs that were joined have several.
pub const MAX_TABLES: usize = 64;
/// Bytes of the head that recognition looks at.
pub const SNIFF: usize = 4096;

/// What a log is, by its content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Zeek `conn` with `#separator` and `#fields`.
    ZeekConnTsv,
    /// Zeek `conn`, one JSON object a line.
    ZeekConnJson,
}

impl Format {
    /// As the page shows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ZeekConnTsv => "Zeek conn (TSV)",
            Self::ZeekConnJson => "Zeek conn (JSON)",
        }
    }
}

/// Recognises a flow log by its first bytes (at most [`SNIFF`] are looked at). `None` is no log at all.
///
/// # Errors
/// It is a log, but none that is read: the sentence says which.
pub fn detect(head: &[u8]) -> Result<Option<Format>, ImportError> {
    let head = head.get(..SNIFF).unwrap_or(head);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = head.iter().position(|b| !b.is_ascii_whitespace());
    let head = first.and_then(|n| head.get(n..)).unwrap_or_default();
    Ok(if head.starts_with(b"#separator ") {
        zeek::tsv::looks_like_conn(head)?.then_some(Format::ZeekConnTsv)
    } else if head.starts_with(b"{") {
        zeek::json::looks_like_conn(head).then_some(Format::ZeekConnJson)
    } else {
        None
    })
}

enum Lines {
    Tsv(Box<zeek::tsv::Parser>),
    Json,
}

/// Reads one log. Memory is bounded by the longest line; rows are handed over at once.
pub struct Reader {
    format: Format,
    lines: Lines,
    /// The begun line.
    rest: Vec<u8>,
    /// Skipping the remainder of a line that is too long.
    skipping: bool,
    line: u64,
    offset: u64,
    /// Offset of the begun line, and its bytes so far.
    begun: (u64, u64),
    /// Headers, each with the first row below it.
    tables: Vec<(u32, zeek::tsv::Parser)>,
    rows: u32,
    errors: Vec<ImportError>,
    refused: u64,
    full: bool,
}

impl Reader {
    /// For a log of this format.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            lines: match format {
                Format::ZeekConnTsv => Lines::Tsv(Box::default()),
                Format::ZeekConnJson => Lines::Json,
            },
            rest: Vec::new(),
            skipping: false,
            line: 0,
            offset: 0,
            begun: (0, 0),
            tables: Vec::new(),
            rows: 0,
            errors: Vec::new(),
            refused: 0,
            full: false,
        }
    }

    /// What it reads.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The next bytes of the file; every row they complete goes to `take`.
    pub fn push(&mut self, bytes: &[u8], take: &mut impl FnMut(FlowRow)) {
        self.offset = self.offset.saturating_add(bytes.len() as u64);
        let mut bytes = bytes;
        while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
            let (head, tail) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
            bytes = tail.get(1..).unwrap_or_default();
            self.begin(head);
            self.end_line(take);
        }
        self.begin(bytes);
    }

    /// The file ended. A last JSON row that is whole is read; a table's row without its line end is refused,
    /// because nothing tells whether its last cell is whole.
    pub fn finish(&mut self, take: &mut impl FnMut(FlowRow)) {
        let begun = self.rest.iter().any(|b| !b.is_ascii_whitespace());
        let header = self.rest.first() == Some(&b'#');
        if begun && !header && matches!(self.lines, Lines::Tsv(_)) {
            self.rest.clear();
            let message = "the file ends within this row";
            self.refuse(ImportError::new(self.line + 1, message));
        } else if begun || self.skipping {
            self.end_line(take);
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Bytes so far.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The first [`MAX_ERRORS`] refused lines.
    #[must_use]
    pub fn errors(&self) -> &[ImportError] {
        &self.errors
    }

    /// All refused lines.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// The cells of a row by the names of their columns, also of those that are not read otherwise.
    /// `line`: the row's bytes, read again from its place. `None` where its header was not kept.
    #[must_use]
    pub fn cells(&self, row: u32, line: &[u8]) -> Option<Vec<(String, String)>> {
        match self.lines {
            Lines::Json => Some(zeek::json::cells(line)),
            Lines::Tsv(_) => {
                let at = self.tables.partition_point(|(first, _)| *first <= row);
                let (_, parser) = self.tables.get(at.checked_sub(1)?)?;
                // The last one kept may stand for others that were not.
                (at < MAX_TABLES).then(|| parser.cells(line))
            }
        }
    }

    /// More than [`MAX_ROWS`] rows: what follows was not read.
    #[must_use]
    pub fn full(&self) -> bool {
        self.full
    }

    fn begin(&mut self, part: &[u8]) {
        self.begun.1 += part.len() as u64;
        if self.skipping {
            return;
        }
        if self.rest.len() + part.len() > MAX_LINE {
            self.skipping = true;
            self.rest.clear();
            return;
        }
        self.rest.extend_from_slice(part);
    }

    fn end_line(&mut self, take: &mut impl FnMut(FlowRow)) {
        self.line += 1;
        let (start, len) = self.begun;
        self.begun = (start + len + 1, 0);
        if std::mem::take(&mut self.skipping) {
            let error = ImportError::new(
                self.line,
                format!("the line is longer than {MAX_LINE} bytes"),
            );
            self.refuse(error);
            return;
        }
        let mut line = std::mem::take(&mut self.rest);
        let mut text = line.as_slice();
        if self.line == 1 {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        let place = Place {
            line: self.line,
            offset: start + (line.len() - text.len()) as u64,
            len: 0,
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if !text.iter().all(u8::is_ascii_whitespace) {
            self.read(text, place, take);
        }
        line.clear();
        self.rest = line;
    }

    fn read(&mut self, line: &[u8], place: Place, take: &mut impl FnMut(FlowRow)) {
        let read = match &mut self.lines {
            Lines::Tsv(parser) => parser.line(self.line, line),
            Lines::Json => zeek::json::line(self.line, line).map(Some),
        };
        match read {
            Ok(None) => {}
            // A row that is refused has no number: numbers count the rows that are there to be shown.
            Ok(Some(_)) if self.rows >= MAX_ROWS => self.full = true,
            Ok(Some(mut row)) => {
                self.rows += 1;
                row.row = self.rows;
                row.place = Place {
                    len: u32::try_from(line.len()).unwrap_or(0),
                    ..place
                };
                self.remember();
                take(row);
            }
            Err(e) => self.refuse(e),
        }
    }

    /// Keeps the header of the newest row, where it is another than the last one's.
    fn remember(&mut self) {
        if let Lines::Tsv(parser) = &self.lines
            && self.tables.len() < MAX_TABLES
            && self.tables.last().map(|(_, p)| p.version) != Some(parser.version)
        {
            self.tables.push((self.rows, parser.as_ref().clone()));
        }
    }

    fn refuse(&mut self, error: ImportError) {
        self.refused += 1;
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }
}
