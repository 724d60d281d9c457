//! Flow logs among captures: recognised by content, told row by row, never above *contacted*; what is wrong
//! with a line is said with its number; what a log cannot show is said and not left empty.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use weir_tests::desk::Desk;
use weir_tests::golden::world::World;
use weir_tests::golden::write::{Case, Twin, build};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n\
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\
    \tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\tresp_pkts\n";

/// Three conversations: an answered one, one that nobody answered, a look-up.
fn table() -> String {
    let mut out = HEAD.to_owned();
    for row in [
        "1772625600.5\tCa\t192.168.100.23\t50112\t203.0.113.9\t80\ttcp\thttp\t1.5\t300\t70000\tSF\tT\t0\tShADadFf\t9\t60",
        "1772625700\tCb\t192.168.100.24\t50113\t203.0.113.9\t443\ttcp\t-\t-\t0\t0\tS0\tT\t0\tS\t3\t0",
        "1772625800\tCc\t192.168.100.24\t50114\t192.168.100.2\t53\tudp\tdns\t0.01\t40\t80\tSF\tT\t0\tDd\t1\t1",
    ] {
        out += row;
        out.push('\n');
    }
    out
}

fn scope(indicators: &Value) -> Value {
    json!({
        "schema": 1, "issue": "breach", "question": "?", "zone": "UTC",
        "window": {"from": "2026-03-04T12:00:00Z", "to": "2026-03-04T12:10:00Z"},
        "networks": ["192.168.100.0/24"], "hosts": [], "exclude": [], "protocols": [],
        "indicators": indicators,
    })
}

fn answers(desk: &mut Desk, scope: &Value) -> Vec<Value> {
    let reply = desk.ask("answers", json!({"scope": scope, "narrowing": null}));
    reply["answers"].as_array().unwrap().clone()
}

fn text<'a>(v: &'a Value, key: &str) -> &'a str {
    v[key].as_str().unwrap_or_default()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn a_log_is_a_capture_without_packets() {
    let mut desk = Desk::new(1);
    let loaded = desk.load(&[("conn.log", table().into_bytes())]);
    let capture = &loaded["captures"][0];
    assert_eq!(text(capture, "kind"), "flow_log");
    assert_eq!(text(capture, "format"), "Zeek conn (TSV)");
    assert_eq!(capture["packets"], 3);
    assert_eq!(text(capture, "first"), "1772625600.500000000");
    assert_eq!(text(capture, "last"), "1772625800.010000000");
    let summary = desk.ask("summary", json!({}));
    assert_eq!(summary["packets"], 0);
    assert_eq!(summary["rows"], 3);
    assert_eq!(summary["hosts"], 4);
    assert_eq!(text(&summary["captures"][0], "sha256").len(), 64);
    let health = summary["health"].as_array().unwrap();
    assert!(
        health
            .iter()
            .any(|l| l["issue"] == "flow_records" && text(l, "says").contains("flow records only")),
        "{health:?}"
    );
}

