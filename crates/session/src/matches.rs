//! A set of packets, a bit each.

use weir_model::{CaptureId, PacketRef};

/// Which packets of each capture match, by letter: bit `n - 1` is packet `n`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Matches {
    captures: Vec<Vec<u64>>,
}

impl Matches {
    /// Does the packet match?
    #[must_use]
    pub fn has(&self, packet: PacketRef) -> bool {
        let n = packet.number.wrapping_sub(1);
        let words = self.captures.get(usize::from(packet.capture.0));
        words
            .and_then(|w| w.get((n / 64) as usize))
            .is_some_and(|w| w >> (n % 64) & 1 == 1)
    }

    /// Marks a packet.
    pub fn add(&mut self, packet: PacketRef) {
        let (capture, n) = (usize::from(packet.capture.0), packet.number.wrapping_sub(1));
        if self.captures.len() <= capture {
            self.captures.resize(capture + 1, Vec::new());
        }
        let Some(words) = self.captures.get_mut(capture) else {
            return;
        };
        let word = (n / 64) as usize;
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        if let Some(w) = words.get_mut(word) {
            *w |= 1 << (n % 64);
        }
    }

    /// How many match.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.captures
            .iter()
            .flatten()
            .map(|w| u64::from(w.count_ones()))
            .sum()
    }

    /// Matching packet numbers of a capture, ascending.
    pub fn numbers(&self, capture: CaptureId) -> impl Iterator<Item = u32> + '_ {
        let words = self
            .captures
            .get(usize::from(capture.0))
            .map_or(&[][..], Vec::as_slice);
        (0u32..).zip(words).flat_map(|(i, w)| {
            let mut left = *w;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(i * 64 + bit + 1)
            })
        })
    }
}
