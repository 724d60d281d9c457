//! One expectation against the answers of one run.

use super::key::{Expect, Indicator, Numbers, Plant};
use super::world::strength;
use serde_json::Value;

pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A word with its separators made equal: `looked up` is `looked_up`.
pub(super) fn word(text: &str) -> String {
    text.to_lowercase().replace([' ', '-'], "_")
}

pub(super) fn number(value: &Value, name: &str) -> Option<f64> {
    match value.get(name)? {
        Value::String(s) => s.parse().ok(),
        other => other.as_f64(),
    }
}

pub(super) fn indicator(value: &Value) -> Indicator {
    match value.get("indicator") {
        Some(Value::String(s)) => s
            .split_once(':')
            .map_or(Indicator::new("", s), |(kind, v)| Indicator::new(kind, v)),
        Some(object) => Indicator::new(text(object, "kind"), text(object, "value")),
        None => Indicator::default(),
    }
}

/// Is this the answer that an expectation is about?
pub(super) fn selected(expect: &Expect, value: &Value) -> bool {
    let mac = text(value, "mac").to_lowercase();
    let there = text(value, "host") == expect.host.address;
    // Behind a router's station stand others: what is said about it is about its own address.
    let who = if expect.host.mac.is_empty() {
        there
    } else {
        mac == expect.host.mac && (there || !expect.absent_ok)
    };
    who && indicator(value) == expect.indicator
        && word(text(value, "direction")) == expect.direction
}

/// Packets cited, as letter and number; `None` for a citation that is neither.
pub(super) fn cited(value: &Value) -> Vec<Option<(String, u64)>> {
    let list = value
        .get("packets")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let read = |v: &Value| match v {
        Value::Number(n) => n.as_u64().map(|n| ("A".to_owned(), n)),
        Value::String(s) => match s.split_once(':') {
            Some((letter, n)) => n.parse().ok().map(|n| (letter.to_owned(), n)),
            None => s.parse().ok().map(|n| ("A".to_owned(), n)),
        },
        _ => None,
    };
    list.iter().map(read).collect()
}

