//! What the terminal prints: every cell stands below its name, and a followed flow shows its bytes.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

/// Ethernet, IPv4, UDP and a payload; `back` is the answer.
fn frame(back: bool, port: u16, payload: &[u8]) -> Vec<u8> {
    let (from, to) = if back { (2, 1) } else { (1, 2) };
    let (source, destination) = if back { (port, 40_000) } else { (40_000, port) };
    let len = u16::try_from(payload.len()).unwrap();
    let mut out = vec![2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 8, 0, 0x45, 0];
    out.extend((28 + len).to_be_bytes());
    out.extend([0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
    for n in [source, destination, 8 + len, 0] {
        out.extend(n.to_be_bytes());
    }
    out.extend(payload);
    out
}

/// A question for `example.test` and a conversation of an unknown protocol.
fn capture(name: &str) -> PathBuf {
    let mut question = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    question.extend(b"\x07example\x04test\0\0\x01\0\x01");
    let frames = [
        frame(false, 53, &question),
        frame(false, 9, b"hello \x1b[2J\xe2\x80\xae there"),
        frame(true, 9, b"and back"),
    ];
    let mut file = words(&[0xa1b2_c3d4, 2 | 4 << 16, 0, 0, 262_144, 1]);
    for (n, frame) in (0..).zip(&frames) {
        let len = u32::try_from(frame.len()).unwrap();
        file.extend(words(&[1_700_000_000 + n, 0, len, len]));
        file.extend(frame);
    }
    let path = std::env::temp_dir().join(format!("weir-tables-{}-{name}.pcap", std::process::id()));
    std::fs::write(&path, file).unwrap();
    path
}

fn weir(words: &[&str], file: &Path) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_weir"))
        .args(words)
        .arg(file)
        .output()
        .unwrap();
    assert!(out.status.success(), "{words:?}: {out:?}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn every_cell_stands_below_its_name() {
    let file = capture("cells");
    for (words, column, cell) in [
        (&["flows"][..], "server_port", "53"),
        (&["hosts"], "host", "10.0.0.1"),
        (&["log", "dns"], "query", "example.test"),
    ] {
        let out = weir(words, &file);
        let mut lines = out.lines().map(|l| l.split('\t').collect::<Vec<_>>());
        let head = lines.next().unwrap();
        let rows: Vec<_> = lines.collect();
        assert!(!rows.is_empty(), "{words:?}");
        for row in &rows {
            assert_eq!(row.len(), head.len(), "{words:?}: {out}");
        }
        let place = head.iter().position(|c| *c == column).unwrap();
        assert!(rows.iter().any(|r| r[place] == cell), "{words:?}: {out}");
        let named = |name| head.iter().filter(|c| **c == name).count();
        assert!(head.iter().all(|c| named(*c) == 1), "{words:?}: {head:?}");
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_followed_flow_shows_its_bytes_and_moves_no_cursor() {
    let file = capture("follow");
    let path = file.to_str().unwrap().to_owned();
    let run = |more: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_weir"))
            .args(["follow", &path, "udp:1"])
            .args(more)
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let text = run(&[]);
    assert!(
        text.contains("hello") && text.contains("and back"),
        "{text}"
    );
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    let json = run(&["--json"]);
    assert!(!json.contains(['\u{1b}', '\u{202e}']), "{json:?}");
    let rows: Vec<serde_json::Value> = json
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows[0]["text"], "hello \u{1b}[2J\u{202e} there");
    assert!(rows[rows.len() - 1]["unknown"]["why"].is_array(), "{json}");
    std::fs::remove_file(file).unwrap();
}
