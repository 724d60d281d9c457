//! The fields of a certificate (RFC 5280 section 4.1) in the order of its bytes. Checks no signature.

use super::fields as f;
use crate::ber::{Tlv, each};
use crate::context::Ctx;
use crate::data::Data;
use weir_model::{Field, Value};

/// Attributes of a name whose value is a string of any kind (X.520): common name, surname, locality, state, street,
/// organisation and its unit, title, description, business category, postal code, given name, initials and others.
const STRINGS: &[u8] = &[
    3, 4, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 41, 42, 43, 44, 51, 54, 65, 97,
];
/// The subject's other names (section 4.2.1.6), as an object identifier: 2.5.29.17.
const OTHER_NAMES: &[u8] = &[0x55, 0x1d, 17];
/// Which key signed it (section 4.2.1.1): 2.5.29.35.
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 35];

/// A certificate in DER.
pub(super) fn describe(ctx: &mut Ctx<'_>, der: Data<'_>) {
    let Some(signed) = Tlv::read(der).and_then(|c| c.only()) else {
        return;
    };
    // Version, serial number, algorithm, issuer, validity, subject, key, extensions.
    let mut parts = signed.inner().peekable();
    parts.next_if(|p| p.tag == 0xa0);
    if let Some(serial) = parts.next_if(|p| p.tag == 2) {
        ctx.field(
            &f::X509_SERIAL,
            Value::Bytes(serial.body.bytes),
            serial.body.all(),
        );
    }
    parts.next();
    if let Some(issuer) = parts.next() {
        name(ctx, &issuer);
    }
    if let Some(validity) = parts.next() {
        validity.inner().for_each(|t| time(ctx, &t));
    }
    if let Some(subject) = parts.next() {
        name(ctx, &subject);
    }
    for list in parts.filter(|p| p.tag == 0xa3).filter_map(|p| p.only()) {
        list.inner().for_each(|e| extension(ctx, &e));
    }
}

/// RDNSequence: sets of attributes.
fn name(ctx: &mut Ctx<'_>, sequence: &Tlv<'_>) {
    for attribute in sequence.inner().flat_map(|set| set.inner()) {
        let mut parts = attribute.inner();
        let (Some(kind), Some(value)) = (parts.next(), parts.next()) else {
            continue;
        };
        let any = matches!(kind.body.bytes, [0x55, 4, n] if STRINGS.contains(n));
        let field: Option<&'static Field> = match (kind.body.bytes, value.tag) {
            ([0x55, 4, 6], _) => Some(&f::X509_COUNTRY),
            (_, 0x0c) if any => Some(&f::X509_UTF8),
            (_, 0x13) if any => Some(&f::X509_PRINTABLE),
            (_, 0x14) if any => Some(&f::X509_TELETEX),
            _ => None,
        };
        if let Some(field) = field {
            ctx.field(field, Value::Text(&value.text()), value.body.all());
        }
    }
}

/// `160115231138Z` as `2016-01-15 23:11:38 (UTC)`, as Wireshark writes it.
fn time(ctx: &mut Ctx<'_>, t: &Tlv<'_>) {
    if t.tag != 0x17 {
        return;
    }
    let text = t.text();
    let two = |n: usize| {
        let part = text.get(n * 2..n * 2 + 2)?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(part)
    };
    let (Some(year), Some(month), Some(day)) = (two(0), two(1), two(2)) else {
        return;
    };
    // RFC 5280 section 4.1.2.5.1: from 50 on it is the last century.
    let century = if year < "50" { "20" } else { "19" };
    let (Some(hour), Some(minute)) = (two(3), two(4)) else {
        return;
    };
    let second = two(5).unwrap_or("00");
    let text = format!("{century}{year}-{month}-{day} {hour}:{minute}:{second} (UTC)");
    ctx.field(&f::X509_UTC_TIME, Value::Text(&text), t.body.all());
}

fn extension(ctx: &mut Ctx<'_>, extension: &Tlv<'_>) {
    let mut parts = extension.inner();
    let Some(kind) = parts.next().map(|k| k.body.bytes) else {
        return;
    };
    if kind != OTHER_NAMES && kind != AUTHORITY_KEY {
        return;
    }
    let Some(value) = parts.find(|p| p.tag == 4) else {
        return;
    };
    let Some(content) = Tlv::read(value.body) else {
        return;
    };
    // The issuer's names stand within, the subject's are all there is.
    let names = if kind == AUTHORITY_KEY {
        content.find(0xa1)
    } else {
        Some(content)
    };
    let Some(names) = names else {
        return;
    };
    for other in each(names.body) {
        match other.tag {
            0x82 => ctx.field(&f::X509_DNS, Value::Text(&other.text()), other.body.all()),
            0xa4 => other.inner().for_each(|n| name(ctx, &n)),
            _ => {}
        }
    }
}

/// The status of a certificate (RFC 6066 section 8): an answer of OCSP (RFC 6960) with who signed it.
pub(super) fn status(ctx: &mut Ctx<'_>, body: Data<'_>) {
    // One byte for the kind, three for the length; then the answer, its kind, and it again as a string.
    let response = Tlv::read(body.rest(4)).and_then(|r| r.find(0xa0));
    let bytes = response.and_then(|r| r.only()).and_then(|r| r.find(4));
    let Some(basic) = bytes.and_then(|b| b.only()) else {
        return;
    };
    if let Some(responder) = basic.only().and_then(|d| d.find(0xa1)) {
        responder.inner().for_each(|n| name(ctx, &n));
    }
    if let Some(list) = basic.find(0xa0).and_then(|c| c.only()) {
        let mut at = 0;
        while let Some(certificate) = Tlv::read(list.body.rest(at)) {
            let end = at + certificate.head + certificate.body.len();
            describe(ctx, list.body.sub(at, end));
            if end == at {
                return;
            }
            at = end;
        }
    }
}
