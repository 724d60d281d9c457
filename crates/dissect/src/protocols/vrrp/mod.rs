//! VRRP (RFC 3768, RFC 5798): which router forwards for an address that several could.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use super::ip::checksum::{self, Status};
use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol, Severity};
use fields as f;
use std::net::IpAddr;
use weir_model::{Duration, Value};

static BAD_SUM: AnomalyKind = AnomalyKind {
    id: "vrrp.checksum_bad.expert",
    says: "Bad checksum",
    severity: Severity::Warn,
    group: "Checksum",
};
/// Its routers discard it (RFC 5798 section 7.1), so it was meant for those that do not.
static TTL: AnomalyKind = AnomalyKind {
    id: "weir.vrrp.ttl",
    says: "the message crossed a router, or was made elsewhere: its time to live is not 255",
    severity: Severity::Warn,
    group: "Security",
};
/// The owner has the address as its own (RFC 5798 section 5.2.4). One of several addresses of an interface is an
/// innocent reason.
static FALSE_OWNER: AnomalyKind = AnomalyKind {
    id: "weir.vrrp.false_owner",
    says: "a router takes the address over with the owner's priority and sends from another address",
    severity: Severity::Warn,
    group: "Security",
};
/// Ordinary when a router is stopped; whoever forges it makes the others elect anew.
static RESIGNED: AnomalyKind = AnomalyKind {
    id: "weir.vrrp.resigned",
    says: "the router that forwarded for the address stops doing so",
    severity: Severity::Note,
    group: "Sequence",
};
static DEFAULT_PASSWORD: AnomalyKind = AnomalyKind {
    id: "weir.vrrp.default_password",
    says: "the password, in clear, is one that everybody tries first: anybody on the network can take the address over",
    severity: Severity::Warn,
    group: "Security",
};
static PASSWORD: AnomalyKind = AnomalyKind {
    id: "weir.vrrp.cleartext_password",
    says: "the password is sent in clear",
    severity: Severity::Note,
    group: "Security",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 5798",
    over: &[Over::IpProto(NUMBER)],
    fields: f::ALL,
    anomalies: &[
        &MALFORMED,
        &BAD_SUM,
        &TTL,
        &FALSE_OWNER,
        &RESIGNED,
        &DEFAULT_PASSWORD,
        &PASSWORD,
    ],
    datagram: Some(dissect),
    logs: &[Log::of::<Advertisement>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("vrrp", "Virtual Router Redundancy Protocol", "VRRP")
};

/// Among protocols over IP; also in the pseudo header of a checksum.
const NUMBER: u8 = 112;
/// Bytes before the addresses.
const HEAD: usize = 8;
/// The only type there is.
const ADVERTISEMENT: u8 = 1;
/// Of who has the address as its own, and of who stops (RFC 5798 section 5.2.4).
const OWNER: u8 = 255;
const STOPS: u8 = 0;
/// What every message is sent with (RFC 5798 section 5.1.1.3).
const FRESH: u8 = 255;
/// Kinds of authentication (RFC 2338 section 5.3.6; the last is Cisco's) and their bytes behind the addresses.
const NONE: u8 = 0;
const TEXT: u8 = 1;
const TEXT_BYTES: usize = 8;
const HEADER: u8 = 2;
const MD5: u8 = 254;
const MD5_BYTES: usize = 16;
/// What is set where a manual's example is typed in.
const DEFAULT: &[u8] = b"cisco";

row! {
    /// What a router says of the addresses that it forwards for, or stops to.
    pub struct Advertisement of PROTOCOL {
        router: IpAddr = "Who says it",
        version: u8 = "Version",
        virtual_router: u8 = "Number of the virtual router",
        priority: u8 = "The highest forwards; 255: owns the addresses, 0: stops",
        addresses: Vec<IpAddr> = "The virtual router's addresses",
        interval: Duration = "Time between its advertisements",
        authentication: &'static str = "none, default password, password (both in clear), header, md5; other: not known",
    }
    |a| format!(
        "{} forwards for virtual router {} (priority {})",
        a.router, a.virtual_router, a.priority
    )
}

/// Where things stand behind the head.
#[derive(Clone, Copy)]
struct Layout {
    version: u8,
    count: usize,
    /// Bytes of an address.
    width: usize,
    /// Kind of authentication; of version 2 and before.
    kind: u8,
}

impl Layout {
    fn of(data: Data<'_>, ipv6: bool) -> Option<Self> {
        let [typed, _, _, count, kind, ..] = data.array::<HEAD>(0)?;
        let version = typed >> 4;
        Some(Self {
            version,
            count: usize::from(count),
            width: if ipv6 { 16 } else { 4 },
            kind: if version == 3 { NONE } else { kind },
        })
    }

    /// Behind the addresses.
    fn addressed(self) -> usize {
        HEAD + self.count * self.width
    }

    fn end(self) -> usize {
        let proof = match self.kind {
            TEXT => TEXT_BYTES,
            MD5 => MD5_BYTES,
            _ => 0,
        };
        self.addressed() + proof
    }

    /// Address number `n`, where it is there.
    fn address(self, data: Data<'_>, n: usize) -> Option<IpAddr> {
        let at = HEAD + n * self.width;
        match self.width {
            4 => Some(data.array::<4>(at)?.into()),
            _ => Some(data.array::<16>(at)?.into()),
        }
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let ipv6 = ctx.packet.addresses.is_some_and(|a| a.src.is_ipv6());
    let layout = Layout::of(data, ipv6);
    let status = layout.map_or(Status::Unverified, |l| check(ctx, data, l.version));
    if wanted {
        head(ctx, data);
        if let Some(layout) = layout {
            ctx.number(&f::CHECKSUM, data, 6, 2);
            ctx.computed(&f::STATUS, Value::Uint(status.value()));
            rest(ctx, data, layout);
        }
        ctx.close();
    }
    if let Some(first) = data.u8(0) {
        ctx.info(format_args!("Announcement (v{})", first >> 4));
    }
    if status == Status::Bad {
        let right = sum(ctx, data, layout.is_some_and(|l| l.version == 3), true);
        ctx.anomaly_as(
            &BAD_SUM,
            format_args!("Bad checksum [should be 0x{right:04x}]"),
        );
    }
    match layout.filter(|l| l.end() <= data.len()) {
        Some(layout) => report(ctx, data, layout),
        None => ctx.short(),
    }
}

/// The checksum of what is there, with or without the one that stands there.
fn sum(ctx: &Ctx<'_>, data: Data<'_>, pseudo: bool, without: bool) -> u16 {
    let behind = if without { HEAD } else { 6 };
    let (front, rest) = (data.sub(0, 6).bytes, data.rest(behind).bytes);
    let Some(ends) = ctx.packet.addresses.filter(|_| pseudo) else {
        return checksum::of(&[front, rest]);
    };
    let len = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    let (src, dst) = (words(ends.src), words(ends.dst));
    checksum::of(&[&src, &dst, &len, &[0, NUMBER], front, rest])
}

/// An address as a sum has it: zeros add nothing.
fn words(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(a) => {
            let [a, b, c, d] = a.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(a) => a.octets(),
    }
}

/// Version 3 sums a pseudo header as well (RFC 5798 section 5.2.8), over IPv4 too.
fn check(ctx: &Ctx<'_>, data: Data<'_>, version: u8) -> Status {
    if ctx.packet.beyond > 0 || ctx.packet.quoted {
        return Status::Unverified;
    }
    if sum(ctx, data, version == 3, false) == 0 {
        Status::Good
    } else {
        Status::Bad
    }
}

fn head(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Some(first) = data.u8(0) else {
        return;
    };
    ctx.open(&f::TYPEVER, Value::Uint(u64::from(first)), data.range(0, 1));
    ctx.bits(&f::VERSION, data, 0, 1, 0xf0);
    ctx.bits(&f::TYPE, data, 0, 1, 0x0f);
    ctx.close();
    ctx.number(&f::VIRT_RTR_ID, data, 1, 1);
    ctx.number(&f::PRIO, data, 2, 1);
    ctx.number(&f::ADDR_COUNT, data, 3, 1);
    if first >> 4 == 3 {
        ctx.bits(&f::RESERVED, data, 4, 1, 0xf0);
        ctx.bits(&f::SHORT_ADVER_INT, data, 4, 2, 0x0fff);
    } else {
        ctx.number(&f::AUTH_TYPE, data, 4, 1);
        ctx.number(&f::ADVER_INT, data, 5, 1);
    }
}

/// Addresses and authentication.
fn rest(ctx: &mut Ctx<'_>, data: Data<'_>, layout: Layout) {
    for n in 0..layout.count {
        let Some(address) = layout.address(data, n) else {
            return;
        };
        let at = HEAD + n * layout.width;
        let range = data.range(at, at + layout.width);
        match address {
            IpAddr::V4(a) => ctx.field(&f::IP_ADDR, Value::Ipv4(a), range),
            IpAddr::V6(a) => ctx.field(&f::IPV6_ADDR, Value::Ipv6(a), range),
        }
    }
    let proof = data.sub(layout.addressed(), layout.end());
    if layout.end() > data.len() {
        return;
    }
    if layout.kind == TEXT {
        ctx.text(&f::AUTH_STRING, proof);
    } else if layout.kind == MD5 {
        ctx.bytes(&f::MD5_DATA, proof, 0, proof.len());
    }
}

/// A whole message: what is wrong with it, and its row.
fn report(ctx: &mut Ctx<'_>, data: Data<'_>, layout: Layout) {
    let head = data.array::<6>(0).zip(ctx.packet.addresses);
    let Some(([typed, virtual_router, priority, _, high, low], ends)) = head else {
        return;
    };
    let version = layout.version;
    if typed & 0x0f != ADVERTISEMENT || !matches!(version, 2 | 3) {
        return;
    }
    let interval = if version == 3 {
        let centiseconds = u16::from_be_bytes([high & 0x0f, low]);
        Duration(i64::from(centiseconds) * 10_000_000)
    } else {
        Duration::seconds(i64::from(low))
    };
    let addresses = (0..layout.count).map_while(|n| layout.address(data, n));
    let addresses: Vec<_> = addresses.collect();
    let proof = data.sub(layout.addressed(), layout.end());
    let password = proof.until_zero();
    let authentication = match (layout.kind, password) {
        (NONE, _) | (TEXT, b"") => "none",
        (TEXT, DEFAULT) => "default password",
        (TEXT, _) => "password",
        (HEADER, _) => "header",
        (MD5, _) => "md5",
        _ => "other",
    };
    if ctx.packet.ttl != FRESH {
        ctx.anomaly(&TTL);
    }
    match priority {
        STOPS => ctx.anomaly(&RESIGNED),
        OWNER if !addresses.contains(&ends.src) => ctx.anomaly(&FALSE_OWNER),
        _ => {}
    }
    match (layout.kind, password) {
        (TEXT, DEFAULT) => ctx.anomaly(&DEFAULT_PASSWORD),
        (TEXT, [_, ..]) => ctx.anomaly(&PASSWORD),
        _ => {}
    }
    let meta = ctx.whole_message();
    ctx.emit(Advertisement {
        meta,
        router: ends.src,
        version,
        virtual_router,
        priority,
        addresses,
        interval,
        authentication,
    });
}
