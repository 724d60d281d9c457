//! Answers over captures that are built here packet by packet: who got what, over which way, and who did not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::net::Ipv4Addr;
use weir_analyze::answers::{Answer, Answers, Rung, Verdict, answer};
use weir_analyze::decisions::Rule;
use weir_analyze::detections::{Ground, run};
use weir_analyze::environment::Environment;
use weir_analyze::{CaptureSpan, Input};
use weir_model::{Indicator, IndicatorKind, Scope, Timestamp, Window};

#[path = "../src/tape.rs"]
mod tape;
use tape::{End, RESOLVER, Tape};

const SERVER: End = ([198, 51, 100, 7], 80);
const NAME: &str = "alpha.example.net";

/// The answers to `scope`, and how often one of its indicators was seen.
fn answers(tape: &Tape, scope: &Scope) -> (Answers, usize) {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    let answers = answer(&input, &env, scope);
    let found = run(Ground::new(&input, &env, Some(&answers)));
    for finding in &found.rows {
        assert!(finding.evidence.packets().next().is_some());
    }
    let seen = found
        .rows
        .iter()
        .filter(|f| f.detection == "indicator.seen")
        .count();
    (answers, seen)
}

fn scope() -> Scope {
    let indicator = |kind, value: &str| Indicator {
        kind,
        value: value.to_owned(),
    };
    Scope {
        networks: vec!["10.0.0.0/24".parse().unwrap()],
        hosts: vec!["10.0.0.99".parse().unwrap()],
        indicators: vec![
            indicator(IndicatorKind::Domain, NAME),
            indicator(IndicatorKind::Filename, "tool.exe"),
        ],
        ..Scope::default()
    }
}

fn of(all: &Answers, ip: [u8; 4], kind: IndicatorKind) -> &Answer {
    all.rows
        .iter()
        .find(|r| r.host == Ipv4Addr::from(ip) && r.indicator.kind == kind)
        .unwrap()
}

fn get(path: &str, host: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: t\r\n\r\n").into_bytes()
}

fn tell(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend(body);
    out
}

#[test]
fn rungs_from_delivered_to_none() {
    let program = [&b"MZ\x90\0\x03\0\0\0\x04\0\0\0"[..], &[7; 200]].concat();
    let client = |n: u8| ([10, 0, 0, n], 40_000 + u16::from(n));
    let mut tape = Tape::default();
    tape.look_up(client(10), NAME, Some(SERVER.0));
    tape.talk(
        client(10),
        SERVER,
        &get("/tool.exe", NAME),
        &tell("200 OK", "application/octet-stream", &program),
    );
    tape.talk(
        client(11),
        SERVER,
        &get("/tool.exe", NAME),
        &tell("404 Not Found", "text/html", b"<html>no</html>"),
    );
    tape.talk(
        client(12),
        SERVER,
        &get("/TOOL.exe", NAME),
        &tell("200 OK", "text/html", b"<html><body>blocked</body></html>"),
    );
    tape.look_up(client(13), &format!("{NAME}.corp.test"), None);
    tape.talk(
        client(14),
        SERVER,
        &get("/tool.exe.txt", "other.example.org"),
        &tell("200 OK", "text/plain", b"nothing"),
    );
    tape.talk(
        client(15),
        SERVER,
        &get("/tool.exe", &Ipv4Addr::from(SERVER.0).to_string()),
        &tell("200 OK", "application/octet-stream", &program),
    );
    let (all, seen) = answers(&tape, &scope());
    let (name, file) = (IndicatorKind::Domain, IndicatorKind::Filename);
    for (n, kind, rung, matched) in [
        (10, name, Rung::Delivered, "host"),
        (10, file, Rung::Delivered, "path"),
        (11, file, Rung::Refused, "path"),
        (12, file, Rung::Refused, "path"),
        (13, name, Rung::LookedUp, "suffix"),
        (13, file, Rung::None, ""),
        (14, name, Rung::None, ""),
        (14, file, Rung::None, ""),
        (15, name, Rung::Delivered, "address"),
        (15, file, Rung::Delivered, "path"),
    ] {
        let row = of(&all, [10, 0, 0, n], kind);
        assert_eq!(row.rung, rung, "10.0.0.{n} {kind:?}: {}", row.reason);
        assert!(
            matched.is_empty() == row.matched.is_empty(),
            "10.0.0.{n} {kind:?}"
        );
        assert!(
            matched.is_empty() || row.matched.contains(&matched),
            "10.0.0.{n} {kind:?}: {:?}",
            row.matched
        );
        assert_eq!(row.packets.is_empty(), rung == Rung::None);
    }
    assert!(of(&all, [10, 0, 0, 11], file).files.is_empty());
    assert!(
        of(&all, [10, 0, 0, 15], name)
            .reason
            .contains("the name's address")
    );
    let silent = of(&all, [10, 0, 0, 99], name);
    assert_eq!((silent.answer, silent.covered_s), (Verdict::CannotTell, 0));
    // The resolver answered for others; it asked for nothing itself.
    assert!(
        all.rows
            .iter()
            .all(|r| r.host != Ipv4Addr::from(RESOLVER.0) || r.rung == Rung::None)
    );
    assert_eq!(all.decisions[0].rule, Rule::ISOLATE_AND_EXAMINE);
    assert!(
        all.derived
            .iter()
            .any(|i| i.value == Ipv4Addr::from(SERVER.0).to_string())
    );
    assert!(seen >= 4, "{seen}");
    for word in ["clean", "safe"] {
        assert!(
            all.rows
                .iter()
                .all(|r| !r.reason.contains(word) && !r.checked.contains(word))
        );
    }
}

#[test]
fn the_window_decides_what_counts_and_says_so() {
    let client: End = ([10, 0, 0, 10], 40_000);
    let mut tape = Tape::default();
    tape.talk(
        client,
        SERVER,
        &get("/tool.exe", NAME),
        &tell("200 OK", "application/octet-stream", &[9; 50]),
    );
    for _ in 0..200 {
        tape.udp(client, ([10, 0, 0, 3], 9), b"x");
    }
    let window = |from: i64| Window {
        from: Some(Timestamp::from_parts(from, 0)),
        to: None,
    };
    let row = |from| {
        let (all, _) = answers(
            &tape,
            &Scope {
                window: window(from),
                ..scope()
            },
        );
        of(&all, client.0, IndicatorKind::Filename).clone()
    };
    let inside = row(900);
    assert!(
        inside.in_window && inside.reason.contains("No look-up"),
        "{}",
        inside.reason
    );
    let edge = row(1004);
    assert!(
        edge.in_window && edge.reason.contains("before the window"),
        "{}",
        edge.reason
    );
    let outside = row(1100);
    assert!(
        !outside.in_window && outside.rung == Rung::Delivered,
        "{}",
        outside.reason
    );
    assert!(
        outside.reason.contains("utside the window"),
        "{}",
        outside.reason
    );
}
