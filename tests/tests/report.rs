//! The report on the golden case, its checks and its claims, over what the engine itself answers: a case in order has
//! nothing open, every claim of it holds, and one changed byte of a capture is found.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is the test's failure"
)]

use serde_json::{Map, Value, json};
use weir_case::claims::{Carried, State, Verified, Verify, verify};
use weir_case::lint::{self, lint};
use weir_case::report::{
    Cites, Format, Gather, Material, PAGE_ONE_WORDS, build as built, draft, inputs, write,
};
use weir_case::{Change, Document, Operation, Stamp};
use weir_tests::desk::Desk;
use weir_tests::golden::write::{Case, Twin, build};

fn file<'a>(case: &'a Case, name: &str) -> &'a [u8] {
    &case.files.iter().find(|(n, _)| n == name).unwrap().1
}

fn put(doc: &mut Document, kind: &str, body: &Value) {
    let n = doc.items.len() as u64 + 1;
    let body: Map<String, Value> = body.as_object().cloned().unwrap();
    let change = Change::Add {
        kind: kind.into(),
        pass: 1,
        step: "notes".into(),
        body,
    };
    let stamp = Stamp {
        at: "2026-03-09T08:00:00.000Z".into(),
        counter: n,
        author: format!("{:032x}", 1),
    };
    let item = format!("{n:032x}");
    doc.apply(Operation {
        item,
        stamp,
        change,
    })
    .unwrap();
}

fn gathered(desk: &mut Desk, mut gather: Gather) -> Material {
    while let Some((op, args)) = gather.ask() {
        let reply = desk.reply(op, args);
        match reply.error {
            Some(e) => gather.fail(&e.to_string()),
            None => gather.take(reply.payload),
        }
    }
    let fingerprint = desk.engine.fingerprint();
    gather.finish(true, fingerprint, "0", "")
}

fn material(desk: &mut Desk, case: &Document, cites: Cites) -> Material {
    let gather = Gather::new(case.scope().unwrap()).allowing(case);
    gathered(desk, gather.citing(case, cites))
}

fn checked(desk: &mut Desk, subject: &Verify) -> Verified {
    let material = gathered(desk, subject.gather().unwrap());
    verify(subject, &material)
}

/// The items of a scope document.
fn asked(doc: &mut Document, scope: &Value) {
    put(
        doc,
        "issue",
        &json!({"issue": "breach", "sentence": scope["question"]}),
    );
    put(
        doc,
        "scope",
        &json!({"entry": "window", "from": scope["window"]["from"], "to": scope["window"]["to"], "zone": scope["zone"]}),
    );
    let lists = [
        ("networks", "network"),
        ("hosts", "host"),
        ("protocols", "protocol"),
    ];
    for (list, entry) in lists {
        for value in scope[list].as_array().unwrap() {
            put(doc, "scope", &json!({"entry": entry, "value": value}));
        }
    }
    for i in scope["indicators"].as_array().unwrap() {
        put(
            doc,
            "scope",
            &json!({"entry": "indicator", "kind": i["kind"], "value": i["value"]}),
        );
    }
}

