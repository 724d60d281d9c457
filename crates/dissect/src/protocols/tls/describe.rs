//! Fields of TLS records and clear handshake messages, in Wireshark's order. Reports nothing.

use super::fields as f;
use super::fingerprint;
use super::opened as o;
use super::parameters;
use super::wire::{self, Extension, Hello, Record};
use super::x509;
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Severity;
use weir_model::{ByteRange, Cursor, Short, Value};

/// Opens the record; whoever calls closes it. `inside`: its type as it was sealed, where it was opened.
pub(super) fn record(
    ctx: &mut Ctx<'_>,
    record: Record,
    tls13: bool,
    inside: Option<u8>,
    data: Data<'_>,
) {
    ctx.open(&f::RECORD, Value::None, data.all());
    // The real type of what TLS 1.3 encrypts is inside.
    let opaque = tls13 && record.kind == wire::APPLICATION_DATA;
    let kind = if opaque {
        &f::RECORD_OPAQUE_TYPE
    } else {
        &f::RECORD_CONTENT_TYPE
    };
    ctx.field(kind, Value::Uint(u64::from(record.kind)), data.range(0, 1));
    ctx.field(
        &f::RECORD_VERSION,
        Value::Uint(u64::from(record.version)),
        data.range(1, 3),
    );
    ctx.field(
        &f::RECORD_LENGTH,
        Value::Uint(record.len as u64),
        data.range(3, 5),
    );
    if let Some(kind) = inside.filter(|_| opaque) {
        ctx.computed(&f::RECORD_CONTENT_TYPE, Value::Uint(u64::from(kind)));
    }
}

pub(super) fn change_cipher_spec(ctx: &mut Ctx<'_>, body: Data<'_>) {
    ctx.info(format_args!("Change Cipher Spec"));
    ctx.field(&f::CHANGE_CIPHER_SPEC, Value::None, body.all());
}

/// `reader`: the protocol that reads it, where that is known.
pub(super) fn application_data(ctx: &mut Ctx<'_>, reader: Option<&str>, body: Data<'_>) {
    ctx.info(format_args!("Application Data"));
    ctx.field(&f::APP_DATA, Value::Bytes(body.bytes), body.all());
    if let Some(title) = reader {
        ctx.computed(&o::APP_DATA_PROTO, Value::Text(title));
    }
}

pub(super) fn alert(ctx: &mut Ctx<'_>, encrypted: bool, body: Data<'_>) {
    ctx.open(&f::ALERT_MESSAGE, Value::None, body.all());
    match body.bytes {
        [level, what] if !encrypted => {
            let word = f::ALERT_MESSAGE_DESC
                .word(u64::from(*what))
                .unwrap_or("Unknown");
            ctx.info(format_args!("Alert: {word}"));
            ctx.field(
                &f::ALERT_MESSAGE_LEVEL,
                Value::Uint(u64::from(*level)),
                body.range(0, 1),
            );
            ctx.field(
                &f::ALERT_MESSAGE_DESC,
                Value::Uint(u64::from(*what)),
                body.range(1, 2),
            );
        }
        _ => ctx.info(format_args!("Encrypted Alert")),
    }
    ctx.close();
}

pub(super) fn encrypted(ctx: &mut Ctx<'_>, body: Data<'_>) {
    ctx.info(format_args!("Encrypted Handshake Message"));
    ctx.field(&f::HANDSHAKE, Value::None, body.all());
}

/// A part of a message that goes on in another packet.
pub(super) fn fragment(ctx: &mut Ctx<'_>, body: Data<'_>) {
    ctx.field(&f::HANDSHAKE, Value::None, body.all());
}

/// Opens the message; whoever calls closes it. `less`: bytes of it that are not in `data`.
pub(super) fn message(ctx: &mut Ctx<'_>, kind: u8, data: Data<'_>, less: usize) {
    let word = f::HANDSHAKE_TYPE
        .word(u64::from(kind))
        .unwrap_or("Handshake message");
    ctx.info(format_args!("{word}"));
    ctx.open(&f::HANDSHAKE, Value::None, data.all());
    ctx.field(
        &f::HANDSHAKE_TYPE,
        Value::Uint(u64::from(kind)),
        data.range(0, 1),
    );
    let len = (data.len() + less).saturating_sub(4) as u64;
    ctx.field(&f::HANDSHAKE_LENGTH, Value::Uint(len), data.range(1, 4));
}

