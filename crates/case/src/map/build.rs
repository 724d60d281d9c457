//! Nodes and edges from what was found: the question, each affected host, the files and names it had to do with, what
//! the findings suppose, what stays open and what was decided. The same case and captures give the same map.

use crate::document::{Document, Item, Version};
use crate::report::{Answer, Finding, Material, Proposed, decision_words, rung_words};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use weir_model::IndicatorKind;

/// References of one node.
const CITED: usize = 6;
/// Most findings that become hypotheses, by rank; those that the analyst confirmed come besides.
const MAX_FINDINGS: usize = 60;
/// Digits of a hash in an origin and in words.
const HASH: usize = 16;

/// A node to be added, called by what it stands for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BuiltNode {
    /// What it stands for: `host:…`, `file:…`, `finding:…`. The same thing has the same origin in every build.
    pub origin: String,
    /// One of [`super::SORTS`].
    pub sort: &'static str,
    /// One line. Hostile text inside.
    pub text: String,
    /// Written references.
    pub evidence: Vec<String>,
    /// Origin of its parent; empty for the root.
    pub parent: String,
    /// Of a hypothesis: what speaks for it.
    pub speaks_for: String,
    /// Of a hypothesis: a harmless reading.
    pub against: String,
    /// Of a hypothesis: what would settle it.
    pub settle: String,
}

/// An edge to be added.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BuiltEdge {
    /// Origin.
    pub from: String,
    /// Origin.
    pub to: String,
    /// One of [`super::VERBS`].
    pub verb: &'static str,
}

/// What a case comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Built {
    /// Parents before their children.
    pub nodes: Vec<BuiltNode>,
    /// In order.
    pub edges: Vec<BuiltEdge>,
    /// Findings beyond those that were taken.
    pub left: usize,
}

impl Built {
    /// Origins, to tell what still stands.
    #[must_use]
    pub fn origins(&self) -> BTreeSet<String> {
        self.nodes.iter().map(|n| n.origin.clone()).collect()
    }

    /// A copy of the case with what it does not have yet. Ids come of the case's and of what is stood for, so the same
    /// map built twice is one.
    #[must_use]
    pub fn added_to(&self, case: &Document) -> Document {
        let mut out = case.clone();
        let id = |of: &str| {
            let hash = Sha256::digest(format!("{}\n{of}", case.id));
            hash.iter()
                .take(16)
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
        };
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for i in &case.items {
            let origin = i.now.text("origin");
            if i.now.kind == "node" && !origin.is_empty() {
                ids.insert(origin.to_owned(), i.id.clone());
            }
        }
        let item = |of: &str, kind: &str, body: serde_json::Value| Item {
            id: id(of),
            now: Version {
                kind: kind.to_owned(),
                pass: case.passes(),
                step: "notes".to_owned(),
                body: body.as_object().cloned().unwrap_or_default(),
                ..Version::default()
            },
            ..Item::default()
        };
        for (n, node) in self.nodes.iter().enumerate() {
            if ids.contains_key(&node.origin) {
                continue;
            }
            let parent = ids.get(&node.parent).cloned().unwrap_or_default();
            let body = json!({
                "text": node.text, "parent": parent, "order": n, "sort": node.sort,
                "evidence": node.evidence.join(" "), "origin": node.origin,
                "for": node.speaks_for, "against": node.against, "settle": node.settle,
            });
            let made = item(&node.origin, "node", body);
            ids.insert(node.origin.clone(), made.id.clone());
            out.items.push(made);
        }
        for e in &self.edges {
            let origin = format!("{}|{}|{}", e.from, e.verb, e.to);
            let known = case
                .items
                .iter()
                .any(|i| i.now.kind == "edge" && i.now.text("origin") == origin);
            if let (false, Some(from), Some(to)) = (known, ids.get(&e.from), ids.get(&e.to)) {
                let body = json!({"from": from, "to": to, "verb": e.verb, "origin": origin});
                out.items.push(item(&origin, "edge", body));
            }
        }
        out
    }

    fn node(&mut self, node: BuiltNode) {
        if !self.nodes.iter().any(|n| n.origin == node.origin) {
            self.nodes.push(node);
        }
    }

    fn edge(&mut self, from: &str, verb: &'static str, to: &str) {
        let edge = BuiltEdge {
            from: from.to_owned(),
            to: to.to_owned(),
            verb,
        };
        if from != to && !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }
}

const ROOT: &str = "question";

/// A host is its hardware address where that is known.
fn host(mac: Option<&str>, address: &str) -> String {
    format!("host:{}", mac.filter(|m| !m.is_empty()).unwrap_or(address))
}

fn cited(all: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for one in all {
        if !out.contains(one) && out.len() < CITED {
            out.push(one.clone());
        }
    }
    out
}

/// The first part of a hash, which only has ASCII.
fn short(hash: &str) -> &str {
    hash.get(..HASH).unwrap_or(hash)
}

