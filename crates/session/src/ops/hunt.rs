//! Looking around without a suspicion: ways in, bridges, who talks with whom inside, what is rare, and the checklist.

use crate::error::{ErrorKind, SessionError};
use crate::input::Input;
use crate::judge::Judging;
use crate::ops::findings::Allowed;
use crate::ops::{Cx, Op, Out, ProgressRow, analysing, names, once, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::net::IpAddr;
use weir_analyze::allow::{Rule, allowed};
use weir_analyze::checklist::{self, Checklist, lines_at, lines_of, of_detection};
use weir_analyze::crossings::{
    Bridges, Crossing, EastWest, Look, MANY_CROSSINGS, Pair, Survey, Walk, WaysIn,
};
use weir_analyze::detections::{Finding, Findings};
use weir_analyze::environment::{Environment, HostId};
use weir_analyze::stack::{Once, SeenOnce, Source, Stack, Value as Stacked, columns};
use weir_dissect::Transport;
use weir_model::{Scope, is_internal};

/// Rows given where nobody says how many.
const ROWS: usize = 1000;
/// Addresses named of several.
const SOME: usize = 6;
/// Findings named on a line of the checklist; the rest are counted.
const FINDINGS: usize = 12;

#[derive(Deserialize)]
struct Args {
    /// Rows at most.
    #[serde(default)]
    limit: Option<usize>,
}

type Give<S> = fn(S, &Look<'_>, usize) -> Value;

struct Crossings<S> {
    walk: Walk,
    survey: Option<S>,
    limit: usize,
    give: Give<S>,
}

fn crossings<S: Survey + Default + 'static>(
    args: Value,
    give: Give<S>,
) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(Box::new(Crossings {
        walk: Walk::default(),
        survey: Some(S::default()),
        limit: args.limit.unwrap_or(ROWS),
        give,
    }))
}

impl<S: Survey> Op for Crossings<S> {
    fn step(&mut self, cx: &mut Cx<'_>, _: &mut Input, fuel: u32) -> Out {
        let people = cx.session.people();
        let env = &people.environment;
        let out = cx.session.conclude(|input| {
            let look = Look { input, env };
            let survey = self.survey.as_mut()?;
            if !self.walk.step(survey, &look, fuel) {
                return None;
            }
            let survey = self.survey.take()?;
            Some((self.give)(survey, &look, self.limit))
        });
        out.map_or(Out::More, |v| Out::Done(v.into()))
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        Some(analysing(
            session.conclude(|input| self.walk.progress(input)),
            "conversations",
        ))
    }
}

fn named(env: &Environment, id: Option<HostId>) -> Option<String> {
    let host = id.and_then(|id| env.host(id))?;
    host.name().map(|n| n.text.clone())
}

/// The network of an address in a word.
fn network(ip: IpAddr) -> String {
    match ip {
        _ if !is_internal(ip) => "outside".to_owned(),
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            let net = std::net::Ipv6Addr::from([a, b, c, d, 0, 0, 0, 0]);
            format!("{net}/64")
        }
    }
}

fn way(row: &Crossing) -> &'static str {
    match (is_internal(row.client), is_internal(row.server)) {
        (true, true) if network(row.client) == network(row.server) => "inside one network",
        (true, true) => "between our networks",
        (true, false) => "out",
        (false, true) => "in",
        (false, false) => "outside",
    }
}

fn filter(row: &Crossing) -> String {
    let address = |ip: IpAddr| match ip {
        IpAddr::V4(v4) => format!("ip.addr == {v4}"),
        IpAddr::V6(v6) => format!("ipv6.addr == {v6}"),
    };
    let port = format!("{}.port == {}", row.transport.name(), row.port);
    let one = (row.clients.len() < 2).then(|| address(row.client));
    let parts = one.into_iter().chain([address(row.server), port]);
    parts.collect::<Vec<_>>().join(" && ")
}