#[test]
fn rows_are_listed_and_opened_with_every_column() {
    let mut desk = Desk::with(1, &[("conn.log", table().into_bytes())]);
    let csv = desk.table(json!({"table": "rows"}));
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(csv.contains("A:r2,"), "{csv}");
    let view = desk.ask("view", json!({"table": "rows"}));
    let found = desk.ask("locate", json!({"view": view["view"], "key": "A:r2"}));
    assert_eq!(found["row"], 1);
    let card = desk.ask("row", json!({"row": "A:r1"}));
    assert_eq!(card["line"], 7);
    assert_eq!(text(&card, "evidence"), "[[r1]]");
    let columns = card["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 17);
    // Also a column that Weir does not read otherwise.
    assert!(columns.contains(&json!({"name": "local_orig", "value": "T"})));
    for bad in ["A:r4", "A:r0", "B:r1", "A:1"] {
        assert!(
            !desk.ask("row", json!({"row": bad}))["error"].is_null(),
            "{bad}"
        );
    }
}

#[test]
fn an_answer_from_rows_stops_at_contacted_and_only_where_somebody_answered() {
    let mut desk = Desk::with(1, &[("conn.log", table().into_bytes())]);
    let scope = scope(&json!([
        {"kind": "address", "value": "203.0.113.9"},
        {"kind": "filename", "value": "tool.exe"},
    ]));
    let rows = answers(&mut desk, &scope);
    let of = |host: &str, kind: &str| {
        rows.iter()
            .find(|r| r["host"] == host && r["indicator"]["kind"] == kind)
            .unwrap()
    };
    for kind in ["address", "filename"] {
        let met = of("192.168.100.23", kind);
        assert_eq!(text(met, "rung"), "contacted");
        assert_eq!(text(met, "answer"), "not_seen");
        assert_eq!(met["evidence"], json!(["[[r1]]"]));
        assert_eq!(met["rows"], json!(["A:r1"]));
        assert!(text(met, "reason").contains("flow records only"), "{met}");
        assert!(
            text(met, "checked").contains("3 rows of flow logs"),
            "{met}"
        );
        // Nobody answered.
        let tried = of("192.168.100.24", kind);
        assert_eq!(text(tried, "rung"), "none");
        assert!(tried["rows"].is_null());
    }
    let covered = desk.ask("coverage", json!({ "scope": scope }));
    assert_eq!(covered["covered_s"], 0);
    assert_eq!(covered["flow_only_s"], 199);
    assert!(
        covered["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|g| g["why"] == "flow_records"),
        "{covered}"
    );
}

#[test]
fn a_row_of_a_captured_conversation_says_nothing_of_its_own() {
    let case = build(1, Twin::None, true);
    let sample = case.files.iter().find(|(n, _)| n == "sample.pcap").unwrap();
    let flows = Desk::with(1, &[("a.pcap", sample.1.clone())]).table(json!({"table": "flows"}));
    let tcp = flows.lines().find(|l| l.contains(":tcp:")).unwrap();
    let cells: Vec<&str> = tcp.split(',').collect();
    let row = format!(
        "{}\tCx\t{}\t{}\t{}\t{}\ttcp\t-\t1\t1\t1\tSF\tT\t0\t-\t5\t5\n",
        cells[10], cells[2], cells[3], cells[4], cells[5]
    );
    let log = format!("{HEAD}{row}").into_bytes();
    let mut desk = Desk::with(1, &[("a.pcap", sample.1.clone()), ("conn.log", log)]);
    let card = desk.ask("row", json!({"row": "B:r1"}));
    assert_eq!(text(&card, "captured_as"), cells[0]);
    let hosts = desk.table(json!({"table": "hosts"}));
    assert!(!hosts.contains("flow records"), "{hosts}");
    let scope = scope(&json!([{"kind": "address", "value": cells[4]}]));
    for row in answers(&mut desk, &scope) {
        assert!(row["rows"].is_null(), "{row}");
    }
}

#[test]
fn lines_that_are_no_rows_are_named_and_the_others_kept() {
    let mut bad = table();
    bad += "1772625900\tCd\tnobody\t1\t203.0.113.9\t80\ttcp\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\n";
    bad += "1772625950\tCe\t192.168.100.25";
    let mut desk = Desk::new(1);
    let loaded = desk.load(&[("conn.log", bad.into_bytes())]);
    let capture = &loaded["captures"][0];
    assert_eq!(capture["packets"], 3);
    let stopped = &capture["stopped"];
    assert!(
        text(stopped, "message").contains("line 10: id.orig_h \u{201c}nobody\u{201d}"),
        "{stopped}"
    );
    assert_eq!(text(stopped, "kept"), "3 rows kept");
    let summary = desk.ask("summary", json!({}));
    let line = summary["health"].as_array().unwrap();
    let line = line.iter().find(|l| l["issue"] == "log_lines").unwrap();
    assert_eq!(line["count"], 2);
}

#[test]
fn other_logs_are_refused_by_their_name() {
    let dns = HEAD.replace("#path\tconn", "#path\tdns");
    let json = "{\"ts\":1772625600.1,\"uid\":\"C\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":5,\"id.resp_h\":\"192.0.2.2\",\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"a.example\"}\n";
    let mut desk = Desk::new(1);
    let loaded = desk.load(&[
        ("dns.log", dns.into_bytes()),
        ("dns.json", json.as_bytes().to_vec()),
    ]);
    assert_eq!(loaded["captures"], json!([]));
    let refused = loaded["refused"].as_array().unwrap();
    let says = |n: usize| refused[n]["error"].to_string();
    assert!(says(0).contains("dns"), "{}", says(0));
    assert!(says(0).contains("line 5"), "{}", says(0));
    assert!(says(1).contains("JSON"), "{}", says(1));
}

#[test]
fn the_same_log_twice_counts_once() {
    let log = table().into_bytes();
    let mut desk = Desk::with(1, &[("conn.log", log.clone()), ("copy.log", log)]);
    let summary = desk.ask("summary", json!({}));
    assert_eq!(text(&summary["captures"][1], "same_as"), "A");
    assert_eq!(desk.table(json!({"table": "rows"})).lines().count(), 4);
    let hosts = desk.table(json!({"table": "hosts"}));
    let host = hosts
        .lines()
        .find(|l| l.contains("192.168.100.23"))
        .unwrap();
    assert!(host.contains("flow records only,1"), "{host}");
}

#[test]
fn narrowing_works_on_what_rows_have_and_says_where_it_does_not_apply() {
    let mut desk = Desk::with(1, &[("conn.log", table().into_bytes())]);
    let mut rows = |filter: &str| {
        let narrowing =
            json!({"filter": filter, "from": null, "to": null, "captures": null, "unique": false});
        let view = desk.ask("view", json!({"table": "rows", "narrowing": narrowing}));
        (view["rows"].as_u64().unwrap(), !view["remark"].is_null())
    };
    for (filter, want) in [
        ("ip.addr == 203.0.113.9", (2, false)),
        ("ip.src == 203.0.113.9", (1, false)),
        ("tcp.port == 443", (1, false)),
        ("tcp.dstport == 50113", (0, false)),
        ("udp", (1, false)),
        ("not tcp", (1, false)),
        ("dns and udp.port == 53", (1, false)),
        ("ipv6", (0, false)),
        ("frame.time >= \"2026-03-04T12:01:00Z\"", (2, false)),
        // A row cannot tell: it stays, and that is said.
        ("http.host == \"a.example\"", (3, true)),
        (
            "ip.addr == 192.168.100.23 and http.host == \"a.example\"",
            (1, true),
        ),
        (
            "ip.addr == 192.0.2.99 and http.host == \"a.example\"",
            (0, false),
        ),
    ] {
        assert_eq!(rows(filter), want, "{filter}");
    }
    let narrowing = json!({"filter": "", "from": "2026-03-04T12:01:00Z", "to": null, "captures": ["A"], "unique": false});
    let view = desk.ask("view", json!({"table": "rows", "narrowing": narrowing}));
    assert_eq!(view["rows"], 2);
    for table in ["packets", "files", "messages", "flows"] {
        let view = desk.ask("view", json!({"table": table}));
        assert_eq!(view["rows"], 0);
        assert!(
            text(&view, "remark").contains("flow records only"),
            "{table}: {view}"
        );
    }
    let packet = desk.ask("packet", json!({"packet": "A:1"}));
    assert!(
        text(&packet, "error").contains("flow records only"),
        "{packet}"
    );
    let follow = desk.ask(
        "follow",
        json!({"flow": "A:tcp:0", "from": 0, "max_bytes": 10}),
    );
    assert!(
        text(&follow, "error").contains("flow records only"),
        "{follow}"
    );
}

#[test]
fn pieces_and_fuel_change_nothing() {
    let log = table().into_bytes();
    let mut whole = Desk::with(1, &[("conn.log", log.clone())]);
    let want = (
        whole.table(json!({"table": "rows"})),
        whole.ask("summary", json!({})),
    );
    for (piece, fuel) in [(1, 1), (7, 2), (4096, 1)] {
        let mut desk = Desk::new(1);
        (desk.piece, desk.fuel) = (piece, fuel);
        desk.load(&[("conn.log", log.clone())]);
        let got = (
            desk.table(json!({"table": "rows"})),
            desk.ask("summary", json!({})),
        );
        assert!(got == want, "pieces of {piece}");
    }
}

#[test]
fn a_log_goes_and_comes_back() {
    let log = table().into_bytes();
    let mut desk = Desk::with(1, &[("conn.log", log.clone())]);
    desk.ask("captures.remove", json!({"capture": "A"}));
    assert_eq!(desk.ask("summary", json!({}))["hosts"], 0);
    assert!(!desk.ask("row", json!({"row": "A:r1"}))["error"].is_null());
    desk.load(&[("conn.log", log)]);
    assert_eq!(
        text(&desk.ask("row", json!({"row": "B:r1"})), "row"),
        "B:r1"
    );
    desk.ask(
        "captures.offset",
        json!({"capture": "B", "seconds": "-100.5"}),
    );
    let card = desk.ask("row", json!({"row": "B:r1"}));
    assert_eq!(text(&card, "begun"), "1772625500.000000000");
}

#[test]
fn hostile_cells_are_only_text() {
    let mut log = HEAD.to_owned();
    log += "1\t<script>\\x1b[2J\u{202e}\t::1%<b>\t1\t192.0.2.1\t1\t\"><img src=x>\t=cmd()\t-\t-\t-\t-\t-\t-\t-\t-\t-\n";
    log += &format!(
        "1\t{}\t192.0.2.1\t1\t192.0.2.2\t1\ttcp\t-\t-\t-\t-\t-\t-\t-\t-\t18446744073709551615\t18446744073709551615\n",
        "x".repeat(100_000)
    );
    let mut desk = Desk::with(1, &[("conn.log", log.into_bytes())]);
    let csv = desk.table(json!({"table": "rows"}));
    // A cell that a spreadsheet would run begins with a mark.
    assert!(!csv.contains(",=cmd"), "{csv}");
    assert_eq!(desk.ask("summary", json!({}))["rows"], 2);
    let card = desk.ask("row", json!({"row": "A:r2"}));
    assert!(card["columns"].to_string().len() < 200_000);
}

fn file(case: &Case, name: &str) -> Vec<u8> {
    case.files
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, b)| b.clone())
        .unwrap()
}

