//! Captured names are chosen by an attacker: whatever stands in them, no file gains a line, a rule or a field, and
//! what is read back is what was written.

use crate::fires::entries;
use crate::ground::{AT, artefact, confirming};
use crate::readers::{self, Wanted};
use serde_json::{Value, json};
use weir_case::exports::{ALL, Exports, Facts, Options, export};
use weir_case::report::{Gather, Marking, Material};
use weir_model::{IndicatorKind, Scope};
use weir_tests::packets::rng::Rng;

/// Ends of strings, comments, rules, fields and lines of every format; and what is hard to see.
const NASTY: [&str; 34] = [
    "\"",
    "'",
    "\\",
    "\n",
    "\r\n",
    "\t",
    ";",
    "|",
    "|41|",
    ":",
    ",",
    "#",
    "}",
    "{",
    "*/",
    "//",
    ")",
    "(",
    "$",
    "%",
    "*",
    "?",
    "\0",
    "\x1b[2J",
    "\u{202e}",
    "\u{2028}",
    "\u{1f9ea}",
    "\u{85}",
    " of them",
    "; sid:1;) alert",
    "\n---\ntitle: x",
    "=cmd|'/c calc'!A0",
    "\u{feff}",
    "\\x41",
];

fn text(rng: &mut Rng) -> String {
    let mut out = String::from("f");
    for _ in 0..rng.size(1, 6) {
        out.push_str(rng.word(&NASTY));
        if rng.chance(50) {
            out.push_str(rng.word(&["a", "B", ".exe", " ", "setup", "\u{fc}"]));
        }
    }
    out.push('z');
    out
}

/// Material whose every free text is hostile.
fn material(rng: &mut Rng) -> (Material, Facts, Vec<String>, Vec<String>) {
    let names: Vec<String> = (0..4).map(|_| text(rng)).collect();
    let agents: Vec<String> = (0..2).map(|_| text(rng)).collect();
    let nasty = text(rng);
    let domains = [
        format!("x{nasty}.example.net"),
        "good.example.net".to_owned(),
    ];
    let sha = rng.hex(64);
    let mut indicators: Vec<Value> = names
        .iter()
        .map(|n| json!({"kind": "filename", "value": n}))
        .collect();
    indicators.extend(
        agents
            .iter()
            .map(|a| json!({"kind": "user_agent", "value": a})),
    );
    indicators.extend(
        domains
            .iter()
            .map(|d| json!({"kind": "domain", "value": d})),
    );
    indicators.push(json!({"kind": "address", "value": format!("203.0.113.9{nasty}")}));
    indicators.push(json!({"kind": "url", "value": format!("http://good.example.net/{nasty}")}));
    indicators.push(json!({"kind": "glob", "value": format!("*{nasty}")}));
    indicators.push(json!({"kind": "sha256", "value": sha}));
    let scope: Scope =
        serde_json::from_value(json!({"schema": 1, "indicators": indicators})).unwrap();
    let answers: Vec<Value> = indicators
        .iter()
        .map(|i| json!({"host": "192.0.2.23", "indicator": i, "answer": "seen", "rung": "delivered", "direction": "received", "first": "1772500000.250000000", "last": nasty, "evidence": ["[[p12]]", nasty], "files": [{"id": "A:1.0", "name": nasty, "size": 5, "sha256": sha, "complete": true}]}))
        .collect();
    let finding = json!({"id": "f1", "label": nasty, "title": nasty, "severity": nasty, "dst": "203.0.113.77", "domain": domains[0], "first": "1772500000", "last": "1772500001", "evidence": ["[[p1]]"]});
    let replies = |op: &str| match op {
        "summary" => {
            json!({"captures": [{"capture": nasty, "name": nasty, "first": "1772500000", "last": "1772500001"}]})
        }
        "answers" => {
            json!({"answers": answers, "derived": [{"indicator": {"kind": "sha256", "value": sha}, "because": nasty, "evidence": [nasty]}]})
        }
        "findings" => json!({"findings": [finding]}),
        _ => {
            json!({"id": "A:1.0", "names": [{"text": nasty, "where": "path"}], "sha256": sha, "first": "A:1", "first_time": "1772500000", "client": nasty, "server": nasty, "complete": true})
        }
    };
    let mut gather = Gather::new(scope);
    while let Some((op, _)) = gather.ask() {
        gather.take(replies(op));
    }
    let facts = Facts {
        seen: serde_json::from_value(json!({
            "names": [{"name": "good.example.net", "below": [{"name": format!("{nasty}.good.example.net")}], "evidence": [nasty], "first": nasty}],
            "contents": [{"sha256": sha, "sha1": rng.hex(40), "md5": rng.hex(32), "size": 9, "names": [nasty], "evidence": [nasty]}],
        }))
        .unwrap(),
        texts: serde_json::from_value(json!({"contents": [{"sha256": sha, "size": 9, "texts": [{"text": nasty}, {"text": names[0]}, {"text": names[1]}]}]})).unwrap(),
        troubles: Vec::new(),
    };
    let m = gather.finish(true, nasty.clone(), &nasty, &nasty);
    (m, facts, names, agents)
}

