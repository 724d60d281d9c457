//! ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) and multicast listeners (RFC 2710, 3810).
//! Notes which hardware address says to own which network address.

mod options;
#[cfg(test)]
mod sample;

use super::icmp::{echo, rows};
use super::ip::checksum;
use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol, Severity};
use std::net::{IpAddr, Ipv6Addr};
use weir_model::{Field, Kind, LimitKind, Mac, Value};

static TYPE: Field = Field::new("icmpv6.type", Kind::Uint(8), "Type").values(&[
    (1, "Destination Unreachable"),
    (2, "Packet Too Big"),
    (3, "Time Exceeded"),
    (4, "Parameter Problem"),
    (128, "Echo (ping) request"),
    (129, "Echo (ping) reply"),
    (130, "Multicast Listener Query"),
    (131, "Multicast Listener Report"),
    (132, "Multicast Listener Done"),
    (133, "Router Solicitation"),
    (134, "Router Advertisement"),
    (135, "Neighbor Solicitation"),
    (136, "Neighbor Advertisement"),
    (137, "Redirect"),
    (143, "Multicast Listener Report Message v2"),
]);
static CODE: Field = Field::new("icmpv6.code", Kind::Uint(8), "Code");
static CHECKSUM: Field = Field::new("icmpv6.checksum", Kind::Uint(16), "Checksum").hex();
static STATUS: Field =
    Field::new("icmpv6.checksum.status", Kind::Uint(8), "Checksum Status").values(checksum::WORDS);
static RESERVED: Field = Field::new("icmpv6.reserved", Kind::Bytes, "Reserved");
static IDENT: Field = Field::new("icmpv6.echo.identifier", Kind::Uint(16), "Identifier").hex();
static SEQ: Field = Field::new("icmpv6.echo.sequence_number", Kind::Uint(16), "Sequence");
static RESP_IN: Field = Field::new("icmpv6.resp_in", Kind::Packet, "Response In");
static RESP_TO: Field = Field::new("icmpv6.resp_to", Kind::Packet, "Response To");
static RESP_TIME: Field = Field::new("icmpv6.resptime", Kind::Float, "Response Time");
static NO_RESP: Field = Field::new("icmpv6.no_resp", Kind::None, "No response seen");
static MTU: Field = Field::new("icmpv6.mtu", Kind::Uint(32), "MTU");
static POINTER: Field = Field::new("icmpv6.pointer", Kind::Uint(32), "Pointer");
static RA_HOPS: Field = Field::new("icmpv6.nd.ra.cur_hop_limit", Kind::Uint(8), "Cur hop limit");
static RA_FLAG: Field = Field::new("icmpv6.nd.ra.flag", Kind::Uint(8), "Flags").hex();
static RA_M: Field = Field::new(
    "icmpv6.nd.ra.flag.m",
    Kind::Bool,
    "Managed address configuration",
);
static RA_O: Field = Field::new("icmpv6.nd.ra.flag.o", Kind::Bool, "Other configuration");
static RA_H: Field = Field::new("icmpv6.nd.ra.flag.h", Kind::Bool, "Home Agent");
static RA_PRF: Field = Field::new(
    "icmpv6.nd.ra.flag.prf",
    Kind::Uint(8),
    "Prf (Default Router Preference)",
);
static RA_P: Field = Field::new("icmpv6.nd.ra.flag.p", Kind::Bool, "ND Proxy");
static RA_LIFETIME: Field = Field::new(
    "icmpv6.nd.ra.router_lifetime",
    Kind::Uint(16),
    "Router lifetime (s)",
);
static RA_REACHABLE: Field = Field::new(
    "icmpv6.nd.ra.reachable_time",
    Kind::Uint(32),
    "Reachable time (ms)",
);
static RA_RETRANS: Field = Field::new(
    "icmpv6.nd.ra.retrans_timer",
    Kind::Uint(32),
    "Retrans timer (ms)",
);
static NS_TARGET: Field = Field::new("icmpv6.nd.ns.target_address", Kind::Ipv6, "Target Address");
static NA_FLAG: Field = Field::new("icmpv6.nd.na.flag", Kind::Uint(32), "Flags").hex();
static NA_R: Field = Field::new("icmpv6.nd.na.flag.r", Kind::Bool, "Router");
static NA_S: Field = Field::new("icmpv6.nd.na.flag.s", Kind::Bool, "Solicited");
static NA_O: Field = Field::new("icmpv6.nd.na.flag.o", Kind::Bool, "Override");
static NA_TARGET: Field = Field::new("icmpv6.nd.na.target_address", Kind::Ipv6, "Target Address");
static RD_TARGET: Field = Field::new("icmpv6.rd.na.target_address", Kind::Ipv6, "Target Address");
static RD_DESTINATION: Field = Field::new(
    "icmpv6.rd.na.destination_address",
    Kind::Ipv6,
    "Destination Address",
);
static MLD_DELAY: Field = Field::new(
    "icmpv6.mld.maximum_response_delay",
    Kind::Uint(16),
    "Maximum Response Delay [ms]",
);
static MLD_ADDRESS: Field = Field::new(
    "icmpv6.mld.multicast_address",
    Kind::Ipv6,
    "Multicast Address",
);
static MLDR_NB: Field = Field::new(
    "icmpv6.mldr.nb_mcast_records",
    Kind::Uint(16),
    "Number of Multicast Address Records",
);
static MLDR_TYPE: Field = Field::new("icmpv6.mldr.mar.record_type", Kind::Uint(8), "Record Type");
static MLDR_ADDRESS: Field = Field::new(
    "icmpv6.mldr.mar.multicast_address",
    Kind::Ipv6,
    "Multicast Address",
);

