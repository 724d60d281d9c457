//! Packets and files that the analyst pinned, kept as ranges: a pin on a million packets costs what one on a packet does.
//! Knows no file of the traffic.

use super::{By, Why};
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use weir_model::{CaptureId, EvidenceRef, PacketRef};

/// Pins that are looked at; the rest are counted.
const PINS: usize = 1_000;
/// Digits of a SHA-256.
const DIGITS: usize = 64;

/// A set of pins, one bit each.
pub(super) type Bits = Box<[u64]>;

/// What is pinned.
#[derive(Default)]
pub(super) struct Pins {
    all: Vec<Why>,
    /// From this packet up to the next key the same pins hold.
    from: BTreeMap<PacketRef, Bits>,
    /// Beginnings of a SHA-256 in hexadecimal digits, each with its pin.
    hashes: Vec<(String, usize)>,
    /// Pins beyond [`PINS`].
    pub(super) left: usize,
}

fn set(bits: &mut Bits, n: usize) {
    if let Some(word) = bits.get_mut(n / 64) {
        *word |= 1 << (n % 64);
    }
}

impl Pins {
    pub(super) fn new(session: &Session, pinned: &[String]) -> Self {
        Self::among(
            |id| session.capture(id).map_or(0, |c| c.index.len()),
            pinned,
        )
    }

    /// Of captures of which only the number of packets is known.
    fn among(packets: impl Fn(CaptureId) -> u32, pinned: &[String]) -> Self {
        let mut out = Self::default();
        let mut seen = BTreeSet::new();
        let mut ranges = Vec::new();
        for written in pinned {
            let Ok(reference) = written.trim().parse::<EvidenceRef>() else {
                continue;
            };
            // What is not loaded can be no file's packet.
            let range = match &reference {
                EvidenceRef::File(hash) if hash.len() <= DIGITS => None,
                EvidenceRef::Packets {
                    capture,
                    first,
                    last,
                } => {
                    let (first, last) = ((*first).max(1), (*last).min(packets(*capture)));
                    if first > last {
                        continue;
                    }
                    Some((*capture, first, last))
                }
                _ => continue,
            };
            // As it is written first: others mean the same.
            let says = reference.to_string();
            if seen.contains(&says) {
                continue;
            }
            if out.all.len() == PINS {
                out.left += 1;
                continue;
            }
            seen.insert(says.clone());
            let n = out.all.len();
            match (range, reference) {
                (Some(range), _) => ranges.push((range, n)),
                (None, EvidenceRef::File(hash)) => out.hashes.push((hash, n)),
                (None, _) => {}
            }
            let sort = By::Pinned;
            out.all.push(Why { sort, says });
        }
        let packet = |capture, number| PacketRef { capture, number };
        for ((capture, first, last), _) in &ranges {
            let after = last.saturating_add(1);
            for number in [*first, after] {
                let none = out.none();
                out.from.entry(packet(*capture, number)).or_insert(none);
            }
        }
        for ((capture, first, last), n) in ranges {
            let within = packet(capture, first)..=packet(capture, last);
            out.from
                .range_mut(within)
                .for_each(|(_, bits)| set(bits, n));
        }
        out
    }

    /// A set without a pin.
    pub(super) fn none(&self) -> Bits {
        vec![0; self.all.len().div_ceil(64)].into()
    }

    /// Adds the pins that hold a packet.
    pub(super) fn at(&self, packet: PacketRef, to: &mut Bits) {
        let Some((from, bits)) = self.from.range(..=packet).next_back() else {
            return;
        };
        if from.capture == packet.capture {
            to.iter_mut().zip(bits).for_each(|(a, b)| *a |= b);
        }
    }

    /// Whether a file is pinned by its hash.
    pub(super) fn of_hashes(&self) -> bool {
        !self.hashes.is_empty()
    }

    /// Adds the pins of a hash, in small hexadecimal digits.
    pub(super) fn of(&self, hash: &str, to: &mut Bits) {
        let of = self.hashes.iter().filter(|(h, _)| hash.starts_with(h));
        of.for_each(|(_, n)| set(to, *n));
    }

    /// The pins of a set.
    pub(super) fn of_these<'a>(&'a self, bits: &'a Bits) -> impl Iterator<Item = &'a Why> {
        let has = |n: usize| bits.get(n / 64).is_some_and(|w| w >> (n % 64) & 1 == 1);
        let all = self.all.iter().enumerate();
        all.filter(move |(n, _)| has(*n)).map(|(_, why)| why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pins: &Pins, number: u32) -> Vec<String> {
        let mut bits = pins.none();
        let capture = CaptureId(0);
        pins.at(PacketRef { capture, number }, &mut bits);
        pins.of_these(&bits).map(|w| w.says.clone()).collect()
    }

    #[test]
    fn a_pin_holds_its_packets_and_thousands_cost_no_more_than_their_ends() {
        let place = |_| 100_000;
        let all: Vec<String> = (1..=5_000).map(|n| format!("[[p{n}-100001]]")).collect();
        let pins = Pins::among(place, &all);
        assert_eq!((pins.all.len(), pins.left), (PINS, 4_000));
        assert!(pins.from.len() <= 2 * PINS, "{}", pins.from.len());
        assert_eq!(of(&pins, 2), ["[[p1-100001]]", "[[p2-100001]]"]);
        assert_eq!(of(&pins, 100_000).len(), PINS);
        assert!(of(&pins, 100_001).is_empty());
        let two: Vec<String> = ["[[p3-5]]", "p5", "[[p5]]", "[[p7-6]]", "[[p0]]"]
            .map(str::to_owned)
            .into();
        let pins = Pins::among(place, &two);
        assert_eq!(of(&pins, 5), ["[[p3-5]]", "[[p5]]"]);
        assert_eq!(of(&pins, 4), ["[[p3-5]]"]);
        assert!([0, 1, 2, 6, 7].iter().all(|n| of(&pins, *n).is_empty()));
    }
}
