//! `weir report`: the report on a case, or on a scope alone, as HTML, Markdown or JSON.

use super::Done;
use super::answer::scope;
use super::ask::Ask;
use super::decode::of_case;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::ExitCode;
use weir_case::report::{Cites, Format, Gather, Material, write};
use weir_case::{Document, lint};
use weir_model::Scope;
use weir_session::hex;

pub(crate) fn run(args: &Args) -> Done {
    let to = match args.output.as_deref() {
        Some(path) => Some((path, format(path)?)),
        None if args.lint => None,
        None => {
            let says = "report needs -o OUT.html, OUT.md or OUT.json, or --lint";
            return Err(Usage(says.to_owned()));
        }
    };
    let (case, scope) = of(args, "report")?;
    let cites = match to {
        None | Some((_, Format::Markdown)) => Cites::Typed,
        Some(_) => Cites::All,
    };
    let (material, code) = written_from(args, &case, scope, cites, to.is_some())?;
    if let Some((path, format)) = to {
        let text = write(&case, &material, format);
        std::fs::write(path, text).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    }
    if args.lint {
        checks(args, &lint::lint(&case, &material));
    }
    Ok(code)
}

/// The case and its scope, or an empty case with a scope.
pub(super) fn of(args: &Args, command: &str) -> Result<(Document, Scope), Usage> {
    match (args.case.as_deref(), args.scope.as_deref()) {
        (Some(path), None) => {
            let case = super::case::read(path)?.document;
            let scope = case.scope();
            let scope = scope.map_err(|e| Usage(format!("{}: {e}", path.display())))?;
            Ok((case, scope))
        }
        (None, Some(path)) => Ok((Document::default(), scope(path)?)),
        _ => Err(Usage(format!(
            "{command} needs --case CASE or --scope SCOPE, one of them"
        ))),
    }
}

/// Everything that is written from, and how reading went.
pub(super) fn material(
    args: &Args,
    case: &Document,
    scope: Scope,
    cites: Cites,
) -> Result<(Material, ExitCode), Usage> {
    written_from(args, case, scope, cites, false)
}

/// The same; of a whole report with everybody who had its files.
fn written_from(
    args: &Args,
    case: &Document,
    scope: Scope,
    cites: Cites,
    whole: bool,
) -> Result<(Material, ExitCode), Usage> {
    let mut ask = Ask::decoding(args, of_case(case)?)?;
    super::earlier::against(&mut ask, args)?;
    let mut gather = Gather::new(scope).allowing(case);
    if whole {
        gather = gather.spreading(case);
    }
    let mut gather = gather.citing(case, cites);
    while let Some((op, arguments)) = gather.ask() {
        match ask.get(op, arguments) {
            Value::Null => gather.fail("the engine gave no answer"),
            payload => gather.take(payload),
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    let material = gather.finish(true, ask.fingerprint(), version, &build());
    Ok((material, ask.code()))
}

/// What is open before a report is sent. It blocks nothing: the exit status says nothing of it.
fn checks(args: &Args, lines: &[lint::Line]) {
    let mut out = Out::new(args.json);
    for line in lines {
        if args.json {
            out.row(&serde_json::to_value(line).unwrap_or_default());
        } else {
            let state = match line.state {
                lint::State::Ok => "ok     ",
                lint::State::Warn => "warn   ",
                lint::State::Missing => "missing",
            };
            let step = line.step.map_or_else(String::new, |s| format!(" ({s})"));
            out.line(&format!("{state}  {}{step}", line.says));
        }
    }
}

fn format(path: &Path) -> Result<Format, Usage> {
    let ending = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    Format::named(ending).ok_or_else(|| {
        Usage(format!(
            "{}: a report ends in .html, .md or .json",
            path.display()
        ))
    })
}

/// The SHA-256 of this program: what the report was written with, whoever built it.
pub(super) fn build() -> String {
    let program = std::env::current_exe().and_then(std::fs::read);
    program.map_or_else(
        |_| "not known".to_owned(),
        |bytes| hex(&Sha256::digest(&bytes)),
    )
}
