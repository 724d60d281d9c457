//! What hosts are for others: resolver, proxy, gateway, box that hides several. Each from what was seen.

use super::{Environment, HostId};
use crate::input::Input;
use crate::traffic;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use weir_dissect::facts::Binding;
use weir_dissect::protocols::{dhcp, dns, icmp};
use weir_dissect::{Transport, registry};
use weir_model::{Mac, is_internal};

/// Most clients counted of a service.
const CLIENTS: usize = 256;

/// A part a host plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Outside addresses are behind its hardware address.
    Gateway,
    /// Answers look-ups of others.
    Resolver,
    /// Fetches for others when asked to.
    Proxy,
    /// Sends packets of several hosts under one address.
    Nat,
    /// Gives out addresses.
    DhcpServer,
    /// Answers on a service for several clients.
    Server,
    /// Asks many machines of the network again and again, at even intervals.
    Monitor,
    /// Somebody works there: it contacts many places and serves nobody.
    Workstation,
    /// A device that looks after itself: always there, few places, no browser.
    Appliance,
}

impl Role {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Resolver => "resolver",
            Self::Proxy => "proxy",
            Self::Nat => "NAT, may be several hosts",
            Self::DhcpServer => "DHCP server",
            Self::Server => "server",
            Self::Monitor => "monitor: asks many machines at even intervals",
            Self::Workstation => "workstation",
            Self::Appliance => "appliance",
        }
    }
}

/// A port a host answered on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Service {
    /// Over TCP or UDP.
    pub transport: Transport,
    /// Its port.
    pub port: u16,
    /// What was spoken, where recognised.
    pub protocol: Option<&'static str>,
    /// Different clients, counted up to 256.
    pub clients: u32,
    /// Connections.
    pub flows: u64,
}

/// Machines that a monitor asks, at least.
const MONITORED: usize = 5;
/// How often it asks each of them, at least, and how many of these times are looked at.
const ROUNDS: usize = 6;
const LOOKED_AT: usize = 64;
/// Quicker is one piece of work.
const ROUND: i64 = 10_000_000_000;

/// Hop counts one below what systems start with: somebody one router away.
const ONE_HOP: [u8; 3] = [63, 127, 254];

type Clients = HashMap<(HostId, Transport, u16), (Vec<HostId>, u64, Option<u16>), FixedState>;

/// Adds roles and services.
pub(super) fn add(input: &Input<'_>, all: &mut Environment) {
    let mut found: BTreeMap<HostId, Vec<Role>> = BTreeMap::new();
    let mut note = |id: Option<HostId>, role: Role| {
        if let Some(id) = id {
            found.entry(id).or_default().push(role);
        }
    };
    for (chain, c) in input.chains.iter().enumerate() {
        for q in c.facts.messages.all::<dns::Query>() {
            let asked_and_told = q.asked.is_some() && q.answered.is_some() && !q.local;
            // Only somebody of the network resolves for the network.
            if asked_and_told && is_internal(q.server.0) {
                note(all.at(chain, q.server.0, q.meta.time), Role::Resolver);
            }
        }
        for lease in c.facts.messages.all::<dhcp::Lease>() {
            if lease.reply && matches!(lease.kind, 2 | 5) {
                note(all.at(chain, lease.from, lease.meta.time), Role::DhcpServer);
            }
        }
        for (ip, time) in traffic::proxies(c.facts) {
            note(all.at(chain, ip, time), Role::Proxy);
        }
    }
    let routers: HashSet<Mac, FixedState> = all.routers.iter().copied().collect();
    // By station: a flood brings as many stations as rows, and each is asked for.
    let mut lowered: HashMap<Mac, Vec<&Binding>, FixedState> = HashMap::default();
    for row in input.chains.iter().flat_map(|c| c.facts.bindings.all()) {
        if row.ip.is_ipv4() && row.ttls.iter().any(|t| ONE_HOP.contains(t)) {
            lowered.entry(row.mac).or_default().push(row);
        }
    }
    let mut several: Vec<(HostId, String)> = Vec::new();
    for host in &all.hosts {
        let Some(mac) = host.mac else { continue };
        if routers.contains(&mac) {
            note(Some(host.id), Role::Gateway);
        }
        let mut ttls: Vec<u8> = lowered
            .get(&mac)
            .into_iter()
            .flatten()
            .filter(|row| host.addresses.iter().any(|t| t.ip == row.ip))
            .flat_map(|row| row.ttls)
            .filter(|t| ONE_HOP.contains(t))
            .collect();
        ttls.sort_unstable();
        ttls.dedup();
        if !ttls.is_empty() && !routers.contains(&mac) {
            note(Some(host.id), Role::Nat);
            let list: Vec<String> = ttls.iter().map(u8::to_string).collect();
            several.push((
                host.id,
                format!(
                    "may be several hosts: it sends packets that already passed one router (TTL {})",
                    list.join(", ")
                ),
            ));
        }
    }
    for (id, text) in several {
        if let Some(host) = all.host_mut(id) {
            host.several = text;
        }
    }
    services(input, all, &mut found);
    for id in monitors(input, all) {
        found.entry(id).or_default().push(Role::Monitor);
    }
    for (id, mut roles) in found {
        roles.sort_unstable();
        roles.dedup();
        if let Some(host) = all.host_mut(id) {
            host.roles = roles;
        }
    }
}

