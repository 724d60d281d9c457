//! `weir because`: what came before something that explains it, and what followed, as the page's strip has them.

use super::Done;
use super::answer::scope;
use super::ask::Ask;
use crate::args::{Args, Usage};
use crate::out::{Out, visible};
use serde_json::{Map, Value, json};

fn text(v: &Value) -> String {
    v.as_str().map_or_else(|| v.to_string(), visible)
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().into_iter().flatten()
}

/// ` +40 s`, ` -0.4 s`; what is less than that has no sign.
fn apart(seconds: f64) -> String {
    match seconds.abs() {
        s if s < 0.05 => " 0 s".to_owned(),
        s if s < 10.0 => format!(" {seconds:+.1} s"),
        _ => format!(" {seconds:+.0} s"),
    }
}

fn line(out: &mut Out, part: &str, row: &Value, from: Option<f64>) {
    let packets: Vec<String> = list(row, "packets").map(text).collect();
    let after = from.and_then(|from| Some(text(&row["time"]).parse::<f64>().ok()? - from));
    let after = after.map_or_else(String::new, apart);
    let link = row["link"]
        .as_str()
        .map_or_else(String::new, |l| format!(" [{l}]"));
    out.line(&format!(
        "{part:<9}{after:>9}  {}{link} {}",
        text(&row["says"]),
        packets.join(" ")
    ));
}

pub(crate) fn run(args: &Args) -> Done {
    let scope = args.scope.as_deref().map(scope).transpose()?;
    let mut arguments = Map::new();
    let named = [
        ("finding", &args.finding),
        ("packet", &args.packet),
        ("flow", &args.flow),
        ("file", &args.file),
        ("host", &args.host),
        ("time", &args.time),
    ];
    for (name, value) in named {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), json!(value));
        }
    }
    if arguments.is_empty() {
        return Err(Usage(
            "because needs --finding ID, --packet N, --flow A:tcp:17, --file A:120.0 or --host ADDRESS --time SECONDS".to_owned(),
        ));
    }
    arguments.insert("scope".to_owned(), json!(scope));
    let mut ask = Ask::new(args)?;
    let strip = ask.get("because", Value::Object(arguments));
    let mut out = Out::new(args.json);
    if args.json {
        out.row(&strip);
        return Ok(ask.code());
    }
    let from = strip["time"].as_str().and_then(|t| t.parse().ok());
    for part in ["because", "then"] {
        for row in list(&strip[part], "rows") {
            line(&mut out, row["word"].as_str().unwrap_or(part), row, from);
        }
        if let Some(says) = strip[part]["says"].as_str() {
            out.line(&format!("{part:<9}           {says}"));
        }
        if part == "because" {
            line(&mut out, "here", &strip, None);
        }
    }
    Ok(ask.code())
}
