//! The filter box and the funnel: is a text a filter, what can follow, how many packets it takes.

use crate::error::SessionError;
use crate::input::Input;
use crate::job::Job;
use crate::matches::Matches;
use crate::ops::filters::{Narrowed, refused, utf16};
use crate::ops::view::Narrowing;
use crate::ops::{Cx, Op, Out, ProgressRow, json, once, parse, passed};
use crate::scan::Scan;
use crate::schema::schema;
use crate::session::Session;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use std::rc::Rc;
use weir_filter::{ItemKind, Program, about, complete, name_at};
use weir_model::{IndicatorKind, PacketRef, Scope};

/// Values of a field listed in its help.
const WORDS: usize = 100;

#[derive(Deserialize)]
struct CheckArgs {
    text: String,
    caret: usize,
}

/// The byte at a UTF-16 offset.
fn byte_at(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += c.len_utf16();
    }
    text.len()
}

pub(crate) fn check(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: CheckArgs = parse(args)?;
    Ok(once(move |_| checked(&args).into()))
}

fn checked(args: &CheckArgs) -> Result<Value, SessionError> {
    let text = args.text.as_str();
    let caret = byte_at(text, args.caret);
    let program = (!text.trim().is_empty()).then(|| Program::new(text, schema()));
    let error = program.as_ref().and_then(|p| p.as_ref().err()).map(|e| {
        object!({
            "message": e.message,
            "start": utf16(text, e.span.start),
            "end": utf16(text, e.span.end),
            "suggestion": e.suggestions.first(),
        })
    });
    let completion = complete(schema(), text, caret);
    let items: Vec<Value> = completion
        .items
        .iter()
        .map(|i| {
            let kind = match i.kind {
                ItemKind::Protocol => "protocol",
                ItemKind::Field => "field",
                ItemKind::Operator | ItemKind::Word => "operator",
                ItemKind::Value => "value",
                ItemKind::Function => "function",
            };
            object!({"text": i.text, "kind": kind, "title": i.title})
        })
        .collect();
    let explain = name_at(text, caret)
        .and_then(|name| about(schema(), name))
        .map(|a| {
            let values: Vec<Value> = a
                .values
                .iter()
                .take(WORDS)
                .map(|(n, word)| object!({"value": n.to_string(), "word": word}))
                .collect();
            object!({
                "name": a.name,
                "title": a.title,
                "type": a.kind,
                "spec": a.spec,
                "values": values,
                "example": example(&a.name, &a.kind),
            })
        });
    let compiled = program.as_ref().and_then(|p| p.as_ref().ok());
    Ok(object!({
        "ok": error.is_none(),
        "error": error,
        "warning": compiled.and_then(|_| warning(text)),
        "completion": {
            "start": utf16(text, completion.span.start),
            "end": utf16(text, completion.span.end),
            "items": items,
        },
        "explain": explain,
        "plan": compiled.map(Program::explain),
    }))
}

/// A filter with this name, to begin from.
fn example(name: &str, kind: &str) -> String {
    let value = match kind {
        "IPv4 address" => "192.0.2.1",
        "IPv6 address" => "2001:db8::1",
        "hardware address" => "00:00:5e:00:53:01",
        "text" => return format!("{name} contains \"text\""),
        "byte string" => return format!("{name} contains 0d:0a"),
        "truth value" => "True",
        "duration in seconds" => "0.5",
        "time" => "\"2026-03-04T12:00:00Z\"",
        "protocol" | "label" => return name.to_owned(),
        _ => "1",
    };
    format!("{name} == {value}")
}

/// What a filter may be thought to mean and does not.
fn warning(text: &str) -> Option<String> {
    let negated = text.trim_start().strip_prefix('!')?.trim_start();
    let single = !negated.starts_with('(')
        && ["==", " eq ", " contains ", " matches "]
            .iter()
            .any(|op| negated.contains(op));
    single.then(|| {
        "\u{201c}!\u{201d} negates the whole comparison that follows it; write != for \
         \u{201c}no value equals\u{201d}"
            .to_owned()
    })
}

#[derive(Deserialize)]
struct CountsArgs {
    filters: Vec<CountArgs>,
    #[serde(default)]
    narrowing: Option<Narrowing>,
}

#[derive(Deserialize)]
struct CountArgs {
    id: String,
    text: String,
}

#[derive(Serialize)]
struct CountRow {
    id: String,
    packets: u64,
    unique_packets: u64,
    bytes: u64,
    hosts: usize,
    error: Option<String>,
}

struct CountsOp {
    /// Id and the place of its program, or why it has none. An empty filter takes everything.
    asked: Vec<(String, Result<Option<usize>, String>)>,
    narrowed: Narrowed,
    scan: Scan,
    scanned: bool,
}

