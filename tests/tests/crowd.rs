//! Compressed files of many connections at once: more than may be decoded side by side are hashed all the same.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::json;
use std::net::IpAddr;
use weir_session::{Hashes, hex};
use weir_tests::desk::Desk;
use weir_tests::packets::frame::End;
use weir_tests::packets::tape::Tape;
use weir_tests::packets::tcp::{Conn, Side};
use weir_tests::packets::{MICRO, MILLI, Nanos, SECOND, http, pcap};

/// 2026-03-04 12:00 UTC.
const BEGIN: Nanos = 1_772_625_600 * SECOND;

fn end(ip: [u8; 4], port: u16) -> End {
    End {
        mac: [2, 0, ip[0], ip[1], ip[2], ip[3]],
        ip: IpAddr::from(ip),
        port,
        ttl: 64,
    }
}

/// Stored in brotli with the largest window there is (RFC 7932 section 9): WBITS 24, a meta-block that is not
/// compressed, the empty last one.
fn brotli(content: &[u8]) -> Vec<u8> {
    let len = u32::try_from(content.len() - 1).unwrap();
    let head = 0b1111 | len << 7 | 1 << 23;
    let mut out = head.to_le_bytes()[..3].to_vec();
    out.extend_from_slice(content);
    out.push(0b11);
    out
}

#[test]
fn files_that_cannot_be_decoded_side_by_side_are_decoded_one_after_the_other() {
    let mut tape = Tape::default();
    let mut open = Vec::new();
    let mut wanted = Vec::new();
    for n in 0..12_u8 {
        let client = end([192, 168, 100, 20 + n], 50_000);
        let server = end([192, 168, 100, 2], 80);
        let at = BEGIN + Nanos::from(n) * MILLI;
        let mut conn = Conn::new(client, server, at, 200 * MICRO, u64::from(n));
        conn.open(&mut tape);
        let asked = http::request("GET", &format!("/{n}.bin"), "intranet.test", "test/1", &[]);
        conn.send(&mut tape, Side::Client, &asked);
        let content: Vec<u8> = (0..5_000_u32).map(|k| (k * 7) as u8 ^ n).collect();
        wanted.push(hex(&Hashes::of(&content).sha256));
        let coding = ["Content-Encoding: br"];
        let told = http::response("200 OK", "text/plain", &coding, &brotli(&content));
        let (front, rest) = told.split_at(2_000);
        conn.send(&mut tape, Side::Server, front);
        open.push((conn, rest.to_vec()));
    }
    // All are open before the first ends.
    for (conn, rest) in &mut open {
        conn.wait(SECOND);
        conn.send(&mut tape, Side::Server, rest);
        conn.close(&mut tape, Side::Client);
    }
    let file = pcap::file(&tape, &tape.order());
    let mut desk = Desk::with(1, &[("a.pcap", file)]);
    let files = desk.table(json!({"table": "files", "narrowing": {}}));
    for hash in wanted {
        assert!(files.contains(&hash), "{hash} is not in\n{files}");
    }
}
