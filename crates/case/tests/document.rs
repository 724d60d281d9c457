//! The case document: reading, saving, operations, scope, and single merges.

#![allow(clippy::unwrap_used)]

use serde_json::{Map, Value, json};
use weir_case::{Change, Document, Operation, Stamp};
use weir_model::IndicatorKind;

const CASE: &str = "00112233445566778899aabbccddeeff";

fn id(n: u64) -> String {
    format!("{n:032x}")
}

fn stamp(author: u64, counter: u64) -> Stamp {
    Stamp {
        // Clocks of authors differ: wall time does not follow the order of events.
        at: format!(
            "2026-03-04T{:02}:00:00.000Z",
            (counter * 7 + author * 11) % 24
        ),
        counter,
        author: id(author),
    }
}

fn members(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn add(doc: &mut Document, item: u64, by: Stamp, kind: &str, body: Value) {
    doc.apply(Operation {
        item: id(item),
        stamp: by,
        change: Change::Add {
            kind: kind.into(),
            pass: 1,
            step: "notes".into(),
            body: members(body),
        },
    })
    .unwrap();
}

fn edit(doc: &mut Document, item: u64, by: Stamp, body: Value) -> Change {
    doc.apply(Operation {
        item: id(item),
        stamp: by,
        change: Change::Edit(members(body)),
    })
    .unwrap()
}

#[test]
fn unknown_members_survive_at_every_depth() {
    let text = json!({
        "schema": 1, "id": CASE, "title": "t", "mood": {"b": 1, "a": [null, 2.5]},
        "items": [{
            "id": id(1), "kind": "hologram", "pass": 2, "step": "notes", "colour": "red",
            "stamp": {"author": "a", "counter": 3, "at": "2026-03-04T12:00:00Z"},
            "body": {"text": "x", "depth": {"z": 1}},
            "conflicts": [{"stamp": {"author": "b", "counter": 1, "at": ""}, "body": {"q": true}, "why": "lost"}],
        }],
    });
    let doc = Document::open(&text.to_string()).unwrap();
    let saved = doc.save();
    let back: Value = serde_json::from_str(&saved).unwrap();
    for place in [
        "/mood/b",
        "/mood/a/1",
        "/items/0/kind",
        "/items/0/colour",
        "/items/0/body/depth/z",
        "/items/0/conflicts/0/why",
        "/items/0/conflicts/0/body/q",
        "/items/0/pass",
    ] {
        assert_eq!(back.pointer(place), text.pointer(place), "{place}");
    }
    assert_eq!(Document::open(&saved).unwrap().save(), saved, "canonical");
    // Merging keeps them, too.
    let merged = doc.merge(&doc).unwrap().save();
    for word in ["hologram", "colour", "mood", "lost"] {
        assert!(merged.contains(word), "{word}");
    }
}

#[test]
fn member_order_of_the_file_does_not_change_the_saved_text() {
    let a = r#"{"schema":1,"id":"00112233445566778899aabbccddeeff","title":"x","items":[],"p":1,"b":{"y":1,"x":2}}"#;
    let b = r#"{"b":{"x":2,"y":1},"items":[],"p":1,"title":"x","id":"00112233445566778899aabbccddeeff","schema":1}"#;
    assert_eq!(
        Document::open(a).unwrap().save(),
        Document::open(b).unwrap().save()
    );
}

#[test]
fn what_is_no_case_is_said_with_its_place() {
    let item = |change: fn(&mut Value)| {
        let mut item = json!({
            "id": id(1), "kind": "note", "pass": 1, "step": "notes",
            "stamp": {"author": "a", "counter": 1, "at": "2026-03-04T12:00:00Z"}, "body": {},
        });
        change(&mut item);
        json!({"schema": 1, "id": CASE, "title": "", "items": [item]}).to_string()
    };
    for (text, message, place) in [
        (String::new(), "empty", ""),
        (
            "{\"schema\": 1,\n oops}".into(),
            "no JSON",
            "line 2, column 2",
        ),
        ("[]".into(), "not a list", ""),
        ("{}".into(), "no \u{201c}schema\u{201d}", ""),
        (
            r#"{"schema":2,"items":[]}"#.into(),
            "a newer Weir wrote it (schema 2)",
            "schema",
        ),
        (
            r#"{"schema":"1","items":[]}"#.into(),
            "whole number",
            "schema",
        ),
        (
            r#"{"schema":1,"indicators":[]}"#.into(),
            "a scope, not a case",
            "",
        ),
        (
            r#"{"schema":1,"items":{}}"#.into(),
            "a list is expected, not an object",
            "items",
        ),
        (
            r#"{"schema":1,"items":[]}"#.into(),
            "\u{201c}id\u{201d} is missing",
            "id",
        ),
        (
            item(|i| i["id"] = json!("x")),
            "32 lower-case hex",
            "items[0].id",
        ),
        (
            item(|i| i["stamp"]["counter"] = json!(-1)),
            "whole number",
            "items[0].stamp.counter",
        ),
        (
            item(|i| i["body"] = json!("text")),
            "an object is expected, not text",
            "items[0].body",
        ),
        (
            item(|i| i["deleted"] = json!(1)),
            "true or false",
            "items[0].deleted",
        ),
        (
            item(|i| {
                i.as_object_mut().unwrap().remove("kind");
            }),
            "\u{201c}kind\u{201d} is missing",
            "items[0].kind",
        ),
        (
            item(|i| i["conflicts"] = json!([{"body": {}}])),
            "\u{201c}stamp\u{201d} is missing",
            "items[0].conflicts[0].stamp",
        ),
        (
            format!("{}1{}", "[".repeat(5000), "]".repeat(5000)),
            "no JSON",
            "line 1",
        ),
    ] {
        let error = Document::open(&text).unwrap_err();
        assert!(error.message.contains(message), "{message}: {error}");
        assert!(
            error.place.unwrap_or_default().starts_with(place),
            "{message}: {place}"
        );
    }
}

#[test]
fn two_items_with_one_id_are_refused() {
    let item =
        json!({"id": id(1), "kind": "note", "stamp": {"author": "a", "counter": 1}, "body": {}});
    let text = json!({"schema": 1, "id": CASE, "items": [item, item]}).to_string();
    let error = Document::open(&text).unwrap_err();
    assert_eq!(error.place.as_deref(), Some("items[1].id"));
}

#[test]
fn an_operation_gives_back_its_undoing() {
    let mut doc = Document::new(CASE);
    add(
        &mut doc,
        1,
        stamp(1, 1),
        "note",
        json!({"text": "a", "order": 1}),
    );
    let before = doc.item(&id(1)).unwrap().now.body.clone();
    let back = edit(
        &mut doc,
        1,
        stamp(1, 2),
        json!({"text": "b", "order": null, "new": 1}),
    );
    assert_eq!(doc.item(&id(1)).unwrap().now.text("text"), "b");
    let redo = doc.apply(Operation {
        item: id(1),
        stamp: stamp(1, 3),
        change: back,
    });
    assert_eq!(doc.item(&id(1)).unwrap().now.body, before);
    doc.apply(Operation {
        item: id(1),
        stamp: stamp(1, 4),
        change: redo.unwrap(),
    })
    .unwrap();
    assert_eq!(doc.item(&id(1)).unwrap().now.text("text"), "b");
    let missing = Operation {
        item: id(9),
        stamp: stamp(1, 5),
        change: Change::Settle,
    };
    assert!(doc.apply(missing).is_err());
}

#[test]
fn the_scope_is_what_the_items_say() {
    let mut doc = Document::new(CASE);
    let entry = |doc: &mut Document, n: u64, body: Value| add(doc, n, stamp(1, n), "scope", body);
    add(
        &mut doc,
        1,
        stamp(1, 1),
        "issue",
        json!({"issue": "policy", "sentence": "Who fetched it?"}),
    );
    entry(
        &mut doc,
        2,
        json!({"entry": "network", "value": "192.0.2.0/24", "role": "", "source": ""}),
    );
    entry(
        &mut doc,
        3,
        json!({"entry": "window", "from": "2026-03-02T12:00:00Z", "to": "", "zone": "Asia/Kolkata"}),
    );
    entry(
        &mut doc,
        4,
        json!({"entry": "indicator", "kind": "domain", "value": "files.example.net"}),
    );
    entry(&mut doc, 5, json!({"entry": "protocol", "value": "http"}));
    entry(
        &mut doc,
        6,
        json!({"entry": "exclude", "value": "192.0.2.7"}),
    );
    let scope = doc.scope().unwrap();
    assert_eq!(scope.question, "Who fetched it?");
    assert_eq!(scope.zone, "Asia/Kolkata");
    assert_eq!(scope.indicators[0].kind, IndicatorKind::Domain);
    assert!(scope.window.from.is_some() && scope.window.to.is_none());
    assert!(scope.covers("192.0.2.8".parse().unwrap()));
    assert!(!scope.covers("192.0.2.7".parse().unwrap()));
    doc.apply(Operation {
        item: id(4),
        stamp: stamp(1, 7),
        change: Change::Delete(true),
    })
    .unwrap();
    assert!(doc.scope().unwrap().indicators.is_empty());
    edit(&mut doc, 2, stamp(1, 8), json!({"value": "not a network"}));
    assert!(doc.scope().unwrap_err().0.contains("not a network"));
}

#[test]
fn a_colleagues_edit_of_mine_is_no_conflict_and_a_concurrent_one_is() {
    let mut mine = Document::new(CASE);
    add(&mut mine, 1, stamp(1, 1), "note", json!({"text": "first"}));
    let mut theirs = mine.clone();
    edit(&mut theirs, 1, stamp(2, 1), json!({"text": "second"}));
    let merged = mine.merge(&theirs).unwrap();
    let item = merged.item(&id(1)).unwrap();
    assert_eq!((item.now.text("text"), item.conflicts.len()), ("second", 0));

    edit(&mut mine, 1, stamp(1, 2), json!({"text": "third"}));
    let merged = theirs.merge(&mine).unwrap();
    let item = merged.item(&id(1)).unwrap();
    let texts: Vec<_> = [&item.now, &item.conflicts[0]]
        .map(|v| v.text("text"))
        .into();
    assert_eq!(item.conflicts.len(), 1);
    assert!(texts.contains(&"second") && texts.contains(&"third"));

    // Settling it once is enough: the forgotten edit does not come back from an old copy.
    let mut settled = merged.clone();
    settled
        .apply(Operation {
            item: id(1),
            stamp: stamp(1, 3),
            change: Change::Settle,
        })
        .unwrap();
    for old in [&mine, &theirs, &merged] {
        let again = settled.merge(old).unwrap();
        assert!(again.item(&id(1)).unwrap().conflicts.is_empty());
    }
}

#[test]
fn a_deletion_and_an_edit_at_once_lose_neither() {
    let mut mine = Document::new(CASE);
    add(&mut mine, 1, stamp(1, 1), "note", json!({"text": "first"}));
    let mut theirs = mine.clone();
    edit(&mut theirs, 1, stamp(2, 1), json!({"text": "kept"}));
    mine.apply(Operation {
        item: id(1),
        stamp: stamp(1, 2),
        change: Change::Delete(true),
    })
    .unwrap();
    let merged = mine.merge(&theirs).unwrap();
    let saved = merged.save();
    assert!(saved.contains("\"kept\"") && saved.contains("\"deleted\":true"));
    assert_eq!(Document::open(&saved).unwrap(), merged);
}

#[test]
fn one_stamp_on_two_texts_keeps_both() {
    let mut base = Document::new(CASE);
    add(&mut base, 1, stamp(1, 1), "note", json!({"text": ""}));
    let (mut a, mut b) = (base.clone(), base);
    edit(&mut a, 1, stamp(1, 2), json!({"text": "left tab"}));
    edit(&mut b, 1, stamp(1, 2), json!({"text": "right tab"}));
    let saved = a.merge(&b).unwrap().save();
    assert!(saved.contains("left tab") && saved.contains("right tab"));
}

#[test]
fn files_get_neutral_names() {
    let mut doc = Document::new(CASE);
    assert_eq!(doc.file_name("html"), "weir-00112233.html");
    doc.title = "../..\\Öffice LAN: \u{202e}<b>exe</b>".into();
    assert_eq!(doc.file_name("md"), "weir-ffice-lan-b-exe-00112233.md");
}

#[test]
fn different_cases_are_not_merged() {
    let error = Document::new(CASE)
        .merge(&Document::new(id(7)))
        .unwrap_err();
    assert!(error.to_string().contains("two different cases"));
}