fn crossing(row: &Crossing, env: &Environment) -> Value {
    let transport: Transport = row.transport;
    let some: Vec<String> = row
        .clients
        .iter()
        .take(SOME)
        .map(IpAddr::to_string)
        .collect();
    object!({
        "kind": row.kind,
        "by": row.by.word(),
        "client": row.client.to_string(),
        "client_name": named(env, row.client_host),
        "server": row.server.to_string(),
        "server_name": named(env, row.server_host),
        "service": format!("{}/{}", row.port, transport.name()),
        "from": network(row.client),
        "to": network(row.server),
        "way": way(row),
        "clients": some,
        "of_clients": row.clients.len(),
        "flows": row.flows,
        "answered": row.answered,
        "sent": row.bytes[0],
        "received": row.bytes[1],
        "first": row.first.epoch(),
        "last": row.last.epoch(),
        "evidence": row.packets.iter().map(|p| names::evidence(*p)).collect::<Vec<_>>(),
        "says": row.says,
        "filter": filter(row),
    })
}

/// Rows within the limit, how many there are, and what there is to know.
fn table(rows: &[Crossing], says: Vec<String>, env: &Environment, limit: usize) -> Value {
    let shown: Vec<Value> = rows.iter().take(limit).map(|r| crossing(r, env)).collect();
    object!({"rows": shown, "of": rows.len(), "says": says, "bound": MANY_CROSSINGS.bound})
}

pub(crate) fn ways_in(args: Value) -> Result<Box<dyn Op>, SessionError> {
    crossings(args, |survey: WaysIn, look, limit| {
        let (rows, says) = survey.finish(look);
        table(&rows, says, look.env, limit)
    })
}

pub(crate) fn bridges(args: Value) -> Result<Box<dyn Op>, SessionError> {
    crossings(args, |survey: Bridges, look, limit| {
        let (rows, carried, says) = survey.finish(look);
        let mut out = table(&rows, says, look.env, limit);
        let carried: Vec<Value> = carried
            .iter()
            .map(|c| object!({"title": c.title, "filter": c.filter, "packets": c.packets, "bytes": c.bytes}))
            .collect();
        if let Some(members) = out.as_object_mut() {
            members.insert("carried".to_owned(), object!(carried));
        }
        out
    })
}

pub(crate) fn east_west(args: Value) -> Result<Box<dyn Op>, SessionError> {
    crossings(args, |survey: EastWest, look, limit| {
        let inside = survey.finish(look);
        let pair = |p: &Pair| {
            let mut out = crossing(&p.row, look.env);
            if let Some(members) = out.as_object_mut() {
                members.insert("peers".to_owned(), object!(p.peers));
                members.insert("admin".to_owned(), object!(p.admin));
                members.insert("users".to_owned(), object!(p.users));
            }
            out
        };
        let hosts: Vec<Value> = inside
            .hosts
            .iter()
            .map(|id| {
                let host = look.env.host(*id);
                let address = host.and_then(|h| h.address()).map(|ip| ip.to_string());
                object!({"host": address, "name": named(look.env, Some(*id))})
            })
            .collect();
        let cells: Vec<Value> = inside
            .cells
            .iter()
            .map(|c| {
                object!({
                    "client": c.client,
                    "server": c.server,
                    "flows": c.flows,
                    "services": c.services,
                    "admin": c.admin,
                    "users": c.users,
                })
            })
            .collect();
        object!({
            "rows": inside.pairs.iter().take(limit).map(pair).collect::<Vec<_>>(),
            "of": inside.pairs.len(),
            "hosts": hosts,
            "of_hosts": inside.of_hosts,
            "cells": cells,
            "says": inside.says,
            "bound": MANY_CROSSINGS.bound,
        })
    })
}

fn stacked(v: &Stacked, counted: u64, env: &Environment) -> Value {
    let hosts: Vec<String> = v
        .hosts
        .iter()
        .filter_map(|id| env.host(*id)?.address())
        .take(SOME)
        .map(|ip| ip.to_string())
        .collect();
    #[allow(clippy::cast_precision_loss)]
    let share = if counted == 0 {
        0.0
    } else {
        v.count as f64 / counted as f64
    };
    object!({
        "value": v.text,
        "count": v.count,
        "share": share,
        "hosts": hosts,
        "of_hosts": v.hosts.len(),
        "evidence": v.packets.iter().map(|p| names::evidence(*p)).collect::<Vec<_>>(),
        "first": v.first.epoch(),
    })
}

