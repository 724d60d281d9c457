//! The attributes of STUN and TURN (RFC 8489 section 14, RFC 8656 section 18, RFC 8445 section 16.1).

use super::{COOKIE, Exchange, fields as f};
use crate::context::Ctx;
use crate::data::Data;
use crate::shown::shown;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use weir_model::{Field, Value};

/// Attributes of a message that are read.
pub(super) const MANY: usize = 64;
/// Bytes of a text that its row keeps.
const TEXT: usize = 255;

/// One attribute.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    pub(super) kind: u16,
    whole: Data<'a>,
    pub(super) value: Data<'a>,
    /// Where the next one begins.
    pub(super) end: usize,
}

/// Attributes one after the other, as long as they are whole; each begins at a multiple of four bytes.
pub(super) fn attributes(data: Data<'_>) -> impl Iterator<Item = Attribute<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, len) = (data.u16(at)?, usize::from(data.u16(at + 2)?));
        let stop = at + 4 + len;
        if stop > data.len() {
            return None;
        }
        let whole = data.sub(at, stop);
        // Old senders leave the padding of the last one away.
        at = stop.next_multiple_of(4).min(data.len());
        Some(Attribute {
            kind,
            whole,
            value: whole.rest(4),
            end: at,
        })
    })
    .take(MANY)
}

/// Is an attribute's address hidden with the cookie and the transaction?
fn is_xored(kind: u16) -> bool {
    matches!(kind, 0x0012 | 0x0016 | 0x0020 | 0x8020)
}

/// Is it an address?
fn is_address(kind: u16) -> bool {
    is_xored(kind)
        || matches!(
            kind,
            0x0001 | 0x0002 | 0x0004 | 0x0005 | 0x000b | 0x0011 | 0x8023 | 0x802b | 0x802c
        )
}

/// The address and port of a value; `message` holds what hides them.
fn address(value: Data<'_>, xored: bool, message: Data<'_>) -> Option<(IpAddr, u16)> {
    let mut mask = [0; 16];
    if xored {
        let hides = message.array::<16>(4)?;
        mask = hides;
        let cookie = COOKIE.to_be_bytes();
        mask.iter_mut().zip(cookie).for_each(|(m, c)| *m = c);
    }
    let port = value.u16(2)? ^ (u16::from(mask[0]) << 8 | u16::from(mask[1]));
    let ip = match value.u8(1)? {
        1 => {
            let mut a = value.array::<4>(4)?;
            a.iter_mut().zip(mask).for_each(|(a, m)| *a ^= m);
            Ipv4Addr::from(a).into()
        }
        2 => {
            let mut a = value.array::<16>(4)?;
            a.iter_mut().zip(mask).for_each(|(a, m)| *a ^= m);
            Ipv6Addr::from(a).into()
        }
        _ => return None,
    };
    Some((ip, port))
}

