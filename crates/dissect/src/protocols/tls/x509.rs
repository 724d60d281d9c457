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
/// Where a company is registered, of extended validation: locality 1, state 2, country 3 of 1.3.6.1.4.1.311.60.2.1.
const REGISTERED: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x3c, 2, 1];
/// Which key signed it (section 4.2.1.1): 2.5.29.35.
const AUTHORITY_KEY: &[u8] = &[0x55, 0x1d, 35];

/// Where what was revoked is published (section 4.2.1.13): 2.5.29.31.
const REVOCATION_POINTS: &[u8] = &[0x55, 0x1d, 31];

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
        let registered = kind.body.bytes.strip_prefix(REGISTERED);
        let any = matches!(kind.body.bytes, [0x55, 4, n] if STRINGS.contains(n))
            || matches!(registered, Some([1 | 2]));
        let field: Option<&'static Field> = match (kind.body.bytes, value.tag) {
            ([0x55, 4, 6], _) => Some(&f::X509_COUNTRY),
            _ if matches!(registered, Some([3])) => Some(&f::X509_COUNTRY),
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
    if kind != OTHER_NAMES && kind != AUTHORITY_KEY && kind != REVOCATION_POINTS {
        return;
    }
    let Some(value) = parts.find(|p| p.tag == 4) else {
        return;
    };
    let Some(content) = Tlv::read(value.body) else {
        return;
    };
    if kind == REVOCATION_POINTS {
        // Each point's full name, in its name, in itself.
        let points = content.inner();
        let names = points.filter_map(|p| p.find(0xa0)?.find(0xa0));
        return names.for_each(|n| general_names(ctx, n.body));
    }
    // The issuer's names stand within, the subject's are all there is.
    let names = if kind == AUTHORITY_KEY {
        content.find(0xa1)
    } else {
        Some(content)
    };
    if let Some(names) = names {
        general_names(ctx, names.body);
    }
}

/// Names of any kind (RFC 5280 section 4.2.1.6): of DNS, and those with attributes.
fn general_names(ctx: &mut Ctx<'_>, names: Data<'_>) {
    for other in each(names) {
        match other.tag {
            0x82 => ctx.field(&f::X509_DNS, Value::Text(&other.text()), other.body.all()),
            0xa4 => other.inner().for_each(|n| name(ctx, &n)),
            _ => {}
        }
    }
}

/// The status of a certificate (RFC 6066 section 8): one byte for the kind, three for the length, an answer of OCSP.
pub(super) fn status(ctx: &mut Ctx<'_>, body: Data<'_>) {
    ocsp(ctx, body.rest(4));
}

/// What a server asks for a certificate from (RFC 5246 section 7.4.4): kinds, from TLS 1.2 on algorithms, names of
/// authorities. The last list ends with the message, which tells whether there is one between.
pub(super) fn authorities(ctx: &mut Ctx<'_>, body: Data<'_>) {
    let list = |at: usize| {
        let len = usize::from(body.u16(at)?);
        Some((at + 2, at + 2 + len))
    };
    let Some(kinds) = body.u8(0) else {
        return;
    };
    let whole = |l: &(usize, usize)| l.1 == body.len();
    let first = list(1 + usize::from(kinds));
    let names = first
        .filter(whole)
        .or_else(|| first.and_then(|l| list(l.1)).filter(whole));
    let Some((mut at, end)) = names else {
        return;
    };
    while let Some((from, to)) = list(at).filter(|l| l.1 <= end) {
        if let Some(sequence) = Tlv::read(body.sub(from, to)) {
            name(ctx, &sequence);
        }
        at = to;
    }
}

/// A list of revoked certificates (RFC 5280 section 5.1): who signed it and from when to when it holds, then what was
/// revoked when, and which key signed.
pub(crate) fn revoked(ctx: &mut Ctx<'_>, der: Data<'_>) {
    let Some(signed) = Tlv::read(der).and_then(|c| c.only()) else {
        return;
    };
    let mut parts = signed.inner().peekable();
    parts.next_if(|p| p.tag == 2);
    parts.next();
    if let Some(issuer) = parts.next() {
        name(ctx, &issuer);
    }
    for part in parts {
        match part.tag {
            0x30 => part
                .inner()
                .filter_map(|entry| entry.inner().nth(1))
                .for_each(|t| time(ctx, &t)),
            0xa0 => {
                if let Some(list) = part.only() {
                    list.inner().for_each(|e| extension(ctx, &e));
                }
            }
            _ => time(ctx, &part),
        }
    }
}

/// An answer of OCSP (RFC 6960 section 4.2.1): who signed it, and with which certificates.
pub(crate) fn ocsp(ctx: &mut Ctx<'_>, answer: Data<'_>) {
    // How it went; then the answer's kind, and it again as a string.
    let response = Tlv::read(answer).and_then(|r| r.find(0xa0));
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
