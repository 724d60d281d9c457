//! VXLAN (RFC 7348): an Ethernet frame of a virtual network in a datagram.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static FLAGS: Field = Field::new("vxlan.flags", Kind::Uint(16), "Flags").hex();
static VNI: Field = Field::new(
    "vxlan.vni",
    Kind::Uint(24),
    "VXLAN Network Identifier (VNI)",
);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 7348",
    over: &[Over::UdpPort(4789)],
    fields: &[&FLAGS, &VNI],
    datagram: Some(dissect),
    tunnel: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("vxlan", "Virtual eXtensible Local Area Network", "VxLAN")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, 8)) {
        ctx.number(&FLAGS, data, 0, 2);
        ctx.number(&VNI, data, 4, 3);
        ctx.close();
    }
    if data.len() < 8 {
        return ctx.short();
    }
    ctx.next(Over::LinkType(1), data.rest(8));
}
