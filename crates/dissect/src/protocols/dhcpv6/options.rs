//! The options of DHCPv6 (RFC 8415 section 21, RFC 3646, RFC 4704): each with its number and length, some with others
//! inside.

use super::{DEPTH, Exchange, fields as f, message};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Severity;
use crate::shown::shown;
use std::fmt::Write as _;
use std::net::Ipv6Addr;
use weir_model::{Field, LimitKind, Timestamp, Value};

/// Options that are read, of a message or within one option.
const OPTIONS: usize = 256;
/// Addresses of a message that its row keeps.
const ADDRESSES: usize = 16;
/// Bytes of a text that its row keeps.
const TEXT: usize = 255;
/// Seconds from 1970 to 2000, which identifiers count from.
const EPOCH: i64 = 946_684_800;

static DEEP: LimitKind = LimitKind {
    id: "dhcpv6.depth",
    says: "options stand deeper within each other than is read",
    bound: DEPTH as u64,
    unit: "options",
};

static MANY: LimitKind = LimitKind {
    id: "dhcpv6.options",
    says: "a message has more options than are read",
    bound: OPTIONS as u64,
    unit: "options",
};

static MANY_ADDRESSES: LimitKind = LimitKind {
    id: "dhcpv6.addresses",
    says: "a message gives more addresses than its row keeps",
    bound: ADDRESSES as u64,
    unit: "addresses",
};

/// A user's class says that it is longer than its option.
pub(super) static CLASSES: AnomalyKind = AnomalyKind {
    id: "dhcpv6.user_class.length",
    says: "User Class: suboption too long",
    severity: Severity::Error,
    group: "Malformed",
};

/// Do the classes of a user, each with its length, fill their option (RFC 8415 section 21.15)?
fn classes(data: Data<'_>) -> bool {
    let mut at = 0;
    while let Some(len) = data.u16(at) {
        at += 2 + usize::from(len);
    }
    at == data.len()
}

/// Options one after the other; `false` where one breaks off.
pub(super) fn read(
    ctx: &mut Ctx<'_>,
    wanted: bool,
    data: Data<'_>,
    row: &mut Exchange,
    depth: u8,
) -> bool {
    if depth > DEPTH {
        ctx.limit(&DEEP);
        return true;
    }
    let mut at = 0;
    for _ in 0..OPTIONS {
        if at >= data.len() {
            return true;
        }
        let (Some(kind), Some(len)) = (data.u16(at), data.u16(at + 2)) else {
            return false;
        };
        let end = at + 4 + usize::from(len);
        let option = data.sub(at, end);
        if wanted {
            let name = f::OPTION_TYPE.word(kind.into()).unwrap_or("Unknown");
            ctx.open(&f::OPTION_NAME, Value::Text(name), option.all());
            ctx.number(&f::OPTION_TYPE, option, 0, 2);
            ctx.number(&f::OPTION_LENGTH, option, 2, 2);
        }
        let fine = end <= data.len();
        let inner = option.rest(4);
        fill(ctx, row, kind, inner);
        if wanted {
            describe(ctx, kind, inner);
        }
        let nested = match kind {
            9 => message(ctx, wanted, inner, row, depth + 1),
            3 | 25 => read(ctx, wanted, inner.rest(12), row, depth + 1),
            4 => read(ctx, wanted, inner.rest(4), row, depth + 1),
            5 => read(ctx, wanted, inner.rest(24), row, depth + 1),
            26 => read(ctx, wanted, inner.rest(25), row, depth + 1),
            15 => {
                if !classes(inner) {
                    ctx.remark(&CLASSES, format_args!("{}", CLASSES.says));
                }
                true
            }
            _ => true,
        };
        if wanted {
            ctx.close();
        }
        if !fine || !nested {
            return false;
        }
        at = end;
    }
    if at < data.len() {
        ctx.limit(&MANY);
    }
    true
}

