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
    /// Most codings undone, one in the other.
    pub const CODINGS: usize = 4;
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
        let stages = stages.filter(|s| s.len() <= Self::CODINGS);
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
        self.taken = self.taken.saturating_add(bytes.len() as u64);
        let mut meter = Meter {
            taken: self.taken,
            given: self.given,
        };
        self.end = feed(&mut self.stages, bytes, &mut meter, out);
        self.given = meter.given;
    }

    /// Gives what is left and says how it ended.
    pub fn finish(mut self, out: &mut dyn FnMut(&[u8])) -> DecodeEnd {
        let mut meter = Meter {
            taken: self.taken,
            given: self.given,
        };
        let mut stages = self.stages.as_mut_slice();
        while let Some((stage, rest)) = stages.split_first_mut() {
            if self.end != DecodeEnd::Whole {
                break;
            }
            let (tail, how) = stage.finish();
            self.end = match feed(rest, &tail, &mut meter, out) {
                DecodeEnd::Whole => how,
                other => other,
            };
            stages = rest;
        }
        self.end
    }
}

/// Bytes in and out so far.
struct Meter {
    taken: u64,
    given: u64,
}

/// Takes bytes through the stages, by small pieces at each, so that a bomb is noticed before it has grown.
fn feed(
    stages: &mut [Stage],
    bytes: &[u8],
    meter: &mut Meter,
    out: &mut dyn FnMut(&[u8]),
) -> DecodeEnd {
    let Some((stage, rest)) = stages.split_first_mut() else {
        meter.given = meter.given.saturating_add(bytes.len() as u64);
        out(bytes);
        return if meter.given > RATIO_FROM && meter.given / RATIO > meter.taken {
            DecodeEnd::Bomb
        } else {
            DecodeEnd::Whole
        };
    };
    for piece in bytes.chunks(1024) {
        let (data, whole) = stage.push(piece);
        let end = feed(rest, &data, meter, out);
        if end != DecodeEnd::Whole {
            return end;
        }
        if !whole {
            return DecodeEnd::Broken;
        }
    }
    DecodeEnd::Whole
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

    fn finish(&mut self) -> (Vec<u8>, DecodeEnd) {
        let (rest, fine) = match self {
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
            Self::Zstd(held) => return unzstd(held),
        };
        let how = if fine {
            DecodeEnd::Whole
        } else {
            DecodeEnd::Broken
        };
        (rest, how)
    }
}

/// Largest zstd window accepted (RFC 8878 section 3.1.1.1.2 recommends to support 8 MiB).
const ZSTD_WINDOW: u64 = 8 << 20;

/// Most bytes a zstd body may grow to: it is decoded in one go.
const ZSTD_OUT: u64 = 64 << 20;

/// Decodes every frame; skippable ones give nothing.
fn unzstd(held: &[u8]) -> (Vec<u8>, DecodeEnd) {
    let (mut out, mut rest) = (Vec::new(), held);
    let cap = (held.len() as u64)
        .saturating_mul(RATIO)
        .clamp(RATIO_FROM, ZSTD_OUT);
    while !rest.is_empty() {
        if window(rest).is_none_or(|w| w > ZSTD_WINDOW) {
            return (out, DecodeEnd::Broken);
        }
        let Ok(mut frame) = ruzstd::decoding::StreamingDecoder::new(&mut rest) else {
            return (out, DecodeEnd::Broken);
        };
        let room = cap.saturating_sub(out.len() as u64) + 1;
        let read = frame.by_ref().take(room).read_to_end(&mut out);
        if out.len() as u64 > cap {
            return (out, DecodeEnd::Bomb);
        }
        if read.is_err() {
            return (out, DecodeEnd::Broken);
        }
    }
    (out, DecodeEnd::Whole)
}

