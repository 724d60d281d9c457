//! Tables made of facts: conversations, messages, files. Their rows need no byte of a capture.

use super::TableName;
use super::columns::{Column, FILES, FLOWS, HOSTS, MESSAGES, PACKETS, ROWS, columns};
use super::logrows;
use super::page::{DUPLICATE, Row};
use crate::bodies::{DECODE_BOMB, DECODE_BROKEN, DECODE_CROWDED, Digests, hex};
use crate::ops::{hosts, names};
use crate::session::{Chain, Session};
use weir_dissect::DecodeEnd;
use weir_dissect::facts::{Artifact, Cell, Completeness, MessageTable};
use weir_dissect::flow::{Flow, RecognisedBy};
use weir_dissect::registry;
use weir_model::{PacketRef, RecordRef, Timestamp};

/// A row of a table: chain, table within it, place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key {
    pub(crate) chain: u16,
    pub(crate) table: u16,
    pub(crate) row: u32,
}

/// A row with typed cells.
pub(crate) struct TableRow {
    pub(crate) time: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    /// The packet or flow-log row it belongs to.
    pub(crate) record: Option<RecordRef>,
    /// Further ones it may be found by.
    pub(crate) also: Vec<RecordRef>,
    pub(crate) number: u32,
    pub(crate) flags: u32,
    pub(crate) duplicate: bool,
    pub(crate) cells: Vec<Cell>,
}

impl TableRow {
    pub(crate) fn into_row(self) -> Row {
        Row {
            time: self.time,
            number: self.number,
            flags: self.flags | if self.duplicate { DUPLICATE } else { 0 },
            capture: self.record.map_or_else(Default::default, |r| r.capture()),
            cells: self.cells.iter().map(Cell::show).collect(),
        }
    }
}

/// The columns of a table.
pub(crate) fn columns_of(table: TableName, fields: &[String]) -> Vec<Column> {
    let specs = match table {
        TableName::Packets => PACKETS,
        TableName::Flows => FLOWS,
        TableName::Hosts => HOSTS,
        TableName::Messages => MESSAGES,
        TableName::Files => FILES,
        TableName::Rows => ROWS,
    };
    let mut out = columns(specs);
    if table == TableName::Packets {
        out.extend(fields.iter().map(|name| {
            Column {
                id: name.clone(),
                title: registry()
                    .fields(name)
                    .first()
                    .map_or_else(|| name.clone(), |f| f.title.to_owned()),
                kind: "text",
                width: 20,
                sortable: true,
                field: Some(name.clone()),
                standard: true,
            }
        }));
    }
    out
}

/// Every row of a table. `protocols`: of messages, only these; empty for all.
pub(crate) fn keys(session: &Session, table: TableName, protocols: &[String]) -> Vec<Key> {
    if table == TableName::Rows {
        return logrows::keys(session);
    }
    let mut out = Vec::new();
    if table == TableName::Hosts {
        let len = u32::try_from(hosts::count(session)).unwrap_or(u32::MAX);
        out.extend((0..len).map(|row| Key {
            chain: 0,
            table: 0,
            row,
        }));
        return out;
    }
    for (n, chain) in session.chains.iter().enumerate() {
        let chain_no = u16::try_from(n).unwrap_or(u16::MAX);
        let facts = chain.facts();
        let mut rows = |table: usize, len: usize| {
            let len = u32::try_from(len).unwrap_or(u32::MAX);
            out.extend((0..len).map(|row| Key {
                chain: chain_no,
                table: u16::try_from(table).unwrap_or(u16::MAX),
                row,
            }));
        };
        match table {
            TableName::Flows => rows(0, facts.flows.len()),
            TableName::Files => rows(0, facts.artifacts.len()),
            TableName::Messages => {
                for (n, t) in facts.messages.tables().enumerate() {
                    let name = t.protocol().info.name;
                    if protocols.is_empty() || protocols.iter().any(|p| p == name) {
                        rows(n, t.len());
                    }
                }
            }
            TableName::Packets | TableName::Hosts | TableName::Rows => {}
        }
    }
    if table == TableName::Messages {
        // One list over all protocols, in order of completion.
        let end = |k: &Key| {
            let chain = session.chains.get(usize::from(k.chain))?;
            let t = chain.facts().messages.tables().nth(usize::from(k.table))?;
            t.meta(k.row as usize).map(|m| (m.end, chain.order(m.last)))
        };
        let mut keyed: Vec<_> = out.iter().map(|k| (end(k), *k)).collect();
        keyed.sort();
        out = keyed.into_iter().map(|k| k.1).collect();
    }
    out
}

