//! From addresses and ports to flows. Knows when a new connection reuses old ports, nothing of content.

use super::{Flow, Live, RecognisedBy, TcpSeen};
use crate::context::Ctx;
use crate::protocol::{Direction, Transport};
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use smallvec::smallvec;
use std::net::IpAddr;
use weir_model::{CaptureId, FlowId, LimitKind};

/// Most flows of a chain.
pub(crate) const FLOWS: usize = 20_000_000;

pub(crate) static TOO_MANY_FLOWS: LimitKind = LimitKind {
    id: "flow.count",
    says: "there were more flows than are kept; packets of further ones have none",
    bound: FLOWS as u64,
    unit: "flows",
};

/// Both ends, the smaller one first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FlowKey {
    low: (IpAddr, u16),
    high: (IpAddr, u16),
    transport: Transport,
}

impl FlowKey {
    /// The key of a packet, and whether its sender is the smaller end.
    #[must_use]
    pub fn new(from: (IpAddr, u16), to: (IpAddr, u16), transport: Transport) -> (Self, bool) {
        if from <= to {
            (
                Self {
                    low: from,
                    high: to,
                    transport,
                },
                true,
            )
        } else {
            (
                Self {
                    low: to,
                    high: from,
                    transport,
                },
                false,
            )
        }
    }
}

/// The latest flow of every pair of ends.
pub(crate) struct FlowTable {
    latest: HashMap<FlowKey, u32, FixedState>,
    capture: CaptureId,
    next_stream: [u32; 2],
}

impl FlowTable {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            latest: HashMap::with_hasher(FixedState::with_seed(seed)),
            capture: CaptureId(0),
            next_stream: [0; 2],
        }
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

/// Finds or makes the flow of the packet being read and notes it in the context. `fresh` is asked,
/// with the flow that has these ends now, whether the packet begins a new one.
pub fn open(
    ctx: &mut Ctx<'_>,
    transport: Transport,
    ports: (u16, u16),
    fresh: impl FnOnce(&Flow, Direction) -> bool,
) -> Option<(FlowId, Direction)> {
    let addresses = ctx.packet.addresses?;
    let (from, to) = ((addresses.src, ports.0), (addresses.dst, ports.1));
    ctx.packet.ports = Some(ports);
    ctx.packet.transport = Some(transport);
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
    let mut found = core.table.latest.get(&key).map(|n| FlowId(*n));
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
            core.facts.flows.push(Flow {
                id,
                transport,
                client: from,
                server: to,
                first: ctx.meta.packet,
                last: ctx.meta.packet,
                begun: ctx.meta.time,
                ended: ctx.meta.time,
                packets: [0; 2],
                bytes: [0; 2],
                payload: [0; 2],
                missed: [0; 2],
                duplicates: 0,
                cut: 0,
                retransmissions: [0; 2],
                protocol: None,
                recognised_by: RecognisedBy::Nothing,
                tcp: TcpSeen::default(),
                streams: smallvec![],
                token: 0,
                setup: None,
                random: None,
            });
            core.live.push(Some(Box::new(Live::new())));
            core.table.latest.insert(key, id.0);
            id
        }
    };
    let number = core
        .facts
        .flow(id)
        .and_then(|f| f.stream(ctx.meta.packet.capture));
    if number.is_none() {
        let number = core.table.stream_number(ctx.meta.packet.capture, transport);
        if let Some(flow) = core.facts.flows.get_mut(id.0 as usize) {
            flow.streams.push((ctx.meta.packet.capture, number));
        }
    }
    let flow = core.facts.flows.get_mut(id.0 as usize)?;
    let direction = direction_of(flow);
    flow.last = ctx.meta.packet;
    flow.ended = flow.ended.max(ctx.meta.time);
    let way = direction.index();
    flow.packets[way] = flow.packets[way].saturating_add(1);
    flow.bytes[way] = flow.bytes[way].saturating_add(u64::from(ctx.meta.wire_len));
    flow.duplicates += u32::from(ctx.packet.duplicate);
    flow.cut += u32::from(ctx.packet.cut);
    ctx.packet.flow = Some((id, direction));
    if let Some(old) = replaced {
        super::close_flow(ctx, old);
        ctx.packet.flow = Some((id, direction));
    }
    ctx.packet.flow
}
