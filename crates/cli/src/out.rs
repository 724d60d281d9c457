//! Lines for people and for programs. Captured text never reaches a terminal with its control characters.

use serde_json::Value;
use std::io::{self, Write};
use weir_model::hidden;

/// Control and formatting characters made visible: C0 and DEL as symbols, C1, bidi and zero-width as U+XXXX.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?')),
            '\u{7f}' => out.push('\u{2421}'),
            c if hidden(c) => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// A JSON text with the same characters as escapes: programs read the same text.
fn escaped(text: String) -> String {
    if !text.chars().any(hidden) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// One line on standard error.
pub(crate) fn error(text: &str) {
    let _ = writeln!(
        io::stderr(),
        "weir: {}",
        text.lines()
            .map(visible)
            .collect::<Vec<_>>()
            .join("\n      ")
    );
}

/// Standard output, buffered; a closed pipe ends the output, not the program.
pub(crate) struct Out {
    to: io::BufWriter<io::StdoutLock<'static>>,
    json: bool,
    /// Members in the order of the head; without one as the row has them.
    columns: Vec<String>,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            to: io::BufWriter::new(io::stdout().lock()),
            json,
            columns: Vec::new(),
        }
    }

    /// One line. Whatever stands in it, only tabs reach the terminal as they are: what was captured, or stands in a case
    /// file, is safe here also where nobody thought of it.
    pub(crate) fn line(&mut self, text: &str) {
        let cells: Vec<String> = text.split('\t').map(visible).collect();
        let _ = writeln!(self.to, "{}", cells.join("\t"));
    }

    /// The lines of a text.
    pub(crate) fn lines(&mut self, text: &str) {
        text.lines().for_each(|line| self.line(line));
    }

    /// A JSON document as it is written.
    pub(crate) fn json(&mut self, text: String) {
        let _ = writeln!(self.to, "{}", escaped(text));
    }

    /// A text that is safe to show, as it is.
    pub(crate) fn raw(&mut self, text: &str) {
        let _ = self.to.write_all(text.as_bytes());
    }

    /// A row: as JSON, or its members with tabs between them, each below its name.
    pub(crate) fn row(&mut self, row: &Value) {
        if self.json {
            let _ = writeln!(self.to, "{}", escaped(row.to_string()));
            return;
        }
        let cell = |v: &Value| match v {
            Value::Null => String::new(),
            Value::String(s) => visible(s),
            Value::Array(items) => items
                .iter()
                .map(|i| i.as_str().map_or_else(|| visible(&i.to_string()), visible))
                .collect::<Vec<_>>()
                .join(","),
            other => visible(&other.to_string()),
        };
        let cells: Vec<String> = match row {
            Value::Object(members) if self.columns.is_empty() => {
                members.values().map(cell).collect()
            }
            Value::Object(members) => {
                let columns = self.columns.iter();
                columns
                    .map(|c| members.get(c).map_or_else(String::new, cell))
                    .collect()
            }
            other => vec![cell(other)],
        };
        let _ = writeln!(self.to, "{}", cells.join("\t"));
    }

    /// The names of the columns, above a table; said again only when they change.
    pub(crate) fn head(&mut self, names: &[&str]) {
        if !self.json && self.columns != names {
            self.columns = names.iter().map(|n| (*n).to_owned()).collect();
            let _ = writeln!(self.to, "{}", names.join("\t"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, visible};

    #[test]
    fn what_a_terminal_would_obey_is_drawn() {
        assert_eq!(visible("\u{1b}]0;x\u{7}\n"), "\u{241b}]0;x\u{2407}\u{240a}");
        assert_eq!(visible("a\u{202e}b\u{9b}"), "a<U+202E>b<U+009B>");
        assert_eq!(escaped("\"\u{202e}\"".to_owned()), "\"\\u202e\"");
    }
}
