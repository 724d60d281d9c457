//! Which hardware address used which network address, over which interval. Decides nothing about hosts.

use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_model::{Mac, PacketRef, Timestamp};

/// `mac` sent as `ip` from `first` to `last` with no other MAC sending as `ip` in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Binding {
    /// Sender's hardware address.
    pub mac: Mac,
    /// Sender's network address.
    pub ip: IpAddr,
    /// First packet of the interval.
    pub first: PacketRef,
    /// Last packet of the interval.
    pub last: PacketRef,
    /// Time of `first`.
    pub begun: Timestamp,
    /// Time of `last`.
    pub ended: Timestamp,
    /// Packets in it.
    pub packets: u64,
    /// Said by ARP or neighbour discovery at least once (so the host is on this segment).
    pub announced: bool,
    /// Different hop counts of its packets in order of appearance, the first four of at least
    /// [`Bindings::HOPS`]; 0 where there were fewer.
    pub ttls: [u8; 4],
}

impl Binding {
    fn hops(&mut self, ttl: u8) {
        if ttl < Bindings::HOPS || self.ttls.contains(&ttl) {
            return;
        }
        if let Some(slot) = self.ttls.iter_mut().find(|t| **t == 0) {
            *slot = ttl;
        }
    }
}

/// Addresses whose row is found without hashing; a power of two.
const NEAR: usize = 1024;

/// Every interval, in order of its first packet.
pub struct Bindings {
    rows: Vec<Binding>,
    latest: HashMap<IpAddr, u32, FixedState>,
    /// The latest row of an address seen before, by [`near`].
    near: Vec<u32>,
    /// Who announced an address first: its row.
    owners: HashMap<IpAddr, Owner, FixedState>,
}

/// Addresses of one network lie side by side.
fn near(ip: IpAddr) -> usize {
    let bits = match ip {
        IpAddr::V4(a) => a.to_bits(),
        IpAddr::V6(a) => {
            let b = a.to_bits();
            ((b ^ b >> 32 ^ b >> 64 ^ b >> 96) & 0xffff_ffff) as u32
        }
    };
    (bits ^ bits >> 10 ^ bits >> 20) as usize % NEAR
}

type Owner = (Mac, PacketRef, Timestamp);

impl Default for Bindings {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl Bindings {
    /// Most intervals kept.
    pub const ROWS: usize = 1_000_000;
    /// Lower hop counts are path probes' and say nothing of the sender.
    pub const HOPS: u8 = 24;

    pub(crate) fn seeded(seed: u64) -> Self {
        Self {
            rows: Vec::new(),
            near: Vec::new(),
            latest: HashMap::with_hasher(FixedState::with_seed(seed)),
            owners: HashMap::with_hasher(FixedState::with_seed(seed)),
        }
    }

    /// All intervals.
    #[must_use]
    pub fn all(&self) -> &[Binding] {
        &self.rows
    }

    /// The first announcement of `ip`, when another machine than `mac` made it.
    #[must_use]
    pub fn owned_by_other(&self, mac: Mac, ip: IpAddr) -> Option<(PacketRef, Timestamp)> {
        let (owner, packet, time) = self.owners.get(&ip)?;
        (*owner != mac).then_some((*packet, *time))
    }

    /// The latest row of an address.
    fn find(&mut self, ip: IpAddr) -> Option<u32> {
        if let Some(n) = self.near.get(near(ip))
            && self.rows.get(*n as usize).is_some_and(|r| r.ip == ip)
        {
            return Some(*n);
        }
        let n = self.latest.get(&ip).copied()?;
        self.keep_near(ip, n);
        Some(n)
    }

    fn keep_near(&mut self, ip: IpAddr, n: u32) {
        if self.near.is_empty() {
            self.near.resize(NEAR, u32::MAX);
        }
        if let Some(slot) = self.near.get_mut(near(ip)) {
            *slot = n;
        }
    }

    /// Notes that `mac` sent as `ip`; `false` when the bound was hit.
    pub(crate) fn saw(
        &mut self,
        mac: Mac,
        ip: IpAddr,
        packet: PacketRef,
        time: Timestamp,
        announced: bool,
        ttl: u8,
    ) -> bool {
        if mac.is_group() || ip.is_unspecified() || ip.is_multicast() {
            return true;
        }
        if announced && self.owners.len() < Self::ROWS {
            self.owners.entry(ip).or_insert((mac, packet, time));
        }
        let latest = self.find(ip);
        if let Some(row) = latest.and_then(|n| self.rows.get_mut(n as usize))
            && row.mac == mac
        {
            row.last = packet;
            row.ended = row.ended.max(time);
            row.packets += 1;
            row.announced |= announced;
            row.hops(ttl);
            return true;
        }
        if self.rows.len() >= Self::ROWS {
            return false;
        }
        let n = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.latest.insert(ip, n);
        self.keep_near(ip, n);
        let mut row = Binding {
            mac,
            ip,
            first: packet,
            last: packet,
            begun: time,
            ended: time,
            packets: 1,
            announced,
            ttls: [0; 4],
        };
        row.hops(ttl);
        self.rows.push(row);
        true
    }
}
