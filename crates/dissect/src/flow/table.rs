//! From addresses and ports to flows. Knows when a new connection reuses old ports, nothing of content.

use super::{Flow, Live, RecognisedBy, TcpSeen};
use crate::blocks::Blocks;
use crate::context::Ctx;
use crate::protocol::{Direction, Over, Protocol, Transport};
use crate::registry::registry;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashTable};
use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::net::IpAddr;
use weir_model::{CaptureId, FlowId, LimitKind};

/// Most flows of a chain: a flow with its state takes about a kilobyte, and wasm has 4 GiB for everything.
pub(crate) const FLOWS: usize = if usize::BITS < 64 {
    2_000_000
} else {
    20_000_000
};

/// Flows that only ICMP errors name and that are remembered.
const NAMED: usize = 65_536;

pub(crate) static TOO_MANY_FLOWS: LimitKind = LimitKind {
    id: "flow.count",
    says: "there were more flows than are kept; packets of further ones have none",
    bound: FLOWS as u64,
    unit: "flows",
};

/// Both ends, the smaller one first, packed so that hashing and comparing are a few instructions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FlowKey {
    low: u128,
    high: u128,
    /// Ports of both, and what neither address says: family and transport.
    rest: u64,
}

impl FlowKey {
    /// The key of a packet, and whether its sender is the smaller end.
    #[must_use]
    pub fn new(from: (IpAddr, u16), to: (IpAddr, u16), transport: Transport) -> (Self, bool) {
        let bits = |ip| match ip {
            IpAddr::V4(a) => u128::from(a.to_bits()),
            IpAddr::V6(a) => a.to_bits(),
        };
        let family = u64::from(from.0.is_ipv6()) << 1 | u64::from(to.0.is_ipv6());
        let kind = family << 40 | (transport as u64) << 32;
        let (a, b) = ((bits(from.0), from.1), (bits(to.0), to.1));
        let sender_first = a <= b;
        let (low, high) = if sender_first { (a, b) } else { (b, a) };
        let key = Self {
            low: low.0,
            high: high.0,
            rest: kind | u64::from(low.1) << 16 | u64::from(high.1),
        };
        (key, sender_first)
    }
}

/// The latest flow of every pair of ends. The ends stand in the flow's record, so a place is all that is kept.
pub(crate) struct FlowTable {
    latest: HashTable<u32>,
    hasher: FixedState,
    /// The flow of the packet before: the next one's, often.
    last: Option<(FlowKey, u32)>,
    /// Stream numbers of flows that only an ICMP error has named yet.
    named: HashMap<(CaptureId, FlowKey), u32, FixedState>,
    capture: CaptureId,
    next_stream: [u32; 2],
    /// Flows that get another number with their next packet in this capture, or at its end
    /// ([`crate::Protocol::renumbered`]); at most [`FLOWS`].
    waiting: BTreeSet<u32>,
}

fn key_of(flows: &Blocks<Flow>, n: u32) -> Option<FlowKey> {
    let flow = flows.get(n as usize)?;
    Some(FlowKey::new(flow.client, flow.server, flow.transport).0)
}

impl FlowTable {
    pub(crate) fn new(seed: u64) -> Self {
        let hasher = FixedState::with_seed(seed);
        Self {
            latest: HashTable::new(),
            hasher: hasher.clone(),
            last: None,
            named: HashMap::with_hasher(hasher),
            capture: CaptureId(0),
            next_stream: [0; 2],
            waiting: BTreeSet::new(),
        }
    }

    /// The flow's protocol was read in it: is it one that takes another number?
    pub(super) fn carries(&mut self, id: FlowId, protocol: &Protocol) {
        if protocol.renumbered {
            self.waiting.insert(id.0);
        }
    }

    /// What a capture's end gives to flows of one packet, in the order of those. `more`: it may not be the end.
    pub(crate) fn settle(&mut self, flows: &mut Blocks<Flow>, more: bool) {
        let mut next = self.next_stream[Transport::Udp as usize];
        for id in &self.waiting {
            if let Some(flow) = flows.get_mut(*id as usize) {
                flow.renumber(self.capture, next);
                next = next.saturating_add(1);
            }
        }
        if !more {
            self.waiting.clear();
        }
    }