pub(crate) fn counts(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: CountsArgs = parse(args)?;
    let mut programs = Vec::new();
    let mut asked = Vec::new();
    for f in args.filters {
        let text = f.text.trim();
        let place = if text.is_empty() {
            Ok(None)
        } else {
            match Program::new(text, schema()) {
                Ok(p) => {
                    programs.push(Rc::new(p));
                    Ok(Some(programs.len() - 1))
                }
                Err(e) => Err(refused(text, &e).to_string()),
            }
        };
        asked.push((f.id, place));
    }
    Ok(Box::new(CountsOp {
        asked,
        narrowed: Narrowed::new(&args.narrowing.unwrap_or_default())?,
        scan: Scan::new(&programs, true),
        scanned: programs.is_empty(),
    }))
}

impl CountsOp {
    fn count(&self, session: &Session, id: &str, matches: Option<&Matches>) -> CountRow {
        let mut row = CountRow {
            id: id.to_owned(),
            packets: 0,
            unique_packets: 0,
            bytes: 0,
            hosts: 0,
            error: None,
        };
        let mut hosts = HashSet::with_hasher(FixedState::default());
        for capture in session.loaded() {
            let facts = session
                .chain_of(capture.id)
                .map(crate::session::Chain::facts);
            let mut take = |number: u32| {
                let packet = PacketRef {
                    capture: capture.id,
                    number,
                };
                if !self.narrowed.takes(session, packet) {
                    return;
                }
                let Some(entry) = capture.index.get(number) else {
                    return;
                };
                row.packets += 1;
                row.unique_packets += u64::from(!entry.duplicate);
                row.bytes += u64::from(entry.wire);
                let flow = entry.flow.and_then(|(id, _)| facts?.flow(id));
                hosts.extend(flow.into_iter().flat_map(|f| [f.client.0, f.server.0]));
            };
            match matches {
                Some(m) => m.numbers(capture.id).for_each(&mut take),
                None => (1..=capture.index.len()).for_each(&mut take),
            }
        }
        row.hosts = hosts.len();
        row
    }
}

impl Op for CountsOp {
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
        let all = self.scan.matches();
        let rows: Vec<CountRow> = self
            .asked
            .iter()
            .map(|(id, place)| match place {
                Ok(None) => self.count(cx.session, id, None),
                Ok(Some(n)) => self.count(cx.session, id, all.get(*n).copied()),
                Err(why) => CountRow {
                    id: id.clone(),
                    packets: 0,
                    unique_packets: 0,
                    bytes: 0,
                    hosts: 0,
                    error: Some(why.clone()),
                },
            })
            .collect();
        json(&rows).map(|rows| object!({"counts": rows})).into()
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

/// `ip.addr == 192.0.2.0/24 or …` for the targets; empty where every internal address is meant.
fn targets(scope: &Scope) -> String {
    let one =
        |text: String, v6: bool| format!("{} == {text}", if v6 { "ipv6.addr" } else { "ip.addr" });
    let mut tests: Vec<String> = scope
        .networks
        .iter()
        .map(|n| one(n.to_string(), n.addr().is_ipv6()))
        .chain(scope.hosts.iter().map(|h| one(h.to_string(), h.is_ipv6())))
        .collect();
    if tests.is_empty() {
        return String::new();
    }
    let wanted = std::mem::take(&mut tests).join(" or ");
    let out: Vec<String> = scope
        .exclude
        .iter()
        .map(|e| one(e.clone(), e.contains(':')))
        .collect();
    if out.is_empty() {
        wanted
    } else {
        format!("({wanted}) and not ({})", out.join(" or "))
    }
}

fn window(scope: &Scope) -> String {
    let at = |op: &str, t: weir_model::Timestamp| format!("frame.time {op} \"{}\"", t.rfc3339());
    let tests: Vec<String> = scope
        .window
        .from
        .map(|t| at(">=", t))
        .into_iter()
        .chain(scope.window.to.map(|t| at("<=", t)))
        .collect();
    tests.join(" and ")
}

fn protocols(scope: &Scope) -> String {
    let names: Vec<&str> = scope
        .protocols
        .iter()
        .flat_map(|p| match p.as_str() {
            "ftp" => vec!["ftp", "ftp-data"],
            other => vec![other],
        })
        .collect();
    names.join(" or ")
}

/// The packets that name an indicator or go to its address; none for what is matched on contents.
fn indicator(kind: IndicatorKind, value: &str) -> Option<String> {
    let quoted = weir_filter::quote(value.to_lowercase().as_bytes());
    Some(match kind {
        IndicatorKind::Domain => format!(
            "lower(http.host) contains {quoted} or lower(dns.qry.name) contains {quoted} or \
             lower(tls.handshake.extensions_server_name) contains {quoted}"
        ),
        IndicatorKind::Address if value.contains(':') => format!("ipv6.addr == {value}"),
        IndicatorKind::Address => format!("ip.addr == {value}"),
        IndicatorKind::Url => format!("lower(http.request.full_uri) contains {quoted}"),
        IndicatorKind::Filename => format!(
            "lower(http.request.uri) contains {quoted} or lower(ftp.request.arg) contains {quoted}"
        ),
        IndicatorKind::UserAgent => {
            format!(
                "http.user_agent == {}",
                weir_filter::quote(value.as_bytes())
            )
        }
        _ => return None,
    })
}

/// Names of this build that a filter uses do exist.
fn usable(text: &str) -> bool {
    Program::new(text, schema()).is_ok()
}

/// Those alternatives of `a or b or …` that this build understands.
fn understood(text: &str) -> Option<String> {
    if usable(text) {
        return Some(text.to_owned());
    }
    let parts: Vec<&str> = text.split(" or ").filter(|p| usable(p)).collect();
    (!parts.is_empty()).then(|| parts.join(" or "))
}

fn indicators(scope: &Scope) -> String {
    let tests: Vec<String> = scope
        .indicators
        .iter()
        .filter_map(|i| indicator(i.kind, &i.value))
        .filter_map(|t| understood(&t))
        .collect();
    tests.join(" or ")
}

fn both(a: &str, b: &str) -> String {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.to_owned(),
        (_, true) => a.to_owned(),
        _ => format!("({a}) and ({b})"),
    }
}

