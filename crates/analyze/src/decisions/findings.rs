//! What findings add to what the answers propose. A finding is a hypothesis: an alarm that nobody has judged asks for a
//! look at the host; only what the analyst confirmed, or what goes on after something was delivered, takes it off the
//! network. Judges no traffic.

use super::{Decision, Rule};
use crate::answers::{Answers, Rung, Way};
use crate::detections::{Finding, Findings};
use crate::environment::{Environment, Host, HostId};
use crate::leads::{Side, is_alarm};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_model::{Scope, Timestamp};

/// Families of what somebody does at a host, or with what came to it.
const AT_WORK: [&str; 7] = ["c2", "lateral", "exfil", "dns", "icmp", "tunnel", "file"];
/// Of these, what the host does of its own once somebody is in.
const CHECKS_IN: &str = "c2";
const GOES_TO_OTHERS: &str = "lateral";
/// Families that tell how a client or a service is set up, or what differs from before: nothing of the host's state.
const ASIDE: [&str; 7] = ["ua", "http", "tls", "port", "proto", "pattern", "baseline"];
/// The scope's own questions are answered by the answers; a password in clear text is the account's trouble, and what
/// is done about it stands among the actions.
const NOT_THE_HOST: [&str; 2] = ["indicator.seen", "cred.cleartext"];
/// Packets that each finding adds.
const CITED: usize = 3;
/// Findings named in a sentence; the rest are counted.
const NAMED: usize = 2;

/// What the analyst made of the findings.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// A place for each finding: it is allowed or dismissed, and proposes nothing.
    pub aside: &'a [bool],
    /// Ids of findings that the analyst confirmed.
    pub confirmed: &'a BTreeSet<String>,
}

fn family(f: &Finding) -> &str {
    f.detection.split('.').next().unwrap_or_default()
}

/// What the findings of one host come to.
#[derive(Default)]
struct Of<'a> {
    confirmed: Vec<&'a Finding>,
    alarms: Vec<&'a Finding>,
    /// Alarms of others that worked on it.
    reached: Vec<&'a Finding>,
}

/// From the answers to a scope and from what was found, strongest first, then by address.
#[must_use]
pub fn propose(
    env: &Environment,
    scope: &Scope,
    answers: Option<&Answers>,
    found: &Findings,
    judged: Judged<'_>,
) -> Vec<Decision> {
    let mut hosts: BTreeMap<HostId, Of<'_>> = BTreeMap::new();
    for (f, aside) in found.rows.iter().zip(judged.aside) {
        let theirs = Side::of(f.detection) == Side::Breach && !NOT_THE_HOST.contains(&f.detection);
        let (Some(id), false, true) = (f.host, aside, theirs) else {
            continue;
        };
        let confirmed = judged.confirmed.contains(&f.id);
        let alarm = is_alarm(f.severity, f.confidence) && f.benign.is_none();
        if !confirmed && (!alarm || ASIDE.contains(&family(f))) {
            continue;
        }
        for host in std::iter::once(id).chain(f.others.iter().copied()) {
            let of = hosts.entry(host).or_default();
            if confirmed {
                of.confirmed.push(f);
            } else {
                of.alarms.push(f);
            }
        }
        if family(f) == GOES_TO_OTHERS
            && let Some(target) = f.dst.and_then(|ip| having(env, ip, f.first))
            && target != id
        {
            hosts.entry(target).or_default().reached.push(f);
        }
    }
    let mut out = answers.map_or_else(Vec::new, |a| a.decisions.clone());
    let got = answers.map(delivered).unwrap_or_default();
    for (id, of) in &hosts {
        let Some(host) = env.host(*id).filter(|h| h.internal) else {
            continue;
        };
        let Some((rule, behind)) = rule(of, got.get(id).copied()) else {
            continue;
        };
        let known = out.iter_mut().find(|d| d.id == Some(*id));
        if let Some(decision) = known {
            stands(decision, rule, &behind);
        } else {
            out.extend(begun(host, scope, rule, &behind));
        }
    }
    out.sort_by_key(|d| (Reverse(d.rule.proposal), Reverse(d.rung), d.host, d.id));
    out
}

/// Who had an address inside at a time.
fn having(env: &Environment, ip: IpAddr, at: Timestamp) -> Option<HostId> {
    env.having(ip).find(|id| {
        env.host(*id)
            .is_some_and(|h| h.internal && h.first <= at && at <= h.last)
    })
}

