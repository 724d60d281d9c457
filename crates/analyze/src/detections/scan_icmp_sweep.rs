//! Many machines asked by ICMP whether they are there; and questions that nobody asks any more.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use crate::environment::Role;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::protocols::icmp::Echo;
use weir_model::{Duration, is_internal};

/// Machines asked within [`SPAN`].
const MACHINES: usize = 10;
/// The span they must fit into.
const SPAN: Duration = Duration(300_000_000_000);
/// Asked once or twice each: who watches asks the same ones oftener.
const AGAIN: usize = 3;
/// Confidence.
const SURE: f64 = 0.85;
const UNSURE: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.icmp_sweep",
    title: "Many machines were asked whether they are there",
    why: "An echo to one address after the other is the first step of a search for machines; times and masks are asked for by scanners alone.",
    how: "Echo requests of one host to at least 10 different addresses within 5 minutes, or any request for a time or a mask. Medium where half of them stay without an answer. A host that asks each at least three times is taken for a monitor.",
    innocent: "Monitoring, an inventory of the network's owner, a printer driver or a game that looks for the nearest of several servers.",
    settle: "Ask who pings here; see what the host does with the machines that answered.",
    techniques: &["T1018"],
    severity: Severity::Medium,
    needs: &[Need::Messages("icmp")],
    keys,
    judge,
    rank,
};

fn echo<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Echo> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Echo>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<(IpAddr, bool), Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, e) in c.facts.messages.all::<Echo>().iter().enumerate() {
            let odd = matches!(e.kind, "timestamp" | "information" | "mask");
            let group = e.server.is_multicast() || e.server == IpAddr::from([255; 4]);
            if (odd || e.kind == "echo") && !group && !e.meta.duplicate {
                all.entry((e.client, odd)).or_default().push((chain, n));
            }
        }
    }
    let mut out: Vec<Key> = all
        .into_iter()
        .filter(|((_, odd), rows)| *odd || rows.len() >= MACHINES)
        .filter_map(|((client, odd), rows)| {
            let first = *rows.first()?;
            let host = ground
                .env
                .at(first.0, client, echo(ground, first)?.meta.time);
            let who = who(host.and_then(|id| ground.env.host(id)), client);
            Some(Key {
                subject: if odd { format!("{who}|odd") } else { who },
                rows,
            })
        })
        .collect();
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Echo> = key.rows.iter().filter_map(|at| echo(ground, *at)).collect();
    all.sort_by_key(|e| (e.meta.time, e.meta.first));
    let first = *all.first()?;
    let odd = first.kind != "echo";
    if !odd && !sweeps(&all) {
        return None;
    }
    let mut machines: BTreeMap<IpAddr, (bool, &Echo)> = BTreeMap::new();
    for e in &all {
        machines.entry(e.server).or_insert((false, e)).0 |= e.answered.is_some();
    }
    let silent = machines.values().filter(|m| !m.0).count();
    let packets = machines.values().map(|m| (m.1.meta.time, m.1.meta.first));
    let mut packets: Vec<_> = packets.collect();
    packets.sort_unstable();
    let evidence = Evidence::of(packets.into_iter().map(|p| p.1))?;
    let span = (first.meta.time, all.last()?.meta.end);
    let chain = key.rows.first()?.0;
    let at = (chain, first.client, first.meta.time);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.confidence = SURE;
    let quiet = silent * 2 >= machines.len();
    out.severity = if odd || !quiet || !is_internal(first.client) {
        Severity::Low
    } else {
        Severity::Medium
    };
    let monitor = out
        .host
        .and_then(|id| ground.env.host(id))
        .is_some_and(|h| h.is(Role::Monitor));
    if !odd && (monitor || all.len() >= machines.len() * AGAIN) {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        let says = format!(
            "{} to {}",
            plural(all.len() as u64, "request"),
            plural(machines.len() as u64, "machine")
        );
        out.benign = Some(("monitoring", says));
    }
    let asked = plural(machines.len() as u64, "machine");
    out.title = if odd {
        format!(
            "{} asked {asked} for a {}",
            first.client,
            if first.kind == "mask" { "mask" } else { "time" }
        )
    } else {
        format!("{} asked {asked} whether they are there", first.client)
    };
    out.why = format!("{silent} did not answer. {}", DETECTION.why);
    Some(out)
}

/// Do so many different machines fit into the span?
fn sweeps(all: &[&Echo]) -> bool {
    let mut from = 0;
    let mut window: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for e in all {
        *window.entry(e.server).or_default() += 1;
        while let Some(old) = all
            .get(from)
            .filter(|old| e.meta.time.since(old.meta.time) > SPAN)
        {
            if let Some(n) = window.get_mut(&old.server) {
                *n -= 1;
            }
            if window.get(&old.server) == Some(&0) {
                window.remove(&old.server);
            }
            from += 1;
        }
        if window.len() >= MACHINES {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const CLIENT: [u8; 4] = [10, 0, 0, 66];
    const FILL: [u8; 32] = *b"abcdefghijklmnopqrstuvwabcdefghi";

    fn ping(tape: &mut Tape, to: [u8; 4], seq: u8, answered: bool) {
        tape.icmp((CLIENT, to), (8, 0), [0, 1, 0, seq], &FILL);
        if answered {
            tape.icmp((to, CLIENT), (0, 0), [0, 1, 0, seq], &FILL);
        }
    }

    fn swept(machines: u8, answering: u8, pace: i64) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        for n in 1..=machines {
            ping(&mut tape, [10, 0, 1, n], n, n <= answering);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn ten_machines_within_five_minutes() {
        let (quick, slow) = (1, 33_333_333_333);
        for (machines, pace, n) in [
            (9, quick, 0),
            (10, quick, 1),
            (11, quick, 1),
            (10, slow, 1),
            (10, slow + 4, 0),
        ] {
            assert_eq!(swept(machines, 0, pace).len(), n, "{machines} {pace}");
        }
        for (answering, severity) in [(5, Severity::Medium), (6, Severity::Low)] {
            let one = swept(10, answering, quick).remove(0);
            assert_eq!(one.severity, severity);
            assert_eq!(
                one.title,
                "10.0.0.66 asked 10 machines whether they are there"
            );
            assert_eq!(one.evidence.packets().count(), 10);
        }
    }

    #[test]
    fn who_asks_each_three_times_watches_them() {
        for (rounds, watched) in [(2, false), (3, true)] {
            let mut tape = Tape::default();
            for round in 0..rounds {
                for n in 1..=12 {
                    ping(&mut tape, [10, 0, 1, n], 20 * round + n, false);
                }
            }
            let one = found(&tape, &DETECTION).remove(0);
            assert_eq!(one.benign.is_some(), watched, "{rounds}");
            assert_eq!(one.severity == Severity::Low, watched);
        }
    }

    #[test]
    fn times_and_masks_are_told_at_once() {
        let mut tape = Tape::default();
        tape.icmp((CLIENT, [10, 0, 1, 1]), (13, 0), [0, 1, 0, 1], &[0; 12]);
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (Severity::Low, "10.0.0.66 asked 1 machine for a time")
        );
    }
}