impl Attribute<'_> {
    /// What it says of the row.
    pub(super) fn fill(&self, row: &mut Exchange, message: Data<'_>) {
        let text = || shown(self.value.sub(0, TEXT).bytes).into();
        let place = || {
            address(self.value, is_xored(self.kind), message)
                .map(|(ip, port)| std::net::SocketAddr::from((ip, port)).to_string().into())
                .unwrap_or_default()
        };
        match self.kind {
            0x0006 => row.username = text(),
            0x0014 => row.realm = text(),
            0x8022 => row.software = text(),
            0x0001 if row.mapped.is_empty() => row.mapped = place(),
            0x0020 | 0x8020 => row.mapped = place(),
            0x0016 => row.relayed = place(),
            0x0012 => row.peer = place(),
            0x0009 => {
                let class = self.value.u8(2).map(|n| u16::from(n & 7));
                let number = self.value.u8(3).map(u16::from);
                row.error = class.zip(number).map(|(c, n)| c * 100 + n);
            }
            _ => {}
        }
    }

    pub(super) fn describe(&self, ctx: &mut Ctx<'_>, message: Data<'_>) {
        let (whole, value) = (self.whole, self.value);
        ctx.open(&f::ATTRIBUTE, Value::Uint(self.kind.into()), whole.all());
        ctx.number(&f::ATT_TYPE, whole, 0, 2);
        ctx.bits(&f::COMPREHENSION, whole, 0, 2, 0x8000);
        ctx.bits(&f::ATT_ASSIGNMENT, whole, 0, 2, 0x4000);
        ctx.number(&f::ATT_LENGTH, whole, 2, 2);
        let text = |ctx: &mut Ctx<'_>, field: &'static Field, part: Data<'_>| {
            ctx.field(field, Value::Text(&shown(part.bytes)), part.all());
        };
        match self.kind {
            kind if is_address(kind) => place(ctx, value, is_xored(kind), message),
            0x0003 => {
                ctx.flag(&f::CHANGE_IP, value, 2, 2, 4);
                ctx.flag(&f::CHANGE_PORT, value, 2, 2, 2);
            }
            0x0006 => text(ctx, &f::USERNAME, value),
            0x0008 | 0x001c => ctx.bytes(&f::HMAC, value, 0, value.len()),
            0x0009 => {
                ctx.bits(&f::ERROR_CLASS, value, 2, 1, 7);
                ctx.number(&f::ERROR, value, 3, 1);
                text(ctx, &f::REASON, value.rest(4));
            }
            0x000a => {
                for n in 0..value.len() / 2 {
                    ctx.number(&f::UNKNOWN, value, n * 2, 2);
                }
            }
            0x000c => ctx.number(&f::CHANNEL, value, 0, 2),
            0x000d => ctx.number(&f::LIFETIME, value, 0, 4),
            0x000f => ctx.number(&f::MAGIC, value, 0, 4),
            0x0014 => text(ctx, &f::REALM, value),
            0x0015 => text(ctx, &f::NONCE, value),
            0x0017 => ctx.number(&f::FAMILY, value, 0, 1),
            0x0018 => ctx.bits(&f::EVEN_PORT, value, 0, 1, 0x80),
            0x0019 => ctx.number(&f::TRANSPORT, value, 0, 1),
            0x0022 => ctx.bytes(&f::TOKEN, value, 0, value.len()),
            0x0024 => ctx.number(&f::PRIORITY, value, 0, 4),
            0x8022 => text(ctx, &f::SOFTWARE, value),
            0x8028 => ctx.number(&f::CRC32, value, 0, 4),
            0x8029 | 0x802a => ctx.bytes(&f::TIE_BREAKER, value, 0, 8),
            0xc057 => {
                ctx.number(&f::NETWORK_ID, value, 0, 2);
                ctx.number(&f::NETWORK_COST, value, 2, 2);
            }
            _ => ctx.bytes(&f::VALUE, value, 0, value.len()),
        }
        ctx.close();
    }
}

fn place(ctx: &mut Ctx<'_>, value: Data<'_>, xored: bool, message: Data<'_>) {
    ctx.number(&f::FAMILY, value, 1, 1);
    if xored {
        ctx.bytes(&f::PORT_XORED, value, 2, 4);
    }
    let Some((ip, port)) = address(value, xored, message) else {
        return;
    };
    ctx.field(&f::PORT, Value::Uint(port.into()), value.range(2, 4));
    match ip {
        IpAddr::V4(a) => {
            if xored {
                ctx.bytes(&f::IPV4_XORED, value, 4, 8);
            }
            ctx.field(&f::IPV4, Value::Ipv4(a), value.range(4, 8));
        }
        IpAddr::V6(a) => {
            if xored {
                ctx.bytes(&f::IPV6_XORED, value, 4, 20);
            }
            ctx.field(&f::IPV6, Value::Ipv6(a), value.range(4, 20));
        }
    }
}
