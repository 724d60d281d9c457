//! Proofs of the structure on generated captures: nothing observable depends on how bytes came, on
//! hash seeds, on where files were cut, on when a request was cancelled or on the planner.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::rc::Rc;
use weir_filter::Program;
use weir_session::ops::State;
use weir_session::{Input, Job, Matches, Scan, Session, Step, schema};
use weir_tests::desk::{Desk, sample};

fn dump(desk: &mut Desk) -> Vec<(&'static str, String)> {
    desk.dump()
}

fn same(a: &[(&'static str, String)], b: &[(&'static str, String)]) {
    for ((name, x), (_, y)) in a.iter().zip(b) {
        let differs = x.lines().zip(y.lines()).find(|(p, q)| p != q);
        assert!(x == y, "{name} differs: {differs:?}");
    }
}

#[test]
fn the_sample_says_something() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let summary = desk.ask("summary", json!({}));
    assert!(summary["packets"].as_u64().unwrap() > 100, "{summary}");
    assert!(summary["flows"].as_u64().unwrap() > 10);
    assert!(summary["files"].as_u64().unwrap() > 3);
    let files = desk.table(json!({"table": "files"}));
    assert!(files.lines().count() > 3, "{files}");
    let packets = desk.table(json!({"table": "packets"}));
    assert_eq!(
        packets.lines().count() as u64,
        summary["packets"].as_u64().unwrap() + 1
    );
}

#[test]
fn pieces_of_any_size_give_the_same() {
    let bytes = sample();
    let mut whole = Desk::with(1, &[("sample.pcap", bytes.clone())]);
    let whole = dump(&mut whole);
    for (piece, fuel) in [(1, 3), (7, 1), (4096, 100)] {
        let mut desk = Desk::new(1);
        (desk.piece, desk.fuel) = (piece, fuel);
        desk.load(&[("sample.pcap", bytes.clone())]);
        desk.fuel = 1 << 16;
        same(&whole, &dump(&mut desk));
    }
}

#[test]
fn hash_seeds_are_not_observable() {
    let bytes = sample();
    let [mut a, mut b] =
        [1, 0xdead_beef_0042].map(|seed| Desk::with(seed, &[("s", bytes.clone())]));
    same(&dump(&mut a), &dump(&mut b));
}

/// Byte offsets of a classic pcap's packets.
fn records(bytes: &[u8]) -> Vec<usize> {
    let mut at = 24;
    let mut out = Vec::new();
    while at + 16 <= bytes.len() {
        out.push(at);
        at += 16 + u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
    }
    out
}

/// A capture cut into files of a chain, at these packets.
fn cut(bytes: &[u8], at: &[usize]) -> Vec<Vec<u8>> {
    let records = records(bytes);
    let mut ends: Vec<usize> = at.iter().map(|n| records[*n]).collect();
    ends.push(bytes.len());
    let mut from = 24;
    ends.into_iter()
        .map(|end| {
            let mut file = bytes[..24].to_vec();
            file.extend_from_slice(&bytes[from..end]);
            from = end;
            file
        })
        .collect()
}

/// Rows of a table without the columns that name packets and streams by file.
fn rows(desk: &mut Desk, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let view = desk.ask("view", json!({"table": table}));
    let reply = desk.reply("table.save", json!({"view": view["view"], "as": "json"}));
    let value: Value = serde_json::from_slice(&reply.bytes.unwrap()).unwrap();
    value["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            columns
                .iter()
                .map(|c| row[*c].as_str().unwrap_or("").to_owned())
                .collect()
        })
        .collect()
}

#[test]
fn three_files_of_a_chain_say_what_one_says() {
    let bytes = sample();
    let n = records(&bytes).len();
    let parts = cut(&bytes, &[n / 3, 2 * n / 3]);
    let mut one = Desk::with(1, &[("whole.pcap", bytes)]);
    // Dropped in another order than they were written.
    let mut three = Desk::with(
        1,
        &[
            ("b.pcap", parts[1].clone()),
            ("c.pcap", parts[2].clone()),
            ("a.pcap", parts[0].clone()),
        ],
    );
    for (table, columns) in [
        (
            "messages",
            &[
                "time", "protocol", "client", "server", "message", "duration",
            ][..],
        ),
        (
            "files",
            &[
                "name",
                "type",
                "size",
                "complete",
                "direction",
                "client",
                "server",
                "sha256",
                "url",
                "time",
            ],
        ),
        (
            "flows",
            &[
                "protocol",
                "client",
                "client_port",
                "server",
                "server_port",
                "packets",
                "bytes",
                "start",
                "duration",
            ],
        ),
    ] {
        let (a, b) = (
            rows(&mut one, table, columns),
            rows(&mut three, table, columns),
        );
        assert!(!a.is_empty(), "no {table}");
        for (x, y) in a.iter().zip(&b) {
            assert_eq!(x, y, "{table}");
        }
        assert_eq!(a.len(), b.len(), "{table}");
    }
}

