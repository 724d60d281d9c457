//! Payloads as fields. Knows nothing of rows.

use super::fields as f;
use super::vendors::{self, Extra};
use super::wire::{Payload, attributes, payloads, proposals, transforms};
use crate::context::Ctx;
use crate::data::Data;
use crate::shown::shown;
use weir_model::{Field, Kind, Value};

fn none(ctx: &mut Ctx<'_>, field: &'static Field, part: Data<'_>) {
    if !part.is_empty() {
        ctx.field(field, Value::None, part.all());
    }
}

fn rest(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>, from: usize) {
    ctx.bytes(field, data, from, data.len());
}

/// What stands at the beginning of `data`, as the field's kind has it.
fn value(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    match field.kind {
        Kind::Ipv4 => {
            if let Some(a) = data.array::<4>(0) {
                ctx.field(field, Value::Ipv4(a.into()), data.range(0, 4));
            }
        }
        Kind::Ipv6 => {
            if let Some(a) = data.array::<16>(0) {
                ctx.field(field, Value::Ipv6(a.into()), data.range(0, 16));
            }
        }
        Kind::Text => ctx.field(field, Value::Text(&shown(data.bytes)), data.all()),
        Kind::Bytes => rest(ctx, field, data, 0),
        _ => ctx.number(field, data, 0, data.len()),
    }
}

pub(super) fn list(ctx: &mut Ctx<'_>, v1: bool, kind: u8, data: Data<'_>) {
    payloads(data, kind).for_each(|p| payload(ctx, v1, &p));
}

fn head(ctx: &mut Ctx<'_>, v1: bool, p: &Payload<'_>) {
    // Proposals and transforms have no critical bit.
    let v1 = v1 || matches!(p.kind, 2 | 3);
    ctx.open(&f::PAYLOAD, Value::Uint(p.kind.into()), p.whole.all());
    ctx.number(&f::NEXT, p.whole, 0, 1);
    if v1 {
        ctx.bytes(&f::RESERVED, p.whole, 1, 2);
    } else {
        ctx.flag(&f::CRITICAL, p.whole, 1, 1, 0x80);
        ctx.bits(&f::RESERVED7, p.whole, 1, 1, 0x7f);
    }
    ctx.number(&f::PAYLOAD_LENGTH, p.whole, 2, 2);
}

fn payload(ctx: &mut Ctx<'_>, v1: bool, p: &Payload<'_>) {
    head(ctx, v1, p);
    let body = p.body;
    match (p.kind, v1) {
        (1, true) | (33, false) => association(ctx, v1, body),
        (2, _) => proposal(ctx, v1, body),
        (4, true) => rest(ctx, &f::KEY, body, 0),
        (34, false) => {
            ctx.number(&f::GROUP, body, 0, 2);
            ctx.bytes(&f::RESERVED, body, 2, 4);
            rest(ctx, &f::KEY, body, 4);
        }
        (5, true) | (35 | 36, false) => identity(ctx, v1, body),
        (6, true) | (37, false) => certificate(ctx, body),
        (7, true) | (38, false) => {
            ctx.number(&f::CERTREQ, body, 0, 1);
            if v1 {
                rest(ctx, &f::AUTHORITY, body, 1);
            } else {
                // Hashes of public keys (RFC 7296 section 3.7).
                for at in (1..body.len()).step_by(20) {
                    ctx.bytes(&f::AUTHORITY, body, at, at + 20);
                }
            }
        }
        (8, true) => rest(ctx, &f::HASH, body, 0),
        (9, true) => rest(ctx, &f::SIGNATURE, body, 0),
        (10, true) | (40, false) => rest(ctx, &f::NONCE, body, 0),
        (39, false) => {
            ctx.number(&f::AUTH_METHOD, body, 0, 1);
            ctx.bytes(&f::RESERVED, body, 1, 4);
            rest(ctx, &f::AUTH, body, 4);
        }
        (11, true) | (41, false) => notify(ctx, v1, body),
        (12, true) | (42, false) => delete(ctx, v1, body),
        (13, true) | (43, false) => vendor(ctx, body),
        (20, true) => rest(ctx, &f::NAT_HASH, body, 0),
        (21, true) => {
            ctx.number(&f::ID_TYPE, body, 0, 1);
            ctx.bytes(&f::RESERVED, body, 1, 4);
            match body.u8(0) {
                Some(1) => value(ctx, &f::NAT_IPV4, body.rest(4)),
                Some(5) => value(ctx, &f::NAT_IPV6, body.rest(4)),
                _ => {}
            }
        }
        (46, false) => {
            ctx.bytes(&f::IV, body, 0, 4);
            none(ctx, &f::SEALED, body.rest(4));
        }
        (53, false) => {
            ctx.number(&f::FRAGMENT, body, 0, 2);
            ctx.number(&f::FRAGMENTS, body, 2, 2);
        }
        (132, true) => {
            ctx.number(&f::CISCO_ID, body, 0, 2);
            ctx.number(&f::CISCO_SEQ, body, 2, 1);
            ctx.number(&f::CISCO_LAST, body, 3, 1);
        }
        _ => rest(ctx, &f::DATA, body, 0),
    }
    ctx.close();
}

