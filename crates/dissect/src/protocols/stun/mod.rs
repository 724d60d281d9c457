//! STUN (RFC 8489) with TURN (RFC 8656): how a host sees itself from outside, and what it has relayed.

mod attributes;
mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::anomaly::AnomalyKind;
use crate::asked::{answer_in, answered, ask, question_in};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Severity};
use crate::protocols::tls::dtls;
use attributes::attributes;
use fields as f;
use weir_model::{LimitKind, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 8489",
    over: &[Over::UdpPort(3478)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &ODD],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<Exchange>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("stun", "Session Traversal Utilities for NAT", "STUN")
};

row! {
    /// A request with its answer, or what needs none. First: the request; last: the answer.
    pub struct Exchange of PROTOCOL {
        method: &'static str = "Binding, Allocate …",
        username: Box<str> = "As whom",
        realm: Box<str> = "Of which realm",
        software: Box<str> = "What the other side says it is",
        mapped: Box<str> = "Address and port as the server sees them",
        relayed: Box<str> = "Address and port that the server relays for it",
        peer: Box<str> = "With whom it talks over the relay",
        error: Option<u16> = "Why it failed",
        answered: bool = "Was it answered?",
    }
    |e| format!("{} {} {}", e.method, e.username, e.mapped)
}

/// Type, length, cookie, transaction.
const HEAD: usize = 20;
/// RFC 8489 section 5.
const COOKIE: u32 = 0x2112_a442;

/// What a server relays stands behind a channel's number and its length (RFC 8656 section 12).
const CHANNELS: std::ops::Range<u16> = 0x4000..0x5000;
const CHANNEL_HEAD: usize = 4;
/// Methods that carry what is relayed: no rows, for there is one a packet.
const RELAYED: [u16; 2] = [6, 7];
/// The attribute that holds it.
const DATA: u16 = 0x0013;

static MANY: LimitKind = LimitKind {
    id: "stun.attributes",
    says: "a message has more attributes than are read",
    bound: attributes::MANY as u64,
    unit: "attributes",
};

fn probe(p: &Probe<'_>) -> Certainty {
    let data = Data::packet(p.bytes);
    let end = data.u16(2).map_or(0, |n| usize::from(n) + HEAD);
    if !is_message(data) || end < data.len() {
        Certainty::No
    } else if end == data.len() {
        Certainty::Certain
    } else {
        // Cut by the capture, perhaps.
        Certainty::Unsure
    }
}

fn is_message(data: Data<'_>) -> bool {
    data.len() >= HEAD && data.u8(0).is_some_and(|b| b & 0xc0 == 0) && data.u32(4) == Some(COOKIE)
}

/// Class (two bits) and method of a type: both are spread over it.
fn split(kind: u16) -> (u16, u16) {
    let class = (kind >> 4 & 1) | (kind >> 7 & 2);
    let method = (kind & 0x0f) | (kind >> 1 & 0x70) | (kind >> 2 & 0xf80);
    (class, method)
}

/// Media, keys and STUN share a port (RFC 7983): each datagram is looked at.
fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if is_message(data) {
        message(ctx, data);
    } else if dtls::is_records(data) {
        dtls::dissect(ctx, data);
    } else if !channel(ctx, data) {
        ctx.unknown(data);
    }
}

/// Attributes are filled up to four bytes (RFC 8489 section 14), so their length is a multiple of it.
static ODD: AnomalyKind = AnomalyKind {
    id: "stun.length.odd",
    says: "Packet length is not multiple of 4 bytes",
    severity: Severity::Error,
    group: "Malformed",
};

