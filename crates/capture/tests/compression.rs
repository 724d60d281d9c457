//! gzip and zstd in pieces, cut, damaged, and as bombs.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use flate2::write::GzEncoder;
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write;
use weir_capture::Compression::{self, Gzip, Zstd};
use weir_capture::compression::{Broken, Decoder, Fed, OUTPUT_STEP};
use weir_capture::limits;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut e = GzEncoder::new(Vec::new(), flate2::Compression::default());
    e.write_all(data).unwrap();
    e.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    compress_to_vec(data, CompressionLevel::Fastest)
}

/// Bytes that compress by about two.
fn sample(len: usize) -> Vec<u8> {
    let mut x = 7_u32;
    (0..len)
        .map(|_| {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (x >> 28) as u8 * 3
        })
        .collect()
}

struct Decoded {
    out: Vec<u8>,
    broken: Option<Broken>,
    warnings: Vec<String>,
    most: usize,
}

fn decode(kind: Compression, file: &[u8], size: usize) -> Decoded {
    let mut decoder = Decoder::new(kind);
    let mut decoded = Decoded {
        out: vec![],
        broken: None,
        warnings: vec![],
        most: 0,
    };
    let mut pieces: Vec<&[u8]> = file.chunks(size).collect();
    pieces.push(&[]);
    let last = pieces.len() - 1;
    for (i, piece) in pieces.into_iter().enumerate() {
        if i == last {
            decoder.finish();
        }
        let mut rest = piece;
        loop {
            let mut step = Vec::new();
            let fed = decoder.feed(&mut rest, &mut step);
            decoded.most = decoded.most.max(step.len());
            decoded.out.extend(step);
            match fed {
                Fed::More => {}
                Fed::NeedMore => {
                    assert!(rest.is_empty() && i != last);
                    break;
                }
                Fed::End => break,
                Fed::Stopped(broken) => {
                    decoded.broken = Some(broken);
                    decoded.warnings = decoder.warnings().to_vec();
                    return decoded;
                }
            }
        }
    }
    assert_eq!(decoder.written(), decoded.out.len() as u64);
    decoded.warnings = decoder.warnings().to_vec();
    decoded
}

#[test]
fn whole_files() {
    for len in [0, 1, 1000, 3_000_000] {
        let data = sample(len);
        for (kind, file) in [(Gzip, gzip(&data)), (Zstd, zstd(&data))] {
            let d = decode(kind, &file, 100_000);
            assert!(
                d.out == data && d.broken.is_none() && d.warnings.is_empty(),
                "{kind:?} {len}: {:?} {:?}",
                d.broken,
                d.warnings
            );
            assert!(
                d.most <= OUTPUT_STEP + 256 * 1024,
                "{kind:?}: {} bytes in one call",
                d.most
            );
        }
    }
}

