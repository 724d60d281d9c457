//! IPv6 extension headers (RFC 8200 section 4), each a layer of its own as Wireshark shows them.

use crate::context::Ctx;
use crate::data::Data;
use crate::flow::FragmentKey;
use crate::protocol::{Over, Protocol};
use crate::protocols::ip::{PROTOS, fragment};
use weir_model::{Field, Kind, Value};

/// Extension headers of one packet that are read.
const MOST: usize = 32;

static HOP_NXT: Field = Field::new("ipv6.hopopts.nxt", Kind::Uint(8), "Next Header").values(PROTOS);
static HOP_LEN: Field = Field::new("ipv6.hopopts.len", Kind::Uint(8), "Length");
static DST_NXT: Field = Field::new("ipv6.dstopts.nxt", Kind::Uint(8), "Next Header").values(PROTOS);
static DST_LEN: Field = Field::new("ipv6.dstopts.len", Kind::Uint(8), "Length");
static ROUTING_NXT: Field =
    Field::new("ipv6.routing.nxt", Kind::Uint(8), "Next Header").values(PROTOS);
static ROUTING_LEN: Field = Field::new("ipv6.routing.len", Kind::Uint(8), "Length");
static ROUTING_TYPE: Field = Field::new("ipv6.routing.type", Kind::Uint(8), "Type");
static ROUTING_LEFT: Field = Field::new("ipv6.routing.segleft", Kind::Uint(8), "Segments Left");
static FRAG_NXT: Field =
    Field::new("ipv6.fraghdr.nxt", Kind::Uint(8), "Next header").values(PROTOS);
static FRAG_RESERVED: Field = Field::new(
    "ipv6.fraghdr.reserved_octet",
    Kind::Uint(8),
    "Reserved octet",
)
.hex();
static FRAG_OFFSET: Field = Field::new("ipv6.fraghdr.offset", Kind::Uint(16), "Offset");
static FRAG_MORE: Field = Field::new("ipv6.fraghdr.more", Kind::Bool, "More Fragments");
static FRAG_IDENT: Field = Field::new("ipv6.fraghdr.ident", Kind::Uint(32), "Identification").hex();
static OPT_TYPE: Field = Field::new("ipv6.opt.type", Kind::Uint(8), "Type")
    .hex()
    .values(&[
        (0x00, "Pad1"),
        (0x01, "PadN"),
        (0x05, "Router Alert"),
        (0xc2, "Jumbo Payload"),
    ]);
static OPT_LEN: Field = Field::new("ipv6.opt.length", Kind::Uint(8), "Length");
static OPT_ALERT: Field = Field::new("ipv6.opt.router_alert", Kind::Uint(16), "Router Alert");
static OPT_JUMBO: Field = Field::new("ipv6.opt.jumbo", Kind::Uint(32), "Payload Length");

/// Hop-by-hop options.
pub static PROTOCOL_HOPOPTS: Protocol = Protocol {
    spec: "RFC 8200 section 4.3",
    fields: &[
        &HOP_NXT, &HOP_LEN, &OPT_TYPE, &OPT_LEN, &OPT_ALERT, &OPT_JUMBO,
    ],
    inner: true,
    #[cfg(test)]
    sample: Some(super::sample::SAMPLE),
    ..Protocol::new("ipv6.hopopts", "IPv6 Hop-by-Hop Option", "IPv6 Hop-by-Hop")
};
/// Destination options.
pub static PROTOCOL_DSTOPTS: Protocol = Protocol {
    spec: "RFC 8200 section 4.6",
    fields: &[&DST_NXT, &DST_LEN],
    inner: true,
    #[cfg(test)]
    sample: Some(super::sample::SAMPLE),
    ..Protocol::new(
        "ipv6.dstopts",
        "Destination Options for IPv6",
        "IPv6 Destination",
    )
};
/// Routing header.
pub static PROTOCOL_ROUTING: Protocol = Protocol {
    spec: "RFC 8200 section 4.4",
    fields: &[&ROUTING_NXT, &ROUTING_LEN, &ROUTING_TYPE, &ROUTING_LEFT],
    inner: true,
    #[cfg(test)]
    sample: Some(super::sample::SAMPLE),
    ..Protocol::new("ipv6.routing", "Routing Header for IPv6", "IPv6 Routing")
};
/// Fragment header.
pub static PROTOCOL_FRAGHDR: Protocol = Protocol {
    spec: "RFC 8200 section 4.5",
    fields: &[
        &FRAG_NXT,
        &FRAG_RESERVED,
        &FRAG_OFFSET,
        &FRAG_MORE,
        &FRAG_IDENT,
    ],
    inner: true,
    #[cfg(test)]
    sample: Some(super::sample::SAMPLE),
    ..Protocol::new("ipv6.fraghdr", "Fragment Header for IPv6", "IPv6 Fragment")
};

