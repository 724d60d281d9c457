//! The committed reports. `WEIR_BLESS=1` writes them anew; the difference is then read and committed.

use crate::material::{case, items, whole};
use serde_json::json;
use std::path::Path;
use weir_case::report::{Format, Gather, write};

fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("WEIR_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let first = golden.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        golden == text,
        "{name} differs from line {first:?} on; see WEIR_BLESS"
    );
}

#[test]
fn markdown_is_as_committed() {
    let (case, material) = whole();
    compare("report.md", &write(&case, &material, Format::Markdown));
}

#[test]
fn html_is_as_committed() {
    let (case, material) = whole();
    compare("report.html", &write(&case, &material, Format::Html));
}

#[test]
fn json_carries_what_the_page_says_and_is_not_defanged() {
    let (case, material) = whole();
    let text = write(&case, &material, Format::Json);
    let v: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(v["schema"], 1);
    assert_eq!(v["decisions"][0]["decision"], "isolate_now");
    assert_eq!(v["decisions"][0]["by"], "rule");
    let own = v["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["host"] == "192.0.2.24")
        .unwrap();
    assert_eq!(
        (&own["by"], &own["decision"]),
        (&"analyst".into(), &"watch".into())
    );
    assert_eq!(v["scope"]["indicators"][0]["value"], "files.example.net");
    assert_eq!(v["findings"][2]["state"], "dismissed");
    assert_eq!(v["captures"][0]["sha256"], crate::material::SHA_A);
    assert!(!text.contains("[.]"));
}

#[test]
fn what_a_rule_allows_is_said_and_neither_open_nor_dropped() {
    let (_, mut material) = whole();
    let mut items = items();
    let rule = |peer: &str, on: bool| json!({"detection": "ua.rare", "host": "", "peer": peer, "reason": "ours", "on": on});
    items.push(("allow", rule("files.example.net", true)));
    items.push(("allow", rule("other.example.net", false)));
    let case = case(&items);
    let mut gather = Gather::new(case.scope().unwrap()).allowing(&case);
    let asked = loop {
        match gather.ask() {
            Some(("findings", arguments)) => break arguments,
            Some(_) => gather.fail("not now"),
            None => panic!("nobody asks for findings"),
        }
    };
    assert_eq!(
        asked["allow"],
        json!([{"detection": "ua.rare", "host": "", "peer": "files.example.net"}]),
        "only what is in force"
    );
    let found = material.findings.as_mut().unwrap();
    "ua.rare to files.example.net".clone_into(&mut found.findings[1].allowed);
    let text = write(&case, &material, Format::Markdown);
    let part = text
        .split("### Expected here, by a rule of the analyst (1)")
        .nth(1)
        .unwrap();
    assert!(part.contains("allowed: "), "{part}");
    assert!(!text.contains("### Open: not judged yet"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&write(&case, &material, Format::Json)).unwrap();
    assert_eq!(json["findings"][1]["state"], "allowed");
}
