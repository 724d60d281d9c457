//! What follows from a case: proposals of actions, lessons, passes, the watch list, a replay, a template.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Map, Value, json};
use weir_case::casework::{
    Facts, GatherFacts, Proposal, State, actions, differences, lessons, replay, snapshot, template,
    watched,
};
use weir_case::{Change, Document, Operation, Stamp};

fn id(n: u64) -> String {
    format!("{n:032x}")
}

/// A document of these items, a minute apart.
fn case(items: &[(&str, &str, Value)]) -> Document {
    let mut doc = Document::new(id(0xca5e));
    for (n, (kind, step, body)) in (1..).zip(items) {
        put(&mut doc, n, kind, step, body);
    }
    doc
}

fn put(doc: &mut Document, n: u64, kind: &str, step: &str, body: &Value) {
    let body: Map<String, Value> = body.as_object().cloned().unwrap();
    let stamp = Stamp {
        at: format!("2026-03-04T{:02}:{:02}:00.000Z", 12 + n / 60, n % 60),
        counter: n,
        author: id(1),
    };
    let change = Change::Add {
        kind: kind.into(),
        pass: 1,
        step: step.into(),
        body,
    };
    doc.apply(Operation {
        item: id(n),
        stamp,
        change,
    })
    .unwrap();
}

const HOST: &str = "10.20.0.7";
const EVIL: &str = "cdn.bad-updates.test";

fn scope() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "issue",
            "issue",
            json!({"issue": "breach", "sentence": "Who fetched it from cdn.bad-updates.test?", "severity": "high"}),
        ),
        (
            "scope",
            "scope",
            json!({"entry": "indicator", "kind": "domain", "value": EVIL, "because": ""}),
        ),
        (
            "scope",
            "targets",
            json!({"entry": "network", "value": "10.20.0.0/16", "role": "Berta's desk", "source": "typed"}),
        ),
    ]
}

fn finding(id: &str, detection: &str, title: &str) -> Value {
    json!({"id": id, "label": id, "detection": detection, "title": title, "severity": "high", "src": HOST, "domain": EVIL,
        "first": "1772625600.0", "last": "1772629200.0", "evidence": ["[[p12]]"]})
}

fn findings() -> Value {
    json!({"findings": [
        finding("f1", "c2.beacon", "10.20.0.7 checks in with [[p1]]\u{202e} cdn.bad-updates.test"),
        finding("f2", "file.exe_ftp", "a program by FTP"),
    ]})
}

fn answers(rung: &str) -> Value {
    json!({
        "answers": [{"host": HOST, "indicator": {"kind": "domain", "value": EVIL}, "answer": "seen", "rung": rung, "direction": "received",
            "match": "dns_address ftp", "in_scope": true, "in_window": true, "evidence": ["[[p12]]"]}],
        "coverage": {"wanted_s": 7200.0, "covered_s": 3600.0, "gaps": [{"from": "1772620000.0", "to": "1772625600.0", "why": "before"}]},
    })
}

fn decisions(rung: &str, decision: &str) -> Value {
    json!({"decisions": [{"host": HOST, "rung": rung, "decision": decision, "because": "the rule", "evidence": ["[[p12]]", "[[p12]]"], "in_scope": true}]})
}

fn summary(last: &str) -> Value {
    json!({
        "captures": [{"capture": "A", "name": "desk-berta.pcap", "kind": "packets", "bytes": 1000, "sha256": "ab".repeat(32), "packets": 4711,
            "first": "1772625600.0", "last": last}],
        "packets": 4711,
        "health": [{"issue": "one_sided", "state": "warn", "says": "3 conversations have one side only", "count": 3, "weakens": "what was answered"}],
        "placement": {"says": "On the segment of the targets.", "because": [{"says": "ARP", "evidence": ["[[p1]]"]}]},
    })
}

