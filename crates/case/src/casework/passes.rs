//! Results of a pass, kept small, and what is new, gone or changed since. Reads replies and the case; asks nothing.

use super::gather::Facts;
use super::{judged, plural, shown};
use crate::report::words::rung_words;
use crate::{Document, Item};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most rows of each kind that a pass keeps, and that a difference tells.
pub const MAX_ROWS: usize = 500;

/// One thing of a pass: by its key, what it says and in which state.
type Rows = BTreeMap<String, (String, String)>;

/// What a pass is compared in.
const KINDS: [(&str, &str); 5] = [
    ("findings", "finding"),
    ("answers", "answer"),
    ("hosts", "host"),
    ("decisions", "decision"),
    ("captures", "capture"),
];

const RUNGS: [&str; 7] = [
    "none",
    "looked_up",
    "contacted",
    "refused",
    "hidden",
    "partial",
    "delivered",
];

/// Every kind of row of the results as they are now.
fn now(case: &Document, facts: &Facts) -> BTreeMap<&'static str, Rows> {
    let mut out: BTreeMap<&'static str, Rows> = BTreeMap::new();
    let mut put = |kind: &'static str, key: String, says: String, state: String| {
        out.entry(kind).or_default().insert(key, (says, state));
    };
    for f in facts.findings.iter().flatten() {
        let state = judged(case, &f.id);
        let state = if state.is_empty() { "open" } else { state };
        let allowed = if f.allowed.is_empty() {
            ""
        } else {
            ", allowed"
        };
        let says = format!("{} {}", f.label, shown(&f.title));
        put(
            "findings",
            f.id.clone(),
            says,
            format!("{}, {state}{allowed}", f.severity),
        );
    }
    let mut best: BTreeMap<&str, usize> = BTreeMap::new();
    for a in facts
        .answers
        .iter()
        .flat_map(|a| &a.answers)
        .filter(|a| a.rung != "none")
    {
        let kind = serde_json::to_value(a.indicator.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default();
        let key = format!("{} {kind} {} {}", a.host, a.direction, a.indicator.value);
        let says = format!("{} {} {}", a.host, shown(&a.indicator.value), a.direction);
        put("answers", key, says, rung_words(&a.rung).to_owned());
        let rung = RUNGS.iter().position(|r| *r == a.rung).unwrap_or_default();
        let of = best.entry(&a.host).or_default();
        *of = rung.max(*of);
    }
    for (host, rung) in best {
        let rung = RUNGS.get(rung).copied().unwrap_or_default();
        put(
            "hosts",
            host.to_owned(),
            host.to_owned(),
            rung_words(rung).to_owned(),
        );
    }
    for f in facts.findings.iter().flatten() {
        if let Some(host) = f.src.as_deref()
            && out.get("hosts").is_none_or(|h| !h.contains_key(host))
        {
            let row = (host.to_owned(), "findings".to_owned());
            out.entry("hosts").or_default().insert(host.to_owned(), row);
        }
    }
    let mut put = |kind: &'static str, key: String, says: String, state: String| {
        out.entry(kind).or_default().insert(key, (says, state));
    };
    for d in case
        .live("decision")
        .filter(|d| !d.now.text("decision").is_empty())
    {
        let host = d.now.text("host");
        put(
            "decisions",
            host.to_owned(),
            shown(host),
            d.now.text("decision").to_owned(),
        );
    }
    for c in &facts.summary.captures {
        let key = c
            .sha256
            .clone()
            .unwrap_or_else(|| format!("{} {}", c.name, c.bytes));
        put(
            "captures",
            key,
            shown(&c.name),
            plural(
                usize::try_from(c.packets).unwrap_or(usize::MAX),
                if c.kind == "flow_log" {
                    "row"
                } else {
                    "packet"
                },
            ),
        );
    }
    out
}

