//! Indicators as CSV (RFC 4180): all of them, with what is not acted on and why.

use super::{Check, Format, Lists, no_notes};
use crate::exports::{Cx, Listed, State, value};
use crate::report::visible;

/// The format.
pub static FORMAT: Format = Format {
    id: "csv",
    title: "Indicators as CSV",
    purpose: "For tables and ticket systems: every indicator with first and last time, evidence, and whether it is acted on.",
    ending: "indicators.csv",
    mime: "text/csv",
    check: Check::Ours("a strict reader of RFC 4180 of our own"),
    lists: Lists::All,
    texts: false,
    takes: |_, _| Ok(()),
    notes: no_notes,
    write,
};

const HEAD: [&str; 13] = [
    "kind", "value", "state", "reason", "origin", "why", "first", "last", "sha1", "md5", "size",
    "evidence", "tlp",
];

/// A cell that no table program takes for a formula; control characters are drawn as symbols.
pub(super) fn cell(text: &str) -> String {
    let text = visible(text);
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// A line of cells.
pub(super) fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// The word that contracts have for its sort.
pub(super) fn kind(row: &Listed) -> String {
    serde_json::to_value(row.kind)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let mut out = line(HEAD);
    for r in rows {
        let (state, reason) = match &r.state {
            State::Act => ("act", ""),
            State::Unconfirmed => ("unconfirmed", ""),
            State::Left(reason) => ("left", reason.as_str()),
        };
        let time = |t: &Option<String>| {
            value::time(t.as_deref())
                .map(|t| t.rfc3339())
                .unwrap_or_default()
        };
        let content = r.content.clone().unwrap_or_default();
        let size = r
            .content
            .as_ref()
            .map(|c| c.size.to_string())
            .unwrap_or_default();
        let (kind, first, last) = (kind(r), time(&r.first), time(&r.last));
        let evidence = r.evidence.join(" ");
        out += &line([
            kind.as_str(),
            &r.value,
            state,
            reason,
            r.origin,
            &r.why,
            &first,
            &last,
            &content.sha1,
            &content.md5,
            &size,
            &evidence,
            cx.label(),
        ]);
    }
    out
}
