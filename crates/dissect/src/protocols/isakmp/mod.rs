//! ISAKMP with IKEv1 (RFC 2408, 2409) and IKEv2 (RFC 7296): who negotiates what with whom, as far as it is in the clear.

mod describe;
mod fields;
#[cfg(test)]
pub(super) mod sample;
#[cfg(test)]
mod tests;
mod vendors;
mod wire;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Over, Protocol, Severity};
use crate::shown::shown;
use fields as f;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::{LimitKind, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 7296",
    over: &[Over::UdpPort(500)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &BAD_LENGTH, &BAD_FRAGMENT],
    datagram: Some(dissect),
    logs: &[Log::of::<Message>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new(
        "isakmp",
        "Internet Security Association and Key Management Protocol",
        "ISAKMP",
    )
};

row! {
    /// A message of a negotiation; what is sealed is named so.
    pub struct Message of PROTOCOL {
        version: u8 = "1 or 2",
        exchange: &'static str = "What is negotiated",
        initiator_spi: Box<str> = "Chosen by who began",
        responder_spi: Box<str> = "Chosen by the other side; zero before it answered",
        message_id: u32 = "Of which exchange",
        response: Option<bool> = "Is it an answer? IKEv2 says so",
        encrypted: bool = "Is it sealed?",
        transforms: Box<str> = "Ciphers, hashes and groups that are offered or taken",
        identity: Box<str> = "Who, where it is said in the clear",
        notices: Vec<&'static str> = "What is announced or refused",
        vendors: Vec<&'static str> = "What the sender says it is, or can",
    }
    |m| {
        let sealed = if m.encrypted { " (encrypted)" } else { "" };
        format!("IKEv{} {}{sealed} {}", m.version, m.exchange, m.transforms)
    }
}

/// A payload's length cannot be.
static BAD_LENGTH: AnomalyKind = AnomalyKind {
    id: "isakmp.payloadlength.invalid",
    says: "Invalid payload length",
    severity: Severity::Error,
    group: "Malformed",
};

/// A sealed fragment with a number that none has.
static BAD_FRAGMENT: AnomalyKind = AnomalyKind {
    id: "isakmp.fragment_number.invalid",
    says: "Invalid fragment numbering",
    severity: Severity::Warn,
    group: "Malformed",
};

static MANY: LimitKind = LimitKind {
    id: "isakmp.payloads",
    says: "a message has more payloads than are read",
    bound: wire::MANY as u64,
    unit: "payloads",
};

/// Bytes of the header.
const HEAD: usize = 28;
/// Bytes of a text that its row keeps.
const TEXT: usize = 400;
/// Notices and vendors that a row keeps of each.
const SAID: usize = 32;

pub(super) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(version), Some(exchange), Some(flags), Some(length)) =
        (data.u8(17), data.u8(18), data.u8(19), data.u32(24))
    else {
        return ctx.unknown(data);
    };
    if !matches!(version >> 4, 1 | 2) {
        return ctx.unknown(data);
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let v1 = version >> 4 == 1;
    let sealed = v1 && flags & 1 != 0;
    let body = data.sub(HEAD, length.max(HEAD));
    let first = data.u8(16).unwrap_or(0);
    let word = f::EXCHANGE.word(exchange.into()).unwrap_or("Unknown");
    if ctx.layer(&PROTOCOL, data.all()) {
        head(ctx, data, v1, word);
        if sealed {
            if !body.is_empty() {
                ctx.field(&f::SEALED, Value::None, body.all());
            }
        } else {
            describe::list(ctx, v1, first, body);
        }
        ctx.close();
    }
    let mut row = Message {
        meta: ctx.whole_message(),
        version: version >> 4,
        exchange: word,
        initiator_spi: hex(data.sub(0, 8)),
        responder_spi: hex(data.sub(8, 16)),
        message_id: data.u32(20).unwrap_or(0),
        response: (!v1).then_some(flags & 0x20 != 0),
        encrypted: sealed,
        transforms: Box::default(),
        identity: Box::default(),
        notices: Vec::new(),
        vendors: Vec::new(),
    };
    let broken = !sealed && gather(ctx, &mut row, v1, first, body);
    if data.len() < length || length < HEAD || broken {
        ctx.short();
    }
    ctx.emit(row);
}

fn hex(data: Data<'_>) -> Box<str> {
    let mut out = String::with_capacity(16);
    for b in data.bytes {
        let _ = write!(out, "{b:02x}");
    }
    out.into()
}

