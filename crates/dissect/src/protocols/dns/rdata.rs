//! The data of records, as the pieces that each type is made of (RFC 1035 section 3.3 and the types' own documents),
//! options of EDNS, parameters of SVCB.

use super::fields as f;
use super::wire;
use crate::context::Ctx;
use crate::data::Data;
use std::net::{Ipv4Addr, Ipv6Addr};
use weir_model::{ByteRange, Cursor, Field, Kind, Short, Timestamp, Value};

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
    /// A number of one or two bytes with what its bits mean.
    Bits(usize, &'static Field, &'static [(&'static Field, u64)]),
    /// The tag of the key that this record is (RFC 4034 appendix B).
    KeyTag(&'static Field),
    /// A length byte and a hash, in the digits that names are made of (RFC 5155 section 3.3).
    Hash(&'static Field, &'static Field),
    /// Seconds since 1970 in six bytes.
    Time48(&'static Field),
    /// A length of two bytes and bytes.
    Sized16(&'static Field, &'static Field),
    /// What a certification authority may do: length of the tag, the tag, a value (RFC 8659 section 4.1).
    Property,
}

use Piece::{
    Bits, Hash, Ipv4, Ipv6, KeyTag, Name, Property, Rest, RestText, Sized, Sized16, Text, Texts,
    Time, Time48, Types, U8, U16, U32,
};

const SRV: u16 = 33;

static KEY_BITS: &[(&Field, u64)] = &[
    (&f::DNSKEY_ZONE, 0x100),
    (&f::DNSKEY_REVOKED, 0x80),
    (&f::DNSKEY_ENTRY, 1),
    (&f::DNSKEY_RESERVED, 0xfe7e),
];

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
            Bits(1, &f::NSEC3_FLAGS, &[(&f::NSEC3_OPT_OUT, 1)]),
            U16(&f::NSEC3_ITERATIONS),
            Sized(&f::NSEC3_SALT_LENGTH, &f::NSEC3_SALT),
            Hash(&f::NSEC3_HASH_LENGTH, &f::NSEC3_HASH),
            Types,
        ],
    ),
    (&[62], &[U32(&f::CSYNC_SOA), U16(&f::CSYNC_FLAGS), Types]),
    (
        &[48, 60],
        &[
            Bits(2, &f::DNSKEY_FLAGS, KEY_BITS),
            U8(&f::DNSKEY_PROTOCOL),
            U8(&f::DNSKEY_ALGORITHM),
            KeyTag(&f::DNSKEY_ID),
            Rest(&f::DNSKEY_PUBLIC_KEY),
        ],
    ),
    (&[99], &[Texts(&f::SPF_LENGTH, &f::SPF)]),
    (
        &[257],
        &[
            Bits(1, &f::CAA_FLAGS, &[(&f::CAA_CRITICAL, 0x80)]),
            Property,
        ],
    ),
    (&[17], &[Name(&f::RP_MAILBOX), Name(&f::RP_TEXT)]),
    (&[18], &[U16(&f::AFSDB_SUBTYPE), Name(&f::AFSDB_HOST)]),
    (
        &[37],
        &[
            U16(&f::CERT_TYPE),
            U16(&f::CERT_TAG),
            U8(&f::CERT_ALGORITHM),
            Rest(&f::CERT),
        ],
    ),
    (
        &[44],
        &[U8(&f::SSHFP_ALGORITHM), U8(&f::SSHFP_TYPE), Rest(&f::SSHFP)],
    ),
    (
        &[51],
        &[
            U8(&f::NSEC3_ALGO),
            U8(&f::NSEC3_FLAGS),
            U16(&f::NSEC3_ITERATIONS),
            Sized(&f::NSEC3_SALT_LENGTH, &f::NSEC3_SALT),
        ],
    ),
    (
        &[52],
        &[
            U8(&f::TLSA_USAGE),
            U8(&f::TLSA_SELECTOR),
            U8(&f::TLSA_MATCHING),
            Rest(&f::TLSA_DATA),
        ],
    ),
    (&[61], &[RestText(&f::OPENPGPKEY)]),
    (
        &[63],
        &[
            U32(&f::ZONEMD_SERIAL),
            U8(&f::ZONEMD_SCHEME),
            U8(&f::ZONEMD_HASH),
            Rest(&f::ZONEMD_DIGEST),
        ],
    ),
    (
        &[250],
        &[
            Name(&f::TSIG_ALGORITHM),
            Time48(&f::TSIG_TIME),
            U16(&f::TSIG_FUDGE),
            Sized16(&f::TSIG_MAC_SIZE, &f::TSIG_MAC),
            U16(&f::TSIG_ID),
            U16(&f::TSIG_ERROR),
            Sized16(&f::TSIG_OTHER_LENGTH, &f::TSIG_OTHER),
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

/// Describes the data of a record of this type.
pub(super) fn of(
    ctx: &mut Ctx<'_>,
    kind: u16,
    data: Data<'_>,
    from: usize,
    to: usize,
) -> Result<(), Short> {
    read(ctx, pieces(kind), data, from, to)
}

fn read(
    ctx: &mut Ctx<'_>,
    pieces: &'static [Piece],
    data: Data<'_>,
    mut at: usize,
    to: usize,
) -> Result<(), Short> {
    let start = at;
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
            Bits(len, field, bits) => {
                let number = Value::Uint(data.number(at, *len).ok_or(Short)?);
                c.skip(*len)?;
                ctx.open(field, number, data.range(at, at + len));
                for (bit, mask) in *bits {
                    match bit.kind {
                        Kind::Bool => ctx.flag(bit, data, at, *len, *mask),
                        _ => ctx.bits(bit, data, at, *len, *mask),
                    }
                }
                ctx.close();
                at += len;
                continue;
            }
            KeyTag(field) => {
                let tag = key_tag(message.get(start..).ok_or(Short)?);
                ctx.computed(field, Value::Uint(tag.into()));
                continue;
            }
            Hash(length, field) => {
                let len = c.u8()?;
                let hash = base32(c.take(usize::from(len))?);
                let end = at + c.pos();
                ctx.field(length, Value::Uint(len.into()), data.range(at, at + 1));
                ctx.field(field, Value::Text(&hash), data.range(at + 1, end));
                at = end;
                continue;
            }
            Time48(field) => {
                let high = i64::from(c.u16()?) << 32;
                let time = Timestamp::from_parts(high | i64::from(c.u32()?), 0);
                (field, Value::Time(time))
            }
            Sized16(length, field) => {
                let len = c.u16()?;
                let bytes = c.take(usize::from(len))?;
                let end = at + c.pos();
                ctx.field(length, Value::Uint(len.into()), data.range(at, at + 2));
                if !bytes.is_empty() {
                    let value = match field.kind {
                        Kind::None => Value::None,
                        _ => Value::Bytes(bytes),
                    };
                    ctx.field(field, value, data.range(at + 2, end));
                }
                at = end;
                continue;
            }
            Property => {
                property(ctx, message, data, at)?;
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

/// RFC 4034 appendix B.
fn key_tag(key: &[u8]) -> u16 {
    // RSA/MD5: the last but one of the modulus's bytes.
    if key.get(3) == Some(&1) {
        let low = key.len().checked_sub(3).and_then(|at| key.get(at..at + 2));
        return low.map_or(0, |b| b.iter().fold(0, |n, b| n << 8 | u16::from(*b)));
    }
    let sum: u32 = key
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
            [high] => u32::from(*high) << 8,
            _ => 0,
        })
        .fold(0, u32::wrapping_add);
    u16::try_from((sum + (sum >> 16)) & 0xffff).unwrap_or(0)
}

/// RFC 4648 section 7, without padding.
fn base32(bytes: &[u8]) -> String {
    let bit = |n: usize| {
        let byte = bytes.get(n / 8).copied().unwrap_or(0);
        byte >> (7 - n % 8) & 1
    };
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|n| (0..5).fold(0, |v, b| v << 1 | bit(n * 5 + b)))
        .map(|v| char::from(if v < 10 { b'0' + v } else { b'a' + v - 10 }))
        .collect()
}

/// A property of CAA: its tag's length, its tag, its value.
fn property(ctx: &mut Ctx<'_>, message: &[u8], data: Data<'_>, at: usize) -> Result<(), Short> {
    let mut c = Cursor::new(message.get(at..).ok_or(Short)?);
    let tag = c.u8().and_then(|n| c.take(usize::from(n)))?;
    let split = at + c.pos();
    let value = String::from_utf8_lossy(c.rest());
    let field = match tag {
        b"issue" => &f::CAA_ISSUE,
        b"issuewild" => &f::CAA_ISSUEWILD,
        b"iodef" => &f::CAA_IODEF,
        _ => &f::CAA_UNKNOWN,
    };
    let range = data.range(split, message.len());
    ctx.open(field, Value::Text(&value), range);
    text(ctx, (&f::CAA_TAG_LENGTH, &f::CAA_TAG), message, data, at)?;
    ctx.field(&f::CAA_VALUE, Value::Text(&value), range);
    ctx.close();
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
pub(super) fn options(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    mut at: usize,
    to: usize,
) -> Result<(), Short> {
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
        let place = data.range(at + 4, end);
        ctx.field(&f::OPT_DATA, Value::Bytes(bytes), place);
        let done = option(ctx, code, bytes, place);
        ctx.close();
        done?;
        at = end;
    }
    Ok(())
}

fn option(ctx: &mut Ctx<'_>, code: u16, bytes: &[u8], range: ByteRange) -> Result<(), Short> {
    let mut c = Cursor::new(bytes);
    match code {
        // Algorithms that are understood (RFC 6975).
        5..=7 => {
            let field = match code {
                5 => &f::OPT_DAU,
                6 => &f::OPT_DHU,
                _ => &f::OPT_N3U,
            };
            for b in bytes {
                ctx.field(field, Value::Uint((*b).into()), range);
            }
        }
        // A timeout in tenths of seconds (RFC 7828).
        11 if !bytes.is_empty() => {
            ctx.field(&f::OPT_TIMEOUT, Value::Uint(c.u16()?.into()), range);
        }
        // RFC 7830.
        12 => ctx.field(&f::OPT_PADDING, Value::Bytes(bytes), range),
        // RFC 7901.
        13 => {
            let name = wire::name(bytes, 0)?;
            ctx.field(&f::OPT_CHAIN, Value::Text(&name.text), range);
        }
        // RFC 8914.
        15 => {
            ctx.field(&f::OPT_ERROR, Value::Uint(c.u16()?.into()), range);
            if !c.is_empty() {
                let text = String::from_utf8_lossy(c.rest());
                ctx.field(&f::OPT_ERROR_TEXT, Value::Text(&text), range);
            }
        }
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
pub(super) fn service(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    from: usize,
    to: usize,
) -> Result<(), Short> {
    read(ctx, SERVICE, data, from, to)?;
    let mut at = wire::name(data.bytes, from + 2)?.end;
    while at < to {
        let mut c = Cursor::new(data.bytes.get(at..to).ok_or(Short)?);
        let (key, len) = (c.u16()?, c.u16()?);
        let bytes = c.take(usize::from(len))?;
        let end = at + c.pos();
        let range = data.range(at + 4, end);
        ctx.open(&f::SVCB_SVCPARAM, Value::None, data.range(at, end));
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
            0 => {
                for pair in bytes.as_chunks::<2>().0 {
                    let key = Value::Uint(u16::from_be_bytes(*pair).into());
                    ctx.field(&f::SVCB_MANDATORY, key, range);
                }
            }
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
            2 => {}
            5 => ctx.field(&f::SVCB_ECH, Value::Bytes(bytes), range),
            32769 => ctx.field(&f::SVCB_ODOH, Value::Bytes(bytes), range),
            _ => ctx.field(&f::SVCB_SVCPARAM_VALUE, Value::Bytes(bytes), range),
        }
        ctx.close();
        at = end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{base32, key_tag};

    #[test]
    fn keys_have_tags() {
        // RFC 4034 section 5.4: 60485.
        use base64::Engine as _;
        let key = "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
        let mut rdata = vec![1, 0, 3, 5];
        rdata.extend(
            base64::engine::general_purpose::STANDARD
                .decode(key)
                .unwrap_or_default(),
        );
        assert_eq!(key_tag(&rdata), 60485);
        assert_eq!(key_tag(&[1, 0, 3, 1, 9, 0xab, 0xcd, 0xef]), 0xabcd);
        assert_eq!((key_tag(&[]), key_tag(&[0, 0, 0, 1])), (0, 0));
    }

    #[test]
    fn hashes_have_the_digits_of_names() {
        assert_eq!(base32(b""), "");
        assert_eq!(base32(b"foobar"), "cpnmuoj1e8");
        assert_eq!(base32(&[0xff; 5]), "vvvvvvvv");
    }
}
