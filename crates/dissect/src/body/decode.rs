//! Content codings undone, by pieces, within bounds. Knows no message.

use super::Encoding;
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{Read as _, Write};
use weir_model::LimitKind;

/// Decoded bytes may be this many times the encoded ones …
const RATIO: u64 = 200;
/// … once there are more than this …
const RATIO_FROM: u64 = 1 << 20;
/// … and this many at most.
const MOST: u64 = 8 << 30;
/// What one coding gives to the next may be this many times the encoded bytes: compressed bytes hardly
/// compress again …
const BETWEEN: u64 = 16;
/// … once there is more than this.
const BETWEEN_FROM: u64 = 64 << 10;
/// Bytes given by any one coding to know how a body begins.
const HEAD_WORK: u64 = 4 * super::HEAD as u64;
/// Bytes that a coding gives at once.
const PIECE: usize = 64 << 10;
/// What undoing RFC 1951 takes: a window of 32 KiB, the tables, a buffer.
const INFLATE: usize = 96 << 10;
/// What undoing brotli takes beside its window: tables and a buffer.
const BROTLI: usize = 192 << 10;

/// A body that grows beyond reason when decoded.
pub static BOMB: LimitKind = LimitKind {
    id: "body.inflate",
    says: "a body grew beyond reason when decoded (a decompression bomb) and was not decoded further",
    bound: RATIO,
    unit: "times its size",
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
    /// It was not tried: too many bodies that need much room were open at once.
    Crowded,
}

/// Undoes a list of content codings, push by push.
pub struct Decoder {
    stages: Vec<Stage>,
    meter: Meter,
    end: DecodeEnd,
}

enum Stage {
    Inflate(Box<dyn Inflate + Send>),
    /// `deflate` before its first bytes tell zlib from raw.
    Deflate(Vec<u8>),
    Brotli(Box<Brotli>),
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
        Self::within(encodings, MOST)
    }

    /// One whose codings give at most `most` bytes each.
    fn within(encodings: &[Encoding], most: u64) -> Self {
        let known = encodings.len() <= Self::CODINGS;
        let stages: Option<Vec<Stage>> = encodings
            .iter()
            .rev()
            .take(Self::CODINGS)
            .map(|e| match e {
                Encoding::Gzip => Some(Stage::Inflate(Box::new(MultiGzDecoder::new(Vec::new())))),
                Encoding::Deflate => Some(Stage::Deflate(Vec::new())),
                Encoding::Brotli => Some(Stage::Brotli(Box::new(Brotli::new()))),
                Encoding::Zstd => Some(Stage::Zstd(Vec::new())),
                Encoding::Unknown => None,
            })
            .collect();
        let stages = stages.filter(|_| known);
        let end = if stages.is_some() {
            DecodeEnd::Whole
        } else {
            DecodeEnd::Unknown
        };
        Self {
            stages: stages.unwrap_or_default(),
            meter: Meter {
                taken: 0,
                given: 0,
                between: 0,
                most,
            },
            end,
        }
    }

    /// Heap it keeps, roughly: what is known to be reserved counts, whether it is used yet or not.
    #[must_use]
    pub fn held(&self) -> usize {
        self.stages.iter().map(Stage::held).sum()
    }

    /// Takes encoded bytes, gives decoded ones.
    pub fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) {
        if matches!(self.end, DecodeEnd::Broken | DecodeEnd::Bomb) {
            return;
        }
        if self.stages.is_empty() {
            out(bytes);
            return;
        }
        self.meter.taken = self.meter.taken.saturating_add(bytes.len() as u64);
        self.end = feed(&mut self.stages, bytes, &mut self.meter, out);
    }

    /// Gives what is left and says how it ended.
    pub fn finish(mut self, out: &mut dyn FnMut(&[u8])) -> DecodeEnd {
        let meter = &mut self.meter;
        let mut stages = self.stages.as_mut_slice();
        while let Some((stage, rest)) = stages.split_first_mut() {
            if self.end != DecodeEnd::Whole {
                break;
            }
            self.end = stage.finish(&mut |piece| pass(rest, piece, meter, out));
            stages = rest;
        }
        self.end
    }
}

/// Bytes in and out so far.
struct Meter {
    taken: u64,
    /// By the last coding.
    given: u64,
    /// By all the others.
    between: u64,
    /// Most of either.
    most: u64,
}