/// The results as a `pass` item of the case keeps them: at most [`MAX_ROWS`] rows of a kind, and how many are left out.
#[must_use]
pub fn snapshot(case: &Document, facts: &Facts) -> Value {
    let mut body = json!({"fingerprint": facts.fingerprint, "complete": facts.complete});
    let mut all = now(case, facts);
    for (kind, _) in KINDS {
        let rows = all.remove(kind).unwrap_or_default();
        let left = rows.len().saturating_sub(MAX_ROWS);
        let kept: Vec<Value> = rows
            .into_iter()
            .take(MAX_ROWS)
            .map(|(key, (says, state))| json!([key, says, state]))
            .collect();
        if let Some(members) = body.as_object_mut() {
            members.insert(kind.to_owned(), Value::Array(kept));
            members.insert(format!("{kind}_left"), json!(left));
        }
    }
    body
}

/// A row of a difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// `finding`, `answer`, `host`, `decision` or `capture`.
    pub what: &'static str,
    /// `new`, `gone` or `changed`.
    pub status: &'static str,
    /// What it is about; captured text.
    pub says: String,
    /// Before; absent where it is new.
    pub was: Option<String>,
    /// Now; absent where it is gone.
    pub is: Option<String>,
}

/// What became different since a pass that the case keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// The item.
    pub id: String,
    /// Its number.
    pub pass: u64,
    /// When it was kept, RFC 3339.
    pub at: String,
    /// New, gone, changed, in this order.
    pub counts: [usize; 3],
    /// At most [`MAX_ROWS`].
    pub rows: Vec<Change>,
    /// Rows beyond them.
    pub left: usize,
    /// Why something could not be compared.
    pub remarks: Vec<String>,
}

fn kept(item: &Item, kind: &str) -> Rows {
    let rows = item.now.body.get(kind).and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .take(MAX_ROWS)
        .filter_map(|row| {
            let text = |n: usize| row.get(n).and_then(Value::as_str).map(ToOwned::to_owned);
            Some((text(0)?, (text(1)?, text(2)?)))
        })
        .collect()
}

/// For each pass that the case keeps, newest first, what is new, gone or changed now.
#[must_use]
pub fn differences(case: &Document, facts: &Facts) -> Vec<Difference> {
    let all = now(case, facts);
    let empty = Rows::new();
    let one = |item: &Item| {
        let mut rows = Vec::new();
        let mut remarks = Vec::new();
        if facts.findings.is_none() {
            remarks.push("findings could not be had now".to_owned());
        }
        for (kind, what) in KINDS {
            if kind == "findings" && facts.findings.is_none() {
                continue;
            }
            if kind == "answers" && facts.answers.is_none() && !facts.scope.indicators.is_empty() {
                remarks.push("answers could not be had now".to_owned());
                continue;
            }
            let left = item.now.number(&format!("{kind}_left"));
            if left > 0.0 {
                remarks.push(format!(
                    "of {kind}, {left} were not kept, so some may be called new that are not"
                ));
            }
            let (old, new) = (kept(item, kind), all.get(kind).unwrap_or(&empty));
            let mut push = |status, says: &str, was: Option<&String>, is: Option<&String>| {
                rows.push(Change {
                    what,
                    status,
                    says: shown(says),
                    was: was.map(|t| shown(t)),
                    is: is.map(|t| shown(t)),
                });
            };
            for (key, (says, is)) in new {
                match old.get(key) {
                    None => push("new", says, None, Some(is)),
                    Some((_, was)) if was != is => push("changed", says, Some(was), Some(is)),
                    Some(_) => {}
                }
            }
            for (key, (says, was)) in &old {
                if !new.contains_key(key) {
                    push("gone", says, Some(was), None);
                }
            }
        }
        let of = |status: &str| rows.iter().filter(|r| r.status == status).count();
        let counts = [of("new"), of("gone"), of("changed")];
        let left = rows.len().saturating_sub(MAX_ROWS);
        rows.truncate(MAX_ROWS);
        Difference {
            id: item.id.clone(),
            pass: item.now.pass,
            at: item.now.stamp.at.clone(),
            counts,
            rows,
            left,
            remarks,
        }
    };
    let mut out: Vec<Difference> = case.live("pass").map(one).collect();
    out.sort_by(|a, b| (b.pass, &b.at).cmp(&(a.pass, &a.at)));
    out
}
