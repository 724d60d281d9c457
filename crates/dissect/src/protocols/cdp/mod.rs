//! CDP (Cisco's discovery protocol, versions 1 and 2): which device and port is at the other end of the cable. Knows
//! what says who and where it is, not power, clusters and energy.

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
use std::net::Ipv4Addr;
use weir_model::{Field, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "Cisco Discovery Protocol, versions 1 and 2",
    over: &[Over::CiscoPid(0x2000)],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    datagram: Some(dissect),
    logs: &[Log::of::<Neighbour>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("cdp", "Cisco Discovery Protocol", "CDP")
};

row! {
    /// What a device said of itself.
    pub struct Neighbour of PROTOCOL {
        device: Box<str> = "Its id: a name, most often",
        port: Box<str> = "The port it sent from",
        platform: Box<str> = "Model",
        software: Box<str> = "Software, in its own words",
        capabilities: Box<str> = "What it is",
        address: Box<str> = "Its first address",
        vlan: Option<u16> = "Native VLAN of the port",
        ttl: u8 = "Seconds this holds",
    }
    |n| format!("{} ({}) at its port {}", n.device, n.platform, n.port)
}

/// Types of TLVs.
mod tlv {
    pub(super) const DEVICE: u16 = 1;
    pub(super) const ADDRESSES: u16 = 2;
    pub(super) const PORT: u16 = 3;
    pub(super) const CAPABILITIES: u16 = 4;
    pub(super) const SOFTWARE: u16 = 5;
    pub(super) const PLATFORM: u16 = 6;
    pub(super) const VTP: u16 = 9;
    pub(super) const VLAN: u16 = 10;
    pub(super) const DUPLEX: u16 = 11;
    pub(super) const NAME: u16 = 20;
    pub(super) const MANAGEMENT: u16 = 22;
}

/// Bytes before the first TLV, and of a TLV's head.
const HEADER: usize = 4;
const HEAD: usize = 4;
/// Bytes of a text that are kept in a row.
const KEPT: usize = 255;
/// Addresses read of one TLV.
const ADDRESSES: u32 = 64;

fn text(bytes: &[u8]) -> Box<str> {
    let bytes = bytes.get(..KEPT).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).trim_end_matches('\0').into()
}

fn capabilities(bits: u32) -> Box<str> {
    let words = f::CAPABILITIES.iter().filter(|(bit, _, _)| bits & bit != 0);
    let words: Vec<&str> = words.map(|(_, w, _)| *w).collect();
    words.join(", ").into()
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let mut n = Neighbour {
        meta: ctx.whole_message(),
        device: Box::default(),
        port: Box::default(),
        platform: Box::default(),
        software: Box::default(),
        capabilities: Box::default(),
        address: Box::default(),
        vlan: None,
        ttl: data.u8(1).unwrap_or_default(),
    };
    if wanted {
        ctx.number(&f::VERSION, data, 0, 1);
        ctx.number(&f::TTL, data, 1, 1);
        ctx.number(&f::CHECKSUM, data, 2, 2);
    }
    let (mut at, mut cut) = (HEADER, data.len() < HEADER);
    while let (Some(kind), Some(len)) = (data.u16(at), data.u16(at + 2)) {
        let len = usize::from(len);
        // A length includes its head.
        let body = data.sub(at + HEAD, (at + len).max(at + HEAD));
        if wanted {
            let range = data.range(at, at + len.max(HEAD));
            ctx.open(&f::TLV_TYPE, Value::Uint(kind.into()), range);
            ctx.number(&f::TLV_LEN, data, at + 2, 2);
        }
        if len >= HEAD {
            read(ctx, &mut n, kind, body, wanted);
        }
        if wanted {
            ctx.close();
        }
        if len < HEAD {
            cut = true;
            break;
        }
        at += len;
        cut |= at > data.len();
    }
    if wanted {
        ctx.info(format_args!("Device ID: {}  Port ID: {}", n.device, n.port));
        ctx.close();
    }
    if cut {
        ctx.short();
    }
    if !n.device.is_empty() {
        ctx.emit(n);
    }
}

