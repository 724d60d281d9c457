//! Finding packets in a list: by text, bytes and filter, both ways, once around, whatever the pieces that are read.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use std::net::IpAddr;
use weir_tests::desk::{Desk, sample};
use weir_tests::packets::frame::End;
use weir_tests::packets::tape::Tape;
use weir_tests::packets::tcp::{Conn, Side};
use weir_tests::packets::{HOUR, MICRO, SECOND, http, pcap};

fn desk() -> (Desk, Value) {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let view = desk.ask("view", json!({"table": "packets"}));
    (desk, view["view"].clone())
}

fn find(
    desk: &mut Desk,
    view: &Value,
    from: i64,
    backwards: bool,
    kind: &str,
    needle: &str,
) -> Value {
    desk.ask(
        "find",
        json!({"view": view, "from": from, "backwards": backwards, "kind": kind, "needle": needle}),
    )
}

/// Every row that is found, walking on from each.
fn walk(desk: &mut Desk, view: &Value, backwards: bool, kind: &str, needle: &str) -> Vec<u64> {
    let mut rows = Vec::new();
    let mut from = -1;
    loop {
        let found = find(desk, view, from, backwards, kind, needle);
        let Some(row) = found["row"].as_u64() else {
            return rows;
        };
        if found["wrapped"] == true {
            return rows;
        }
        rows.push(row);
        from = i64::try_from(row).unwrap();
    }
}

/// Rows of the list that a filter leaves.
fn filtered(desk: &mut Desk, filter: &str) -> Vec<u64> {
    let table = desk.table(json!({"table": "packets", "narrowing": {"filter": filter}}));
    let number = |line: &str| {
        line.split([':', ','])
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    table.lines().skip(1).map(|line| number(line) - 1).collect()
}

#[test]
fn what_is_found_is_what_a_filter_finds() {
    let (mut desk, view) = desk();
    for (kind, needle, filter) in [
        ("filter", "http.request", "http.request"),
        ("text", "SUPERBAD", "frame matches \"(?i)superbad\""),
        ("bytes", "0d 0a 0d 0a", "frame contains 0d:0a:0d:0a"),
    ] {
        let wanted = filtered(&mut desk, filter);
        assert!(wanted.len() > 2, "{filter}");
        let forward = walk(&mut desk, &view, false, kind, needle);
        assert_eq!(forward, wanted, "{kind} {needle}");
        let mut backward = walk(&mut desk, &view, true, kind, needle);
        backward.reverse();
        assert_eq!(backward, wanted, "{kind} {needle}, backwards");
    }
}

#[test]
fn the_search_goes_once_around() {
    let (mut desk, view) = desk();
    let rows = filtered(&mut desk, "http.request");
    let last = i64::try_from(*rows.last().unwrap()).unwrap();
    let found = find(&mut desk, &view, last, false, "filter", "http.request");
    assert_eq!(
        (&found["row"], &found["wrapped"]),
        (&json!(rows[0]), &json!(true))
    );
    assert_eq!(found["packet"], format!("A:{}", rows[0] + 1));
    let found = find(
        &mut desk,
        &view,
        5,
        true,
        "text",
        "no such text in any packet",
    );
    assert_eq!(found["row"], Value::Null);
}

#[test]
fn what_cannot_be_looked_for_says_why() {
    let (mut desk, view) = desk();
    for (kind, needle, why) in [
        ("bytes", "4d5", "3 digits"),
        ("filter", "htp.host", "htp"),
        ("text", "", "nothing to find"),
    ] {
        let reply = desk.reply(
            "find",
            json!({"view": view, "from": 0, "kind": kind, "needle": needle}),
        );
        let error = reply.error.unwrap();
        assert!(error.message.contains(why), "{}", error.message);
    }
}

/// An address went from one machine to another: its list and its card mean the one that had it last, and the MAC
/// means each.
#[test]
fn a_host_is_meant_by_its_address_or_its_mac() {
    let mut tape = Tape::default();
    let end = |mac: u8, last: u8, port: u16| End {
        mac: [2, 0, 0, 0, 0, mac],
        ip: IpAddr::from([192, 168, 100, last]),
        port,
        ttl: 64,
    };
    for (n, mac) in [7_u8, 9].into_iter().enumerate() {
        let at = 1_772_625_600 * SECOND + i64::try_from(n).unwrap() * 5 * HOUR;
        let client = end(mac, 158, 50_000 + u16::from(mac));
        let mut conn = Conn::new(client, end(1, 2, 80), at, 2_000 * MICRO, 77);
        conn.open(&mut tape);
        let asked = http::request("GET", "/", "intranet.test", "test/1", &[]);
        conn.send(&mut tape, Side::Client, &asked);
        conn.send(
            &mut tape,
            Side::Server,
            &http::response("200 OK", "text/plain", &[], b"x"),
        );
        conn.close(&mut tape, Side::Client);
    }
    let mut desk = Desk::with(1, &[("a.pcap", pcap::file(&tape, &tape.order()))]);
    let view = desk.ask("view", json!({"table": "hosts"}));
    let (older, newer) = ("02:00:00:00:00:07", "02:00:00:00:00:09");
    let mut rows = Vec::new();
    for (key, mac) in [("192.168.100.158", newer), (newer, newer), (older, older)] {
        let card = desk.ask("host", json!({"host": key}));
        assert_eq!(card["mac"], mac, "{key}");
        let found = desk.ask("locate", json!({"view": view["view"], "key": key}));
        rows.push(found["row"].as_u64().unwrap());
    }
    assert!(rows[0] == rows[1] && rows[1] != rows[2], "{rows:?}");
    let nobody = desk.ask(
        "locate",
        json!({"view": view["view"], "key": "192.168.100.9"}),
    );
    assert!(nobody["row"].is_null());
}
