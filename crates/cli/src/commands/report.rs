//! `weir report`: the report on a case, or on a scope alone, as HTML, Markdown or JSON.

use super::Done;
use super::answer::scope;
use super::ask::Ask;
use super::decode::of_case;
use crate::args::{Args, Usage};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use weir_case::Document;
use weir_case::report::{Format, Gather, write};
use weir_session::hex;

pub(crate) fn run(args: &Args) -> Done {
    let path = args
        .output
        .as_deref()
        .ok_or_else(|| Usage("report needs -o OUT.html, OUT.md or OUT.json".to_owned()))?;
    let format = format(path)?;
    let (case, scope) = match (args.case.as_deref(), args.scope.as_deref()) {
        (Some(path), None) => {
            let case = case(path)?;
            let scope = case
                .scope()
                .map_err(|e| Usage(format!("{}: {e}", path.display())))?;
            (case, scope)
        }
        (None, Some(path)) => (Document::default(), scope(path)?),
        _ => {
            return Err(Usage(
                "report needs --case CASE or --scope SCOPE, one of them".to_owned(),
            ));
        }
    };
    let mut ask = Ask::decoding(args, of_case(&case)?)?;
    super::earlier::against(&mut ask, args)?;
    let mut gather = Gather::new(scope).allowing(&case);
    while let Some((op, arguments)) = gather.ask() {
        match ask.get(op, arguments) {
            Value::Null => gather.fail("the engine gave no answer"),
            payload => gather.take(payload),
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    let material = gather.finish(true, ask.fingerprint(), version, &build());
    let text = write(&case, &material, format);
    std::fs::write(path, text).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    Ok(ask.code())
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

/// A case from its file.
pub(super) fn case(path: &Path) -> Result<Document, Usage> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    Document::open(&text).map_err(|e| Usage(format!("{}: {e}", path.display())))
}
