//! Addresses that two machines of a segment say to have, and what speaks for a forged word of one of them. Judges
//! nobody: who forges is one detection's matter, who is set up wrongly another's.

use super::Ground;
use crate::environment::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::facts::Binding;
use weir_dissect::protocols::arp::Word;
use weir_dissect::protocols::dhcp::Lease;
use weir_model::{Duration, Mac, Timestamp};

/// A reply that comes so long after the last question for its address answers nobody.
const ASKED: Duration = Duration(2_000_000_000);
/// What is repeated by a bridge comes so soon after it was said.
const AT_ONCE: Duration = Duration(100_000_000);
/// Replies that nobody asked for.
const UNASKED: usize = 5;
/// Hardware addresses of groups of routers: VRRP, HSRP (both versions), GLBP, CARP.
const VIRTUAL: &[&[u8]] = &[
    &[0x00, 0x00, 0x5e, 0x00, 0x01],
    &[0x00, 0x00, 0x5e, 0x00, 0x02],
    &[0x00, 0x00, 0x0c, 0x07, 0xac],
    &[0x00, 0x00, 0x0c, 0x9f],
    &[0x00, 0x07, 0xb4],
];

/// An address with two machines.
pub(super) struct Contest<'a> {
    pub(super) ip: IpAddr,
    /// Who had it first.
    pub(super) owner: Mac,
    /// Who says so while that one still talks.
    pub(super) other: Mac,
    /// When the other one said so first.
    pub(super) since: Timestamp,
    /// Its words about this address, in order.
    pub(super) words: Vec<&'a Word>,
    /// The first one's words after that.
    pub(super) replies: Vec<&'a Word>,
    /// The other one says to have another address, too.
    pub(super) has_its_own: Option<IpAddr>,
    /// It says to have several addresses of others.
    pub(super) several: usize,
    /// Its replies that nobody asked for.
    pub(super) unasked: usize,
    /// It passes on packets of others.
    pub(super) passes_on: bool,
    /// The address is a gateway's.
    pub(super) gateway: bool,
    /// Both addresses are of one card, by their numbers.
    pub(super) one_card: bool,
    /// One repeats what the other says at once, questions too: a bridge that puts in its own hardware address, as
    /// those over Wi-Fi do.
    pub(super) bridged: bool,
}

impl Contest<'_> {
    /// Does it look like forging, not like two machines set up the same? A machine with an address of its own that
    /// answers for this one only when asked, and passes nothing on, has a second address by mistake.
    pub(super) fn forged(&self) -> bool {
        let meant = self.gateway || self.passes_on || self.unasked > 0;
        self.has_its_own.is_some() && meant || self.several > 1 || self.unasked >= UNASKED
    }
}

fn is_virtual(mac: Mac) -> bool {
    VIRTUAL.iter().any(|v| mac.0.starts_with(v))
}

/// Who said to have an address first, and who says so while that one still talks.
fn rivals(rows: &[&Binding]) -> Option<(Mac, Mac, Timestamp)> {
    let owner = rows.iter().find(|b| b.announced && !is_virtual(b.mac))?.mac;
    let other = rows
        .iter()
        .find(|b| b.announced && b.mac != owner && !is_virtual(b.mac))?;
    let still = rows.iter().any(|b| b.mac == owner && b.ended > other.begun);
    still.then_some((owner, other.mac, other.begun))
}

/// Addresses of a chain with rivals.
pub(super) fn contested(ground: &Ground<'_>) -> Vec<(usize, IpAddr)> {
    let mut out = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let mut by_ip: BTreeMap<IpAddr, Vec<&Binding>> = BTreeMap::new();
        for b in c.facts.bindings.all().iter().filter(|b| b.ip.is_ipv4()) {
            by_ip.entry(b.ip).or_default().push(b);
        }
        let mine = by_ip
            .into_iter()
            .filter(|(_, rows)| rows.len() > 1 && rivals(rows).is_some());
        out.extend(mine.map(|(ip, _)| (chain, ip)));
    }
    out
}

