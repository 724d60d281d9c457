//! A DNS message's fields, in Wireshark's order. Reports nothing.

use super::Flavour;
use super::fields as f;
use super::query::Seen;
use super::wire::{self, Header, Question, Record, Sections};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::LinkKind;
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::{ByteRange, Cursor, Field, Short, Timestamp, Value};

const OPT: u16 = 41;
const SRV: u16 = 33;

/// One piece of a record's data.
enum Piece {
    U8(&'static Field),
    U16(&'static Field),
    U32(&'static Field),
    /// Seconds since 1970.
    Time(&'static Field),
    Name(&'static Field),
    Ipv4(&'static Field),
    Ipv6(&'static Field),
    /// A length byte and text.
    Text(&'static Field, &'static Field),
    /// A length byte and bytes.
    Sized(&'static Field, &'static Field),
    /// As many of these as there are.
    Texts(&'static Field, &'static Field),
    /// What is left, when there is something.
    Rest(&'static Field),
    /// What is left, as text.
    RestText(&'static Field),
    /// Record types as a bit map (RFC 4034 section 4.1.2).
    Types,
}

use Piece::{Ipv4, Ipv6, Name, Rest, RestText, Sized, Text, Texts, Time, Types, U8, U16, U32};

/// What the data of a record type consists of.
static PIECES: &[(&[u16], &[Piece])] = &[
    (&[1], &[Ipv4(&f::A)]),
    (&[2], &[Name(&f::NS)]),
    (&[5], &[Name(&f::CNAME)]),
    (
        &[6],
        &[
            Name(&f::SOA_MNAME),
            Name(&f::SOA_RNAME),
            U32(&f::SOA_SERIAL_NUMBER),
            U32(&f::SOA_REFRESH_INTERVAL),
            U32(&f::SOA_RETRY_INTERVAL),
            U32(&f::SOA_EXPIRE_LIMIT),
            U32(&f::SOA_MINIMUM_TTL),
        ],
    ),
    (&[10], &[Rest(&f::NULL)]),
    (&[12], &[Name(&f::PTR_DOMAIN_NAME)]),
    (
        &[13],
        &[
            Text(&f::HINFO_CPU_LENGTH, &f::HINFO_CPU),
            Text(&f::HINFO_OS_LENGTH, &f::HINFO_OS),
        ],
    ),
    (&[15], &[U16(&f::MX_PREFERENCE), Name(&f::MX_MAIL_EXCHANGE)]),
    (&[16], &[Texts(&f::TXT_LENGTH, &f::TXT)]),
    (&[28], &[Ipv6(&f::AAAA)]),
    (
        &[SRV],
        &[
            U16(&f::SRV_PRIORITY),
            U16(&f::SRV_WEIGHT),
            U16(&f::SRV_PORT),
            Name(&f::SRV_TARGET),
        ],
    ),
    (
        &[35],
        &[
            U16(&f::NAPTR_ORDER),
            U16(&f::NAPTR_PREFERENCE),
            Text(&f::NAPTR_FLAGS_LENGTH, &f::NAPTR_FLAGS),
            Text(&f::NAPTR_SERVICE_LENGTH, &f::NAPTR_SERVICE),
            Text(&f::NAPTR_REGEX_LENGTH, &f::NAPTR_REGEX),
            Name(&f::NAPTR_REPLACEMENT),
        ],
    ),
    (&[39], &[Name(&f::DNAME)]),
    (
        &[43, 59, 32768, 32769],
        &[
            U16(&f::DS_KEY_ID),
            U8(&f::DS_ALGORITHM),
            U8(&f::DS_DIGEST_TYPE),
            Rest(&f::DS_DIGEST),
        ],
    ),
    (
        &[24, 46],
        &[
            U16(&f::RRSIG_TYPE_COVERED),
            U8(&f::RRSIG_ALGORITHM),
            U8(&f::RRSIG_LABELS),
            U32(&f::RRSIG_ORIGINAL_TTL),
            Time(&f::RRSIG_SIGNATURE_EXPIRATION),
            Time(&f::RRSIG_SIGNATURE_INCEPTION),
            U16(&f::RRSIG_KEY_TAG),
            Name(&f::RRSIG_SIGNERS_NAME),
            Rest(&f::RRSIG_SIGNATURE),
        ],
    ),
    (&[47], &[Name(&f::NSEC_NEXT_DOMAIN_NAME), Types]),
    (
        &[50],
        &[
            U8(&f::NSEC3_ALGO),
            U8(&f::NSEC3_FLAGS),
            U16(&f::NSEC3_ITERATIONS),
            Sized(&f::NSEC3_SALT_LENGTH, &f::NSEC3_SALT),
            Sized(&f::NSEC3_HASH_LENGTH, &f::NSEC3_HASH),
            Types,
        ],
    ),
    (&[62], &[U32(&f::CSYNC_SOA), U16(&f::CSYNC_FLAGS), Types]),
    (
        &[48, 60],
        &[
            U16(&f::DNSKEY_FLAGS),
            U8(&f::DNSKEY_PROTOCOL),
            U8(&f::DNSKEY_ALGORITHM),
            Rest(&f::DNSKEY_PUBLIC_KEY),
        ],
    ),
    (&[99], &[Texts(&f::SPF_LENGTH, &f::SPF)]),
    (
        &[257],
        &[
            U8(&f::CAA_FLAGS),
            Text(&f::CAA_TAG_LENGTH, &f::CAA_TAG),
            RestText(&f::CAA_VALUE),
        ],
    ),
];

static UNKNOWN: &[Piece] = &[Rest(&f::DATA)];

fn pieces(kind: u16) -> &'static [Piece] {
    PIECES
        .iter()
        .find(|(kinds, _)| kinds.contains(&kind))
        .map_or(UNKNOWN, |(_, pieces)| *pieces)
}

pub(super) fn message(
    ctx: &mut Ctx<'_>,
    flavour: Flavour,
    header: Header,
    sections: &Sections,
    data: Data<'_>,
    seen: &Seen,
) {
    info(ctx, header, sections);
    ctx.field(&f::ID, Value::Uint(u64::from(header.id)), data.range(0, 2));
    flags(ctx, flavour, header, data);
    let update = header.opcode() == 5;
    let counts = if update {
        [
            &f::COUNT_ZONES,
            &f::COUNT_PREREQUISITES,
            &f::COUNT_UPDATES,
            &f::COUNT_ADD_RR,
        ]
    } else {
        [
            &f::COUNT_QUERIES,
            &f::COUNT_ANSWERS,
            &f::COUNT_AUTH_RR,
            &f::COUNT_ADD_RR,
        ]
    };
    for (n, (field, count)) in counts.into_iter().zip(header.counts).enumerate() {
        ctx.field(
            field,
            Value::Uint(u64::from(count)),
            data.range(4 + n * 2, 6 + n * 2),
        );
    }
    for q in &sections.questions {
        question(ctx, flavour, q, data);
    }
    for r in sections.records.iter().flatten() {
        // What a record's data lacks was said by its length already.
        let _ = record(ctx, flavour, r, data);
    }
    relations(ctx, header, seen);
}

fn info(ctx: &mut Ctx<'_>, header: Header, sections: &Sections) {
    let words = f::FLAGS_OPCODE
        .word(u64::from(header.opcode()))
        .unwrap_or("Unknown operation");
    let response = if header.is_response() {
        " response"
    } else {
        ""
    };
    let rcode = match header.rcode() {
        0 => "",
        n => f::FLAGS_RCODE.word(u64::from(n)).unwrap_or("error"),
    };
    let (kind, name) = sections.questions.first().map_or(("", ""), |q| {
        (
            wire::type_name(q.kind).unwrap_or("Unknown"),
            q.name.text.as_str(),
        )
    });
    ctx.info(format_args!(
        "{words}{response} 0x{:04x} {rcode} {kind} {name}",
        header.id
    ));
}

fn flags(ctx: &mut Ctx<'_>, flavour: Flavour, header: Header, data: Data<'_>) {
    let range = data.range(2, 4);
    let bit = |n: u16| Value::Bool(header.flags & n != 0);
    ctx.open(&f::FLAGS, Value::Uint(u64::from(header.flags)), range);
    ctx.field(&f::FLAGS_RESPONSE, bit(0x8000), range);
    ctx.field(
        &f::FLAGS_OPCODE,
        Value::Uint(u64::from(header.opcode())),
        range,
    );
    let local = flavour == Flavour::LinkLocal;
    if header.is_response() {
        ctx.field(
            if local {
                &f::FLAGS_CONFLICT
            } else {
                &f::FLAGS_AUTHORITATIVE
            },
            bit(0x400),
            range,
        );
    } else if local {
        ctx.field(&f::FLAGS_CONFLICT, bit(0x400), range);
    }
    ctx.field(&f::FLAGS_TRUNCATED, bit(0x200), range);
    ctx.field(
        if local {
            &f::FLAGS_TENTATIVE
        } else {
            &f::FLAGS_RECDESIRED
        },
        bit(0x100),
        range,
    );
    if header.is_response() && !local {
        ctx.field(&f::FLAGS_RECAVAIL, bit(0x80), range);
    }
    if !local {
        ctx.field(&f::FLAGS_Z, bit(0x40), range);
        if header.is_response() {
            ctx.field(&f::FLAGS_AUTHENTICATED, bit(0x20), range);
        }
        ctx.field(&f::FLAGS_CHECKDISABLE, bit(0x10), range);
    }
    if header.is_response() {
        ctx.field(
            &f::FLAGS_RCODE,
            Value::Uint(u64::from(header.rcode())),
            range,
        );
    }
    ctx.close();
}

fn question(ctx: &mut Ctx<'_>, flavour: Flavour, q: &Question, data: Data<'_>) {
    let range = data.range(q.at, q.name.end);
    ctx.open(&f::QRY_NAME, Value::Text(&q.name.text), range);
    ctx.close();
    ctx.field(&f::QRY_NAME_LEN, Value::Uint(q.name.len() as u64), range);
    ctx.field(
        &f::COUNT_LABELS,
        Value::Uint(u64::from(q.name.labels)),
        range,
    );
    let at = q.name.end;
    ctx.field(
        &f::QRY_TYPE,
        Value::Uint(u64::from(q.kind)),
        data.range(at, at + 2),
    );
    let range = data.range(at + 2, at + 4);
    if flavour == Flavour::Multicast {
        ctx.field(
            &f::QRY_CLASS,
            Value::Uint(u64::from(q.class & 0x7fff)),
            range,
        );
        ctx.field(&f::QRY_QU, Value::Bool(q.class & 0x8000 != 0), range);
    } else {
        ctx.field(&f::QRY_CLASS, Value::Uint(u64::from(q.class)), range);
    }
}

fn record(ctx: &mut Ctx<'_>, flavour: Flavour, r: &Record, data: Data<'_>) -> Result<(), Short> {
    let name = wire::name(data.bytes, r.at)?;
    let range = data.range(r.at, r.fixed);
    if r.kind == SRV {
        // Wireshark shows the owner of a service record in its parts.
        let mut parts = name.text.splitn(3, '.');
        for field in [&f::SRV_SERVICE, &f::SRV_PROTO, &f::SRV_NAME] {
            if let Some(part) = parts.next() {
                ctx.field(field, Value::Text(part), range);
            }
        }
    } else {
        ctx.field(&f::RESP_NAME, Value::Text(&name.text), range);
    }
    let at = r.fixed;
    ctx.field(
        &f::RESP_TYPE,
        Value::Uint(u64::from(r.kind)),
        data.range(at, at + 2),
    );
    let class = data.range(at + 2, at + 4);
    let multicast = flavour == Flavour::Multicast;
    let value = if multicast { r.class & 0x7fff } else { r.class };
    let field = if r.kind == OPT {
        &f::RR_UDP_PAYLOAD_SIZE
    } else {
        &f::RESP_CLASS
    };
    ctx.field(field, Value::Uint(u64::from(value)), class);
    if multicast {
        ctx.field(
            &f::RESP_CACHE_FLUSH,
            Value::Bool(r.class & 0x8000 != 0),
            class,
        );
    }
    if r.kind == OPT {
        let [rcode, version, z @ ..] = r.ttl.to_be_bytes();
        let z = u16::from_be_bytes(z);
        ctx.field(
            &f::RESP_EXT_RCODE,
            Value::Uint(u64::from(rcode)),
            data.range(at + 4, at + 5),
        );
        ctx.field(
            &f::RESP_EDNS0_VERSION,
            Value::Uint(u64::from(version)),
            data.range(at + 5, at + 6),
        );
        let range = data.range(at + 6, at + 8);
        ctx.open(&f::RESP_Z, Value::Uint(u64::from(z)), range);
        ctx.field(&f::RESP_Z_DO, Value::Bool(z & 0x8000 != 0), range);
        ctx.field(
            &f::RESP_Z_RESERVED,
            Value::Uint(u64::from(z & 0x7fff)),
            range,
        );
        ctx.close();
    } else {
        ctx.field(
            &f::RESP_TTL,
            Value::Uint(u64::from(r.ttl)),
            data.range(at + 4, at + 8),
        );
    }
    let (from, to) = r.data;
    ctx.field(
        &f::RESP_LEN,
        Value::Uint((to - from) as u64),
        data.range(at + 8, at + 10),
    );
    match r.kind {
        OPT => options(ctx, data, from, to),
        64 | 65 => service(ctx, data, from, to),
        // An update may delete a record set: no data then (RFC 2136 section 2.5.2).
        _ if from == to && r.kind != 16 => Ok(()),
        kind => rdata(ctx, pieces(kind), data, from, to),
    }
}

fn rdata(
    ctx: &mut Ctx<'_>,
    pieces: &'static [Piece],
    data: Data<'_>,
    mut at: usize,
    to: usize,
) -> Result<(), Short> {
    // Names may point back, but no piece may reach past the record's data.
    let message = data.bytes.get(..to).ok_or(Short)?;
    for piece in pieces {
        let mut c = Cursor::new(message.get(at..).ok_or(Short)?);
        let (field, value) = match piece {
            U8(field) => (field, Value::Uint(u64::from(c.u8()?))),
            U16(field) => (field, Value::Uint(u64::from(c.u16()?))),
            U32(field) => (field, Value::Uint(u64::from(c.u32()?))),
            Time(field) => (
                field,
                Value::Time(Timestamp::from_parts(i64::from(c.u32()?), 0)),
            ),
            Ipv4(field) => (field, Value::Ipv4(Ipv4Addr::from(c.array::<4>()?))),
            Ipv6(field) => (field, Value::Ipv6(Ipv6Addr::from(c.array::<16>()?))),
            Name(field) => {
                let name = wire::name(message, at)?;
                if std::ptr::eq(*field, &f::NAPTR_REPLACEMENT) {
                    let len = Value::Uint(name.text.len() as u64);
                    ctx.field(&f::NAPTR_REPLACEMENT_LENGTH, len, ByteRange::GENERATED);
                }
                ctx.field(field, Value::Text(&name.text), data.range(at, name.end));
                at = name.end;
                continue;
            }
            Text(length, field) => {
                at = text(ctx, (length, field), message, data, at)?;
                continue;
            }
            Sized(length, field) => {
                let len = c.u8()?;
                let bytes = c.take(usize::from(len))?;
                ctx.field(length, Value::Uint(len.into()), data.range(at, at + 1));
                let end = at + 1 + bytes.len();
                if !bytes.is_empty() {
                    ctx.field(field, Value::Bytes(bytes), data.range(at + 1, end));
                }
                at = end;
                continue;
            }
            Texts(length, field) => {
                while at < to {
                    at = text(ctx, (length, field), message, data, at)?;
                }
                continue;
            }
            Rest(field) => (field, Value::Bytes(c.take(c.left())?)),
            RestText(field) => {
                let text = String::from_utf8_lossy(c.rest());
                ctx.field(field, Value::Text(&text), data.range(at, to));
                at = to;
                continue;
            }
            Types => {
                bit_map(ctx, data, at, c)?;
                at = to;
                continue;
            }
        };
        let end = at + c.pos();
        ctx.field(field, value, data.range(at, end));
        at = end;
    }
    Ok(())
}

/// A character string; returns where it ends.
fn text(
    ctx: &mut Ctx<'_>,
    (length, field): (&'static Field, &'static Field),
    message: &[u8],
    data: Data<'_>,
    at: usize,
) -> Result<usize, Short> {
    let mut c = Cursor::new(message.get(at..).ok_or(Short)?);
    let len = c.u8()?;
    let text = String::from_utf8_lossy(c.take(usize::from(len).min(c.left()))?);
    let end = at + c.pos();
    ctx.field(length, Value::Uint(u64::from(len)), data.range(at, at + 1));
    ctx.field(field, Value::Text(&text), data.range(at + 1, end));
    Ok(end)
}

fn bit_map(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize, mut c: Cursor<'_>) -> Result<(), Short> {
    while !c.is_empty() {
        let window = c.u8()?;
        let len = usize::from(c.u8()?);
        let from = c.pos();
        for (n, byte) in c.take(len)?.iter().enumerate() {
            for bit in 0..8u64 {
                if byte & (0x80 >> bit) != 0 {
                    let kind = u64::from(window) << 8 | (n as u64) << 3 | bit;
                    let place = data.range(at + from + n, at + from + n + 1);
                    ctx.field(&f::RESP_TYPE, Value::Uint(kind), place);
                }
            }
        }
    }
    Ok(())
}

/// EDNS options (RFC 6891 section 6.1.2).
fn options(ctx: &mut Ctx<'_>, data: Data<'_>, mut at: usize, to: usize) -> Result<(), Short> {
    while at < to {
        let mut c = Cursor::new(data.bytes.get(at..to).ok_or(Short)?);
        let (code, len) = (c.u16()?, c.u16()?);
        let bytes = c.take(usize::from(len))?;
        let end = at + c.pos();
        ctx.open(&f::OPT, Value::None, data.range(at, end));
        ctx.field(
            &f::OPT_CODE,
            Value::Uint(u64::from(code)),
            data.range(at, at + 2),
        );
        ctx.field(
            &f::OPT_LEN,
            Value::Uint(u64::from(len)),
            data.range(at + 2, at + 4),
        );
        if len > 0 {
            ctx.field(&f::OPT_DATA, Value::Bytes(bytes), data.range(at + 4, end));
        }
        let done = option(ctx, code, bytes, data.range(at + 4, end));
        ctx.close();
        done?;
        at = end;
    }
    Ok(())
}

fn option(ctx: &mut Ctx<'_>, code: u16, bytes: &[u8], range: ByteRange) -> Result<(), Short> {
    let mut c = Cursor::new(bytes);
    match code {
        // Client subnet (RFC 7871).
        8 => {
            let (family, netmask, scope) = (c.u16()?, c.u8()?, c.u8()?);
            ctx.field(&f::OPT_CLIENT_FAMILY, Value::Uint(u64::from(family)), range);
            ctx.field(
                &f::OPT_CLIENT_NETMASK,
                Value::Uint(u64::from(netmask)),
                range,
            );
            ctx.field(&f::OPT_CLIENT_SCOPE, Value::Uint(u64::from(scope)), range);
            let mut address = [0u8; 16];
            for (to, from) in address.iter_mut().zip(c.rest()) {
                *to = *from;
            }
            if family == 1
                && let Some(v4) = address.first_chunk::<4>()
            {
                ctx.field(
                    &f::OPT_CLIENT_ADDR4,
                    Value::Ipv4(Ipv4Addr::from(*v4)),
                    range,
                );
            } else if family == 2 {
                ctx.field(
                    &f::OPT_CLIENT_ADDR6,
                    Value::Ipv6(Ipv6Addr::from(address)),
                    range,
                );
            }
        }
        // Cookies (RFC 7873).
        10 => {
            ctx.field(
                &f::OPT_COOKIE_CLIENT,
                Value::Bytes(c.take(8.min(c.left()))?),
                range,
            );
            ctx.field(&f::OPT_COOKIE_SERVER, Value::Bytes(c.rest()), range);
        }
        _ => {}
    }
    Ok(())
}

static SERVICE: &[Piece] = &[U16(&f::SVCB_SVCPRIORITY), Name(&f::SVCB_TARGETNAME)];

/// SVCB and HTTPS (RFC 9460 section 2.2).
fn service(ctx: &mut Ctx<'_>, data: Data<'_>, from: usize, to: usize) -> Result<(), Short> {
    rdata(ctx, SERVICE, data, from, to)?;
    let mut at = wire::name(data.bytes, from + 2)?.end;
    while at < to {
        let mut c = Cursor::new(data.bytes.get(at..to).ok_or(Short)?);
        let (key, len) = (c.u16()?, c.u16()?);
        let bytes = c.take(usize::from(len))?;
        let end = at + c.pos();
        let range = data.range(at + 4, end);
        ctx.field(
            &f::SVCB_SVCPARAM_KEY,
            Value::Uint(u64::from(key)),
            data.range(at, at + 2),
        );
        let length = Value::Uint(u64::from(len));
        ctx.field(
            &f::SVCB_SVCPARAM_VALUE_LENGTH,
            length,
            data.range(at + 2, at + 4),
        );
        match key {
            1 => {
                let mut part = at + 4;
                while part < end {
                    let alpn = (&f::SVCB_SVCPARAM_ALPN_LENGTH, &f::SVCB_SVCPARAM_ALPN);
                    part = text(ctx, alpn, data.bytes.get(..end).ok_or(Short)?, data, part)?;
                }
            }
            3 => {
                let port = Cursor::new(bytes).u16()?;
                ctx.field(&f::SVCB_SVCPARAM_PORT, Value::Uint(u64::from(port)), range);
            }
            4 => {
                for ip in bytes.as_chunks::<4>().0 {
                    let ip = Value::Ipv4(Ipv4Addr::from(*ip));
                    ctx.field(&f::SVCB_SVCPARAM_IPV4HINT_IP, ip, range);
                }
            }
            6 => {
                for ip in bytes.as_chunks::<16>().0 {
                    let ip = Value::Ipv6(Ipv6Addr::from(*ip));
                    ctx.field(&f::SVCB_SVCPARAM_IPV6HINT_IP, ip, range);
                }
            }
            _ => ctx.field(&f::SVCB_SVCPARAM_VALUE, Value::Bytes(bytes), range),
        }
        at = end;
    }
    Ok(())
}

fn relations(ctx: &mut Ctx<'_>, header: Header, seen: &Seen) {
    let none = ByteRange::GENERATED;
    let number = |p: weir_model::PacketRef| Value::Uint(u64::from(p.number));
    match *seen {
        Seen::Untracked => {}
        Seen::Asked => {
            if let Some(to) = ctx.linked_to(LinkKind::Answer, u32::from(header.id)) {
                ctx.field(&f::RESPONSE_IN, number(to), none);
            }
        }
        Seen::AskedAgain(first) => {
            ctx.field(&f::RETRANSMIT_REQUEST_IN, number(first), none);
            ctx.field(&f::RETRANSMISSION, Value::Bool(true), none);
        }
        Seen::Answered((asked, time)) => {
            ctx.field(&f::RESPONSE_TO, number(asked), none);
            ctx.field(&f::TIME, Value::Duration(ctx.meta.time.since(time)), none);
        }
        Seen::AnsweredAgain(first) => {
            ctx.field(&f::RETRANSMIT_RESPONSE_IN, number(first), none);
            ctx.field(&f::RETRANSMISSION, Value::Bool(true), none);
        }
        Seen::Unsolicited => ctx.field(&f::UNSOLICITED, Value::Bool(true), none),
    }
}
