//! Proposals of actions: what solves, from decisions and confirmed findings, and what prevents, from the table of
//! controls. Proposes; the analyst takes.

use super::controls::{LINES, Priority, RUNGS, by_key};
use super::gather::{Facts, Found};
use super::{judged, plural, shown};
use crate::Document;
use crate::report::words::{decision_words, rung_words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Evidence references of one proposal.
const CITED: usize = 8;
/// Hosts that a reason names.
const NAMED: usize = 6;

/// An action that nobody has taken yet.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Proposal {
    /// What it was made from: a proposal is known again by it, however it was reworded.
    pub origin: String,
    /// `solve` or `prevent`.
    pub aim: &'static str,
    /// As an instruction.
    pub action: String,
    /// Address; "" where it is about no single host.
    pub host: String,
    /// `now`, `today`, `week` or `later`.
    pub priority: &'static str,
    /// In words.
    pub reason: String,
    /// Written references.
    pub evidence: Vec<String>,
    /// Nobody has decided what it rests on.
    pub undecided: bool,
}

/// What a decision asks for.
fn decided(decision: &str, host: &str) -> Option<(String, Priority)> {
    let (text, priority) = match decision {
        "isolate_now" => ("Isolate {host} now", Priority::Now),
        "isolate_and_examine" => ("Isolate {host} and examine it", Priority::Now),
        "examine" => (
            "Examine {host}: the network cannot clear it",
            Priority::Today,
        ),
        "find_out" => ("Find out what asked for it on {host}", Priority::Today),
        "watch" => ("Watch {host}", Priority::Week),
        _ => return None,
    };
    Some((text.replace("{host}", host), priority))
}

fn of_decisions(case: &Document, facts: &Facts, out: &mut Vec<Proposal>) {
    let mut mine: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for d in case.live("decision") {
        let (host, decision) = (d.now.text("host"), d.now.text("decision"));
        if !decision.is_empty() {
            mine.insert(host, (decision, d.now.text("reason")));
        }
    }
    let mut push = |host: &str, decision: &str, reason: String, evidence: &[String], open: bool| {
        if let Some((action, priority)) = decided(decision, &shown(host)) {
            out.push(Proposal {
                origin: format!("decision:{host}:{decision}"),
                aim: "solve",
                action,
                host: host.to_owned(),
                priority: priority.word(),
                reason,
                evidence: first(evidence),
                undecided: open,
            });
        }
    };
    for p in facts.decisions.iter().flatten() {
        // Proposed from findings alone: no rung was reached.
        let rung = if p.rung == "none" {
            shown(&p.because)
        } else {
            format!("{}; {}", rung_words(&p.rung), p.because)
        };
        match mine.remove(p.host.as_str()) {
            Some((decision, why)) => {
                let own = if why.is_empty() {
                    String::new()
                } else {
                    format!("{}; ", shown(why))
                };
                let reason = format!("decided: {}; {own}{rung}", decision_words(decision));
                push(&p.host, decision, reason, &p.evidence, false);
            }
            None => push(
                &p.host,
                &p.decision,
                format!("proposed, nobody has decided; {rung}"),
                &p.evidence,
                true,
            ),
        }
    }
    for (host, (decision, why)) in mine {
        let why = if why.is_empty() {
            String::new()
        } else {
            format!("; {}", shown(why))
        };
        let reason = format!("decided: {}{why}", decision_words(decision));
        push(host, decision, reason, &[], false);
    }
}

fn first(evidence: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    evidence
        .iter()
        .filter(|e| seen.insert(e.as_str()))
        .take(CITED)
        .cloned()
        .collect()
}

fn of_findings(confirmed: &[&Found], out: &mut Vec<Proposal>) {
    let mut by: BTreeMap<(&str, &str), Vec<&Found>> = BTreeMap::new();
    for f in confirmed {
        let host = f.src.as_deref().or(f.dst.as_deref()).unwrap_or_default();
        by.entry((&f.detection, host)).or_default().push(f);
    }
    for ((detection, host), list) in by {
        let Some((_, (text, priority), _)) = LINES.iter().find(|l| l.0 == detection) else {
            continue;
        };
        let name = if host.is_empty() {
            "what is behind it".to_owned()
        } else {
            shown(host)
        };
        let titles: Vec<String> = list
            .iter()
            .take(3)
            .map(|f| format!("{} {}", f.label, shown(&f.title)))
            .collect();
        let more = match list.len() {
            0..=3 => String::new(),
            n => format!("; and {} more", n - 3),
        };
        let evidence: Vec<String> = list.iter().flat_map(|f| &f.evidence).cloned().collect();
        out.push(Proposal {
            origin: format!("finding:{detection}:{host}"),
            aim: "solve",
            action: text.replace("{host}", &name),
            host: host.to_owned(),
            priority: priority.word(),
            reason: format!("confirmed: {}{more}", titles.join("; ")),
            evidence: first(&evidence),
            undecided: false,
        });
    }
}

