//! What a report is written from: the engine's replies as the page's contract names them, and who asks for
//! them. Draws no conclusion. Members that a reply lacks stay empty, so an older reply can be read, too.

use super::EVIDENCE;
use super::about::{Interface, Silence};
use super::spread::question;
use crate::claims::{Known, Typed};
use crate::document::{Document, Item};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use weir_model::{Indicator, Scope};

/// Most artifacts whose cards are asked for one by one.
pub const MAX_FILES: usize = 500;
/// Most references that are looked up for one report.
pub const MAX_CITED: usize = 20_000;

/// The reply to `summary`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Summary {
    /// As loaded, in the order of their letters.
    pub captures: Vec<Capture>,
    /// All packets.
    pub packets: u64,
    /// Without the second copies of a mirror port.
    pub unique_packets: u64,
    /// Conversations.
    pub flows: u64,
    /// Hosts.
    pub hosts: u64,
    /// Artifacts.
    pub files: u64,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Capture health.
    pub health: Vec<Health>,
    /// Where it was taken, as far as the packets tell.
    pub placement: Option<Placement>,
    /// Bounds that were hit.
    pub limits: Vec<LimitLine>,
}

/// One capture or log.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Capture {
    /// Letter.
    pub capture: String,
    /// File name.
    pub name: String,
    /// `packets` or `flow_log`.
    pub kind: String,
    /// As on disk.
    pub bytes: u64,
    /// `gzip`, `zstd`.
    pub compression: Option<String>,
    /// In words.
    pub format: String,
    /// Of the file as on disk; absent while pending.
    pub sha256: Option<String>,
    /// Packets, or rows of a log.
    pub packets: u64,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Longest packet kept.
    pub snap_length: Option<u64>,
    /// Seconds added by the analyst.
    pub offset: String,
    /// The capturing program; hostile text, as what follows.
    pub application: Option<String>,
    /// Its system.
    pub os: Option<String>,
    /// Its machine.
    pub hardware: Option<String>,
    /// Of the file.
    pub comments: Vec<String>,
    /// As far as they are described.
    pub interfaces: Vec<Interface>,
    /// Silences that count as not captured, in order of time.
    pub gaps: Vec<Silence>,
    /// Silences beyond these.
    pub more_gaps: u64,
    /// Why reading ended early.
    pub stopped: Option<Trouble>,
}

/// An engine's error.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Trouble {
    /// A sentence.
    pub message: String,
    /// Where, in words.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What remains.
    pub kept: Option<String>,
}

/// A line of capture health.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Health {
    /// Stable id.
    pub issue: String,
    /// `ok`, `note`, `warn`.
    pub state: String,
    /// A sentence.
    pub says: String,
    /// How often.
    pub count: u64,
    /// Packets as `A:12`.
    pub examples: Vec<String>,
    /// What cannot be concluded.
    pub weakens: Option<String>,
}

/// Where the capture was taken.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Placement {
    /// A sentence.
    pub says: String,
    /// Facts behind it.
    pub because: Vec<Because>,
}

/// A fact with its evidence.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Because {
    /// A sentence.
    pub says: String,
    /// Written references.
    pub evidence: Vec<String>,
}

/// A bound that was hit.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct LimitLine {
    /// Stable id.
    pub id: String,
    /// A sentence.
    pub says: String,
    /// The bound.
    pub bound: u64,
    /// Of what.
    pub unit: String,
    /// How often.
    pub count: u64,
    /// First packet as `A:12`.
    pub first: Option<String>,
}

/// The reply to `answers`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Answers {
    /// One per host, indicator and direction.
    pub answers: Vec<Answer>,
    /// Indicators that the answers suggest.
    pub derived: Vec<Derived>,
    /// "412 encrypted flows elsewhere".
    pub beside: Vec<String>,
    /// Wanted against captured time.
    pub coverage: Coverage,
}