impl Meter {
    /// How many of `len` more bytes of the last coding, or of another, are within bounds.
    fn take(&mut self, len: usize, last: bool) -> usize {
        let (done, ratio, free) = if last {
            (&mut self.given, RATIO, RATIO_FROM)
        } else {
            (&mut self.between, BETWEEN, BETWEEN_FROM)
        };
        let cap = self.taken.saturating_mul(ratio).max(free).min(self.most);
        let room = usize::try_from(cap.saturating_sub(*done)).unwrap_or(usize::MAX);
        let n = room.min(len);
        *done = done.saturating_add(n as u64);
        n
    }
}

/// Where a coding's output goes: says whether to go on.
type Emit<'a> = dyn FnMut(&[u8]) -> DecodeEnd + 'a;

/// Takes bytes through the stages.
fn feed(
    stages: &mut [Stage],
    bytes: &[u8],
    meter: &mut Meter,
    out: &mut dyn FnMut(&[u8]),
) -> DecodeEnd {
    match stages.split_first_mut() {
        None => {
            out(bytes);
            DecodeEnd::Whole
        }
        Some((stage, rest)) => stage.push(bytes, &mut |piece| pass(rest, piece, meter, out)),
    }
}

/// Passes what a stage gave to the `rest`, as far as the bounds allow: a bomb is noticed before it has grown,
/// in whichever coding it hides.
fn pass(
    rest: &mut [Stage],
    piece: &[u8],
    meter: &mut Meter,
    out: &mut dyn FnMut(&[u8]),
) -> DecodeEnd {
    let n = meter.take(piece.len(), rest.is_empty());
    let end = feed(rest, piece.get(..n).unwrap_or_default(), meter, out);
    if end == DecodeEnd::Whole && n < piece.len() {
        DecodeEnd::Bomb
    } else {
        end
    }
}

impl Stage {
    fn push(&mut self, bytes: &[u8], emit: &mut Emit<'_>) -> DecodeEnd {
        match self {
            Self::Inflate(decoder) => inflate(&mut **decoder, bytes, emit),
            Self::Brotli(decoder) => decoder.push(bytes, emit),
            Self::Zstd(held) => {
                let room = Decoder::ZSTD.saturating_sub(held.len());
                held.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
                whole(bytes.len() <= room)
            }
            Self::Deflate(held) => {
                held.extend_from_slice(bytes);
                let (Some(a), Some(b)) = (held.first(), held.get(1)) else {
                    return DecodeEnd::Whole;
                };
                let zlib = a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0;
                let held = std::mem::take(held);
                *self = Self::Inflate(if zlib {
                    Box::new(ZlibDecoder::new(Vec::new()))
                } else {
                    Box::new(DeflateDecoder::new(Vec::new()))
                });
                self.push(&held, emit)
            }
        }
    }

    fn held(&self) -> usize {
        match self {
            Self::Inflate(_) => INFLATE,
            Self::Deflate(held) | Self::Zstd(held) => held.capacity(),
            Self::Brotli(decoder) => BROTLI + decoder.window,
        }
    }

    fn finish(&mut self, emit: &mut Emit<'_>) -> DecodeEnd {
        match self {
            Self::Inflate(decoder) => {
                let fine = decoder.end();
                drain(&mut **decoder, fine, emit)
            }
            Self::Brotli(decoder) => whole(decoder.done),
            Self::Deflate(held) => whole(held.is_empty()),
            Self::Zstd(held) => unzstd(held, emit),
        }
    }
}

fn whole(fine: bool) -> DecodeEnd {
    if fine {
        DecodeEnd::Whole
    } else {
        DecodeEnd::Broken
    }
}

/// The three wrappers of RFC 1951. A write takes no more than what fills a buffer of some 32 KiB.
trait Inflate: Write {
    /// Decoded bytes not yet taken out.
    fn decoded(&mut self) -> &mut Vec<u8>;
    /// Is this the end of the encoded bytes?
    fn end(&mut self) -> bool;
}

