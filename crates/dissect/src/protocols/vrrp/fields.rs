//! Fields of VRRP.

use crate::protocols::ip::checksum;
use weir_model::{Field, Holds, Kind};

pub(crate) static TYPEVER: Field = Field::new(
    "vrrp.typever",
    Kind::Uint(8),
    "VRRP message version and type",
);
pub(crate) static VERSION: Field =
    Field::new("vrrp.version", Kind::Uint(8), "VRRP protocol version");
pub(crate) static TYPE: Field =
    Field::new("vrrp.type", Kind::Uint(8), "VRRP packet type").values(&[(1, "Advertisement")]);
pub(crate) static VIRT_RTR_ID: Field =
    Field::new("vrrp.virt_rtr_id", Kind::Uint(8), "Virtual Rtr ID");
pub(crate) static PRIO: Field = Field::new("vrrp.prio", Kind::Uint(8), "Priority");
pub(crate) static ADDR_COUNT: Field = Field::new("vrrp.addr_count", Kind::Uint(8), "Addr Count");
pub(crate) static AUTH_TYPE: Field = Field::new("vrrp.auth_type", Kind::Uint(8), "Auth Type")
    .values(&[
        (0, "No Authentication"),
        (
            1,
            "Simple Text Authentication [RFC 2338] / Reserved [RFC 3768]",
        ),
        (
            2,
            "IP Authentication Header [RFC 2338] / Reserved [RFC 3768]",
        ),
        (254, "Cisco VRRP MD5 authentication"),
    ]);
pub(crate) static ADVER_INT: Field = Field::new("vrrp.adver_int", Kind::Uint(8), "Adver Int");
pub(crate) static RESERVED: Field = Field::new("vrrp.reserved_mbz", Kind::Uint(8), "Reserved");
pub(crate) static SHORT_ADVER_INT: Field =
    Field::new("vrrp.short_adver_int", Kind::Uint(16), "Adver Int");
pub(crate) static CHECKSUM: Field = Field::new("vrrp.checksum", Kind::Uint(16), "Checksum").hex();
pub(crate) static STATUS: Field =
    Field::new("vrrp.checksum.status", Kind::Uint(8), "Checksum Status").values(checksum::WORDS);
pub(crate) static IP_ADDR: Field =
    Field::new("vrrp.ip_addr", Kind::Ipv4, "IP Address").holds(Holds::Address);
pub(crate) static IPV6_ADDR: Field =
    Field::new("vrrp.ipv6_addr", Kind::Ipv6, "IPv6 Address").holds(Holds::Address);
pub(crate) static AUTH_STRING: Field =
    Field::new("vrrp.auth_string", Kind::Text, "Authentication String").holds(Holds::Secret);
// Enough to try passwords against.
pub(crate) static MD5_DATA: Field =
    Field::new("vrrp.md5_auth_data", Kind::Bytes, "MD5 Authentication Data").holds(Holds::Secret);

/// All of them.
pub(crate) static ALL: &[&Field] = &[
    &TYPEVER,
    &VERSION,
    &TYPE,
    &VIRT_RTR_ID,
    &PRIO,
    &ADDR_COUNT,
    &AUTH_TYPE,
    &ADVER_INT,
    &RESERVED,
    &SHORT_ADVER_INT,
    &CHECKSUM,
    &STATUS,
    &IP_ADDR,
    &IPV6_ADDR,
    &AUTH_STRING,
    &MD5_DATA,
];
