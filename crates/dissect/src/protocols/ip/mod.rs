//! IPv4 (RFC 791). Knows addresses, fragments and the protocol number, not what follows.

use crate::context::{Addresses, Ctx};
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use etherparse::LaxIpv4Slice;
use std::net::IpAddr;
use weir_model::{Field, Holds, Kind, Value};

static SRC: Field = Field::new("ip.src", Kind::Ipv4, "Source Address")
    .part_of(&["ip.addr"])
    .holds(Holds::Address);
static DST: Field = Field::new("ip.dst", Kind::Ipv4, "Destination Address")
    .part_of(&["ip.addr"])
    .holds(Holds::Address);
static PROTO: Field = Field::new("ip.proto", Kind::Uint(8), "Protocol");
static TTL: Field = Field::new("ip.ttl", Kind::Uint(8), "Time to Live");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 791",
    over: &[
        Over::EtherType(0x0800),
        Over::LinkType(228),
        Over::LinkType(101),
        Over::IpProto(4),
    ],
    fields: &[&SRC, &DST, &PROTO, &TTL],
    datagram: Some(dissect),
    ..Protocol::new("ip", "Internet Protocol Version 4", "IPv4")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Ok((ip, _)) = LaxIpv4Slice::from_slice(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    if !ctx.nest() {
        return;
    }
    let header = ip.header();
    let len = usize::from(header.ihl()) * 4;
    let (src, dst) = (
        IpAddr::V4(header.source_addr()),
        IpAddr::V4(header.destination_addr()),
    );
    ctx.packet.addresses = Some(Addresses { src, dst });
    ctx.packet.ttl = header.ttl();
    if let Some((mac, _)) = ctx.packet.macs {
        ctx.bind(mac, src, false);
    }
    if ctx.layer(&PROTOCOL, data.range(0, len)) {
        ctx.field(&TTL, Value::Uint(u64::from(header.ttl())), data.range(8, 9));
        ctx.field(
            &PROTO,
            Value::Uint(u64::from(header.protocol().0)),
            data.range(9, 10),
        );
        ctx.field(&SRC, Value::Ipv4(header.source_addr()), data.range(12, 16));
        ctx.field(
            &DST,
            Value::Ipv4(header.destination_addr()),
            data.range(16, 20),
        );
        ctx.close();
    }
    let payload = data.sub(len, len + ip.payload().payload.len());
    ctx.next(Over::IpProto(header.protocol().0), payload);
}
