//! GRE (RFC 2784, 2890) and the point-to-point variant of PPTP (RFC 2637). Knows its header, not what it carries.

#[cfg(test)]
mod sample;

use super::erspan;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use weir_model::{Field, Kind};

static FLAGS: Field =
    Field::new("gre.flags_and_version", Kind::Uint(16), "Flags and Version").hex();
static PROTO: Field = Field::new("gre.proto", Kind::Uint(16), "Protocol Type")
    .hex()
    .values(super::eth::ETHERTYPES);
static CHECKSUM: Field = Field::new("gre.checksum", Kind::Uint(16), "Checksum").hex();
static KEY: Field = Field::new("gre.key", Kind::Uint(32), "Key").hex();
static CALL: Field = Field::new("gre.key.call_id", Kind::Uint(16), "Call ID");
static SEQUENCE: Field = Field::new("gre.sequence_number", Kind::Uint(32), "Sequence Number");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2784, RFC 2890, RFC 2637",
    over: &[Over::IpProto(47)],
    fields: &[&FLAGS, &PROTO, &CHECKSUM, &KEY, &CALL, &SEQUENCE],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("gre", "Generic Routing Encapsulation", "GRE")
};

/// Which optional parts follow, by bit.
const HAS_CHECKSUM: u16 = 0x8000;
const HAS_ROUTING: u16 = 0x4000;
const HAS_KEY: u16 = 0x2000;
const HAS_SEQUENCE: u16 = 0x1000;
const HAS_ACK: u16 = 0x0080;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(flags), Some(kind)) = (data.u16(0), data.u16(2)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let mut at = 4;
    let mut part = |bits: u16, len: usize| {
        let here = at;
        let has = flags & bits != 0;
        at += if has { len } else { 0 };
        has.then_some(here)
    };
    let checksum = part(HAS_CHECKSUM | HAS_ROUTING, 4);
    let key = part(HAS_KEY, 4);
    let sequence = part(HAS_SEQUENCE, 4);
    let pptp = flags & 7 == 1;
    if pptp {
        part(HAS_ACK, 4);
    }
    if flags & HAS_ROUTING != 0 {
        at = past_routes(data, at);
    }
    if ctx.layer(&PROTOCOL, data.range(0, at)) {
        ctx.number(&FLAGS, data, 0, 2);
        ctx.number(&PROTO, data, 2, 2);
        if let Some(n) = checksum.filter(|_| flags & HAS_CHECKSUM != 0) {
            ctx.number(&CHECKSUM, data, n, 2);
        }
        if let Some(n) = key {
            ctx.number(&KEY, data, n, 4);
            if pptp {
                ctx.number(&CALL, data, n + 2, 2);
            }
        }
        if let Some(n) = sequence {
            ctx.number(&SEQUENCE, data, n, 4);
        }
        ctx.close();
    }
    if at > data.len() {
        return ctx.short();
    }
    let body = data.rest(at);
    // An acknowledgement of PPTP carries nothing.
    if pptp && sequence.is_none() {
        return;
    }
    match kind {
        0x6558 => ctx.next(Over::LinkType(1), body),
        0x88be | 0x22eb => erspan::dissect(ctx, body, kind, sequence.is_some()),
        _ => ctx.next(Over::EtherType(kind), body),
    }
}

/// Behind the source routes: family, offset, length, until an entry of length 0.
fn past_routes(data: Data<'_>, mut at: usize) -> usize {
    while let (Some(family), Some(len)) = (data.u16(at), data.u8(at + 3)) {
        at += 4 + usize::from(len);
        if family == 0 && len == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::synth::Synth;

    /// A datagram in IPv4 in GRE: its layers as the whole packet's list has them.
    fn layers(gre: &[u8]) -> String {
        let mut s = Synth::default();
        s.udp(([10, 0, 0, 1], 5000), ([10, 0, 0, 2], 5001), b"inner bytes");
        let inner = s.packets[0][14..].to_vec();
        let mut frame = s.packets[0][..34].to_vec();
        let total = u16::try_from(20 + gre.len() + inner.len()).unwrap();
        frame[16..18].copy_from_slice(&total.to_be_bytes());
        frame[23] = 47;
        frame.extend_from_slice(gre);
        frame.extend_from_slice(&inner);
        crate::synth::protocols_of(&frame)
    }

    #[test]
    fn every_optional_part_is_skipped() {
        let plain = layers(&[0, 0, 8, 0]);
        assert_eq!(plain, "eth:ethertype:ip:gre:ip:udp:data");
        for (flags, extra) in [(0x80u8, 4), (0x20, 4), (0x10, 4), (0xb0, 12)] {
            let mut gre = vec![flags, 0, 8, 0];
            gre.resize(4 + extra, 0);
            assert_eq!(layers(&gre), plain, "flags {flags:02x}");
        }
    }

    #[test]
    fn a_bridged_frame_is_read_as_one() {
        assert!(layers(&[0, 0, 0x65, 0x58]).contains("gre:eth"));
    }

    #[test]
    fn a_header_cut_at_any_length_is_survived() {
        let mut s = Synth::default();
        s.udp(([10, 0, 0, 1], 5000), ([10, 0, 0, 2], 5001), b"inner bytes");
        let mut frame = s.packets[0].clone();
        frame[23] = 47;
        for cut in 34..frame.len() {
            assert!(crate::synth::protocols_of(&frame[..cut]).contains("ip"));
        }
    }
}