/// The map of what was found.
#[must_use]
pub fn build(case: &Document, m: &Material) -> Built {
    let mut out = Built::default();
    let question = m.scope.question.trim();
    out.node(BuiltNode {
        origin: ROOT.to_owned(),
        sort: "question",
        text: if question.is_empty() {
            "What is the issue?".to_owned()
        } else {
            question.to_owned()
        },
        ..BuiltNode::default()
    });
    let decisions = m.decisions.as_deref().unwrap_or_default();
    let answers = || m.answers.iter().flat_map(|a| &a.answers);
    for d in decisions.iter().filter(|d| d.decision != "none") {
        affected(&mut out, d, answers());
    }
    let hosts: BTreeSet<String> = out.nodes.iter().map(|n| n.origin.clone()).collect();
    for a in answers().filter(|a| a.rung != "none") {
        let of = host(a.mac.as_deref(), &a.host);
        if hosts.contains(&of) {
            answered(&mut out, a, &of);
        }
    }
    same_content(&mut out);
    findings(&mut out, case, m, &hosts);
    open(&mut out, m, &hosts);
    decided(&mut out, case, &hosts, decisions);
    out
}

fn affected<'a>(out: &mut Built, d: &Proposed, answers: impl Iterator<Item = &'a Answer>) {
    let name = d.name.as_deref().filter(|n| !n.is_empty());
    let who = name.map_or_else(|| d.host.clone(), |n| format!("{n} \u{b7} {}", d.host));
    let origin = host(d.mac.as_deref(), &d.host);
    let besides =
        |a: &Answer| !a.in_window && a.rung != "none" && host(a.mac.as_deref(), &a.host) == origin;
    // Decisions weigh the window; the map says what lies beside it too.
    let reached = match d.rung.as_str() {
        "none" => match answers
            .filter(|a| besides(a) && a.direction == "received")
            .min_by_key(|a| crate::report::rank(&a.rung))
        {
            Some(a) => format!("{} outside the window", rung_words(&a.rung)),
            None => "findings only".to_owned(),
        },
        rung => rung_words(rung).to_owned(),
    };
    out.node(BuiltNode {
        origin,
        sort: "host",
        text: format!("{who}: {reached}"),
        evidence: cited(&d.evidence),
        parent: ROOT.to_owned(),
        ..BuiltNode::default()
    });
}

/// What a host had to do with: files that came or went, names that it asked.
fn answered(out: &mut Built, a: &Answer, of: &str) {
    let verb = match a.direction.as_str() {
        "sent" => "sent",
        _ => "fetched",
    };
    let named = matches!(
        a.indicator.kind,
        IndicatorKind::Domain | IndicatorKind::Address | IndicatorKind::Url
    );
    let giver = named.then(|| format!("name:{}", a.indicator.value.to_lowercase()));
    if let Some(origin) = &giver {
        out.node(BuiltNode {
            origin: origin.clone(),
            sort: "name",
            text: a.indicator.value.clone(),
            evidence: cited(&a.evidence),
            parent: ROOT.to_owned(),
            ..BuiltNode::default()
        });
    }
    let mut files = Vec::new();
    for f in &a.files {
        let key = f.sha256.as_deref().map_or(f.id.as_str(), short);
        let name = f.name.to_lowercase();
        let origin = format!("file:{key}:{name}");
        let packet = f.id.split('.').next().unwrap_or_default();
        let at = match packet.split_once(':') {
            Some(("A", n)) => format!("[[p{n}]]"),
            Some((letter, n)) => format!("[[{letter}:p{n}]]"),
            None => String::new(),
        };
        let whole = if f.complete { "" } else { ", not complete" };
        let hash = f
            .sha256
            .as_deref()
            .map_or_else(String::new, |h| format!(", SHA-256 {}\u{2026}", short(h)));
        let called = if f.name.is_empty() {
            "unnamed file"
        } else {
            &f.name
        };
        out.node(BuiltNode {
            origin: origin.clone(),
            sort: "file",
            text: format!("{called}, {} bytes{whole}{hash}", f.size),
            evidence: cited(&[at]),
            parent: giver.clone().unwrap_or_else(|| ROOT.to_owned()),
            ..BuiltNode::default()
        });
        out.edge(of, verb, &origin);
        files.push(origin);
    }
    if let Some(origin) = giver {
        // Who gave the files; a host that got none has only asked.
        for file in &files {
            match verb {
                "sent" => out.edge(of, "contacted", &origin),
                _ => out.edge(&origin, "sent", file),
            }
        }
        match a.rung.as_str() {
            "looked_up" => out.edge(of, "resolved", &origin),
            // A silent host has an answer and no packet: nobody saw it contact anybody.
            _ if files.is_empty() && !a.evidence.is_empty() => out.edge(of, "contacted", &origin),
            _ => {}
        }
    }
}

