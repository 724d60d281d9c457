//! Many UDP ports of one machine tried: closed ones are reported by ICMP, others stay silent.

use super::attempts::{Row, flow, inside};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::udp_sweep;
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::protocols::icmp::Failure;
use weir_model::{Duration, PacketRef, Timestamp};

/// Different ports that are reported closed.
const CLOSED: usize = 10;
/// Different ports that stay silent within [`HASTE`]: UDP need not answer.
const SILENT: usize = 30;
/// The span that `SILENT` must fit into.
const HASTE: Duration = Duration(60_000_000_000);
/// Ports of services; what is sent from such a port is an answer.
const SERVICES: u16 = 1024;
/// Ports to which path probes go.
const PATH: std::ops::RangeInclusive<u16> = 33_434..=33_600;
/// Packets of one conversation that nobody answered, at most, for a probe.
const PROBES: u32 = 3;
/// Confidence in reports, and in silence.
const SURE: f64 = 0.9;
const LIKELY: f64 = 0.6;

/// Names where a row of [`Key::rows`] stands.
const REPORT: usize = 1 << (usize::BITS - 1);

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.udp",
    title: "Many UDP ports of one machine were tried, or one of many",
    why: "Whoever looks for services by UDP sends to port after port; whoever uses them knows the port.",
    how: "Different ports of one machine that ICMP reports unreachable to one sender: 10; or datagrams without an answer to 30 ports below 1,024 within a minute. Answers that come late to a closed client do not count (they come from a service's port), nor path probes to ports 33434 to 33600. Or one port of at least 50 machines within an hour, nine in ten of which stay silent.",
    innocent: "A scanner of the network's owner. Monitoring of many services of a machine that is down. A voice or file-sharing program whose peer is gone.",
    settle: "Ask who scans here; if nobody does, find on the host which program ran at the time of the first packet.",
    techniques: &["T1046"],
    severity: Severity::Medium,
    needs: &[Need::Datagrams],
    keys,
    judge,
    rank,
};

/// What was tried: when, which port, by which packet.
type Try = (Timestamp, u16, PacketRef);

fn reported<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Failure> {
    let facts = ground.input.chains.get(at.0)?.facts;
    facts
        .messages
        .all::<Failure>()
        .get(at.1.checked_sub(REPORT)?)
}

fn counts(f: &Failure) -> bool {
    let answer = f.src_port.is_none_or(|p| p < SERVICES);
    let path = f.dst_port.is_some_and(|p| PATH.contains(&p));
    f.protocol == 17 && f.reason == "port unreachable" && !answer && !path
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut pairs: BTreeMap<(IpAddr, IpAddr), (BTreeSet<u16>, Vec<Row>)> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.messages.all::<Failure>().iter().enumerate() {
            if let Some(port) = f.dst_port.filter(|_| counts(f)) {
                let slot = pairs.entry((f.src, f.dst)).or_default();
                slot.0.insert(port);
                slot.1.push((chain, REPORT + n));
            }
        }
    }
    pairs.retain(|_, (ports, _)| ports.len() >= CLOSED);
    let mut silent: Vec<(IpAddr, IpAddr, u16, Row)> = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            let probe =
                f.transport == Transport::Udp && f.packets[1] == 0 && f.packets[0] <= PROBES;
            if probe && f.server.1 < SERVICES && !f.server.0.is_multicast() {
                silent.push((f.client.0, f.server.0, f.server.1, (chain, n)));
            }
        }
    }
    silent.sort_unstable();
    for mine in silent.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let Some(first) = mine.first() else { continue };
        let ports = mine.chunk_by(|a, b| a.2 == b.2).count();
        if ports >= SILENT || pairs.contains_key(&(first.0, first.1)) {
            let slot = pairs.entry((first.0, first.1)).or_default();
            slot.1.extend(mine.iter().map(|t| t.3));
        }
    }
    let mut out: Vec<Key> = pairs
        .into_iter()
        .filter_map(|((client, server), (_, mut rows))| {
            rows.sort_unstable();
            let (chain, time) = rows.first().and_then(|at| when(ground, *at))?;
            let host = ground.env.at(chain, client, time);
            let who = who(host.and_then(|id| ground.env.host(id)), client);
            Some(Key {
                subject: format!("{who}|{server}"),
                rows,
            })
        })
        .collect();
    out.extend(udp_sweep::keys(ground));
    out.sort();
    out
}

