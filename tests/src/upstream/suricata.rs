//! Suricata's checks: so many of its events have these values. What Weir has of an event is made from its logs, files
//! and conversations; a check is compared where that has every value it names. Where it names a conversation by all of
//! its ends, what Weir does not have may be left out of it: then at least as many must match.

use super::events::{Event, OWN, TYPES, events};
use super::report::{Check, Report};
use super::yaml;
use crate::parity::{Difference, Loaded};
use serde_json::{Map, Value};
use std::path::Path;

/// A check's values, by their names in an event.
type Wanted = Vec<(String, String)>;

pub(super) fn compare(loaded: &Loaded, file: &Path, report: &mut Report) {
    let text = std::fs::read(file).unwrap_or_default();
    let test = yaml::read(&String::from_utf8_lossy(&text));
    let ours = events(loaded);
    for check in test
        .get("checks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let Some(filter) = check.get("filter") else {
            report.skip("Suricata checks of its statistics, output or commands");
            continue;
        };
        let requires = |key: &str| filter.get("requires").and_then(|r| r.get(key)).is_some();
        if requires("lt-version") {
            report.skip("Suricata checks for versions before 8");
            continue;
        }
        let nothing = Map::new();
        let wanted = filter.get("match").and_then(Value::as_object);
        let mut values = Vec::new();
        flatten("", wanted.unwrap_or(&nothing), &mut values);
        let kind = values.iter().position(|(k, _)| k == "event_type");
        let kind = kind.map(|n| values.remove(n).1);
        // Where the type is not said, the values are those of one type.
        let kind = kind.or_else(|| Some(values.first()?.0.split_once('.')?.0.to_owned()));
        let kind = kind.unwrap_or_default();
        let count = filter.get("count").and_then(Value::as_u64).unwrap_or(0);
        one(&loaded.name, &kind, count, values, &ours, report);
    }
}

fn one(
    capture: &str,
    kind: &str,
    count: u64,
    mut values: Wanted,
    ours: &[Event],
    report: &mut Report,
) {
    let Some((_, known)) = TYPES.iter().find(|(k, _)| *k == kind) else {
        return report.skip(&format!(
            "Suricata checks of events that Weir has not: {kind}"
        ));
    };
    let has = |key: &str| known.contains(&key) || ENDS.contains(&key) || key == "proto";
    // Its packet is the one after which Suricata wrote it.
    values.retain(|(k, _)| k != "pcap_cnt");
    let ends = ENDS.iter().all(|e| values.iter().any(|(k, _)| k == e));
    let all = values.len();
    if values
        .iter()
        .any(|(k, _)| k == "not-has-key" || k == "has-key")
    {
        return report.skip("Suricata checks that a value is there or not");
    }
    if values.iter().any(|(k, _)| OWN.contains(&k.as_str())) && !ends {
        return report.skip("Suricata checks of what its rules or configuration did");
    }
    values.retain(|(k, _)| has(k));
    let left_out = all != values.len();
    let told = values.iter().any(|(k, _)| known.contains(&k.as_str()));
    if left_out && !(ends && told) {
        return report.skip(&format!(
            "Suricata checks of values that Weir has not: {kind}"
        ));
    }
    let other = values
        .iter()
        .any(|(k, v)| k == "proto" && !matches!(v.as_str(), "TCP" | "UDP"));
    let any = kind == "flow" && !values.iter().any(|(k, _)| k != "src_ip" && k != "dest_ip");
    let unread = |v: &str| kind == "flow" && UNREAD.contains(&v);
    if values.iter().any(|(k, v)| k == "app_proto" && unread(v)) {
        return report.skip("Suricata checks of flows of protocols that Weir does not read");
    }
    if other || any {
        return report.skip("Suricata checks of flows that are neither TCP nor UDP, or of all");
    }
    let of = ours.iter().filter(|e| e.kind == kind);
    let matched = of.filter(|e| e.fits(&values)).count() as u64;
    let equal = if left_out {
        matched >= count
    } else {
        matched == count
    };
    let outcome = if equal {
        Ok(())
    } else {
        Err(Difference {
            ours: format!("{matched}"),
            theirs: format!("{count} {values:?}"),
        })
    };
    report.add(capture, Check::Events, &format!("Suricata {kind}"), outcome);
}

/// Protocols of flows in checks that Weir does not read.
const UNREAD: [&str; 2] = ["dnp3", "doh2"];

const ENDS: [&str; 4] = ["src_ip", "src_port", "dest_ip", "dest_port"];

fn flatten(prefix: &str, map: &Map<String, Value>, out: &mut Wanted) {
    for (key, value) in map {
        let name = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            Value::Object(inner) => flatten(&name, inner, out),
            Value::String(text) => out.push((name, text.clone())),
            other => out.push((name, other.to_string())),
        }
    }
}
