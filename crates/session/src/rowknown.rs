//! What a row of a flow log knows of the packets it stands for: enough for filters on time, addresses, ports
//! and protocol. Anything else it cannot tell.

use std::net::IpAddr;
use weir_filter::{Collector, Known, Program, Tri};
use weir_import::{FlowRow, Transport};
use weir_model::{Field, LayerInfo, Timestamp, Value};

/// Protocols that Zeek calls otherwise than Wireshark.
const CALLED: [(&str, &str); 2] = [("ssl", "tls"), ("krb", "kerberos")];
/// Layers that only exist with a network layer and are told by the transport.
const TRANSPORTS: [&str; 4] = ["tcp", "udp", "icmp", "icmpv6"];

/// One direction of a row.
struct Side<'a> {
    row: &'a FlowRow,
    time: Timestamp,
    from: (IpAddr, u16),
    to: (IpAddr, u16),
}

impl Side<'_> {
    fn layer(&self, name: &str) -> Option<u32> {
        let v6 = self.from.0.is_ipv6();
        let is = |yes: bool| Some(u32::from(yes));
        match name {
            "frame" => Some(1),
            "ip" => is(!v6),
            "ipv6" => is(v6),
            "tcp" => is(self.row.transport == Transport::Tcp),
            "udp" => is(self.row.transport == Transport::Udp),
            "icmp" => is(self.row.transport == Transport::Icmp && !v6),
            "icmpv6" => is(self.row.transport == Transport::Icmp && v6),
            "arp" => Some(0),
            _ => {
                let services = self.row.service.as_deref()?;
                let named = |s: &str| {
                    let known = CALLED.iter().find(|(zeek, _)| *zeek == s);
                    known.map_or(s, |(_, wireshark)| wireshark) == name
                };
                // A service is what was recognised; what was not recognised may still be there.
                services.split(',').any(named).then_some(1)
            }
        }
    }

    fn value(&self, name: &str) -> Option<Value<'static>> {
        let ip = |ip: IpAddr, v6: bool| match ip {
            IpAddr::V4(a) if !v6 => Some(Value::Ipv4(a)),
            IpAddr::V6(a) if v6 => Some(Value::Ipv6(a)),
            _ => None,
        };
        let port = |transport: Transport, port: u16| {
            (self.row.transport == transport).then(|| Value::Uint(u64::from(port)))
        };
        match name {
            "frame.time" | "frame.time_epoch" => Some(Value::Time(self.time)),
            "ip.src" => ip(self.from.0, false),
            "ip.dst" => ip(self.to.0, false),
            "ipv6.src" => ip(self.from.0, true),
            "ipv6.dst" => ip(self.to.0, true),
            "tcp.srcport" => port(Transport::Tcp, self.from.1),
            "tcp.dstport" => port(Transport::Tcp, self.to.1),
            "udp.srcport" => port(Transport::Udp, self.from.1),
            "udp.dstport" => port(Transport::Udp, self.to.1),
            _ => None,
        }
    }
}

impl Known for Side<'_> {
    fn layers(&self, layer: &'static LayerInfo) -> Option<u32> {
        self.layer(layer.name)
    }

    fn values(&self, field: &'static Field, visit: &mut dyn FnMut(Value<'_>)) -> bool {
        if let Some(value) = self.value(field.name) {
            visit(value);
            return true;
        }
        // A field of a layer that is certainly not there has no value.
        let layer = field.name.split('.').next().unwrap_or_default();
        let told = matches!(layer, "ip" | "ipv6") || TRANSPORTS.contains(&layer);
        told && self.layer(layer) == Some(0)
    }
}

/// Would a packet of this row's flow match? Begin and end are both asked about, in both directions.
pub(crate) fn decide(program: &Program, row: &FlowRow, begun: Timestamp, ended: Timestamp) -> Tri {
    let mut scratch = Collector::new(program);
    let there = (row.originator.ip, row.originator.port);
    let back = (row.responder.ip, row.responder.port);
    let mut out = Tri::No;
    let ways = [(there, back), (back, there)];
    let ways = ways
        .iter()
        .take(if row.answered() == Some(false) { 1 } else { 2 });
    for (from, to) in ways {
        for time in [begun, ended] {
            let side = Side {
                row,
                time,
                from: *from,
                to: *to,
            };
            match program.decide(&side, &mut scratch) {
                Tri::Yes => return Tri::Yes,
                Tri::Unknown => out = Tri::Unknown,
                Tri::No => {}
            }
        }
    }
    out
}