#[derive(Deserialize)]
struct StackArgs {
    column: String,
    #[serde(default)]
    limit: Option<usize>,
}

struct StackOp {
    args: StackArgs,
    stack: Option<Stack>,
}

pub(crate) fn stack(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: StackArgs = parse(args)?;
    Ok(Box::new(StackOp { args, stack: None }))
}

impl Op for StackOp {
    fn step(&mut self, cx: &mut Cx<'_>, _: &mut Input, fuel: u32) -> Out {
        let people = cx.session.people();
        let env = &people.environment;
        let limit = self.args.limit.unwrap_or(ROWS);
        let column = &self.args.column;
        let slot = &mut self.stack;
        cx.session.conclude(|input| {
            if slot.is_none() {
                match Source::named(input, column) {
                    Ok(source) => *slot = Some(Stack::new(source)),
                    Err(why) => return Out::Failed(SessionError::new(ErrorKind::Request, why)),
                }
            }
            let look = Look { input, env };
            let done = slot
                .as_mut()
                .is_none_or(|s| s.step(&look, &mut fuel.max(1)));
            let Some(all) = slot.take_if(|_| done).map(Stack::finish) else {
                return Out::More;
            };
            let rows: Vec<Value> = all
                .values
                .iter()
                .take(limit)
                .map(|v| stacked(v, all.counted, env))
                .collect();
            Out::Done(
                object!({
                    "column": column,
                    "rows": rows,
                    "of": all.values.len(),
                    "counted": all.counted,
                    "absent": all.absent,
                    "beyond": all.beyond,
                })
                .into(),
            )
        })
    }
}

pub(crate) fn stack_columns() -> Box<dyn Op> {
    once(|cx| {
        let all = cx.session.conclude(columns);
        let rows: Vec<Value> = all
            .iter()
            .map(|c| object!({"id": c.id, "title": c.title, "rows": c.rows}))
            .collect();
        Ok(object!({ "columns": rows })).into()
    })
}

#[derive(Default)]
struct SeenOnceOp(Option<SeenOnce>);

pub(crate) fn seen_once() -> Box<dyn Op> {
    Box::new(SeenOnceOp::default())
}

impl Op for SeenOnceOp {
    fn step(&mut self, cx: &mut Cx<'_>, _: &mut Input, fuel: u32) -> Out {
        let people = cx.session.people();
        let env = &people.environment;
        let slot = &mut self.0;
        cx.session.conclude(|input| {
            let look = Look { input, env };
            let all = slot.get_or_insert_with(|| SeenOnce::new(input));
            if !all.step(&look, fuel) {
                return Out::More;
            }
            let Some((rows, beyond, says)) = slot.take().map(SeenOnce::finish) else {
                return Out::More;
            };
            let row = |o: &Once| {
                let mut out = stacked(&o.value, o.counted, env);
                if let Some(members) = out.as_object_mut() {
                    members.insert("column".to_owned(), object!(o.column));
                    members.insert("title".to_owned(), object!(o.title));
                    members.insert("counted".to_owned(), object!(o.counted));
                    members.insert("once".to_owned(), object!(o.once));
                }
                out
            };
            let of = rows.len() + beyond;
            let rows: Vec<Value> = rows.iter().map(row).collect();
            Out::Done(object!({"rows": rows, "of": of, "says": says}).into())
        })
    }

    fn progress(&self, _: &Session) -> Option<ProgressRow> {
        Some(analysing(self.0.as_ref()?.progress(), "columns"))
    }
}

#[derive(Deserialize)]
struct ChecklistArgs {
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    allow: Vec<Allowed>,
}