fn head(ctx: &mut Ctx<'_>, data: Data<'_>, v1: bool, word: &str) {
    ctx.bytes(&f::ISPI, data, 0, 8);
    ctx.bytes(&f::RSPI, data, 8, 16);
    ctx.number(&f::NEXT, data, 16, 1);
    let byte = |at| Value::Uint(data.u8(at).unwrap_or_default().into());
    ctx.open(&f::VERSION, byte(17), data.range(17, 18));
    ctx.bits(&f::MAJOR, data, 17, 1, 0xf0);
    ctx.bits(&f::MINOR, data, 17, 1, 0x0f);
    ctx.close();
    ctx.number(&f::EXCHANGE, data, 18, 1);
    ctx.open(&f::FLAGS, byte(19), data.range(19, 20));
    if v1 {
        ctx.flag(&f::FLAG_E, data, 19, 1, 0x01);
        ctx.flag(&f::FLAG_C, data, 19, 1, 0x02);
        ctx.flag(&f::FLAG_A, data, 19, 1, 0x04);
        ctx.info(format_args!("{word}"));
    } else {
        ctx.flag(&f::FLAG_I, data, 19, 1, 0x08);
        ctx.flag(&f::FLAG_V, data, 19, 1, 0x10);
        ctx.flag(&f::FLAG_R, data, 19, 1, 0x20);
        let flags = data.u8(19).unwrap_or(0);
        let who = if flags & 8 != 0 {
            "Initiator"
        } else {
            "Responder"
        };
        let what = if flags & 0x20 != 0 {
            "Response"
        } else {
            "Request"
        };
        let id = data.u32(20).unwrap_or(0);
        ctx.info(format_args!("{word} MID={id:02} {who} {what}"));
    }
    ctx.close();
    ctx.number(&f::MESSAGE_ID, data, 20, 4);
    ctx.number(&f::LENGTH, data, 24, 4);
}

/// What a message in the clear says of its row. Is there less of a payload than it says?
fn gather(ctx: &mut Ctx<'_>, row: &mut Message, v1: bool, first: u8, body: Data<'_>) -> bool {
    let (mut transforms, mut many, mut broken) = (String::new(), 0, false);
    for p in wire::payloads(body, first) {
        many += 1;
        let len = p.whole.u16(2).unwrap_or(0);
        if p.broken && usize::from(len) < wire::HEAD && !ctx.packet.cut {
            ctx.anomaly_as(
                &BAD_LENGTH,
                format_args!("Payload (bogus, length is {len}, must be at least 4)"),
            );
        } else {
            broken |= p.broken;
        }
        match (p.kind, v1) {
            (1, true) | (33, false) => offered(&mut transforms, v1, p.body),
            (5, true) | (35 | 36, false) => row.identity = identity(p.body),
            (11, true) | (41, false) => {
                let kind = p.body.u16(if v1 { 6 } else { 2 }).unwrap_or(0);
                let word = f::NOTICE.word(kind.into()).unwrap_or("another");
                if row.notices.len() < SAID {
                    row.notices.push(word);
                }
            }
            (13, true) | (43, false) => {
                if let Some(v) = vendors::of(p.body.bytes).filter(|_| row.vendors.len() < SAID) {
                    row.vendors.push(v.name);
                }
            }
            (46, false) => row.encrypted = true,
            (53, false) => {
                row.encrypted = true;
                let (n, of) = (p.body.u16(0).unwrap_or(0), p.body.u16(2).unwrap_or(0));
                if n == 0 || n > of {
                    ctx.anomaly_as(
                        &BAD_FRAGMENT,
                        format_args!(
                            "Fragment number ({n}) must not be greater than total fragments ({of})"
                        ),
                    );
                }
            }
            _ => {}
        }
    }
    if many >= wire::MANY {
        ctx.limit(&MANY);
    }
    row.transforms = transforms.into();
    broken
}

/// Adds the names of all transforms, each once.
fn offered(out: &mut String, v1: bool, body: Data<'_>) {
    let Some(list) = wire::proposals(v1, body) else {
        return;
    };
    let mut add = |word: &str| {
        let known = out.split(", ").any(|w| w == word);
        if !known && out.len() + word.len() < TEXT {
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(word);
        }
    };
    for p in wire::payloads(list, 2) {
        for t in wire::transforms(p.body) {
            if v1 {
                let known = |kind| f::IKE.known.iter().find(|(n, _)| *n == kind);
                for a in wire::attributes(t.body.rest(4)).filter(|a| a.kind <= 4) {
                    let field = known(a.kind).filter(|_| p.body.u8(1) == Some(1));
                    if let Some(word) = field
                        .zip(a.value.number(0, a.value.len()))
                        .and_then(|((_, field), n)| field.word(n))
                    {
                        add(word);
                    }
                }
            } else if let Some(id) = t.body.u16(2)
                && let Some(word) = describe::transform_id(t.body).word(id.into())
            {
                add(word);
            }
        }
    }
}

/// Who an identification names.
fn identity(body: Data<'_>) -> Box<str> {
    let data = body.rest(4);
    match body.u8(0) {
        Some(1) => data.array::<4>(0).map(|a| Ipv4Addr::from(a).to_string()),
        Some(5) => data.array::<16>(0).map(|a| Ipv6Addr::from(a).to_string()),
        Some(2 | 3 | 11) => Some(shown(data.sub(0, TEXT).bytes)),
        _ => None,
    }
    .unwrap_or_default()
    .into()
}
