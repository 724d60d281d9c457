//! Writes pcapng files: one section, one Ethernet interface, nanosecond times.

use super::tape::{PacketId, Tape};

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().div_ceil(4) * 4;
    let len = u32::try_from(padded + 12).unwrap_or(0).to_le_bytes();
    let mut out = kind.to_le_bytes().to_vec();
    out.extend_from_slice(&len);
    out.extend_from_slice(body);
    out.resize(8 + padded, 0);
    out.extend_from_slice(&len);
    out
}

/// The file of these packets, in this order.
#[must_use]
pub fn file(tape: &Tape, ids: &[PacketId]) -> Vec<u8> {
    let mut section = 0x1a2b_3c4du32.to_le_bytes().to_vec();
    section.extend_from_slice(&[1, 0, 0, 0]);
    section.extend_from_slice(&[0xff; 8]);
    let mut out = block(0x0a0d_0d0a, &section);
    // Link type 1, snap length 262144, if_tsresol 9.
    let mut interface = vec![1, 0, 0, 0];
    interface.extend_from_slice(&262_144u32.to_le_bytes());
    interface.extend_from_slice(&[9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
    out.extend(block(1, &interface));
    for packet in ids.iter().filter_map(|id| tape.get(*id)) {
        let kept = packet
            .cut
            .unwrap_or(packet.frame.len())
            .min(packet.frame.len());
        let time = u64::try_from(packet.time).unwrap_or(0);
        let word = |n: u64| u32::try_from(n).unwrap_or(0).to_le_bytes();
        let mut body = vec![0; 4];
        body.extend_from_slice(&word(time >> 32));
        body.extend_from_slice(&word(time & 0xffff_ffff));
        body.extend_from_slice(&word(kept as u64));
        body.extend_from_slice(&word(packet.frame.len() as u64));
        body.extend(packet.frame.iter().take(kept));
        out.extend(block(6, &body));
    }
    out
}
