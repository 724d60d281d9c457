//! `weir export`: the case's indicators as block lists, rules and documents of other tools.

use super::Done;
use super::ask::Ask;
use super::decode::of_case;
use super::report::{build, of};
use crate::args::{Args, Usage};
use crate::out::{self, Out};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use weir_case::Document;
use weir_case::exports::{ALL, Exports, Format, Gather, Options, export};
use weir_case::report::Marking;
use weir_model::Timestamp;

pub(crate) fn run(args: &Args) -> Done {
    let formats = formats(args)?;
    let (case, scope) = of(args, "export")?;
    let options = options(args, &case)?;
    let mut ask = Ask::decoding(args, of_case(&case)?)?;
    super::earlier::against(&mut ask, args)?;
    let mut gather = Gather::new(&case, scope, formats.iter().any(|f| f.texts));
    while let Some((op, arguments)) = gather.ask() {
        match ask.get(op, arguments) {
            Value::Null => gather.fail("the engine gave no answer"),
            payload => gather.take(payload),
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    let (material, facts) = gather.finish(true, ask.fingerprint(), version, &build());
    let exports = export(&case, &material, &facts, options, &formats);
    match (
        args.words.first().map(String::as_str),
        exports.artefacts.first(),
    ) {
        (Some("list"), _) | (_, None) => table(args, &exports),
        (_, Some(one)) => match args.output.as_deref() {
            Some(path) => {
                std::fs::write(path, &one.text)
                    .map_err(|e| Usage(format!("{}: {e}", path.display())))?;
                for note in &one.notes {
                    out::error(note);
                }
            }
            // Every format has escaped what was captured for its own place.
            None => Out::new(false).raw(&one.text),
        },
    }
    for trouble in &exports.troubles {
        out::error(trouble);
    }
    Ok(ask.code())
}

fn formats(args: &Args) -> Result<Vec<&'static Format>, Usage> {
    let known = || {
        let ids: Vec<&str> = ALL.iter().map(|f| f.id).collect();
        format!("list, {}", ids.join(", "))
    };
    match args.words.first().map(String::as_str) {
        None => Err(Usage(format!("export needs a format: {}", known()))),
        Some("list") => Ok(ALL.to_vec()),
        Some(id) => Format::named(id)
            .map(|f| vec![f])
            .ok_or_else(|| Usage(format!("there is no format {id:?}; there are {}", known()))),
    }
}

fn options(args: &Args, case: &Document) -> Result<Options, Usage> {
    let at = match &args.time {
        Some(text) => text
            .parse()
            .map_err(|_| Usage(format!("--time {text:?} is no time in seconds")))?,
        None => {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |d| d.as_secs());
            Timestamp::from_parts(i64::try_from(now).unwrap_or_default(), 0)
        }
    };
    let marking = match &args.tlp {
        Some(word) => Some(Marking::named(word).ok_or_else(|| {
            Usage(format!(
                "--tlp is clear, green, amber, amber_strict or red, not {word:?}"
            ))
        })?),
        None => Marking::of(case),
    };
    Ok(Options {
        at,
        marking,
        unconfirmed: args.unconfirmed,
    })
}

/// Each file with what it takes in, then what is left out and why.
fn table(args: &Args, exports: &Exports) {
    let mut out = Out::new(args.json);
    out.head(&["format", "title", "indicators", "left", "checked"]);
    for a in &exports.artefacts {
        out.row(&json!({
            "format": a.id, "title": a.title, "indicators": a.taken.len(), "left": a.left.len(), "checked": a.checked,
        }));
    }
    out.head(&["kind", "value", "state", "reason", "why", "evidence"]);
    for i in &exports.indicators {
        out.row(&serde_json::to_value(i).unwrap_or_default());
    }
}
