//! The case's order of events for Timesketch, as CSV: what was delivered, found, decided and noted.

use super::csv::line;
use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, value};
use crate::report::{decision_words, finding_state, rung_words};
use weir_model::Timestamp;

/// The format.
pub static FORMAT: Format = Format {
    id: "timesketch",
    title: "Timesketch timeline",
    purpose: "The order of events for Timesketch (upload it as a timeline) and for other tools that read its CSV: answers, files, findings, and what was decided and noted when.",
    ending: "timesketch.csv",
    mime: "text/csv",
    check: Check::Ours(
        "a strict reader of Timesketch's columns of our own, not checked by the product itself",
    ),
    lists: Lists::None,
    texts: false,
    takes: |_, _| Ok(()),
    notes: |_, _| {
        vec![
            "Events are in UTC. Findings that were set aside, or that a rule allows, are left out."
                .to_owned(),
        ]
    },
    write,
};

const HEAD: [&str; 10] = [
    "message",
    "datetime",
    "timestamp",
    "timestamp_desc",
    "host",
    "kind",
    "severity",
    "evidence",
    "source",
    "tag",
];

struct Event {
    at: Timestamp,
    message: String,
    what: &'static str,
    host: String,
    kind: &'static str,
    severity: String,
    evidence: String,
    source: &'static str,
}

fn add(out: &mut Vec<Event>, time: Option<&str>, event: Event) {
    if let Some(at) = value::time(time) {
        out.push(Event { at, ..event });
    }
}

fn events(cx: &Cx<'_>) -> Vec<Event> {
    let mut out = Vec::new();
    let event = |kind, what, message: String| Event {
        at: Timestamp::default(),
        message,
        what,
        host: String::new(),
        kind,
        severity: String::new(),
        evidence: String::new(),
        source: "weir",
    };
    for c in &cx.m.summary.captures {
        for (time, what) in [(&c.first, "First packet"), (&c.last, "Last packet")] {
            add(
                &mut out,
                time.as_deref(),
                event(
                    "capture",
                    what,
                    format!("{what} of capture {}: {}", c.capture, c.name),
                ),
            );
        }
    }
    let answers = cx.m.answers.iter().flat_map(|a| &a.answers);
    for a in answers.filter(|a| a.rung != "none") {
        let with = |what, message| Event {
            host: a.host.clone(),
            evidence: a.evidence.join(" "),
            ..event("answer", what, message)
        };
        let says = format!(
            "{}: {} ({})",
            a.host,
            rung_words(&a.rung),
            a.indicator.value
        );
        add(
            &mut out,
            a.first.as_deref(),
            with("First Seen", says.clone()),
        );
        if a.last != a.first {
            add(&mut out, a.last.as_deref(), with("Last Seen", says));
        }
    }
    for f in &cx.m.files {
        let name = f
            .names
            .first()
            .map_or("without a name", |n| n.text.as_str());
        let hash = f.sha256.as_deref().unwrap_or("not known");
        let message = format!(
            "File {} ({} bytes, SHA-256 {hash}) from {} to {}",
            name, f.size, f.server, f.client
        );
        let at = if f.first.is_empty() {
            String::new()
        } else {
            reference(&f.first)
        };
        add(
            &mut out,
            f.first_time.as_deref(),
            Event {
                host: f.client.clone(),
                evidence: at,
                ..event("file", "File Transfer", message)
            },
        );
    }
    for f in cx.m.findings.iter().flat_map(|f| &f.findings) {
        let state = finding_state(cx.case, cx.m, f);
        if matches!(state, "dismissed" | "allowed") {
            continue;
        }
        let word = if state == "confirmed" {
            "confirmed"
        } else {
            "not judged"
        };
        let with = |what| Event {
            host: f.src.clone().unwrap_or_default(),
            severity: f.severity.clone(),
            evidence: f
                .evidence
                .iter()
                .take(8)
                .cloned()
                .collect::<Vec<_>>()
                .join(" "),
            ..event("finding", what, format!("{} {} ({word})", f.label, f.title))
        };
        add(&mut out, f.first.as_deref(), with("First Seen"));
        if f.last != f.first {
            add(&mut out, f.last.as_deref(), with("Last Seen"));
        }
    }
    for (kind, what) in [
        ("decision", "Decided"),
        ("action", "Action Planned"),
        ("note", "Noted"),
    ] {
        for i in cx.case.live(kind) {
            let text = match kind {
                "decision" => format!(
                    "{}: {}",
                    i.now.text("host"),
                    decision_words(i.now.text("decision"))
                ),
                "action" => i.now.text("action").to_owned(),
                _ => i.now.text("text").to_owned(),
            };
            if text.trim().is_empty() {
                continue;
            }
            let host = i.now.text("host").to_owned();
            add(
                &mut out,
                Some(&i.now.stamp.at),
                Event {
                    host,
                    source: "analyst",
                    ..event(kind, what, text)
                },
            );
        }
    }
    out.sort_by(|a, b| (a.at, a.kind, &a.message, a.what).cmp(&(b.at, b.kind, &b.message, b.what)));
    out
}

/// `A:12` as `[[p12]]`.
fn reference(packet: &str) -> String {
    match packet.split_once(':') {
        Some(("A", n)) => format!("[[p{n}]]"),
        Some((capture, n)) => format!("[[{capture}:p{n}]]"),
        None => format!("[[p{packet}]]"),
    }
}

fn write(cx: &Cx<'_>, _: &[&Listed]) -> String {
    let mut out = line(HEAD);
    let tag = cx.label();
    for e in events(cx) {
        let micros = e.at.0.div_euclid(1000);
        let text = e.at.rfc3339();
        let cut = text.len().saturating_sub("000Z".len());
        let datetime = format!("{}+00:00", text.get(..cut).unwrap_or_default());
        let micros = micros.to_string();
        out += &line([
            e.message.as_str(),
            &datetime,
            &micros,
            e.what,
            &e.host,
            e.kind,
            &e.severity,
            &e.evidence,
            e.source,
            tag,
        ]);
    }
    out
}