/// What a row is found by: `A:tcp:17`, `A:120.0`, `A:12`, `B:r12`.
pub(crate) fn name(session: &Session, table: TableName, key: Key) -> String {
    match table {
        TableName::Rows => return logrows::reference(key).to_string(),
        TableName::Hosts => return hosts::name(session, key.row).unwrap_or_default(),
        _ => {}
    }
    let Some(chain) = session.chains.get(usize::from(key.chain)) else {
        return String::new();
    };
    let facts = chain.facts();
    let row = key.row as usize;
    match table {
        TableName::Flows => facts.flows.get(row).map(names::flow),
        TableName::Files => facts.artifacts.get(row).map(|a| a.id.to_string()),
        TableName::Messages => facts
            .messages
            .tables()
            .nth(usize::from(key.table))
            .and_then(|t| t.meta(row).map(|m| names::packet(m.last))),
        _ => None,
    }
    .unwrap_or_default()
}

/// The row of a key.
pub(crate) fn row(session: &Session, table: TableName, key: Key) -> Option<TableRow> {
    match table {
        TableName::Rows => return logrows::row(session, key),
        TableName::Hosts => return hosts::row(session, key.row),
        _ => {}
    }
    let chain = session.chains.get(usize::from(key.chain))?;
    let facts = chain.facts();
    let n = key.row as usize;
    match table {
        TableName::Flows => Some(flow(session, facts.flows.get(n)?, key.row)),
        TableName::Files => Some(file(
            session,
            chain,
            usize::from(key.chain),
            facts.artifacts.get(n)?,
            key.row,
        )),
        TableName::Messages => message(
            session,
            chain,
            facts.messages.tables().nth(usize::from(key.table))?,
            key,
        ),
        _ => None,
    }
}

fn text(t: impl Into<String>) -> Cell {
    Cell::Text(t.into())
}

/// A time with what its capture's clock is off by.
fn shifted(session: &Session, packet: PacketRef, time: Timestamp) -> Timestamp {
    session
        .capture(packet.capture)
        .map_or(time, |c| time.plus(c.offset))
}

/// How a flow's protocol was found, in words.
pub(crate) fn recognised(by: RecognisedBy) -> &'static str {
    match by {
        RecognisedBy::Nothing => "",
        RecognisedBy::DecodeAs => "the analyst",
        RecognisedBy::Expected => "announced",
        RecognisedBy::Content => "content",
        RecognisedBy::Port => "port",
        RecognisedBy::Likely => "likely by content",
    }
}

fn flow(session: &Session, f: &Flow, number: u32) -> TableRow {
    let begun = shifted(session, f.first, f.begun);
    let protocol = f.protocol.and_then(|id| registry().get(id));
    let protocol = protocol.map_or(f.transport.name(), |p| p.info.name);
    let sum = |pair: [u64; 2]| Cell::Uint(pair[0].saturating_add(pair[1]));
    let cells = vec![
        text(names::flow(f)),
        text(protocol),
        Cell::Address(f.client.0),
        Cell::Uint(f.client.1.into()),
        Cell::Address(f.server.0),
        Cell::Uint(f.server.1.into()),
        sum(f.packets.map(u64::from)),
        sum(f.bytes),
        Cell::Uint(f.bytes[0]),
        Cell::Uint(f.bytes[1]),
        Cell::Time(begun),
        Cell::Duration(f.ended.since(f.begun)),
        sum(f.seldom().missed),
        Cell::Uint(f.seldom().duplicates.into()),
        sum(f.seldom().retransmissions.map(u64::from)),
        Cell::text(Some(recognised(f.recognised_by)).filter(|t| !t.is_empty())),
        text(crate::ops::community::id(f)),
        text(names::packet(f.first)),
        text(names::packet(f.last)),
    ];
    TableRow {
        time: Some(begun),
        end: Some(shifted(session, f.last, f.ended)),
        record: Some(f.first.into()),
        also: Vec::new(),
        number,
        flags: 0,
        duplicate: false,
        cells,
    }
}

