//! Zeek's JSON lines: one object a line, unset members left out.

use super::{COLUMNS, Cells, NEEDED, Row};
use crate::error::ImportError;
use crate::flow::FlowRow;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Members that tell `conn` from other logs of connections, as `dns`: one of them is always written.
const OWN: [&str; 5] = [
    "conn_state",
    "history",
    "orig_pkts",
    "orig_bytes",
    "missed_bytes",
];

/// Members as they are written: a number's digits are not rounded on the way.
type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Does the first line hold a flow? A first line longer than the head is judged by its names alone.
pub(crate) fn looks_like_conn(head: &[u8]) -> bool {
    let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
    match serde_json::from_slice::<Members<'_>>(line) {
        Ok(object) => {
            NEEDED.iter().all(|n| object.contains_key(*n))
                && OWN.iter().any(|n| object.contains_key(*n))
        }
        Err(_) => {
            let text = String::from_utf8_lossy(line);
            let named = |n: &&str| text.contains(&format!("\"{n}\""));
            !head.contains(&b'\n') && NEEDED.iter().all(named) && OWN.iter().any(named)
        }
    }
}

/// A line is a row.
pub(crate) fn line(number: u64, line: &[u8]) -> Result<FlowRow, ImportError> {
    let object: Members<'_> = serde_json::from_slice(line).map_err(|e| {
        let text = e.to_string();
        let reason = text.split(" at line ").next().unwrap_or_default();
        ImportError::new(
            number,
            format!("no JSON object: {reason} (column {})", e.column()),
        )
    })?;
    let member = |name: &str| match object.get(name) {
        None => Ok(None),
        Some(raw) => written(raw.get()).ok_or_else(|| {
            ImportError::new(number, format!("{name} is neither text nor a number"))
        }),
    };
    if let Some(path) = member("_path")?
        && path != "conn"
    {
        return Err(super::other_log(number, &path));
    }
    let mut cells: Cells = [const { None }; COLUMNS.len()];
    for (slot, column) in cells.iter_mut().zip(COLUMNS) {
        *slot = member(column)?;
    }
    Row {
        line: number,
        cells: &cells,
    }
    .flow()
}

/// The members of a line, those that are read first; values as written but for quotes and escapes.
pub(crate) fn cells(line: &[u8]) -> Vec<(String, String)> {
    let Ok(mut object) = serde_json::from_slice::<Members<'_>>(line) else {
        return Vec::new();
    };
    let shown = |raw: &RawValue| match written(raw.get()) {
        Some(cell) => cell.unwrap_or_default(),
        None => raw.get().to_owned(),
    };
    let mut out = Vec::with_capacity(object.len());
    for column in COLUMNS {
        if let Some(raw) = object.remove(column) {
            out.push((column.to_owned(), shown(raw)));
        }
    }
    out.extend(object.into_iter().map(|(name, raw)| (name, shown(raw))));
    out
}

/// A member as a cell: `Some(None)` is unset, `None` is nothing that a cell can hold.
fn written(raw: &str) -> Option<Option<String>> {
    match raw.bytes().next()? {
        b'n' => Some(None),
        b'"' => serde_json::from_str(raw).ok().map(Some),
        b'[' => {
            let set: Vec<String> = serde_json::from_str(raw).ok()?;
            Some((!set.is_empty()).then(|| set.join(",")))
        }
        b'-' | b'0'..=b'9' => Some(Some(raw.to_owned())),
        _ => None,
    }
}