fn written(rng: &mut Rng) -> (Exports, Vec<String>, Vec<String>) {
    let (m, facts, names, agents) = material(rng);
    let mut case = confirming(&["f1".to_owned()]);
    case.title = text(rng);
    let options = Options {
        at: AT,
        marking: Marking::named("red"),
        unconfirmed: true,
    };
    (export(&case, &m, &facts, options, ALL), names, agents)
}

#[test]
fn no_value_breaks_out_and_every_value_is_read_back() {
    let mut rng = Rng::new(11, "hostile exports");
    for round in 0..400 {
        let (all, names, agents) = written(&mut rng);
        for (id, wanted) in entries(&all) {
            let taken = |kind: IndicatorKind| {
                let of = artefact(&all, id).taken.iter().map(|n| &all.indicators[*n]);
                of.filter(|i| i.kind == kind)
                    .map(|i| i.value.clone())
                    .collect::<Vec<_>>()
            };
            for w in &wanted {
                let known = match w {
                    Wanted::FileName(n) => taken(IndicatorKind::Filename).contains(n),
                    Wanted::PathEnd(n) => n
                        .strip_prefix('/')
                        .is_some_and(|n| taken(IndicatorKind::Filename).contains(&n.to_owned())),
                    Wanted::Agent(a) => taken(IndicatorKind::UserAgent).contains(a),
                    Wanted::Lookup(n, _) | Wanted::Host(n, _) | Wanted::Sni(n, _) => {
                        n.ends_with("example.net")
                    }
                    Wanted::Address(ip, _) => ip.to_string() == "203.0.113.77",
                    Wanted::Digest(d) => d.len() >= 32 && d.bytes().all(|b| b.is_ascii_hexdigit()),
                    Wanted::Page(host, _) => host == "good.example.net",
                };
                assert!(known, "round {round}, {id}: {w:?}");
            }
            // Those that name files and agents name all of them, unchanged.
            if matches!(id, "zeek" | "stix" | "suricata") {
                for n in &names {
                    assert!(
                        wanted.contains(&Wanted::FileName(n.trim().to_owned())),
                        "round {round}, {id}: {n:?}"
                    );
                }
                for a in &agents {
                    assert!(
                        wanted.contains(&Wanted::Agent(a.trim().to_owned())),
                        "round {round}, {id}: {a:?}"
                    );
                }
            }
        }
        let rules = readers::yara(&artefact(&all, "yara").text);
        assert_eq!(rules.len(), 2, "round {round}");
        let rows = readers::csv(&artefact(&all, "csv").text);
        assert_eq!(rows.len(), all.indicators.len() + 1, "round {round}");
        readers::csv(&artefact(&all, "timesketch").text);
        for a in &all.artefacts {
            let seen = a
                .text
                .chars()
                .find(|c| weir_model::hidden(*c) && !matches!(c, '\n' | '\t' | '\r'));
            assert_eq!(seen, None, "round {round}, {}", a.id);
        }
    }
}

#[test]
fn nothing_to_act_on_is_still_a_file() {
    let m = Gather::new(Scope::default()).finish(true, String::new(), "", "");
    let options = Options {
        at: AT,
        marking: None,
        unconfirmed: false,
    };
    let all = export(&confirming(&[]), &m, &Facts::default(), options, ALL);
    assert!(entries(&all).iter().all(|(_, w)| w.is_empty()));
    assert!(readers::yara(&artefact(&all, "yara").text).is_empty());
    assert_eq!(readers::csv(&artefact(&all, "csv").text).len(), 1);
}
