//! A bundle of STIX 2.1: indicators with their patterns, what was observed, and how both belong together.

use super::{Check, Format, Lists};
use crate::exports::{Cx, Listed, STIX, State, case_uuid, uuid_text, uuid5, value};
use crate::report::Marking;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use weir_model::{IndicatorKind, Timestamp};

/// The format.
pub static FORMAT: Format = Format {
    id: "stix",
    title: "STIX 2.1 bundle",
    purpose: "For threat intelligence platforms (MISP, OpenCTI, TAXII servers): indicators with patterns, what was observed and when, and with whom it may be shared.",
    ending: "stix.json",
    mime: "application/stix+json;version=2.1",
    check: Check::Product("stix2-validator and a grammar of our own"),
    lists: Lists::Acting,
    texts: false,
    takes: |_, r| {
        if r.kind == IndicatorKind::Filetype {
            Err("a sort of file is not acted on")
        } else {
            Ok(())
        }
    },
    notes: |cx, _| {
        let mut out = vec!["Ids are made of the case and the values: the same case exported again updates what is there.".to_owned()];
        if let Some(m) = cx.options.marking {
            out.push(format!(
                "{} is marked as TLP 2.0; a program that knows only TLP 1.0 may not show it.",
                m.label
            ));
        }
        out
    },
    write,
};

/// TLP 2.0 in STIX 2.1 (OASIS, STIX common objects, extension definition TLP 2.0): ids and times are fixed.
fn marking(marking: Marking) -> Option<(&'static str, Value)> {
    const EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";
    let id = match marking.code {
        "clear" => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        "green" => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "amber" => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "amber_strict" => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        "red" => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        _ => return None,
    };
    let level = marking.code.replace('_', "+");
    let object = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": id, "created": "2022-10-01T00:00:00.000Z",
        "name": marking.label,
        "extensions": {EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level}},
    });
    Some((id, object))
}

/// A string of a pattern.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A regular expression of a pattern with `*`.
fn expression(glob: &str) -> String {
    let mut out = String::from("^");
    for c in glob.chars() {
        match c {
            '*' => out.push_str(".*"),
            c if c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii() => out.push(c),
            c => {
                out.push('\\');
                out.push(c);
            }
        }
    }
    out.push('$');
    out
}