pub(super) fn files(value: &Value) -> Vec<Value> {
    value
        .get("files")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

pub(super) fn complete(file: &Value) -> bool {
    file.get("complete")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

/// Classes in `match`: a list, or one text with separators.
pub(super) fn classes(value: &Value) -> String {
    match value.get("match") {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .map(word)
            .collect::<Vec<_>>()
            .join(" "),
        Some(Value::String(s)) => word(s),
        _ => String::new(),
    }
}

/// What is wrong with the answers of one run, as one expectation sees it.
pub(super) fn compare(
    expect: &Expect,
    plant: &Plant,
    answers: &[Value],
    ring: bool,
) -> Vec<String> {
    let mut mine: Vec<&Value> = answers.iter().filter(|v| selected(expect, v)).collect();
    mine.sort_by_key(|v| std::cmp::Reverse(strength(&word(text(v, "rung")))));
    let Some(best) = mine.first() else {
        return if expect.absent_ok {
            Vec::new()
        } else {
            vec!["no answer is printed".to_owned()]
        };
    };
    let mut bad = Vec::new();
    for value in &mine {
        let rung = word(text(value, "rung"));
        if !expect.rung.is_empty() && !expect.rung.contains(&rung) {
            bad.push(format!("rung {rung}, not {}", expect.rung.join(" or ")));
        }
    }
    if let Some(answer) = expect
        .answer
        .as_ref()
        .filter(|a| **a != word(text(best, "answer")))
    {
        bad.push(format!("answer {}, not {answer}", text(best, "answer")));
    }
    let found = classes(best);
    if !expect.matches.is_empty() && !expect.matches.iter().any(|m| found.contains(&word(m))) {
        bad.push(format!(
            "match {found:?} has none of {}",
            expect.matches.join(", ")
        ));
    }
    for (name, want) in [
        ("in_scope", expect.in_scope),
        ("in_window", expect.in_window),
    ] {
        let have = best.get(name).and_then(Value::as_bool);
        if want.is_some() && have != want {
            bad.push(format!("{name} {have:?}"));
        }
    }
    compare_files(expect, best, &mut bad);
    if !ring {
        compare_packets(expect, plant, best, &mut bad);
    }
    if let Some((first, last)) = &expect.during {
        for name in ["first", "last"] {
            let have = text(best, name);
            let inside = number(best, name).is_some_and(|n| {
                let bound = |t: &str| t.parse::<f64>().unwrap_or(0.0);
                n >= bound(first) - 1e-6 && n <= bound(last) + 1e-6
            });
            if !inside {
                bad.push(format!("{name} {have:?} is not within {first}..{last}"));
            }
        }
    }
    let said = format!("{} {}", text(best, "reason"), text(best, "checked")).to_lowercase();
    for list in &expect.reason {
        if !list.iter().any(|t| said.contains(&t.to_lowercase())) {
            bad.push(format!(
                "the reason says none of {list:?}: {:?}",
                text(best, "reason")
            ));
        }
    }
    if let Some(want) = expect
        .window_s
        .filter(|w| number(best, "window_s") != Some(*w as f64))
    {
        bad.push(format!(
            "window_s {:?}, not {want}",
            number(best, "window_s")
        ));
    }
    if let Some((lo, hi)) = expect.covered_s {
        let have = number(best, "covered_s").unwrap_or(-1.0);
        if have < lo as f64 || have > hi as f64 {
            bad.push(format!("covered_s {have} is not within {lo}..{hi}"));
        }
    }
    bad
}

pub(super) fn compare_files(expect: &Expect, best: &Value, bad: &mut Vec<String>) {
    let listed = files(best);
    for want in &expect.files {
        let same = |f: &&Value| {
            complete(f) == want.complete
                && (want.sha256.is_empty() || text(f, "sha256") == want.sha256)
                && number(f, "size") == Some(want.size as f64)
        };
        if !listed.iter().any(|f| same(&f)) {
            bad.push(format!(
                "file {} ({} bytes, {:.12}) is not listed",
                want.name, want.size, want.sha256
            ));
        }
    }
    let whole: Vec<&Value> = listed.iter().filter(|f| complete(f)).collect();
    if expect.no_whole_file && !whole.is_empty() {
        bad.push("a whole file is claimed".to_owned());
    }
    if expect.one_transfer && whole.len() != 1 {
        bad.push(format!("{} whole files, not one", whole.len()));
    }
    for hash in &expect.not_files {
        if whole.iter().any(|f| text(f, "sha256") == hash) {
            bad.push(format!("file {hash:.12} is claimed"));
        }
    }
}

pub(super) fn compare_packets(expect: &Expect, plant: &Plant, best: &Value, bad: &mut Vec<String>) {
    let inside =
        |of: &Numbers, letter: &str, n: u64| of.get(letter).is_some_and(|l| l.contains(&n));
    let cited = cited(best);
    if expect.within && cited.is_empty() {
        bad.push("no packet is cited".to_owned());
    }
    for packet in &cited {
        let Some((letter, n)) = packet else {
            bad.push("a citation is no packet".to_owned());
            continue;
        };
        if expect.within && !inside(&plant.packets, letter, *n) {
            bad.push(format!("{letter}:{n} is cited but was not planted here"));
            break;
        }
        if expect.not_copies && inside(&plant.copies, letter, *n) {
            bad.push(format!("{letter}:{n} is a second copy"));
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::body::FileKey;
    use crate::golden::key::HostKey;
    use crate::golden::score::{Verdicts, disagreements, red_list};
    use serde_json::json;

    fn expect() -> Expect {
        let host = HostKey {
            name: "x".into(),
            address: "192.168.100.7".into(),
            mac: "00:01:02:03:04:05".into(),
        };
        let file = FileKey {
            name: "f".into(),
            size: 3,
            sha256: "ab".into(),
            complete: true,
            ..FileKey::default()
        };
        Expect::of(&host, &Indicator::new("filename", "f.exe"))
            .rung("delivered")
            .file(&file)
            .within()
    }

    fn plant() -> Plant {
        Plant {
            packets: [("A".to_owned(), vec![4, 5])].into(),
            ..Plant::default()
        }
    }

    fn answer() -> Value {
        json!({"host": "192.168.100.7", "mac": "00:01:02:03:04:05", "indicator": {"kind": "filename", "value": "f.exe"},
               "answer": "seen", "rung": "delivered", "direction": "received", "packets": ["A:4"],
               "files": [{"name": "f.exe", "size": 3, "sha256": "ab", "complete": true}]})
    }

    #[test]
    fn a_right_answer_is_green() {
        assert_eq!(
            compare(&expect(), &plant(), &[answer()], false),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_deviation_is_red() {
        let changes: [(&str, Value); 6] = [
            ("rung", json!("partial")),
            ("answer", json!("not_seen")),
            ("packets", json!(["A:6"])),
            ("packets", json!([])),
            ("files", json!([])),
            ("direction", json!("sent")),
        ];
        for (name, value) in changes {
            let mut wrong = answer();
            wrong[name] = value;
            assert!(
                !compare(&expect(), &plant(), &[wrong], false).is_empty(),
                "{name}"
            );
        }
        assert!(
            !compare(&expect(), &plant(), &[], false).is_empty(),
            "no answer"
        );
    }

    #[test]
    fn the_list_is_checked_both_ways() {
        let verdicts = Verdicts::from([
            ("1".to_owned(), vec![]),
            ("2".to_owned(), vec!["x".to_owned()]),
        ]);
        assert_eq!(
            disagreements(&verdicts, &red_list("2 # not yet\n")),
            Vec::<String>::new()
        );
        assert_eq!(disagreements(&verdicts, &red_list("# nothing\n")).len(), 1);
        assert_eq!(disagreements(&verdicts, &red_list("1\n2\n99\n")).len(), 2);
    }
}
