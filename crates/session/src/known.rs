//! What the index and the flow record know of a packet: the planner's first two answers.

use crate::index::PacketEntry;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, PacketMeta, Transport, registry};
use weir_filter::Known;
use weir_model::{Duration, Field, LayerInfo, Value};

/// One packet as the index has it.
pub struct PacketKnown<'a> {
    facts: &'a Facts,
    entry: PacketEntry,
    meta: PacketMeta,
    flow: Option<&'a Flow>,
}

impl<'a> PacketKnown<'a> {
    /// Of a packet of the chain with these facts.
    #[must_use]
    pub fn new(facts: &'a Facts, entry: PacketEntry, meta: PacketMeta) -> Self {
        let flow = entry.flow.and_then(|(id, _)| facts.flow(id));
        Self {
            facts,
            entry,
            meta,
            flow,
        }
    }

    fn count(&self, name: &str) -> u32 {
        let layers = self.facts.stacks.layers(self.entry.stack);
        let is = |id: &&weir_dissect::ProtocolId| {
            registry().get(**id).is_some_and(|p| p.info.name == name)
        };
        u32::try_from(layers.iter().filter(is).count()).unwrap_or(u32::MAX)
    }

    /// Sender and receiver by the flow record, where the packet has just one layer of that kind.
    fn ends(&self, layer: &str) -> Option<((IpAddr, u16), (IpAddr, u16))> {
        let (_, direction) = self.entry.flow?;
        (self.count(layer) == 1).then(|| self.flow.map(|f| f.ends(direction)))?
    }

    fn port(&self, transport: Transport, sender: bool) -> Option<u64> {
        let flow = self.flow.filter(|f| f.transport == transport)?;
        let (from, to) = self.ends(flow.transport.name())?;
        Some(u64::from(if sender { from.1 } else { to.1 }))
    }

    fn stream(&self, transport: Transport) -> Option<u64> {
        let flow = self
            .flow
            .filter(|f| f.transport == transport && self.count(transport.name()) == 1)?;
        flow.stream(self.meta.packet.capture).map(u64::from)
    }

    fn address(&self, v6: bool, sender: bool) -> Option<IpAddr> {
        let others = if v6 {
            self.count("ip")
        } else {
            self.count("ipv6")
        };
        let (from, to) = self.ends(if v6 { "ipv6" } else { "ip" })?;
        let ip = if sender { from.0 } else { to.0 };
        (others == 0 && ip.is_ipv6() == v6).then_some(ip)
    }

    fn value(&self, name: &str) -> Option<Value<'static>> {
        let ip = |ip: Option<IpAddr>| {
            ip.map(|ip| match ip {
                IpAddr::V4(v4) => Value::Ipv4(v4),
                IpAddr::V6(v6) => Value::Ipv6(v6),
            })
        };
        match name {
            "frame.time" | "frame.time_epoch" | "frame.time_relative" | "frame.time_delta"
                if self.entry.untimed =>
            {
                None
            }
            "frame.interface_id" if self.entry.record.is_some() => None,
            "frame.number" => Some(Value::Uint(u64::from(self.entry.number))),
            "frame.len" => Some(Value::Uint(u64::from(self.entry.wire))),
            "frame.cap_len" => Some(Value::Uint(u64::from(self.entry.captured))),
            "frame.time" | "frame.time_epoch" => Some(Value::Time(self.entry.time)),
            "frame.time_relative" => Some(Value::Duration(self.entry.time.since(self.meta.first))),
            "frame.time_delta" => Some(Value::Duration(
                self.meta
                    .previous
                    .map_or(Duration(0), |p| self.entry.time.since(p)),
            )),
            "frame.interface_id" => Some(Value::Uint(u64::from(self.meta.interface))),
            "tcp.stream" => self.stream(Transport::Tcp).map(Value::Uint),
            "udp.stream" => self.stream(Transport::Udp).map(Value::Uint),
            "tcp.srcport" => self.port(Transport::Tcp, true).map(Value::Uint),
            "tcp.dstport" => self.port(Transport::Tcp, false).map(Value::Uint),
            "udp.srcport" => self.port(Transport::Udp, true).map(Value::Uint),
            "udp.dstport" => self.port(Transport::Udp, false).map(Value::Uint),
            "ip.src" => ip(self.address(false, true)),
            "ip.dst" => ip(self.address(false, false)),
            "ipv6.src" => ip(self.address(true, true)),
            "ipv6.dst" => ip(self.address(true, false)),
            _ => None,
        }
    }
}

impl Known for PacketKnown<'_> {
    fn layers(&self, layer: &'static LayerInfo) -> Option<u32> {
        match layer.name {
            "frame" => Some(1),
            // Anomalies are no layers of the stack.
            "_ws.expert" => None,
            name => Some(self.count(name)),
        }
    }

    fn values(&self, field: &'static Field, visit: &mut dyn FnMut(Value<'_>)) -> bool {
        self.value(field.name).is_some_and(|value| {
            visit(value);
            true
        })
    }
}
