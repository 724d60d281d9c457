//! `weir stats`: protocol hierarchy, conversations, endpoints, expert summary, response times, packets over time.

use super::Done;
use super::ask::Ask;
use crate::args::{Args, Usage};
use crate::out::{self, Out};
use serde_json::{Value, json};

/// Rows of a table at most: as many as conversations are told apart.
const ALL: usize = 1_000_000;

/// A table: its word, its operation, the member with its rows, its columns.
struct Table {
    word: &'static str,
    op: &'static str,
    rows: &'static str,
    columns: &'static [&'static str],
}

const TABLES: [Table; 5] = [
    Table {
        word: "phs",
        op: "statistics.hierarchy",
        rows: "rows",
        columns: &[
            "depth",
            "name",
            "packets",
            "bytes",
            "end_packets",
            "end_bytes",
        ],
    },
    Table {
        word: "conv",
        op: "statistics.conversations",
        rows: "rows",
        columns: &[
            "a",
            "a_port",
            "b",
            "b_port",
            "packets_ab",
            "bytes_ab",
            "packets_ba",
            "bytes_ba",
            "begun",
            "seconds",
            "flow",
        ],
    },
    Table {
        word: "endpoints",
        op: "statistics.conversations",
        rows: "endpoints",
        columns: &[
            "address",
            "port",
            "conversations",
            "packets_out",
            "bytes_out",
            "packets_in",
            "bytes_in",
        ],
    },
    Table {
        word: "expert",
        op: "statistics.experts",
        rows: "rows",
        columns: &["severity", "group", "protocol", "message", "count", "first"],
    },
    Table {
        word: "srt",
        op: "statistics.responses",
        rows: "rows",
        columns: &[
            "protocol",
            "procedure",
            "count",
            "min_s",
            "mean_s",
            "max_s",
            "slowest",
        ],
    },
];

pub(crate) fn run(args: &Args) -> Done {
    let word = args.words.first().map_or("phs", String::as_str);
    let filter = args.filter.clone().unwrap_or_default();
    if word == "io" {
        return io(args, &filter);
    }
    let Some(table) = TABLES.iter().find(|t| t.word == word) else {
        return Err(Usage(format!(
            "there is no table {word:?}; there are phs, conv, endpoints, expert, srt and io"
        )));
    };
    let mut ask = Ask::unhashed(args)?;
    let mut question = json!({"narrowing": {"filter": filter}, "limit": ALL});
    if let Some(kind) = &args.kind {
        question["type"] = Value::String(kind.clone());
    }
    let answer = ask.get(table.op, question);
    let mut out = Out::new(args.json);
    out.head(table.columns);
    for row in answer[table.rows].as_array().into_iter().flatten() {
        out.row(row);
    }
    for limit in answer["limits"].as_array().into_iter().flatten() {
        let says = limit["says"].as_str().unwrap_or_default();
        out::error(&format!("{says} ({} times)", limit["count"]));
    }
    Ok(ask.code())
}

fn io(args: &Args, filter: &str) -> Done {
    let mut ask = Ask::unhashed(args)?;
    let interval = args.interval.unwrap_or(1.0);
    let question = json!({"interval_s": interval, "series": [filter]});
    let answer = ask.get("statistics.io", question);
    let mut out = Out::new(args.json);
    out.head(&["from_s", "to_s", "packets", "bytes"]);
    let series = &answer["series"][0];
    let counts = series["packets"].as_array().into_iter().flatten();
    let bytes = series["bytes"].as_array().into_iter().flatten();
    for (n, (packets, bytes)) in (0u32..).zip(counts.zip(bytes)) {
        out.row(&json!({
            "from_s": f64::from(n) * interval,
            "to_s": f64::from(n + 1) * interval,
            "packets": packets,
            "bytes": bytes,
        }));
    }
    Ok(ask.code())
}
