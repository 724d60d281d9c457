//! Page one: what somebody decides on.

use super::hosts::{affected, none, urgency, whose};
use super::{Cx, highest, host, limits};
use crate::report::text::{Text, said};
use crate::report::words::{RUNGS, clock, decision_words, plural, rung_words};
use crate::report::{Block, PAGE_ONE_HOSTS, Section, Table};

/// Lines of each of the two lists; the rest stand in the sections.
const LINES: usize = 5;

pub(super) fn section(cx: Cx<'_>) -> Section {
    let mut blocks = vec![question(cx), window(cx)];
    blocks.extend(conclusion(cx));
    blocks.push(Block::Heading("What was found".to_owned()));
    blocks.extend(counts(cx));
    blocks.push(Block::Heading("Affected hosts and what to do".to_owned()));
    blocks.extend(hosts(cx));
    blocks.push(Block::Heading("What would change our mind".to_owned()));
    blocks.push(list(change(cx)));
    blocks.push(Block::Heading("What the capture cannot show".to_owned()));
    blocks.push(list(limits::short(cx)));
    Section {
        id: "decide",
        title: "For the decision",
        blocks,
    }
}

fn list(mut lines: Vec<Text>) -> Block {
    let left = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    if left > 0 {
        lines.push(said(format!("And {left} more, further on.")));
    }
    Block::List(lines.into_iter().map(|l| (0, l)).collect())
}

fn question(cx: Cx<'_>) -> Block {
    match cx.m.scope.question.trim() {
        "" => Block::Nothing("No question was written down.".to_owned()),
        q => Block::Line(
            Text::default()
                .strong("Question:")
                .said(" ")
                .and(cx.refs.typed(q)),
        ),
    }
}

/// What the analyst concludes, in their words.
fn conclusion(cx: Cx<'_>) -> Vec<Block> {
    let lines: Vec<_> = summary(cx)
        .flat_map(|text| text.lines())
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| (0, cx.refs.typed(line.trim_start_matches("- "))))
        .collect();
    if lines.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Heading("Conclusion of the analyst".to_owned()),
        Block::List(lines),
    ]
}

/// Notes that are the case's summary.
pub(super) fn summary(cx: Cx<'_>) -> impl Iterator<Item = &str> {
    let notes = cx.case.live("note");
    notes
        .filter(|n| n.now.text("role") == "summary")
        .map(|n| n.now.text("text"))
}

fn window(cx: Cx<'_>) -> Block {
    let w = cx.m.scope.window;
    let end = |t: Option<weir_model::Timestamp>| t.map(|t| clock(&t.epoch()));
    let mut line = match (end(w.from), end(w.to)) {
        (Some(from), Some(to)) => said(format!("Window: {from} to {to}")),
        (Some(from), None) => said(format!("Window: from {from}")),
        (None, Some(to)) => said(format!("Window: up to {to}")),
        (None, None) => said("Window: all of the captures"),
    };
    if let Some(covered) = limits::coverage(cx) {
        line = line.said("; ").and(covered);
    }
    Block::Line(line.said("."))
}

fn counts(cx: Cx<'_>) -> Vec<Block> {
    if cx.m.answers.is_none() {
        let why = if cx.m.scope.indicators.is_empty() {
            "The scope names nothing to look for."
        } else {
            "The questions could not be answered."
        };
        return vec![Block::Nothing(why.to_owned())];
    }
    let received = highest(cx.answers(), "received");
    let of = |rung: &str| received.values().filter(|r| **r == rung).count();
    // Of each host the first packet that shows it.
    let shown = |rung: &str| -> Vec<String> {
        let at = |host: &str| {
            let all = cx.answers().iter();
            let mut of =
                all.filter(|a| a.host == host && a.rung == rung && a.direction == "received");
            of.find_map(|a| a.evidence.first().cloned())
        };
        received
            .iter()
            .filter(|(_, r)| **r == rung)
            .filter_map(|(host, _)| at(host))
            .collect()
    };
    let rows = RUNGS.iter().filter(|r| of(r) > 0).map(|r| {
        vec![
            said(rung_words(r)),
            said(of(r).to_string()),
            cx.evidence(&shown(r)),
        ]
    });
    let mut out = vec![Block::Table(Table {
        head: vec!["Highest reached", "Hosts", "Evidence"],
        rows: rows.collect(),
    })];
    let outside: std::collections::BTreeSet<&str> = cx
        .answers()
        .iter()
        .filter(|a| {
            a.in_scope
                && !a.in_window
                && a.direction == "received"
                && super::rank(&a.rung) <= super::rank("partial")
        })
        .map(|a| a.host.as_str())
        .filter(|host| {
            received
                .get(host)
                .is_none_or(|r| super::rank(r) > super::rank("partial"))
        })
        .collect();
    if !outside.is_empty() {
        let listed: Vec<&str> = outside.iter().copied().take(LINES).collect();
        let more = outside.len() - listed.len();
        let mut line = said(format!(
            "Received outside the window only, and not counted above: {}, ",
            plural(outside.len(), "host")
        ));
        line = line.code(listed.join(", "));
        if more > 0 {
            line = line.said(format!(" and {more} more"));
        }
        out.push(Block::Line(line.said(".")));
    }
    let sent = highest(cx.answers(), "sent");
    let sent = sent
        .values()
        .filter(|r| super::rank(r) <= super::rank("partial"))
        .count();
    if sent > 0 {
        let line = said(format!(
            "{} sent what was looked for.",
            plural(sent, "host")
        ));
        out.push(Block::Line(line));
    }
    out
}

