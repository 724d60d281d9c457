//! MPLS label stacks (RFC 3032). Knows labels; the first nibble behind them tells what follows.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static LABEL: Field = Field::new("mpls.label", Kind::Uint(32), "MPLS Label");
static EXP: Field = Field::new("mpls.exp", Kind::Uint(32), "MPLS Experimental Bits");
static BOTTOM: Field = Field::new("mpls.bottom", Kind::Bool, "MPLS Bottom Of Label Stack");
static TTL: Field = Field::new("mpls.ttl", Kind::Uint(8), "MPLS TTL");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3032",
    over: &[
        Over::EtherType(0x8847),
        Over::EtherType(0x8848),
        Over::IpProto(137),
    ],
    fields: &[&LABEL, &EXP, &BOTTOM, &TTL],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("mpls", "MultiProtocol Label Switching Header", "MPLS")
};

/// Labels of one stack read at most.
const LABELS: usize = 64;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let last = (0..LABELS).find(|n| data.u8(n * 4 + 2).is_none_or(|b| b & 1 == 1));
    let end = (last.unwrap_or(LABELS) + 1) * 4;
    if ctx.layer(&PROTOCOL, data.range(0, end)) {
        for at in (0..end.min(data.len())).step_by(4) {
            ctx.bits(&LABEL, data, at, 4, 0xffff_f000);
            ctx.bits(&EXP, data, at, 4, 0x0e00);
            ctx.flag(&BOTTOM, data, at, 4, 0x0100);
            ctx.number(&TTL, data, at + 3, 1);
        }
        ctx.close();
    }
    if data.len() < end {
        return ctx.short();
    }
    let body = data.rest(end);
    match body.u8(0).map(|b| b >> 4) {
        Some(4) => ctx.next(Over::EtherType(0x0800), body),
        Some(6) => ctx.next(Over::EtherType(0x86dd), body),
        // A control word before a bridged frame (RFC 4385).
        Some(0) if body.len() > 18 => ctx.next(Over::LinkType(1), body.rest(4)),
        _ => ctx.unknown(body),
    }
}
