//! Fragments of network packets put together (RFC 791, RFC 8200), in bounded memory.
//! The first copy of a byte wins; whether copies agree is told. Knows no transport.

use etherparse::defrag::IpDefragBuf;
use etherparse::{IpFragOffset, IpNumber};
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_model::{Duration, LimitKind, PacketRef, Timestamp};

/// Bytes of incomplete packets held.
const WAITING: usize = 4 << 20;
/// What an incomplete packet costs beside its bytes, roughly.
const OVERHEAD: usize = 256;
/// Fragments of one packet.
const PIECES: usize = 8192;
/// A packet whose fragments come further apart is given up (RFC 8200 section 4.5).
const PATIENCE: Duration = Duration(60_000_000_000);

/// More fragments wait than are held.
pub(crate) static TOO_MANY_FRAGMENTS: LimitKind = LimitKind {
    id: "reassembly.fragments",
    says: "more fragments were waiting than are held; the oldest incomplete packets were given up",
    bound: WAITING as u64,
    unit: "bytes",
};

/// What fragments of one packet have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct FragmentKey {
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) id: u32,
    pub(crate) proto: u8,
    pub(crate) vlan: u16,
}

/// One fragment's place: its packet, and its bytes in the whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    pub(crate) packet: PacketRef,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A packet put together.
pub(crate) struct Whole {
    pub(crate) bytes: Vec<u8>,
    pub(crate) pieces: SmallVec<[Piece; 4]>,
}

/// What adding a fragment came to.
#[derive(Default)]
pub(crate) struct Added {
    /// It was the last one missing.
    pub(crate) whole: Option<Whole>,
    /// Some of its bytes were there already.
    pub(crate) overlap: bool,
    /// … and were different.
    pub(crate) conflict: bool,
    /// It does not fit the others (other end, past 65,535 bytes, length no multiple of eight).
    pub(crate) misfit: bool,
    /// Older packets were given up for it.
    pub(crate) full: bool,
}

#[derive(Clone)]
struct Waiting {
    buffer: IpDefragBuf,
    pieces: SmallVec<[Piece; 4]>,
    latest: Timestamp,
    stamp: u64,
    cost: usize,
}

/// Incomplete packets, the longest untouched one first to go.
#[derive(Clone)]
pub(crate) struct Fragments {
    waiting: HashMap<FragmentKey, Waiting, FixedState>,
    order: BTreeMap<u64, FragmentKey>,
    stamp: u64,
    cost: usize,
}

impl Fragments {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            waiting: HashMap::with_hasher(FixedState::with_seed(seed)),
            order: BTreeMap::new(),
            stamp: 0,
            cost: 0,
        }
    }

    /// Adds a fragment that begins at byte `offset` of the whole.
    pub(crate) fn add(
        &mut self,
        key: FragmentKey,
        offset: u16,
        more: bool,
        bytes: &[u8],
        packet: PacketRef,
        time: Timestamp,
    ) -> Added {
        let mut added = Added::default();
        let Ok(place) = IpFragOffset::try_new(offset / 8) else {
            added.misfit = true;
            return added;
        };
        self.stamp += 1;
        let mut entry = self
            .take(&key)
            .filter(|w| time.since(w.latest) <= PATIENCE && w.latest.since(time) <= PATIENCE)
            .unwrap_or_else(|| Waiting {
                buffer: IpDefragBuf::new(IpNumber(key.proto), Vec::new(), Vec::new()),
                pieces: SmallVec::new(),
                latest: time,
                stamp: 0,
                cost: 0,
            });
        let start = usize::from(offset);
        let (merged, overlap, conflict) = first_wins(&entry.buffer, start, bytes);
        added.overlap = overlap;
        added.conflict = conflict;
        let bytes = merged.as_deref().unwrap_or(bytes);
        added.misfit =
            entry.pieces.len() >= PIECES || entry.buffer.add(place, more, bytes).is_err();
        if !added.misfit {
            let end = start + bytes.len();
            entry.pieces.push(Piece {
                packet,
                start: u32::try_from(start).unwrap_or(u32::MAX),
                end: u32::try_from(end).unwrap_or(u32::MAX),
            });
        }
        entry.latest = time;
        if entry.buffer.is_complete() {
            let mut pieces = entry.pieces;
            pieces.sort_by_key(|p| p.start);
            let (bytes, _) = entry.buffer.take_bufs();
            added.whole = Some(Whole { bytes, pieces });
            return added;
        }
        entry.stamp = self.stamp;
        entry.cost =
            OVERHEAD + entry.buffer.data().capacity() + entry.pieces.len() * size_of::<Piece>();
        self.cost += entry.cost;
        self.order.insert(entry.stamp, key);
        self.waiting.insert(key, entry);
        while self.cost > WAITING
            && let Some((_, oldest)) = self.order.first_key_value()
        {
            let oldest = *oldest;
            self.take(&oldest);
            added.full = true;
        }
        added
    }

    fn take(&mut self, key: &FragmentKey) -> Option<Waiting> {
        let entry = self.waiting.remove(key)?;
        self.order.remove(&entry.stamp);
        self.cost = self.cost.saturating_sub(entry.cost);
        Some(entry)
    }
}