/// Hosts that had an answer from one of these addresses, by the log's own text.
fn answered(log: &[u8], servers: &[String]) -> BTreeSet<String> {
    let log = String::from_utf8_lossy(log).into_owned();
    let rows = log.lines().filter(|l| !l.starts_with('#'));
    // Of a transfer that was under way the server is the first to be heard.
    rows.map(|l| l.split('\t').collect::<Vec<_>>())
        .filter(|c| c[16] != "0")
        .flat_map(|c| {
            [
                (c[2].to_owned(), c[4].to_owned()),
                (c[4].to_owned(), c[2].to_owned()),
            ]
        })
        .filter(|(_, server)| servers.contains(server))
        .map(|(host, _)| host)
        .collect()
}

/// The log of capture B alone: everybody who talked with the domain's addresses is *contacted* and cites the
/// rows; nobody is above, and without a row there is nothing.
#[test]
fn from_the_golden_log_alone_nothing_is_above_contacted() {
    for seed in [1, 2] {
        let case = build(seed, Twin::None, false);
        let world = World::new(seed, false);
        let servers = vec![
            world.places.bad4.to_string(),
            world.places.control4.to_string(),
        ];
        let log = file(&case, "b.conn.log");
        let met = answered(&log, &servers);
        assert!(!met.is_empty(), "seed {seed} has no such row");
        let mut scope: Value = serde_json::from_slice(&file(&case, "scope.json")).unwrap();
        let list = scope["indicators"].as_array_mut().unwrap();
        list.extend(
            servers
                .iter()
                .map(|s| json!({"kind": "address", "value": s})),
        );
        let mut desk = Desk::with(1, &[("b.conn.log.gz", log.clone())]);
        let mut contacted = BTreeSet::new();
        for row in answers(&mut desk, &scope) {
            let rung = text(&row, "rung");
            // An address that the scope names and no record shows is silent, in a log as in a capture.
            if text(&row, "reason").starts_with("Silent") {
                continue;
            }
            assert!(matches!(rung, "none" | "contacted"), "seed {seed}: {row}");
            let rows = row["rows"].as_array().map_or(0, Vec::len);
            assert_eq!(rows > 0, rung == "contacted", "{row}");
            assert_eq!(row["packets"], json!([]));
            if rung == "contacted" {
                contacted.insert(text(&row, "host").to_owned());
                for cited in row["evidence"].as_array().unwrap() {
                    let inner = cited.as_str().unwrap().trim_matches(['[', ']']);
                    let card = desk.ask("row", json!({"row": format!("A:{inner}")}));
                    let ends = [text(&card, "originator"), text(&card, "responder")];
                    assert!(servers.iter().any(|s| ends.contains(&s.as_str())), "{card}");
                }
            }
        }
        assert_eq!(contacted, met, "seed {seed}");
    }
}

