//! Rows of flow logs as a table, and one of them in full: read again from its line, with every column that
//! the log has.

use super::tables::{Key, TableRow};
use crate::error::{ErrorKind, SessionError};
use crate::input::{Input, Need};
use crate::ops::{Cx, Op, Out, community, names, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_dissect::Transport;
use weir_dissect::facts::Cell;
use weir_import::{FLOW_RECORDS_ONLY, FlowRow};
use weir_model::{CaptureId, RowRef};

/// Every row of every log that repeats no other.
pub(crate) fn keys(session: &Session) -> Vec<Key> {
    let logs = session.logs().filter(|(c, _)| c.same_as.is_none());
    logs.flat_map(|(c, log)| {
        let len = u32::try_from(log.rows.len()).unwrap_or(u32::MAX);
        (1..=len).map(|row| Key {
            chain: c.id.0,
            table: 0,
            row,
        })
    })
    .collect()
}

/// Which row a key is.
pub(crate) fn reference(key: Key) -> RowRef {
    RowRef {
        capture: CaptureId(key.chain),
        row: key.row,
    }
}

fn community_id(row: &FlowRow) -> Option<String> {
    let transport = match row.transport {
        weir_import::Transport::Tcp => Transport::Tcp,
        weir_import::Transport::Udp => Transport::Udp,
        _ => return None,
    };
    let a = (row.originator.ip, row.originator.port);
    let b = (row.responder.ip, row.responder.port);
    Some(community::between(a, b, transport))
}

fn answered(row: &FlowRow) -> &'static str {
    match row.answered() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not told",
    }
}

/// A row of the table.
pub(crate) fn row(session: &Session, key: Key) -> Option<TableRow> {
    let name = reference(key);
    let (capture, row) = session.row(name)?;
    let begun = row.time.plus(capture.offset);
    let packets = row.originator_packets.zip(row.responder_packets);
    let cells = vec![
        Cell::Text(name.to_string()),
        Cell::text(row.service.as_deref().or(Some(row.transport.name()))),
        Cell::Address(row.originator.ip),
        Cell::Uint(row.originator.port.into()),
        Cell::Address(row.responder.ip),
        Cell::Uint(row.responder.port.into()),
        Cell::uint(packets.map(|(a, b)| a.saturating_add(b))),
        Cell::uint(row.originator_bytes),
        Cell::uint(row.responder_bytes),
        Cell::Time(begun),
        row.duration.map_or(Cell::Absent, Cell::Duration),
        Cell::text(row.state.as_deref()),
        Cell::Text(answered(row).to_owned()),
        Cell::text(Some(row.transport.name())),
        Cell::text(row.history.as_deref()),
        Cell::uint(row.missed_bytes),
        Cell::text(Some(row.uid.as_str()).filter(|t| !t.is_empty())),
        Cell::text(community_id(row).as_deref()),
        Cell::Uint(row.place.line),
    ];
    Some(TableRow {
        time: Some(begun),
        end: Some(row.end().plus(capture.offset)),
        record: Some(name.into()),
        also: Vec::new(),
        number: row.row,
        flags: 0,
        duplicate: false,
        cells,
    })
}

#[derive(Deserialize)]
struct Args {
    row: String,
}

struct RowOp(Args);

/// `row`: one row in full.
pub(crate) fn card(args: Value) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(RowOp(parse(args)?)))
}

impl RowOp {
    fn answer(&self, session: &Session, input: &mut Input) -> Result<Out, SessionError> {
        let name = names::find_row(session, &self.0.row)?;
        let gone = || SessionError::new(ErrorKind::Gone, "the row is no longer loaded");
        let (capture, row) = session.row(name).ok_or_else(gone)?;
        let start = row.place.offset;
        let end = start.saturating_add(u64::from(row.place.len));
        let Some(line) = input.get(capture.source, start, end) else {
            return Ok(Out::Need(vec![Need {
                source: capture.source,
                start,
                end,
                sequential: false,
            }]));
        };
        let log = capture.log.as_ref().ok_or_else(gone)?;
        let cells = log.cells(row, line).unwrap_or_default();
        let columns: Vec<Value> = cells
            .into_iter()
            .map(|(name, value)| object!({"name": name, "value": value}))
            .collect();
        let begun = row.time.plus(capture.offset);
        let flow = session.captured_as(capture, row);
        Ok(Out::Done(
            object!({
                "row": name.to_string(),
                "evidence": names::evidence(name),
                "log": capture.name,
                "format": log.format().name(),
                "line": row.place.line,
                "begun": begun.epoch(),
                "ended": row.end().plus(capture.offset).epoch(),
                "originator": row.originator.ip.to_string(),
                "responder": row.responder.ip.to_string(),
                "answered": answered(row),
                "community_id": community_id(row),
                "columns": columns,
                "captured_as": flow,
                "unavailable": FLOW_RECORDS_ONLY,
            })
            .into(),
        ))
    }
}

impl Op for RowOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, _: u32) -> Out {
        self.answer(cx.session, input).unwrap_or_else(Out::Failed)
    }
}
