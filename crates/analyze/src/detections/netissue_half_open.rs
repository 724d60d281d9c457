//! A service that is asked for and not there: silence where it is down or filtered, refusals where it is closed.

use super::attempts::{Row, flow, in_vain, inside};
use super::fault::SETTLE;
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;

/// SYNs of a connection without any answer: it was tried again and again.
const SYNS: u32 = 3;
/// Such connections, and refused ones, below which nothing is said.
const SILENT: usize = 2;
const REFUSED: usize = 10;
/// Clients from which the service is at fault, not one of them.
const CLIENTS: usize = 3;
/// Places that a client tries in vain, beyond which it searches.
const SEARCHES: usize = 10;
/// Connections begun in such number are a flood's.
const FLOOD: usize = 200;
/// Confidence.
const SURE: f64 = 0.8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.half_open",
    title: "A service is asked for and does not answer",
    why: "The clients are well and their packets leave; what they want is down, closed, or behind something that drops them.",
    how: "Connections to one port of one machine that stay without any answer after at least three SYNs (at least 2), or are refused (at least 10). A fault where 3 clients or more of the network meet it at a machine of the network. Clients that try 10 places or more in vain search, and do not count.",
    innocent: "A machine that is switched off at night. A service that was moved, and one client that does not know. A firewall that does its work.",
    settle: SETTLE,
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

fn silent(f: &Flow) -> bool {
    in_vain(f) && f.packets[1] == 0 && f.packets[0] >= SYNS
}

