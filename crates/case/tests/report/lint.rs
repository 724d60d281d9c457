//! The checks, each by a case that breaks it.

use crate::material::{case, decisions, gather, items, reply, summary, whole};
use serde_json::{Value, json};
use weir_case::lint::{State, lint};

type Change = fn(&mut Vec<(&'static str, Value)>);

fn none(_: &mut Vec<(&'static str, Value)>) {}

#[test]
fn each_check_speaks_when_it_should() {
    let table: [(Change, &str, Option<Value>, State, &str, &str); 14] = [
        (
            |i| i[0].1["sentence"] = json!(" "),
            "",
            None,
            State::Missing,
            "the question is not written down",
            "issue",
        ),
        (
            |i| i[7].1["done"] = json!(false),
            "",
            None,
            State::Warn,
            "not done yet: each suspected host",
            "scope",
        ),
        (
            |i| i.retain(|i| i.1["entry"] != "indicator"),
            "",
            None,
            State::Missing,
            "names nothing to look for",
            "scope",
        ),
        (
            |i| i[9].1["text"] = json!("It ran."),
            "",
            None,
            State::Warn,
            "1 of 1 notes name no evidence",
            "notes",
        ),
        (
            |i| i[9].1["text"] = json!("[[B:r40]] is the last row, [[B:r41]] is none"),
            "",
            None,
            State::Warn,
            "lead nowhere: [[B:r41]]",
            "notes",
        ),
        (
            |i| i[9].1["text"] = json!("A flow log has no packet: [[B:p7]]"),
            "",
            None,
            State::Warn,
            "lead nowhere: [[B:p7]]",
            "notes",
        ),
        (
            |i| i[9].1["text"] = json!("This host is Clean [[p1]]"),
            "",
            None,
            State::Warn,
            "called \u{201c}clean\u{201d}",
            "notes",
        ),
        (
            |i| i[12].1["reason"] = json!(""),
            "",
            None,
            State::Missing,
            "without a reason: 192.0.2.24",
            "report",
        ),
        (
            |i| i[12].1["rung"] = json!("refused"),
            "",
            None,
            State::Warn,
            "stale: it was taken on \u{201c}asked, refused\u{201d}, now it is \u{201c}cannot be read\u{201d}",
            "report",
        ),
        (
            |i| i[13].1["finding"] = json!("gone"),
            "",
            None,
            State::Warn,
            "no longer found: gone",
            "understand",
        ),
        (
            |i| i[17].1["placement"] = json!(""),
            "",
            None,
            State::Warn,
            "where it was taken is not said of A",
            "capture",
        ),
        (
            |i| i[0].1["sentence"] = json!("word ".repeat(300)),
            "",
            None,
            State::Warn,
            "250 is the limit",
            "report",
        ),
        (
            none,
            "answers",
            Some(json!({"answers": []})),
            State::Missing,
            "no answer for files.example.net, setup.exe",
            "scope",
        ),
        (
            none,
            "summary",
            Some(json!({"captures": []})),
            State::Missing,
            "no capture is loaded",
            "capture",
        ),
    ];
    for (change, op, instead, state, says, step) in table {
        let mut items = items();
        change(&mut items);
        let case = case(&items);
        let material = gather(&case, |asked| match &instead {
            Some(v) if asked == op => Ok(v.clone()),
            _ => reply(asked),
        });
        let lines = lint(&case, &material);
        let line = lines.iter().find(|l| l.says.contains(says));
        let line = line.unwrap_or_else(|| panic!("{says}: {lines:#?}"));
        assert_eq!((line.state, line.step), (state, Some(step)), "{says}");
    }
}

#[test]
fn a_report_in_order_has_no_line_to_worry_about_but_what_is_open() {
    let mut summary = summary();
    summary["captures"][1]["sha256"] = json!("00".repeat(32));
    let decisions = json!({"decisions": [decisions()["decisions"][1]]});
    let mut items = items();
    items.retain(|i| i.1["sha12"] != "ffffffffffff");
    items.push((
        "dismissal",
        json!({"finding": "f2", "state": "dismissed", "reason": "ours"}),
    ));
    // The confirmed finding is about a host that the answers propose nothing for.
    items.push((
        "decision",
        json!({"host": "192.0.2.23", "decision": "isolate_now", "reason": "seen on the disk", "proposed": "", "rung": ""}),
    ));
    let case = case(&items);
    let material = gather(&case, |op| match op {
        "summary" => Ok(summary.clone()),
        "decisions" => Ok(decisions.clone()),
        op => reply(op),
    });
    let lines = lint(&case, &material);
    assert!(lines.iter().all(|l| l.state == State::Ok), "{lines:#?}");
    assert!(lines.len() >= 5);
}

#[test]
fn what_is_not_decided_and_what_is_not_evidenced_is_named() {
    let (case, mut material) = whole();
    material.answers.as_mut().unwrap().answers[0]
        .evidence
        .clear();
    let lines = lint(&case, &material);
    let has = |s: State, text: &str| lines.iter().any(|l| l.state == s && l.says.contains(text));
    assert!(has(
        State::Warn,
        "not decided yet, the proposed decision stands: 192.0.2.23, 198.51.100.9"
    ));
    assert!(has(
        State::Missing,
        "without evidence: the answer on 192.0.2.23"
    ));
    assert!(has(State::Warn, "findings not judged yet: 1"));
    assert!(has(State::Warn, "SHA-256 is not computed yet"));
}