fn association(ctx: &mut Ctx<'_>, v1: bool, body: Data<'_>) {
    if v1 {
        ctx.number(&f::DOI, body, 0, 4);
        let situation = body.sub(4, 8);
        if let Some(n) = situation.array::<4>(0).filter(|_| body.u32(0) == Some(1)) {
            ctx.open(&f::SITUATION, Value::Bytes(&n), situation.all());
            ctx.flag(&f::IDENTITY_ONLY, situation, 0, 4, 1);
            ctx.flag(&f::SECRECY, situation, 0, 4, 2);
            ctx.flag(&f::INTEGRITY, situation, 0, 4, 4);
            ctx.close();
        } else {
            rest(ctx, &f::SITUATION, body, 4);
        }
    }
    if let Some(list_of) = proposals(v1, body) {
        list(ctx, v1, 2, list_of);
    }
}

fn proposal(ctx: &mut Ctx<'_>, v1: bool, body: Data<'_>) {
    ctx.number(&f::PROPOSAL, body, 0, 1);
    ctx.number(&f::PROTOCOL_ID, body, 1, 1);
    ctx.number(&f::SPI_SIZE, body, 2, 1);
    ctx.number(&f::TRANSFORMS, body, 3, 1);
    let spi = body.u8(2).map_or(0, usize::from);
    ctx.bytes(&f::SPI, body, 4, 4 + spi);
    let of_ike = body.u8(1) == Some(1);
    for t in transforms(body) {
        head(ctx, v1, &t);
        if v1 {
            ctx.number(&f::TRANSFORM, t.body, 0, 1);
            ctx.number(&f::TRANSFORM_ID, t.body, 1, 1);
            ctx.bytes(&f::RESERVED, t.body, 2, 4);
        } else {
            ctx.number(&f::TF_TYPE, t.body, 0, 1);
            ctx.bytes(&f::RESERVED, t.body, 1, 2);
            let id = transform_id(t.body);
            ctx.number(id, t.body, 2, 2);
        }
        let family = match (v1, of_ike) {
            (false, _) => &f::IKE2,
            (true, true) => &f::IKE,
            (true, false) => &f::IPSEC,
        };
        attribute_list(ctx, family, t.body.rest(4));
        ctx.close();
    }
}

