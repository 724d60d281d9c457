//! The mind map of the golden case: hosts, files and who fetched or sent what are the key's, no more and no fewer.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use weir_case::Document;
use weir_case::map::{Built, build};
use weir_case::report::Gather;
use weir_tests::desk::Desk;
use weir_tests::golden::map::MapKey;
use weir_tests::golden::write::{Case, Twin, build as golden};

/// Seeds that no other test of the order looks at.
const SEEDS: [u64; 2] = [7, 23];

fn file(case: &Case, name: &str) -> Vec<u8> {
    let named = case.files.iter().find(|(n, _)| n == name);
    named.unwrap().1.clone()
}

fn built(case: &Case) -> Built {
    let scope: weir_model::Scope = serde_json::from_slice(&file(case, "scope.json")).unwrap();
    let mut desk = Desk::with(1, &[("a.pcap", file(case, "a.pcap"))]);
    desk.ask("hash", json!({}));
    let mut gather = Gather::new(scope);
    while let Some((op, args)) = gather.ask() {
        let payload: Value = desk.ask(op, args);
        gather.take(payload);
    }
    let material = gather.finish(true, String::new(), "", "");
    assert_eq!(material.troubles, Vec::<String>::new());
    build(&Document::new("ca5e"), &material)
}

/// What a node stands for, as the key has it; what findings suppose and what is still to come is not in the key.
fn known(origin: &str, whole: bool) -> Option<String> {
    let (kind, rest) = origin.split_once(':').unwrap_or((origin, ""));
    match kind {
        "file" if !whole => rest
            .rsplit_once(':')
            .map(|(_, name)| format!("part:{name}")),
        "question" | "name" | "file" | "host" => Some(origin.to_owned()),
        "open" if rest.starts_with("host:") => Some(origin.to_owned()),
        _ => None,
    }
}

/// Of the map of capture A what the key speaks of; hosts of which only findings tell are in no row of the table.
fn drawn(map: &Built) -> MapKey {
    let mut out = MapKey::default();
    let mut called: BTreeMap<&str, String> = BTreeMap::new();
    for n in &map.nodes {
        let whole = !n.text.contains("not complete");
        let Some(origin) = known(&n.origin, whole) else {
            continue;
        };
        called.insert(&n.origin, origin.clone());
        if !(n.sort == "host" && n.text.ends_with("findings only")) {
            out.nodes.insert(origin);
        }
    }
    for e in map.edges.iter().filter(|e| e.verb != "same content") {
        let (Some(from), Some(to)) = (called.get(e.from.as_str()), called.get(e.to.as_str()))
        else {
            continue;
        };
        if !(from.starts_with("name:") && to.starts_with("part:")) {
            out.edges.insert(format!("{from}|{}|{to}", e.verb));
        }
    }
    out
}

fn differences(want: &BTreeSet<String>, have: &BTreeSet<String>) -> Vec<String> {
    let lacking = want
        .difference(have)
        .map(|x| format!("not in the map: {x}"));
    let beyond = have.difference(want).map(|x| format!("in no key: {x}"));
    lacking.chain(beyond).collect()
}

#[test]
fn the_map_has_what_was_planted() {
    for seed in SEEDS {
        let case = golden(seed, Twin::None, false);
        let map = built(&case);
        let (want, have) = (&case.key.map, drawn(&map));
        assert!(want.edges.len() > 40, "{}", want.edges.len());
        let none: [String; 0] = [];
        assert_eq!(differences(&want.nodes, &have.nodes), none, "seed {seed}");
        assert_eq!(differences(&want.edges, &have.edges), none, "seed {seed}");
        // Same content is drawn between files of one hash, and between no others.
        for e in map.edges.iter().filter(|e| e.verb == "same content") {
            let hash = |o: &str| o.split(':').nth(1).unwrap_or_default().to_owned();
            assert_eq!((hash(&e.from), hash(&e.from).len()), (hash(&e.to), 16));
        }
        // Each end of an edge is there, and so is each parent.
        let ids: BTreeSet<&str> = map.nodes.iter().map(|n| n.origin.as_str()).collect();
        assert!(
            map.edges
                .iter()
                .all(|e| ids.contains(e.from.as_str()) && ids.contains(e.to.as_str()))
        );
        assert!(
            map.nodes
                .iter()
                .skip(1)
                .all(|n| ids.contains(n.parent.as_str()))
        );
    }
}

#[test]
fn where_nothing_happened_only_the_question_stands() {
    let map = built(&golden(7, Twin::Clean, false));
    let rest: Vec<_> = map
        .nodes
        .iter()
        .filter(|n| !["question", "open"].contains(&n.sort))
        .collect();
    assert!(rest.is_empty(), "{rest:#?}");
}
