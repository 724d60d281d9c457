//! ARP and RARP (RFC 826, 903, 5227). Notes who said to own which address; judges nobody.

#[cfg(test)]
mod sample;

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol, Severity};
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Duration, Field, Holds, Kind, LimitKind, Mac, PacketRef, Value};

pub(super) static HW_TYPE: Field =
    Field::new("arp.hw.type", Kind::Uint(16), "Hardware type").values(&[(1, "Ethernet")]);
pub(super) static PROTO_TYPE: Field = Field::new("arp.proto.type", Kind::Uint(16), "Protocol type")
    .hex()
    .values(super::eth::ETHERTYPES);
static HW_SIZE: Field = Field::new("arp.hw.size", Kind::Uint(8), "Hardware size");
static PROTO_SIZE: Field = Field::new("arp.proto.size", Kind::Uint(8), "Protocol size");
pub(super) static OPCODE: Field = Field::new("arp.opcode", Kind::Uint(16), "Opcode").values(&[
    (1, "request"),
    (2, "reply"),
    (3, "reverse request"),
    (4, "reverse reply"),
    (8, "inverse request"),
    (9, "inverse reply"),
]);
static GRATUITOUS: Field = Field::new("arp.isgratuitous", Kind::Bool, "Is gratuitous");
static ANNOUNCEMENT: Field = Field::new("arp.isannouncement", Kind::Bool, "Is announcement");
static PROBE: Field = Field::new("arp.isprobe", Kind::Bool, "Is probe");
static SRC_MAC: Field =
    Field::new("arp.src.hw_mac", Kind::Mac, "Sender MAC address").holds(Holds::Address);
static SRC_HW: Field = Field::new("arp.src.hw", Kind::Bytes, "Sender hardware address");
pub(super) static SRC_IP: Field =
    Field::new("arp.src.proto_ipv4", Kind::Ipv4, "Sender IP address").holds(Holds::Address);
static SRC_PROTO: Field = Field::new("arp.src.proto", Kind::Bytes, "Sender protocol address");
static DST_MAC: Field =
    Field::new("arp.dst.hw_mac", Kind::Mac, "Target MAC address").holds(Holds::Address);
static DST_HW: Field = Field::new("arp.dst.hw", Kind::Bytes, "Target hardware address");
pub(super) static DST_IP: Field =
    Field::new("arp.dst.proto_ipv4", Kind::Ipv4, "Target IP address").holds(Holds::Address);
static DST_PROTO: Field = Field::new("arp.dst.proto", Kind::Bytes, "Target protocol address");
static DUPLICATE: Field = Field::new(
    "arp.duplicate-address-detected",
    Kind::None,
    "Duplicate IP address detected",
);
static DUPLICATE_FRAME: Field = Field::new(
    "arp.duplicate-address-frame",
    Kind::Packet,
    "Frame showing earlier use of IP address",
);
static DUPLICATE_AGE: Field = Field::new(
    "arp.seconds-since-duplicate-address-frame",
    Kind::Uint(32),
    "Seconds since earlier frame seen",
);

