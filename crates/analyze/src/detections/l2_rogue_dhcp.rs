//! Two DHCP servers that tell different things: whoever answers first decides who everybody's gateway and resolver is.

use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use weir_dissect::protocols::dhcp::Lease;
use weir_model::Mac;

/// Kinds of replies that tell the network.
const TELLS: [u8; 2] = [2, 5];
/// A request of a client, which names the server whose offer it takes; an acknowledgement.
const WANTED: u8 = 3;
const GIVEN: u8 = 5;
/// Confidence where what is told differs; where one of the servers names itself, unlike the other.
const DIFFERS: f64 = 0.65;
const ITSELF: f64 = 0.9;
/// Confidence where both give addresses of different networks.
const APART: f64 = 0.45;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "l2.rogue_dhcp",
    title: "Two DHCP servers tell different things",
    why: "Who gives out addresses says who the gateway and the resolver are: a second server can put itself in between.",
    how: "Offers and acknowledgements of at least two servers on one segment with different gateways or resolvers. It weighs more where one names itself as gateway or resolver and the others do not. Servers that tell the same share their work; of two that give addresses of different networks it is said, and weighs less.",
    innocent: "A home router that was connected by its wrong port. A second network on the same wire. A phone or a virtual machine that shares its connection.",
    settle: "Find the server's hardware address at the switch; ask the owner which servers there should be.",
    techniques: &["T1557.003"],
    severity: Severity::High,
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

fn server(l: &Lease) -> IpAddr {
    l.server_addr.map_or(l.from, IpAddr::V4)
}

/// The network (/24) that it gives addresses of: two servers of two networks are on one wire by a mistake mostly.
fn networks(rows: &[&Lease]) -> BTreeSet<u32> {
    let given = rows
        .iter()
        .filter_map(|l| l.assigned_addr.or(l.client_addr));
    given.map(|ip| u32::from(ip) >> 8).collect()
}

/// Gateways and resolvers that it names.
type Told = (BTreeSet<Ipv4Addr>, BTreeSet<Ipv4Addr>);

/// What each server tells about one network, by the addresses it gives.
fn told<'a>(all: &[&'a Lease]) -> BTreeMap<IpAddr, (Told, Vec<&'a Lease>)> {
    let mut out: BTreeMap<IpAddr, (Told, Vec<&Lease>)> = BTreeMap::new();
    for l in all {
        let slot = out.entry(server(l)).or_default();
        slot.0.0.extend(l.routers.iter());
        // A server that names itself by 127.0.0.1 names nobody.
        slot.0
            .1
            .extend(l.resolvers.iter().filter(|r| !r.is_loopback()));
        slot.1.push(l);
    }
    out
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let rows: Vec<(usize, usize)> = c
            .facts
            .messages
            .all::<Lease>()
            .iter()
            .enumerate()
            .filter(|(_, l)| {
                l.reply && TELLS.contains(&l.kind) && l.relay.is_none() && !l.meta.duplicate
            })
            .map(|(n, _)| (chain, n))
            .collect();
        let servers: BTreeSet<IpAddr> = rows
            .iter()
            .filter_map(|at| Some(server(row(ground, *at)?)))
            .collect();
        if servers.len() > 1 {
            out.push(Key {
                subject: format!("segment {chain}"),
                rows,
            });
        }
    }
    out
}