/// Looks for bytes that are there already: a copy with those put in where some differ; whether there were
/// any; whether some differ.
fn first_wins(buffer: &IpDefragBuf, start: usize, bytes: &[u8]) -> (Option<Vec<u8>>, bool, bool) {
    let end = start + bytes.len();
    let mut copy: Option<Vec<u8>> = None;
    let (mut overlap, mut conflict) = (false, false);
    for section in buffer.sections() {
        let from = usize::from(section.start).max(start);
        let to = usize::from(section.end).min(end);
        let (Some(had), Some(has)) = (
            buffer.data().get(from..to.max(from)),
            bytes.get(
                from.saturating_sub(start)
                    ..to.saturating_sub(start).max(from.saturating_sub(start)),
            ),
        ) else {
            continue;
        };
        if had.is_empty() {
            continue;
        }
        overlap = true;
        if had != has {
            conflict = true;
            let copy = copy.get_or_insert_with(|| bytes.to_vec());
            if let Some(part) = copy.get_mut(from - start..to - start) {
                part.copy_from_slice(had);
            }
        }
    }
    (copy, overlap, conflict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn key(id: u32) -> FragmentKey {
        FragmentKey {
            src: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            dst: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)),
            id,
            proto: 17,
            vlan: 0,
        }
    }

    fn packet(number: u32) -> PacketRef {
        PacketRef {
            number,
            ..PacketRef::default()
        }
    }

    #[test]
    fn any_order_gives_the_same_whole() {
        let whole: Vec<u8> = (0..40).collect();
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let mut pool = Fragments::new(7);
            let mut done = None;
            for (n, piece) in order.into_iter().enumerate() {
                let start = piece * 16;
                let end = (start + 16).min(40);
                let added = pool.add(
                    key(1),
                    u16::try_from(start).unwrap(),
                    end < 40,
                    &whole[start..end],
                    packet(u32::try_from(n).unwrap()),
                    Timestamp(0),
                );
                assert_eq!(added.whole.is_some(), n == 2);
                done = added.whole;
            }
            let done = done.unwrap();
            assert_eq!(done.bytes, whole);
            assert_eq!(done.pieces.len(), 3);
            assert_eq!(pool.cost, 0);
        }
    }

    #[test]
    fn the_first_copy_of_a_byte_wins_and_the_conflict_is_told() {
        let mut pool = Fragments::new(0);
        pool.add(key(1), 8, true, &[1; 8], packet(1), Timestamp(0));
        let added = pool.add(key(1), 0, true, &[2; 16], packet(2), Timestamp(0));
        assert!(added.overlap && added.conflict && added.whole.is_none());
        let added = pool.add(key(1), 16, false, &[3; 4], packet(3), Timestamp(0));
        assert!(!added.overlap);
        let mut expected = vec![2; 8];
        expected.extend([1; 8]);
        expected.extend([3; 4]);
        assert_eq!(added.whole.unwrap().bytes, expected);
    }

    #[test]
    fn what_waits_is_bounded_and_the_oldest_goes_first() {
        let mut pool = Fragments::new(0);
        let mut full = false;
        for id in 0..20_000 {
            full |= pool
                .add(key(id), 1024, true, &[0; 8], packet(id), Timestamp(0))
                .full;
            assert!(pool.cost <= WAITING);
        }
        assert!(full);
        assert!(pool.waiting.contains_key(&key(19_999)));
        assert!(!pool.waiting.contains_key(&key(0)));
    }

    #[test]
    fn an_id_used_again_much_later_is_another_packet() {
        let mut pool = Fragments::new(0);
        pool.add(key(1), 0, true, &[1; 8], packet(1), Timestamp(0));
        let late = Timestamp(0).plus(Duration::seconds(61));
        let added = pool.add(key(1), 8, false, &[2; 8], packet(2), late);
        assert!(added.whole.is_none());
    }

    #[test]
    fn fragments_that_do_not_fit_are_told() {
        let mut pool = Fragments::new(0);
        assert!(
            pool.add(key(1), 0, true, &[1; 7], packet(1), Timestamp(0))
                .misfit
        );
        assert!(
            pool.add(key(2), 65_528, false, &[1; 64], packet(1), Timestamp(0))
                .misfit
        );
        pool.add(key(3), 8, false, &[1; 8], packet(1), Timestamp(0));
        assert!(
            pool.add(key(3), 16, false, &[1; 8], packet(2), Timestamp(0))
                .misfit
        );
    }
}