/// The field of a transform's id, by its type (RFC 7296 section 3.3.2).
pub(super) fn transform_id(body: Data<'_>) -> &'static Field {
    match body.u8(0) {
        Some(1) => &f::TF_CIPHER,
        Some(2) => &f::TF_PRF,
        Some(3) => &f::TF_INTEGRITY,
        Some(4) => &f::TF_GROUP,
        Some(5) => &f::TF_ESN,
        _ => &f::TF_ID,
    }
}

fn attribute_list(ctx: &mut Ctx<'_>, family: &f::Attributes, data: Data<'_>) {
    let [item, format, kind, len, bytes] = family.parts;
    for a in attributes(data) {
        ctx.open(item, Value::None, a.whole.all());
        ctx.flag(format, a.whole, 0, 2, 0x8000);
        ctx.bits(kind, a.whole, 0, 2, 0x7fff);
        if !a.short {
            ctx.number(len, a.whole, 2, 2);
        }
        rest(ctx, bytes, a.value, 0);
        let known = family.known.iter().find(|(n, _)| *n == a.kind);
        if let Some((_, field)) = known.filter(|_| a.value.len() <= 4) {
            value(ctx, field, a.value);
        }
        ctx.close();
    }
}

fn identity(ctx: &mut Ctx<'_>, v1: bool, body: Data<'_>) {
    ctx.number(&f::ID_TYPE, body, 0, 1);
    if v1 {
        ctx.number(&f::ID_PROTOCOL, body, 1, 1);
        ctx.number(&f::ID_PORT, body, 2, 2);
    } else {
        ctx.bytes(&f::RESERVED, body, 1, 4);
    }
    let data = body.rest(4);
    if data.is_empty() {
        return;
    }
    ctx.open(&f::ID_DATA, Value::None, data.all());
    let (first, second): (&'static Field, Option<&'static Field>) = match body.u8(0) {
        Some(1) => (&f::ID_IPV4, None),
        Some(2) => (&f::ID_FQDN, None),
        Some(3) => (&f::ID_USER, None),
        Some(4) => (&f::ID_IPV4, Some(&f::ID_IPV4_SUBNET)),
        Some(5) => (&f::ID_IPV6, None),
        Some(6) => (&f::ID_IPV6, Some(&f::ID_IPV6_SUBNET)),
        Some(7) => (&f::ID_IPV4_START, Some(&f::ID_IPV4_END)),
        Some(8) => (&f::ID_IPV6_START, Some(&f::ID_IPV6_END)),
        Some(11) => (&f::ID_KEY, None),
        _ => return ctx.close(),
    };
    value(ctx, first, data);
    if let Some(second) = second {
        value(ctx, second, data.rest(data.len() / 2));
    }
    ctx.close();
}

fn certificate(ctx: &mut Ctx<'_>, body: Data<'_>) {
    ctx.number(&f::CERT_ENCODING, body, 0, 1);
    if body.u8(0) == Some(12) {
        ctx.bytes(&f::CERT_HASH, body, 1, 21);
        value(ctx, &f::CERT_URL, body.rest(21));
    } else {
        none(ctx, &f::CERT, body.rest(1));
    }
}

fn notify(ctx: &mut Ctx<'_>, v1: bool, body: Data<'_>) {
    if v1 {
        ctx.number(&f::NOTIFY_DOI, body, 0, 4);
    }
    let b = body.rest(if v1 { 4 } else { 0 });
    ctx.number(&f::NOTIFY_PROTOCOL, b, 0, 1);
    ctx.number(&f::SPI_SIZE, b, 1, 1);
    ctx.number(&f::NOTICE, b, 2, 2);
    let spi = b.u8(1).map_or(0, usize::from);
    ctx.bytes(&f::SPI, b, 4, 4 + spi);
    let data = b.rest(4 + spi);
    if data.is_empty() {
        return;
    }
    rest(ctx, &f::NOTIFY_DATA, data, 0);
    match (v1, b.u16(2)) {
        (false, Some(17)) => ctx.number(&f::ACCEPTED_GROUP, data, 0, 2),
        (false, Some(16431)) => {
            for n in 0..data.len() / 2 {
                ctx.number(&f::SIGNATURE_HASH, data, n * 2, 2);
            }
        }
        (true, Some(36136)) => ctx.number(&f::R_U_THERE, data, 0, data.len()),
        (true, Some(36137)) => ctx.number(&f::R_U_THERE_ACK, data, 0, data.len()),
        _ => {}
    }
}

fn delete(ctx: &mut Ctx<'_>, v1: bool, body: Data<'_>) {
    if v1 {
        ctx.number(&f::DELETE_DOI, body, 0, 4);
    }
    let b = body.rest(if v1 { 4 } else { 0 });
    ctx.number(&f::DELETE_PROTOCOL, b, 0, 1);
    ctx.number(&f::SPI_SIZE, b, 1, 1);
    ctx.number(&f::SPI_COUNT, b, 2, 2);
    let size = b.u8(1).map_or(0, usize::from);
    let many = b.u16(2).map_or(0, usize::from);
    let spis = b.rest(4);
    if size > 0 {
        for at in (0..spis.len()).step_by(size).take(many) {
            ctx.bytes(&f::DELETE_SPI, spis, at, at + size);
        }
    }
}

fn vendor(ctx: &mut Ctx<'_>, body: Data<'_>) {
    rest(ctx, &f::VENDOR, body, 0);
    let known = vendors::of(body.bytes);
    let name = known.map_or("Unknown Vendor ID", |v| v.name);
    ctx.field(&f::VENDOR_NAME, Value::Text(name), body.all());
    let tail = body.rest(known.map_or(usize::MAX, |v| v.id.len()));
    match known.and_then(|v| v.extra) {
        Some(Extra::Unity) => {
            ctx.number(&f::UNITY_MAJOR, tail, 0, 1);
            ctx.number(&f::UNITY_MINOR, tail, 1, 1);
        }
        Some(Extra::Fortigate) => {
            ctx.number(&f::FORTIGATE_RELEASE, tail, 0, 2);
            ctx.number(&f::FORTIGATE_BUILD, tail, 2, 2);
        }
        Some(Extra::Microsoft) => ctx.number(&f::MS_VERSION, tail, 0, 4),
        None => {}
    }
}
