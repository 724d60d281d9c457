//! GTP user plane (3GPP TS 29.281) and the header of its control plane. Knows the tunnel, not the packet.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static FLAGS: Field = Field::new("gtp.flags", Kind::Uint(8), "Flags").hex();
static MESSAGE: Field = Field::new("gtp.message", Kind::Uint(8), "Message Type").hex();
static LENGTH: Field = Field::new("gtp.length", Kind::Uint(16), "Length");
static TEID: Field = Field::new("gtp.teid", Kind::Uint(32), "TEID").hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "3GPP TS 29.281",
    over: &[
        Over::UdpPort(2152),
        Over::UdpPort(2123),
        Over::UdpPort(3386),
    ],
    fields: &[&FLAGS, &MESSAGE, &LENGTH, &TEID],
    datagram: Some(dissect),
    tunnel: true,
    ..Protocol::new("gtp", "GPRS Tunneling Protocol", "GTP")
};

/// The message that carries a user's packet.
const USER_PACKET: u8 = 0xff;
/// Extension headers read of one message at most.
const EXTENSIONS: usize = 16;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(flags), Some(message)) = (data.u8(0), data.u8(1)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let header = match flags >> 5 {
        0 => 20,
        _ => past_options(data, flags),
    };
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        ctx.number(&FLAGS, data, 0, 1);
        ctx.number(&MESSAGE, data, 1, 1);
        ctx.number(&LENGTH, data, 2, 2);
        if flags >> 5 != 0 {
            ctx.number(&TEID, data, 4, 4);
        }
        ctx.close();
    }
    if message != USER_PACKET {
        return;
    }
    let body = data.rest(header);
    match body.u8(0).map(|b| b >> 4) {
        Some(4) => ctx.next(Over::EtherType(0x0800), body),
        Some(6) => ctx.next(Over::EtherType(0x86dd), body),
        _ => ctx.unknown(body),
    }
}

/// Behind sequence number, N-PDU number and extension headers, where there are any.
fn past_options(data: Data<'_>, flags: u8) -> usize {
    if flags & 7 == 0 {
        return 8;
    }
    let (mut at, mut next) = (12, data.u8(11).filter(|_| flags & 4 != 0));
    for _ in 0..EXTENSIONS {
        let Some(len) = next.filter(|n| *n != 0).and_then(|_| data.u8(at)) else {
            break;
        };
        at += usize::from(len.max(1)) * 4;
        next = data.u8(at - 1);
    }
    at
}
