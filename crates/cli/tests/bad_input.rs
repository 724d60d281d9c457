//! Files that are wrong in every way a file can be: each gets its sentence and its exit status, what was
//! read before is printed, and nothing hangs or dies.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// 2023-11-14, in seconds.
const TIME: u32 = 1_700_000_000;
/// Bytes of the file header and of a record's header of pcap.
const HEAD: usize = 24;
const RECORD: usize = 16;

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// The header of a pcap file of Ethernet packets.
fn head() -> Vec<u8> {
    words(&[0xa1b2_c3d4, 2 | 4 << 16, 0, 0, 262_144, 1])
}

/// A record with the lengths it claims.
fn claims(time: u32, captured: u32, wire: u32, bytes: &[u8]) -> Vec<u8> {
    [words(&[time, 0, captured, wire]), bytes.to_vec()].concat()
}

fn record(time: u32, bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    claims(time, len, len, bytes)
}

/// Ethernet, IPv4, UDP and `n` bytes.
fn frame(n: u8) -> Vec<u8> {
    let mut out = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    out.extend([0x45, 0, 0, 28 + n, 0, 1, 0, 0, 64, 17, 0, 0]);
    out.extend([10, 0, 0, 1, 10, 0, 0, 2]);
    out.extend([0x30, 0x39, 0x27, 0x0f, 0, 8 + n, 0, 0]);
    out.extend(std::iter::repeat_n(b'x', usize::from(n)));
    out
}

/// Three good packets.
fn good() -> Vec<u8> {
    let records = (0..3).flat_map(|n| record(TIME + n, &frame(10)));
    head().into_iter().chain(records).collect()
}

/// A pcapng block of whole words.
fn block(kind: u32, body: &[u32]) -> Vec<u8> {
    let len = u32::try_from(12 + 4 * body.len()).unwrap();
    [words(&[kind, len]), words(body), words(&[len])].concat()
}

/// Section, interface and two packets of 24 bytes; where each block ends.
fn modern() -> (Vec<u8>, Vec<usize>) {
    let mut file = Vec::new();
    let mut ends = Vec::new();
    let packet = [0, 0x0006_0000, 0, 24, 24, 1, 2, 3, 4, 5, 6];
    for block in [
        block(0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX]),
        block(1, &[1, 0]),
        block(6, &packet),
        block(6, &packet),
    ] {
        file.extend(block);
        ends.push(file.len());
    }
    (file, ends)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// What `weir packets` makes of a file: exit status, rows, and what stands on standard error.
struct Ran {
    status: i32,
    rows: Vec<String>,
    said: String,
}

fn weir(name: &str, bytes: &[u8]) -> Ran {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad-input");
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_weir"))
        .arg("packets")
        .arg(&path)
        .output()
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    Ran {
        status: out.status.code().expect("ended by itself"),
        rows: text.lines().map(str::to_owned).collect(),
        said: String::from_utf8(out.stderr).unwrap(),
    }
}

/// Runs it and compares: exit status, rows, and every part of the sentence.
fn expect(name: &str, bytes: &[u8], status: i32, rows: usize, says: &[&str]) {
    let ran = weir(name, bytes);
    assert_eq!(
        (ran.status, ran.rows.len()),
        (status, rows),
        "{name}: {}",
        ran.said
    );
    for part in says {
        assert!(
            ran.said.contains(part),
            "{name}: {part:?} is not in {:?}",
            ran.said
        );
    }
    assert_eq!(ran.said.is_empty(), says.is_empty(), "{name}: {}", ran.said);
}

#[test]
fn a_good_file_is_read_in_silence() {
    expect("good.pcap", &good(), 0, 3, &[]);
    expect("good.pcap.gz", &gzip(&good()), 0, 3, &[]);
    expect("good.pcapng", &modern().0, 0, 2, &[]);
}

#[test]
fn no_capture_and_no_bytes() {
    let text = b"Dear all, the capture is attached.\n".repeat(9);
    expect(
        "letter.txt",
        &text,
        1,
        0,
        &["not a capture", "found text", "byte 0 of letter.txt"],
    );
    expect("empty", b"", 1, 0, &["not a capture", "an empty file"]);
    expect("head.pcap", &head(), 0, 0, &["without packets"]);
    expect("gone.gz", &gzip(b""), 1, 0, &["not a capture"]);
    expect("letter.gz", &gzip(&text), 1, 0, &["not a capture"]);
}

