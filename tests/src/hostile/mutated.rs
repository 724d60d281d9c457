//! Hostile traffic out of real captures: packets of the corpus with bytes changed, cut, repeated, lost and moved, by a
//! number alone. They lead dissectors deeper than made-up bytes do, whatever the protocol.

use super::{Dice, spoil};
use std::path::Path;
use weir_capture::{Container, Event, PacketFlags, Reader, sniff};
use weir_dissect::PacketMeta;
use weir_model::{CaptureId, PacketRef};

/// Packets of one capture in a round at most.
const PACKETS: usize = 300;
/// Bytes of a capture that are looked at.
const BYTES: usize = 1 << 20;
/// Behind Ethernet, IPv4 and UDP: changes before it mostly make a packet nobody reads on.
const HEADERS: usize = 42;

/// The first packets of a capture; none of a compressed one.
///
/// # Errors
/// The file cannot be read.
pub fn load(path: &Path) -> std::io::Result<Vec<(PacketMeta, Vec<u8>)>> {
    let mut file = std::fs::read(path)?;
    file.truncate(BYTES);
    let mut out: Vec<(PacketMeta, Vec<u8>)> = Vec::new();
    let Ok(Container::Plain(format)) = sniff(&file) else {
        return Ok(out);
    };
    let mut reader = Reader::new(format);
    let mut rest = &file[..];
    while out.len() < PACKETS {
        match reader.next(&mut rest) {
            Event::NeedMore | Event::End | Event::Stopped(_) => break,
            Event::Info(_) => {}
            Event::Packet(raw) => {
                let time = raw.time;
                let meta = PacketMeta {
                    packet: PacketRef {
                        capture: CaptureId(0),
                        number: 0,
                    },
                    time,
                    untimed: raw.flags.contains(PacketFlags::NO_TIME),
                    record: raw.record,
                    wire_len: raw.wire_len,
                    link_type: u32::from(raw.link_type),
                    interface: raw.interface,
                    first: out.first().map_or(time, |(first, _)| first.time),
                    previous: out.last().map(|(last, _)| last.time),
                };
                out.push((meta, raw.bytes.to_vec()));
            }
        }
    }
    Ok(out)
}

/// A round of them: numbered anew, half-right.
#[must_use]
pub fn packets(of: &[(PacketMeta, Vec<u8>)], round: u64) -> Vec<(PacketMeta, Vec<u8>)> {
    let mut dice = Dice(round.wrapping_mul(0x9e6c_63d0_876a_46b5) ^ 0x6d75_7461);
    // A round with few changes reaches far into a conversation, one with many breaks it early.
    let rare = dice.pick(&[2, 5, 20]);
    let mut out = Vec::with_capacity(of.len());
    for (meta, bytes) in of {
        if dice.one_in(40) {
            continue;
        }
        let mut bytes = bytes.clone();
        if dice.one_in(rare) {
            if bytes.len() > HEADERS && !dice.one_in(4) {
                let mut body = bytes.split_off(HEADERS);
                spoil(&mut dice, &mut body);
                bytes.extend(body);
            } else {
                spoil(&mut dice, &mut bytes);
            }
        }
        let copies = if dice.one_in(30) { 2 } else { 1 };
        for _ in 0..copies {
            out.push((*meta, bytes.clone()));
        }
        if out.len() > 1 && dice.one_in(25) {
            let last = out.len() - 1;
            out.swap(last, last - 1);
        }
    }
    for (n, (meta, _)) in out.iter_mut().enumerate() {
        meta.packet.number = n as u32 + 1;
    }
    out
}
