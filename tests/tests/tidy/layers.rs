//! Who may use whom: crates, outside libraries, and the two places that may be unsafe.

use crate::{Source, assert_none, names, sources};

/// A crate and the crates it may use. Cargo refuses cycles; sideways edges are refused here.
const CRATES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("capture", &["model"]),
    ("dissect", &["model"]),
    ("filter", &["model"]),
    ("import", &["model", "capture", "dissect"]),
    ("analyze", &["model", "dissect", "import"]),
    (
        "session",
        &["model", "capture", "dissect", "filter", "import", "analyze"],
    ),
    ("case", &["model", "analyze", "session"]),
    // It unpacks compressed captures beside the session, as the other door does.
    // `tests` only for its own tests: the sample and the desk that both builds are asked at.
    ("wasm", &["model", "capture", "session", "case", "tests"]),
    // The door of tests and tools: it names fields, parts and protocols that the page asks for by text.
    (
        "cli",
        &[
            "model", "capture", "dissect", "filter", "analyze", "session", "case",
        ],
    ),
];

/// A library and the paths that may name it.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("pcap_parser", &["crates/capture/"]),
    ("etherparse", ETHERPARSE),
    ("wasm_bindgen", &["crates/wasm/"]),
    ("wasm_bindgen_test", &["crates/wasm/"]),
    ("js_sys", &["crates/wasm/"]),
    ("web_sys", &["crates/wasm/"]),
    ("serde_wasm_bindgen", &["crates/wasm/"]),
    ("serde", SERDE),
    ("serde_json", SERDE),
];

/// Link, network and transport headers, and the buffer that puts IP fragments together.
const ETHERPARSE: &[&str] = &[
    "crates/dissect/src/flow/fragments.rs",
    "crates/dissect/src/protocols/arp/",
    "crates/dissect/src/protocols/eth/",
    "crates/dissect/src/protocols/icmp/",
    "crates/dissect/src/protocols/icmpv6/",
    "crates/dissect/src/protocols/ip/",
    "crates/dissect/src/protocols/ipv6/",
    "crates/dissect/src/protocols/sll/",
    "crates/dissect/src/protocols/tcp/",
    "crates/dissect/src/protocols/udp/",
    "crates/dissect/src/protocols/vlan/",
];

/// Rows and documents: what leaves Weir or comes in as text.
const SERDE: &[&str] = &[
    "crates/session/",
    "crates/import/",
    "crates/case/",
    "crates/cli/",
    "crates/wasm/",
    "crates/model/src/baseline.rs",
    "crates/model/src/scope.rs",
    "tests/",
];

fn manifests() -> Vec<Source> {
    let mut all = sources("crates", &["Cargo.toml"]);
    all.extend(sources("tests", &["Cargo.toml"]));
    all
}

/// The lines of the manifest's dependency tables.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn crates_use_only_what_stands_below_them() {
    let mut broken = Vec::new();
    let mut seen = Vec::new();
    for Source { path, text } in manifests() {
        let Some(name) = path
            .strip_prefix("crates/")
            .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        let Some((known, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            broken.push(format!("{path}: a crate without a place in the order"));
            continue;
        };
        seen.push(*known);
        for line in dependencies(&text) {
            let used = line
                .strip_prefix("weir-")
                .and_then(|l| l.split(['.', ' ', '=']).next());
            if let Some(used) = used
                && !allowed.contains(&used)
            {
                broken.push(format!("{path}: {name} must not use {used}"));
            }
        }
    }
    assert_none("crates use only what stands below them", &broken);
    assert_eq!(
        seen.len(),
        CRATES.len(),
        "a crate of the order does not exist: {seen:?}"
    );
}

#[test]
fn libraries_are_named_only_where_they_belong() {
    let mut files = sources("crates", &[".rs"]);
    files.extend(sources("tests", &[".rs"]));
    let mut broken = Vec::new();
    for file in files
        .iter()
        .filter(|f| !f.path.starts_with("tests/tests/tidy/"))
    {
        for (number, line) in file.code() {
            for (library, places) in LIBRARIES {
                let inside = places.iter().any(|place| file.path.starts_with(place));
                if !inside && names(line, library) {
                    broken.push(format!("{}:{number}: {library}", file.path));
                }
            }
        }
    }
    assert_none("libraries are named only where they belong", &broken);
}

#[test]
fn unsafe_code_is_forbidden_in_every_crate_but_the_wasm_boundary() {
    let workspace = std::fs::read_to_string(crate::root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("\nunsafe_code = \"forbid\"\n"));
    let without: Vec<String> = manifests()
        .into_iter()
        .filter(|m| m.path != "crates/wasm/Cargo.toml" && !m.text.contains("\n[workspace]"))
        .filter(|m| !m.text.contains("\n[lints]\nworkspace = true"))
        .map(|m| m.path)
        .collect();
    assert_none("every crate takes the workspace's lints", &without);
}

#[test]
fn one_generation_of_digest_crates() {
    let lock = std::fs::read_to_string(crate::root().join("Cargo.lock")).unwrap();
    let versions: Vec<&str> = lock
        .split("[[package]]")
        .filter(|package| package.contains("\nname = \"digest\"\n"))
        .filter_map(|package| package.lines().find(|line| line.starts_with("version")))
        .collect();
    assert_eq!(versions.len(), 1, "digest in Cargo.lock: {versions:?}");
    assert!(
        versions.iter().all(|version| version.contains("\"0.11.")),
        "{versions:?}"
    );
}
