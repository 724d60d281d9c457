//! Captures with packets that have no time and records that are no packets: their numbers are Wireshark's, and
//! no time is made up for them.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use weir_tests::desk::Desk;

fn block(out: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let len = u32::try_from(12 + body.len().next_multiple_of(4)).unwrap();
    out.extend(kind.to_le_bytes());
    out.extend(len.to_le_bytes());
    out.extend(body);
    out.resize(out.len() + body.len().next_multiple_of(4) - body.len(), 0);
    out.extend(len.to_le_bytes());
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

/// An ARP request.
fn arp(host: u8) -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend([2, 0, 0, 0, 0, host, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
    frame.extend([
        2, 0, 0, 0, 0, host, 10, 0, 0, host, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1,
    ]);
    frame
}

/// Custom block, packet without a time, packet, custom block, packet without a time, packet two seconds later.
fn capture() -> Vec<u8> {
    let mut out = Vec::new();
    block(
        &mut out,
        0x0a0d_0d0a,
        &words(&[0x1a2b_3c4d, 1, u32::MAX, u32::MAX]),
    );
    block(&mut out, 1, &words(&[1, 0]));
    let custom = [words(&[32_473]), b"HTTP/1.1 is no packet".to_vec()].concat();
    let simple = |host| [words(&[42]), arp(host)].concat();
    let packet = |time: u64, host| {
        let micros = time * 1_000_000;
        let head = [0, (micros >> 32) as u32, micros as u32, 42, 42];
        [words(&head), arp(host)].concat()
    };
    block(&mut out, 0x0bad, &custom);
    block(&mut out, 3, &simple(2));
    block(&mut out, 6, &packet(1_772_625_600, 3));
    block(&mut out, 0x4000_0bad, &custom);
    block(&mut out, 3, &simple(4));
    block(&mut out, 6, &packet(1_772_625_602, 5));
    out
}

fn matching(desk: &mut Desk, filter: &str) -> Vec<String> {
    let table = desk.table(json!({"table": "packets", "narrowing": {"filter": filter}}));
    let numbers = table.lines().skip(1);
    numbers
        .map(|line| {
            line.split(',')
                .next()
                .unwrap()
                .trim_start_matches("A:")
                .to_owned()
        })
        .collect()
}

fn line<'a>(health: &'a Value, issue: &str) -> &'a Value {
    let lines = health.as_array().unwrap();
    lines.iter().find(|l| l["issue"] == issue).unwrap()
}

#[test]
fn numbers_are_those_of_wireshark_and_no_time_is_made_up() {
    let mut desk = Desk::with(1, &[("a.pcapng", capture())]);
    assert_eq!(matching(&mut desk, "frame").len(), 6);
    for (filter, packets) in [
        ("arp.src.proto_ipv4 == 10.0.0.3", &["3"][..]),
        ("frame.time", &["3", "6"]),
        ("!frame.time", &["1", "2", "4", "5"]),
        ("frame.time_relative == 2", &["6"]),
        ("frame.time_delta == 2", &["6"]),
        ("frame.time < \"2000-01-01 00:00:00\"", &[]),
        ("frame.cb_pen == 32473 && frame.cb_copy == 0", &["4"]),
        ("frame.protocols == \"data\"", &["1", "4"]),
        ("eth", &["2", "3", "5", "6"]),
        ("frame.interface_id == 0", &["2", "3", "5", "6"]),
        ("frame.len == 24", &["1", "4"]),
    ] {
        assert_eq!(matching(&mut desk, filter), packets, "{filter}");
    }
}

#[test]
fn both_are_counted_and_said() {
    let mut desk = Desk::with(1, &[("a.pcapng", capture())]);
    let summary = desk.ask("summary", json!({}));
    let untimed = line(&summary["health"], "untimed");
    assert_eq!(untimed["count"], 2, "{untimed}");
    assert_eq!(untimed["examples"], json!(["A:2", "A:5"]));
    let records = line(&summary["health"], "records");
    assert_eq!(records["count"], 2, "{records}");
    assert_eq!(records["examples"], json!(["A:1", "A:4"]));
    assert_eq!(summary["hosts"], 4);
    let issues: Vec<_> = summary["health"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["issue"])
        .collect();
    assert_eq!(issues, ["untimed", "records"]);
}

#[test]
fn a_broken_block_is_told_with_its_place() {
    let mut file = capture();
    let at = file.len();
    // It claims more bytes than it holds.
    block(&mut file, 6, &words(&[0, 0, 9, 500, 500, 0]));
    let mut desk = Desk::with(1, &[("a.pcapng", file)]);
    let summary = desk.ask("summary", json!({}));
    let lines = summary["health"].as_array().unwrap();
    let line = lines.iter().find(|l| l["issue"] == "damaged").unwrap();
    assert_eq!(line["count"], 1, "{line}");
    let says = line["says"].as_str().unwrap();
    assert!(
        says.starts_with("1 block of capture A is broken and stepped over: at offset ")
            && says.contains(&format!("offset {at} what a block of type 0x6 holds")),
        "{says}"
    );
}
