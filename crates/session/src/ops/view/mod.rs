//! Views: a table narrowed and ordered, kept by number; its rows are made when they are looked at.

mod columns;
mod describe;
mod logrows;
mod open;
mod order;
mod packets;
mod page;
mod tables;

pub(crate) use columns::Column;
pub(crate) use describe::Describe;
pub(crate) use logrows::card as row_card;
pub(crate) use open::{Limits, instant, open};
pub(crate) use packets::{anomalies, protocol, row as packet_row, time};
pub(crate) use tables::{Key, TableRow, row as table_row};
pub use tables::{PART, completeness};

use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::ops::{Cx, Op, Out, Payload, hosts, names, once, parse, passed};
use crate::session::Session;
use page::Row;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use weir_model::{PacketRef, Timestamp};

/// Views kept; the oldest go.
const VIEWS: usize = 64;
/// Rows of one page at most.
const PAGE: u64 = 4096;

/// The tables there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TableName {
    Packets,
    Flows,
    Hosts,
    Messages,
    Files,
    Rows,
}

/// What narrows a list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Narrowing {
    pub(crate) filter: String,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) captures: Option<Vec<String>>,
    pub(crate) unique: bool,
}

/// Rows of a view.
pub(crate) enum Rows {
    Packets(packets::Rows),
    Keys(Vec<Key>),
}

impl Rows {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Packets(p) => p.len(),
            Self::Keys(k) => k.len() as u64,
        }
    }
}

/// A view.
pub(crate) struct View {
    /// What was asked, and of which inputs: the same question gets the same view, grown.
    pub(crate) asked: String,
    pub(crate) table: TableName,
    pub(crate) columns: Vec<Column>,
    /// Fields of further packet columns.
    pub(crate) fields: Vec<String>,
    pub(crate) rows: Rows,
}

/// Every view, by number.
#[derive(Default)]
pub(crate) struct Views {
    all: BTreeMap<u32, View>,
    next: u32,
}

impl Views {
    /// Keeps a view; its number.
    pub(crate) fn keep(&mut self, view: View) -> u32 {
        let same = self
            .all
            .iter()
            .find(|(_, v)| v.asked == view.asked)
            .map(|(n, _)| *n);
        let number = same.unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        self.all.insert(number, view);
        while self.all.len() > VIEWS {
            self.all.pop_first();
        }
        number
    }

    pub(crate) fn get(&self, number: u32) -> Result<&View, SessionError> {
        self.all.get(&number).ok_or_else(|| {
            SessionError::new(
                ErrorKind::Gone,
                format!("view {number} is no longer kept; ask for a new one"),
            )
        })
    }
}

#[derive(Deserialize)]
struct RowsArgs {
    view: u32,
    from: u64,
    count: u64,
}

struct RowsOp {
    args: RowsArgs,
    describe: Option<Describe>,
}

pub(crate) fn rows(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(RowsOp {
        args: parse(args)?,
        describe: None,
    }))
}

/// The packets of rows `from..from + count`.
fn packets_of(view: &View, from: u64, count: u64) -> Vec<PacketRef> {
    match &view.rows {
        Rows::Packets(p) => (from..from.saturating_add(count))
            .map_while(|row| p.get(row))
            .collect(),
        Rows::Keys(_) => Vec::new(),
    }
}

/// The packet of a row.
pub(crate) fn packet_of(view: &View, row: u64) -> Option<PacketRef> {
    match &view.rows {
        Rows::Packets(p) => p.get(row),
        Rows::Keys(_) => None,
    }
}

/// Time of a row.
fn time_of(session: &Session, view: &View, row: u64) -> Option<Timestamp> {
    match &view.rows {
        Rows::Packets(p) => {
            let packet = p.get(row)?;
            Some(time(session, packet, &session.entry(packet)?))
        }
        Rows::Keys(k) => {
            let key = k.get(usize::try_from(row).ok()?)?;
            tables::row(session, view.table, *key)?.time
        }
    }
}

impl Op for RowsOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        let view = match cx.views.get(self.args.view) {
            Ok(view) => view,
            Err(e) => return Out::Failed(e),
        };
        let (from, count) = (self.args.from, self.args.count.min(PAGE));
        let rows: Vec<Row> = match &view.rows {
            Rows::Packets(_) => {
                let list = packets_of(view, from, count);
                let describe = self
                    .describe
                    .get_or_insert_with(|| Describe::new(cx.session, &list, &view.fields));
                if let Some(out) = passed(describe.step(cx.session, input, fuel)) {
                    return out;
                }
                list.iter()
                    .filter_map(|p| packets::row(cx.session, *p, describe.line(*p)))
                    .collect()
            }
            Rows::Keys(keys) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                keys.iter()
                    .skip(from)
                    .take(usize::try_from(count).unwrap_or(0))
                    .filter_map(|k| tables::row(cx.session, view.table, *k))
                    .map(tables::TableRow::into_row)
                    .collect()
            }
        };
        let before = from
            .checked_sub(1)
            .and_then(|n| time_of(cx.session, view, n));
        Out::Done(Payload {
            bytes: Some(page::page(&rows, view.columns.len(), before)),
            ..Payload::default()
        })
    }
}

#[derive(Deserialize)]
struct LocateArgs {
    view: u32,
    key: String,
}

pub(crate) fn locate(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: LocateArgs = parse(args)?;
    Ok(once(move |cx| {
        let row = cx.views.get(args.view).and_then(|view| match &view.rows {
            Rows::Packets(p) => Ok(p.row(names::read_packet(&args.key)?)),
            Rows::Keys(keys) if view.table == TableName::Hosts => {
                let meant = |k: &Key| hosts::meant(cx.session, k.row, &args.key);
                let all = keys.iter().enumerate();
                let all = all.filter_map(|(n, k)| Some((meant(k)?, n as u64)));
                Ok(all
                    .max_by_key(|(last, n)| (*last, std::cmp::Reverse(*n)))
                    .map(|(_, n)| n))
            }
            Rows::Keys(keys) => Ok(keys
                .iter()
                .position(|k| tables::name(cx.session, view.table, *k) == args.key)
                .map(|n| n as u64)),
        });
        row.map(|row| object!({"row": row})).into()
    }))
}
