//! Packets that wear out on their way: they go in a circle between routers, or somebody looks for the path.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::icmp::Failure;

/// Reports of one router, and of the same packet passing again, from which it is a circle.
const REPORTS: usize = 10;
const PASSES: u64 = 4;
/// Different routers that report about one receiver: then somebody looks for the path, step by step.
const STEPS: usize = 3;
/// Confidence.
const SURE: f64 = 0.8;
/// The same packet was seen to go round.
const CERTAIN: f64 = 0.95;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.ttl_exceeded",
    title: "Packets go in a circle",
    why: "Two routers each take the other for the way: what goes there never arrives, and takes the line many times over.",
    how: "At least 10 ICMP reports of one router that a packet's hop limit is used up (type 11 code 0), about receivers of which fewer than 3 routers report: more are a trace of the path. Or the same packet seen passing with a lower hop limit each time, for the fourth time or more.",
    innocent: "A trace of a path of which most routers stay silent. A program with a hop limit that is too low.",
    settle: "Compare both routers' tables for the receiver's network.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Also("icmp")],
    keys,
    judge,
    rank,
};

/// Marks the key of packets that were seen going round.
const ROUND: &str = "round";

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Failure> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Failure>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut routers: BTreeMap<(IpAddr, IpAddr), BTreeSet<IpAddr>> = BTreeMap::new();
    let mut rows: BTreeMap<IpAddr, Vec<(usize, usize)>> = BTreeMap::new();
    let mut out = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let all = c.facts.messages.all::<Failure>();
        for (n, f) in all
            .iter()
            .enumerate()
            .filter(|(_, f)| f.reason == "hop limit exceeded")
        {
            let who = routers.entry((f.src, f.dst)).or_default();
            if who.len() < STEPS {
                who.insert(f.from);
            }
            rows.entry(f.from).or_default().push((chain, n));
        }
        if c.facts.quality.looped.count >= PASSES {
            out.push(Key {
                subject: format!("{ROUND}|{chain}"),
                rows: vec![(chain, 0)],
            });
        }
    }
    for (from, mut rows) in rows {
        rows.retain(|at| {
            let pair = row(ground, *at).map(|f| (f.src, f.dst));
            pair.and_then(|p| routers.get(&p))
                .is_some_and(|r| r.len() < STEPS)
        });
        if rows.len() >= REPORTS {
            out.push(Key {
                subject: from.to_string(),
                rows,
            });
        }
    }
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    if key.subject.starts_with(ROUND) {
        let facts = ground.input.chains.get(chain)?.facts;
        let seen = &facts.quality.looped;
        let evidence = Evidence::of(seen.examples.iter().copied())?;
        let mut out = Finding::of_capture(&DETECTION, &key.subject, ground.input.span()?, evidence);
        out.confidence = CERTAIN;
        out.title = format!(
            "{} passed here for the fourth time or more",
            plural(seen.count, "packet")
        );
        out.why = format!(
            "Each time with a lower hop limit: they go round through this place. {}",
            DETECTION.why
        );
        return Some(out);
    }
    let all: Vec<&Failure> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    let first = *all.first()?;
    let evidence = Evidence::of(all.iter().map(|f| f.meta.first))?;
    let span = (
        all.iter().map(|f| f.meta.time).min()?,
        all.iter().map(|f| f.meta.time).max()?,
    );
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, first.from, span.0),
        span,
        evidence,
    )?;
    out.confidence = SURE;
    let senders: BTreeSet<IpAddr> = all.iter().map(|f| f.src).collect();
    let receivers: BTreeSet<IpAddr> = all.iter().map(|f| f.dst).collect();
    out.dst = receivers.first().copied().filter(|_| receivers.len() == 1);
    let named: Vec<String> = receivers.iter().take(4).map(ToString::to_string).collect();
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = format!(
        "{} reports {} whose hop limit is used up",
        first.from,
        plural(all.len() as u64, "packet")
    );
    out.why = format!(
        "{} says so of packets of {} to {}, among them {}: they wear out there. {}",
        who(host, first.from),
        plural(senders.len() as u64, "sender"),
        plural(receivers.len() as u64, "receiver"),
        named.join(", "),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn worn(reports: u8, routers: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        let (a, b) = (([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 443));
        tape.udp(a, ([10, 0, 0, 8], 9), b"!");
        for router in 1..=routers {
            for _ in 0..reports {
                tape.icmp(
                    ([10, 1, 0, router], a.0),
                    (11, 0),
                    [0; 4],
                    &Tape::quote(a, b, 6, 60),
                );
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn ten_reports_of_one_router() {
        for (reports, routers, n) in [(9, 1, 0), (10, 1, 1), (11, 2, 2), (20, 3, 0)] {
            assert_eq!(worn(reports, routers).len(), n, "{reports} {routers}");
        }
        let one = worn(12, 1).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (
                Severity::Medium,
                "10.1.0.1 reports 12 packets whose hop limit is used up"
            )
        );
    }

    #[test]
    fn the_same_packet_passing_with_less_each_time() {
        // It comes for the fifth time: the fourth copy goes round.
        for (passes, n) in [(7, 0), (8, 1)] {
            let mut tape = Tape {
                pace: weir_model::Duration(100_000),
                ..Tape::default()
            };
            tape.udp(
                ([10, 0, 0, 7], 9),
                ([198, 51, 100, 9], 9),
                b"round and round",
            );
            let first = tape.frames[0].1.clone();
            for pass in 1..passes {
                let mut frame = first.clone();
                frame[22] -= 2 * pass;
                tape.raw(frame);
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{passes}");
            assert!(all.iter().all(|f| f.confidence == CERTAIN));
        }
    }
}
