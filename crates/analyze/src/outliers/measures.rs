//! What is counted of every host, measure by measure.

use super::{CITED, Look, Measure, Measured};
use crate::activity::{Contact, Peer};
use crate::answers::{plural, shown};
use crate::environment::HostId;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::facts::MessageMeta;
use weir_dissect::protocols::{dns, http, tls};
use weir_model::{PacketRef, is_internal};

/// Values named of several.
const NAMED: u64 = 3;

/// What nobody else has first: one such value is enough to stick out.
pub(super) static ALL: &[Measure] = &[
    Measure {
        name: "server names nobody else asks for",
        own: true,
        bytes: false,
        of: |look| own(look, Kind::ServerName),
    },
    Measure {
        name: "TLS clients nobody else has",
        own: true,
        bytes: false,
        of: |look| own(look, Kind::TlsClient),
    },
    Measure {
        name: "User-Agents nobody else has",
        own: true,
        bytes: false,
        of: |look| own(look, Kind::Agent),
    },
    Measure {
        name: "names that do not exist",
        own: false,
        bytes: false,
        of: missing,
    },
    Measure {
        name: "addresses contacted",
        own: false,
        bytes: false,
        of: |look| each(look, addresses),
    },
    Measure {
        name: "bytes sent outside",
        own: false,
        bytes: true,
        of: |look| each(look, sent),
    },
    Measure {
        name: "connections that failed",
        own: false,
        bytes: false,
        of: |look| each(look, failed),
    },
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    ServerName,
    TlsClient,
    Agent,
}

/// Values of everybody of a kind: value, host, packet.
fn values<'a>(look: &Look<'a>, kind: Kind) -> Vec<(&'a str, HostId, PacketRef)> {
    let mut out = Vec::new();
    for (chain, c) in look.input.chains.iter().enumerate() {
        let messages = &c.facts.messages;
        let mut put = |value: Option<&'a str>, ip, meta: &MessageMeta| {
            let host = look.env.at(chain, ip, meta.time);
            if let (Some(value), Some(host), false) = (value, host, meta.duplicate) {
                out.push((value, host, meta.first));
            }
        };
        if kind == Kind::Agent {
            for t in messages.all::<http::Transaction>() {
                let agent = t.request.as_ref().and_then(|r| r.user_agent.as_deref());
                if let Some(f) = t.meta.flow.and_then(|f| c.facts.flow(f)) {
                    put(agent, f.ends(t.meta.direction).0.0, &t.meta);
                }
            }
            continue;
        }
        for t in messages.all::<tls::Handshake>() {
            let value = match kind {
                Kind::ServerName => t.server_name.as_deref(),
                _ => t.ja4.as_deref(),
            };
            put(value, t.client.0, &t.meta);
        }
    }
    out
}

/// Values that one host alone has, by host.
fn own(look: &Look<'_>, kind: Kind) -> BTreeMap<HostId, Measured> {
    // Of each value its host, nobody where several have it, and the first packet.
    let mut by: BTreeMap<&str, (Option<HostId>, PacketRef)> = BTreeMap::new();
    for (value, host, packet) in values(look, kind) {
        let slot = by.entry(value).or_insert((Some(host), packet));
        if slot.0 != Some(host) {
            slot.0 = None;
        }
    }
    let mut out: BTreeMap<HostId, Measured> = BTreeMap::new();
    for (value, (host, packet)) in by {
        let Some(host) = host else { continue };
        let m = out.entry(host).or_default();
        m.number += 1;
        if m.packets.len() < CITED {
            m.packets.push(packet);
        }
        match m.number {
            1 => m.says = shown(value).to_string(),
            n if n <= NAMED => m.says += &format!(", {}", shown(value)),
            _ => {}
        }
    }
    for m in out.values_mut().filter(|m| m.number > NAMED) {
        m.says += &format!(" and {} more", m.number - NAMED);
    }
    out
}

fn missing(look: &Look<'_>) -> BTreeMap<HostId, Measured> {
    let mut names: BTreeMap<(HostId, String), PacketRef> = BTreeMap::new();
    for (chain, c) in look.input.chains.iter().enumerate() {
        for q in c.facts.messages.all::<dns::Query>() {
            let host = look.env.at(chain, q.client.0, q.meta.time);
            if let Some(host) = host.filter(|_| q.rcode == Some(3) && !q.local) {
                let name = q.query.to_lowercase();
                names.entry((host, name)).or_insert(q.meta.first);
            }
        }
    }
    let mut out: BTreeMap<HostId, Measured> = BTreeMap::new();
    for ((host, _), packet) in names {
        let m = out.entry(host).or_default();
        m.number += 1;
        m.says = format!("{} that do not exist", plural(m.number, "name"));
        if m.packets.len() < CITED {
            m.packets.push(packet);
        }
    }
    out
}

/// A number of each host by what it contacted.
fn each(look: &Look<'_>, of: fn(&Look<'_>, &[Contact]) -> Measured) -> BTreeMap<HostId, Measured> {
    let all = look.activity.contacts();
    all.chunk_by(|a, b| a.host == b.host)
        .filter_map(|mine| Some((mine.first()?.host, of(look, mine))))
        .collect()
}

fn addresses(look: &Look<'_>, mine: &[Contact]) -> Measured {
    let mut all: BTreeMap<IpAddr, PacketRef> = BTreeMap::new();
    for c in mine {
        if let Peer::Address(ip, ..) = c.peer
            && let Some(first) = look.activity.events(c).next()
        {
            all.entry(ip).or_insert(first.packet);
        }
    }
    let number = all.len() as u64;
    Measured {
        number,
        says: format!("{number} addresses contacted"),
        packets: all.into_values().take(CITED).collect(),
    }
}

fn sent(look: &Look<'_>, mine: &[Contact]) -> Measured {
    let mut number = 0;
    let mut most: Vec<(u32, PacketRef)> = Vec::new();
    for c in mine {
        if matches!(c.peer, Peer::Address(ip, ..) if !is_internal(ip)) {
            for e in look.activity.events(c) {
                number += u64::from(e.sent);
                most.push((e.sent, e.packet));
            }
        }
    }
    most.sort_unstable_by_key(|m| (std::cmp::Reverse(m.0), m.1));
    Measured {
        number,
        says: format!("{number} bytes of content sent outside"),
        packets: most.into_iter().map(|m| m.1).take(CITED).collect(),
    }
}

fn failed(look: &Look<'_>, mine: &[Contact]) -> Measured {
    let mut packets = Vec::new();
    let mut number = 0;
    for c in mine.iter().filter(|c| matches!(c.peer, Peer::Address(..))) {
        for e in look.activity.events(c).filter(|e| e.failed) {
            number += 1;
            if packets.len() < CITED {
                packets.push(e.packet);
            }
        }
    }
    Measured {
        number,
        says: format!("{} refused or not answered", plural(number, "connection")),
        packets,
    }
}
