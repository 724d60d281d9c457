//! Ten faults and more, each planted in a report that has none: each is found, and no other line changes for it.

use crate::material::{case, decisions, gather, id, items, reply, summary};
use serde_json::{Value, json};
use weir_case::Document;
use weir_case::lint::{Line, State, lint};
use weir_case::report::{Material, draft, inputs};

type Items = Vec<(&'static str, Value)>;

/// Material in which nothing is open.
fn settled(case: &Document) -> Material {
    let mut summary = summary();
    summary["captures"][1]["sha256"] = json!("00".repeat(32));
    let decisions = json!({"decisions": [decisions()["decisions"][1]]});
    gather(case, |op| match op {
        "summary" => Ok(summary.clone()),
        "decisions" => Ok(decisions.clone()),
        op => reply(op),
    })
}

/// A case in order, with a conclusion as it is drafted and a sentence of the analyst's.
fn golden() -> Items {
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
    let made = case(&items);
    let material = settled(&made);
    let drafted = draft(&made, &material);
    assert!(drafted.len() > 3, "{drafted:?}");
    for line in &drafted {
        assert!(line.contains("[["), "every sentence is cited: {line}");
    }
    let drafted = drafted.join("\n");
    items.push((
        "note",
        json!({"text": format!("{drafted}\nIt ran at once, as the DNS look-up shows [[p120]]."), "drafted": drafted, "inputs": inputs(&made, &material), "role": "summary", "parent": "", "order": 0}),
    ));
    items
}

fn checked(items: &Items) -> Vec<Line> {
    let case = case(items);
    lint(&case, &settled(&case))
}

fn open(lines: &[Line]) -> Vec<&str> {
    let open = lines.iter().filter(|l| l.state != State::Ok);
    open.map(|l| l.says.as_str()).collect()
}

fn summary_note(items: &mut Items) -> &mut Value {
    let found = items.iter_mut().find(|i| i.1["role"] == "summary");
    &mut found.unwrap().1
}

fn told(items: &mut Items, change: impl Fn(&str) -> String) {
    let note = summary_note(items);
    let text = change(note["text"].as_str().unwrap());
    note["text"] = text.into();
}

#[test]
fn a_report_in_order_has_none_of_them() {
    assert_eq!(open(&checked(&golden())), Vec::<&str>::new());
}

#[test]
fn each_planted_fault_is_found_and_leads_to_its_place() {
    type Plant = fn(&mut Items);
    let faults: [(&str, Plant, &str, &str); 14] = [
        (
            "a claim without evidence",
            |i| told(i, |t| format!("{t}\nThe attacker came from outside.")),
            "this sentence names no evidence: \u{201c}The attacker came from outside.\u{201d}",
            "report",
        ),
        (
            "a number of the draft that was changed",
            |i| told(i, |t| t.replacen("1 host", "3 hosts", 1)),
            "a number is another\u{2019}s now: \u{201c}3 hosts",
            "report",
        ),
        (
            "a number that is not what is cited",
            |i| told(i, |t| format!("{t}\nIt had 70,001 bytes [[file:abab]].")),
            "\u{201c}70,001 bytes\u{201d}, and the data say 70000",
            "report",
        ),
        (
            "an abbreviation that nobody explains",
            |i| told(i, |t| t.replace("DNS look-up", "QXZ look-up")),
            "not spelled out anywhere: QXZ",
            "report",
        ),
        (
            "a page one that is too long",
            |i| i[0].1["sentence"] = json!(format!("{}?", "word ".repeat(300))),
            "250 is the limit",
            "report",
        ),
        (
            "a host without a decision",
            |i| i.retain(|i| i.0 != "decision"),
            "not decided yet, the proposed decision stands: 192.0.2.24",
            "report",
        ),
        (
            "a goal without an answer",
            |i| {
                i.push((
                    "scope",
                    json!({"entry": "indicator", "kind": "domain", "value": "cdn.example.org", "because": ""}),
                ));
            },
            "no answer for cdn.example.org",
            "scope",
        ),
        (
            "what has to be done is open",
            |i| i[7].1["done"] = json!(false),
            "not done yet: each suspected host is decided",
            "scope",
        ),
        (
            "a word that no capture can show",
            |i| told(i, |t| format!("{t}\nThe others are clean [[p1]].")),
            "something is called \u{201c}clean\u{201d}",
            "notes",
        ),
        (
            "other inputs than those of the draft",
            |i| summary_note(i)["inputs"] = json!("0123"),
            "the conclusion is stale",
            "report",
        ),
        (
            "a reference to a packet that is not there",
            |i| told(i, |t| format!("{t}\nThen it slept [[p99999]].")),
            "references that lead nowhere: [[p99999]]",
            "notes",
        ),
        (
            "a reference to a finding that is not made",
            |i| told(i, |t| format!("{t}\nThen it slept [[F-77]].")),
            "references that lead nowhere: [[F-77]]",
            "notes",
        ),
        (
            "nobody said who may have it",
            |i| i.retain(|i| i.0 != "marking"),
            "no TLP marking is chosen",
            "report",
        ),
        (
            "a name that stays clickable",
            |i| {
                told(i, |t| {
                    format!("{t}\nThen it asked drop.bad-name.com [[p1]].")
                })
            },
            "names that stay clickable, because they are no indicators: drop.bad-name.com",
            "report",
        ),
    ];
    for (fault, plant, says, step) in faults {
        let mut items = golden();
        plant(&mut items);
        let lines = checked(&items);
        let line = lines
            .iter()
            .find(|l| l.state != State::Ok && l.says.contains(says));
        let line = line.unwrap_or_else(|| panic!("{fault}: {:#?}", open(&lines)));
        assert_eq!(line.step, Some(step), "{fault}");
    }
}

#[test]
fn a_line_names_the_item_it_is_about() {
    let mut items = golden();
    told(&mut items, |t| {
        format!("{t}\nThe attacker came from outside.")
    });
    let at = items.iter().position(|i| i.1["role"] == "summary").unwrap();
    let lines = checked(&items);
    let line = lines.iter().find(|l| l.says.contains("names no evidence"));
    assert_eq!(line.unwrap().item, Some(id(at as u64 + 1)));
}
