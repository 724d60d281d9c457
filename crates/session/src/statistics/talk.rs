//! Conversations: whose there are, and what index and flow record tell of them without a look at a packet.

use super::service::Service;
use super::tap::Tap;
use crate::index::PacketEntry;
use crate::session::Chain;
use weir_analyze::statistics::{Conversation, End};
use weir_dissect::{Transport, registry};
use weir_model::PacketRef;

/// Whose conversations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Talk {
    /// Hardware addresses of every Ethernet header, those inside tunnels too.
    Ethernet,
    /// Addresses of every IPv4 header.
    Ipv4,
    /// Addresses of every IPv6 header.
    Ipv6,
    /// TCP streams.
    Tcp,
    /// UDP streams.
    Udp,
}

impl Talk {
    /// All of them, in the order of the layers.
    pub const ALL: [Self; 5] = [Self::Ethernet, Self::Ipv4, Self::Ipv6, Self::Tcp, Self::Udp];

    /// The filter name of the layer.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "eth",
            Self::Ipv4 => "ip",
            Self::Ipv6 => "ipv6",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// By the filter name of its layer.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    fn of(transport: Transport) -> Self {
        match transport {
            Transport::Tcp => Self::Tcp,
            Transport::Udp => Self::Udp,
        }
    }
}

/// How many headers of each kind a packet has whose conversations have to be read.
pub(super) type Unknown = [u8; Talk::ALL.len()];

/// How often the layers that have conversations stand in a sequence of layers.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    pub(super) of: [u8; Talk::ALL.len()],
    /// It has a protocol whose response times are counted.
    pub(super) answers: bool,
}

impl Shape {
    pub(super) fn all(chain: &Chain) -> Vec<Self> {
        let stacks = chain.facts().stacks.all().iter();
        let shape = |layers: &[weir_dissect::ProtocolId]| {
            let mut shape = Self::default();
            for name in layers.iter().filter_map(|id| registry().get(*id)) {
                let name = name.info.name;
                if let Some(talk) = Talk::named(name) {
                    let n = &mut shape.of[talk as usize];
                    *n = n.saturating_add(1);
                }
                shape.answers |= Service::named(name).is_some();
            }
            if is_part(layers) {
                let n = &mut shape.of[Talk::Ipv6 as usize];
                *n = n.saturating_sub(1);
            }
            shape
        };
        stacks.map(|s| shape(&s.layers)).collect()
    }

    pub(super) fn has(&self, talk: Talk) -> u8 {
        self.of[talk as usize]
    }

    fn networks(&self) -> u8 {
        self.has(Talk::Ipv4).saturating_add(self.has(Talk::Ipv6))
    }

    fn transports(&self) -> u8 {
        self.has(Talk::Tcp).saturating_add(self.has(Talk::Udp))
    }
}

/// Does the packet end in a piece of an IPv6 packet? Only the packet that completes it is counted, as Wireshark counts;
/// fragments of IPv4 are counted one by one.
fn is_part(layers: &[weir_dissect::ProtocolId]) -> bool {
    let [.., header, rest] = layers else {
        return false;
    };
    let name = |id| registry().get(id).map_or("", |p| p.info.name);
    name(*header) == "ipv6.fraghdr" && name(*rest) == "data"
}

/// What a whole chain tells without a look at its packets.
pub(super) fn whole(tap: &mut Tap, chain: &Chain) {
    if tap.wanted.hierarchy {
        for stack in chain.facts().stacks.all() {
            tap.tables.hierarchy.add(stack, stack.packets, stack.bytes);
        }
    }
    for flow in &chain.facts().flows {
        let talk = Talk::of(flow.transport);
        if tap.wanted.talks(talk) {
            tap.tables.pairs[talk as usize].push(Conversation {
                a: End::Socket(flow.client.0, flow.client.1),
                b: End::Socket(flow.server.0, flow.server.1),
                stream: Some(flow.home()),
                packets: flow.packets.map(u64::from),
                bytes: flow.bytes,
                first: flow.first,
                begun: flow.begun,
                ended: flow.ended,
            });
        }
    }
}

/// Counts what index and flow record tell of a packet; what they do not must be read.
pub(super) fn known(
    tap: &mut Tap,
    chain: &Chain,
    packet: PacketRef,
    entry: &PacketEntry,
    shape: Shape,
    filtered: bool,
) -> Unknown {
    let mut unknown = Unknown::default();
    if filtered && tap.wanted.hierarchy {
        let stacks = chain.facts().stacks.all();
        if let Some(stack) = stacks.get(usize::from(entry.stack.0)) {
            tap.tables.hierarchy.add(stack, 1, u64::from(entry.wire));
        }
    }
    tap.packet = packet;
    tap.wire = u64::from(entry.wire);
    tap.time = entry.time;
    let flow = entry
        .flow
        .and_then(|(id, direction)| Some((chain.facts().flow(id)?, direction)));
    // One network and one transport: the packet's own flow has their addresses.
    let plain = flow.filter(|_| shape.networks() == 1 && shape.transports() == 1);
    for talk in Talk::ALL {
        if !tap.wanted.talks(talk) || shape.has(talk) == 0 {
            continue;
        }
        match (talk, plain) {
            (Talk::Tcp | Talk::Udp, _) if !filtered => {}
            (Talk::Ipv4 | Talk::Ipv6, Some((flow, direction))) => {
                let (from, to) = flow.ends(direction);
                tap.count(talk, End::Ip(from.0), End::Ip(to.0));
            }
            (Talk::Tcp | Talk::Udp, Some((flow, direction))) => {
                let (from, to) = flow.ends(direction);
                tap.stream = Some(flow.home());
                let ends = [from, to].map(|e| End::Socket(e.0, e.1));
                tap.count(talk, ends[0], ends[1]);
            }
            _ => unknown[talk as usize] = shape.has(talk),
        }
    }
    unknown
}
