//! Juniper's header before captured Ethernet frames. Knows flags and extensions, not the frame.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static MAGIC: Field = Field::new("juniper.magic-number", Kind::Uint(24), "Magic Number").hex();
static FLAGS: Field = Field::new("juniper.flags", Kind::Uint(8), "Flags").hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_JUNIPER_ETHER",
    over: &[Over::LinkType(178)],
    fields: &[&MAGIC, &FLAGS],
    datagram: Some(dissect),
    ..Protocol::new("juniper", "Juniper", "Juniper")
};

/// "MGC".
const SIGN: u64 = 0x004d_4743;
/// Extensions follow; their length comes first.
const EXTENDED: u8 = 0x80;
/// The frame's own link layer is missing.
const NO_LINK: u8 = 0x02;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let flags = data.u8(3).unwrap_or_default();
    let more = data.u16(4).filter(|_| flags & EXTENDED != 0);
    let header = 4 + more.map_or(0, |n| 2 + usize::from(n));
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        ctx.number(&MAGIC, data, 0, 3);
        ctx.number(&FLAGS, data, 3, 1);
        ctx.close();
    }
    let body = data.rest(header);
    if data.number(0, 3) != Some(SIGN) {
        ctx.unknown(data);
    } else if flags & NO_LINK == 0 {
        ctx.next(Over::LinkType(1), body);
    } else {
        ctx.unknown(body);
    }
}