/// Capture A and the log of B: the packets' rungs stand as they do for A alone; who only appears in B's rows,
/// with an address that A's answers tie to the name, is *contacted*.
#[test]
fn packets_of_a_and_rows_of_b_are_one_session() {
    let case = build(1, Twin::None, false);
    let scope: Value = serde_json::from_slice(&file(&case, "scope.json")).unwrap();
    let (a, log) = (file(&case, "a.pcap"), file(&case, "b.conn.log"));
    let place = |r: &Value| {
        let who = r["mac"].as_str().unwrap_or_else(|| text(r, "host"));
        format!("{who} {} {}", r["indicator"]["value"], r["direction"])
    };
    let alone = answers(&mut Desk::with(1, &[("a.pcap", a.clone())]), &scope);
    let mut desk = Desk::with(1, &[("a.pcap", a), ("b.conn.log", gunzipped(&gzip(&log)))]);
    let mut contacted = BTreeSet::new();
    for row in answers(&mut desk, &scope) {
        let before = alone.iter().find(|r| place(r) == place(&row));
        let (rung, was) = (
            text(&row, "rung"),
            before.map_or("none", |r| text(r, "rung")),
        );
        if row["rows"].is_null() {
            assert_eq!(rung, was, "{row}");
            continue;
        }
        assert_eq!(rung, "contacted", "{row}");
        assert!(matches!(was, "none" | "looked_up" | "contacted"), "{row}");
        contacted.insert(text(&row, "host").to_owned());
        let rows = row["rows"].as_array().unwrap();
        assert!(
            rows.iter().all(|r| r.as_str().unwrap().starts_with("B:r")),
            "{row}"
        );
    }
    let world = World::new(1, false);
    let met = answered(&log, &[world.places.bad4.to_string()]);
    assert!(
        contacted.iter().all(|h| met.contains(h)),
        "{contacted:?} {met:?}"
    );
    let covered = desk.ask("coverage", json!({ "scope": scope }));
    assert!(covered["flow_only_s"].as_u64().unwrap() > 6000, "{covered}");
    assert!(
        covered["covered_s"].as_u64().unwrap() > 160_000,
        "{covered}"
    );
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut out)
        .unwrap();
    out
}

