//! Cisco FabricPath: an Ethernet frame behind switch addresses and a forwarding tag.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static FTAG: Field = Field::new("cfp.ftag", Kind::Uint(16), "FTAG");
static TTL: Field = Field::new("cfp.ttl", Kind::Uint(16), "TTL");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "Cisco FabricPath",
    over: &[Over::EtherType(0x8903)],
    fields: &[&FTAG, &TTL],
    datagram: Some(dissect),
    ..Protocol::new("cfp", "Cisco FabricPath", "CFP")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, 2)) {
        ctx.bits(&FTAG, data, 0, 2, 0xffc0);
        ctx.bits(&TTL, data, 0, 2, 0x003f);
        ctx.close();
    }
    if data.len() < 2 {
        return ctx.short();
    }
    ctx.next(Over::LinkType(1), data.rest(2));
}
