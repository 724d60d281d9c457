//! What stands on which page, in words that a decision needs.

use crate::material::{case, gather, items, reply, whole};
use serde_json::{Value, json};
use weir_case::report::{Block, Format, PAGE_ONE_WORDS, build, write};

fn html() -> String {
    let (case, material) = whole();
    write(&case, &material, Format::Html)
}

fn page_one(html: &str) -> &str {
    html.split("</section>").next().unwrap()
}

#[test]
fn page_one_has_what_a_decision_needs() {
    let html = html();
    let one = page_one(&html);
    for text in [
        "Which hosts fetched the installer from files[.]example[.]net?",
        "2026-03-02 12:00:00 UTC to 2026-03-04 14:00:00 UTC",
        "captured 48 h of the 50 h wanted",
        "isolate now (1)",
        "192.0.2.23",
        "02:00:00:00:00:17",
        "analyst\u{2019}s decision",
        "a test machine, wiped daily",
        "(proposed: examine the host)",
        "1 host sent what was looked for.",
        "What would change our mind",
        "What the capture cannot show",
        "214 packets cut at 96 bytes",
        "[[p12]]",
    ] {
        assert!(one.contains(text), "{text}");
    }
    assert!(
        !one.contains("192.0.2.30"),
        "an unaffected host is not listed"
    );
}

#[test]
fn counts_are_of_hosts_by_their_highest_rung_and_sent_is_apart() {
    let (case, material) = whole();
    let report = build(&case, &material);
    let table = report.page_one.blocks.iter().find_map(|b| match b {
        Block::Table(t) if t.head.contains(&"Hosts") => Some(t),
        _ => None,
    });
    let rows: Vec<String> = table
        .unwrap()
        .rows
        .iter()
        .map(|r| format!("{:?}", r))
        .collect();
    assert_eq!(
        rows.len(),
        3,
        "delivered, hidden, nothing; what lies outside the window is apart: {rows:?}"
    );
    assert!(rows[0].contains("delivered") && rows[0].contains("\"1\""));
}

#[test]
fn page_one_stays_short_with_thirty_hosts() {
    let wide = (0..30)
        .map(|n| json!({"host": format!("192.0.2.{n}"), "mac": "02:00:00:00:00:17", "name": format!("ws-{n}"), "rung": "delivered", "decision": "isolate_and_examine", "because": "delivered or partly delivered", "evidence": ["[[p12]]"], "in_scope": true}))
        .collect::<Value>();
    let wide = json!({ "decisions": wide });
    let case = case(&items());
    let material = gather(&case, |op| {
        if op == "decisions" {
            Ok(wide.clone())
        } else {
            reply(op)
        }
    });
    let report = build(&case, &material);
    assert!(
        report.page_one_words() <= PAGE_ONE_WORDS,
        "{}",
        report.page_one_words()
    );
    let html = write(&case, &material, Format::Html);
    for n in 0..30 {
        assert!(page_one(&html).contains(&format!("192.0.2.{n}<")), "{n}");
    }
}

#[test]
fn the_last_page_has_what_is_needed_to_do_it_again() {
    let html = html();
    let last = html.split("<section class=\"last\"").nth(1).unwrap();
    for text in [
        crate::material::SHA_A,
        "1,900,123 bytes",
        "2026-03-02 12:00:00 UTC",
        "-1.500000000 s, added to its times",
        "not computed yet",
        "Asia/Kolkata",
        "now \u{2212} 48 h",
        "0.1.0",
        "0123456789abcdef",
        "all standard",
        "switch, mirror of the uplink",
    ] {
        assert!(last.contains(text), "{text}");
    }
}

#[test]
fn pages_break_around_the_first_and_the_last_and_references_are_marks_on_paper() {
    let html = html();
    assert_eq!(html.matches("<section class=\"first\"").count(), 1);
    assert_eq!(html.matches("<section class=\"last\"").count(), 1);
    for rule in [
        ".first { break-after: page; }",
        ".last { break-before: page; }",
        "size: auto",
    ] {
        assert!(html.contains(rule), "{rule}");
    }
    assert!(
        html.contains("<span class=\"screen\">[[p12]]</span><span class=\"paper\">A:p12</span>")
    );
    assert!(html.contains("A:p120 to p140"));
}

#[test]
fn a_pin_takes_the_letter_that_its_capture_has_here() {
    let (case, material) = whole();
    let md = write(&case, &material, Format::Markdown);
    assert!(md.contains("[[p12]] GET /setup.exe"), "pinned as B, here A");
    assert!(
        md.contains("[[p3]] DNS query"),
        "one hash is still missing, so nothing is said to be absent"
    );
}

