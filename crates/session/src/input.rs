//! Bytes on their way from a door to a job: what is needed, what has come.

use std::collections::BTreeMap;

/// The door's number for a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SourceNo(pub u32);

/// A range of a file that a job waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Need {
    /// Which file.
    pub source: SourceNo,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// The job reads on from `start` in order: supply any prefix, read ahead.
    pub sequential: bool,
}

/// Supplied bytes that a job has not used yet.
#[derive(Default)]
pub struct Input {
    pieces: BTreeMap<(SourceNo, u64), Vec<u8>>,
    /// Bytes supplied in all: what opening something cost.
    pub read: u64,
}

impl Input {
    /// Takes a piece; one that is given away is not copied.
    pub fn supply(&mut self, source: SourceNo, offset: u64, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.read += bytes.len() as u64;
        // Pieces that touch or overlap are one buffer, so that a packet never lies across two, and a short piece
        // never hides a long one: a job would ask for the same bytes for ever.
        let mut first = (source, offset);
        let mut end = offset + bytes.len() as u64;
        let before = self.pieces.range_mut(..=first).next_back();
        match before {
            Some((&(s, start), piece)) if s == source && start + piece.len() as u64 >= offset => {
                let here = start + piece.len() as u64;
                let known = usize::try_from(here - offset).unwrap_or(usize::MAX);
                piece.extend_from_slice(bytes.get(known..).unwrap_or_default());
                first = (s, start);
                end = end.max(here);
            }
            _ => {
                self.pieces.insert(first, bytes);
            }
        }
        let after: Vec<u64> = self
            .pieces
            .range((source, first.1 + 1)..=(source, end))
            .map(|(k, _)| k.1)
            .collect();
        for start in after {
            let Some(later) = self.pieces.remove(&(source, start)) else {
                continue;
            };
            let known = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
            if let (Some(more), Some(piece)) = (later.get(known..), self.pieces.get_mut(&first)) {
                piece.extend_from_slice(more);
                end = end.max(start + later.len() as u64);
            }
        }
    }

    /// `start..end` of a file, when all of it is here.
    #[must_use]
    pub fn get(&self, source: SourceNo, start: u64, end: u64) -> Option<&[u8]> {
        // Nothing is always here: an empty file has no piece that could be supplied.
        if start >= end {
            return Some(&[]);
        }
        let (&(s, at), piece) = self.pieces.range(..=(source, start)).next_back()?;
        let from = usize::try_from(start.checked_sub(at)?).ok()?;
        let to = usize::try_from(end.checked_sub(at)?).ok()?;
        if s == source {
            piece.get(from..to)
        } else {
            None
        }
    }

    /// Everything from `start` on that is here without a break.
    #[must_use]
    pub fn from(&self, source: SourceNo, start: u64) -> &[u8] {
        let Some((&(s, at), piece)) = self.pieces.range(..=(source, start)).next_back() else {
            return &[];
        };
        let from = usize::try_from(start.saturating_sub(at)).unwrap_or(usize::MAX);
        if s == source {
            piece.get(from..).unwrap_or_default()
        } else {
            &[]
        }
    }

    /// Bytes of a file before `start` are no longer needed.
    pub fn forget(&mut self, source: SourceNo, start: u64) {
        let keys: Vec<_> = self
            .pieces
            .range((source, 0)..(source, start))
            .map(|(k, p)| (*k, p.len() as u64))
            .collect();
        for (key, len) in keys {
            if key.1 + len <= start {
                self.pieces.remove(&key);
            } else if start - key.1 > len / 8 * 7
                && let Some(mut piece) = self.pieces.remove(&key)
            {
                piece.drain(..usize::try_from(start - key.1).unwrap_or(0));
                self.pieces.insert((source, start), piece);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: SourceNo = SourceNo(0);

    #[test]
    fn what_was_supplied_is_there_however_the_pieces_lay() {
        // Every way to supply 0..12 in overlapping pieces of two orders: all of it can be had afterwards.
        let whole: Vec<u8> = (0..12).collect();
        let piece = |from: usize, to: usize| (from, whole.get(from..to).unwrap_or_default());
        let orders: [&[(usize, usize)]; 6] = [
            &[(4, 8), (0, 4), (8, 12)],
            // A short piece at the place of a long one, and one that begins within it.
            &[(0, 12), (0, 3), (5, 6)],
            &[(6, 8), (2, 6), (6, 12), (0, 3)],
            &[(8, 12), (4, 8), (0, 12)],
            &[(3, 5), (7, 9), (0, 12)],
            &[(0, 7), (7, 8), (6, 12)],
        ];
        for order in orders {
            let mut input = Input::default();
            for (from, to) in order {
                let (at, bytes) = piece(*from, *to);
                input.supply(FILE, at as u64, bytes);
            }
            for from in 0..12 {
                let got = input.get(FILE, from, 12);
                assert_eq!(got, whole.get(from as usize..), "{order:?} from {from}");
            }
            assert_eq!(input.from(FILE, 2), whole.get(2..).unwrap_or_default());
        }
    }

    #[test]
    fn other_files_stay_apart() {
        let mut input = Input::default();
        input.supply(FILE, 0, [1, 2]);
        input.supply(SourceNo(1), 2, [9, 9]);
        assert_eq!(input.get(FILE, 0, 3), None);
        assert_eq!(input.get(SourceNo(1), 2, 4), Some(&[9, 9][..]));
    }
}