pub(super) fn hello(ctx: &mut Ctx<'_>, client: bool, hello: &Hello<'_>, body: Data<'_>) {
    ctx.field(
        &f::HANDSHAKE_VERSION,
        Value::Uint(u64::from(hello.version)),
        body.range(0, 2),
    );
    let range = body.range(2, 34);
    ctx.field(&f::HANDSHAKE_RANDOM, Value::Bytes(&hello.random), range);
    let len = hello.session.len();
    ctx.field(
        &f::HANDSHAKE_SESSION_ID_LENGTH,
        Value::Uint(len as u64),
        body.range(34, 35),
    );
    if len > 0 {
        ctx.field(
            &f::HANDSHAKE_SESSION_ID,
            Value::Bytes(hello.session),
            body.range(35, 35 + len),
        );
    }
    let (ciphers, at) = hello.ciphers;
    let one = |n: usize| body.range(at + n * 2, at + n * 2 + 2);
    if client {
        let len = Value::Uint(ciphers.len() as u64);
        ctx.field(
            &f::HANDSHAKE_CIPHER_SUITES_LENGTH,
            len,
            body.range(at.saturating_sub(2), at),
        );
        ctx.open(
            &f::HANDSHAKE_CIPHERSUITES,
            Value::None,
            body.range(at, at + ciphers.len()),
        );
    }
    for (n, cipher) in wire::pairs(ciphers).enumerate() {
        ctx.field(
            &f::HANDSHAKE_CIPHERSUITE,
            Value::Uint(u64::from(cipher)),
            one(n),
        );
    }
    let (methods, at) = hello.compression;
    if client {
        ctx.close();
        let len = Value::Uint(methods.len() as u64);
        ctx.field(
            &f::HANDSHAKE_COMP_METHODS_LENGTH,
            len,
            body.range(at.saturating_sub(1), at),
        );
        ctx.open(
            &f::HANDSHAKE_COMP_METHODS,
            Value::None,
            body.range(at, at + methods.len()),
        );
    }
    for (n, method) in methods.iter().enumerate() {
        let range = body.range(at + n, at + n + 1);
        ctx.field(
            &f::HANDSHAKE_COMP_METHOD,
            Value::Uint(u64::from(*method)),
            range,
        );
    }
    if client {
        ctx.close();
    }
    if let Some(at) = hello.extensions_at {
        let len: usize = hello.extensions.iter().map(|e| e.data.len() + 4).sum();
        ctx.field(
            &f::HANDSHAKE_EXTENSIONS_LENGTH,
            Value::Uint(len as u64),
            body.range(at, at + 2),
        );
    }
    for e in &hello.extensions {
        // An extension that ends too early is shown as far as it goes.
        let _ = extension(ctx, client, e, body);
    }
    let none = ByteRange::GENERATED;
    if client {
        let full = fingerprint::ja3_full(hello);
        ctx.field(&f::HANDSHAKE_JA3_FULL, Value::Text(&full), none);
        ctx.field(
            &f::HANDSHAKE_JA3,
            Value::Text(&fingerprint::md5(&full)),
            none,
        );
        ctx.field(
            &f::HANDSHAKE_JA4,
            Value::Text(&fingerprint::ja4(hello)),
            none,
        );
    } else {
        let full = fingerprint::ja3s_full(hello);
        ctx.field(&f::HANDSHAKE_JA3S_FULL, Value::Text(&full), none);
        ctx.field(
            &f::HANDSHAKE_JA3S,
            Value::Text(&fingerprint::md5(&full)),
            none,
        );
    }
}

/// A list that an extension is has no room for its own length.
pub(super) static NO_ROOM: AnomalyKind = AnomalyKind {
    id: "tls.malformed.vector_length",
    says: "No more room for vector of length",
    severity: Severity::Error,
    group: "Malformed",
};

/// Bytes of the length with which an extension begins that is one list (RFC 8446 section 4.2, RFC 7301 section 3.1,
/// RFC 8879 section 3, RFC 8422 section 5.1).
fn leads(kind: u16, client: bool) -> Option<usize> {
    match kind {
        wire::POINT_FORMATS | 27 | 45 => Some(1),
        wire::VERSIONS if client => Some(1),
        wire::GROUPS | wire::SIGNATURES | wire::ALPN | 44 | 47 | 50 => Some(2),
        wire::KEY_SHARE | 41 if client => Some(2),
        _ => None,
    }
}

/// Remarks extensions that are too short for the length of their list.
pub(super) fn room(ctx: &mut Ctx<'_>, client: bool, list: &[Extension<'_>]) {
    for e in list {
        if let Some(n) = leads(e.kind, client).filter(|n| e.data.len() < *n) {
            ctx.remark(&NO_ROOM, format_args!("{} {n}", NO_ROOM.says));
        }
    }
}

