//! Connections that break off: reset after something was said, and without a goodbye.

use super::attempts::{Row, flow, inside};
use super::fault::{SETTLE, exceeds, percent};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;

/// Connections of a service below which nothing is said.
const CONNECTIONS: usize = 20;
/// Thousandths that break off: worth a note; and felt by everybody.
const NOTE: u64 = 200;
const FELT: u64 = 500;
/// Clients that must have felt it.
const CLIENTS: usize = 3;
/// Confidence.
const SURE: f64 = 0.7;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.rst_storm",
    title: "Connections break off",
    why: "Somebody ends them in the middle: the server's program dies or is too busy, or something on the way cuts them.",
    how: "Connections to one port of one machine that carried something and end with a reset and without a FIN of either side: above 20 % of at least 20 a note; above 50 % a fault where the server resets and at least 3 clients meet it at a machine of the network.",
    innocent: "Browsers and load balancers that end idle connections so. A program that closes without reading all. A monitor that asks whether the port is open.",
    settle: SETTLE,
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn said(f: &Flow) -> bool {
    f.payload[0] + f.payload[1] > 0
}

fn broke(f: &Flow) -> bool {
    said(f) && (f.tcp.rst[0] || f.tcp.rst[1]) && !f.tcp.fin[0] && !f.tcp.fin[1]
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<(IpAddr, u16), (usize, Vec<Row>)> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            if f.transport == Transport::Tcp && said(f) {
                let slot = all.entry(f.server).or_default();
                slot.0 += usize::from(broke(f));
                slot.1.push((chain, n));
            }
        }
    }
    all.into_iter()
        .filter(|(_, (broken, rows))| {
            rows.len() >= CONNECTIONS && exceeds(*broken as u64, rows.len() as u64, NOTE)
        })
        .map(|((ip, port), (_, rows))| Key {
            subject: format!("{ip}|{port}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<&Flow> = key.rows.iter().filter_map(|at| flow(ground, *at)).collect();
    let broken: Vec<&Flow> = all.iter().copied().filter(|f| broke(f)).collect();
    let (first, chain) = (*broken.first()?, key.rows.first()?.0);
    let server = first.server;
    // A reset is the last thing a connection says, mostly.
    let evidence = Evidence::of(broken.iter().map(|f| f.last))?;
    let span = (
        broken.iter().map(|f| f.begun).min()?,
        broken.iter().map(|f| f.ended).max()?,
    );
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, server.0, span.0),
        span,
        evidence,
    )?;
    out.dport = Some(server.1);
    out.confidence = SURE;
    let (n, connections) = (broken.len() as u64, all.len() as u64);
    let by_server = broken.iter().filter(|f| f.tcp.rst[1]).count();
    let clients: BTreeSet<IpAddr> = broken.iter().map(|f| f.client.0).collect();
    let servers_doing = by_server * 2 >= broken.len();
    let felt = exceeds(n, connections, FELT)
        && servers_doing
        && clients.len() >= CLIENTS
        && inside(ground, chain, server.0, span.0);
    // Clients that are done with somebody outside: they all do that.
    if !servers_doing && !inside(ground, chain, server.0, span.0) {
        return None;
    }
    if !felt {
        out.severity = Severity::Low;
    }
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = format!(
        "{} of the connections to port {} of {} break off",
        percent(n, connections),
        server.1,
        server.0
    );
    out.why = format!(
        "{n} of {} with {} end with a reset, {by_server} of the server's: {}. {} met it. {}",
        plural(connections, "connection"),
        who(host, server.0),
        if servers_doing {
            "the server, or something on its side, ends them"
        } else {
            "the clients end them"
        },
        plural(clients.len() as u64, "client"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn talked(good: u16, broken: u16, clients: u8, by_server: bool) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..good + broken {
            let last = 20 + u8::try_from(n % u16::from(clients)).unwrap();
            let (a, b) = (([10, 0, 0, last], 40_000 + n), ([10, 0, 0, 9], 8080));
            if n >= broken {
                tape.talk(a, b, b"?", b"!");
                continue;
            }
            tape.tcp(a, b, 100, 0, 2, &[]);
            tape.tcp(b, a, 500, 101, 0x12, &[]);
            tape.tcp(a, b, 101, 501, 0x18, b"?");
            if by_server {
                tape.tcp(b, a, 501, 102, 0x14, &[]);
            } else {
                tape.tcp(a, b, 102, 501, 0x14, &[]);
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn a_fifth_and_a_half_of_twenty() {
        for (good, broken, clients, by_server, severity) in [
            (9, 10, 4, true, None),
            (16, 4, 4, true, None),
            (15, 5, 4, true, Some(Severity::Low)),
            (10, 10, 4, true, Some(Severity::Low)),
            (9, 11, 4, true, Some(Severity::Medium)),
            (9, 11, 2, true, Some(Severity::Low)),
            (9, 11, 4, false, Some(Severity::Low)),
        ] {
            let all = talked(good, broken, clients, by_server);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{broken} and {good}, {clients}, {by_server}"
            );
        }
        let one = talked(10, 30, 5, true).remove(0);
        assert_eq!(
            one.title,
            "75 % of the connections to port 8080 of 10.0.0.9 break off"
        );
        assert_eq!(one.evidence.packets().count(), 30);
    }
}
