//! What is asked or told (RFC 3416 section 3, RFC 1157 section 4.1.6 for the old trap): objects with their values.

use super::{Exchange, OBJECTS, cut, fields as f};
use crate::asked::{answer_in, answered, question_in};
use crate::ber::Tlv;
use crate::context::Ctx;
use std::fmt::Write as _;
use weir_model::Value;

/// Numbers of an object that are shown.
const NUMBERS: usize = 128;

/// An integer of at most eight bytes, with its sign.
pub(super) fn integer(t: &Tlv<'_>) -> Option<i64> {
    let bytes = t.body.bytes;
    let first = *bytes.first()?;
    if bytes.len() > 8 {
        return None;
    }
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(start, |n: i64, b| n << 8 | i64::from(*b)))
}

/// An unsigned number: a leading zero keeps its sign away.
fn unsigned(t: &Tlv<'_>) -> Option<u64> {
    let bytes = t.body.bytes;
    let bytes = bytes
        .strip_prefix(&[0])
        .filter(|_| bytes.len() == 9)
        .unwrap_or(bytes);
    let short = !bytes.is_empty() && bytes.len() <= 8;
    short.then(|| bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// An object identifier in points (X.690 section 8.19); of one that breaks off what is whole.
pub(super) fn oid(bytes: &[u8]) -> String {
    let mut out = String::new();
    let (mut number, mut first, mut seven) = (0u64, true, 0);
    for b in bytes.iter().take(NUMBERS * 5) {
        number = number << 7 | u64::from(b & 0x7f);
        seven += 1;
        if b & 0x80 != 0 {
            if seven >= 9 {
                break;
            }
            continue;
        }
        if std::mem::take(&mut first) {
            let top = (number / 40).min(2);
            let _ = write!(out, "{top}.{}", number - top * 40);
        } else {
            let _ = write!(out, ".{number}");
        }
        (number, seven) = (0, 0);
    }
    out
}

/// A message's inner part.
pub(super) struct Pdu;

impl Pdu {
    /// Describes it and fills in the row; `None` where it follows no form.
    pub(super) fn read(
        ctx: &mut Ctx<'_>,
        wanted: bool,
        row: &mut Exchange,
        pdu: Tlv<'_>,
    ) -> Option<()> {
        let kind = u64::from(pdu.tag.checked_sub(0xa0).filter(|n| *n <= 8)?);
        let word = f::DATA.word(kind)?;
        let element = f::ELEMENTS.get(usize::try_from(kind).ok()?)?;
        row.pdu = word;
        if wanted {
            ctx.open(&f::DATA, Value::Uint(kind), pdu.body.all());
            ctx.open(element, Value::None, pdu.body.all());
        }
        let done = if kind == 4 {
            Self::old_trap(ctx, wanted, row, &pdu)
        } else {
            Self::numbered(ctx, wanted, row, &pdu, kind)
        };
        if wanted {
            ctx.info(format_args!("{word} {}", row.objects.join(" ")));
            ctx.close();
            ctx.close();
        }
        done
    }

    fn numbered(
        ctx: &mut Ctx<'_>,
        wanted: bool,
        row: &mut Exchange,
        pdu: &Tlv<'_>,
        kind: u64,
    ) -> Option<()> {
        let mut inner = pdu.inner();
        let (id, one, two) = (inner.next()?, inner.next()?, inner.next()?);
        let number = integer(&id)?;
        let key = u64::try_from(number & 0xffff_ffff).unwrap_or(0);
        row.request_id = Some(key);
        let question = match kind {
            2 | 8 => answered(ctx, key),
            _ => None,
        };
        if !matches!(kind, 5) {
            let status = u64::try_from(integer(&one)?).unwrap_or(u64::MAX);
            if status != 0 {
                row.error = f::ERROR_STATUS.word(status).unwrap_or("unknown");
            }
        }
        if wanted {
            ctx.field(&f::REQUEST_ID, Value::Int(number), id.body.all());
            if kind == 5 {
                super::uint_field(ctx, true, &f::NON_REPEATERS, &one);
                super::uint_field(ctx, true, &f::MAX_REPETITIONS, &two);
            } else {
                for (field, t) in [(&f::ERROR_STATUS, &one), (&f::ERROR_INDEX, &two)] {
                    if let Some(n) = integer(t) {
                        ctx.field(field, Value::Int(n), t.body.all());
                    }
                }
            }
            match &question {
                Some(q) => question_in(ctx, q, &f::RESPONSE_TO, &f::TIME),
                None => answer_in(ctx, key, &f::RESPONSE_IN),
            }
        }
        bindings(ctx, wanted, row, &inner.next()?);
        Some(())
    }

    fn old_trap(ctx: &mut Ctx<'_>, wanted: bool, row: &mut Exchange, pdu: &Tlv<'_>) -> Option<()> {
        let mut inner = pdu.inner();
        let enterprise = inner.next()?;
        let agent = inner.next()?;
        let rest = [inner.next()?, inner.next()?, inner.next()?];
        if wanted {
            let text = oid(enterprise.body.bytes);
            ctx.field(&f::ENTERPRISE, Value::Text(&text), enterprise.body.all());
            if let Some(a) = agent.body.array::<4>(0) {
                ctx.field(&f::AGENT_ADDR, Value::Ipv4(a.into()), agent.body.all());
            }
            let [generic, specific, stamp] = &rest;
            for (field, t) in [(&f::GENERIC_TRAP, generic), (&f::SPECIFIC_TRAP, specific)] {
                if let Some(n) = integer(t) {
                    ctx.field(field, Value::Int(n), t.body.all());
                }
            }
            super::uint_field(ctx, true, &f::TIME_STAMP, stamp);
        }
        bindings(ctx, wanted, row, &inner.next()?);
        Some(())
    }
}

fn bindings(ctx: &mut Ctx<'_>, wanted: bool, row: &mut Exchange, list: &Tlv<'_>) {
    if wanted {
        let count = list.inner().count() as u64;
        ctx.open(&f::BINDINGS, Value::Uint(count), list.body.all());
    }
    for binding in list.inner() {
        let mut inner = binding.inner();
        let Some(name) = inner.next() else {
            continue;
        };
        let value = inner.next();
        if !wanted && row.objects.len() >= OBJECTS {
            return;
        }
        let text = oid(name.body.bytes);
        if wanted {
            ctx.field(&f::NAME, Value::Text(&text), name.body.all());
            if let Some(v) = &value {
                describe(ctx, v);
            }
        }
        if row.objects.len() < OBJECTS {
            row.objects.push(cut(text.as_bytes()));
            row.values
                .push(value.as_ref().map(shown).unwrap_or_default());
        }
    }
    if wanted {
        ctx.close();
    }
}

/// A value for people; nothing for what is neither text nor number.
fn shown(v: &Tlv<'_>) -> Box<str> {
    match v.tag {
        2 => integer(v).map(|n| n.to_string().into()),
        0x41..=0x43 | 0x46 | 0x47 => unsigned(v).map(|n| n.to_string().into()),
        4 if v
            .body
            .bytes
            .iter()
            .all(|b| matches!(b, 0x20..=0x7e | b'\r' | b'\n' | b'\t')) =>
        {
            Some(cut(v.body.bytes))
        }
        6 => Some(cut(oid(v.body.bytes).as_bytes())),
        0x40 => v
            .body
            .array::<4>(0)
            .map(|a| std::net::Ipv4Addr::from(a).to_string().into()),
        _ => None,
    }
    .unwrap_or_default()
}

fn describe(ctx: &mut Ctx<'_>, v: &Tlv<'_>) {
    let range = v.body.all();
    let bytes = Value::Bytes(v.body.bytes);
    match v.tag {
        2 => {
            if let Some(n) = integer(v) {
                ctx.field(&f::VALUE_INT, Value::Int(n), range);
            }
        }
        4 => ctx.field(&f::VALUE_OCTETS, bytes, range),
        5 => ctx.field(&f::VALUE_NULL, Value::None, range),
        6 => ctx.field(&f::VALUE_OID, Value::Text(&oid(v.body.bytes)), range),
        0x40 => match v.body.array::<4>(0).filter(|_| v.body.len() == 4) {
            Some(a) => ctx.field(&f::VALUE_IPV4, Value::Ipv4(a.into()), range),
            None => ctx.field(&f::VALUE_ADDR, bytes, range),
        },
        0x41 | 0x43 | 0x45 | 0x46 => {
            let field = match v.tag {
                0x43 => &f::VALUE_TIMETICKS,
                0x45 => &f::VALUE_NSAP,
                _ => &f::VALUE_COUNTER,
            };
            if let Some(n) = unsigned(v) {
                ctx.field(field, Value::Uint(n), range);
            }
        }
        0x42 | 0x47 => {
            if let Some(n) = unsigned(v).and_then(|n| i64::try_from(n).ok()) {
                ctx.field(&f::VALUE_U32, Value::Int(n), range);
            }
        }
        0x44 => ctx.field(&f::VALUE_OPAQUE, bytes, range),
        0x80 => ctx.field(&f::NO_OBJECT, Value::None, range),
        0x81 => ctx.field(&f::NO_INSTANCE, Value::None, range),
        0x82 => ctx.field(&f::END_OF_VIEW, Value::None, range),
        _ => ctx.field(&f::VALUE_UNKNOWN, bytes, range),
    }
}
