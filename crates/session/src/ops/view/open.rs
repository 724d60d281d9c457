//! Opens a view: which rows the narrowing and the text leave, in which order.

use super::columns::{Column, WITH_LOGS};
use super::describe::Describe;
use super::logrows;
use super::order::{SortKey, sorted};
use super::packets;
use super::tables::{self, Key};
use super::{Narrowing, Rows, TableName, View, time};
use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::ops::filters::{FlowSet, Narrowed};
use crate::ops::{Cx, Op, Out, json, names, parse, passed};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use weir_filter::Tri;
use weir_import::FLOW_RECORDS_ONLY;
use weir_model::{PacketRef, Timestamp};

/// Packets whose lines are described for a text search or an order by text, at most.
const DESCRIBED: u64 = 2_000_000;
/// Lines described at a time.
const BATCH: usize = 4096;

#[derive(Clone, Deserialize)]
struct OrderArgs {
    column: String,
    #[serde(default)]
    descending: bool,
}

#[derive(Clone, Deserialize)]
struct ViewArgs {
    table: TableName,
    #[serde(default)]
    narrowing: Narrowing,
    #[serde(default)]
    order: Option<OrderArgs>,
    #[serde(default)]
    protocols: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    text: Option<String>,
}

/// How a filter, which is about packets, takes rows.
enum Taken {
    /// By the packets that the row names.
    ByRecord,
    /// By any packet of the flow.
    Flows(FlowSet),
    /// By any packet of any flow of the host.
    Hosts(Vec<bool>),
}

/// What is done for one set of limits.
enum Stage {
    /// Running the filter.
    Filter,
    /// Describing packets for text or order: those left, and those kept with their keys.
    Lines {
        left: std::vec::IntoIter<PacketRef>,
        batch: Vec<PacketRef>,
        describe: Option<Describe>,
        kept: Vec<(SortKey, PacketRef)>,
    },
}

struct OpenOp {
    args: ViewArgs,
    asked: String,
    narrowed: Narrowed,
    stage: Stage,
}

pub(crate) fn open(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let asked = args.to_string();
    let mut args: ViewArgs = parse(args)?;
    args.text = args.text.filter(|t| !t.is_empty());
    let narrowed = Narrowed::new(&args.narrowing)?;
    Ok(Box::new(OpenOp {
        args,
        asked,
        narrowed,
        stage: Stage::Filter,
    }))
}

impl OpenOp {
    fn needs_lines(&self) -> bool {
        let by_line =
            self.args.order.as_ref().is_some_and(|o| {
                !matches!(o.column.as_str(), "no" | "time" | "length" | "protocol")
            });
        self.args.table == TableName::Packets && (by_line || self.args.text.is_some())
    }

    /// The packets that the narrowing leaves.
    fn packets(&self, session: &Session) -> packets::Rows {
        let all = packets::all(session);
        if self.narrowed.is_open() {
            return all;
        }
        let left = (0..all.len())
            .filter_map(|row| all.get(row))
            .filter(|p| self.narrowed.takes(session, *p));
        packets::Rows::Some(left.collect())
    }

    fn ordered(&self, session: &Session, rows: packets::Rows) -> packets::Rows {
        let Some(order) = &self.args.order else {
            return rows;
        };
        let list: Vec<PacketRef> = (0..rows.len()).filter_map(|n| rows.get(n)).collect();
        if order.column == "no" {
            if !order.descending {
                return rows;
            }
            return packets::Rows::Some(list.into_iter().rev().collect());
        }
        let keyed = list.into_iter().map(|p| {
            let key = session
                .entry(p)
                .map_or(SortKey::Absent, |e| match order.column.as_str() {
                    "time" => SortKey::Number(time(session, p, &e).0.into()),
                    "length" => SortKey::Number(e.wire.into()),
                    _ => SortKey::text(packets::protocol(session, p, &e)),
                });
            (key, p)
        });
        packets::Rows::Some(sorted(keyed.collect(), order.descending))
    }

    fn line_key(&self, session: &Session, p: PacketRef, row: &super::page::Row) -> SortKey {
        let Some(order) = &self.args.order else {
            return SortKey::Absent;
        };
        let column = tables::columns_of(TableName::Packets, &self.args.fields)
            .iter()
            .position(|c| c.id == order.column);
        match (order.column.as_str(), column) {
            ("no", _) => SortKey::Number(p.number.into()),
            ("time", _) => SortKey::Number(row.time.map_or(0, |t| t.0).into()),
            ("length", _) => SortKey::Number(session.entry(p).map_or(0, |e| e.wire).into()),
            (_, Some(n)) => row.cells.get(n).map_or(SortKey::Absent, |c| {
                c.parse::<i64>()
                    .map_or_else(|_| SortKey::text(c), |n| SortKey::Number(n.into()))
            }),
            _ => SortKey::Absent,
        }
    }