struct ChecklistOp {
    scope: Option<Scope>,
    allow: Vec<Rule>,
    list: Option<Checklist>,
    rows: Vec<checklist::Row>,
    judging: Judging,
}

pub(crate) fn checklist(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: ChecklistArgs = parse(args)?;
    let rules = args.allow.into_iter().map(Rule::from);
    Ok(Box::new(ChecklistOp {
        scope: args.scope,
        allow: rules.filter(|r| *r != Rule::default()).collect(),
        list: Some(Checklist::default()),
        rows: Vec::new(),
        judging: Judging::default(),
    }))
}

impl ChecklistOp {
    fn reply(&self, cx: &mut Cx<'_>, found: &Findings) -> Value {
        let people = cx.session.people();
        let fits = allowed(&found.rows, &self.allow, &people.environment);
        let servers = found.rows.iter().filter_map(|f| f.dst.zip(f.dport));
        let servers = servers.collect();
        let at = cx.session.conclude(|input| lines_at(input, &servers));
        let counted: Vec<(&Finding, Vec<&str>)> = found
            .rows
            .iter()
            .zip(&fits)
            .filter(|(_, by)| by.is_none())
            .map(|(f, _)| (f, lines_of(f, &at)))
            .collect();
        let line = |row: &checklist::Row| {
            let here = |detection: &str| of_detection(detection).contains(&row.group.id);
            let mine: Vec<Value> = counted
                .iter()
                .filter(|(_, lines)| lines.contains(&row.group.id))
                .map(
                    |(f, _)| object!({"id": f.id, "title": f.title, "severity": f.severity.word()}),
                )
                .collect();
            let checks: Vec<Value> = found
                .checked
                .iter()
                .filter(|c| c.found == 0 && here(c.detection))
                .map(|c| object!({"detection": c.detection, "says": c.says}))
                .collect();
            let normal: Vec<Value> = row
                .normal
                .iter()
                .map(|n| {
                    object!({
                        "what": n.what,
                        "column": n.column,
                        "values": n.values,
                        "different": n.different,
                        "of": n.of,
                    })
                })
                .collect();
            let unread: Vec<Value> = row
                .unread
                .iter()
                .map(|u| object!({"why": u.why, "flows": u.flows, "packets": u.packets}))
                .collect();
            object!({
                "id": row.group.id,
                "title": row.group.title,
                "look": row.group.look,
                "filter": row.group.filter,
                "flows": row.flows,
                "answered": row.answered,
                "packets": row.packets,
                "bytes": row.bytes,
                "hosts": row.hosts,
                "servers": row.servers,
                "normal": normal,
                "unread": unread,
                "unread_packets": row.unread_packets(),
                "of_findings": mine.len(),
                "findings": mine.into_iter().take(FINDINGS).collect::<Vec<_>>(),
                "checks": checks,
            })
        };
        let rows: Vec<Value> = self.rows.iter().map(line).collect();
        object!({ "rows": rows, "packets": cx.session.packets() })
    }
}

impl Op for ChecklistOp {
    fn step(&mut self, cx: &mut Cx<'_>, _: &mut Input, fuel: u32) -> Out {
        if self.list.is_none() {
            let found = self.judging.step(cx.session, self.scope.as_ref(), fuel);
            return found.map_or(Out::More, |f| Out::Done(self.reply(cx, &f).into()));
        }
        let people = cx.session.people();
        let env = &people.environment;
        let slot = &mut self.list;
        let done = cx.session.conclude(|input| {
            let look = Look { input, env };
            let done = slot.as_mut().is_none_or(|l| l.step(&look, fuel));
            slot.take_if(|_| done).map(|l| l.finish(input))
        });
        if let Some(rows) = done {
            self.rows = rows;
        }
        Out::More
    }

    fn progress(&self, session: &Session) -> Option<ProgressRow> {
        let Some(list) = self.list.as_ref() else {
            return Some(analysing(self.judging.progress(), "checks"));
        };
        Some(analysing(
            session.conclude(|input| list.progress(input)),
            "conversations",
        ))
    }
}
