//! Protocols that let networks reach each other: remote control, tunnels, proxies, private networks; and who uses them
//! from which network to which.

use super::{Crossing, Groups, Look, Survey, kinds, parts, to_many};
use crate::activity::registered;
use crate::answers::normal;
use crate::environment::{HostId, Role};
use crate::traffic::{Handshake, handshakes};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, Transport, registry};
use weir_model::FlowId;

/// Layers that carry packets without a conversation of their own: filter names.
const CARRIERS: &[&str] = &[
    "gre", "esp", "ah", "erspan", "ayiya", "mpls", "l2tp", "pppoes", "ipip", "etherip",
];

/// Packets that travel inside others, without ends that are known here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carried {
    /// In words: `GRE`, `IPv6 in IPv4`.
    pub title: String,
    /// Shows them.
    pub filter: String,
    /// Packets.
    pub packets: u64,
    /// Bytes on the wire.
    pub bytes: u64,
}

/// Names that clients asked servers for, of one chain.
type Names = HashMap<FlowId, String>;

/// What makes two conversations the same bridge: kind, client's host and address, server, port.
type Pair = (&'static str, Option<HostId>, IpAddr, IpAddr, u16, Transport);

/// See the module.
#[derive(Default)]
pub struct Bridges {
    groups: Groups<Pair>,
    names: Option<(usize, Names)>,
}

fn names(facts: &Facts) -> Names {
    let asked = |(flow, h): (FlowId, Handshake<'_>)| {
        let name = normal(h.sni.or_else(|| h.certified.first().copied())?);
        Some((flow, registered(&name)?.to_owned()))
    };
    handshakes(facts).into_iter().filter_map(asked).collect()
}

impl Survey for Bridges {
    fn flow(&mut self, look: &Look<'_>, chain: usize, facts: &Facts, f: &Flow) {
        if to_many(f.server.0) {
            return;
        }
        if self.names.as_ref().is_none_or(|(of, _)| *of != chain) {
            self.names = Some((chain, names(facts)));
        }
        let name = self.names.as_ref().and_then(|(_, all)| all.get(&f.id));
        let server = look.host(chain, f.server.0, f.begun);
        let client = look.host(chain, f.client.0, f.begun);
        let found = kinds::kind(f, name.map(String::as_str));
        // A proxy is told by what it was asked, whatever its port.
        let proxy = found.is_none()
            && matches!(super::spoken(f), Some("http"))
            && server.is_some_and(|h| h.is(Role::Proxy));
        let (title, by) = match found {
            Some((kind, by)) => (kind.title, by),
            None if proxy => ("HTTP proxy", super::By::Content),
            None => return,
        };
        let ends = [client.map(|h| h.id), server.map(|h| h.id)];
        let key = (
            title,
            ends[0],
            f.client.0,
            f.server.0,
            f.server.1,
            f.transport,
        );
        let row = self.groups.add(key, f, || {
            let mut row = Crossing::new(title, by, f, ends);
            server
                .into_iter()
                .flat_map(parts)
                .for_each(|text| row.say(text));
            row
        });
        if let (Some(row), Some(name)) = (row, name) {
            row.say(format!("asked for {name}"));
        }
    }
}

impl Bridges {
    /// Pairs by kind, those told by content first, then by what went over them; what travels inside other packets;
    /// and what there is to know.
    #[must_use]
    pub fn finish(self, look: &Look<'_>) -> (Vec<Crossing>, Vec<Carried>, Vec<String>) {
        let beyond = self.groups.beyond;
        let mut rows: Vec<Crossing> = self.groups.rows.into_values().collect();
        let weight = |c: &Crossing| c.bytes[0].saturating_add(c.bytes[1]);
        rows.sort_by(|a, b| {
            (a.answered == 0)
                .cmp(&(b.answered == 0))
                .then(a.by.cmp(&b.by))
                .then(weight(b).cmp(&weight(a)))
                .then_with(|| {
                    (a.kind, a.client, a.server, a.port).cmp(&(b.kind, b.client, b.server, b.port))
                })
        });
        let mut says = vec!["Looked for: remote control, tunnels, private networks and proxies, by content, by the server's name in TLS, and by port. A tunnel inside DNS, ICMP or HTTPS has no mark of its own: the findings look for those.".to_owned()];
        if beyond > 0 {
            says.push(format!(
                "{beyond} conversations of further pairs are only counted."
            ));
        }
        (rows, carried(look), says)
    }
}

/// Packets inside packets, by the layers that carry them.
fn carried(look: &Look<'_>) -> Vec<Carried> {
    let mut by: BTreeMap<String, Carried> = BTreeMap::new();
    for stack in look.input.chains.iter().flat_map(|c| c.facts.stacks.all()) {
        let layers = stack.shown();
        let names: Vec<&str> = layers
            .iter()
            .filter_map(|id| registry().get(*id).map(|p| p.info.name))
            .collect();
        let mut add = |title: String, filter: String| {
            let row = by.entry(title.clone()).or_insert(Carried {
                title,
                filter,
                packets: 0,
                bytes: 0,
            });
            row.packets += stack.packets;
            row.bytes += stack.bytes;
        };
        for carrier in CARRIERS.iter().filter(|c| names.contains(*c)) {
            let known = registry().named(carrier);
            add(
                known.map_or(*carrier, |p| p.info.title).to_owned(),
                (*carrier).to_owned(),
            );
        }
        let nested = |pair: &[&str]| match pair {
            [a @ ("ip" | "ipv6"), b @ ("ip" | "ipv6")] => Some((version(a), version(b))),
            _ => None,
        };
        for (outer, inner) in names.windows(2).filter_map(nested) {
            let filter = if outer == "IPv4" && inner == "IPv6" {
                "ip.proto == 41"
            } else {
                "ip.proto == 4 || ipv6.nxt == 4 || ipv6.nxt == 41"
            };
            add(format!("{inner} in {outer}"), filter.to_owned());
        }
    }
    let mut out: Vec<Carried> = by.into_values().collect();
    out.sort_by(|a, b| {
        b.packets
            .cmp(&a.packets)
            .then_with(|| a.title.cmp(&b.title))
    });
    out
}

fn version(name: &str) -> &'static str {
    if name == "ip" { "IPv4" } else { "IPv6" }
}
