//! BSD loopback: four bytes of address family in the byte order of the capturing host (or big-endian).

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static FAMILY: Field = Field::new("null.family", Kind::Uint(32), "Family").values(&[
    (2, "IP"),
    (24, "IPv6"),
    (28, "IPv6"),
    (30, "IPv6"),
]);
static TYPE: Field = Field::new("null.type", Kind::Uint(16), "Type").hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_NULL, LINKTYPE_LOOP",
    over: &[Over::LinkType(0), Over::LinkType(108)],
    fields: &[&FAMILY, &TYPE],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("null", "Null/Loopback", "NULL")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Some(raw) = data.u32(0) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    // A family is small: read the other way round it is not.
    let family = if raw & 0xffff_0000 != 0 {
        raw.swap_bytes()
    } else {
        raw
    };
    if ctx.layer(&PROTOCOL, data.range(0, 4)) {
        if family > 0x0600 {
            ctx.field(
                &TYPE,
                Value::Uint(u64::from(family & 0xffff)),
                data.range(0, 4),
            );
        } else {
            ctx.field(&FAMILY, Value::Uint(u64::from(family)), data.range(0, 4));
        }
        ctx.close();
    }
    let body = data.rest(4);
    match family {
        2 => ctx.next(Over::EtherType(0x0800), body),
        10 | 23 | 24 | 28 | 30 => ctx.next(Over::EtherType(0x86dd), body),
        0x0600..=0xffff => ctx.next(
            Over::EtherType(u16::try_from(family).unwrap_or_default()),
            body,
        ),
        _ => ctx.unknown(body),
    }
}