/// An answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Answer {
    /// Address.
    pub host: String,
    /// Where layer 2 shows it.
    #[serde(default)]
    pub mac: Option<String>,
    /// As it called itself then.
    #[serde(default)]
    pub name: Option<String>,
    /// What was looked for.
    pub indicator: Indicator,
    /// `seen`, `not_seen`, `cannot_tell`.
    pub answer: String,
    /// `delivered` … `none`.
    pub rung: String,
    /// `received` or `sent`.
    #[serde(default)]
    pub direction: String,
    /// By what it matched.
    #[serde(default, rename = "match")]
    pub by: Option<String>,
    /// The host is a target.
    #[serde(default)]
    pub in_scope: bool,
    /// The transfer touches the wanted window.
    #[serde(default)]
    pub in_window: bool,
    /// Epoch seconds.
    #[serde(default)]
    pub first: Option<String>,
    /// Epoch seconds.
    #[serde(default)]
    pub last: Option<String>,
    /// What was transferred.
    #[serde(default)]
    pub files: Vec<AnswerFile>,
    /// Why this rung.
    #[serde(default)]
    pub reason: String,
    /// What was checked.
    #[serde(default)]
    pub checked: String,
    /// Seconds captured of those wanted.
    #[serde(default)]
    pub covered_s: f64,
    /// Seconds wanted.
    #[serde(default)]
    pub window_s: f64,
    /// Written references.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// A file of an answer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AnswerFile {
    /// `A:120.0`.
    pub id: String,
    /// As the traffic names it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Of the decoded content.
    pub sha256: Option<String>,
    /// Every byte is there.
    pub complete: bool,
}

/// The reply to `decisions`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Decisions {
    decisions: Vec<Proposed>,
}

/// The decision that the printed rule proposes.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Proposed {
    /// Address.
    pub host: String,
    /// Where layer 2 shows it.
    pub mac: Option<String>,
    /// As it called itself then.
    pub name: Option<String>,
    /// Highest rung reached.
    pub rung: String,
    /// `isolate_now` … `none`.
    pub decision: String,
    /// The rule in words.
    pub because: String,
    /// Written references.
    pub evidence: Vec<String>,
    /// Ids of the findings behind it.
    pub findings: Vec<String>,
    /// The host is a target.
    pub in_scope: bool,
}

/// An indicator that answers suggest.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Derived {
    /// What.
    pub indicator: Indicator,
    /// Why.
    #[serde(default)]
    pub because: String,
    /// Written references.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// Wanted against captured time.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Coverage {
    /// Epoch seconds.
    pub from: Option<String>,
    /// Epoch seconds.
    pub to: Option<String>,
    /// Seconds.
    pub wanted_s: f64,
    /// Seconds.
    pub covered_s: f64,
    /// Known by flow records only, in seconds.
    pub flow_only_s: f64,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

/// A stretch of the window that was not captured.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Gap {
    /// Epoch seconds.
    pub from: String,
    /// Epoch seconds.
    pub to: String,
    /// `before`, `between`, `after`, `not_yet`, `flow_records`.
    pub why: String,
}

/// The reply to `findings`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Findings {
    /// Ranked.
    pub findings: Vec<Finding>,
    /// Every detection that ran.
    pub checked: Vec<Checked>,
}

/// A finding: a hypothesis with evidence.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Finding {
    /// Stable.
    pub id: String,
    /// `F-03`.
    pub label: String,
    /// Which detection.
    pub detection: String,
    /// In a line.
    pub title: String,
    /// `info` … `critical`.
    pub severity: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Address of who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub src: Option<String>,
    /// Address of whom it was done to, or where it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst: Option<String>,
    /// The name that it went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Epoch seconds.
    pub first: Option<String>,
    /// Epoch seconds.
    pub last: Option<String>,
    /// Written references.
    pub evidence: Vec<String>,
    /// ATT&CK ids.
    pub techniques: Vec<String>,
    /// Why it was raised.
    pub why: String,
    /// Innocent explanations.
    pub innocent: String,
    /// What would settle it.
    pub settle: String,
    /// The analyst's rule that allows it; empty where none does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub allowed: String,
    /// When it is expected again, where it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Expected>,
}

/// When something comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Expected {
    /// Epoch seconds.
    pub lo: f64,
    /// Epoch seconds.
    pub hi: f64,
    /// Share of such intervals that hold, 0 to 1.
    pub level: f64,
}

