//! How payloads and attributes stand one after the other (RFC 2408 section 3.2, RFC 7296 section 3.2).

use crate::data::Data;

/// Payloads of a message or within a payload that are read.
pub(super) const MANY: usize = 256;

/// A payload, or what is left of one.
#[derive(Clone, Copy)]
pub(super) struct Payload<'a> {
    pub(super) kind: u8,
    /// Its header included.
    pub(super) whole: Data<'a>,
    pub(super) body: Data<'a>,
    /// Its length cannot be, or there is less.
    pub(super) broken: bool,
}

/// Bytes of a payload's header.
pub(super) const HEAD: usize = 4;

/// Payloads from one of `kind` on; the last one says that none follows. `sealed` kinds end the list: what follows them
/// is within.
pub(super) fn payloads(data: Data<'_>, mut kind: u8) -> impl Iterator<Item = Payload<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if kind == 0 || at >= data.len() {
            return None;
        }
        let len = data.u16(at + 2).map_or(0, usize::from);
        let broken = len < HEAD || at + len > data.len();
        let whole = data.sub(at, at + len.max(HEAD));
        let found = Payload {
            kind,
            whole,
            body: whole.rest(HEAD),
            broken,
        };
        // 46 and 53 are sealed.
        let last = broken || matches!(kind, 46 | 53);
        kind = if last { 0 } else { whole.u8(0).unwrap_or(0) };
        at += len;
        Some(found)
    })
    .take(MANY)
}

/// An attribute, short (its value in two bytes) or long.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) kind: u16,
    pub(super) short: bool,
    pub(super) whole: Data<'a>,
    pub(super) value: Data<'a>,
}

/// Attributes as long as they are whole.
pub(super) fn attributes(data: Data<'_>) -> impl Iterator<Item = Attribute<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (head, second) = (data.u16(at)?, data.u16(at + 2)?);
        let short = head & 0x8000 != 0;
        let end = at + 4 + if short { 0 } else { usize::from(second) };
        if end > data.len() {
            return None;
        }
        let whole = data.sub(at, end);
        at = end;
        Some(Attribute {
            kind: head & 0x7fff,
            short,
            whole,
            value: whole.rest(if short { 2 } else { 4 }),
        })
    })
    .take(MANY)
}

/// The transforms of a proposal's body, and where they begin: behind its number, protocol, length of the SPI and count.
pub(super) fn transforms(body: Data<'_>) -> impl Iterator<Item = Payload<'_>> {
    let spi = body.u8(2).map_or(0, usize::from);
    let many = body.u8(3).map_or(0, usize::from);
    payloads(body.rest(4 + spi), 3).take(many)
}

/// The proposals of a security association; `None`: of another domain than IPsec's.
pub(super) fn proposals(v1: bool, body: Data<'_>) -> Option<Data<'_>> {
    match (v1, body.u32(0)) {
        (false, _) => Some(body),
        (true, Some(1)) => Some(body.rest(8)),
        _ => None,
    }
}
