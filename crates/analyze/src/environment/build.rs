//! From bindings and flows to hosts. Knows no names.

use super::routers::{Behind, Routers};
use super::{Environment, Host, HostId, Tenure};
use crate::input::{Input, LogInput};
use crate::traffic::Captured;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_dissect::facts::Binding;
use weir_import::FlowRow;
use weir_model::{Mac, RecordRef, Timestamp, is_internal};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Mac(Mac),
    Ip(IpAddr),
}

struct Builder {
    all: Environment,
    by_key: HashMap<Key, HostId, FixedState>,
}

/// Hosts without names and roles.
pub(super) fn hosts(input: &Input<'_>) -> Environment {
    let routers = Routers::new(input);
    let mut b = Builder {
        all: Environment {
            hosts: Vec::new(),
            by_ip: HashMap::with_hasher(FixedState::with_seed(0)),
            routers: routers.all(),
        },
        by_key: HashMap::with_hasher(FixedState::with_seed(0)),
    };
    for (chain, c) in input.chains.iter().enumerate() {
        for row in c.facts.bindings.all() {
            b.binding(chain, row, &routers);
        }
    }
    for (chain, c) in input.chains.iter().enumerate() {
        for flow in &c.facts.flows {
            for (ip, sent) in [
                (flow.client.0, flow.packets[0]),
                (flow.server.0, flow.packets[1]),
            ] {
                b.end(
                    chain,
                    ip,
                    sent,
                    (flow.first.into(), flow.begun),
                    (flow.last.into(), flow.ended),
                );
            }
        }
    }
    b.sort();
    let captured = Captured::new(input);
    for (n, log) in input.logs.iter().enumerate() {
        let place = input.log_place(n);
        for row in log.rows.iter().filter(|r| !captured.has(log, r)) {
            b.row(place, log, row);
        }
    }
    b.sort();
    b.all
}

impl Builder {
    fn host(&mut self, key: Key, behind: Option<Mac>) -> HostId {
        if let Some(id) = self.by_key.get(&key) {
            return *id;
        }
        let id = HostId(u32::try_from(self.all.hosts.len()).unwrap_or(u32::MAX));
        self.all.hosts.push(Host {
            id,
            mac: match key {
                Key::Mac(mac) => Some(mac),
                Key::Ip(_) => None,
            },
            behind,
            addresses: Vec::new(),
            names: Vec::new(),
            roles: Vec::new(),
            services: Vec::new(),
            internal: matches!(key, Key::Mac(_)),
            first: Timestamp::MAX,
            last: Timestamp::MIN,
            sent: 0,
            logged: 0,
            rows: 0,
            several: String::new(),
            because: Vec::new(),
        });
        self.by_key.insert(key, id);
        id
    }

    fn binding(&mut self, chain: usize, row: &Binding, routers: &Routers) {
        let (key, behind) = match routers.place(chain, row) {
            Behind::Nobody => (Key::Mac(row.mac), None),
            Behind::Router => (Key::Ip(row.ip), Some(row.mac)),
            Behind::Ignore => return,
        };
        let id = self.host(key, behind);
        let Some(host) = self.all.host_mut(id) else {
            return;
        };
        host.first = host.first.min(row.begun);
        host.last = host.last.max(row.ended);
        host.sent += row.packets;
        host.internal |= is_internal(row.ip);
        let same = host
            .addresses
            .iter_mut()
            .find(|t| t.chain == chain && t.ip == row.ip);
        match same {
            Some(t) => {
                if row.ended >= t.ended {
                    (t.ended, t.last) = (row.ended, row.last.into());
                }
                t.packets += row.packets;
                t.announced |= row.announced;
            }
            None => host.addresses.push(Tenure {
                chain,
                ip: row.ip,
                begun: row.begun,
                ended: row.ended,
                first: row.first.into(),
                last: row.last.into(),
                packets: row.packets,
                announced: row.announced,
            }),
        }
        self.all
            .by_ip
            .entry(row.ip)
            .or_default()
            .push((chain, row.begun, id));
    }

