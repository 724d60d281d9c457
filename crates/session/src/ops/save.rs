//! Lists written out: any view as CSV or JSON.

use super::view::{Describe, Rows, packet_row, table_row};
use crate::error::SessionError;
use crate::input::Input;
use crate::ops::{Cx, Op, Out, Payload, names, parse, passed};
use serde::Deserialize;
use serde_json::{Map, Value, json as object};
use weir_model::PacketRef;

/// Rows written between two steps.
const ROWS: u64 = 2048;

#[derive(Deserialize)]
struct TableArgs {
    view: u32,
    #[serde(rename = "as")]
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Csv,
    Json,
}

struct TableOp {
    args: TableArgs,
    at: u64,
    describe: Option<Describe>,
}

pub(crate) fn table(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(TableOp {
        args: parse(args)?,
        at: 0,
        describe: None,
    }))
}

/// What a spreadsheet would run, once it has taken quotes and blanks away.
fn formula(cell: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'');
    let inner = cell.trim_start_matches(blank);
    cell.starts_with(['\t', '\r'])
        || inner.starts_with(['=', '+', '-', '@']) && inner.trim_end().parse::<f64>().is_err()
}

/// A CSV cell (RFC 4180). What a spreadsheet would run as a formula is kept from it by an apostrophe.
pub(crate) fn csv(cell: &str) -> String {
    let guarded = formula(cell);
    let quote = if guarded { "'" } else { "" };
    if cell.contains([',', '"', '\n', '\r']) || guarded {
        format!("\"{quote}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

impl TableOp {
    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        let view = cx.views.get(self.args.view)?;
        let to = view.rows.len().min(self.at + ROWS);
        let mut rows: Vec<Vec<String>> = Vec::new();
        match &view.rows {
            Rows::Packets(p) => {
                let list: Vec<PacketRef> = (self.at..to).filter_map(|n| p.get(n)).collect();
                let describe = self
                    .describe
                    .get_or_insert_with(|| Describe::new(cx.session, &list, &view.fields));
                if let Some(out) = passed(describe.step(cx.session, input, fuel)) {
                    return Ok(out);
                }
                for packet in list {
                    let Some(row) = packet_row(cx.session, packet, describe.line(packet)) else {
                        continue;
                    };
                    let mut cells = row.cells;
                    let own = [
                        names::packet(packet),
                        row.time
                            .map_or_else(String::new, weir_model::Timestamp::epoch),
                    ];
                    cells.splice(..2, own);
                    rows.push(cells);
                }
                self.describe = None;
            }
            Rows::Keys(keys) => {
                for n in self.at..to {
                    let key = usize::try_from(n).ok().and_then(|n| keys.get(n));
                    let row = key.and_then(|k| table_row(cx.session, view.table, *k));
                    rows.extend(row.map(|r| r.into_row().cells));
                }
            }
        }
        let first = self.at == 0;
        let last = to >= view.rows.len();
        let ids: Vec<&str> = view.columns.iter().map(|c| c.id.as_str()).collect();
        let mut out = String::new();
        match self.args.form {
            Form::Csv => {
                if first {
                    out.push_str(&ids.join(","));
                    out.push_str("\r\n");
                }
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|c| csv(c)).collect();
                    out.push_str(&cells.join(","));
                    out.push_str("\r\n");
                }
            }
            Form::Json => {
                out.push_str(if first {
                    "{\"schema\":1,\"rows\":[\n"
                } else {
                    ""
                });
                for (n, row) in rows.into_iter().enumerate() {
                    if !(first && n == 0) {
                        out.push_str(",\n");
                    }
                    let members: Map<String, Value> = ids
                        .iter()
                        .zip(row)
                        .filter(|(_, c)| !c.is_empty())
                        .map(|(id, c)| ((*id).to_owned(), Value::String(c)))
                        .collect();
                    out.push_str(&Value::Object(members).to_string());
                }
                out.push_str(if last { "\n]}\n" } else { "" });
            }
        }
        self.at = to;
        let payload = Payload {
            bytes: Some(out.into_bytes()),
            ..Payload::default()
        };
        if !last {
            return Ok(Out::Partial(payload));
        }
        let (name, mime) = match self.args.form {
            Form::Csv => ("table.csv", "text/csv"),
            Form::Json => ("table.json", "application/json"),
        };
        Ok(Out::Done(Payload {
            value: object!({"name": name, "mime": mime}),
            ..payload
        }))
    }
}

impl Op for TableOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(csv("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\"");
        assert_eq!(csv("-12.5"), "-12.5");
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
    }
}
