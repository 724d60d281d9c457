//! What a mind map of the case has to hold, from what was planted: which host, name and file there is a node for, and
//! who fetched or sent what. Said with capture A alone; what findings suppose is not in it.
//!
//! A node is called as the map calls what it stands for: `host:<station, or address where a router hides it>`,
//! `name:<domain>`, `file:<16 digits of its SHA-256>:<name in lower case>`, `part:<name>` for what did not come whole,
//! `open:host:…` for what nobody could read. An edge is `from|verb|to`. Not in it: that two files have the same content
//! (their names say so), and which server gave what did not come whole.

use super::key::{Expect, HostKey, Indicator, Plant};
use super::planted::strength;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Nodes and edges of the map, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapKey {
    /// What there is a node for.
    pub nodes: BTreeSet<String>,
    /// `from|verb|to`.
    pub edges: BTreeSet<String>,
}

/// What one host did, over all its plants.
#[derive(Default)]
struct Did {
    /// The strongest rung of any indicator.
    best: usize,
    unread: bool,
    fetched: bool,
    sent: bool,
    reached: bool,
}

fn host(who: &HostKey) -> String {
    let id = if who.mac.is_empty() {
        &who.address
    } else {
        &who.mac
    };
    format!("host:{id}")
}

/// The strongest rung that an expectation about capture A allows. What lies outside the window is drawn as well.
fn rung(e: &Expect) -> usize {
    let here = e.runs.iter().any(|r| r == "a");
    // "None or contacted" says what a host must not have, not what it has.
    let open = e.rung.len() > 1 && !e.rung.iter().any(|r| r == "hidden");
    let all = e.rung.iter().filter(|_| here && !open);
    all.map(|r| strength(r)).max().unwrap_or(0)
}

/// Of all plants, with these indicators.
#[must_use]
pub fn of(plants: &[Plant], indicators: &[Indicator]) -> MapKey {
    let mut out = MapKey::default();
    out.nodes.insert("question".to_owned());
    let Some(domain) = indicators.iter().find(|i| i.kind == "domain") else {
        return out;
    };
    let name = format!("name:{}", domain.value.to_lowercase());
    let mut hosts: BTreeMap<String, Did> = BTreeMap::new();
    for p in plants.iter().filter(|p| p.row < 100) {
        for e in &p.expects {
            let did = hosts.entry(host(&e.host)).or_default();
            did.best = did.best.max(rung(e));
            did.unread |= rung(e) > 0 && e.rung.iter().any(|r| r == "hidden");
        }
        if p.row == 0 || !p.packets.contains_key("A") {
            continue;
        }
        let who = host(&p.host);
        let did = hosts.entry(who.clone()).or_default();
        did.reached |= p.reached;
        did.unread |= p.unread;
        for m in &p.moved {
            let called = m.name.to_lowercase();
            let whole = m.sha256.get(..16).filter(|_| !p.packets.contains_key("B"));
            let file = match whole {
                Some(hash) => format!("file:{hash}:{called}"),
                None => format!("part:{called}"),
            };
            did.sent |= m.sent;
            did.fetched |= !m.sent && m.of_domain;
            let verb = if m.sent { "sent" } else { "fetched" };
            out.edges.insert(format!("{who}|{verb}|{file}"));
            if m.of_domain && !m.sent && whole.is_some() {
                out.edges.insert(format!("{name}|sent|{file}"));
            }
            out.nodes.insert(file);
        }
    }
    for (who, did) in hosts.into_iter().filter(|(_, d)| d.best > strength("none")) {
        if did.unread {
            out.nodes.insert(format!("open:{who}"));
        }
        if did.sent || (did.reached && !did.fetched) {
            out.edges.insert(format!("{who}|contacted|{name}"));
        } else if did.best == strength("looked_up") {
            out.edges.insert(format!("{who}|resolved|{name}"));
        }
        out.nodes.insert(who);
    }
    out.nodes.insert(name);
    out
}
