//! Capture health on captures with one fault each: that line and no other, its count, its packets and what it
//! weakens. The capture without a fault has no line.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use std::net::IpAddr;
use weir_tests::desk::Desk;
use weir_tests::packets::frame::{self, End};
use weir_tests::packets::tape::Tape;
use weir_tests::packets::tcp::{Conn, Side};
use weir_tests::packets::{HOUR, MICRO, MINUTE, Nanos, SECOND, http, pcap};

/// A frame with its time, and how much of it is kept.
type Record = (Nanos, Vec<u8>, Option<usize>);

const CONNECTIONS: u8 = 6;
/// 2026-03-04 12:00 UTC.
const BEGIN: Nanos = 1_772_625_600 * SECOND;

fn end(ip: [u8; 4], port: u16, ttl: u8) -> End {
    End {
        mac: [2, 0, ip[0], ip[1], ip[2], ip[3]],
        ip: IpAddr::from(ip),
        port,
        ttl,
    }
}

/// Six downloads, two minutes apart; `field` stands in the head of the first request.
fn downloads(field: &str) -> Vec<Record> {
    let mut tape = Tape::default();
    for n in 0..CONNECTIONS {
        let client = end([192, 168, 100, 20 + n], 50_000 + u16::from(n), 64);
        let server = end([192, 168, 100, 2], 80, 64);
        let at = BEGIN + Nanos::from(n) * 2 * MINUTE;
        let mut conn = Conn::new(client, server, at, 2_000 * MICRO, 1_000 + u64::from(n));
        conn.open(&mut tape);
        let extra: Vec<&str> = if n == 0 && !field.is_empty() {
            vec![field]
        } else {
            Vec::new()
        };
        let asked = http::request("GET", "/page.html", "intranet.test", "test/1", &extra);
        conn.send(&mut tape, Side::Client, &asked);
        let body = vec![b'a' + n; 9_000];
        let told = http::response("200 OK", "text/plain", &[], &body);
        conn.send(&mut tape, Side::Server, &told);
        conn.close(&mut tape, Side::Client);
    }
    let order = tape.order();
    let packet = |id: &usize| tape.get(*id).map(|p| (p.time, p.frame.clone(), p.cut));
    order.iter().filter_map(packet).collect()
}

fn capture(records: &[Record]) -> Vec<u8> {
    let mut tape = Tape::default();
    for (time, bytes, cut) in records {
        tape.push(*time, bytes.clone(), *cut);
    }
    let ids: Vec<usize> = (0..records.len()).collect();
    pcap::file(&tape, &ids)
}

fn health(file: Vec<u8>) -> Vec<Value> {
    let mut desk = Desk::with(1, &[("a.pcap", file)]);
    let summary = desk.ask("summary", json!({}));
    summary["health"].as_array().unwrap().clone()
}

/// From a server, with bytes in it.
fn carries(r: &Record) -> bool {
    r.1[29] == 2 && r.1.len() > 200
}

fn of_connection(r: &Record, n: u8) -> bool {
    r.1[29] == 20 + n || r.1[33] == 20 + n
}

fn names(numbers: impl Iterator<Item = usize>) -> Vec<String> {
    numbers.map(|n| format!("A:{}", n + 1)).take(5).collect()
}

/// The only line.
fn alone(lines: &[Value], issue: &str) -> Value {
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!(lines[0]["issue"], issue, "{lines:#?}");
    assert!(lines[0]["weakens"].is_string(), "{lines:#?}");
    lines[0].clone()
}

#[track_caller]
fn says(line: &Value, count: usize, examples: &[String], text: &str) {
    assert_eq!(line["count"], count, "{line}");
    assert_eq!(line["examples"], json!(examples), "{line}");
    assert!(line["says"].as_str().unwrap().contains(text), "{line}");
}

#[test]
fn a_capture_without_a_fault_has_no_line() {
    assert_eq!(health(capture(&downloads(""))), [] as [Value; 0]);
}

#[test]
fn packets_cut_by_the_snap_length() {
    let mut all = downloads("");
    let cut: Vec<usize> = (0..all.len())
        .filter(|n| carries(&all[*n]))
        .take(2)
        .collect();
    for n in &cut {
        all[*n].2 = Some(96);
    }
    let line = alone(&health(capture(&all)), "truncated");
    says(&line, 2, &names(cut.into_iter()), "2 packets were cut");
    let mut all = downloads("");
    let n = all.iter().position(carries).unwrap();
    all[n].2 = Some(96);
    let line = alone(&health(capture(&all)), "truncated");
    says(&line, 1, &names([n].into_iter()), "1 packet was cut");
}

