//! GSS-API tokens (RFC 2743 section 3.1) and SPNEGO inside them (RFC 4178): which mechanisms are offered, and their
//! tokens. NTLMSSP and the messages of Kerberos are read.

#[cfg(test)]
mod tests;

use crate::ber::Tlv;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::Protocol;
use crate::protocols::kerberos;
use crate::protocols::ntlmssp::{self, Exchange};
use std::fmt::Write as _;
use weir_model::{Field, Kind, Value};

static OID: Field = Field::new("gss-api.OID", Kind::Text, "OID");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 2743",
    fields: &[&OID],
    anomalies: &[&MALFORMED],
    inner: true,
    ..Protocol::new(
        "gss-api",
        "GSS-API Generic Security Service Application Program Interface",
        "GSS-API",
    )
};

static INIT: Field = Field::new("spnego.negTokenInit_element", Kind::None, "negTokenInit");
static TARGET: Field = Field::new("spnego.negTokenTarg_element", Kind::None, "negTokenTarg");
static MECH_TYPES: Field = Field::new("spnego.mechTypes", Kind::Uint(32), "mechTypes");
static MECH_TYPE: Field = Field::new("spnego.MechType", Kind::Text, "MechType");
static REQ_FLAGS: Field = Field::new("spnego.reqFlags", Kind::Bytes, "reqFlags");
static MECH_TOKEN: Field = Field::new("spnego.mechToken", Kind::Bytes, "mechToken");
static MIC: Field = Field::new("spnego.mechListMIC", Kind::Bytes, "mechListMIC");
static HINTS: Field = Field::new("spnego.negHints_element", Kind::None, "negHints");
static HINT_NAME: Field = Field::new("spnego.hintName", Kind::Text, "hintName");
static RESULT: Field = Field::new("spnego.negResult", Kind::Uint(32), "negResult").values(&[
    (0, "accept-completed"),
    (1, "accept-incomplete"),
    (2, "reject"),
    (3, "request-mic"),
]);
static SUPPORTED: Field = Field::new("spnego.supportedMech", Kind::Text, "supportedMech");
static RESPONSE: Field = Field::new("spnego.responseToken", Kind::Bytes, "responseToken");

/// See the module.
pub static PROTOCOL_SPNEGO: Protocol = Protocol {
    spec: "RFC 4178",
    fields: &[
        &INIT,
        &TARGET,
        &MECH_TYPES,
        &MECH_TYPE,
        &REQ_FLAGS,
        &MECH_TOKEN,
        &MIC,
        &HINTS,
        &HINT_NAME,
        &RESULT,
        &SUPPORTED,
        &RESPONSE,
    ],
    anomalies: &[&MALFORMED],
    inner: true,
    ..Protocol::new("spnego", "Simple Protected Negotiation", "SPNEGO")
};

static KRB5_BLOB: Field = Field::new("spnego.krb5.blob", Kind::Bytes, "krb5_blob");
static KRB5_OID: Field = Field::new("spnego.krb5_oid", Kind::Text, "KRB5 OID");
static KRB5_KIND: Field = Field::new("spnego.krb5.tok_id", Kind::Uint(16), "krb5_tok_id")
    .hex()
    .values(&[
        (0x0001, "KRB5_AP_REQ"),
        (0x0002, "KRB5_AP_REP"),
        (0x0003, "KRB5_ERROR"),
        (0x0101, "KRB5_GSS_GetMIC"),
        (0x0102, "KRB5_GSS_Wrap"),
        (0x0404, "KRB_TOKEN_CFX_GetMic"),
        (0x0405, "KRB_TOKEN_CFX_WRAP"),
    ]);

/// See the module.
pub static PROTOCOL_KRB5: Protocol = Protocol {
    spec: "RFC 4121",
    fields: &[&KRB5_BLOB, &KRB5_OID, &KRB5_KIND],
    inner: true,
    ..Protocol::new("spnego-krb5", "SPNEGO-KRB5", "SPNEGO-KRB5")
};

mod oid {
    pub(super) const SPNEGO: &[u8] = &[0x2b, 6, 1, 5, 5, 2];
}

/// Mechanisms of an offer that are read.
const OFFER: usize = 32;

