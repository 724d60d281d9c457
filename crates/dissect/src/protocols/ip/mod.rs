//! IPv4 (RFC 791). Knows addresses, fragments and the protocol number, not what follows.

pub(crate) mod checksum;
pub(crate) mod fragment;
mod options;
#[cfg(test)]
mod sample;

use crate::anomaly::AnomalyKind;
use crate::context::{Addresses, Ctx};
use crate::data::Data;
use crate::flow::FragmentKey;
use crate::protocol::{Over, Protocol, Severity};
use checksum::Status;
use etherparse::Ipv4HeaderSlice;
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Field, Holds, Kind, Value};

static VERSION: Field = Field::new("ip.version", Kind::Uint(8), "Version");
static HDR_LEN: Field = Field::new("ip.hdr_len", Kind::Uint(8), "Header Length");
static DSFIELD: Field =
    Field::new("ip.dsfield", Kind::Uint(8), "Differentiated Services Field").hex();
static DSCP: Field = Field::new(
    "ip.dsfield.dscp",
    Kind::Uint(8),
    "Differentiated Services Codepoint",
)
.values(DSCPS);
static ECN: Field = Field::new(
    "ip.dsfield.ecn",
    Kind::Uint(8),
    "Explicit Congestion Notification",
)
.values(ECNS);
static LEN: Field = Field::new("ip.len", Kind::Uint(16), "Total Length");
static ID: Field = Field::new("ip.id", Kind::Uint(16), "Identification").hex();
static FLAGS: Field = Field::new("ip.flags", Kind::Uint(8), "Flags").hex();
static RB: Field = Field::new("ip.flags.rb", Kind::Bool, "Reserved bit");
static DF: Field = Field::new("ip.flags.df", Kind::Bool, "Don't fragment");
static MF: Field = Field::new("ip.flags.mf", Kind::Bool, "More fragments");
static FRAG_OFFSET: Field = Field::new("ip.frag_offset", Kind::Uint(16), "Fragment Offset");
static TTL: Field = Field::new("ip.ttl", Kind::Uint(8), "Time to Live");
static PROTO: Field = Field::new("ip.proto", Kind::Uint(8), "Protocol").values(PROTOS);
static CHECKSUM: Field = Field::new("ip.checksum", Kind::Uint(16), "Header Checksum").hex();
static CHECKSUM_STATUS: Field = Field::new(
    "ip.checksum.status",
    Kind::Uint(8),
    "Header checksum status",
)
.values(checksum::WORDS);
static SRC: Field = Field::new("ip.src", Kind::Ipv4, "Source Address")
    .part_of(&["ip.addr"])
    .holds(Holds::Address);
static DST: Field = Field::new("ip.dst", Kind::Ipv4, "Destination Address")
    .part_of(&["ip.addr"])
    .holds(Holds::Address);

/// DSCP names (RFC 2474 and successors).
pub(crate) const DSCPS: &[(u64, &str)] = &[
    (0, "Default"),
    (1, "Lower Effort"),
    (8, "Class Selector 1"),
    (10, "Assured Forwarding 11"),
    (16, "Class Selector 2"),
    (18, "Assured Forwarding 21"),
    (24, "Class Selector 3"),
    (26, "Assured Forwarding 31"),
    (32, "Class Selector 4"),
    (34, "Assured Forwarding 41"),
    (40, "Class Selector 5"),
    (46, "Expedited Forwarding"),
    (48, "Class Selector 6"),
    (56, "Class Selector 7"),
];
/// ECN names (RFC 3168).
pub(crate) const ECNS: &[(u64, &str)] = &[
    (0, "Not ECN-Capable Transport"),
    (1, "ECN-Capable Transport codepoint '01'"),
    (2, "ECN-Capable Transport codepoint '10'"),
    (3, "Congestion Experienced"),
];
/// Names of the protocol numbers that occur most (IANA).
pub(crate) const PROTOS: &[(u64, &str)] = &[
    (0, "IPv6 Hop-by-Hop Option"),
    (1, "ICMP"),
    (2, "IGMP"),
    (4, "IPIP"),
    (6, "TCP"),
    (17, "UDP"),
    (41, "IPv6"),
    (43, "Routing Header for IPv6"),
    (44, "Fragment Header for IPv6"),
    (47, "Generic Routing Encapsulation"),
    (50, "Encap Security Payload"),
    (51, "Authentication Header"),
    (58, "ICMPv6"),
    (59, "IPv6 no next header"),
    (60, "Destination Options for IPv6"),
    (89, "OSPF IGP"),
    (103, "PIM"),
    (112, "VRRP"),
    (132, "SCTP"),
];