/// What is relayed over a channel; `false`: it is none.
fn channel(ctx: &mut Ctx<'_>, data: Data<'_>) -> bool {
    let (Some(number), Some(len)) = (data.u16(0), data.u16(2)) else {
        return false;
    };
    let end = CHANNEL_HEAD + usize::from(len);
    let wire = data.len() + ctx.packet.beyond as usize;
    // It may be filled up to four bytes.
    if !CHANNELS.contains(&number) || wire < end || wire > end.next_multiple_of(4) {
        return false;
    }
    if ctx.layer(&PROTOCOL, data.range(0, CHANNEL_HEAD)) {
        ctx.info(format_args!("ChannelData TURN Message"));
        ctx.number(&f::CHANNEL_NUMBER, data, 0, 2);
        ctx.number(&f::LENGTH, data, 2, 2);
        ctx.close();
    }
    ctx.unknown(data.sub(CHANNEL_HEAD, end));
    if data.len() < end {
        ctx.short();
    }
    true
}

fn message(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let len = data.u16(2).map_or(0, usize::from);
    let whole = data.sub(0, HEAD + len);
    let wanted = ctx.layer(&PROTOCOL, whole.all());
    // The cookie was found, so there is a head.
    let kind = data.u16(0).unwrap_or(0);
    let key = data.number(12, 8).unwrap_or(0);
    let (class, method) = split(kind);
    let word = f::METHOD.word(method.into()).unwrap_or("Unknown");
    let question = if class >= 2 { answered(ctx, key) } else { None };
    if wanted {
        let bits = u64::from(kind >> 4 & 0x11);
        let says = f::CLASS.word(bits).unwrap_or_default();
        ctx.info(format_args!("{word} {says}"));
        ctx.open(&f::TYPE, Value::Uint(kind.into()), data.range(0, 2));
        let range = data.range(0, 2);
        ctx.field(&f::CLASS, Value::Uint(bits), range);
        ctx.field(&f::METHOD, Value::Uint(u64::from(kind & 0x3eef)), range);
        ctx.bits(&f::ASSIGNMENT, data, 0, 2, 0x2000);
        ctx.close();
        ctx.number(&f::LENGTH, data, 2, 2);
        ctx.bytes(&f::COOKIE, data, 4, 8);
        ctx.bytes(&f::ID, data, 8, HEAD);
        match &question {
            Some(q) => question_in(ctx, q, &f::RESPONSE_TO, &f::TIME),
            None if class == 0 => answer_in(ctx, key, &f::RESPONSE_IN),
            None => {}
        }
    }
    let list = whole.rest(HEAD);
    if wanted && !list.is_empty() {
        ctx.open(&f::ATTRIBUTES, Value::None, list.all());
    }
    let (mut read, mut many) = (0, 0);
    let mut relayed = None;
    for a in attributes(list) {
        read = a.end;
        many += 1;
        if a.kind == DATA {
            relayed = Some(a.value);
        }
        if wanted {
            a.describe(ctx, data);
        }
    }
    if wanted {
        if !list.is_empty() {
            ctx.close();
        }
        ctx.close();
    }
    if many >= attributes::MANY && read < list.len() {
        ctx.limit(&MANY);
    } else if data.len() < HEAD + len || read < list.len() {
        ctx.short();
    }
    if !len.is_multiple_of(4) {
        ctx.remark(&ODD, format_args!("{}", ODD.says));
    }
    if let Some(relayed) = relayed {
        ctx.unknown(relayed);
    }
    if class < 2 && !RELAYED.contains(&method) {
        let mut row = Exchange {
            meta: ctx.whole_message(),
            method: word,
            username: Box::default(),
            realm: Box::default(),
            software: Box::default(),
            mapped: Box::default(),
            relayed: Box::default(),
            peer: Box::default(),
            error: None,
            answered: false,
        };
        attributes(list).for_each(|a| a.fill(&mut row, data));
        let row = ctx.emit(row);
        if class == 0 {
            ask(ctx, key, row);
        }
    }
    if let Some(q) = question {
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Exchange>(q.row, |row| {
            attributes(list).for_each(|a| a.fill(row, data));
            row.answered = true;
            (row.meta.last, row.meta.end) = at;
        });
    }
}
