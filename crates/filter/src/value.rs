//! Values while a filter runs: comparable, and free of the kinds they came from.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::Kind;

/// What a value can be compared with. Text, hardware addresses and protocols are bytes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Val<'a> {
    /// Present, without a value.
    None,
    /// Any integer, and truth as 0 and 1.
    Number(i128),
    Float(f64),
    Bytes(Cow<'a, [u8]>),
    /// Address and mask; fields have a full mask.
    V4(u32, u32),
    /// Address and mask.
    V6(u128, u128),
    /// Nanoseconds since 1970.
    Time(i64),
    /// Nanoseconds.
    Span(i64),
}

impl Val<'_> {
    /// The order of two values of one type; `None` when they have none. Addresses are compared
    /// under the shorter of their masks, so every address of a network equals it.
    pub(crate) fn compare(&self, other: &Val<'_>) -> Option<Ordering> {
        match (self, other) {
            (Val::Number(a), Val::Number(b)) => Some(a.cmp(b)),
            (Val::Float(a), Val::Float(b)) => a.partial_cmp(b),
            #[expect(
                clippy::cast_precision_loss,
                reason = "comparing with a float is as exact as floats are"
            )]
            (Val::Number(a), Val::Float(b)) => (*a as f64).partial_cmp(b),
            #[expect(
                clippy::cast_precision_loss,
                reason = "comparing with a float is as exact as floats are"
            )]
            (Val::Float(a), Val::Number(b)) => a.partial_cmp(&(*b as f64)),
            (Val::Bytes(a), Val::Bytes(b)) => Some(a.as_ref().cmp(b.as_ref())),
            (Val::V4(a, m), Val::V4(b, n)) => Some((a & m & n).cmp(&(b & m & n))),
            (Val::V6(a, m), Val::V6(b, n)) => Some((a & m & n).cmp(&(b & m & n))),
            (Val::Time(a), Val::Time(b)) | (Val::Span(a), Val::Span(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// Is it anything but zero?
    pub(crate) fn is_set(&self) -> bool {
        match self {
            Val::None => true,
            Val::Number(n) => *n != 0,
            Val::Float(x) => *x != 0.0,
            Val::Bytes(bytes) => bytes.iter().any(|b| *b != 0),
            Val::V4(a, _) => *a != 0,
            Val::V6(a, _) => *a != 0,
            Val::Time(t) | Val::Span(t) => *t != 0,
        }
    }

    /// Its bytes in network order, for slices and lengths; none for numbers and times.
    pub(crate) fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Val::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
            Val::V4(a, _) => Some(Cow::Owned(a.to_be_bytes().to_vec())),
            Val::V6(a, _) => Some(Cow::Owned(a.to_be_bytes().to_vec())),
            _ => None,
        }
    }
}

/// The types the language tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Type {
    /// No value.
    None,
    Protocol,
    Bool,
    /// Lowest and highest value by signedness and bits.
    Number {
        signed: bool,
        bits: u8,
    },
    Float,
    Bytes,
    Text,
    Mac,
    V4,
    V6,
    Time,
    Span,
}

/// A number that no field limits: lengths, counts, arithmetic.
pub(crate) const ANY_NUMBER: Type = Type::Number {
    signed: true,
    bits: 64,
};

/// Types between which `==` means something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    None,
    Number,
    Bytes,
    V4,
    V6,
    Time,
    Span,
}

impl Type {
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::None => Self::None,
            Kind::Bool => Self::Bool,
            Kind::Uint(bits) => Self::Number {
                signed: false,
                bits,
            },
            Kind::Int(bits) => Self::Number { signed: true, bits },
            Kind::Packet => Self::Number {
                signed: false,
                bits: 32,
            },
            Kind::Float => Self::Float,
            Kind::Bytes => Self::Bytes,
            Kind::Text => Self::Text,
            Kind::Ipv4 => Self::V4,
            Kind::Ipv6 => Self::V6,
            Kind::Mac => Self::Mac,
            Kind::Time => Self::Time,
            Kind::Duration => Self::Span,
        }
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::None => Family::None,
            Self::Bool | Self::Number { .. } | Self::Float => Family::Number,
            Self::Protocol | Self::Bytes | Self::Text | Self::Mac => Family::Bytes,
            Self::V4 => Family::V4,
            Self::V6 => Family::V6,
            Self::Time => Family::Time,
            Self::Span => Family::Span,
        }
    }

    /// Does `[ ]` apply?
    pub(crate) fn has_bytes(self) -> bool {
        matches!(self.family(), Family::Bytes | Family::V4 | Family::V6)
    }

    /// As sentences say it, with its article.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::None => "a label without a value",
            Self::Protocol => "a protocol",
            Self::Bool => "a truth value",
            Self::Number { signed: false, .. } => "an unsigned number",
            Self::Number { signed: true, .. } => "a number",
            Self::Float => "a decimal number",
            Self::Bytes => "a byte string",
            Self::Text => "a text",
            Self::Mac => "a hardware address",
            Self::V4 => "an IPv4 address",
            Self::V6 => "an IPv6 address",
            Self::Time => "a time",
            Self::Span => "a duration",
        }
    }
}

/// How `string()` writes it: as a literal of its type would be written, without quotes.
pub(crate) fn write(value: &Val<'_>, ty: Type) -> Option<String> {
    Some(match value {
        Val::Number(n) if ty == Type::Bool => if *n == 0 { "False" } else { "True" }.to_owned(),
        Val::Number(n) => n.to_string(),
        Val::Float(x) => x.to_string(),
        Val::V4(a, _) => Ipv4Addr::from(*a).to_string(),
        Val::V6(a, _) => Ipv6Addr::from(*a).to_string(),
        Val::Time(t) => weir_model::Timestamp(*t).rfc3339(),
        Val::Span(t) => weir_model::Duration(*t).decimal(),
        Val::Bytes(bytes) if ty == Type::Text => String::from_utf8_lossy(bytes).into_owned(),
        Val::Bytes(bytes) => crate::build::hex(bytes),
        Val::None => return None,
    })
}
