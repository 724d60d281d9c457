//! VN-Tag (IEEE 802.1Qbh): virtual interfaces of a port extender. Knows not what follows.

use super::ethertype;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static DST: Field = Field::new("vntag.dst", Kind::Uint(16), "Destination");
static SRC: Field = Field::new("vntag.src", Kind::Uint(16), "Source");
static ETYPE: Field = Field::new("vntag.etype", Kind::Uint(16), "Type")
    .hex()
    .values(super::eth::ETHERTYPES);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1Qbh",
    over: &[Over::EtherType(0x8926)],
    fields: &[&DST, &SRC, &ETYPE],
    datagram: Some(dissect),
    ..Protocol::new("vntag", "VN-Tag", "VNTAG")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, 6)) {
        ctx.bits(&DST, data, 0, 2, 0x3fff);
        ctx.bits(&SRC, data, 2, 2, 0x0fff);
        ctx.number(&ETYPE, data, 4, 2);
        ctx.close();
    }
    match data.u16(4) {
        Some(kind) => ethertype::next(ctx, kind, data.rest(6)),
        None => ctx.short(),
    }
}
