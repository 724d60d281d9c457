//! `weir baseline`, `weir compare` and `weir trends`: what was normal, what deviates from it, and which way it goes.

use super::Done;
use super::ask::Ask;
use crate::args::{Args, Usage};
use crate::out::{Out, visible};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use weir_model::Scope;
use weir_model::baseline::{Baseline, Kind};

fn text(v: &Value) -> String {
    v.as_str().map_or_else(|| v.to_string(), visible)
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of[name].as_array().into_iter().flatten()
}

fn read(path: &Path) -> Result<String, Usage> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    // Some editors begin a file with a byte order mark.
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// A baseline from its file.
fn document(path: &Path) -> Result<Baseline, Usage> {
    let wrong = |e: &dyn std::fmt::Display| Usage(format!("{}: {e}", path.display()));
    let read: Baseline =
        serde_json::from_str(&read(path)?).map_err(|e| wrong(&format!("not a baseline: {e}")))?;
    read.check().map_err(|e| wrong(&e))?;
    Ok(read)
}

/// Entries of a list of applications: lines without `#`, or the User-Agents of a baseline.
fn applications(path: &Path) -> Result<Vec<String>, Usage> {
    let text = read(path)?;
    let entries: Vec<String> = if text.trim_start().starts_with('{') {
        document(path)?.of(Kind::Agent).keys().cloned().collect()
    } else {
        let lines = text.lines().map(str::trim);
        let named = lines.filter(|l| !l.is_empty() && !l.starts_with('#'));
        named.map(str::to_owned).collect()
    };
    if entries.is_empty() {
        return Err(Usage(format!(
            "{}: names no application; one stands on a line, as a User-Agent has it",
            path.display()
        )));
    }
    Ok(entries)
}

/// The scope of the call, with the applications it names.
pub(super) fn scope(args: &Args) -> Result<Option<Scope>, Usage> {
    let mut scope = args
        .scope
        .as_deref()
        .map(super::answer::scope)
        .transpose()?;
    if let Some(path) = &args.applications {
        let entries = applications(path)?;
        scope.get_or_insert_default().applications.extend(entries);
    }
    Ok(scope)
}

/// Tells the engine what is earlier, where the call says so.
pub(super) fn against(ask: &mut Ask, args: &Args) -> Result<(), Usage> {
    let Some(path) = &args.baseline else {
        return Ok(());
    };
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let document = serde_json::to_value(document(path)?).unwrap_or_default();
    ask.get(
        "earlier",
        json!({ "baseline": document, "name": name.unwrap_or_default() }),
    );
    Ok(())
}

pub(crate) fn baseline(args: &Args) -> Done {
    let scope = scope(args)?;
    let mut ask = Ask::new(args)?;
    let document = ask.get("baseline", json!({ "scope": scope }));
    if document.is_null() {
        return Ok(ask.code());
    }
    let text = document.to_string();
    let Some(path) = &args.output else {
        Out::new(false).json(text);
        return Ok(ask.code());
    };
    std::fs::write(path, text + "\n").map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    let seen = document["seen"].as_object().into_iter().flatten();
    let kinds: Vec<String> = seen
        .map(|(kind, things)| format!("{} {kind}", things.as_object().map_or(0, |t| t.len())))
        .collect();
    let findings = document["findings"].as_object().map_or(0, |f| f.len());
    Out::new(false).line(&format!(
        "{}: {} hours of traffic; {}; {findings} findings known",
        path.display(),
        document["hours"],
        kinds.join(", ")
    ));
    Ok(ask.code())
}

/// Captures that are earlier and those that are current: apart by `--`, by `--earlier`, or one and one.
fn sides(args: &Args) -> Result<(Args, Args), Usage> {
    let (mut earlier, mut now) = (args.earlier.clone(), args.files.clone());
    if args.baseline.is_none() && earlier.is_empty() {
        if now.len() != 2 {
            return Err(Usage(
                "compare needs --baseline FILE, or the earlier captures before -- and the current ones after it"
                    .to_owned(),
            ));
        }
        earlier.push(now.remove(0));
    }
    if now.is_empty() {
        return Err(Usage("compare needs a current capture".to_owned()));
    }
    let of = |files| Args {
        files,
        ..args.clone()
    };
    Ok((of(earlier), of(now)))
}

pub(crate) fn compare(args: &Args) -> Done {
    let scope = scope(args)?;
    let (before, now) = sides(args)?;
    let mut broken = false;
    let (document, name) = match &args.baseline {
        Some(path) => {
            let document = serde_json::to_value(document(path)?).unwrap_or_default();
            (
                document,
                path.file_name().map(|n| n.to_string_lossy().into_owned()),
            )
        }
        None => {
            let mut ask = Ask::new(&before)?;
            let document = ask.get("baseline", json!({ "scope": scope }));
            broken = ask.code() != ExitCode::SUCCESS;
            if document.is_null() {
                return Ok(ask.code());
            }
            (document, None)
        }
    };
    let mut ask = Ask::new(&now)?;
    ask.get(
        "earlier",
        json!({ "baseline": document, "name": name.unwrap_or_default() }),
    );
    let allow: Vec<Value> = super::findings::rules(args).map_err(Usage)?;
    let found = ask.get("findings", json!({ "scope": scope, "allow": allow }));
    let compared = ask.get("compare", json!({ "scope": scope }));
    let mut out = Out::new(args.json);
    if let Some(why) = compared["refused"].as_str() {
        crate::out::error(why);
        return Ok(ExitCode::from(1));
    }
    if args.json {
        lines(&mut out, &found, &compared);
    } else {
        page(&mut out, &found, &compared);
    }
    Ok(if broken {
        ExitCode::from(1)
    } else {
        ask.code()
    })
}

