//! The claims that a report carries inside, so that it can be checked against captures without its case: what was
//! asked, of which captures, what was answered, decided and confirmed, and what every reference said.

use super::{Known, KnownCapture, Typed, typed};
use crate::Document;
use crate::report::{self, EVIDENCE, Material};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;
use weir_model::{Indicator, Scope};

/// How the claims are named in a report.
pub const CLAIMS: &str = "weir-claims";
/// Schema of the claims; a later one is refused.
const SCHEMA: u64 = 1;
/// Longest report that is read.
const MAX_BYTES: usize = 256 << 20;
/// Most claims of one sort.
const MAX: usize = 100_000;

/// Claims read from a report.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Carried {
    /// What was asked.
    pub scope: Scope,
    /// The captures it was made from.
    pub captures: Vec<CarriedCapture>,
    /// Answers.
    pub answers: Vec<CarriedAnswer>,
    /// Decisions and what they stood on.
    pub decisions: Vec<CarriedDecision>,
    /// Confirmed findings.
    pub findings: Vec<CarriedFinding>,
    /// What every reference said.
    pub citations: Vec<Citation>,
    /// Lines of the conclusion that were drafted, and kept.
    pub drafted: Vec<String>,
    /// Ids of findings that were dismissed: they propose nothing.
    pub dismissed: Vec<String>,
    /// Rules that allow findings, as items of a case.
    pub allow: Vec<serde_json::Map<String, Value>>,
    /// What was decoded as the analyst said, as items of a case.
    pub decode_as: Vec<serde_json::Map<String, Value>>,
}

/// A capture.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CarriedCapture {
    /// Letter.
    pub capture: String,
    /// File name.
    pub name: String,
    /// Of the file; empty where it was not computed.
    pub sha256: String,
}

/// An answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CarriedAnswer {
    /// Address.
    pub host: String,
    /// What was looked for.
    pub indicator: Indicator,
    /// `received` or `sent`.
    #[serde(default)]
    pub direction: String,
    /// `delivered` …
    #[serde(default)]
    pub rung: String,
    /// SHA-256 of what was transferred whole.
    #[serde(default)]
    pub files: Vec<String>,
    /// The host is a target, and the transfer touches the window.
    #[serde(default)]
    pub counted: bool,
    /// The first reference.
    #[serde(default)]
    pub evidence: String,
}

/// A decision.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CarriedDecision {
    /// Address.
    pub host: String,
    /// What the host reached.
    pub rung: String,
    /// What the rule proposed.
    pub proposed: String,
}

/// A confirmed finding.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CarriedFinding {
    /// Stable.
    pub id: String,
    /// In a line.
    pub title: String,
}

/// What a reference said.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Citation {
    /// `[[p12]]`.
    pub evidence: String,
    /// In a line.
    pub says: String,
    /// SHA-256 of the captured bytes; empty where there are none.
    pub digest: String,
}

/// No claims are in a file, or they are not right: the sentence to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedError(pub String);

impl fmt::Display for CarriedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CarriedError {}

/// The claims of a report on this case, as its JSON and HTML carry them.
#[must_use]
pub fn carried(case: &Document, m: &Material) -> Value {
    let captures: Vec<CarriedCapture> = m
        .summary
        .captures
        .iter()
        .map(|c| CarriedCapture {
            capture: c.capture.clone(),
            name: c.name.clone(),
            sha256: c.sha256.clone().unwrap_or_default(),
        })
        .collect();
    let answers: Vec<CarriedAnswer> = m
        .answers
        .iter()
        .flat_map(|a| &a.answers)
        .filter(|a| a.rung != "none")
        .map(|a| CarriedAnswer {
            host: a.host.clone(),
            indicator: a.indicator.clone(),
            direction: a.direction.clone(),
            rung: a.rung.clone(),
            files: whole(a),
            counted: a.in_scope && a.in_window,
            evidence: a.evidence.first().cloned().unwrap_or_default(),
        })
        .collect();
    let decisions: Vec<CarriedDecision> = m
        .decisions
        .iter()
        .flatten()
        .map(|d| CarriedDecision {
            host: d.host.clone(),
            rung: d.rung.clone(),
            proposed: d.decision.clone(),
        })
        .collect();
    let findings: Vec<CarriedFinding> = m
        .findings
        .iter()
        .flat_map(|f| &f.findings)
        .filter(|f| report::finding_state(case, m, f) == "confirmed")
        .map(|f| CarriedFinding {
            id: f.id.clone(),
            title: f.title.clone(),
        })
        .collect();
    let citations: Vec<Citation> = cited(case, m)
        .into_iter()
        .filter_map(|written| {
            let c = m.cited.get(&written)?;
            (c.found == Some(true)).then(|| Citation {
                evidence: written,
                says: c.says.clone(),
                digest: c.digest.clone(),
            })
        })
        .collect();
    let bodies = |kind: &'static str| -> Vec<&serde_json::Map<String, Value>> {
        case.live(kind).map(|i| &i.now.body).collect()
    };
    let dismissed = case.live("dismissal").map(|i| &i.now);
    let dismissed = dismissed.filter(|v| v.text("state") == "dismissed");
    let dismissed: Vec<&str> = dismissed.map(|v| v.text("finding")).collect();
    json!({
        "schema": SCHEMA,
        "scope": m.scope,
        "captures": captures,
        "answers": answers,
        "decisions": decisions,
        "findings": findings,
        "citations": citations,
        "drafted": drafted(case),
        "dismissed": dismissed,
        "allow": bodies("allow"),
        "decode_as": bodies("decode_as"),
    })
}

