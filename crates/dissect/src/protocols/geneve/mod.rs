//! Geneve (RFC 8926): frames or packets of a virtual network in a datagram. Options are skipped.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static PROTO: Field = Field::new("geneve.proto_type", Kind::Uint(16), "Protocol Type")
    .hex()
    .values(super::eth::ETHERTYPES);
static VNI: Field = Field::new(
    "geneve.vni",
    Kind::Uint(24),
    "Virtual Network Identifier (VNI)",
)
.hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 8926",
    over: &[Over::UdpPort(6081)],
    fields: &[&PROTO, &VNI],
    datagram: Some(dissect),
    tunnel: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new(
        "geneve",
        "Generic Network Virtualization Encapsulation",
        "Geneve",
    )
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let options = usize::from(data.u8(0).unwrap_or_default() & 0x3f) * 4;
    let header = 8 + options;
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        ctx.number(&PROTO, data, 2, 2);
        ctx.number(&VNI, data, 4, 3);
        ctx.close();
    }
    match data.u16(2).filter(|_| data.len() >= header) {
        Some(0x6558) => ctx.next(Over::LinkType(1), data.rest(header)),
        Some(kind) => ctx.next(Over::EtherType(kind), data.rest(header)),
        None => ctx.short(),
    }
}