/// Files of the same hash under other names. What has no hash is the same as nothing.
fn same_content(out: &mut Built) {
    let mut by: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for n in out.nodes.iter().filter(|n| n.sort == "file") {
        let hash = n.origin.split(':').nth(1).unwrap_or_default();
        if hash.len() == HASH {
            by.entry(hash.to_owned())
                .or_default()
                .push(n.origin.clone());
        }
    }
    for same in by.into_values() {
        for pair in same.windows(2) {
            if let [a, b] = pair {
                out.edge(a, "same content", b);
            }
        }
    }
}

/// Findings are hypotheses; what the analyst confirmed is an event, what was dismissed is nothing.
fn findings(out: &mut Built, case: &Document, m: &Material, hosts: &BTreeSet<String>) {
    let state: BTreeMap<&str, &str> = case
        .live("dismissal")
        .map(|i| (i.now.text("finding"), i.now.text("state")))
        .collect();
    // The host it is about; where it is about several, the first of them.
    let by_host = |f: &Finding| -> Option<String> {
        let all = m.decisions.iter().flatten();
        let of = |d: &Proposed| host(d.mac.as_deref(), &d.host);
        let mut own = all
            .clone()
            .filter(|d| f.src.as_deref() == Some(d.host.as_str()));
        let mut any = all.filter(|d| d.findings.contains(&f.id));
        let found = own.next().or_else(|| any.next()).map(of);
        found.filter(|h| hosts.contains(h))
    };
    let all = m.findings.iter().flat_map(|f| &f.findings);
    let counted =
        all.filter(|f| f.allowed.is_empty() && state.get(f.id.as_str()) != Some(&"dismissed"));
    let mut taken = 0;
    for f in counted {
        let confirmed = state.get(f.id.as_str()) == Some(&"confirmed");
        let alarm = f.alarm();
        if f.detection == "indicator.seen" || !(confirmed || alarm) {
            continue;
        }
        taken += usize::from(!confirmed);
        if !confirmed && taken > MAX_FINDINGS {
            out.left += 1;
            continue;
        }
        let origin = format!("finding:{}", f.id);
        let of = by_host(f);
        out.node(BuiltNode {
            origin: origin.clone(),
            sort: if confirmed { "event" } else { "hypothesis" },
            text: f.title.clone(),
            evidence: cited(&f.evidence),
            parent: of.clone().unwrap_or_else(|| ROOT.to_owned()),
            speaks_for: f.why.clone(),
            against: f.innocent.clone(),
            settle: f.settle.clone(),
        });
        if let Some(of) = of {
            out.edge(&of, "then", &origin);
        }
        let reached = m
            .decisions
            .iter()
            .flatten()
            .filter(|d| d.findings.contains(&f.id));
        for d in reached.filter(|d| f.dst.as_deref() == Some(&d.host)) {
            out.edge(&origin, "then", &host(d.mac.as_deref(), &d.host));
        }
    }
}

/// What the captures leave open.
fn open(out: &mut Built, m: &Material, hosts: &BTreeSet<String>) {
    let Some(answers) = &m.answers else { return };
    // One question a host: of several indicators the same exchange is the answer.
    for a in answers.answers.iter().filter(|a| a.rung == "hidden") {
        let of = host(a.mac.as_deref(), &a.host);
        if hosts.contains(&of) {
            out.node(BuiltNode {
                origin: format!("open:{of}"),
                sort: "open",
                text: format!(
                    "What did {} exchange with {}? {}",
                    a.host, a.indicator.value, a.reason
                ),
                evidence: cited(&a.evidence),
                parent: of,
                ..BuiltNode::default()
            });
        }
    }
    for g in answers
        .coverage
        .gaps
        .iter()
        .filter(|g| g.why != "flow_records")
    {
        let when = match g.why.as_str() {
            "not_yet" => "in the time that is still to come",
            "before" => "before the captures",
            "after" => "after the captures",
            _ => "between the captures",
        };
        out.node(BuiltNode {
            origin: format!("open:gap:{}:{}", g.why, g.from),
            sort: "open",
            text: format!("What happened {when}? [[t:{}..{}]]", g.from, g.to),
            evidence: Vec::new(),
            parent: ROOT.to_owned(),
            ..BuiltNode::default()
        });
    }
}

/// What the analyst decided on each host.
fn decided(out: &mut Built, case: &Document, hosts: &BTreeSet<String>, decisions: &[Proposed]) {
    for item in case.live("decision") {
        let (address, decision) = (item.now.text("host"), item.now.text("decision"));
        if decision.is_empty() || decision == "none" {
            continue;
        }
        let mac = decisions.iter().find(|d| d.host == address);
        let of = host(mac.and_then(|d| d.mac.as_deref()), address);
        if !hosts.contains(&of) {
            continue;
        }
        let origin = format!("decision:{of}");
        let reason = item.now.text("reason").trim();
        let because = if reason.is_empty() {
            String::new()
        } else {
            format!(": {reason}")
        };
        out.node(BuiltNode {
            origin: origin.clone(),
            sort: "action",
            text: format!("{}{because}", decision_words(decision)),
            evidence: Vec::new(),
            parent: of.clone(),
            ..BuiltNode::default()
        });
        out.edge(&of, "decided", &origin);
    }
}
