//! FDDI frames. Know addresses; logical link control follows.

use super::llc;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Holds, Kind, Mac, Value};

static FC: Field = Field::new("fddi.fc", Kind::Uint(8), "Frame Control").hex();
static DST: Field = Field::new("fddi.dst", Kind::Mac, "Destination")
    .part_of(&["fddi.addr"])
    .holds(Holds::Address);
static SRC: Field = Field::new("fddi.src", Kind::Mac, "Source")
    .part_of(&["fddi.addr"])
    .holds(Holds::Address);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "ISO 9314-2",
    over: &[Over::LinkType(10)],
    fields: &[&FC, &DST, &SRC],
    datagram: Some(dissect),
    ..Protocol::new("fddi", "Fiber Distributed Data Interface", "FDDI")
};

/// Frame control, two addresses.
const HEADER: usize = 13;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.range(0, HEADER)) {
        ctx.number(&FC, data, 0, 1);
        for (field, at) in [(&DST, 1), (&SRC, 7)] {
            if let Some(mac) = data.array(at) {
                // Captured with the bits of each byte turned round.
                let mac = Mac(mac.map(u8::reverse_bits));
                ctx.field(field, Value::Mac(mac), data.range(at, at + 6));
            }
        }
        ctx.close();
    }
    match data.u8(0) {
        Some(0x50..=0x5f) if data.len() > HEADER => llc::dissect(ctx, data.rest(HEADER)),
        Some(_) if data.len() > HEADER => ctx.unknown(data.rest(HEADER)),
        _ => ctx.short(),
    }
}
