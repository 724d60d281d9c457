//! DHCP that goes wrong: addresses refused by the server, or found taken by the client.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::dhcp::Lease;

/// Kinds of messages (RFC 2132 section 9.6).
const DECLINE: u8 = 4;
const NAK: u8 = 6;
/// Refusals or clients from which it is more than a laptop that came from elsewhere.
const OFTEN: usize = 3;
/// Confidence.
const SURE: f64 = 0.85;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.dhcp_nak",
    title: "Addresses are refused",
    why: "A client that is refused begins anew and is without an address meanwhile; one that declines found that somebody else has it.",
    how: "DHCPNAK of a server, or DHCPDECLINE of clients: one is a note; a fault from three of one client, or of three clients.",
    innocent: "A laptop that asks for the address it had in another network: once, and then it gets one.",
    settle: "See in the server's log what was asked for; where clients decline, find who has the address without asking.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Messages("dhcp")],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Lease> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Lease>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, l) in c.facts.messages.all::<Lease>().iter().enumerate() {
            let subject = match (l.kind, l.reply) {
                (NAK, true) => format!("nak|{}", l.server_addr.map_or(l.from, IpAddr::V4)),
                (DECLINE, false) => "decline".to_owned(),
                _ => continue,
            };
            if !l.meta.duplicate {
                all.entry(subject).or_default().push((chain, n));
            }
        }
    }
    all.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<&Lease> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    let (first, last) = (*all.first()?, *all.last()?);
    let evidence = Evidence::of(all.iter().map(|l| l.meta.first))?;
    let span = (first.meta.time, last.meta.time);
    let refused = first.kind == NAK;
    let server = first.server_addr.map_or(first.from, IpAddr::V4);
    // A client that declines has no address: the server that gave it one stands for it.
    let about = if refused {
        server
    } else {
        first.server_addr.map_or(first.from, IpAddr::V4)
    };
    let chain = key.rows.first()?.0;
    let at = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, about, span.0),
        span,
        evidence.clone(),
    );
    let mut out =
        at.unwrap_or_else(|| Finding::of_capture(&DETECTION, &key.subject, span, evidence));
    out.confidence = SURE;
    let mut clients: BTreeMap<_, usize> = BTreeMap::new();
    for l in &all {
        *clients.entry(l.mac).or_default() += 1;
    }
    let most = clients.values().max().copied().unwrap_or(0);
    if clients.len() < OFTEN && most < OFTEN {
        out.severity = Severity::Low;
    }
    let wanted: BTreeSet<String> = all
        .iter()
        .filter_map(|l| l.requested_addr.or(l.client_addr))
        .map(|ip| ip.to_string())
        .collect();
    let wanted: Vec<String> = wanted.into_iter().take(4).collect();
    let named: Vec<String> = clients
        .keys()
        .flatten()
        .take(4)
        .map(ToString::to_string)
        .collect();
    let host = out.host.and_then(|id| ground.env.host(id));
    (out.title, out.why) = if refused {
        (
            format!(
                "The DHCP server {server} refused {} of {}",
                plural(all.len() as u64, "request"),
                plural(clients.len() as u64, "client")
            ),
            format!(
                "{} says no to {}. {}",
                who(host, server),
                named.join(", "),
                DETECTION.why
            ),
        )
    } else {
        (
            format!(
                "{} declined the address they were given",
                plural(clients.len() as u64, "client")
            ),
            format!(
                "{} by {}: somebody else has {}. {}",
                plural(all.len() as u64, "refusal"),
                named.join(", "),
                wanted.join(", "),
                DETECTION.why
            ),
        )
    };
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const SERVER: [u8; 4] = [10, 0, 0, 1];

    fn refused(naks: u8, clients: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..naks {
            let mac = [2, 9, 9, 9, 9, n % clients];
            tape.dhcp(None, mac, u32::from(n), 3, [0; 4], &[(50, &[10, 0, 0, 50])]);
            tape.dhcp(Some(SERVER), mac, u32::from(n), 6, [0; 4], &[(54, &SERVER)]);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn three_of_one_client_or_of_three() {
        for (naks, clients, severity) in [
            (0, 1, None),
            (1, 1, Some(Severity::Low)),
            (2, 2, Some(Severity::Low)),
            (3, 1, Some(Severity::Medium)),
            (3, 3, Some(Severity::Medium)),
        ] {
            let all = refused(naks, clients);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{naks} {clients}"
            );
        }
        let one = refused(4, 2).remove(0);
        assert_eq!(
            one.title,
            "The DHCP server 10.0.0.1 refused 4 requests of 2 clients"
        );
        assert_eq!(
            one.evidence.packets().map(|p| p.number).collect::<Vec<_>>(),
            [2, 4, 6, 8]
        );
    }

    #[test]
    fn clients_that_find_their_address_taken() {
        let mut tape = Tape::default();
        for n in 0..3 {
            tape.dhcp(
                None,
                [2, 9, 9, 9, 9, n],
                7,
                4,
                [0; 4],
                &[(50, &[10, 0, 0, 50]), (54, &SERVER)],
            );
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (
                Severity::Medium,
                "3 clients declined the address they were given"
            )
        );
        assert!(
            one.why.contains("somebody else has 10.0.0.50"),
            "{}",
            one.why
        );
    }
}
