//! What an analyst sees first of the golden case: the order of the leads, the chain of the spread, the next check-in
//! held against the later capture, and the hosts that stick out; and that its twins raise nothing that is not there.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use weir_tests::desk::Desk;
use weir_tests::golden::key::Plant;
use weir_tests::golden::write::{Case, Twin, build};

/// Seeds on which nothing was looked at before.
const SEEDS: [u64; 2] = [3, 19];
/// What the first look is given.
const FIRST: usize = 10;

fn file(case: &Case, name: &str) -> Vec<u8> {
    case.files
        .iter()
        .find(|(n, _)| n == name)
        .unwrap()
        .1
        .clone()
}

fn scope(case: &Case) -> Value {
    serde_json::from_slice(&file(case, "scope.json")).unwrap()
}

fn desk(case: &Case, captures: &[&str]) -> Desk {
    let files: Vec<(&str, Vec<u8>)> = captures.iter().map(|n| (*n, file(case, n))).collect();
    let mut desk = Desk::with(1, &files);
    desk.ask("hash", json!({}));
    desk
}

fn plant(case: &Case, row: u16) -> &Plant {
    case.key.plants.iter().find(|p| p.row == row).unwrap()
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

fn says(side: &Value) -> Vec<&str> {
    list(side, "rows").iter().map(|r| text(r, "says")).collect()
}

/// Is this finding of that kind and about the plant's host?
fn of(f: &Value, detection: &str, plant: &Plant) -> bool {
    text(f, "detection") == detection && text(f, "mac") == plant.host.mac
}

fn leads(case: &Case, seed: u64) {
    let mut desk = desk(case, &["a.pcap"]);
    let found = desk.ask("findings", json!({"scope": scope(case)}));
    let all = list(&found, "findings");
    let by_id = |id: &Value| all.iter().find(|f| f["id"] == *id).unwrap();
    let leads = list(&found, "leads");
    assert!(leads.len() <= 8, "seed {seed}");
    let first = by_id(&leads[0]["findings"][0]);
    assert!(
        of(first, "c2.beacon", plant(case, 101)),
        "seed {seed}: {first}"
    );
    assert_eq!(leads[0]["goes_on"], true, "seed {seed}");
    let pattern = list(first, "scores")
        .iter()
        .find(|s| s["name"] == "pattern");
    let pattern = pattern.and_then(|s| s["result"].as_f64());
    assert!(pattern.is_some_and(|p| p > 0.9), "seed {seed}");

    // Download and both machines: one incident.
    let spread = plant(case, 102);
    let incident = leads
        .iter()
        .map(|l| list(l, "findings").iter().map(by_id).collect::<Vec<_>>())
        .find(|rows| rows.iter().any(|f| of(f, "lateral.host_to_host", spread)))
        .unwrap();
    let targets = |f: &&&Value| of(f, "lateral.host_to_host", spread);
    assert_eq!(incident.iter().filter(targets).count(), 2, "seed {seed}");
    let came = incident.iter().any(|f| of(f, "indicator.seen", spread));
    assert!(came, "seed {seed}: the download is not of the incident");

    let rows = &all[..FIRST];
    let port = plant(case, 105).facts["port"].parse::<u64>().unwrap();
    for (row, detection) in [
        (103, "l2.rogue_dhcp"),
        (104, "ua.rare"),
        (105, "port.once_bound"),
        (106, "exfil.upload"),
        (107, "scan.horizontal"),
        (108, "dns.tunnel"),
        (109, "tls.rare_client"),
        (110, "tls.rare_client"),
    ] {
        let p = plant(case, row);
        let wanted = |f: &&Value| {
            let sni = p
                .facts
                .get("sni")
                .is_none_or(|sni| text(f, "domain") == sni);
            of(f, detection, p) && sni && (row != 105 || f["dport"] == port)
        };
        assert!(
            rows.iter().any(|f| wanted(&f)),
            "seed {seed}: row {row}, {detection} is not among the first {FIRST}: {:?}",
            rows.iter().map(|f| text(f, "title")).collect::<Vec<_>>()
        );
    }
    chain(&mut desk, case, seed, all);
    outliers(&mut desk, case, seed);
}

fn chain(desk: &mut Desk, case: &Case, seed: u64, all: &[Value]) {
    let spread = plant(case, 102);
    let download = plant(case, 1);
    let first = *download.packets["A"].first().unwrap();
    let of_download = |f: &&Value| {
        let cited = list(f, "packets").iter().filter_map(Value::as_str);
        let mut cited = cited.filter_map(|p| p.trim_start_matches("A:").parse::<u64>().ok());
        of(f, "indicator.seen", spread)
            && cited
                .next()
                .is_some_and(|p| p >= first && download.packets["A"].contains(&p))
    };
    let finding = all.iter().find(of_download).unwrap();
    let strip = desk.ask(
        "because",
        json!({"scope": scope(case), "finding": finding["id"]}),
    );
    let because = says(&strip["because"]);
    let indicators = scope(case);
    let domain = list(&indicators, "indicators")
        .iter()
        .find(|i| i["kind"] == "domain")
        .map(|i| text(i, "value").to_owned())
        .unwrap();
    assert_eq!(because.len(), 1, "seed {seed}: {because:?}");
    assert!(
        because[0]
            .to_lowercase()
            .starts_with(&format!("looked up {domain}")),
        "seed {seed}: {because:?}"
    );
    let then = says(&strip["then"]);
    assert_eq!(then.len(), 3, "seed {seed}: {then:?}");
    assert!(then[0].contains(&spread.facts["second_domain"]), "{then:?}");
    for (name, address) in spread.facts.iter().filter(|(n, _)| *n != "second_domain") {
        let went = format!("went to {name} ({address}) by SMB");
        assert!(
            then[1..].iter().any(|t| t.starts_with(&went)),
            "seed {seed}: {then:?}"
        );
    }
    let rows = list(&strip["then"], "rows");
    let time = |v: &Value| text(v, "time").parse::<f64>().unwrap();
    // Forty seconds after the end of the download, which takes a second or two.
    let later = time(&rows[0]) - time(&strip);
    assert!((39.0..45.0).contains(&later), "seed {seed}: {later}");
    // The same chain from its end.
    let last = all
        .iter()
        .filter(|f| of(f, "lateral.host_to_host", spread))
        .max_by(|a, b| text(a, "first").cmp(text(b, "first")))
        .unwrap();
    let strip = desk.ask(
        "because",
        json!({"scope": scope(case), "finding": last["id"]}),
    );
    let because = says(&strip["because"]);
    assert_eq!(because.len(), 3, "seed {seed}: {because:?}");
    assert!(because[0].starts_with("received "), "{because:?}");
    assert!(
        because[1].contains(&spread.facts["second_domain"]),
        "{because:?}"
    );
    assert!(because[2].starts_with("went to "), "{because:?}");
}

fn outliers(desk: &mut Desk, case: &Case, seed: u64) {
    let found = desk.ask("outliers", json!({"limit": FIRST}));
    let rows = list(&found, "rows");
    for (row, measure) in [
        (106, "bytes sent outside"),
        (107, "addresses contacted"),
        (108, "names that do not exist"),
        (109, "server names nobody else asks for"),
        (110, "TLS clients nobody else has"),
    ] {
        let mac = &plant(case, row).host.mac;
        assert!(
            rows.iter()
                .any(|r| text(r, "measure") == measure && text(r, "mac") == mac),
            "seed {seed}: row {row} does not stick out: {rows:?}"
        );
    }
}

/// The interval that A gives is held against B.
fn next(case: &Case, seed: u64) {
    let beacon = |captures: &[&str]| {
        let found = desk(case, captures).ask("findings", json!({"scope": scope(case)}));
        let all = list(&found, "findings").to_vec();
        let mine = |f: &&Value| of(f, "c2.beacon", plant(case, 101)) && f["severity"] == "medium";
        all.iter().find(mine).unwrap().clone()
    };
    let alone = beacon(&["a.pcap"]);
    assert_eq!(alone["rhythm"]["foretold"], Value::Null, "seed {seed}");
    let (lo, hi) = (&alone["next"]["lo"], &alone["next"]["hi"]);
    let both = beacon(&["a.pcap", "b.pcap"]);
    let told = &both["rhythm"]["foretold"];
    assert_eq!(text(told, "by"), "A", "seed {seed}");
    assert_eq!(
        (&told["expected"]["lo"], &told["expected"]["hi"]),
        (lo, hi),
        "seed {seed}"
    );
    let beats = &plant(case, 101).facts["beats"];
    let beat: f64 = beats.split(' ').next_back().unwrap().parse().unwrap();
    // The connection follows its look-up.
    let (lo, hi) = (lo.as_f64().unwrap() - 1.0, hi.as_f64().unwrap());
    let state = if (lo..=hi).contains(&beat) {
        "confirmed"
    } else {
        "missed"
    };
    assert_eq!(text(told, "state"), state, "seed {seed}: {told}");
    let came: f64 = text(told, "came").parse().unwrap();
    assert!((came - beat).abs() < 2.0, "seed {seed}: {told}");
}

fn twins(seed: u64) {
    let fault = build(seed, Twin::Fault, false);
    let found =
        desk(&fault, &["a.pcap", "b.pcap"]).ask("findings", json!({"scope": scope(&fault)}));
    let all = list(&found, "findings");
    let sides = list(&found, "sides");
    assert_eq!(
        (text(&sides[0], "side"), &sides[0]["alarms"]),
        ("breach", &json!(0)),
        "seed {seed}"
    );
    for detection in [
        "duplicate_ip",
        "retransmissions",
        "slow_server",
        "dns_servfail",
        "dns_timeout",
    ] {
        let id = format!("netissue.{detection}");
        assert!(
            all.iter().any(|f| f["detection"] == id),
            "seed {seed}: {id}"
        );
    }
    assert!(
        text(&all[0], "detection").starts_with("netissue."),
        "seed {seed}"
    );
    let leads = list(&found, "leads");
    let first = leads.iter().take_while(|l| l["side"] == "fault").count();
    assert!(
        first >= 4,
        "seed {seed}: {first} leads of faults stand first"
    );

    let clean = build(seed, Twin::Clean, false);
    let found =
        desk(&clean, &["a.pcap", "b.pcap"]).ask("findings", json!({"scope": scope(&clean)}));
    let loud: Vec<&Value> = list(&found, "findings")
        .iter()
        .filter(|f| !matches!(text(f, "severity"), "info" | "low"))
        .collect();
    assert!(loud.is_empty(), "seed {seed}: {loud:?}");
}

#[test]
fn what_matters_stands_first() {
    for seed in SEEDS {
        let case = build(seed, Twin::None, false);
        leads(&case, seed);
        next(&case, seed);
    }
}

#[test]
fn a_fault_is_no_breach_and_silence_is_silent() {
    SEEDS.into_iter().for_each(twins);
}
