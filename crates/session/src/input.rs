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
        // Consecutive pieces grow one buffer, so that a packet never lies across two.
        let before = self.pieces.range_mut(..=(source, offset)).next_back();
        if let Some((&(s, start), piece)) = before
            && s == source
            && start + piece.len() as u64 == offset
        {
            piece.extend_from_slice(&bytes);
            return;
        }
        self.pieces.insert((source, offset), bytes);
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
