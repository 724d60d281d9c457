//! Fields at fixed places of a command, written as tables.

use super::access::Bits;
use crate::context::Ctx;
use crate::data::Data;
use crate::wide;
use weir_model::{Field, Kind, Value};

/// A field at its place; its kind says how its bytes are read.
pub(crate) struct Item {
    at: usize,
    len: usize,
    field: &'static Field,
    bits: Bits,
}

/// A field.
pub(crate) const fn i(at: usize, len: usize, field: &'static Field) -> Item {
    Item {
        at,
        len,
        field,
        bits: &[],
    }
}

/// A field with bits.
pub(crate) const fn b(at: usize, len: usize, field: &'static Field, bits: Bits) -> Item {
    Item {
        at,
        len,
        field,
        bits,
    }
}

/// Shows fields, each where its bytes are there.
pub(crate) fn show<'i>(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    items: impl IntoIterator<Item = &'i Item>,
) {
    for item in items {
        let part = data.sub(item.at, item.at + item.len);
        if part.len() < item.len {
            continue;
        }
        let (range, field) = (part.all(), item.field);
        let number = || wide::number(part, 0, item.len).unwrap_or(0);
        match field.kind {
            Kind::Bytes => ctx.field(field, Value::Bytes(part.bytes), range),
            Kind::Time => ctx.field(field, Value::Time(wide::time(number())), range),
            Kind::Text => {
                let text = part.array(0).map(wide::guid).unwrap_or_default();
                ctx.field(field, Value::Text(&text), range);
            }
            Kind::Bool => ctx.field(field, Value::Bool(number() != 0), range),
            _ if item.bits.is_empty() => ctx.field(field, Value::Uint(number()), range),
            _ => {
                let n = number();
                ctx.open(field, Value::Uint(n), range);
                for (mask, bit) in item.bits {
                    let value = match bit.kind {
                        Kind::Bool => Value::Bool(n & mask != 0),
                        _ => Value::Uint(n & mask),
                    };
                    ctx.field(bit, value, range);
                }
                ctx.close();
            }
        }
    }
}
