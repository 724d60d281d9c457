//! The bytes of CRYPTO frames put in order (RFC 9000 section 19.6). Knows nothing of what they say.

use weir_model::LimitKind;

/// How far beyond what was read on a frame may reach.
pub(super) const WINDOW: usize = 64 << 10;
/// Runs of bytes with holes between them.
const RUNS: usize = 1024;

pub(super) static FAR: LimitKind = LimitKind {
    id: "quic.crypto",
    says: "handshake bytes of a QUIC connection came further ahead of their turn than is held; they were not read",
    bound: WINDOW as u64,
    unit: "bytes",
};

/// What became of a frame.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Added<'a> {
    /// Everything in it was read before.
    Old,
    /// It waits for what is before it.
    Waits,
    /// It comes in its turn, and nothing waited: these bytes of it go on, from this place in it.
    Next(&'a [u8], usize),
    /// It closed the last hole: these bytes go on.
    Whole(Vec<u8>),
    /// Too far ahead.
    Far,
}

/// One side's handshake bytes. Bytes go on once there is no hole before the furthest that came; the first copy
/// of a byte wins.
#[derive(Clone, Default)]
pub(super) struct Crypto {
    /// Offset of the first byte that did not go on.
    next: u64,
    /// Bytes from there on; what no run covers is not there yet.
    waiting: Vec<u8>,
    /// Places in `waiting` that are there, ascending, apart from each other.
    runs: Vec<(usize, usize)>,
}

impl Crypto {
    pub(super) fn add<'a>(&mut self, offset: u64, bytes: &'a [u8]) -> Added<'a> {
        let end = offset.saturating_add(bytes.len() as u64);
        if end <= self.next {
            return Added::Old;
        }
        if end - self.next > WINDOW as u64 {
            return Added::Far;
        }
        // Both are below the window now.
        let skip = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let bytes = bytes.get(skip..).unwrap_or_default();
        let at = usize::try_from(offset.saturating_sub(self.next)).unwrap_or(usize::MAX);
        if at == 0 && self.runs.is_empty() {
            self.next = end;
            return Added::Next(bytes, skip);
        }
        if self.runs.len() >= RUNS {
            return Added::Far;
        }
        self.place(at, bytes);
        match self.runs.as_slice() {
            [(0, to)] if *to == self.waiting.len() => {
                self.runs.clear();
                self.next += self.waiting.len() as u64;
                Added::Whole(std::mem::take(&mut self.waiting))
            }
            _ => Added::Waits,
        }
    }

    fn place(&mut self, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        if self.waiting.len() < end {
            self.waiting.resize(end, 0);
        }
        // Only what no run covers is written.
        let mut from = at;
        let mut free = Vec::new();
        for (a, b) in &self.runs {
            if *a > from {
                free.push((from, end.min(*a)));
            }
            from = from.max(*b);
            if from >= end {
                break;
            }
        }
        free.push((from, end));
        for (a, b) in free.into_iter().filter(|(a, b)| a < b) {
            if let (Some(to), Some(new)) = (self.waiting.get_mut(a..b), bytes.get(a - at..b - at)) {
                to.copy_from_slice(new);
            }
        }
        let first = self.runs.partition_point(|r| r.1 < at);
        let last = self.runs.partition_point(|r| r.0 <= end);
        let joined = self.runs.get(first..last).unwrap_or_default();
        let from = joined.first().map_or(at, |r| r.0.min(at));
        let to = joined.last().map_or(end, |r| r.1.max(end));
        self.runs.splice(first..last, [(from, to)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_on_in_order_and_once() {
        let mut c = Crypto::default();
        assert_eq!(c.add(0, b"abc"), Added::Next(b"abc", 0));
        assert_eq!(c.add(1, b"bc"), Added::Old);
        assert_eq!(c.add(1, b"XYde"), Added::Next(b"de", 2));
        assert_eq!(c.add(5, b""), Added::Old);
    }

    #[test]
    fn frames_in_any_order_go_on_when_no_hole_is_left() {
        let text: Vec<u8> = (0..60).collect();
        // Every order of four pieces that overlap by a byte.
        let pieces = [(0, 16), (15, 31), (30, 46), (45, 60)];
        for n in 0..24 {
            let mut left: Vec<_> = pieces.to_vec();
            let mut c = Crypto::default();
            let mut out = Vec::new();
            for d in [n % 4, n / 4 % 3, n / 12, 0] {
                let (a, b) = left.remove(d);
                match c.add(a as u64, &text[a..b]) {
                    Added::Next(bytes, _) => out.extend_from_slice(bytes),
                    Added::Whole(bytes) => out.extend(bytes),
                    other => assert_eq!(other, Added::Waits),
                }
            }
            assert_eq!(out, text, "order {n}");
        }
    }

    #[test]
    fn the_first_copy_of_a_byte_wins() {
        let mut c = Crypto::default();
        assert_eq!(c.add(2, b"cd"), Added::Waits);
        assert_eq!(c.add(6, b"gh"), Added::Waits);
        assert_eq!(c.add(1, b"bXXefXX"), Added::Waits);
        assert_eq!(c.add(0, b"a"), Added::Whole(b"abcdefgh".to_vec()));
    }

    #[test]
    fn what_is_too_far_ahead_is_refused() {
        let mut c = Crypto::default();
        assert_eq!(c.add(WINDOW as u64 - 1, b"x"), Added::Waits);
        assert_eq!(c.add(WINDOW as u64, b"x"), Added::Far);
        assert_eq!(c.add(u64::MAX, b"xx"), Added::Far);
        let mut c = Crypto::default();
        for n in 0..RUNS as u64 {
            assert_eq!(c.add(1 + n * 2, b"x"), Added::Waits);
        }
        assert_eq!(c.add(1 + RUNS as u64 * 2, b"x"), Added::Far);
    }
}
