//! Zeek's tables: `#separator`, `#fields` and rows of cells. Columns are found by name, in any order.

use super::{COLUMNS, Cells, NEEDED, Row, place};
use crate::error::ImportError;
use crate::flow::FlowRow;

/// Most columns of a table.
const MAX_COLUMNS: usize = 1_000;

/// Does the head of a Zeek table speak of flows? A table of another log is an error that says so.
pub(crate) fn looks_like_conn(head: &[u8]) -> Result<bool, ImportError> {
    let mut parser = Parser::default();
    // The last line may be cut by the end of the head.
    let whole = head.iter().rposition(|b| *b == b'\n').unwrap_or(0);
    let lines = head.get(..whole).unwrap_or_default().split(|b| *b == b'\n');
    for (number, line) in (1..).zip(lines) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.starts_with(b"#") {
            break;
        }
        parser.line(number, line)?;
    }
    Ok(parser.path.is_some() || parser.places.is_some())
}

/// What the header said so far.
#[derive(Clone, Debug)]
pub(crate) struct Parser {
    separator: Vec<u8>,
    set_separator: String,
    empty: String,
    unset: String,
    path: Option<String>,
    /// Per column of the table its place among [`COLUMNS`].
    places: Option<Vec<Option<usize>>>,
    /// The table's columns as it names them.
    names: Vec<String>,
    /// Counts header lines that change how rows are read.
    pub(crate) version: u32,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            separator: b"\t".to_vec(),
            set_separator: ",".to_owned(),
            empty: "(empty)".to_owned(),
            unset: "-".to_owned(),
            path: None,
            places: None,
            names: Vec::new(),
            version: 0,
        }
    }
}

impl Parser {
    /// A line: a row, or nothing for a header line.
    pub(crate) fn line(
        &mut self,
        number: u64,
        line: &[u8],
    ) -> Result<Option<FlowRow>, ImportError> {
        match line.strip_prefix(b"#") {
            Some(header) => self.header(number, header).map(|()| None),
            None => self.row(number, line).map(Some),
        }
    }

    fn header(&mut self, number: u64, header: &[u8]) -> Result<(), ImportError> {
        // The separator's own line is written with a space, as the separator is not known before it.
        if let Some(value) = header.strip_prefix(b"separator ") {
            let separator = unescape(value);
            if separator.is_empty() || separator.len() > 16 {
                return Err(ImportError::new(number, "the separator has 1 to 16 bytes")
                    .suggest("write #separator \\x09"));
            }
            self.separator = separator;
            self.version += 1;
            return Ok(());
        }
        let mut cells = split(header, &self.separator);
        let name = cells.next().unwrap_or_default();
        let value = |cell: Option<&[u8]>| cell.map(|c| text(&unescape(c))).unwrap_or_default();
        match name {
            b"set_separator" => self.set_separator = value(cells.next()),
            b"empty_field" => self.empty = value(cells.next()),
            b"unset_field" => self.unset = value(cells.next()),
            b"path" => {
                let path = value(cells.next());
                if path != "conn" {
                    return Err(super::other_log(number, &path));
                }
                self.path = Some(path);
            }
            b"fields" => {
                let names = cells.clone().take(MAX_COLUMNS);
                let names = names.map(|c| text(&unescape(c))).collect();
                self.places = Some(fields(number, cells)?);
                self.names = names;
                self.version += 1;
            }
            // #types repeats what the columns are; #open and #close are times of the log, not of traffic.
            _ => {}
        }
        Ok(())
    }

    /// The cells of a row by the names of their columns, as written but for escapes.
    pub(crate) fn cells(&self, line: &[u8]) -> Vec<(String, String)> {
        let values = split(line, &self.separator).map(|c| text(&unescape(c)));
        self.names.iter().cloned().zip(values).collect()
    }

    fn row(&self, number: u64, line: &[u8]) -> Result<FlowRow, ImportError> {
        let Some(places) = &self.places else {
            return Err(ImportError::new(number, "a row stands before #fields"));
        };
        let mut cells: Cells = [const { None }; COLUMNS.len()];
        let mut found = 0;
        for (n, cell) in split(line, &self.separator).enumerate() {
            found = n + 1;
            let Some(Some(place)) = places.get(n) else {
                continue;
            };
            // Compared as written: a text that equals the mark is written with an escape.
            let unset = cell == self.unset.as_bytes() || cell == self.empty.as_bytes();
            if let Some(slot) = cells.get_mut(*place)
                && !unset
            {
                *slot = Some(text(&unescape(cell)));
            }
        }
        if found != places.len() {
            return Err(ImportError::new(
                number,
                format!("{found} cells, but #fields names {}", places.len()),
            ));
        }
        // The one set among the columns; its own separator becomes Zeek's usual one.
        if self.set_separator != ","
            && !self.set_separator.is_empty()
            && let Some(service) = place("service").and_then(|n| cells.get_mut(n)?.as_mut())
        {
            *service = service.replace(&self.set_separator, ",");
        }
        Row {
            line: number,
            cells: &cells,
        }
        .flow()
    }
}

fn fields<'a>(
    number: u64,
    cells: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<Option<usize>>, ImportError> {
    let mut places = Vec::new();
    for cell in cells {
        if places.len() >= MAX_COLUMNS {
            let message = format!("#fields names more than {MAX_COLUMNS} columns");
            return Err(ImportError::new(number, message));
        }
        let place = place(&text(&unescape(cell)));
        if place.is_some() && places.contains(&place) {
            let name = text(cell);
            return Err(ImportError::new(
                number,
                format!("#fields names {name} twice"),
            ));
        }
        places.push(place);
    }
    for needed in NEEDED {
        if !places.contains(&place(needed)) {
            return Err(ImportError::new(
                number,
                format!("#fields does not name {needed}"),
            ));
        }
    }
    Ok(places)
}

/// Cells between separators; at least one.
fn split<'a>(line: &'a [u8], separator: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + Clone {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let at = line
            .windows(separator.len().max(1))
            .position(|w| w == separator);
        match at {
            Some(at) => {
                rest = line.get(at + separator.len()..);
                line.get(..at)
            }
            None => {
                rest = None;
                Some(line)
            }
        }
    })
}

/// `\xNN` and `\\` as bytes; anything else stays as written.
fn unescape(cell: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'\\' {
            out.push(*first);
            continue;
        }
        match tail {
            [b'x', high, low, after @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'\\'),
            },
            [b'\\', after @ ..] => {
                out.push(b'\\');
                rest = after;
            }
            _ => out.push(b'\\'),
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|n| u8::try_from(n).ok())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_bytes_and_half_ones_stay() {
        for (from, to) in [
            (r"\x09", "\t"),
            (r"a\x2db", "a-b"),
            (r"\\x09", r"\x09"),
            (r"\x0", r"\x0"),
            (r"\xzz", r"\xzz"),
            (r"\", r"\"),
            (r"\xc3\xa9", "é"),
        ] {
            assert_eq!(text(&unescape(from.as_bytes())), to);
        }
    }

    #[test]
    fn cells_are_split_at_any_separator() {
        let of = |line: &str, by: &str| -> Vec<String> {
            split(line.as_bytes(), by.as_bytes()).map(text).collect()
        };
        assert_eq!(of("a||b||", "||"), ["a", "b", ""]);
        assert_eq!(of("", "\t"), [""]);
        assert_eq!(of("a", "longer than it"), ["a"]);
    }
}
