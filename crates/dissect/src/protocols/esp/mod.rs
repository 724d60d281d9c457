//! Encapsulating Security Payload (RFC 4303): whose packet and which one; the rest is sealed.

#[cfg(test)]
mod sample;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static SPI: Field = Field::new("esp.spi", Kind::Uint(32), "ESP SPI").hex();
static SEQUENCE: Field = Field::new("esp.sequence", Kind::Uint(32), "ESP Sequence");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4303",
    over: &[Over::IpProto(50)],
    fields: &[&SPI, &SEQUENCE],
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("esp", "Encapsulating Security Payload", "ESP")
};

/// Bytes in the clear.
const HEAD: usize = 8;

pub(super) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.number(&SPI, data, 0, 4);
        ctx.number(&SEQUENCE, data, 4, 4);
        if let Some(spi) = data.u32(0) {
            ctx.info(format_args!("ESP (SPI=0x{spi:08x})"));
        }
        ctx.close();
    }
    if data.len() < HEAD {
        ctx.short();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::synth::Synth;

    #[test]
    fn every_length_is_read_without_harm() {
        for n in 0..12 {
            let mut s = Synth::default();
            let port = ([10, 0, 0, 1], 4500);
            s.udp(
                port,
                port,
                &[0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 7, 1, 2, 3, 4][..n],
            );
            let loaded = s.load();
            let trees = s.trees(loaded.facts());
            let spi = trees[0].values("esp.spi").next();
            assert_eq!(spi, (n >= 4).then_some("0xfffffffe"));
            assert_eq!(
                trees[0].values("esp.sequence").next(),
                (n >= 8).then_some("7")
            );
            let broken = !loaded.facts().anomalies.counts().is_empty();
            assert_eq!(broken, (2..8).contains(&n), "{n}");
        }
    }
}