#[test]
fn decode_as_before_and_after_the_load_is_the_same() {
    let bytes = sample();
    let entries = json!({"entries": [
        {"key": "tcp.port", "value": 80, "protocol": "ftp"},
        {"key": "udp.port", "value": 53, "protocol": "nbns"},
    ]});
    let mut plain = Desk::with(1, &[("s", bytes.clone())]);
    let mut before = Desk::new(1);
    before.ask("decode_as", entries.clone());
    before.load(&[("s", bytes.clone())]);
    let mut after = Desk::with(1, &[("s", bytes)]);
    after.ask("decode_as", entries);
    after.ask("hash", json!({}));
    let (before, after, plain) = (dump(&mut before), dump(&mut after), dump(&mut plain));
    same(&before, &after);
    assert_ne!(
        before[2], plain[2],
        "what the analyst said changes messages"
    );
}

#[test]
fn cancelled_at_any_step_and_asked_again_is_as_if_never_cancelled() {
    let bytes = sample();
    let mut desk = Desk::with(1, &[("s", bytes)]);
    let requests = [
        (
            "view",
            json!({"table": "packets", "narrowing": {"filter": "http.request"}}),
        ),
        ("view", json!({"table": "packets", "text": "get"})),
        ("packet", json!({"packet": "A:40"})),
        ("follow", json!({"flow": "A:tcp:0", "from": 0})),
        (
            "filter.counts",
            json!({"filters": [{"id": "a", "text": "tcp.len > 0"}], "narrowing": null}),
        ),
    ];
    for (op, args) in requests {
        let mut fresh = Desk::with(1, &[("s", sample())]);
        let want = fresh.ask(op, args.clone());
        desk.fuel = 50;
        for stop in 0..12 {
            let (id, mut reply) = desk.begin(op, args.clone());
            for _ in 0..stop {
                if matches!(reply.state, State::Done | State::Failed) {
                    break;
                }
                reply = desk.step(id, &reply);
            }
            desk.engine.cancel(id);
        }
        desk.fuel = 1 << 16;
        let mut got = desk.ask(op, args);
        // Views are numbered; the number is the only thing that may differ.
        if op == "view" {
            got["view"] = want["view"].clone();
        }
        assert_eq!(got, want, "{op}");
    }
}

