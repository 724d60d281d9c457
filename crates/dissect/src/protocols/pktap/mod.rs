//! Apple's packet tap: interface and process before a frame of the named link type.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static LENGTH: Field = Field::new("pktap.hdrlen", Kind::Uint(32), "Header Length");
static DLT: Field = Field::new("pktap.dlt", Kind::Uint(32), "DLT");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_PKTAP",
    over: &[Over::LinkType(258)],
    fields: &[&LENGTH, &DLT],
    datagram: Some(dissect),
    ..Protocol::new("pktap", "PKTAP packet header", "PKTAP")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let length = data.array(0).map(u32::from_le_bytes);
    let dlt = data.array(8).map(u32::from_le_bytes);
    let header = length.and_then(|n| usize::try_from(n).ok());
    let header = header.filter(|n| (12..=data.len()).contains(n));
    if ctx.layer(&PROTOCOL, data.range(0, header.unwrap_or(12))) {
        if let (Some(length), Some(dlt)) = (length, dlt) {
            ctx.field(&LENGTH, Value::Uint(u64::from(length)), data.range(0, 4));
            ctx.field(&DLT, Value::Uint(u64::from(dlt)), data.range(8, 12));
        }
        ctx.close();
    }
    match (header, dlt) {
        (Some(header), Some(dlt)) if dlt != 258 => {
            ctx.next(Over::LinkType(dlt), data.rest(header));
        }
        _ => ctx.short(),
    }
}
