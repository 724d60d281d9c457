//! Which hardware addresses only bring other hosts' packets. A heuristic: addresses that a station
//! never announced, of other networks than those it did, or with a hop count that has been lowered.

use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::net::IpAddr;
use weir_dissect::facts::Binding;
use weir_model::{Mac, is_internal};

/// Unannounced IPv4 addresses of one network that one station may have and still be one host.
const SEVERAL: usize = 4;
/// Unannounced IPv6 networks (/64) that one station may have.
const NETWORKS: usize = 2;
/// Hop counts that systems start with.
const INITIAL: [u8; 4] = [32, 64, 128, 255];

/// What a binding means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Behind {
    /// The station itself has the address.
    Nobody,
    /// The station is the router on the way to the address.
    Router,
    /// The address's own station is seen elsewhere: this is the same packet on its way.
    Ignore,
}

#[derive(Default)]
struct Station {
    announced4: Vec<IpAddr>,
    foreign4: Vec<IpAddr>,
    foreign6: Vec<u64>,
    lowered: bool,
    /// It stands in the order already.
    listed: bool,
}

/// Per chain and station.
pub(super) struct Routers {
    verdicts: HashMap<(usize, Mac), bool, FixedState>,
    own: HashMap<(usize, IpAddr), Mac, FixedState>,
    order: Vec<Mac>,
}

/// The /24 or /64 of an address.
fn network(ip: IpAddr) -> u64 {
    match ip {
        IpAddr::V4(ip) => u64::from(u32::from(ip) >> 8),
        IpAddr::V6(ip) => (u128::from(ip) >> 64) as u64,
    }
}

/// Every hop count seen is lower than what systems start with: packets came through a router.
fn lowered(row: &Binding) -> bool {
    let seen = row.ttls.iter().filter(|t| **t != 0);
    seen.clone().next().is_some() && seen.clone().all(|t| !INITIAL.contains(t))
}

impl Routers {
    pub(super) fn new(input: &Input<'_>) -> Self {
        let mut stations: HashMap<(usize, Mac), Station, FixedState> =
            HashMap::with_hasher(FixedState::with_seed(0));
        let mut order = Vec::new();
        for (chain, c) in input.chains.iter().enumerate() {
            for row in c.facts.bindings.all() {
                let station = stations.entry((chain, row.mac)).or_default();
                let (list, is4) = match (row.announced, row.ip) {
                    (true, IpAddr::V4(_)) => (&mut station.announced4, true),
                    (true, IpAddr::V6(_)) => continue,
                    (false, IpAddr::V4(_)) => (&mut station.foreign4, true),
                    (false, IpAddr::V6(_)) => {
                        let net = network(row.ip);
                        if !super::link_local(row.ip)
                            && station.foreign6.len() <= NETWORKS
                            && !station.foreign6.contains(&net)
                        {
                            station.foreign6.push(net);
                        }
                        continue;
                    }
                };
                station.lowered |= lowered(row) && !row.announced;
                if is4 && list.len() <= SEVERAL && !list.contains(&row.ip) {
                    list.push(row.ip);
                }
                if !station.listed && order.len() < 65_536 {
                    station.listed = true;
                    order.push((chain, row.mac));
                }
            }
        }
        let mut verdicts = HashMap::with_hasher(FixedState::with_seed(0));
        let mut routers = Vec::new();
        for (key, station) in &stations {
            verdicts.insert(*key, station.routes());
        }
        let mut known = HashSet::with_hasher(FixedState::with_seed(0));
        for key in order {
            if verdicts.get(&key) == Some(&true) && known.insert(key.1) {
                routers.push(key.1);
            }
        }
        let mut own = HashMap::with_hasher(FixedState::with_seed(0));
        for (chain, c) in input.chains.iter().enumerate() {
            for row in c.facts.bindings.all() {
                let routed = verdicts.get(&(chain, row.mac)) == Some(&true);
                if row.announced || !routed {
                    own.entry((chain, row.ip)).or_insert(row.mac);
                }
            }
        }
        Self {
            verdicts,
            own,
            order: routers,
        }
    }

    pub(super) fn all(&self) -> Vec<Mac> {
        self.order.clone()
    }

    pub(super) fn place(&self, chain: usize, row: &Binding) -> Behind {
        let routes = self.verdicts.get(&(chain, row.mac)) == Some(&true);
        if !routes || row.announced || super::link_local(row.ip) {
            return Behind::Nobody;
        }
        if self.own.contains_key(&(chain, row.ip)) {
            return Behind::Ignore;
        }
        Behind::Router
    }
}

impl Station {
    fn routes(&self) -> bool {
        let mine = |ip: &IpAddr| {
            self.announced4
                .iter()
                .any(|own| network(*own) == network(*ip))
        };
        if self.foreign6.len() > NETWORKS || self.lowered {
            return true;
        }
        if !self.announced4.is_empty() {
            return self
                .foreign4
                .iter()
                .any(|ip| !mine(ip) && !super::link_local(*ip));
        }
        let mut networks: Vec<u64> = self.foreign4.iter().map(|ip| network(*ip)).collect();
        networks.sort_unstable();
        networks.dedup();
        let mixed = self.foreign4.iter().any(|ip| is_internal(*ip))
            && self.foreign4.iter().any(|ip| !is_internal(*ip));
        networks.len() > 1 || mixed || self.foreign4.len() > SEVERAL
    }
}