#[test]
fn several_members_names_and_padding() {
    let mut named = vec![
        0x1f,
        0x8b,
        8,
        2 | 4 | 8 | 16,
        0,
        0,
        0,
        0,
        0,
        255,
        3,
        0,
        1,
        2,
        3,
    ];
    named.extend(b"name.pcap\0comment\0\x12\x34");
    named.extend(&gzip(b"one ")[10..]);
    let file = [named, gzip(b""), gzip(b"two"), vec![0; 700]].concat();
    for size in [1, 3, 10_000] {
        let d = decode(Gzip, &file, size);
        assert_eq!(
            (&d.out[..], d.broken, d.warnings.len()),
            (&b"one two"[..], None, 0)
        );
    }
    let skippable = [
        &[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9][..],
        &zstd(b"one "),
        &[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
        &zstd(b"two"),
    ]
    .concat();
    for size in [1, 3, 10_000] {
        let d = decode(Zstd, &skippable, size);
        assert_eq!((&d.out[..], d.broken), (&b"one two"[..], None));
    }
}

#[test]
fn what_follows_is_ignored_and_said() {
    let d = decode(
        Gzip,
        &[gzip(b"data"), b"no gzip member at all".to_vec()].concat(),
        50,
    );
    assert_eq!((&d.out[..], d.broken), (&b"data"[..], None));
    assert!(d.warnings[0].contains("ignored"));
    let mut wrong = gzip(b"data");
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    let d = decode(Gzip, &wrong, 50);
    assert_eq!((&d.out[..], d.broken), (&b"data"[..], None));
    assert!(d.warnings[0].contains("checksum of gzip member 1"));
}

#[test]
fn cut_anywhere_keeps_what_came_before() {
    let data = sample(400_000);
    for (kind, file) in [(Gzip, gzip(&data)), (Zstd, zstd(&data))] {
        let mut before = 0;
        for len in (4..file.len()).step_by(file.len() / 97) {
            let d = decode(kind, &file[..len], 4096);
            assert!(
                data.starts_with(&d.out) && d.out.len() >= before,
                "{kind:?} cut at {len}"
            );
            let broken = d.broken.expect("a cut stream does not end well");
            assert!(
                broken.why.contains("ends") && broken.kept == d.out.len() as u64,
                "{broken}"
            );
            before = d.out.len();
        }
        assert!(
            before > 200_000,
            "{kind:?} gave only {before} bytes of a file cut near its end"
        );
    }
}

#[test]
fn damage_is_told_and_ends_it() {
    let data = sample(200_000);
    for (kind, mut file) in [(Gzip, gzip(&data)), (Zstd, zstd(&data))] {
        let at = file.len() / 2;
        for b in &mut file[at..at + 64] {
            *b = 0xff;
        }
        let whole = decode(kind, &file, file.len());
        assert!(whole.broken.is_some() || !whole.warnings.is_empty() || whole.out != data);
        let pieces = decode(kind, &file, 1);
        assert!(pieces.out == whole.out && pieces.broken == whole.broken);
    }
}

#[test]
fn a_bomb_is_stopped_early_and_at_the_same_place_in_any_pieces() {
    let bomb = gzip(&vec![0; 64 << 20]);
    let d = decode(Gzip, &bomb, bomb.len());
    let broken = d.broken.unwrap();
    assert_eq!(broken.limit.map(|l| l.id), Some(limits::INFLATE.id));
    assert!(
        broken.kept > limits::INFLATE_FREE && broken.kept < 8 << 20,
        "{broken}"
    );
    for size in [1, 777, 16 * 1024] {
        let again = decode(Gzip, &bomb, size);
        assert_eq!(
            (again.out.len() as u64, again.broken),
            (broken.kept, Some(broken.clone()))
        );
    }
    // A small file may swell as it likes.
    let small = decode(Gzip, &gzip(&vec![0; 1 << 20]), 4096);
    assert_eq!((small.out.len(), small.broken), (1 << 20, None));
}

#[test]
fn a_zstd_window_is_looked_at_before_it_is_made() {
    // Frame header with a window descriptor of exponent 31: 2 TiB.
    let file = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 1, 0, 0];
    let broken = decode(Zstd, &file, 9).broken.unwrap();
    assert_eq!(
        broken.limit.map(|l| l.id),
        Some(limits::ZSTD_WINDOW.id),
        "{broken}"
    );
}

#[test]
fn no_stream_at_all() {
    for file in [
        &b"\x1f\x8b\x09\0\0\0\0\0\0\0\0\0"[..],
        b"\x1f\x8b",
        b"\x1f\x8b\x08\x08\0\0\0\0\0\0name",
    ] {
        assert!(decode(Gzip, file, 3).broken.is_some());
    }
    assert!(decode(Zstd, b"\x28\xb5\x2f\xfd", 3).broken.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn hostile_bytes_decode_alike_in_any_pieces(seed in 0..2000_usize, edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6), size in 1..5000_usize, which: bool) {
        let data = sample(20_000 + seed);
        let (kind, mut file) = if which { (Gzip, gzip(&data)) } else { (Zstd, zstd(&data)) };
        for (at, b) in edits {
            let at = at % file.len();
            file[at] = b;
        }
        let whole = decode(kind, &file, file.len());
        let pieces = decode(kind, &file, size);
        prop_assert!(whole.out == pieces.out);
        prop_assert_eq!(whole.broken, pieces.broken);
        prop_assert_eq!(whole.warnings, pieces.warnings);
    }
}