fn extension(
    ctx: &mut Ctx<'_>,
    client: bool,
    e: &Extension<'_>,
    body: Data<'_>,
) -> Result<(), Short> {
    let at = e.at;
    ctx.field(
        &f::HANDSHAKE_EXTENSION_TYPE,
        Value::Uint(u64::from(e.kind)),
        body.range(at, at + 2),
    );
    let len = Value::Uint(e.data.len() as u64);
    ctx.field(&f::HANDSHAKE_EXTENSION_LEN, len, body.range(at + 2, at + 4));
    let start = at + 4;
    let mut c = Cursor::new(e.data);
    let range = |from: usize, to: usize| body.range(start + from, start + to);
    match e.kind {
        wire::SERVER_NAME if !c.is_empty() => {
            let len = c.u16()?;
            ctx.field(
                &f::HANDSHAKE_EXTENSIONS_SERVER_NAME_LIST_LEN,
                Value::Uint(u64::from(len)),
                range(0, 2),
            );
            while !c.is_empty() {
                let at = c.pos();
                let kind = c.u8()?;
                let len = c.u16()?;
                let name = String::from_utf8_lossy(c.take(usize::from(len))?);
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_SERVER_NAME_TYPE,
                    Value::Uint(u64::from(kind)),
                    range(at, at + 1),
                );
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_SERVER_NAME_LEN,
                    Value::Uint(u64::from(len)),
                    range(at + 1, at + 3),
                );
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_SERVER_NAME,
                    Value::Text(&name),
                    range(at + 3, c.pos()),
                );
            }
        }
        wire::GROUPS => {
            let len = c.u16()?;
            ctx.field(
                &f::HANDSHAKE_EXTENSIONS_SUPPORTED_GROUPS_LENGTH,
                Value::Uint(u64::from(len)),
                range(0, 2),
            );
            ctx.open(
                &f::HANDSHAKE_EXTENSIONS_SUPPORTED_GROUPS,
                Value::None,
                range(2, e.data.len()),
            );
            for (n, group) in wire::pairs(c.rest()).enumerate() {
                let at = 2 + n * 2;
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_SUPPORTED_GROUP,
                    Value::Uint(u64::from(group)),
                    range(at, at + 2),
                );
            }
            ctx.close();
        }
        wire::POINT_FORMATS => {
            let len = c.u8()?;
            ctx.field(
                &f::HANDSHAKE_EXTENSIONS_EC_POINT_FORMATS_LENGTH,
                Value::Uint(u64::from(len)),
                range(0, 1),
            );
            ctx.open(
                &f::HANDSHAKE_EXTENSIONS_EC_POINT_FORMATS,
                Value::None,
                range(1, e.data.len()),
            );
            for (n, format) in c.rest().iter().enumerate() {
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_EC_POINT_FORMAT,
                    Value::Uint(u64::from(*format)),
                    range(n + 1, n + 2),
                );
            }
            ctx.close();
        }
        wire::SIGNATURES => {
            let len = c.u16()?;
            ctx.field(
                &f::HANDSHAKE_SIG_HASH_ALG_LEN,
                Value::Uint(u64::from(len)),
                range(0, 2),
            );
            ctx.open(
                &f::HANDSHAKE_SIG_HASH_ALGS,
                Value::None,
                range(2, e.data.len()),
            );
            for (n, algorithm) in wire::pairs(c.rest()).enumerate() {
                let at = 2 + n * 2;
                ctx.field(
                    &f::HANDSHAKE_SIG_HASH_ALG,
                    Value::Uint(u64::from(algorithm)),
                    range(at, at + 2),
                );
            }
            ctx.close();
        }
        wire::ALPN => {
            let len = c.u16()?;
            ctx.field(
                &f::HANDSHAKE_EXTENSIONS_ALPN_LEN,
                Value::Uint(u64::from(len)),
                range(0, 2),
            );
            ctx.open(
                &f::HANDSHAKE_EXTENSIONS_ALPN_LIST,
                Value::None,
                range(2, e.data.len()),
            );
            let done = protocols(ctx, &mut c, range);
            ctx.close();
            done?;
        }
        wire::VERSIONS => {
            if client {
                let len = c.u8()?;
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_SUPPORTED_VERSIONS_LEN,
                    Value::Uint(u64::from(len)),
                    range(0, 1),
                );
            }
            let from = c.pos();
            for (n, version) in wire::pairs(c.rest()).enumerate() {
                let at = from + n * 2;
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_SUPPORTED_VERSION,
                    Value::Uint(u64::from(version)),
                    range(at, at + 2),
                );
            }
        }
        wire::KEY_SHARE => {
            if client {
                c.u16()?;
            }
            while c.left() >= 2 {
                let at = c.pos();
                let group = c.u16()?;
                ctx.field(
                    &f::HANDSHAKE_EXTENSIONS_KEY_SHARE_GROUP,
                    Value::Uint(u64::from(group)),
                    range(at, at + 2),
                );
                if c.is_empty() {
                    break;
                }
                let len = usize::from(c.u16()?);
                c.skip(len)?;
            }
        }
        wire::QUIC_PARAMETERS | wire::QUIC_PARAMETERS_DRAFT => {
            return parameters::describe(ctx, body.sub(start, start + e.data.len()));
        }
        _ if !e.data.is_empty() => {
            ctx.field(
                &f::HANDSHAKE_EXTENSION_DATA,
                Value::Bytes(e.data),
                range(0, e.data.len()),
            );
        }
        _ => {}
    }
    Ok(())
}

