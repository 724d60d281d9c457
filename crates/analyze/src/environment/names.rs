//! What hosts are called, who says so and when. Later names do not undo earlier ones: each has its time.

use super::{Environment, HostId};
use crate::input::Input;
use crate::traffic;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_dissect::protocols::{dhcp, mdns, nbns};
use weir_model::{Mac, PacketRef, Timestamp};

/// Most names kept of a host.
const NAMES: usize = 16;

/// Where a name was said, best source first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NameFrom {
    /// DHCP option 12 or 81.
    Dhcp,
    /// NetBIOS registration or answer.
    Nbns,
    /// Multicast DNS.
    Mdns,
    /// A user who logged in over HTTP or NTLM.
    User,
}

impl NameFrom {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dhcp => "DHCP",
            Self::Nbns => "NetBIOS",
            Self::Mdns => "mDNS",
            Self::User => "user",
        }
    }
}

/// A name over a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostName {
    /// Hostile text.
    pub text: String,
    /// Who says so.
    pub from: NameFrom,
    /// First said.
    pub begun: Timestamp,
    /// Last said.
    pub ended: Timestamp,
    /// Where first.
    pub packet: PacketRef,
}

/// Adds what every chain says.
pub(super) fn add(input: &Input<'_>, all: &mut Environment) {
    let mut by_mac: HashMap<Mac, HostId, FixedState> = HashMap::default();
    for host in &all.hosts {
        if let Some(mac) = host.mac {
            by_mac.entry(mac).or_insert(host.id);
        }
    }
    for (chain, c) in input.chains.iter().enumerate() {
        let facts = c.facts;
        for lease in facts.messages.all::<dhcp::Lease>() {
            let text = lease.host_name.as_deref().or(lease.client_fqdn.as_deref());
            let Some((text, mac)) = text.zip(lease.mac).filter(|_| !lease.reply) else {
                continue;
            };
            let id = by_mac.get(&mac).copied();
            let at = (lease.meta.first, lease.meta.time);
            all.say(id, text, NameFrom::Dhcp, at);
        }
        for row in facts.messages.all::<nbns::Name>() {
            // Workstation and server names; the rest are services and groups.
            if row.group || row.released || !matches!(row.suffix, 0x00 | 0x20) {
                continue;
            }
            let id = all.at(chain, IpAddr::V4(row.address), row.meta.time);
            let at = (row.meta.first, row.meta.time);
            all.say(id, &row.name, NameFrom::Nbns, at);
        }
        for row in facts.messages.all::<mdns::Announced>() {
            let id = all.at(chain, row.address, row.meta.time);
            let at = (row.meta.first, row.meta.time);
            let text = row.name.strip_suffix(".local").unwrap_or(&row.name);
            all.say(id, text, NameFrom::Mdns, at);
        }
        for (ip, user, at) in traffic::users(facts) {
            let id = all.at(chain, ip, at.1);
            all.say(id, user, NameFrom::User, at);
        }
    }
    for host in &mut all.hosts {
        host.names.sort_by(|a, b| {
            let key = |n: &HostName| (n.from, std::cmp::Reverse(n.ended));
            key(a).cmp(&key(b)).then_with(|| a.text.cmp(&b.text))
        });
    }
}

impl Environment {
    fn say(
        &mut self,
        id: Option<HostId>,
        text: &str,
        from: NameFrom,
        (packet, time): (PacketRef, Timestamp),
    ) {
        let text = text.trim().trim_end_matches('.');
        let Some(host) = id.and_then(|id| self.host_mut(id)) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        let known = |n: &&mut HostName| n.from == from && n.text.eq_ignore_ascii_case(text);
        if let Some(name) = host.names.iter_mut().find(known) {
            name.ended = name.ended.max(time);
            name.begun = name.begun.min(time);
        } else if host.names.len() < NAMES {
            host.names.push(HostName {
                text: text.to_owned(),
                from,
                begun: time,
                ended: time,
                packet,
            });
        }
    }
}
