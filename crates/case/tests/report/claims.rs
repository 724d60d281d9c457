//! Claims derived again: what holds, what differs with was and is, and what cannot be told.

use crate::material::{
    SHA_A, answers, case, cite, decisions, findings, gather, items, reply, summary,
};
use serde_json::{Value, json};
use weir_case::Document;
use weir_case::claims::{Carried, State, Verified, Verify, verify};
use weir_case::report::{Format, Material, draft, write};

type Items = Vec<(&'static str, Value)>;

fn engine(op: &str) -> Result<Value, &'static str> {
    match op {
        "summary" => {
            let mut summary = summary();
            summary["captures"][1]["sha256"] = json!("00".repeat(32));
            Ok(summary)
        }
        op => reply(op),
    }
}

/// Items whose claims all hold.
fn right() -> Items {
    let mut items = items();
    items.retain(|i| i.1["sha12"] != "ffffffffffff" && i.0 != "capture");
    items.push((
        "capture",
        json!({"capture": "A", "name": "a.pcap", "sha256": SHA_A}),
    ));
    for item in &mut items {
        if item.0 == "pin" {
            item.1["fact"] = json!("192.0.2.23 \u{2192} 203.0.113.9 HTTP GET /setup.exe HTTP/1.1");
            item.1["digest"] = json!("12".repeat(32));
        }
    }
    items
}

fn checked(items: &Items, engine: impl Fn(&str) -> Result<Value, &'static str>) -> Verified {
    let subject = Verify::Case(Box::new(case(items)));
    verify(&subject, &gathered(&subject, engine))
}

fn gathered(subject: &Verify, engine: impl Fn(&str) -> Result<Value, &'static str>) -> Material {
    let mut gather = subject.gather().unwrap();
    while let Some((op, _)) = gather.ask() {
        match engine(op) {
            Ok(payload) => gather.take(payload),
            Err(reason) => gather.fail(reason),
        }
    }
    gather.finish(true, "fp".into(), "0", "")
}

fn line<'a>(all: &'a Verified, place: &str, evidence: &str) -> &'a weir_case::claims::Line {
    let found = all
        .lines
        .iter()
        .find(|l| l.place == place && l.evidence == evidence);
    found.unwrap_or_else(|| panic!("{place} {evidence}: {:#?}", all.lines))
}

#[test]
fn a_case_that_is_right_holds() {
    let all = checked(&right(), engine);
    let open: Vec<_> = all
        .lines
        .iter()
        .filter(|l| l.state != State::Holds)
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    assert_eq!(all.holds, all.lines.len());
    // Written for B, and A's here.
    assert_eq!(line(&all, "pin", "[[p12]]").says, "GET /setup.exe HTTP/1.1");
    assert_eq!(line(&all, "finding", "[[f1]]").state, State::Holds);
    assert_eq!(
        line(&all, "decision", "").says,
        "192.0.2.24: cannot be read, examine the host"
    );
}

#[test]
fn another_capture_in_its_place_tells_what_is_unchanged_in_it() {
    let other = |op: &str| match op {
        "summary" => {
            let mut s = engine("summary").unwrap();
            s["captures"][0]["sha256"] = json!("77".repeat(32));
            s["captures"][0]["name"] = json!("a.pcap");
            Ok(s)
        }
        op => engine(op),
    };
    let all = checked(&right(), other);
    let capture = line(&all, "capture", "");
    assert_eq!(capture.state, State::Differs);
    assert_eq!((capture.was.as_str(), &capture.is[..4]), (SHA_A, "7777"));
    let pin = line(&all, "pin", "[[p12]]");
    assert_eq!(pin.state, State::Holds, "its bytes are the same: {pin:?}");
    assert!(pin.why.contains("what is cited is unchanged"), "{pin:?}");
    // Of a note nothing says what the packet was.
    let note = line(&all, "note", "[[p120]]");
    assert_eq!(note.state, State::Unknown, "{note:?}");
    // A changed packet differs, with what it says now.
    let changed = |op: &str| match op {
        "cite" => {
            let mut c = cite();
            c["cited"][0]["digest"] = json!("13".repeat(32));
            c["cited"][0]["says"] =
                json!("192.0.2.23 \u{2192} 203.0.113.9 HTTP GET /Setup.exe HTTP/1.1");
            Ok(c)
        }
        op => other(op),
    };
    let all = checked(&right(), changed);
    let pin = line(&all, "pin", "[[p12]]");
    assert_eq!(pin.state, State::Differs);
    assert!(
        pin.was.contains("/setup.exe") && pin.is.contains("/Setup.exe"),
        "{pin:?}"
    );
}

