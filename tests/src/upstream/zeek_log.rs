//! A Zeek log of the corpus: which log, which columns, which rows. Times are mostly written `XXXXXXXXXX.XXXXXX`.

use std::path::Path;

/// A log as one test wrote it.
#[derive(Clone)]
pub(super) struct Log {
    /// `conn`, `http` …
    pub(super) path: String,
    /// The test's name.
    pub(super) test: String,
    /// Its names of columns.
    pub(super) columns: Vec<String>,
    /// Its rows, as written.
    pub(super) rows: Vec<Vec<String>>,
}

impl Log {
    /// The log in a file, which is named `TEST__LOG`; `None` where it is none, or does not say its columns.
    pub(super) fn read(file: &Path) -> Option<Self> {
        let name = file.file_name()?.to_str()?;
        let (test, short) = name.rsplit_once("__")?;
        let text = std::fs::read(file).ok()?;
        let text = String::from_utf8_lossy(&text);
        let tagged = |tag: &str| {
            let line = text.lines().find_map(|l| l.strip_prefix(tag));
            line.map(|l| l.trim_start_matches('\t').to_owned())
        };
        let mut lines = text.lines().filter(|l| !l.starts_with('#'));
        let split = |l: &str| l.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let (path, columns) = if let Some(fields) = tagged("#fields") {
            (tagged("#path")?, split(&fields))
        } else {
            // What was cut with zeek-cut -C keeps the names in its first line, if anything.
            let path = short
                .strip_suffix(".log.cut")
                .or(short.strip_suffix(".cut"))?;
            let head = split(lines.next()?);
            let known = |c: &String| matches!(c.as_str(), "uid" | "id.orig_h");
            if !head.iter().any(known) {
                return None;
            }
            (path.to_owned(), head)
        };
        Some(Self {
            path,
            test: test.to_owned(),
            columns,
            rows: lines.filter(|l| !l.is_empty()).map(split).collect(),
        })
    }

    /// Is the test over several captures? Then only some of the rows are about this one.
    pub(super) fn shared(&self) -> bool {
        self.test.starts_with("multi-trace")
    }

    /// A column of a row; empty where it is unset.
    pub(super) fn value(&self, row: &[String], column: &str) -> String {
        let place = self.columns.iter().position(|c| c == column);
        let value = place.and_then(|n| row.get(n)).map_or("", String::as_str);
        match value {
            "-" | "(empty)" => String::new(),
            v => unescaped(v),
        }
    }
}

/// Zeek writes bytes that are no text, and its separators, as `\x09`.
fn unescaped(text: &str) -> String {
    if !text.contains("\\x") {
        return text.replace("\\\\", "\\");
    }
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = rest.get(..4).filter(|c| c.starts_with(b"\\x"));
        let code = code.and_then(|c| std::str::from_utf8(c.get(2..)?).ok());
        if let Some(byte) = code.and_then(|c| u8::from_str_radix(c, 16).ok()) {
            out.push(byte);
            rest = rest.get(4..).unwrap_or_default();
        } else if rest.starts_with(b"\\\\") {
            out.push(b'\\');
            rest = rest.get(2..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