#[test]
fn acknowledged_data_that_was_never_seen() {
    let mut all = downloads("");
    let lost: Vec<usize> = (0..all.len())
        .filter(|n| carries(&all[*n]) && of_connection(&all[*n], 1))
        .collect();
    let gone = all.remove(lost[2]);
    let payload = gone.1.len() - 54;
    let lines = health(capture(&all));
    let line = alone(&lines, "loss");
    assert_eq!(line["count"], 1, "{line}");
    let text = line["says"].as_str().unwrap();
    assert!(
        text.starts_with(&format!(
            "{payload} bytes of servers are missing in 1 TCP conversation ("
        )),
        "{line}"
    );
    // The packet that acknowledges what is not there, of that conversation.
    let named = line["examples"].as_array().unwrap();
    assert!(!named.is_empty(), "{line}");
    for name in named {
        let n: usize = name.as_str().unwrap()[2..].parse().unwrap();
        assert!(of_connection(&all[n - 1], 1), "{line}");
    }
}

#[test]
fn conversations_of_one_side() {
    let all = downloads("");
    let kept: Vec<Record> = all
        .into_iter()
        .filter(|r| !(r.1[29] == 2 && (of_connection(r, 2) || of_connection(r, 4))))
        .collect();
    let first = |n: u8| kept.iter().position(|r| of_connection(r, n)).unwrap();
    let line = alone(&health(capture(&kept)), "one_way");
    let examples = names([first(2), first(4)].into_iter());
    says(
        &line,
        2,
        &examples,
        "2 of 6 TCP conversations show one side only",
    );
}

#[test]
fn packets_that_a_mirror_port_doubled() {
    let mut all: Vec<Record> = Vec::new();
    let mut copies = Vec::new();
    for r in downloads("") {
        let twice = of_connection(&r, 3);
        all.push(r.clone());
        if twice {
            copies.push(all.len());
            all.push((r.0 + 30 * MICRO, r.1, None));
        }
    }
    let line = alone(&health(capture(&all)), "duplicates");
    says(
        &line,
        copies.len(),
        &names(copies.into_iter()),
        "copied from an earlier one",
    );
}

#[test]
fn time_that_runs_backwards() {
    let mut all = downloads("");
    let n = all.len() / 2;
    all[n].0 = all[n - 1].0 - 2_500 * 1_000 * MICRO;
    let line = alone(&health(capture(&all)), "clock");
    says(
        &line,
        1,
        &names([n].into_iter()),
        "backwards at 1 packet, by up to 2.5 s",
    );
}

#[test]
fn time_that_jumps() {
    let mut all = downloads("");
    let n = all.iter().position(|r| of_connection(r, 3)).unwrap();
    for r in all.iter_mut().skip(n) {
        r.0 += 2 * 366 * 24 * HOUR;
    }
    let line = alone(&health(capture(&all)), "jump");
    says(&line, 1, &names([n].into_iter()), "once, by up to 2 years");
}

#[test]
fn hours_in_which_nobody_listened() {
    let mut all = downloads("");
    let n = all.iter().position(|r| of_connection(r, 3)).unwrap();
    for r in all.iter_mut().skip(n) {
        r.0 += 3 * HOUR;
    }
    let line = alone(&health(capture(&all)), "gap");
    says(
        &line,
        1,
        &names([n].into_iter()),
        "1 silence of more than a quarter of an hour",
    );
    let mut desk = Desk::with(1, &[("a.pcap", capture(&all))]);
    let scope = json!({"schema": 1, "issue": "breach", "question": "", "zone": "UTC", "window": {}, "networks": [],
        "hosts": [], "exclude": [], "protocols": [], "indicators": []});
    let covered = desk.ask("coverage", json!({ "scope": scope }));
    let missing = covered["wanted_s"].as_u64().unwrap() - covered["covered_s"].as_u64().unwrap();
    assert!((3 * 3600..3 * 3600 + 130).contains(&missing), "{covered}");
}

#[test]
fn a_quiet_network_is_no_gap() {
    // A download every 20 minutes, a little more or less.
    let mut all = downloads("");
    for r in &mut all {
        let n = Nanos::from(u8::max(r.1[29], r.1[33]) - 20);
        r.0 += n * 18 * MINUTE + n * n * MINUTE / 4;
    }
    assert_eq!(health(capture(&all)), [] as [Value; 0]);
}