type Rounds = HashMap<(HostId, HostId), Vec<weir_model::Timestamp>, FixedState>;

/// Hosts of the network that ask others of it at even intervals, be it by connections, datagrams or echoes.
fn monitors(input: &Input<'_>, all: &Environment) -> Vec<HostId> {
    let mut rounds: Rounds = HashMap::with_hasher(FixedState::with_seed(0));
    let own = |id: HostId| all.host(id).is_some_and(|h| h.internal);
    let mut ask = |chain: usize, client, server, time| {
        let (Some(a), Some(b)) = (all.at(chain, client, time), all.at(chain, server, time)) else {
            return;
        };
        if a == b || !own(a) || !own(b) {
            return;
        }
        let list = rounds.entry((a, b)).or_default();
        let soon = |last: &weir_model::Timestamp| time.since(*last).0 < ROUND;
        if list.len() < LOOKED_AT && !list.last().is_some_and(soon) {
            list.push(time);
        }
    };
    for (chain, c) in input.chains.iter().enumerate() {
        for f in &c.facts.flows {
            ask(chain, f.client.0, f.server.0, f.begun);
        }
        for e in c.facts.messages.all::<icmp::Echo>() {
            ask(chain, e.client, e.server, e.meta.time);
        }
    }
    let mut asked: BTreeMap<HostId, usize> = BTreeMap::new();
    for ((client, _), mut times) in rounds {
        times.sort_unstable();
        if even(&times) {
            *asked.entry(client).or_default() += 1;
        }
    }
    asked
        .into_iter()
        .filter(|(_, n)| *n >= MONITORED)
        .map(|(id, _)| id)
        .collect()
}

/// Are most gaps within a quarter of their median?
fn even(times: &[weir_model::Timestamp]) -> bool {
    if times.len() < ROUNDS {
        return false;
    }
    let gaps: Vec<i64> = times
        .iter()
        .zip(times.iter().skip(1))
        .map(|(a, b)| b.since(*a).0)
        .collect();
    let mut sorted = gaps.clone();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let near = gaps
        .iter()
        .filter(|g| (*g - median).abs() * 4 <= median)
        .count();
    median >= ROUND && near * 10 >= gaps.len() * 7
}

fn services(input: &Input<'_>, all: &mut Environment, found: &mut BTreeMap<HostId, Vec<Role>>) {
    let mut clients: Clients = HashMap::with_hasher(FixedState::with_seed(0));
    for (chain, c) in input.chains.iter().enumerate() {
        for flow in &c.facts.flows {
            let answered = match flow.transport {
                Transport::Tcp => flow.tcp.syn_ack,
                Transport::Udp => flow.packets[1] > 0,
            };
            if !answered {
                continue;
            }
            let (Some(client), Some(server)) = (
                all.at(chain, flow.client.0, flow.begun),
                all.at(chain, flow.server.0, flow.begun),
            ) else {
                continue;
            };
            let slot = clients
                .entry((server, flow.transport, flow.server.1))
                .or_default();
            if slot.0.len() < CLIENTS && !slot.0.contains(&client) {
                slot.0.push(client);
            }
            slot.1 += 1;
            slot.2 = slot.2.or(flow.protocol.map(|p| p.0));
        }
    }
    let captured = traffic::Captured::new(input);
    for (n, log) in input.logs.iter().enumerate() {
        let place = input.log_place(n);
        for row in log.rows.iter().filter(|r| r.answered() == Some(true)) {
            let Some(transport) = traffic::transport(row).filter(|_| !captured.has(log, row))
            else {
                continue;
            };
            let begun = log.begun(row);
            let (Some(client), Some(server)) = (
                all.at(place, row.originator.ip, begun),
                all.at(place, row.responder.ip, begun),
            ) else {
                continue;
            };
            let slot = clients
                .entry((server, transport, row.responder.port))
                .or_default();
            if slot.0.len() < CLIENTS && !slot.0.contains(&client) {
                slot.0.push(client);
            }
            slot.1 += 1;
        }
    }
    let mut rows: Vec<_> = clients.into_iter().collect();
    rows.sort_by_key(|(key, _)| *key);
    for ((id, transport, port), (who, flows, protocol)) in rows {
        if who.len() > 1 {
            found.entry(id).or_default().push(Role::Server);
        }
        let Some(host) = all.host_mut(id) else {
            continue;
        };
        host.services.push(Service {
            transport,
            port,
            protocol: protocol
                .and_then(|p| registry().get(weir_dissect::ProtocolId(p)))
                .map(|p| p.info.name),
            clients: u32::try_from(who.len()).unwrap_or(u32::MAX),
            flows,
        });
    }
}
