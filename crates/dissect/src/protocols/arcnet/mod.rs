//! ARCNET, as BSD and Linux capture it (RFC 1051, RFC 1201). Knows addresses and protocol, not what follows.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static SRC: Field = Field::new("arcnet.src", Kind::Uint(8), "Source");
static DST: Field = Field::new("arcnet.dst", Kind::Uint(8), "Dest");
static PROTOCOL_ID: Field = Field::new("arcnet.protID", Kind::Uint(8), "Protocol ID").hex();

/// As BSD captures it.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1201",
    over: &[Over::LinkType(7)],
    fields: &[&SRC, &DST, &PROTOCOL_ID],
    datagram: Some(bsd),
    ..Protocol::new("arcnet", "ARCNET", "ARCNET")
};

/// As Linux captures it.
pub static PROTOCOL_LINUX: Protocol = Protocol {
    spec: "RFC 1201",
    over: &[Over::LinkType(129)],
    datagram: Some(linux),
    ..Protocol::new("arcnet", "ARCNET (Linux)", "ARCNET")
};

fn bsd(ctx: &mut Ctx<'_>, data: Data<'_>) {
    dissect(ctx, data, 2);
}

fn linux(ctx: &mut Ctx<'_>, data: Data<'_>) {
    // An offset stands before the protocol.
    dissect(ctx, data, 4);
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    let kind = data.u8(at);
    // RFC 1051 has no fragments; an exception flag repeats the header's end.
    let header = match kind {
        Some(240 | 241) => at + 1,
        _ if data.u8(at + 1) == Some(0xff) => at + 8,
        _ => at + 4,
    };
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        ctx.number(&SRC, data, 0, 1);
        ctx.number(&DST, data, 1, 1);
        ctx.number(&PROTOCOL_ID, data, at, 1);
        ctx.close();
    }
    let body = data.rest(header);
    match kind {
        Some(212 | 240) => ctx.next(Over::EtherType(0x0800), body),
        Some(213 | 241) => ctx.next(Over::EtherType(0x0806), body),
        Some(196) => ctx.next(Over::EtherType(0x86dd), body),
        Some(_) => ctx.unknown(body),
        None => ctx.short(),
    }
}
