//! What the captures hold of addresses, names, agents and contents that somebody else may act on: who else stands
//! behind them, when, by which packets. Judges none of them.

mod strings;

pub(super) use strings::strings;

use crate::bodies::hex;
use crate::error::SessionError;
use crate::ops::{Cx, Op, names, once, parse};
use serde::Deserialize;
use serde_json::{Value, json as object};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_analyze::environment::{Environment, Role};
use weir_dissect::protocols::dns::{AnswerData, Query};
use weir_dissect::protocols::http::Transaction;
use weir_dissect::protocols::tls::Handshake;
use weir_model::{Duration, PacketRef, Timestamp, is_internal};

/// Values of each sort that are asked about at a time.
const ASKED: usize = 10_000;
/// Names listed of an address, and below a name; the rest are counted.
const NAMES: usize = 64;
/// Packets that each value cites.
const CITED: usize = 8;
/// Record type (RFC 1035 section 3.2.2).
const CNAME: u16 = 5;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Args {
    addresses: Vec<String>,
    names: Vec<String>,
    agents: Vec<String>,
    /// SHA-256 in hexadecimal.
    hashes: Vec<String>,
}

/// When and where something was seen.
#[derive(Clone, Default)]
struct Seen {
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    packets: Vec<PacketRef>,
}

impl Seen {
    fn add(&mut self, packet: PacketRef, from: Timestamp, to: Timestamp) {
        self.count += 1;
        self.first = Some(self.first.map_or(from, |t| t.min(from)));
        self.last = Some(self.last.map_or(to, |t| t.max(to)));
        if self.packets.len() < CITED && !self.packets.contains(&packet) {
            self.packets.push(packet);
        }
    }

    fn join(&mut self, other: &Self) {
        for p in &other.packets {
            if self.packets.len() < CITED && !self.packets.contains(p) {
                self.packets.push(*p);
            }
        }
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }

    fn written(&self, mut with: Value) -> Value {
        if let Some(o) = with.as_object_mut() {
            let evidence: Vec<String> = self.packets.iter().map(|p| names::evidence(*p)).collect();
            o.insert("count".to_owned(), self.count.into());
            o.insert(
                "first".to_owned(),
                object!(self.first.map(Timestamp::epoch)),
            );
            o.insert("last".to_owned(), object!(self.last.map(Timestamp::epoch)));
            o.insert("evidence".to_owned(), object!(evidence));
        }
        with
    }
}

/// Lower case, without the last dot and without a port.
fn normal(name: &str) -> String {
    let name = name.trim();
    let bare = match name.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.contains(':') => {
            host
        }
        _ => name,
    };
    bare.trim_end_matches('.').to_ascii_lowercase()
}

/// The wanted name that holds this one, label by label.
fn holder<'a>(wanted: &'a BTreeSet<String>, name: &str) -> Option<&'a String> {
    let mut at = name;
    loop {
        if let Some(found) = wanted.get(at) {
            return Some(found);
        }
        at = at.split_once('.')?.1;
    }
}

#[derive(Default)]
struct Look {
    names: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
    agents: BTreeSet<String>,
    /// By wanted name: what was seen below it.
    below: BTreeMap<String, BTreeMap<String, Seen>>,
    /// By wanted name: names beside it whose look-ups led to it.
    led: BTreeMap<String, BTreeMap<String, Seen>>,
    /// By wanted name: addresses that an answer gave it; `last` is the end of the answer's time to live.
    given: BTreeMap<String, BTreeMap<IpAddr, Seen>>,
    /// By address: names that it was given to by DNS, or asked for as.
    served: BTreeMap<IpAddr, BTreeMap<(String, &'static str), Seen>>,
    /// By agent: who sent it.
    sent: BTreeMap<String, (BTreeSet<IpAddr>, Seen)>,
}

impl Look {
    fn name(&mut self, name: &str, seen: (PacketRef, Timestamp, Timestamp)) {
        if let Some(holder) = holder(&self.names, name) {
            let list = self.below.entry(holder.clone()).or_default();
            list.entry(name.to_owned())
                .or_default()
                .add(seen.0, seen.1, seen.2);
        }
    }

