//! A host that asks names elsewhere than the others do, or in a way that nobody here can read.

use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, Row, begin, facts, flow, named};
use super::{Detection, Ground, Key, Need};
use crate::answers::{normal, plural, shown};
use crate::environment::{HostId, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::protocols::dns::Query;
use weir_dissect::protocols::tls::Handshake;
use weir_model::{PacketRef, Timestamp};

/// Hosts that ask names in clear, below which nobody can be said to differ.
const HOSTS: usize = 4;
/// Asked there alone, by nobody else.
const ALONE: f64 = 0.6;
/// A name or address that serves nothing but encrypted look-ups.
const KNOWN: f64 = 0.9;

/// Names of public services for look-ups over HTTPS and TLS (each as its operator publishes it).
const SERVICES: [&str; 18] = [
    "dns.google",
    "dns64.dns.google",
    "cloudflare-dns.com",
    "one.one.one.one",
    "dns.quad9.net",
    "dns9.quad9.net",
    "dns10.quad9.net",
    "dns11.quad9.net",
    "doh.opendns.com",
    "doh.familyshield.opendns.com",
    "dns.nextdns.io",
    "doh.cleanbrowsing.org",
    "dns.adguard.com",
    "dns.adguard-dns.com",
    "doh.dns.sb",
    "dns.mullvad.net",
    "dns.controld.com",
    "dns.alidns.com",
];
/// Port of look-ups over TLS and QUIC (RFC 7858, RFC 9250).
const OVER_TLS: u16 = 853;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "dns.resolver_bypass",
    title: "Names are asked elsewhere than by the others",
    why: "Who asks somebody else, or encrypted, is seen by no filter and no log of the network's own resolver.",
    how: "A resolver outside that one host alone asks, among at least four hosts that ask names and where another resolver serves several; or TLS to a public service for encrypted look-ups, by its name, or to port 853 outside.",
    innocent: "Browsers and phones that encrypt their look-ups by default, a VPN, an administrator's test.",
    settle: "See which program on the host asks, and whether the network's policy allows it.",
    techniques: &["T1071.004"],
    severity: Severity::Low,
    needs: &[Need::AnyOf(&["dns", "tls"])],
    keys,
    judge,
    rank,
};

/// Which way a key was found; part of its subject.
const PLAIN: &str = "plain";
const HIDDEN: &str = "hidden";

fn service(name: &str) -> bool {
    let name = normal(name);
    SERVICES
        .iter()
        .any(|s| name == *s || name.strip_suffix(s).is_some_and(|rest| rest.ends_with('.')))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut asked: BTreeMap<IpAddr, BTreeSet<HostId>> = BTreeMap::new();
    let mut hosts: BTreeSet<HostId> = BTreeSet::new();
    let mut plain: Groups<(HostId, IpAddr)> = Groups::default();
    let mut hidden: Groups<(HostId, String)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, q) in c.facts.messages.all::<Query>().iter().enumerate() {
            let usual = !q.local && !q.meta.duplicate && q.answered.is_some() && q.server.1 == 53;
            let host = ground
                .env
                .at(chain, q.client.0, q.meta.time)
                .filter(|_| usual);
            let Some(host) = host
                .and_then(|id| ground.env.host(id))
                .filter(|h| h.internal)
            else {
                continue;
            };
            asked.entry(q.server.0).or_default().insert(host.id);
            hosts.insert(host.id);
            if !host.is(Role::Resolver) && !host.is(Role::Gateway) {
                plain.put((host.id, q.server.0), (chain, n));
            }
        }
        for t in c.facts.messages.all::<Handshake>() {
            let name = t.server_name.as_deref().filter(|n| service(n));
            let outside = !weir_model::is_internal(t.server.0);
            let what = match name {
                Some(name) => normal(name),
                None if t.server.1 == OVER_TLS && outside => t.server.0.to_string(),
                None => continue,
            };
            let host = ground.env.at(chain, t.client.0, t.meta.time);
            if let (Some(host), Some(flow), false) = (host, t.meta.flow, t.meta.duplicate) {
                hidden.put((host, what), (chain, flow.0 as usize));
            }
        }
    }
    let mut out = hidden.keys(1, |(_, what)| format!("{HIDDEN}|{what}"));
    let several = asked.values().any(|who| who.len() > 1);
    if hosts.len() >= HOSTS && several {
        let alone = |ip: &IpAddr| asked.get(ip).is_some_and(|who| who.len() == 1);
        let mine = plain.keys(1, |(_, ip)| format!("{PLAIN}|{ip}"));
        out.extend(mine.into_iter().filter(|k| {
            let ip = k
                .subject
                .split_once('|')
                .and_then(|(_, ip)| ip.parse().ok());
            ip.is_some_and(|ip| alone(&ip) && !weir_model::is_internal(ip))
        }));
    }
    out
}