fn when(ground: &Ground<'_>, at: Row) -> Option<(usize, Timestamp)> {
    let time = match reported(ground, at) {
        Some(f) => f.meta.time,
        None => flow(ground, at)?.begun,
    };
    Some((at.0, time))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    if udp_sweep::is(key) {
        return udp_sweep::judge(ground, key, &DETECTION);
    }
    let mut closed: Vec<Try> = Vec::new();
    let mut silent: Vec<Try> = Vec::new();
    let mut ends = None;
    for at in &key.rows {
        if let Some(f) = reported(ground, *at) {
            closed.push((f.meta.time, f.dst_port.unwrap_or(0), f.meta.first));
            ends = ends.or(Some((at.0, f.src, f.dst)));
        } else if let Some(f) = flow(ground, *at) {
            silent.push((f.begun, f.server.1, f.first));
            ends = ends.or(Some((at.0, f.client.0, f.server.0)));
        }
    }
    let (chain, src, dst) = ends?;
    let shut: BTreeSet<u16> = closed.iter().map(|t| t.1).collect();
    silent.retain(|t| !shut.contains(&t.1));
    silent.sort_unstable();
    let hasty = hasty(&silent);
    if shut.len() < CLOSED && !hasty {
        return None;
    }
    closed.sort_unstable();
    let all = || closed.iter().chain(&silent);
    // Reports first, each port once; then what was sent.
    let mut seen = BTreeSet::new();
    let each = all().filter(|t| seen.insert(t.1)).map(|t| t.2);
    let evidence = Evidence::of(each.collect::<Vec<_>>())?;
    let span = (all().map(|t| t.0).min()?, all().map(|t| t.0).max()?);
    let at = (chain, src, span.0);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.dst = Some(dst);
    out.confidence = if shut.len() >= CLOSED { SURE } else { LIKELY };
    if !inside(ground, chain, src, span.0) {
        out.severity = Severity::Low;
    }
    let ports: BTreeSet<u16> = all().map(|t| t.1).collect();
    out.title = format!(
        "{src} tried {} of {dst} by UDP",
        plural(ports.len() as u64, "port")
    );
    out.why = format!(
        "{} reported closed, {} without an answer. {}",
        shut.len(),
        ports.len() - shut.len(),
        DETECTION.why
    );
    Some(out)
}

/// Do so many different ports fit into the span?
fn hasty(silent: &[Try]) -> bool {
    let mut from = 0;
    let mut ports: BTreeMap<u16, usize> = BTreeMap::new();
    for t in silent {
        *ports.entry(t.1).or_default() += 1;
        while let Some(old) = silent.get(from).filter(|old| t.0.since(old.0) > HASTE) {
            if let Some(n) = ports.get_mut(&old.1) {
                *n -= 1;
                if *n == 0 {
                    ports.remove(&old.1);
                }
            }
            from += 1;
        }
        if ports.len() >= SILENT {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::{End, Tape};

    const CLIENT: End = ([10, 0, 0, 66], 50_000);
    const TARGET: [u8; 4] = [10, 0, 0, 9];

    fn refuse(tape: &mut Tape, from: End, to: End) {
        tape.udp(from, to, b"?");
        let quote = Tape::quote(from, to, 17, 29);
        tape.icmp((to.0, from.0), (3, 3), [0; 4], &quote);
    }

    #[test]
    fn ten_ports_reported_closed() {
        for (ports, n) in [(9, 0), (10, 1), (11, 1)] {
            let mut tape = Tape::default();
            for port in 1..=ports {
                refuse(&mut tape, CLIENT, (TARGET, 2000 + port));
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{ports}");
            for one in all {
                assert_eq!(
                    one.title,
                    format!("10.0.0.66 tried {ports} ports of 10.0.0.9 by UDP")
                );
                assert_eq!((one.severity, one.confidence), (Severity::Medium, SURE));
                assert_eq!(one.evidence.packets().count(), usize::from(ports));
            }
        }
    }

    #[test]
    fn thirty_silent_ports_of_services_within_a_minute() {
        for (ports, pace, n) in [
            (29, Duration(1), 0),
            (30, Duration(1), 1),
            (31, Duration(1), 1),
            // The thirtieth comes 59.99 s, 60.9 s after the first.
            (30, Duration(2_068_000_000), 1),
            (30, Duration(2_100_000_000), 0),
        ] {
            let mut tape = Tape {
                pace,
                ..Tape::default()
            };
            for port in 1..=ports {
                tape.udp(CLIENT, (TARGET, 100 + port), b"?");
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{ports} {pace:?}");
            assert!(all.iter().all(|f| f.confidence == LIKELY));
        }
    }

    #[test]
    fn late_answers_and_path_probes_are_no_scan() {
        let mut tape = Tape::default();
        for n in 0..40 {
            // The resolver's answer comes when the client has closed its port.
            refuse(&mut tape, ([10, 0, 0, 2], 53), ([10, 0, 0, 66], 40_000 + n));
            refuse(&mut tape, CLIENT, (TARGET, 33_434 + n));
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }

    #[test]
    fn from_outside_it_weighs_less() {
        let mut tape = Tape::default();
        for port in 1..=20 {
            refuse(
                &mut tape,
                ([198, 51, 100, 7], 50_000),
                (TARGET, 2000 + port),
            );
        }
        assert_eq!(found(&tape, &DETECTION).remove(0).severity, Severity::Low);
    }
}
