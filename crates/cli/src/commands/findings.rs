//! `weir findings`: what the detections found, each with its evidence, and what was checked.

use super::Done;
use super::answer::scope;
use super::ask::Ask;
use crate::args::Args;
use crate::out::{Out, visible};
use serde_json::{Value, json};

pub(crate) fn run(args: &Args) -> Done {
    let scope = args.scope.as_deref().map(scope).transpose()?;
    let mut ask = Ask::new(args)?;
    let found = ask.get("findings", json!({ "scope": scope }));
    let mut out = Out::new(args.json);
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), visible);
    for finding in found["findings"].as_array().into_iter().flatten() {
        if args.json {
            out.row(finding);
            continue;
        }
        let packets: Vec<String> = finding["packets"]
            .as_array()
            .into_iter()
            .flatten()
            .take(8)
            .map(text)
            .collect();
        out.line(&format!(
            "{:<9} {} ({}) {}",
            text(&finding["severity"]),
            text(&finding["title"]),
            text(&finding["detection"]),
            packets.join(" ")
        ));
        for (label, key) in [
            ("why", "why"),
            ("innocent if", "innocent"),
            ("settled by", "settle"),
        ] {
            out.line(&format!("          {label}: {}", text(&finding[key])));
        }
    }
    for checked in found["checked"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|_| !args.json)
    {
        out.line(&format!(
            "          {}: {}",
            text(&checked["title"]),
            text(&checked["says"])
        ));
    }
    Ok(ask.code())
}
