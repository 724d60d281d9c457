//! One direction of a TCP connection put in order: a stream offset for every byte, the first copy wins.
//! Knows nothing of who reads it.

use crate::data::Run;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, Hasher};
use weir_model::{LimitKind, PacketRef, Timestamp};

/// Out-of-order bytes held in one direction.
pub(crate) const WAITING: usize = 1 << 20;
/// Segments held out of order in one direction.
pub(crate) const WAITING_SEGMENTS: usize = 4096;
/// A hole that the receiver acknowledged past is lost once so many segments wait behind it …
const PATIENCE_SEGMENTS: usize = 32;
/// … or so many bytes …
const PATIENCE_BYTES: usize = 64 << 10;
/// … or data still come this long (in nanoseconds) after the acknowledgement.
const PATIENCE: i64 = 1_000_000_000;
/// Recent segments remembered to compare retransmissions with.
const RECENT: usize = 16;

pub(crate) static OUT_OF_ORDER: LimitKind = LimitKind {
    id: "reassembly.out_of_order",
    says: "more bytes arrived out of order than are held; the missing ones before them were given up",
    bound: WAITING as u64,
    unit: "bytes",
};

#[derive(Clone)]
struct Waiting {
    bytes: Box<[u8]>,
    /// Bytes the wire had and the capture cut off behind them.
    cut: u32,
    packet: PacketRef,
    time: Timestamp,
}

#[derive(Clone, Copy)]
struct Recent {
    offset: u64,
    len: u32,
    digest: u64,
    packet: PacketRef,
}

/// What a segment turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// New bytes from this place of the segment on, at the next offset.
    Next(usize),
    /// New bytes behind a hole: held.
    Ahead,
    /// Held bytes are too many: the hole was given up, call `next_waiting` after `skip_hole`.
    Full,
    /// Nothing new.
    Old,
    /// Nothing new, and the bytes differ from the first copy, which came in this packet.
    Differs(PacketRef),
}

/// One direction.
#[derive(Clone, Default)]
pub(crate) struct Half {
    /// Sequence number of stream offset 0.
    start: Option<u32>,
    /// First offset not delivered.
    next: u64,
    /// Highest offset seen (delivered, held or cut).
    seen: u64,
    waiting: BTreeMap<u64, Waiting>,
    waiting_bytes: usize,
    recent: VecDeque<Recent>,
    /// Delivered but not consumed.
    pub(crate) buffer: Vec<u8>,
    /// Stream offset of the first byte of `buffer`.
    pub(crate) buffer_at: u64,
    /// Which packets brought the buffer.
    pub(crate) runs: Vec<Run>,
    /// The dissector waits for this many bytes.
    pub(crate) need: usize,
    /// Its bytes are only counted.
    pub(crate) opaque: bool,
    /// `close` was called.
    pub(crate) closed: bool,
    /// Offset of the FIN.
    pub(crate) fin: Option<u64>,
    /// The SYN was seen.
    pub(crate) from_start: bool,
    /// The receiver acknowledged bytes behind the hole at `next`, first at this time.
    covered: Option<Timestamp>,
    /// The receiver has everything before this offset.
    acked: u64,
}

/// Where a direction stands: sequence number of its first byte, first offset not delivered.
pub(crate) type Stand = (Option<u32>, u64);

/// Held bytes, how many of them are already delivered, bytes cut behind them, and their packet and time.
pub(crate) type Waited = (Box<[u8]>, usize, u32, PacketRef, Timestamp);

impl Half {
    /// Nothing seen.
    pub(crate) const EMPTY: Self = Self {
        start: None,
        next: 0,
        seen: 0,
        waiting: BTreeMap::new(),
        waiting_bytes: 0,
        recent: VecDeque::new(),
        buffer: Vec::new(),
        buffer_at: 0,
        runs: Vec::new(),
        need: 0,
        opaque: false,
        closed: false,
        fin: None,
        from_start: false,
        covered: None,
        acked: 0,
    };

    /// Where it stands: for [`Half::standing`].
    pub(crate) fn stands(&self) -> Stand {
        (self.start, self.next)
    }

    /// One that goes on: stream offsets are never used twice.
    pub(crate) fn standing((start, next): Stand) -> Self {
        Self {
            start,
            next,
            seen: next,
            ..Self::EMPTY
        }
    }

    /// The SYN: offset 0 is the byte after it.
    pub(crate) fn syn(&mut self, seq: u32) {
        if self.start.is_none() {
            self.start = Some(seq.wrapping_add(1));
            self.from_start = true;
        }
    }

