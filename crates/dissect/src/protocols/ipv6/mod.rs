//! IPv6 (RFC 8200). Knows addresses and the chain of extension headers, not what follows.

mod extension;
#[cfg(test)]
mod sample;

pub use extension::{PROTOCOL_DSTOPTS, PROTOCOL_FRAGHDR, PROTOCOL_HOPOPTS, PROTOCOL_ROUTING};

use super::ip::{DSCPS, ECNS, PROTOS, fragment};
use crate::anomaly::AnomalyKind;
use crate::context::{Addresses, Ctx};
use crate::data::Data;
use crate::protocol::{Over, Protocol, Severity};
use etherparse::Ipv6HeaderSlice;
use std::net::IpAddr;
use weir_model::{Field, Holds, Kind, Value};

static VERSION: Field =
    Field::new("ipv6.version", Kind::Uint(8), "Version").part_of(&["ip.version"]);
static TCLASS: Field = Field::new("ipv6.tclass", Kind::Uint(32), "Traffic Class").hex();
static DSCP: Field = Field::new(
    "ipv6.tclass.dscp",
    Kind::Uint(32),
    "Differentiated Services Codepoint",
)
.values(DSCPS);
static ECN: Field = Field::new(
    "ipv6.tclass.ecn",
    Kind::Uint(32),
    "Explicit Congestion Notification",
)
.values(ECNS);
static FLOW: Field = Field::new("ipv6.flow", Kind::Uint(24), "Flow Label").hex();
static PLEN: Field = Field::new("ipv6.plen", Kind::Uint(16), "Payload Length");
static NXT: Field = Field::new("ipv6.nxt", Kind::Uint(8), "Next Header").values(PROTOS);
static HLIM: Field = Field::new("ipv6.hlim", Kind::Uint(8), "Hop Limit");
static SRC: Field = Field::new("ipv6.src", Kind::Ipv6, "Source Address")
    .part_of(&["ipv6.addr"])
    .holds(Holds::Address);
static DST: Field = Field::new("ipv6.dst", Kind::Ipv6, "Destination Address")
    .part_of(&["ipv6.addr"])
    .holds(Holds::Address);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 8200",
    over: &[
        Over::EtherType(0x86dd),
        Over::IpProto(41),
        Over::LinkType(229),
    ],
    fields: &[
        &VERSION,
        &TCLASS,
        &DSCP,
        &ECN,
        &FLOW,
        &PLEN,
        &NXT,
        &HLIM,
        &SRC,
        &DST,
        &fragment::V6.fragments,
        &fragment::V6.fragment,
        &fragment::V6.count,
        &fragment::V6.length,
        &fragment::V6.data,
        &fragment::V6.reassembled_in,
        &fragment::V6.overlap,
        &fragment::V6.conflict,
        &fragment::V6.error,
    ],
    anomalies: &[
        &fragment::CONFLICT,
        &fragment::MISFIT,
        &BEYOND,
        &VERSION_BOGUS,
    ],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ipv6", "Internet Protocol Version 6", "IPv6")
};

/// The first four bits say another version than the layer before did.
static VERSION_BOGUS: AnomalyKind = AnomalyKind {
    id: "ipv6.bogus_ipv6_version",
    says: "Bogus IPv6 version",
    severity: Severity::Error,
    group: "Malformed",
};

static BEYOND: AnomalyKind = AnomalyKind {
    id: "ipv6.plen_exceeds_framing",
    says: "IPv6 payload length exceeds framing length",
    severity: Severity::Warn,
    group: "Protocol",
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Ok(header) = Ipv6HeaderSlice::from_slice(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        if data.len() < 40 {
            return ctx.short();
        }
        ctx.anomaly(&VERSION_BOGUS);
        return ctx.unknown(data);
    };
    if !ctx.nest() {
        return;
    }
    let (src, dst) = (
        IpAddr::V6(header.source_addr()),
        IpAddr::V6(header.destination_addr()),
    );
    ctx.packet.addresses = Some(Addresses { src, dst });
    ctx.packet.ttl = header.hop_limit();
    ctx.packet.defragmented = false;
    ctx.saw_network(data, src);
    let wire = (data.len() + ctx.packet.beyond as usize).saturating_sub(40);
    let total = match usize::from(header.payload_length()) {
        // A jumbogram, or a card was to split it.
        0 if header.next_header().0 != 59 => wire,
        n => n.min(wire),
    };
    let payload = data.sub(40, 40 + total);
    ctx.packet.beyond = u32::try_from(total.saturating_sub(payload.len())).unwrap_or(u32::MAX);
    if ctx.layer(&PROTOCOL, data.range(0, 40)) {
        describe(ctx, data);
        ctx.close();
    }
    if usize::from(header.payload_length()) > wire {
        ctx.remark(&BEYOND, format_args!("{} ({wire} bytes)", BEYOND.says));
    }
    extension::chain(ctx, header.next_header().0, payload);
}

fn describe(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.bits(&VERSION, data, 0, 1, 0xf0);
    let class = data.u32(0).unwrap_or_default() >> 20 & 0xff;
    ctx.open(&TCLASS, Value::Uint(u64::from(class)), data.range(0, 4));
    ctx.bits(&DSCP, data, 0, 4, 0x0fc0_0000);
    ctx.bits(&ECN, data, 0, 4, 0x0030_0000);
    ctx.close();
    ctx.bits(&FLOW, data, 0, 4, 0x000f_ffff);
    ctx.number(&PLEN, data, 4, 2);
    ctx.number(&NXT, data, 6, 1);
    ctx.number(&HLIM, data, 7, 1);
    for (field, at) in [(&SRC, 8), (&DST, 24)] {
        if let Some(a) = data.array::<16>(at) {
            ctx.field(field, Value::Ipv6(a.into()), data.range(at, at + 16));
        }
    }
}
