//! Connections that were begun and what came of them: what scans and dead services are told from. Judges nobody.

use super::Ground;
use super::finding::who;
use crate::environment::{HostId, Role};
pub(super) use crate::health::in_vain;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_dissect::protocols::ftp;
use weir_model::{FlowId, PacketRef, Timestamp, is_internal};

/// Chain and flow.
pub(super) type Row = (usize, usize);

/// Who asks the same machine so often waits for it; who scans asks once.
const AGAIN: usize = 3;

pub(super) fn flow<'a>(ground: &'a Ground<'_>, at: Row) -> Option<&'a Flow> {
    ground.input.chains.get(at.0)?.facts.flows.get(at.1)
}

/// Ends that FTP announced for its data, also those that the announcing side has on this side of a translation.
/// A flow tells what announced it only once it has carried something, and these never did.
pub(super) fn announced(ground: &Ground<'_>) -> BTreeSet<(IpAddr, u16)> {
    let chains = ground.input.chains.iter();
    let rows = chains.flat_map(|c| c.facts.messages.all::<ftp::Transfer>().iter());
    rows.flat_map(|t| {
        let listens = if t.setup.passive() {
            t.server
        } else {
            t.client
        };
        [t.endpoint, (listens.0, t.endpoint.1)]
    })
    .collect()
}

/// Connections whose beginning was seen, to ends that nobody announced.
pub(super) fn begun<'a>(
    ground: &'a Ground<'_>,
    announced: &'a BTreeSet<(IpAddr, u16)>,
) -> impl Iterator<Item = (Row, &'a Flow)> {
    ground.input.chains.iter().enumerate().flat_map(|(c, x)| {
        let mine =
            |f: &Flow| f.transport == Transport::Tcp && f.tcp.syn && !announced.contains(&f.server);
        let rows = x.facts.flows.iter().enumerate();
        rows.filter(move |(_, f)| mine(f))
            .map(move |(n, f)| ((c, n), f))
    })
}

/// Is this address one of the network's own?
pub(super) fn inside(ground: &Ground<'_>, chain: usize, ip: IpAddr, time: Timestamp) -> bool {
    let host = ground.env.at(chain, ip, time);
    is_internal(ip)
        || host
            .and_then(|id| ground.env.host(id))
            .is_some_and(|h| h.internal)
}

/// A server's port that somebody tried, once for all tries.
pub(super) struct Target<'a> {
    /// The first try.
    pub(super) row: Row,
    /// The first try.
    pub(super) flow: &'a Flow,
    /// Tries.
    pub(super) tries: usize,
    /// One of them was answered.
    pub(super) answered: bool,
}

/// What the client of these connections tried, in the order it did.
pub(super) fn targets<'a>(ground: &'a Ground<'_>, rows: &[Row]) -> Vec<Target<'a>> {
    let mut all: BTreeMap<(IpAddr, u16), Target<'a>> = BTreeMap::new();
    let mut rows: Vec<(Row, &Flow)> = rows
        .iter()
        .filter_map(|at| Some((*at, flow(ground, *at)?)))
        .collect();
    rows.sort_by_key(|(_, f)| (f.begun, f.first));
    for (row, f) in rows {
        let slot = all.entry(f.server).or_insert(Target {
            row,
            flow: f,
            tries: 0,
            answered: false,
        });
        slot.tries += 1;
        slot.answered |= !in_vain(f);
    }
    let mut all: Vec<Target<'a>> = all.into_values().collect();
    all.sort_by_key(|t| (t.flow.begun, t.flow.first));
    all
}