    /// Rows of a table of facts.
    fn keys(&self, session: &Session, limits: &Limits) -> Vec<Key> {
        let wanted = self.args.text.as_deref().filter(|_| !limits.text);
        let wanted = wanted.map(str::to_lowercase);
        let columns = tables::columns_of(self.args.table, &[]);
        let order = self.args.order.as_ref();
        let column = order.and_then(|o| columns.iter().position(|c| c.id == o.column));
        let mut keyed = Vec::new();
        let taken = self.taken(session);
        for key in tables::keys(session, self.args.table, &self.args.protocols) {
            let Some(row) = tables::row(session, self.args.table, key) else {
                continue;
            };
            if !self.takes_row(session, &row, key, limits, &taken) {
                continue;
            }
            let has = |w: &String| {
                row.cells
                    .iter()
                    .any(|c| c.show().to_lowercase().contains(w.as_str()))
            };
            if !wanted.as_ref().is_none_or(has) {
                continue;
            }
            let sort = column
                .and_then(|n| row.cells.get(n))
                .map_or(SortKey::Absent, SortKey::of);
            keyed.push((sort, key));
        }
        match order {
            Some(o) => sorted(keyed, o.descending),
            None => keyed.into_iter().map(|k| k.1).collect(),
        }
    }

    /// What the filter leaves of rows that stand for many packets.
    fn taken(&self, session: &Session) -> Taken {
        let flows = || self.narrowed.flows(session);
        match self.args.table {
            TableName::Flows => flows().map_or(Taken::ByRecord, Taken::Flows),
            TableName::Hosts => {
                let people = session.people.as_ref();
                let hosts = flows()
                    .zip(people)
                    .map(|(f, (_, p))| p.at_ends(session, &f));
                hosts.map_or(Taken::ByRecord, Taken::Hosts)
            }
            _ => Taken::ByRecord,
        }
    }

    fn takes_row(
        &self,
        session: &Session,
        row: &tables::TableRow,
        key: Key,
        limits: &Limits,
        taken: &Taken,
    ) -> bool {
        let n = &self.narrowed;
        let during = limits.time || {
            let (from, to) = (row.time, row.end.or(row.time));
            n.during(from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX))
        };
        let records = || row.record.into_iter().chain(row.also.iter().copied());
        let in_captures = limits.captures || records().any(|r| n.in_captures(r.capture()));
        let unique = limits.duplicates || !n.unique || !row.duplicate;
        let matches = limits.filter
            || n.matches().is_none()
            || match taken {
                Taken::Flows(flows) => {
                    flows.has(usize::from(key.chain), weir_model::FlowId(key.row))
                }
                // A host stands at the ends of flows, and in packets that belong to none.
                Taken::Hosts(hosts) if hosts.get(key.row as usize).copied().unwrap_or_default() => {
                    true
                }
                Taken::Hosts(_) | Taken::ByRecord => {
                    records().any(|r| n.record_matches(session, r))
                }
            };
        during && in_captures && unique && matches
    }

    /// What the narrowing could not do with rows of flow logs, and what they cannot show.
    fn remark(&self, session: &Session, rows: &Rows) -> Option<String> {
        let captures = || session.loaded().filter(|c| self.narrowed.in_captures(c.id));
        if self.args.table == TableName::Rows {
            let Rows::Keys(keys) = rows else { return None };
            self.narrowed.matches()?;
            let unknown = |k: &&Key| {
                let row = logrows::reference(**k);
                self.narrowed.row_matches(session, row) == Tri::Unknown
            };
            let n = keys.iter().filter(unknown).count();
            return match n {
                0 => None,
                1 => Some("One row stays because flow records do not hold what the filter asks for: it does not apply.".to_owned()),
                n => Some(format!(
                    "{n} rows stay because flow records do not hold what the filter asks for: it does not apply."
                )),
            };
        }
        let alone = captures().next().is_some() && captures().all(|c| c.log.is_some());
        (alone && self.args.table != TableName::Hosts).then(|| {
            let letters: Vec<String> = captures().map(|c| c.id.to_string()).collect();
            format!(
                "{}: {FLOW_RECORDS_ONLY}. There is no payload and no packet to show.",
                letters.join(", ")
            )
        })
    }

    /// With no row left: how many there would be without each single limit.
    fn without(&self, session: &Session) -> Vec<Value> {
        let n = &self.narrowed;
        let mut out = Vec::new();
        let mut limit = |name: &str, on: bool, take: fn(&mut Limits)| {
            if !on {
                return;
            }
            let mut limits = Limits::default();
            take(&mut limits);
            let rows = if self.args.table == TableName::Packets {
                let all = packets::all(session);
                let left = (0..all.len())
                    .filter_map(|row| all.get(row))
                    .filter(|p| n.takes_but(session, *p, &limits))
                    .count();
                if self.args.text.is_some() && !limits.text {
                    return;
                }
                left
            } else {
                self.keys(session, &limits).len()
            };
            out.push(object!({"limit": name, "rows": rows}));
        };
        limit("filter", n.matches().is_some(), |l| l.filter = true);
        limit("time", n.from.is_some() || n.to.is_some(), |l| {
            l.time = true;
        });
        limit("captures", n.captures.is_some(), |l| l.captures = true);
        limit("duplicates", n.unique, |l| l.duplicates = true);
        limit("text", self.args.text.is_some(), |l| l.text = true);
        out
    }

    fn finish(&self, cx: &mut Cx<'_>, rows: Rows) -> Out {
        let count = rows.len();
        let total = match self.args.table {
            TableName::Packets => cx.session.packets(),
            table => tables::keys(cx.session, table, &self.args.protocols).len() as u64,
        };
        let without = if count == 0 {
            self.without(cx.session)
        } else {
            Vec::new()
        };
        let mut columns = tables::columns_of(self.args.table, &self.args.fields);
        if self.args.table == TableName::Hosts && cx.session.logs().next().is_some() {
            let with_logs = |c: &&mut Column| WITH_LOGS.contains(&c.id.as_str());
            for column in columns.iter_mut().filter(with_logs) {
                column.standard = true;
            }
        }
        let remark = self.remark(cx.session, &rows);
        let told = json(&columns);
        let view = cx.views.keep(View {
            asked: format!(
                "{};{};{}",
                cx.session.generation, cx.session.layout, self.asked
            ),
            table: self.args.table,
            columns,
            fields: self.args.fields.clone(),
            rows,
        });
        let plan = match self.args.table {
            TableName::Rows => self.narrowed.matches().map(|_| "the rows".to_owned()),
            _ => self.narrowed.plan(cx.session),
        };
        told.map(|columns| {
            object!({
                "view": view,
                "columns": columns,
                "rows": count,
                "total": total,
                "without": without,
                "plan": plan,
                "remark": remark,
            })
        })
        .into()
    }
}

