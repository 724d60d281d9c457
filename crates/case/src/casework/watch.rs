//! The watch list: open questions and what is looked for in every later capture. Reads replies and the case.

use super::gather::{Facts, Found};
use super::{plural, shown};
use crate::report::words::{clock, group, rung_words};
use crate::{Document, Item};
use serde::Serialize;
use serde_json::Value;
use weir_model::Timestamp;

/// Evidence references of a row.
const CITED: usize = 4;
/// Results of other sets of captures that are read of an item.
const KEPT: usize = 8;

/// What became of something that is watched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Watched {
    /// The item.
    pub id: String,
    /// `filter`, `indicator`, `finding`, `checkin` or `question`.
    pub sort: String,
    /// What is watched.
    pub what: String,
    /// `seen`, `not_seen`, `cannot_tell`, or `open` where nothing can be checked.
    pub state: &'static str,
    /// In words, with its figures.
    pub says: String,
    /// Written references.
    pub evidence: Vec<String>,
    /// A filter that shows it; "" for none.
    pub filter: String,
    /// Of the captures that this result is of.
    pub of: String,
    /// The result with the captures before these; absent where there was none.
    pub before: Option<String>,
}

/// The captures by which a result is told from one of others, however they were lettered.
fn captures(facts: &Facts) -> String {
    let mut all: Vec<String> = facts
        .summary
        .captures
        .iter()
        .map(|c| format!("{}:{}", c.name, c.bytes))
        .collect();
    all.sort();
    weir_hash(&all.join("\n"))
}

fn weir_hash(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(6).map(|b| format!("{b:02x}")).collect()
}

struct Result {
    state: &'static str,
    says: String,
    evidence: Vec<String>,
}

fn cannot(says: impl Into<String>) -> Result {
    Result {
        state: "cannot_tell",
        says: says.into(),
        evidence: Vec::new(),
    }
}

fn counted(item: &Item, facts: &Facts) -> Result {
    match facts.counts.get(&item.id) {
        Some(c) if c.error.is_some() => {
            let why = c.error.as_deref().unwrap_or_default();
            cannot(format!("the filter could not be counted: {}", shown(why)))
        }
        Some(c) if c.packets > 0 => Result {
            state: "seen",
            says: format!("{} packets", group(c.packets)),
            evidence: Vec::new(),
        },
        Some(_) => Result {
            state: "not_seen",
            says: format!("none in {} packets", group(facts.summary.packets)),
            evidence: Vec::new(),
        },
        None => cannot("the filter was not counted"),
    }
}