/// What a reference says now: a row of the reply to `cite`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Cited {
    /// As it was asked: `[[p12]]`.
    pub evidence: String,
    /// It is there; absent where that cannot be told yet, and for findings.
    pub found: Option<bool>,
    /// In a line.
    pub says: String,
    /// Why it is not there.
    pub why: String,
    /// SHA-256 of the captured bytes it names; empty where there are none.
    pub digest: String,
    /// Epoch seconds.
    pub time: Option<String>,
    /// Of a packet on the wire, of a file, of a stream.
    pub bytes: Option<u64>,
    /// Values of a field.
    pub values: Vec<String>,
    /// Lines of a packet's tree, where they were asked for.
    pub lines: Vec<String>,
}

impl Finding {
    /// Worth a look now, rather than a note: as the engine draws the line.
    #[must_use]
    pub fn alarm(&self) -> bool {
        matches!(self.severity.as_str(), "medium" | "high" | "critical") && self.confidence >= 0.5
    }
}

/// A detection that ran.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Checked {
    /// Which.
    pub detection: String,
    /// In words.
    pub title: String,
    /// How many it raised.
    pub findings: u64,
    /// "checked, nothing found in 48,211 packets".
    pub says: String,
}

/// The reply to `file`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct File {
    /// `A:120.0`.
    pub id: String,
    /// Names and where each stood.
    pub names: Vec<FileName>,
    /// `received` or `sent`.
    pub direction: String,
    /// `http`, `ftp`.
    pub protocol: String,
    /// As declared.
    pub declared_type: Option<String>,
    /// By content.
    pub content_type: Option<String>,
    /// Bytes.
    pub size: u64,
    /// As declared.
    pub declared_size: Option<u64>,
    /// Of the decoded content.
    pub sha256: Option<String>,
    /// Of the decoded content.
    pub sha1: Option<String>,
    /// Of the decoded content.
    pub md5: Option<String>,
    /// Hashes not computed yet.
    pub pending: bool,
    /// Address.
    pub client: String,
    /// Address.
    pub server: String,
    /// `A:12`.
    pub request: Option<String>,
    /// `A:12`.
    pub first: String,
    /// `A:12`.
    pub last: String,
    /// Epoch seconds.
    pub first_time: Option<String>,
    /// Epoch seconds.
    pub last_time: Option<String>,
    /// Every byte is there.
    pub complete: bool,
    /// Why not.
    pub incomplete: Option<String>,
    /// What else is to be known.
    pub remarks: Vec<String>,
}

/// A name of a file.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct FileName {
    /// The name.
    pub text: String,
    /// Where it stood.
    #[serde(rename = "where")]
    pub place: String,
}

/// Everything a report is written from, beside the case.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Material {
    /// What was asked.
    pub scope: Scope,
    /// What is loaded.
    pub summary: Summary,
    /// Absent when nothing was asked or the captures could not answer.
    pub answers: Option<Answers>,
    /// Absent when detections did not run.
    pub findings: Option<Findings>,
    /// One per affected host, worst first; absent when nothing could be proposed.
    pub decisions: Option<Vec<Proposed>>,
    /// Cards of the artifacts that answers name.
    pub files: Vec<File>,
    /// Artifacts of answers beyond [`MAX_FILES`].
    pub files_left: usize,
    /// The reply to `spread`: files in question with everybody who had the same content. Absent where nobody asked.
    pub spread: Option<Value>,
    /// All of every capture was read.
    pub complete: bool,
    /// Of what the results were made from.
    pub fingerprint: String,
    /// Of Weir.
    pub version: String,
    /// Of the build.
    pub build: String,
    /// Settings that differ from the standard ones, as name and value.
    pub settings: Vec<(String, String)>,
    /// Requests that could not be answered, each with its reason.
    pub troubles: Vec<String>,
    /// What references say, by how they were asked; those that were asked for.
    #[serde(skip)]
    pub cited: BTreeMap<String, Cited>,
    /// References beyond [`MAX_CITED`].
    #[serde(skip)]
    pub cited_left: usize,
}

