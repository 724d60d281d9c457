//! Modbus (MODBUS Application Protocol V1.1b3): what is read from and written to a controller. Carried by `mbtcp`.

mod fields;

use crate::asked::{Question, question_in};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Protocol};
use fields as f;
use weir_model::{ByteRange, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "MODBUS Application Protocol V1.1b3",
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    logs: &[Log::of::<Pdu>()],
    #[cfg(test)]
    sample: Some(super::mbtcp::sample::SAMPLE),
    ..Protocol::new("modbus", "Modbus", "Modbus/TCP")
};

row! {
    /// A request or an answer, named as Zeek's log does.
    pub struct Pdu of PROTOCOL {
        tid: u16 = "Its transaction",
        unit: u8 = "Which unit behind the address",
        func: Box<str> = "What is done",
        pdu_type: &'static str = "REQ or RESP",
        exception: &'static str = "Why it was refused",
        reference: Option<u16> = "The first coil or register",
        quantity: Option<u16> = "How many of them",
    }
    |p| {
        let at = p.reference.map(|n| format!(" at {n}")).unwrap_or_default();
        format!("{} {}{at} {}", p.pdu_type, p.func, p.exception)
    }
}

/// Values of an answer that are described.
const VALUES: usize = 2048;

/// What a request said that its answer does not repeat.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) question: Question,
    /// The first coil or register.
    pub(crate) reference: Option<u16>,
}

/// Where it came from and which way it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carrier {
    pub(crate) transaction: u16,
    pub(crate) unit: u8,
    pub(crate) request: bool,
}

/// The first coil or register that a request names.
pub(crate) fn reference(data: Data<'_>) -> Option<u16> {
    matches!(data.u8(0)?, 1..=6 | 15 | 16 | 22..=24)
        .then(|| data.u16(1))
        .flatten()
}

/// Describes one and tells its row.
pub(crate) fn dissect(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    from: Carrier,
    asked: Option<&Asked>,
) -> Pdu {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let code = data.u8(0).unwrap_or(0);
    let function = code & 0x7f;
    let refused = code & 0x80 != 0;
    let word = f::FUNC_CODE.word(function.into());
    if wanted {
        ctx.bits(&f::FUNC_CODE, data, 0, 1, 0x7f);
        if let Some(a) = asked {
            question_in(ctx, &a.question, &f::REQUEST_FRAME, &f::RESPONSE_TIME);
        }
        let body = data.rest(1);
        match (refused, from.request) {
            (true, _) => ctx.number(&f::EXCEPTION, body, 0, 1),
            (false, true) => request(ctx, function, body),
            (false, false) => answer(ctx, function, body, asked.and_then(|a| a.reference)),
        }
        ctx.close();
    }
    if data.is_empty() || (refused && data.len() < 2) {
        ctx.short();
    }
    let exception = data.u8(1).filter(|_| refused);
    Pdu {
        meta: ctx.whole_message(),
        tid: from.transaction,
        unit: from.unit,
        func: word.map_or_else(|| format!("unknown-{function}").into(), Into::into),
        pdu_type: if from.request { "REQ" } else { "RESP" },
        exception: exception.map_or("", |n| f::EXCEPTION.word(n.into()).unwrap_or("Unknown")),
        reference: match asked {
            Some(a) => a.reference,
            None => reference(data).filter(|_| from.request),
        },
        quantity: data
            .u16(3)
            .filter(|_| from.request && matches!(function, 1..=4 | 15 | 16 | 23)),
    }
}

fn registers(ctx: &mut Ctx<'_>, data: Data<'_>, first: u16) {
    for n in 0..(data.len() / 2).min(VALUES) {
        let number = first.wrapping_add(u16::try_from(n).unwrap_or(0));
        ctx.field(&f::REGNUM, Value::Uint(number.into()), ByteRange::GENERATED);
        ctx.number(&f::REGVAL, data, n * 2, 2);
    }
}

fn bits(ctx: &mut Ctx<'_>, data: Data<'_>, first: u16) {
    for n in 0..(data.len() * 8).min(VALUES) {
        let number = first.wrapping_add(u16::try_from(n).unwrap_or(0));
        let value = data.u8(n / 8).unwrap_or(0) >> (n % 8) & 1;
        ctx.field(&f::BITNUM, Value::Uint(number.into()), ByteRange::GENERATED);
        ctx.field(
            &f::BITVAL,
            Value::Bool(value != 0),
            data.range(n / 8, n / 8 + 1),
        );
    }
}

fn rest(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.bytes(&f::DATA, data, 0, data.len());
}