/// Reads extension headers and hands on what follows them.
pub(super) fn chain(ctx: &mut Ctx<'_>, mut next: u8, mut data: Data<'_>) {
    for _ in 0..MOST {
        let (protocol, fields): (&'static Protocol, [&'static Field; 2]) = match next {
            0 => (&PROTOCOL_HOPOPTS, [&HOP_NXT, &HOP_LEN]),
            60 => (&PROTOCOL_DSTOPTS, [&DST_NXT, &DST_LEN]),
            43 => (&PROTOCOL_ROUTING, [&ROUTING_NXT, &ROUTING_LEN]),
            44 => return fragment(ctx, data),
            59 => return ctx.unknown(data),
            proto => return ctx.next(Over::IpProto(proto), data),
        };
        let len = data.u8(1).map(|n| (usize::from(n) + 1) * 8);
        let (Some(after), Some(len)) = (data.u8(0), len.filter(|n| *n <= data.len())) else {
            if ctx.layer(protocol, data.all()) {
                ctx.close();
            }
            return ctx.short();
        };
        if ctx.layer(protocol, data.range(0, len)) {
            let [nxt, length] = fields;
            ctx.number(nxt, data, 0, 1);
            ctx.field(
                length,
                Value::Uint(u64::from(data.u8(1).unwrap_or_default())),
                data.range(1, 2),
            );
            if next == 43 {
                ctx.number(&ROUTING_TYPE, data, 2, 1);
                ctx.number(&ROUTING_LEFT, data, 3, 1);
            } else {
                options(ctx, data.sub(2, len));
            }
            ctx.close();
        }
        next = after;
        data = data.rest(len);
    }
    ctx.unknown(data);
}

fn options(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut at = 0;
    while let Some(kind) = data.u8(at) {
        ctx.number(&OPT_TYPE, data, at, 1);
        if kind == 0 {
            at += 1;
            continue;
        }
        let Some(len) = data.u8(at + 1) else { return };
        ctx.number(&OPT_LEN, data, at + 1, 1);
        match kind {
            5 => ctx.number(&OPT_ALERT, data, at + 2, 2),
            0xc2 => ctx.number(&OPT_JUMBO, data, at + 2, 4),
            _ => {}
        }
        at += 2 + usize::from(len);
    }
}

fn fragment(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(next), Some(place), Some(id)) = (data.u8(0), data.u16(2), data.u32(4)) else {
        if ctx.layer(&PROTOCOL_FRAGHDR, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let (offset, more) = (place & 0xfff8, place & 1 == 1);
    let body = data.rest(8);
    let mut step = fragment::Step::default();
    let atomic = offset == 0 && !more;
    if let Some(ends) = ctx.packet.addresses
        && !atomic
        && ctx.packet.beyond == 0
    {
        let key = FragmentKey {
            src: ends.src,
            dst: ends.dst,
            id,
            proto: next,
            vlan: ctx.packet.vlans.last().copied().unwrap_or_default(),
        };
        step = fragment::add(ctx, key, (offset, more), body);
    }
    if ctx.layer(&PROTOCOL_FRAGHDR, data.range(0, 8)) {
        ctx.number(&FRAG_NXT, data, 0, 1);
        ctx.number(&FRAG_RESERVED, data, 1, 1);
        ctx.bits(&FRAG_OFFSET, data, 2, 2, 0xfff8);
        ctx.flag(&FRAG_MORE, data, 2, 2, 1);
        ctx.number(&FRAG_IDENT, data, 4, 4);
        ctx.close();
    }
    if ctx.describes(&super::PROTOCOL) {
        step.describe(ctx, &fragment::V6);
    }
    if let Some(whole) = step.finish(ctx) {
        let source = ctx.source("Reassembled IPv6", &whole.bytes);
        let data = Data {
            bytes: &whole.bytes,
            source,
            start: 0,
        };
        ctx.packet.defragmented = true;
        return ctx.next(Over::IpProto(next), data);
    }
    if atomic || (offset == 0 && ctx.packet.beyond > 0) {
        return chain_after_fragment(ctx, next, body);
    }
    ctx.unknown(body);
}

/// What an atomic fragment holds; a further fragment header inside is not followed.
fn chain_after_fragment(ctx: &mut Ctx<'_>, next: u8, data: Data<'_>) {
    if matches!(next, 0 | 43 | 44 | 60) {
        ctx.unknown(data);
    } else {
        ctx.next(Over::IpProto(next), data);
    }
}
