//! Seeded pseudo-random numbers: one independent stream per label, so that a plant that is left out
//! changes nothing elsewhere. Not for secrets.

use super::{MILLI, Nanos};
use sha2::{Digest, Sha256};

/// xoshiro256++ seeded with the SHA-256 of a seed and a label.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream called `label` of `seed`.
    #[must_use]
    pub fn new(seed: u64, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        hash.update(label.as_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let mut state = [0u64; 4];
        for (slot, chunk) in state.iter_mut().zip(digest.chunks_exact(8)) {
            *slot = chunk.iter().fold(0, |n, b| (n << 8) | u64::from(*b));
        }
        Self { state }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let out = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let t = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= t;
        *d = d.rotate_left(45);
        out
    }

    /// A number in `lo..hi`; `lo` when the range is empty.
    pub fn range(&mut self, lo: i64, hi: i64) -> i64 {
        let width = u64::try_from(hi.saturating_sub(lo)).unwrap_or(0);
        if width == 0 {
            return lo;
        }
        lo.saturating_add(i64::try_from(self.next_u64() % width).unwrap_or(0))
    }

    /// A length of time in `lo..hi`, whole milliseconds: nobody keeps to full minutes.
    pub fn span(&mut self, lo: Nanos, hi: Nanos) -> Nanos {
        self.range(lo / MILLI, hi / MILLI) * MILLI
    }

    /// The same for lengths and indices.
    pub fn size(&mut self, lo: usize, hi: usize) -> usize {
        if hi <= lo {
            lo
        } else {
            lo + usize::try_from(self.next_u64() % (hi - lo) as u64).unwrap_or(0)
        }
    }

    /// One of the low 16 bits' values.
    pub fn u16(&mut self) -> u16 {
        (self.next_u64() >> 48) as u16
    }

    /// One of the low 32 bits' values.
    pub fn u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// One of the low 8 bits' values.
    pub fn u8(&mut self) -> u8 {
        (self.next_u64() >> 56) as u8
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next_u64() % 100 < percent
    }

    /// One element, or `None` of an empty slice.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.size(0, of.len()))
    }

    /// One of a list of texts; empty for an empty list.
    pub fn word<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.pick(of).copied().unwrap_or("")
    }

    /// `n` bytes.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(n + 8);
        while out.len() < n {
            out.extend_from_slice(&self.next_u64().to_le_bytes());
        }
        out.truncate(n);
        out
    }

    /// `n` lower-case hexadecimal digits.
    pub fn hex(&mut self, n: usize) -> String {
        let text: String = self.bytes(n).iter().map(|b| format!("{b:02x}")).collect();
        text.chars().take(n).collect()
    }

    /// Reorders in place.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let j = self.size(0, i + 1);
            list.swap(i, j);
        }
    }
}