/// Two machines say to own one address.
pub static CONFLICT: AnomalyKind = AnomalyKind {
    id: "arp.duplicate-address-detected",
    says: "Duplicate IP address configured",
    severity: Severity::Warn,
    group: "Sequence",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 826",
    over: &[Over::EtherType(0x0806), Over::EtherType(0x8035)],
    fields: &[
        &HW_TYPE,
        &PROTO_TYPE,
        &HW_SIZE,
        &PROTO_SIZE,
        &OPCODE,
        &GRATUITOUS,
        &ANNOUNCEMENT,
        &PROBE,
        &SRC_MAC,
        &SRC_HW,
        &SRC_IP,
        &SRC_PROTO,
        &DST_MAC,
        &DST_HW,
        &DST_IP,
        &DST_PROTO,
        &DUPLICATE,
        &DUPLICATE_FRAME,
        &DUPLICATE_AGE,
    ],
    anomalies: &[&CONFLICT],
    datagram: Some(dissect),
    logs: &[Log::of::<Word>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("arp", "Address Resolution Protocol", "ARP")
};

row! {
    /// A question for an address's machine, or the word of one.
    pub struct Word of PROTOCOL {
        operation: &'static str = "request: who has it; reply: I have it",
        mac: Mac = "The hardware address that the sender says is its own",
        address: IpAddr = "The address that it says is its own; 0.0.0.0 where it has none yet",
        target: IpAddr = "The address asked for, or told to",
        sent_by: Mac = "The hardware address that the frame comes from",
        broadcast: bool = "To everybody",
        duplicate_of: Option<u32> = "The packet in which another machine was the first to say so",
    }
    |w| match w.operation {
        "reply" => format!("{} is at {}", w.address, w.mac),
        _ if w.address == w.target => format!("{} is at {}, unasked", w.address, w.mac),
        _ => format!("Who has {}? Tell {}", w.target, w.address),
    }
}

/// Rows kept: who floods a segment with these says nothing new.
const ROWS: usize = 200_000;

static MANY: LimitKind = LimitKind {
    id: "arp.words",
    says: "more ARP messages than are listed; who has which address is known all the same",
    bound: ROWS as u64,
    unit: "messages",
};

fn note(ctx: &mut Ctx<'_>, op: u16, sender: (Mac, Ipv4Addr), target: Ipv4Addr, of: Option<u32>) {
    if ctx.core.muted || ctx.packet.duplicate {
        return;
    }
    if ctx.core.facts.messages.all::<Word>().len() >= ROWS {
        return ctx.limit(&MANY);
    }
    let ends = ctx.packet.macs.unwrap_or((sender.0, sender.0));
    let meta = ctx.whole_message();
    ctx.emit(Word {
        meta,
        operation: if op == 1 { "request" } else { "reply" },
        mac: sender.0,
        address: sender.1.into(),
        target: target.into(),
        sent_by: ends.0,
        broadcast: ends.1.is_group(),
        duplicate_of: of,
    });
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if data.u16(0) == Some(super::atmarp::HARDWARE) {
        return super::atmarp::dissect(ctx, data);
    }
    let (Some(hard), Some(proto), Some(op)) = (data.u8(4), data.u8(5), data.u16(6)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let (h, p) = (usize::from(hard), usize::from(proto));
    let ends = [8 + h, 8 + h + p, 8 + 2 * h + p, 8 + 2 * (h + p)];
    let [a, b, c, d] = ends;
    let ethernet = matches!(data.u16(0), Some(1 | 6));
    let mac = |at| data.array(at).map(Mac).filter(|_| ethernet && h == 6);
    let ip = |at| {
        data.array::<4>(at)
            .map(Ipv4Addr::from)
            .filter(|_| p == 4 && data.u16(2) == Some(0x0800))
    };
    let sender = (mac(8), ip(a));
    let target = ip(c);
    let arp = matches!(op, 1 | 2);
    let conflict = match sender {
        (Some(mac), Some(ip)) if arp && !ip.is_unspecified() => conflict(ctx, mac, ip),
        _ => None,
    };
    if let (Some(mac), Some(ip)) = sender
        && arp
    {
        ctx.bind(mac, IpAddr::V4(ip), true);
        if let Some(target) = target {
            note(ctx, op, (mac, ip), target, conflict.map(|c| c.0.number));
        }
    }
    let gratuitous = arp && sender.1.is_some() && sender.1 == target;
    let probe = op == 1 && sender.1.is_some_and(|ip| ip.is_unspecified());
    if ctx.layer(&PROTOCOL, data.range(0, d)) {
        ctx.number(&HW_TYPE, data, 0, 2);
        ctx.number(&PROTO_TYPE, data, 2, 2);
        ctx.number(&HW_SIZE, data, 4, 1);
        ctx.number(&PROTO_SIZE, data, 5, 1);
        ctx.number(&OPCODE, data, 6, 2);
        if gratuitous {
            ctx.computed(&GRATUITOUS, Value::Bool(true));
            if op == 1 {
                ctx.computed(&ANNOUNCEMENT, Value::Bool(true));
            }
        }
        if probe {
            ctx.computed(&PROBE, Value::Bool(true));
        }
        party(
            ctx,
            data,
            [8, a, b],
            [&SRC_MAC, &SRC_HW, &SRC_IP, &SRC_PROTO],
        );
        party(
            ctx,
            data,
            [b, c, d],
            [&DST_MAC, &DST_HW, &DST_IP, &DST_PROTO],
        );
        if let Some((packet, age)) = conflict {
            ctx.computed(&DUPLICATE, Value::None);
            ctx.computed(&DUPLICATE_FRAME, Value::Uint(u64::from(packet.number)));
            let seconds = u64::try_from(age.0 / 1_000_000_000).unwrap_or_default();
            ctx.computed(&DUPLICATE_AGE, Value::Uint(seconds));
        }
        ctx.close();
    }
    info(ctx, op, sender, target);
    if conflict.is_some()
        && let Some(ip) = sender.1
    {
        ctx.anomaly_as(&CONFLICT, format_args!("{} ({ip})", CONFLICT.says));
    }
    if data.len() < d {
        ctx.short();
    }
}

/// One machine's two addresses.
fn party(ctx: &mut Ctx<'_>, data: Data<'_>, at: [usize; 3], fields: [&'static Field; 4]) {
    let [from, middle, to] = at;
    let [mac, hard, ip, proto] = fields;
    // Of other hardware six bytes are no MAC, of another protocol four are no IP address.
    let ethernet = matches!(data.u16(0), Some(1 | 6));
    match data.array(from).filter(|_| ethernet && middle - from == 6) {
        Some(m) => ctx.field(mac, Value::Mac(Mac(m)), data.range(from, middle)),
        None => ctx.bytes(hard, data, from, middle),
    }
    let internet = data.u16(2) == Some(0x0800);
    match data
        .array::<4>(middle)
        .filter(|_| internet && to - middle == 4)
    {
        Some(a) => ctx.field(ip, Value::Ipv4(a.into()), data.range(middle, to)),
        None => ctx.bytes(proto, data, middle, to),
    }
}

/// The packet in which another machine was the first to announce this address.
fn conflict(ctx: &Ctx<'_>, mac: Mac, ip: Ipv4Addr) -> Option<(PacketRef, Duration)> {
    let facts = &ctx.core.facts;
    let (packet, time) = facts.bindings.owned_by_other(mac, IpAddr::V4(ip))?;
    Some((packet, ctx.meta.time.since(time)))
}

fn info(
    ctx: &mut Ctx<'_>,
    op: u16,
    sender: (Option<Mac>, Option<Ipv4Addr>),
    target: Option<Ipv4Addr>,
) {
    let ((Some(mac), Some(from)), Some(to)) = (sender, target) else {
        return;
    };
    match op {
        1 if from == to => ctx.info(format_args!("ARP Announcement for {to}")),
        1 => ctx.info(format_args!("Who has {to}? Tell {from}")),
        2 => ctx.info(format_args!("{from} is at {mac}")),
        _ => {}
    }
}
