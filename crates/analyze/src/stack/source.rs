//! Where the values of a column come from: conversations, files, or the messages of a protocol. Counts nothing.

use crate::crossings::spoken;
use crate::input::Input;
use std::net::IpAddr;
use weir_dissect::Facts;
use weir_dissect::facts::{Cell, MessageTable};
use weir_dissect::flow::Flow;
use weir_model::{PacketRef, Timestamp};

/// A column that can be stacked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnInfo {
    /// `http.user_agent`.
    pub id: String,
    /// `User-Agent`.
    pub title: String,
    /// Rows that may have it.
    pub rows: u64,
}

/// A row as stacking sees it.
pub(super) struct Row {
    pub(super) cell: Cell,
    pub(super) client: Option<IpAddr>,
    pub(super) packet: PacketRef,
    pub(super) time: Timestamp,
}

/// Of a conversation.
type OfFlow = fn(&Flow) -> Cell;

/// Columns of conversations.
const FLOWS: &[(&str, &str, OfFlow)] = &[
    ("flow.service", "Protocol and port of a conversation", |f| {
        let port = f.server.1;
        Cell::Text(format!(
            "{} {port}/{}",
            spoken(f).unwrap_or("unknown"),
            f.transport.name()
        ))
    }),
    (
        "flow.protocol",
        "What was recognised in a conversation",
        |f| Cell::text(Some(spoken(f).unwrap_or("unknown"))),
    ),
    ("flow.server", "Address of the server", |f| {
        Cell::Address(f.server.0)
    }),
    ("flow.client", "Address of the client", |f| {
        Cell::Address(f.client.0)
    }),
    ("flow.port", "Port of the server", |f| {
        Cell::Text(format!("{}/{}", f.server.1, f.transport.name()))
    }),
];

/// Columns of files.
const FILES: &[(&str, &str)] = &[
    ("file.type", "Type of a file by its content"),
    ("file.declared", "Type of a file as declared"),
    ("file.name", "Name of a file"),
    ("file.site", "Host that a file came from"),
];

/// Columns that name a row, or count it, and are alike in no two.
const NAMES_OF_ROWS: &[&str] = &[
    "uid",
    "fuid",
    "ts",
    "trans_id",
    "trans_depth",
    "msg_id",
    "in_reply_to",
    "rtt",
    "orig_fuids",
    "resp_fuids",
    "xid",
    "seq",
    "session_id",
    "random",
];

/// Where the values of a column come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A column of conversations, by its place.
    Flows(usize),
    /// A column of files, by its place.
    Files(usize),
    /// Protocol and column of a message table.
    Messages(String, String),
}

impl Source {
    /// The source of `http.user_agent`.
    ///
    /// # Errors
    /// That there is no such column here, in a sentence.
    pub fn named(input: &Input<'_>, id: &str) -> Result<Self, String> {
        let id = id.trim();
        if let Some(n) = FLOWS.iter().position(|(name, ..)| *name == id) {
            return Ok(Self::Flows(n));
        }
        if let Some(n) = FILES.iter().position(|(name, _)| *name == id) {
            return Ok(Self::Files(n));
        }
        if let Some((protocol, column)) = id.split_once('.') {
            let all = || input.chains.iter().flat_map(|c| c.facts.messages.tables());
            if all().any(|t| has(t, protocol, column).is_some()) {
                return Ok(Self::Messages(protocol.to_owned(), column.to_owned()));
            }
        }
        let near: Vec<String> = columns(input)
            .into_iter()
            .map(|c| c.id)
            .filter(|c| {
                c.rsplit('.').next().is_some_and(|last| id.ends_with(last)) || c.starts_with(id)
            })
            .take(5)
            .collect();
        let hint = if near.is_empty() {
            String::new()
        } else {
            format!("; there is {}", near.join(", "))
        };
        Err(format!(
            "no column \u{201c}{id}\u{201d} in what is loaded{hint}"
        ))
    }

