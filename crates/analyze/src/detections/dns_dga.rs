//! Many names that nobody would choose and that do not exist: a program tries the domains that a formula gives it.

use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, begin, facts, named, real};
use super::score::{Score, Term};
use super::trigrams::Trigrams;
use super::{Detection, Ground, Key, Need};
use crate::activity::{Peer, listed, registered};
use crate::answers::{normal, plural, shown};
use crate::environment::HostId;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::dns::Query;
use weir_model::{Duration, PacketRef, Timestamp};

/// Different registered domains without an answer: typing errors are single.
const DOMAINS: usize = 15;
/// The span that they must fit into.
const WINDOW: Duration = Duration(3_600_000_000_000);
/// A browser asks for so many names of its own making at its start, to see whether the network answers for
/// everything; all within `PROBE`, all below the same suffix.
const PROBES: usize = 3;
const PROBE: Duration = Duration(5_000_000_000);
/// At the least number, and for each more.
const LEAST: f64 = 0.6;
const EACH: f64 = 0.01;
/// Names that are told.
const TOLD: usize = 5;
/// RFC 1035: no such name.
const NO_NAME: u16 = 3;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "dns.dga",
    title: "Names made by a formula were tried",
    why: "Malware that makes its meeting places from the date asks for hundreds of domains until one exists; nobody else asks for so many that do not.",
    how: "Within an hour at least 15 different registered domains that do not exist and whose own label is stranger, by its runs of three letters, than 95 of 100 names that this capture resolved or that are made of common words. Names below a suffix that the host also asks without, and threes of a browser's probe, do not count.",
    innocent: "Browsers that probe the network with random names, search suffixes, a resolver that passes on what others ask, typing errors: single ones each. Formulas that join words are not told from names and not found.",
    settle: "See on the host which program asks; look the names up in collections of known formulas.",
    techniques: &["T1568.002"],
    severity: Severity::High,
    needs: &[Need::Messages("dns"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or_default()
}

/// Names of a host below `domain` that it also asks without the suffix: `www.example.com.lan`.
fn suffixed(domain: &str, asked: &BTreeSet<String>) -> bool {
    domain
        .split_once('.')
        .is_some_and(|(left, _)| asked.contains(left))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut tried: Groups<HostId> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, q) in c.facts.messages.all::<Query>().iter().enumerate() {
            let mine =
                q.rcode == Some(NO_NAME) && !q.local && !q.meta.duplicate && q.asked.is_some();
            if let Some(host) = ground
                .env
                .at(chain, q.client.0, q.meta.time)
                .filter(|_| mine)
            {
                tried.put(host, (chain, n));
            }
        }
    }
    // What was learned is the same for all and made once: the key of each host holds what is strange.
    let candidates = tried.keys(DOMAINS, |host| host.0.to_string());
    if candidates.is_empty() {
        return candidates;
    }
    let learned = learn(ground);
    candidates
        .into_iter()
        .filter_map(|key| {
            let rows = strange(ground, &key, &learned);
            (rows.len() >= DOMAINS).then_some(Key { rows, ..key })
        })
        .collect()
}

fn learn(ground: &Ground<'_>) -> Trigrams {
    let mut labels: BTreeSet<String> = BTreeSet::new();
    for q in ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.messages.all::<Query>())
    {
        if q.rcode == Some(0) && !q.answers.is_empty() && !q.local {
            let name = normal(&q.query);
            if let Some(domain) = registered(&name) {
                labels.insert(label(domain).to_owned());
            }
        }
    }
    Trigrams::learn(labels.iter().map(String::as_str))
}