static ECHO: echo::Fields = echo::Fields {
    resp_in: &RESP_IN,
    resp_to: &RESP_TO,
    resp_time: &RESP_TIME,
    no_resp: Some(&NO_RESP),
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4443",
    over: &[Over::IpProto(58)],
    fields: &[
        &TYPE,
        &CODE,
        &CHECKSUM,
        &STATUS,
        &RESERVED,
        &IDENT,
        &SEQ,
        &RESP_IN,
        &RESP_TO,
        &RESP_TIME,
        &NO_RESP,
        &MTU,
        &POINTER,
        &RA_HOPS,
        &RA_FLAG,
        &RA_M,
        &RA_O,
        &RA_H,
        &RA_PRF,
        &RA_P,
        &RA_LIFETIME,
        &RA_REACHABLE,
        &RA_RETRANS,
        &NS_TARGET,
        &NA_FLAG,
        &NA_R,
        &NA_S,
        &NA_O,
        &NA_TARGET,
        &RD_TARGET,
        &RD_DESTINATION,
        &MLD_DELAY,
        &MLD_ADDRESS,
        &MLDR_NB,
        &MLDR_TYPE,
        &MLDR_ADDRESS,
        &options::OPT,
        &options::TYPE,
        &options::LENGTH,
        &options::LINKADDR,
        &options::SRC_LINKADDR,
        &options::TARGET_LINKADDR,
        &options::PREFIX_LENGTH,
        &options::PREFIX_FLAG,
        &options::PREFIX_L,
        &options::PREFIX_A,
        &options::PREFIX_VALID,
        &options::PREFIX_PREFERRED,
        &options::PREFIX,
        &options::MTU,
        &options::RDNSS_LIFETIME,
        &options::RDNSS,
    ],
    anomalies: &[&NO_ANSWER, &MALFORMED],
    datagram: Some(dissect),
    logs: &[Log::of::<Advertisement>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("icmpv6", "Internet Control Message Protocol v6", "ICMPv6")
};

static NO_ANSWER: AnomalyKind = AnomalyKind {
    id: "icmpv6.resp_not_found",
    says: "No response seen to ICMPv6 request",
    severity: Severity::Warn,
    group: "Sequence",
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(kind), Some(stored)) = (data.u8(0), data.u16(2)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let echo = match (kind, data.u16(4), data.u16(6)) {
        (128 | 129, Some(id), Some(seq)) => {
            Some(echo::note(ctx, kind == 128, id, seq, data.rest(8)))
        }
        _ => None,
    };
    announce(ctx, kind, data);
    if let Some(reason) = reason(kind, data.u8(1).unwrap_or(0)) {
        let mtu = data.u32(4).filter(|_| kind == 2);
        rows::failed(ctx, reason, data.rest(8), mtu, None);
    }
    if kind == 134 {
        advertised(ctx, data);
    }
    let status = checksum::transport(ctx, 58, data.bytes, stored);
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.number(&TYPE, data, 0, 1);
        ctx.number(&CODE, data, 1, 1);
        ctx.number(&CHECKSUM, data, 2, 2);
        ctx.computed(&STATUS, Value::Uint(status.value()));
        body(ctx, kind, data);
        if let Some(echo) = &echo {
            echo.describe(ctx, &ECHO);
        }
        ctx.close();
    }
    if echo.is_some_and(|e| e.is_unanswered(ctx)) {
        let frame = ctx.meta.packet.number;
        ctx.remark(
            &NO_ANSWER,
            format_args!("{} in frame {frame}", NO_ANSWER.says),
        );
    }
    if data.len() < least(kind) || kind == 143 && !records(data) {
        ctx.short();
    }
    let word = TYPE.word(u64::from(kind)).unwrap_or("ICMPv6 message");
    ctx.info(format_args!("{word}"));
    match kind {
        1..=4 if data.len() >= 8 => ctx.quote(Over::EtherType(0x86dd), data.rest(8)),
        128 | 129 => ctx.unknown_inside(data.rest(8)),
        _ => {}
    }
}

