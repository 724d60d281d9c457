//! Statistics for page and terminal: rows of the tables, each with the filter that shows its packets.

use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::job::Job;
use crate::matches::Matches;
use crate::ops::filters::{Narrowed, refused};
use crate::ops::reply::LimitRow;
use crate::ops::view::{Narrowing, time};
use crate::ops::{Cx, Op, Out, ProgressRow, json, names, parse, passed};
use crate::scan::Scan;
use crate::schema::schema;
use crate::session::Session;
use crate::statistics::{Statistics, Tables, Talk, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use std::cmp::Reverse;
use std::rc::Rc;
use weir_analyze::statistics::{Conversation, End, Endpoint, Expert, Service};
use weir_filter::{Program, quote};
use weir_model::{Duration, PacketRef};

/// Rows given where nobody says how many.
const ROWS: usize = 10_000;
/// Intervals at most: a day in seconds, and then some.
const INTERVALS: usize = 100_000;
/// Series of one question.
const SERIES: usize = 16;

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    narrowing: Narrowing,
    /// `eth`, `ip`, `ipv6`, `tcp`, `udp`.
    #[serde(default, rename = "type")]
    talk: Option<String>,
    /// Rows at most, those with most bytes.
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Clone, Copy)]
enum Table {
    Hierarchy,
    Conversations(Talk),
    Experts,
    Responses,
}

struct StatisticsOp {
    table: Table,
    limit: usize,
    narrowed: Narrowed,
    job: Option<Statistics>,
}

fn start(args: Args, table: Table, wanted: Wanted) -> Result<Box<dyn Op>, SessionError> {
    Ok(Box::new(StatisticsOp {
        table,
        limit: args.limit.unwrap_or(ROWS),
        narrowed: Narrowed::new(&args.narrowing)?,
        // Made anew with the packets that are left when the filter has run.
        job: Some(Statistics::new(wanted, None)),
    }))
}

pub(crate) fn hierarchy(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let wanted = Wanted {
        hierarchy: true,
        ..Wanted::default()
    };
    start(parse(args)?, Table::Hierarchy, wanted)
}

pub(crate) fn conversations(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    let name = args.talk.as_deref().unwrap_or("ip");
    let Some(talk) = Talk::named(name) else {
        let message = format!("\u{201c}{name}\u{201d} is none of eth, ip, ipv6, tcp, udp");
        return Err(SessionError::new(ErrorKind::Request, message));
    };
    let wanted = Wanted {
        talk: vec![talk],
        ..Wanted::default()
    };
    start(args, Table::Conversations(talk), wanted)
}

pub(crate) fn experts(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let wanted = Wanted {
        experts: true,
        ..Wanted::default()
    };
    start(parse(args)?, Table::Experts, wanted)
}

pub(crate) fn responses(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let wanted = Wanted {
        responses: true,
        ..Wanted::default()
    };
    start(parse(args)?, Table::Responses, wanted)
}

/// The packets within a narrowing; `None` where all are.
fn among(session: &Session, narrowed: &Narrowed) -> Option<Rc<Matches>> {
    if narrowed.is_open() {
        return None;
    }
    let mut out = Matches::default();
    for capture in session.loaded() {
        for number in 1..=capture.index.len() {
            let packet = PacketRef {
                capture: capture.id,
                number,
            };
            if narrowed.takes(session, packet) {
                out.add(packet);
            }
        }
    }
    Some(Rc::new(out))
}

#[derive(Serialize)]
struct LevelRow {
    depth: usize,
    name: &'static str,
    title: &'static str,
    packets: u64,
    bytes: u64,
    end_packets: u64,
    end_bytes: u64,
    filter: String,
}

#[derive(Serialize)]
struct ConversationRow {
    a: String,
    a_port: Option<u16>,
    b: String,
    b_port: Option<u16>,
    /// `A:tcp:17`.
    flow: Option<String>,
    packets_ab: u64,
    bytes_ab: u64,
    packets_ba: u64,
    bytes_ba: u64,
    first: String,
    begun: String,
    seconds: f64,
    filter: String,
}