    /// The latest flow with these ends.
    fn get(&self, flows: &Blocks<Flow>, key: &FlowKey) -> Option<u32> {
        self.latest
            .find(self.hasher.hash_one(key), |n| {
                key_of(flows, *n).as_ref() == Some(key)
            })
            .copied()
    }

    fn find(&mut self, flows: &Blocks<Flow>, key: &FlowKey) -> Option<u32> {
        if let Some((last, n)) = &self.last
            && last == key
        {
            return Some(*n);
        }
        let found = self.get(flows, key);
        self.last = found.map(|n| (*key, n));
        found
    }

    /// From now on these ends are this flow's, which has its record already.
    fn set(&mut self, flows: &Blocks<Flow>, key: &FlowKey, n: u32) {
        let same = |n: &u32| key_of(flows, *n).as_ref() == Some(key);
        let hasher = &self.hasher;
        let hash = hasher.hash_one(key);
        let rehash = |n: &u32| key_of(flows, *n).map_or(0, |k| hasher.hash_one(k));
        match self.latest.find_mut(hash, same) {
            Some(old) => *old = n,
            None => {
                self.latest.insert_unique(hash, n, rehash);
            }
        }
        self.last = Some((*key, n));
    }

    /// An ICMP error names a flow: it takes a number if it has none, as in Wireshark.
    fn name(
        &mut self,
        flows: &Blocks<Flow>,
        key: FlowKey,
        capture: CaptureId,
        transport: Transport,
    ) {
        let known = self.get(flows, &key).is_some() || self.named.contains_key(&(capture, key));
        if !known && self.named.len() < NAMED {
            let number = self.stream_number(capture, transport);
            self.named.insert((capture, key), number);
        }
    }

    /// The stream number of a flow that has none in this capture yet.
    fn number(&mut self, capture: CaptureId, key: FlowKey, transport: Transport) -> u32 {
        let named = self.named.remove(&(capture, key));
        named.unwrap_or_else(|| self.stream_number(capture, transport))
    }

    /// Wireshark numbers streams from 0 in every file.
    fn stream_number(&mut self, capture: CaptureId, transport: Transport) -> u32 {
        if self.capture != capture {
            self.capture = capture;
            self.next_stream = [0; 2];
        }
        let slot = &mut self.next_stream[transport as usize];
        let number = *slot;
        *slot = slot.saturating_add(1);
        number
    }
}

/// What the first packet of a flow says of its sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender {
    /// It opens the conversation.
    Client,
    /// It accepts one whose opening was not seen.
    Server,
    /// Nothing: its port may tell.
    Unknown,
}

/// Does the sender answer from a port on which others are served? Then the conversation was joined on its way.
fn serves(sender: Sender, transport: Transport, ports: (u16, u16)) -> bool {
    let known = |port| {
        registry()
            .over(match transport {
                Transport::Tcp => Over::TcpPort(port),
                Transport::Udp => Over::UdpPort(port),
            })
            .is_some()
    };
    match sender {
        Sender::Client => false,
        Sender::Server => true,
        Sender::Unknown => {
            ports.1 >= 1024 && ports.0 != ports.1 && known(ports.0) && !known(ports.1)
        }
    }
}

