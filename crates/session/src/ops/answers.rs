//! The answers to a scope, and how much of its window is captured.

use crate::bodies::hex;
use crate::conclude::Merge;
use crate::error::SessionError;
use crate::input::Input;
use crate::job::{Job, Step};
use crate::ops::reply::ProgressRow;
use crate::ops::{Cx, Op, Out, json, names, once, parse, passed};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json as object};
use weir_analyze::answers::{Answer, Answers, Coverage, Rung, SeenFile, Way, answer};
use weir_analyze::environment::Environment;
use weir_model::{Indicator, IndicatorKind, PacketRef, Scope, Timestamp};

/// Packets of an answer that are written as evidence.
const SHOWN: usize = 8;

#[derive(Deserialize)]
struct ScopeArgs {
    scope: Scope,
}

#[derive(Serialize)]
struct FileRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: String,
    size: u64,
    sha256: Option<String>,
    complete: bool,
}

/// One answer as page and command line print it.
#[derive(Serialize)]
pub struct AnswerRow {
    host: String,
    mac: Option<String>,
    name: Option<String>,
    indicator: Indicator,
    answer: &'static str,
    rung: &'static str,
    direction: &'static str,
    #[serde(rename = "match")]
    matched: Option<String>,
    in_scope: bool,
    in_window: bool,
    first: Option<String>,
    last: Option<String>,
    packets: Vec<Value>,
    files: Vec<FileRow>,
    reason: String,
    checked: String,
    covered_s: u64,
    window_s: u64,
    /// Rows of flow logs, where it rests on them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Vec<String>>,
}

/// Only the page asks for files by id; an id holds a letter, which depends on what else is loaded.
fn file(f: &SeenFile, named: bool) -> FileRow {
    FileRow {
        id: f.artifact.filter(|_| named).map(|a| a.to_string()),
        name: f.name.clone(),
        size: f.size,
        sha256: f.hashes.map(|h| hex(&h.sha256)),
        complete: f.complete,
    }
}

impl AnswerRow {
    /// `packet` writes a packet as the reader wants it; `cited`: with evidence references.
    pub fn new(a: &Answer, packet: impl Fn(PacketRef) -> Value, cited: bool) -> Self {
        let shown = a.records().take(SHOWN).map(names::evidence);
        Self {
            host: a.host.to_string(),
            mac: a.mac.map(|m| m.to_string()),
            name: a.name.clone(),
            indicator: a.indicator.clone(),
            answer: a.answer.word(),
            rung: a.rung.word(),
            direction: a.direction.word(),
            matched: (!a.matched.is_empty()).then(|| a.matched.join(" ")),
            in_scope: a.in_scope,
            in_window: a.in_window,
            first: a.first.map(Timestamp::epoch),
            last: a.last.map(Timestamp::epoch),
            packets: a.packets.iter().map(|p| packet(*p)).collect(),
            rows: a.rows.iter().map(ToString::to_string).collect(),
            files: a.files.iter().map(|f| file(f, cited)).collect(),
            reason: a.reason.clone(),
            checked: a.checked.clone(),
            covered_s: a.covered_s,
            window_s: a.window_s,
            evidence: cited.then(|| shown.collect()),
        }
    }
}

fn derived(i: &Indicator) -> Value {
    let because = match i.kind {
        IndicatorKind::Sha256 | IndicatorKind::Sha1 | IndicatorKind::Md5 => {
            "content that was delivered"
        }
        IndicatorKind::Address => "address of a server that took part",
        IndicatorKind::Domain => "another name of a server that took part",
        IndicatorKind::Url => "where a redirect led",
        IndicatorKind::UserAgent => "the agent that asked, used by nobody else",
        IndicatorKind::Filename | IndicatorKind::Glob | IndicatorKind::Filetype => {
            "another name of what was delivered"
        }
    };
    object!({ "indicator": i, "because": because, "evidence": [] })
}

const RUNGS: [Rung; 7] = [
    Rung::Delivered,
    Rung::Partial,
    Rung::Hidden,
    Rung::Refused,
    Rung::Contacted,
    Rung::LookedUp,
    Rung::None,
];

/// Hosts by the highest rung of what they received inside the window; what was sent is never mixed in.
fn counts(answers: &Answers) -> Map<String, Value> {
    let mut best: std::collections::BTreeMap<(Option<u32>, std::net::IpAddr), Rung> =
        std::collections::BTreeMap::new();
    let counted = |a: &&Answer| a.in_scope && a.in_window && a.direction == Way::Received;
    for a in answers.rows.iter().filter(counted) {
        let key = a.id.map_or((None, a.host), |id| {
            (
                Some(id.0),
                std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
            )
        });
        let rung = best.entry(key).or_default();
        *rung = (*rung).max(a.rung);
    }
    RUNGS
        .iter()
        .map(|r| {
            (
                r.word().to_owned(),
                object!(best.values().filter(|b| *b == r).count()),
            )
        })
        .collect()
}

