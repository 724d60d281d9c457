//! The Ethernet type as a step of its own in the list of layers, as Wireshark lists it. Has no fields.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 7042",
    inner: true,
    #[cfg(test)]
    sample: Some(super::eth::sample::SAMPLE),
    ..Protocol::new("ethertype", "Ethertype", "")
};

/// Hands the bytes to the protocol of this type.
pub(crate) fn next(ctx: &mut Ctx<'_>, kind: u16, data: Data<'_>) {
    ctx.pass_through(&PROTOCOL);
    ctx.next(Over::EtherType(kind), data);
}

/// How many bytes the protocol of this type says it has, where it says so: the rest is padding.
pub(crate) fn claimed(kind: u16, data: Data<'_>) -> Option<usize> {
    match kind {
        0x0800 => {
            let total = usize::from(data.u16(2)?);
            let header = usize::from(data.u8(0)? & 0x0f) * 4;
            (total >= header && header >= 20).then_some(total)
        }
        0x86dd => match data.u16(4)? {
            0 => None,
            n => Some(usize::from(n) + 40),
        },
        0x0806 => {
            let (hard, proto) = (data.u8(4)?, data.u8(5)?);
            Some(8 + 2 * (usize::from(hard) + usize::from(proto)))
        }
        _ => None,
    }
}