fn hex(bytes: &[u8], between: &str) -> String {
    let mut out = String::new();
    for (n, b) in bytes.iter().enumerate() {
        let between = if n == 0 { "" } else { between };
        let _ = write!(out, "{between}{b:02x}");
    }
    out
}

/// Names as DNS writes them, without compression (RFC 8415 section 10): one that ends with the root has a point there.
fn names(data: Data<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let mut name = String::new();
    let mut at = 0;
    while let Some(len) = data.u8(at).map(usize::from) {
        if len == 0 {
            name.push('.');
            out.push(std::mem::take(&mut name));
        } else {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&shown(data.sub(at + 1, at + 1 + len).bytes));
        }
        at += 1 + len;
    }
    if !name.is_empty() {
        out.push(name);
    }
    out
}

/// What an option says of the row.
fn fill(ctx: &mut Ctx<'_>, row: &mut Exchange, kind: u16, data: Data<'_>) {
    let address = |at: usize| data.array::<16>(at).map(|a| Ipv6Addr::from(a).to_string());
    match kind {
        1 => {
            row.duid = hex(data.sub(0, TEXT).bytes, "").into();
            let hardware = match data.u16(0) {
                Some(1) => data.rest(8),
                Some(3) => data.rest(4),
                _ => data.sub(0, 0),
            };
            if hardware.len() == 6 {
                row.mac = hex(hardware.bytes, ":").into();
            }
        }
        5 | 26 if row.addresses.len() >= ADDRESSES => ctx.limit(&MANY_ADDRESSES),
        5 => {
            row.addresses.extend(address(0).map(Into::into));
        }
        26 => {
            let len = data.u8(8).unwrap_or(0);
            let prefix = address(9).map(|a| format!("{a}/{len}").into());
            row.addresses.extend(prefix);
        }
        13 => {
            let code = data.u16(0).map_or(0, u64::from);
            if code != 0 {
                row.status = f::STATUS.word(code).unwrap_or("unknown");
            }
        }
        16 => {
            let len = data.u16(4).map_or(0, usize::from);
            let text = data.sub(6, 6 + len.min(TEXT));
            row.vendor = shown(text.bytes).into();
        }
        23 => {
            if data.len() / 16 > ADDRESSES {
                ctx.limit(&MANY_ADDRESSES);
            }
            let servers = data.bytes.chunks_exact(16).take(ADDRESSES);
            let servers = servers.filter_map(|c| c.first_chunk::<16>());
            row.dns = servers
                .map(|a| Ipv6Addr::from(*a).to_string().into())
                .collect();
        }
        39 => {
            if let Some(name) = names(data.rest(1)).first() {
                row.host_name = name.trim_end_matches('.').into();
            }
        }
        _ => {}
    }
}

fn each_ipv6(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    for n in 0..data.len() / 16 {
        ctx.ipv6(field, data, n * 16);
    }
}

fn text(ctx: &mut Ctx<'_>, field: &'static Field, data: Data<'_>) {
    ctx.field(field, Value::Text(&shown(data.bytes)), data.all());
}