row! {
    /// A router says that it is one, and what hosts may make their addresses of.
    pub struct Advertisement of PROTOCOL {
        router: IpAddr = "Who says it",
        mac: Option<Mac> = "Its hardware address, as it says or as the frame has it",
        lifetime: u16 = "Seconds that it may be a default router; 0: it is none",
        managed: bool = "Addresses are to be had by DHCPv6",
        prefixes: Vec<Box<str>> = "Networks on the link",
        resolvers: Vec<IpAddr> = "Resolvers (RFC 8106)",
    }
    |a| format!("{} advertises {} for {} s", a.router, a.prefixes.join(", "), a.lifetime)
}

/// Advertisements kept.
const ADVERTISEMENTS: usize = 100_000;
/// Networks and resolvers kept of one.
const LISTED: usize = 8;

static MANY: LimitKind = LimitKind {
    id: "icmpv6.advertisements",
    says: "more router advertisements than are listed",
    bound: ADVERTISEMENTS as u64,
    unit: "messages",
};

/// What an error says, in the words of both versions.
fn reason(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (1, 0) => "network unreachable",
        (1, 3) => "host unreachable",
        (1, 4) => "port unreachable",
        (1, 1 | 5 | 6) => "prohibited",
        (1, _) => "unreachable",
        (2, _) => "packet too big",
        (3, 0) => "hop limit exceeded",
        (3, _) => "fragments missing",
        (4, _) => "parameter problem",
        _ => return None,
    })
}

fn advertised(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(ends), Some(lifetime), Some(flags)) = (ctx.packet.addresses, data.u16(6), data.u8(5))
    else {
        return;
    };
    // A router's own: it came through none (RFC 4861 section 6.1.2).
    if ctx.core.muted || ctx.packet.duplicate || ctx.packet.quoted || ctx.packet.ttl != 255 {
        return;
    }
    if ctx.core.facts.messages.all::<Advertisement>().len() >= ADVERTISEMENTS {
        return ctx.limit(&MANY);
    }
    let options = data.rest(16);
    let stated = options::find(options, 1).and_then(|o| o.array(2).map(Mac));
    let prefixes = options::each(options).filter(|o| o.u8(0) == Some(3));
    let prefixes = prefixes.filter_map(|o| {
        let prefix = Ipv6Addr::from(o.array::<16>(16)?);
        Some(format!("{prefix}/{}", o.u8(2)?).into())
    });
    let resolvers = options::find(options, 25).into_iter().flat_map(|o| {
        let each = (8..o.len()).step_by(16);
        each.filter_map(move |at| o.array::<16>(at).map(|a| IpAddr::V6(a.into())))
    });
    let row = Advertisement {
        meta: ctx.whole_message(),
        router: ends.src,
        mac: stated.or(ctx.packet.macs.map(|m| m.0)),
        lifetime,
        managed: flags & 0x80 != 0,
        prefixes: prefixes.take(LISTED).collect(),
        resolvers: resolvers.take(LISTED).collect(),
    };
    ctx.emit(row);
}