/// Finds or makes the flow of the packet being read and notes it in the context. `fresh` is asked,
/// with the flow that has these ends now, whether the packet begins a new one.
pub fn open(
    ctx: &mut Ctx<'_>,
    transport: Transport,
    ports: (u16, u16),
    sender: Sender,
    fresh: impl FnOnce(&Flow, Direction) -> bool,
) -> Option<(FlowId, Direction)> {
    let addresses = ctx.packet.addresses?;
    let (from, to) = ((addresses.src, ports.0), (addresses.dst, ports.1));
    ctx.packet.ports = Some(ports);
    ctx.packet.transport = Some(transport);
    if ctx.packet.quoted {
        ctx.packet.flow = None;
        if !ctx.core.replay {
            ctx.core.table.name(
                &ctx.core.facts.flows,
                FlowKey::new(from, to, transport).0,
                ctx.meta.packet.capture,
                transport,
            );
        }
        return None;
    }
    let core = &mut *ctx.core;
    let direction_of = |flow: &Flow| {
        if flow.client == from {
            Direction::Forward
        } else {
            Direction::Backward
        }
    };
    if let Some(id) = core.replaying {
        let flow = core.facts.flow(id)?;
        let same = flow.transport == transport
            && ((flow.client, flow.server) == (from, to)
                || (flow.client, flow.server) == (to, from));
        if !same {
            return None;
        }
        let direction = direction_of(flow);
        ctx.packet.flow = Some((id, direction));
        return ctx.packet.flow;
    }
    let (key, _) = FlowKey::new(from, to, transport);
    let capture = ctx.meta.packet.capture;
    if core.table.capture != capture && !core.table.waiting.is_empty() {
        core.table.settle(&mut core.facts.flows, false);
    }
    let mut found = core.table.find(&core.facts.flows, &key).map(FlowId);
    let mut replaced = None;
    if let Some(flow) = found.and_then(|id| core.facts.flow(id))
        && fresh(flow, direction_of(flow))
    {
        replaced = found.take();
    }
    let id = match found {
        Some(id) => id,
        None => {
            if core.facts.flows.len() >= FLOWS {
                ctx.limit(&TOO_MANY_FLOWS);
                return None;
            }
            let id = FlowId(u32::try_from(core.facts.flows.len()).ok()?);
            let number = core.table.number(capture, key, transport);
            let (client, server) = if serves(sender, transport, ports) {
                (to, from)
            } else {
                (from, to)
            };
            core.facts.flows.push(Flow {
                id,
                transport,
                client,
                server,
                first: ctx.meta.packet,
                last: ctx.meta.packet,
                begun: ctx.meta.time,
                ended: ctx.meta.time,
                packets: [0; 2],
                bytes: [0; 2],
                payload: [0; 2],
                protocol: None,
                recognised_by: RecognisedBy::Nothing,
                tcp: TcpSeen::default(),
                stream: number,
                random: None,
                seldom: None,
            });
            core.live.push(Some(Box::new(Live::new())));
            core.table.set(&core.facts.flows, &key, id.0);
            id
        }
    };
    let known = core.facts.flow(id).and_then(|f| f.stream(capture));
    if known.is_none() {
        let number = core.table.number(capture, key, transport);
        if let Some(flow) = core.facts.flows.get_mut(id.0 as usize) {
            flow.seldom_mut().streams.push((capture, number));
            if let Some(protocol) = flow.protocol.and_then(|p| registry().get(p)) {
                core.table.carries(id, protocol);
            }
        }
    } else if found.is_some() && core.table.waiting.remove(&id.0) {
        let number = core.table.stream_number(capture, transport);
        if let Some(flow) = core.facts.flows.get_mut(id.0 as usize) {
            flow.renumber(capture, number);
        }
    }
    let flow = core.facts.flows.get_mut(id.0 as usize)?;
    let direction = direction_of(flow);
    flow.last = ctx.meta.packet;
    ctx.packet.silence = ctx.meta.time.since(flow.ended);
    flow.ended = flow.ended.max(ctx.meta.time);
    let way = direction.index();
    flow.packets[way] = flow.packets[way].saturating_add(1);
    flow.bytes[way] = flow.bytes[way].saturating_add(u64::from(ctx.meta.wire_len));
    if ctx.packet.duplicate || ctx.packet.cut {
        let seldom = flow.seldom_mut();
        seldom.duplicates += u32::from(ctx.packet.duplicate);
        seldom.cut += u32::from(ctx.packet.cut);
    }
    ctx.packet.flow = Some((id, direction));
    if let Some(old) = replaced {
        super::close_flow(ctx, old);
        ctx.packet.flow = Some((id, direction));
    }
    ctx.packet.flow
}

/// The stream number of the packet being read, as Wireshark numbers its capture.
pub(crate) fn stream_number(ctx: &Ctx<'_>, transport: Transport, ports: (u16, u16)) -> Option<u32> {
    let capture = ctx.meta.packet.capture;
    if !ctx.packet.quoted {
        return match ctx.packet.flow {
            Some(_) => ctx.flow()?.stream(capture),
            // A tunnel around the flow that is replayed.
            None => outer(ctx, transport, ports)?.stream(capture),
        };
    }
    let ends = ctx.packet.addresses?;
    let (key, _) = FlowKey::new((ends.src, ports.0), (ends.dst, ports.1), transport);
    let table = &ctx.core.table;
    match table.named.get(&(capture, key)) {
        Some(n) => Some(*n),
        None => {
            let id = FlowId(table.get(&ctx.core.facts.flows, &key)?);
            ctx.core.facts.flow(id)?.stream(capture)
        }
    }
}