fn refused(f: &Flow) -> bool {
    in_vain(f) && f.tcp.rst[1]
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut failed: Vec<(IpAddr, u16, IpAddr, Row, bool)> = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            let begun = f.transport == Transport::Tcp && f.tcp.syn && in_vain(f);
            if begun && (silent(f) || refused(f)) {
                failed.push((f.server.0, f.server.1, f.client.0, (chain, n), silent(f)));
            }
        }
    }
    let mut places: Vec<(IpAddr, IpAddr, u16)> = failed.iter().map(|t| (t.2, t.0, t.1)).collect();
    places.sort_unstable();
    places.dedup();
    let searches: BTreeSet<IpAddr> = places
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|mine| mine.len() >= SEARCHES)
        .filter_map(|mine| Some(mine.first()?.0))
        .collect();
    failed.retain(|t| !searches.contains(&t.2));
    failed.sort_unstable();
    let mut out: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for mine in failed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let Some(first) = mine.first() else { continue };
        let quiet = mine.iter().filter(|t| t.4).count();
        if (quiet >= SILENT || mine.len() - quiet >= REFUSED) && mine.len() < FLOOD {
            let subject = format!("{}|{}", first.0, first.1);
            out.insert(subject, mine.iter().map(|t| t.3).collect());
        }
    }
    out.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Flow> = key.rows.iter().filter_map(|at| flow(ground, *at)).collect();
    all.sort_by_key(|f| (f.begun, f.first));
    let (first, chain) = (*all.first()?, key.rows.first()?.0);
    let server = first.server;
    let evidence = Evidence::of(all.iter().flat_map(|f| {
        if refused(f) {
            [f.first, f.last]
        } else {
            [f.first, f.first]
        }
    }))?;
    let span = (
        all.iter().map(|f| f.begun).min()?,
        all.iter().map(|f| f.ended).max()?,
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
    let clients: BTreeSet<IpAddr> = all.iter().map(|f| f.client.0).collect();
    let own = inside(ground, chain, server.0, span.0);
    // The whole internet knocks at what is not there.
    let ours = clients
        .iter()
        .filter(|ip| inside(ground, chain, **ip, span.0))
        .count();
    if ours < CLIENTS || !own {
        out.severity = Severity::Low;
    }
    if clients.len() == 1 {
        out.dst = clients.first().copied();
    }
    let quiet = all.iter().filter(|f| silent(f)).count();
    let service = out.host.and_then(|id| ground.env.host(id));
    let mine = |h: &crate::environment::Host| {
        let mut all = h.services.iter();
        all.any(|s| s.transport == Transport::Tcp && s.port == server.1)
    };
    let served = service.is_some_and(mine);
    let how = if quiet * 2 >= all.len() {
        "without an answer: down, or something on the way drops it"
    } else {
        "refused: nothing listens there"
    };
    out.title = format!(
        "Port {} of {} {} {}",
        server.1,
        server.0,
        match quiet {
            0 => "refuses",
            _ if quiet == all.len() => "does not answer",
            _ => "does not answer or refuses",
        },
        plural(clients.len() as u64, "client")
    );
    out.why = format!(
        "{} to {}, {quiet} without an answer, {} refused; most {how}. {} {}",
        plural(all.len() as u64, "connection"),
        who(service, server.0),
        all.len() - quiet,
        if served {
            "At other times it answers."
        } else {
            "It never answers in these captures."
        },
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// So many connections of so many clients, of so many SYNs each; refused or not.
    fn tried(
        server: [u8; 4],
        connections: u16,
        clients: u8,
        syns: u8,
        refuse: bool,
    ) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..connections {
            let last = 20 + u8::try_from(n % u16::from(clients)).unwrap();
            let (a, b) = (([10, 0, 0, last], 40_000 + n), (server, 8080));
            for _ in 0..syns {
                tape.tcp(a, b, 100, 0, 2, &[]);
            }
            if refuse {
                tape.tcp(b, a, 0, 101, 0x14, &[]);
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn three_syns_two_connections_three_clients() {
        let own = [10, 0, 0, 9];
        for (connections, clients, syns, severity) in [
            (1, 1, 3, None),
            (2, 1, 2, None),
            (2, 1, 3, Some(Severity::Low)),
            (4, 2, 3, Some(Severity::Low)),
            (4, 3, 3, Some(Severity::Medium)),
            (199, 4, 3, Some(Severity::Medium)),
            (200, 4, 3, None),
        ] {
            let all = tried(own, connections, clients, syns, false);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{connections} {clients} {syns}"
            );
        }
        assert_eq!(
            tried([198, 51, 100, 9], 6, 3, 3, false).remove(0).severity,
            Severity::Low
        );
    }

    #[test]
    fn who_knocks_from_outside_is_no_client() {
        let mut tape = Tape::default();
        for n in 0..20 {
            let (a, b) = (([198, 51, 100, 20 + n], 40_000), ([10, 0, 0, 9], 23));
            tape.tcp(a, b, 100, 0, 2, &[]);
            tape.tcp(b, a, 0, 101, 0x14, &[]);
        }
        assert_eq!(found(&tape, &DETECTION).remove(0).severity, Severity::Low);
    }

    #[test]
    fn ten_refusals() {
        for (connections, n) in [(9, 0), (10, 1)] {
            assert_eq!(
                tried([10, 0, 0, 9], connections, 3, 1, true).len(),
                n,
                "{connections}"
            );
        }
        let one = tried([10, 0, 0, 9], 12, 4, 1, true).remove(0);
        assert_eq!(one.title, "Port 8080 of 10.0.0.9 refuses 4 clients");
        assert!(
            one.why
                .contains("12 refused; most refused: nothing listens there"),
            "{}",
            one.why
        );
    }

    #[test]
    fn who_searches_does_not_count() {
        for (places, n) in [(9, 1), (10, 0)] {
            let mut tape = Tape::default();
            for n in 1..=places {
                for again in 0..2 {
                    for _ in 0..3 {
                        let client = ([10, 0, 0, 66], 40_000 + u16::from(n) + 100 * again);
                        tape.tcp(client, ([10, 0, 1, n], 445), 100, 0, 2, &[]);
                    }
                }
            }
            assert_eq!(
                found(&tape, &DETECTION).len(),
                n * usize::from(places),
                "{places}"
            );
        }
    }
}
