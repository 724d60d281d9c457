//! Protocol Independent Multicast (RFC 7761): its type, and the packet that a Register message carries. Other
//! messages are shown without their content.

#[cfg(test)]
mod sample;

use crate::context::{Ctx, MALFORMED};
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
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("pim", "Protocol Independent Multicast", "PIM")
};

/// Version, type, checksum; then the flags of a Register.
const HEAD: usize = 8;
/// Version, type and checksum, which every message has.
const LEAST: usize = 4;
const REGISTER: u8 = 0x21;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    // Of IPv4 a Null-Register carries the header alone, of IPv6 a message as well (RFC 7761 section 4.9.3).
    if data.is_empty() && ctx.packet.addresses.is_some_and(|a| a.src.is_ipv4()) {
        return;
    }
    let register = data.u8(0) == Some(REGISTER) && data.len() > HEAD;
    let end = if register { HEAD } else { data.len() };
    if ctx.layer(&PROTOCOL, data.range(0, end)) {
        ctx.bits(&VERSION, data, 0, 1, 0xf0);
        ctx.bits(&TYPE, data, 0, 1, 0x0f);
        ctx.close();
    }
    if data.len() < LEAST {
        ctx.short();
    }
    if register {
        match data.u8(HEAD).map(|b| b >> 4) {
            Some(4) => ctx.next(Over::EtherType(0x0800), data.rest(HEAD)),
            Some(6) => ctx.next(Over::EtherType(0x86dd), data.rest(HEAD)),
            _ => ctx.unknown(data.rest(HEAD)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;

    #[test]
    fn a_message_without_its_head_is_malformed() {
        for (body, malformed) in [
            (&[0x20, 0, 0, 0][..], 0),
            (&[0x20, 0, 0], 1),
            (&[0x22, 0, 0, 0, 1], 0),
            (&[], 0),
        ] {
            let len = u8::try_from(20 + body.len()).unwrap();
            let mut p = vec![2, 0, 10, 0, 0, 2, 2, 0, 10, 0, 0, 1, 8, 0];
            p.extend([0x45, 0, 0, len, 0, 1, 0, 0, 64, 103, 0, 0]);
            p.extend([10, 0, 0, 1, 10, 0, 0, 2]);
            p.extend(body);
            let mut s = Synth::default();
            s.packets.push(p);
            let loaded = s.load();
            let trees = s.trees(loaded.facts());
            assert_eq!(
                trees[0].values("_ws.malformed").count(),
                malformed,
                "{body:?}"
            );
        }
    }
}
