//! Asks the engine for what casework rests on, one request after the other. Draws no conclusion.

use crate::document::{Document, Item};
use crate::report::material::{Answers, Proposed, Summary};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use weir_model::Scope;

/// A finding as far as casework reads it; members as the contract names them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Stable.
    pub id: String,
    /// What it is called by.
    pub label: String,
    /// Which detection.
    pub detection: String,
    /// In a line; captured text.
    pub title: String,
    /// `info` … `critical`.
    pub severity: String,
    /// Who did it.
    pub src: Option<String>,
    /// Whom it was done to.
    pub dst: Option<String>,
    /// The other side's name; captured text.
    pub domain: Option<String>,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Written references.
    pub evidence: Vec<String>,
    /// The analyst's rule that allows it.
    pub allowed: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct FoundReply {
    findings: Vec<Found>,
    checked: Vec<Titled>,
}

/// What a detection is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Titled {
    detection: String,
    title: String,
}

/// Packets that a filter matches.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Counted {
    /// Whose filter.
    pub id: String,
    /// How many.
    pub packets: u64,
    /// Why it could not be counted.
    pub error: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct CountReply {
    counts: Vec<Counted>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DecisionsReply {
    decisions: Vec<Proposed>,
}

/// What is known of the captures.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What was asked.
    pub scope: Scope,
    /// What is loaded.
    pub summary: Summary,
    /// Absent when nothing was asked, or it could not be answered.
    pub answers: Option<Answers>,
    /// Absent when detections did not run.
    pub findings: Option<Vec<Found>>,
    /// What each detection that ran is called.
    pub titles: BTreeMap<String, String>,
    /// What is proposed for each affected host; absent when it could not be had.
    pub decisions: Option<Vec<Proposed>>,
    /// Answers to indicators of the watch list that the scope does not have.
    pub watched: Option<Answers>,
    /// Of filters of the watch list, by item.
    pub counts: BTreeMap<String, Counted>,
    /// All of every capture was read.
    pub complete: bool,
    /// Of what the results were made from.
    pub fingerprint: String,
    /// Requests that could not be answered, each with its reason.
    pub troubles: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Summary,
    Answers,
    Findings,
    Decisions,
    Watched,
    Counts,
}

/// The door runs each request and hands over the reply's payload.
#[derive(Debug)]
pub struct GatherFacts {
    facts: Facts,
    wanted: VecDeque<Ask>,
    allow: Vec<Value>,
    /// Ids of findings that the analyst judged: dismissed, confirmed.
    judged: [Vec<String>; 2],
    watched: Vec<Value>,
    filters: Vec<Value>,
}

impl GatherFacts {
    /// For this case, over `scope`.
    #[must_use]
    pub fn new(case: &Document, scope: Scope) -> Self {
        let text = |i: &Item, member: &str| i.now.text(member).to_owned();
        let rules = case.live("allow").filter(|i| i.now.flag("on"));
        let allow = rules
            .map(|i| json!({"detection": text(i, "detection"), "host": text(i, "host"), "peer": text(i, "peer")}))
            .collect();
        let judged = ["dismissed", "confirmed"].map(|state| {
            let of = case
                .live("dismissal")
                .filter(|i| i.now.text("state") == state);
            of.map(|i| text(i, "finding")).collect()
        });
        let watched: Vec<Value> = case
            .live("watch")
            .filter(|i| i.now.text("sort") == "indicator")
            .map(|i| json!({"kind": text(i, "kind"), "value": text(i, "value")}))
            .filter(|i| serde_json::from_value::<weir_model::Indicator>(i.clone()).is_ok())
            .collect();
        let filters: Vec<Value> = case
            .live("watch")
            .filter(|i| !i.now.text("filter").is_empty())
            .map(|i| json!({"id": i.id, "text": i.now.text("filter")}))
            .collect();
        let mut wanted = VecDeque::from([Ask::Summary]);
        if !scope.indicators.is_empty() {
            wanted.push_back(Ask::Answers);
        }
        wanted.extend([Ask::Findings, Ask::Decisions]);
        if !watched.is_empty() {
            wanted.push_back(Ask::Watched);
        }
        if !filters.is_empty() {
            wanted.push_back(Ask::Counts);
        }
        Self {
            facts: Facts {
                scope,
                complete: true,
                ..Facts::default()
            },
            wanted,
            allow,
            judged,
            watched,
            filters,
        }
    }

    /// The next request: an op of the contract and its arguments. `None` when all are answered.
    #[must_use]
    pub fn ask(&self) -> Option<(&'static str, Value)> {
        let scope = || serde_json::to_value(&self.facts.scope).unwrap_or_default();
        Some(match self.wanted.front()? {
            Ask::Summary => ("summary", json!({})),
            Ask::Answers => ("answers", json!({"scope": scope(), "narrowing": null})),
            Ask::Findings => ("findings", json!({"scope": scope(), "allow": self.allow})),
            Ask::Decisions => {
                let [dismissed, confirmed] = &self.judged;
                let asked = json!({"scope": scope(), "allow": self.allow, "dismissed": dismissed, "confirmed": confirmed});
                ("decisions", asked)
            }
            Ask::Watched => {
                let mut scope = scope();
                if let Some(members) = scope.as_object_mut() {
                    members.insert("indicators".to_owned(), json!(self.watched));
                }
                ("answers", json!({"scope": scope, "narrowing": null}))
            }
            Ask::Counts => (
                "filter.counts",
                json!({"filters": self.filters, "narrowing": null}),
            ),
        })
    }

    /// The payload of the reply to [`GatherFacts::ask`].
    pub fn take(&mut self, payload: Value) {
        let Some(ask) = self.wanted.pop_front() else {
            return;
        };
        let facts = &mut self.facts;
        let taken = match ask {
            Ask::Summary => read(payload).map(|s| facts.summary = s),
            Ask::Answers => read(payload).map(|a| facts.answers = Some(a)),
            Ask::Findings => read(payload).map(|f: FoundReply| {
                facts.findings = Some(f.findings);
                let titles = f.checked.into_iter().map(|c| (c.detection, c.title));
                facts.titles = titles.collect();
            }),
            Ask::Decisions => {
                read(payload).map(|d: DecisionsReply| facts.decisions = Some(d.decisions))
            }
            Ask::Watched => read(payload).map(|a| facts.watched = Some(a)),
            Ask::Counts => read(payload).map(|c: CountReply| {
                facts.counts = c.counts.into_iter().map(|c| (c.id.clone(), c)).collect();
            }),
        };
        if let Err(reason) = taken {
            self.trouble(ask, &reason);
        }
    }

    /// [`GatherFacts::ask`] could not be answered.
    pub fn fail(&mut self, reason: &str) {
        if let Some(ask) = self.wanted.pop_front() {
            self.trouble(ask, reason);
        }
    }

    fn trouble(&mut self, ask: Ask, reason: &str) {
        let what = match ask {
            Ask::Summary => "the captures' facts",
            Ask::Answers => "answers",
            Ask::Findings => "findings",
            Ask::Decisions => "decisions",
            Ask::Watched => "answers to the watch list",
            Ask::Counts => "counts of the watch list",
        };
        self.facts
            .troubles
            .push(format!("{what} could not be had: {reason}"));
    }

    /// What was gathered. `complete`: all of every capture was read.
    #[must_use]
    pub fn finish(self, complete: bool, fingerprint: String) -> Facts {
        Facts {
            complete,
            fingerprint,
            ..self.facts
        }
    }
}

fn read<T: DeserializeOwned>(payload: Value) -> Result<T, String> {
    serde_json::from_value(payload).map_err(|e| e.to_string())
}