#[test]
fn what_is_not_loaded_not_found_or_answered_otherwise_is_told_apart() {
    let gone = |op: &str| match op {
        "summary" => {
            let mut s = engine("summary").unwrap();
            s["captures"] = json!([s["captures"][1]]);
            Ok(s)
        }
        op => engine(op),
    };
    let all = checked(&right(), gone);
    assert_eq!(line(&all, "capture", "").state, State::Unknown);
    let moved = |op: &str| match op {
        "decisions" => {
            let mut a = decisions();
            a["decisions"][1]["rung"] = json!("refused");
            a["decisions"][1]["decision"] = json!("find_out");
            Ok(a)
        }
        "findings" => {
            let mut f = findings();
            f["findings"][0]["id"] = json!("other");
            Ok(f)
        }
        op => engine(op),
    };
    let all = checked(&right(), moved);
    let decision = line(&all, "decision", "");
    assert_eq!(
        (decision.state, decision.was.as_str(), decision.is.as_str()),
        (
            State::Differs,
            "cannot be read, examine the host",
            "asked, refused, find out what asked"
        )
    );
    assert_eq!(line(&all, "finding", "[[f1]]").state, State::Differs);
    let silent = checked(&right(), |op| {
        if op == "cite" {
            Err("gone")
        } else {
            engine(op)
        }
    });
    assert_eq!(line(&silent, "note", "[[p120]]").state, State::Unknown);
    assert!(
        silent
            .lines
            .iter()
            .any(|l| l.says.contains("could not be had: gone"))
    );
}

#[test]
fn a_drafted_sentence_whose_number_changed_differs_with_both() {
    let mut items = right();
    let made = case(&items);
    let subject = Verify::Case(Box::new(made.clone()));
    let drafted = draft(&made, &gathered(&subject, engine)).join("\n");
    items.push((
        "note",
        json!({"text": drafted, "drafted": drafted, "role": "summary"}),
    ));
    let all = checked(&items, engine);
    assert!(
        all.lines.iter().all(|l| l.state == State::Holds),
        "{:#?}",
        all.lines
    );
    let more = |op: &str| match op {
        "answers" => {
            let mut a = answers();
            let mut second = a["answers"][0].clone();
            second["host"] = json!("192.0.2.99");
            a["answers"].as_array_mut().unwrap().push(second);
            Ok(a)
        }
        op => engine(op),
    };
    let all = checked(&items, more);
    let found = all
        .lines
        .iter()
        .find(|l| l.place == "conclusion" && l.state == State::Differs);
    let found = found.unwrap();
    assert!(
        found.was.starts_with("1 host received") && found.is.starts_with("2 hosts received"),
        "{found:?}"
    );
}

fn made(format: Format) -> (Document, String) {
    let case = case(&right());
    let material = gather(&case, engine);
    let text = write(&case, &material, format);
    (case, text)
}

#[test]
fn a_report_carries_its_claims_and_they_are_checked_without_the_case() {
    for format in [Format::Json, Format::Html] {
        let (_, text) = made(format);
        let carried = Carried::read(&text).unwrap();
        assert_eq!(carried.captures[0].sha256, SHA_A);
        assert!(
            carried
                .citations
                .iter()
                .any(|c| c.evidence == "[[p12]]" && c.digest == "12".repeat(32))
        );
        let subject = Verify::Report(Box::new(carried));
        let all = verify(&subject, &gathered(&subject, engine));
        let open: Vec<_> = all
            .lines
            .iter()
            .filter(|l| l.state != State::Holds)
            .collect();
        assert!(open.is_empty(), "{format:?} {open:#?}");
        assert!(all.holds > 10);
        let lost = |op: &str| match op {
            "answers" => {
                let mut a = answers();
                a["answers"][0]["rung"] = json!("refused");
                a["answers"][0]["answer"] = json!("not_seen");
                Ok(a)
            }
            op => engine(op),
        };
        let all = verify(&subject, &gathered(&subject, lost));
        let answer = all
            .lines
            .iter()
            .find(|l| l.place == "answer" && l.state == State::Differs);
        assert_eq!(
            answer.map(|a| (a.was.as_str(), a.is.as_str())),
            Some(("delivered", "asked, refused"))
        );
    }
}

#[test]
fn what_is_no_report_is_refused_with_a_sentence() {
    let (_, html) = made(Format::Html);
    let broken = html.replace(
        "name=\"weir-claims\" content=\"",
        "name=\"weir-claims\" content=\"*",
    );
    for (text, says) in [
        ("", "no report that carries its claims"),
        ("{}", "no report that carries its claims"),
        ("{", "no JSON"),
        ("{\"claims\": {\"schema\": 9}}", "schema 9"),
        (
            "{\"claims\": {\"schema\": 1, \"captures\": 5}}",
            "not right",
        ),
        (broken.as_str(), "damaged"),
    ] {
        let e = Carried::read(text).unwrap_err();
        assert!(e.to_string().contains(says), "{e}");
    }
}