fn describe(ctx: &mut Ctx<'_>, kind: u16, data: Data<'_>) {
    let iaid = |ctx: &mut Ctx<'_>, field| {
        let id = data.sub(0, 4);
        ctx.field(field, Value::Text(&hex(id.bytes, "")), id.all());
    };
    match kind {
        1 | 2 => duid(ctx, data),
        3 | 25 => {
            iaid(ctx, &f::IAID);
            ctx.number(&f::IAID_T1, data, 4, 4);
            ctx.number(&f::IAID_T2, data, 8, 4);
        }
        4 => iaid(ctx, &f::IATA),
        5 => {
            ctx.ipv6(&f::IAADDR_IP, data, 0);
            ctx.number(&f::IAADDR_PREFERRED, data, 16, 4);
            ctx.number(&f::IAADDR_VALID, data, 20, 4);
        }
        6 => {
            for n in 0..data.len() / 2 {
                ctx.number(&f::REQUESTED, data, n * 2, 2);
            }
        }
        7 => ctx.number(&f::PREFERENCE, data, 0, 1),
        // In hundredths of a second; shown in thousandths.
        8 => {
            if let Some(n) = data.u16(0) {
                ctx.field(
                    &f::ELAPSED,
                    Value::Uint(u64::from(n) * 10),
                    data.range(0, 2),
                );
            }
        }
        12 => ctx.ipv6(&f::UNICAST, data, 0),
        13 => {
            ctx.number(&f::STATUS, data, 0, 2);
            if data.len() > 2 {
                text(ctx, &f::STATUS_MESSAGE, data.rest(2));
            }
        }
        15 => {
            let mut at = 0;
            while let Some(len) = data.u16(at).map(usize::from) {
                if at + 2 + len > data.len() {
                    break;
                }
                ctx.number(&f::USERCLASS_LENGTH, data, at, 2);
                ctx.bytes(&f::USERCLASS_DATA, data, at + 2, at + 2 + len);
                at += 2 + len;
            }
        }
        16 => {
            ctx.number(&f::VENDOR_ENTERPRISE, data, 0, 4);
            let len = data.u16(4).map_or(0, usize::from);
            if len > 0 {
                text(ctx, &f::VENDOR_DATA, data.sub(6, 6 + len));
            }
        }
        18 => ctx.bytes(&f::INTERFACE_ID, data, 0, data.len()),
        19 => ctx.number(&f::RECONFIGURE, data, 0, 1),
        23 => each_ipv6(ctx, &f::DNS_SERVER, data),
        24 => {
            for name in names(data) {
                ctx.field(&f::SEARCH, Value::Text(&name), data.all());
            }
        }
        26 => {
            ctx.number(&f::PREFIX_PREFERRED, data, 0, 4);
            ctx.number(&f::PREFIX_VALID, data, 4, 4);
            ctx.number(&f::PREFIX_LENGTH, data, 8, 1);
            ctx.ipv6(&f::PREFIX_ADDRESS, data, 9);
        }
        31 => each_ipv6(ctx, &f::SNTP_SERVER, data),
        37 => {
            ctx.number(&f::REMOTE_ENTERPRISE, data, 0, 4);
            ctx.bytes(&f::REMOTE_ID, data, 4, data.len());
        }
        39 => {
            ctx.number(&f::FQDN_FLAGS, data, 0, 1);
            if let Some(name) = names(data.rest(1)).first() {
                ctx.field(&f::CLIENT_DOMAIN, Value::Text(name), data.rest(1).all());
            }
        }
        41 => text(ctx, &f::TIMEZONE, data),
        _ => {}
    }
}

/// Who a host is (RFC 8415 section 11).
fn duid(ctx: &mut Ctx<'_>, data: Data<'_>) {
    ctx.bytes(&f::DUID, data, 0, data.len());
    ctx.number(&f::DUID_TYPE, data, 0, 2);
    let address = |ctx: &mut Ctx<'_>, field, part: Data<'_>| {
        ctx.field(field, Value::Text(&hex(part.bytes, ":")), part.all());
    };
    match data.u16(0) {
        Some(1) => {
            ctx.number(&f::LLT_HWTYPE, data, 2, 2);
            if let Some(n) = data.u32(4) {
                let time = Timestamp::from_parts(EPOCH + i64::from(n), 0);
                ctx.field(&f::LLT_TIME, Value::Time(time), data.range(4, 8));
            }
            address(ctx, &f::LLT_ADDRESS, data.rest(8));
        }
        Some(2) => {
            ctx.number(&f::EN_ENTERPRISE, data, 2, 4);
            ctx.bytes(&f::EN_IDENTIFIER, data, 6, data.len());
        }
        Some(3) => {
            ctx.number(&f::LL_HWTYPE, data, 2, 2);
            address(ctx, &f::LL_ADDRESS, data.rest(4));
        }
        Some(4) => ctx.bytes(&f::UUID, data, 2, data.len()),
        _ => {}
    }
}
