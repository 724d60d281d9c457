//! A message's fields in the order of its bytes, the tickets and authenticators within it included. Reports nothing.

use super::{CNAME, CREALM, ERROR, ETYPE, MSG_TYPE, OFFERED, PVNO, REALM, SNAME, wire};
use crate::anomaly::AnomalyKind;
use crate::ber::{Tlv, each};
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Severity;
use weir_model::{Field, Value};

/// Messages within messages that are read: a request has a ticket's in it, and that may be armoured once more.
const NESTED: u8 = 3;

/// A field that RFC 4120 does not have in its sequence.
pub(super) static BEYOND: AnomalyKind = AnomalyKind {
    id: "ber.error.sequence.beyond",
    says: "BER Error: This field lies beyond the end of the known sequence definition.",
    severity: Severity::Warn,
    group: "Malformed",
};

/// The number of the last field that a message has, by the message's own (RFC 4120 section 5).
fn last(message: u8) -> Option<u8> {
    match message {
        10 | 12 | 14 => Some(4),
        11 | 13 => Some(6),
        15 => Some(2),
        20..=22 => Some(3),
        30 => Some(12),
        _ => None,
    }
}

/// Kinds of pre-authentication data (RFC 4120 section 7.5.2) whose content is read.
mod padata {
    pub(super) const TGS_REQ: u64 = 1;
    pub(super) const ENC_TIMESTAMP: u64 = 2;
    pub(super) const ETYPE_INFO: u64 = 11;
    pub(super) const ETYPE_INFO2: u64 = 19;
    pub(super) const FAST: u64 = 136;
    pub(super) const ENCRYPTED_CHALLENGE: u64 = 138;
}

/// A message: a sequence behind an application's tag.
pub(super) fn message(ctx: &mut Ctx<'_>, data: Data<'_>) {
    pdu(ctx, data, NESTED);
}

fn pdu(ctx: &mut Ctx<'_>, data: Data<'_>, depth: u8) {
    let Some(outer) = Tlv::read(data) else {
        return;
    };
    let Some(body) = outer.only().filter(|b| b.tag == 0x30) else {
        return;
    };
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let tag = outer.tag & 0x1f;
    // A request says version and type one place later than all others.
    let shift = if matches!(tag, 10 | 12) { 1 } else { 0 };
    for part in body.inner() {
        if part.tag & 0xe0 == 0xa0 && last(tag).is_some_and(|n| part.tag & 0x1f > n) {
            ctx.remark(&BEYOND, format_args!("{}", BEYOND.says));
            break;
        }
        let Some(value) = part.only() else {
            continue;
        };
        match (tag, part.tag & 0x1f) {
            (_, n) if n == shift => number(ctx, &PVNO, &value),
            (_, n) if n == shift + 1 => number(ctx, &MSG_TYPE, &value),
            (10 | 12, 3) => padata_list(ctx, value.body, depth),
            (10 | 12, 4) => request(ctx, &value),
            (11 | 13, 2) => padata_list(ctx, value.body, depth),
            (11 | 13, 3) => text(ctx, &CREALM, &value),
            (11 | 13, 4) => name(ctx, &CNAME, &value),
            (11 | 13, 5) | (14, 3) => ticket(ctx, &value),
            (11 | 13, 6) | (14, 4) | (15, 2) | (21 | 22, 3) => encrypted(ctx, &value),
            (22, 2) => value.inner().for_each(|t| ticket(ctx, &t)),
            (30, 6) => signed(ctx, &ERROR, &value),
            (30, 7) => text(ctx, &CREALM, &value),
            (30, 8) => name(ctx, &CNAME, &value),
            (30, 9) => text(ctx, &REALM, &value),
            (30, 10) => name(ctx, &SNAME, &value),
            // What the error is about: mostly which pre-authentication is wanted.
            (30, 12) => {
                if let Some(list) = Tlv::read(value.body).filter(|l| l.tag == 0x30) {
                    padata_list(ctx, list.body, depth);
                }
            }
            _ => {}
        }
    }
}

