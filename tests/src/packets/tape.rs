//! The wire's recorder: frames with their times in any order, numbered only when everything is written.

use super::Nanos;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Names a packet before it has a number.
pub type PacketId = usize;

/// A frame as the tap saw it.
#[derive(Clone, Debug)]
pub struct Packet {
    /// When.
    pub time: Nanos,
    /// Link-layer bytes, whole.
    pub frame: Vec<u8>,
    /// Bytes kept by the snap length, when fewer than the frame has.
    pub cut: Option<usize>,
}

/// Everything recorded, with the counters that real senders keep.
#[derive(Default, Debug)]
pub struct Tape {
    packets: Vec<Packet>,
    ip_ids: BTreeMap<IpAddr, u16>,
    ports: BTreeMap<IpAddr, u16>,
}

impl Tape {
    /// Records one frame.
    pub fn push(&mut self, time: Nanos, frame: Vec<u8>, cut: Option<usize>) -> PacketId {
        let time = time - time.rem_euclid(super::MICRO);
        self.packets.push(Packet { time, frame, cut });
        self.packets.len() - 1
    }

    /// The sender's next IPv4 identification.
    pub fn ip_id(&mut self, from: IpAddr) -> u16 {
        let start = match from {
            IpAddr::V4(ip) => u16::from_be_bytes([ip.octets()[3], 17]),
            IpAddr::V6(_) => 0,
        };
        let id = self.ip_ids.entry(from).or_insert(start);
        *id = id.wrapping_add(1);
        *id
    }

    /// The sender's next ephemeral port; none is used twice until 20,000 have been.
    pub fn port(&mut self, from: IpAddr) -> u16 {
        let start = match from {
            IpAddr::V4(ip) => 40_000 + u16::from(ip.octets()[3]) * 20,
            IpAddr::V6(ip) => 41_000 + (ip.segments()[7] & 0xfff),
        };
        let port = self.ports.entry(from).or_insert(start);
        *port = if *port >= 65_500 { 40_000 } else { *port + 1 };
        *port
    }

    /// Puts the clock of what was at or after `from` forward by `by`, as a sensor's that is set.
    pub fn shift(&mut self, from: Nanos, by: Nanos) {
        for packet in self.packets.iter_mut().filter(|p| p.time >= from) {
            packet.time += by;
        }
    }

    /// Keeps only this much of the frames for which `cut` gives a length.
    pub fn cut(&mut self, cut: impl Fn(&Packet) -> Option<usize>) {
        for packet in &mut self.packets {
            packet.cut = cut(packet);
        }
    }

    /// Changes frames in place.
    pub fn change(&mut self, mut how: impl FnMut(&mut Packet)) {
        for packet in &mut self.packets {
            how(packet);
        }
    }

    /// One packet.
    #[must_use]
    pub fn get(&self, id: PacketId) -> Option<&Packet> {
        self.packets.get(id)
    }

    /// All packets, in the order they were written.
    #[must_use]
    pub fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// Ids in the order of the capture: by time, then as written.
    #[must_use]
    pub fn order(&self) -> Vec<PacketId> {
        let mut ids: Vec<PacketId> = (0..self.packets.len()).collect();
        ids.sort_by_key(|id| self.packets.get(*id).map(|p| p.time));
        ids
    }
}
