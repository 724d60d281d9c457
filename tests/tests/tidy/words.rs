//! Words that must not stand anywhere, or not outside the tests.

use crate::{assert_none, sources};

const TEXT: &[&str] = &[
    ".rs",
    ".toml",
    ".md",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".js",
    ".mjs",
    ".json",
    ".lock",
    ".txt",
    ".sh",
    "setup",
    "check",
    "test",
    "build",
    "bundle",
    "run",
    "bench",
    "fuzz",
    "score",
    "screenshot",
    "NOTICE",
];

/// Spelt in halves, so that this file does not name them.
const NOWHERE: &[(&str, &str)] = &[
    (concat!("TO", "DO"), "finish it or file an issue"),
    (concat!("FIX", "ME"), "finish it or file an issue"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
];

/// What the golden case plants; knowing it by heart is not finding it. Comments may use them as examples.
const GOLDEN: &[&str] = &[
    "superbad.exe",
    "new-crypto-miner",
    "bad.example.com",
    "192.168.100.",
    "198.18.",
    "198.19.",
    ".filehost.test",
    ".softdepot.test",
    ".edge.cdn.test",
];

#[test]
fn forbidden_words_stand_nowhere() {
    let mut broken = Vec::new();
    for file in sources(".", TEXT) {
        for (number, line) in (1..).zip(file.text.lines()) {
            for (word, why) in NOWHERE {
                if line.contains(word) {
                    broken.push(format!("{}:{number}: {word}: {why}", file.path));
                }
            }
        }
    }
    assert_none("forbidden words", &broken);
}

#[test]
fn lock_files_name_public_registries_only() {
    let public = [
        "\"registry+https://github.com/rust-lang/crates.io-index\"",
        "\"https://registry.npmjs.org/",
    ];
    let mut broken = Vec::new();
    for file in sources(".", &["Cargo.lock", "package-lock.json"]) {
        for (number, line) in (1..).zip(file.text.lines()) {
            let line = line.trim_start();
            let place = line.starts_with("source = ") || line.starts_with("\"resolved\": ");
            if place && !public.iter().any(|registry| line.contains(registry)) {
                broken.push(format!("{}:{number}", file.path));
            }
        }
    }
    assert_none("lock files name public registries only", &broken);
}

#[test]
fn the_golden_case_is_not_known_by_heart() {
    let mut broken = Vec::new();
    let mut files = sources("crates", &[".rs"]);
    files.extend(sources("www/src", &[".ts", ".tsx", ".html"]));
    for file in &files {
        for (number, line) in file.code() {
            for name in GOLDEN.iter().filter(|name| line.contains(**name)) {
                broken.push(format!("{}:{number}: {name}", file.path));
            }
        }
    }
    assert_none("names and addresses of the golden case", &broken);
}