#[test]
fn cut_at_every_byte() {
    let file = good();
    let step = RECORD + frame(10).len();
    for len in 1..file.len() {
        let whole = len.saturating_sub(HEAD) / step;
        let ran = weir("cut.pcap", &file[..len]);
        let clean = len >= HEAD && (len - HEAD).is_multiple_of(step);
        assert_eq!(ran.rows.len(), whole, "{len}: {}", ran.said);
        assert_eq!(ran.status, i32::from(!clean), "{len}: {}", ran.said);
        if !clean && len > 4 {
            let at = if len < HEAD { 0 } else { HEAD + whole * step };
            let place = format!("at offset {at} because the file ends");
            let kept = format!("{whole} packets kept");
            assert!(
                ran.said.contains(&place) && ran.said.contains(&kept),
                "{len}: {}",
                ran.said
            );
        }
    }
}

#[test]
fn pcapng_cut_at_every_word() {
    let (file, ends) = modern();
    for len in (4..file.len()).step_by(4) {
        let ran = weir("cut.pcapng", &file[..len]);
        let whole = ends[2..].iter().filter(|end| **end <= len).count();
        assert_eq!(ran.rows.len(), whole, "{len}: {}", ran.said);
        assert_eq!(
            ran.status,
            i32::from(!ends.contains(&len)),
            "{len}: {}",
            ran.said
        );
        assert!(!ran.said.contains("panicked"), "{len}: {}", ran.said);
    }
}

#[test]
fn compressed_and_cut() {
    let file = gzip(&good());
    for len in [file.len() - 1, file.len() - 8, file.len() / 2, 11] {
        let ran = weir("cut.gz", &file[..len]);
        assert_eq!(ran.status, 1, "{len}: {}", ran.said);
        assert!(ran.said.contains("weir: "), "{len}: {}", ran.said);
    }
    expect(
        "sum.gz",
        &file[..file.len() - 6],
        1,
        3,
        &["the compressed data ends", "3 packets kept"],
    );
}

#[test]
fn a_length_of_four_gigabytes() {
    let says = ["claims 4294967295 captured bytes", "3 packets kept"];
    let bytes = [good(), claims(TIME, u32::MAX, u32::MAX, b"abc")].concat();
    expect("long.pcap", &bytes, 1, 3, &says);
    let bytes = [modern().0, words(&[6, u32::MAX - 3])].concat();
    expect("long.pcapng", &bytes, 1, 2, &["2 packets kept"]);
    let bytes = [modern().0, words(&[6, 4, 0, 0])].concat();
    expect(
        "short.pcapng",
        &bytes,
        1,
        2,
        &["claims a length of 4 bytes"],
    );
}

#[test]
fn times_that_cannot_be_and_packets_of_nothing() {
    let late = [head(), record(u32::MAX - 15, &frame(4))].concat();
    let says = ["2106-02-07", "later than this computer's clock"];
    expect("future.pcap", &late, 0, 1, &says);

    let fifty = TIME - 50 * 365 * 86_400;
    let bytes = [head(), record(fifty, &frame(4)), record(TIME, &frame(4))].concat();
    let says = ["packet 2 is of 2023-11-14", "1973-11-26", "a clock was set"];
    expect("fifty.pcap", &bytes, 0, 2, &says);

    let bytes = [head(), record(TIME, b""), record(TIME, &frame(4))].concat();
    expect("nothing.pcap", &bytes, 0, 2, &["packets of 0 bytes", ": 1"]);
}

#[test]
fn a_gzip_bomb_is_left_after_a_megabyte() {
    let large = vec![0; 200_000];
    let mut bytes = good();
    for n in 0..300 {
        bytes.extend(record(TIME + 3 + n, &large));
    }
    let bomb = gzip(&bytes);
    assert!(bytes.len() > 50_000_000 && bomb.len() < 100_000);
    let ran = weir("bomb.gz", &bomb);
    assert_eq!(ran.status, 1);
    assert!(
        ran.said.contains("swelled to") && ran.said.contains("more than 200 times"),
        "{}",
        ran.said
    );
    assert!((3..=20).contains(&ran.rows.len()), "{}", ran.rows.len());
    assert!(ran.rows[0].contains("10.0.0.1"), "{}", ran.rows[0]);
}

#[test]
fn no_file_is_wrong_usage() {
    for args in [&["packets"][..], &["packets", "there-is-no-such-file"]] {
        let out = Command::new(env!("CARGO_BIN_EXE_weir"))
            .args(args)
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(out.stderr.starts_with(b"weir: "), "{args:?}");
        assert!(out.stdout.is_empty(), "{args:?}");
    }
}
