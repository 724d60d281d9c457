//! Control messages (RFC 9327) and the private ones of ntpd (`ntp_request.h`): heads, text, the list of clients.

use super::PROTOCOL;
use super::fields as f;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use weir_model::Value;

row! {
    /// A control or private message: who looks into a time server, and how long its answers are.
    pub struct Control of PROTOCOL {
        mode: u8 = "6 control, 7 private",
        response: bool = "An answer",
        code: u8 = "Operation (mode 6) or request code (mode 7; 42 lists the clients)",
        items: u16 = "Items (mode 7) or bytes (mode 6) in it",
        size: u64 = "Bytes of the message",
    }
    |c| format!("mode {} code {}, {} bytes", c.mode, c.code, c.size)
}

/// Entries of a list that are described.
const ENTRIES: usize = 64;

/// `false`: too short.
pub(super) fn control(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>) -> bool {
    if wanted {
        flags(ctx, data);
        ctx.info(format_args!(
            "NTP Version {}, control",
            data.u8(0).unwrap_or(0) >> 3 & 7
        ));
        if let Some(n) = data.u8(1) {
            ctx.open(&f::FLAGS2, Value::Uint(u64::from(n)), data.range(1, 2));
            ctx.bits(&f::CTRL_R, data, 1, 1, 0x80);
            ctx.bits(&f::CTRL_ERROR, data, 1, 1, 0x40);
            ctx.bits(&f::CTRL_MORE, data, 1, 1, 0x20);
            ctx.bits(&f::CTRL_OPCODE, data, 1, 1, 0x1f);
            ctx.close();
        }
        ctx.number(&f::CTRL_SEQUENCE, data, 2, 2);
        ctx.number(&f::CTRL_STATUS, data, 4, 2);
        ctx.number(&f::CTRL_ASSOCID, data, 6, 2);
        ctx.number(&f::CTRL_OFFSET, data, 8, 2);
        ctx.number(&f::CTRL_COUNT, data, 10, 2);
        let count = usize::from(data.u16(10).unwrap_or(0));
        let body = data.sub(12, 12 + count);
        if !body.is_empty() {
            ctx.open(&f::CTRL_DATA, Value::None, body.all());
            ctx.close();
        }
    }
    let (Some(flags), Some(count)) = (data.u8(1), data.u16(10)) else {
        return false;
    };
    let meta = ctx.whole_message();
    ctx.emit(Control {
        meta,
        mode: 6,
        response: flags & 0x80 != 0,
        code: flags & 0x1f,
        items: count,
        size: data.len() as u64,
    });
    true
}

fn flags(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if let Some(n) = data.u8(0) {
        ctx.open(&f::FLAGS, Value::Uint(u64::from(n)), data.range(0, 1));
        ctx.bits(&f::LI, data, 0, 1, 0xc0);
        ctx.bits(&f::VN, data, 0, 1, 0x38);
        ctx.bits(&f::MODE, data, 0, 1, 0x07);
        ctx.close();
    }
}

/// `false`: too short.
pub(super) fn private(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>) -> bool {
    let (Some(first), Some(code), Some(items), Some(size)) =
        (data.u8(0), data.u8(3), data.u16(4), data.u16(6))
    else {
        return false;
    };
    let (response, items, size) = (first & 0x80 != 0, items & 0x0fff, size & 0x0fff);
    if wanted {
        ctx.info(format_args!("NTP Version {}, private", first >> 3 & 7));
        ctx.open(&f::FLAGS, Value::Uint(u64::from(first)), data.range(0, 1));
        ctx.bits(&f::PRIV_R, data, 0, 1, 0x80);
        ctx.bits(&f::PRIV_MORE, data, 0, 1, 0x40);
        ctx.bits(&f::VN, data, 0, 1, 0x38);
        ctx.bits(&f::MODE, data, 0, 1, 0x07);
        ctx.close();
        ctx.number(&f::PRIV_AUTH_SEQ, data, 1, 1);
        ctx.bits(&f::PRIV_AUTH, data, 1, 1, 0x80);
        ctx.bits(&f::PRIV_SEQ, data, 1, 1, 0x7f);
        ctx.number(&f::PRIV_IMPL, data, 2, 1);
        ctx.number(&f::PRIV_REQCODE, data, 3, 1);
        ctx.bits(&f::PRIV_ERR, data, 4, 2, 0xf000);
        ctx.bits(&f::PRIV_NUMITEMS, data, 4, 2, 0x0fff);
        ctx.bits(&f::PRIV_ITEMSIZE, data, 6, 2, 0x0fff);
        if response && matches!(code, 20 | 42) {
            clients(ctx, data, usize::from(items), usize::from(size));
        }
    }
    let meta = ctx.whole_message();
    ctx.emit(Control {
        meta,
        mode: 7,
        response,
        code,
        items,
        size: data.len() as u64,
    });
    true
}

/// The clients that a server remembers.
fn clients(ctx: &mut Ctx<'_>, data: Data<'_>, items: usize, size: usize) {
    if size < 32 {
        return;
    }
    for n in 0..items.min(ENTRIES) {
        let entry = data.sub(8 + n * size, 8 + (n + 1) * size);
        if entry.len() < 32 {
            return;
        }
        ctx.open(&f::MODE7_ITEM, Value::Text("Monlist item"), entry.all());
        ctx.number(&f::AVGINT, entry, 0, 4);
        ctx.number(&f::LSINT, entry, 4, 4);
        ctx.number(&f::RESTR, entry, 8, 4);
        ctx.number(&f::COUNT, entry, 12, 4);
        for (field, at) in [(&f::REMOTE, 16), (&f::LOCAL, 20)] {
            if let Some(a) = entry.array::<4>(at) {
                ctx.field(field, Value::Ipv4(a.into()), entry.range(at, at + 4));
            }
        }
        ctx.number(&f::MON_FLAGS, entry, 24, 4);
        ctx.number(&f::MON_PORT, entry, 28, 2);
        ctx.number(&f::MON_MODE, entry, 30, 1);
        ctx.number(&f::MON_VERSION, entry, 31, 1);
        ctx.close();
    }
}
