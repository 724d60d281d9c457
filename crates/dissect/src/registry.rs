//! The list of protocols turned into look-up tables, built once. Knows no protocol by name.

use crate::protocol::{Over, Protocol, Transport};
use crate::protocols::ALL;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use weir_model::Field;

/// A protocol's place in the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProtocolId(pub u16);

/// Kinds of keys.
const KINDS: usize = 8;
/// No protocol has this place.
const NONE: u16 = u16::MAX;

/// A key's kind and number; nothing for what is only found by its probe.
fn place(key: Over) -> Option<(usize, usize)> {
    Some(match key {
        Over::EtherType(n) => (0, n.into()),
        Over::IpProto(n) => (1, n.into()),
        Over::TcpPort(n) => (2, n.into()),
        Over::UdpPort(n) => (3, n.into()),
        // Numbers of link types are 16 bits in every file.
        Over::LinkType(n) => (4, u16::try_from(n).ok()?.into()),
        Over::TlsPort(n) => (5, n.into()),
        Over::Llc(n) => (6, n.into()),
        Over::CiscoPid(n) => (7, n.into()),
        Over::Alpn(_) | Over::Heuristic(_) => return None,
    })
}

/// Look-ups over [`ALL`].
pub struct Registry {
    /// By the number of a key, for each kind of key: every packet asks several times.
    by_key: [Vec<u16>; KINDS],
    by_name: HashMap<&'static str, ProtocolId, FixedState>,
    fields: HashMap<&'static str, Vec<&'static Field>, FixedState>,
    probed: [Vec<ProtocolId>; 2],
    beginning: Vec<&'static Protocol>,
}

/// The one registry.
pub fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(Registry::build)
}

impl Registry {
    fn build() -> Self {
        let mut r = Self {
            by_key: Default::default(),
            by_name: HashMap::with_hasher(FixedState::default()),
            fields: HashMap::with_hasher(FixedState::default()),
            probed: [Vec::new(), Vec::new()],
            beginning: ALL.iter().copied().filter(|p| p.begins.is_some()).collect(),
        };
        for (n, protocol) in ALL.iter().enumerate() {
            let id = ProtocolId(u16::try_from(n).unwrap_or(u16::MAX));
            protocol.place.store(id.0, Ordering::Relaxed);
            r.by_name.insert(protocol.info.name, id);
            for over in protocol.over {
                let Some((kind, n)) = place(*over) else {
                    continue;
                };
                let Some(table) = r.by_key.get_mut(kind) else {
                    continue;
                };
                if table.len() <= n {
                    table.resize(n + 1, NONE);
                }
                if let Some(slot) = table.get_mut(n).filter(|s| **s == NONE) {
                    *slot = id.0;
                }
            }
            if protocol.probe.is_some() {
                for (t, usable) in [
                    (Transport::Tcp, protocol.stream.is_some()),
                    (Transport::Udp, protocol.datagram.is_some()),
                ] {
                    if usable && let Some(list) = r.probed.get_mut(t as usize) {
                        list.push(id);
                    }
                }
            }
            for field in protocol.fields {
                for name in std::iter::once(&field.name).chain(field.part_of) {
                    // Protocols of one message format share their fields.
                    let list = r.fields.entry(name).or_default();
                    if !list.iter().any(|f| std::ptr::eq(*f, *field)) {
                        list.push(field);
                    }
                }
            }
        }
        r
    }

    /// The protocol at a place.
    #[must_use]
    pub fn get(&self, id: ProtocolId) -> Option<&'static Protocol> {
        ALL.get(usize::from(id.0)).copied()
    }

    /// By filter name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&'static Protocol> {
        self.by_name.get(name).and_then(|id| self.get(*id))
    }

    /// By its parent's key.
    #[must_use]
    pub fn over(&self, key: Over) -> Option<&'static Protocol> {
        let (kind, n) = place(key)?;
        self.get(ProtocolId(*self.by_key.get(kind)?.get(n)?))
    }

    /// The stream protocol that both ends of TLS call so (RFC 7301).
    #[must_use]
    pub fn agreed(&self, name: &[u8]) -> Option<&'static Protocol> {
        let named = |o: &Over| matches!(o, Over::Alpn(n) if n.as_bytes() == name);
        let mut all = ALL.iter().copied().filter(|p| p.stream.is_some());
        all.find(|p| p.over.iter().any(named))
    }

    /// Protocols with a probe that can be carried by a transport, in registry order.
    #[must_use]
    pub fn probed(&self, transport: Transport) -> &[ProtocolId] {
        self.probed
            .get(transport as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The protocol that a stream's segment certainly begins, whatever was before it.
    #[must_use]
    pub fn beginning(&self, segment: &[u8]) -> Option<&'static Protocol> {
        let begins = |p: &&&'static Protocol| p.begins.is_some_and(|begins| begins(segment));
        self.beginning.iter().find(begins).copied()
    }

    /// The fields a name stands for: one, or the members of a group such as `ip.addr`.
    #[must_use]
    pub fn fields(&self, name: &str) -> &[&'static Field] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every field name, groups included, unordered.
    pub fn field_names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.keys().copied()
    }
}
