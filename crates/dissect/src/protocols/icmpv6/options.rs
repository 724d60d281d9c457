//! Neighbour discovery options (RFC 4861 section 4.6, RFC 8106).

use crate::context::Ctx;
use crate::data::Data;
use weir_model::{ByteRange, Field, Holds, Kind, Mac, Value};

pub(super) static OPT: Field = Field::new("icmpv6.opt", Kind::None, "ICMPv6 Option");
pub(super) static TYPE: Field = Field::new("icmpv6.opt.type", Kind::Uint(8), "Type").values(&[
    (1, "Source link-layer address"),
    (2, "Target link-layer address"),
    (3, "Prefix information"),
    (4, "Redirected header"),
    (5, "MTU"),
    (14, "Nonce"),
    (24, "Route Information"),
    (25, "Recursive DNS Server"),
    (31, "DNS Search List Option"),
]);
pub(super) static LENGTH: Field = Field::new("icmpv6.opt.length", Kind::Uint(8), "Length");
pub(super) static LINKADDR: Field =
    Field::new("icmpv6.opt.linkaddr", Kind::Mac, "Link-layer address").holds(Holds::Address);
pub(super) static SRC_LINKADDR: Field = Field::new(
    "icmpv6.opt.src_linkaddr",
    Kind::Mac,
    "Source Link-layer address",
)
.holds(Holds::Address);
pub(super) static TARGET_LINKADDR: Field = Field::new(
    "icmpv6.opt.target_linkaddr",
    Kind::Mac,
    "Target Link-layer address",
)
.holds(Holds::Address);
pub(super) static PREFIX_LENGTH: Field =
    Field::new("icmpv6.opt.prefix.length", Kind::Uint(8), "Prefix Length");
pub(super) static PREFIX_FLAG: Field =
    Field::new("icmpv6.opt.prefix.flag", Kind::Uint(8), "Flag").hex();
pub(super) static PREFIX_L: Field =
    Field::new("icmpv6.opt.prefix.flag.l", Kind::Bool, "On-link flag(L)");
pub(super) static PREFIX_A: Field = Field::new(
    "icmpv6.opt.prefix.flag.a",
    Kind::Bool,
    "Autonomous address-configuration flag(A)",
);
pub(super) static PREFIX_VALID: Field = Field::new(
    "icmpv6.opt.prefix.valid_lifetime",
    Kind::Uint(32),
    "Valid Lifetime",
);
pub(super) static PREFIX_PREFERRED: Field = Field::new(
    "icmpv6.opt.prefix.preferred_lifetime",
    Kind::Uint(32),
    "Preferred Lifetime",
);
pub(super) static PREFIX: Field = Field::new("icmpv6.opt.prefix", Kind::Ipv6, "Prefix");
pub(super) static MTU: Field = Field::new("icmpv6.opt.mtu", Kind::Uint(32), "MTU");
pub(super) static RDNSS_LIFETIME: Field =
    Field::new("icmpv6.opt.rdnss.lifetime", Kind::Uint(32), "Lifetime");
pub(super) static RDNSS: Field =
    Field::new("icmpv6.opt.rdnss", Kind::Ipv6, "Recursive DNS Servers");

/// The options one by one; an option of length 0 ends the list (RFC 4861 section 4.6).
pub(super) fn each<'a>(data: Data<'a>) -> impl Iterator<Item = Data<'a>> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let len = rest.u8(1).map(|n| usize::from(n) * 8)?;
        if len == 0 {
            return None;
        }
        let option = rest.sub(0, len);
        rest = rest.rest(len);
        Some(option)
    })
}

/// The first option of a kind.
pub(super) fn find(data: Data<'_>, kind: u8) -> Option<Data<'_>> {
    each(data).find(|o| o.u8(0) == Some(kind))
}

pub(super) fn describe(ctx: &mut Ctx<'_>, data: Data<'_>) {
    for option in each(data) {
        ctx.open(&OPT, Value::None, option.all());
        ctx.number(&TYPE, option, 0, 1);
        ctx.number(&LENGTH, option, 1, 1);
        match option.u8(0) {
            Some(kind @ (1 | 2)) => {
                let exact = if kind == 1 {
                    &SRC_LINKADDR
                } else {
                    &TARGET_LINKADDR
                };
                if let Some(mac) = option.array(2).map(Mac) {
                    ctx.field(&LINKADDR, Value::Mac(mac), option.range(2, 8));
                    ctx.field(exact, Value::Mac(mac), option.range(2, 8));
                }
            }
            Some(3) => prefix(ctx, option),
            Some(5) => ctx.number(&MTU, option, 4, 4),
            Some(25) => {
                ctx.number(&RDNSS_LIFETIME, option, 4, 4);
                for at in (8..option.len()).step_by(16) {
                    ctx.ipv6(&RDNSS, option, at);
                }
            }
            _ => {}
        }
        ctx.close();
    }
}

fn prefix(ctx: &mut Ctx<'_>, option: Data<'_>) {
    ctx.number(&PREFIX_LENGTH, option, 2, 1);
    let flags = u64::from(option.u8(3).unwrap_or_default());
    let at: ByteRange = option.range(3, 4);
    ctx.open(&PREFIX_FLAG, Value::Uint(flags), at);
    ctx.flag(&PREFIX_L, option, 3, 1, 0x80);
    ctx.flag(&PREFIX_A, option, 3, 1, 0x40);
    ctx.close();
    ctx.number(&PREFIX_VALID, option, 4, 4);
    ctx.number(&PREFIX_PREFERRED, option, 8, 4);
    ctx.ipv6(&PREFIX, option, 16);
}