impl Inflate for MultiGzDecoder<Vec<u8>> {
    fn decoded(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
    fn end(&mut self) -> bool {
        self.try_finish().is_ok()
    }
}

impl Inflate for ZlibDecoder<Vec<u8>> {
    fn decoded(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
    fn end(&mut self) -> bool {
        self.try_finish().is_ok()
    }
}

impl Inflate for DeflateDecoder<Vec<u8>> {
    fn decoded(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
    fn end(&mut self) -> bool {
        self.try_finish().is_ok()
    }
}

fn inflate(decoder: &mut dyn Inflate, mut bytes: &[u8], emit: &mut Emit<'_>) -> DecodeEnd {
    while !bytes.is_empty() {
        // Nothing taken: bytes behind the end.
        let taken = decoder.write(bytes).unwrap_or(0);
        let end = drain(decoder, taken > 0, emit);
        if end != DecodeEnd::Whole {
            return end;
        }
        bytes = bytes.get(taken..).unwrap_or_default();
    }
    let fine = decoder.flush().is_ok();
    drain(decoder, fine, emit)
}

/// Gives what was decoded; then a decoder that did not go on is `fine` no more.
fn drain(decoder: &mut dyn Inflate, fine: bool, emit: &mut Emit<'_>) -> DecodeEnd {
    let mut piece = std::mem::take(decoder.decoded());
    let mut end = DecodeEnd::Whole;
    if !piece.is_empty() {
        end = emit(&piece);
        piece.clear();
    }
    *decoder.decoded() = piece;
    if end == DecodeEnd::Whole {
        whole(fine)
    } else {
        end
    }
}

/// RFC 7932, by pieces of output: a few bytes may stand for gigabytes.
struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    out: Vec<u8>,
    done: bool,
    /// Bytes of the window that the stream asks for, once its first byte is known.
    window: usize,
}

/// The window that a brotli stream with this first byte asks for (RFC 7932 section 9.1).
fn brotli_window(first: u8) -> usize {
    let bits = match (first & 1, first >> 1 & 7, first >> 4 & 7) {
        (0, ..) => 16,
        (_, 0, 0) => 17,
        (_, 0, n) => 8 + n,
        (_, n, _) => 17 + n,
    };
    1 << bits
}

impl Brotli {
    fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self {
            // Windows of more than 16 MiB are not RFC 7932's.
            state: BrotliState::new_strict(alloc(), alloc(), alloc()),
            out: Vec::new(),
            done: false,
            window: 0,
        }
    }

