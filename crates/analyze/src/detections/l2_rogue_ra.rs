//! Two routers of IPv6 that tell different things, or one where nobody routes: hosts believe every one of them.

use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::icmpv6::Advertisement;
use weir_model::Mac;

/// Confidence in the one that nothing else is routed by; in any of two that differ.
const SURE: f64 = 0.8;
const DIFFERS: f64 = 0.55;
/// Networks told by one router, from which nobody can have so many.
const FLOOD: usize = 32;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "l2.rogue_ra",
    title: "A second router of IPv6 tells different things",
    why: "Hosts take every router advertisement for true, and prefer IPv6: whoever sends one gets their traffic.",
    how: "Router advertisements with a lifetime from at least two hardware addresses of one segment with different networks or resolvers; or one router that tells of 32 networks and more. It weighs more where nothing else comes through the one that differs.",
    innocent: "A second uplink. A laptop or a phone that shares its connection. A virtual machine with a tunnel.",
    settle: "Find the hardware address at the switch; ask the owner which routers there should be; see whether the switches guard against advertisements (RFC 6105).",
    techniques: &["T1557"],
    severity: Severity::High,
    needs: &[Need::Messages("icmpv6")],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Advertisement> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Advertisement>()
        .get(at.1)
}

type Told<'a> = (BTreeSet<&'a str>, BTreeSet<IpAddr>, Vec<&'a Advertisement>);

fn told<'a>(ground: &'a Ground<'_>, rows: &[(usize, usize)]) -> BTreeMap<Mac, Told<'a>> {
    let mut out: BTreeMap<Mac, Told<'a>> = BTreeMap::new();
    for a in rows.iter().filter_map(|at| row(ground, *at)) {
        if let Some(mac) = a.mac {
            let slot = out.entry(mac).or_default();
            slot.0.extend(a.prefixes.iter().map(|p| &**p));
            slot.1.extend(a.resolvers.iter());
            slot.2.push(a);
        }
    }
    out
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let all = c.facts.messages.all::<Advertisement>().iter().enumerate();
        let rows: Vec<(usize, usize)> = all
            .filter(|(_, a)| a.lifetime > 0 && !a.meta.duplicate)
            .map(|(n, _)| (chain, n))
            .collect();
        if !rows.is_empty() {
            out.push(Key {
                subject: format!("segment {chain}"),
                rows,
            });
        }
    }
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    let routers = told(ground, &key.rows);
    let routes = |mac: &Mac| ground.env.routers().contains(mac);
    let flood = routers.iter().find(|(_, t)| t.0.len() >= FLOOD);
    let usual = routers.iter().max_by_key(|(mac, t)| {
        (
            routes(mac),
            t.2.len(),
            std::cmp::Reverse(t.2.first().map(|a| a.meta.time)),
        )
    })?;
    let differs = |t: &Told<'_>| {
        let (a, b) = (t, usual.1);
        let apart = !a.0.is_empty() && !b.0.is_empty() && a.0.is_disjoint(&b.0);
        let others = !a.1.is_empty() && !b.1.is_empty() && a.1.is_disjoint(&b.1);
        apart || others
    };
    let (mac, tells) = match flood {
        Some(found) => found,
        None => routers
            .iter()
            .filter(|(mac, t)| *mac != usual.0 && differs(t))
            .max_by_key(|(mac, t)| (!routes(mac), t.2.len()))?,
    };
    let first = *tells.2.first()?;
    let evidence = Evidence::of(
        tells
            .2
            .iter()
            .take(24)
            .chain(usual.1.2.iter().take(8))
            .map(|a| a.meta.first),
    )?;
    let span = (first.meta.time, tells.2.last()?.meta.time);
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &format!("{chain}|{mac}"),
        (chain, first.router, span.0),
        span,
        evidence,
    )?;
    out.mac = Some(*mac);
    out.confidence = if flood.is_some() || !routes(mac) {
        SURE
    } else {
        DIFFERS
    };
    if flood.is_none() && routes(mac) {
        out.severity = Severity::Medium;
    }
    let list = |all: &BTreeSet<&str>| all.iter().take(4).copied().collect::<Vec<_>>().join(", ");
    out.title = if flood.is_some() {
        format!(
            "{mac} tells of {} of IPv6",
            plural(tells.0.len() as u64, "network")
        )
    } else {
        format!("{mac} says to be a router of IPv6, too, and tells other things")
    };
    out.why = format!(
        "{} of it: networks {}; {} tells {}. {}",
        plural(tells.2.len() as u64, "advertisement"),
        list(&tells.0),
        usual.0,
        list(&usual.1.0),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// An advertisement of a router for a network.
    fn tell(tape: &mut Tape, mac: u8, network: u8, lifetime: u8) {
        let mut p = vec![0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 0, mac, 0x86, 0xdd];
        p.extend([0x60, 0, 0, 0, 0, 48, 58, 255]);
        let group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        let mut own = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        own[15] = mac;
        p.extend(own);
        p.extend(group);
        p.extend([134, 0, 0, 0, 64, 0, 7, lifetime, 0, 0, 0, 0, 0, 0, 0, 0]);
        p[14 + 40 + 6] = if lifetime == 0 { 0 } else { 7 };
        p.extend([3, 4, 64, 0xc0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
        p.extend([0x20, 1, 0xd, 0xb8, 0, network, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        tape.raw(p);
    }

    fn told(all: &[(u8, u8, u8)]) -> Vec<Finding> {
        let mut tape = Tape::default();
        for (mac, network, lifetime) in all {
            tell(&mut tape, *mac, *network, *lifetime);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_routers_with_different_networks() {
        let one = told(&[(1, 1, 9), (1, 1, 9), (66, 7, 9)]).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::High, SURE));
        assert_eq!(
            one.title,
            "02:00:00:00:00:42 says to be a router of IPv6, too, and tells other things"
        );
        assert!(one.why.starts_with("1 advertisement of it: networks 2001:db8:7::/64; 02:00:00:00:00:01 tells 2001:db8:1::/64. "), "{}", one.why);
        // A pair for one network; one alone; one that says to be none.
        assert_eq!(told(&[(1, 1, 9), (2, 1, 9)]), []);
        assert_eq!(told(&[(1, 1, 9), (1, 2, 9)]), []);
        assert_eq!(told(&[(1, 1, 9), (66, 7, 0)]), []);
    }

    #[test]
    fn thirty_two_networks() {
        for (networks, n) in [(31, 0), (32, 1)] {
            let all: Vec<_> = (0..networks).map(|n| (66, n, 9)).collect();
            assert_eq!(told(&all).len(), n, "{networks}");
        }
    }
}
