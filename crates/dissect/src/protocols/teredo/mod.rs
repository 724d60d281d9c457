//! Teredo (RFC 4380): IPv6 in datagrams behind optional indicators.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static AUTH: Field = Field::new("teredo.auth.nonce", Kind::Bytes, "Nonce value");
static ORIGIN: Field = Field::new("teredo.orig.port", Kind::Uint(16), "Origin UDP port");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4380",
    over: &[Over::UdpPort(3544)],
    fields: &[&AUTH, &ORIGIN],
    datagram: Some(dissect),
    tunnel: true,
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("teredo", "Teredo IPv6 over UDP tunneling", "Teredo")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut at = 0;
    let (mut nonce, mut origin) = (None, None);
    if data.u16(at) == Some(1) {
        let part = |n| usize::from(data.u8(n).unwrap_or_default());
        let held = part(2) + part(3);
        nonce = Some(4 + held);
        at = 13 + held;
    }
    if data.u16(at) == Some(0) {
        origin = Some(at + 2);
        at += 8;
    }
    if data.u8(at).map(|b| b >> 4) != Some(6) {
        return ctx.unknown(data);
    }
    if ctx.layer(&PROTOCOL, data.range(0, at)) {
        if let Some(n) = nonce {
            ctx.bytes(&AUTH, data, n, n + 8);
        }
        if let Some(n) = origin {
            // Hidden from translators: every bit is the other way round.
            if let Some(port) = data.u16(n) {
                ctx.field(&ORIGIN, Value::Uint((!port).into()), data.range(n, n + 2));
            }
        }
        ctx.close();
    }
    ctx.next(Over::EtherType(0x86dd), data.rest(at));
}
