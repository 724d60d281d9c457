//! What hosts of the network are for each other: places where somebody works, or machines that serve. Judges nobody.

use super::Ground;
use crate::activity::Peer;
use crate::environment::{HostId, Role};
use std::collections::BTreeSet;
use weir_dissect::Transport;

/// Clients of one port from which on it is a service for others.
pub(super) const SERVICE: u32 = 3;
/// Ports by which work places share updates, music and screens by themselves: who has them is no server.
const SHARED: [u16; 6] = [7680, 8008, 8009, 5353, 5357, 7000];
/// Different places outside that only somebody who works there contacts.
const PLACES: usize = 8;

/// Is this port a service that several use, or the host one that serves by its part?
pub(super) fn serves(ground: &Ground<'_>, host: HostId, port: u16) -> bool {
    let Some(h) = ground.env.host(host) else {
        return false;
    };
    let part = [
        Role::Gateway,
        Role::Resolver,
        Role::Proxy,
        Role::DhcpServer,
        Role::Nat,
    ];
    let here = |s: &crate::environment::Service| {
        s.transport == Transport::Tcp && s.port == port && s.clients >= SERVICE
    };
    part.iter().any(|r| h.is(*r)) || h.services.iter().any(here)
}

/// Does it serve several on any port below those of clients?
fn server(ground: &Ground<'_>, host: HostId) -> bool {
    let Some(h) = ground.env.host(host) else {
        return false;
    };
    h.services
        .iter()
        .any(|s| s.port < 32_768 && s.clients >= SERVICE && !SHARED.contains(&s.port))
        || serves(ground, host, 0)
}

/// Places outside that a host contacts, counted up to what makes it a work place.
fn places(ground: &Ground<'_>, host: HostId) -> usize {
    let mut sites = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    for c in ground.activity.contacts_of(host) {
        match c.peer {
            Peer::Site(id) => {
                sites.insert(id);
            }
            Peer::Address(ip, _, _) if !weir_model::is_internal(ip) => {
                addresses.insert(ip);
            }
            _ => {}
        }
        if sites.len() >= PLACES || addresses.len() >= PLACES {
            return PLACES;
        }
    }
    sites.len().max(addresses.len())
}

/// What is known of a host as the target of somebody's connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// It contacts many places and serves nobody.
    WorkPlace,
    /// It serves several.
    Server,
    /// Neither shows.
    Unknown,
}

/// Of a host.
pub(super) fn kind(ground: &Ground<'_>, host: HostId) -> Kind {
    if server(ground, host) {
        Kind::Server
    } else if places(ground, host) >= PLACES {
        Kind::WorkPlace
    } else {
        Kind::Unknown
    }
}
