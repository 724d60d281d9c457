//! So many connections begun and never completed at one service that it is the aim: overload, not a search.

use super::attempts::{Row, flow};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Half-open connections within [`SPAN`].
const MANY: usize = 200;
/// As many that it is no accident of a service that is down.
const FLOOD: usize = 1000;
/// The span they must fit into.
const SPAN: Duration = Duration(10_000_000_000);
/// Of a hundred connections begun meanwhile, so many stay half open.
const HALF_OPEN: usize = 80;
/// Confidence in either.
const LIKELY: f64 = 0.65;
const SURE: f64 = 0.9;
/// Clients named.
const NAMED: usize = 16;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.syn_flood",
    title: "A service was flooded with connections that nobody completes",
    why: "Each half-open connection takes a place at the server; when all are taken, nobody else gets in.",
    how: "Connections to one port of one machine of which the client sent its SYN and never went on: at least 200 within 10 s, and at least 80 of a hundred begun in that time. From 1,000 on it is high.",
    innocent: "A load test. A service that is down while many clients try again. A capture that misses the clients' later packets.",
    settle: "See whether the addresses that begin them answer to anything; look at the server's queue of half-open connections at that time.",
    techniques: &["T1499.001", "T1498.001"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

/// The client began and never went on; the server may have answered.
fn half_open(f: &Flow) -> bool {
    f.tcp.completeness & (4 | 8) == 0 && !f.tcp.rst[1]
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: Vec<(IpAddr, u16, Row, bool)> = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            if f.transport == Transport::Tcp && f.tcp.syn {
                all.push((f.server.0, f.server.1, (chain, n), half_open(f)));
            }
        }
    }
    all.sort_unstable();
    all.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .filter(|mine| mine.iter().filter(|t| t.3).count() >= MANY)
        .filter_map(|mine| {
            let (ip, port, row, _) = *mine.first()?;
            let host = ground.env.at(row.0, ip, flow(ground, row)?.begun);
            let who = who(host.and_then(|id| ground.env.host(id)), ip);
            Some(Key {
                subject: format!("{who}|{port}"),
                rows: mine.iter().map(|t| t.2).collect(),
            })
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<(Row, &Flow)> = key
        .rows
        .iter()
        .filter_map(|at| Some((*at, flow(ground, *at)?)))
        .collect();
    all.sort_by_key(|(_, f)| (f.begun, f.first));
    // The fullest window in which most stay half open.
    let mut best: Option<(usize, usize, usize)> = None;
    let (mut from, mut open) = (0, 0);
    for (n, (_, f)) in all.iter().enumerate() {
        open += usize::from(half_open(f));
        while let Some((_, old)) = all
            .get(from)
            .filter(|(_, old)| f.begun.since(old.begun) > SPAN)
        {
            open -= usize::from(half_open(old));
            from += 1;
        }
        let whole = n + 1 - from;
        if open * 100 >= whole * HALF_OPEN && best.is_none_or(|b| open > b.0) {
            best = Some((open, from, n));
        }
    }
    let (open, from, to) = best.filter(|b| b.0 >= MANY)?;
    let window = all.get(from..=to)?;
    let (row, first) = *window.iter().find(|(_, f)| half_open(f))?;
    let flood = || window.iter().map(|w| w.1).filter(|f| half_open(f));
    let evidence = Evidence::of(flood().map(|f| f.first))?;
    let span = (first.begun, window.last()?.1.begun);
    let target = first.server;
    let at = (row.0, target.0, first.begun);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    let clients: BTreeSet<IpAddr> = flood().map(|f| f.client.0).collect();
    if clients.len() == 1 {
        out.dst = clients.first().copied();
    }
    out.dport = Some(target.1);
    let named = clients
        .iter()
        .filter_map(|ip| ground.env.at(row.0, *ip, first.begun));
    out.others = named.take(NAMED).collect();
    (out.severity, out.confidence) = if open >= FLOOD {
        (Severity::High, SURE)
    } else {
        (Severity::Medium, LIKELY)
    };
    out.title = format!(
        "{} of port {} of {} stayed half open within 10 s",
        plural(open as u64, "connection"),
        target.1,
        target.0
    );
    out.why = format!(
        "They came from {}. {}",
        plural(clients.len() as u64, "address"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 80);

    fn flooded(begun: u16, completed: u16, pace: i64) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        for n in 0..begun {
            let [a, b] = n.to_be_bytes();
            tape.tcp(([198, 51, a, b], 1000 + n), SERVER, 100, 0, 2, &[]);
        }
        tape.pace = Duration(1);
        for n in 0..completed {
            tape.talk(([10, 0, 0, 7], 40_000 + n), SERVER, b"?", b"!");
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_hundred_within_ten_seconds() {
        let slow = 50_251_256;
        for (begun, completed, pace, n) in [
            (199, 0, 1, 0),
            (200, 0, 1, 1),
            (201, 0, 1, 1),
            (200, 0, slow, 1),
            (200, 0, slow + 10, 0),
        ] {
            assert_eq!(
                flooded(begun, completed, pace).len(),
                n,
                "{begun} {completed} {pace}"
            );
        }
        for (begun, severity, confidence) in [
            (999, Severity::Medium, LIKELY),
            (1000, Severity::High, SURE),
        ] {
            let one = flooded(begun, 0, 1).remove(0);
            assert_eq!((one.severity, one.confidence), (severity, confidence));
            assert_eq!(
                one.title,
                format!("{begun} connections of port 80 of 10.0.0.9 stayed half open within 10 s")
            );
        }
    }

    #[test]
    fn a_closed_port_and_a_busy_server_are_no_flood() {
        let mut tape = Tape {
            pace: Duration(1),
            ..Tape::default()
        };
        for n in 0..300 {
            let client = ([10, 0, 0, 7], 1000 + n);
            tape.tcp(client, SERVER, 100, 0, 2, &[]);
            tape.tcp(SERVER, client, 0, 101, 0x14, &[]);
        }
        assert_eq!(found(&tape, &DETECTION), []);
        let mut tape = Tape {
            pace: Duration(1),
            ..Tape::default()
        };
        for n in 0..300 {
            tape.talk(([10, 0, 0, 7], 1000 + n), SERVER, b"?", b"!");
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
