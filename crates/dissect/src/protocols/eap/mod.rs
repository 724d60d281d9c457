//! EAP (RFC 3748): who says to be whom at the door of a network, and how it is to prove it. Found in EAPOL and in
//! RADIUS. Of the methods within only what comes before their cryptography is read, and no TLS.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Log, Protocol, Severity};
use fields as f;
use weir_model::{Field, Value};

static BAD_LENGTH: AnomalyKind = AnomalyKind {
    id: "eap.bad_length",
    says: "Bad length (too small or too large)",
    severity: Severity::Warn,
    group: "Protocol",
};
static MITM: AnomalyKind = AnomalyKind {
    id: "eap.mitm_attacks",
    says: "Vulnerable to MITM attacks. If possible, change EAP type.",
    severity: Severity::Warn,
    group: "Security",
};
static OVERFLOW: AnomalyKind = AnomalyKind {
    id: "eap.md5.value_size.overflow",
    says: "Overflow",
    severity: Severity::Warn,
    group: "Protocol",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3748",
    fields: f::ALL,
    anomalies: &[&MALFORMED, &BAD_LENGTH, &MITM, &OVERFLOW],
    logs: &[Log::of::<Step>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("eap", "Extensible Authentication Protocol", "EAP")
};

row! {
    /// A message of a log-in to a network.
    pub struct Step of PROTOCOL {
        sender: Box<str> = "Who says it: hardware address, within RADIUS that of the network",
        receiver: Box<str> = "To whom",
        code: &'static str = "Request, Response, Success, Failure …",
        id: u8 = "What joins an answer to its request",
        method: &'static str = "What is asked or proved how",
        identity: Box<str> = "Who it says to be; often only the realm is true",
        wanted: Vec<&'static str> = "Methods it would rather use",
    }
    |s| format!("{} {} {}", s.code, s.method, s.identity)
}

/// Code, identifier, length.
const HEAD: usize = 4;
const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;

const IDENTITY: u8 = 1;
const NOTIFICATION: u8 = 2;
const NAK: u8 = 3;
const MD5: u8 = 4;
const TLS: u8 = 13;
const TTLS: u8 = 21;
const PEAP: u8 = 25;
const FAST: u8 = 43;
const TEAP: u8 = 55;
/// Methods that Wireshark takes apart and this does not: their bytes are not shown as data.
const UNREAD: &[u8] = &[17, 18, 23, 26, 33, 46, 47, 48, 49, 50, 51, 254];

/// Bytes of an identity that its row keeps. The longest network access identifier has 253 (RFC 7542 section 2.3).
const NAME: usize = 253;
/// Wanted methods that a row keeps.
const WANTED: usize = 16;

/// Reads a message that its parent carries: in EAPOL with a line of its own, in RADIUS (`inside`) among the parent's.
pub(crate) fn message(ctx: &mut Ctx<'_>, data: Data<'_>, inside: bool) {
    let stated = data.u16(2).map(usize::from);
    let whole = data.sub(0, stated.unwrap_or(HEAD).max(HEAD));
    let wanted = if inside {
        ctx.layer_inside(&PROTOCOL, whole.all())
    } else {
        ctx.layer(&PROTOCOL, whole.all())
    };
    let (Some(code), Some(id), Some(stated)) = (data.u8(0), data.u8(1), stated) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let asks = matches!(code, REQUEST | RESPONSE);
    // Wireshark reads the type without minding the length.
    let method = data.u8(HEAD).filter(|_| asks);
    let body = whole.rest(HEAD + 1);
    if wanted {
        ctx.number(&f::CODE, data, 0, 1);
        ctx.number(&f::ID, data, 1, 1);
        ctx.number(&f::LEN, data, 2, 2);
        if let Some(method) = method {
            ctx.number(&f::TYPE, data, HEAD, 1);
            describe(ctx, method, body);
        }
        ctx.close();
    }
    let word = f::CODE.word(u64::from(code)).unwrap_or("Unknown");
    let method_word = method.map(|m| f::TYPE.word(u64::from(m)).unwrap_or("Unknown"));
    if !inside {
        match method_word {
            Some(method) => ctx.info(format_args!("{word}, {method}")),
            None => ctx.info(format_args!("{word}")),
        }
    }
    if stated < HEAD || stated > data.len() {
        ctx.anomaly(&BAD_LENGTH);
    }
    if method == Some(MD5) {
        ctx.anomaly(&MITM);
        if body.u8(0).is_some_and(|n| usize::from(n) >= body.len()) {
            ctx.anomaly(&OVERFLOW);
        }
    }
    // What has no content is not missed where the length states more.
    if asks && (stated > data.len() || method.is_none()) {
        return ctx.short();
    }
    if (1..=6).contains(&code) && stated >= HEAD {
        let (sender, receiver) = ends(ctx);
        let identity = match (code, method) {
            (RESPONSE, Some(IDENTITY)) => {
                let name = body.sub(0, NAME);
                String::from_utf8_lossy(name.until_zero()).into()
            }
            _ => Box::default(),
        };
        let preferred = match method {
            Some(NAK) => {
                let list = body.sub(0, WANTED).bytes.iter();
                list.map(|n| f::TYPE.word(u64::from(*n)).unwrap_or("Unknown"))
                    .collect()
            }
            _ => Vec::new(),
        };
        let meta = ctx.whole_message();
        ctx.emit(Step {
            meta,
            sender,
            receiver,
            code: word,
            id,
            method: method_word.unwrap_or_default(),
            identity,
            wanted: preferred,
        });
    }
}

fn ends(ctx: &Ctx<'_>) -> (Box<str>, Box<str>) {
    if let Some(ends) = ctx.packet.addresses {
        return (ends.src.to_string().into(), ends.dst.to_string().into());
    }
    let macs = ctx.packet.macs;
    macs.map_or_else(Default::default, |(from, to)| {
        (from.to_string().into(), to.to_string().into())
    })
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    if !data.is_empty() {
        ctx.text(field, data);
    }
}

/// What a method says behind its type.
fn describe(ctx: &mut Ctx<'_>, method: u8, body: Data<'_>) {
    match method {
        IDENTITY => text(ctx, &f::IDENTITY, body),
        NOTIFICATION => text(ctx, &f::NOTIFICATION, body),
        NAK => {
            for n in 0..body.len() {
                ctx.number(&f::DESIRED, body, n, 1);
            }
        }
        MD5 => {
            let end = 1 + body.u8(0).map_or(0, usize::from);
            ctx.number(&f::MD5_SIZE, body, 0, 1);
            ctx.bytes(&f::MD5_VALUE, body, 1, end);
            ctx.bytes(&f::MD5_EXTRA, body, end, body.len());
        }
        TLS | TTLS | PEAP | FAST | TEAP => tls(ctx, method, body),
        method if UNREAD.contains(&method) => {}
        _ => ctx.bytes(&f::DATA, body, 0, body.len()),
    }
}

/// The byte of flags that methods with TLS share (RFC 5216 section 3.1, RFC 7170 section 4.1).
fn tls(ctx: &mut Ctx<'_>, method: u8, body: Data<'_>) {
    let Some(flags) = body.u8(0) else {
        return;
    };
    ctx.open(
        &f::TLS_FLAGS,
        Value::Uint(u64::from(flags)),
        body.range(0, 1),
    );
    ctx.flag(&f::TLS_LEN_INCLUDED, body, 0, 1, 0x80);
    ctx.flag(&f::TLS_MORE, body, 0, 1, 0x40);
    ctx.flag(&f::TLS_START, body, 0, 1, 0x20);
    if method == TEAP {
        ctx.flag(&f::TLS_OUTER, body, 0, 1, 0x10);
    }
    if method != TLS {
        ctx.bits(&f::TLS_VERSION, body, 0, 1, 0x07);
    }
    ctx.close();
    if flags & 0x80 != 0 {
        ctx.number(&f::TLS_LEN, body, 1, 4);
    }
}