#[derive(Deserialize)]
struct FunnelArgs {
    scope: Scope,
    #[serde(default)]
    exclusions: Vec<String>,
}

pub(crate) fn funnel(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: FunnelArgs = parse(args)?;
    let mut stages = vec![object!({"id": "all", "title": "All packets", "filter": ""})];
    let mut so_far = String::new();
    let parts = [
        ("window", "In the window", window(&args.scope)),
        ("targets", "Of the targets", targets(&args.scope)),
        ("protocols", "In the protocols", protocols(&args.scope)),
        ("indicators", "Naming an indicator", indicators(&args.scope)),
    ];
    for (id, title, filter) in parts {
        if filter.is_empty() {
            continue;
        }
        so_far = both(&so_far, &filter);
        stages.push(object!({"id": id, "title": title, "filter": so_far}));
    }
    let out = args.exclusions.join(" or ");
    if !out.is_empty() {
        so_far = if so_far.is_empty() {
            format!("not ({out})")
        } else {
            format!("({so_far}) and not ({out})")
        };
        stages.push(object!({"id": "exclusions", "title": "Without the noise", "filter": so_far}));
    }
    Ok(once(move |_| Ok(object!({"stages": stages})).into()))
}

/// Group, title, why, filter: what analysts ask first.
const STANDARD: &[(&str, &str, &str, &str)] = &[
    (
        "standard",
        "Web requests",
        "what was asked of web servers",
        "http.request",
    ),
    (
        "standard",
        "File transfer commands",
        "who put or got files over FTP",
        "ftp.request.command in {\"RETR\", \"STOR\", \"STOU\", \"APPE\"}",
    ),
    (
        "standard",
        "Names asked for",
        "which names hosts looked up",
        "dns.flags.response == 0",
    ),
    (
        "standard",
        "Names of TLS servers",
        "where encrypted connections went by name",
        "tls.handshake.extensions_server_name",
    ),
    (
        "standard",
        "New connections",
        "who opened a connection to whom",
        "tcp.flags.syn == 1 and tcp.flags.ack == 0",
    ),
    (
        "patterns",
        "Failed look-ups",
        "names that do not exist: typing, search suffixes, generated names",
        "dns.flags.rcode != 0",
    ),
    (
        "patterns",
        "Uploads",
        "content that left by web request",
        "http.request.method in {\"POST\", \"PUT\"}",
    ),
    (
        "patterns",
        "Web errors",
        "requests that servers refused",
        "http.response.code >= 400",
    ),
    (
        "patterns",
        "Passwords in clear",
        "logins that anybody on the way can read",
        "ftp.request.command == \"PASS\" or http.authbasic",
    ),
    (
        "patterns",
        "Reset connections",
        "connections that were refused or torn down",
        "tcp.flags.reset == 1",
    ),
    ("noise", "Address resolution", "every network has it", "arp"),
    (
        "noise",
        "Announcements and discovery",
        "names and services told to everybody near",
        "mdns or llmnr or nbns",
    ),
    (
        "noise",
        "Address leases",
        "hosts getting their addresses",
        "dhcp",
    ),
];

#[derive(Deserialize)]
struct ScopeArgs {
    scope: Scope,
}

pub(crate) fn proposals(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: ScopeArgs = parse(args)?;
    let mut out = Vec::new();
    let mut add =
        |group: &str, title: &str, why: &str, filter: &str| {
            let known = understood(filter).filter(|f| !f.is_empty());
            out.extend(known.map(
                |filter| object!({"group": group, "title": title, "why": why, "filter": filter}),
            ));
        };
    let scope = &args.scope;
    add(
        "scope",
        "The window",
        "the time the scope names",
        &window(scope),
    );
    add(
        "scope",
        "The targets",
        "the networks and hosts of the scope",
        &targets(scope),
    );
    add(
        "scope",
        "The protocols",
        "the protocols of the scope",
        &protocols(scope),
    );
    for i in &scope.indicators {
        if let Some(filter) = indicator(i.kind, &i.value) {
            add(
                "scope",
                &i.value,
                "packets that name this indicator",
                &filter,
            );
        }
    }
    for (group, title, why, filter) in STANDARD {
        add(group, title, why, filter);
    }
    Ok(once(move |_| Ok(object!({"proposals": out})).into()))
}
