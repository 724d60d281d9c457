//! Every capture of the corpus against what capinfos recorded of it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::read_pieces;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use weir_capture::compression::{Decoder, Fed};
use weir_capture::{CaptureFacts, Compression, Container, TimeOrder, sniff};
use weir_model::Timestamp;

/// Differences that are right, by what they are: each with its reason.
fn accepted(key: &str, theirs: &str, facts: &CaptureFacts) -> Option<&'static str> {
    let about_time = matches!(
        key,
        "First packet time" | "Last packet time" | "Capture duration" | "Strict time order"
    ) || key.ends_with("rate");
    if about_time && facts.saturated > 0 {
        return Some("times beyond 2262 are saturated and said so; capinfos prints them");
    }
    if key == "Strict time order" && facts.packets == 0 {
        return Some("no packet is out of order; capinfos looks at a record that is none");
    }
    if matches!(key, "Data size" | "Average packet size") && facts.encapsulation() == "atm-pdus" {
        return Some("Wireshark does not count SunATM's four bytes before the cell as packet");
    }
    if matches!(key, "First packet time" | "Last packet time") {
        // A fraction of many seconds: Wireshark keeps nanoseconds in 32 bits.
        let (seconds, fraction) = theirs.split_once('.')?;
        let ours = if key.starts_with('F') {
            facts.earliest
        } else {
            facts.latest
        }?
        .0;
        let beyond = ours.checked_sub(seconds.parse::<i64>().ok()?.checked_mul(1_000_000_000)?)?;
        if beyond.rem_euclid(1 << 32) / 1000 == fraction.parse().ok()? {
            return Some("the fraction is more than a second and overflows in Wireshark");
        }
    }
    None
}

fn decompress(file: &[u8], kind: Compression) -> Vec<u8> {
    let mut decoder = Decoder::new(kind);
    decoder.finish();
    let (mut rest, mut out) = (file, Vec::new());
    while decoder.feed(&mut rest, &mut out) == Fed::More {}
    out
}

/// Our facts in capinfos' words, for the keys that are compared.
fn in_words(facts: &CaptureFacts) -> BTreeMap<&'static str, String> {
    let mut words = BTreeMap::new();
    let compressed = facts
        .compression
        .map(|c| format!(" ({} compressed)", c.name()))
        .unwrap_or_default();
    words.insert("File type", format!("{}{compressed}", facts.format.name()));
    words.insert("File encapsulation", facts.encapsulation().to_owned());
    words.insert("Number of packets", facts.packets.to_string());
    words.insert("File size", format!("{} bytes", facts.file_size.unwrap()));
    words.insert("Data size", format!("{} bytes", facts.wire_bytes));
    words.insert(
        "Average packet size",
        format!("{:.2} bytes", facts.mean_length().unwrap_or(0.0)),
    );
    let order = match facts.order {
        TimeOrder::Strict => "True",
        TimeOrder::Backwards => "False",
        TimeOrder::Unknown => "Unknown",
    };
    words.insert("Strict time order", order.to_owned());
    // capinfos says nothing about times when one packet has none.
    if facts.untimed == 0 {
        let time = |t: Option<Timestamp>| t.map_or("n/a".to_owned(), Timestamp::epoch);
        words.insert("First packet time", time(facts.earliest));
        words.insert("Last packet time", time(facts.latest));
        words.insert(
            "Capture duration",
            facts
                .duration()
                .map_or("n/a".to_owned(), |d| format!("{} seconds", d.decimal())),
        );
        let rate =
            |r: Option<f64>, unit: &str| r.map_or("n/a".to_owned(), |r| format!("{r:.2} {unit}"));
        words.insert("Data byte rate", rate(facts.byte_rate(), "bytes/sec"));
        words.insert(
            "Average packet rate",
            rate(facts.packet_rate(), "packets/sec"),
        );
    }
    words
}