/// Connections of each client that tried at least `least` different servers' ports in vain, of this side of the
/// border; by client and, where `by_port`, by the port too.
pub(super) fn by_client(
    ground: &Ground<'_>,
    least: usize,
    of_inside: bool,
    by_port: bool,
) -> BTreeMap<(IpAddr, u16), Vec<Row>> {
    let announced = announced(ground);
    let port = |f: &Flow| if by_port { f.server.1 } else { 0 };
    // Who tried in vain often enough at all: of the rest nothing is put together.
    let mut vain: HashMap<(IpAddr, u16), usize, FixedState> = HashMap::default();
    for (_, f) in begun(ground, &announced).filter(|(_, f)| in_vain(f)) {
        *vain.entry((f.client.0, port(f))).or_default() += 1;
    }
    vain.retain(|_, n| *n >= least);
    // Flat and sorted: a flood from a million invented addresses must not cost a map for each.
    let mut tries: Vec<(IpAddr, u16, IpAddr, u16, Row)> = begun(ground, &announced)
        .map(|(row, f)| (f.client.0, port(f), f.server.0, f.server.1, row))
        .filter(|t| vain.contains_key(&(t.0, t.1)))
        .collect();
    tries.sort_unstable();
    let mut out = BTreeMap::new();
    for mine in tries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let Some((ip, port, .., row)) = mine.first().copied() else {
            continue;
        };
        let ends = mine.chunk_by(|a, b| (a.2, a.3) == (b.2, b.3));
        let vain = |t: &(IpAddr, u16, IpAddr, u16, Row)| flow(ground, t.4).is_some_and(in_vain);
        if ends.filter(|tries| tries.iter().all(vain)).count() < least {
            continue;
        }
        let time = flow(ground, row).map_or(Timestamp::MIN, |f| f.begun);
        if inside(ground, row.0, ip, time) == of_inside {
            out.insert((ip, port), mine.iter().map(|t| t.4).collect());
        }
    }
    out
}

/// A client in a subject.
pub(super) fn client(ground: &Ground<'_>, rows: &[Row], ip: IpAddr) -> String {
    let first = rows.iter().min();
    let host = first.and_then(|at| ground.env.at(at.0, ip, flow(ground, *at)?.begun));
    who(host.and_then(|id| ground.env.host(id)), ip)
}

/// Conversations of a host with a peer whose name it had asked for or said: who scans knows no names.
pub(super) fn named(ground: &Ground<'_>, host: HostId) -> HashSet<(u32, FlowId), FixedState> {
    let mut out = HashSet::default();
    for n in ground.activity.of_host(host) {
        if let Some(event) = ground.activity.event(*n)
            && ground.activity.name_of(*n).is_some()
        {
            out.insert(event.flow);
        }
    }
    out
}

/// Without the targets that were known by name.
pub(super) fn unnamed<'a>(
    ground: &Ground<'_>,
    host: HostId,
    targets: Vec<Target<'a>>,
) -> Vec<Target<'a>> {
    let named = named(ground, host);
    let key = |t: &Target<'_>| (u32::try_from(t.row.0).unwrap_or(u32::MAX), t.flow.id);
    targets
        .into_iter()
        .filter(|t| !named.contains(&key(t)))
        .collect()
}

/// Why somebody may ask many: by its part on the network, or because it asks the same ones again and again.
pub(super) fn asks_for_a_living(
    ground: &Ground<'_>,
    host: HostId,
    targets: &[Target<'_>],
) -> Option<(&'static str, String)> {
    let part = ground.env.host(host).filter(|h| h.is(Role::Monitor));
    if part.is_some() {
        let says = "it asks many machines again and again, at even intervals";
        return Some(("monitoring", says.to_owned()));
    }
    let tries: usize = targets.iter().map(|t| t.tries).sum();
    (tries >= targets.len() * AGAIN).then(|| {
        let says = format!(
            "{tries} tries at {} places: who scans asks once",
            targets.len()
        );
        ("retries", says)
    })
}

/// The first packets of what was tried in vain, then of what answered.
pub(super) fn cited<'a>(
    targets: &'a [Target<'_>],
    open: usize,
) -> impl Iterator<Item = PacketRef> + 'a {
    let of = |answered: bool| targets.iter().filter(move |t| t.answered == answered);
    let first = |t: &Target<'_>| t.flow.first;
    let closed = super::Evidence::CITED - open.min(super::Evidence::CITED / 2);
    of(false)
        .take(closed)
        .map(first)
        .chain(of(true).take(open).map(first))
}