/// Bytes of a message of this type, at least: what stands before its options (RFC 4443 sections 3 and 4, RFC 4861
/// section 4, RFC 2710 section 3, RFC 3810 section 5.2).
fn least(kind: u8) -> usize {
    match kind {
        1..=4 | 128 | 129 | 133 | 143 => 8,
        134 => 16,
        130..=132 | 135 | 136 => 24,
        137 => 40,
        _ => 4,
    }
}

/// Are all records of a report of version 2 there: head, group, sources, auxiliary words (RFC 3810 section 5.2)?
fn records(data: Data<'_>) -> bool {
    let mut at = 8;
    for _ in 0..data.u16(6).unwrap_or(0) {
        let (Some(words), Some(sources)) = (data.u8(at + 1), data.u16(at + 2)) else {
            return false;
        };
        at += 20 + 16 * usize::from(sources) + 4 * usize::from(words);
        if at > data.len() {
            return false;
        }
    }
    true
}

fn body(ctx: &mut Ctx<'_>, kind: u8, data: Data<'_>) {
    match kind {
        1 | 3 => ctx.bytes(&RESERVED, data, 4, 8),
        2 => ctx.number(&MTU, data, 4, 4),
        4 => ctx.number(&POINTER, data, 4, 4),
        128 | 129 => {
            ctx.number(&IDENT, data, 4, 2);
            ctx.number(&SEQ, data, 6, 2);
        }
        130..=132 => {
            ctx.number(&MLD_DELAY, data, 4, 2);
            ctx.bytes(&RESERVED, data, 6, 8);
            ctx.ipv6(&MLD_ADDRESS, data, 8);
        }
        133 => {
            ctx.bytes(&RESERVED, data, 4, 8);
            options::describe(ctx, data.rest(8));
        }
        134 => {
            ctx.number(&RA_HOPS, data, 4, 1);
            let flags = u64::from(data.u8(5).unwrap_or_default());
            ctx.open(&RA_FLAG, Value::Uint(flags), data.range(5, 6));
            ctx.flag(&RA_M, data, 5, 1, 0x80);
            ctx.flag(&RA_O, data, 5, 1, 0x40);
            ctx.flag(&RA_H, data, 5, 1, 0x20);
            ctx.bits(&RA_PRF, data, 5, 1, 0x18);
            ctx.flag(&RA_P, data, 5, 1, 0x04);
            ctx.close();
            ctx.number(&RA_LIFETIME, data, 6, 2);
            ctx.number(&RA_REACHABLE, data, 8, 4);
            ctx.number(&RA_RETRANS, data, 12, 4);
            options::describe(ctx, data.rest(16));
        }
        135 => {
            ctx.bytes(&RESERVED, data, 4, 8);
            ctx.ipv6(&NS_TARGET, data, 8);
            options::describe(ctx, data.rest(24));
        }
        136 => {
            let flags = u64::from(data.u32(4).unwrap_or_default());
            ctx.open(&NA_FLAG, Value::Uint(flags), data.range(4, 8));
            ctx.flag(&NA_R, data, 4, 4, 0x8000_0000);
            ctx.flag(&NA_S, data, 4, 4, 0x4000_0000);
            ctx.flag(&NA_O, data, 4, 4, 0x2000_0000);
            ctx.close();
            ctx.ipv6(&NA_TARGET, data, 8);
            options::describe(ctx, data.rest(24));
        }
        137 => {
            ctx.bytes(&RESERVED, data, 4, 8);
            ctx.ipv6(&RD_TARGET, data, 8);
            ctx.ipv6(&RD_DESTINATION, data, 24);
            options::describe(ctx, data.rest(40));
        }
        143 => listeners(ctx, data),
        _ => {}
    }
}