/// The header's total length cannot be.
pub static BOGUS_LENGTH: AnomalyKind = AnomalyKind {
    id: "ip.bogus_ip_length",
    says: "Bogus IP length",
    severity: Severity::Error,
    group: "Protocol",
};
/// The first four bits say another version than the layer before did.
pub static VERSION_BOGUS: AnomalyKind = AnomalyKind {
    id: "ip.bogus_ip_version",
    says: "Bogus IPv4 version",
    severity: Severity::Error,
    group: "Protocol",
};
/// The header's own checksum is wrong.
pub static BAD_CHECKSUM: AnomalyKind = AnomalyKind {
    id: "ip.checksum_bad.expert",
    says: "Bad checksum",
    severity: Severity::Error,
    group: "Checksum",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 791",
    over: &[
        Over::EtherType(0x0800),
        Over::IpProto(4),
        Over::LinkType(228),
    ],
    fields: &[
        &VERSION,
        &HDR_LEN,
        &DSFIELD,
        &DSCP,
        &ECN,
        &LEN,
        &ID,
        &FLAGS,
        &RB,
        &DF,
        &MF,
        &FRAG_OFFSET,
        &TTL,
        &PROTO,
        &CHECKSUM,
        &CHECKSUM_STATUS,
        &SRC,
        &DST,
        &options::TYPE,
        &options::LEN,
        &options::ROUTER_ALERT,
        &fragment::V4.fragments,
        &fragment::V4.fragment,
        &fragment::V4.count,
        &fragment::V4.length,
        &fragment::V4.data,
        &fragment::V4.reassembled_in,
        &fragment::V4.overlap,
        &fragment::V4.conflict,
        &fragment::V4.error,
    ],
    anomalies: &[
        &BOGUS_LENGTH,
        &VERSION_BOGUS,
        &fragment::CONFLICT,
        &fragment::MISFIT,
        &BEYOND,
        &TTL_LOCAL,
        &TTL_SMALL,
    ],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ip", "Internet Protocol Version 4", "IPv4")
};

static BEYOND: AnomalyKind = AnomalyKind {
    id: "ip.len.exceeds",
    says: "IPv4 total length exceeds packet length",
    severity: Severity::Error,
    group: "Protocol",
};

static TTL_LOCAL: AnomalyKind = AnomalyKind {
    id: "ip.ttl.lncb",
    says: "Time To Live",
    severity: Severity::Note,
    group: "Sequence",
};

static TTL_SMALL: AnomalyKind = AnomalyKind {
    id: "ip.ttl.too_small",
    says: "Time To Live",
    severity: Severity::Note,
    group: "Sequence",
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if data.u8(0).is_some_and(|b| b >> 4 == 6) {
        // Announced as the older version.
        ctx.pass_through(&PROTOCOL);
        return ctx.next(Over::EtherType(0x86dd), data);
    }
    let Ok(header) = Ipv4HeaderSlice::from_slice(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        if data.len() >= 20 && data.u8(0).is_some_and(|b| b >> 4 != 4) {
            return ctx.anomaly(&VERSION_BOGUS);
        }
        return ctx.short();
    };
    if !ctx.nest() {
        return;
    }
    let len = header.slice().len();
    let (src, dst) = (
        IpAddr::V4(header.source_addr()),
        IpAddr::V4(header.destination_addr()),
    );
    let proto = header.protocol().0;
    ctx.packet.addresses = Some(Addresses { src, dst });
    ctx.packet.ttl = header.ttl();
    ctx.packet.defragmented = false;
    ctx.saw_network(data, src);
    // Zero: a card was to split it (TSO). More than the wire had: what the wire had.
    let wire = data.len() + ctx.packet.beyond as usize;
    let total = match usize::from(header.total_len()) {
        0 => wire,
        n => n.min(wire),
    };
    let payload = data.sub(len, total);
    let bogus = total < len;
    ctx.packet.beyond =
        u32::try_from(total.saturating_sub(len).saturating_sub(payload.len())).unwrap_or(u32::MAX);
    let status = check_header(ctx, header.slice(), header.header_checksum());
    let offset = header.fragments_offset().value();
    let is_fragment = header.more_fragments() || offset > 0;
    let key = FragmentKey {
        src,
        dst,
        id: u32::from(header.identification()),
        proto,
        vlan: ctx.packet.vlans.last().copied().unwrap_or_default(),
    };
    let mut step = fragment::Step::default();
    if is_fragment && ctx.packet.beyond == 0 && !bogus {
        let place = (offset.saturating_mul(8), header.more_fragments());
        step = fragment::add(ctx, key, place, payload);
    }
    if ctx.layer(&PROTOCOL, data.range(0, len)) {
        describe(ctx, data, len, total, status);
        step.describe(ctx, &fragment::V4);
        ctx.close();
    }
    if ctx.describing {
        if usize::from(header.total_len()) > wire {
            ctx.remark(&BEYOND, format_args!("{} ({wire} bytes)", BEYOND.says));
        }
        lifetime(ctx, header.destination_addr(), header.ttl(), proto);
    }
    if bogus {
        return ctx.anomaly(&BOGUS_LENGTH);
    }
    if let Some(whole) = step.finish(ctx) {
        let source = ctx.source("Reassembled IPv4", &whole.bytes);
        let data = Data {
            bytes: &whole.bytes,
            source,
            start: 0,
        };
        ctx.packet.defragmented = true;
        return ctx.next(Over::IpProto(proto), data);
    }
    // A cut first fragment is read as far as it goes, any other shown as it is.
    if is_fragment && (offset > 0 || ctx.packet.beyond == 0) {
        return ctx.unknown(payload);
    }
    ctx.next(Over::IpProto(proto), payload);
}

