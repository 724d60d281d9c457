//! Gzip (RFC 1952): one file, or a tar. Keeps nothing of what it unpacks.

use super::tar::Tar;
use super::{Entry, Listing, name, u16_at};
use weir_dissect::{DecodeEnd, Decoder, Encoding};

/// Unpacked bytes of a gzip that are read.
const UNPACKED: u64 = 64 << 20;
/// Packed bytes of a gzip between two looks at that.
const PIECE: usize = 64 << 10;

/// One file, or a tar.
pub(super) fn list(bytes: &[u8]) -> Listing {
    let called = gzip_name(bytes).map(name).unwrap_or_default();
    let mut decoder = Decoder::new(&[Encoding::Gzip]);
    let (mut tar, mut size, mut packed) = (Tar::default(), 0u64, 0u64);
    let mut whole = true;
    let mut take = |part: &[u8]| {
        size = size.saturating_add(part.len() as u64);
        tar.push(part);
        size
    };
    for piece in bytes.chunks(PIECE) {
        let mut so_far = 0;
        decoder.push(piece, &mut |part| so_far = take(part));
        packed += piece.len() as u64;
        if so_far > UNPACKED {
            whole = packed >= bytes.len() as u64;
            break;
        }
    }
    let end = whole.then(|| {
        decoder.finish(&mut |part| {
            take(part);
        })
    });
    let mut out = match tar.finish() {
        Some(tar) => Listing {
            kind: "tar.gz",
            ..tar
        },
        None => Listing {
            kind: "gzip",
            entries: vec![Entry {
                name: called,
                size: whole.then_some(size),
                packed: Some(bytes.len() as u64),
                method: "deflate",
                ..Entry::default()
            }],
            ..Listing::default()
        },
    };
    match end {
        None => out.remark(format!(
            "only its first {UNPACKED} unpacked bytes were read"
        )),
        Some(DecodeEnd::Bomb) => out.remark("a decompression bomb: not read further"),
        Some(DecodeEnd::Broken) => out.remark("its compression is broken or cut"),
        Some(_) => {}
    }
    out
}

/// The name in a gzip's head (RFC 1952 section 2.3).
fn gzip_name(bytes: &[u8]) -> Option<&[u8]> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16_at(bytes, at)?);
    }
    let rest = bytes.get(at..).filter(|_| flags & 8 != 0)?;
    rest.get(..memchr::memchr(0, rest)?)
}
