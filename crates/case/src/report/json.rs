//! The report for machines: what it is made from, with what the analyst decided. Nothing is defanged.

use super::build::{Cx, affected, finding_state};
use super::material::Material;
use crate::Document;
use serde_json::{Value, json};

/// Schema of the JSON report; additive within it.
const SCHEMA: u32 = 1;

pub(super) fn write(case: &Document, m: &Material) -> String {
    let cx = Cx::new(case, m);
    let decisions: Vec<Value> = affected(cx)
        .iter()
        .map(|d| {
            json!({
                "host": d.proposed.host, "mac": d.proposed.mac, "name": d.proposed.name,
                "rung": d.proposed.rung, "proposed": d.proposed.decision, "because": d.proposed.because,
                "decision": d.decision, "by": if d.confirmed { "analyst" } else { "rule" },
                "reason": d.reason, "in_scope": d.proposed.in_scope, "evidence": d.proposed.evidence,
            })
        })
        .collect();
    let findings: Vec<Value> = m
        .findings
        .iter()
        .flat_map(|f| &f.findings)
        .map(|f| {
            let mut row = serde_json::to_value(f).unwrap_or_default();
            if let Some(o) = row.as_object_mut() {
                o.insert("state".into(), finding_state(cx, f).into());
            }
            row
        })
        .collect();
    let kinds = [
        "note",
        "pin",
        "node",
        "action",
        "lesson",
        "exclusion",
        "decode_as",
        "filter",
        "verdict",
        "done_when",
        "remark",
    ];
    let items: Vec<Value> = kinds
        .into_iter()
        .flat_map(|k| case.live(k))
        .map(|i| {
            let mut row = json!({"id": i.id, "kind": i.now.kind, "at": i.now.stamp.at, "pass": i.now.pass, "body": i.now.body});
            if let ("note", Some(o)) = (i.now.kind.as_str(), row.as_object_mut()) {
                let note = crate::notes::read(i.now.text("text"));
                o.insert("blocks".into(), json!(note.blocks));
            }
            row
        })
        .collect();
    let tags = crate::notes::tagged(case);
    let tags = tags
        .iter()
        .map(|t| json!({"tag": t.tag, "items": t.items.iter().map(|i| &i.id).collect::<Vec<_>>()}));
    let tags: Vec<Value> = tags.collect();
    let answers = m.answers.as_ref();
    let report = json!({
        "schema": SCHEMA,
        "title": case.title,
        "tlp": super::Marking::of(case).map(|m| m.label),
        "case": case.id,
        "scope": m.scope,
        "decisions": decisions,
        "answers": answers.map(|a| &a.answers),
        "derived": answers.map(|a| &a.derived),
        "beside": answers.map(|a| &a.beside),
        "coverage": answers.map(|a| &a.coverage),
        "files": m.files,
        "spread": m.spread,
        "findings": findings,
        "checked": m.findings.as_ref().map(|f| &f.checked),
        "items": items,
        "tags": tags,
        "captures": m.summary.captures,
        "health": m.summary.health,
        "placement": m.summary.placement,
        "limits": m.summary.limits,
        "troubles": m.troubles,
        "complete": m.complete,
        "fingerprint": m.fingerprint,
        "settings": m.settings,
        "weir": {"version": m.version, "build": m.build},
        "claims": crate::claims::carried(case, m),
    });
    format!("{report:#}\n")
}
