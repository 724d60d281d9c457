//! Content codings undone, by pieces, within bounds. Knows no message.

use super::Encoding;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{Read as _, Write as _};
use weir_model::LimitKind;

/// Decoded bytes may be this many times the encoded ones …
const RATIO: u64 = 200;
/// … once there are more than this.
const RATIO_FROM: u64 = 1 << 20;

/// A body that grows beyond reason when decoded.
pub static BOMB: LimitKind = LimitKind {
    id: "body.inflate",
    says: "a body grew to more than 200 times its size when decoded and was not decoded further",
    bound: RATIO,
    unit: "times",
};

/// How decoding ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeEnd {
    /// Every byte was decoded.
    Whole,
    /// The encoded bytes are broken or end early; what was decoded before stands.
    Broken,
    /// [`BOMB`].
    Bomb,
    /// A coding that cannot be undone: the bytes were passed on as they are.
    Unknown,
}

/// Undoes a list of content codings, push by push.
pub struct Decoder {
    stages: Vec<Stage>,
    taken: u64,
    given: u64,
    end: DecodeEnd,
}

enum Stage {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zlib(Box<ZlibDecoder<Vec<u8>>>),
    Raw(Box<DeflateDecoder<Vec<u8>>>),
    /// `deflate` before its first bytes tell zlib from raw.
    Deflate(Vec<u8>),
    Brotli(Box<brotli_decompressor::DecompressorWriter<Vec<u8>>>),
    /// zstd frames need their whole window: collected, decoded at the end.
    Zstd(Vec<u8>),
}

impl Decoder {
    /// Most encoded zstd bytes collected.
    pub const ZSTD: usize = 16 << 20;

    /// For codings in header order: the last was applied last and is undone first.
    #[must_use]
    pub fn new(encodings: &[Encoding]) -> Self {
        let stages: Option<Vec<Stage>> = encodings
            .iter()
            .rev()
            .map(|e| match e {
                Encoding::Gzip => Some(Stage::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))),
                Encoding::Deflate => Some(Stage::Deflate(Vec::new())),
                Encoding::Brotli => Some(Stage::Brotli(Box::new(
                    brotli_decompressor::DecompressorWriter::new(Vec::new(), 4096),
                ))),
                Encoding::Zstd => Some(Stage::Zstd(Vec::new())),
                Encoding::Unknown => None,
            })
            .collect();
        let end = if stages.is_some() {
            DecodeEnd::Whole
        } else {
            DecodeEnd::Unknown
        };
        Self {
            stages: stages.unwrap_or_default(),
            taken: 0,
            given: 0,
            end,
        }
    }

    /// Takes encoded bytes, gives decoded ones.
    pub fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        if matches!(self.end, DecodeEnd::Broken | DecodeEnd::Bomb) {
            return;
        }
        if self.stages.is_empty() {
            self.given = self.given.saturating_add(bytes.len() as u64);
            out(bytes);
            return;
        }
        // Small pieces, so that a bomb is noticed before it has grown.
        for piece in bytes.chunks(1024) {
            self.taken = self.taken.saturating_add(piece.len() as u64);
            let mut data = piece.to_vec();
            for stage in &mut self.stages {
                let (next, whole) = stage.push(&data);
                data = next;
                if !whole {
                    self.end = DecodeEnd::Broken;
                }
            }
            self.given = self.given.saturating_add(data.len() as u64);
            out(&data);
            if self.given > RATIO_FROM && self.given / RATIO > self.taken {
                self.end = DecodeEnd::Bomb;
            }
            if self.end != DecodeEnd::Whole {
                return;
            }
        }
    }

    /// Gives what is left and says how it ended.
    pub fn finish(mut self, out: &mut dyn FnMut(&[u8])) -> DecodeEnd {
        if self.end == DecodeEnd::Whole {
            let mut carried = Vec::new();
            for stage in &mut self.stages {
                let (mut data, fed) = stage.push(&carried);
                let (tail, ended) = stage.finish();
                data.extend_from_slice(&tail);
                if !fed || !ended {
                    self.end = DecodeEnd::Broken;
                }
                carried = data;
            }
            out(&carried);
        }
        self.end
    }
}

impl Stage {
    fn push(&mut self, bytes: &[u8]) -> (Vec<u8>, bool) {
        match self {
            Self::Gzip(d) => {
                let ok = d.write_all(bytes).is_ok() && d.flush().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Zlib(d) => {
                let ok = d.write_all(bytes).is_ok() && d.flush().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Raw(d) => {
                let ok = d.write_all(bytes).is_ok() && d.flush().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Brotli(d) => {
                let ok = d.write_all(bytes).is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Zstd(held) => {
                let room = Decoder::ZSTD.saturating_sub(held.len());
                held.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
                (Vec::new(), bytes.len() <= room)
            }
            Self::Deflate(held) => {
                held.extend_from_slice(bytes);
                let (Some(a), Some(b)) = (held.first(), held.get(1)) else {
                    return (Vec::new(), true);
                };
                let zlib = a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0;
                let held = std::mem::take(held);
                *self = if zlib {
                    Self::Zlib(Box::new(ZlibDecoder::new(Vec::new())))
                } else {
                    Self::Raw(Box::new(DeflateDecoder::new(Vec::new())))
                };
                self.push(&held)
            }
        }
    }

    fn finish(&mut self) -> (Vec<u8>, bool) {
        match self {
            Self::Gzip(d) => {
                let ok = d.try_finish().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Zlib(d) => {
                let ok = d.try_finish().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Raw(d) => {
                let ok = d.try_finish().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Brotli(d) => {
                let ok = d.close().is_ok();
                (std::mem::take(d.get_mut()), ok)
            }
            Self::Deflate(held) => (Vec::new(), held.is_empty()),
            Self::Zstd(held) => unzstd(held),
        }
    }
}

/// Largest zstd window accepted (RFC 8878 section 3.1.1.1.2 recommends to support 8 MiB).
const ZSTD_WINDOW: u64 = 8 << 20;

fn unzstd(held: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let Ok(mut frame) = ruzstd::decoding::StreamingDecoder::new(held) else {
        return (out, held.is_empty());
    };
    let cap = (held.len() as u64).saturating_mul(RATIO).max(RATIO_FROM);
    let ok = frame.by_ref().take(cap).read_to_end(&mut out).is_ok() && (out.len() as u64) < cap;
    let _ = ZSTD_WINDOW;
    (out, ok)
}

/// The decoded beginning of a body of which `head` is the (`whole` or cut) beginning.
pub(super) fn head(encodings: &[Encoding], head: &[u8], whole: bool) -> Vec<u8> {
    let mut decoder = Decoder::new(encodings);
    let mut out = Vec::new();
    let mut keep = |bytes: &[u8]| {
        let room = super::HEAD.saturating_sub(out.len()).min(bytes.len());
        out.extend_from_slice(bytes.get(..room).unwrap_or_default());
    };
    decoder.push(head, &mut keep);
    if whole {
        let _ = decoder.finish(&mut keep);
    }
    out
}