/// A token that a protocol carries as its security blob: bare NTLMSSP, or GSS-API.
pub(crate) fn blob(ctx: &mut Ctx<'_>, data: Data<'_>, exchange: &mut Exchange) {
    if data.is_empty() {
        return;
    }
    if data.bytes.starts_with(ntlmssp::MAGIC) {
        return exchange.read(ctx, data);
    }
    let wanted = ctx.layer(&PROTOCOL, data.all());
    match data.u8(0) {
        Some(0x60) => {
            let mut parts = Tlv::read(data).into_iter().flat_map(|t| {
                let first = Tlv::read(t.body).filter(|o| o.tag == 6);
                first.map(|o| (o.body, t.body.rest(o.head + o.body.len())))
            });
            if let Some((mechanism, inner)) = parts.next() {
                if wanted {
                    ctx.field(&OID, Value::Text(&dotted(mechanism.bytes)), mechanism.all());
                }
                if mechanism.bytes == oid::SPNEGO {
                    spnego(ctx, inner, exchange);
                } else if inner.bytes.starts_with(ntlmssp::MAGIC) {
                    exchange.read(ctx, inner);
                } else {
                    krb5(ctx, data);
                }
            } else {
                ctx.short();
            }
        }
        Some(0xa0 | 0xa1) => spnego(ctx, data, exchange),
        _ => {}
    }
    if wanted {
        ctx.close();
    }
}

/// An object identifier as text (X.690 section 8.19).
fn dotted(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut n = 0_u64;
    for b in bytes.iter().take(64) {
        n = n.saturating_mul(128).saturating_add(u64::from(b & 0x7f));
        if b & 0x80 != 0 {
            continue;
        }
        if out.is_empty() {
            let first = (n / 40).min(2);
            let _ = write!(out, "{first}.{}", n - first * 40);
        } else {
            let _ = write!(out, ".{n}");
        }
        n = 0;
    }
    out
}

fn spnego(ctx: &mut Ctx<'_>, data: Data<'_>, exchange: &mut Exchange) {
    let wanted = ctx.layer(&PROTOCOL_SPNEGO, data.all());
    let choice = Tlv::read(data);
    let list = choice.and_then(|c| c.only()).filter(|l| l.tag == 0x30);
    match (choice.map(|c| c.tag), list) {
        (Some(0xa0), Some(list)) => init(ctx, &list, exchange, wanted),
        (Some(0xa1), Some(list)) => target(ctx, &list, exchange, wanted),
        _ => ctx.short(),
    }
    if wanted {
        ctx.close();
    }
}

fn init(ctx: &mut Ctx<'_>, list: &Tlv<'_>, exchange: &mut Exchange, wanted: bool) {
    if wanted {
        ctx.open(&INIT, Value::None, list.body.all());
    }
    for part in list.inner() {
        let Some(value) = part.only() else {
            continue;
        };
        let bytes = value.body;
        match part.tag {
            0xa0 if wanted => {
                let offer: Vec<Tlv<'_>> = value.inner().take(OFFER).collect();
                ctx.open(&MECH_TYPES, Value::Uint(offer.len() as u64), bytes.all());
                for mechanism in &offer {
                    let text = dotted(mechanism.body.bytes);
                    ctx.field(&MECH_TYPE, Value::Text(&text), mechanism.body.all());
                }
                ctx.close();
            }
            0xa1 if wanted => ctx.bytes(&REQ_FLAGS, bytes, 0, bytes.len()),
            0xa2 => token(ctx, &MECH_TOKEN, bytes, exchange, wanted),
            // NegTokenInit2 ([MS-SPNG] section 2.2.1) has hints here.
            0xa3 if value.tag == 0x30 && wanted => {
                ctx.open(&HINTS, Value::None, bytes.all());
                if let Some(name) = value.find(0xa0).and_then(|n| n.only()) {
                    ctx.field(&HINT_NAME, Value::Text(&name.text()), name.body.all());
                }
                ctx.close();
            }
            0xa3 | 0xa4 => mic(ctx, bytes, wanted),
            _ => {}
        }
    }
    if wanted {
        ctx.close();
    }
}

fn target(ctx: &mut Ctx<'_>, list: &Tlv<'_>, exchange: &mut Exchange, wanted: bool) {
    if wanted {
        ctx.open(&TARGET, Value::None, list.body.all());
    }
    for part in list.inner() {
        let Some(value) = part.only() else {
            continue;
        };
        let bytes = value.body;
        match part.tag {
            0xa0 if wanted => {
                ctx.field(
                    &RESULT,
                    Value::Uint(value.number().unwrap_or(0)),
                    bytes.all(),
                );
            }
            0xa1 if wanted => {
                ctx.field(&SUPPORTED, Value::Text(&dotted(bytes.bytes)), bytes.all());
            }
            0xa2 => token(ctx, &RESPONSE, bytes, exchange, wanted),
            0xa3 => mic(ctx, bytes, wanted),
            _ => {}
        }
    }
    if wanted {
        ctx.close();
    }
}

