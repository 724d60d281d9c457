//! Which findings belong together: of one host those that begin within an hour, that have a peer in common or that
//! are steps of one attack; of many hosts those that all do one and the same.

use super::{Lead, Side, peer};
use crate::detections::{Finding, Findings, Severity};
use crate::environment::{Environment, HostId};
use crate::techniques::{Tactic, tactic};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_model::Duration;

/// Findings of one host that begin no further apart belong together.
const APART: Duration = Duration(3_600_000_000_000);
/// So many findings of different tactics on one host are one attack, and weigh one level more.
const STEPS: usize = 3;

/// Who a finding is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Host(HostId),
    Address(IpAddr),
    Network,
}

fn who(f: &Finding) -> Who {
    match (f.host, f.src) {
        (Some(id), _) => Who::Host(id),
        (None, Some(ip)) => Who::Address(ip),
        (None, None) => Who::Network,
    }
}

/// Findings with their places.
type Mine<'a> = Vec<(usize, &'a Finding)>;

/// Sets that grow together.
struct Union(Vec<usize>);

impl Union {
    fn of(&mut self, mut n: usize) -> usize {
        while let Some(up) = self.0.get(n).copied().filter(|up| *up != n) {
            n = up;
        }
        n
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        if let Some(slot) = self.0.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}

/// One finding of each tactic that stands on this host, where they are enough for an attack. A note that means
/// nothing by itself, or that behaves like a harmless class, is no step.
fn steps(mine: &Mine<'_>) -> Vec<usize> {
    let mut by: BTreeMap<Tactic, (&str, Vec<usize>)> = BTreeMap::new();
    for (at, (_, f)) in mine.iter().enumerate() {
        if f.severity == Severity::Info || f.benign.is_some() {
            continue;
        }
        if let Some(tactic) = tactic(f.techniques) {
            by.entry(tactic)
                .or_insert_with(|| (f.detection, Vec::new()))
                .1
                .push(at);
        }
    }
    let detections: BTreeSet<&str> = by.values().map(|(d, _)| *d).collect();
    if detections.len() < STEPS {
        return Vec::new();
    }
    by.into_values().flat_map(|(_, list)| list).collect()
}

fn lead(side: Side, mut mine: Mine<'_>, raise: bool) -> Lead {
    mine.sort_by(|(n, a), (m, b)| {
        b.severity
            .cmp(&a.severity)
            .then(b.confidence.total_cmp(&a.confidence))
            .then(n.cmp(m))
    });
    let most = mine.iter().map(|(_, f)| f.severity).max();
    let most = most.unwrap_or(Severity::Info);
    let weighty = mine.iter().filter(|(_, f)| f.severity == most);
    let confidence = weighty.map(|(_, f)| f.confidence).fold(0.0, f64::max);
    let tactics: BTreeSet<Tactic> = mine
        .iter()
        .filter_map(|(_, f)| tactic(f.techniques))
        .collect();
    let mut hosts: Vec<HostId> = Vec::new();
    for (_, f) in &mine {
        for host in f.host.iter().chain(&f.others) {
            if !hosts.contains(host) {
                hosts.push(*host);
            }
        }
    }
    let (severity, raised) = match (raise, higher(most)) {
        (true, Some(up)) => (up, Some(most)),
        _ => (most, None),
    };
    Lead {
        side,
        hosts,
        findings: mine.iter().map(|(n, _)| *n).collect(),
        severity,
        raised,
        confidence,
        tactics: tactics.into_iter().collect(),
        benign: mine.iter().all(|(_, f)| f.benign.is_some()),
    }
}

fn higher(s: Severity) -> Option<Severity> {
    match s {
        Severity::Info => Some(Severity::Low),
        Severity::Low => Some(Severity::Medium),
        Severity::Medium => Some(Severity::High),
        Severity::High => Some(Severity::Critical),
        Severity::Critical => None,
    }
}

/// The findings of one host, put together.
fn of_one(side: Side, mine: &Mine<'_>) -> Vec<Lead> {
    let mut union = Union((0..mine.len()).collect());
    let mut by_time: Vec<usize> = (0..mine.len()).collect();
    let begun = |n: &usize| mine.get(*n).map(|(_, f)| f.first);
    by_time.sort_by_key(begun);
    for pair in by_time.windows(2) {
        if let [a, b] = pair
            && let (Some(from), Some(to)) = (begun(a), begun(b))
            && to.since(from) <= APART
        {
            union.join(*a, *b);
        }
    }
    let mut peers: BTreeMap<String, usize> = BTreeMap::new();
    for (at, (_, f)) in mine.iter().enumerate() {
        if let Some(name) = peer(f) {
            let first = *peers.entry(name).or_insert(at);
            union.join(first, at);
        }
    }
    let steps = if side == Side::Breach {
        steps(mine)
    } else {
        Vec::new()
    };
    for at in steps.iter().skip(1) {
        union.join(steps.first().copied().unwrap_or(*at), *at);
    }
    let attack = steps.first().map(|at| union.of(*at));
    let mut out: BTreeMap<usize, Mine<'_>> = BTreeMap::new();
    for (at, one) in mine.iter().enumerate() {
        out.entry(union.of(at)).or_default().push(*one);
    }
    out.into_iter()
        .map(|(root, list)| lead(side, list, attack == Some(root)))
        .collect()
}

/// Every lead, in no order that matters.
pub(super) fn incidents(
    found: &Findings,
    is_allowed: &dyn Fn(usize) -> bool,
    env: &Environment,
) -> Vec<Lead> {
    let mut by: BTreeMap<(Side, Who), Mine<'_>> = BTreeMap::new();
    let counted = found
        .rows
        .iter()
        .enumerate()
        .filter(|(n, _)| !is_allowed(*n));
    for (n, f) in counted {
        by.entry((Side::of(f.detection), who(f)))
            .or_default()
            .push((n, f));
    }
    let all = by.iter().flat_map(|((side, _), mine)| of_one(*side, mine));
    // What many hosts do alike is one thing to look at.
    let mut alike: BTreeMap<(Side, &str, Option<String>), Mine<'_>> = BTreeMap::new();
    let mut out: Vec<Lead> = Vec::new();
    for one in all {
        let rows: Mine<'_> = one
            .findings
            .iter()
            .filter_map(|n| Some((*n, found.rows.get(*n)?)))
            .collect();
        let kinds: BTreeSet<(&str, Option<String>)> = rows
            .iter()
            .map(|(_, f)| (f.detection, peer(f).filter(|_| one.side == Side::Breach)))
            .collect();
        match kinds.into_iter().next() {
            Some((detection, peer)) if one.raised.is_none() && is_alike(&rows, one.side) => alike
                .entry((one.side, detection, peer))
                .or_default()
                .extend(rows),
            _ => out.push(one),
        }
    }
    for ((side, _, _), rows) in alike {
        out.push(lead(side, rows, false));
    }
    for one in &mut out {
        let known = |id: &HostId| env.host(*id).is_some();
        one.hosts.retain(known);
    }
    out
}

/// One detection, and of a breach one peer.
fn is_alike(rows: &Mine<'_>, side: Side) -> bool {
    let kind = |f: &Finding| (f.detection, peer(f).filter(|_| side == Side::Breach));
    let mut kinds = rows.iter().map(|(_, f)| kind(f));
    let first = kinds.next();
    kinds.all(|k| Some(k) == first)
}
