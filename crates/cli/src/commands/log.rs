//! `weir log PROTOCOL`: messages with Zeek's column names.

use super::Done;
use super::open::Open;
use crate::args::{Args, Usage};
use crate::out::Out;
use serde_json::{Map, Value, json};
use weir_dissect::facts::Cell;

pub(crate) fn run(args: &Args) -> Done {
    let Some(name) = args.words.first() else {
        return Err(Usage("log needs a protocol: weir log http FILE".to_owned()));
    };
    if weir_dissect::registry().named(name).is_none() {
        return Err(Usage(format!("there is no protocol {name:?}")));
    }
    let open = Open::new(args)?;
    open.payload_only();
    let mut out = Out::new(args.json);
    for chain in &open.session.chains {
        for table in chain
            .facts()
            .messages
            .tables()
            .filter(|t| t.protocol().info.name == name)
        {
            let own = table.columns().iter().map(|c| c.name);
            let names: Vec<&str> = ["ts", "packet"]
                .into_iter()
                .chain(own.filter(|c| *c != "ts"))
                .collect();
            out.head(&names);
            for n in 0..table.len() {
                let Some(meta) = table.meta(n) else { continue };
                let mut row = Map::new();
                row.insert("ts".to_owned(), json!(meta.time.epoch()));
                row.insert("packet".to_owned(), json!(open.session.name(meta.first)));
                for (i, column) in table.columns().iter().enumerate() {
                    row.insert(column.name.to_owned(), cell(&table.cell(n, i)));
                }
                out.row(&Value::Object(row));
            }
        }
    }
    Ok(open.code())
}

/// A cell as JSON: times and spans as decimal strings.
fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Absent => Value::Null,
        Cell::Uint(n) => json!(n),
        Cell::Bool(b) => json!(b),
        Cell::List(cells) => Value::Array(cells.iter().map(self::cell).collect()),
        other => json!(other.show()),
    }
}