#[test]
fn checksums_that_the_card_fills_in() {
    let mut all = downloads("");
    let mut open = Vec::new();
    for (n, r) in all.iter_mut().enumerate() {
        if r.1[29] == 25 {
            let len = usize::from(u16::from_be_bytes([r.1[16], r.1[17]])) - 20;
            let (from, to) = ([192, 168, 100, 25], [192, 168, 100, 2]);
            let head = frame::pseudo(IpAddr::from(from), IpAddr::from(to), 6, len);
            // The card adds the rest: it finds the sum of the pseudo header, not yet inverted.
            let sum = !frame::checksum(&[&head]);
            r.1.splice(50..52, sum.to_be_bytes());
            open.push(n);
        }
    }
    assert!(open.len() > 3);
    let line = alone(&health(capture(&all)), "checksum_offload");
    says(
        &line,
        open.len(),
        &names(open.into_iter()),
        "still to fill in",
    );
}

#[test]
fn checksums_that_are_wrong() {
    let mut all = downloads("");
    let n = all.iter().position(carries).unwrap();
    all[n].1[50] ^= 0x55;
    let line = alone(&health(capture(&all)), "checksum");
    says(
        &line,
        1,
        &names([n].into_iter()),
        "1 packet has a wrong checksum",
    );
}

#[test]
fn a_file_that_breaks_off() {
    let all = downloads("");
    let mut file = capture(&all);
    file.truncate(file.len() - 10);
    let line = alone(&health(file), "broken");
    let text = format!("was read to packet {} only", all.len() - 1);
    says(&line, 1, &[], &text);
}

#[test]
fn a_bound_that_was_hit() {
    let field = format!("X-Long: {}", "x".repeat(300_000));
    let all = downloads(&field);
    let line = alone(&health(capture(&all)), "limit");
    assert_eq!(line["count"], 1, "{line}");
    assert!(line["says"].as_str().unwrap().ends_with(", once"), "{line}");
    assert_eq!(line["examples"].as_array().unwrap().len(), 1, "{line}");
}

/// The line of this issue.
fn found<'a>(lines: &'a [Value], issue: &str) -> &'a Value {
    let line = lines.iter().find(|l| l["issue"] == issue);
    assert!(line.is_some(), "no {issue}: {lines:#?}");
    line.unwrap()
}

#[test]
fn bytes_that_came_twice_with_other_content() {
    let mut all = downloads("");
    let n = all.iter().position(carries).unwrap();
    let mut other = all[n].clone();
    *other.1.last_mut().unwrap() ^= 1;
    // Another packet of its host by its IP identification, so no copy of a mirror port.
    other.1[19] ^= 1;
    all.insert(n + 1, other);
    let lines = health(capture(&all));
    says(
        found(&lines, "overlap"),
        1,
        &names([n + 1].into_iter()),
        "1 packet brings bytes of a TCP stream that came before with other content",
    );
}

#[test]
fn a_decompression_bomb_is_told_as_a_file_as_a_limit_and_in_health() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gzip, &vec![0; 8 << 20]).unwrap();
    let body = gzip.finish().unwrap();
    let mut tape = Tape::default();
    let client = end([192, 168, 100, 20], 50_000, 64);
    let server = end([192, 168, 100, 2], 80, 64);
    let mut conn = Conn::new(client, server, BEGIN, 2_000 * MICRO, 1);
    conn.open(&mut tape);
    let asked = http::request("GET", "/big.bin", "intranet.test", "test/1", &[]);
    conn.send(&mut tape, Side::Client, &asked);
    let coding = ["Content-Encoding: gzip"];
    let told = http::response("200 OK", "application/octet-stream", &coding, &body);
    conn.send(&mut tape, Side::Server, &told);
    conn.close(&mut tape, Side::Client);
    let file = pcap::file(&tape, &tape.order());
    let mut desk = Desk::with(1, &[("a.pcap", file)]);
    let reply = desk.reply("summary", json!({}));
    let lines = reply.payload["health"].as_array().unwrap().clone();
    let line = found(&lines, "limit");
    assert!(
        line["says"]
            .as_str()
            .unwrap()
            .contains("decompression bomb"),
        "{line}"
    );
    assert_eq!(line["count"], 1);
    assert!(reply.limits.iter().any(|l| l.id == "body.inflate"));
    let files = desk.table(json!({"table": "files", "narrowing": {}}));
    assert!(
        files.contains("decompression bomb, not decoded further"),
        "{files}"
    );
}
