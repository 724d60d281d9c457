//! `weir files --spread`: each file with the conversation that carried it, and everybody who had the same content.

use super::Done;
use super::ask::Ask;
use super::decode::of_case;
use super::report::of;
use crate::args::{Args, Usage};
use crate::out::{self, Out};
use serde_json::{Value, json};
use weir_case::Document;
use weir_case::report::question;

const COLUMNS: [&str; 17] = [
    "sha256",
    "hosts",
    "name",
    "from",
    "to",
    "direction",
    "protocol",
    "client",
    "server",
    "community_id",
    "request",
    "first",
    "last",
    "first_time",
    "last_time",
    "size",
    "state",
];

fn text(v: &Value, member: &str) -> String {
    v[member].as_str().unwrap_or_default().to_owned()
}

/// A transfer as a line: of its content what tells it from others.
fn line(content: &Value, transfer: &Value) -> Value {
    let mut row = transfer.clone();
    let sha256 = match (content["sha256"].as_str(), content["pending"].as_bool()) {
        (Some(hash), _) => hash,
        (None, Some(true)) => "pending",
        (None, _) => "",
    };
    row["sha256"] = json!(sha256);
    let hosts = content["hosts"].as_array().into_iter().flatten();
    row["hosts"] = json!(hosts.filter(|h| h["had"] == true).count());
    for end in ["from", "to"] {
        row[end] = json!(text(&transfer[end], "host"));
    }
    row
}

/// The form that a name asks for.
fn form(args: &Args) -> Result<Option<(&std::path::Path, String)>, Usage> {
    let Some(path) = args.output.as_deref() else {
        return Ok(None);
    };
    let ending = path.extension().and_then(|e| e.to_str());
    let ending = ending.unwrap_or_default().to_ascii_lowercase();
    if !["csv", "tsv", "json"].contains(&ending.as_str()) {
        let says = "files --spread writes -o OUT.csv, OUT.tsv or OUT.json";
        return Err(Usage(says.to_owned()));
    }
    Ok(Some((path, ending)))
}

pub(crate) fn run(args: &Args) -> Done {
    let to = form(args)?;
    let asked = args.case.is_some() || args.scope.is_some();
    let (case, scope) = if asked {
        of(args, "files --spread")?
    } else {
        (Document::default(), weir_model::Scope::default())
    };
    let mut wanted = question(&case, &scope);
    wanted["all"] = json!(!asked);
    wanted["hash"] = json!(args.file.as_deref().unwrap_or_default());
    let mut ask = Ask::decoding(args, of_case(&case)?)?;
    if let Some((path, ending)) = to {
        wanted["as"] = json!(ending);
        let bytes = ask.bytes("spread.save", wanted);
        std::fs::write(path, bytes).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
        return Ok(ask.code());
    }
    let found = ask.get("spread", wanted);
    let contents = found["contents"].as_array().cloned().unwrap_or_default();
    let mut out = Out::new(args.json);
    if !args.json {
        out.head(&COLUMNS);
    }
    for content in &contents {
        if args.json {
            out.row(content);
            continue;
        }
        for transfer in content["transfers"].as_array().into_iter().flatten() {
            out.row(&line(content, transfer));
        }
    }
    for (n, what) in [("contents", "files"), ("transfers", "transfers")] {
        let left = found["left"][n].as_u64().unwrap_or_default();
        if left > 0 {
            out::error(&format!("{left} more {what} are not listed"));
        }
    }
    for slice in found["slices"].as_array().into_iter().flatten() {
        let letter = slice["capture"].as_str().unwrap_or_default();
        let n = &slice["files"];
        out::error(&format!(
            "{letter} is a slice of what is loaded too: {n} of its files are counted there and not again"
        ));
    }
    let pins = found["left"]["pins"].as_u64().unwrap_or_default();
    if pins > 0 {
        out::error(&format!("{pins} more pins are not looked at"));
    }
    Ok(ask.code())
}
