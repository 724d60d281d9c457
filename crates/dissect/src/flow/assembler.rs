//! One direction of a TCP connection put in order: a stream offset for every byte, the first copy wins.
//! Knows nothing of who reads it.

use crate::data::Run;
use smallvec::SmallVec;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;
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
/// Delivered bytes remembered to compare with what comes again.
const TAIL: usize = 4096;
/// Segments remembered, longer than their bytes are, to compare retransmissions of the same bounds with.
const RECENT: usize = 16;
/// Bytes that numbers alone may claim behind the last one seen. More is a made-up number rather than a loss.
const CLAIMED: u64 = 16 << 20;

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
}

/// What a segment turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// New bytes at the next offset: so many of the segment from this place on. What of it follows behind
    /// bytes that came first is held.
    Next(usize, usize),
    /// New bytes behind a hole: held.
    Ahead,
    /// Held bytes are too many: the hole was given up, call `next_waiting` after `skip_hole`.
    Full,
    /// Nothing new.
    Old,
}

/// Where a segment belongs, and whether a byte of it differs from the one that came first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Placed {
    pub(crate) place: Place,
    pub(crate) differs: bool,
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
    /// Behind holes, by offset; they never overlap.
    waiting: BTreeMap<u64, Waiting>,
    waiting_bytes: usize,
    recent: VecDeque<Recent>,
    /// The last bytes before `next`, as they were delivered; none of before a hole.
    tail: VecDeque<u8>,
    /// Delivered but not consumed.
    pub(crate) buffer: Vec<u8>,
    /// Stream offset of the first byte of `buffer`.
    pub(crate) buffer_at: u64,
    /// Which packets brought the buffer.
    pub(crate) runs: Vec<Run>,
    /// The dissector waits for this many bytes.
    pub(crate) need: usize,
    /// The packet with which a loss was given up: what was held behind it is delivered then.
    pub(crate) gave_up: Option<PacketRef>,
    /// Its bytes are only counted.
    pub(crate) opaque: bool,
    /// `close` was called.
    pub(crate) closed: bool,
    /// Offset of the FIN.
    pub(crate) fin: Option<u64>,
    /// What comes again is not compared.
    pub(crate) forgetful: bool,
    /// The SYN was seen.
    pub(crate) from_start: bool,
    /// The receiver acknowledged bytes behind the hole at `next`, first at this time.
    covered: Option<Timestamp>,
    /// The receiver has everything before this offset.
    acked: u64,
    /// The receiver acknowledged something, if only the SYN: it is in the capture.
    heard: bool,
    /// The sender was this far, by segments of its own without data.
    said: u64,
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
        tail: VecDeque::new(),
        buffer: Vec::new(),
        buffer_at: 0,
        runs: Vec::new(),
        need: 0,
        gave_up: None,
        opaque: false,
        closed: false,
        fin: None,
        forgetful: false,
        from_start: false,
        covered: None,
        acked: 0,
        heard: false,
        said: 0,
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
        self.heard = true;
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

    /// A segment without data that stands at `seq`: everything before was sent.
    pub(crate) fn say(&mut self, seq: u32) {
        if self.started() {
            let offset = self.offset(seq);
            self.said = self.said.max(u64::try_from(offset).unwrap_or(0));
        }
    }

    /// Of these bytes, which nobody sees any more, those that the capture lacks. Where the receiver is heard, it has
    /// them and acknowledged them: what it never got, the network lost.
    pub(crate) fn lacks(&self, offset: u64, len: u64) -> u64 {
        if self.heard {
            self.acked.saturating_sub(offset).min(len)
        } else {
            len
        }
    }

    /// Bytes behind the last one delivered that the capture lacks and that nothing held stands behind: as the receiver
    /// acknowledged, and where it is not heard, as the sender's own numbers say.
    pub(crate) fn short(&self) -> Option<u64> {
        // Behind the FIN stands nothing but its own number.
        let end = match (self.heard, self.fin) {
            (true, fin) => self.acked.min(fin.unwrap_or(u64::MAX)),
            (false, fin) => fin.unwrap_or(self.said),
        };
        let len = end.saturating_sub(self.next);
        // One number more may be that of a FIN that is not in the capture.
        let least = if self.heard && self.fin.is_none() {
            2
        } else {
            1
        };
        (self.waiting.is_empty() && (least..=CLAIMED).contains(&len)).then_some(len)
    }

    /// It resets what it never said a byte of: what the other side acknowledged was of a connection before (RFC 9293
    /// section 3.5.2).
    pub(crate) fn disown(&mut self) {
        if self.next == 0 && self.waiting.is_empty() {
            (self.acked, self.said) = (0, 0);
        }
    }

    pub(crate) fn started(&self) -> bool {
        self.start.is_some()
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Bytes kept, and what keeping them costs.
    pub(crate) fn held(&self) -> usize {
        self.waiting_bytes
            + self.waiting.len() * (size_of::<(u64, Waiting)>() + 16)
            + self.buffer.capacity()
            + self.runs.capacity() * size_of::<Run>()
            + self.recent.capacity() * size_of::<Recent>()
            + self.tail.capacity()
    }

    /// Is there anything to compare with what comes again?
    pub(crate) fn remembers(&self) -> bool {
        self.recent.capacity() > 0 || self.tail.capacity() > 0
    }

    /// What comes again is not compared with what came before now.
    pub(crate) fn forget(&mut self) {
        self.recent = VecDeque::new();
        self.tail = VecDeque::new();
    }

    /// Places a segment. `cut` bytes behind it were on the wire but are not in the capture. Of every byte the
    /// copy that came first stays.
    pub(crate) fn place(
        &mut self,
        offset: i64,
        bytes: &[u8],
        cut: u32,
        packet: PacketRef,
        time: Timestamp,
    ) -> Placed {
        let Ok(begin) = u64::try_from(offset) else {
            // Before the start: a keep-alive, or bytes older than the capture.
            let before = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            return match bytes.get(before..) {
                Some(rest) if !rest.is_empty() => {
                    self.place(0, rest, cut, packet, time).shifted(before)
                }
                _ => Place::Old.alike(),
            };
        };
        let end = begin.saturating_add(bytes.len() as u64);
        self.seen = self.seen.max(end.saturating_add(u64::from(cut)));
        // A keep-alive brings any byte at the place of the last (RFC 9293 section 3.8.4).
        if bytes.len() == 1 && end == self.next {
            return Place::Old.alike();
        }
        let mut differs = begin < self.next && self.differs_from_delivered(begin, bytes);
        if end <= self.next {
            return Placed {
                place: Place::Old,
                differs,
            };
        }
        let old = usize::try_from(self.next.saturating_sub(begin)).unwrap_or(usize::MAX);
        let (new, conflict) = self.new_parts(begin, bytes, old);
        differs |= conflict;
        if !differs {
            self.remember(begin, bytes);
        }
        let placed = |place| Placed { place, differs };
        let part = |r: &Range<usize>| bytes.get(r.clone()).unwrap_or_default();
        let last = new.last().cloned();
        let cut_behind = |r: &Range<usize>| if last.as_ref() == Some(r) { cut } else { 0 };
        if begin <= self.next {
            if !conflict {
                return placed(Place::Next(old, bytes.len() - old));
            }
            // The first part is before everything held, because a held byte is never next.
            let mut new = new.into_iter().peekable();
            let first = new.next_if(|r| r.start == old).unwrap_or(old..old);
            for r in new {
                let cut = cut_behind(&r);
                self.keep(begin + r.start as u64, part(&r), cut, packet, time);
            }
            return placed(Place::Next(first.start, first.len()));
        }
        if bytes.is_empty() {
            let held = self.waiting.contains_key(&begin);
            if !held {
                self.keep(begin, bytes, cut, packet, time);
            }
        } else if new.is_empty() {
            return placed(Place::Old);
        }
        for r in new {
            let cut = cut_behind(&r);
            self.keep(begin + r.start as u64, part(&r), cut, packet, time);
        }
        if self.waiting_bytes > WAITING || self.waiting.len() > WAITING_SEGMENTS {
            placed(Place::Full)
        } else {
            placed(Place::Ahead)
        }
    }

    /// Holds bytes of which none is held yet.
    fn keep(&mut self, offset: u64, bytes: &[u8], cut: u32, packet: PacketRef, time: Timestamp) {
        let held = Waiting {
            bytes: bytes.into(),
            cut,
            packet,
            time,
        };
        self.waiting_bytes += bytes.len();
        if let Some(old) = self.waiting.insert(offset, held) {
            self.waiting_bytes -= old.bytes.len();
        }
    }

    /// The parts of a segment, from its byte `from` on, that are not held; and whether one that is differs.
    fn new_parts(
        &self,
        begin: u64,
        bytes: &[u8],
        from: usize,
    ) -> (SmallVec<[Range<usize>; 2]>, bool) {
        let (mut new, mut differs, mut at) = (SmallVec::new(), false, from);
        let end = begin.saturating_add(bytes.len() as u64);
        let start = begin.saturating_add(from as u64);
        let before = self.waiting.range(..start).next_back();
        for (offset, held) in before.into_iter().chain(self.waiting.range(start..end)) {
            let place = |o: u64| usize::try_from(o.saturating_sub(begin)).unwrap_or(usize::MAX);
            let till = place(offset.saturating_add(held.bytes.len() as u64)).min(bytes.len());
            let since = place(*offset).max(at);
            if since >= till {
                continue;
            }
            if since > at {
                new.push(at..since);
            }
            let skip = usize::try_from((begin + since as u64).saturating_sub(*offset));
            let first = held.bytes.get(skip.unwrap_or(usize::MAX)..);
            let first = first.and_then(|b| b.get(..till - since));
            differs |= first != bytes.get(since..till);
            at = till;
        }
        if at < bytes.len() {
            new.push(at..bytes.len());
        }
        (new, differs)
    }

    fn remember(&mut self, offset: u64, bytes: &[u8]) {
        if self.forgetful {
            return;
        }
        let recent = Recent {
            offset,
            len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            digest: digest(bytes),
        };
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(recent);
    }

    /// Does a delivered byte that is remembered differ from the one that comes again?
    fn differs_from_delivered(&self, begin: u64, bytes: &[u8]) -> bool {
        let tail = self.next.saturating_sub(self.tail.len() as u64);
        let place = |o: u64| usize::try_from(o).unwrap_or(usize::MAX);
        let again = bytes.get(place(tail.saturating_sub(begin))..);
        let first = place(begin.saturating_sub(tail)).min(self.tail.len());
        let (older, newer) = self.tail.as_slices();
        let (older, newer) = (
            older.get(first..).unwrap_or_default(),
            newer
                .get(first.saturating_sub(older.len())..)
                .unwrap_or_default(),
        );
        let again = again.unwrap_or_default();
        let (a, b) = again.split_at(older.len().min(again.len()));
        let b = b.get(..newer.len().min(b.len())).unwrap_or_default();
        if !older.starts_with(a) || !newer.starts_with(b) {
            return true;
        }
        let same_place = |r: &&Recent| r.offset == begin && r.len as usize == bytes.len();
        begin < tail
            && self
                .recent
                .iter()
                .find(same_place)
                .is_some_and(|first| first.digest != digest(bytes))
    }

    /// These bytes are delivered.
    pub(crate) fn advance(&mut self, bytes: &[u8]) {
        self.next = self.next.saturating_add(bytes.len() as u64);
        self.covered = None;
        if self.forgetful {
            return;
        }
        let last = bytes.get(bytes.len().saturating_sub(TAIL)..);
        let last = last.unwrap_or_default();
        let over = (self.tail.len() + last.len()).saturating_sub(TAIL);
        self.tail.drain(..over.min(self.tail.len()));
        self.tail.extend(last);
    }

    /// `n` bytes are missing.
    pub(crate) fn skip(&mut self, n: u64) {
        self.next = self.next.saturating_add(n);
        self.covered = None;
        self.tail.clear();
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
    /// Without a difference.
    fn alike(self) -> Placed {
        Placed {
            place: self,
            differs: false,
        }
    }
}

impl Placed {
    fn shifted(self, by: usize) -> Self {
        let place = match self.place {
            Place::Next(at, len) => Place::Next(at.saturating_add(by), len),
            other => other,
        };
        Self { place, ..self }
    }
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = foldhash::fast::FixedState::with_seed(0x5eed).build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Offset, length, the byte it is full of.
    type Segment = (i64, usize, u8);

    /// A half fed as the engine does it, and what it delivered.
    struct Fed {
        half: Half,
        out: Vec<u8>,
        conflicts: usize,
    }

    impl Fed {
        fn new() -> Self {
            let mut half = Half::default();
            half.syn(u32::MAX);
            Self {
                half,
                out: Vec::new(),
                conflicts: 0,
            }
        }

        fn put(&mut self, offset: i64, bytes: &[u8]) {
            let (packet, time) = (PacketRef::default(), Timestamp::default());
            let placed = self.half.place(offset, bytes, 0, packet, time);
            self.conflicts += usize::from(placed.differs);
            if let Place::Next(at, len) = placed.place {
                self.half.advance(&bytes[at..at + len]);
                self.out.extend(&bytes[at..at + len]);
            }
            while let Some((held, skip, ..)) = self.half.next_waiting() {
                self.half.advance(&held[skip..]);
                self.out.extend(&held[skip..]);
            }
        }
    }

    #[test]
    fn the_first_copy_holds_wherever_the_second_begins_and_ends() {
        let cases: [(&[Segment], &str, usize); 7] = [
            (
                &[(20, 20, b'H'), (10, 20, b'X'), (0, 10, b'a')],
                "a10 X10 H20",
                1,
            ),
            (
                &[(10, 20, b'H'), (20, 20, b'X'), (0, 10, b'a')],
                "a10 H20 X10",
                1,
            ),
            (
                &[(10, 5, b'S'), (10, 20, b'L'), (0, 10, b'a')],
                "a10 S5 L15",
                1,
            ),
            (
                &[(10, 20, b'L'), (10, 5, b'S'), (0, 10, b'a')],
                "a10 L20",
                1,
            ),
            (&[(10, 5, b'H'), (0, 20, b'X')], "X10 H5 X5", 1),
            (&[(0, 10, b'a'), (5, 10, b'b')], "a10 b5", 1),
            (
                &[(0, 10, b'a'), (5, 10, b'a'), (3, 4, b'a'), (14, 1, b'k')],
                "a15",
                0,
            ),
        ];
        for (segments, told, conflicts) in cases {
            let mut fed = Fed::new();
            for (offset, len, byte) in segments {
                fed.put(*offset, &vec![*byte; *len]);
            }
            let wanted: Vec<u8> = told
                .split(' ')
                .flat_map(|w| vec![w.as_bytes()[0]; w[1..].parse().unwrap()])
                .collect();
            assert_eq!(
                (fed.out, fed.conflicts),
                (wanted, conflicts),
                "{segments:?}"
            );
        }
    }

    #[test]
    fn a_difference_is_told_within_the_last_bytes_and_for_whole_segments_before() {
        let mut fed = Fed::new();
        for n in 0..10_u8 {
            fed.put(i64::from(n) * 1000, &[n; 1000]);
        }
        assert_eq!(fed.half.tail.len(), TAIL);
        fed.put(9_990, b"conflict");
        fed.put(9_999 - TAIL as i64 + 1, &[5, 9]);
        assert_eq!(fed.conflicts, 2);
        // Older than the last bytes: only what has the bounds of a segment.
        fed.put(1_000, &[7; 999]);
        assert_eq!(fed.conflicts, 2);
        fed.put(1_000, &[7; 1000]);
        assert_eq!(fed.conflicts, 3);
        // Nothing of before a hole is compared with what comes behind it.
        fed.half.skip(10);
        fed.put(10_010, b"new");
        fed.put(10_000, &[1; 13]);
        assert_eq!(fed.conflicts, 4);
    }

    proptest! {
        #[test]
        fn every_byte_is_the_one_that_came_first(
            segments in proptest::collection::vec((0..300_i64, 2..80_usize, 0..3_u8), 1..80)
        ) {
            let mut fed = Fed::new();
            let mut model: BTreeMap<i64, u8> = BTreeMap::new();
            let mut told = 0;
            for (begin, len, kind) in segments {
                // Three versions of the stream that agree in most places.
                let byte = |o: i64| if o % 7 == 0 { kind } else { 9 };
                let bytes: Vec<u8> = (0..len as i64).map(|n| byte(begin + n)).collect();
                let mut differs = false;
                for (n, b) in bytes.iter().enumerate() {
                    differs |= *model.entry(begin + n as i64).or_insert(*b) != *b;
                }
                told += usize::from(differs);
                fed.put(begin, &bytes);
                prop_assert_eq!(fed.conflicts, told);
            }
            let wanted: Vec<u8> = (0..)
                .map_while(|o| model.get(&o).copied())
                .collect();
            prop_assert_eq!(&fed.out, &wanted);
            let held: usize = fed.half.waiting.values().map(|w| w.bytes.len()).sum();
            prop_assert_eq!(held, fed.half.waiting_bytes);
            prop_assert_eq!(held + wanted.len(), model.len());
        }
    }
}
