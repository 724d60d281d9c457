//! With whom a case may be shared goes into every file that has a place for it, and nothing is chosen for the analyst.

use crate::ground::{Ground, artefact, confirming, put};
use serde_json::{Value, json};
use weir_case::exports::Exports;
use weir_tests::golden::write::Twin;

/// Codes of a case, labels, and what STIX and Sigma call them.
const MARKINGS: [(&str, &str, &str, &str); 5] = [
    ("clear", "TLP:CLEAR", "clear", "tlp.clear"),
    ("green", "TLP:GREEN", "green", "tlp.green"),
    ("amber", "TLP:AMBER", "amber", "tlp.amber"),
    (
        "amber_strict",
        "TLP:AMBER+STRICT",
        "amber+strict",
        "tlp.amber-strict",
    ),
    ("red", "TLP:RED", "red", "tlp.red"),
];

/// Formats that say it in a comment at their top.
const COMMENTED: [&str; 4] = ["nftables", "rpz", "suricata", "zeek"];

fn stix(all: &Exports) -> Vec<Value> {
    let bundle: Value = serde_json::from_str(&artefact(all, "stix").text).unwrap();
    bundle["objects"].as_array().unwrap().clone()
}

/// The last cell of each line of a CSV without line breaks in cells.
fn last_cells<'a>(all: &'a Exports, id: &str) -> Vec<&'a str> {
    let lines = artefact(all, id).text.lines().skip(1);
    lines.map(|l| l.rsplit(',').next().unwrap()).collect()
}

#[test]
fn every_file_carries_the_marking_of_the_case_where_it_has_a_place() {
    let mut golden = Ground::new(Twin::None);
    for (code, label, level, tag) in MARKINGS {
        // The last choice counts: `confirming` chose another one before.
        let mut case = confirming(&[]);
        put(&mut case, "marking", &json!({"tlp": code}));
        let all = golden.exports(&case, true);
        for id in COMMENTED {
            let text = &artefact(&all, id).text;
            let top: Vec<&str> = text.lines().take(3).collect();
            assert!(
                top.iter().any(|l| l.ends_with(&format!(", {label}"))),
                "{id}: {top:?}"
            );
        }
        assert!(
            artefact(&all, "yara")
                .text
                .contains(&format!(", {label}\n"))
        );
        for id in ["csv", "timesketch"] {
            let cells = last_cells(&all, id);
            assert!(
                !cells.is_empty() && cells.iter().all(|c| *c == label),
                "{id}"
            );
        }
        let sigma = &artefact(&all, "sigma").text;
        let mut described = sigma.lines().filter(|l| l.starts_with("description: "));
        assert!(described.all(|l| {
            l.trim_end_matches(['\'', '"'])
                .ends_with(&format!(", {label}"))
        }));
        assert_eq!(
            sigma.matches("\ntags:\n").count(),
            sigma.matches(&format!("\n    - {tag}\n")).count()
        );
        let objects = stix(&all);
        assert_eq!(objects[0]["name"], label);
        let mark = &objects[0]["id"];
        let extensions = objects[0]["extensions"].as_object().unwrap();
        assert!(extensions.values().all(|e| e["tlp_2_0"] == level));
        for o in &objects[1..] {
            assert_eq!(o["object_marking_refs"], json!([mark]), "{o}");
        }
        crate::bundle::stix(&artefact(&all, "stix").text);
    }
}

#[test]
fn without_a_choice_no_file_claims_one() {
    let mut golden = Ground::new(Twin::None);
    let mut case = confirming(&[]);
    put(&mut case, "marking", &json!({"tlp": ""}));
    let all = golden.exports(&case, true);
    for a in &all.artefacts {
        assert!(!a.text.contains("TLP:"), "{}", a.id);
        assert!(!a.text.contains("tlp."), "{}", a.id);
    }
    assert!(last_cells(&all, "csv").iter().all(|c| c.is_empty()));
    assert!(
        stix(&all)
            .iter()
            .all(|o| o["type"] != "marking-definition" && o["object_marking_refs"].is_null())
    );
    let text = &artefact(&all, "nftables").text;
    assert!(text.contains(", no TLP marking chosen\n"), "{text}");
    assert!(!crate::readers::sigma(&artefact(&all, "sigma").text).is_empty());
}
