//! Lines for people and for programs. Captured text never reaches a terminal with its control characters.

use serde_json::Value;
use std::io::{self, Write};

/// Control and formatting characters made visible: C0 and DEL as symbols, C1, bidi and zero-width as U+XXXX.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?')),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                out.push_str(&format!("<U+{:04X}>", u32::from(c)));
            }
            c => out.push(c),
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
pub(crate) struct Out(io::BufWriter<io::StdoutLock<'static>>, bool);

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self(io::BufWriter::new(io::stdout().lock()), json)
    }

    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}");
    }

    /// A row: as JSON, or its members with tabs between them.
    pub(crate) fn row(&mut self, row: &Value) {
        if self.1 {
            let _ = writeln!(self.0, "{row}");
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
            Value::Object(members) => members.values().map(cell).collect(),
            other => vec![cell(other)],
        };
        let _ = writeln!(self.0, "{}", cells.join("\t"));
    }

    /// The names of the columns, above a table.
    pub(crate) fn head(&mut self, names: &[&str]) {
        if !self.1 {
            let _ = writeln!(self.0, "{}", names.join("\t"));
        }
    }
}