#[derive(Serialize)]
struct EndpointRow {
    address: String,
    port: Option<u16>,
    conversations: u64,
    packets_out: u64,
    bytes_out: u64,
    packets_in: u64,
    bytes_in: u64,
    first: String,
    filter: String,
}

#[derive(Serialize)]
struct ExpertRow {
    severity: &'static str,
    group: String,
    protocol: String,
    message: String,
    count: u64,
    first: String,
    filter: String,
}

#[derive(Serialize)]
struct ServiceRow {
    protocol: &'static str,
    procedure: String,
    count: u64,
    min_s: f64,
    mean_s: f64,
    max_s: f64,
    slowest: String,
    filter: String,
}

/// `eth.addr == …`, `tcp.port == 80 and ip.addr == …`.
fn one_end(talk: Talk, end: &End) -> String {
    let address = end.address();
    let ip = if address.contains(':') { "ipv6" } else { "ip" };
    match (talk, end.port()) {
        (Talk::Ethernet, _) => format!("eth.addr == {address}"),
        (_, Some(port)) => format!("{ip}.addr == {address} and {}.port == {port}", talk.name()),
        (_, None) => format!("{ip}.addr == {address}"),
    }
}

fn conversation(c: &Conversation, talk: Talk) -> ConversationRow {
    let filter = match c.stream {
        Some((_, n)) => format!("{}.stream == {n}", talk.name()),
        None => format!("{} and {}", one_end(talk, &c.a), one_end(talk, &c.b)),
    };
    ConversationRow {
        a: c.a.address(),
        a_port: c.a.port(),
        b: c.b.address(),
        b_port: c.b.port(),
        flow: c
            .stream
            .map(|(capture, n)| format!("{capture}:{}:{n}", talk.name())),
        packets_ab: c.packets[0],
        bytes_ab: c.bytes[0],
        packets_ba: c.packets[1],
        bytes_ba: c.bytes[1],
        first: names::packet(c.first),
        begun: c.begun.epoch(),
        seconds: c.ended.since(c.begun).as_secs(),
        filter,
    }
}

fn endpoint(e: &Endpoint, talk: Talk) -> EndpointRow {
    EndpointRow {
        address: e.end.address(),
        port: e.end.port(),
        conversations: e.conversations,
        packets_out: e.packets[0],
        bytes_out: e.bytes[0],
        packets_in: e.packets[1],
        bytes_in: e.bytes[1],
        first: names::packet(e.first),
        filter: one_end(talk, &e.end),
    }
}

fn expert(e: &Expert) -> ExpertRow {
    let filter = if e.group == "Comment" {
        String::new()
    } else {
        format!("_ws.expert.message == {}", quote(e.message.as_bytes()))
    };
    ExpertRow {
        severity: e.severity,
        group: e.group.clone(),
        protocol: e.protocol.clone(),
        message: e.message.clone(),
        count: e.count,
        first: names::packet(e.first),
        filter,
    }
}

fn service(s: &Service) -> ServiceRow {
    ServiceRow {
        protocol: s.protocol,
        procedure: s.procedure.clone(),
        count: s.count,
        min_s: s.min.as_secs(),
        mean_s: s.mean().as_secs(),
        max_s: s.max.as_secs(),
        slowest: names::packet(s.slowest),
        filter: format!("{}.time", s.protocol),
    }
}

fn limits(tables: &Tables) -> Vec<LimitRow> {
    let row = |(kind, count): (&'static weir_model::LimitKind, u64)| LimitRow {
        id: kind.id,
        says: kind.says,
        bound: kind.bound,
        unit: kind.unit,
        count,
        first: None,
    };
    tables.limits().into_iter().map(row).collect()
}

