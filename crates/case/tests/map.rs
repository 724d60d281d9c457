//! The mind map: what is built, that building twice adds nothing, where nodes stand, and that no text breaks out.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;
use weir_case::map::{build, canvas, drawn, layout, markdown, mermaid, svg};
use weir_case::report::{Finding, Material, Proposed};
use weir_case::{Document, Item, Version};

fn item(id: &str, kind: &str, body: serde_json::Value) -> Item {
    Item {
        id: id.to_owned(),
        now: Version {
            kind: kind.to_owned(),
            body: body.as_object().unwrap().clone(),
            ..Version::default()
        },
        ..Item::default()
    }
}

fn material() -> Material {
    let host = |ip: &str, findings: &[&str]| Proposed {
        host: ip.to_owned(),
        rung: "none".to_owned(),
        decision: "examine".to_owned(),
        evidence: vec!["[[p1]]".to_owned()],
        findings: findings.iter().map(|f| (*f).to_owned()).collect(),
        ..Proposed::default()
    };
    let finding = |id: &str, src: &str, dst: &str| Finding {
        id: id.to_owned(),
        detection: "lateral.psexec".to_owned(),
        title: format!("{src} changed a service of {dst}"),
        severity: "high".to_owned(),
        confidence: 0.9,
        src: Some(src.to_owned()),
        dst: Some(dst.to_owned()),
        evidence: vec!["[[p7]]".to_owned()],
        innocent: "administration".to_owned(),
        ..Finding::default()
    };
    Material {
        decisions: Some(vec![host("10.0.0.5", &["F-1"]), host("10.0.0.9", &["F-1"])]),
        findings: Some(weir_case::report::Findings {
            findings: vec![finding("F-1", "10.0.0.5", "10.0.0.9")],
            ..Default::default()
        }),
        ..Material::default()
    }
}

#[test]
fn what_was_found_is_built_once() {
    let mut case = Document::new("ca5e");
    case.items.push(item(
        "d",
        "decision",
        json!({"host": "10.0.0.5", "decision": "isolate_now", "reason": "seen on disk"}),
    ));
    let built = build(&case, &material());
    let says: Vec<(&str, &str)> = built
        .nodes
        .iter()
        .map(|n| (n.sort, n.origin.as_str()))
        .collect();
    assert_eq!(
        says,
        [
            ("question", "question"),
            ("host", "host:10.0.0.5"),
            ("host", "host:10.0.0.9"),
            ("hypothesis", "finding:F-1"),
            ("action", "decision:host:10.0.0.5"),
        ]
    );
    let edges: Vec<(&str, &str, &str)> = built
        .edges
        .iter()
        .map(|e| (e.from.as_str(), e.verb, e.to.as_str()))
        .collect();
    assert_eq!(
        edges,
        [
            ("host:10.0.0.5", "then", "finding:F-1"),
            ("finding:F-1", "then", "host:10.0.0.9"),
            ("host:10.0.0.5", "decided", "decision:host:10.0.0.5"),
        ]
    );
    let once = built.added_to(&case);
    assert_eq!(built.added_to(&once), once, "built twice is built once");
    assert_eq!(
        built.added_to(&case),
        once,
        "ids do not depend on the moment"
    );
    let map = once.map(Some(&built.origins()));
    assert_eq!((map.nodes.len(), map.edges.len()), (5, 3));
    assert!(map.nodes.iter().all(|n| !n.unsupported));
}