/// What both a request and its answer say, of functions where they say the same.
fn same(ctx: &mut Ctx<'_>, function: u8, body: Data<'_>) {
    match function {
        5 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.bytes(&f::DATA, body, 2, 3);
            ctx.number(&f::PADDING, body, 3, 1);
        }
        6 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            registers(ctx, body.rest(2), body.u16(0).unwrap_or(0));
        }
        8 => {
            ctx.number(&f::DIAGNOSTIC, body, 0, 2);
            rest(ctx, body.rest(2));
        }
        22 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::AND_MASK, body, 2, 2);
            ctx.number(&f::OR_MASK, body, 4, 2);
        }
        _ => rest(ctx, body),
    }
}

fn request(ctx: &mut Ctx<'_>, function: u8, body: Data<'_>) {
    match function {
        1 | 2 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::BIT_CNT, body, 2, 2);
        }
        3 | 4 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::WORD_CNT, body, 2, 2);
        }
        15 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::BIT_CNT, body, 2, 2);
            ctx.number(&f::BYTE_CNT, body, 4, 1);
            bits(ctx, body.rest(5), body.u16(0).unwrap_or(0));
        }
        16 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::WORD_CNT, body, 2, 2);
            ctx.number(&f::BYTE_CNT, body, 4, 1);
            registers(ctx, body.rest(5), body.u16(0).unwrap_or(0));
        }
        20 | 21 => {
            ctx.number(&f::BYTE_CNT, body, 0, 1);
            rest(ctx, body.rest(1));
        }
        23 => {
            ctx.number(&f::READ_REFERENCE, body, 0, 2);
            ctx.number(&f::READ_WORD_CNT, body, 2, 2);
            ctx.number(&f::WRITE_REFERENCE, body, 4, 2);
            ctx.number(&f::WRITE_WORD_CNT, body, 6, 2);
            ctx.number(&f::BYTE_CNT, body, 8, 1);
            registers(ctx, body.rest(9), body.u16(4).unwrap_or(0));
        }
        24 => ctx.number(&f::REFERENCE, body, 0, 2),
        43 => {
            ctx.number(&f::MEI, body, 0, 1);
            if body.u8(0) == Some(14) {
                ctx.number(&f::READ_DEVICE_ID, body, 1, 1);
                ctx.number(&f::OBJECT_ID, body, 2, 1);
            } else {
                rest(ctx, body.rest(1));
            }
        }
        _ => same(ctx, function, body),
    }
}

fn answer(ctx: &mut Ctx<'_>, function: u8, body: Data<'_>, first: Option<u16>) {
    let first = first.unwrap_or(0);
    match function {
        1 | 2 => {
            ctx.number(&f::BYTE_CNT, body, 0, 1);
            bits(ctx, body.rest(1), first);
        }
        3 | 4 | 23 => {
            ctx.number(&f::BYTE_CNT, body, 0, 1);
            registers(ctx, body.rest(1), first);
        }
        11 => {
            ctx.number(&f::STATUS, body, 0, 2);
            ctx.number(&f::EVENT_COUNT, body, 2, 2);
        }
        12 => {
            ctx.number(&f::BYTE_CNT, body, 0, 1);
            ctx.number(&f::STATUS, body, 1, 2);
            ctx.number(&f::EVENT_COUNT, body, 3, 2);
            ctx.number(&f::MESSAGE_COUNT, body, 5, 2);
            for n in 7..body.len().min(64 + 7) {
                ctx.number(&f::EVENT, body, n, 1);
            }
        }
        15 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::BIT_CNT, body, 2, 2);
        }
        16 => {
            ctx.number(&f::REFERENCE, body, 0, 2);
            ctx.number(&f::WORD_CNT, body, 2, 2);
        }
        17 | 20 | 21 => {
            ctx.number(&f::BYTE_CNT, body, 0, 1);
            rest(ctx, body.rest(1));
        }
        43 => {
            ctx.number(&f::MEI, body, 0, 1);
            if body.u8(0) == Some(14) {
                identification(ctx, body);
            } else {
                rest(ctx, body.rest(1));
            }
        }
        _ => same(ctx, function, body),
    }
}

/// What a device says it is (section 6.21).
fn identification(ctx: &mut Ctx<'_>, body: Data<'_>) {
    ctx.number(&f::READ_DEVICE_ID, body, 1, 1);
    ctx.number(&f::CONFORMITY, body, 2, 1);
    ctx.number(&f::MORE_FOLLOWS, body, 3, 1);
    ctx.number(&f::NEXT_OBJECT, body, 4, 1);
    ctx.number(&f::NUM_OBJECTS, body, 5, 1);
    let mut at = 6;
    for _ in 0..body.u8(5).unwrap_or(0) {
        let Some(len) = body.u8(at + 1).map(usize::from) else {
            return;
        };
        ctx.number(&f::OBJECT_ID, body, at, 1);
        ctx.number(&f::OBJECT_LENGTH, body, at + 1, 1);
        let text = body.sub(at + 2, at + 2 + len);
        let shown = String::from_utf8_lossy(text.bytes);
        ctx.field(&f::OBJECT_TEXT, Value::Text(&shown), text.all());
        at += 2 + len;
    }
}