#[test]
fn without_script_and_with_a_policy_for_its_one_style() {
    let html = html();
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
    for forbidden in [
        "<script",
        "javascript:",
        "<a ",
        "href=",
        " src=",
        "onclick",
        "<img",
        "<link",
        "style=\"",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    let style = html
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    assert!(
        !style.contains("url(") && !style.contains('&'),
        "hashed as it stands"
    );
}

#[test]
fn words_that_no_capture_can_show_are_not_used() {
    let (case, material) = whole();
    for format in [Format::Html, Format::Markdown, Format::Json] {
        let text = write(&case, &material, format).to_lowercase();
        for word in ["clean", "safe"] {
            let hit = text
                .split(|c: char| !c.is_alphanumeric())
                .any(|w| w == word);
            assert!(!hit, "{word}");
        }
    }
}

#[test]
fn what_could_not_be_had_is_said() {
    let case = case(&items());
    let material = gather(&case, |_| Err("the engine is gone"));
    let md = write(&case, &material, Format::Markdown);
    assert!(md.contains("answers could not be had: the engine is gone"));
    assert!(md.contains("The questions could not be answered."));
    assert!(!md.contains("no host is affected"));
    let empty = weir_case::Document::new(crate::material::id(1));
    let material = gather(&empty, |_| Err("nothing"));
    assert!(write(&empty, &material, Format::Html).contains("No question was written down."));
}

#[test]
fn what_is_left_out_is_named_on_page_one_and_what_limits_it_stays() {
    let (mut case, material) = whole();
    let md = write(&case, &material, Format::Markdown);
    assert!(md.contains("\n## Findings\n") && !md.contains("Left out of this report"));
    let layout = json!({"without": "findings limits notapart map"});
    case.items.push(weir_case::Item {
        id: "1a".repeat(16),
        now: weir_case::Version {
            kind: "layout".to_owned(),
            body: layout.as_object().cloned().unwrap(),
            ..Default::default()
        },
        ..Default::default()
    });
    let md = write(&case, &material, Format::Markdown);
    assert!(!md.contains("\n## Findings\n"));
    assert!(md.contains("Left out of this report by the analyst: Mind map, Findings."));
    assert!(md.contains("\n### Limits\n"), "they cannot be left out");
    let kept = weir_case::casework::template(&case);
    let layout = kept.items.iter().find(|i| i["kind"] == "layout");
    assert_eq!(
        layout.map(|i| i["body"]["without"].clone()),
        Some(json!("map findings"))
    );
}

#[test]
fn a_conclusion_that_page_one_has_no_room_for_stands_in_full_without_the_notes() {
    let (mut case, material) = whole();
    let item = |id: &str, kind: &str, body: Value| weir_case::Item {
        id: id.repeat(16),
        now: weir_case::Version {
            kind: kind.to_owned(),
            body: body.as_object().cloned().unwrap(),
            ..Default::default()
        },
        ..Default::default()
    };
    let lines: Vec<String> = (0..60)
        .map(|n| format!("Sentence {n} of the conclusion says what was seen and why it matters."))
        .collect();
    case.items.push(item(
        "2b",
        "note",
        json!({"text": lines.join("\n"), "parent": "", "order": 1, "role": "summary"}),
    ));
    case.items.push(item(
        "3c",
        "note",
        json!({"text": "a note with a #word", "parent": "", "order": 2}),
    ));
    case.items
        .push(item("4d", "layout", json!({"without": "notes"})));
    let md = write(&case, &material, Format::Markdown);
    assert!(md.contains("Sentence 59 of the conclusion"));
    assert!(md.contains("\n## In full\n") && !md.contains("\n## Notes and pins\n"));
    assert!(
        !md.contains("a note with a"),
        "the index of tags quotes no note that is left out"
    );
}

#[test]
fn a_report_without_captures_says_so_and_concludes_nothing() {
    let (case, mut material) = whole();
    material.summary.captures.clear();
    let md = write(&case, &material, Format::Markdown);
    assert!(md.contains("Made with no capture loaded"));
    assert!(md.contains("The questions could not be answered."));
    for claim in [
        "Every byte is there",
        "no host is shown",
        "No file was transferred that",
        "Proof that the file",
    ] {
        assert!(!md.contains(claim), "{claim}");
    }
}
