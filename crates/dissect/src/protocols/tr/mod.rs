//! Token Ring frames (IEEE 802.5) with their source route. Know addresses; logical link control follows.

use super::llc;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Holds, Kind, Mac, Value};

static DST: Field = Field::new("tr.dst", Kind::Mac, "Destination")
    .part_of(&["tr.addr"])
    .holds(Holds::Address);
static SRC: Field = Field::new("tr.src", Kind::Mac, "Source")
    .part_of(&["tr.addr"])
    .holds(Holds::Address);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.5",
    over: &[Over::LinkType(6)],
    fields: &[&DST, &SRC],
    datagram: Some(dissect),
    ..Protocol::new("tr", "Token-Ring", "Token-Ring")
};

/// Access control, frame control, two addresses.
const HEADER: usize = 14;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(control), Some(first)) = (data.u8(1), data.u8(8)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    // The group bit of the source says that a route follows.
    let routed = first & 0x80 != 0;
    let route = data.u8(HEADER).filter(|_| routed).unwrap_or_default();
    let header = HEADER + usize::from(route & 0x1f);
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        for (field, at) in [(&DST, 2), (&SRC, 8)] {
            if let Some(mut mac) = data.array::<6>(at) {
                if at == 8 {
                    mac[0] &= 0x7f;
                }
                ctx.field(field, Value::Mac(Mac(mac)), data.range(at, at + 6));
            }
        }
        ctx.close();
    }
    match control >> 6 {
        1 => llc::dissect(ctx, data.rest(header)),
        _ => ctx.unknown(data.rest(header)),
    }
}