/// Since when each host had what was looked for.
fn delivered(answers: &Answers) -> BTreeMap<HostId, Timestamp> {
    let mut out: BTreeMap<HostId, Timestamp> = BTreeMap::new();
    for row in &answers.rows {
        let came = row.rung == Rung::Delivered && row.direction == Way::Received && row.in_window;
        if let (true, Some(id), Some(at)) = (came, row.id, row.last) {
            let since = out.entry(id).or_insert(at);
            *since = (*since).min(at);
        }
    }
    out
}

/// The strongest rule that holds, and the findings it holds by.
fn rule<'a>(of: &Of<'a>, got: Option<Timestamp>) -> Option<(Rule, Vec<&'a Finding>)> {
    let some = |list: Vec<&'a Finding>| (!list.is_empty()).then_some(list);
    let in_family = |list: &[&'a Finding], families: &[&str]| -> Vec<&'a Finding> {
        list.iter()
            .copied()
            .filter(|f| families.contains(&family(f)))
            .collect()
    };
    let goes_on = [CHECKS_IN, GOES_TO_OTHERS];
    if let Some(since) = got {
        let mut after = in_family(&of.confirmed, &goes_on);
        after.extend(in_family(&of.alarms, &goes_on));
        after.retain(|f| f.last >= since);
        if let Some(list) = some(after) {
            return Some((Rule::ISOLATE_NOW, list));
        }
    }
    let (checks, goes) = (
        in_family(&of.confirmed, &[CHECKS_IN]),
        in_family(&of.confirmed, &[GOES_TO_OTHERS]),
    );
    if !checks.is_empty() && !goes.is_empty() {
        return Some((Rule::CONFIRMED_BOTH, [checks, goes].concat()));
    }
    if let Some(list) = some(in_family(&of.confirmed, &AT_WORK)) {
        return Some((Rule::CONFIRMED, list));
    }
    if let Some(list) = some(in_family(&of.alarms, &AT_WORK)) {
        return Some((Rule::ALARM, list));
    }
    if let Some(list) = some(of.reached.clone()) {
        return Some((Rule::REACHED, list));
    }
    some([of.confirmed.clone(), of.alarms.clone()].concat()).map(|list| (Rule::ODD, list))
}

/// What the findings say, in words.
fn says(behind: &[&Finding]) -> String {
    let named: Vec<&str> = behind
        .iter()
        .take(NAMED)
        .map(|f| f.title.as_str())
        .collect();
    match behind.len().saturating_sub(NAMED) {
        0 => named.join("; "),
        left => format!("{}; and {left} more", named.join("; ")),
    }
}

/// A host that the answers name: what the findings propose stands where it weighs more.
fn stands(decision: &mut Decision, rule: Rule, behind: &[&Finding]) {
    decision.findings = behind.iter().map(|f| f.id.clone()).collect();
    let more = says(behind);
    if rule.proposal > decision.rule.proposal {
        decision.rule = rule;
        decision.because = more;
        let packets = behind.iter().flat_map(|f| f.evidence.packets().take(CITED));
        let mut records: Vec<_> = packets.map(Into::into).collect();
        records.append(&mut decision.records);
        decision.records = records;
    } else if decision.because.is_empty() {
        decision.because = more;
    } else {
        decision.because = format!("{}; {more}", decision.because);
    }
}

/// A host that only findings name.
fn begun(host: &Host, scope: &Scope, rule: Rule, behind: &[&Finding]) -> Option<Decision> {
    let of_it = |f: &Finding| (f.host == Some(host.id)).then_some(f.src).flatten();
    let address = behind
        .iter()
        .find_map(|f| of_it(f))
        .or_else(|| host.address())?;
    let window = scope.window;
    let meets = |f: &&Finding| {
        window.from.is_none_or(|t| f.last >= t) && window.to.is_none_or(|t| f.first <= t)
    };
    Some(Decision {
        id: Some(host.id),
        host: address,
        mac: host.mac,
        name: host.name().map(|n| n.text.clone()),
        rule,
        rung: Rung::None,
        indicators: Vec::new(),
        because: says(behind),
        records: behind
            .iter()
            .flat_map(|f| f.evidence.packets().take(CITED))
            .map(Into::into)
            .collect(),
        findings: behind.iter().map(|f| f.id.clone()).collect(),
        in_scope: scope.covers(address) && behind.iter().any(meets),
    })
}