/// Which references are looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Cites {
    /// None.
    #[default]
    None,
    /// Those that the analyst pinned or wrote.
    Typed,
    /// Those of answers, findings and decisions, too.
    All,
}

/// Asks the engine for what a report needs, one request after the other. The door runs each and hands over
/// the reply's payload; it knows nothing of the report.
#[derive(Debug)]
pub struct Gather {
    material: Material,
    wanted: VecDeque<Ask>,
    /// What the analyst allows, as the engine takes it.
    allow: Vec<Value>,
    /// Ids of findings that the analyst judged: dismissed, confirmed.
    judged: [Vec<String>; 2],
    cites: Cites,
    /// With the letter that each capture has here, once that is known.
    typed: Vec<Typed>,
    known: Known,
}

#[derive(Clone, Debug)]
enum Ask {
    Summary,
    Answers,
    Findings,
    Decisions,
    File(String),
    /// With what it is asked.
    Spread(Value),
    Cite,
}

impl Gather {
    /// For a report on `scope`.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        let mut wanted = VecDeque::from([Ask::Summary]);
        if !scope.indicators.is_empty() {
            wanted.push_back(Ask::Answers);
        }
        wanted.extend([Ask::Findings, Ask::Decisions]);
        Self {
            material: Material {
                scope,
                complete: true,
                ..Material::default()
            },
            wanted,
            allow: Vec::new(),
            judged: [const { Vec::new() }; 2],
            cites: Cites::None,
            typed: Vec::new(),
            known: Known::default(),
        }
    }

    /// With the files in question of a case, and everybody who had the same.
    #[must_use]
    pub fn spreading(mut self, case: &Document) -> Self {
        let of = question(case, &self.material.scope);
        self.wanted.push_back(Ask::Spread(of));
        self
    }

    /// With what the references of a case say, and those of `cites` besides.
    #[must_use]
    pub fn citing(self, case: &Document, cites: Cites) -> Self {
        let typed = crate::claims::typed(case);
        self.citing_these(Known::of(case), typed, cites)
    }

    /// With what these references say, written where captures had the letters of `known`.
    #[must_use]
    pub fn citing_these(mut self, known: Known, typed: Vec<Typed>, cites: Cites) -> Self {
        self.known = known;
        self.typed = typed;
        self.cites = cites;
        if cites != Cites::None {
            self.wanted.push_back(Ask::Cite);
        }
        self
    }

    /// The references to look up, each once.
    fn cited(&self) -> Vec<String> {
        let m = &self.material;
        let letters = self.known.here(&m.summary);
        let typed = self.typed.iter().map(|t| letters.today(t).written);
        let mut all: BTreeSet<String> = typed.collect();
        if self.cites == Cites::All {
            let answers = m.answers.iter();
            let of = answers.flat_map(|a| &a.answers);
            all.extend(of.flat_map(|a| a.evidence.iter().take(EVIDENCE).cloned()));
            let of = m.decisions.iter().flatten();
            all.extend(of.flat_map(|d| d.evidence.iter().take(EVIDENCE).cloned()));
            let of = m.findings.iter().flat_map(|f| &f.findings);
            all.extend(of.flat_map(|f| f.evidence.iter().take(EVIDENCE).cloned()));
        }
        all.into_iter().collect()
    }

    /// With what a case makes of findings: those that its rules allow are reported as such, and none that it dismissed
    /// proposes a decision.
    #[must_use]
    pub fn allowing(mut self, case: &Document) -> Self {
        let rules = case.live("allow").filter(|i| i.now.flag("on"));
        let rule = |i: &Item| {
            let text = |member: &str| i.now.text(member).to_owned();
            json!({"detection": text("detection"), "host": text("host"), "peer": text("peer")})
        };
        self.allow = rules.map(rule).collect();
        self.judged = ["dismissed", "confirmed"].map(|state| {
            let all = case.live("dismissal").map(|i| &i.now);
            let of = all.filter(|v| v.text("state") == state);
            of.map(|v| v.text("finding").to_owned()).collect()
        });
        self
    }

    /// What was gathered so far.
    pub(crate) fn material(&self) -> &Material {
        &self.material
    }

    /// The next request: an op of the contract and its arguments. `None` when all are answered.
    #[must_use]
    pub fn ask(&self) -> Option<(&'static str, Value)> {
        let scope = || serde_json::to_value(&self.material.scope).unwrap_or_default();
        Some(match self.wanted.front()? {
            Ask::Summary => ("summary", json!({})),
            Ask::Answers => ("answers", json!({"scope": scope(), "narrowing": null})),
            Ask::Findings => ("findings", json!({"scope": scope(), "allow": self.allow})),
            Ask::Decisions => ("decisions", self.decisions()),
            Ask::File(id) => ("file", json!({"file": id})),
            Ask::Spread(of) => ("spread", of.clone()),
            Ask::Cite => {
                let mut evidence = self.cited();
                evidence.truncate(MAX_CITED);
                ("cite", json!({"evidence": evidence, "lines": true}))
            }
        })
    }

    /// What `decisions` is asked with.
    #[must_use]
    pub fn decisions(&self) -> Value {
        let [dismissed, confirmed] = &self.judged;
        json!({"scope": self.material.scope, "allow": self.allow, "dismissed": dismissed, "confirmed": confirmed})
    }

    /// The payload of the reply to [`Gather::ask`].
    pub fn take(&mut self, payload: Value) {
        let Some(ask) = self.wanted.pop_front() else {
            return;
        };
        let taken = match &ask {
            Ask::Summary => read(payload).map(|s| self.material.summary = s),
            Ask::Answers => read(payload).map(|a: Answers| {
                self.files_of(&a);
                self.material.answers = Some(a);
            }),
            Ask::Findings => read(payload).map(|f| self.material.findings = Some(f)),
            Ask::Decisions => {
                read(payload).map(|d: Decisions| self.material.decisions = Some(d.decisions))
            }
            Ask::File(_) => read(payload).map(|f| self.material.files.push(f)),
            Ask::Spread(_) => {
                self.material.spread = Some(payload);
                Ok(())
            }
            Ask::Cite => {
                self.material.cited_left = self.cited().len().saturating_sub(MAX_CITED);
                read(payload).map(|c: CitedRows| {
                    let rows = c.cited.into_iter();
                    self.material.cited = rows.map(|c| (c.evidence.clone(), c)).collect();
                })
            }
        };
        if let Err(reason) = taken {
            self.trouble(&ask, &reason);
        }
    }

    /// [`Gather::ask`] could not be answered.
    pub fn fail(&mut self, reason: &str) {
        if let Some(ask) = self.wanted.pop_front() {
            self.trouble(&ask, reason);
        }
    }

    fn trouble(&mut self, ask: &Ask, reason: &str) {
        let what = match ask {
            Ask::Cite => "what the references say".to_owned(),
            Ask::Summary => "the captures' facts".to_owned(),
            Ask::Answers => "answers".to_owned(),
            Ask::Findings => "findings".to_owned(),
            Ask::Decisions => "decisions".to_owned(),
            Ask::File(id) => format!("file {id}"),
            Ask::Spread(_) => "who else had a file".to_owned(),
        };
        self.material
            .troubles
            .push(format!("{what} could not be had: {reason}"));
    }

    fn files_of(&mut self, answers: &Answers) {
        let ids: BTreeSet<&String> = answers
            .answers
            .iter()
            .flat_map(|a| &a.files)
            .map(|f| &f.id)
            .collect();
        self.material.files_left = ids.len().saturating_sub(MAX_FILES);
        let asks = ids.into_iter().take(MAX_FILES).cloned().map(Ask::File);
        self.wanted.extend(asks);
    }

    /// What was gathered. `complete`: all of every capture was read.
    #[must_use]
    pub fn finish(
        self,
        complete: bool,
        fingerprint: String,
        version: &str,
        build: &str,
    ) -> Material {
        Material {
            complete,
            fingerprint,
            version: version.to_owned(),
            build: build.to_owned(),
            ..self.material
        }
    }
}

/// The reply to `cite`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct CitedRows {
    cited: Vec<Cited>,
}

fn read<T: DeserializeOwned>(payload: Value) -> Result<T, String> {
    serde_json::from_value(payload).map_err(|e| e.to_string())
}
