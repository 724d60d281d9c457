//! Linux Netfilter log: attributes, one of which is the packet. Knows the attributes' frame, not the packet.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static FAMILY: Field = Field::new("nflog.family", Kind::Uint(8), "Family");
static VERSION: Field = Field::new("nflog.version", Kind::Uint(8), "Version");
static RES_ID: Field = Field::new("nflog.res_id", Kind::Uint(16), "Resource id");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "LINKTYPE_NFLOG",
    over: &[Over::LinkType(239)],
    fields: &[&FAMILY, &VERSION, &RES_ID],
    datagram: Some(dissect),
    ..Protocol::new("nflog", "Linux Netfilter NFLOG", "NFLOG")
};

/// The attribute that holds the packet.
const PAYLOAD: u16 = 9;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer_inside(&PROTOCOL, data.range(0, 4)) {
        ctx.number(&FAMILY, data, 0, 1);
        ctx.number(&VERSION, data, 1, 1);
        ctx.number(&RES_ID, data, 2, 2);
        ctx.close();
    }
    // Attributes are in the byte order of the capturing host.
    let found = payload(data, u16::from_le_bytes).or_else(|| payload(data, u16::from_be_bytes));
    match (found, data.u8(0)) {
        (Some(body), Some(2)) => ctx.next(Over::EtherType(0x0800), body),
        (Some(body), Some(10)) => ctx.next(Over::EtherType(0x86dd), body),
        (Some(body), Some(7)) => ctx.next(Over::LinkType(1), body),
        (Some(body), _) => ctx.unknown(body),
        (None, Some(_)) if data.len() >= 4 => ctx.unknown(data.rest(4)),
        _ => ctx.short(),
    }
}

/// Walks the attributes; `None` where they do not add up or none is the packet.
fn payload(data: Data<'_>, read: fn([u8; 2]) -> u16) -> Option<Data<'_>> {
    let mut at = 4;
    while at + 4 <= data.len() {
        let len = usize::from(read(data.array(at)?));
        if len < 4 {
            return None;
        }
        if read(data.array(at + 2)?) & 0x7fff == PAYLOAD {
            return Some(data.sub(at + 4, at + len));
        }
        at += len.next_multiple_of(4);
    }
    None
}