/// The memory a frame asks for (RFC 8878 section 3.1.1.1); `None` where there is no frame header.
fn window(frame: &[u8]) -> Option<u64> {
    let mut c = weir_model::Cursor::new(frame);
    if c.u32le().ok()? != 0xfd2f_b528 {
        return None;
    }
    let descriptor = c.u8().ok()?;
    if descriptor & 0x20 == 0 {
        let byte = c.u8().ok()?;
        let base = 1u64 << (10 + u32::from(byte >> 3));
        return Some(base + base / 8 * u64::from(byte & 7));
    }
    c.skip([0, 1, 2, 4].get(usize::from(descriptor & 3)).copied()?)
        .ok()?;
    match descriptor >> 6 {
        0 => c.u8().ok().map(u64::from),
        1 => c.u16le().ok().map(|n| u64::from(n) + 256),
        2 => c.u32le().ok().map(u64::from),
        _ => c.u64le().ok(),
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    fn run(encodings: &[Encoding], bytes: &[u8], piece: usize) -> (Vec<u8>, DecodeEnd) {
        let mut decoder = Decoder::new(encodings);
        let mut out = Vec::new();
        for piece in bytes.chunks(piece.max(1)) {
            decoder.push(piece, &mut |b| out.extend_from_slice(b));
        }
        let end = decoder.finish(&mut |b| out.extend_from_slice(b));
        (out, end)
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut e = GzEncoder::new(Vec::new(), Compression::default());
        e.write_all(plain).unwrap();
        e.finish().unwrap()
    }

    fn coded(plain: &[u8]) -> Vec<(Vec<Encoding>, Vec<u8>)> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(plain).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(plain).unwrap();
        let zstd =
            ruzstd::encoding::compress_to_vec(plain, ruzstd::encoding::CompressionLevel::Fastest);
        vec![
            (vec![], plain.to_vec()),
            (vec![Encoding::Gzip], gzip(plain)),
            (vec![Encoding::Deflate], zlib.finish().unwrap()),
            (vec![Encoding::Deflate], raw.finish().unwrap()),
            (vec![Encoding::Zstd], zstd),
            (vec![Encoding::Gzip, Encoding::Gzip], gzip(&gzip(plain))),
        ]
    }

    fn sample() -> Vec<u8> {
        (0..20_000u32)
            .flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 20).to_le_bytes())
            .collect()
    }

    #[test]
    fn pieces_of_any_size_decode_alike() {
        let plain = sample();
        for (encodings, bytes) in coded(&plain) {
            for piece in [1, 7, 1000, bytes.len()] {
                let (out, end) = run(&encodings, &bytes, piece);
                assert_eq!(
                    (out == plain, end),
                    (true, DecodeEnd::Whole),
                    "{encodings:?} {piece}"
                );
            }
        }
        // Two members, and brotli of "hello".
        let two = [gzip(b"a"), gzip(b"b")].concat();
        assert_eq!(run(&[Encoding::Gzip], &two, 3).0, b"ab");
        let brotli = b"\x0b\x02\x80hello\x03";
        assert_eq!(
            run(&[Encoding::Brotli], brotli, 1),
            (b"hello".to_vec(), DecodeEnd::Whole)
        );
    }

    #[test]
    fn a_cut_end_keeps_what_came_and_says_so() {
        let plain = sample();
        for (encodings, bytes) in coded(&plain).into_iter().skip(1) {
            let (out, end) = run(&encodings, &bytes[..bytes.len() / 2], 100);
            assert_eq!(end, DecodeEnd::Broken, "{encodings:?}");
            assert!(plain.starts_with(&out));
            if encodings == [Encoding::Gzip] {
                assert!(out.len() > plain.len() / 3);
            }
        }
        let (out, end) = run(&[Encoding::Gzip], b"not gzip at all", 4);
        assert_eq!((out.len(), end), (0, DecodeEnd::Broken));
        assert_eq!(
            run(&[Encoding::Unknown], b"raw", 1),
            (b"raw".to_vec(), DecodeEnd::Unknown)
        );
    }

    #[test]
    fn bombs_are_stopped() {
        let zeros = vec![0; 40 << 20];
        for (encodings, bytes) in [
            (vec![Encoding::Gzip], gzip(&zeros)),
            (vec![Encoding::Gzip, Encoding::Gzip], gzip(&gzip(&zeros))),
        ] {
            let (out, end) = run(&encodings, &bytes, 4096);
            assert_eq!(end, DecodeEnd::Bomb, "{encodings:?}");
            assert!(out.len() < 4 << 20, "{}", out.len());
        }
        // A zstd frame that asks for a window of 1 GiB.
        let huge = [0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, 1, 0, 0];
        assert_eq!(run(&[Encoding::Zstd], &huge, 9).1, DecodeEnd::Broken);
    }
}