    fn dns(&mut self, q: &Query) {
        if q.local {
            return;
        }
        let asked = normal(&q.query);
        self.name(&asked, (q.meta.first, q.meta.time, q.meta.end));
        let Some((packet, time)) = q.answered else {
            return;
        };
        let mut all = vec![asked.clone()];
        for a in &q.answers {
            if let (AnswerData::Name(to), CNAME) = (&a.data, a.kind) {
                let to = normal(to);
                self.name(&to, (packet, time, time));
                if let Some(h) = holder(&self.names, &to)
                    && holder(&self.names, &asked).is_none()
                {
                    let list = self.led.entry(h.clone()).or_default();
                    list.entry(asked.clone())
                        .or_default()
                        .add(packet, time, time);
                }
                all.push(to);
            }
        }
        for (ip, ttl) in q.addresses() {
            let until = time.plus(Duration::seconds(i64::from(ttl)));
            for n in &all {
                if let Some(h) = holder(&self.names, n) {
                    let list = self.given.entry(h.clone()).or_default();
                    list.entry(ip).or_default().add(packet, time, until);
                }
            }
        }
    }

    fn serves(
        &mut self,
        ip: IpAddr,
        name: &str,
        by: &'static str,
        seen: (PacketRef, Timestamp, Timestamp),
    ) {
        if !self.addresses.contains(&ip) || name.is_empty() || name.parse::<IpAddr>().is_ok() {
            return;
        }
        let list = self.served.entry(ip).or_default();
        list.entry((name.to_owned(), by))
            .or_default()
            .add(seen.0, seen.1, seen.2);
    }
}

fn list<K>(of: Option<&BTreeMap<K, Seen>>, row: impl Fn(&K) -> Value) -> (Vec<Value>, usize) {
    let rows = of.into_iter().flatten();
    let out: Vec<Value> = rows.take(NAMES).map(|(k, s)| s.written(row(k))).collect();
    let more = of.map_or(0, |m| m.len().saturating_sub(NAMES));
    (out, more)
}

/// `indicator.facts`.
pub(super) fn facts(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    Ok(once(move |cx| Ok(look(cx, &args)).into()))
}

fn look(cx: &mut Cx<'_>, args: &Args) -> Value {
    let mut look = Look {
        names: args
            .names
            .iter()
            .take(ASKED)
            .map(|n| normal(n))
            .filter(|n| !n.is_empty())
            .collect(),
        addresses: args
            .addresses
            .iter()
            .take(ASKED)
            .filter_map(|a| a.trim().parse().ok())
            .collect(),
        agents: args.agents.iter().take(ASKED).cloned().collect(),
        ..Look::default()
    };
    let people = cx.session.people();
    for chain in &cx.session.chains {
        for q in chain.facts().messages.all::<Query>() {
            look.dns(q);
        }
    }
    let given: Vec<IpAddr> = look
        .given
        .values()
        .flat_map(|m| m.keys().copied())
        .collect();
    look.addresses.extend(given);
    for chain in &cx.session.chains {
        let facts = chain.facts();
        for q in facts.messages.all::<Query>().iter().filter(|q| !q.local) {
            let Some((packet, time)) = q.answered else {
                continue;
            };
            for (ip, ttl) in q.addresses() {
                let until = time.plus(Duration::seconds(i64::from(ttl)));
                look.serves(ip, &normal(&q.query), "dns", (packet, time, until));
            }
        }
        for t in facts.messages.all::<Transaction>() {
            let Some(r) = &t.request else { continue };
            let seen = (r.first.0, r.first.1, r.last.1);
            let ends = t
                .meta
                .flow
                .and_then(|f| facts.flow(f))
                .map(|f| f.ends(t.meta.direction));
            if let Some(host) = &r.host {
                let host = normal(host);
                look.name(&host, seen);
                if let (Some((_, server)), false) = (ends, r.absolute) {
                    look.serves(server.0, &host, "http", seen);
                }
            }
            if let (Some(agent), Some((client, _))) = (&r.user_agent, ends)
                && look.agents.contains(&**agent)
            {
                let sent = look.sent.entry(agent.to_string()).or_default();
                sent.0.insert(client.0);
                sent.1.add(seen.0, seen.1, seen.2);
            }
        }
        for h in facts.messages.all::<Handshake>() {
            let Some(name) = &h.server_name else { continue };
            let seen = (h.meta.first, h.meta.time, h.meta.end);
            let name = normal(name);
            look.name(&name, seen);
            if let Some(f) = h.meta.flow.and_then(|f| facts.flow(f)) {
                look.serves(f.server.0, &name, "tls", seen);
            }
        }
    }
    written(cx, &look, &people.environment, args)
}

fn written(cx: &Cx<'_>, look: &Look, env: &Environment, args: &Args) -> Value {
    // Whoever serves everybody is not blocked because one thing passed through it.
    let serving = [
        Role::Gateway,
        Role::Resolver,
        Role::Proxy,
        Role::Nat,
        Role::DhcpServer,
    ];
    let addresses: Vec<Value> = look
        .addresses
        .iter()
        .map(|ip| {
            let hosts: Vec<_> = env.having(*ip).filter_map(|id| env.host(id)).collect();
            let mut roles: Vec<&str> = serving
                .iter()
                .filter(|r| hosts.iter().any(|h| h.is(**r)))
                .map(|r| r.word())
                .collect();
            roles.dedup();
            let row = |k: &(String, &'static str)| object!({"name": k.0, "by": k.1});
            let (served, more) = list(look.served.get(ip), row);
            let inside = is_internal(*ip) || hosts.iter().any(|h| h.internal);
            object!({"address": ip.to_string(), "internal": inside, "roles": roles, "names": served, "more": more})
        })
        .collect();
    let names: Vec<Value> = look
        .names
        .iter()
        .map(|n| {
            let (below, more) = list(look.below.get(n), |k| object!({"name": k}));
            let (given, _) = list(look.given.get(n), |k| object!({"address": k.to_string()}));
            let (led, _) = list(look.led.get(n), |k| object!({"name": k}));
            let mut all = Seen::default();
            for s in look.below.get(n).into_iter().flat_map(BTreeMap::values) {
                all.join(s);
            }
            all.written(
                object!({"name": n, "below": below, "more": more, "addresses": given, "led": led}),
            )
        })
        .collect();
    let agents: Vec<Value> = look
        .sent
        .iter()
        .map(|(agent, (who, seen))| {
            let who: Vec<String> = who.iter().take(NAMES).map(ToString::to_string).collect();
            seen.written(object!({"agent": agent, "hosts": who}))
        })
        .collect();
    object!({"addresses": addresses, "names": names, "agents": agents, "contents": contents(cx, args)})
}

/// By content: names, size and digests, where it passed.
fn contents(cx: &Cx<'_>, args: &Args) -> Vec<Value> {
    let wanted: BTreeSet<String> = args
        .hashes
        .iter()
        .take(ASKED)
        .map(|h| h.to_ascii_lowercase())
        .collect();
    let mut found: BTreeMap<String, (Value, BTreeSet<&str>, Seen)> = BTreeMap::new();
    for (n, chain) in cx.session.chains.iter().enumerate() {
        for a in &chain.facts().artifacts {
            let Some(d) = cx.session.digests.get(&(n, a.key)) else {
                continue;
            };
            let Some(h) = d.hashes else { continue };
            let sha256 = hex(&h.sha256);
            if !wanted.contains(&sha256) {
                continue;
            }
            let kind = a.found_type.as_ref().map(|t| &*t.media);
            let slot = found.entry(sha256.clone()).or_insert_with(|| {
                let base = object!({"sha256": sha256, "sha1": hex(&h.sha1), "md5": hex(&h.md5), "size": d.size, "type": kind});
                (base, BTreeSet::new(), Seen::default())
            });
            if slot.1.len() < CITED {
                slot.1.extend(a.names.iter().map(|n| &*n.text).take(CITED));
            }
            let at = a.asked.map_or(a.first, |(p, _)| p);
            slot.2.add(at, a.begun, a.ended);
        }
    }
    let rows = found.into_values().map(|(mut base, called, seen)| {
        if let Some(o) = base.as_object_mut() {
            o.insert("names".to_owned(), object!(called));
        }
        seen.written(base)
    });
    rows.collect()
}
