//! What waiting costs: when the next check-in is expected, and how many hosts were reached in an hour so far. A rate
//! or a time that the evidence does not give is refused, and why is said.

use super::draft::{confirmed, finding_ref};
use super::{Cx, rank};
use crate::report::text::{Text, said};
use crate::report::words::{clock, plural, span_words};
use crate::report::{Block, Section};
use std::collections::BTreeMap;
use weir_model::Timestamp;

/// Check-ins named on page one.
const SHORT: usize = 2;
/// A rate per hour needs hosts over this many seconds at least: of less it would be a guess.
const LEAST_S: f64 = 1800.0;

fn at(seconds: f64) -> Option<String> {
    // Times of captures lie within what a decimal number holds exactly.
    (seconds.is_finite() && seconds.abs() < 1e11).then(|| clock(&format!("{seconds:.0}")))
}

/// When each confirmed finding that repeats is expected again, the earliest first.
fn next(cx: Cx<'_>) -> Vec<Text> {
    let mut out: Vec<(f64, Text)> = Vec::new();
    for f in confirmed(cx) {
        let Some(next) = f.next else { continue };
        let (Some(from), Some(to)) = (at(next.lo), at(next.hi)) else {
            continue;
        };
        let mut line = said("Next check-in");
        if let Some(src) = &f.src {
            line = line.said(" of ").code(src);
        }
        if let Some(to) = f.domain.as_ref().or(f.dst.as_ref()) {
            line = line.said(" with ").data(to);
        }
        line = line.said(format!(
            ": {from} to {to}, as in {:.0} % of such intervals ",
            next.level.clamp(0.0, 1.0) * 100.0
        ));
        line = line.and(cx.refs.one(&finding_ref(f)));
        let first = f.evidence.get(..1).unwrap_or_default();
        if !first.is_empty() {
            line = line.said(", ").and(cx.evidence(first));
        }
        out.push((next.lo, line.said(".")));
    }
    out.sort_by(|a, b| a.0.total_cmp(&b.0));
    out.into_iter().map(|(_, line)| line).collect()
}

/// When each host was reached first, and the packet that shows it.
fn reached<'a>(cx: Cx<'a>) -> BTreeMap<&'a str, (Timestamp, &'a str)> {
    let mut out: BTreeMap<&str, (Timestamp, &str)> = BTreeMap::new();
    let mut add = |host: &'a str, time: Option<&str>, evidence: &'a [String]| {
        let time = time.and_then(|t| t.parse::<Timestamp>().ok());
        if let (Some(time), Some(evidence)) = (time, evidence.first()) {
            let held = out.entry(host).or_insert((time, evidence));
            if time < held.0 {
                *held = (time, evidence);
            }
        }
    };
    for a in cx.answers() {
        let counted = a.in_scope && a.in_window && a.direction == "received";
        if counted && rank(&a.rung) <= rank("partial") {
            add(&a.host, a.first.as_deref(), &a.evidence);
        }
    }
    for f in confirmed(cx) {
        if let Some(src) = &f.src {
            add(src, f.first.as_deref(), &f.evidence);
        }
    }
    out
}

fn rate(cx: Cx<'_>) -> Text {
    let all = reached(cx);
    let first = all.values().min_by_key(|v| v.0);
    let last = all.values().max_by_key(|v| v.0);
    let (Some(first), Some(last)) = (first, last) else {
        return said(if cx.m.answers.is_none() {
            "Hosts reached per hour: not known, the questions were not answered."
        } else {
            "Hosts reached per hour: not known, no host is shown to be reached."
        });
    };
    if all.len() < 2 {
        return said("Hosts reached per hour: not known of one host ")
            .and(cx.refs.one(first.1))
            .said(".");
    }
    #[allow(clippy::cast_precision_loss)]
    let span = (last.0.0.saturating_sub(first.0.0)) as f64 / 1e9;
    let hosts = plural(all.len(), "host");
    let within = span_words(span);
    let cited = |line: Text| {
        line.said(", from ")
            .and(cx.refs.one(first.1))
            .said(" to ")
            .and(cx.refs.one(last.1))
            .said(".")
    };
    if span < LEAST_S {
        return cited(said(format!(
            "{hosts} reached within {within}: too short for a rate per hour"
        )));
    }
    #[allow(clippy::cast_precision_loss)]
    let each = all.len() as f64 / (span / 3600.0);
    cited(said(format!(
        "Hosts reached so far: {hosts} in {within}, {each:.1} per hour"
    )))
}

/// The lines of page one.
pub(super) fn short(cx: Cx<'_>) -> Vec<Text> {
    let mut next = next(cx);
    let left = next.len().saturating_sub(SHORT);
    next.truncate(SHORT);
    let mut out = vec![rate(cx)];
    if next.is_empty() {
        out.push(said(
            "Next check-in: not known, no confirmed finding repeats.",
        ));
    }
    out.append(&mut next);
    if left > 0 {
        out.push(said(format!(
            "And {} further on.",
            plural(left, "check-in")
        )));
    }
    out
}

/// All of them: page one may have room for none.
pub(super) fn section(cx: Cx<'_>) -> Option<Section> {
    let next = next(cx);
    (!next.is_empty()).then(|| Section {
        id: "waiting",
        title: "Expected check-ins",
        blocks: vec![Block::List(next.into_iter().map(|l| (0, l)).collect())],
    })
}
