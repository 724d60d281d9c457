//! RADIUS (RFC 2865, RFC 2866): who asks to be let in where, and what the server says. Passwords stay as they are hidden.

mod attributes;
mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::asked::{answer_in, answered, ask, question_in};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Certainty, Log, Over, Probe, Protocol};
use crate::protocols::eap;
use attributes::Made;
use fields as f;
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Duration, Timestamp, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2865",
    over: &[
        Over::UdpPort(1812),
        Over::UdpPort(1813),
        Over::UdpPort(1645),
        Over::UdpPort(1646),
        Over::UdpPort(3799),
    ],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<Exchange>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("radius", "RADIUS Protocol", "RADIUS")
};

row! {
    /// A request with its answer, named as Zeek's log does. First: the request; last: the answer.
    pub struct Exchange of PROTOCOL {
        code: &'static str = "What was asked",
        username: Box<str> = "As whom",
        mac: Box<str> = "Who calls, mostly by its hardware address",
        framed_addr: Option<IpAddr> = "Address that it gets or has",
        nas: Box<str> = "Which access server asks",
        tunnel_client: Box<str> = "Who begins the tunnel",
        connect_info: Box<str> = "How it is connected",
        reply_msg: Box<str> = "What the user is told",
        result: &'static str = "What was answered",
        ttl: Option<Duration> = "Time to the answer",
    }
    |e| format!("{} {} {} → {}", e.code, e.username, e.mac, e.result)
}

/// A head: code, identifier, length, authenticator.
const HEAD: usize = 20;
/// Attributes that are read.
const MANY: usize = 512;
/// The attribute that carries EAP, in pieces where it is long (RFC 3579 section 3.1).
const EAP_MESSAGE: u8 = 79;
/// Bytes of a text that its row keeps.
const TEXT: usize = 255;

/// A whole packet whose attributes add up is hardly anything else.
fn probe(p: &Probe<'_>) -> Certainty {
    let data = Data::packet(p.bytes);
    let plausible = || {
        let (code, len) = (data.u8(0)?, usize::from(data.u16(2)?));
        let mut at = HEAD;
        while at < len {
            let n = usize::from(data.u8(at + 1)?);
            at += n.max(2);
        }
        (matches!(code, 1..=5 | 11) && len == p.bytes.len() && at == len && len > HEAD)
            .then_some(())
    };
    if plausible().is_some() {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

/// Does a code ask?
fn asks(code: u8) -> bool {
    matches!(code, 1 | 4 | 7 | 10 | 12 | 13 | 21 | 40 | 43)
}

/// An attribute: its number and its value.
struct Attribute<'a> {
    kind: u8,
    whole: Data<'a>,
    value: Data<'a>,
}

/// Attributes one after the other, as long as they are whole.
fn attributes(data: Data<'_>) -> impl Iterator<Item = Attribute<'_>> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (kind, len) = (rest.u8(0)?, usize::from(rest.u8(1)?));
        if len < 2 || len > rest.len() {
            return None;
        }
        let whole = rest.sub(0, len);
        rest = rest.rest(len);
        Some(Attribute {
            kind,
            whole,
            value: whole.rest(2),
        })
    })
    .take(MANY)
}

fn text(data: Data<'_>) -> Box<str> {
    String::from_utf8_lossy(data.bytes.get(..TEXT).unwrap_or(data.bytes)).into()
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let stated = data.u16(2).map_or(0, usize::from);
    let whole = data.sub(0, stated.max(HEAD));
    let wanted = ctx.layer(&PROTOCOL, whole.all());
    let (Some(code), Some(id)) = (data.u8(0), data.u8(1)) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let key = u64::from(id) << 8 | u64::from(asks_for(code));
    let question = if asks(code) { None } else { answered(ctx, key) };
    let word = f::CODE.word(u64::from(code)).unwrap_or("Unknown");
    if wanted {
        ctx.info(format_args!("{word} id={id}"));
        ctx.number(&f::CODE, data, 0, 1);
        ctx.number(&f::ID, data, 1, 1);
        ctx.number(&f::LENGTH, data, 2, 2);
        ctx.bytes(&f::AUTHENTICATOR, data, 4, HEAD);
        if asks(code) {
            ctx.computed(&f::REQ, Value::Bool(true));
            answer_in(ctx, key, &f::RSP_FRAME);
        } else {
            ctx.computed(&f::RSP, Value::Bool(true));
            if let Some(q) = &question {
                question_in(ctx, q, &f::REQ_FRAME, &f::TIME);
            }
        }
    }
    let list = whole.rest(HEAD);
    let mut read = 0;
    let mut pieces: usize = attributes(list).filter(|a| a.kind == EAP_MESSAGE).count();
    for a in attributes(list) {
        read += a.whole.len();
        if wanted {
            describe(ctx, &a);
        }
        if a.kind == EAP_MESSAGE {
            pieces -= 1;
            if pieces == 0 {
                carried(ctx, list, &a);
            }
        }
        if wanted {
            ctx.close();
        }
    }
    if wanted {
        ctx.close();
    }
    if data.len() < HEAD || stated < HEAD || stated > data.len() || read < list.len() {
        ctx.short();
    }
    if asks(code) {
        let row = ctx.emit(request(ctx, word, list));
        ask(ctx, key, row);
    } else if let Some(q) = question {
        answer(ctx, q.row, word, list, q.time);
    }
}

