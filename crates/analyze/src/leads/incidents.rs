//! Which findings belong together: of one host those that begin within an hour, that have a peer in common, that cite
//! the same packets or that are steps of one attack; of many hosts those that all do one and the same, and of three or
//! more whatever else each of them does. What the scope asks for is one thing, with whatever is of the same transfers
//! and servers; where a host went on after it (checks in, goes to others inside), that host's part belongs to what it
//! did.

use super::{Lead, Raised, Side, is_alarm, peer};
use crate::detections::{Finding, Findings, Severity};
use crate::environment::{Environment, HostId};
use crate::techniques::{Tactic, tactic};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_model::{Duration, PacketRef, Timestamp};

/// Findings of one host that begin no further apart belong together.
const APART: Duration = Duration(3_600_000_000_000);
/// So many findings of different tactics on one host are one attack, and weigh one level more.
const STEPS: usize = 3;

/// Hosts that do the same with the same peer, from which on it is one thing.
const CROWD: usize = 3;

/// What the scope asks for.
const ASKED: &str = "indicator.seen";
/// Families of what somebody does once he is in: he checks in, or goes to others inside.
const GOES_ON: [&str; 2] = ["c2", "lateral"];
/// Of files that came in.
const CAME: &str = "file";

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

fn family(f: &Finding) -> &str {
    f.detection.split('.').next().unwrap_or_default()
}

/// It repeats, and is expected again after the captures: whoever is behind it is still there.
#[must_use]
pub fn goes_on(f: &Finding) -> bool {
    let expected = f.rhythm.as_ref().is_some_and(|r| !r.next.is_empty());
    expected && f.benign.is_none() && is_alarm(f.severity, f.confidence)
}

/// An alarm of somebody who is in.
fn deed(f: &Finding) -> bool {
    GOES_ON.contains(&family(f)) && f.benign.is_none() && is_alarm(f.severity, f.confidence)
}

/// Something came in: what the scope asks for, a program.
fn came(f: &Finding) -> bool {
    f.detection == ASKED || family(f) == CAME && f.benign.is_none()
}

/// Did somebody act after something had come to the same host? After what is an alarm by itself at any time, after
/// what is none within the hour.
fn followed(mine: &Mine<'_>) -> bool {
    let acted = acted(mine);
    mine.iter().any(|(_, f)| led_on(f, &acted))
}

/// When each host did what somebody does who is in.
fn acted(mine: &Mine<'_>) -> BTreeMap<HostId, Vec<Timestamp>> {
    let mut out: BTreeMap<HostId, Vec<Timestamp>> = BTreeMap::new();
    let deeds = mine.iter().filter(|(_, f)| deed(f));
    for (host, time) in deeds.filter_map(|(_, f)| Some((f.host?, f.first))) {
        out.entry(host).or_default().push(time);
    }
    out
}

/// Something that came in, after which its host acted.
fn led_on(f: &Finding, acted: &BTreeMap<HostId, Vec<Timestamp>>) -> bool {
    let alarm = is_alarm(f.severity, f.confidence);
    let after = |t: &Timestamp| f.first <= *t && (alarm || t.since(f.first) <= APART);
    let deeds = f.host.and_then(|h| acted.get(&h));
    came(f) && deeds.is_some_and(|all| all.iter().any(after))
}