/// The rows of a host whose domain looks made, each domain once, without what browsers probe.
fn strange(ground: &Ground<'_>, key: &Key, learned: &Trigrams) -> Vec<(usize, usize)> {
    let mut first: BTreeMap<String, (Timestamp, (usize, usize))> = BTreeMap::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for at in &key.rows {
        let Some(q) = facts(ground, at.0).and_then(|f| f.messages.all::<Query>().get(at.1)) else {
            continue;
        };
        let name = normal(&q.query);
        if let Some(domain) = registered(&name) {
            first.entry(domain.to_owned()).or_insert((q.meta.time, *at));
        }
        asked.insert(name);
    }
    first.retain(|domain, _| !suffixed(domain, &asked) && learned.strange(label(domain)));
    let mut probed: BTreeSet<&str> = BTreeSet::new();
    let mut by_suffix: BTreeMap<&str, Vec<(Timestamp, &str)>> = BTreeMap::new();
    for (domain, (time, _)) in &first {
        let suffix = domain.split_once('.').map_or("", |(_, s)| s);
        by_suffix.entry(suffix).or_default().push((*time, domain));
    }
    for (suffix, mut all) in by_suffix {
        // Who registers a suffix sells names below it: a probe stays inside the network's own.
        if listed(suffix) {
            continue;
        }
        all.sort_unstable();
        for burst in all.chunk_by(|a, b| b.0.since(a.0) <= PROBE) {
            if burst.len() <= PROBES {
                probed.extend(burst.iter().map(|b| b.1));
            }
        }
    }
    let mut out: Vec<(Timestamp, (usize, usize))> = first
        .iter()
        .filter(|(domain, _)| !probed.contains(domain.as_str()))
        .map(|(_, at)| *at)
        .collect();
    out.sort_unstable();
    out.into_iter().map(|(_, at)| at).collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<(usize, &Query)> = key
        .rows
        .iter()
        .filter_map(|at| {
            Some((
                at.0,
                facts(ground, at.0)?.messages.all::<Query>().get(at.1)?,
            ))
        })
        .collect();
    let window = |from: usize| {
        let begun = all.get(from).map(|a| a.1.meta.time);
        let rest = all.get(from..).unwrap_or_default();
        rest.partition_point(|(_, q)| begun.is_some_and(|b| q.meta.time.since(b) <= WINDOW))
    };
    let (from, len) = (0..all.len())
        .map(|n| (n, window(n)))
        .max_by_key(|(n, len)| (*len, std::cmp::Reverse(*n)))?;
    if len < DOMAINS {
        return None;
    }
    let here = all.get(from..from + len)?;
    let (chain, q) = *here.first()?;
    let (host, who) = named(ground, chain, q.client.0, q.meta.time);
    let mut packets: Vec<(PacketRef, Timestamp)> = Vec::new();
    let until = here.last().map_or(q.meta.time, |a| a.1.meta.time);
    let met = met(ground, host?, (q.meta.time, until));
    if let Some((name, _)) = &met {
        packets.extend(name.asked.into_iter().chain(name.answered));
    }
    for (_, q) in here {
        packets.extend(q.asked.into_iter().chain(q.answered));
    }
    let mut out = begin(ground, &DETECTION, &who, (chain, q.client.0), &packets)?;
    out.dst = Some(q.server.0);
    out.dport = Some(q.server.1);
    out.confidence = (LEAST + EACH * real(len - DOMAINS)).min(0.95);
    let names: Vec<String> = here
        .iter()
        .take(TOLD)
        .map(|(_, q)| shown(q.query.trim_end_matches('.')))
        .collect();
    out.title = format!(
        "{} asked for {} that do not exist",
        q.client.0,
        plural(len as u64, "strange domain")
    );
    out.why = format!(
        "Within an hour, among them {}. {}",
        names.join(", "),
        DETECTION.why
    );
    match met {
        Some((name, ip)) => {
            out.domain = Some(normal(&name.query));
            out.dst = Some(ip);
            out.why += &format!(
                " {} did exist, and was contacted at {ip}.",
                shown(&name.query)
            );
        }
        None => out.severity = Severity::Medium,
    }
    let count = Term::plain("domains", real(len), plural(len as u64, "domain"));
    out.scores.push(Score {
        name: "confidence",
        formula: ".6 + .01 for each domain beyond 15, at most .95",
        result: out.confidence,
        terms: vec![count],
    });
    Some(out)
}