/// KDC-REQ-BODY.
fn request(ctx: &mut Ctx<'_>, body: &Tlv<'_>) {
    for part in body.inner() {
        let Some(value) = part.only() else {
            continue;
        };
        match part.tag & 0x1f {
            1 => name(ctx, &CNAME, &value),
            2 => text(ctx, &REALM, &value),
            3 => name(ctx, &SNAME, &value),
            8 => value.inner().for_each(|t| signed(ctx, &OFFERED, &t)),
            10 => encrypted(ctx, &value),
            11 => value.inner().for_each(|t| ticket(ctx, &t)),
            _ => {}
        }
    }
}

/// Ticket: behind an application's tag.
fn ticket(ctx: &mut Ctx<'_>, outer: &Tlv<'_>) {
    let Some(body) = outer.only().filter(|b| b.tag == 0x30) else {
        return;
    };
    for part in body.inner() {
        let Some(value) = part.only() else {
            continue;
        };
        match part.tag & 0x1f {
            1 => text(ctx, &REALM, &value),
            2 => name(ctx, &SNAME, &value),
            3 => encrypted(ctx, &value),
            _ => {}
        }
    }
}

/// EncryptedData: which cipher.
fn encrypted(ctx: &mut Ctx<'_>, value: &Tlv<'_>) {
    if let Some(kind) = value.find(0xa0).and_then(|k| k.only()) {
        signed(ctx, &ETYPE, &kind);
    }
}

fn padata_list(ctx: &mut Ctx<'_>, list: Data<'_>, depth: u8) {
    for item in each(list).filter(|i| i.tag == 0x30) {
        let kind = item.find(0xa1).and_then(|k| k.only());
        let value = item.find(0xa2).and_then(|v| v.only());
        let (Some(kind), Some(value)) = (kind.and_then(|k| k.number()), value) else {
            continue;
        };
        let inner = Tlv::read(value.body);
        match (kind, inner) {
            (padata::TGS_REQ, _) => pdu(ctx, value.body, depth),
            (padata::ENC_TIMESTAMP | padata::ENCRYPTED_CHALLENGE, Some(data)) => {
                encrypted(ctx, &data);
            }
            (padata::ETYPE_INFO | padata::ETYPE_INFO2, Some(list)) => {
                for entry in list.inner() {
                    encrypted(ctx, &entry);
                }
            }
            (padata::FAST, Some(choice)) => fast(ctx, &choice, depth),
            _ => {}
        }
    }
}

/// PA-FX-FAST-REQUEST and -REPLY (RFC 6113 section 5.4): the ticket that protects them, and the cipher.
fn fast(ctx: &mut Ctx<'_>, choice: &Tlv<'_>, depth: u8) {
    let Some(body) = choice.only() else {
        return;
    };
    for part in body.inner() {
        let Some(value) = part.only() else {
            continue;
        };
        match part.tag & 0x1f {
            // The armour of a request, the data of a reply.
            0 => match value.find(0xa1).and_then(|v| v.only()) {
                Some(armour) if armour.tag == 4 => pdu(ctx, armour.body, depth),
                _ => encrypted(ctx, &value),
            },
            2 => encrypted(ctx, &value),
            _ => {}
        }
    }
}

/// The parts of a name (section 5.2.2).
fn name(ctx: &mut Ctx<'_>, field: &'static Field, value: &Tlv<'_>) {
    for part in wire::parts(value) {
        text(ctx, field, &part);
    }
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, t: &Tlv<'_>) {
    ctx.field(field, Value::Text(&t.text()), t.body.all());
}

fn number(ctx: &mut Ctx<'_>, field: &'static Field, t: &Tlv<'_>) {
    ctx.field(field, Value::Uint(t.number().unwrap_or(0)), t.body.all());
}

fn signed(ctx: &mut Ctx<'_>, field: &'static Field, t: &Tlv<'_>) {
    ctx.field(field, Value::Int(wire::signed(*t)), t.body.all());
}
