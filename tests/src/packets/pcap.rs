//! Writes classic pcap files (little endian, microseconds, Ethernet).

use super::tape::{PacketId, Tape};
use super::{MICRO, SECOND};

/// The file of these packets, in this order.
#[must_use]
pub fn file(tape: &Tape, ids: &[PacketId]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(&0xa1b2_c3d4u32.to_le_bytes());
    out.extend_from_slice(&2u16.to_le_bytes());
    out.extend_from_slice(&4u16.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&262_144u32.to_le_bytes());
    out.extend_from_slice(&1u32.to_le_bytes());
    for packet in ids.iter().filter_map(|id| tape.get(*id)) {
        let kept = packet
            .cut
            .unwrap_or(packet.frame.len())
            .min(packet.frame.len());
        let word = |n: i64| u32::try_from(n).unwrap_or(0).to_le_bytes();
        out.extend_from_slice(&word(packet.time.div_euclid(SECOND)));
        out.extend_from_slice(&word(packet.time.rem_euclid(SECOND) / MICRO));
        out.extend_from_slice(&u32::try_from(kept).unwrap_or(0).to_le_bytes());
        out.extend_from_slice(&u32::try_from(packet.frame.len()).unwrap_or(0).to_le_bytes());
        out.extend(packet.frame.iter().take(kept));
    }
    out
}
