//! Flows whose content cannot be read, with a server that the scope names or that delivered a match.

use super::collect::{Collector, Place, Tie};
use super::matcher::Matcher;
use super::rung::{Evidence, Rung, Way};
use crate::traffic::{Handshake, handshakes};
use smallvec::smallvec;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::{Transport, registry};
use weir_model::FlowId;

/// Protocols whose traffic says by itself what it carries.
const READABLE: [&str; 8] = [
    "dns", "dhcp", "nbns", "mdns", "llmnr", "ftp", "ftp-data", "icmp",
];

/// Why a flow cannot be read, if it cannot.
enum Sight {
    /// It can, or carries nothing.
    Clear(&'static str),
    /// It cannot.
    Blind(String, &'static str),
}

/// Servers that delivered a match: their names where they were readable, and their addresses.
#[derive(Default)]
struct Given {
    names: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
}

/// By indicator.
type Servers = BTreeMap<usize, Given>;

impl Collector<'_> {
    /// Every flow that no message explains.
    pub(crate) fn flows(&mut self) {
        let delivering = self.delivering();
        for chain in 0..self.input.chains.len() {
            let Some(c) = self.input.chains.get(chain) else {
                continue;
            };
            let facts = c.facts;
            let tls: BTreeMap<FlowId, Handshake<'_>> = handshakes(facts);
            for flow in &facts.flows {
                self.one(chain, flow, tls.get(&flow.id), &delivering);
            }
        }
    }

    /// Servers that gave a match of an indicator that names content.
    fn delivering(&self) -> Servers {
        let mut out = Servers::new();
        for e in &self.evidence {
            let content = self
                .matchers
                .get(e.indicator)
                .is_some_and(Matcher::names_content);
            let gave = content && e.way == Way::Received && e.file.is_some() && e.via.is_none();
            if let Some(server) = e.server.filter(|_| gave && e.rung >= Rung::Partial) {
                let given = out.entry(e.indicator).or_default();
                given.names.extend(e.site.clone());
                given.addresses.insert(server);
            }
        }
        out
    }

    fn one(
        &mut self,
        chain: usize,
        flow: &Flow,
        tls: Option<&Handshake<'_>>,
        delivering: &Servers,
    ) {
        let protocol = flow
            .protocol
            .and_then(|p| registry().get(p))
            .map_or("", |p| p.info.name);
        // What keys opened in part alone is read in part alone.
        let whole = !tls.is_some_and(|t| t.partly);
        let read = whole && self.read.contains(&(chain, flow.id));
        if READABLE.contains(&protocol) || read {
            return;
        }
        let sight = sight(flow, protocol, tls);
        if let (Sight::Blind(_, "tls" | "quic"), Some(host)) =
            (&sight, self.env.at(chain, flow.client.0, flow.begun))
        {
            *self.encrypted.entry(host).or_default() += 1;
        }
        let name = tls.and_then(|t| t.sni).map(|n| (n, "sni"));
        if let (Some((name, _)), Some(host)) = (name, self.env.at(chain, flow.client.0, flow.begun))
        {
            self.look_alike(host, name, flow.first);
        }
        // The server may also be the side that opened the flow.
        for (own, other, name) in [
            (flow.client.0, flow.server.0, name),
            (flow.server.0, flow.client.0, None),
        ] {
            let mut ties = self.ties(name, other, flow.begun);
            if ties.is_empty()
                && name.is_none()
                && let Some(certified) = tls.and_then(|t| t.certified.first())
                && own == flow.client.0
            {
                ties = self.ties(Some((certified, "certificate")), other, flow.begun);
            }
            let Some(host) = self.env.at(chain, own, flow.begun) else {
                continue;
            };
            let place = Place {
                chain,
                flow: Some(flow.id),
                host,
                address: own,
                server: other,
                protocol: match &sight {
                    Sight::Blind(_, word) => word,
                    Sight::Clear(_) => flow.transport.name(),
                },
                via: None,
                site: name.map(|n| super::domain::normal(n.0)),
                agent: None,
            };
            if ties.is_empty() {
                if let Sight::Blind(why, _) = &sight {
                    self.beside(&place, flow, why, delivering);
                }
            } else {
                self.tied(&place, flow, &ties, &sight);
            }
        }
    }

    fn tied(&mut self, place: &Place, flow: &Flow, ties: &[Tie], sight: &Sight) {
        let (rung, why) = match sight {
            Sight::Blind(why, _) => (Rung::Hidden, why.as_str()),
            Sight::Clear(why) => (Rung::Contacted, *why),
        };
        let packets = [flow.first, flow.last];
        self.spread(place, ties, rung, (flow.begun, flow.ended), &packets, why);
    }

    /// Unreadable, with a server that gave a match to somebody.
    fn beside(&mut self, place: &Place, flow: &Flow, why: &str, delivering: &Servers) {
        for (indicator, servers) in delivering {
            let same = match &place.site {
                Some(name) => servers.names.contains(name),
                None => servers.addresses.contains(&place.server),
            };
            if same {
                let text = format!("{why}, with a server that delivered a match");
                self.add(
                    place,
                    *indicator,
                    Way::Received,
                    Rung::Hidden,
                    smallvec!["address"],
                    (flow.begun, flow.ended),
                    &[flow.first, flow.last],
                    text,
                );
            }
        }
    }

    /// What a proxy fetched because a client asked is the client's; what it is for itself stays.
    pub(crate) fn drop_relayed(&mut self) {
        /// How long before the answer's end a proxy's own leg may begin, and how long after.
        const LATE: i64 = 60_000_000_000;
        let asked: Vec<_> = self
            .evidence
            .iter()
            .filter_map(|e| Some((e.via?, e.indicator, e.site.clone(), e.first.0, e.last.0)))
            .collect();
        if asked.is_empty() {
            return;
        }
        let relayed = |e: &Evidence| {
            asked.iter().any(|(proxy, indicator, site, from, to)| {
                // An address indicator fits the proxy's leg alone: the client asked for the site.
                let same = *indicator == e.indicator || (site.is_some() && *site == e.site);
                *proxy == e.host
                    && same
                    && e.via.is_none()
                    && e.first.0 >= from.saturating_sub(LATE / 30)
                    && e.first.0 <= to.saturating_add(LATE)
            })
        };
        self.evidence.retain(|e| !relayed(e));
    }
}

fn sight(flow: &Flow, protocol: &str, tls: Option<&Handshake<'_>>) -> Sight {
    let payload = flow.payload[0].saturating_add(flow.payload[1]);
    if protocol == "quic" {
        return Sight::Blind("encrypted: QUIC".to_owned(), "quic");
    }
    if let Some(t) = tls.filter(|t| t.opened) {
        let why = if t.partly {
            "encrypted: TLS, which its keys open in part"
        } else {
            "TLS opened with its keys, and content that is not read here"
        };
        return Sight::Blind(why.to_owned(), "tls");
    }
    if tls.is_some() || protocol == "tls" {
        return Sight::Blind("encrypted: TLS".to_owned(), "tls");
    }
    if flow.seldom().cut > 0 {
        return Sight::Blind(
            "packets were cut by the snap length: the content is not there".to_owned(),
            flow.transport.name(),
        );
    }
    if payload == 0 {
        return Sight::Clear(if flow.tcp.syn_ack {
            "connected, nothing was carried"
        } else {
            "tried to connect, nothing was carried"
        });
    }
    if flow.transport == Transport::Udp && flow.server.1 == 443 {
        return Sight::Blind("encrypted: QUIC".to_owned(), "quic");
    }
    if flow.transport == Transport::Tcp && !flow.tcp.syn && !flow.tcp.syn_ack {
        return Sight::Blind(
            "joined mid-stream: the capture starts in mid-transfer, no request and no header"
                .to_owned(),
            "tcp",
        );
    }
    if flow.packets[0] == 0 || flow.packets[1] == 0 {
        return Sight::Blind(
            "only one side is in the capture".to_owned(),
            flow.transport.name(),
        );
    }
    let what = if protocol.is_empty() || protocol == "data" {
        "a protocol that is not read here".to_owned()
    } else {
        format!("{protocol}, whose content is not read here")
    };
    Sight::Blind(what, flow.transport.name())
}
