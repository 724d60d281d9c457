//! Earlier against current: the baseline as a document, what deviates, and how it is marked within one session.
#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use weir_tests::desk::{Desk, sample};
use weir_tests::labelled::scenarios::ALL;
use weir_tests::labelled::write::finish;

/// A day, and the day after it with what is planted there.
fn days() -> [Vec<u8>; 2] {
    let scenario = ALL.iter().find(|s| s.name == "baseline").unwrap();
    let takes = (scenario.make)(77).into_iter();
    let files: Vec<Vec<u8>> = takes.map(|t| finish(t).bytes).collect();
    files.try_into().unwrap()
}

fn rows<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().unwrap().iter()
}

/// Status, kind and what of each deviation.
fn told(compared: &Value) -> BTreeSet<String> {
    rows(compared, "rows")
        .map(|r| format!("{} {} {} {}", r["status"], r["kind"], r["host"], r["what"]))
        .collect()
}

#[test]
fn a_day_against_the_day_before_as_a_document_and_in_one_session() {
    let [before, now] = days();
    let size = before.len();
    let mut desk = Desk::with(1, &[("before.pcap", before.clone())]);
    let document = desk.ask("baseline", json!({}));
    let text = document.to_string();
    assert!(text.len() * 20 < size, "{} of {size} bytes", text.len());
    assert!(
        document["hours"].as_u64().unwrap() >= 20,
        "{}",
        document["hours"]
    );

    // Against the document: what is planted on the second day, each with its chance and its packets.
    let mut desk = Desk::with(1, &[("now.pcap", now.clone())]);
    assert_eq!(desk.ask("compare", json!({}))["earlier"], Value::Null);
    let earlier = json!({ "baseline": document, "name": "before.json" });
    let says = desk.ask("earlier", earlier);
    assert!(
        says["says"].as_str().unwrap().contains("before.json"),
        "{says}"
    );
    let compared = desk.ask("compare", json!({}));
    assert_eq!(compared["refused"], Value::Null, "{compared}");
    let kinds: BTreeSet<String> = rows(&compared, "rows")
        .filter(|r| r["status"] == "new")
        .map(|r| r["kind"].as_str().unwrap().to_owned())
        .collect();
    for kind in ["host", "service", "agent"] {
        assert!(kinds.contains(kind), "{kind}: {:#?}", told(&compared));
    }
    for r in rows(&compared, "rows") {
        let (p, q) = (r["p"].as_f64().unwrap(), r["q"].as_f64().unwrap());
        // A first session by a port that governs machines is told whatever chance makes of it, and nothing else is.
        let governs = r["kind"] == "pair" && r["what"].as_str().unwrap().ends_with(" tcp/22");
        assert!(p <= q && (q <= 0.05 || governs), "{r}");
        let shown = !r["evidence"].as_array().unwrap().is_empty();
        assert!(
            shown || r["status"] == "gone" || r["kind"] == "volume",
            "{r}"
        );
    }
    let found = desk.ask("findings", json!({}));
    let mut of_baseline = 0;
    for f in rows(&found, "findings") {
        let detection = f["detection"].as_str().unwrap();
        of_baseline += usize::from(detection.starts_with("baseline."));
        assert!(
            matches!(f["against"].as_str(), Some("new" | "known" | "changed")),
            "{f}"
        );
        assert!(
            !detection.starts_with("baseline.") || f["against"] == "new",
            "{f}"
        );
    }
    assert!(of_baseline >= 3, "{of_baseline}");
    let known = compared["findings_known"].as_u64().unwrap();
    assert!(known > 0, "the office is the same as the day before");

    // Taken back: no check against anything.
    desk.ask("earlier", json!({}));
    let found = desk.ask("findings", json!({}));
    let checked = rows(&found, "checked");
    let mine: Vec<_> = checked
        .filter(|c| c["detection"].as_str().unwrap().starts_with("baseline."))
        .collect();
    assert!(!mine.is_empty() && mine.iter().all(|c| c["made"] == false));
    assert!(rows(&found, "findings").all(|f| f["against"].is_null()));

    // In one session, by letter: the same is told, shown by packets of the second capture alone.
    let files = [("before.pcap", before), ("now.pcap", now)];
    let mut both = Desk::with(1, &files);
    both.ask("earlier", json!({ "captures": ["A"] }));
    let marked = both.ask("compare", json!({}));
    assert_eq!(told(&marked), told(&compared));
    for r in rows(&marked, "rows").flat_map(|r| rows(r, "evidence")) {
        assert!(r.as_str().unwrap().starts_with("[[B:"), "{r}");
    }
    // By time: what began before the second capture.
    let begins = rows(&both.ask("summary", json!({})), "captures")
        .filter_map(|c| c["first"].as_str().map(str::to_owned))
        .max()
        .unwrap();
    both.ask("earlier", json!({ "to": begins }));
    assert_eq!(told(&both.ask("compare", json!({}))), told(&compared));
    // The earlier part alone can be kept as a baseline, too.
    let part = both.ask("baseline", json!({ "earlier": true }));
    assert_eq!(part["hours"], document["hours"]);
    // Two days are numbers and no way.
    let trends = both.ask("trends", json!({}));
    assert_eq!(trends["refused"], Value::Null);
    assert_eq!(trends["days"], 2);
    assert!(rows(&trends, "rows").all(|r| r["way"].is_null()));
}

#[test]
fn what_is_too_little_is_refused_with_its_reason() {
    let mut desk = Desk::with(1, &[("sample.pcap", sample())]);
    let trends = desk.ask("trends", json!({}));
    let why = trends["refused"].as_str().unwrap();
    assert!(why.contains("a trend needs 2"), "{why}");
    for (args, why) in [
        (json!({ "baseline": {"schema": 1} }), "not a baseline"),
        (json!({ "captures": ["?"] }), "named by its letter"),
        (json!({ "to": "yesterday" }), "is no time"),
        (
            json!({ "from": "2026-03-05T00:00:00Z", "to": "2026-03-04T00:00:00Z" }),
            "ends before it begins",
        ),
    ] {
        let refused = desk.ask("earlier", args);
        let said = refused["error"].as_str().unwrap_or_default();
        assert!(said.contains(why), "{refused}");
    }
    // Everything is earlier: nothing is left.
    desk.ask("earlier", json!({ "captures": ["A"] }));
    let compared = desk.ask("compare", json!({}));
    assert!(compared["refused"].is_string(), "{compared}");
    assert!(rows(&compared, "rows").next().is_none());
}
