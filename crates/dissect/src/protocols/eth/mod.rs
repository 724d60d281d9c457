//! Ethernet II and IEEE 802.3 frames. Knows addresses and the type or length, not what follows.

#[cfg(test)]
pub(super) mod sample;

use super::{ethertype, llc};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::Broadcasts;
use crate::protocol::{Over, Protocol, Severity};
use etherparse::Ethernet2Slice;
use weir_model::{ByteRange, Field, Holds, Kind, LimitKind, Mac, Value};

static DST: Field = Field::new("eth.dst", Kind::Mac, "Destination")
    .part_of(&["eth.addr"])
    .holds(Holds::Address);
static DST_LG: Field = Field::new("eth.dst.lg", Kind::Bool, "LG bit").part_of(&["eth.lg"]);
static DST_IG: Field = Field::new("eth.dst.ig", Kind::Bool, "IG bit").part_of(&["eth.ig"]);
static SRC: Field = Field::new("eth.src", Kind::Mac, "Source")
    .part_of(&["eth.addr"])
    .holds(Holds::Address);
static SRC_LG: Field = Field::new("eth.src.lg", Kind::Bool, "LG bit").part_of(&["eth.lg"]);
static SRC_IG: Field = Field::new("eth.src.ig", Kind::Bool, "IG bit").part_of(&["eth.ig"]);
static TYPE: Field = Field::new("eth.type", Kind::Uint(16), "Type")
    .hex()
    .values(ETHERTYPES);
static LEN: Field = Field::new("eth.len", Kind::Uint(16), "Length");
static PADDING: Field = Field::new("eth.padding", Kind::Bytes, "Padding");
static TRAILER: Field = Field::new("eth.trailer", Kind::Bytes, "Trailer");

/// Words for the types that occur most (IEEE registry).
pub(crate) const ETHERTYPES: &[(u64, &str)] = &[
    (0x0800, "IPv4"),
    (0x0806, "ARP"),
    (0x8035, "Reverse ARP"),
    (0x8100, "802.1Q Virtual LAN"),
    (0x86dd, "IPv6"),
    (0x8808, "MAC Control"),
    (0x8809, "Slow Protocols"),
    (0x8847, "MPLS label switched packet"),
    (0x8863, "PPPoE Discovery"),
    (0x8864, "PPPoE Session"),
    (0x888e, "802.1X Authentication"),
    (0x88a8, "802.1ad Provider Bridge (Q-in-Q)"),
    (0x88cc, "802.1 Link Layer Discovery Protocol (LLDP)"),
    (0x88e5, "802.1AE (MACsec)"),
    (0x9100, "QinQ: old non-standard 802.1ad"),
];

/// Everybody on the link.
const EVERYBODY: Mac = Mac([0xff; 6]);

static MANY_BROADCASTS: LimitKind = LimitKind {
    id: "facts.broadcasts",
    says: "more seconds with many broadcasts than are kept",
    bound: Broadcasts::ROWS as u64,
    unit: "seconds",
};

/// Lengths end and types begin here (IEEE 802.3 section 3.2.6).
const TYPES: u16 = 0x0600;
/// A frame on the wire has at least this many bytes without its check sequence.
const SHORTEST: usize = 60;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.3",
    over: &[Over::LinkType(1)],
    fields: &[
        &DST, &DST_LG, &DST_IG, &SRC, &SRC_LG, &SRC_IG, &TYPE, &LEN, &PADDING, &TRAILER,
    ],
    anomalies: &[&GROUP_SOURCE, &NOT_PADDED],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("eth", "Ethernet II", "Ethernet")
};

static GROUP_SOURCE: AnomalyKind = AnomalyKind {
    id: "eth.src_not_group",
    says: "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)",
    severity: Severity::Warn,
    group: "Protocol",
};

static NOT_PADDED: AnomalyKind = AnomalyKind {
    id: "eth.padding_bad",
    says: "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros.",
    severity: Severity::Note,
    group: "Protocol",
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Ok(eth) = Ethernet2Slice::from_slice_without_fcs(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let (dst, src, kind) = (
        Mac(eth.destination()),
        Mac(eth.source()),
        eth.ether_type().0,
    );
    ctx.packet.macs = Some((src, dst));
    if dst == EVERYBODY && ctx.packet.nested == 0 && !ctx.core.muted {
        let (packet, time) = (ctx.meta.packet, ctx.meta.time);
        let all = &mut ctx.core.facts.broadcasts;
        if !all.saw(src, packet, time, data.bytes) {
            ctx.limit(&MANY_BROADCASTS);
        }
    }
    let body = data.rest(14);
    let is_length = kind < TYPES;
    let claimed = if is_length {
        Some(usize::from(kind))
    } else {
        inner_length(kind, body)
    };
    let used = claimed.unwrap_or(body.len()).min(body.len());
    if ctx.layer(&PROTOCOL, data.range(0, 14)) {
        address(ctx, dst, data.range(0, 6), [&DST, &DST_LG, &DST_IG]);
        address(ctx, src, data.range(6, 12), [&SRC, &SRC_LG, &SRC_IG]);
        let field = if is_length { &LEN } else { &TYPE };
        ctx.number(field, data, 12, 2);
        trailer(ctx, body, used);
        ctx.close();
    }
    if ctx.describing {
        remarks(ctx, src, is_length, body, used);
    }
    if is_length {
        llc::dissect(ctx, body.sub(0, used));
    } else {
        ethertype::next(ctx, kind, body);
    }
}

/// What the innermost tagged protocol claims, with the tags before it.
fn inner_length(mut kind: u16, data: Data<'_>) -> Option<usize> {
    let mut tags = 0;
    while matches!(kind, 0x8100 | 0x88a8 | 0x9100) && tags < 16 {
        kind = data.u16(tags + 2)?;
        tags += 4;
    }
    ethertype::claimed(kind, data.rest(tags)).map(|n| n + tags)
}

fn remarks(ctx: &mut Ctx<'_>, src: Mac, is_length: bool, body: Data<'_>, used: usize) {
    if src.is_group() {
        ctx.remark_of(&PROTOCOL, &GROUP_SOURCE);
    }
    let pad = body.sub(used, body.len().min(SHORTEST.saturating_sub(14)));
    if pad.bytes.iter().any(|b| *b != 0) {
        let by = if is_length {
            &PROTOCOL
        } else {
            &ethertype::PROTOCOL
        };
        ctx.remark_of(by, &NOT_PADDED);
    }
}

fn trailer(ctx: &mut Ctx<'_>, body: Data<'_>, used: usize) {
    if used >= body.len() {
        return;
    }
    // Zeros up to the shortest frame are padding; what else follows is a trailer.
    let room = SHORTEST.saturating_sub(14);
    let pad_end = if used < room {
        room.min(body.len())
    } else {
        used
    };
    let zeros = body.sub(used, pad_end).bytes.iter().all(|b| *b == 0);
    let split = if zeros { pad_end } else { used };
    ctx.bytes(&PADDING, body, used, split);
    ctx.bytes(&TRAILER, body, split, body.len());
}

fn address(ctx: &mut Ctx<'_>, mac: Mac, range: ByteRange, fields: [&'static Field; 3]) {
    let [whole, lg, ig] = fields;
    ctx.open(whole, Value::Mac(mac), range);
    ctx.field(lg, Value::Bool(mac.is_local()), range);
    ctx.field(ig, Value::Bool(mac.is_group()), range);
    ctx.close();
}