/// A case in which everything is decided, judged, placed, marked and concluded.
fn settled(desk: &mut Desk, scope: &Value) -> Document {
    let mut doc = Document::new(format!("{:032x}", 0xca5e));
    asked(&mut doc, scope);
    put(
        &mut doc,
        "done_when",
        &json!({"text": "each host is decided", "done": true}),
    );
    put(&mut doc, "marking", &json!({"tlp": "amber"}));
    let summary = desk.ask("summary", json!({}));
    for c in summary["captures"].as_array().unwrap() {
        put(
            &mut doc,
            "capture",
            &json!({"capture": c["capture"], "name": c["name"], "sha256": c["sha256"], "bytes": c["bytes"], "packets": c["packets"], "placement": "mirror of the uplink"}),
        );
    }
    let now = material(desk, &doc, Cites::None);
    let answers = now.answers.clone().unwrap();
    let findings = now.findings.clone().unwrap().findings;
    for f in &findings {
        put(
            &mut doc,
            "dismissal",
            &json!({"finding": f.id, "state": "dismissed", "reason": "looked at"}),
        );
    }
    // What was dismissed proposes nothing.
    let judged = material(desk, &doc, Cites::None);
    for d in judged.decisions.iter().flatten() {
        put(
            &mut doc,
            "decision",
            &json!({"host": d.host, "decision": d.decision, "reason": "", "proposed": d.decision, "rung": d.rung}),
        );
    }
    let first: Vec<&String> = answers
        .answers
        .iter()
        .filter_map(|a| a.evidence.first())
        .collect();
    for written in [first[0], first[first.len() / 2]] {
        let cited = desk.ask("cite", json!({"evidence": [written]}));
        let cited = &cited["cited"][0];
        let sha12: String = summary["captures"][0]["sha256"]
            .as_str()
            .unwrap()
            .chars()
            .take(12)
            .collect();
        put(
            &mut doc,
            "pin",
            &json!({"evidence": written, "snapshot": cited["says"], "comment": "", "sha12": sha12, "fact": cited["says"], "digest": cited["digest"]}),
        );
    }
    put(
        &mut doc,
        "note",
        &json!({"text": format!("It began here {}.", first[1])}),
    );
    let now = material(desk, &doc, Cites::Typed);
    let lines = draft(&doc, &now).join("\n");
    let from = inputs(&doc, &now);
    put(
        &mut doc,
        "note",
        &json!({"text": lines, "drafted": lines, "inputs": from, "role": "summary"}),
    );
    doc
}

fn loaded(case: &Case) -> Desk {
    let bytes = |name: &str| file(case, name).to_vec();
    Desk::with(
        1,
        &[("a.pcap", bytes("a.pcap")), ("b.pcap", bytes("b.pcap"))],
    )
}

#[test]
fn the_golden_report_has_nothing_open_fits_page_one_and_every_claim_of_it_holds() {
    let case = build(1, Twin::None, false);
    let scope: Value = serde_json::from_slice(file(&case, "scope.json")).unwrap();
    let mut desk = loaded(&case);
    let doc = settled(&mut desk, &scope);
    let all = material(&mut desk, &doc, Cites::All);
    let open: Vec<_> = lint(&doc, &all)
        .into_iter()
        .filter(|l| l.state != lint::State::Ok)
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    let report = built(&doc, &all);
    let words = report.page_one_words();
    assert!(words <= PAGE_ONE_WORDS, "{words}");

    let subject = Verify::Case(Box::new(doc.clone()));
    let verified = checked(&mut desk, &subject);
    let wrong: Vec<_> = verified
        .lines
        .iter()
        .filter(|l| l.state != State::Holds)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(verified.holds > 40, "{}", verified.holds);

    // The same out of the report alone.
    for format in [Format::Html, Format::Json] {
        let text = write(&doc, &all, format);
        let subject = Verify::Report(Box::new(Carried::read(&text).unwrap()));
        let verified = checked(&mut desk, &subject);
        let wrong: Vec<_> = verified
            .lines
            .iter()
            .filter(|l| l.state != State::Holds)
            .collect();
        assert!(wrong.is_empty(), "{format:?} {wrong:#?}");
        assert!(verified.holds > 200, "{}", verified.holds);
    }
}

/// Where packet `number` of a pcap file ends.
fn end_of(pcap: &[u8], number: u32) -> usize {
    let mut at = 24;
    for _ in 0..number {
        let len: [u8; 4] = pcap[at + 8..at + 12].try_into().unwrap();
        at += 16 + u32::from_le_bytes(len) as usize;
    }
    at
}

