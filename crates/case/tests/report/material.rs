//! A case and the engine's replies, written by hand as the contract names them.

use serde_json::{Map, Value, json};
use weir_case::report::{Cites, Gather, Material};
use weir_case::{Change, Document, Operation, Stamp};

pub(crate) const SHA_A: &str = "9c1f0a3b5d7e9c1f0a3b5d7e9c1f0a3b5d7e9c1f0a3b5d7e9c1f0a3b5d7e9c1f";

pub(crate) fn id(n: u64) -> String {
    format!("{n:032x}")
}

/// A document of these items.
pub(crate) fn case(items: &[(&str, Value)]) -> Document {
    let mut doc = Document::new(id(0xca5e));
    doc.title = "Office LAN, suspected download".into();
    for (n, (kind, body)) in (1..).zip(items) {
        put(&mut doc, n, kind, body);
    }
    doc
}

fn put(doc: &mut Document, n: u64, kind: &str, body: &Value) {
    let body: Map<String, Value> = body.as_object().cloned().unwrap();
    let change = Change::Add {
        kind: kind.into(),
        pass: 1 + n / 20,
        step: "notes".into(),
        body,
    };
    let stamp = Stamp {
        at: "2026-03-04T13:00:00.000Z".into(),
        counter: n,
        author: id(1),
    };
    doc.apply(Operation {
        item: id(n),
        stamp,
        change,
    })
    .unwrap();
}

pub(crate) fn items() -> Vec<(&'static str, Value)> {
    vec![
        (
            "issue",
            json!({"issue": "breach", "sentence": "Which hosts fetched the installer from files.example.net? [[p12]]", "reported_by": "help desk", "noticed": "this morning", "severity": "high"}),
        ),
        (
            "scope",
            json!({"entry": "goal", "value": "Know which hosts to isolate"}),
        ),
        (
            "scope",
            json!({"entry": "window", "from": "2026-03-02T12:00:00Z", "to": "2026-03-04T14:00:00Z", "typed_from": "now \u{2212} 48 h", "typed_to": "now + 2 h", "zone": "Asia/Kolkata"}),
        ),
        (
            "scope",
            json!({"entry": "now", "value": "2026-03-04T12:00:00Z"}),
        ),
        (
            "scope",
            json!({"entry": "network", "value": "192.0.2.0/24", "role": "victim", "source": "typed"}),
        ),
        (
            "scope",
            json!({"entry": "indicator", "kind": "domain", "value": "files.example.net", "because": ""}),
        ),
        (
            "scope",
            json!({"entry": "indicator", "kind": "filename", "value": "setup.exe", "because": ""}),
        ),
        (
            "done_when",
            json!({"text": "each suspected host is decided", "done": true}),
        ),
        ("node", json!({"text": "Hosts", "parent": "", "order": 1})),
        (
            "note",
            json!({"text": "It ran at once, see [[p120]] and [[B:r7]].", "parent": id(9), "order": 1}),
        ),
        (
            "pin",
            json!({"evidence": "[[B:p12]]", "snapshot": "GET /setup.exe HTTP/1.1", "comment": "first request", "sha12": &SHA_A[..12], "parent": id(9), "order": 2}),
        ),
        (
            "pin",
            json!({"evidence": "[[p3]]", "snapshot": "DNS query", "comment": "", "sha12": "ffffffffffff", "parent": "", "order": 2}),
        ),
        (
            "decision",
            json!({"host": "192.0.2.24", "decision": "watch", "reason": "a test machine, wiped daily", "proposed": "examine", "rung": "hidden"}),
        ),
        (
            "dismissal",
            json!({"finding": "f1", "state": "confirmed", "reason": "seen on the disk, too"}),
        ),
        (
            "dismissal",
            json!({"finding": "f3", "state": "dismissed", "reason": "our own scanner"}),
        ),
        (
            "verdict",
            json!({"host": "192.0.2.23", "verdict": "compromised", "why": "[[F-01]]"}),
        ),
        (
            "exclusion",
            json!({"name": "backup VLAN", "reason": "known traffic", "filter": "vlan.id == 12", "on": true}),
        ),
        (
            "capture",
            json!({"capture": "A", "name": "office.pcapng", "sha256": SHA_A, "placement": "switch, mirror of the uplink"}),
        ),
        (
            "capture",
            json!({"capture": "B", "name": "conn.log", "sha256": "", "placement": "border sensor"}),
        ),
        (
            "action",
            json!({"action": "Reinstall the machine [[h:192.0.2.23]]", "host": "192.0.2.23", "owner": "desk", "due": "2026-03-05", "status": "open", "aim": "solve"}),
        ),
        (
            "lesson",
            json!({"heading": "Went well", "text": "The mirror port was there"}),
        ),
        ("marking", json!({"tlp": "amber_strict"})),
    ]
}

