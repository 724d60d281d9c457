//! The table of files and who had them, written out: a line a transfer, as CSV, with tabs, or as JSON.

use super::{Args, Content, Spread, Spreading, Transfer};
use crate::error::SessionError;
use crate::input::Input;
use crate::ops::save::csv;
use crate::ops::{Cx, Op, Out, Payload, ProgressRow, json, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_model::Timestamp;

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Csv,
    Tsv,
    Json,
}

#[derive(Deserialize)]
struct SaveArgs {
    #[serde(flatten)]
    of: Args,
    #[serde(rename = "as")]
    form: Form,
}

struct SaveOp(Spreading, Form);

/// `spread.save`.
pub(crate) fn save(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let SaveArgs { of, form } = parse(args)?;
    Ok(Box::new(SaveOp(Spreading::new(of), form)))
}

/// Column and cell of a transfer.
const COLUMNS: [&str; 27] = [
    "sha256",
    "hosts",
    "why",
    "file",
    "name",
    "from",
    "from_name",
    "to",
    "to_name",
    "direction",
    "protocol",
    "transport",
    "client",
    "server",
    "community_id",
    "flow",
    "request",
    "request_time",
    "first",
    "first_time",
    "last",
    "last_time",
    "size",
    "complete",
    "state",
    "parts",
    "content_type",
];

/// UTC, to the nanosecond.
fn utc(epoch: &str) -> String {
    let time: Option<Timestamp> = epoch.parse().ok();
    time.map_or_else(String::new, Timestamp::rfc3339)
}

fn cells(c: &Content, t: &Transfer) -> [String; 27] {
    let some = |t: &Option<String>| t.clone().unwrap_or_default();
    let why: Vec<&str> = c.why.iter().map(|w| w.says.as_str()).collect();
    let sha256 = match &c.sha256 {
        Some(hash) => hash.clone(),
        None if c.pending => "pending".to_owned(),
        None => String::new(),
    };
    [
        sha256,
        c.hosts.iter().filter(|h| h.had).count().to_string(),
        why.join("; "),
        t.id.clone(),
        some(&t.name),
        t.from.host.clone(),
        some(&t.from.name),
        t.to.host.clone(),
        some(&t.to.name),
        t.direction.to_owned(),
        t.protocol.to_owned(),
        t.transport.to_owned(),
        t.client.clone(),
        t.server.clone(),
        t.community_id.clone(),
        some(&t.flow),
        some(&t.request),
        t.request_time.as_deref().map(utc).unwrap_or_default(),
        t.first.clone(),
        utc(&t.first_time),
        t.last.clone(),
        utc(&t.last_time),
        t.size.to_string(),
        if t.complete { "yes" } else { "no" }.to_owned(),
        t.state.to_owned(),
        t.parts.join(" "),
        some(&c.content_type),
    ]
}

/// A cell between tabs: what would end it is a space, quotes are those of CSV, and nothing in it is a formula.
fn tabbed(cell: &str) -> String {
    let plain = cell.chars().map(|c| if c.is_control() { ' ' } else { c });
    csv(&plain.collect::<String>())
}

fn written(found: &Spread, form: Form) -> Result<String, SessionError> {
    if form == Form::Json {
        let all = object!({
            "schema": 1, "contents": json(&found.contents)?, "files": found.files, "pending": found.pending,
            "left": {"contents": found.left.0, "transfers": found.left.1, "pins": found.pins},
            "slices": found.slices(),
        });
        return Ok(format!("{all}\n"));
    }
    let (between, ending): (&str, &str) = match form {
        Form::Csv => (",", "\r\n"),
        _ => ("\t", "\n"),
    };
    let mut out = COLUMNS.join(between) + ending;
    for c in &found.contents {
        for t in &c.transfers {
            let cells = cells(c, t);
            let cells = cells.iter().map(|cell| match form {
                Form::Csv => csv(cell),
                _ => tabbed(cell),
            });
            out.push_str(&cells.collect::<Vec<_>>().join(between));
            out.push_str(ending);
        }
    }
    Ok(out)
}

impl Op for SaveOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        let found = match self.0.go(cx, input, fuel) {
            Ok(found) => found,
            Err(out) => return out,
        };
        let (name, mime) = match self.1 {
            Form::Csv => ("files.csv", "text/csv"),
            Form::Tsv => ("files.tsv", "text/tab-separated-values"),
            Form::Json => ("files.json", "application/json"),
        };
        match written(&found, self.1) {
            Ok(text) => Out::Done(Payload {
                value: object!({"name": name, "mime": mime}),
                bytes: Some(text.into_bytes()),
                ..Payload::default()
            }),
            Err(e) => Out::Failed(e),
        }
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        self.0.progress(session)
    }
}

#[cfg(test)]
mod tests {
    use super::tabbed;

    #[test]
    fn no_name_breaks_a_line_or_a_column_and_none_is_a_formula() {
        for (cell, written) in [
            ("a\tb\r\nc", "a b  c"),
            ("-5", "-5"),
            ("=1+1", "\"'=1+1\""),
            ("\"x", "\"\"\"x\""),
            ("\"=1+1\"", "\"'\"\"=1+1\"\"\""),
            (" \t'@SUM(1)", "\"'  '@SUM(1)\""),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(tabbed(cell), written);
        }
    }
}
