//! LLDP (IEEE 802.1AB-2016): which device and port is at the other end of the cable. Knows the basic TLVs and the
//! organisation of others, not their content.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol};
use fields as f;
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::{Field, Mac, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "IEEE 802.1AB-2016",
    over: &[Over::EtherType(0x88cc)],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    logs: &[Log::of::<Neighbour>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("lldp", "Link Layer Discovery Protocol", "LLDP")
};

row! {
    /// What a device said of itself.
    pub struct Neighbour of PROTOCOL {
        chassis: Box<str> = "Its id: an address, most often",
        port: Box<str> = "The port it sent from",
        port_description: Box<str> = "What that port is called",
        system: Box<str> = "Its name",
        description: Box<str> = "What it is: maker, model and software as a rule",
        capabilities: Box<str> = "What it is used as",
        management: Box<str> = "Address it is managed by",
        ttl: u16 = "Seconds this holds",
    }
    |n| {
        let name = if n.system.is_empty() { &n.chassis } else { &n.system };
        format!("{name} at its port {}", n.port)
    }
}

/// Types of TLVs (section 8.4).
mod tlv {
    pub(super) const END: u8 = 0;
    pub(super) const CHASSIS: u8 = 1;
    pub(super) const PORT: u8 = 2;
    pub(super) const TTL: u8 = 3;
    pub(super) const PORT_DESCRIPTION: u8 = 4;
    pub(super) const NAME: u8 = 5;
    pub(super) const DESCRIPTION: u8 = 6;
    pub(super) const CAPABILITIES: u8 = 7;
    pub(super) const MANAGEMENT: u8 = 8;
    pub(super) const ORGANISATION: u8 = 127;
}

/// Bytes of a text that are kept in a row.
const KEPT: usize = 255;

/// An id is of one of these kinds, told by its subtype.
struct Id {
    mac: &'static Field,
    ip4: &'static Field,
    ip6: &'static Field,
    other: &'static Field,
    /// Subtypes of hardware and of network addresses.
    subtypes: (u8, u8),
    /// Is `other` a text?
    text: bool,
}

static CHASSIS: Id = Id {
    mac: &f::CHASSIS_MAC,
    ip4: &f::CHASSIS_IP4,
    ip6: &f::CHASSIS_IP6,
    other: &f::CHASSIS_ID,
    subtypes: (4, 5),
    text: false,
};
static PORT: Id = Id {
    mac: &f::PORT_MAC,
    ip4: &f::PORT_IP4,
    ip6: &f::PORT_IP6,
    other: &f::PORT_ID,
    subtypes: (3, 4),
    text: true,
};

fn text(bytes: &[u8]) -> Box<str> {
    let bytes = bytes.get(..KEPT).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).trim_end_matches('\0').into()
}