/// What an answer answers, as a code.
fn asks_for(code: u8) -> u8 {
    match code {
        2 | 3 | 11 => 1,
        5 => 4,
        8 | 9 => 7,
        22 => 21,
        41 | 42 => 40,
        44 | 45 => 43,
        code => code,
    }
}

fn request(ctx: &Ctx<'_>, code: &'static str, list: Data<'_>) -> Exchange {
    let mut row = Exchange {
        meta: ctx.whole_message(),
        code,
        username: Box::default(),
        mac: Box::default(),
        framed_addr: None,
        nas: Box::default(),
        tunnel_client: Box::default(),
        connect_info: Box::default(),
        reply_msg: Box::default(),
        result: "",
        ttl: None,
    };
    for a in attributes(list) {
        fill(&mut row, &a);
    }
    row
}

/// What an attribute says of the row.
fn fill(row: &mut Exchange, a: &Attribute<'_>) {
    let address = a.value.array::<4>(0).map(Ipv4Addr::from);
    match a.kind {
        1 => row.username = text(a.value),
        4 if row.nas.is_empty() => {
            row.nas = address.map(|a| a.to_string().into()).unwrap_or_default();
        }
        8 => row.framed_addr = address.map(Into::into),
        18 => row.reply_msg = text(a.value),
        31 => row.mac = text(a.value),
        32 => row.nas = text(a.value),
        66 => row.tunnel_client = text(a.value),
        77 => row.connect_info = text(a.value),
        _ => {}
    }
}

fn answer(
    ctx: &mut Ctx<'_>,
    row: Option<u32>,
    word: &'static str,
    list: Data<'_>,
    asked: Timestamp,
) {
    let at = (ctx.meta.packet, ctx.meta.time);
    ctx.update::<Exchange>(row, |e| {
        let named = !e.username.is_empty();
        for a in attributes(list).filter(|a| a.kind != 1 || !named) {
            fill(e, &a);
        }
        e.result = word;
        e.ttl = Some(at.1.since(asked));
        (e.meta.last, e.meta.end) = at;
    });
}

/// Opens the attribute; whoever asks for it closes it.
fn describe(ctx: &mut Ctx<'_>, a: &Attribute<'_>) {
    let (whole, value) = (a.whole, a.value);
    ctx.open(&f::AVP, Value::Bytes(whole.bytes), whole.all());
    ctx.number(&f::AVP_TYPE, whole, 0, 1);
    ctx.number(&f::AVP_LENGTH, whole, 1, 1);
    let known = attributes::ATTRIBUTES.iter().find(|(n, ..)| *n == a.kind);
    match (a.kind, known) {
        (2, _) => ctx.bytes(&f::PASSWORD, value, 0, value.len()),
        (26, _) => vendor(ctx, value),
        (EAP_MESSAGE, _) => ctx.bytes(&f::EAP, value, 0, value.len()),
        (_, Some((_, field, made))) => {
            let shown = |data: Data<'_>| String::from_utf8_lossy(data.bytes).into_owned();
            // A first byte up to 0x1f is a tag.
            let tag = value.u8(0).is_some_and(|b| b <= 0x1f);
            match made {
                Made::Text => ctx.field(field, Value::Text(&shown(value)), value.all()),
                Made::TaggedText => {
                    let rest = value.rest(usize::from(tag));
                    ctx.field(field, Value::Text(&shown(rest)), rest.all());
                }
                Made::Bytes => ctx.bytes(field, value, 0, value.len()),
                Made::Number => ctx.number(field, value, 0, value.len().min(4)),
                Made::TaggedNumber => ctx.bits(field, value, 0, 4, 0x00ff_ffff),
                Made::Ipv4 => {
                    if let Some(a) = value.array::<4>(0) {
                        ctx.field(field, Value::Ipv4(a.into()), value.all());
                    }
                }
                Made::Ipv6 => {
                    if let Some(a) = value.array::<16>(0) {
                        ctx.field(field, Value::Ipv6(a.into()), value.all());
                    }
                }
                Made::Time => {
                    if let Some(n) = value.u32(0) {
                        let time = Timestamp::from_parts(n.into(), 0);
                        ctx.field(field, Value::Time(time), value.all());
                    }
                }
            }
        }
        (_, None) => {}
    }
}

/// What the pieces of EAP make together, shown in the last of them.
fn carried(ctx: &mut Ctx<'_>, list: Data<'_>, last: &Attribute<'_>) {
    let pieces = || attributes(list).filter(|a| a.kind == EAP_MESSAGE);
    if pieces().nth(1).is_none() {
        if !last.value.is_empty() {
            eap::message(ctx, last.value, true);
        }
        return;
    }
    let bytes: Vec<u8> = pieces().flat_map(|a| a.value.bytes).copied().collect();
    let source = ctx.source("Reassembled EAP", &bytes);
    let whole = Data {
        bytes: &bytes,
        source,
        start: 0,
    };
    eap::message(ctx, whole, true);
}

/// Attributes of a vendor: each with a number and a length of its own, mostly.
fn vendor(ctx: &mut Ctx<'_>, value: Data<'_>) {
    ctx.number(&f::VENDOR, value, 0, 4);
    for a in attributes(value.rest(4)) {
        ctx.number(&f::VENDOR_TYPE, a.whole, 0, 1);
        ctx.number(&f::VENDOR_LENGTH, a.whole, 1, 1);
    }
}
