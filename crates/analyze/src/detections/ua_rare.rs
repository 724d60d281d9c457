//! A User-Agent that one host alone uses. Rare is no guilt: misspelt or contradictory makes it one.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::shown;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::http::Transaction;

/// Hosts with any agent below which nothing can be called rare.
const HOSTS: usize = 5;
/// Rare alone.
const RARE: f64 = 0.5;
/// Rare, and close to a common one without being it.
const MISSPELT: f64 = 0.85;
/// Letters that may differ.
const LETTERS: usize = 2;
/// Shortest product name that can be misspelt.
const PRODUCT: usize = 5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "ua.rare",
    title: "A User-Agent that no other host uses",
    why: "Programs that nobody else runs speak with names that nobody else uses.",
    how: "Among at least five hosts with a User-Agent, one host alone uses this one; a product name one or two letters off a common one, or an empty name, weighs more.",
    innocent: "Software installed on one machine only; a browser just updated.",
    settle: "Find the program on the host: its process list at the time of the first packet.",
    techniques: &["T1071.001"],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content],
    keys,
    judge,
    rank,
};

type Users = BTreeMap<String, (BTreeSet<u32>, Vec<(usize, usize)>)>;

fn users(ground: &Ground<'_>) -> Users {
    let mut out = Users::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, t) in c.facts.messages.all::<Transaction>().iter().enumerate() {
            let agent = t.request.as_ref().and_then(|r| r.user_agent.as_deref());
            let flow = t.meta.flow.and_then(|f| c.facts.flow(f));
            let (Some(agent), Some(flow), false) = (agent, flow, t.meta.duplicate) else {
                continue;
            };
            let client = flow.ends(t.meta.direction).0.0;
            if let Some(host) = ground.env.at(chain, client, t.meta.time) {
                let slot = out.entry(agent.to_owned()).or_default();
                slot.0.insert(host.0);
                if slot.1.len() < Evidence::CITED {
                    slot.1.push((chain, n));
                }
            }
        }
    }
    out
}

/// `Mozilla` of `Mozilla/5.0 (…)`.
fn product(agent: &str) -> &str {
    agent.split(['/', ' ', '(']).next().unwrap_or_default()
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = users(ground);
    let everybody: BTreeSet<u32> = all.values().flat_map(|u| u.0.iter().copied()).collect();
    if everybody.len() < HOSTS {
        return Vec::new();
    }
    let common: BTreeSet<&str> = all
        .iter()
        .filter(|(_, (hosts, _))| hosts.len() > 1)
        .map(|(agent, _)| product(agent))
        .collect();
    all.iter()
        .filter(|(_, (hosts, _))| hosts.len() == 1)
        .map(|(agent, (_, rows))| {
            let mine = product(agent).to_lowercase();
            let near = common.iter().find(|c| {
                let c = c.to_lowercase();
                c != mine && c.len() >= PRODUCT && distance(&c, &mine) <= LETTERS
            });
            // The subject is the agent; what it is near to stands behind a separator that no header holds.
            Key {
                subject: format!("{agent}\n{}", near.copied().unwrap_or_default()),
                rows: rows.clone(),
            }
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let (agent, near) = key.subject.split_once('\n')?;
    let rows = || {
        key.rows.iter().filter_map(|(chain, n)| {
            let facts = ground.input.chains.get(*chain)?.facts;
            Some((*chain, facts, facts.messages.all::<Transaction>().get(*n)?))
        })
    };
    let (chain, facts, t) = rows().next()?;
    let (client, server) = facts.flow(t.meta.flow?)?.ends(t.meta.direction);
    let host = ground.env.at(chain, client.0, t.meta.time)?;
    let evidence = Evidence::of(rows().map(|(_, _, t)| t.meta.first))?;
    let span = (
        rows().map(|r| r.2.meta.time).min()?,
        rows().map(|r| r.2.meta.end).max()?,
    );
    let subject = format!("{}|{agent}", who(ground.env.host(host), client.0));
    let mut out = Finding::new(ground, &DETECTION, &subject, host, client.0, span, evidence);
    (out.dst, out.dport) = (Some(server.0), Some(server.1));
    out.domain = t.request.as_ref()?.host.as_deref().map(str::to_owned);
    out.title = format!(
        "Only {} uses the User-Agent \u{201c}{}\u{201d}",
        client.0,
        shown(agent)
    );
    (out.severity, out.confidence) = (Severity::Low, RARE);
    if !near.is_empty() {
        (out.severity, out.confidence) = (Severity::Medium, MISSPELT);
        out.why = format!(
            "\u{201c}{}\u{201d} is nearly, but not, the common \u{201c}{near}\u{201d}. {}",
            shown(product(agent)),
            DETECTION.why
        );
    } else if agent.trim().len() <= 1 {
        (out.severity, out.confidence) = (Severity::Medium, MISSPELT);
        out.why = format!("The name is empty. {}", DETECTION.why);
    }
    Some(out)
}

/// Letters to change, add or leave out (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let up = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            let cost = diagonal + usize::from(x != *y);
            let best = cost.min(left + 1).min(up + 1);
            diagonal = up;
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            left = best;
        }
        if let Some(slot) = row.last_mut() {
            *slot = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_differ() {
        for (a, b, n) in [
            ("mozilla", "mozila", 1),
            ("mozilla", "mozilla", 0),
            ("mozilla", "", 7),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("curl", "wget", 4),
        ] {
            assert_eq!(distance(a, b), n, "{a} {b}");
        }
        assert_eq!(product("Mozilla/5.0 (x)"), "Mozilla");
    }
}
