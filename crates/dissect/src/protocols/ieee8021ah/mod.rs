//! Provider backbone bridges (IEEE 802.1ah): service tag and the customer's addresses. Knows not what follows.

use super::{ethertype, llc};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Holds, Kind, Mac, Value};

static ISID: Field = Field::new("ieee8021ah.isid", Kind::Uint(24), "I-SID");
static CDST: Field =
    Field::new("ieee8021ah.cdst", Kind::Mac, "C-Destination").holds(Holds::Address);
static CSRC: Field = Field::new("ieee8021ah.csrc", Kind::Mac, "C-Source").holds(Holds::Address);
static ETYPE: Field = Field::new("ieee8021ah.etype", Kind::Uint(16), "Type")
    .hex()
    .values(super::eth::ETHERTYPES);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1ah",
    over: &[Over::EtherType(0x88e7)],
    fields: &[&ISID, &CDST, &CSRC, &ETYPE],
    datagram: Some(dissect),
    ..Protocol::new("ieee8021ah", "IEEE 802.1ah", "IEEE 802.1ah")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, 18)) {
        ctx.number(&ISID, data, 1, 3);
        for (field, at) in [(&CDST, 4), (&CSRC, 10)] {
            if let Some(mac) = data.array(at) {
                ctx.field(field, Value::Mac(Mac(mac)), data.range(at, at + 6));
            }
        }
        ctx.number(&ETYPE, data, 16, 2);
        ctx.close();
    }
    let body = data.rest(18);
    match data.u16(16) {
        Some(len) if len < 0x0600 => llc::dissect(ctx, body.sub(0, usize::from(len))),
        Some(kind) => ethertype::next(ctx, kind, body),
        None => ctx.short(),
    }
}
