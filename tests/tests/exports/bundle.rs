//! A strict reader of STIX bundles and of the patterns that are written.

use crate::readers::{Wanted, network};

/// A string of a STIX pattern, and what stands behind it.
fn literal(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.strip_prefix('\'').expect(text).char_indices();
    loop {
        match chars.next().expect(text) {
            (_, '\\') => {
                let c = chars.next().expect(text).1;
                assert!(c == '\\' || c == '\'', "{text}");
                out.push(c);
            }
            (at, '\'') => return (out, &text[at + 2..]),
            (_, c) => out.push(c),
        }
    }
}

/// A pattern: one comparison, or a name and what is below it.
fn pattern(text: &str) -> Vec<Wanted> {
    let inner = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .expect(text);
    for (path, of) in [
        ("url:value = ", 0),
        ("file:name = ", 1),
        ("file:hashes.'SHA-256' = ", 2),
        ("file:hashes.'SHA-1' = ", 2),
        ("file:hashes.MD5 = ", 2),
        ("ipv4-addr:value = ", 3),
        ("ipv6-addr:value = ", 3),
        ("ipv4-addr:value ISSUBSET ", 3),
        ("ipv6-addr:value ISSUBSET ", 3),
        (
            "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = ",
            4,
        ),
        ("file:name MATCHES ", 5),
    ] {
        if let Some(rest) = inner.strip_prefix(path) {
            let (value, rest) = literal(rest);
            assert_eq!(rest, "", "{text}");
            return match of {
                0 => {
                    let (host, path) = value
                        .split_once("://")
                        .map(|(_, r)| r.split_at(r.find('/').expect(text)))
                        .expect(text);
                    vec![Wanted::Page(host.to_owned(), path.to_owned())]
                }
                1 => vec![Wanted::FileName(value)],
                2 => vec![Wanted::Digest(value)],
                3 => vec![network(&value)],
                4 => vec![Wanted::Agent(value)],
                _ => Vec::new(),
            };
        }
    }
    let (name, rest) = literal(inner.strip_prefix("domain-name:value = ").expect(text));
    let (below, rest) = literal(
        rest.strip_prefix(" OR domain-name:value MATCHES ")
            .expect(text),
    );
    assert_eq!(
        (rest, below),
        ("", format!("^(.*\\.)?{}$", name.replace('.', "\\."))),
        "{text}"
    );
    vec![
        Wanted::Lookup(name.clone(), true),
        Wanted::Host(name.clone(), true),
        Wanted::Sni(name, true),
    ]
}

/// A bundle: every id is of its type and there once, every reference resolves, times are in their order.
pub(crate) fn stix(text: &str) -> Vec<Wanted> {
    let v: serde_json::Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(v["type"], "bundle");
    let objects = v["objects"].as_array().expect("objects");
    let id = |o: &serde_json::Value| o["id"].as_str().expect("an id").to_owned();
    let ids: std::collections::BTreeSet<String> = objects.iter().map(id).collect();
    assert_eq!(ids.len(), objects.len(), "an id is there twice");
    let mut out = Vec::new();
    for o in objects {
        let (kind, uuid) = id(o)
            .split_once("--")
            .map(|(k, u)| (k.to_owned(), u.to_owned()))
            .expect("an id");
        assert_eq!(
            (o["type"].as_str(), o["spec_version"].as_str()),
            (Some(kind.as_str()), Some("2.1"))
        );
        assert!(
            kind == "marking-definition" || uuid.as_bytes()[14] == b'5',
            "{uuid}"
        );
        let one = ["created_by_ref", "source_ref", "target_ref"]
            .into_iter()
            .filter_map(|n| o[n].as_str());
        let many = ["object_refs", "object_marking_refs"]
            .into_iter()
            .filter_map(|n| o[n].as_array())
            .flatten();
        for r in one.chain(many.filter_map(serde_json::Value::as_str)) {
            assert!(ids.contains(r), "{r} is not in the bundle");
        }
        match kind.as_str() {
            "indicator" => out.extend(pattern(o["pattern"].as_str().expect("a pattern"))),
            "observed-data" => assert!(o["first_observed"].as_str() <= o["last_observed"].as_str()),
            "marking-definition" | "identity" | "relationship" | "domain-name" | "ipv4-addr"
            | "ipv6-addr" | "url" | "file" => {}
            _ => panic!("{kind}"),
        }
    }
    out
}