/// The pattern, and the object that was observed: its type and the members that make its id.
fn pattern(r: &Listed) -> Option<(String, Option<(&'static str, Value)>)> {
    let v = quoted(&r.value);
    let value = || json!({"value": r.value});
    Some(match r.kind {
        IndicatorKind::Domain => {
            let below = quoted(&format!("^(.*\\.)?{}$", r.value.replace('.', "\\.")));
            let text = format!("[domain-name:value = {v} OR domain-name:value MATCHES {below}]");
            (text, Some(("domain-name", value())))
        }
        IndicatorKind::Address => {
            let kind = if r.value.contains(':') {
                "ipv6-addr"
            } else {
                "ipv4-addr"
            };
            let by = if r.value.contains('/') {
                "ISSUBSET"
            } else {
                "="
            };
            (format!("[{kind}:value {by} {v}]"), Some((kind, value())))
        }
        IndicatorKind::Url => (format!("[url:value = {v}]"), Some(("url", value()))),
        IndicatorKind::Filename => (
            format!("[file:name = {v}]"),
            Some(("file", json!({"name": r.value}))),
        ),
        IndicatorKind::Glob => (
            format!("[file:name MATCHES {}]", quoted(&expression(&r.value))),
            None,
        ),
        IndicatorKind::Sha256 => {
            let of = json!({"hashes": {"SHA-256": r.value}});
            (format!("[file:hashes.'SHA-256' = {v}]"), Some(("file", of)))
        }
        IndicatorKind::Sha1 => (
            format!("[file:hashes.'SHA-1' = {v}]"),
            Some(("file", json!({"hashes": {"SHA-1": r.value}}))),
        ),
        IndicatorKind::Md5 => (
            format!("[file:hashes.MD5 = {v}]"),
            Some(("file", json!({"hashes": {"MD5": r.value}}))),
        ),
        IndicatorKind::UserAgent => (
            format!(
                "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = {v}]"
            ),
            None,
        ),
        IndicatorKind::Filetype => return None,
    })
}

/// An observed object: its id is made of its members as they are written canonically (RFC 8785).
fn observed(kind: &str, members: &Value, marks: &[&str]) -> (String, Value) {
    // One member, or one within it: the canonical form is the compact one.
    let id = format!("{kind}--{}", uuid_text(uuid5(STIX, &canonical(members))));
    let mut out = Map::new();
    out.insert("type".to_owned(), kind.into());
    out.insert("spec_version".to_owned(), "2.1".into());
    out.insert("id".to_owned(), id.clone().into());
    if !marks.is_empty() {
        out.insert("object_marking_refs".to_owned(), json!(marks));
    }
    for (name, value) in members.as_object().into_iter().flatten() {
        out.insert(name.clone(), value.clone());
    }
    (id, Value::Object(out))
}

/// JSON with sorted members and nothing between them; strings as RFC 8785 escapes them, which is what serde does.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(o) => {
            let mut names: Vec<&String> = o.keys().collect();
            names.sort();
            let members = names.iter().filter_map(|n| {
                Some(format!(
                    "{}:{}",
                    Value::from(n.as_str()),
                    canonical(o.get(*n)?)
                ))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

fn write(cx: &Cx<'_>, rows: &[&Listed]) -> String {
    let at = value::millis(cx.options.at);
    let (marks, mut objects): (Vec<&str>, Vec<Value>) =
        cx.options.marking.and_then(marking).into_iter().unzip();
    let identity = format!("identity--{}", case_uuid(cx, "identity"));
    let common = |kind: &str, id: &str| {
        let mut out = json!({
            "type": kind, "spec_version": "2.1", "id": id, "created_by_ref": identity,
            "created": at, "modified": at,
        });
        if !marks.is_empty() {
            put(&mut out, "object_marking_refs", json!(marks));
        }
        out
    };
    let mut maker = common("identity", &identity);
    put(&mut maker, "created_by_ref", Value::Null);
    put(&mut maker, "name", "Weir".into());
    put(&mut maker, "identity_class", "system".into());
    put(
        &mut maker,
        "description",
        "Network traffic analysis workbench; what it found is an analyst's case.".into(),
    );
    objects.push(maker);
    let mut had = BTreeSet::new();
    for r in rows {
        let Some((pattern, object)) = pattern(r) else {
            continue;
        };
        let key = format!("{} {}", super::csv::kind(r), r.value);
        let id = format!("indicator--{}", case_uuid(cx, &format!("indicator {key}")));
        let time = |t: &Option<String>| {
            value::time(t.as_deref()).map_or_else(|| at.clone(), value::millis)
        };
        let (first, last) = span(r, cx.options.at);
        let mut out = common("indicator", &id);
        put(&mut out, "name", name(r).into());
        put(
            &mut out,
            "description",
            format!("{}; evidence {}", r.why, r.evidence.join(" ")).into(),
        );
        put(
            &mut out,
            "indicator_types",
            json!([if r.state == State::Unconfirmed {
                "anomalous-activity"
            } else {
                "malicious-activity"
            }]),
        );
        put(&mut out, "pattern", pattern.into());
        put(&mut out, "pattern_type", "stix".into());
        put(&mut out, "pattern_version", "2.1".into());
        put(&mut out, "valid_from", time(&r.first).into());
        put(
            &mut out,
            "confidence",
            (if r.state == State::Unconfirmed {
                30
            } else {
                85
            })
            .into(),
        );
        objects.push(out);
        let Some((kind, members)) = object else {
            continue;
        };
        let (seen, object) = observed(kind, &members, &marks);
        if had.insert(seen.clone()) {
            objects.push(object);
        }
        let data = format!(
            "observed-data--{}",
            case_uuid(cx, &format!("observed {key}"))
        );
        let mut out = common("observed-data", &data);
        put(&mut out, "first_observed", value::millis(first).into());
        put(&mut out, "last_observed", value::millis(last).into());
        put(&mut out, "number_observed", r.evidence.len().max(1).into());
        put(&mut out, "object_refs", json!([seen]));
        objects.push(out);
        let link = format!(
            "relationship--{}",
            case_uuid(cx, &format!("based-on {key}"))
        );
        let mut out = common("relationship", &link);
        put(&mut out, "relationship_type", "based-on".into());
        put(&mut out, "source_ref", id.into());
        put(&mut out, "target_ref", data.into());
        objects.push(out);
    }
    let id = case_uuid(cx, &format!("bundle {at} {}", cx.options.unconfirmed));
    let bundle = json!({"type": "bundle", "id": format!("bundle--{id}"), "objects": objects});
    let mut out = String::new();
    for c in format!("{bundle:#}\n").chars() {
        // As escapes: a reader gets the same text, and nobody is shown another order of letters.
        if weir_model::hidden(c) && c != '\n' {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// First and last observation, in their order.
fn span(r: &Listed, at: Timestamp) -> (Timestamp, Timestamp) {
    let first = value::time(r.first.as_deref()).unwrap_or(at);
    let last = value::time(r.last.as_deref()).unwrap_or(first);
    (first.min(last), first.max(last))
}

fn name(r: &Listed) -> String {
    let kind = crate::report::indicator_words(r.kind);
    format!("{kind} {}", crate::report::visible(&r.value))
}

/// Sets a member; null takes it out.
fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(o) = object.as_object_mut() {
        if value.is_null() {
            o.shift_remove(name);
        } else {
            o.insert(name.to_owned(), value);
        }
    }
}
