//! Captures without a link layer: the first nibble tells IPv4 from IPv6.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_RAW",
    over: &[
        Over::LinkType(101),
        Over::LinkType(12),
        Over::LinkType(14),
        Over::LinkType(228),
        Over::LinkType(229),
    ],
    datagram: Some(dissect),
    ..Protocol::new("raw", "Raw packet data", "Raw")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.close();
    }
    match data.u8(0).map(|b| b >> 4) {
        Some(4) => ctx.next(Over::EtherType(0x0800), data),
        Some(6) => ctx.next(Over::EtherType(0x86dd), data),
        Some(_) => ctx.unknown(data),
        None => ctx.short(),
    }
}
