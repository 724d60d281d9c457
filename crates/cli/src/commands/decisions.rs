//! `weir decisions`: what is proposed for each affected host, from the answers to a scope or a case and from what was
//! found beside them.

use super::Done;
use super::ask::Ask;
use super::decode::of_case;
use super::report::of;
use crate::args::Args;
use crate::out::Out;
use serde_json::Value;
use weir_case::Document;
use weir_case::report::Gather;
use weir_model::Scope;

const HEAD: [&str; 9] = [
    "host", "mac", "name", "rung", "decision", "because", "evidence", "findings", "in_scope",
];

pub(crate) fn run(args: &Args) -> Done {
    let (case, scope) = match (&args.case, &args.scope) {
        (None, None) => (Document::default(), Scope::default()),
        _ => of(args, "decisions")?,
    };
    let mut ask = Ask::decoding(args, of_case(&case)?)?;
    super::earlier::against(&mut ask, args)?;
    let found = ask.get("decisions", Gather::new(scope).allowing(&case).decisions());
    let mut out = Out::new(args.json);
    out.head(&HEAD);
    for row in found["decisions"].as_array().into_iter().flatten() {
        out.row(row);
    }
    if !args.json
        && found["decisions"]
            .as_array()
            .is_none_or(Vec::<Value>::is_empty)
    {
        crate::out::error("checked: no host is affected, as far as these captures show");
    }
    Ok(ask.code())
}
