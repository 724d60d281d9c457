//! A TLS client that one host alone has, and that talks to one place alone.

use super::finding::{Finding, Severity, rank};
use super::gather::Groups;
use super::hellos::{hello, judge as hellos, outside, own_word};
use super::{Detection, Ground, Key, Need};
use crate::environment::HostId;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::tls::Handshake;

/// Hosts with TLS below which nothing can be called rare.
const HOSTS: usize = 5;
/// Rare alone.
const RARE: f64 = 0.4;
/// And the server vouches for itself, or no name is said.
const ODD: f64 = 0.6;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tls.rare_client",
    title: "A TLS client that nobody else has",
    why: "Programs are known by how they greet; one that a single host has for a single place was brought along, not installed for everybody.",
    how: "Among at least five hosts with TLS, a client fingerprint (JA4) that one host alone shows, towards one place outside alone. Medium where the server signed its own certificate.",
    innocent: "A program installed on one machine only; a device that is the only one of its kind.",
    settle: "Find the program on the host at the time of the first packet.",
    techniques: &["T1071.001", "T1573.002"],
    severity: Severity::Medium,
    needs: &[Need::Messages("tls"), Need::Content],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut prints: BTreeMap<String, (BTreeSet<HostId>, BTreeSet<IpAddr>)> = BTreeMap::new();
    let mut everybody: BTreeSet<HostId> = BTreeSet::new();
    let mut rows: Groups<String> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, h) in c.facts.messages.all::<Handshake>().iter().enumerate() {
            let host = ground.env.at(chain, h.client.0, h.meta.time);
            let host = host.filter(|id| ground.env.host(*id).is_some_and(|h| h.internal));
            if let (Some(ja4), Some(host), false) = (h.ja4.as_deref(), host, h.meta.duplicate) {
                let slot = prints.entry(ja4.to_owned()).or_default();
                slot.0.insert(host);
                slot.1.insert(h.server.0);
                everybody.insert(host);
                rows.put(ja4.to_owned(), (chain, n));
            }
        }
    }
    if everybody.len() < HOSTS {
        return Vec::new();
    }
    let rare = |k: &Key| {
        prints
            .get(&k.subject)
            .is_some_and(|(hosts, places)| hosts.len() == 1 && places.len() == 1)
    };
    rows.keys(1, Clone::clone)
        .into_iter()
        .filter(rare)
        .collect()
}

fn print(h: &Handshake) -> Option<String> {
    Some(format!("JA4 {}", h.ja4.as_deref()?))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = hellos(ground, key, &DETECTION, print).filter(|_| outside(ground, key))?;
    out.confidence = RARE;
    let first = hello(ground, *key.rows.first()?)?;
    if let Some(says) = own_word(first) {
        (out.severity, out.confidence) = (Severity::Medium, ODD);
        out.why += &format!(" And {says}.");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// A client's hello that offers these ciphers.
    fn hello_with(ciphers: &[u16]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.push(0);
        body.extend(u16::try_from(ciphers.len() * 2).unwrap().to_be_bytes());
        body.extend(ciphers.iter().flat_map(|c| c.to_be_bytes()));
        body.extend([1, 0]);
        let mut out = vec![22, 3, 1];
        out.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
        out.extend([1, 0]);
        out.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        out.extend(body);
        out
    }

    fn network(hosts: u8, places: u8, users: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..hosts {
            let client = ([10, 0, 0, 20 + n], 40_000);
            tape.talk(
                client,
                ([198, 51, 100, 1], 443),
                &hello_with(&[0xc02f, 0xc030]),
                b"",
            );
        }
        for user in 0..users {
            for n in 0..places {
                let client = ([10, 0, 0, 20 + user], 41_000 + u16::from(n));
                tape.talk(
                    client,
                    ([198, 51, 100, 66 + n], 443),
                    &hello_with(&[0x002f]),
                    b"",
                );
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn one_host_one_place_among_five() {
        for (hosts, places, users, n) in [
            (4, 1, 1, 0),
            (5, 1, 1, 1),
            (6, 1, 1, 1),
            (6, 2, 1, 0),
            (6, 1, 2, 0),
        ] {
            let all = network(hosts, places, users);
            assert_eq!(
                all.len(),
                n,
                "{hosts} hosts, {places} places, {users} users"
            );
            assert!(
                all.iter()
                    .all(|f| f.severity == Severity::Low && f.confidence == RARE)
            );
        }
    }
}