/// Equal but for decimals that capinfos cuts at the file's resolution.
fn equal(key: &str, theirs: &str, ours: &str, facts: &CaptureFacts) -> bool {
    let timed = matches!(
        key,
        "First packet time" | "Last packet time" | "Capture duration"
    );
    let (theirs, ours) = (
        theirs.trim_end_matches(" seconds"),
        ours.trim_end_matches(" seconds"),
    );
    let number = |s: &str| s.split(' ').next().and_then(|n| n.parse::<f64>().ok());
    if let (true, Some(a), Some(b)) = (key.ends_with("rate"), number(theirs), number(ours)) {
        // capinfos takes the difference of two floating epoch times, good to about 0.4 µs.
        let span = facts.duration().map_or(1.0, weir_model::Duration::as_secs);
        return (a - b).abs() <= (1e-6 + 5e-7 / span) * a.max(b) + 0.01;
    }
    if !timed {
        return theirs == ours;
    }
    ours.starts_with(theirs) && theirs.len() + 9 >= ours.len()
}

fn facts_of(file: &[u8]) -> Result<CaptureFacts, String> {
    let (kind, plain);
    let bytes = match sniff(file).map_err(|e| e.to_string())? {
        Container::Plain(_) => {
            kind = None;
            file
        }
        Container::Compressed(c) => {
            kind = Some(c);
            plain = decompress(file, c);
            &plain
        }
    };
    if let Err(e) = sniff(bytes) {
        return Err(e.to_string());
    }
    let mut facts = read_pieces(bytes, 1 << 20).facts;
    facts.compression = kind;
    facts.file_size = Some(file.len() as u64);
    Ok(facts)
}

#[test]
fn facts_equal_those_recorded() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let manifest = std::fs::read_to_string(corpus.join("MANIFEST.tsv"))
        .expect("the corpus folder stands but holds no manifest");
    let (mut captures, mut checks, mut bad, mut right) = (0, 0, String::new(), String::new());
    for row in manifest.lines().skip(1) {
        let path = row.split('\t').next().unwrap();
        let file = std::fs::read(corpus.join(path)).unwrap();
        captures += 1;
        let facts = match facts_of(&file) {
            Ok(facts) => facts,
            Err(why) => {
                writeln!(bad, "{path}: {why}").unwrap();
                continue;
            }
        };
        let oracle = corpus.join(format!("{path}.oracle/facts.tsv"));
        let recorded = read_recorded(&oracle);
        for (key, ours) in in_words(&facts) {
            let Some(theirs) = recorded.get(key) else {
                continue;
            };
            checks += 1;
            if !equal(key, theirs, &ours, &facts) {
                match accepted(key, theirs, &facts) {
                    Some(why) => writeln!(
                        right,
                        "{path}: {key}: {theirs} recorded, {ours} here: {why}"
                    )
                    .unwrap(),
                    None => writeln!(bad, "{path}: {key}: {theirs} recorded, {ours} here").unwrap(),
                }
            }
        }
        let broke = recorded.contains_key("error");
        if broke != facts.stopped.is_some() {
            writeln!(
                bad,
                "{path}: {:?} recorded, {:?} here",
                recorded.get("error"),
                facts.stopped
            )
            .unwrap();
        }
    }
    println!("{captures} captures, {checks} facts; differences that are right:\n{right}");
    assert!(
        captures > 0,
        "the corpus folder stands but holds no capture"
    );
    assert!(bad.is_empty(), "differences:\n{bad}");
}

fn read_recorded(path: &Path) -> BTreeMap<String, String> {
    let Ok(text) = std::fs::read_to_string(path) else {
        return BTreeMap::new();
    };
    let mut map = BTreeMap::new();
    for line in text.lines().skip(1) {
        let (key, value) = line.split_once('\t').unwrap_or((line, ""));
        map.entry(key.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    map
}

#[test]
fn small_captures_read_alike_in_small_pieces() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let manifest = std::fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let mut compared = 0;
    for path in manifest
        .lines()
        .skip(1)
        .map(|r| r.split('\t').next().unwrap())
    {
        let file = std::fs::read(corpus.join(path)).unwrap();
        if file.len() > 20_000 || !matches!(sniff(&file), Ok(Container::Plain(_))) {
            continue;
        }
        compared += 1;
        let whole = common::read(&file);
        for size in [1, 7, 4096] {
            let mut pieces = read_pieces(&file, size);
            pieces.most_held = whole.most_held;
            assert!(pieces == whole, "{path} in pieces of {size}");
        }
    }
    assert!(compared > 100, "{compared}");
}
