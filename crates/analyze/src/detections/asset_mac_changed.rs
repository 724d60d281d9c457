//! An address that another machine has now: replaced, or taken over while the first one is away.

use super::claims::contested;
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::environment::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::facts::Binding;
use weir_dissect::protocols::dhcp::Lease;
use weir_model::Mac;

/// Packets of each machine with the address, at least: one alone is an accident.
const PACKETS: u64 = 2;
/// Confidence.
const SURE: f64 = 0.7;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "asset.mac_changed",
    title: "An address has another machine now, and no lease says why",
    why: "What is known of a machine by its address does not hold for the one that has it now; one that takes over a server's address can stand in for it.",
    how: "Two hardware addresses say by ARP, one after the other, to have one address, and the first is not heard with it again. An address that a DHCP server gave to the second is not told. Medium where it is that of a server or a gateway.",
    innocent: "A new card or a new machine in place of an old one. A pair that takes over. A private address of Wi-Fi that changes each day.",
    settle: "Ask whether the machine was replaced; compare host keys or certificates from before and after.",
    techniques: &["T1200", "T1557"],
    severity: Severity::Medium,
    needs: &[Need::Messages("arp")],
    keys,
    judge,
    rank,
};

fn rows<'a>(ground: &'a Ground<'_>, chain: usize, ip: IpAddr) -> Vec<&'a Binding> {
    let facts = ground.input.chains.get(chain).map(|c| c.facts);
    let all = facts.map(|f| f.bindings.all()).unwrap_or_default();
    all.iter()
        .filter(|b| b.ip == ip && b.announced && b.packets >= PACKETS)
        .collect()
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let contested: BTreeSet<(usize, IpAddr)> = contested(ground).into_iter().collect();
    let mut out = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let mut macs: BTreeMap<IpAddr, BTreeSet<Mac>> = BTreeMap::new();
        let all = c.facts.bindings.all().iter();
        for b in all.filter(|b| b.announced && b.ip.is_ipv4() && b.packets >= PACKETS) {
            macs.entry(b.ip).or_default().insert(b.mac);
        }
        let given: BTreeSet<(Option<Mac>, IpAddr)> = c
            .facts
            .messages
            .all::<Lease>()
            .iter()
            .filter_map(|l| Some((l.mac, IpAddr::V4(l.assigned_addr.or(l.requested_addr)?))))
            .collect();
        for (ip, macs) in macs {
            let leased = macs.iter().any(|m| given.contains(&(Some(*m), ip)));
            let local = super::super::environment::link_local(ip);
            if macs.len() > 1 && !leased && !local && !contested.contains(&(chain, ip)) {
                out.push(Key {
                    subject: ip.to_string(),
                    rows: vec![(chain, 0)],
                });
            }
        }
    }
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    let ip: IpAddr = key.subject.parse().ok()?;
    let all = rows(ground, chain, ip);
    let (before, after) = (*all.first()?, *all.last()?);
    if before.mac == after.mac {
        return None;
    }
    let evidence = Evidence::of(all.iter().flat_map(|b| [b.first, b.last]))?;
    let span = (before.begun, after.ended);
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, ip, after.begun),
        span,
        evidence,
    )?;
    out.mac = Some(after.mac);
    out.confidence = SURE;
    let part = |mac: Mac| {
        let host = ground.env.hosts().iter().find(|h| h.mac == Some(mac));
        host.is_some_and(|h| {
            [Role::Gateway, Role::Server, Role::Resolver]
                .iter()
                .any(|r| h.is(*r))
        })
    };
    if !part(before.mac) {
        out.severity = Severity::Low;
    }
    out.title = format!("{ip} had {} and has {} now", before.mac, after.mac);
    out.why = format!(
        "The first was heard with it last in packet {}, the second first in packet {}. {}",
        before.last.number, after.first.number, DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const IP: [u8; 4] = [10, 0, 0, 9];
    const NEW: [u8; 6] = [2, 0, 0, 0, 0x77, 1];

    fn replaced(before: u8, after: u8) -> Tape {
        let mut tape = Tape::default();
        more(&mut tape, before, after);
        tape
    }

    fn more(tape: &mut Tape, before: u8, after: u8) {
        for _ in 0..before {
            tape.arp(2, Tape::mac(IP), IP, [10, 0, 0, 7]);
        }
        for _ in 0..after {
            tape.arp(2, NEW, IP, [10, 0, 0, 7]);
        }
    }

    #[test]
    fn two_packets_of_each() {
        for (before, after, n) in [(1, 2, 0), (2, 1, 0), (2, 2, 1), (3, 3, 1)] {
            let all = found(&replaced(before, after), &DETECTION);
            assert_eq!(all.len(), n, "{before} {after}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
        }
        let one = found(&replaced(2, 3), &DETECTION).remove(0);
        assert_eq!(
            one.title,
            "10.0.0.9 had 02:00:0a:00:00:09 and has 02:00:00:00:77:01 now"
        );
        assert_eq!(
            one.evidence.packets().map(|p| p.number).collect::<Vec<_>>(),
            [1, 2, 3, 5]
        );
    }

    #[test]
    fn a_servers_address_weighs_more() {
        let mut tape = Tape::default();
        for n in 0..2 {
            tape.talk(([10, 0, 0, 20 + n], 40_000), (IP, 80), b"?", b"!");
        }
        more(&mut tape, 2, 2);
        assert_eq!(
            found(&tape, &DETECTION).remove(0).severity,
            Severity::Medium
        );
    }

    #[test]
    fn an_address_that_was_given_or_is_contested_is_another_matter() {
        let mut tape = replaced(2, 2);
        tape.dhcp(Some([10, 0, 0, 1]), NEW, 7, 5, IP, &[]);
        assert_eq!(found(&tape, &DETECTION), []);
        let mut tape = replaced(2, 2);
        more(&mut tape, 2, 2);
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
