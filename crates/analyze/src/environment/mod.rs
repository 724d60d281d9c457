//! Who is on the network: hosts with their addresses over time, their names, their parts. Judges nobody.

mod build;
mod names;
mod occupation;
mod roles;
mod routers;

pub use names::{HostName, NameFrom};
pub use roles::{Role, Service};

use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_model::{Mac, RecordRef, Timestamp};

/// A host's place in [`Environment::hosts`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HostId(pub u32);

/// An address a host had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tenure {
    /// Place of the chain that shows it.
    pub chain: usize,
    /// The address.
    pub ip: IpAddr,
    /// First time it was used.
    pub begun: Timestamp,
    /// Last time.
    pub ended: Timestamp,
    /// First packet sent from it, or the first flow-log row that names it.
    pub first: RecordRef,
    /// Last packet or row.
    pub last: RecordRef,
    /// Packets sent from it, or that flow logs say were sent.
    pub packets: u64,
    /// The host said so itself (ARP, neighbour discovery).
    pub announced: bool,
}

/// A machine, as far as packets tell machines apart: a hardware address where its segment is seen,
/// else a network address.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its place.
    pub id: HostId,
    /// Where its segment is seen.
    pub mac: Option<Mac>,
    /// Behind this router's hardware address.
    pub behind: Option<Mac>,
    /// Addresses in order of first use.
    pub addresses: Vec<Tenure>,
    /// Names with their sources, best first.
    pub names: Vec<HostName>,
    /// What it is for others.
    pub roles: Vec<Role>,
    /// Services it answered on.
    pub services: Vec<Service>,
    /// One of its addresses is private, or its segment is seen.
    pub internal: bool,
    /// First packet from or to it.
    pub first: Timestamp,
    /// Last packet.
    pub last: Timestamp,
    /// Packets it sent.
    pub sent: u64,
    /// Packets that flow logs say it sent, of conversations that no capture holds.
    pub logged: u64,
    /// Such conversations.
    pub rows: u64,
    /// Why several hosts may stand behind it; empty where nothing says so.
    pub several: String,
    /// What a role is told from, where the role alone does not say it.
    pub because: Vec<String>,
}

impl Host {
    /// Does it have this part?
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Did anything come from it, by packets or by flow logs?
    #[must_use]
    pub fn spoke(&self) -> bool {
        self.sent > 0 || self.logged > 0
    }

    /// Its best name.
    #[must_use]
    pub fn name(&self) -> Option<&HostName> {
        self.names.first()
    }

    /// The latest address, IPv4 before IPv6 where both were used.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        let latest = |v4: bool| {
            let of = |t: &&Tenure| t.ip.is_ipv4() == v4 && !link_local(t.ip);
            self.addresses
                .iter()
                .filter(of)
                .max_by_key(|t| (t.ended, t.ip))
        };
        latest(true)
            .or_else(|| latest(false))
            .or_else(|| self.addresses.last())
            .map(|t| t.ip)
    }
}

pub(crate) fn link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

/// Everybody.
pub struct Environment {
    hosts: Vec<Host>,
    by_ip: HashMap<IpAddr, Vec<(usize, Timestamp, HostId)>, FixedState>,
    routers: Vec<Mac>,
}

impl Environment {
    /// Recognises hosts, names and roles.
    #[must_use]
    pub fn new(input: &Input<'_>) -> Self {
        let mut all = build::hosts(input);
        names::add(input, &mut all);
        roles::add(input, &mut all);
        occupation::add(input, &mut all);
        all
    }

    /// In order of first appearance.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// Hardware addresses that bring traffic of many others.
    #[must_use]
    pub fn routers(&self) -> &[Mac] {
        &self.routers
    }

    /// A host.
    #[must_use]
    pub fn host(&self, id: HostId) -> Option<&Host> {
        self.hosts.get(id.0 as usize)
    }

    pub(crate) fn host_mut(&mut self, id: HostId) -> Option<&mut Host> {
        self.hosts.get_mut(id.0 as usize)
    }

    /// Who had `ip` at `time`, as `chain` shows it.
    #[must_use]
    pub fn at(&self, chain: usize, ip: IpAddr, time: Timestamp) -> Option<HostId> {
        let list = self.by_ip.get(&ip)?;
        // Nearly every address has one host for good, and this is asked for every conversation.
        if let [(_, _, id)] = list.as_slice() {
            return Some(*id);
        }
        let of = |same: bool| {
            let mine = || list.iter().filter(move |(c, _, _)| !same || *c == chain);
            mine()
                .take_while(|(_, begun, _)| *begun <= time)
                .last()
                .or_else(|| mine().next())
        };
        of(true).or_else(|| of(false)).map(|(_, _, id)| *id)
    }

    /// Who had `ip` at any time.
    pub fn having(&self, ip: IpAddr) -> impl Iterator<Item = HostId> + '_ {
        self.by_ip.get(&ip).into_iter().flatten().map(|e| e.2)
    }
}
