//! Lists written out: packets as pcapng, any view as CSV or JSON.

use super::view::{Describe, Narrowing, Rows, packet_row, table_row};
use crate::error::{ErrorKind, SessionError};
use crate::index::PacketEntry;
use crate::input::Input;
use crate::job::Job;
use crate::ops::filters::Narrowed;
use crate::ops::{Cx, Op, Out, Payload, names, parse, passed};
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Map, Value, json as object};
use std::collections::BTreeMap;
use weir_capture::writer::{NewInterface, NewPacket, PcapNgWriter, WriteError};
use weir_dissect::BodySink;
use weir_model::{CaptureId, FieldSink, NoSink, PacketRef};

/// Rows written between two steps.
const ROWS: u64 = 2048;

fn failed(e: WriteError) -> SessionError {
    SessionError::new(ErrorKind::Request, e.0)
}

#[derive(Deserialize)]
struct SliceArgs {
    #[serde(default)]
    narrowing: Narrowing,
    #[serde(default)]
    packets: Option<Vec<String>>,
}

/// Takes packets as they are.
#[derive(Default)]
struct Raw {
    fields: Option<NoSink>,
    last: Vec<u8>,
    done: Vec<(PacketRef, Vec<u8>)>,
}

impl Visitor for Raw {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        bytes: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.last = bytes.to_vec();
        (self.fields.get_or_insert(NoSink), None)
    }
    fn described(&mut self, packet: PacketRef, _: &Session) {
        self.done.push((packet, std::mem::take(&mut self.last)));
    }
}

struct SliceOp {
    narrowed: Narrowed,
    chosen: Option<Vec<PacketRef>>,
    /// Chains still to be written, with their packets.
    plans: Option<Vec<Replay<Raw>>>,
    writer: Option<PcapNgWriter>,
    interfaces: BTreeMap<(CaptureId, u16), u32>,
    out: Vec<u8>,
}

pub(crate) fn slice(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: SliceArgs = parse(args)?;
    let chosen = args
        .packets
        .map(|list| list.iter().map(|p| names::read_packet(p)).collect())
        .transpose()?;
    Ok(Box::new(SliceOp {
        narrowed: Narrowed::new(&args.narrowing)?,
        chosen,
        plans: None,
        writer: None,
        interfaces: BTreeMap::new(),
        out: Vec::new(),
    }))
}

impl SliceOp {
    fn plan(&mut self, session: &Session) -> Result<(), SessionError> {
        let mut plans = Vec::new();
        for (n, chain) in session.chains.iter().enumerate().rev() {
            let mut list: Vec<PacketRef> = match &self.chosen {
                Some(list) => list
                    .iter()
                    .copied()
                    .filter(|p| chain.place(p.capture).is_some())
                    .collect(),
                None => chain
                    .captures
                    .iter()
                    .filter_map(|id| session.capture(*id))
                    .flat_map(|c| {
                        (1..=c.index.len()).map(move |number| PacketRef {
                            capture: c.id,
                            number,
                        })
                    })
                    .filter(|p| self.narrowed.takes(session, *p))
                    .collect(),
            };
            list.sort_by_key(|p| chain.order(*p));
            list.dedup();
            plans.push(Replay::alone(session, n, &list, Raw::default()));
        }
        self.plans = Some(plans);
        let application = concat!("Weir ", env!("CARGO_PKG_VERSION"));
        let writer = PcapNgWriter::new(&mut self.out, application, "").map_err(failed)?;
        self.writer = Some(writer);
        Ok(())
    }

    fn write(
        &mut self,
        session: &Session,
        packet: PacketRef,
        bytes: &[u8],
    ) -> Result<(), SessionError> {
        let (Some(entry), Some(capture), Some(writer)) = (
            session.entry(packet),
            session.capture(packet.capture),
            &mut self.writer,
        ) else {
            return Ok(());
        };
        // What is no packet has no interface to be written to.
        if entry.record.is_some() {
            return Ok(());
        }
        let key = (packet.capture, entry.interface);
        let interface = match self.interfaces.get(&key) {
            Some(n) => *n,
            None => {
                let described = capture.facts.interfaces.get(usize::from(entry.interface));
                let link = capture.link_type(entry.interface);
                let new = NewInterface {
                    link_type: u16::try_from(link).unwrap_or(u16::MAX),
                    snaplen: described.map_or(0, |i| i.interface.snaplen),
                    // Times before 1970 need an interface that begins earlier.
                    offset: if capture.facts.earliest.is_some_and(|t| t.0 < 0) {
                        i64::MIN / 1_000_000_000
                    } else {
                        0
                    },
                    name: described.map_or_else(String::new, |i| i.interface.name.clone()),
                    description: String::new(),
                };
                let n = writer.interface(&mut self.out, &new).map_err(failed)?;
                self.interfaces.insert(key, n);
                n
            }
        };
        let comment = format!("packet {} of {}", names::packet(packet), capture.name);
        let new = NewPacket {
            interface,
            time: entry.time,
            wire_len: entry.wire,
            bytes,
            comment: &comment,
        };
        writer.packet(&mut self.out, &new).map_err(failed)
    }

    fn go(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Result<Out, SessionError> {
        if let Some(out) = self.narrowed.step(cx, input, fuel) {
            return Ok(out);
        }
        if self.plans.is_none() {
            self.plan(cx.session)?;
        }
        let mut done = Vec::new();
        let mut waits = None;
        if let Some(replay) = self.plans.as_mut().and_then(|p| p.last_mut()) {
            let step = passed(replay.step(cx.session, input, fuel));
            done = std::mem::take(&mut replay.visitor.done);
            match step {
                None => {
                    self.plans.as_mut().and_then(Vec::pop);
                }
                Some(out) => waits = Some(out),
            }
        }
        for (packet, bytes) in done {
            self.write(cx.session, packet, &bytes)?;
        }
        match waits {
            Some(Out::More) | None => {}
            Some(out) => return Ok(out),
        }
        let payload = Payload {
            bytes: Some(std::mem::take(&mut self.out)),
            ..Payload::default()
        };
        if self.plans.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Out::Done(Payload {
                value: object!({"name": "slice.pcapng", "mime": "application/octet-stream"}),
                ..payload
            }));
        }
        Ok(Out::Partial(payload))
    }
}

impl Op for SliceOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        self.go(cx, input, fuel).unwrap_or_else(Out::Failed)
    }
}

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

/// A CSV cell (RFC 4180). What a spreadsheet would run as a formula is kept from it by an apostrophe.
fn csv(cell: &str) -> String {
    let guarded =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
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
