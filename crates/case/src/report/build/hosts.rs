//! Affected hosts with the proposed decision, or the analyst's own with its reason.

use super::{Cx, host, rank};
use crate::report::material::Proposed;
use crate::report::text::{Text, data, said};
use crate::report::words::{decision_words, rung_words};
use crate::report::{Block, Section, Table};
use std::collections::BTreeSet;

/// From the most urgent down.
const ORDER: [&str; 6] = [
    "isolate_now",
    "isolate_and_examine",
    "examine",
    "find_out",
    "watch",
    "none",
];

/// A host with what is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    /// What the rule proposes; `decision` is empty where the answers name no such host.
    pub(crate) proposed: Proposed,
    /// What holds: the analyst's, else the proposed one.
    pub(crate) decision: String,
    /// The analyst decided.
    pub(crate) confirmed: bool,
    /// The analyst's decision differs from the proposed one.
    pub(crate) theirs: bool,
    /// The analyst's reason.
    pub(crate) reason: String,
    /// The analyst decided on another rung or proposal than today's.
    pub(crate) stale: Option<(String, String)>,
}

/// Every affected host, the most urgent first; hosts that only the analyst decided on, too.
pub(crate) fn affected(cx: Cx<'_>) -> Vec<Decided> {
    let proposals = cx.m.decisions.as_deref().unwrap_or_default();
    let mine = |address: &str| {
        let mut items = cx.case.live("decision");
        items
            .rfind(|i| i.now.text("host") == address)
            .map(|i| &i.now)
    };
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for p in proposals {
        if !seen.insert(p.host.as_str()) {
            continue;
        }
        let item = mine(&p.host);
        let own = item.map(|i| i.text("decision")).filter(|d| !d.is_empty());
        if p.decision == "none" && own.is_none_or(|d| d == "none") {
            continue;
        }
        let changed = |member: &str, today: &str| {
            let then = item.map(|i| i.text(member)).unwrap_or_default();
            (!then.is_empty() && then != today).then(|| (then.to_owned(), today.to_owned()))
        };
        out.push(Decided {
            decision: own.unwrap_or(&p.decision).to_owned(),
            confirmed: own.is_some(),
            theirs: own.is_some_and(|d| d != p.decision),
            reason: item
                .map(|i| i.text("reason"))
                .unwrap_or_default()
                .to_owned(),
            stale: changed("rung", &p.rung).or_else(|| changed("proposed", &p.decision)),
            proposed: p.clone(),
        });
    }
    // Who has confirmed findings and no decision is not left out.
    for f in super::draft::confirmed(cx) {
        let Some(src) = f.src.as_deref().filter(|src| !seen.contains(src)) else {
            continue;
        };
        if mine(src).is_some_and(|d| !d.text("decision").is_empty()) {
            continue;
        }
        seen.insert(src);
        out.push(Decided {
            proposed: Proposed {
                host: src.to_owned(),
                rung: "none".to_owned(),
                because: format!("confirmed finding: {}", f.title),
                evidence: f.evidence.clone(),
                in_scope: true,
                ..Proposed::default()
            },
            decision: String::new(),
            confirmed: false,
            theirs: false,
            reason: String::new(),
            stale: None,
        });
    }
    for item in cx.case.live("decision") {
        let address = item.now.text("host");
        let decision = item.now.text("decision");
        if decision.is_empty() || decision == "none" || !seen.insert(address) {
            continue;
        }
        out.push(Decided {
            proposed: Proposed {
                host: address.to_owned(),
                rung: item.now.text("rung").to_owned(),
                in_scope: true,
                ..Proposed::default()
            },
            decision: decision.to_owned(),
            confirmed: true,
            theirs: true,
            reason: item.now.text("reason").to_owned(),
            stale: (cx.m.decisions.is_some() && !matches!(item.now.text("rung"), "" | "none"))
                .then(|| (item.now.text("rung").to_owned(), "none".to_owned())),
        });
    }
    out.sort_by_key(|d| (urgency(&d.decision), rank(&d.proposed.rung)));
    out
}

pub(super) fn urgency(decision: &str) -> usize {
    // Who has to be decided on stands right behind those who are isolated.
    if decision.is_empty() {
        return 3;
    }
    let at = ORDER.iter().position(|o| *o == decision);
    at.unwrap_or(ORDER.len()) * 2
}

/// Whose decision it is, where it is not the rule's.
pub(super) fn whose(d: &Decided) -> Text {
    if !d.theirs {
        return Text::default();
    }
    let mut out = said("analyst\u{2019}s decision");
    if !d.reason.trim().is_empty() {
        out = out.said(": ").and(data(d.reason.trim()));
    }
    if d.proposed.decision.is_empty() {
        out
    } else {
        out.said(format!(
            " (proposed: {})",
            decision_words(&d.proposed.decision)
        ))
    }
}

pub(super) fn section(cx: Cx<'_>) -> Section {
    let all = affected(cx);
    let mut table = Table {
        head: vec!["Host", "Reached", "Decision", "Why", "Evidence"],
        rows: Vec::new(),
    };
    for d in &all {
        let p = &d.proposed;
        let mut who = host(p.name.as_deref(), &p.host, p.mac.as_deref());
        if !p.in_scope {
            who = who.said(" (outside your scope)");
        }
        let mut why = data(&p.because);
        if d.theirs {
            why = why.then(" \u{2014} ").and(whose(d));
        } else if d.confirmed {
            why = why.said(" \u{2014} confirmed by the analyst");
        } else if !d.decision.is_empty() {
            why = why.said(" \u{2014} proposed");
        }
        let evidence = if p.evidence.is_empty() {
            said("no packets")
        } else {
            cx.evidence(&p.evidence)
        };
        table.rows.push(vec![
            who,
            said(rung_words(&p.rung)),
            Text::default().strong(decision_words(&d.decision)),
            why,
            evidence,
        ]);
    }
    let mut blocks = vec![if all.is_empty() {
        Block::Nothing(none(cx).to_owned())
    } else {
        Block::Table(table)
    }];
    let verdicts: Vec<_> = cx.case.live("verdict").collect();
    if !verdicts.is_empty() {
        blocks.push(Block::Heading("Verdicts of the analyst".to_owned()));
        let lines = verdicts.iter().map(|v| {
            let line = Text::default().code(v.now.text("host")).said(": ");
            let line = line.data(v.now.text("verdict"));
            match v.now.text("why").trim() {
                "" => (0, line),
                why => (0, line.said(" \u{2014} ").and(cx.refs.typed(why))),
            }
        });
        blocks.push(Block::List(lines.collect()));
    }
    Section {
        id: "hosts",
        title: "Hosts and decisions",
        blocks,
    }
}

/// Why no host is listed.
pub(super) fn none(cx: Cx<'_>) -> &'static str {
    match &cx.m.decisions {
        None => "Nothing was judged, so no host can be named.",
        Some(_) => "Checked: no host is affected, as far as these captures show.",
    }
}