/// What a control is proposed for.
#[derive(Default)]
struct For {
    hosts: BTreeSet<String>,
    what: BTreeSet<String>,
    evidence: Vec<String>,
    /// The nearest control of something: 0, or one further off.
    place: usize,
    urgent: bool,
}

fn of_controls(facts: &Facts, confirmed: &[&Found], out: &mut Vec<Proposal>) {
    let mut by: BTreeMap<&str, For> = BTreeMap::new();
    let mut add = |keys: &'static [&'static str],
                   host: &str,
                   what: String,
                   evidence: &[String],
                   urgent: bool| {
        for (place, key) in keys.iter().enumerate() {
            let of = by.entry(key).or_insert_with(|| For {
                place,
                ..For::default()
            });
            if !host.is_empty() {
                of.hosts.insert(shown(host));
            }
            of.what.insert(what.clone());
            of.place = of.place.min(place);
            of.urgent |= urgent;
            if of.evidence.len() < CITED * 4 {
                of.evidence.extend_from_slice(evidence);
            }
        }
    };
    for f in confirmed {
        if let Some((_, (_, priority), keys)) = LINES.iter().find(|l| l.0 == f.detection) {
            let host = f.src.as_deref().or(f.dst.as_deref()).unwrap_or_default();
            let urgent = *priority == Priority::Now;
            let what = match facts.titles.get(&f.detection) {
                Some(title) => format!("\u{201c}{title}\u{201d}"),
                None => f.detection.clone(),
            };
            add(keys, host, what, &f.evidence, urgent);
        }
    }
    let answers = facts.answers.iter().flat_map(|a| &a.answers);
    for a in answers.filter(|a| a.in_scope && a.in_window && a.rung != "none") {
        let sent = a.direction == "sent";
        let of = if sent { "sent" } else { a.rung.as_str() };
        if let Some((_, keys)) = RUNGS.iter().find(|r| r.0 == of) {
            let what = if sent {
                format!("sent ({})", rung_words(&a.rung))
            } else {
                rung_words(&a.rung).to_owned()
            };
            add(keys, &a.host, what, &a.evidence, a.rung == "delivered");
        }
        for way in a.by.as_deref().unwrap_or_default().split_whitespace() {
            if let Some((name, keys)) = RUNGS.iter().find(|r| r.0 == way) {
                let what = match *name {
                    "ftp" => "a transfer by FTP".to_owned(),
                    _ => "a transfer by mail".to_owned(),
                };
                add(keys, &a.host, what, &a.evidence, a.rung == "delivered");
            }
        }
    }
    for (key, of) in by {
        let Some(control) = by_key(key) else { continue };
        let priority = match (of.place, of.urgent) {
            (0, true) => Priority::Today,
            (0, false) | (_, true) => Priority::Week,
            _ => Priority::Later,
        };
        let what: Vec<&str> = of.what.iter().map(String::as_str).collect();
        let mut hosts: Vec<String> = of.hosts.iter().take(NAMED).cloned().collect();
        if of.hosts.len() > NAMED {
            hosts.push(format!("{} more", of.hosts.len() - NAMED));
        }
        let on = if hosts.is_empty() {
            String::new()
        } else {
            format!(
                " ({}: {})",
                plural(of.hosts.len(), "host"),
                hosts.join(", ")
            )
        };
        out.push(Proposal {
            origin: format!("control:{key}"),
            aim: "prevent",
            action: control.does.to_owned(),
            host: String::new(),
            priority: priority.word(),
            reason: format!("{}; for {}{on}", control.stops, what.join(", ")),
            evidence: first(&of.evidence),
            undecided: false,
        });
    }
}

/// What could be done, most urgent first; what the case has taken already, dropped ones among it, is left out.
/// A host that both a decision and a finding isolate has one line each: they rest on different evidence.
#[must_use]
pub fn actions(case: &Document, facts: &Facts) -> Vec<Proposal> {
    let mut out = Vec::new();
    let confirmed: Vec<&Found> = facts
        .findings
        .iter()
        .flatten()
        .filter(|f| judged(case, &f.id) == "confirmed")
        .collect();
    of_decisions(case, facts, &mut out);
    of_findings(&confirmed, &mut out);
    of_controls(facts, &confirmed, &mut out);
    let taken: BTreeSet<&str> = case.live("action").map(|i| i.now.text("origin")).collect();
    // Written by hand, or before proposals had an origin.
    let by_hand: BTreeSet<&str> = case
        .live("action")
        .filter(|i| i.now.text("origin").is_empty() && i.now.text("aim") != "prevent")
        .map(|i| i.now.text("host"))
        .collect();
    out.retain(|p| {
        let own = p.origin.starts_with("decision:") && by_hand.contains(p.host.as_str());
        !own && !taken.contains(p.origin.as_str())
    });
    let order = |p: &Proposal| {
        ["now", "today", "week", "later"]
            .iter()
            .position(|w| *w == p.priority)
    };
    out.sort_by_key(|p| (p.aim == "prevent", p.undecided, order(p)));
    out
}
