//! `weir actions`, `lessons`, `passes`, `watch`, `replay` and `template`: what follows from a case over its captures, as
//! the page says it.

use super::Done;
use super::answer::scope;
use super::ask::Ask;
use super::decode::of_case;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::{Value, json};
use std::process::ExitCode;
use weir_case::Document;
use weir_case::casework::{self, Facts, GatherFacts, State};

/// A case from its file.
fn open(args: &Args) -> Result<Document, Usage> {
    let path = args
        .case
        .as_deref()
        .ok_or_else(|| Usage(format!("{} needs --case CASE", args.command)))?;
    Ok(super::case::read(path)?.document)
}

/// The captures, asked for what casework rests on.
fn gather(args: &Args, case: &Document) -> Result<(Ask, Facts), Usage> {
    let scope = match (&args.case, &args.scope) {
        (None, Some(path)) => scope(path)?,
        (Some(path), None) => case
            .scope()
            .map_err(|e| Usage(format!("{}: {e}", path.display())))?,
        _ => {
            return Err(Usage(format!(
                "{} needs --case CASE or --scope SCOPE, one of them",
                args.command
            )));
        }
    };
    let mut ask = Ask::decoding(args, of_case(case)?)?;
    super::earlier::against(&mut ask, args)?;
    let mut gather = GatherFacts::new(case, scope);
    while let Some((op, arguments)) = gather.ask() {
        match ask.get(op, arguments) {
            Value::Null => gather.fail("the engine gave no answer"),
            payload => gather.take(payload),
        }
    }
    let facts = gather.finish(true, ask.fingerprint());
    for trouble in &facts.troubles {
        crate::out::error(trouble);
    }
    Ok((ask, facts))
}

/// What solves and what prevents, most urgent first.
pub(crate) fn actions(args: &Args) -> Done {
    let case = match args.case {
        Some(_) => open(args)?,
        None => Document::default(),
    };
    let (ask, facts) = gather(args, &case)?;
    let mut out = Out::new(args.json);
    out.head(&[
        "aim",
        "priority",
        "action",
        "host",
        "undecided",
        "reason",
        "evidence",
    ]);
    for p in casework::actions(&case, &facts) {
        out.row(&json!(p));
    }
    Ok(ask.code())
}

/// Facts for the lessons, by field.
pub(crate) fn lessons(args: &Args) -> Done {
    let case = open(args)?;
    let (ask, facts) = gather(args, &case)?;
    let mut out = Out::new(args.json);
    out.head(&["heading", "text"]);
    for l in casework::lessons(&case, &facts) {
        out.row(&json!(l));
    }
    Ok(ask.code())
}

/// What is new, gone or changed since each pass that the case keeps.
pub(crate) fn passes(args: &Args) -> Done {
    let case = open(args)?;
    let (ask, facts) = gather(args, &case)?;
    let mut out = Out::new(args.json);
    let all = casework::differences(&case, &facts);
    if all.is_empty() {
        crate::out::error("this case keeps no earlier pass");
    }
    for d in all {
        if args.json {
            out.row(&json!(d));
            continue;
        }
        for remark in &d.remarks {
            crate::out::error(&format!("pass {}: {remark}", d.pass));
        }
        out.head(&["pass", "what", "status", "says", "was", "is"]);
        for change in &d.rows {
            let mut one = json!(change);
            one["pass"] = json!(d.pass);
            out.row(&one);
        }
        if d.left > 0 {
            crate::out::error(&format!("pass {}: {} more are not listed", d.pass, d.left));
        }
    }
    Ok(ask.code())
}

/// The watch list over these captures.
pub(crate) fn watch(args: &Args) -> Done {
    let case = open(args)?;
    let (ask, facts) = gather(args, &case)?;
    let mut out = Out::new(args.json);
    out.head(&["state", "what", "says", "before", "evidence", "filter"]);
    for w in casework::watched(&case, &facts) {
        out.row(&json!(w));
    }
    Ok(ask.code())
}

/// The action log again; exit status 1 where a line gives another result or could not be run.
pub(crate) fn replay(args: &Args) -> Done {
    let (case, rest) = case_and_rest(args)?;
    let (mut ask, facts) = gather(&rest, &case)?;
    let queries = casework::queries(&case);
    let mut broken = false;
    let mut count = |id: &str| {
        let (_, op, arguments) = queries.iter().find(|q| q.0 == id)?;
        Some(ask.get(op, arguments.clone())).filter(|v| !v.is_null())
    };
    let lines = casework::replay(&case, &facts, &mut count);
    let mut out = Out::new(args.json);
    out.head(&["at", "state", "what", "says", "same_inputs"]);
    for line in &lines {
        broken |= matches!(line.state, State::Differs | State::Failed);
        out.row(&json!(line));
    }
    let of = |state: State| lines.iter().filter(|l| l.state == state).count();
    crate::out::error(&format!(
        "{} lines: {} the same, {} differ, {} failed, {} not run",
        lines.len(),
        of(State::Same),
        of(State::Differs),
        of(State::Failed),
        of(State::NotRun)
    ));
    Ok(if broken {
        ExitCode::from(1)
    } else {
        ask.code()
    })
}

/// `weir replay CASE FILE…`: the first file is the case, unless `--case` names it.
fn case_and_rest(args: &Args) -> Result<(Document, Args), Usage> {
    let mut rest = args.clone();
    if rest.case.is_none() {
        if rest.files.is_empty() {
            return Err(Usage("replay needs CASE FILE\u{2026}".to_owned()));
        }
        rest.case = Some(rest.files.remove(0));
    }
    Ok((open(&rest)?, rest))
}

/// The case without its evidence, for the next one.
pub(crate) fn template(args: &Args) -> Done {
    let case = open(args)?;
    let text = serde_json::to_string_pretty(&casework::template(&case)).unwrap_or_default();
    match &args.output {
        Some(path) => {
            std::fs::write(path, text + "\n")
                .map_err(|e| Usage(format!("{}: {e}", path.display())))?;
        }
        None => Out::new(false).json(text),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The table stands where no detection is known; this is the place that knows both.
    #[test]
    fn every_detection_has_its_line_in_the_table_of_controls_and_no_line_is_left_over() {
        let ids: BTreeSet<&str> = weir_analyze::detections::ALL.iter().map(|d| d.id).collect();
        let lines: BTreeSet<&str> = weir_case::casework::LINES.iter().map(|l| l.0).collect();
        let missing: Vec<_> = ids.difference(&lines).collect();
        let left: Vec<_> = lines.difference(&ids).collect();
        assert!(
            missing.is_empty(),
            "no line for {missing:?} in crates/case/src/casework/controls.rs"
        );
        assert!(left.is_empty(), "lines without a detection: {left:?}");
    }
}