fn number(evidence: &str) -> u32 {
    let digits: String = evidence.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn one_changed_byte_of_a_capture_is_found_and_what_it_touches_told_apart() {
    let case = build(1, Twin::None, false);
    let sample = &file(&case, "a.pcap").to_vec();
    let scope: Value = serde_json::from_slice(file(&case, "scope.json")).unwrap();
    let mut desk = Desk::with(1, &[("a.pcap", sample.clone())]);
    let doc = settled(&mut desk, &scope);
    let subject = Verify::Case(Box::new(doc.clone()));
    let verified = checked(&mut desk, &subject);
    assert_eq!(
        verified.differs + verified.unknown,
        0,
        "{:#?}",
        verified.lines
    );

    let pins: Vec<String> = doc
        .live("pin")
        .map(|p| p.now.text("evidence").to_owned())
        .collect();
    let [changed, kept] = pins.as_slice() else {
        panic!("{pins:?}");
    };
    let mut other = sample.clone();
    let at = end_of(&other, number(changed)) - 1;
    other[at] ^= 1;
    let mut desk = Desk::with(1, &[("a.pcap", other)]);
    let verified = checked(&mut desk, &subject);
    let of = |place: &str, evidence: &str| {
        let mut all = verified.lines.iter();
        all.find(|l| l.place == place && (evidence.is_empty() || l.evidence == evidence))
            .unwrap()
    };
    assert_eq!(of("capture", "").state, State::Differs);
    assert_eq!(of("pin", changed).state, State::Differs);
    let kept = of("pin", kept);
    assert_eq!(kept.state, State::Holds, "{kept:?}");
    assert!(kept.why.contains("unchanged"), "{kept:?}");
    // A note keeps no digest: what it cited is not known to be the same.
    assert_eq!(of("note", "").state, State::Unknown);
}

#[test]
fn references_that_lead_nowhere_are_named_with_why() {
    let case = build(1, Twin::None, true);
    let sample = &case
        .files
        .iter()
        .find(|(n, _)| n.ends_with(".pcap"))
        .unwrap()
        .1;
    let mut desk = Desk::with(1, &[("a.pcap", sample.clone())]);
    let packets = desk.ask("summary", json!({}))["packets"].as_u64().unwrap();
    let past = format!("[[p{}]]", packets + 1);
    let table = [
        ("[[p1]]", true, ""),
        ("[[p1-3]]", true, ""),
        ("[[p1@0+6]]", true, ""),
        ("[[p1:http.host]]", false, "has no field"),
        ("[[p1:eth.type]]", true, ""),
        ("[[p1@0+99999]]", false, "bytes of the packet were captured"),
        (past.as_str(), false, "has"),
        ("[[p0]]", false, "has"),
        ("[[p3-1]]", false, "has"),
        ("[[Z:p1]]", false, "no capture Z is loaded"),
        ("[[r1]]", false, "packets and no rows"),
        ("[[tcp:999999]]", false, "not loaded"),
        ("[[tcp:0]]", true, ""),
        ("[[h:203.0.113.254]]", false, "no conversation"),
        ("[[file:00000000000000000000]]", false, "no file"),
        (
            "[[t:1999-01-01T00:00:00Z..1999-01-02T00:00:00Z]]",
            false,
            "nothing is captured",
        ),
        ("[[q:`http.host ==`]]", false, "the filter is not right"),
        ("[[q:`http`]]", true, ""),
        ("[[what]]", false, "no evidence reference"),
    ];
    let all: Vec<&str> = table.iter().map(|t| t.0).collect();
    let cited = desk.ask("cite", json!({"evidence": all, "lines": true}));
    for (n, (written, found, why)) in table.iter().enumerate() {
        let row = &cited["cited"][n];
        assert_eq!(row["evidence"], *written);
        assert_eq!(row["found"], *found, "{row}");
        assert!(row["why"].as_str().unwrap().contains(why), "{row}");
    }
    // The same however the bytes come.
    let mut slow = Desk::with(1, &[("a.pcap", sample.clone())]);
    (slow.piece, slow.fuel) = (1000, 7);
    assert_eq!(
        slow.ask("cite", json!({"evidence": all, "lines": true})),
        cited
    );
}