fn protocols(
    ctx: &mut Ctx<'_>,
    c: &mut Cursor<'_>,
    range: impl Fn(usize, usize) -> ByteRange,
) -> Result<(), Short> {
    while !c.is_empty() {
        let at = c.pos();
        let len = c.u8()?;
        let name = String::from_utf8_lossy(c.take(usize::from(len))?);
        ctx.field(
            &f::HANDSHAKE_EXTENSIONS_ALPN_STR_LEN,
            Value::Uint(u64::from(len)),
            range(at, at + 1),
        );
        ctx.field(
            &f::HANDSHAKE_EXTENSIONS_ALPN_STR,
            Value::Text(&name),
            range(at + 1, c.pos()),
        );
    }
    Ok(())
}

/// The body of a message that is a list of extensions alone.
pub(super) fn extensions(ctx: &mut Ctx<'_>, list: &[Extension<'_>], body: Data<'_>) {
    ctx.number(&f::HANDSHAKE_EXTENSIONS_LENGTH, body, 0, 2);
    for e in list {
        let _ = extension(ctx, false, e, body);
    }
}

/// Messages of which nothing is needed to read on.
pub(super) fn rest(ctx: &mut Ctx<'_>, kind: u8, tls13: bool, body: Data<'_>) {
    match kind {
        wire::FINISHED => ctx.field(&o::VERIFY_DATA, Value::None, body.all()),
        wire::KEY_UPDATE => ctx.number(&o::KEY_UPDATE, body, 0, 1),
        wire::NEW_SESSION_TICKET if tls13 => {
            let _ = ticket13(ctx, body);
        }
        _ => {}
    }
}

/// RFC 8446 section 4.6.1.
fn ticket13(ctx: &mut Ctx<'_>, body: Data<'_>) -> Result<(), Short> {
    let mut c = Cursor::new(body.bytes);
    c.skip(8)?;
    ctx.number(&o::TICKET_LIFETIME, body, 0, 4);
    ctx.number(&o::TICKET_AGE_ADD, body, 4, 4);
    let len = usize::from(c.u8()?);
    c.skip(len)?;
    ctx.number(&o::TICKET_NONCE_LENGTH, body, 8, 1);
    ctx.bytes(&o::TICKET_NONCE, body, 9, 9 + len);
    let at = c.pos();
    let len = usize::from(c.u16()?);
    c.skip(len)?;
    ctx.number(&o::TICKET_LENGTH, body, at, 2);
    ctx.bytes(&o::TICKET, body, at + 2, at + 2 + len);
    let rest = body.rest(c.pos());
    let list = wire::extension_list(rest.bytes)?;
    extensions(ctx, &list, rest);
    Ok(())
}

pub(super) fn certificates(ctx: &mut Ctx<'_>, list: &[(&[u8], usize)], body: Data<'_>) {
    let len = body.len().saturating_sub(3) as u64;
    ctx.field(
        &f::HANDSHAKE_CERTIFICATES_LENGTH,
        Value::Uint(len),
        body.range(0, 3),
    );
    ctx.open(&f::HANDSHAKE_CERTIFICATES, Value::None, body.rest(3).all());
    for (der, at) in list {
        let range = body.range(*at, at + der.len());
        let len = Value::Uint(der.len() as u64);
        ctx.field(
            &f::HANDSHAKE_CERTIFICATE_LENGTH,
            len,
            body.range(at.saturating_sub(3), *at),
        );
        ctx.open(&f::HANDSHAKE_CERTIFICATE, Value::Bytes(der), range);
        x509::describe(ctx, body.sub(*at, at + der.len()));
        ctx.close();
    }
    ctx.close();
}

/// The hello of SSL 2.
pub(super) fn ssl2(ctx: &mut Ctx<'_>, version: u16, data: Data<'_>) {
    ctx.info(format_args!("Client Hello"));
    ctx.open(&f::RECORD, Value::None, data.all());
    ctx.field(
        &f::RECORD_LENGTH,
        Value::Uint(data.len().saturating_sub(2) as u64),
        data.range(0, 2),
    );
    ctx.field(&f::HANDSHAKE_TYPE, Value::Uint(1), data.range(2, 3));
    ctx.field(
        &f::HANDSHAKE_VERSION,
        Value::Uint(u64::from(version)),
        data.range(3, 5),
    );
    ctx.close();
}