impl StatisticsOp {
    fn result(&self, tables: &Tables) -> Result<Value, SessionError> {
        let limits = json(&limits(tables))?;
        Ok(match self.table {
            Table::Hierarchy => {
                let rows: Vec<LevelRow> = tables
                    .hierarchy
                    .levels()
                    .iter()
                    .map(|l| LevelRow {
                        depth: l.depth(),
                        name: l.name(),
                        title: l.title(),
                        packets: l.packets,
                        bytes: l.bytes,
                        end_packets: l.end_packets,
                        end_bytes: l.end_bytes,
                        filter: l.name().to_owned(),
                    })
                    .collect();
                object!({"rows": json(&rows)?, "of": rows.len(), "limits": limits})
            }
            Table::Conversations(talk) => {
                let pairs = tables.pairs(talk);
                let mut rows: Vec<&Conversation> = pairs.rows().iter().collect();
                rows.sort_by_key(|c| Reverse(c.bytes[0].saturating_add(c.bytes[1])));
                rows.truncate(self.limit);
                let rows: Vec<_> = rows.into_iter().map(|c| conversation(c, talk)).collect();
                let mut ends = pairs.endpoints();
                let of = ends.len();
                ends.sort_by_key(|e| Reverse(e.bytes[0].saturating_add(e.bytes[1])));
                ends.truncate(self.limit);
                let ends: Vec<_> = ends.iter().map(|e| endpoint(e, talk)).collect();
                object!({
                    "rows": json(&rows)?,
                    "of": pairs.rows().len(),
                    "endpoints": json(&ends)?,
                    "of_endpoints": of,
                    "limits": limits,
                })
            }
            Table::Experts => {
                let loud = ["Error", "Warning", "Note", "Chat"];
                let mut rows: Vec<&Expert> = tables.experts.rows().iter().collect();
                let of = rows.len();
                rows.sort_by_key(|e| {
                    let severity = loud.iter().position(|s| *s == e.severity);
                    (severity.unwrap_or(loud.len()), Reverse(e.count))
                });
                rows.truncate(self.limit);
                let rows: Vec<_> = rows.into_iter().map(expert).collect();
                object!({"rows": json(&rows)?, "of": of, "limits": limits})
            }
            Table::Responses => {
                let rows: Vec<_> = tables.responses.rows().map(service).collect();
                object!({"rows": json(&rows)?, "of": rows.len(), "limits": limits})
            }
        })
    }
}

impl Op for StatisticsOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = self.narrowed.step(cx, input, fuel) {
            return out;
        }
        let Some(job) = &mut self.job else {
            return Out::Done(Value::Null.into());
        };
        if !job.is_begun() {
            job.narrow(among(cx.session, &self.narrowed));
        }
        if let Some(out) = passed(job.step(cx.session, input, fuel)) {
            return out;
        }
        let tables = self.job.take().map(Statistics::tables).unwrap_or_default();
        self.result(&tables).into()
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let p = self.job.as_ref()?.progress(session)?;
        Some(ProgressRow {
            phase: p.phase,
            done: p.done,
            of: p.of,
            unit: p.unit,
            captures: Vec::new(),
        })
    }
}

#[derive(Deserialize)]
struct IoArgs {
    #[serde(default)]
    narrowing: Narrowing,
    /// Seconds of an interval.
    interval_s: f64,
    /// A display filter each; an empty one takes every packet.
    #[serde(default)]
    series: Vec<String>,
}

struct IoOp {
    narrowed: Narrowed,
    interval: i128,
    /// Each with the place of its program.
    series: Vec<(String, Option<usize>)>,
    scan: Scan,
    scanned: bool,
}