/// Is nearly all that one of them says the same as what the other says at the same time, questions among it? Two
/// that are set up the same answer the same question at once, but they do not ask together.
fn bridged(words: &[&Word], others: &[&Word]) -> bool {
    let same = |w: &Word| {
        others.iter().any(|o| {
            let apart = w.meta.time.since(o.meta.time).0.abs();
            (o.operation, o.target) == (w.operation, w.target) && apart <= AT_ONCE.0
        })
    };
    let repeated = words.iter().filter(|w| same(w)).count();
    let asks = words.iter().any(|w| w.operation == "request" && same(w));
    asks && repeated * 10 >= words.len() * 8
}

/// What there is to say of one of them.
pub(super) fn contest<'a>(ground: &'a Ground<'_>, chain: usize, ip: IpAddr) -> Option<Contest<'a>> {
    let facts = ground.input.chains.get(chain)?.facts;
    let bindings = facts.bindings.all();
    let rows: Vec<&Binding> = bindings.iter().filter(|b| b.ip == ip).collect();
    let (owner, mut other, since) = rivals(&rows)?;
    let mut owner = owner;
    let all = facts.messages.all::<Word>();
    let says = |mac: Mac| all.iter().filter(move |w| w.mac == mac && w.address == ip);
    let own = |mac: Mac| {
        bindings
            .iter()
            .find(|b| b.mac == mac && b.ip != ip && b.announced && b.ip.is_ipv4())
            .map(|b| b.ip)
    };
    // A capture may begin with the forged word: who has an address of its own beside is the other one.
    if own(other).is_none() && own(owner).is_some() {
        std::mem::swap(&mut owner, &mut other);
    }
    let words: Vec<&Word> = says(other).collect();
    let owners: Vec<&Word> = says(owner).collect();
    let bridged = bridged(&words, &owners);
    let replies = owners
        .into_iter()
        .filter(|w| w.meta.time >= since)
        .collect();
    let asked: Vec<Timestamp> = all
        .iter()
        .filter(|w| w.operation == "request" && w.target == ip && w.mac != other)
        .map(|w| w.meta.time)
        .collect();
    let unasked = words.iter().filter(|w| {
        let before = asked.partition_point(|t| *t <= w.meta.time);
        let last = before.checked_sub(1).and_then(|n| asked.get(n));
        w.operation == "reply" && last.is_none_or(|t| w.meta.time.since(*t) > ASKED)
    });
    let taken: BTreeSet<IpAddr> = bindings
        .iter()
        .filter(|b| b.mac == other && b.announced && b.ip.is_ipv4())
        .filter(|b| {
            bindings
                .iter()
                .any(|x| x.ip == b.ip && x.mac != other && x.announced)
        })
        .map(|b| b.ip)
        .collect();
    let others = |b: &&Binding| b.mac == other && !b.announced && b.begun >= since;
    let passes_on = bindings
        .iter()
        .filter(others)
        .any(|b| bindings.iter().any(|x| x.ip == b.ip && x.mac != other));
    let routes = ground
        .env
        .host(ground.env.at(chain, ip, since)?)
        .is_some_and(|h| h.is(Role::Gateway));
    let told = facts
        .messages
        .all::<Lease>()
        .iter()
        .any(|l| l.routers.iter().any(|r| IpAddr::V4(*r) == ip));
    let (a, b) = (owner.0, other.0);
    Some(Contest {
        ip,
        owner,
        other,
        since,
        unasked: unasked.count(),
        words,
        replies,
        has_its_own: own(other),
        several: taken.len(),
        passes_on,
        gateway: routes || told || ground.env.routers().contains(&owner),
        bridged,
        one_card: a[..5] == b[..5] && a[5].abs_diff(b[5]) <= 3,
    })
}
