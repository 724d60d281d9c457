//! Copies of packets that a mirror port delivers twice, told from what a host really sends twice.
//!
//! The rule: the network packet is the same but for TTL, header checksum, VLAN tags and hardware
//! addresses, and the copy comes at most [`WINDOW`] later. Where the packet carries an IPv4
//! identification, no more is asked: a host that sends again counts it up. Without one (IPv6, or 0)
//! a host's repetition can have the same bytes, so the copy must have taken another way (VLAN, hardware
//! addresses or TTL differ) or come within [`INSTANT`], and then carry more than a bare acknowledgement.

use crate::data::Data;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};
use weir_model::{CaptureId, Duration, Mac, PacketRef, Timestamp};

/// A copy comes within this time.
pub(crate) const WINDOW: Duration = Duration(5_000_000);
/// A copy without any sign of another way comes within this time.
pub(crate) const INSTANT: Duration = Duration(100_000);
/// Recent packets remembered; a power of two.
const SLOTS: usize = 4096;
/// Bytes of the network packet compared; the transport's checksum in them stands for the rest.
const COMPARED: usize = 128;

#[derive(Clone, Copy, Default)]
struct Seen {
    digest: u64,
    time: i64,
    way: u32,
    used: bool,
    ttl: u8,
    falls: u8,
}

/// The packets seen last, by digest. Where two share a slot the older is forgotten.
#[derive(Default)]
pub(crate) struct Recent {
    slots: Vec<Seen>,
    /// The copy found last has been by so often that its way must be a circle.
    pub(crate) looped: bool,
}

/// A packet that comes so often again, each time through a router more, goes in a circle: a mirror port sees it
/// before and behind a router, or behind two.
const FALLS: u8 = 4;

/// How a packet came: what may differ between copies.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) macs: Option<(Mac, Mac)>,
    pub(crate) vlans: &'a [u16],
    pub(crate) ttl: u8,
}

/// What of a network packet is compared.
struct Parts<'a> {
    head: [&'a [u8]; 3],
    identified: bool,
    bare: bool,
}

impl Recent {
    /// Is this a copy of a packet seen just before? Notes it otherwise.
    pub(crate) fn is_copy(&mut self, network: Data<'_>, way: Way<'_>, time: Timestamp) -> bool {
        let Some(parts) = parts(network.bytes) else {
            return false;
        };
        let mut hasher = FixedState::with_seed(0xd0b1e).build_hasher();
        for part in parts.head {
            hasher.write(part);
        }
        hasher.write_usize(network.len());
        let digest = hasher.finish();
        let ttl = way.ttl;
        let way = way.digest();
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, Seen::default());
        }
        let at = usize::try_from(digest >> 40).unwrap_or_default() & (SLOTS - 1);
        let Some(slot) = self.slots.get_mut(at) else {
            return false;
        };
        if slot.used && slot.digest == digest {
            let age = time.since(Timestamp(slot.time)).0;
            let near = (0..=WINDOW.0).contains(&age);
            let sure = parts.identified || slot.way != way || (age <= INSTANT.0 && !parts.bare);
            if near && sure {
                if ttl < slot.ttl {
                    slot.ttl = ttl;
                    slot.falls = slot.falls.saturating_add(1);
                }
                self.looped = slot.falls >= FALLS;
                return true;
            }
        }
        *slot = Seen {
            digest,
            time: time.0,
            way,
            used: true,
            ttl,
            falls: 0,
        };
        false
    }
}

impl Way<'_> {
    fn digest(self) -> u32 {
        let mut hasher = FixedState::with_seed(0x3a7).build_hasher();
        if let Some((a, b)) = self.macs {
            hasher.write(&a.0);
            hasher.write(&b.0);
        }
        for v in self.vlans {
            hasher.write_u16(*v);
        }
        hasher.write_u8(self.ttl);
        (hasher.finish() & 0xffff_ffff) as u32
    }
}

fn parts(bytes: &[u8]) -> Option<Parts<'_>> {
    let upto = bytes.len().min(COMPARED);
    let (proto, header) = match bytes.first()? >> 4 {
        4 => (*bytes.get(9)?, usize::from(bytes.first()? & 0x0f) * 4),
        6 => (*bytes.get(6)?, 40),
        _ => return None,
    };
    let payload = bytes.get(header..upto)?;
    // A TCP segment whose packet ends with its header.
    let bare = proto == 6
        && payload
            .get(12)
            .is_some_and(|b| header + usize::from(b >> 4) * 4 >= bytes.len())
        && payload.get(13).is_some_and(|flags| flags & 0x07 == 0);
    if header == 40 && bytes.first()? >> 4 == 6 {
        Some(Parts {
            head: [bytes.get(..7)?, bytes.get(8..40)?, payload],
            identified: false,
            bare,
        })
    } else {
        Some(Parts {
            head: [bytes.get(..8)?, bytes.get(9..10)?, bytes.get(12..upto)?],
            identified: bytes.get(4..6)? != [0, 0],
            bare,
        })
    }
}

