//! `weir answer`: the answers to the questions of a scope, and what they lead to.

use super::Done;
use super::open::Open;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::json;
use weir_analyze::answers::answer;
use weir_analyze::environment::Environment;
use weir_model::{PacketRef, Scope};
use weir_session::Merge;
use weir_session::ops::AnswerRow;

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
    for sentence in answers.beside() {
        crate::out::error(&sentence);
    }
    for row in &answers.rows {
        let many = open.session.captures.len() > 1;
        let packet = |p: PacketRef| {
            if many {
                json!(p.to_string())
            } else {
                json!(p.number)
            }
        };
        out.row(&serde_json::to_value(AnswerRow::new(row, packet, false)).unwrap_or_default());
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

const HEAD: [&str; 19] = [
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
    "rows",
];

/// A scope from its file.
pub(crate) fn scope(path: &std::path::Path) -> Result<Scope, Usage> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    let wrong = |e: &dyn std::fmt::Display| Usage(format!("{}: {e}", path.display()));
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let scope: Scope = serde_json::from_str(text).map_err(|e| wrong(&e))?;
    scope.of_this_version().map_err(|e| wrong(&e))
}
