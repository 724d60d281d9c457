//! What a detection asks for again with each of its keys, worked out once for all of them. Judges nothing.

use super::Ground;
use super::trigrams::Trigrams;
use crate::environment::HostId;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::Transport;
use weir_dissect::protocols::dns::Query;

/// Chains and rows by host.
type ByHost = HashMap<HostId, Vec<(usize, usize)>, FixedState>;

/// Made when it is first asked for.
#[derive(Default)]
pub(super) struct Shared {
    ports: OnceCell<BTreeMap<u16, Port>>,
    resolved: OnceCell<ByHost>,
    words: OnceCell<Trigrams>,
}

/// Who answers by TCP on a port.
#[derive(Clone, Copy, Default)]
pub(super) struct Port {
    /// Hosts of the network that do.
    pub(super) hosts: usize,
    /// Connections to the host with the most of them.
    pub(super) most: u64,
}

impl Ground<'_> {
    /// Ports on which anybody answers by TCP.
    pub(super) fn ports(&self) -> &BTreeMap<u16, Port> {
        self.shared.ports.get_or_init(|| {
            let mut out: BTreeMap<u16, Port> = BTreeMap::new();
            for host in self.env.hosts() {
                let mut mine: BTreeSet<u16> = BTreeSet::new();
                let by_tcp = |s: &&crate::environment::Service| s.transport == Transport::Tcp;
                for s in host.services.iter().filter(by_tcp) {
                    let port = out.entry(s.port).or_default();
                    port.hosts += usize::from(host.internal && mine.insert(s.port));
                    port.most = port.most.max(s.flows);
                }
            }
            out
        })
    }

    /// Chain and row of the look-ups of a host that were answered without a fault, as they stand.
    pub(super) fn resolved(&self, host: HostId) -> &[(usize, usize)] {
        let all = self.shared.resolved.get_or_init(|| {
            let mut out = ByHost::default();
            for (chain, c) in self.input.chains.iter().enumerate() {
                for (n, q) in c.facts.messages.all::<Query>().iter().enumerate() {
                    let good = q.rcode == Some(0) && !q.local;
                    let host = self.env.at(chain, q.client.0, q.meta.time);
                    if let Some(host) = host.filter(|_| good) {
                        out.entry(host).or_default().push((chain, n));
                    }
                }
            }
            out
        });
        all.get(&host).map_or(&[], Vec::as_slice)
    }

    /// What names are made of by the list alone, without what these captures resolved.
    pub(super) fn words(&self) -> &Trigrams {
        self.shared
            .words
            .get_or_init(|| Trigrams::learn(std::iter::empty()))
    }
}