/// Said of a part of a file that is all there: its hashes are those of the part.
pub const PART: &str = "a part, complete";

/// How much of a file is there, in words.
#[must_use]
pub fn completeness(a: &Artifact, digests: Option<&Digests>) -> &'static str {
    let decoded = digests.map(|d| d.decoded);
    match a.state {
        Completeness::Complete if decoded == Some(DecodeEnd::Bomb) => DECODE_BOMB,
        Completeness::Complete if decoded == Some(DecodeEnd::Broken) => DECODE_BROKEN,
        Completeness::Complete if decoded == Some(DecodeEnd::Crowded) => DECODE_CROWDED,
        Completeness::Complete if a.is_part() => PART,
        Completeness::Complete => "complete",
        Completeness::Aborted => "transfer aborted",
        Completeness::Lost => "bytes lost by the capture",
        Completeness::Cut => "packets cut by the snap length",
        Completeness::CaptureEnded => "capture ended first",
        Completeness::Unread => "head longer than is read",
    }
}

/// The colour of a row, by the protocol that carried it: a number that the page knows.
fn tint(protocol: &str) -> u32 {
    match protocol {
        "http" => 1,
        "dns" | "mdns" | "llmnr" | "nbns" => 2,
        "tls" => 3,
        "ftp" | "ftp-data" => 4,
        _ => 0,
    }
}

fn file(session: &Session, chain: &Chain, chain_no: usize, a: &Artifact, number: u32) -> TableRow {
    let digests = session.digests.get(&(chain_no, a.key));
    let hashes = digests.and_then(|d| d.hashes);
    let hash = |of: fn(&crate::bodies::Hashes) -> String| hashes.as_ref().map(of);
    let flow = chain.facts().flow(a.flow());
    let begun = shifted(session, a.first, a.begun);
    let cells = vec![
        Cell::text(a.names.first().map(|n| &*n.text)),
        Cell::text(a.found_type.as_ref().map(|t| &*t.media)),
        Cell::Uint(digests.map_or(a.wire_size, |d| d.size)),
        text(completeness(a, digests)),
        text(if a.sent { "sent" } else { "received" }),
        Cell::Address(a.client.0),
        Cell::Address(a.server.0),
        text(a.protocol.info.name),
        Cell::Time(begun),
        text(names::packet(a.last)),
        Cell::text(hash(|h| hex(&h.sha256)).as_deref()),
        text(a.id.to_string()),
        Cell::text(a.declared_type.as_deref()),
        Cell::uint(a.declared_size),
        text(&*a.url),
        Cell::text(flow.map(names::flow).as_deref()),
        Cell::text(hash(|h| hex(&h.md5)).as_deref()),
        Cell::text(hash(|h| hex(&h.sha1)).as_deref()),
        text(names::packet(a.first)),
    ];
    TableRow {
        time: Some(begun),
        end: Some(shifted(session, a.last, a.ended)),
        record: Some(a.last.into()),
        also: a
            .asked
            .map(|(p, _)| p)
            .into_iter()
            .chain([a.first])
            .map(Into::into)
            .collect(),
        number,
        flags: tint(a.protocol.info.name),
        duplicate: false,
        cells,
    }
}

fn message(
    session: &Session,
    chain: &Chain,
    table: &dyn MessageTable,
    key: Key,
) -> Option<TableRow> {
    let n = key.row as usize;
    let meta = table.meta(n)?;
    let flow = meta.flow.and_then(|id| chain.facts().flow(id));
    let time = shifted(session, meta.first, meta.time);
    let name = table.protocol().info.name;
    let cells = vec![
        text(names::packet(meta.last)),
        Cell::Time(time),
        text(name),
        flow.map_or(Cell::Absent, |f| Cell::Address(f.client.0)),
        flow.map_or(Cell::Absent, |f| Cell::Address(f.server.0)),
        text(table.summary(n)),
        Cell::text(flow.map(names::flow).as_deref()),
        Cell::Duration(meta.end.since(meta.time)),
        text(names::packet(meta.first)),
    ];
    let flags = tint(name);
    Some(TableRow {
        time: Some(time),
        end: Some(shifted(session, meta.last, meta.end)),
        record: Some(meta.last.into()),
        also: vec![meta.first.into()],
        number: meta.last.number,
        flags,
        duplicate: meta.duplicate,
        cells,
    })
}
