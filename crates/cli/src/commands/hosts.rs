//! `weir hosts`: the inventory, as the page's table has it.

use super::Done;
use super::ask::Ask;
use crate::args::Args;
use crate::out::Out;
use serde_json::{Value, json};

pub(crate) fn run(args: &Args) -> Done {
    let mut ask = Ask::new(args)?;
    let narrowing =
        json!({ "filter": "", "from": null, "to": null, "captures": null, "unique": false });
    let view = ask.get(
        "view",
        json!({ "table": "hosts", "narrowing": narrowing, "order": null }),
    );
    let mut out = Out::new(args.json);
    if let Some(id) = view["view"].as_u64() {
        let names: Vec<&str> = view["columns"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|c| c["id"].as_str())
            .collect();
        out.head(&names);
        let saved = ask.bytes("table.save", json!({ "view": id, "as": "json" }));
        let rows: Value = serde_json::from_slice(&saved).unwrap_or_default();
        for row in rows["rows"].as_array().into_iter().flatten() {
            out.row(row);
        }
    }
    Ok(ask.code())
}
