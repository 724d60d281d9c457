//! Messages that are compressed (RFC 7692): inflated one by one, each with what came before it as its dictionary.

use flate2::{Decompress, FlushDecompress, Status};

/// Bytes that a message may point back to.
const WINDOW: usize = 32 << 10;
/// Compressed bytes of a message that are kept until it is whole.
pub(super) const PACKED: usize = 256 << 10;
/// Bytes that a message may have.
const PLAIN: usize = 4 << 20;
/// Times its compressed size that a message may have …
const RATIO: usize = 200;
/// … once it has more than this.
const RATIO_FROM: usize = 64 << 10;
/// What the sender leaves away at the end of each message (RFC 7692 section 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// One direction.
#[derive(Clone, Default)]
pub(super) struct Inflating {
    window: Vec<u8>,
    /// Of a message whose last frame is to come.
    packed: Vec<u8>,
    /// Bytes are missing, broken or too many: nothing behind them can be read.
    pub(super) lost: bool,
}

impl Inflating {
    pub(super) fn held(&self) -> usize {
        self.window.capacity() + self.packed.capacity()
    }

    pub(super) fn lose(&mut self) {
        *self = Self {
            lost: true,
            ..Self::default()
        };
    }

    /// The next frame of a message, unmasked; the message, where it was the last one. `Err`: too much, or broken.
    pub(super) fn frame(&mut self, bytes: &[u8], last: bool) -> Result<Option<Vec<u8>>, ()> {
        if self.lost {
            return Ok(None);
        }
        if self.packed.len() + bytes.len() > PACKED {
            self.lose();
            return Err(());
        }
        self.packed.extend_from_slice(bytes);
        if !last {
            return Ok(None);
        }
        let packed = std::mem::take(&mut self.packed);
        let Some(plain) = self.inflate(&packed) else {
            self.lose();
            return Err(());
        };
        let from = plain.len().saturating_sub(WINDOW);
        if plain.len() >= WINDOW {
            self.window.clear();
        } else {
            let over = (self.window.len() + plain.len()).saturating_sub(WINDOW);
            self.window.drain(..over.min(self.window.len()));
        }
        self.window
            .extend_from_slice(plain.get(from..).unwrap_or_default());
        Ok(Some(plain))
    }

    fn inflate(&self, packed: &[u8]) -> Option<Vec<u8>> {
        // The window comes first, as a stored block: then the message may point back to it.
        let mut input = Vec::with_capacity(self.window.len() + packed.len() + 16);
        if let Some(len) = u16::try_from(self.window.len()).ok().filter(|n| *n > 0) {
            input.push(0);
            input.extend(len.to_le_bytes());
            input.extend((!len).to_le_bytes());
            input.extend_from_slice(&self.window);
        }
        input.extend_from_slice(packed);
        input.extend(TAIL);
        let most =
            PLAIN.min(RATIO_FROM.max(packed.len().saturating_mul(RATIO))) + self.window.len();
        let mut inflate = Decompress::new(false);
        let mut out: Vec<u8> = Vec::with_capacity(self.window.len() + packed.len() * 4 + 64);
        loop {
            let read = usize::try_from(inflate.total_in()).ok()?;
            let rest = input.get(read..)?;
            let before = out.len();
            let status = inflate
                .decompress_vec(rest, &mut out, FlushDecompress::Sync)
                .ok()?;
            let read = usize::try_from(inflate.total_in()).ok()?;
            if out.len() > most {
                return None;
            }
            if status == Status::StreamEnd || (read >= input.len() && out.len() < out.capacity()) {
                break;
            }
            if out.len() == out.capacity() {
                out.reserve(out.len().max(1024));
            } else if out.len() == before {
                return None;
            }
        }
        Some(out.split_off(self.window.len().min(out.len())))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::{Inflating, PACKED, TAIL};
    use flate2::{Compress, Compression, FlushCompress};

    /// Messages of one sender that goes on with its dictionary.
    fn sent(messages: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut c = Compress::new(Compression::default(), false);
        messages
            .iter()
            .map(|m| {
                let mut out = Vec::with_capacity(m.len() + 100);
                c.compress_vec(m, &mut out, FlushCompress::Sync).unwrap();
                assert!(out.ends_with(&TAIL));
                out.truncate(out.len() - 4);
                out
            })
            .collect()
    }

    #[test]
    fn messages_point_back_to_earlier_ones() {
        let long: Vec<u8> = (0..50_000u32).flat_map(u32::to_le_bytes).collect();
        let messages: [&[u8]; 5] = [
            b"hello, hello",
            b"hello again",
            &long,
            b"hello again",
            &long[..40_000],
        ];
        let mut i = Inflating::default();
        for (packed, plain) in sent(&messages).iter().zip(messages) {
            let (a, b) = packed.split_at(packed.len() / 2);
            assert_eq!(i.frame(a, false), Ok(None));
            assert_eq!(i.frame(b, true).unwrap().unwrap(), plain);
            assert!(i.held() < 200_000);
        }
    }

    #[test]
    fn what_is_too_much_or_broken_ends_it() {
        let zeros = vec![0; 8 << 20];
        let mut i = Inflating::default();
        assert!(i.frame(&sent(&[&zeros])[0], true).is_err());
        assert!(i.lost && i.frame(b"x", true) == Ok(None));
        assert!(
            Inflating::default()
                .frame(&vec![0; PACKED + 1], false)
                .is_err()
        );
        assert!(Inflating::default().frame(&[0xff; 9], true).is_err());
        for n in 0..20 {
            let _ =
                Inflating::default().frame(&sent(&[b"hello, hello, hello"])[0][..n.min(10)], true);
        }
    }
}
