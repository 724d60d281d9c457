//! Frame Relay with multiprotocol (RFC 2427) or Cisco encapsulation. Knows the connection, not what follows.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind, Value};

static DLCI: Field = Field::new("fr.dlci", Kind::Uint(32), "DLCI");
static CONTROL: Field = Field::new("fr.control", Kind::Uint(8), "Control Field").hex();
static NLPID: Field = Field::new("fr.nlpid", Kind::Uint(8), "NLPID").hex();
static TYPE: Field = Field::new("fr.cisco.type", Kind::Uint(16), "Type").hex();

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2427",
    over: &[Over::LinkType(107)],
    fields: &[&DLCI, &CONTROL, &NLPID, &TYPE],
    datagram: Some(dissect),
    ..Protocol::new("fr", "Frame Relay", "FR")
};

/// Bytes of the longest address.
const ADDRESS: usize = 4;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let end = (0..ADDRESS).find(|n| data.u8(*n).is_some_and(|b| b & 1 == 1));
    let (Some(end), Some(next)) = (end.map(|n| n + 1), end.and_then(|n| data.u8(n + 1))) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    // Unnumbered information, then what the network layer is; a zero may pad.
    let ui = next == 0x03;
    let pad = usize::from(ui && data.u8(end + 1) == Some(0));
    let nlpid = data.u8(end + 1 + pad).filter(|_| ui);
    let header = end + 2 + if ui { pad } else { 0 };
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        if let (Some(a), Some(b)) = (data.u8(0), data.u8(1)) {
            let dlci = u64::from(a >> 2) << 4 | u64::from(b >> 4);
            ctx.field(&DLCI, Value::Uint(dlci), data.range(0, end));
        }
        if ui {
            ctx.number(&CONTROL, data, end, 1);
            ctx.number(&NLPID, data, end + 1 + pad, 1);
        } else {
            ctx.number(&TYPE, data, end, 2);
        }
        ctx.close();
    }
    let body = data.rest(header);
    match (nlpid, data.u16(end)) {
        (Some(0xcc), _) => ctx.next(Over::EtherType(0x0800), body),
        (Some(0x8e), _) => ctx.next(Over::EtherType(0x86dd), body),
        // SNAP: organisation and type.
        (Some(0x80), _) => match body.u16(3) {
            Some(kind) => ctx.next(Over::EtherType(kind), body.rest(5)),
            None => ctx.short(),
        },
        (Some(_), _) => ctx.unknown(body),
        (None, Some(kind)) if !ui => ctx.next(Over::EtherType(kind), body),
        _ => ctx.short(),
    }
}
