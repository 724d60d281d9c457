//! Per-Packet Information: fields of the capturing card before a frame of the named link type.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static LENGTH: Field = Field::new("ppi.length", Kind::Uint(16), "Header length");
static DLT: Field = Field::new("ppi.dlt", Kind::Uint(32), "DLT");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_PPI",
    over: &[Over::LinkType(192)],
    fields: &[&LENGTH, &DLT],
    datagram: Some(dissect),
    ..Protocol::new("ppi", "PPI Packet Header", "PPI")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let length = data.array(2).map(u16::from_le_bytes);
    let dlt = data.array(4).map(u32::from_le_bytes);
    let header = usize::from(length.unwrap_or(8));
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        if let (Some(length), Some(dlt)) = (length, dlt) {
            ctx.field(&LENGTH, Value::Uint(u64::from(length)), data.range(2, 4));
            ctx.field(&DLT, Value::Uint(u64::from(dlt)), data.range(4, 8));
        }
        ctx.close();
    }
    match dlt {
        // Itself again would go round and round.
        Some(dlt) if dlt != 192 && data.len() >= header => {
            ctx.next(Over::LinkType(dlt), data.rest(header));
        }
        _ => ctx.short(),
    }
}