#[test]
fn without_its_evidence_a_built_node_says_unsupported() {
    let case = Document::new("ca5e");
    let built = build(&case, &material());
    let mut case = built.added_to(&case);
    // The capture that showed it is gone: only the question can be built now.
    let left: BTreeSet<String> = ["question".to_owned()].into();
    let sorts: Vec<(&str, bool)> = case
        .map(Some(&left))
        .nodes
        .iter()
        .map(|n| (n.sort, n.unsupported))
        .collect();
    assert_eq!(
        sorts,
        [
            ("question", false),
            ("host", true),
            ("hypothesis", true),
            ("host", true)
        ]
    );
    // Its references were taken out by hand; what nobody built claims nothing of the kind.
    for i in &mut case.items {
        if i.now.text("sort") == "hypothesis" {
            i.now.body.insert("evidence".to_owned(), json!(""));
        }
    }
    case.items.push(item(
        "own",
        "node",
        json!({"text": "mine", "sort": "event"}),
    ));
    let map = case.map(None);
    let of = |sort: &str| {
        map.nodes
            .iter()
            .find(|n| n.sort == sort)
            .unwrap()
            .unsupported
    };
    assert!(of("hypothesis") && !of("host") && !of("event"));
}

#[test]
fn circles_and_strays_are_drawn_too() {
    let mut case = Document::new("ca5e");
    case.items = vec![
        item("a", "node", json!({"text": "a", "parent": "b"})),
        item("b", "node", json!({"text": "b", "parent": "a"})),
        item("c", "note", json!({"text": "c", "parent": "nobody"})),
        item(
            "e",
            "edge",
            json!({"from": "a", "to": "gone", "verb": "then"}),
        ),
        item("f", "edge", json!({"from": "a", "to": "a", "verb": "then"})),
    ];
    let map = case.map(None);
    let mut ids: Vec<&str> = map.nodes.iter().map(|n| n.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["a", "b", "c"]);
    assert!(map.edges.is_empty());
}