    /// The stream offset of a sequence number; negative before the start.
    pub(crate) fn offset(&mut self, seq: u32) -> i64 {
        let known = (self.next & 0xffff_ffff) as u32;
        let start = *self.start.get_or_insert(seq.wrapping_sub(known));
        let here = start.wrapping_add((self.next & 0xffff_ffff) as u32);
        let distance = i64::from(seq.wrapping_sub(here).cast_signed());
        i64::try_from(self.next)
            .unwrap_or(i64::MAX)
            .saturating_add(distance)
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// A sender that does not count its SYN: its first data stand at the SYN's own number.
    pub(crate) fn uncounted_syn(&mut self, seq: u32, len: usize) {
        let at_syn = self.start == Some(seq.wrapping_add(1)) && self.from_start;
        // One byte there is a keep-alive.
        if at_syn && len > 1 && self.seen == 0 && self.next == 0 {
            self.start = Some(seq);
        }
    }

    /// Had the receiver acknowledged the whole hole at `next` before the held bytes behind it came? Both ways of
    /// a connection are seldom captured in another order than each way for itself.
    pub(crate) fn was_lost(&self) -> bool {
        let first = self.waiting.len() == 1;
        first && self.hole().is_some_and(|(at, len)| self.acked >= at + len)
    }

    /// Is the hole before the held bytes the capture's? The receiver has it, and what came since is too
    /// much or too late for the missing bytes to be only out of order.
    pub(crate) fn is_lost(&self, now: Timestamp) -> bool {
        self.covered.is_some_and(|since| {
            self.waiting.len() >= PATIENCE_SEGMENTS
                || self.waiting_bytes >= PATIENCE_BYTES
                || now.since(since).0 >= PATIENCE
        })
    }

    /// The other side has everything before `offset`; `true` when some of that was not seen till now.
    pub(crate) fn acknowledge(&mut self, offset: i64, now: Timestamp) -> bool {
        let Ok(offset) = u64::try_from(offset) else {
            return false;
        };
        self.acked = self.acked.max(offset);
        if self.covered.is_none() && self.hole().is_some_and(|(at, len)| offset >= at + len) {
            self.covered = Some(now);
        }
        // The FIN takes a number too.
        let known = self.fin.map_or(self.seen, |f| self.seen.max(f + 1));
        let unseen = offset > known;
        if unseen {
            self.seen = offset;
        }
        unseen
    }

    pub(crate) fn started(&self) -> bool {
        self.start.is_some()
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Bytes kept, roughly.
    pub(crate) fn held(&self) -> usize {
        self.waiting_bytes
            + self.waiting.len() * 64
            + self.buffer.len()
            + self.runs.len() * size_of::<Run>()
            + self.recent.len() * size_of::<Recent>()
    }

    /// Places a segment. `cut` bytes behind it were on the wire but are not in the capture.
    pub(crate) fn place(
        &mut self,
        offset: i64,
        bytes: &[u8],
        cut: u32,
        packet: PacketRef,
        time: Timestamp,
    ) -> Place {
        let Ok(begin) = u64::try_from(offset) else {
            // Before the start: a keep-alive, or bytes older than the capture.
            let before = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            return match bytes.get(before..) {
                Some(rest) if !rest.is_empty() => {
                    self.place(0, rest, cut, packet, time).shifted(before)
                }
                _ => Place::Old,
            };
        };
        let end = begin.saturating_add(bytes.len() as u64);
        self.seen = self.seen.max(end.saturating_add(u64::from(cut)));
        if end <= self.next {
            return self.compare(begin, bytes);
        }
        self.remember(begin, bytes, packet);
        if begin <= self.next {
            return Place::Next(usize::try_from(self.next - begin).unwrap_or(usize::MAX));
        }
        if let Some(held) = self.waiting.get(&begin)
            && held.bytes.len() >= bytes.len()
        {
            let same = held.bytes.get(..bytes.len()) == Some(bytes);
            return if same {
                Place::Old
            } else {
                Place::Differs(held.packet)
            };
        }
        self.waiting_bytes += bytes.len();
        if let Some(old) = self.waiting.insert(
            begin,
            Waiting {
                bytes: bytes.into(),
                cut,
                packet,
                time,
            },
        ) {
            self.waiting_bytes -= old.bytes.len();
        }
        if self.waiting_bytes > WAITING || self.waiting.len() > WAITING_SEGMENTS {
            Place::Full
        } else {
            Place::Ahead
        }
    }

    fn remember(&mut self, offset: u64, bytes: &[u8], packet: PacketRef) {
        let recent = Recent {
            offset,
            len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            digest: digest(bytes),
            packet,
        };
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(recent);
    }

    fn compare(&self, offset: u64, bytes: &[u8]) -> Place {
        let same_place = |r: &&Recent| r.offset == offset && r.len as usize == bytes.len();
        match self.recent.iter().find(same_place) {
            Some(first) if first.digest != digest(bytes) => Place::Differs(first.packet),
            _ => Place::Old,
        }
    }

    /// `n` bytes (and what was cut behind them) are delivered.
    pub(crate) fn advance(&mut self, n: u64) {
        self.next = self.next.saturating_add(n);
        self.covered = None;
    }

    /// Held bytes that are next now: their new part and the cut behind them.
    pub(crate) fn next_waiting(&mut self) -> Option<Waited> {
        loop {
            let entry = self.waiting.first_entry()?;
            if *entry.key() > self.next {
                return None;
            }
            let (offset, held) = entry.remove_entry();
            self.waiting_bytes -= held.bytes.len();
            let skip = usize::try_from(self.next - offset).unwrap_or(usize::MAX);
            if skip < held.bytes.len() {
                return Some((held.bytes, skip, held.cut, held.packet, held.time));
            }
        }
    }

    /// The hole before the first held bytes, when there is one.
    pub(crate) fn hole(&self) -> Option<(u64, u64)> {
        let first = *self.waiting.keys().next()?;
        (first > self.next).then(|| (self.next, first - self.next))
    }
}

impl Place {
    fn shifted(self, by: usize) -> Self {
        match self {
            Self::Next(n) => Self::Next(n.saturating_add(by)),
            other => other,
        }
    }
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = foldhash::fast::FixedState::with_seed(0x5eed).build_hasher();
    hasher.write(bytes);
    hasher.finish()
}