    fn push(&mut self, bytes: &[u8], emit: &mut Emit<'_>) -> DecodeEnd {
        if let (0, Some(first)) = (self.window, bytes.first()) {
            self.window = brotli_window(*first);
        }
        if self.done {
            return whole(bytes.is_empty());
        }
        self.out.resize(PIECE, 0);
        let (mut left, mut at) = (bytes.len(), 0);
        loop {
            let (mut room, mut made, mut total) = (self.out.len(), 0, 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut at,
                bytes,
                &mut room,
                &mut made,
                &mut self.out,
                &mut total,
                &mut self.state,
            );
            let piece = self.out.get(..made).unwrap_or_default();
            let end = if piece.is_empty() {
                DecodeEnd::Whole
            } else {
                emit(piece)
            };
            if end != DecodeEnd::Whole {
                return end;
            }
            match result {
                BrotliResult::NeedsMoreOutput if made > 0 => {}
                BrotliResult::NeedsMoreInput => return DecodeEnd::Whole,
                BrotliResult::ResultSuccess => {
                    self.done = true;
                    return whole(left == 0);
                }
                BrotliResult::NeedsMoreOutput | BrotliResult::ResultFailure => {
                    return DecodeEnd::Broken;
                }
            }
        }
    }
}

/// Largest zstd window accepted (RFC 8878 section 3.1.1.1.2 recommends to support 8 MiB).
const ZSTD_WINDOW: u64 = 8 << 20;

/// Most bytes a zstd body may grow to: it is decoded in one go.
const ZSTD_OUT: u64 = 64 << 20;

/// Decodes every frame; skippable ones give nothing.
fn unzstd(held: &[u8], emit: &mut Emit<'_>) -> DecodeEnd {
    let (mut piece, mut rest) = (vec![0; PIECE], held);
    let mut room = ZSTD_OUT;
    while !rest.is_empty() {
        if window(rest).is_none_or(|w| w > ZSTD_WINDOW) {
            return DecodeEnd::Broken;
        }
        let Ok(mut frame) = ruzstd::decoding::StreamingDecoder::new(&mut rest) else {
            return DecodeEnd::Broken;
        };
        loop {
            let Ok(n) = frame.read(&mut piece) else {
                return DecodeEnd::Broken;
            };
            if n == 0 {
                break;
            }
            let end = emit(piece.get(..n).unwrap_or_default());
            if end != DecodeEnd::Whole {
                return end;
            }
            room = room.saturating_sub(n as u64);
            if room == 0 {
                return DecodeEnd::Bomb;
            }
        }
    }
    DecodeEnd::Whole
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

/// The decoded beginning of a body of which `head` is the (`whole` or cut) beginning. Done for every body in
/// the load pass, so it ends after little work.
pub(super) fn head(encodings: &[Encoding], head: &[u8], whole: bool) -> Vec<u8> {
    let mut decoder = Decoder::within(encodings, HEAD_WORK);
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
        let zstd = ruzstd::encoding::compress_to_vec(
            &zeros[..],
            ruzstd::encoding::CompressionLevel::Fastest,
        );
        for (encodings, bytes) in [
            (vec![Encoding::Gzip], gzip(&zeros)),
            (vec![Encoding::Gzip, Encoding::Gzip], gzip(&gzip(&zeros))),
            (vec![Encoding::Zstd], zstd),
            (vec![Encoding::Brotli], zeros_in_brotli(2000)),
        ] {
            for piece in [1, 4096, bytes.len()] {
                let mut decoder = Decoder::new(&encodings);
                let (mut given, mut most) = (0, 0);
                for piece in bytes.chunks(piece) {
                    decoder.push(piece, &mut |b| {
                        given += b.len();
                        most = most.max(b.len());
                    });
                }
                let end = decoder.finish(&mut |b| given += b.len());
                assert_eq!(end, DecodeEnd::Bomb, "{encodings:?}");
                let bound = (bytes.len() as u64 * RATIO).max(RATIO_FROM);
                assert!(given as u64 <= bound, "{encodings:?}: {given}");
                assert!(most <= 2 * PIECE, "{encodings:?}: {most} at once");
            }
        }
        // A zstd frame that asks for a window of 1 GiB.
        let huge = [0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, 1, 0, 0];
        assert_eq!(run(&[Encoding::Zstd], &huge, 9).1, DecodeEnd::Broken);
        // A brotli stream that asks for one of 1 GiB, which RFC 7932 does not know.
        assert_eq!(
            run(&[Encoding::Brotli], &[0x11, 30, 0x03], 3).1,
            DecodeEnd::Broken
        );
    }

    /// Brotli of `n` times 16 MiB of zeros: meta-blocks of one literal and one copy (RFC 7932 section 9).
    fn zeros_in_brotli(n: usize) -> Vec<u8> {
        let mut bits = Bits::default();
        // A window of 64 KiB.
        bits.put(0, 1);
        for _ in 0..n {
            // Not the last; six nibbles of length - 1; compressed.
            bits.put(0, 1);
            bits.put(2, 2);
            bits.put((1 << 24) - 1, 24);
            bits.put(0, 1);
            // One block type of each kind, no postfix, no direct distances, literal context of any mode.
            bits.put(0, 3);
            bits.put(0, 6);
            bits.put(0, 2);
            // One tree each for literals and distances.
            bits.put(0, 2);
            // Literals: the one symbol 0. Insert-and-copy: insert 1, copy from 2118 on. Distances: 16, which is 1 and a bit.
            for (symbol, width) in [(0, 8), (INSERT_1_COPY_2118, 10), (16, 6)] {
                bits.put(1, 2);
                bits.put(0, 2);
                bits.put(symbol, width);
            }
            // The copy's length in 24 extra bits, the distance's extra bit.
            bits.put((1 << 24) - 1 - 2118, 24);
            bits.put(0, 1);
        }
        bits.put(3, 2);
        bits.bytes
    }

    /// Insert code 1, copy code 23: the cell of codes 0-7 with 16-23 begins at 384.
    const INSERT_1_COPY_2118: u64 = 384 + (1 << 3) + 7;

    #[derive(Default)]
    struct Bits {
        bytes: Vec<u8>,
        used: u32,
    }

    impl Bits {
        fn put(&mut self, value: u64, width: u32) {
            for n in 0..width {
                if self.used.is_multiple_of(8) {
                    self.bytes.push(0);
                }
                *self.bytes.last_mut().unwrap() |= ((value >> n & 1) as u8) << (self.used % 8);
                self.used += 1;
            }
        }
    }

    #[test]
    fn a_bomb_that_gives_nothing_in_the_end_is_stopped_where_it_grows() {
        // Empty members, packed thrice: the last coding has much to read and gives no byte.
        let empty = gzip(b"").repeat(1 << 18);
        let mut bytes = gzip(&empty);
        for _ in 0..2 {
            bytes = gzip(&bytes);
        }
        let codings = [Encoding::Gzip; 4];
        let mut decoder = Decoder::new(&codings);
        decoder.push(&bytes, &mut |_| {});
        assert!(decoder.meter.between <= BETWEEN_FROM.max(BETWEEN * bytes.len() as u64));
        assert_eq!(decoder.finish(&mut |_| {}), DecodeEnd::Bomb);
        // In the load pass it is hardly looked at; what begins well is known all the same.
        assert_eq!(head(&codings, &bytes, true), b"");
        let plain = sample();
        let twice = gzip(&gzip(&plain));
        let codings = [Encoding::Gzip; 2];
        assert_eq!(head(&codings, &twice, true), plain[..crate::body::HEAD]);
    }
}
