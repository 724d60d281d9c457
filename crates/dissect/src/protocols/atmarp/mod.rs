//! ARP on ATM (RFC 2225): what follows hardware type 19 has a header of its own. Binds no addresses.

use super::arp::{DST_IP, HW_TYPE, OPCODE, PROTO_TYPE, SRC_IP};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::Protocol;
use std::net::Ipv4Addr;
use weir_model::{Field, Holds, Kind, Value};

static SRC_TYPE: Field = Field::new(
    "arp.src.htl",
    Kind::Uint(8),
    "Sender ATM number type and length",
)
.hex();
static SRC_SUB: Field = Field::new(
    "arp.src.hst",
    Kind::Uint(8),
    "Sender ATM subaddress type and length",
)
.hex();
static DST_TYPE: Field = Field::new(
    "arp.dst.htl",
    Kind::Uint(8),
    "Target ATM number type and length",
)
.hex();
static DST_SUB: Field = Field::new(
    "arp.dst.hst",
    Kind::Uint(8),
    "Target ATM subaddress type and length",
)
.hex();
static SRC_NUMBER: Field = Field::new(
    "arp.src.atm_num_nsap",
    Kind::Bytes,
    "Sender ATM number (NSAP)",
)
.holds(Holds::Address);
static DST_NUMBER: Field = Field::new(
    "arp.dst.atm_num_nsap",
    Kind::Bytes,
    "Target ATM number (NSAP)",
)
.holds(Holds::Address);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2225",
    fields: &[
        &HW_TYPE,
        &PROTO_TYPE,
        &OPCODE,
        &SRC_TYPE,
        &SRC_SUB,
        &DST_TYPE,
        &DST_SUB,
        &SRC_NUMBER,
        &SRC_IP,
        &DST_NUMBER,
        &DST_IP,
    ],
    anomalies: &[&MALFORMED],
    ..Protocol::new("atmarp", "ATM Address Resolution Protocol", "ATMARP")
};

/// The hardware type that says so.
pub(super) const HARDWARE: u16 = 19;
/// Bytes of the fixed part.
const HEAD: usize = 12;

pub(super) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    // The low six bits of a type tell the length, bit six whether the number is an NSAP.
    let length = |at: usize| data.u8(at).map(|n| usize::from(n & 0x3f));
    let plain = |at: usize| data.u8(at).map(usize::from);
    let lengths = [
        length(4),
        length(5),
        plain(8),
        length(9),
        length(10),
        plain(11),
    ];
    let mut ends = [HEAD; 7];
    let mut at = HEAD;
    for (n, len) in lengths.into_iter().enumerate() {
        at += len.unwrap_or(data.len());
        if let Some(end) = ends.get_mut(n + 1) {
            *end = at;
        }
    }
    if at > data.len() {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    }
    if ctx.layer(&PROTOCOL, data.range(0, at)) {
        ctx.number(&HW_TYPE, data, 0, 2);
        ctx.number(&PROTO_TYPE, data, 2, 2);
        ctx.number(&SRC_TYPE, data, 4, 1);
        ctx.number(&SRC_SUB, data, 5, 1);
        ctx.number(&OPCODE, data, 6, 2);
        ctx.number(&DST_TYPE, data, 9, 1);
        ctx.number(&DST_SUB, data, 10, 1);
        // Number, subaddress and protocol address of the sender, then of the target.
        let [a, _, c, d, _, f, g] = ends;
        for (number, from, to, ip, end) in [
            (&SRC_NUMBER, a, c, &SRC_IP, d),
            (&DST_NUMBER, d, f, &DST_IP, g),
        ] {
            ctx.bytes(number, data, from, to);
            if let Some(address) = data.array::<4>(to).filter(|_| end == to + 4) {
                ctx.field(
                    ip,
                    Value::Ipv4(Ipv4Addr::from(address)),
                    data.range(to, end),
                );
            }
        }
        ctx.close();
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::{Synth, protocols_on};
    use crate::tree::TreeSink;

    fn frame(body: &[u8]) -> Vec<u8> {
        let mut out = vec![0xff; 6];
        out.extend([2, 0, 0, 0, 0, 1, 8, 6, 0, 19, 8, 0]);
        out.extend(body);
        out
    }

    #[test]
    fn lengths_decide_what_is_shown() {
        // Sender: an NSAP of two bytes, 10.0.0.1; target: no number, 10.0.0.2.
        let body = [
            0x42, 0, 0, 1, 4, 0, 0, 4, 0xaa, 0xbb, 10, 0, 0, 1, 10, 0, 0, 2,
        ];
        let whole = frame(&body);
        assert!(
            protocols_on(1, &whole).ends_with("atmarp"),
            "{}",
            protocols_on(1, &whole)
        );
        let mut s = Synth::default();
        s.packets.push(whole.clone());
        let loaded = s.load();
        let trees: Vec<TreeSink> = s.trees(loaded.facts());
        let one = |name: &str| trees[0].values(name).next().map(str::to_owned);
        assert_eq!(one("arp.src.proto_ipv4").as_deref(), Some("10.0.0.1"));
        assert_eq!(one("arp.dst.proto_ipv4").as_deref(), Some("10.0.0.2"));
        assert_eq!(one("arp.src.atm_num_nsap").as_deref(), Some("aabb"));
        for len in 16..whole.len() {
            let cut = whole.get(..len).unwrap();
            assert!(protocols_on(1, cut).ends_with("atmarp"), "{len}");
        }
    }
}
