//! What exports are written from beside the report's material: the engine's replies about indicators, and who asks
//! for them. Draws no conclusion. Members that a reply lacks stay empty.

use crate::Document;
use crate::report::{self, Material};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use weir_model::{Indicator, IndicatorKind, Scope};

/// Where and when something was seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sight {
    /// Of a name: it. Of another name's address: that.
    pub name: String,
    /// Of an address: it.
    pub address: String,
    /// `dns`, `http`, `tls`.
    pub by: String,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds; of an answer of DNS the end of its time to live.
    pub last: Option<String>,
    /// Written references, at most eight.
    pub evidence: Vec<String>,
}

/// What is known of a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NameFacts {
    /// Lower case, without the last dot.
    pub name: String,
    /// It and names below it, as they were asked for.
    pub below: Vec<Sight>,
    /// Addresses that DNS gave it.
    pub addresses: Vec<Sight>,
    /// Other names whose look-ups led to it.
    pub led: Vec<Sight>,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Written references.
    pub evidence: Vec<String>,
}

/// What is known of an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AddressFacts {
    /// The address.
    pub address: String,
    /// Of the network itself.
    pub internal: bool,
    /// In words: what it does for others.
    pub roles: Vec<String>,
    /// Names that it was given to, or asked for as.
    pub names: Vec<Sight>,
}

/// What is known of an agent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AgentFacts {
    /// As sent.
    pub agent: String,
    /// Addresses that sent it.
    pub hosts: Vec<String>,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Written references.
    pub evidence: Vec<String>,
}

/// What is known of a content.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContentFacts {
    /// In hexadecimal.
    pub sha256: String,
    /// In hexadecimal.
    pub sha1: String,
    /// In hexadecimal.
    pub md5: String,
    /// Bytes.
    pub size: u64,
    /// By content.
    #[serde(rename = "type")]
    pub media: Option<String>,
    /// As the traffic names it.
    pub names: Vec<String>,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Written references.
    pub evidence: Vec<String>,
}

/// The reply to `indicator.facts`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// By address.
    pub addresses: Vec<AddressFacts>,
    /// By name.
    pub names: Vec<NameFacts>,
    /// By agent.
    pub agents: Vec<AgentFacts>,
    /// By SHA-256.
    pub contents: Vec<ContentFacts>,
}

/// A text of a content.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Printable ASCII.
    pub text: String,
    /// Bytes before it.
    pub offset: u64,
}

/// Texts of a content that no other content of the captures has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContentTexts {
    /// Of the content.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// In the order of their places.
    pub texts: Vec<Found>,
}

/// The reply to `indicator.strings`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// By content.
    pub contents: Vec<ContentTexts>,
    /// Other contents that they were compared with.
    pub compared: u64,
    /// Contents too large, or too many, to be compared with.
    pub not_compared: u64,
}

/// Everything that exports know beside the material.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Where and when.
    pub seen: Seen,
    /// Absent when nobody asked for rules by content.
    pub texts: Option<Texts>,
    /// Requests that could not be answered, each with its reason.
    pub troubles: Vec<String>,
}

impl Facts {
    pub(super) fn name(&self, name: &str) -> Option<&NameFacts> {
        self.seen.names.iter().find(|n| n.name == name)
    }

    pub(super) fn address(&self, address: &str) -> Option<&AddressFacts> {
        self.seen.addresses.iter().find(|a| a.address == address)
    }

    pub(super) fn content(&self, sha256: &str) -> Option<&ContentFacts> {
        self.seen.contents.iter().find(|c| c.sha256 == sha256)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Report,
    Facts,
    Texts,
    Done,
}

/// Asks the engine for what exports need: first what a report needs, then what that leads to. The door runs each
/// request and hands over the reply's payload.
#[derive(Debug)]
pub struct Gather {
    report: report::Gather,
    stage: Stage,
    facts: Facts,
    /// Rules by content are wanted.
    texts: bool,
}

impl Gather {
    /// For exports of `case` on `scope`; `texts`: some of them look for text within contents.
    #[must_use]
    pub fn new(case: &Document, scope: Scope, texts: bool) -> Self {
        Self {
            report: report::Gather::new(scope).allowing(case),
            stage: Stage::Report,
            facts: Facts::default(),
            texts,
        }
    }