fn hosts(cx: Cx<'_>) -> Vec<Block> {
    let all = affected(cx);
    if all.is_empty() {
        return vec![Block::Nothing(none(cx).to_owned())];
    }
    let mut rows = Vec::new();
    let mut under = usize::MAX;
    let mut decided = false;
    for d in all.iter().take(PAGE_ONE_HOSTS) {
        if urgency(&d.decision) != under {
            under = urgency(&d.decision);
            let same = || all.iter().filter(|o| urgency(&o.decision) == under);
            decided = same().any(|o| o.confirmed);
            let whose = if decided {
                ""
            } else {
                ", proposed: nobody decided yet"
            };
            let count = same().count();
            let title = format!("{} ({count}){whose}", decision_words(&d.decision));
            rows.push(vec![Text::default().strong(title)]);
        }
        let p = &d.proposed;
        let mut who = host(p.name.as_deref(), &p.host, p.mac.as_deref());
        if !p.in_scope {
            who = who.said(" (out of scope)");
        }
        if d.theirs {
            who = who.said(" \u{2014} ").and(whose(d));
        } else if decided && !d.confirmed {
            who = who.said(" \u{2014} proposed");
        }
        let first = p.evidence.get(..1).unwrap_or_default();
        rows.push(vec![who, said(rung_words(&p.rung)), cx.evidence(first)]);
    }
    let mut out = vec![Block::Table(Table {
        head: vec!["Host", "Reached", "Evidence"],
        rows,
    })];
    if all.len() > PAGE_ONE_HOSTS {
        out.push(Block::Line(said(format!(
            "And {} more, under Hosts and decisions.",
            all.len() - PAGE_ONE_HOSTS
        ))));
    }
    out
}

/// What, if it came to light, would change a decision above.
fn change(cx: Cx<'_>) -> Vec<Text> {
    let all = affected(cx);
    let at = |rungs: &[&str]| {
        all.iter()
            .filter(|d| rungs.contains(&d.proposed.rung.as_str()))
            .count()
    };
    let mut out = Vec::new();
    let (whole, hidden) = (at(&["delivered", "partial"]), at(&["hidden"]));
    if whole > 0 {
        out.push(said(format!(
            "Proof that the file is harmless would lower {}.",
            plural(whole, "decision")
        )));
    }
    if hidden > 0 {
        out.push(said(format!(
            "Keys or the disk of {} could settle what the network hides.",
            plural(hidden, "host")
        )));
    }
    if let Some(a) = &cx.m.answers
        && a.coverage.wanted_s - a.coverage.covered_s >= 1.0
    {
        out.push(said("A capture of the missing time could add hosts."));
    }
    let open = super::sections::open_findings(cx);
    if open > 0 {
        out.push(said(format!("{} not judged yet.", plural(open, "finding"))));
    }
    if let Some(a) = &cx.m.answers
        && !a.derived.is_empty()
    {
        out.push(said(format!(
            "Another pass with {} may reach more hosts.",
            plural(a.derived.len(), "derived indicator")
        )));
    }
    if out.is_empty() {
        out.push(said("Another capture point or a wider window."));
    }
    out
}