#[test]
fn quiet_hosts_are_listed_up_to_a_bound_that_is_told_and_those_with_a_trace_always() {
    const HOSTS: u32 = 60_000;
    let mut log = HEAD.to_owned();
    for n in 0..HOSTS {
        let ip = std::net::Ipv4Addr::from(0x0a00_0001 + n);
        let server = if n == HOSTS - 1 { 9 } else { 8 };
        log += &format!(
            "1772625600.5\tC{n}\t{ip}\t50112\t203.0.113.{server}\t80\ttcp\t-\t1\t30\t70\tSF\tT\t0\tSh\t2\t2\n"
        );
    }
    let mut desk = Desk::new(1);
    desk.load(&[("conn.log", log.into_bytes())]);
    let mut scope = scope(&json!([{"kind": "address", "value": "203.0.113.9"}]));
    scope["networks"] = json!(["10.0.0.0/8"]);
    let reply = desk.ask("answers", json!({"scope": scope, "narrowing": null}));
    let rows = reply["answers"].as_array().unwrap();
    assert_eq!(rows.len(), 50_001);
    let traced: Vec<&Value> = rows.iter().filter(|r| r["rung"] == "contacted").collect();
    assert_eq!(traced.len(), 1);
    assert_eq!(
        traced[0]["host"],
        std::net::Ipv4Addr::from(0x0a00_0001 + HOSTS - 1).to_string()
    );
    let beside = reply["beside"].as_array().unwrap();
    assert!(
        text(&json!({"b": beside[0]}), "b").starts_with("9999 more hosts of the scope"),
        "{beside:?}"
    );
}
