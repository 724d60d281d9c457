//! Packets inside packets, or much inside what should be little: Teredo, private networks, shells that push, clocks
//! that talk too much.

use super::between::spoken;
use super::exfil_upload::size;
use super::finding::{Finding, Severity, rank};
use super::gather::{Groups, Row, begin, facts, flow, inside, named};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::facts::Tunnel;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Bytes of a datagram of time, with every signature that exists; and datagrams below which it may be a stray one.
const TIME: u64 = 100;
const TIMES: u32 = 5;
/// A shell that pushes: bytes, seconds, times as much as comes back.
const PUSHED: u64 = 1 << 20;
const MINUTES: Duration = Duration(120_000_000_000);
const MORE: u64 = 2;
/// Hosts that do the same from which on it is the house's way.
const EVERYBODY: usize = 3;
/// Clocks do not talk so much.
const CLOCK: f64 = 0.75;
/// A tunnel by protocol.
const TUNNEL: f64 = 0.6;
/// Copying with SSH looks the same.
const SHELL: f64 = 0.5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "tunnel.other",
    title: "Something is carried inside something else",
    why: "A tunnel takes everything past the places where traffic is looked at.",
    how: "From a host of the network to the outside: Teredo; OpenVPN, WireGuard and IPsec, GRE, IPv6 and IPv4 inside IP that fewer than three hosts use; time (port 123) with datagrams of more than 100 bytes at the mean; SSH that sends at least 1 MiB and twice what it gets over two minutes.",
    innocent: "A private network that the user was given; files copied with SSH; Windows tries Teredo by itself.",
    settle: "Ask the user for the private network; see which program on the host it is.",
    techniques: &["T1572", "T1048"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::Content],
    keys,
    judge,
    rank,
};

/// Which kind a flow is.
fn what(f: &Flow) -> Option<&'static str> {
    let name = spoken(f);
    let udp = f.transport == Transport::Udp;
    if udp && (f.server.1 == 123 || name == "ntp") {
        let long = |way: usize| {
            f.packets[way] >= TIMES && f.payload[way] > TIME * u64::from(f.packets[way])
        };
        return (long(0) || long(1)).then_some("time");
    }
    if name == "ssh" {
        let pushes = f.payload[0] >= PUSHED && f.payload[0] >= f.payload[1].saturating_mul(MORE);
        return (pushes && f.ended.since(f.begun) >= MINUTES).then_some("SSH");
    }
    match name {
        "teredo" => Some("Teredo"),
        "openvpn" => Some("OpenVPN"),
        "wg" => Some("WireGuard"),
        "isakmp" | "udpencap" => Some("IPsec"),
        "ayiya" => Some("AYIYA"),
        _ => None,
    }
}

/// Places of [`Tunnel`]s in a key's rows, beside those of flows.
const INSIDE: usize = 1 << (usize::BITS - 1);

fn tunnel<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Tunnel> {
    let place = at.1.checked_sub(INSIDE)?;
    facts(ground, at.0)?.tunnels.all().get(place)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: Groups<(&'static str, IpAddr, IpAddr)> = Groups::default();
    let own = |chain, ip: IpAddr, time| inside(ground, chain, ip, time);
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, t) in c.facts.tunnels.all().iter().enumerate() {
            let mine = own(chain, t.client, t.begun);
            let theirs = own(chain, t.server, t.begun);
            // Whose first packet was seen may be the other one.
            let (a, b) = if mine {
                (t.client, t.server)
            } else {
                (t.server, t.client)
            };
            if mine != theirs && !b.is_multicast() {
                out.put((t.kind, a, b), (chain, INSIDE + n));
            }
        }
        for (n, f) in c.facts.flows.iter().enumerate() {
            let Some(kind) = what(f) else { continue };
            if inside(ground, chain, f.client.0, f.begun)
                && !inside(ground, chain, f.server.0, f.begun)
            {
                out.put((kind, f.client.0, f.server.0), (chain, n));
            }
        }
    }
    let all = out.keys(1, |(kind, client, server)| {
        format!("{kind}|{client}|{server}")
    });
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let parts = |k: &Key| {
        let mut parts = k.subject.split('|').map(str::to_owned);
        (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        )
    };
    for key in &all {
        let (kind, client) = parts(key);
        users.entry(kind).or_default().insert(client);
    }
    let few = |k: &Key| {
        let kind = parts(k).0;
        kind == "time" || users.get(&kind).is_none_or(|u| u.len() < EVERYBODY)
    };
    all.into_iter().filter(few).collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let at = *key.rows.first()?;
    if let Some(first) = tunnel(ground, at) {
        return without_ports(ground, key, first);
    }
    let first = flow(ground, at)?;
    let kind = what(first)?;
    let flows = || key.rows.iter().filter_map(|at| flow(ground, *at));
    let packets: Vec<_> = flows()
        .flat_map(|f| [(f.first, f.begun), (f.last, f.ended)])
        .collect();
    let (_, who) = named(ground, at.0, first.client.0, first.begun);
    let mut out = begin(
        ground,
        &DETECTION,
        &format!("{who}|{}|{kind}", first.server.0),
        (at.0, first.client.0),
        &packets,
    )?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    (out.severity, out.confidence) = match kind {
        "time" => (Severity::High, CLOCK),
        "SSH" => (Severity::Medium, SHELL - 0.05),
        _ => (Severity::Low, TUNNEL),
    };
    let sent: u64 = flows().map(|f| f.payload[0]).sum();
    let back: u64 = flows().map(|f| f.payload[1]).sum();
    out.title = format!(
        "{} carries something to {} inside {kind}",
        first.client.0, first.server.0
    );
    out.why = format!(
        "{}, {} out and {} back. {}",
        plural(key.rows.len() as u64, "conversation"),
        size(sent),
        size(back),
        DETECTION.why
    );
    Some(out)
}

