//! PPP over Ethernet sessions (RFC 2516). Knows session and length; PPP follows.

#[cfg(test)]
mod sample;

use super::ppp;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static CODE: Field = Field::new("pppoe.code", Kind::Uint(8), "Code").hex();
static SESSION: Field = Field::new("pppoe.session_id", Kind::Uint(16), "Session ID").hex();
static LENGTH: Field = Field::new("pppoe.payload_length", Kind::Uint(16), "Payload Length");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2516",
    over: &[Over::EtherType(0x8864)],
    fields: &[&CODE, &SESSION, &LENGTH],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("pppoes", "PPP-over-Ethernet Session", "PPPoES")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let length = data.u16(4);
    if ctx.layer(&PROTOCOL, data.range(0, 6)) {
        ctx.number(&CODE, data, 1, 1);
        ctx.number(&SESSION, data, 2, 2);
        ctx.number(&LENGTH, data, 4, 2);
        ctx.close();
    }
    match length {
        Some(n) => ppp::dissect(ctx, data.sub(6, 6 + usize::from(n))),
        None => ctx.short(),
    }
}