#[derive(Serialize)]
struct CoverageRow {
    from: Option<String>,
    to: Option<String>,
    wanted_s: u64,
    covered_s: u64,
    /// Known by flow records only, in seconds.
    flow_only_s: u64,
    captured: Vec<Value>,
    gaps: Vec<Value>,
}

fn gap(from: Timestamp, to: Timestamp, why: &str) -> Value {
    object!({ "from": from.epoch(), "to": to.epoch(), "why": why })
}

/// Of the scope's window, or of everything where it has none.
fn covered(session: &Session, scope: &Scope) -> Result<Value, SessionError> {
    let (coverage, captures, span) = session.conclude(|input| {
        let packets = input.captures().map(|c| (c.id, c.first, c.last, "packets"));
        let logs = input
            .logs
            .iter()
            .filter_map(|l| l.shifted().map(|(a, b)| (l.id, a, b, "flow_log")));
        let captures: Vec<_> = packets.chain(logs).collect();
        (Coverage::new(input, scope.window), captures, input.span())
    });
    let (first, last) = span.unwrap_or_default();
    let (from, to) = (
        scope.window.from.unwrap_or(first),
        scope.window.to.unwrap_or(last),
    );
    let now: Option<Timestamp> = scope.now.as_deref().and_then(|t| t.parse().ok());
    let captured = captures
        .iter()
        .filter(|(_, a, b, _)| *a <= to && *b >= from)
        .map(|(id, a, b, kind)| {
            let (from, to) = (a.max(&from).epoch(), b.min(&to).epoch());
            object!({ "from": from, "to": to, "capture": id.to_string(), "kind": kind })
        })
        .collect();
    let mut gaps = Vec::new();
    let mut at = from;
    let spans = coverage.spans.all();
    let ends = spans.iter().map(|s| (s.0, s.1)).chain([(to, to)]);
    for (n, (begin, end)) in ends.enumerate() {
        if begin > at {
            let why = match () {
                () if now.is_some_and(|n| at >= n)
                    || (n == spans.len() && now.is_some_and(|n| to > n)) =>
                {
                    "not_yet"
                }
                () if n == 0 => "before",
                () if n == spans.len() => "after",
                () => "between",
            };
            // Of a gap that flow logs speak of is said so.
            let mut rest = at;
            for (a, b) in coverage.flow_only.all() {
                let (a, b) = ((*a).max(rest), (*b).min(begin));
                if a >= b {
                    continue;
                }
                if a > rest {
                    gaps.push(gap(rest, a, why));
                }
                gaps.push(gap(a, b, "flow_records"));
                rest = b;
            }
            if begin > rest {
                gaps.push(gap(rest, begin, why));
            }
        }
        at = at.max(end);
    }
    json(&CoverageRow {
        from: Some(from.epoch()),
        to: Some(to.epoch()),
        wanted_s: coverage.window_s,
        covered_s: coverage.covered_s,
        flow_only_s: coverage.flow_only_s,
        captured,
        gaps,
    })
}

/// `coverage`.
pub(super) fn coverage(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: ScopeArgs = parse(args)?;
    Ok(once(move |cx| covered(cx.session, &args.scope).into()))
}

struct Answering {
    scope: Scope,
    merge: Merge,
}

/// `answers`.
pub(super) fn answers(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: ScopeArgs = parse(args)?;
    Ok(Box::new(Answering {
        scope: args.scope,
        merge: Merge::default(),
    }))
}

impl Op for Answering {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        let step: Step = self.merge.step(cx.session, input, fuel);
        if let Some(out) = passed(step) {
            return out;
        }
        let found = cx
            .session
            .conclude(|input| answer(input, &Environment::new(input), &self.scope));
        let rows: Vec<AnswerRow> = found
            .rows
            .iter()
            .map(|a| AnswerRow::new(a, |p| object!(p.to_string()), true))
            .collect();
        let reply = covered(cx.session, &self.scope).and_then(|coverage| {
            Ok(object!({
                "answers": json(&rows)?,
                "derived": found.derived.iter().map(derived).collect::<Vec<_>>(),
                "counts": counts(&found),
                "beside": found.beside(),
                "coverage": coverage,
            }))
        });
        reply.into()
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let p = self.merge.progress(session)?;
        Some(ProgressRow {
            phase: p.phase,
            done: p.done,
            of: p.of,
            unit: p.unit,
            captures: Vec::new(),
        })
    }
}
