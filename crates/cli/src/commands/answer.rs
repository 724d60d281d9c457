//! `weir answer`: the answers to the questions of a scope, and what they lead to.

use super::Done;
use super::open::Open;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::{Value, json};
use weir_analyze::answers::{Answer, answer};
use weir_analyze::environment::Environment;
use weir_model::{PacketRef, Scope, Timestamp};
use weir_session::{Merge, Session, hex};

pub(crate) fn run(args: &Args) -> Done {
    let path = args
        .scope
        .as_ref()
        .ok_or_else(|| Usage("answer needs --scope FILE".to_owned()))?;
    let scope = scope(path)?;
    let mut open = Open::new(args)?;
    open.hash(false);
    open.run(&mut Merge::default());
    let answers = open
        .session
        .conclude(|input| answer(input, &Environment::new(input), &scope));
    let mut out = Out::new(args.json);
    out.head(&HEAD);
    for (indicator, why) in &answers.unusable {
        crate::out::error(&format!(
            "{:?} {:?} is not checked: {why}",
            indicator.kind, indicator.value
        ));
    }
    for row in &answers.rows {
        out.row(&json(&open.session, row));
    }
    let derived = json!({ "derived": answers.derived });
    if args.json {
        out.row(&derived);
    } else {
        for indicator in &answers.derived {
            out.row(
                &json!({ "derived": "derived", "kind": indicator.kind, "value": indicator.value }),
            );
        }
    }
    Ok(open.code())
}

const HEAD: [&str; 18] = [
    "host",
    "mac",
    "name",
    "indicator",
    "answer",
    "rung",
    "direction",
    "match",
    "in_scope",
    "in_window",
    "first",
    "last",
    "packets",
    "files",
    "reason",
    "checked",
    "covered_s",
    "window_s",
];

/// A scope from its file.
pub(crate) fn scope(path: &std::path::Path) -> Result<Scope, Usage> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    serde_json::from_str(&text).map_err(|e| Usage(format!("{}: {e}", path.display())))
}

/// One answer as the contract writes it.
fn json(session: &Session, a: &Answer) -> Value {
    let packet = |p: &PacketRef| {
        if session.captures.len() > 1 {
            json!(p.to_string())
        } else {
            json!(p.number)
        }
    };
    let files: Vec<Value> = a
        .files
        .iter()
        .map(|f| json!({ "name": f.name, "size": f.size, "sha256": f.hashes.map(|h| hex(&h.sha256)), "complete": f.complete }))
        .collect();
    json!({
        "host": a.host.to_string(),
        "mac": a.mac.map(|m| m.to_string()),
        "name": a.name,
        "indicator": a.indicator,
        "answer": a.answer.word(),
        "rung": a.rung.word(),
        "direction": a.direction.word(),
        "match": a.matched.join(" "),
        "in_scope": a.in_scope,
        "in_window": a.in_window,
        "first": a.first.map(Timestamp::epoch),
        "last": a.last.map(Timestamp::epoch),
        "packets": a.packets.iter().map(packet).collect::<Vec<_>>(),
        "files": files,
        "reason": a.reason,
        "checked": a.checked,
        "covered_s": a.covered_s,
        "window_s": a.window_s,
    })
}
