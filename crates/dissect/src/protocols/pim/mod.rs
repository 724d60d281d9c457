//! Protocol Independent Multicast (RFC 7761): its type, and the packet that a Register message carries. Other
//! messages are shown without their content.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static VERSION: Field = Field::new("pim.version", Kind::Uint(8), "Version");
static TYPE: Field = Field::new("pim.type", Kind::Uint(8), "Type").values(&[
    (0, "Hello"),
    (1, "Register"),
    (2, "Register-Stop"),
    (3, "Join/Prune"),
    (4, "Bootstrap"),
    (5, "Assert"),
    (6, "Graft"),
    (7, "Graft-Ack"),
    (8, "Candidate-RP-Advertisement"),
]);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 7761",
    over: &[Over::IpProto(103)],
    fields: &[&VERSION, &TYPE],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("pim", "Protocol Independent Multicast", "PIM")
};

/// Version, type, checksum; then the flags of a Register.
const HEAD: usize = 8;
const REGISTER: u8 = 0x21;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let register = data.u8(0) == Some(REGISTER) && data.len() > HEAD;
    let end = if register { HEAD } else { data.len() };
    if ctx.layer(&PROTOCOL, data.range(0, end)) {
        ctx.bits(&VERSION, data, 0, 1, 0xf0);
        ctx.bits(&TYPE, data, 0, 1, 0x0f);
        ctx.close();
    }
    if register {
        match data.u8(HEAD).map(|b| b >> 4) {
            Some(4) => ctx.next(Over::EtherType(0x0800), data.rest(HEAD)),
            Some(6) => ctx.next(Over::EtherType(0x86dd), data.rest(HEAD)),
            _ => ctx.unknown(data.rest(HEAD)),
        }
    }
}