    fn stage(&self) -> Stage {
        match self.stage {
            Stage::Report if self.report.ask().is_none() => Stage::Facts,
            other => other,
        }
    }

    /// The next request: an op of the contract and its arguments. `None` when all are answered.
    #[must_use]
    pub fn ask(&self) -> Option<(&'static str, Value)> {
        let values = || Values::of(self.report.material());
        match self.stage() {
            Stage::Report => self.report.ask(),
            Stage::Facts => Some(("indicator.facts", values().asked())),
            Stage::Texts => Some(("indicator.strings", json!({"hashes": values().hashes}))),
            Stage::Done => None,
        }
    }

    fn go_on(&mut self) {
        self.stage = match self.stage() {
            Stage::Report => Stage::Report,
            Stage::Facts if self.texts => Stage::Texts,
            _ => Stage::Done,
        };
    }

    /// The payload of the reply to [`Gather::ask`].
    pub fn take(&mut self, payload: Value) {
        let wrong =
            |e: serde_json::Error| format!("a reply about indicators could not be read: {e}");
        match self.stage() {
            Stage::Report => return self.report.take(payload),
            Stage::Facts => match serde_json::from_value(payload) {
                Ok(seen) => self.facts.seen = seen,
                Err(e) => self.facts.troubles.push(wrong(e)),
            },
            Stage::Texts => match serde_json::from_value(payload) {
                Ok(texts) => self.facts.texts = Some(texts),
                Err(e) => self.facts.troubles.push(wrong(e)),
            },
            Stage::Done => {}
        }
        self.go_on();
    }

    /// [`Gather::ask`] could not be answered.
    pub fn fail(&mut self, reason: &str) {
        let what = match self.stage() {
            Stage::Report => return self.report.fail(reason),
            Stage::Facts => "where the indicators were seen",
            Stage::Texts | Stage::Done => "text within the contents",
        };
        let trouble = format!("{what} could not be had: {reason}");
        self.facts.troubles.push(trouble);
        self.go_on();
    }

    /// What was gathered. `complete`: all of every capture was read.
    #[must_use]
    pub fn finish(
        self,
        complete: bool,
        fingerprint: String,
        version: &str,
        build: &str,
    ) -> (Material, Facts) {
        let mut material = self.report.finish(complete, fingerprint, version, build);
        material
            .troubles
            .extend(self.facts.troubles.iter().cloned());
        (material, self.facts)
    }
}

/// Values that the engine is asked about.
#[derive(Default)]
struct Values {
    addresses: BTreeSet<String>,
    names: BTreeSet<String>,
    agents: BTreeSet<String>,
    hashes: BTreeSet<String>,
}

impl Values {
    fn of(m: &Material) -> Self {
        let mut out = Self::default();
        let derived = m
            .answers
            .iter()
            .flat_map(|a| &a.derived)
            .map(|d| &d.indicator);
        for i in m.scope.indicators.iter().chain(derived) {
            out.add(i);
        }
        for f in m.findings.iter().flat_map(|f| &f.findings) {
            out.names
                .extend(f.domain.as_deref().and_then(super::value::domain));
            for end in [&f.src, &f.dst].into_iter().flatten() {
                out.addresses.insert(end.clone());
            }
        }
        for f in &m.files {
            out.hashes.extend(f.sha256.clone().filter(|_| f.complete));
        }
        out
    }

    fn add(&mut self, i: &Indicator) {
        let value = i.value.trim();
        match i.kind {
            IndicatorKind::Domain => self.names.extend(super::value::domain(value)),
            IndicatorKind::Url => {
                self.names
                    .extend(super::value::url(value).and_then(|u| super::value::domain(&u.host)));
            }
            IndicatorKind::Address => {
                self.addresses.insert(value.to_owned());
            }
            IndicatorKind::UserAgent => {
                self.agents.insert(value.to_owned());
            }
            IndicatorKind::Sha256 => {
                self.hashes.insert(value.to_ascii_lowercase());
            }
            _ => {}
        }
    }

    fn asked(&self) -> Value {
        json!({"addresses": self.addresses, "names": self.names, "agents": self.agents, "hashes": self.hashes})
    }
}
