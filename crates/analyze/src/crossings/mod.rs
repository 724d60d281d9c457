//! Conversations that cross a border: from outside in, between networks, from host to host inside. Each is a survey
//! over flows that can stop between any two of them. Judges nobody.

mod bridges;
mod east_west;
mod kinds;
mod ways_in;

pub use bridges::{Bridges, Carried};
pub use east_west::{Cell, EastWest, Inside, MATRIX, Pair};
pub use kinds::{By, Kind};
pub use ways_in::WaysIn;

use crate::environment::{Environment, Host, HostId, Role};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, Transport, registry};
use weir_model::{LimitKind, PacketRef, Timestamp, is_internal};

/// Crossings told apart in one survey.
const GROUPS: usize = 65_536;
/// Packets cited of one.
const CITED: usize = 4;
/// Clients of one that are told apart.
const CLIENTS: usize = 256;
/// Remarks on one.
const SAYS: usize = 6;

/// Hit where hostile traffic makes up addresses or ports.
pub static MANY_CROSSINGS: LimitKind = LimitKind {
    id: "crossings.groups",
    says: "more pairs of hosts and services than are told apart; conversations of further ones are only counted",
    bound: GROUPS as u64,
    unit: "pairs",
};

/// Conversations of one kind between the same parties.
#[derive(Clone, PartialEq, Debug)]
pub struct Crossing {
    /// `SSH`, `Web`, `Program downloaded`.
    pub kind: &'static str,
    /// By what the kind was told.
    pub by: By,
    /// Who began; the first of several.
    pub client: IpAddr,
    /// Its host, where it is known.
    pub client_host: Option<HostId>,
    /// Who answered.
    pub server: IpAddr,
    /// Its host.
    pub server_host: Option<HostId>,
    /// Over TCP or UDP.
    pub transport: Transport,
    /// Where the server listens.
    pub port: u16,
    /// Different clients, counted up to 256.
    pub clients: Vec<IpAddr>,
    /// Conversations.
    pub flows: u64,
    /// Of these, answered ones.
    pub answered: u64,
    /// Payload bytes from the client, and to it.
    pub bytes: [u64; 2],
    /// The first one's begin.
    pub first: Timestamp,
    /// The last one's end.
    pub last: Timestamp,
    /// First packets of some.
    pub packets: Vec<PacketRef>,
    /// What there is to know about it. Hostile text inside.
    pub says: Vec<String>,
}

impl Crossing {
    fn new(kind: &'static str, by: By, f: &Flow, ends: [Option<HostId>; 2]) -> Self {
        Self {
            kind,
            by,
            client: f.client.0,
            client_host: ends[0],
            server: f.server.0,
            server_host: ends[1],
            transport: f.transport,
            port: f.server.1,
            clients: Vec::new(),
            flows: 0,
            answered: 0,
            bytes: [0; 2],
            first: f.begun,
            last: f.ended,
            packets: Vec::new(),
            says: Vec::new(),
        }
    }

    fn add(&mut self, f: &Flow) {
        self.flows += 1;
        self.answered += u64::from(answered(f));
        for (sum, n) in self.bytes.iter_mut().zip(f.payload) {
            *sum = sum.saturating_add(n);
        }
        self.first = self.first.min(f.begun);
        self.last = self.last.max(f.ended);
        if self.packets.len() < CITED {
            self.packets.push(f.first);
        }
        if self.clients.len() < CLIENTS && !self.clients.contains(&f.client.0) {
            self.clients.push(f.client.0);
        }
    }

    fn say(&mut self, text: String) {
        if self.says.len() < SAYS && !self.says.contains(&text) {
            self.says.push(text);
        }
    }
}

/// Did the server agree to talk?
pub(crate) fn answered(f: &Flow) -> bool {
    match f.transport {
        Transport::Tcp => f.tcp.syn_ack || f.payload[1] > 0,
        Transport::Udp => f.packets[1] > 0,
    }
}

/// Crossings by what makes two of them the same, bounded.
struct Groups<K> {
    rows: HashMap<K, Crossing, FixedState>,
    /// Conversations of pairs beyond the bound.
    beyond: u64,
}

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self {
            rows: HashMap::default(),
            beyond: 0,
        }
    }
}

impl<K: Hash + Eq> Groups<K> {
    fn add(&mut self, key: K, f: &Flow, new: impl FnOnce() -> Crossing) -> Option<&mut Crossing> {
        if self.rows.len() >= GROUPS && !self.rows.contains_key(&key) {
            self.beyond += 1;
            return None;
        }
        let row = self.rows.entry(key).or_insert_with(new);
        row.add(f);
        Some(row)
    }
}

/// Who is who, for a survey.
pub struct Look<'a> {
    /// Facts.
    pub input: &'a Input<'a>,
    /// Hosts.
    pub env: &'a Environment,
}

impl<'a> Look<'a> {
    fn host(&self, chain: usize, ip: IpAddr, time: Timestamp) -> Option<&'a Host> {
        self.env
            .at(chain, ip, time)
            .and_then(|id| self.env.host(id))
    }

    /// One of the network: by its address, or because its segment is seen. A gateway's segment is seen too; what
    /// it brings from outside has addresses of its own.
    fn ours(&self, chain: usize, ip: IpAddr, time: Timestamp) -> bool {
        is_internal(ip) || self.host(chain, ip, time).is_some_and(|h| h.internal)
    }
}

/// Addressed to everybody or to a group.
fn to_many(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            v4.is_multicast() || v4.is_broadcast() || v4.octets()[3] == 255 || v4.is_unspecified()
        }
        IpAddr::V6(v6) => v6.is_multicast() || v6.is_unspecified(),
    }
}

/// The name of what was recognised in a flow.
pub(crate) fn spoken(f: &Flow) -> Option<&'static str> {
    let known = f.protocol.and_then(|id| registry().get(id));
    known.map(|p| p.info.name)
}

/// A flow, one after the other.
pub trait Survey {
    /// Takes one in.
    fn flow(&mut self, look: &Look<'_>, chain: usize, facts: &Facts, flow: &Flow);
}

/// Where a survey stands.
#[derive(Clone, Copy, Default, Debug)]
pub struct Walk {
    chain: usize,
    flow: usize,
    done: u64,
}

impl Walk {
    /// Shows at most `fuel` flows; `true` when all were shown.
    pub fn step(&mut self, survey: &mut dyn Survey, look: &Look<'_>, fuel: u32) -> bool {
        let mut left = fuel.max(1);
        while let Some(chain) = look.input.chains.get(self.chain) {
            while let Some(flow) = chain.facts.flows.get(self.flow) {
                if left == 0 {
                    return false;
                }
                left -= 1;
                survey.flow(look, self.chain, chain.facts, flow);
                self.flow += 1;
                self.done += 1;
            }
            self.chain += 1;
            self.flow = 0;
        }
        true
    }

    /// Flows shown, and how many there are.
    #[must_use]
    pub fn progress(&self, input: &Input<'_>) -> (u64, u64) {
        let all = input.chains.iter().map(|c| c.facts.flows.len() as u64);
        (self.done, all.sum())
    }
}

/// What a host is for others, in a word for remarks.
fn parts(host: &Host) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    if host.is(Role::Nat) {
        out.push("several hosts may stand behind it".to_owned());
    }
    if host.is(Role::Gateway) {
        out.push("it is a gateway".to_owned());
    }
    if host.is(Role::Proxy) {
        out.push("it fetches for others".to_owned());
    }
    out
}

#[cfg(test)]
mod tests;