/// The strangest name that did exist and that the host contacted, from the first one that did not until an hour after
/// the last.
fn met<'a>(
    ground: &'a Ground<'_>,
    host: HostId,
    (from, until): (Timestamp, Timestamp),
) -> Option<(&'a Query, IpAddr)> {
    // From the list alone: what is judged here was resolved, and would vouch for itself.
    let learned = ground.words();
    let contacts = ground.activity.contacts_of(host);
    let peers: BTreeSet<IpAddr> = contacts
        .iter()
        .filter_map(|c| match c.peer {
            Peer::Address(ip, _, _) => Some(ip),
            _ => None,
        })
        .collect();
    let span = from..=until.plus(WINDOW);
    let mut best: Option<(f64, &Query, IpAddr)> = None;
    for at in ground.resolved(host) {
        let Some(q) = facts(ground, at.0).and_then(|f| f.messages.all::<Query>().get(at.1)) else {
            continue;
        };
        let ip = q.addresses().map(|a| a.0).find(|ip| peers.contains(ip));
        let Some(ip) = ip.filter(|_| span.contains(&q.meta.time)) else {
            continue;
        };
        let name = normal(&q.query);
        let Some(label) = registered(&name).map(label) else {
            continue;
        };
        let surprise = learned.judge(label).0;
        if learned.strange(label) && best.is_none_or(|b| surprise > b.0) {
            best = Some((surprise, q, ip));
        }
    }
    best.map(|(_, q, ip)| (q, ip))
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{Reply, question};
    use super::*;
    use crate::tape::{End, Tape};

    const CLIENT: End = ([10, 0, 0, 7], 40_000);

    /// Twelve letters without sense.
    fn made(n: usize) -> String {
        let mut state = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..12)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                char::from(b"bcdfghjklmnpqrstvwxz"[usize::try_from(state >> 40).unwrap() % 20])
            })
            .collect()
    }

    fn tape(domains: usize, pace: i64) -> Tape {
        let mut tape = Tape {
            pace: Duration::seconds(pace),
            ..Tape::default()
        };
        for n in 0..domains {
            question(
                &mut tape,
                CLIENT,
                &format!("{}.com", made(n)),
                1,
                &Reply::NoName,
            );
        }
        tape
    }

    #[test]
    fn fifteen_in_an_hour() {
        for (domains, pace, n) in [
            (14, 1, 0),
            (15, 1, 1),
            (16, 1, 1),
            (15, 128, 1),
            (15, 130, 0),
        ] {
            let all = found(&tape(domains, pace), &DETECTION);
            assert_eq!(all.len(), n, "{domains} domains, every {pace} s");
            for f in all {
                assert_eq!(f.severity, Severity::Medium);
                assert!(f.evidence.packets().count() >= 28);
            }
        }
    }

    #[test]
    fn one_that_exists_and_is_contacted() {
        let mut tape = tape(20, 1);
        question(
            &mut tape,
            CLIENT,
            &format!("{}.com", made(77)),
            1,
            &Reply::Address(60, [198, 51, 100, 66]),
        );
        assert_eq!(found(&tape, &DETECTION)[0].severity, Severity::Medium);
        tape.talk(
            ([10, 0, 0, 7], 50_000),
            ([198, 51, 100, 66], 80),
            b"GET / HTTP/1.0\r\n\r\n",
            b"!",
        );
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!(one.severity, Severity::High);
        assert_eq!(one.dst, Some(IpAddr::from([198, 51, 100, 66])));
    }

    #[test]
    fn typing_errors_and_one_name_again_and_again() {
        let mut tape = Tape::default();
        let typed = "gooogle facebok yuotube wikipeda amazom twiter linkedn redit netflx spotifi ebey paypel \
            microsft gihub stackoverflw dropbx instagam pintrest";
        for word in typed.split_whitespace() {
            question(&mut tape, CLIENT, &format!("{word}.com"), 1, &Reply::NoName);
        }
        for _ in 0..50 {
            question(
                &mut tape,
                CLIENT,
                &format!("{}.com", made(1)),
                1,
                &Reply::NoName,
            );
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }

    #[test]
    fn a_browser_probes_and_a_suffix_is_searched() {
        let mut tape = Tape::default();
        for start in 0..10 {
            for n in 0..3 {
                question(
                    &mut tape,
                    CLIENT,
                    &format!("{}.lan", made(start * 3 + n)),
                    1,
                    &Reply::NoName,
                );
            }
            tape.now = tape.now.plus(Duration::seconds(100));
        }
        for n in 100..130 {
            question(&mut tape, CLIENT, &made(n), 1, &Reply::NoName);
            question(
                &mut tape,
                CLIENT,
                &format!("{}.corp", made(n)),
                1,
                &Reply::NoName,
            );
            question(
                &mut tape,
                CLIENT,
                &format!("{}.corp.example.com", made(n)),
                1,
                &Reply::NoName,
            );
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
