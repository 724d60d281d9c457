//! TCP options (RFC 9293 section 3.2, RFC 7323, RFC 2018).

use crate::context::Ctx;
use crate::data::Data;
use weir_model::{Field, Kind, Value};

pub(super) static OPTIONS: Field = Field::new("tcp.options", Kind::Bytes, "TCP Options");
pub(super) static KIND: Field = Field::new("tcp.option_kind", Kind::Uint(8), "Kind").values(&[
    (0, "End of Option List"),
    (1, "No-Operation"),
    (2, "Maximum Segment Size"),
    (3, "Window Scale"),
    (4, "SACK Permitted"),
    (5, "SACK"),
    (8, "Time Stamp Option"),
    (19, "TCP MD5 signature"),
    (30, "Multipath TCP"),
    (34, "TCP Fast Open"),
]);
pub(super) static LEN: Field = Field::new("tcp.option_len", Kind::Uint(8), "Length");
pub(super) static NOP: Field = Field::new("tcp.options.nop", Kind::Bytes, "No-Operation (NOP)");
pub(super) static EOL: Field = Field::new("tcp.options.eol", Kind::Bytes, "End of Option List");
pub(super) static MSS: Field = Field::new("tcp.options.mss", Kind::Bytes, "Maximum segment size");
pub(super) static MSS_VAL: Field = Field::new("tcp.options.mss_val", Kind::Uint(16), "MSS Value");
pub(super) static WSCALE: Field = Field::new("tcp.options.wscale", Kind::Bytes, "Window scale");
pub(super) static SHIFT: Field =
    Field::new("tcp.options.wscale.shift", Kind::Uint(8), "Shift count");
pub(super) static MULTIPLIER: Field = Field::new(
    "tcp.options.wscale.multiplier",
    Kind::Uint(16),
    "Multiplier",
);
pub(super) static SACK_PERM: Field =
    Field::new("tcp.options.sack_perm", Kind::Bytes, "SACK permitted");
pub(super) static SACK: Field = Field::new("tcp.options.sack", Kind::Bytes, "SACK");
pub(super) static SACK_LE: Field = Field::new("tcp.options.sack_le", Kind::Uint(32), "left edge");
pub(super) static SACK_RE: Field = Field::new("tcp.options.sack_re", Kind::Uint(32), "right edge");
pub(super) static SACK_COUNT: Field =
    Field::new("tcp.options.sack.count", Kind::Uint(8), "TCP SACK Count");
pub(super) static TIMESTAMP: Field = Field::new("tcp.options.timestamp", Kind::Bytes, "Timestamps");
pub(super) static TSVAL: Field = Field::new(
    "tcp.options.timestamp.tsval",
    Kind::Uint(32),
    "Timestamp value",
);
pub(super) static TSECR: Field = Field::new(
    "tcp.options.timestamp.tsecr",
    Kind::Uint(32),
    "Timestamp echo reply",
);
pub(super) static UNKNOWN: Field = Field::new("tcp.options.unknown", Kind::Bytes, "Unknown Option");

/// The options one by one; what does not fit ends the list.
fn each(data: Data<'_>) -> impl Iterator<Item = Data<'_>> {
    let mut rest = data;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let len = match rest.u8(0)? {
            0 => {
                done = true;
                1
            }
            1 => 1,
            _ => rest.u8(1).map(usize::from).filter(|n| *n >= 2)?,
        };
        let option = rest.sub(0, len);
        rest = rest.rest(len);
        Some(option)
    })
}

/// The window shift that a SYN offers.
pub(super) fn shift(data: Data<'_>) -> Option<u8> {
    each(data)
        .find(|o| o.u8(0) == Some(3))
        .and_then(|o| o.u8(2))
}

/// Does a SYN show a cookie of Fast Open (RFC 7413 section 4.1.1), under its own number or the experimental one?
pub(super) fn has_cookie(data: Data<'_>) -> bool {
    each(data).any(|o| match o.u8(0) {
        Some(34) => o.len() > 2,
        Some(254) => o.u16(2) == Some(0xf989) && o.len() > 4,
        _ => false,
    })
}

/// Does a SYN say how long segments may be?
pub(super) fn has_mss(data: Data<'_>) -> bool {
    each(data).any(|o| o.u8(0) == Some(2))
}

/// Does a selective acknowledgement tell of bytes that came twice (RFC 2883 section 4)? Then its first block is
/// acknowledged already, or lies within the second.
pub(super) fn repeats(data: Data<'_>, ack: u32) -> bool {
    let before = |a: u32, b: u32| a.wrapping_sub(b).cast_signed() < 0;
    each(data).filter(|o| o.u8(0) == Some(5)).any(|o| {
        let (Some(left), Some(right)) = (o.u32(2), o.u32(6)) else {
            return false;
        };
        let within = match (o.u32(10), o.u32(14)) {
            (Some(l), Some(r)) => !before(left, l) && !before(r, right),
            _ => false,
        };
        before(left, ack) || within
    })
}

/// `origin`: where the other side's relative numbers begin.
pub(super) fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, origin: u32) {
    if data.is_empty() {
        return;
    }
    ctx.open(&OPTIONS, Value::Bytes(data.bytes), data.all());
    for option in each(data) {
        let kind = option.u8(0).unwrap_or_default();
        let field = match kind {
            0 => &EOL,
            1 => &NOP,
            2 => &MSS,
            3 => &WSCALE,
            4 => &SACK_PERM,
            5 => &SACK,
            8 => &TIMESTAMP,
            _ => &UNKNOWN,
        };
        ctx.open(field, Value::Bytes(option.bytes), option.all());
        ctx.number(&KIND, option, 0, 1);
        if kind > 1 {
            ctx.number(&LEN, option, 1, 1);
        }
        match kind {
            2 => ctx.number(&MSS_VAL, option, 2, 2),
            3 => {
                ctx.number(&SHIFT, option, 2, 1);
                if let Some(n) = option.u8(2) {
                    ctx.computed(&MULTIPLIER, Value::Uint(1 << n.min(14)));
                }
            }
            5 => edges(ctx, option, origin),
            8 => {
                ctx.number(&TSVAL, option, 2, 4);
                ctx.number(&TSECR, option, 6, 4);
            }
            _ => {}
        }
        ctx.close();
    }
    ctx.close();
}

fn edges(ctx: &mut Ctx<'_>, option: Data<'_>, origin: u32) {
    let mut count = 0;
    for at in (2..option.len()).step_by(8) {
        for (field, at) in [(&SACK_LE, at), (&SACK_RE, at + 4)] {
            if let Some(n) = option.u32(at) {
                let n = u64::from(n.wrapping_sub(origin));
                ctx.field(field, Value::Uint(n), option.range(at, at + 4));
            }
        }
        count += 1;
    }
    ctx.computed(&SACK_COUNT, Value::Uint(count));
}