/// Which packets are copies: a bit each, only where there are any.
#[derive(Clone, Default, Debug)]
pub struct Copies(Vec<(CaptureId, Vec<u64>)>);

impl Copies {
    /// Was this packet a copy?
    #[must_use]
    pub fn contains(&self, packet: PacketRef) -> bool {
        let word = packet.number as usize / 64;
        self.0
            .iter()
            .find(|(c, _)| *c == packet.capture)
            .and_then(|(_, bits)| bits.get(word))
            .is_some_and(|w| w >> (packet.number % 64) & 1 == 1)
    }

    pub(crate) fn add(&mut self, packet: PacketRef) {
        let at = match self.0.iter().position(|(c, _)| *c == packet.capture) {
            Some(at) => at,
            None => {
                self.0.push((packet.capture, Vec::new()));
                self.0.len() - 1
            }
        };
        let word = packet.number as usize / 64;
        if let Some((_, bits)) = self.0.get_mut(at) {
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            if let Some(w) = bits.get_mut(word) {
                *w |= 1 << (packet.number % 64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TCP segment with 4 bytes of payload (or none) over IPv4.
    fn segment(id: u16, ttl: u8, seq: u8, payload: usize) -> Vec<u8> {
        let mut p = vec![0x45, 0, 0, 40, 0, 0, 0x40, 0, ttl, 6, 0, ttl];
        p[4..6].copy_from_slice(&id.to_be_bytes());
        p.extend([192, 0, 2, 1, 192, 0, 2, 2]);
        p.extend([
            0, 80, 1, 2, 0, 0, 0, seq, 0, 0, 0, 1, 0x50, 0x10, 1, 1, 0, 0, 0, 0,
        ]);
        p.extend(vec![7; payload]);
        p
    }

    const WAY: Way<'static> = Way {
        macs: None,
        vlans: &[],
        ttl: 0,
    };

    fn second_is_copy(first: &[u8], second: &[u8], way: Way<'_>, after: i64) -> bool {
        let mut recent = Recent::default();
        assert!(!recent.is_copy(Data::packet(first), WAY, Timestamp(0)));
        recent.is_copy(Data::packet(second), way, Timestamp(after))
    }

    #[test]
    fn a_mirrored_packet_is_a_copy_also_behind_the_router() {
        let first = segment(9, 64, 1, 4);
        assert!(second_is_copy(&first, &first, WAY, 1_000_000));
        let routed = segment(9, 63, 1, 4);
        assert!(second_is_copy(&first, &routed, WAY, 1_000_000));
        let tagged = Way { vlans: &[5], ..WAY };
        let without_id = segment(0, 64, 1, 4);
        assert!(second_is_copy(&without_id, &without_id, tagged, 1_000_000));
    }

    #[test]
    fn what_a_host_sends_twice_is_no_copy() {
        // A retransmission: the same bytes, a new identification or a later time.
        assert!(!second_is_copy(
            &segment(9, 64, 1, 4),
            &segment(10, 64, 1, 4),
            WAY,
            1000
        ));
        let late = segment(9, 64, 1, 4);
        assert!(!second_is_copy(&late, &late, WAY, 200_000_000));
        // Without identification the time decides, and duplicate ACKs never are copies.
        let same = segment(0, 64, 1, 4);
        assert!(!second_is_copy(&same, &same, WAY, 1_000_000));
        assert!(second_is_copy(&same, &same, WAY, 10_000));
        let ack = segment(0, 64, 1, 0);
        assert!(!second_is_copy(&ack, &ack, WAY, 10_000));
    }

    #[test]
    fn the_set_remembers_what_was_added() {
        let at = |number| PacketRef {
            capture: CaptureId(1),
            number,
        };
        let mut copies = Copies::default();
        copies.add(at(130));
        assert!(copies.contains(at(130)));
        assert!(!copies.contains(at(129)) && !copies.contains(at(900)));
        assert!(!copies.contains(PacketRef {
            capture: CaptureId(0),
            number: 130
        }));
    }
}