fn boxes_apart(map: &weir_case::map::Map<'_>) {
    let laid = layout(map);
    for (n, a) in laid.places.iter().enumerate() {
        for b in laid.places.iter().skip(n + 1) {
            let apart =
                a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
            assert!(apart, "{a:?} and {b:?} overlap");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Any forest, with any text: no two boxes overlap, every node is there once, nothing breaks out of a format.
    #[test]
    fn any_map(parents in prop::collection::vec(0_usize..24, 1..24), texts in prop::collection::vec("\\PC{0,60}|.{0,40}", 24)) {
        let mut case = Document::new("ca5e");
        for (n, parent) in parents.iter().enumerate() {
            let parent = if *parent == n { String::new() } else { parent.to_string() };
            case.items.push(item(&n.to_string(), "node", json!({"text": texts[n], "parent": parent, "order": n, "sort": "host"})));
        }
        case.items.push(item("x", "edge", json!({"from": "0", "to": (parents.len() - 1).to_string(), "verb": texts[0]})));
        let map = case.map(None);
        prop_assert_eq!(map.nodes.len(), parents.len());
        boxes_apart(&map);
        let laid = layout(&map);
        let drawing = svg(&map, &laid, &texts[1]);
        let tags: Vec<&str> = drawing.split('<').skip(1).map(|t| t.split([' ', '>', '/']).next().unwrap_or("")).collect();
        let known = ["svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text", ""];
        prop_assert!(tags.iter().all(|t| known.contains(t)), "{tags:?}");
        prop_assert!(!drawing.chars().any(|c| c.is_control() && c != '\n'));
        let chart = mermaid(&map);
        prop_assert_eq!(chart.lines().count(), 1 + map.nodes.len() + map.nodes.iter().filter(|n| n.parent.is_some()).count() + map.edges.len());
        let outline = markdown(&map, &texts[1]);
        prop_assert_eq!(outline.lines().filter(|l| l.trim_start().starts_with("- ")).count(), map.nodes.len() + map.edges.len());
        prop_assert!(drawn(&map, &laid)["nodes"].as_array().unwrap().len() == map.nodes.len());
    }
}

#[test]
fn a_reference_is_text_whatever_stands_in_it() {
    let mut case = Document::new("ca5e");
    let ordinary = "[[p1]] [[B:p2-4]] [[p5:dns.qry.name_len]] [[p6@66+14]] [[tcp:17]] [[h:2001:db8::1]] \
                    [[file:9c1f]] [[F-03]] [[q:`http.host contains \"<a>*_b_\"`]] [[t:1.000000000..2.000000000]]";
    let hostile = [
        "[[F-<img src=https://evil.example/x>]]",
        "[[F-](https://evil.example)]]",
        "[[p1:_x_ **y** <b>]]",
        "[[p1:www.evil.example]]",
        "[[q:`a`<img src=//evil.example>`b`]]",
        "[[q:`a\n# b\u{202e}`]]",
    ];
    for (id, evidence) in [("a", ordinary.to_owned()), ("b", hostile.join(" "))] {
        case.items.push(item(
            id,
            "node",
            json!({"text": "n", "parent": "", "order": 1, "sort": "event", "evidence": evidence}),
        ));
    }
    let map = case.map(None);
    assert_eq!(map.nodes[1].evidence.len(), hostile.len());
    let text = canvas(&map, &layout(&map));
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let outline = markdown(&map, "");
    let kept = format!("**event** n {}", map.nodes[0].evidence.join(" "));
    assert_eq!(map.nodes[0].evidence.len(), 10);
    assert_eq!(read["nodes"][0]["text"], kept.as_str());
    assert!(outline.contains(&kept), "{outline}");
    let escaped = r"**event** n [[F-\<img src=https\://evil.example/x\>]] [[F-\]\(https\://evil.example\)]] [[p1:\_x\_ \*\*y\*\* \<b\>]] [[p1:www\.evil.example]] [[q:\`a\`\<img src=//evil.example\>\`b\`]] [[q:\`a␊\# b⟨U+202E⟩\`]]";
    assert_eq!(read["nodes"][1]["text"], escaped);
    assert!(outline.contains(escaped), "{outline}");
}

#[test]
fn a_canvas_has_every_node_at_its_place_and_every_edge_between_nodes() {
    let mut case = build(&Document::new("ca5e"), &material()).added_to(&Document::new("ca5e"));
    case.items.push(item(
        "hostile",
        "node",
        json!({"text": "[x](javascript:1) <b>\u{202e}", "parent": "", "order": 9, "sort": "event", "evidence": "[[p3]]"}),
    ));
    let map = case.map(None);
    let laid = layout(&map);
    let text = canvas(&map, &laid);
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let nodes = read["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), map.nodes.len());
    let ids: BTreeSet<&str> = nodes.iter().map(|n| n["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), nodes.len(), "ids are one each");
    for n in nodes {
        assert_eq!(n["type"], "text");
        for side in ["x", "y", "width", "height"] {
            assert!(n[side].is_i64(), "the format wants whole pixels: {n}");
        }
        let shown = n["text"].as_str().unwrap();
        assert!(
            !shown.contains("[x](") && !shown.contains('\u{202e}') && !shown.contains("<b>"),
            "{shown}"
        );
    }
    let edges = read["edges"].as_array().unwrap();
    let ways = map.nodes.iter().filter(|n| n.parent.is_some()).count();
    assert_eq!(edges.len(), map.edges.len() + ways);
    let all: BTreeSet<&str> = edges.iter().map(|e| e["id"].as_str().unwrap()).collect();
    assert_eq!(all.len(), edges.len());
    for e in edges {
        assert!(
            ids.contains(e["fromNode"].as_str().unwrap())
                && ids.contains(e["toNode"].as_str().unwrap()),
            "{e}"
        );
    }
    assert!(
        edges
            .iter()
            .any(|e| e["label"] == "sent" || e["label"] == "then" || e["label"] == "contacted"),
        "{edges:?}"
    );
}

#[test]
fn a_note_on_the_map_is_its_words() {
    let note = |text: &str| {
        let mut case = Document::new("ca5e");
        case.items.push(item(
            "1",
            "note",
            json!({"text": text, "parent": "", "order": 1}),
        ));
        case.map(None).nodes[0].text.clone()
    };
    assert_eq!(
        note("**Beacon** to a #c2 tool, see [[p12]]\n\n- _one_\n- `two`"),
        "Beacon to a #c2 tool, see p12 one two"
    );
    assert_eq!(note("plain words"), "plain words");
}