/// Packets and bytes in intervals from the first packet on, for each filter: `tshark -z io,stat`.
pub(crate) fn io(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: IoArgs = parse(args)?;
    let refuse = |why: &str| Err(SessionError::new(ErrorKind::Request, why));
    #[allow(clippy::cast_possible_truncation)]
    let interval = (args.interval_s * 1e9) as i128;
    if interval < 1 {
        return refuse("an interval is longer than nothing");
    }
    if args.series.len() > SERIES {
        return refuse("at most 16 series are counted at a time");
    }
    let mut asked = args.series;
    if asked.is_empty() {
        asked.push(String::new());
    }
    let mut programs = Vec::new();
    let mut series = Vec::new();
    for text in asked {
        let filter = text.trim();
        let place = if filter.is_empty() {
            None
        } else {
            let program = Program::new(filter, schema()).map_err(|e| refused(filter, &e))?;
            programs.push(Rc::new(program));
            Some(programs.len() - 1)
        };
        series.push((text, place));
    }
    Ok(Box::new(IoOp {
        narrowed: Narrowed::new(&args.narrowing)?,
        interval,
        series,
        scanned: programs.is_empty(),
        scan: Scan::new(&programs, true),
    }))
}

impl IoOp {
    fn result(&self, session: &Session) -> Result<Value, SessionError> {
        let spans = session.loaded().filter_map(|c| {
            Some((
                c.facts.earliest?.plus(c.offset),
                c.facts.latest?.plus(c.offset),
            ))
        });
        let spans: Vec<_> = spans.collect();
        let ends = (
            spans.iter().map(|s| s.0).min(),
            spans.iter().map(|s| s.1).max(),
        );
        let (Some(from), Some(to)) = ends else {
            return Err(SessionError::new(
                ErrorKind::Request,
                "no packet with a time is loaded",
            ));
        };
        let place = |at: weir_model::Timestamp| {
            let past = i128::from(at.0) - i128::from(from.0);
            usize::try_from(past.max(0) / self.interval).unwrap_or(usize::MAX)
        };
        let count = place(to).saturating_add(1);
        if count > INTERVALS {
            let span = i128::from(to.0) - i128::from(from.0);
            let least = span / INTERVALS as i128 / 1_000_000_000 + 1;
            return Err(SessionError::new(
                ErrorKind::Limit,
                format!(
                    "that is more than {INTERVALS} intervals; take {least} seconds or longer ones"
                ),
            ));
        }
        let all = self.scan.matches();
        let mut packets = vec![vec![0u64; count]; self.series.len()];
        let mut bytes = packets.clone();
        for capture in session.loaded() {
            for entry in capture.index.iter().filter(|e| e.record.is_none()) {
                let packet = PacketRef {
                    capture: capture.id,
                    number: entry.number,
                };
                if !self.narrowed.takes(session, packet) {
                    continue;
                }
                let n = place(time(session, packet, &entry));
                for (s, (_, program)) in self.series.iter().enumerate() {
                    let matches = program.map(|p| all.get(p));
                    if matches.is_some_and(|m| !m.is_some_and(|m| m.has(packet))) {
                        continue;
                    }
                    let slots = packets.get_mut(s).and_then(|p| p.get_mut(n));
                    if let Some(slot) = slots {
                        *slot += 1;
                    }
                    if let Some(slot) = bytes.get_mut(s).and_then(|b| b.get_mut(n)) {
                        *slot += u64::from(entry.wire);
                    }
                }
            }
        }
        let series = self.series.iter().zip(packets.iter().zip(&bytes));
        let series: Vec<Value> = series
            .map(|((text, _), (packets, bytes))| {
                object!({"filter": text, "packets": packets, "bytes": bytes})
            })
            .collect();
        let interval = Duration(i64::try_from(self.interval).unwrap_or(i64::MAX));
        Ok(object!({
            "from": from.epoch(),
            "to": to.epoch(),
            "interval_s": interval.as_secs(),
            "series": series,
        }))
    }
}

impl Op for IoOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = self.narrowed.step(cx, input, fuel) {
            return out;
        }
        if !self.scanned {
            if let Some(out) = passed(self.scan.step(cx.session, input, fuel)) {
                return out;
            }
            self.scanned = true;
        }
        self.result(cx.session).into()
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let p = self.scan.progress(session)?;
        Some(ProgressRow {
            phase: p.phase,
            done: p.done,
            of: p.of,
            unit: p.unit,
            captures: Vec::new(),
        })
    }
}
