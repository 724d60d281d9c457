//! A DHCP message's fields, in Wireshark's order. Reports nothing.

use super::fields as f;
use super::lease::fqdn;
use super::wire::{END, Fixed, Opt, PAD};
use crate::context::Ctx;
use crate::data::Data;
use std::net::Ipv4Addr;
use weir_model::{Field, Mac, Value};

/// What an option's value is.
enum As {
    Ips(&'static Field),
    Text(&'static Field),
    U8(&'static Field),
    U16(&'static Field),
    U32(&'static Field),
    /// A byte an item.
    Items(&'static Field),
}

static MEANING: &[(u8, As)] = &[
    (1, As::Ips(&f::OPTION_SUBNET_MASK)),
    (3, As::Ips(&f::OPTION_ROUTER)),
    (6, As::Ips(&f::OPTION_DOMAIN_NAME_SERVER)),
    (12, As::Text(&f::OPTION_HOSTNAME)),
    (15, As::Text(&f::OPTION_DOMAIN_NAME)),
    (28, As::Ips(&f::OPTION_BROADCAST_ADDRESS)),
    (42, As::Ips(&f::OPTION_NTP_SERVER)),
    (44, As::Ips(&f::OPTION_NETBIOS_OVER_TCPIP_NAME_SERVER)),
    (50, As::Ips(&f::OPTION_REQUESTED_IP_ADDRESS)),
    (51, As::U32(&f::OPTION_IP_ADDRESS_LEASE_TIME)),
    (53, As::U8(&f::OPTION_DHCP)),
    (54, As::Ips(&f::OPTION_DHCP_SERVER_ID)),
    (55, As::Items(&f::OPTION_REQUEST_LIST_ITEM)),
    (56, As::Text(&f::OPTION_MESSAGE)),
    (57, As::U16(&f::OPTION_DHCP_MAX_MESSAGE_SIZE)),
    (58, As::U32(&f::OPTION_RENEWAL_TIME_VALUE)),
    (59, As::U32(&f::OPTION_REBINDING_TIME_VALUE)),
    (60, As::Text(&f::OPTION_VENDOR_CLASS_ID)),
    (66, As::Text(&f::OPTION_TFTP_SERVER_NAME)),
    (67, As::Text(&f::OPTION_BOOTFILE_NAME)),
];

pub(super) fn message(ctx: &mut Ctx<'_>, x: &Fixed<'_>, options: &[Opt<'_>], data: Data<'_>) {
    let kind = options
        .iter()
        .find(|o| o.code == 53)
        .and_then(|o| o.value.first());
    let word = kind.and_then(|k| f::OPTION_DHCP.word(u64::from(*k)));
    let word = word.unwrap_or(if x.op == 2 {
        "Boot Reply"
    } else {
        "Boot Request"
    });
    ctx.info(format_args!("DHCP {word} - Transaction ID 0x{:x}", x.id));
    let u8s = [
        (&f::TYPE, x.op),
        (&f::HW_TYPE, x.hw_type),
        (&f::HW_LEN, x.hw_len),
        (&f::HOPS, x.hops),
    ];
    for (n, (field, value)) in u8s.into_iter().enumerate() {
        ctx.field(field, Value::Uint(u64::from(value)), data.range(n, n + 1));
    }
    ctx.field(&f::ID, Value::Uint(u64::from(x.id)), data.range(4, 8));
    let secs = if x.is_swapped() {
        x.secs.swap_bytes()
    } else {
        x.secs
    };
    ctx.field(&f::SECS, Value::Uint(u64::from(secs)), data.range(8, 10));
    let range = data.range(10, 12);
    ctx.open(&f::FLAGS, Value::Uint(u64::from(x.flags)), range);
    ctx.field(&f::FLAGS_BC, Value::Bool(x.flags & 0x8000 != 0), range);
    ctx.field(
        &f::FLAGS_RESERVED,
        Value::Uint(u64::from(x.flags & 0x7fff)),
        range,
    );
    ctx.close();
    let ips = [&f::IP_CLIENT, &f::IP_YOUR, &f::IP_SERVER, &f::IP_RELAY];
    for (n, (field, ip)) in ips.into_iter().zip(x.addresses).enumerate() {
        ctx.field(
            field,
            Value::Ipv4(Ipv4Addr::from(ip)),
            data.range(12 + n * 4, 16 + n * 4),
        );
    }
    hardware(ctx, x, data);
    for (field, bytes, at) in [(&f::SERVER, x.server, 44), (&f::FILE, x.file, 108)] {
        if bytes.is_empty() {
            continue;
        }
        let len = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        let text = String::from_utf8_lossy(bytes.get(..len).unwrap_or_default());
        ctx.field(field, Value::Text(&text), data.range(at, at + bytes.len()));
    }
    if let Some(cookie) = x.cookie {
        ctx.field(
            &f::COOKIE,
            Value::Ipv4(Ipv4Addr::from(cookie)),
            data.range(236, 240),
        );
    }
    for o in options {
        option(ctx, o, data);
    }
}

fn hardware(ctx: &mut Ctx<'_>, x: &Fixed<'_>, data: Data<'_>) {
    let len = usize::from(x.hw_len).min(x.hw.len());
    let (used, padding) = x.hw.split_at_checked(len).unwrap_or_default();
    match <[u8; 6]>::try_from(used) {
        Ok(mac) if matches!(x.hw_type, 1 | 6) => {
            ctx.field(&f::HW_MAC_ADDR, Value::Mac(Mac(mac)), data.range(28, 34));
        }
        _ if len > 0 => ctx.field(&f::HW_ADDR, Value::Bytes(used), data.range(28, 28 + len)),
        _ => {}
    }
    if !padding.is_empty() {
        ctx.field(
            &f::HW_ADDR_PADDING,
            Value::Bytes(padding),
            data.range(28 + len, 44),
        );
    }
}

fn option(ctx: &mut Ctx<'_>, o: &Opt<'_>, data: Data<'_>) {
    let all = data.range(o.at, o.end());
    if o.code == PAD {
        return ctx.field(&f::OPTION_PADDING, Value::Bytes(o.value), all);
    }
    ctx.open(&f::OPTION_TYPE, Value::Uint(u64::from(o.code)), all);
    if o.code == END {
        ctx.field(&f::OPTION_END, Value::Uint(u64::from(END)), all);
        return ctx.close();
    }
    let len = Value::Uint(o.value.len() as u64);
    ctx.field(&f::OPTION_LENGTH, len, data.range(o.at + 1, o.at + 2));
    let range = data.range(o.at + 2, o.end());
    if !o.value.is_empty() {
        ctx.field(&f::OPTION_VALUE, Value::Bytes(o.value), range);
    }
    let meaning = MEANING
        .iter()
        .find(|(code, _)| *code == o.code)
        .map(|(_, m)| m);
    match meaning {
        Some(As::Ips(field)) => {
            for ip in o.value.as_chunks::<4>().0 {
                ctx.field(field, Value::Ipv4(Ipv4Addr::from(*ip)), range);
            }
        }
        Some(As::Text(field)) => {
            let end = o
                .value
                .iter()
                .position(|b| *b == 0)
                .unwrap_or(o.value.len());
            let text = String::from_utf8_lossy(o.value.get(..end).unwrap_or_default());
            ctx.field(field, Value::Text(&text), range);
        }
        Some(As::U8(field)) => {
            if let [n] = o.value {
                ctx.field(field, Value::Uint(u64::from(*n)), range);
            }
        }
        Some(As::U16(field)) => {
            if let Ok(n) = <[u8; 2]>::try_from(o.value) {
                ctx.field(field, Value::Uint(u64::from(u16::from_be_bytes(n))), range);
            }
        }
        Some(As::U32(field)) => {
            if let Ok(n) = <[u8; 4]>::try_from(o.value) {
                ctx.field(field, Value::Uint(u64::from(u32::from_be_bytes(n))), range);
            }
        }
        Some(As::Items(field)) => {
            for n in o.value {
                ctx.field(field, Value::Uint(u64::from(*n)), range);
            }
        }
        None if o.code == 61 => client(ctx, o, data),
        None if o.code == 81 => name(ctx, o, data),
        None => {}
    }
    ctx.close();
}

/// The client's identifier (RFC 2132 section 9.14): where it is a hardware address, that.
fn client(ctx: &mut Ctx<'_>, o: &Opt<'_>, data: Data<'_>) {
    let at = o.at + 2;
    if let [kind @ (1 | 6), mac @ ..] = o.value
        && let Ok(mac) = <[u8; 6]>::try_from(mac)
    {
        let kind = Value::Uint(u64::from(*kind));
        ctx.field(&f::HW_TYPE, kind, data.range(at, at + 1));
        ctx.field(
            &f::HW_MAC_ADDR,
            Value::Mac(Mac(mac)),
            data.range(at + 1, o.end()),
        );
    }
}

fn name(ctx: &mut Ctx<'_>, o: &Opt<'_>, data: Data<'_>) {
    if let ([flags, a, b, ..], Some(name)) = (o.value, fqdn(o.value)) {
        let at = o.at + 2;
        ctx.field(
            &f::FQDN_FLAGS,
            Value::Uint(u64::from(*flags)),
            data.range(at, at + 1),
        );
        ctx.field(
            &f::FQDN_RCODE1,
            Value::Uint(u64::from(*a)),
            data.range(at + 1, at + 2),
        );
        ctx.field(
            &f::FQDN_RCODE2,
            Value::Uint(u64::from(*b)),
            data.range(at + 2, at + 3),
        );
        ctx.field(
            &f::FQDN_NAME,
            Value::Text(&name),
            data.range(at + 3, o.end()),
        );
    }
}
