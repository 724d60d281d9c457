//! IPv4 options (RFC 791 section 3.1): their kinds and lengths.

use crate::context::Ctx;
use crate::data::Data;
use weir_model::{Field, Kind};

pub(super) static TYPE: Field = Field::new("ip.opt.type", Kind::Uint(8), "Type").values(&[
    (0, "End of Options List (EOL)"),
    (1, "No-Operation (NOP)"),
    (7, "Record Route"),
    (68, "Time Stamp"),
    (130, "Security"),
    (131, "Loose Source Route"),
    (137, "Strict Source Route"),
    (148, "Router Alert"),
]);
pub(super) static LEN: Field = Field::new("ip.opt.len", Kind::Uint(8), "Length");
pub(super) static ROUTER_ALERT: Field = Field::new("ip.opt.ra", Kind::Uint(16), "Router Alert");

pub(super) fn describe(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut at = 0;
    while let Some(kind) = data.u8(at) {
        ctx.number(&TYPE, data, at, 1);
        match kind {
            0 => break,
            1 => at += 1,
            _ => {
                let Some(len) = data.u8(at + 1).filter(|n| *n >= 2) else {
                    break;
                };
                ctx.number(&LEN, data, at + 1, 1);
                if kind == 148 {
                    ctx.number(&ROUTER_ALERT, data, at + 2, 2);
                }
                at += usize::from(len);
            }
        }
    }
}