fn facts_of(doc: &Document, rung: &str, decision: &str, last: &str, packets: u64) -> Facts {
    let mut gather = GatherFacts::new(doc, doc.scope().unwrap());
    let mut first = true;
    while let Some((op, args)) = gather.ask() {
        match op {
            "summary" => gather.take(summary(last)),
            "answers" if std::mem::take(&mut first) => gather.take(answers(rung)),
            "answers" => {
                assert_eq!(args["scope"]["indicators"][0]["value"], "other.test");
                gather.take(json!({"answers": [{"host": HOST, "indicator": {"kind": "domain", "value": "other.test"}, "answer": "not_seen", "rung": "none"}]}));
            }
            "findings" => gather.take(findings()),
            "decisions" => gather.take(decisions(rung, decision)),
            "filter.counts" => {
                let filters = args["filters"].as_array().unwrap();
                let counts: Vec<Value> = filters
                    .iter()
                    .map(|f| json!({"id": f["id"], "packets": packets, "error": null}))
                    .collect();
                gather.take(json!({ "counts": counts }));
            }
            other => panic!("nobody knows {other}"),
        }
    }
    gather.finish(true, "fp-1".into())
}

fn facts(doc: &Document) -> Facts {
    facts_of(doc, "delivered", "isolate_now", "1772629200.0", 0)
}

fn confirmed(id: &str) -> (&'static str, &'static str, Value) {
    (
        "dismissal",
        "understand",
        json!({"finding": id, "state": "confirmed", "reason": ""}),
    )
}

fn take(p: &Proposal, words: &str) -> (&'static str, &'static str, Value) {
    (
        "action",
        "actions",
        json!({"action": words, "host": p.host, "origin": p.origin, "aim": p.aim, "status": "open"}),
    )
}

#[test]
fn proposals_come_from_decisions_and_confirmed_findings_and_carry_reason_and_evidence() {
    let mut items = scope();
    let open = actions(&case(&items), &facts(&case(&items)));
    assert!(
        open.iter()
            .any(|p| p.action == "Isolate 10.20.0.7 now" && p.undecided && p.priority == "now"),
        "{open:#?}"
    );
    assert!(
        !open.iter().any(|p| p.origin.starts_with("finding:")),
        "what nobody confirmed solves nothing"
    );
    assert!(
        !open.iter().any(|p| p.reason.contains("file.exe_ftp")),
        "nor does it ask for a control"
    );
    let ftp =
        |p: &Proposal| p.origin == "control:egress_ftp" && p.reason.contains("a transfer by FTP");
    assert!(open.iter().any(ftp), "what an answer shows does");

    items.push(("decision", "report", json!({"host": HOST, "decision": "watch", "reason": "a test machine [[p9]]", "proposed": "isolate_now", "rung": "delivered"})));
    items.push(confirmed("f1"));
    items.push(confirmed("f2"));
    let doc = case(&items);
    let all = actions(&doc, &facts(&doc));
    let decided = all
        .iter()
        .find(|p| p.origin.starts_with("decision:"))
        .unwrap();
    assert_eq!(decided.action, "Watch 10.20.0.7");
    assert!(!decided.undecided && decided.reason.contains("a test machine"));
    assert!(
        !decided.reason.contains("[[p9]]"),
        "typed text makes no reference here"
    );
    let beacon = all
        .iter()
        .find(|p| p.origin == "finding:c2.beacon:10.20.0.7")
        .unwrap();
    assert_eq!(beacon.evidence, ["[[p12]]"]);
    assert!(
        !beacon.reason.contains("[[p1]]") && !beacon.reason.contains('\u{202e}'),
        "{}",
        beacon.reason
    );
    let ftp = all
        .iter()
        .find(|p| p.origin == "control:egress_ftp")
        .unwrap();
    assert_eq!((ftp.aim, ftp.priority), ("prevent", "today"));
    assert!(
        ftp.reason.contains("file.exe_ftp") && ftp.reason.contains(HOST),
        "{}",
        ftp.reason
    );
    assert!(all.iter().all(|p| !p.reason.is_empty()));
}

#[test]
fn what_was_taken_is_not_proposed_again_however_it_is_worded() {
    let mut items = scope();
    items.push(confirmed("f1"));
    let doc = case(&items);
    let all = actions(&doc, &facts(&doc));
    for (n, p) in all.iter().enumerate() {
        items.push(take(p, &format!("in other words {n}")));
    }
    let doc = case(&items);
    assert_eq!(actions(&doc, &facts(&doc)), []);
    // Removed is taken back; a line that was dropped stays judged.
    let mut doc = doc;
    let action = doc.live("action").next().unwrap().id.clone();
    let stamp = Stamp {
        at: "2026-03-04T14:00:00.000Z".into(),
        counter: 99,
        author: id(1),
    };
    doc.apply(Operation {
        item: action,
        stamp,
        change: Change::Delete(true),
    })
    .unwrap();
    assert_eq!(actions(&doc, &facts(&doc)).len(), 1);
}