#[test]
fn a_load_cancelled_and_begun_again_is_as_if_never_cancelled() {
    let bytes = sample();
    let mut whole = Desk::with(1, &[("s", bytes.clone())]);
    let want = whole.dump();
    for stop in [0, 1, 2, 5, 9, 20] {
        let mut desk = Desk::new(1);
        (desk.piece, desk.fuel) = (1000, 10);
        let file = desk.file("s", bytes.clone());
        let (id, mut reply) = desk.begin("load", json!({"files": [file]}));
        for _ in 0..stop {
            if reply.state == State::Done {
                break;
            }
            reply = desk.step(id, &reply);
        }
        desk.engine.cancel(id);
        // What was read stands, and says that it is a part.
        let kept = desk.ask("summary", json!({}));
        for c in kept["captures"].as_array().unwrap() {
            assert!(
                c["stopped"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("cancelled"),
                "{c}"
            );
            desk.ask("captures.remove", json!({"capture": c["capture"]}));
        }
        let mut again = Desk::new(1);
        again.load(&[("s", bytes.clone())]);
        same(&want, &again.dump());
    }
}

fn scan(session: &mut Session, bytes: &[u8], filter: &str, planned: bool) -> (Matches, u64) {
    let program = Rc::new(Program::new(filter, schema()).unwrap());
    let mut scan = Scan::new(&[program], planned);
    let mut input = Input::default();
    loop {
        match scan.step(session, &mut input, 1 << 16) {
            Step::More => {}
            Step::Done => break,
            Step::Failed(e) => unreachable!("{e}"),
            Step::Need(needs) => {
                for n in needs {
                    let range = n.start as usize..n.end as usize;
                    input.supply(n.source, n.start, &bytes[range]);
                }
            }
        }
    }
    let matches = scan.matches()[0].clone();
    (matches, scan.read())
}

#[test]
fn the_planner_changes_no_answer() {
    let bytes = sample();
    let mut session = Session::new(1);
    let mut load = weir_session::Load::new(vec![weir_session::File {
        source: weir_session::SourceNo(0),
        raw: weir_session::SourceNo(0),
        name: "s".into(),
        size: bytes.len() as u64,
        plain_size: bytes.len() as u64,
        compression: None,
        broken: None,
    }]);
    let mut input = Input::default();
    loop {
        match load.step(&mut session, &mut input, 1 << 16) {
            Step::More => {}
            Step::Done => break,
            Step::Failed(e) => unreachable!("{e}"),
            Step::Need(needs) => {
                for n in needs {
                    input.supply(n.source, n.start, &bytes[n.start as usize..n.end as usize]);
                }
            }
        }
    }
    let mut filters: Vec<String> = [
        "ip",
        "ipv6",
        "tcp",
        "udp",
        "dns",
        "http",
        "ftp",
        "ftp-data",
        "tls",
        "arp",
        "icmp",
        "dhcp",
        "frame.number > 50",
        "frame.len >= 100 and frame.len < 200",
        "frame.time_delta > 0.5",
        "frame.time_relative < 60",
        "frame.protocols contains \"dns\"",
        "tcp.port == 80",
        "tcp.srcport == 80",
        "tcp.port != 80",
        "tcp.port in {21, 80, 443}",
        "udp.port == 53",
        "tcp.stream == 3",
        "udp.stream eq 2",
        "not tcp",
        "!(ip.addr == 192.168.0.0/16)",
        "ip.src == 10.0.0.0/8",
        "ip.dst != ip.src",
        "ipv6.src",
        "tcp.len > 0",
        "http.request",
        "http.response",
        "dns.flags.response == 1",
        "http.host contains \"e\"",
        "tcp and not http",
        "count(ip) == 1",
        "ip.addr == ip.src",
        "tcp.srcport < tcp.dstport",
        "frame.number in {1..10, 100}",
        "http or dns",
        "(tcp.port == 80 and http.request) or udp.port == 53",
        "ip.ttl < 64",
        "eth.addr contains 00:00",
        "frame contains \"GET\"",
    ]
    .map(str::to_owned)
    .to_vec();
    // Existence of every field there is.
    for protocol in weir_dissect::protocols::ALL {
        filters.extend(protocol.fields.iter().map(|f| f.name.to_owned()));
    }
    filters.retain(|f| Program::new(f, schema()).is_ok());
    assert!(filters.len() > 200, "{}", filters.len());
    let mut spared = 0;
    for filter in &filters {
        let (a, with) = scan(&mut session, &bytes, filter, true);
        let (b, without) = scan(&mut session, &bytes, filter, false);
        assert_eq!(a, b, "{filter}");
        spared += without - with;
    }
    assert!(spared > 0, "the planner decides nothing");
}

#[test]
fn an_empty_file_is_refused_and_others_are_kept() {
    let mut desk = Desk::new(1);
    let loaded = desk.load(&[("empty.pcap", Vec::new()), ("sample.pcap", sample())]);
    assert_eq!(loaded["captures"].as_array().unwrap().len(), 1, "{loaded}");
    let refused = &loaded["refused"][0];
    assert_eq!(refused["name"], "empty.pcap");
    assert!(refused["error"]["message"].as_str().unwrap().len() > 10);
}

/// The wasm build has the same test over the same line of text, in Node and in a worker of Chromium.
#[test]
fn the_sample_is_told_as_committed() {
    let now = weir_tests::desk::digest_of_sample();
    if std::env::var_os("WEIR_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/sample.digest");
        std::fs::write(path, &now).unwrap();
        return;
    }
    assert_eq!(
        now,
        weir_tests::desk::SAMPLE_DIGEST,
        "run with WEIR_BLESS=1 after reading what changed"
    );
}