/// A network inside another without any port.
fn without_ports(ground: &Ground<'_>, key: &Key, first: &Tunnel) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    let mine = inside(ground, chain, first.client, first.begun);
    let (client, server) = if mine {
        (first.client, first.server)
    } else {
        (first.server, first.client)
    };
    let all = || key.rows.iter().filter_map(|at| tunnel(ground, *at));
    let packets: Vec<_> = all()
        .flat_map(|t| [(t.first, t.begun), (t.last, t.ended)])
        .collect();
    let (_, who) = named(ground, chain, client, first.begun);
    let subject = format!("{who}|{server}|{}", first.kind);
    let mut out = begin(ground, &DETECTION, &subject, (chain, client), &packets)?;
    out.dst = Some(server);
    (out.severity, out.confidence) = (Severity::Low, TUNNEL);
    let way = |way: usize| {
        all()
            .map(|t| t.bytes[usize::from(t.client != client) ^ way])
            .sum()
    };
    let (sent, back): (u64, u64) = (way(0), way(1));
    let count: u64 = all().map(|t| t.packets[0] + t.packets[1]).sum();
    out.title = format!(
        "{client} carries something to {server} inside {}",
        first.kind
    );
    out.why = format!(
        "{}, {} out and {} back. {}",
        plural(count, "packet"),
        size(sent),
        size(back),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::push;
    use super::*;
    use crate::tape::Tape;

    #[test]
    fn clocks_that_talk_too_much() {
        for (bytes, times, n) in [
            (48, 20, 0),
            (68, 20, 0),
            (100, 20, 0),
            (101, 4, 0),
            (101, 5, 1),
        ] {
            let mut tape = Tape::default();
            for _ in 0..times {
                let mut m = vec![0x1b];
                m.resize(bytes, 7);
                tape.udp(([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 123), &m);
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{bytes} bytes, {times} times");
            assert!(all.iter().all(|f| f.severity == Severity::High));
        }
    }

    #[test]
    fn a_private_network_of_one_and_of_everybody() {
        for (hosts, n) in [(1, 1), (2, 2), (3, 0)] {
            let mut tape = Tape::default();
            for h in 0..hosts {
                let mut m = vec![1, 0, 0, 0];
                m.resize(148, 5);
                tape.udp(([10, 0, 0, 7 + h], 51_820), ([198, 51, 100, 9], 51_820), &m);
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{hosts}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
        }
    }

    #[test]
    fn networks_inside_networks_to_the_outside() {
        let outside = [198, 51, 100, 9];
        for (proto, hosts, server, n) in [
            (47, 1, outside, 1),
            (41, 2, outside, 2),
            (4, 1, outside, 1),
            (41, 3, outside, 0),
            // Between machines of the network, and a routing protocol.
            (47, 1, [10, 0, 0, 9], 0),
            (89, 1, outside, 0),
        ] {
            let mut tape = Tape::default();
            for h in 0..hosts {
                let (a, b) = (([10, 0, 0, 7 + h], 0), (server, 0));
                tape.frame(a, b, proto, &[0, 0, 8, 0, 0x45, 0, 0, 0]);
                tape.frame(b, a, proto, &[0, 0, 8, 0, 0x45, 0, 0, 0]);
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{proto} {hosts} {server:?}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
            assert!(all.iter().all(|f| f.evidence.packets().count() == 2));
        }
    }

    #[test]
    fn copying_with_ssh_is_a_note() {
        for (bytes, n) in [((1 << 20) - 200, 0), (1 << 20, 1)] {
            let mut tape = Tape {
                pace: Duration::seconds(6),
                ..Tape::default()
            };
            let (client, server) = (([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 22));
            push(&mut tape, client, server, bytes, 1000);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{bytes}");
            assert!(all.iter().all(|f| f.confidence < 0.5));
        }
    }
}
