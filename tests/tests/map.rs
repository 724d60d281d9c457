//! The mind map of the golden case: hosts, files and who fetched or sent what are the key's, no more and no fewer.

#![allow(clippy::unwrap_used, reason = "a failure here is the test's failure")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use weir_case::Document;
use weir_case::map::{Built, build};
use weir_case::report::Gather;
use weir_tests::desk::Desk;
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

/// Host, verb, first digits of the hash.
type Moved = BTreeSet<(String, &'static str, String)>;

fn planted(case: &Case) -> Moved {
    let mut out = Moved::new();
    for e in case.key.plants.iter().flat_map(|p| &p.expects) {
        let counts = e.runs.iter().any(|r| r == "a")
            && e.in_window != Some(false)
            && e.rung.iter().any(|r| r == "delivered" || r == "partial");
        let who = if e.host.mac.is_empty() {
            &e.host.address
        } else {
            &e.host.mac
        };
        for f in e.files.iter().filter(|f| counts && f.complete) {
            let verb = if e.direction == "sent" {
                "sent"
            } else {
                "fetched"
            };
            out.insert((who.clone(), verb, f.sha256[..16].to_owned()));
        }
    }
    out
}

/// Every file that moved by a plant, asked for or not.
fn moved(case: &Case) -> BTreeSet<(String, String)> {
    let of = |who: &weir_tests::golden::key::HostKey, sha: &str| {
        let mac = if who.mac.is_empty() {
            &who.address
        } else {
            &who.mac
        };
        (mac.clone(), sha.get(..16).unwrap_or_default().to_owned())
    };
    let plants = case.key.plants.iter();
    let mut out = BTreeSet::new();
    for p in plants {
        out.extend(p.files.iter().map(|f| of(&p.host, &f.sha256)));
        for e in &p.expects {
            out.extend(e.files.iter().map(|f| of(&e.host, &f.sha256)));
        }
    }
    out
}

fn drawn(map: &Built) -> Moved {
    let whole = |origin: &str| {
        let node = map.nodes.iter().find(|n| n.origin == origin).unwrap();
        !node.text.contains("not complete")
    };
    let moved = map.edges.iter().filter(|e| e.to.starts_with("file:"));
    moved
        .filter(|e| e.from.starts_with("host:") && whole(&e.to))
        .map(|e| {
            let who = e.from.trim_start_matches("host:").to_owned();
            (who, e.verb, e.to.split(':').nth(1).unwrap().to_owned())
        })
        .collect()
}

#[test]
fn the_map_has_what_was_planted() {
    for seed in SEEDS {
        let case = golden(seed, Twin::None, false);
        let map = built(&case);
        let (want, have) = (planted(&case), drawn(&map));
        let lacking: Vec<_> = want.difference(&have).collect();
        let moved = moved(&case);
        // A page or a form of the domain is content of it too, and no file of the key.
        let hashes: BTreeSet<&str> = moved.iter().map(|m| m.1.as_str()).collect();
        let wrong = |(who, _, hash): &&(String, &str, String)| {
            hashes.contains(hash.as_str()) && !moved.contains(&(who.clone(), hash.clone()))
        };
        let beyond: Vec<_> = have.difference(&want).filter(wrong).collect();
        assert!(want.len() > 10, "{}", want.len());
        assert!(
            lacking.is_empty(),
            "seed {seed}: not in the map: {lacking:#?}"
        );
        assert!(beyond.is_empty(), "seed {seed}: in no key: {beyond:#?}");
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
