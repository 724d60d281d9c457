//! Cisco HDLC: address, control, Ethernet type. Knows nothing of what follows.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static ADDRESS: Field = Field::new("chdlc.address", Kind::Uint(8), "Address").hex();
static TYPE: Field = Field::new("chdlc.protocol", Kind::Uint(16), "Protocol")
    .hex()
    .values(super::eth::ETHERTYPES);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_C_HDLC",
    over: &[Over::LinkType(104)],
    fields: &[&ADDRESS, &TYPE],
    datagram: Some(dissect),
    ..Protocol::new("chdlc", "Cisco HDLC", "CHDLC")
};

/// Cisco's discovery protocol has the type that it has in SNAP.
const CDP: u16 = 0x2000;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, 4)) {
        ctx.number(&ADDRESS, data, 0, 1);
        ctx.number(&TYPE, data, 2, 2);
        ctx.close();
    }
    match data.u16(2) {
        // The protocol of keep-alives shares its number with reverse ARP.
        Some(0x8035) => ctx.unknown(data.rest(4)),
        Some(CDP) => ctx.next(Over::CiscoPid(CDP), data.rest(4)),
        Some(kind) => ctx.next(Over::EtherType(kind), data.rest(4)),
        None => ctx.short(),
    }
}
