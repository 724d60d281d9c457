//! Finding packets in a list: by text, bytes and filter, both ways, once around, whatever the pieces that are read.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use weir_tests::desk::{Desk, sample};

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