fn indicator(item: &Item, facts: &Facts) -> Result {
    let Some(answers) = &facts.watched else {
        return cannot("the answers could not be had");
    };
    let kind = item.now.text("kind");
    let of = answers.answers.iter().filter(|a| {
        let own = serde_json::to_value(a.indicator.kind).unwrap_or_default();
        own.as_str() == Some(kind) && a.indicator.value == item.now.text("value")
    });
    let all: Vec<_> = of.collect();
    let seen: Vec<_> = all.iter().filter(|a| a.rung != "none").collect();
    if seen.is_empty() {
        let untold = all.iter().filter(|a| a.answer == "cannot_tell").count();
        return if all.is_empty() || untold > 0 {
            cannot(format!("cannot be told for {}", plural(untold, "host")))
        } else {
            Result {
                state: "not_seen",
                says: format!("not seen of {}", plural(all.len(), "host")),
                evidence: Vec::new(),
            }
        };
    }
    let mut rungs: Vec<&str> = seen.iter().map(|a| rung_words(&a.rung)).collect();
    rungs.sort_unstable();
    rungs.dedup();
    let mut hosts: Vec<&str> = seen.iter().map(|a| a.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    Result {
        state: "seen",
        says: format!("{} ({})", plural(hosts.len(), "host"), rungs.join(", ")),
        evidence: seen
            .iter()
            .flat_map(|a| &a.evidence)
            .take(CITED)
            .cloned()
            .collect(),
    }
}

fn finding(item: &Item, facts: &Facts) -> Result {
    let Some(found) = &facts.findings else {
        return cannot("the findings could not be had");
    };
    let (detection, host, peer) = (
        item.now.text("detection"),
        item.now.text("host"),
        item.now.text("peer"),
    );
    let is = |own: &Option<String>, wanted: &str| own.as_deref() == Some(wanted);
    let fits = |f: &&Found| {
        f.detection == detection
            && (host.is_empty() || is(&f.src, host) || is(&f.dst, host))
            && (peer.is_empty() || is(&f.domain, peer) || is(&f.dst, peer))
    };
    let list: Vec<&Found> = found.iter().filter(fits).collect();
    let Some(last) = list.iter().filter_map(|f| f.last.as_deref()).max() else {
        return Result {
            state: "not_seen",
            says: "not found in these captures".to_owned(),
            evidence: Vec::new(),
        };
    };
    Result {
        state: "seen",
        says: format!("{}, last {}", plural(list.len(), "finding"), clock(last)),
        evidence: list
            .iter()
            .flat_map(|f| &f.evidence)
            .take(CITED)
            .cloned()
            .collect(),
    }
}

/// An expected check-in: its interval must be captured before its absence says anything.
fn check_in(item: &Item, facts: &Facts) -> Result {
    let time = |member: &str| item.now.text(member).parse::<Timestamp>().ok();
    let (Some(from), Some(to)) = (time("from"), time("to")) else {
        return cannot("the interval is no time");
    };
    let of = counted(item, facts);
    if of.state != "not_seen" {
        return of;
    }
    // Captures in their order; what lies between two of them is not covered.
    let mut spans: Vec<(Timestamp, Timestamp)> = facts
        .summary
        .captures
        .iter()
        .filter(|c| c.kind != "flow_log")
        .filter_map(|c| {
            Some((
                c.first.as_deref()?.parse().ok()?,
                c.last.as_deref()?.parse().ok()?,
            ))
        })
        .collect();
    spans.sort();
    let mut covered = from;
    for (first, last) in spans {
        if first <= covered && last > covered {
            covered = last;
        }
    }
    if covered >= to {
        return Result {
            state: "not_seen",
            says: "it did not come: the whole interval is captured".to_owned(),
            evidence: Vec::new(),
        };
    }
    cannot(if covered > from {
        "not seen, and only a part of the interval is captured"
    } else {
        "the interval is not captured yet"
    })
}

/// The last result that was kept of other captures.
fn before(item: &Item, of: &str) -> Option<String> {
    let results = item.now.body.get("results").and_then(Value::as_array)?;
    let mut other = results
        .iter()
        .take(KEPT)
        .filter(|r| r.get("of").and_then(Value::as_str) != Some(of));
    let last = other.next_back()?;
    let text = |member: &str| last.get(member).and_then(Value::as_str).map(shown);
    text("says")
}

/// Every watched thing with what these captures say of it, in the order of the list; then open questions of the notes.
#[must_use]
pub fn watched(case: &Document, facts: &Facts) -> Vec<Watched> {
    let of = captures(facts);
    let nothing = facts.summary.captures.is_empty();
    let row = |item: &Item, sort: &str, what: String, result: Result| Watched {
        id: item.id.clone(),
        sort: sort.to_owned(),
        what,
        state: result.state,
        says: result.says,
        evidence: result.evidence,
        filter: item.now.text("filter").to_owned(),
        of: of.clone(),
        before: before(item, &of),
    };
    let mut out: Vec<Watched> = Vec::new();
    for item in case.live("watch") {
        let sort = item.now.text("sort");
        let result = match sort {
            _ if nothing => cannot("no capture is loaded"),
            "indicator" => indicator(item, facts),
            "finding" => finding(item, facts),
            "checkin" => check_in(item, facts),
            "filter" => counted(item, facts),
            _ if !item.now.text("filter").is_empty() => counted(item, facts),
            _ => Result {
                state: "open",
                says: "an open question: nothing of it can be checked by itself".to_owned(),
                evidence: Vec::new(),
            },
        };
        out.push(row(item, sort, shown(item.now.text("what")), result));
    }
    let asked: Vec<String> = out.iter().map(|w| w.what.clone()).collect();
    let notes = case.live("note").chain(case.live("node"));
    // A node of the map is one by its sort; the question of the case itself is what all of this is about.
    let asks = |i: &&Item| match i.now.text("sort") {
        "open" => true,
        "" => i.now.text("text").trim_end().ends_with('?'),
        _ => false,
    };
    for item in notes.filter(asks) {
        let what = item.now.text("text").trim();
        if asked.iter().any(|a| *a == shown(what)) {
            continue;
        }
        let open = Result {
            state: "open",
            says: "a question in the notes; give it a filter to have it checked".to_owned(),
            evidence: Vec::new(),
        };
        out.push(row(
            item,
            "question",
            what.chars().take(400).collect(),
            open,
        ));
    }
    out
}