fn log(
    op: &str,
    step: &'static str,
    args: &Value,
    result: &Value,
) -> (&'static str, &'static str, Value) {
    (
        "log",
        step,
        json!({"what": format!("did {op}"), "op": op, "args": args, "result": result, "fingerprint": "fp-1"}),
    )
}

#[test]
fn lessons_count_what_the_log_and_the_captures_say() {
    let mut items = scope();
    items.push(log(
        "load",
        "capture",
        &json!({"name": "desk-berta.pcap"}),
        &json!({"packets": 4711}),
    )); // minute 4
    items.push(log(
        "look",
        "understand",
        &json!({"finding": "f1"}),
        &json!({}),
    )); // 5
    items.push(log(
        "filter",
        "understand",
        &json!({"filter": "dns"}),
        &json!({"packets": 12}),
    ));
    items.push(log("pin", "understand", &json!({}), &json!({})));
    items.push(log("scope", "scope", &json!({}), &json!({}))); // back to step 2
    items.push(log(
        "filter",
        "understand",
        &json!({"filter": "smb2"}),
        &json!({"packets": 0}),
    ));
    items.push(log(
        "finding",
        "understand",
        &json!({"finding": "f1", "state": "confirmed"}),
        &json!({}),
    )); // 10
    items.push(confirmed("f1"));
    let doc = case(&items);
    let all = lessons(&doc, &facts(&doc));
    let has = |text: &str| {
        assert!(
            all.iter().any(|l| l.text.contains(text)),
            "{text} is not in {all:#?}"
        )
    };
    has("looked at 1 min after the captures were read, the first one confirmed after 6 min");
    has("`dns` (1 pin)");
    has("1 filter matched no packet");
    has("Step 2 (scope) was gone back to 1 time");
    has("1 h of the 2 h wanted were captured (50 %)");
    has("tap where both directions pass");
    has("1 finding of medium severity or more was neither confirmed nor dismissed");
    has("On the segment of the targets. [[p1]]");
    // A line that stands in its field is not proposed again.
    let line = &all[0];
    items.push((
        "lesson",
        "actions",
        json!({"heading": line.heading, "text": format!("Good: {}", line.text)}),
    ));
    let doc = case(&items);
    assert!(!lessons(&doc, &facts(&doc)).contains(line));
}

#[test]
fn a_pass_is_kept_and_compared() {
    let mut items = scope();
    let doc = case(&items);
    let kept = snapshot(
        &doc,
        &facts_of(&doc, "looked_up", "watch", "1772629200.0", 0),
    );
    items.push(("pass", "actions", kept));
    let doc = case(&items);
    let same = differences(
        &doc,
        &facts_of(&doc, "looked_up", "watch", "1772629200.0", 0),
    );
    assert_eq!((same[0].counts, same[0].rows.len()), ([0, 0, 0], 0));
    let now = &differences(&doc, &facts(&doc))[0];
    let changed: Vec<_> = now
        .rows
        .iter()
        .map(|r| (r.what, r.status, r.was.as_deref(), r.is.as_deref()))
        .collect();
    assert!(
        changed.contains(&("answer", "changed", Some("looked up"), Some("delivered"))),
        "{changed:?}"
    );
    assert!(
        changed.contains(&("host", "changed", Some("looked up"), Some("delivered"))),
        "{changed:?}"
    );
    // Everything of the pass is gone when nothing is loaded, and what could not be asked is said and not called gone.
    let mut gather = GatherFacts::new(&doc, doc.scope().unwrap());
    while gather.ask().is_some() {
        gather.fail("no capture");
    }
    let none = &differences(&doc, &gather.finish(true, String::new()))[0];
    assert!(none.rows.iter().all(|r| r.what != "finding"));
    assert_eq!(none.remarks.len(), 2, "{:?}", none.remarks);
}