/// Limits that are looked away from.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    pub(crate) filter: bool,
    pub(crate) time: bool,
    pub(crate) captures: bool,
    pub(crate) duplicates: bool,
    pub(crate) text: bool,
}

impl Op for OpenOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        match &mut self.stage {
            Stage::Filter => {
                if let Some(out) = self.narrowed.step(cx, input, fuel) {
                    return out;
                }
                if self.args.table != TableName::Packets {
                    if self.args.table == TableName::Hosts {
                        cx.session.people();
                    }
                    let keys = self.keys(cx.session, &Limits::default());
                    return self.finish(cx, Rows::Keys(keys));
                }
                let rows = self.packets(cx.session);
                if !self.needs_lines() {
                    let rows = self.ordered(cx.session, rows);
                    return self.finish(cx, Rows::Packets(rows));
                }
                if rows.len() > DESCRIBED {
                    return Out::Failed(SessionError::new(
                        ErrorKind::Limit,
                        format!(
                            "{} packets are too many to be searched or ordered by what their lines say; \
                             narrow to {DESCRIBED} first",
                            rows.len()
                        ),
                    ));
                }
                let list: Vec<PacketRef> = (0..rows.len()).filter_map(|n| rows.get(n)).collect();
                self.stage = Stage::Lines {
                    left: list.into_iter(),
                    batch: Vec::new(),
                    describe: None,
                    kept: Vec::new(),
                };
                Out::More
            }
            Stage::Lines {
                left,
                batch,
                describe,
                ..
            } => {
                if describe.is_none() {
                    *batch = left.by_ref().take(BATCH).collect();
                    if batch.is_empty() {
                        return self.end_lines(cx);
                    }
                    *describe = Some(Describe::new(cx.session, batch, &self.args.fields));
                }
                let Some(job) = describe else {
                    return Out::More;
                };
                if let Some(out) = passed(job.step(cx.session, input, fuel)) {
                    return out;
                }
                self.end_batch(cx.session);
                Out::More
            }
        }
    }
}

impl OpenOp {
    fn end_batch(&mut self, session: &Session) {
        let Stage::Lines {
            batch, describe, ..
        } = &mut self.stage
        else {
            return;
        };
        let (batch, describe) = (std::mem::take(batch), describe.take());
        let wanted = self.args.text.as_ref().map(|t| t.to_lowercase());
        let mut found = Vec::new();
        for packet in batch {
            let line = describe
                .as_ref()
                .map(|d| d.line(packet))
                .unwrap_or_default();
            let Some(row) = packets::row(session, packet, line) else {
                continue;
            };
            let has = |w: &String| {
                row.number.to_string() == *w
                    || row
                        .cells
                        .iter()
                        .any(|c| c.to_lowercase().contains(w.as_str()))
            };
            if wanted.as_ref().is_none_or(has) {
                found.push((self.line_key(session, packet, &row), packet));
            }
        }
        if let Stage::Lines { kept, .. } = &mut self.stage {
            kept.extend(found);
        }
    }

    fn end_lines(&mut self, cx: &mut Cx<'_>) -> Out {
        let Stage::Lines { kept, .. } = &mut self.stage else {
            return Out::More;
        };
        let kept = std::mem::take(kept);
        let list = match &self.args.order {
            Some(o) => sorted(kept, o.descending),
            None => kept.into_iter().map(|k| k.1).collect(),
        };
        self.finish(cx, Rows::Packets(packets::Rows::Some(list)))
    }
}

/// The instant of a limit's text.
pub(crate) fn instant(text: Option<&String>) -> Result<Option<Timestamp>, SessionError> {
    text.map(|t| names::read_time(t)).transpose()
}
