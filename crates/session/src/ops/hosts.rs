//! Hosts with what they sent and got: the inventory's rows, one host's card, targets worth naming.

use crate::error::{ErrorKind, SessionError};
use crate::ops::view::TableRow;
use crate::ops::{Cx, Op, names, once, parse};
use crate::session::Session;
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;
use weir_analyze::environment::{Environment, Host, HostId, Role};
use weir_dissect::facts::Cell;
use weir_dissect::protocols::dns;
use weir_dissect::registry;
use weir_model::{IndicatorKind, PacketRef, Scope, is_internal};

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
        Self {
            environment,
            totals,
        }
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

/// A row of the inventory.
pub(crate) fn row(session: &Session, n: u32) -> Option<TableRow> {
    let (_, people) = session.people.as_ref()?;
    let host = people.environment.host(HostId(n))?;
    let totals = people.totals(host.id);
    let cells = vec![
        Cell::Text(key(host)),
        Cell::text(host.mac.map(|m| m.to_string()).as_deref()),
        Cell::Absent,
        Cell::text(host.name().map(|n| n.text.as_str())),
        Cell::text(role(host).as_deref()),
        Cell::Uint(totals.packets.max(host.sent)),
        Cell::Uint(totals.sent),
        Cell::Uint(totals.received),
        Cell::Uint(totals.peers.len() as u64),
        Cell::Time(host.first),
        Cell::Time(host.last),
    ];
    Some(TableRow {
        time: Some(host.first),
        end: Some(host.last),
        packet: host.addresses.first().map(|t| t.first),
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
    let ip: Option<IpAddr> = text.parse().ok();
    let is = |h: &&Host| {
        h.addresses.iter().any(|t| Some(t.ip) == ip) || h.mac.is_some_and(|m| m.to_string() == text)
    };
    // Of several that had the address, the one that had it last.
    let host = all
        .iter()
        .filter(is)
        .max_by_key(|h| h.last)
        .ok_or_else(|| {
            SessionError::new(ErrorKind::Gone, format!("no packet shows a host {text}"))
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
            let flow = served(cx.session, host, s.port);
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
    if host.is(Role::Proxy) {
        remarks.push("relays for others".to_owned());
    }
    if let Some(router) = host.behind {
        remarks.push(format!("behind the router {router}"));
    }
    Ok(object!({
        "host": key(host),
        "mac": host.mac.map(|m| m.to_string()),
        "vendor": null,
        "addresses": addresses,
        "names": given,
        "role": role(host),
        "remarks": remarks,
        "first": host.first.epoch(),
        "last": host.last.epoch(),
        "packets": totals.packets.max(host.sent),
        "bytes_sent": totals.sent,
        "bytes_received": totals.received,
        "peers": totals.peers.len(),
        "services": services,
        "in_scope": false,
    }))
}

/// The first packet of a conversation with this service.
fn served(session: &Session, host: &Host, port: u16) -> Option<PacketRef> {
    let flows = session.chains.iter().flat_map(|c| &c.facts().flows);
    flows
        .filter(|f| f.server.1 == port && host.addresses.iter().any(|t| t.ip == f.server.0))
        .map(|f| f.first)
        .next()
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
    let captures = || session.loaded().filter(|c| c.same_as.is_none());
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
