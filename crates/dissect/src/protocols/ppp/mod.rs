//! PPP (RFC 1661), with or without HDLC-like framing (RFC 1662). Knows the protocol number, not what follows.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static ADDRESS: Field = Field::new("ppp.address", Kind::Uint(8), "Address").hex();
static CONTROL: Field = Field::new("ppp.control", Kind::Uint(8), "Control").hex();
static PROTOCOL_NUMBER: Field = Field::new("ppp.protocol", Kind::Uint(16), "Protocol")
    .hex()
    .values(&[
        (0x0021, "Internet Protocol version 4"),
        (0x0057, "Internet Protocol version 6"),
        (0x0281, "MPLS Unicast"),
        (0x8021, "Internet Protocol Control Protocol"),
        (0x8057, "IPv6 Control Protocol"),
        (0xc021, "Link Control Protocol"),
        (0xc023, "Password Authentication Protocol"),
        (0xc223, "Challenge Handshake Authentication Protocol"),
    ]);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1661",
    over: &[
        Over::LinkType(9),
        Over::LinkType(50),
        Over::LinkType(51),
        Over::EtherType(0x880b),
    ],
    fields: &[&ADDRESS, &CONTROL, &PROTOCOL_NUMBER],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ppp", "Point-to-Point Protocol", "PPP")
};

pub(crate) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let framed = data.u16(0) == Some(0xff03);
    let at = if framed { 2 } else { 0 };
    // An odd first byte is a compressed number of one byte.
    let short = data.u8(at).is_some_and(|b| b & 1 == 1);
    let len = if short { 1 } else { 2 };
    let number = data.number(at, len);
    if ctx.layer(&PROTOCOL, data.range(0, at + len)) {
        if framed {
            ctx.number(&ADDRESS, data, 0, 1);
            ctx.number(&CONTROL, data, 1, 1);
        }
        if let Some(n) = number {
            ctx.field(&PROTOCOL_NUMBER, Value::Uint(n), data.range(at, at + len));
        }
        ctx.close();
    }
    let body = data.rest(at + len);
    match number {
        Some(0x0021) => ctx.next(Over::EtherType(0x0800), body),
        Some(0x0057) => ctx.next(Over::EtherType(0x86dd), body),
        Some(0x0281) => ctx.next(Over::EtherType(0x8847), body),
        Some(_) => ctx.unknown(body),
        None => ctx.short(),
    }
}
