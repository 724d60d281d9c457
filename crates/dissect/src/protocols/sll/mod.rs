//! Linux "cooked" captures, both versions. Know the sender's address and the type, not what follows.

use super::{ethertype, llc};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Holds, Kind, Mac, Value};

static PKTTYPE: Field = Field::new("sll.pkttype", Kind::Uint(16), "Packet type").values(&[
    (0, "Unicast to us"),
    (1, "Broadcast"),
    (2, "Multicast"),
    (3, "Unicast to another host"),
    (4, "Sent by us"),
]);
static HATYPE: Field = Field::new("sll.hatype", Kind::Uint(16), "Link-layer address type");
static HALEN: Field = Field::new("sll.halen", Kind::Uint(16), "Link-layer address length");
static ETH: Field = Field::new("sll.src.eth", Kind::Mac, "Source").holds(Holds::Address);
static OTHER: Field = Field::new("sll.src.other", Kind::Bytes, "Source").holds(Holds::Address);
static UNUSED: Field = Field::new("sll.unused", Kind::Bytes, "Unused");
static ETYPE: Field = Field::new("sll.etype", Kind::Uint(16), "Protocol")
    .hex()
    .values(super::eth::ETHERTYPES);
static LTYPE: Field = Field::new("sll.ltype", Kind::Uint(16), "Protocol").hex();
static IFINDEX: Field = Field::new("sll.ifindex", Kind::Uint(32), "Interface index");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2",
    over: &[Over::LinkType(113)],
    fields: &[
        &PKTTYPE, &HATYPE, &HALEN, &ETH, &OTHER, &UNUSED, &ETYPE, &LTYPE, &IFINDEX,
    ],
    datagram: Some(first),
    ..Protocol::new("sll", "Linux cooked capture", "SLL")
};

/// Version 2 has the names of version 1.
pub static PROTOCOL_V2: Protocol = Protocol {
    spec: "LINKTYPE_LINUX_SLL2",
    over: &[Over::LinkType(276)],
    datagram: Some(second),
    ..Protocol::new("sll", "Linux cooked capture v2", "SLL")
};

/// Where the parts of a version's header stand.
struct Layout {
    len: usize,
    etype: usize,
    hatype: usize,
    pkttype: (usize, usize),
    halen: (usize, usize),
    address: usize,
}

static V1: Layout = Layout {
    len: 16,
    etype: 14,
    hatype: 2,
    pkttype: (0, 2),
    halen: (4, 2),
    address: 6,
};
static V2: Layout = Layout {
    len: 20,
    etype: 0,
    hatype: 8,
    pkttype: (10, 1),
    halen: (11, 1),
    address: 12,
};

/// Sent by the capturing host itself.
const OUTGOING: u64 = 4;
/// ARPHRD_ETHER and ARPHRD_LOOPBACK: the type field is an Ethernet type.
const ETHER_LIKE: [u16; 2] = [1, 772];

fn first(ctx: &mut Ctx<'_>, data: Data<'_>) {
    dissect(ctx, data, &V1, false);
}

fn second(ctx: &mut Ctx<'_>, data: Data<'_>) {
    dissect(ctx, data, &V2, true);
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>, at: &'static Layout, second: bool) {
    let (Some(kind), Some(hatype), Some(halen), true) = (
        data.u16(at.etype),
        data.u16(at.hatype),
        data.number(at.halen.0, at.halen.1),
        data.len() >= at.len,
    ) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let mac = data
        .array(at.address)
        .map(Mac)
        .filter(|_| halen == 6 && ETHER_LIKE.contains(&hatype));
    if let Some(mac) = mac.filter(|_| data.number(at.pkttype.0, at.pkttype.1) != Some(OUTGOING)) {
        ctx.packet.macs = Some((mac, Mac::default()));
    }
    let is_type = kind >= 0x0600;
    if ctx.layer(&PROTOCOL, data.range(0, at.len)) {
        if second {
            ctx.number(if is_type { &ETYPE } else { &LTYPE }, data, 0, 2);
            ctx.number(&IFINDEX, data, 4, 4);
            ctx.number(&HATYPE, data, at.hatype, 2);
        }
        ctx.number(&PKTTYPE, data, at.pkttype.0, at.pkttype.1);
        if !second {
            ctx.number(&HATYPE, data, at.hatype, 2);
        }
        ctx.number(&HALEN, data, at.halen.0, at.halen.1);
        let held = usize::try_from(halen).unwrap_or(usize::MAX).min(8);
        let end = at.address + held;
        match mac {
            Some(mac) => ctx.field(&ETH, Value::Mac(mac), data.range(at.address, end)),
            None => ctx.bytes(&OTHER, data, at.address, end),
        }
        ctx.bytes(&UNUSED, data, end, at.address + 8);
        if !second {
            ctx.number(if is_type { &ETYPE } else { &LTYPE }, data, at.etype, 2);
        }
        ctx.close();
    }
    let body = data.rest(at.len);
    match kind {
        1 => ctx.unknown(body),
        4 => llc::dissect(ctx, body),
        _ if is_type => ethertype::next(ctx, kind, body),
        _ => ctx.unknown(body),
    }
}