#[test]
fn a_hostile_pass_neither_panics_nor_grows() {
    let many: Vec<Value> = (0..5000)
        .map(|n| json!([n.to_string(), "x".repeat(9000), "y"]))
        .collect();
    let odd = json!({"findings": many, "answers": {"a": 1}, "hosts": [1, [], ["k"], ["k", 2, 3]], "findings_left": "much"});
    let doc = case(&[("pass", "actions", odd)]);
    let d = &differences(&doc, &facts(&doc))[0];
    assert!(d.rows.len() <= 500 && d.left > 0);
    assert!(d.rows.iter().all(|r| r.says.chars().count() <= 121));
}

#[test]
fn the_watch_list_says_what_these_captures_show_and_what_they_cannot() {
    let watch = |sort: &str, more: Value| {
        let mut body = json!({"sort": sort, "what": sort});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        ("watch", "understand", body)
    };
    let mut items = scope();
    items.push(watch("filter", json!({"filter": "smb2", "results": [{"of": "000000000000", "says": "3 packets", "state": "seen"}]})));
    items.push(watch(
        "indicator",
        json!({"kind": "domain", "value": "other.test"}),
    ));
    items.push(watch(
        "finding",
        json!({"detection": "c2.beacon", "host": HOST, "peer": EVIL}),
    ));
    items.push(watch(
        "finding",
        json!({"detection": "c2.beacon", "host": "10.9.9.9"}),
    ));
    items.push(watch("checkin", json!({"filter": "ip.addr == 10.20.0.7", "from": "2026-03-04T12:10:00Z", "to": "2026-03-04T12:20:00Z"})));
    items.push(watch("checkin", json!({"filter": "ip.addr == 10.20.0.7", "from": "2026-03-04T12:50:00Z", "to": "2026-03-04T13:20:00Z"})));
    items.push((
        "note",
        "notes",
        json!({"text": "Who opened the door?", "parent": "", "order": 1}),
    ));
    let doc = case(&items);
    let rows = watched(&doc, &facts(&doc));
    let states: Vec<_> = rows.iter().map(|r| r.state).collect();
    assert_eq!(
        states,
        [
            "not_seen",
            "not_seen",
            "seen",
            "not_seen",
            "not_seen",
            "cannot_tell",
            "open"
        ],
        "{rows:#?}"
    );
    assert_eq!(rows[0].before.as_deref(), Some("3 packets"));
    assert_eq!(rows[2].evidence, ["[[p12]]"]);
    // The same check-in, seen.
    let rows = watched(
        &doc,
        &facts_of(&doc, "delivered", "isolate_now", "1772629200.0", 5),
    );
    assert_eq!(
        (rows[4].state, rows[4].says.as_str()),
        ("seen", "5 packets")
    );
}

#[test]
fn a_replay_says_line_by_line_whether_it_gives_the_same() {
    let mut items = scope();
    items.push(log(
        "load",
        "capture",
        &json!({"name": "desk-berta.pcap"}),
        &json!({"packets": 4711, "sha256": "ab".repeat(32)}),
    ));
    items.push(log(
        "load",
        "capture",
        &json!({"name": "gone.pcap"}),
        &json!({"packets": 1, "sha256": "cd".repeat(32)}),
    ));
    items.push(log(
        "filter",
        "understand",
        &json!({"filter": "dns"}),
        &json!({"packets": 12}),
    ));
    items.push(log(
        "filter",
        "understand",
        &json!({"filter": "http"}),
        &json!({"packets": 13}),
    ));
    items.push(log(
        "decision",
        "report",
        &json!({"host": HOST, "decision": "watch"}),
        &json!({"rung": "delivered", "proposed": "isolate_now"}),
    ));
    items.push(log(
        "decision",
        "report",
        &json!({"host": HOST, "decision": "watch"}),
        &json!({"rung": "looked_up", "proposed": "watch"}),
    ));
    items.push(log(
        "finding",
        "understand",
        &json!({"finding": "f1", "state": "confirmed"}),
        &json!({"severity": "high"}),
    ));
    items.push(log(
        "finding",
        "understand",
        &json!({"finding": "f9", "state": "confirmed"}),
        &json!({"severity": "high"}),
    ));
    items.push(log("export", "report", &json!({}), &json!({})));
    items.push(("log", "report", json!({"what": "of an earlier version"})));
    items.push((
        "log",
        "report",
        json!({"what": 1, "op": "filter", "args": [7], "result": {"packets": "many"}}),
    )); // refused below
    items.pop();
    let doc = case(&items);
    let lines = replay(&doc, &facts(&doc), |_| {
        Some(json!({"counts": [{"id": "log", "packets": 12}]}))
    });
    let states: Vec<_> = lines.iter().map(|l| l.state).collect();
    use State::{Differs as D, NotRun as N, Same as S};
    assert_eq!(states, [S, D, S, D, S, D, S, D, N, N], "{lines:#?}");
    assert_eq!(lines[3].says, "12 packets, it was 13");
    assert_eq!(
        (lines[0].same_inputs, lines[9].same_inputs),
        (Some(true), None)
    );
}

