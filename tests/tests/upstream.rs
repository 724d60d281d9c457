//! What other projects expect of their captures: Zeek's logs and files, Suricata's checks, Arkime's sessions, nDPI's
//! flows, FoxIO's fingerprints.

#![allow(clippy::unwrap_used, clippy::panic)]

use weir_tests::parity::{captures, corpus};
use weir_tests::upstream::{Check, Report, compare, has_truth, reasons};

/// Percent that is equal at least. Only ever raised.
const FLOORS: [(Check, f64); 8] = [
    (Check::Hashes, 97.2),
    (Check::LogRows, 94.2),
    (Check::LogValues, 98.8),
    (Check::Events, 91.8),
    (Check::Sessions, 100.0),
    (Check::SessionValues, 94.7),
    (Check::Ja4, 99.2),
    (Check::Protocols, 97.3),
];

/// Percent of captures in which every log of Zeek's has as many rows, at least.
const LOGS: f64 = 93.5;

/// Captures above this size in bytes are left to `scripts/score upstream`.
const LARGE: u64 = 8 << 20;

#[test]
fn other_projects_are_agreed_with_at_least_as_much_as_before() {
    let Some(dir) = corpus().unwrap() else {
        println!(
            "skipped: no corpus beside the project: what other projects expect of it is not compared"
        );
        return;
    };
    let mut report = Report::new(reasons().unwrap());
    for name in captures(&dir) {
        let small = std::fs::metadata(dir.join(&name)).is_ok_and(|m| m.len() < LARGE);
        if small && has_truth(&dir, &name) {
            compare(&dir, &name, &mut report);
        }
    }
    report.finish();
    println!("{}", report.markdown());
    assert!(report.captures > 300, "only {} captures", report.captures);
    for (check, floor) in FLOORS {
        let reached = report.percent(check);
        assert!(reached >= floor, "{check:?}: {reached:.2} % of {floor} %");
    }
    let logs = report.log_percent();
    assert!(
        logs >= LOGS,
        "captures with equal logs: {logs:.2} % of {LOGS} %"
    );
}