    /// Its written name.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Flows(n) => FLOWS.get(*n).map_or("", |f| f.0).to_owned(),
            Self::Files(n) => FILES.get(*n).map_or("", |f| f.0).to_owned(),
            Self::Messages(protocol, column) => format!("{protocol}.{column}"),
        }
    }

    /// Rows of its `n`th table; `None` after the last.
    pub(super) fn rows(&self, facts: &Facts, n: usize) -> Option<usize> {
        match self {
            Self::Flows(_) => (n == 0).then(|| facts.flows.len()),
            Self::Files(_) => (n == 0).then(|| facts.artifacts.len()),
            Self::Messages(..) => self.table(facts, n).map(|(t, _)| t.len()),
        }
    }

    fn table<'a>(&self, facts: &'a Facts, n: usize) -> Option<(&'a dyn MessageTable, usize)> {
        let Self::Messages(protocol, column) = self else {
            return None;
        };
        let fit = facts
            .messages
            .tables()
            .filter_map(|t| has(t, protocol, column).map(|at| (t, at)));
        fit.into_iter().nth(n)
    }

    pub(super) fn row(&self, facts: &Facts, table: usize, n: usize) -> Option<Row> {
        match self {
            Self::Flows(at) => {
                let f = facts.flows.get(n)?;
                let (_, _, cell) = FLOWS.get(*at)?;
                Some(Row {
                    cell: cell(f),
                    client: Some(f.client.0),
                    packet: f.first,
                    time: f.begun,
                })
            }
            Self::Files(at) => {
                let a = facts.artifacts.get(n)?;
                let text = match FILES.get(*at)?.0 {
                    "file.type" => a.found_type.as_ref().map(|t| &*t.name),
                    "file.declared" => a.declared_type.as_deref(),
                    "file.name" => a.names.first().map(|n| &*n.text),
                    _ => Some(crate::answers::host_of_url(&a.url)),
                };
                Some(Row {
                    cell: Cell::text(text),
                    client: Some(a.client.0),
                    packet: a.first,
                    time: a.begun,
                })
            }
            Self::Messages(..) => {
                let (t, column) = self.table(facts, table)?;
                let meta = t.meta(n)?;
                if meta.duplicate {
                    return None;
                }
                let flow = meta.flow.and_then(|id| facts.flow(id));
                Some(Row {
                    cell: t.cell(n, column),
                    client: flow.map(|f| f.client.0),
                    packet: meta.first,
                    time: meta.time,
                })
            }
        }
    }
}

fn has(table: &dyn MessageTable, protocol: &str, column: &str) -> Option<usize> {
    if table.protocol().info.name != protocol {
        return None;
    }
    table.columns().iter().position(|c| c.name == column)
}

/// The values of a cell, each of a list by itself. A time or a span is no value to compare.
pub(super) fn texts(cell: &Cell, most: usize, give: &mut dyn FnMut(String)) {
    match cell {
        Cell::Absent | Cell::Time(_) | Cell::Duration(_) => {}
        Cell::List(all) => all.iter().for_each(|one| texts(one, most, give)),
        other => {
            let text = other.show();
            match text.char_indices().nth(most) {
                Some((end, _)) => give(text.get(..end).unwrap_or_default().to_owned()),
                None if text.is_empty() => {}
                None => give(text),
            }
        }
    }
}

/// Every column that what is loaded has rows for: of conversations, of files, then by protocol.
#[must_use]
pub fn columns(input: &Input<'_>) -> Vec<ColumnInfo> {
    let facts = || input.chains.iter().map(|c| c.facts);
    let flows: u64 = facts().map(|f| f.flows.len() as u64).sum();
    let files: u64 = facts().map(|f| f.artifacts.len() as u64).sum();
    let mut out: Vec<ColumnInfo> = Vec::new();
    let mut add = |id: String, title: &str, rows: u64| {
        if rows == 0 {
            return;
        }
        match out.iter_mut().find(|c| c.id == id) {
            Some(known) => known.rows += rows,
            None => out.push(ColumnInfo {
                id,
                title: title.to_owned(),
                rows,
            }),
        }
    };
    for (id, title, _) in FLOWS {
        add((*id).to_owned(), title, flows);
    }
    for (id, title) in FILES {
        add((*id).to_owned(), title, files);
    }
    let mut tables: Vec<&dyn MessageTable> = facts().flat_map(|f| f.messages.tables()).collect();
    tables.sort_by_key(|t| t.protocol().info.name);
    for t in tables {
        let name = t.protocol().info.name;
        for c in t
            .columns()
            .iter()
            .filter(|c| !NAMES_OF_ROWS.contains(&c.name))
        {
            add(format!("{name}.{}", c.name), c.title, t.len() as u64);
        }
    }
    out
}