fn read(ctx: &mut Ctx<'_>, n: &mut Neighbour, kind: u16, body: Data<'_>, wanted: bool) {
    let line = |ctx: &mut Ctx<'_>, field: &'static Field, into: &mut Box<str>| {
        *into = text(body.bytes);
        if wanted && !body.is_empty() {
            ctx.field(field, Value::Text(into), body.all());
        }
    };
    match kind {
        tlv::DEVICE => line(ctx, &f::DEVICE, &mut n.device),
        tlv::PORT => line(ctx, &f::PORT, &mut n.port),
        tlv::PLATFORM => line(ctx, &f::PLATFORM, &mut n.platform),
        tlv::SOFTWARE => {
            n.software = text(body.bytes);
            if wanted {
                // A field a line.
                let mut at = 0;
                for line in body.bytes.split(|b| *b == b'\n') {
                    let said = String::from_utf8_lossy(line);
                    let range = body.range(at, at + line.len());
                    ctx.field(&f::SOFTWARE, Value::Text(&said), range);
                    at += line.len() + 1;
                }
            }
        }
        tlv::VTP => line(ctx, &f::VTP, &mut Box::default()),
        tlv::NAME => line(ctx, &f::NAME, &mut Box::default()),
        tlv::CAPABILITIES => {
            if let Some(bits) = body.u32(0) {
                n.capabilities = capabilities(bits);
                if wanted {
                    ctx.open(&f::CAPABLE, Value::Uint(bits.into()), body.range(0, 4));
                    for (mask, _, field) in f::CAPABILITIES {
                        ctx.flag(field, body, 0, 4, (*mask).into());
                    }
                    ctx.close();
                }
            }
        }
        tlv::ADDRESSES | tlv::MANAGEMENT => addresses(ctx, n, body, wanted),
        tlv::VLAN => {
            n.vlan = body.u16(0);
            if wanted {
                ctx.number(&f::VLAN, body, 0, 2);
            }
        }
        tlv::DUPLEX if wanted => ctx.flag(&f::DUPLEX, body, 0, 1, 1),
        _ => {}
    }
}

/// A count, then addresses, each behind its protocol.
fn addresses(ctx: &mut Ctx<'_>, n: &mut Neighbour, body: Data<'_>, wanted: bool) {
    /// The protocol of an IPv4 address: NLPID, one byte, 0xcc.
    const IP: [u8; 3] = [1, 1, 0xcc];
    if wanted {
        ctx.number(&f::COUNT, body, 0, 4);
    }
    let mut at = 4;
    for _ in 0..body.u32(0).unwrap_or_default().min(ADDRESSES) {
        let Some(protocol) = body.u8(at + 1) else {
            return;
        };
        let length = at + 2 + usize::from(protocol);
        let Some(len) = body.u16(length) else {
            return;
        };
        let (from, to) = (length + 2, length + 2 + usize::from(len));
        let ip = body.array::<3>(at) == Some(IP) && len == 4;
        if let Some(a) = body.array::<4>(from).filter(|_| ip).map(Ipv4Addr::from)
            && n.address.is_empty()
        {
            n.address = a.to_string().into();
        }
        if wanted {
            ctx.number(&f::PROTOCOL_TYPE, body, at, 1);
            ctx.number(&f::PROTOCOL_LENGTH, body, at + 1, 1);
            ctx.bytes(&f::PROTOCOL, body, at + 2, length);
            ctx.number(&f::ADDRESS_LENGTH, body, length, 2);
            match body.array::<4>(from).filter(|_| ip) {
                Some(a) => ctx.field(&f::ADDRESS_IP, Value::Ipv4(a.into()), body.range(from, to)),
                None => ctx.bytes(&f::ADDRESS, body, from, to),
            }
        }
        at = to;
    }
}
