//! The golden generator by itself: same seed same bytes, other seed other world, a clean twin without a
//! trace, ring files that are capture A, a sample that is small, expectations that can all be true.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use weir_tests::golden::body::sha256;
use weir_tests::golden::write::{Case, Twin, build};
use weir_tests::packets::http;

fn file<'a>(case: &'a Case, name: &str) -> &'a [u8] {
    &case.files.iter().find(|(n, _)| n == name).unwrap().1
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|w| w.eq_ignore_ascii_case(text.as_bytes()))
}

#[test]
fn a_seed_decides_everything() {
    let digests = |seed| {
        build(seed, Twin::None, false)
            .files
            .iter()
            .map(|(n, b)| (n.clone(), sha256(b)))
            .collect::<Vec<_>>()
    };
    assert_eq!(digests(5), digests(5));
    let (one, two) = (
        build(1, Twin::None, false).key,
        build(2, Twin::None, false).key,
    );
    let macs = |k: &weir_tests::golden::key::Key| {
        k.hosts
            .iter()
            .map(|h| h.mac.clone())
            .collect::<BTreeSet<_>>()
    };
    assert!(macs(&one).is_disjoint(&macs(&two)));
    let bearers = |k: &weir_tests::golden::key::Key| {
        k.plants
            .iter()
            .map(|p| p.host.address.clone())
            .collect::<Vec<_>>()
    };
    let same = bearers(&one)
        .iter()
        .zip(bearers(&two))
        .filter(|(a, b)| **a == *b && !a.is_empty())
        .count();
    // The proxy, the NAT box and 10.0.5.9 aside, a trap is on another address.
    assert!(same < 8, "{same} plants on the same address");
}

#[test]
fn every_row_of_the_table_is_planted_and_compared() {
    let key = build(3, Twin::None, false).key;
    for row in 1..=46u16 {
        let parts: Vec<_> = key.plants.iter().filter(|p| p.row == row).collect();
        assert!(!parts.is_empty(), "row {row} is not planted");
        assert!(
            parts.iter().any(|p| !p.expects.is_empty()),
            "row {row} expects nothing"
        );
        assert!(
            row == 44 || parts.iter().all(|p| !p.packets.is_empty()),
            "row {row} has no packets"
        );
    }
}

/// Row, allowed rungs, answer, window flag.
type Said = (String, Vec<String>, Option<String>, Option<bool>);

#[test]
fn expectations_do_not_contradict_each_other() {
    for seed in [1, 2, 3] {
        let key = build(seed, Twin::None, false).key;
        let mut said: BTreeMap<String, Vec<Said>> = BTreeMap::new();
        for plant in &key.plants {
            for expect in plant.expects.iter().filter(|e| !e.rung.is_empty()) {
                let who = if expect.host.mac.is_empty() {
                    &expect.host.address
                } else {
                    &expect.host.mac
                };
                for run in &expect.runs {
                    let about = format!("{run} {who} {:?} {}", expect.indicator, expect.direction);
                    let row = format!("row {}{}", plant.row, plant.part);
                    said.entry(about).or_default().push((
                        row,
                        expect.rung.clone(),
                        expect.answer.clone(),
                        expect.in_window,
                    ));
                }
            }
        }
        for (about, list) in said {
            let possible = list[0]
                .1
                .iter()
                .filter(|r| list.iter().all(|l| l.1.contains(r)))
                .count();
            assert!(possible > 0, "{about}: {list:?}");
            let answers: BTreeSet<_> = list.iter().filter_map(|l| l.2.as_ref()).collect();
            let windows: BTreeSet<_> = list.iter().filter_map(|l| l.3).collect();
            assert!(answers.len() < 2 && windows.len() < 2, "{about}: {list:?}");
        }
    }
}

#[test]
fn the_clean_twin_has_no_trace() {
    let case = build(1, Twin::Clean, false);
    for name in ["a.pcap", "b.pcap"] {
        for indicator in &case.key.indicators {
            assert!(
                !contains(file(&case, name), &indicator.value),
                "{} in {name}",
                indicator.value
            );
            let label = indicator.value.split('.').next().unwrap();
            let wire = format!("{}{label}", char::from(u8::try_from(label.len()).unwrap()));
            assert!(
                !contains(file(&case, name), &wire),
                "{label} as a DNS label in {name}"
            );
        }
    }
    assert!(case.key.plants.is_empty());
}

#[test]
fn the_ring_is_capture_a() {
    let case = build(1, Twin::None, false);
    assert_eq!(case.key.ring.len(), 12);
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for name in &case.key.ring {
        let mut plain = Vec::new();
        GzDecoder::new(file(&case, &format!("ring/{name}")))
            .read_to_end(&mut plain)
            .unwrap();
        pieces.push(plain);
    }
    let shuffled = pieces.clone();
    pieces.sort_by_key(|p| {
        p[24..32]
            .chunks(4)
            .map(|w| u32::from_le_bytes(w.try_into().unwrap()))
            .collect::<Vec<_>>()
    });
    assert_ne!(pieces, shuffled, "the names keep the order");
    let mut whole = pieces[0][..24].to_vec();
    for piece in &pieces {
        whole.extend_from_slice(&piece[24..]);
    }
    assert!(
        whole == file(&case, "a.pcap"),
        "the ring files are not capture A"
    );
}

#[test]
fn the_sample_is_small() {
    let case = build(1, Twin::None, true);
    let size = http::gzip(file(&case, "sample.pcap")).len();
    assert!(size <= 150_000, "{size} bytes gzipped");
    let rows: BTreeSet<u16> = case
        .key
        .plants
        .iter()
        .map(|p| p.row)
        .filter(|r| *r > 0)
        .collect();
    assert_eq!(
        rows,
        [1, 2, 3, 10, 13, 17, 18, 19, 20, 24, 30, 32, 37, 39].into()
    );
}
