//! Solaris IPNET: zone and interface before an IP packet.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static FAMILY: Field = Field::new("ipnet.family", Kind::Uint(8), "Address family");
static PKTLEN: Field = Field::new("ipnet.pktlen", Kind::Uint(32), "Data length");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_IPNET",
    over: &[Over::LinkType(226)],
    fields: &[&FAMILY, &PKTLEN],
    datagram: Some(dissect),
    ..Protocol::new("ipnet", "Solaris IPNET", "IPNET")
};

/// Bytes before the packet.
const HEADER: usize = 24;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, HEADER)) {
        ctx.number(&FAMILY, data, 1, 1);
        ctx.number(&PKTLEN, data, 4, 4);
        ctx.close();
    }
    match data.u8(1).filter(|_| data.len() > HEADER) {
        Some(2) => ctx.next(Over::EtherType(0x0800), data.rest(HEADER)),
        Some(26) => ctx.next(Over::EtherType(0x86dd), data.rest(HEADER)),
        Some(_) => ctx.unknown(data.rest(HEADER)),
        None => ctx.short(),
    }
}
