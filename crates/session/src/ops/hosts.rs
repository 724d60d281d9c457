//! Hosts with what they sent and got: the inventory's rows, one host's card, targets worth naming.

use crate::error::{ErrorKind, SessionError};
use crate::ops::filters::FlowSet;
use crate::ops::view::TableRow;
use crate::ops::{Cx, Op, names, once, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;
use weir_analyze::LogInput;
use weir_analyze::environment::{Environment, Host, HostId, Role, Service};
use weir_dissect::facts::Cell;
use weir_dissect::protocols::dns;
use weir_dissect::registry;
use weir_import::{FLOW_RECORDS_ONLY, FlowRow};
use weir_model::{IndicatorKind, PacketRef, RecordRef, RowRef, Scope, is_internal};

/// Peers of one host that are told apart.
const PEERS: usize = 65_536;
/// Suggestions of each kind.
const SUGGESTED: usize = 12;

/// What a host sent and got.
#[derive(Clone, Default)]
pub(crate) struct Totals {
    packets: u64,
    sent: u64,
    received: u64,
    peers: BTreeSet<IpAddr>,
}

/// Everybody, and what each sent and got.
pub(crate) struct People {
    pub(crate) environment: Environment,
    totals: Vec<Totals>,
}

/// Adds a row to its ends, where they are known from flow records only: figures of packets are of packets.
fn logged(
    environment: &Environment,
    totals: &mut [Totals],
    (place, log): (usize, &LogInput<'_>),
    row: &FlowRow,
) {
    let packets = [row.originator_packets, row.responder_packets].map(Option::unwrap_or_default);
    let bytes = [row.originator_bytes, row.responder_bytes].map(Option::unwrap_or_default);
    let (a, b) = (row.originator.ip, row.responder.ip);
    for (me, other, way) in [(a, b, 0), (b, a, 1)] {
        let id = environment.at(place, me, log.begun(row));
        let only = |id: &HostId| {
            environment
                .host(*id)
                .is_some_and(|h| seen(h) == FLOW_RECORDS_ONLY)
        };
        let Some(t) = id.filter(only).and_then(|id| totals.get_mut(id.0 as usize)) else {
            continue;
        };
        t.packets = t
            .packets
            .saturating_add(packets[0])
            .saturating_add(packets[1]);
        t.sent = t.sent.saturating_add(bytes[way]);
        t.received = t.received.saturating_add(bytes[1 - way]);
        if t.peers.len() < PEERS {
            t.peers.insert(other);
        }
    }
}

impl People {
    fn new(session: &Session) -> Self {
        let environment = session.conclude(Environment::new);
        let mut totals = vec![Totals::default(); environment.hosts().len()];
        for (n, chain) in session.chains.iter().enumerate() {
            for f in &chain.facts().flows {
                for (me, other, way) in [(f.client, f.server, 0), (f.server, f.client, 1)] {
                    let id = environment.at(n, me.0, f.begun);
                    let Some(t) = id.and_then(|id| totals.get_mut(id.0 as usize)) else {
                        continue;
                    };
                    t.packets += f.packets.iter().map(|n| u64::from(*n)).sum::<u64>();
                    t.sent += f.bytes[way];
                    t.received += f.bytes[1 - way];
                    if t.peers.len() < PEERS {
                        t.peers.insert(other.0);
                    }
                }
            }
        }
        session.conclude(|input| {
            for (n, log) in input.logs.iter().enumerate() {
                for row in log.rows {
                    logged(&environment, &mut totals, (input.log_place(n), log), row);
                }
            }
        });
        Self {
            environment,
            totals,
        }
    }

    /// Per host: does it stand at an end of one of these flows?
    pub(crate) fn at_ends(&self, session: &Session, flows: &FlowSet) -> Vec<bool> {
        let mut out = vec![false; self.environment.hosts().len()];
        for (n, chain) in session.chains.iter().enumerate() {
            for f in &chain.facts().flows {
                if !flows.has(n, f.id) {
                    continue;
                }
                for end in [f.client, f.server] {
                    let id = self.environment.at(n, end.0, f.begun);
                    if let Some(out) = id.and_then(|id| out.get_mut(id.0 as usize)) {
                        *out = true;
                    }
                }
            }
        }
        out
    }

    fn totals(&self, id: HostId) -> Totals {
        self.totals.get(id.0 as usize).cloned().unwrap_or_default()
    }
}

impl Session {
    /// Everybody, recognised once for what is loaded now.
    pub(crate) fn people(&mut self) -> Rc<People> {
        let inputs = format!("{};{}", self.fingerprint(), self.packets());
        if let Some((_, people)) = self.people.as_ref().filter(|(i, _)| *i == inputs) {
            return Rc::clone(people);
        }
        let people = Rc::new(People::new(self));
        self.people = Some((inputs, Rc::clone(&people)));
        people
    }
}

fn key(host: &Host) -> String {
    host.address()
        .map(|ip| ip.to_string())
        .or_else(|| host.mac.map(|m| m.to_string()))
        .unwrap_or_default()
}

/// What a host is known from.
fn seen(host: &Host) -> &'static str {
    match (host.sent > 0 || host.mac.is_some(), host.rows > 0) {
        (_, false) => "packets",
        (false, true) => FLOW_RECORDS_ONLY,
        (true, true) => "packets and flow records",
    }
}

fn role(host: &Host) -> Option<String> {
    let words: Vec<&str> = host.roles.iter().map(|r| r.word()).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Rows of the inventory, and what each is found by.
pub(crate) fn count(session: &Session) -> usize {
    session
        .people
        .as_ref()
        .map_or(0, |(_, p)| p.environment.hosts().len())
}

/// What a row is found by: the latest address.
pub(crate) fn name(session: &Session, row: u32) -> Option<String> {
    let (_, people) = session.people.as_ref()?;
    people.environment.host(HostId(row)).map(key)
}

/// Is this host meant by an address it had or by its MAC?
fn is_called(host: &Host, text: &str) -> bool {
    let ip: Option<IpAddr> = text.parse().ok();
    host.addresses.iter().any(|t| Some(t.ip) == ip)
        || host.mac.is_some_and(|m| m.to_string() == text)
}

/// When a row was last seen, where it is the one meant: of several that had the address it is the one that had it
/// last.
pub(crate) fn meant(session: &Session, row: u32, text: &str) -> Option<weir_model::Timestamp> {
    let (_, people) = session.people.as_ref()?;
    let host = people.environment.host(HostId(row))?;
    is_called(host, text).then_some(host.last)
}

/// A row of the inventory.
pub(crate) fn row(session: &Session, n: u32) -> Option<TableRow> {
    let (_, people) = session.people.as_ref()?;
    let host = people.environment.host(HostId(n))?;
    let totals = people.totals(host.id);
    let cells = vec![
        Cell::Text(key(host)),
        Cell::text(host.mac.map(|m| m.to_string()).as_deref()),
        Cell::text(host.name().map(|n| n.text.as_str())),
        Cell::text(role(host).as_deref()),
        Cell::Uint(totals.packets.max(host.sent)),
        Cell::Uint(totals.sent),
        Cell::Uint(totals.received),
        Cell::Uint(totals.peers.len() as u64),
        Cell::Time(host.first),
        Cell::Time(host.last),
        Cell::Text(seen(host).to_owned()),
        Cell::Uint(host.rows),
    ];
    Some(TableRow {
        time: Some(host.first),
        end: Some(host.last),
        record: host.addresses.first().map(|t| t.first),
        also: host.addresses.iter().map(|t| t.last).collect(),
        number: n,
        flags: 0,
        duplicate: false,
        cells,
    })
}

#[derive(Deserialize)]
struct HostArgs {
    host: String,
}

pub(crate) fn host(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: HostArgs = parse(args)?;
    Ok(once(move |cx| card(cx, &args.host).into()))
}

fn card(cx: &mut Cx<'_>, text: &str) -> Result<Value, SessionError> {
    let people = cx.session.people();
    let all = people.environment.hosts();
    // Of several that had the address, the one that had it last.
    let host = all
        .iter()
        .filter(|h| is_called(h, text))
        .max_by_key(|h| h.last)
        .ok_or_else(|| {
            let what = if cx.session.logs().next().is_some() {
                "no packet and no flow record shows"
            } else {
                "no packet shows"
            };
            SessionError::new(ErrorKind::Gone, format!("{what} a host {text}"))
        })?;
    let totals = people.totals(host.id);
    let addresses: Vec<Value> = host
        .addresses
        .iter()
        .map(|t| {
            object!({
                "address": t.ip.to_string(),
                "from": t.begun.epoch(),
                "to": t.ended.epoch(),
                "packets": t.packets,
            })
        })
        .collect();
    let given: Vec<Value> = host
        .names
        .iter()
        .map(|n| {
            object!({
                "name": n.text,
                "source": n.from.word(),
                "from": n.begun.epoch(),
                "to": n.ended.epoch(),
                "evidence": names::evidence(n.packet),
            })
        })
        .collect();
    let services: Vec<Value> = host
        .services
        .iter()
        .map(|s| {
            let flow = served(cx.session, host, s);
            object!({
                "port": format!("{}/{}", s.port, s.transport.name()),
                "protocol": s.protocol.unwrap_or(""),
                "clients": s.clients,
                "evidence": flow.map_or_else(String::new, names::evidence),
            })
        })
        .collect();
    let mut remarks = Vec::new();
    if !host.several.is_empty() {
        remarks.push(host.several.clone());
    }
    remarks.extend(host.because.iter().cloned());
    if host.is(Role::Proxy) {
        remarks.push("relays for others".to_owned());
    }
    if host.rows > 0 {
        let n = host.rows;
        let s = if n == 1 { "" } else { "s" };
        remarks.push(if seen(host) == FLOW_RECORDS_ONLY {
            format!("{FLOW_RECORDS_ONLY}: {n} row{s}, no packet; figures are of payload as the log counts it")
        } else {
            format!("also in {n} row{s} of flow logs")
        });
    }
    if let Some(router) = host.behind {
        remarks.push(format!("behind the router {router}"));
    }
    Ok(object!({
        "host": key(host),
        "mac": host.mac.map(|m| m.to_string()),
        "addresses": addresses,
        "names": given,
        "role": role(host),
        "remarks": remarks,
        "first": host.first.epoch(),
        "last": host.last.epoch(),
        "packets": totals.packets.max(host.sent),
        "rows": host.rows,
        "bytes_sent": totals.sent,
        "bytes_received": totals.received,
        "peers": totals.peers.len(),
        "services": services,
        "in_scope": false,
    }))
}

/// The first packet of a conversation with this service, or the first answered row of one.
fn served(session: &Session, host: &Host, service: &Service) -> Option<RecordRef> {
    let has =
        |ip: IpAddr, port: u16| port == service.port && host.addresses.iter().any(|t| t.ip == ip);
    let mut flows = session.chains.iter().flat_map(|c| &c.facts().flows);
    if let Some(f) = flows.find(|f| has(f.server.0, f.server.1)) {
        return Some(f.first.into());
    }
    session.logs().find_map(|(c, log)| {
        let here = |r: &&FlowRow| {
            r.transport.name() == service.transport.name()
                && r.answered() == Some(true)
                && has(r.responder.ip, r.responder.port)
        };
        let row = log.rows.iter().find(here)?.row;
        let capture = c.id;
        Some(RowRef { capture, row }.into())
    })
}

/// Networks, hosts and protocols worth naming as targets.
pub(crate) fn suggest() -> Box<dyn Op> {
    once(|cx| suggestions(cx).into())
}

fn suggestions(cx: &mut Cx<'_>) -> Result<Value, SessionError> {
    let people = cx.session.people();
    let mut networks: BTreeMap<String, (u64, BTreeSet<IpAddr>, Vec<String>)> = BTreeMap::new();
    let mut servers = Vec::new();
    for host in people.environment.hosts().iter().filter(|h| h.internal) {
        for t in host.addresses.iter().filter(|t| is_internal(t.ip)) {
            let IpAddr::V4(v4) = t.ip else { continue };
            if v4.is_link_local() || v4.is_loopback() {
                continue;
            }
            let [a, b, c, _] = v4.octets();
            let network = networks.entry(format!("{a}.{b}.{c}.0/24")).or_default();
            network.0 += t.packets;
            network.1.insert(t.ip);
            if network.2.len() < 3 {
                network.2.push(names::evidence(t.first));
            }
        }
        if let (Some(ip), Some(words)) = (host.address(), role(host)) {
            let evidence: Vec<String> = host
                .addresses
                .first()
                .map(|t| names::evidence(t.first))
                .into_iter()
                .collect();
            servers.push((host.sent, ip, words, evidence));
        }
    }
    let mut out = Vec::new();
    let mut ranked: Vec<_> = networks.into_iter().collect();
    ranked.sort_by_key(|(name, n)| (std::cmp::Reverse(n.0), name.clone()));
    for (network, (packets, ips, evidence)) in ranked.into_iter().take(SUGGESTED) {
        out.push(object!({
            "kind": "network",
            "value": network,
            "why": format!("{} internal addresses sent {packets} packets", ips.len()),
            "packets": packets,
            "evidence": evidence,
        }));
    }
    servers.sort_by_key(|s| (std::cmp::Reverse(s.0), s.1));
    for (packets, ip, words, evidence) in servers.into_iter().take(SUGGESTED) {
        out.push(object!({
            "kind": "server",
            "value": ip.to_string(),
            "why": words,
            "packets": packets,
            "evidence": evidence,
        }));
    }
    let mut protocols: BTreeMap<&str, (u64, u64, Option<PacketRef>)> = BTreeMap::new();
    for f in cx.session.chains.iter().flat_map(|c| &c.facts().flows) {
        if let Some(p) = f.protocol.and_then(|id| registry().get(id)) {
            let row = protocols.entry(p.info.name).or_default();
            row.0 += f.packets.iter().map(|n| u64::from(*n)).sum::<u64>();
            row.1 += 1;
            row.2.get_or_insert(f.first);
        }
    }
    let mut ranked: Vec<_> = protocols.into_iter().collect();
    ranked.sort_by_key(|(name, p)| (std::cmp::Reverse(p.0), *name));
    for (name, (packets, flows, first)) in ranked.into_iter().take(SUGGESTED) {
        out.push(object!({
            "kind": "protocol",
            "value": name,
            "why": format!("{flows} conversations"),
            "packets": packets,
            "evidence": first.map(names::evidence).into_iter().collect::<Vec<_>>(),
        }));
    }
    Ok(object!({ "suggestions": out }))
}

#[derive(Deserialize)]
struct RecipeArgs {
    scope: Scope,
}

/// What the capture recipe needs: addresses of the scope's names, rate and mean packet.
pub(crate) fn recipe(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: RecipeArgs = parse(args)?;
    Ok(once(move |cx| {
        Ok(recipe_facts(cx.session, &args.scope)).into()
    }))
}

fn recipe_facts(session: &Session, scope: &Scope) -> Value {
    let wanted: Vec<String> = scope
        .indicators
        .iter()
        .filter(|i| i.kind == IndicatorKind::Domain)
        .map(|i| i.value.trim_end_matches('.').to_lowercase())
        .collect();
    let mut servers: BTreeMap<(String, String), PacketRef> = BTreeMap::new();
    for chain in &session.chains {
        for query in chain.facts().messages.all::<dns::Query>() {
            let asked = query.query.trim_end_matches('.').to_lowercase();
            let is = |w: &String| asked == *w || asked.ends_with(&format!(".{w}"));
            if !wanted.iter().any(is) {
                continue;
            }
            for (ip, _) in query.addresses() {
                servers
                    .entry((asked.clone(), ip.to_string()))
                    .or_insert(query.meta.last);
            }
        }
    }
    let servers: Vec<Value> = servers
        .into_iter()
        .map(|((name, address), packet)| {
            object!({"name": name, "address": address, "evidence": names::evidence(packet)})
        })
        .collect();
    let captures = || {
        let packets = session.loaded().filter(|c| c.log.is_none());
        packets.filter(|c| c.same_as.is_none())
    };
    let bytes: u64 = captures().map(|c| c.facts.wire_bytes).sum();
    let packets: u64 = captures().map(|c| u64::from(c.index.len())).sum();
    let seconds: f64 = captures()
        .filter_map(|c| c.facts.duration())
        .map(weir_model::Duration::as_secs)
        .sum();
    #[allow(clippy::cast_precision_loss)]
    let (rate, mean) = (
        (seconds > 0.0).then(|| (bytes as f64 * 8.0 / seconds).round()),
        (packets > 0).then(|| (bytes as f64 / packets as f64).round()),
    );
    object!({"servers": servers, "bits_per_s": rate, "mean_packet": mean})
}