fn lead(side: Side, mut mine: Mine<'_>, steps: bool) -> Lead {
    let followed = followed(&mine);
    mine.sort_by(|(n, a), (m, b)| {
        // What goes on is what the lead is about, and what was done before what came in.
        let first = |f: &Finding| (goes_on(f), followed && deed(f));
        first(b)
            .cmp(&first(a))
            .then(b.severity.cmp(&a.severity))
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
    let peers: BTreeSet<String> = mine.iter().filter_map(|(_, f)| peer(f)).collect();
    let mut hosts: Vec<HostId> = Vec::new();
    for (_, f) in &mine {
        for host in f.host.iter().chain(&f.others) {
            if !hosts.contains(host) {
                hosts.push(*host);
            }
        }
    }
    let by = if followed {
        Some(Raised::Followed)
    } else {
        steps.then_some(Raised::Steps)
    };
    let raised = by.and_then(|by| Some((higher(most)?, most, by)));
    Lead {
        side,
        hosts,
        findings: mine.iter().map(|(n, _)| *n).collect(),
        severity: raised.map_or(most, |r| r.0),
        raised: raised.map(|r| (r.1, r.2)),
        confidence,
        tactics: tactics.into_iter().collect(),
        peers: peers.len(),
        goes_on: mine.iter().any(|(_, f)| goes_on(f)),
        asked: mine.iter().any(|(_, f)| f.detection == ASKED) && !mine.iter().any(|(_, f)| deed(f)),
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

/// Joins what has the same key.
fn join_by<K: Ord>(union: &mut Union, keys: impl Iterator<Item = (usize, K)>) {
    let mut known: BTreeMap<K, usize> = BTreeMap::new();
    for (at, key) in keys {
        let first = *known.entry(key).or_insert(at);
        union.join(first, at);
    }
}

fn packets<'a>(mine: &'a Mine<'_>) -> impl Iterator<Item = (usize, PacketRef)> + 'a {
    let all = mine.iter().enumerate();
    all.flat_map(|(at, (_, f))| f.evidence.packets().map(move |p| (at, p)))
}

fn split<'a>(union: &mut Union, mine: &Mine<'a>) -> BTreeMap<usize, Mine<'a>> {
    let mut out: BTreeMap<usize, Mine<'a>> = BTreeMap::new();
    for (at, one) in mine.iter().enumerate() {
        out.entry(union.of(at)).or_default().push(*one);
    }
    out
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
    let all = || mine.iter().enumerate();
    join_by(
        &mut union,
        all().filter_map(|(at, (_, f))| Some((at, peer(f)?))),
    );
    join_by(&mut union, packets(mine));
    // Notes of one kind are one note.
    let note = |f: &Finding| !is_alarm(f.severity, f.confidence);
    let notes = all().filter(|(_, (_, f))| note(f));
    join_by(&mut union, notes.map(|(at, (_, f))| (at, f.detection)));
    // What came in before it belongs to what somebody did.
    let deeds: Vec<usize> = all()
        .filter(|(_, (_, f))| deed(f))
        .map(|(at, _)| at)
        .collect();
    if let Some(first) = deeds.iter().min_by_key(|at| begun(at)) {
        let until = begun(first);
        for (at, (_, f)) in all().filter(|(_, (_, f))| came(f)) {
            if Some(f.first) <= until && is_alarm(f.severity, f.confidence) {
                union.join(*first, at);
            }
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
    split(&mut union, mine)
        .into_iter()
        .map(|(root, list)| lead(side, list, attack == Some(root)))
        .collect()
}

/// Which of these are of the transfers and servers that the scope asks for: what cites the same packets or has the
/// same peer on the same host; what a host did that is none of it, and of what came before a deed of its own
/// everything, is not.
fn asked(mine: &Mine<'_>) -> BTreeSet<usize> {
    let deeds: BTreeMap<HostId, Timestamp> = {
        let all = mine.iter().filter(|(_, f)| deed(f));
        let mut out = BTreeMap::new();
        for (host, time) in all.filter_map(|(_, f)| Some((f.host?, f.first))) {
            let first = out.entry(host).or_insert(time);
            *first = time.min(*first);
        }
        out
    };
    let led_on = |f: &Finding| {
        let host = f.host.filter(|_| f.others.is_empty());
        host.and_then(|h| deeds.get(&h))
            .is_some_and(|t| f.first <= *t)
    };
    let mut packets: BTreeSet<PacketRef> = BTreeSet::new();
    let mut peers: BTreeSet<(Option<HostId>, String)> = BTreeSet::new();
    for (_, f) in mine.iter().filter(|(_, f)| f.detection == ASKED) {
        packets.extend(f.evidence.packets());
        peers.extend(peer(f).map(|p| (f.host, p)));
    }
    let same = |f: &Finding| f.evidence.packets().any(|p| packets.contains(&p));
    for (_, f) in mine.iter().filter(|(_, f)| same(f)) {
        peers.extend(peer(f).map(|p| (f.host, p)));
        peers.extend(f.dst.map(|ip| (f.host, ip.to_string())));
    }
    let server = |f: &Finding| {
        let dst = f.dst.map(|ip| ip.to_string());
        let names = peer(f).into_iter().chain(dst);
        names.into_iter().any(|p| peers.contains(&(f.host, p)))
    };
    let all = mine.iter().filter(|(_, f)| !deed(f) && !led_on(f));
    all.filter(|(_, f)| f.detection == ASKED || same(f) || server(f))
        .map(|(n, _)| *n)
        .collect()
}

/// Every lead, in no order that matters.
pub(super) fn incidents(
    found: &Findings,
    is_allowed: &dyn Fn(usize) -> bool,
    env: &Environment,
) -> Vec<Lead> {
    let counted: Mine<'_> = found
        .rows
        .iter()
        .enumerate()
        .filter(|(n, _)| !is_allowed(*n))
        .collect();
    let breach = counted
        .iter()
        .filter(|(_, f)| Side::of(f.detection) == Side::Breach);
    let asked = asked(&breach.copied().collect());
    // What many hosts do alike is one thing to look at.
    let mut alike: BTreeMap<(Side, &str, Option<String>), Mine<'_>> = BTreeMap::new();
    let common = common(counted.iter().filter(|(n, _)| !asked.contains(n)));
    let acted = acted(&counted);
    let mut by: BTreeMap<(Side, Who), Mine<'_>> = BTreeMap::new();
    for (n, f) in counted.iter().filter(|(n, _)| !asked.contains(n)) {
        // What came to many is of the one who acted upon it.
        let crowd = crowd(f).filter(|_| !led_on(f, &acted));
        if let Some(key) = crowd.filter(|key| common.contains(key)) {
            let key = (Side::Breach, key.0, Some(key.1));
            alike.entry(key).or_default().push((*n, f));
            continue;
        }
        by.entry((Side::of(f.detection), who(f)))
            .or_default()
            .push((*n, f));
    }
    let all = by.iter().flat_map(|((side, _), mine)| of_one(*side, mine));
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
    out = one_event(found, out);
    let of_scope: Mine<'_> = counted
        .into_iter()
        .filter(|(n, _)| asked.contains(n))
        .collect();
    if !of_scope.is_empty() {
        out.push(lead(Side::Breach, of_scope, false));
    }
    for one in &mut out {
        let known = |id: &HostId| env.host(*id).is_some();
        one.hosts.retain(known);
    }
    out
}

/// What a finding is of, where several hosts may do it alike: who is in does what he does by himself.
fn crowd(f: &Finding) -> Option<(&str, String)> {
    let apart = deed(f) || Side::of(f.detection) == Side::Fault;
    Some((f.detection, peer(f)?)).filter(|_| !apart)
}

/// What at least [`CROWD`] hosts do with one and the same peer: it says nothing of any one of them.
fn common<'a>(all: impl Iterator<Item = &'a (usize, &'a Finding)>) -> BTreeSet<(&'a str, String)> {
    let mut hosts: BTreeMap<(&str, String), BTreeSet<Who>> = BTreeMap::new();
    for (_, f) in all {
        if let Some(key) = crowd(f) {
            let others = f.others.iter().map(|id| Who::Host(*id));
            hosts.entry(key).or_default().extend(others.chain([who(f)]));
        }
    }
    hosts.retain(|_, who| who.len() >= CROWD);
    hosts.into_keys().collect()
}

/// Two ends of one conversation are told by two findings on two hosts: leads that cite a packet in common are one,
/// where neither was raised.
fn one_event(found: &Findings, all: Vec<Lead>) -> Vec<Lead> {
    let mut union = Union((0..all.len()).collect());
    let rows = |l: &Lead| -> Vec<(usize, &Finding)> {
        let of = l.findings.iter();
        of.filter_map(|n| Some((*n, found.rows.get(*n)?))).collect()
    };
    let plain = || all.iter().enumerate().filter(|(_, l)| l.raised.is_none());
    let cited = plain().flat_map(|(at, l)| {
        // What is told of many hosts at once is the event of none of them.
        let own = rows(l).into_iter().filter(|(_, f)| f.others.is_empty());
        let packets = own.flat_map(|(_, f)| f.evidence.packets());
        packets.map(|p| (at, (l.side, p))).collect::<Vec<_>>()
    });
    join_by(&mut union, cited);
    let mut by: BTreeMap<usize, Vec<&Lead>> = BTreeMap::new();
    for (at, l) in all.iter().enumerate() {
        by.entry(union.of(at)).or_default().push(l);
    }
    by.into_values()
        .filter_map(|list| match list.as_slice() {
            [one] => Some((*one).clone()),
            [first, ..] => {
                let rows = list.iter().flat_map(|l| rows(l)).collect();
                Some(lead(first.side, rows, false))
            }
            [] => None,
        })
        .collect()
}

/// One detection, and of a breach one peer.
fn is_alike(rows: &Mine<'_>, side: Side) -> bool {
    let kind = |f: &Finding| (f.detection, peer(f).filter(|_| side == Side::Breach));
    let mut kinds = rows.iter().map(|(_, f)| kind(f));
    let first = kinds.next();
    kinds.all(|k| Some(k) == first)
}
