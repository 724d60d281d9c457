//! What is proposed for hosts of the golden case: answers and findings weigh together, and what the analyst judged counts.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use weir_tests::desk::Desk;
use weir_tests::golden::key::Plant;
use weir_tests::golden::write::{Case, Twin, build};

fn file(case: &Case, name: &str) -> Vec<u8> {
    let named = case.files.iter().find(|(n, _)| n == name);
    named.unwrap().1.clone()
}

fn desk(case: &Case) -> Desk {
    let mut desk = Desk::with(1, &[("a.pcap", file(case, "a.pcap"))]);
    desk.ask("hash", json!({}));
    desk
}

fn plant(case: &Case, row: u16) -> &Plant {
    case.key.plants.iter().find(|p| p.row == row).unwrap()
}

fn decisions(desk: &mut Desk, scope: &Value, dismissed: &[&str], confirmed: &[&str]) -> Vec<Value> {
    let args = json!({"scope": scope, "allow": [], "dismissed": dismissed, "confirmed": confirmed});
    let rows = desk.ask("decisions", args);
    rows["decisions"].as_array().unwrap().clone()
}

fn of<'a>(rows: &'a [Value], mac: &str) -> Option<&'a Value> {
    rows.iter().find(|r| r["mac"] == mac)
}

fn id(found: &Value, detection: &str, mac: &str) -> String {
    let all = found["findings"].as_array().unwrap();
    let one = all
        .iter()
        .find(|f| f["detection"] == detection && f["mac"] == mac);
    one.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn answers_and_findings_weigh_together() {
    let case = build(3, Twin::None, false);
    let scope: Value = serde_json::from_slice(&file(&case, "scope.json")).unwrap();
    let mut desk = desk(&case);
    let rows = decisions(&mut desk, &scope, &[], &[]);

    // It came, and the host went on to two others inside.
    let spread = plant(&case, 102);
    let first = of(&rows, &spread.host.mac).unwrap();
    assert_eq!(first["decision"], "isolate_now", "{first}");
    assert_eq!(rows[0]["decision"], "isolate_now", "worst first");

    // What was looked for came to a host that checks in with somebody: dismissed, it is what came alone.
    let beacon = &plant(&case, 101).host.mac;
    let found = desk.ask("findings", json!({"scope": scope}));
    let finding = id(&found, "c2.beacon", beacon);
    let both = of(&rows, beacon).unwrap();
    assert_eq!(both["rung"], "delivered", "{both}");
    assert_eq!(both["decision"], "isolate_now", "{both}");
    assert_eq!(both["findings"], json!([finding]));
    let came = decisions(&mut desk, &scope, &[&finding], &[]);
    assert_eq!(
        of(&came, beacon).unwrap()["decision"],
        "isolate_and_examine"
    );

    // Without indicators there are no answers: an alarm asks for a look, until somebody confirms or dismisses it.
    let open = json!({"schema": 1, "issue": "breach"});
    let rows = decisions(&mut desk, &open, &[], &[]);
    let alone = of(&rows, beacon).unwrap();
    assert_eq!(alone["decision"], "examine", "{alone}");
    assert!(!alone["evidence"].as_array().unwrap().is_empty());
    assert!(rows.iter().all(|r| r["rung"] == "none"));
    let sure = decisions(&mut desk, &open, &[], &[&finding]);
    assert_eq!(
        of(&sure, beacon).unwrap()["decision"],
        "isolate_and_examine"
    );
    let none = decisions(&mut desk, &open, &[&finding], &[]);
    let left = of(&none, beacon).map(|d| d["findings"].clone());
    assert!(
        left.is_none_or(|f| !f.as_array().unwrap().contains(&json!(finding))),
        "dismissed"
    );

    // Machines that a host with an alarm worked on.
    let worked = rows.iter().filter(|r| {
        let because = r["because"].as_str().unwrap_or_default();
        because.starts_with("worked on by")
    });
    assert!(worked.count() >= 1, "{rows:#?}");
}

#[test]
fn nothing_is_proposed_where_nothing_happened() {
    let case = build(3, Twin::Clean, false);
    let scope: Value = serde_json::from_slice(&file(&case, "scope.json")).unwrap();
    let rows = decisions(&mut desk(&case), &scope, &[], &[]);
    assert_eq!(rows, Vec::<Value>::new());
}