fn is(f: &Value, status: &str) -> bool {
    f["against"] == status
}

/// Findings that are new or changed as `weir findings --json` has them; then the known ones in short, what is gone, and
/// each deviation with its numbers.
fn lines(out: &mut Out, found: &Value, compared: &Value) {
    list(found, "findings")
        .filter(|f| !is(f, "known") && f["allowed"].is_null())
        .for_each(|f| out.row(f));
    for f in list(found, "findings").filter(|f| is(f, "known")) {
        out.row(
            &json!({ "status": "known", "id": f["id"], "of": f["detection"], "title": f["title"] }),
        );
    }
    list(compared, "findings_gone").for_each(|f| out.row(f));
    list(compared, "rows").for_each(|r| out.row(r));
    out.row(&json!({ "says": compared["says"], "counts": compared["counts"] }));
}

fn page(out: &mut Out, found: &Value, compared: &Value) {
    list(compared, "says").for_each(|s| out.line(&text(s)));
    for (status, title) in [("new", "New findings:"), ("changed", "Changed findings:")] {
        let mut first = true;
        for f in list(found, "findings").filter(|f| is(f, status)) {
            if std::mem::take(&mut first) {
                out.line("");
                out.line(title);
            }
            let was = f["was"]
                .as_str()
                .map_or_else(String::new, |w| format!(", was {w}"));
            let packets: Vec<String> = list(f, "packets").take(6).map(text).collect();
            out.line(&format!(
                "{:8} {}{was} ({}) {}",
                text(&f["severity"]),
                text(&f["title"]),
                text(&f["detection"]),
                packets.join(" ")
            ));
        }
    }
    let gone = list(compared, "findings_gone").count();
    out.line("");
    out.line(&format!(
        "{} findings are known, {gone} are gone.",
        compared["findings_known"]
    ));
    out.line("");
    out.head(&[
        "status",
        "kind",
        "host",
        "what",
        "then_hours",
        "now_hours",
        "ratio",
        "q",
        "first",
        "evidence",
    ]);
    for r in list(compared, "rows") {
        let evidence: Vec<&Value> = list(r, "evidence").take(2).collect();
        let ratio = r["ratio"].as_f64().map(|x| format!("{x:.1}"));
        out.row(&json!({
            "status": r["status"], "kind": r["kind"], "host": r["host"], "what": r["what"],
            "then_hours": r["then"]["hours"], "now_hours": r["now"]["hours"], "ratio": ratio,
            "q": r["q"].as_f64().map(|q| format!("{q:.4}")), "first": r["first"], "evidence": evidence,
        }));
    }
    for (name, title) in [
        ("known", "Known"),
        ("untold", "New and not told"),
        ("apart", "At other hours"),
    ] {
        let counts = compared["counts"][name].as_object().into_iter().flatten();
        let counts: Vec<String> = counts.map(|(kind, n)| format!("{n} {kind}")).collect();
        if !counts.is_empty() {
            out.line(&format!("{title}: {}", counts.join(", ")));
        }
    }
}

pub(crate) fn trends(args: &Args) -> Done {
    let mut ask = Ask::unhashed(args)?;
    let found = ask.get("trends", json!({ "limit": 1_000_000 }));
    let mut out = Out::new(args.json);
    if let Some(why) = found["refused"].as_str() {
        crate::out::error(why);
        return Ok(ExitCode::from(1));
    }
    if args.json {
        list(&found, "rows").for_each(|r| out.row(r));
        return Ok(ask.code());
    }
    out.line(&format!(
        "{} whole days, {} series; a way is told of {} (no more than one in twenty by chance).",
        found["days"], found["of"], found["told"]
    ));
    if found["days"].as_u64() < found["way_days"].as_u64() {
        out.line(&format!(
            "Fewer than {} days: numbers alone, for any two days differ.",
            found["way_days"]
        ));
    }
    let columns = [
        "way", "host", "peer", "measure", "a_day", "interval", "q", "an_hour", "departs",
        "evidence", "days",
    ];
    out.head(&columns);
    let percent = |x: &Value| {
        x.as_f64()
            .map_or_else(String::new, |x| format!("{:+.1} %", x * 100.0))
    };
    for r in list(&found, "rows") {
        let days: Vec<String> = list(r, "days").map(ToString::to_string).collect();
        let interval: Vec<String> = list(r, "interval").map(percent).collect();
        let departs = &r["departs"];
        let time = departs["time"].as_str().and_then(|t| t.parse().ok());
        out.row(&json!({
            "way": r["way"], "host": r["host"],
            "peer": r["peer"].as_str().unwrap_or("everybody"), "measure": r["measure"],
            "a_day": percent(&r["growth"]), "interval": interval.join(" to "),
            "q": r["q"].as_f64().map(|q| format!("{q:.4}")),
            "an_hour": r["hourly"].as_f64().map(|h| format!("{h:+.2}")),
            "departs": time.map(|t: weir_model::Timestamp| t.rfc3339()),
            "evidence": if departs.is_null() { &r["evidence"] } else { &departs["evidence"] },
            "days": days.join(" "),
        }));
    }
    let beyond = found["beyond"].as_u64().unwrap_or(0);
    if beyond > 0 {
        out.line(&format!(
            "{beyond} series beyond the bound are only counted"
        ));
    }
    let bare = found["without_slope"].as_u64().unwrap_or(0);
    if bare > 0 {
        out.line(&format!(
            "{bare} series are tested for a way and have no slope: the bound of the work was reached before them"
        ));
    }
    out.line(&format!(
        "{} series come too seldom to say anything",
        found["seldom"]
    ));
    Ok(ask.code())
}