pub(crate) fn summary() -> Value {
    json!({
        "captures": [
            {"capture": "A", "name": "office.pcapng", "kind": "packets", "bytes": 1_900_123, "compression": null, "plain_bytes": 1_900_123, "format": "pcapng", "sha256": SHA_A, "packets": 4711, "wire_bytes": 1, "first": "1772452800.000000000", "last": "1772625600.500000000", "snap_length": 262144, "interfaces": [], "comments": [], "hardware": null, "os": null, "application": null, "chain": 0, "place": 0, "offset": "-1.500000000", "stopped": null, "same_as": null},
            {"capture": "B", "name": "conn.log", "kind": "flow_log", "bytes": 5000, "compression": "gzip", "format": "Zeek conn (TSV)", "sha256": null, "packets": 40, "first": "1772452800.000000000", "last": "1772452900.000000000", "offset": "0.000000000",
             "stopped": {"kind": "input", "message": "stopped at offset 4096 because the file ends within a row", "where": "byte 4096 of conn.log", "kept": "40 rows kept"}},
        ],
        "packets": 4711, "unique_packets": 4700, "wire_bytes": 1, "first": null, "last": null, "flows": 90, "hosts": 12, "files": 3,
        "health": [
            {"issue": "snap_length", "state": "warn", "says": "214 packets cut at 96 bytes", "count": 214, "examples": ["A:30", "A:31"], "weakens": "files carried by these packets"},
            {"issue": "duplicates", "state": "ok", "says": "no packet was captured twice", "count": 0, "examples": [], "weakens": null},
        ],
        "hierarchy": [],
        "placement": {"says": "The targets' broadcasts are seen: the same segment.", "because": [{"says": "ARP of 12 hosts", "evidence": ["[[p1]]"]}]},
        "limits": [{"id": "dissect.heads", "says": "message heads were cut", "bound": 262144, "unit": "bytes", "count": 1, "first": "A:99"}],
    })
}

fn answer(host: &str, rung: &str, answer: &str, indicator: &Value) -> Value {
    json!({
        "host": host, "mac": "02:00:00:00:00:17", "name": "ws-17", "indicator": indicator, "answer": answer, "rung": rung,
        "direction": "received", "match": "host_header", "in_scope": true, "in_window": true, "first": "1772500000.250000000",
        "last": "1772500001.000000000", "packets": ["A:12"], "files": [], "reason": "Every byte is there.", "checked": "Checked HTTP, FTP and DNS in 4,700 packets.",
        "covered_s": 172_800.0, "window_s": 180_000.0, "evidence": ["[[p12]]", "[[p120-140]]"],
    })
}

pub(crate) fn answers() -> Value {
    let domain = json!({"kind": "domain", "value": "files.example.net"});
    let name = json!({"kind": "filename", "value": "setup.exe"});
    let mut whole = answer("192.0.2.23", "delivered", "seen", &domain);
    whole["files"] = json!([{"id": "A:140.0", "name": "setup.exe", "size": 70_000, "sha256": "ab".repeat(32), "complete": true}]);
    let mut sent = answer("192.0.2.25", "delivered", "seen", &name);
    sent["direction"] = json!("sent");
    let mut outside = answer("198.51.100.9", "delivered", "seen", &domain);
    outside["in_scope"] = json!(false);
    let mut late = answer("192.0.2.26", "looked_up", "not_seen", &domain);
    late["in_window"] = json!(false);
    let mut none = answer("192.0.2.30", "none", "not_seen", &name);
    for member in ["first", "last", "match", "name", "mac"] {
        none[member] = Value::Null;
    }
    none["evidence"] = json!([]);
    json!({
        "answers": [whole, sent, answer("192.0.2.24", "hidden", "cannot_tell", &domain), outside, late, none],
        "derived": [{"indicator": {"kind": "address", "value": "203.0.113.9"}, "because": "the server's address", "evidence": ["[[p11]]"]}],
        "counts": {"delivered": 3},
        "beside": ["412 encrypted flows elsewhere"],
        "coverage": {"from": "1772452800.000000000", "to": "1772632800.000000000", "wanted_s": 180_000.0, "covered_s": 172_800.0, "captured": [],
            "gaps": [{"from": "1772625600.000000000", "to": "1772632800.000000000", "why": "not_yet"}]},
    })
}

pub(crate) fn decisions() -> Value {
    let decision = |host: &str, rung: &str, decision: &str, scope: bool| json!({"host": host, "mac": "02:00:00:00:00:17", "name": "ws-17", "rung": rung, "decision": decision, "because": "the rule in words", "evidence": ["[[p12]]"], "in_scope": scope});
    json!({
        "decisions": [
            decision("192.0.2.23", "delivered", "isolate_now", true),
            decision("192.0.2.24", "hidden", "examine", true),
            decision("198.51.100.9", "delivered", "isolate_and_examine", false),
            decision("192.0.2.30", "none", "none", true),
        ],
    })
}

