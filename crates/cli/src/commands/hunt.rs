//! `weir ways-in`, `bridges`, `east-west`, `seen-once`, `stack` and `checklist`: looking around without a suspicion,
//! as the page does.

use super::Done;
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

/// A table of `op`: its rows, then what there is to know.
fn table(args: &Args, op: &str, arguments: Value, columns: &[&str]) -> Done {
    let mut ask = Ask::unhashed(args)?;
    let found = ask.get(op, arguments);
    let mut out = Out::new(args.json);
    out.head(columns);
    for row in list(&found, "rows") {
        out.row(row);
    }
    for carried in list(&found, "carried") {
        if args.json {
            out.row(carried);
            continue;
        }
        let (title, filter) = (text(&carried["title"]), text(&carried["filter"]));
        out.line(&format!(
            "{title}: {} packets inside others ({filter})",
            carried["packets"]
        ));
    }
    if !args.json {
        for says in list(&found, "says") {
            out.line(&text(says));
        }
        let shown = list(&found, "rows").count() as u64;
        let of = found["of"].as_u64().unwrap_or(shown);
        if of > shown {
            out.line(&format!("{shown} of {of} rows"));
        }
        for (name, what) in [
            ("absent", "rows have no value"),
            ("beyond", "values beyond the bound are only counted"),
        ] {
            if let Some(n) = found[name].as_u64().filter(|n| *n > 0) {
                out.line(&format!("{n} {what}"));
            }
        }
    }
    Ok(ask.code())
}

const CROSSING: &[&str] = &[
    "kind",
    "by",
    "way",
    "client",
    "server",
    "service",
    "of_clients",
    "flows",
    "answered",
    "sent",
    "received",
    "first",
    "last",
    "evidence",
    "says",
];

/// As many rows as there are.
fn all() -> Value {
    json!({ "limit": 1_000_000 })
}

pub(crate) fn ways_in(args: &Args) -> Done {
    table(args, "ways_in", all(), CROSSING)
}

pub(crate) fn bridges(args: &Args) -> Done {
    let mut columns = vec!["from", "to"];
    columns.extend(CROSSING);
    table(args, "bridges", all(), &columns)
}

pub(crate) fn east_west(args: &Args) -> Done {
    let mut columns = vec!["admin", "peers", "users"];
    columns.extend(CROSSING.iter().filter(|c| **c != "of_clients"));
    table(args, "east_west", all(), &columns)
}

pub(crate) fn seen_once(args: &Args) -> Done {
    let columns = [
        "column", "value", "hosts", "evidence", "first", "once", "counted",
    ];
    table(args, "seen_once", json!({}), &columns)
}

pub(crate) fn outliers(args: &Args) -> Done {
    let columns = ["measure", "host", "name", "value", "says", "evidence"];
    table(args, "outliers", json!({}), &columns)
}

pub(crate) fn stack(args: &Args) -> Done {
    let Some(column) = args.words.first() else {
        let mut ask = Ask::unhashed(args)?;
        let known = ask.get("stack.columns", json!({}));
        let mut out = Out::new(args.json);
        out.head(&["id", "rows", "title"]);
        list(&known, "columns").for_each(|row| out.row(row));
        return Ok(ask.code());
    };
    let mut arguments = Map::new();
    arguments.insert("column".to_owned(), json!(column));
    arguments.insert("limit".to_owned(), json!(1_000_000));
    let columns = ["count", "share", "of_hosts", "hosts", "evidence", "value"];
    table(args, "stack", Value::Object(arguments), &columns)
}

pub(crate) fn checklist(args: &Args) -> Done {
    let scope = super::earlier::scope(args)?;
    let mut ask = Ask::new(args)?;
    super::earlier::against(&mut ask, args)?;
    let allow: Vec<Value> = super::findings::rules(args).map_err(Usage)?;
    let found = ask.get("checklist", json!({ "scope": scope, "allow": allow }));
    let mut out = Out::new(args.json);
    for row in list(&found, "rows") {
        if args.json {
            out.row(row);
        } else {
            line(&mut out, row);
        }
    }
    Ok(ask.code())
}

/// Checks that could not be made, those for the same reason together.
fn not_checked(out: &mut Out, row: &Value) {
    let mut whys: Vec<(String, Vec<String>)> = Vec::new();
    for check in list(row, "checks") {
        let Some(why) = check["says"]
            .as_str()
            .and_then(|s| s.strip_prefix("not checked: "))
        else {
            continue;
        };
        let detection = text(&check["detection"]);
        match whys.iter_mut().find(|(w, _)| w == why) {
            Some((_, all)) => all.push(detection),
            None => whys.push((why.to_owned(), vec![detection])),
        }
    }
    for (why, all) in whys {
        out.line(&format!(
            "    not checked, {}: {}",
            visible(&why),
            all.join(", ")
        ));
    }
}

fn plural(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn line(out: &mut Out, row: &Value) {
    let n = |name: &str| row[name].as_u64().unwrap_or(0);
    let title = text(&row["title"]);
    if n("packets") == 0 {
        out.line(&format!("{title}: none in these captures"));
        not_checked(out, row);
        return;
    }
    out.line(&format!(
        "{title}: {}, {} ({} answered) of {} with {}; {}",
        plural(n("packets"), "packet"),
        plural(n("flows"), "conversation"),
        n("answered"),
        plural(n("hosts"), "host"),
        plural(n("servers"), "server"),
        plural(n("of_findings"), "finding"),
    ));
    for normal in list(row, "normal") {
        let of = normal["of"].as_u64().unwrap_or(0);
        let values: Vec<String> = list(normal, "values")
            .map(|v| {
                let count = v[1].as_u64().unwrap_or(0);
                format!(
                    "{} {} %",
                    text(&v[0]),
                    (count * 100).checked_div(of).unwrap_or(0)
                )
            })
            .collect();
        let what = text(&normal["what"]);
        let different = &normal["different"];
        out.line(&format!(
            "    {what}: {} ({different} different)",
            values.join(", ")
        ));
    }
    for finding in list(row, "findings") {
        let (severity, title) = (text(&finding["severity"]), text(&finding["title"]));
        out.line(&format!("    {severity}: {title}"));
    }
    not_checked(out, row);
    for unread in list(row, "unread") {
        let share = (unread["packets"].as_u64().unwrap_or(0) * 100).checked_div(n("packets"));
        out.line(&format!(
            "    not read: {} packets ({} %) of {} conversations, {}",
            unread["packets"],
            share.unwrap_or(0),
            unread["flows"],
            text(&unread["why"])
        ));
    }
}