/// The flow with these ends around the one that is replayed: looked at, never changed.
pub(crate) fn outer<'a>(
    ctx: &'a Ctx<'_>,
    transport: Transport,
    ports: (u16, u16),
) -> Option<&'a Flow> {
    let ends = ctx.packet.addresses?;
    let (key, _) = FlowKey::new((ends.src, ports.0), (ends.dst, ports.1), transport);
    let id = FlowId(ctx.core.table.get(&ctx.core.facts.flows, &key)?);
    ctx.core.facts.flow(id)
}

/// Does the datagram being read belong to a flow that carries whole packets of other flows?
pub(crate) fn is_tunnel(ctx: &Ctx<'_>, ports: (u16, u16)) -> bool {
    let flow = match ctx.packet.flow {
        Some((id, _)) => ctx.facts().flow(id),
        None => outer(ctx, Transport::Udp, ports),
    };
    flow.and_then(|f| f.protocol)
        .and_then(|id| registry().get(id))
        .is_some_and(|p| p.tunnel)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::synth::Synth;

    const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 5], 50_000);

    /// The ports of the client's and the server's side of the only flow.
    fn sides(s: &Synth) -> (u16, u16) {
        let d = s.load();
        let flow = d.facts().flows.get(0).unwrap();
        (flow.client.1, flow.server.1)
    }

    #[test]
    fn a_conversation_joined_on_its_way_has_its_sides_all_the_same() {
        let talk = |server: u16, from: usize| {
            let mut s = Synth::default();
            let mut c = s.connect(CLIENT, ([192, 0, 2, 80], server));
            c.server(&mut s, "220 ready\r\n");
            c.client(&mut s, "NOOP\r\n");
            s.packets.drain(..from);
            sides(&s)
        };
        // From the SYN, the SYN-ACK, the server's first word.
        for from in [0, 1, 3] {
            assert_eq!(talk(21, from), (50_000, 21));
        }
        // No port tells: whoever speaks first opened it.
        assert_eq!(talk(40_123, 1), (50_000, 40_123));
        assert_eq!(talk(40_123, 3), (40_123, 50_000));
    }

    #[test]
    fn snmp_takes_another_number_as_in_wireshark() {
        let mut s = Synth::default();
        let manager = |port: u16| ([10, 0, 0, 1], port);
        let agent = ([10, 0, 0, 2], 161);
        let other = ([10, 0, 0, 3], 9999);
        let mut get = vec![0x30, 0x24, 2, 1, 1, 4, 6];
        get.extend(b"public");
        get.extend([0xa0, 0x17, 2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 0x0c]);
        get.extend([0x30, 10, 6, 6, 0x2b, 6, 1, 2, 1, 1, 5, 0]);
        s.udp(manager(5000), agent, &get);
        s.udp(manager(5001), other, b"hello there");
        s.udp(agent, manager(5000), &get);
        s.udp(manager(5002), agent, &get);
        s.udp(manager(5003), agent, &get);
        s.udp(manager(5003), agent, &get);
        s.udp(manager(5004), other, b"hello there");
        let loaded = s.load();
        let streams = loaded.facts().flows.iter().map(|f| f.stream);
        // tshark 4.0.17 of the same packets, with two passes.
        assert_eq!(streams.collect::<Vec<_>>(), [2, 1, 7, 5, 6]);
    }

    #[test]
    fn an_answer_without_its_question_comes_from_the_server() {
        let server = ([192, 0, 2, 53], 53);
        let mut s = Synth::default();
        s.udp(server, CLIENT, &[0; 12]);
        assert_eq!(sides(&s), (50_000, 53));
        let mut s = Synth::default();
        s.udp(CLIENT, server, &[0; 12]);
        assert_eq!(sides(&s), (50_000, 53));
        let mut s = Synth::default();
        s.udp(([192, 0, 2, 53], 123), ([10, 0, 0, 5], 123), &[0; 12]);
        s.udp(([10, 0, 0, 5], 123), ([192, 0, 2, 53], 123), &[0; 12]);
        assert_eq!(sides(&s), (123, 123));
    }
}