/// A mechanism's token, whichever mechanism it is.
fn token(
    ctx: &mut Ctx<'_>,
    field: &'static Field,
    data: Data<'_>,
    exchange: &mut Exchange,
    wanted: bool,
) {
    if wanted {
        ctx.open(field, Value::Bytes(data.bytes), data.all());
    }
    if data.bytes.starts_with(ntlmssp::MAGIC) {
        exchange.read(ctx, data);
    } else if matches!(data.u8(0), Some(0x60 | 0x6e | 0x6f | 0x7e)) {
        krb5(ctx, data);
    }
    if wanted {
        ctx.close();
    }
}

/// A signature over the offer, by the mechanism that was agreed on.
fn mic(ctx: &mut Ctx<'_>, data: Data<'_>, wanted: bool) {
    if wanted {
        ctx.open(&MIC, Value::Bytes(data.bytes), data.all());
    }
    if data.len() == 16 && data.bytes.starts_with(&[1, 0, 0, 0]) {
        ntlmssp::verifier(ctx, data);
    } else if data.bytes.starts_with(&[4, 4]) {
        krb5(ctx, data);
    }
    if wanted {
        ctx.close();
    }
}

/// What a token wraps, where it is signed and not sealed.
pub(crate) fn wrapped<'a>(ctx: &mut Ctx<'_>, data: Data<'a>) -> Option<Data<'a>> {
    let id = Tlv::read(data).filter(|t| t.tag == 0x60);
    let rest = match id {
        Some(whole) => {
            let id = Tlv::read(whole.body).filter(|o| o.tag == 6)?;
            whole.body.rest(id.head + id.body.len())
        }
        None => data,
    };
    let clear = match *rest.bytes {
        // RFC 4121 section 4.2.6.2: flags, a filler, bytes of the checksum, by how many it is rotated.
        [5, 4, flags, 0xff, c0, c1, r0, r1, ..] => {
            let checksum = usize::from(u16::from_be_bytes([c0, c1]));
            let rotated = usize::from(u16::from_be_bytes([r0, r1]));
            (flags & 2 == 0).then(|| match rotated {
                0 => rest.sub(16, rest.len().saturating_sub(checksum)),
                _ => rest.rest(16 + checksum),
            })
        }
        // RFC 1964 section 1.2.2: no cipher; behind the sequence number stand a checksum and a confounder.
        [2, 1, _, _, 0xff, 0xff, ..] => Some(rest.rest(32)),
        _ => None,
    };
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.close();
    }
    if matches!(rest.bytes, [5, 4, ..] | [2, 1, ..]) && ctx.layer(&PROTOCOL_KRB5, rest.all()) {
        ctx.close();
    }
    clear.filter(|c| !c.is_empty())
}

/// A token of Kerberos (RFC 4121 section 4): with its object identifier before it, or bare.
fn krb5(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL_KRB5, data.all());
    if wanted {
        ctx.open(&KRB5_BLOB, Value::Bytes(data.bytes), data.all());
    }
    let mut rest = data;
    if data.u8(0) == Some(0x60)
        && let Some(whole) = Tlv::read(data)
        && let Some(id) = Tlv::read(whole.body).filter(|o| o.tag == 6)
    {
        if wanted {
            let text = dotted(id.body.bytes);
            ctx.field(&KRB5_OID, Value::Text(&text), id.body.all());
        }
        rest = whole.body.rest(id.head + id.body.len());
    }
    if let Some(kind) = rest.array::<2>(0).filter(|k| k[0] < 0x60) {
        // Wireshark takes its first byte for the low one.
        let kind = u16::from_le_bytes(kind);
        if wanted {
            ctx.field(&KRB5_KIND, Value::Uint(kind.into()), rest.range(0, 2));
        }
        // A ticket shown, the answer to it, or an error; signatures and what is sealed are no messages.
        if kind <= 3 {
            kerberos::carried(ctx, rest.rest(2));
        }
    } else {
        // DCE's style has the message without anything before it.
        kerberos::carried(ctx, rest);
    }
    if wanted {
        ctx.close();
        ctx.close();
    }
}
