//! Who talked to whom and how much, per pair of addresses and per address. All packets are counted.

use crate::input::Input;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_model::Timestamp;

/// A pair of addresses; the smaller one is `a`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conversation {
    /// One address.
    pub a: IpAddr,
    /// The other.
    pub b: IpAddr,
    /// TCP and UDP flows between them.
    pub flows: u64,
    /// Packets from a to b, and back.
    pub packets: [u64; 2],
    /// Bytes on the wire, the same ways.
    pub bytes: [u64; 2],
    /// First packet.
    pub first: Timestamp,
    /// Last packet.
    pub last: Timestamp,
}

/// An address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// The address.
    pub ip: IpAddr,
    /// Addresses it talked to.
    pub peers: u64,
    /// Its flows.
    pub flows: u64,
    /// Packets it sent, and got.
    pub packets: [u64; 2],
    /// Bytes on the wire, the same ways.
    pub bytes: [u64; 2],
    /// First packet.
    pub first: Timestamp,
    /// Last packet.
    pub last: Timestamp,
}

/// Pairs of addresses with flows, most bytes first.
#[must_use]
pub fn conversations(input: &Input<'_>) -> Vec<Conversation> {
    let mut all: BTreeMap<(IpAddr, IpAddr), Conversation> = BTreeMap::new();
    for flow in input.chains.iter().flat_map(|c| &c.facts.flows) {
        let (client, server) = (flow.client.0, flow.server.0);
        let forward = client <= server;
        let (a, b) = if forward {
            (client, server)
        } else {
            (server, client)
        };
        let row = all.entry((a, b)).or_insert(Conversation {
            a,
            b,
            flows: 0,
            packets: [0; 2],
            bytes: [0; 2],
            first: flow.begun,
            last: flow.ended,
        });
        let [there, back] = if forward { [0, 1] } else { [1, 0] };
        row.flows += 1;
        row.packets[0] += u64::from(flow.packets[there]);
        row.packets[1] += u64::from(flow.packets[back]);
        row.bytes[0] += flow.bytes[there];
        row.bytes[1] += flow.bytes[back];
        row.first = row.first.min(flow.begun);
        row.last = row.last.max(flow.ended);
    }
    let mut out: Vec<_> = all.into_values().collect();
    out.sort_by_key(|c| (std::cmp::Reverse(c.bytes[0] + c.bytes[1]), c.a, c.b));
    out
}

/// Addresses with flows, most bytes first.
#[must_use]
pub fn endpoints(input: &Input<'_>) -> Vec<Endpoint> {
    let mut all: BTreeMap<IpAddr, Endpoint> = BTreeMap::new();
    for c in conversations(input) {
        for (ip, sent, got) in [(c.a, 0, 1), (c.b, 1, 0)] {
            let row = all.entry(ip).or_insert(Endpoint {
                ip,
                peers: 0,
                flows: 0,
                packets: [0; 2],
                bytes: [0; 2],
                first: c.first,
                last: c.last,
            });
            row.peers += 1;
            row.flows += c.flows;
            row.packets[0] += c.packets[sent];
            row.packets[1] += c.packets[got];
            row.bytes[0] += c.bytes[sent];
            row.bytes[1] += c.bytes[got];
            row.first = row.first.min(c.first);
            row.last = row.last.max(c.last);
        }
    }
    let mut out: Vec<_> = all.into_values().collect();
    out.sort_by_key(|e| (std::cmp::Reverse(e.bytes[0] + e.bytes[1]), e.ip));
    out
}
