//! What a detection asks for again with each of its keys, worked out once for all of them. Judges nothing.

use super::trigrams::Trigrams;
use super::{Ground, Key, dns_names, need};
use crate::environment::HostId;
use crate::health::{self, Line};
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
    spoken: OnceCell<BTreeSet<&'static str>>,
    one_sided: OnceCell<Option<String>>,
    health: OnceCell<Vec<Line>>,
    names: OnceCell<Vec<Key>>,
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

    /// Protocols that conversations carry, whether or not a message of them could be read.
    pub(super) fn spoken(&self) -> &BTreeSet<&'static str> {
        self.shared.spoken.get_or_init(|| {
            let flows = self.input.chains.iter().flat_map(|c| &c.facts.flows);
            // Millions of conversations speak few protocols: what is counted is their numbers.
            let ids: BTreeSet<_> = flows.filter_map(|f| f.protocol).collect();
            let known = ids
                .into_iter()
                .filter_map(|id| weir_dissect::registry().get(id));
            known.map(|p| p.info.name).collect()
        })
    }

    /// Why the captures show one side of conversations only; nothing where they show both.
    pub(super) fn one_sided(&self) -> Option<&str> {
        let made = &self.shared.one_sided;
        made.get_or_init(|| need::one_sided(self)).as_deref()
    }

    /// What is to be said of the captures themselves.
    pub(super) fn health(&self) -> &[Line] {
        let made = &self.shared.health;
        made.get_or_init(|| health::lines(self.input))
    }

    /// Hosts with the domains below which they ask for names, as detections have them for keys.
    pub(super) fn asked_names(&self) -> &[Key] {
        let made = &self.shared.names;
        made.get_or_init(|| dns_names::all(self))
    }
}