    /// Answers "who had this address" need each address's holders in order.
    fn sort(&mut self) {
        for list in self.all.by_ip.values_mut() {
            list.sort_by_key(|(chain, begun, id)| (*begun, *chain, *id));
            list.dedup_by_key(|(chain, _, id)| (*chain, *id));
        }
    }

    /// Both ends of a flow that only a log knows.
    fn row(&mut self, chain: usize, log: &LogInput<'_>, row: &FlowRow) {
        let (begun, ended) = (log.begun(row), log.ended(row));
        let name: RecordRef = log.reference(row).into();
        // Who began sent something; who was asked perhaps not.
        let answers = u64::from(row.answered() == Some(true));
        for (ip, sent) in [
            (row.originator.ip, row.originator_packets.unwrap_or(1)),
            (row.responder.ip, row.responder_packets.unwrap_or(answers)),
        ] {
            if is_group(ip) {
                continue;
            }
            let known = self.all.at(chain, ip, begun);
            let id = known.unwrap_or_else(|| {
                let id = self.host(Key::Ip(ip), None);
                self.all
                    .by_ip
                    .entry(ip)
                    .or_default()
                    .push((chain, begun, id));
                id
            });
            let Some(host) = self.all.host_mut(id) else {
                continue;
            };
            host.internal |= is_internal(ip);
            host.first = host.first.min(begun);
            host.last = host.last.max(ended);
            host.logged += sent;
            host.rows += 1;
            let same = |t: &&mut Tenure| t.chain == chain && t.ip == ip;
            if let Some(t) = host.addresses.iter_mut().find(same) {
                if begun < t.begun {
                    (t.begun, t.first) = (begun, name);
                }
                if ended >= t.ended {
                    (t.ended, t.last) = (ended, name);
                }
                t.packets += sent;
            } else {
                host.addresses.push(Tenure {
                    chain,
                    ip,
                    begun,
                    ended,
                    first: name,
                    last: name,
                    packets: sent,
                    announced: false,
                });
            }
        }
    }

    /// An end of a flow that no binding explains: no layer 2, or never a sender.
    fn end(
        &mut self,
        chain: usize,
        ip: IpAddr,
        sent: u32,
        first: (RecordRef, Timestamp),
        last: (RecordRef, Timestamp),
    ) {
        if is_group(ip) {
            return;
        }
        let known = self.all.by_ip.get(&ip).is_some_and(|list| !list.is_empty());
        if known {
            let unbound = self.by_key.get(&Key::Ip(ip)).copied();
            let Some(host) = unbound.and_then(|id| self.all.host_mut(id)) else {
                return;
            };
            host.first = host.first.min(first.1);
            host.last = host.last.max(last.1);
            if host.behind.is_none() {
                host.sent += u64::from(sent);
                if let Some(t) = host.addresses.iter_mut().find(|t| t.ip == ip) {
                    t.begun = t.begun.min(first.1);
                    if last.1 >= t.ended {
                        (t.ended, t.last) = (last.1, last.0);
                    }
                    t.packets += u64::from(sent);
                }
            }
            return;
        }
        let id = self.host(Key::Ip(ip), None);
        if let Some(host) = self.all.host_mut(id) {
            host.first = first.1;
            host.last = last.1;
            host.sent = u64::from(sent);
            host.internal = is_internal(ip);
            host.addresses.push(Tenure {
                chain,
                ip,
                begun: first.1,
                ended: last.1,
                first: first.0,
                last: last.0,
                packets: u64::from(sent),
                announced: false,
            });
        }
        self.all
            .by_ip
            .entry(ip)
            .or_default()
            .push((chain, first.1, id));
    }
}

/// Everybody's or nobody's address.
fn is_group(ip: IpAddr) -> bool {
    let broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    ip.is_multicast() || ip.is_unspecified() || broadcast
}