#[test]
fn a_template_holds_the_method_and_nothing_of_the_evidence() {
    let mut items = scope();
    items.extend([
        ("scope", "scope", json!({"entry": "goal", "value": "Know what 10.20.0.7 (BERTA-PC7) sent, see [[p12]]"})),
        ("scope", "scope", json!({"entry": "window", "from": "2026-03-04T12:00:00Z", "to": "", "zone": "Asia/Kolkata"})),
        ("done_when", "scope", json!({"text": "berta.klein@corp.test is told; every host is decided", "done": true})),
        ("filter", "filter", json!({"name": "to bad-updates", "filter": "http.host contains \"bad-updates\" && ip.addr == 10.20.0.7 && tcp.stream == 417"})),
        ("exclusion", "filter", json!({"name": "backup", "reason": "nightly, from 10.20.3.3", "filter": "ip.addr == 10.20.3.3 || eth.addr == 02:00:5e:10:00:07", "on": true})),
        ("allow", "understand", json!({"detection": "ua.rare", "host": "10.20.0.8", "peer": "telemetry.vendor.test", "reason": "ours", "on": true})),
        ("watch", "understand", json!({"sort": "filter", "what": "SMB from 10.20.0.7", "filter": "smb2 && frame.time >= \"2026-03-04 12:00:00\""})),
        ("pin", "understand", json!({"evidence": "[[p12]]", "snapshot": "GET /gate/klein77.php", "comment": "first", "sha12": "abababababab"})),
        ("note", "notes", json!({"text": "Secret finding about Berta", "parent": "", "order": 1})),
        ("decision", "report", json!({"host": HOST, "decision": "isolate_now", "reason": "she clicked", "proposed": "isolate_now", "rung": "delivered"})),
        ("capture", "capture", json!({"capture": "A", "name": "desk-berta.pcap", "sha256": "ab".repeat(32), "packets": 4711})),
        ("lesson", "actions", json!({"heading": "What went well", "text": "Berta called at once"})),
        ("pass", "actions", json!({"findings": [["f1", "beacon", "high"]]})),
        log("filter", "understand", &json!({"filter": "dns.qry.name == \"cdn.bad-updates.test\""}), &json!({"packets": 12})),
    ]);
    let mut doc = case(&items);
    doc.title = "Klein affair".into();
    let t = template(&doc);
    let text = serde_json::to_string(&t).unwrap();
    let lower = text.to_lowercase();
    for held in [
        "10.20",
        "bad-updates",
        "updates",
        "berta",
        "klein",
        "corp.test",
        "vendor",
        "417",
        "4711",
        "02:00:5e",
        "2026-03",
        "[[",
        "f1",
        "abab",
        "secret",
        "clicked",
        "called",
        "dns.qry",
    ] {
        assert!(!lower.contains(held), "{held} is in {text}");
    }
    for kept in [
        "\"breach\"",
        "http.host contains",
        "ip.addr ==",
        "tcp.stream ==",
        "ua.rare",
        "every host is decided",
        "What went well",
        "Asia/Kolkata",
        "smb2",
    ] {
        assert!(text.contains(kept), "{kept} is not in {text}");
    }
    // The same value is the same placeholder, wherever it stood.
    let mark = t.placeholders.iter().find(|p| p.kind == "address").unwrap();
    assert!(mark.uses >= 3, "{:?}", t.placeholders);
    for p in &t.placeholders {
        assert!(text.contains(&p.mark));
    }
}