fn listeners(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.bytes(&RESERVED, data, 4, 6);
    ctx.number(&MLDR_NB, data, 6, 2);
    let mut at = 8;
    while let (Some(aux), Some(sources)) = (data.u8(at + 1), data.u16(at + 2)) {
        ctx.number(&MLDR_TYPE, data, at, 1);
        ctx.ipv6(&MLDR_ADDRESS, data, at + 4);
        at += 20 + usize::from(sources) * 16 + usize::from(aux) * 4;
    }
}

/// Who says to own which address: the target of an advertisement, or the sender of the others.
fn announce(ctx: &mut Ctx<'_>, kind: u8, data: Data<'_>) {
    // Neighbour discovery never crosses a router (RFC 4861 section 11.2).
    if ctx.packet.quoted || ctx.packet.ttl != 255 {
        return;
    }
    let (at, option) = match kind {
        133 => (8, 1),
        134 => (16, 1),
        135 => (24, 1),
        136 => (24, 2),
        _ => return,
    };
    let stated = options::find(data.rest(at), option).and_then(|o| o.array(2).map(Mac));
    let Some(mac) = stated.or(ctx.packet.macs.map(|m| m.0)) else {
        return;
    };
    let ip = if kind == 136 {
        data.array::<16>(8).map(|a| IpAddr::V6(a.into()))
    } else {
        ctx.packet.addresses.map(|a| a.src)
    };
    if let Some(ip) = ip.filter(|_| data.u8(1) == Some(0)) {
        ctx.bind(mac, ip, true);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use crate::synth::Synth;

    /// A message of this type, so long, from one link-local address to another.
    fn message(kind: u8, len: u8) -> Vec<u8> {
        let mut p = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd];
        p.extend([0x60, 0, 0, 0, 0, len, 58, 255]);
        for last in [1, 2] {
            p.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        }
        let mut body = vec![0; usize::from(len)];
        *body.first_mut().unwrap() = kind;
        p.extend(body);
        p
    }

    #[test]
    fn who_asks_a_group_misses_no_answer() {
        for (first, missed) in [([0xfe, 0x80], 1), ([0xff, 2], 0)] {
            let mut p = message(128, 8);
            p[38..40].copy_from_slice(&first);
            let mut s = Synth::default();
            s.packets.push(p);
            let loaded = s.load();
            let trees = s.trees(loaded.facts());
            assert_eq!(trees[0].values("icmpv6.no_resp").count(), missed);
            let told = trees[0].values("_ws.expert.message");
            assert_eq!(told.filter(|m| m.contains("No response")).count(), missed);
        }
    }

    #[test]
    fn a_report_whose_records_are_not_all_there_is_malformed() {
        // One group, with as many sources and words as it says it has.
        for (sources, words, len, malformed) in [
            (0, 0, 28, 0),
            (0, 0, 27, 1),
            (2, 0, 60, 0),
            (3, 0, 60, 1),
            (2, 1, 60, 1),
            (2, 1, 64, 0),
        ] {
            let mut p = message(143, len);
            p[54 + 7] = 1;
            p[54 + 9] = words;
            p[54 + 11] = sources;
            let mut s = Synth::default();
            s.packets.push(p);
            let loaded = s.load();
            let trees = s.trees(loaded.facts());
            assert_eq!(
                trees[0].values("_ws.malformed").count(),
                malformed,
                "{sources} {words} {len}"
            );
        }
    }

    #[test]
    fn a_message_shorter_than_its_type_is_malformed() {
        for (kind, least) in [
            (133, 8),
            (134, 16),
            (135, 24),
            (136, 24),
            (137, 40),
            (128, 8),
        ] {
            for (len, malformed) in [(least - 1, 1), (least, 0)] {
                let mut s = Synth::default();
                s.packets.push(message(kind, len));
                let loaded = s.load();
                let trees = s.trees(loaded.facts());
                let remarks: usize = trees
                    .iter()
                    .map(|t| t.values("_ws.malformed").count())
                    .sum();
                assert_eq!(remarks, malformed, "type {kind}, {len} bytes");
            }
        }
    }
}