/// An address with its family before it (1 and 2 are those of IP).
enum Network {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

fn network(data: Data<'_>) -> Option<Network> {
    match (data.u8(0), data.len()) {
        (Some(1), 5) => data.array::<4>(1).map(|a| Network::V4(a.into())),
        (Some(2), 17) => data.array::<16>(1).map(|a| Network::V6(a.into())),
        _ => None,
    }
}

/// The id in `data`, behind its subtype: described when `wanted`, and as text.
fn id(ctx: &mut Ctx<'_>, kind: &Id, subtype: u8, data: Data<'_>, wanted: bool) -> Box<str> {
    let (hardware, address) = kind.subtypes;
    if subtype == hardware
        && data.len() == 6
        && let Some(mac) = data.array(0).map(Mac)
    {
        if wanted {
            ctx.field(kind.mac, Value::Mac(mac), data.all());
        }
        return mac.to_string().into();
    }
    if subtype == address {
        match network(data) {
            Some(Network::V4(a)) => {
                if wanted {
                    ctx.number(&f::FAMILY, data, 0, 1);
                    ctx.field(kind.ip4, Value::Ipv4(a), data.range(1, 5));
                }
                return a.to_string().into();
            }
            Some(Network::V6(a)) => {
                if wanted {
                    ctx.number(&f::FAMILY, data, 0, 1);
                    ctx.field(kind.ip6, Value::Ipv6(a), data.range(1, 17));
                }
                return a.to_string().into();
            }
            None => {}
        }
    }
    let said = text(data.bytes);
    if wanted && kind.text {
        ctx.field(kind.other, Value::Text(&said), data.all());
    } else if wanted {
        ctx.bytes(kind.other, data, 0, data.len());
    }
    said
}

const CAPABILITIES: [(u16, &str); 8] = [
    (0x01, "other"),
    (0x02, "repeater"),
    (0x04, "bridge"),
    (0x08, "access point"),
    (0x10, "router"),
    (0x20, "telephone"),
    (0x40, "cable device"),
    (0x80, "station"),
];

fn capabilities(enabled: u16) -> Box<str> {
    let words = CAPABILITIES.iter().filter(|(bit, _)| enabled & bit != 0);
    let words: Vec<&str> = words.map(|(_, w)| *w).collect();
    words.join(", ").into()
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let mut n = Neighbour {
        meta: ctx.whole_message(),
        chassis: Box::default(),
        port: Box::default(),
        port_description: Box::default(),
        system: Box::default(),
        description: Box::default(),
        capabilities: Box::default(),
        management: Box::default(),
        ttl: 0,
    };
    let (mut at, mut cut) = (0, false);
    while let Some(head) = data.u16(at) {
        let (kind, len) = ((head >> 9) as u8, usize::from(head & 0x1ff));
        let body = data.sub(at + 2, at + 2 + len);
        if wanted {
            let range = data.range(at, at + 2 + len);
            ctx.open(&f::TLV_TYPE, Value::Uint(kind.into()), range);
            ctx.bits(&f::TLV_LEN, data, at, 2, 0x01ff);
        }
        read(ctx, &mut n, kind, body, wanted);
        if wanted {
            ctx.close();
        }
        at += 2 + len;
        cut = at > data.len();
        if kind == tlv::END || cut {
            break;
        }
    }
    if wanted {
        let name = if n.system.is_empty() {
            &n.chassis
        } else {
            &n.system
        };
        ctx.info(format_args!("{name}, port {}, {} s", n.port, n.ttl));
        ctx.close();
    }
    // The three that every message has come first.
    let complete = !n.chassis.is_empty();
    if cut || !complete {
        ctx.short();
    }
    if complete {
        ctx.emit(n);
    }
}

fn read(ctx: &mut Ctx<'_>, n: &mut Neighbour, kind: u8, body: Data<'_>, wanted: bool) {
    let line = |ctx: &mut Ctx<'_>, field: &'static Field, into: &mut Box<str>| {
        *into = text(body.bytes);
        if wanted && !body.is_empty() {
            ctx.field(field, Value::Text(into), body.all());
        }
    };
    match kind {
        tlv::CHASSIS | tlv::PORT => {
            let chassis = kind == tlv::CHASSIS;
            let (kind, subtype_field) = if chassis {
                (&CHASSIS, &f::CHASSIS_SUBTYPE)
            } else {
                (&PORT, &f::PORT_SUBTYPE)
            };
            let Some(subtype) = body.u8(0) else {
                return;
            };
            if wanted {
                ctx.number(subtype_field, body, 0, 1);
            }
            let said = id(ctx, kind, subtype, body.rest(1), wanted);
            *if chassis { &mut n.chassis } else { &mut n.port } = said;
        }
        tlv::TTL => {
            n.ttl = body.u16(0).unwrap_or_default();
            if wanted {
                ctx.number(&f::SECONDS, body, 0, 2);
            }
        }
        tlv::PORT_DESCRIPTION => line(ctx, &f::PORT_DESC, &mut n.port_description),
        tlv::NAME => line(ctx, &f::SYSTEM_NAME, &mut n.system),
        tlv::DESCRIPTION => line(ctx, &f::SYSTEM_DESC, &mut n.description),
        tlv::CAPABILITIES => {
            n.capabilities = capabilities(body.u16(2).unwrap_or_default());
            if wanted {
                for (group, at) in [(&f::CAPABLE, 0), (&f::ENABLED, 2)] {
                    let Some(bits) = body.u16(at) else { continue };
                    let [all, each @ ..] = group;
                    ctx.open(all, Value::Uint(bits.into()), body.range(at, at + 2));
                    for (field, (mask, _)) in each.iter().zip(CAPABILITIES) {
                        ctx.flag(field, body, at, 2, mask.into());
                    }
                    ctx.close();
                }
            }
        }
        tlv::MANAGEMENT => management(ctx, n, body, wanted),
        tlv::ORGANISATION if wanted => ctx.number(&f::OUI, body, 0, 3),
        _ => {}
    }
}

/// Section 8.5.9: an address with its length, an interface, an object identifier.
fn management(ctx: &mut Ctx<'_>, n: &mut Neighbour, body: Data<'_>, wanted: bool) {
    let len = usize::from(body.u8(0).unwrap_or_default());
    let address = body.sub(1, 1 + len);
    let found = network(address);
    let said = match &found {
        Some(Network::V4(a)) => a.to_string(),
        Some(Network::V6(a)) => a.to_string(),
        None => String::new(),
    };
    if n.management.is_empty() {
        n.management = said.into();
    }
    if !wanted {
        return;
    }
    ctx.number(&f::MGN_LEN, body, 0, 1);
    ctx.number(&f::MGN_SUBTYPE, address, 0, 1);
    let range = address.range(1, len);
    match found {
        Some(Network::V4(a)) => ctx.field(&f::MGN_IP4, Value::Ipv4(a), range),
        Some(Network::V6(a)) => ctx.field(&f::MGN_IP6, Value::Ipv6(a), range),
        None => ctx.bytes(&f::MGN_HEX, address, 1, len),
    }
    ctx.number(&f::MGN_INTERFACE, body, 1 + len, 1);
    ctx.number(&f::MGN_NUMBER, body, 2 + len, 4);
    ctx.number(&f::MGN_OID_LEN, body, 6 + len, 1);
}
