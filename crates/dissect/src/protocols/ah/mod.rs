//! Authentication Header (RFC 4302): whose packet and which one, and what it vouches for.

#[cfg(test)]
mod sample;

use super::ip::PROTOS;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static NEXT: Field = Field::new("ah.next_header", Kind::Uint(8), "Next header").values(PROTOS);
static LENGTH: Field = Field::new("ah.length", Kind::Uint(8), "Length");
static RESERVED: Field = Field::new("ah.reserved", Kind::Bytes, "Reserved");
static SPI: Field = Field::new("ah.spi", Kind::Uint(32), "AH SPI").hex();
static SEQUENCE: Field = Field::new("ah.sequence", Kind::Uint(32), "AH Sequence");
static ICV: Field = Field::new("ah.icv", Kind::Bytes, "AH ICV");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4302",
    over: &[Over::IpProto(51)],
    fields: &[&NEXT, &LENGTH, &RESERVED, &SPI, &SEQUENCE, &ICV],
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ah", "Authentication Header", "AH")
};

/// Bytes before the check value.
const HEAD: usize = 12;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    // In words of four bytes, two of them not counted.
    let len = data.u8(1).map(|n| (usize::from(n) + 2) * 4);
    let whole = len.filter(|n| (HEAD..=data.len()).contains(n));
    let head = data.sub(0, len.unwrap_or(HEAD));
    if ctx.layer(&PROTOCOL, head.all()) {
        ctx.number(&NEXT, head, 0, 1);
        ctx.number(&LENGTH, head, 1, 1);
        ctx.bytes(&RESERVED, head, 2, 4);
        ctx.number(&SPI, head, 4, 4);
        ctx.number(&SEQUENCE, head, 8, 4);
        ctx.bytes(&ICV, head, HEAD, head.len());
        if let Some(spi) = head.u32(4) {
            ctx.info(format_args!("AH (SPI=0x{spi:08x})"));
        }
        ctx.close();
    }
    match (data.u8(0), whole) {
        (Some(next), Some(len)) => ctx.next(Over::IpProto(next), data.rest(len)),
        _ => ctx.short(),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use crate::synth::protocols_of;

    #[test]
    fn what_it_vouches_for_is_read() {
        let ah = [
            17, 4, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        ];
        let mut frame = vec![
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 56, 0, 1, 0, 0, 64, 51, 0, 0,
        ];
        frame.extend([10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend(ah);
        frame.extend([0x13, 0x88, 0x13, 0x89, 0, 12, 0, 0, 1, 2, 3, 4]);
        assert!(protocols_of(&frame).contains("ip:ah:udp"));
        for n in 34..frame.len() {
            protocols_of(&frame[..n]);
        }
    }
}