/// SHA-256 of what an answer names as transferred whole.
pub(super) fn whole(a: &report::Answer) -> Vec<String> {
    let all = a.files.iter().filter(|f| f.complete);
    let mut all: Vec<String> = all.filter_map(|f| f.sha256.clone()).collect();
    all.sort_unstable();
    all
}

/// Lines of the conclusion that stand as they were drafted.
pub(super) fn drafted(case: &Document) -> Vec<String> {
    let notes = case.live("note");
    let notes = notes.filter(|n| n.now.text("role") == "summary");
    let lines = notes.flat_map(|n| report::lines(n.now.text("text"), n.now.text("drafted")));
    lines
        .filter(|(by, _)| *by == report::By::Weir)
        .map(|(_, line)| line.to_owned())
        .collect()
}

/// Every reference that a report prints, as it is written today.
fn cited(case: &Document, m: &Material) -> BTreeSet<String> {
    let known = Known::of(case);
    let letters = known.here(&m.summary);
    let typed = typed(case);
    let mut out: BTreeSet<String> = typed.iter().map(|t| letters.today(t).written).collect();
    let answers = m.answers.iter();
    let of = answers.flat_map(|a| &a.answers);
    out.extend(of.flat_map(|a| a.evidence.iter().take(EVIDENCE).cloned()));
    let of = m.decisions.iter().flatten();
    out.extend(of.flat_map(|d| d.evidence.iter().take(EVIDENCE).cloned()));
    let of = m.findings.iter().flat_map(|f| &f.findings);
    out.extend(of.flat_map(|f| f.evidence.iter().take(EVIDENCE).cloned()));
    out
}

impl Carried {
    /// The claims in a report, JSON or HTML.
    ///
    /// # Errors
    /// It carries none, is too long, or of a later schema.
    pub fn read(text: &str) -> Result<Self, CarriedError> {
        let wrong = |says: &str| CarriedError(says.to_owned());
        if text.len() > MAX_BYTES {
            return Err(wrong("the report is longer than 256 MiB"));
        }
        let value = if text.trim_start().starts_with('{') {
            let mut all: Value = serde_json::from_str(text)
                .map_err(|e| CarriedError(format!("it is no JSON: {e}")))?;
            all.get_mut("claims").map(Value::take)
        } else {
            Some(of_html(text)?)
        };
        let value = value.filter(Value::is_object);
        let value = value.ok_or_else(|| wrong("it is no report that carries its claims"))?;
        match value.get("schema").and_then(Value::as_u64) {
            Some(SCHEMA) => {}
            Some(later) => {
                let says = format!("its claims have schema {later}; {SCHEMA} is known");
                return Err(CarriedError(says));
            }
            None => return Err(wrong("its claims have no schema")),
        }
        let out: Self = serde_json::from_value(value)
            .map_err(|e| CarriedError(format!("its claims are not right: {e}")))?;
        let most = [
            out.captures.len(),
            out.answers.len(),
            out.decisions.len(),
            out.findings.len(),
            out.citations.len(),
            out.drafted.len(),
            out.decode_as.len(),
            out.dismissed.len(),
            out.allow.len(),
        ];
        if most.into_iter().any(|n| n > MAX) {
            let says = format!("it carries more than {MAX} claims of a sort");
            return Err(CarriedError(says));
        }
        Ok(out)
    }

    /// The captures that its references were written for.
    #[must_use]
    pub fn known(&self) -> Known {
        let captures = self.captures.iter().map(|c| KnownCapture {
            letter: c.capture.clone(),
            name: c.name.clone(),
            sha256: c.sha256.to_ascii_lowercase(),
        });
        Known {
            captures: captures.collect(),
        }
    }

    /// A case of nothing but what was judged and how ports were decoded: what is proposed and drafted stands on it.
    #[must_use]
    pub fn judged(&self) -> Document {
        let mut out = Document::default();
        let judged = |id: &String, state: &str| {
            let body = json!({"finding": id, "state": state, "reason": ""});
            ("dismissal", body)
        };
        let confirmed = self.findings.iter().map(|f| judged(&f.id, "confirmed"));
        let dismissed = self.dismissed.iter().map(|id| judged(id, "dismissed"));
        let bodies = [("decode_as", &self.decode_as), ("allow", &self.allow)];
        let bodies = bodies
            .into_iter()
            .flat_map(|(kind, all)| all.iter().map(move |b| (kind, Value::Object(b.clone()))));
        let all = confirmed.chain(dismissed).chain(bodies);
        for (n, (kind, body)) in (1u64..).zip(all) {
            let mut item = crate::Item {
                id: format!("{n:032x}"),
                ..crate::Item::default()
            };
            kind.clone_into(&mut item.now.kind);
            item.now.body = body.as_object().cloned().unwrap_or_default();
            out.items.push(item);
        }
        out
    }

    /// Its references.
    #[must_use]
    pub fn typed(&self) -> Vec<Typed> {
        let typed = self.citations.iter().map(|c| Typed {
            written: c.evidence.clone(),
            item: String::new(),
            sha12: String::new(),
        });
        typed.collect()
    }
}

/// What stands in the report's own element, and in no other.
fn of_html(text: &str) -> Result<Value, CarriedError> {
    let wrong = |says: &str| CarriedError(says.to_owned());
    let start = format!("<meta name=\"{CLAIMS}\" content=\"");
    let inside = text.split_once(start.as_str()).map(|t| t.1);
    let inside = inside.and_then(|t| t.split_once('"')).map(|t| t.0);
    let inside = inside.ok_or_else(|| wrong("it is no report that carries its claims"))?;
    let bytes = STANDARD
        .decode(inside)
        .map_err(|e| CarriedError(format!("its claims are damaged: {e}")))?;
    serde_json::from_slice(&bytes).map_err(|e| CarriedError(format!("its claims are damaged: {e}")))
}
