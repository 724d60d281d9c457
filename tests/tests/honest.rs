//! Finding nothing is honest: a capture without look-ups, one that shows one side only and one of ten minutes each say
//! what could not be checked and why, and nothing is found that only the missing part causes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use weir_tests::desk::Desk;
use weir_tests::labelled::scenarios;
use weir_tests::labelled::write::{Format, finish};

/// A classic capture's packets: where each record stands, its second and where its frame begins.
fn records(bytes: &[u8]) -> Vec<(std::ops::Range<usize>, u32)> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut at = 24;
    let mut out = Vec::new();
    while at + 16 <= bytes.len() {
        let end = at + 16 + word(at + 8) as usize;
        out.push((at..end, word(at)));
        at = end;
    }
    out
}

/// Ports of a frame of TCP or UDP over IPv4.
fn ports(frame: &[u8]) -> Option<(u16, u16)> {
    let ip = frame.get(14..).filter(|_| frame[12..14] == [8, 0])?;
    if !matches!(ip[9], 6 | 17) {
        return None;
    }
    let inner = &ip[usize::from(ip[0] & 15) * 4..];
    let word = |at: usize| u16::from_be_bytes([inner[at], inner[at + 1]]);
    Some((word(0), word(2)))
}

/// Ten minutes of a working day, those packets that are wanted.
fn cut(bytes: &[u8], wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let all = records(bytes);
    let from = all[0].1 + 10 * 3600;
    let mut out = bytes[..24].to_vec();
    for (range, second) in all {
        let frame = &bytes[range.start + 16..range.end];
        if (from..from + 600).contains(&second) && wanted(frame) {
            out.extend(&bytes[range]);
        }
    }
    out
}

fn day() -> Vec<u8> {
    let scenario = scenarios::named("benign_day").unwrap();
    let mut take = (scenario.make)(7).into_iter().next().unwrap();
    take.format = Format::Pcap;
    finish(take).bytes
}

struct Asked {
    findings: Vec<Value>,
    checked: Vec<(String, String)>,
    checklist: Value,
}

impl Asked {
    fn of(bytes: Vec<u8>) -> Self {
        let mut desk = Desk::with(1, &[("cut.pcap", bytes)]);
        let mut all = desk.ask("findings", json!({}));
        let text = |v: &Value, name: &str| v[name].as_str().unwrap_or_default().to_owned();
        let checked = all["checked"].as_array().unwrap().iter();
        Self {
            checked: checked
                .map(|c| (text(c, "detection"), text(c, "says")))
                .collect(),
            findings: all["findings"].as_array_mut().map(std::mem::take).unwrap(),
            checklist: desk.ask("checklist", json!({})),
        }
    }

    fn says(&self, detection: &str) -> &str {
        let found = self.checked.iter().find(|(id, _)| id == detection);
        &found
            .unwrap_or_else(|| panic!("{detection} is not among the checks"))
            .1
    }

    /// Detections that found something.
    fn found(&self) -> Vec<&str> {
        let ids = self
            .findings
            .iter()
            .map(|f| f["detection"].as_str().unwrap());
        ids.collect()
    }

    /// What the line of the checklist says of a check.
    fn listed(&self, group: &str, detection: &str) -> String {
        let rows = self.checklist["rows"].as_array().unwrap();
        let row = rows.iter().find(|r| r["id"] == group).unwrap();
        let checks = row["checks"].as_array().unwrap();
        let check = checks.iter().find(|c| c["detection"] == detection);
        check.map_or_else(String::new, |c| c["says"].as_str().unwrap().to_owned())
    }
}

#[test]
fn without_look_ups() {
    let bytes = day();
    let none = Asked::of(cut(&bytes, |f| {
        ports(f).is_none_or(|(a, b)| a != 53 && b != 53)
    }));
    for id in [
        "dns.tunnel",
        "dns.exfil_slow",
        "dns.dga",
        "netissue.dns_slow",
        "netissue.dns_servfail",
        "netissue.dns_timeout",
    ] {
        let says = none.says(id);
        assert!(
            says.starts_with("not checked: the captures hold no Domain Name System"),
            "{id}: {says}"
        );
    }
    assert!(
        none.listed("dns", "dns.tunnel")
            .starts_with("not checked: ")
    );
    let names: Vec<&str> = none
        .found()
        .into_iter()
        .filter(|d| d.contains("dns"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
    // With them, they are made.
    let whole = Asked::of(cut(&bytes, |_| true));
    assert!(whole.says("dns.tunnel").starts_with("checked, "));
}

#[test]
fn one_side_only() {
    // What clients say: to the lower port.
    let bytes = day();
    let sided = Asked::of(cut(&bytes, |f| ports(f).is_none_or(|(a, b)| a > b)));
    for id in [
        "scan.vertical",
        "scan.horizontal",
        "scan.slow",
        "scan.syn_flood",
        "exfil.upload",
        "exfil.drip",
        "lateral.rdp",
        "lateral.host_to_host",
        "port.once_bound",
        "proto.port_mismatch",
        "netissue.half_open",
        "netissue.high_rtt",
        "netissue.slow_server",
        "netissue.retransmissions",
        "netissue.dns_timeout",
        "netissue.dns_slow",
        "tls.self_signed",
    ] {
        let says = sided.says(id);
        assert!(
            says.starts_with("not checked: ") && says.contains("in one direction only"),
            "{id}: {says}"
        );
    }
    let caused = |d: &&&str| {
        [
            "scan.",
            "netissue.",
            "exfil.",
            "bruteforce.",
            "lateral.",
            "port.",
        ]
        .iter()
        .any(|family| d.starts_with(family))
    };
    let found = sided.found();
    let wrong: Vec<&&str> = found.iter().filter(caused).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(found.contains(&"capture.one_way"), "{found:?}");
}

#[test]
fn ten_minutes() {
    let short = Asked::of(cut(&day(), |_| true));
    for (id, needs) in [
        ("c2.beacon", "this needs 10 min"),
        ("c2.long_connection", "this needs 60 min"),
        ("asset.rogue_host", "this needs 60 min"),
    ] {
        let says = short.says(id);
        let honest = says.starts_with("not checked: the captures cover ") && says.ends_with(needs);
        assert!(
            honest || says.starts_with("checked, ") && !says.contains("nothing"),
            "{id}: {says}"
        );
    }
    let alarms = short.findings.iter().filter(|f| {
        matches!(f["severity"].as_str(), Some("medium" | "high" | "critical"))
            && f["confidence"].as_f64().unwrap() >= 0.5
    });
    let alarms: Vec<&Value> = alarms.map(|f| &f["title"]).collect();
    assert!(alarms.is_empty(), "{alarms:?}");
}
