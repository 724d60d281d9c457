//! Captures of attacks: what their makers name is found with the right packets, and nothing else is said without a
//! reason; all other captures of the corpus are silent but for alarms that a person looked at.

#![allow(clippy::unwrap_used)]

use weir_tests::parity::{captures, corpus};
use weir_tests::threat::{Found, Report, Row, Tables, is_threat, judged};

/// Captures above this size in bytes are left to `scripts/score threat`.
const LARGE: u64 = 4 << 20;

#[test]
fn attacks_are_found_and_nothing_else_is_said_without_a_reason() {
    let mut tables = Tables::read().unwrap();
    let Some(dir) = corpus().unwrap() else {
        println!("skipped: no corpus beside the project: captures of attacks are not judged");
        return;
    };
    let mut report = Report::default();
    let mut left = 0;
    let all = captures(&dir);
    for name in judged(&all) {
        let small = std::fs::metadata(dir.join(name)).is_ok_and(|m| m.len() < LARGE);
        if !small {
            left += 1;
            continue;
        }
        if let Some(found) = Found::of(&dir.join(name)) {
            report.rows.push(Row::new(name, &found, &mut tables));
        }
    }
    let attacks = all.iter().filter(|c| is_threat(c)).count();
    assert!(attacks > 80, "only {attacks} captures of attacks");
    assert_eq!(tables.captures().count(), attacks, "one line a capture");
    let mut wrong = report.wrong();
    if left == 0 {
        let unused = tables.unused();
        wrong.extend(unused.map(|r| format!("{}: a reason that explains nothing", r.place())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
