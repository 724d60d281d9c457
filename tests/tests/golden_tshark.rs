//! What the golden generator planted, read back by tshark: each plant's filter shows exactly its packets,
//! nothing is malformed, checksums hold, and whole files come out with the key's digests.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use weir_tests::golden::body::sha256;
use weir_tests::golden::key::{Key, Plant};
use weir_tests::golden::write::{self, Twin};

fn tshark() -> bool {
    let there = Command::new("tshark")
        .arg("--version")
        .output()
        .is_ok_and(|o| o.status.success());
    if !there {
        println!("skipped: tshark is not installed, 0 plants read back");
    }
    there
}

fn case(name: &str, seed: u64, small: bool) -> (PathBuf, Key) {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let case = write::build(seed, Twin::None, small);
    write::save(&case, &dir, false).unwrap();
    (dir, case.key)
}

fn run(file: &Path, args: &[&str]) -> String {
    let out = Command::new("tshark")
        .arg("-n")
        .arg("-r")
        .arg(file)
        .args(args)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "tshark {args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

fn frames(file: &Path, decode: &[String], filter: &str) -> Vec<u64> {
    let mut args: Vec<&str> = decode.iter().flat_map(|d| ["-d", d]).collect();
    args.extend(["-Y", filter, "-T", "fields", "-e", "frame.number"]);
    run(file, &args)
        .lines()
        .map(|l| l.parse().unwrap())
        .collect()
}

fn exported(file: &Path, protocol: &str, to: &Path) -> BTreeSet<String> {
    let _ = std::fs::remove_dir_all(to);
    run(
        file,
        &[
            "-q",
            "--export-objects",
            &format!("{protocol},{}", to.display()),
        ],
    );
    std::fs::read_dir(to)
        .unwrap()
        .map(|e| sha256(&std::fs::read(e.unwrap().path()).unwrap()))
        .collect()
}

/// Each plant's filter shows as many packets as the key names, and all filters together show exactly those. With
/// `WEIR_GOLDEN_EACH` set every filter is run alone and its numbers compared, which takes minutes.
fn shown(file: &Path, letter: &str, key: &Key) {
    let plants: Vec<&Plant> = key
        .plants
        .iter()
        .filter(|p| p.packets.contains_key(letter))
        .collect();
    if std::env::var_os("WEIR_GOLDEN_EACH").is_some() {
        for plant in &plants {
            let numbers = frames(file, &plant.decode_as, &plant.filter);
            assert_eq!(
                numbers,
                plant.packets[letter],
                "{} in {letter}: {}",
                name(plant),
                plant.filter
            );
        }
    }
    for some in plants.chunks(24) {
        let filters: Vec<&str> = some.iter().map(|p| p.filter.as_str()).collect();
        let table = run(
            file,
            &["-q", "-z", &format!("io,stat,0,{}", filters.join(","))],
        );
        let line = table.lines().find(|l| l.contains("<>")).unwrap();
        let cells: Vec<u64> = line
            .split('|')
            .skip(2)
            .filter_map(|c| c.trim().parse().ok())
            .collect();
        for (plant, cell) in some.iter().zip(cells.chunks(2)) {
            assert_eq!(
                cell[0] as usize,
                plant.packets[letter].len(),
                "{} in {letter}: {}",
                name(plant),
                plant.filter
            );
        }
        let union: BTreeSet<u64> = some
            .iter()
            .flat_map(|p| p.packets[letter].clone())
            .collect();
        let together = frames(file, &[], &filters.join(" || "));
        assert_eq!(
            together,
            union.into_iter().collect::<Vec<_>>(),
            "all filters in {letter}"
        );
    }
    println!("{} plants of {letter} read back by tshark", plants.len());
}

fn name(plant: &Plant) -> String {
    format!("row {}{} ({})", plant.row, plant.part, plant.title)
}

fn read_back(dir: &Path, key: &Key) {
    for (letter, capture) in &key.captures {
        shown(&dir.join(&capture.file), letter, key);
    }
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (letter, capture) in &key.captures {
        let file = dir.join(&capture.file);
        for protocol in ["http", "ftp-data"] {
            let to = dir.join(format!("{letter}-{protocol}"));
            found
                .entry("all")
                .or_default()
                .extend(exported(&file, protocol, &to));
        }
        let checked = [
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
        ];
        let mut args: Vec<&str> = checked.to_vec();
        let bad = "ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0 || icmp.checksum.status==0 \
                   || icmpv6.checksum.status==0";
        args.extend(["-Y", bad, "-T", "fields", "-e", "frame.number"]);
        assert_eq!(run(&file, &args), "", "wrong checksums in {letter}");
        let count = run(&file, &["-T", "fields", "-e", "frame.number"])
            .lines()
            .count() as u64;
        assert_eq!(count, capture.packets);
    }
    // Row 2 is a program that calls itself a picture: tshark's picture dissector must fail on it.
    let disguised: Vec<&Plant> = key.plants.iter().filter(|p| p.row == 2).collect();
    for (letter, capture) in &key.captures {
        let allowed: BTreeSet<u64> = disguised
            .iter()
            .filter_map(|p| p.packets.get(letter))
            .flatten()
            .copied()
            .collect();
        for n in frames(&dir.join(&capture.file), &[], "_ws.malformed") {
            assert!(allowed.contains(&n), "{letter}:{n} is malformed");
        }
    }
    let all = &found["all"];
    for plant in &key.plants {
        for hash in &plant.exported {
            assert!(
                all.contains(hash),
                "row {}{}: tshark does not export {hash}",
                plant.row,
                plant.part
            );
        }
    }
}

/// Seed 1, or the one in `WEIR_GOLDEN_SEED`.
#[test]
fn a_seed_reads_back() {
    if tshark() {
        let seed = std::env::var("WEIR_GOLDEN_SEED").map_or(1, |s| s.parse().unwrap());
        let (dir, key) = case(&format!("golden-{seed}"), seed, false);
        read_back(&dir, &key);
    }
}

#[test]
fn the_sample_reads_back() {
    if tshark() {
        let (dir, key) = case("golden-sample", 1, true);
        read_back(&dir, &key);
    }
}
