//! `weir verify`: every claim of a case or of a report, derived again from captures.

use super::Done;
use super::ask::Ask;
use super::decode::of_case;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use weir_case::claims::{CLAIMS, Carried, Line, State, Verify, verify};

pub(crate) fn run(args: &Args) -> Done {
    let path = args.case.as_deref().ok_or_else(|| {
        Usage("verify needs a case or a report: weir verify CASE FILE".to_owned())
    })?;
    let subject = read(path)?;
    let mut ask = match &subject {
        Verify::Case(case) => Ask::decoding(args, of_case(case)?)?,
        Verify::Report(r) => Ask::decoding(args, of_case(&r.judged())?)?,
    };
    let mut gather = subject
        .gather()
        .map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    while let Some((op, arguments)) = gather.ask() {
        match ask.get(op, arguments) {
            Value::Null => gather.fail("the engine gave no answer"),
            payload => gather.take(payload),
        }
    }
    let material = gather.finish(true, ask.fingerprint(), env!("CARGO_PKG_VERSION"), "");
    let all = verify(&subject, &material);
    let mut out = Out::new(args.json);
    for line in &all.lines {
        if args.json {
            out.row(&serde_json::to_value(line).unwrap_or_default());
        } else {
            out.line(&said(line));
        }
    }
    let (holds, differs, unknown) = (all.holds, all.differs, all.unknown);
    if args.json {
        out.row(&json!({"holds": holds, "differs": differs, "unknown": unknown}));
    } else {
        out.line(&format!(
            "{} claims: {holds} hold, {differs} differ, {unknown} cannot be checked",
            all.lines.len()
        ));
    }
    Ok(if differs + unknown == 0 {
        ask.code()
    } else {
        ExitCode::from(1)
    })
}

/// A case, or a report that carries its claims: told apart by what stands in it.
fn read(path: &Path) -> Result<Verify, Usage> {
    let wrong = |says: String| Usage(format!("{}: {says}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    // A case file, or Weir with a case inside; a report is neither.
    let text = match String::from_utf8(bytes) {
        Ok(text) if !text.contains("id=\"weir-case\"") => text,
        _ => {
            let case = super::case::read(path)?.document;
            return Ok(Verify::Case(Box::new(case)));
        }
    };
    let value: Option<Value> = serde_json::from_str(&text).ok();
    let carries = match &value {
        Some(v) => v.get("claims").is_some(),
        None => text.contains(CLAIMS),
    };
    if carries {
        let carried = Carried::read(&text).map_err(|e| wrong(e.to_string()))?;
        return Ok(Verify::Report(Box::new(carried)));
    }
    let case = super::case::read(path)?.document;
    Ok(Verify::Case(Box::new(case)))
}

/// "differs  pin [[p12]]: GET /setup.exe; was …, is …".
fn said(line: &Line) -> String {
    let state = match line.state {
        State::Holds => "holds  ",
        State::Differs => "differs",
        State::Unknown => "unknown",
    };
    let mut out = format!("{state}  {}", line.place);
    for part in [&line.evidence, &line.says] {
        if !part.is_empty() {
            out.push_str("  ");
            out.push_str(part);
        }
    }
    if line.state == State::Differs {
        out.push_str(&format!("; was {}, is {}", line.was, line.is));
    }
    if !line.why.is_empty() {
        out.push_str(&format!("; {}", line.why));
    }
    out
}