/// How many clients took what a server offers, as far as the packets show it.
fn taken(ground: &Ground<'_>, chain: usize, ip: IpAddr) -> String {
    let facts = ground.input.chains.get(chain).map(|c| c.facts);
    let all = || {
        let rows = facts.map(|f| f.messages.all::<Lease>().iter());
        rows.into_iter().flatten().filter(|l| !l.meta.duplicate)
    };
    let given: BTreeSet<Mac> = all()
        .filter(|l| l.reply && l.kind == GIVEN && server(l) == ip)
        .filter_map(|l| l.mac)
        .collect();
    let named = Some(ip);
    let wanted: BTreeSet<Mac> = all()
        .filter(|l| !l.reply && l.kind == WANTED && l.server_addr.map(IpAddr::V4) == named)
        .filter_map(|l| l.mac)
        .collect();
    let (given, wanted) = (given.len() as u64, wanted.len() as u64);
    match (given, wanted) {
        (0, 0) => "In these packets nobody asks it for what it offers, and it acknowledges nothing"
            .to_owned(),
        (0, n) => format!(
            "{} asked it for that; no packet here acknowledges it",
            plural(n, "client")
        ),
        (n, _) => format!("{} took that: it acknowledged", plural(n, "client")),
    }
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    let all: Vec<&Lease> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    let mut servers = told(&all);
    // An acknowledgement of an INFORM tells no network.
    servers.retain(|_, (t, _)| !t.0.is_empty() || !t.1.is_empty());
    let differ = |a: &Told, b: &Told| {
        a.0.is_disjoint(&b.0) && !a.0.is_empty() && !b.0.is_empty()
            || a.1.is_disjoint(&b.1) && !a.1.is_empty() && !b.1.is_empty()
    };
    let usual = servers
        .iter()
        .max_by_key(|(ip, (_, rows))| (rows.len(), std::cmp::Reverse(**ip)))?;
    let usual = (*usual.0, usual.1.0.clone());
    let names_itself = |ip: &IpAddr, t: &Told| matches!(ip, IpAddr::V4(ip) if t.0.contains(ip) || t.1.contains(ip));
    // The one that differs from the usual one; the one that names itself before others.
    let rogue = servers
        .iter()
        .filter(|(ip, (t, _))| **ip != usual.0 && differ(t, &usual.1))
        .max_by_key(|(ip, (t, rows))| (names_itself(ip, t), rows.len()))?;
    let (ip, (tells, rows)) = rogue;
    let itself = names_itself(ip, tells);
    let theirs = servers.get(&usual.0)?;
    let evidence = Evidence::of(
        rows.iter()
            .take(24)
            .chain(theirs.1.iter().take(8))
            .map(|l| l.meta.first),
    )?;
    let span = (
        rows.iter().map(|l| l.meta.time).min()?,
        rows.iter().map(|l| l.meta.time).max()?,
    );
    let first = *rows.first()?;
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &format!("{chain}|{ip}"),
        (chain, *ip, span.0),
        span,
        evidence,
    )?;
    out.dst = Some(usual.0);
    out.mac = first.sender_mac;
    out.confidence = if itself && !names_itself(&usual.0, &usual.1) {
        ITSELF
    } else {
        DIFFERS
    };
    if networks(rows).is_disjoint(&networks(&theirs.1)) {
        (out.severity, out.confidence) = (Severity::Medium, APART);
        out.benign = Some((
            "two networks",
            "they give addresses of different networks".to_owned(),
        ));
    }
    let list = |all: &BTreeSet<Ipv4Addr>| {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        if all.is_empty() {
            "none".to_owned()
        } else {
            all.join(", ")
        }
    };
    out.title = format!(
        "{ip} gives out addresses, too, and tells other things than {}",
        usual.0
    );
    out.why = format!(
        "{} of it: gateway {}, resolvers {}; {} says gateway {}, resolvers {}. {}. {}",
        plural(rows.len() as u64, "message"),
        list(&tells.0),
        list(&tells.1),
        usual.0,
        list(&usual.1.0),
        list(&usual.1.1),
        taken(ground, chain, *ip),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Offers of these servers with gateway and resolver, in turns.
    fn offered(servers: &[([u8; 4], [u8; 4], [u8; 4])], rounds: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..rounds {
            let mac = [2, 9, 9, 9, 9, n];
            tape.dhcp(None, mac, u32::from(n), 1, [0; 4], &[]);
            for (ip, gateway, resolver) in servers {
                let options: [(u8, &[u8]); 3] = [(54, ip), (3, gateway), (6, resolver)];
                tape.dhcp(
                    Some(*ip),
                    mac,
                    u32::from(n),
                    2,
                    [10, 0, 0, 100 + n],
                    &options,
                );
            }
        }
        found(&tape, &DETECTION)
    }

    const GATE: [u8; 4] = [10, 0, 0, 1];
    const GOOD: [u8; 4] = [10, 0, 0, 2];
    const EVIL: [u8; 4] = [10, 0, 0, 66];

    #[test]
    fn one_that_names_itself() {
        let one = offered(&[(GOOD, GATE, GOOD), (EVIL, EVIL, EVIL)], 1);
        assert_eq!(one.len(), 1);
        let one = offered(&[(GOOD, GATE, GATE), (EVIL, EVIL, EVIL)], 3).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::High, ITSELF));
        assert_eq!(
            one.title,
            "10.0.0.66 gives out addresses, too, and tells other things than 10.0.0.2"
        );
        assert_eq!(one.mac.map(|m| m.0), Some(Tape::mac(EVIL)));
        let one = offered(&[(GOOD, GATE, GATE), (EVIL, GATE, [8, 8, 8, 8])], 3).remove(0);
        assert_eq!(one.confidence, DIFFERS);
    }

    #[test]
    fn how_many_took_it_is_said() {
        let said = |asks: u8, acknowledges: u8| {
            let mut tape = Tape::default();
            for n in 0..3 {
                let mac = [2, 9, 9, 9, 9, n];
                let id = u32::from(n);
                tape.dhcp(None, mac, id, 1, [0; 4], &[]);
                for (ip, gateway) in [(GOOD, GATE), (EVIL, EVIL)] {
                    let options: [(u8, &[u8]); 2] = [(54, &ip), (3, &gateway)];
                    tape.dhcp(Some(ip), mac, id, 2, [10, 0, 0, 100 + n], &options);
                }
                // The rest take the other's.
                let (asked, gateway) = if n < asks { (EVIL, EVIL) } else { (GOOD, GATE) };
                tape.dhcp(None, mac, id, 3, [0; 4], &[(54, &asked)]);
                if n < acknowledges || n >= asks {
                    let options: [(u8, &[u8]); 2] = [(54, &asked), (3, &gateway)];
                    tape.dhcp(Some(asked), mac, id, 5, [10, 0, 0, 100 + n], &options);
                }
            }
            let one = found(&tape, &DETECTION).remove(0);
            assert!(one.title.starts_with("10.0.0.66"), "{}", one.title);
            one.why
        };
        for (asks, acknowledges, words) in [
            (0, 0, "nobody asks it for what it offers"),
            (
                1,
                0,
                "1 client asked it for that; no packet here acknowledges it",
            ),
            (1, 1, "1 client took that: it acknowledged"),
        ] {
            let why = said(asks, acknowledges);
            assert!(why.contains(words), "{why}");
        }
    }

    #[test]
    fn two_networks_on_one_wire_weigh_less() {
        let mut tape = Tape::default();
        for (server, net) in [(GOOD, 0), (EVIL, 5)] {
            let options: [(u8, &[u8]); 3] = [(54, &server), (3, &server), (6, &server)];
            tape.dhcp(
                Some(server),
                [2, 9, 9, 9, 9, net],
                7,
                2,
                [10, 0, net, 100],
                &options,
            );
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Medium, APART));
    }

    #[test]
    fn a_pair_tells_the_same_and_one_alone_nothing() {
        assert_eq!(offered(&[(GOOD, GATE, GOOD), (EVIL, GATE, GOOD)], 3), []);
        assert_eq!(offered(&[(GATE, GATE, GATE)], 3), [], "a home router");
    }
}
