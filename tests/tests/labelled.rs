//! The labelled captures: the same for a seed, labels that point into them, and nothing that tshark calls malformed.
#![expect(
    clippy::unwrap_used,
    reason = "a capture that cannot be made is a failed test"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use weir_tests::labelled::scenarios::{ALL, Scenario};
use weir_tests::labelled::truth::{Need, Truth};
use weir_tests::labelled::write::{Written, finish, save};

/// Scenarios that are quickly made.
fn small() -> impl Iterator<Item = &'static Scenario> {
    let long = [
        "benign_10d",
        "beacons_daily_10d",
        "beacons_slow_3d",
        "million",
        "surface",
    ];
    ALL.iter().filter(move |s| !long.contains(&s.name))
}

fn make(scenario: &Scenario, seed: u64) -> Vec<Written> {
    (scenario.make)(seed).into_iter().map(finish).collect()
}

/// Packets of a classic or next-generation capture, counted without any library.
fn packets(bytes: &[u8]) -> u64 {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut count = 0;
    if word(0) == 0x0a0d_0d0a {
        let mut at = 0;
        while at < bytes.len() {
            count += u64::from(word(at) == 6);
            at += word(at + 4) as usize;
        }
        return count;
    }
    let mut at = 24;
    while at < bytes.len() {
        count += 1;
        at += 16 + word(at + 8) as usize;
    }
    count
}

fn sound(truth: &Truth) {
    let place = format!("{} {}", truth.scenario, truth.seed);
    let (start, end): (f64, f64) = (truth.span.0.parse().unwrap(), truth.span.1.parse().unwrap());
    for l in &truth.labels {
        let what = format!("{place}: label {} {} {}", l.id, l.kind, l.what);
        assert!(!l.packets.is_empty(), "{what} has no packets");
        assert!(l.packets.is_sorted(), "{what}: packets do not rise");
        let within = l.packets.iter().all(|p| (1..=truth.packets).contains(p));
        assert!(within, "{what}: a packet that is not there");
        let times: Vec<f64> = [&l.first, &l.last].map(|t| t.parse().unwrap()).to_vec();
        assert!(times.iter().all(|t| (start..end).contains(t)), "{what}");
        assert!(
            l.future_times.iter().all(|t| *t >= end),
            "{what}: a future in the past"
        );
        assert_eq!(l.need == Need::MustNot, l.why_not.is_some(), "{what}");
        assert_eq!(
            l.need == Need::MustNot,
            l.kind.starts_with("benign."),
            "{what}"
        );
        assert!(!l.what.is_empty(), "{what} says nothing");
    }
    let guilty: BTreeSet<&str> = truth
        .labels
        .iter()
        .filter(|l| l.need != Need::MustNot)
        .map(|l| l.src.as_str())
        .collect();
    assert!(
        truth
            .benign_hosts
            .iter()
            .all(|h| !guilty.contains(h.as_str()))
    );
    assert_eq!(truth.benign, guilty.is_empty(), "{place}");
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_gives_others() {
    for name in ["beacons_hard", "scans"] {
        let Some(scenario) = ALL.iter().find(|s| s.name == name) else {
            continue;
        };
        let (a, b, c) = (make(scenario, 3), make(scenario, 3), make(scenario, 4));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            assert!(a.bytes == b.bytes && a.truth == b.truth, "{name}");
        }
        assert!(a[0].bytes != c[0].bytes, "{name}");
    }
}

/// A check-in of a label stands where its packets are, and what is to come goes on from there.
#[test]
fn the_future_goes_on_where_the_capture_ends() {
    let scenario = ALL.iter().find(|s| s.name == "beacons_hard").unwrap();
    let mut looked = 0;
    for written in make(scenario, 5) {
        for l in written
            .truth
            .labels
            .iter()
            .filter(|l| !l.future_times.is_empty())
        {
            let (period, last): (f64, f64) = (l.period_s.unwrap(), l.last.parse().unwrap());
            assert!(l.check_ins.unwrap() >= 2, "{}", l.what);
            // A machine that sleeps comes back in the morning.
            let wait = l.future_times[0] - last;
            assert!(wait < 4.0 * period + 16.0 * 3600.0, "{}: {wait}", l.what);
            looked += 1;
        }
    }
    assert!(looked > 0, "no label has a future");
}

fn malformed(file: &Path) -> Option<String> {
    let out = Command::new("tshark")
        .args(["-r"])
        .arg(file)
        .args(["-Y", "_ws.malformed"])
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

#[test]
fn labels_point_into_the_capture_and_tshark_finds_nothing_malformed_in_it() {
    let tshark = Command::new("tshark").arg("--version").output().is_ok();
    if !tshark {
        println!("tshark is not installed: nobody else looks at the captures");
    }
    let dir = std::env::temp_dir().join(format!("weir-labelled-test-{}", std::process::id()));
    for scenario in small() {
        for written in make(scenario, 2) {
            assert_eq!(
                packets(&written.bytes),
                written.truth.packets,
                "{}",
                written.truth.file
            );
            sound(&written.truth);
            // What comes twice in the same stream is an error of reassembly to tshark. Days of TLS and nothing else
            // are looked at in one scenario.
            let plain = scenario.name.starts_with("be") && scenario.name != "benign_day";
            if !tshark || plain || written.truth.file.contains("mirrored") {
                continue;
            }
            let (file, _) = save(&written, &dir).unwrap();
            let said = malformed(&file).unwrap();
            assert!(said.is_empty(), "{}: {said:.600}", written.truth.file);
        }
    }
    if dir.exists() {
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
