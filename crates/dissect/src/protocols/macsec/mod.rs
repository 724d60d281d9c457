//! MACsec (IEEE 802.1AE): the tag before a frame's content, which is read on where it is only signed.
//! Checks no signature and decrypts nothing.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use crate::protocols::ethertype;
use weir_model::{Field, Kind};

static TCI: Field = Field::new("macsec.TCI", Kind::Uint(8), "TCI").hex();
static AN: Field = Field::new("macsec.AN", Kind::Uint(8), "AN");
static SL: Field = Field::new("macsec.SL", Kind::Uint(8), "Short length");
static PN: Field = Field::new("macsec.PN", Kind::Uint(32), "Packet number");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1AE",
    over: &[Over::EtherType(0x88e5)],
    fields: &[&TCI, &AN, &SL, &PN],
    datagram: Some(dissect),
    ..Protocol::new("macsec", "802.1AE Security tag", "MACSEC")
};

/// Tag without and with the sender's identifier.
const SHORT: usize = 6;
const LONG: usize = 14;
/// The identifier is there.
const HAS_SENDER: u8 = 0x20;
/// The content is encrypted or otherwise changed.
const CHANGED: u8 = 0x0c;
/// Bytes of the signature behind the content.
const SIGNATURE: usize = 16;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Some(control) = data.u8(0) else {
        return ctx.short();
    };
    let tag = if control & HAS_SENDER == 0 {
        SHORT
    } else {
        LONG
    };
    let kind = data.u16(tag).filter(|_| control & CHANGED == 0);
    let end = if kind.is_some() { tag + 2 } else { tag };
    if ctx.layer(&PROTOCOL, data.range(0, end.min(data.len()))) {
        ctx.bits(&TCI, data, 0, 1, 0xfc);
        ctx.bits(&AN, data, 0, 1, 0x03);
        ctx.number(&SL, data, 1, 1);
        ctx.number(&PN, data, 2, 4);
        ctx.close();
    }
    match kind {
        Some(kind) => {
            let content = data.sub(end, data.len().saturating_sub(SIGNATURE).max(end));
            ethertype::next(ctx, kind, content);
        }
        None => ctx.unknown(data.rest(end)),
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::protocols_of;

    #[test]
    fn signed_content_is_read_and_encrypted_content_is_not() {
        let frame = |control: u8| {
            let mut f = vec![2; 12];
            f.extend_from_slice(&[0x88, 0xe5, control, 0, 0, 0, 0, 1]);
            f.extend_from_slice(&[0x08, 0x06]);
            f.extend_from_slice(&[0, 1, 8, 0, 6, 4, 0, 1]);
            f.resize(14 + 8 + 28 + 16, 0);
            protocols_of(&f)
        };
        assert_eq!(frame(0), "eth:ethertype:macsec:ethertype:arp");
        assert_eq!(frame(0x0c), "eth:ethertype:macsec:data");
    }
}
