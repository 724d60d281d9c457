//! `docs/reference/` is what the registry says: made anew with `WEIR_BLESS=1`, compared otherwise.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;
use weir_session::reference::{ProtocolEntry, protocol, protocols};

/// Values of a field written out before "and more".
const WORDS: usize = 12;

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn index() -> String {
    let mut out = String::from(
        "# Protocols\n\nMade from the registry by `WEIR_BLESS=1 cargo test --workspace --test reference`; `weir reference` prints the \
         same. How far a protocol is read: *recognised* (named and counted), *fields* (in tree and filter), *messages* (rows of \
         `weir log`), *files* (found, hashed, saved).\n\n| protocol | title | read | looked for | fields | defined in |\n| --- | --- | --- | \
         --- | ---: | --- |\n",
    );
    for p in protocols() {
        let mut places = p.carried.clone();
        if p.by_content {
            places.push("by content".to_owned());
        }
        let places = if places.is_empty() {
            "inside other protocols".to_owned()
        } else {
            places.join(", ")
        };
        let _ = writeln!(
            out,
            "| [{0}](fields.md#{0}) | {1} | {2} | {3} | {4} | {5} |",
            p.name,
            cell(p.title),
            p.level,
            cell(&places),
            p.fields,
            cell(p.spec)
        );
    }
    out
}

fn page(p: &ProtocolEntry, out: &mut String) {
    let (_, fields) = protocol(p.name).unwrap();
    let _ = write!(out, "\n## {}\n\n{}.", p.name, p.title);
    if !p.spec.is_empty() {
        let _ = write!(out, " {}.", p.spec);
    }
    out.push('\n');
    if !fields.is_empty() {
        out.push_str("\n| field | meaning | type | defined in |\n| --- | --- | --- | --- |\n");
    }
    for f in fields {
        let also = if f.part_of.is_empty() {
            String::new()
        } else {
            format!("; also {}", f.part_of.join(", "))
        };
        let words: Vec<String> = f
            .values
            .iter()
            .take(WORDS)
            .map(|(n, w)| format!("{n} {w}"))
            .collect();
        let more = if f.values.len() > WORDS {
            ", \u{2026}"
        } else {
            ""
        };
        let values = if words.is_empty() {
            String::new()
        } else {
            format!(": {}{more}", words.join(", "))
        };
        let _ = writeln!(
            out,
            "| `{}` | {}{} | {} | {} |",
            f.name,
            cell(f.title),
            cell(&format!("{values}{also}")),
            f.kind,
            cell(f.spec)
        );
    }
    for log in &p.logs {
        out.push_str("\n| column | meaning |\n| --- | --- |\n");
        for c in log {
            let _ = writeln!(out, "| `{}` | {} |", c.name, cell(c.title));
        }
    }
    if !p.anomalies.is_empty() {
        out.push_str("\n| anomaly | severity | in words |\n| --- | --- | --- |\n");
        for a in &p.anomalies {
            let _ = writeln!(out, "| `{}` | {} | {} |", a.id, a.severity, cell(a.says));
        }
    }
}

#[test]
fn the_reference_is_what_the_registry_says() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference");
    let mut fields = String::from(
        "# Fields\n\nOf each protocol its fields, the columns of its messages, and its anomalies.\n",
    );
    for p in protocols() {
        page(&p, &mut fields);
    }
    for (name, text) in [("README.md", index()), ("fields.md", fields)] {
        let path = dir.join(name);
        if std::env::var_os("WEIR_BLESS").is_some() {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = kept.lines().zip(text.lines()).find(|(a, b)| a != b);
        assert!(
            kept == text,
            "docs/reference/{name} is not what the registry says ({differs:?}); make it with WEIR_BLESS=1 cargo test --workspace --test \
             reference"
        );
    }
}
