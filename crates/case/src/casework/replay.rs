//! The action log run again: what the engine can be asked once more is asked, and each line says whether it gives the
//! same. Knows the shape of log entries; runs nothing itself.

use super::gather::{Facts, Found};
use super::{judged, shown};
use crate::report::words::{group, rung_words};
use crate::{Document, Item};
use serde::Serialize;
use serde_json::{Value, json};

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It gives the same result.
    Same,
    /// It gives another one.
    Differs,
    /// It could not be run.
    Failed,
    /// It asks the engine for nothing, or its result was not kept.
    NotRun,
}

/// A line of the log, run again.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Replayed {
    /// When, RFC 3339.
    pub at: String,
    /// What was done, in a sentence.
    pub what: String,
    /// What became of it.
    pub state: State,
    /// In words: what was and is, or why it was not run.
    pub says: String,
    /// The result was made from the same inputs; absent where the log does not say.
    pub same_inputs: Option<bool>,
}

fn part<'a>(item: &'a Item, of: &str, name: &str) -> Option<&'a Value> {
    item.now.body.get(of)?.get(name)
}

fn text<'a>(item: &'a Item, of: &str, name: &str) -> &'a str {
    part(item, of, name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Queries of the log that the engine is asked again: the entry's id, an op of the contract, its arguments.
#[must_use]
pub fn queries(case: &Document) -> Vec<(String, &'static str, Value)> {
    let one = |i: &Item| {
        let or_null = |name: &str| part(i, "args", name).cloned().unwrap_or(Value::Null);
        let narrowing = json!({
            "filter": "",
            "from": or_null("from"),
            "to": or_null("to"),
            "captures": or_null("captures"),
            "unique": part(i, "args", "unique").and_then(Value::as_bool).unwrap_or_default(),
        });
        let filters = json!([{"id": "log", "text": text(i, "args", "filter")}]);
        let args = json!({"filters": filters, "narrowing": narrowing});
        (i.id.clone(), "filter.counts", args)
    };
    case.live("log")
        .filter(|i| i.now.text("op") == "filter" && part(i, "result", "packets").is_some())
        .map(one)
        .collect()
}

/// What a filter of the log gives now.
#[must_use]
pub fn judge(item: &Item, reply: Option<&Value>) -> (State, String) {
    let was = part(item, "result", "packets").and_then(Value::as_u64);
    let Some(was) = was else {
        return (State::NotRun, "its count was not kept".to_owned());
    };
    let row = reply.and_then(|r| r.get("counts")).and_then(|c| c.get(0));
    let Some(row) = row else {
        return (State::Failed, "the filter could not be counted".to_owned());
    };
    if let Some(error) = row.get("error").and_then(Value::as_str) {
        return (State::Failed, shown(error));
    }
    let is = row
        .get("packets")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    if is == was {
        (State::Same, format!("{} packets", group(is)))
    } else {
        (
            State::Differs,
            format!("{} packets, it was {}", group(is), group(was)),
        )
    }
}

fn decision(item: &Item, facts: &Facts) -> (State, String) {
    let (host, was) = (text(item, "args", "host"), text(item, "result", "rung"));
    let Some(decisions) = &facts.decisions else {
        return (State::Failed, "the decisions could not be had".to_owned());
    };
    let is = decisions.iter().find(|d| d.host == host);
    let (rung, proposed) = is.map_or(("none", "none"), |d| (d.rung.as_str(), d.decision.as_str()));
    let before = text(item, "result", "proposed");
    if rung == was && proposed == before {
        return (
            State::Same,
            format!("still {}, still proposed: {proposed}", rung_words(rung)),
        );
    }
    (
        State::Differs,
        format!(
            "{} and proposed {proposed}; it was {} and proposed {}",
            rung_words(rung),
            rung_words(&shown(was)),
            shown(before),
        ),
    )
}

fn finding(case: &Document, item: &Item, facts: &Facts) -> (State, String) {
    let Some(found) = &facts.findings else {
        return (State::Failed, "the findings could not be had".to_owned());
    };
    let id = text(item, "args", "finding");
    let is: Option<&Found> = found.iter().find(|f| f.id == id);
    match is {
        None => (State::Differs, "it is not found any more".to_owned()),
        Some(f) => {
            let was = text(item, "result", "severity");
            let now = judged(case, id);
            let says = format!(
                "found again: {}, {}",
                f.severity,
                if now.is_empty() { "open" } else { now }
            );
            if was.is_empty() || was == f.severity {
                (State::Same, says)
            } else {
                (
                    State::Differs,
                    format!("{says}; its severity was {}", shown(was)),
                )
            }
        }
    }
}

fn load(item: &Item, facts: &Facts) -> (State, String) {
    let (name, sha) = (text(item, "args", "name"), text(item, "result", "sha256"));
    let packets = part(item, "result", "packets").and_then(Value::as_u64);
    let own = facts.summary.captures.iter().find(|c| {
        let hash = c.sha256.as_deref();
        if sha.is_empty() {
            c.name == name
        } else {
            hash == Some(sha)
        }
    });
    match own {
        None => (State::Differs, "it is not among these captures".to_owned()),
        Some(c) if packets.is_some_and(|n| n != c.packets) => (
            State::Differs,
            format!(
                "{} packets, it was {}",
                group(c.packets),
                group(packets.unwrap_or_default())
            ),
        ),
        Some(c) => (State::Same, format!("loaded: {} packets", group(c.packets))),
    }
}

/// Every line of the log in its order. `counts` gives the reply to a query of [`queries`], by its entry.
pub fn replay(
    case: &Document,
    facts: &Facts,
    mut counts: impl FnMut(&str) -> Option<Value>,
) -> Vec<Replayed> {
    let one = |item: &Item| {
        let op = item.now.text("op");
        let (state, says) = match op {
            "filter" => {
                let kept = part(item, "result", "packets").is_some();
                let reply = if kept { counts(&item.id) } else { None };
                judge(item, reply.as_ref())
            }
            "decision" if part(item, "result", "rung").is_some() => decision(item, facts),
            "finding" => finding(case, item, facts),
            "load" => load(item, facts),
            "" => (State::NotRun, "a sentence alone".to_owned()),
            _ => (State::NotRun, "asks the engine for nothing".to_owned()),
        };
        let inputs = item.now.text("fingerprint");
        Replayed {
            at: item.now.stamp.at.clone(),
            what: shown(item.now.text("what")),
            state,
            says,
            same_inputs: (!inputs.is_empty()).then(|| inputs == facts.fingerprint),
        }
    };
    case.live("log").map(one).collect()
}
