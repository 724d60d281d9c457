//! Networks inside networks without a port of their own: who sends them to whom. Judges nothing.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_model::{PacketRef, Timestamp};

/// All of one kind between two ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tunnel {
    /// `GRE`, `6in4`, `IP in IP`.
    pub kind: &'static str,
    /// Who sent the first of them.
    pub client: IpAddr,
    /// To whom.
    pub server: IpAddr,
    /// Packets by direction.
    pub packets: [u64; 2],
    /// Bytes inside by direction.
    pub bytes: [u64; 2],
    /// First packet.
    pub first: PacketRef,
    /// Last packet.
    pub last: PacketRef,
    /// Time of `first`.
    pub begun: Timestamp,
    /// Time of `last`.
    pub ended: Timestamp,
}

/// All of a chain, in order of their first packets.
#[derive(Default)]
pub struct Tunnels {
    rows: Vec<Tunnel>,
    by_ends: HashMap<(&'static str, IpAddr, IpAddr), usize, FixedState>,
}

impl Tunnels {
    /// Most kept.
    pub const ROWS: usize = 4096;

    /// What an IP protocol number carries as a network.
    #[must_use]
    pub fn kind(proto: u8) -> Option<&'static str> {
        match proto {
            4 => Some("IP in IP"),
            41 => Some("6in4"),
            47 => Some("GRE"),
            _ => None,
        }
    }

    /// One more packet; `false` where it could not be kept.
    pub(crate) fn saw(
        &mut self,
        kind: &'static str,
        (src, dst): (IpAddr, IpAddr),
        bytes: u64,
        packet: PacketRef,
        time: Timestamp,
    ) -> bool {
        let at = self.by_ends.get(&(kind, src.min(dst), src.max(dst)));
        if let Some(row) = at.and_then(|at| self.rows.get_mut(*at)) {
            let way = usize::from(row.client != src);
            row.packets[way] += 1;
            row.bytes[way] = row.bytes[way].saturating_add(bytes);
            (row.last, row.ended) = (packet, time);
            return true;
        }
        if self.rows.len() >= Self::ROWS {
            return false;
        }
        let ends = (kind, src.min(dst), src.max(dst));
        self.by_ends.insert(ends, self.rows.len());
        self.rows.push(Tunnel {
            kind,
            client: src,
            server: dst,
            packets: [1, 0],
            bytes: [bytes, 0],
            first: packet,
            last: packet,
            begun: time,
            ended: time,
        });
        true
    }

    /// In order of their first packets.
    #[must_use]
    pub fn all(&self) -> &[Tunnel] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_are_one_and_there_is_a_bound() {
        let mut all = Tunnels::default();
        let packet = |number| PacketRef {
            number,
            ..PacketRef::default()
        };
        let ip = |n: u32| IpAddr::from(n.to_be_bytes());
        assert!(all.saw("GRE", (ip(9), ip(5)), 100, packet(1), Timestamp(10)));
        assert!(all.saw("GRE", (ip(5), ip(9)), 70, packet(2), Timestamp(20)));
        assert!(all.saw("6in4", (ip(9), ip(5)), 1, packet(3), Timestamp(30)));
        let [one, two] = all.all() else {
            panic!("two tunnels")
        };
        assert_eq!((one.client, one.server), (ip(9), ip(5)));
        assert_eq!((one.packets, one.bytes), ([1, 1], [100, 70]));
        assert_eq!((one.first.number, one.last.number), (1, 2));
        assert_eq!(two.kind, "6in4");
        for n in 2..Tunnels::ROWS as u32 {
            assert!(all.saw("GRE", (ip(1), ip(n + 1000)), 1, packet(n), Timestamp(0)));
        }
        assert!(!all.saw("GRE", (ip(1), ip(7)), 1, packet(9), Timestamp(0)));
        assert!(all.saw("GRE", (ip(5), ip(9)), 1, packet(9), Timestamp(0)));
    }
}