/// Who, whom, at which port, packets.
type Told = (IpAddr, (IpAddr, u16), Vec<(PacketRef, Timestamp)>);

fn told(ground: &Ground<'_>, at: Row, plain: bool) -> Option<Told> {
    if plain {
        let q = facts(ground, at.0)?.messages.all::<Query>().get(at.1)?;
        let packets = q.asked.into_iter().chain(q.answered).collect();
        return Some((q.client.0, q.server, packets));
    }
    let f = flow(ground, at)?;
    Some((
        f.client.0,
        f.server,
        vec![(f.first, f.begun), (f.last, f.ended)],
    ))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let (way, what) = key.subject.split_once('|')?;
    let plain = way == PLAIN;
    let at = *key.rows.first()?;
    let (client, server, first) = told(ground, at, plain)?;
    let packets: Vec<(PacketRef, Timestamp)> = key
        .rows
        .iter()
        .filter_map(|at| told(ground, *at, plain))
        .flat_map(|t| t.2)
        .collect();
    let (_, who) = named(ground, at.0, client, first.first()?.1);
    let subject = format!("{who}|{way}|{what}");
    let mut out = begin(ground, &DETECTION, &subject, (at.0, client), &packets)?;
    (out.dst, out.dport) = (Some(server.0), Some(server.1));
    let times = plural(
        key.rows.len() as u64,
        if plain { "question" } else { "connection" },
    );
    if plain {
        out.confidence = ALONE;
        out.title = format!("Only {client} asks the resolver {what}");
        out.why = format!(
            "{times}; the others here ask somebody else. {}",
            DETECTION.why
        );
    } else {
        out.confidence = KNOWN;
        out.domain = Some(what.to_owned()).filter(|w| w.parse::<IpAddr>().is_err());
        let transport = flow(ground, at).map_or(Transport::Tcp, |f| f.transport);
        let over = if transport == Transport::Tcp {
            "TLS"
        } else {
            "QUIC"
        };
        out.title = format!("{client} asks names encrypted, at {}", shown(what));
        out.why = format!(
            "{times} over {over} to a service for encrypted look-ups. {}",
            DETECTION.why
        );
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{Reply, question, question_to};
    use super::*;
    use crate::tape::Tape;

    const YES: Reply = Reply::Address(60, [198, 51, 100, 9]);

    /// `hosts` that ask the usual resolver, and the first of them a public one too.
    fn network(hosts: u8, others: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..hosts {
            question(
                &mut tape,
                ([10, 0, 0, 20 + n], 40_000),
                "www.example.com",
                1,
                &YES,
            );
        }
        for n in 0..others {
            let client = ([10, 0, 0, 20 + n], 40_001);
            question_to(
                &mut tape,
                client,
                ([198, 51, 100, 53], 53),
                "www.example.com",
                1,
                &YES,
            );
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn one_alone_among_four() {
        for (hosts, others, n) in [(3, 1, 0), (4, 1, 1), (5, 1, 1), (5, 0, 0), (5, 2, 0)] {
            let all = network(hosts, others);
            assert_eq!(all.len(), n, "{hosts} hosts, {others} elsewhere");
            for f in all {
                assert_eq!(f.severity, Severity::Low);
                assert_eq!(f.evidence.packets().count(), 2);
            }
        }
    }

    #[test]
    fn the_resolver_itself_asks_outside() {
        let mut tape = Tape::default();
        for n in 0..5 {
            question(
                &mut tape,
                ([10, 0, 0, 20 + n], 40_000),
                "www.example.com",
                1,
                &YES,
            );
        }
        let resolver = (crate::tape::RESOLVER.0, 40_000);
        question_to(
            &mut tape,
            resolver,
            ([198, 51, 100, 53], 53),
            "www.example.com",
            1,
            &YES,
        );
        assert_eq!(found(&tape, &DETECTION), []);
    }

    #[test]
    fn services_by_name() {
        for (name, is) in [
            ("dns.google", true),
            ("mozilla.cloudflare-dns.com", true),
            ("DNS.Quad9.net.", true),
            ("mydns.google", false),
            ("google.com", false),
        ] {
            assert_eq!(service(name), is, "{name}");
        }
    }
}
