//! Who contacted whom when: the common ground of what looks for patterns. Judges nothing.
//! A contact is a host with one notion of a peer; its events are the beginnings of what it did there.

mod build;
mod sites;

pub(crate) use sites::{SiteId, Sites, listed, registered};

use crate::environment::{Environment, HostId};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_model::{FlowId, PacketRef, Timestamp};

/// The beginning of something: a connection, a request, a look-up, a datagram after a silence.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Event {
    /// When it began.
    pub time: Timestamp,
    /// When it was over.
    pub ended: Timestamp,
    /// Its first packet.
    pub packet: PacketRef,
    /// Chain and flow it belongs to.
    pub flow: (u32, FlowId),
    /// Payload bytes the host sent, as far as they are this event's own.
    pub sent: u32,
    /// Payload bytes it received.
    pub received: u32,
    /// Nobody answered, or the answer was a refusal.
    pub failed: bool,
}

/// Three notions of a peer, and the look-up of a name that is never contacted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Peer {
    /// Server address and port.
    Address(IpAddr, u16, Transport),
    /// Registered domain, from SNI, Host or the answer that gave the address.
    Site(SiteId),
    /// JA4 or User-Agent, over all destinations.
    Client(SiteId),
    /// Registered domain that is looked up, and that the host never contacts.
    Lookup(SiteId),
}

/// A host with a peer.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Who.
    pub host: HostId,
    /// With whom.
    pub peer: Peer,
    /// Places in [`Activity::events`], in order of time.
    pub events: Vec<u32>,
}

/// Everybody's contacts.
#[derive(Default)]
pub struct Activity {
    events: Vec<Event>,
    contacts: Vec<Contact>,
    sites: Sites,
    /// Connections and look-ups of each host, in order of time.
    by_host: Vec<Vec<u32>>,
    users: HashMap<Peer, u32, FixedState>,
    /// The name of an event's peer was known, by SNI, Host or an answer.
    named: Vec<Option<SiteId>>,
    active: u32,
    /// By what the client of a flow can be told: JA4, else User-Agent.
    clients: HashMap<(u32, FlowId), SiteId, FixedState>,
    /// Flows whose certificate was signed by itself or out of date.
    distrusted: HashSet<(u32, FlowId), FixedState>,
}

impl Activity {
    /// Of everything loaded.
    #[must_use]
    pub fn new(input: &Input<'_>, env: &Environment) -> Self {
        build::activity(input, env)
    }

    /// Every host with every peer, in a fixed order.
    #[must_use]
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// A host with its peers, in a fixed order.
    #[must_use]
    pub fn contacts_of(&self, host: HostId) -> &[Contact] {
        let from = self.contacts.partition_point(|c| c.host < host);
        let to = self.contacts.partition_point(|c| c.host <= host);
        self.contacts.get(from..to).unwrap_or_default()
    }

    /// An event.
    #[must_use]
    pub fn event(&self, n: u32) -> Option<&Event> {
        self.events.get(n as usize)
    }

    /// The events of a contact.
    pub fn events<'a>(&'a self, contact: &'a Contact) -> impl Iterator<Item = &'a Event> + 'a {
        contact.events.iter().filter_map(|n| self.event(*n))
    }

    /// All connections and look-ups that a host began, in order of time.
    #[must_use]
    pub fn of_host(&self, host: HostId) -> &[u32] {
        self.by_host.get(host.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// Hosts of the network that contacted this peer.
    #[must_use]
    pub fn users(&self, peer: Peer) -> u32 {
        self.users.get(&peer).copied().unwrap_or(0)
    }

    /// Hosts of the network that contacted anybody.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.active
    }

    /// The name that the peer of an event was known by.
    #[must_use]
    pub fn name_of(&self, event: u32) -> Option<&str> {
        let site = self.named.get(event as usize).copied().flatten()?;
        self.sites.name(site)
    }

    /// A host with a peer.
    #[must_use]
    pub fn contact(&self, host: HostId, peer: Peer) -> Option<&Contact> {
        let key = |c: &Contact| (c.host, c.peer);
        let place = self
            .contacts
            .binary_search_by_key(&(host, peer), key)
            .ok()?;
        self.contacts.get(place)
    }

    /// What the client of a flow can be told by: JA4, else User-Agent.
    #[must_use]
    pub fn client_of(&self, flow: (u32, FlowId)) -> Option<SiteId> {
        self.clients.get(&flow).copied()
    }

    /// Was its certificate, where one was visible, signed by itself or out of date at that time?
    #[must_use]
    pub fn distrusted(&self, flow: (u32, FlowId)) -> bool {
        self.distrusted.contains(&flow)
    }

    /// The registered domain that the peer of an event was known by.
    #[must_use]
    pub fn site_of(&self, event: u32) -> Option<SiteId> {
        self.named.get(event as usize).copied().flatten()
    }

    /// The text behind a site or a client's fingerprint. Hostile text.
    #[must_use]
    pub fn text(&self, id: SiteId) -> &str {
        self.sites.name(id).unwrap_or_default()
    }
}