/// Remarks a packet that lives longer or shorter than it should.
fn lifetime(ctx: &mut Ctx<'_>, to: Ipv4Addr, ttl: u8, proto: u8) {
    /// Routing protocols of neighbours.
    const PIM: u8 = 103;
    const OSPF: u8 = 89;
    const IGMP: u8 = 2;
    if let [224, 0, 0, host] = to.octets() {
        // Redundancy protocols and mDNS prove with the highest that nobody forwarded them; LLMNR takes any.
        let right = match host {
            18 | 102 | 251 => Some(255),
            252 => None,
            _ => Some(1),
        };
        if let Some(right) = right.filter(|n| *n != ttl && proto != IGMP) {
            ctx.remark(
                &TTL_LOCAL,
                format_args!(
                    "\"Time To Live\" != {right} for a packet sent to the Local Network Control Block (see RFC 3171)"
                ),
            );
        }
    } else if ttl < 5 && !to.is_multicast() && !matches!(proto, PIM | OSPF) {
        ctx.remark(&TTL_SMALL, format_args!("\"Time To Live\" only {ttl}"));
    }
}

fn check_header(ctx: &mut Ctx<'_>, header: &[u8], stored: u16) -> Status {
    if checksum::adds_up(header) {
        return Status::Good;
    }
    if !ctx.core.muted && !ctx.packet.quoted {
        let packet = ctx.meta.packet;
        let quality = &mut ctx.core.facts.quality;
        if stored == 0 {
            quality.offload.add(packet);
        } else {
            quality.bad_checksum.add(packet);
        }
    }
    Status::Bad
}

fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, len: usize, total: usize, status: Status) {
    ctx.bits(&VERSION, data, 0, 1, 0xf0);
    ctx.field(&HDR_LEN, Value::Uint(len as u64), data.range(0, 1));
    let byte = |at| Value::Uint(u64::from(data.u8(at).unwrap_or_default()));
    ctx.open(&DSFIELD, byte(1), data.range(1, 2));
    ctx.bits(&DSCP, data, 1, 1, 0xfc);
    ctx.bits(&ECN, data, 1, 1, 0x03);
    ctx.close();
    match data.u16(2) {
        Some(0) => ctx.field(&LEN, Value::Uint(total as u64), data.range(2, 4)),
        _ => ctx.number(&LEN, data, 2, 2),
    }
    ctx.number(&ID, data, 4, 2);
    let flags = u64::from(data.u8(6).unwrap_or_default() >> 5);
    ctx.open(&FLAGS, Value::Uint(flags), data.range(6, 7));
    ctx.flag(&RB, data, 6, 1, 0x80);
    ctx.flag(&DF, data, 6, 1, 0x40);
    ctx.flag(&MF, data, 6, 1, 0x20);
    ctx.close();
    // In units of eight bytes, as Wireshark has it.
    ctx.bits(&FRAG_OFFSET, data, 6, 2, 0x1fff);
    ctx.number(&TTL, data, 8, 1);
    ctx.number(&PROTO, data, 9, 1);
    ctx.number(&CHECKSUM, data, 10, 2);
    ctx.computed(&CHECKSUM_STATUS, Value::Uint(status.value()));
    for (field, at) in [(&SRC, 12), (&DST, 16)] {
        if let Some(a) = data.array::<4>(at) {
            ctx.field(field, Value::Ipv4(a.into()), data.range(at, at + 4));
        }
    }
    options::describe(ctx, data.sub(20, len));
}