pub(crate) fn findings() -> Value {
    let finding = |id: &str, label: &str, title: &str| json!({"id": id, "label": label, "detection": "file.exe_http", "title": title, "severity": "high", "confidence": 0.9, "src": "192.0.2.23", "first": "1772500000.000000000", "last": "1772500001.000000000", "packets": ["A:12"], "evidence": ["[[p12]]"], "techniques": ["T1105"], "why": "a program came over http://files.example.net/setup.exe", "how": "", "innocent": "a software update", "settle": "its signature", "in_scope": true});
    json!({
        "findings": [finding("f1", "F-01", "Program over HTTP"), finding("f2", "F-02", "Rare user agent"), finding("f3", "F-03", "Port bound once")],
        "checked": [{"detection": "cred.cleartext", "title": "Clear-text credentials", "findings": 0, "says": "checked, nothing found in 4,700 packets"}],
    })
}

pub(crate) fn file() -> Value {
    json!({"id": "A:140.0", "names": [{"text": "setup.exe", "where": "path"}], "direction": "received", "protocol": "http", "declared_type": "image/gif", "content_type": "application/vnd.microsoft.portable-executable", "mismatch": true, "size": 70_000, "declared_size": 70_001, "sha256": "ab".repeat(32), "sha1": null, "md5": "cd".repeat(16), "pending": false, "client": "192.0.2.23", "server": "203.0.113.9", "request": "A:12", "first": "A:120", "last": "A:140", "first_time": "1772500000.250000000", "last_time": "1772500001.000000000", "packets": 21, "flow": "A:tcp:3", "complete": false, "incomplete": "transfer aborted", "present": [], "parts": [], "same_hash": [], "remarks": ["ASCII mode: bytes as sent"]})
}

/// What the references of the case say: those that a capture has.
pub(crate) fn cite() -> Value {
    let packet = |n: u32, says: &str, digest: &str| json!({"evidence": format!("[[p{n}]]"), "found": true, "says": says, "digest": digest, "time": format!("1772500000.{n:09}"), "bytes": 514, "values": [], "lines": ["Hypertext Transfer Protocol", "GET /setup.exe HTTP/1.1"]});
    json!({"left": 0, "cited": [
        packet(12, "192.0.2.23 \u{2192} 203.0.113.9 HTTP GET /setup.exe HTTP/1.1", &"12".repeat(32)),
        packet(120, "203.0.113.9 \u{2192} 192.0.2.23 TCP 80 \u{2192} 4242", &"a0".repeat(32)),
        packet(1, "192.0.2.23 \u{2192} 192.0.2.255 ARP who has", &"01".repeat(32)),
        {"evidence": "[[B:r7]]", "found": true, "says": "192.0.2.23 port 4242", "digest": "07".repeat(32), "time": "1772500003.000000000"},
        {"evidence": "[[B:r40]]", "found": true, "says": "192.0.2.23 port 4243", "digest": "40".repeat(32)},
        {"evidence": "[[B:r41]]", "found": false, "why": "flow log B has 40 rows"},
        {"evidence": "[[B:p7]]", "found": false, "why": "B holds flow records only: it has no packets"},
        {"evidence": "[[p99999]]", "found": false, "why": "capture A has 4700 packets"},
        {"evidence": "[[h:192.0.2.23]]", "found": true, "says": "192.0.2.23: 3 conversations"},
        {"evidence": "[[file:abababababababab]]", "found": true, "says": "setup.exe, 70000 bytes", "bytes": 70_000, "digest": "ab".repeat(32)},
        {"evidence": "[[file:abab]]", "found": true, "says": "setup.exe, 70000 bytes", "bytes": 70_000, "digest": "ab".repeat(32)},
    ]})
}

/// Runs the gatherer against these replies.
pub(crate) fn gather(
    case: &Document,
    reply: impl Fn(&str) -> Result<Value, &'static str>,
) -> Material {
    let mut gather = Gather::new(case.scope().unwrap())
        .allowing(case)
        .citing(case, Cites::Typed);
    while let Some((op, _)) = gather.ask() {
        match reply(op) {
            Ok(payload) => gather.take(payload),
            Err(reason) => gather.fail(reason),
        }
    }
    gather.finish(true, "fp-1".into(), "0.1.0", "0123456789abcdef")
}

pub(crate) fn reply(op: &str) -> Result<Value, &'static str> {
    Ok(match op {
        "summary" => summary(),
        "answers" => answers(),
        "findings" => findings(),
        "decisions" => decisions(),
        "file" => file(),
        "cite" => cite(),
        _ => return Err("no such operation"),
    })
}

pub(crate) fn whole() -> (Document, Material) {
    let case = case(&items());
    let material = gather(&case, reply);
    (case, material)
}
