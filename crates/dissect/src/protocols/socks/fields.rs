//! Fields of SOCKS.

use weir_model::{Field, Holds, Kind};

pub(super) static VERSION: Field = Field::new("socks.version", Kind::Uint(8), "Version");
pub(super) static COMMAND: Field = Field::new("socks.command", Kind::Uint(8), "Command").values(&[
    (1, "Connect"),
    (2, "Bind"),
    (3, "UdpAssociate"),
    (128, "Ping"),
    (129, "Traceroute"),
]);
pub(super) static METHOD_COUNT: Field = Field::new(
    "socks.auth_method_count",
    Kind::Uint(8),
    "Authentication Method Count",
);
pub(super) static METHOD: Field =
    Field::new("socks.auth_method", Kind::Uint(8), "Method").values(METHODS);
pub(super) static ACCEPTED: Field = Field::new(
    "socks.auth_accepted_method",
    Kind::Uint(8),
    "Accepted Auth Method",
)
.values(METHODS);
pub(super) static SUBVERSION: Field = Field::new(
    "socks.subnegotiation_version",
    Kind::Uint(8),
    "Subnegotiation Version",
);
pub(super) static USERNAME: Field =
    Field::new("socks.username", Kind::Text, "User name").holds(Holds::Name);
pub(super) static PASSWORD: Field =
    Field::new("socks.password", Kind::Text, "Password").holds(Holds::Secret);
pub(super) static AUTH_STATUS: Field =
    Field::new("socks.auth_status", Kind::Uint(8), "Status").values(&[(0, "success")]);
pub(super) static RESERVED: Field = Field::new("socks.reserved", Kind::Uint(8), "Reserved");
pub(super) static ADDRESS_TYPE: Field =
    Field::new("socks.address_type", Kind::Uint(8), "Address Type").values(&[
        (1, "IPv4"),
        (3, "Domain Name"),
        (4, "IPv6"),
    ]);
pub(super) static DST: Field =
    Field::new("socks.dst", Kind::Ipv4, "Remote Address").holds(Holds::Address);
pub(super) static DST6: Field =
    Field::new("socks.dstV6", Kind::Ipv6, "Remote Address(ipv6)").holds(Holds::Address);
pub(super) static NAME: Field =
    Field::new("socks.remote_name", Kind::Text, "Remote name").holds(Holds::Name);
pub(super) static NAME4: Field = Field::new(
    "socks.v4a_dns_name",
    Kind::Text,
    "SOCKS v4a Remote Domain Name",
)
.holds(Holds::Name);
pub(super) static DSTPORT: Field = Field::new("socks.dstport", Kind::Uint(16), "Remote Port");
pub(super) static PORT: Field = Field::new("socks.port", Kind::Uint(16), "Port");
pub(super) static RESULTS: Field =
    Field::new("socks.results", Kind::Uint(8), "Results(V4)").values(RESULTS4);

pub(super) static ALL: &[&Field] = &[
    &VERSION,
    &COMMAND,
    &METHOD_COUNT,
    &METHOD,
    &ACCEPTED,
    &SUBVERSION,
    &USERNAME,
    &PASSWORD,
    &AUTH_STATUS,
    &RESERVED,
    &ADDRESS_TYPE,
    &DST,
    &DST6,
    &NAME,
    &NAME4,
    &DSTPORT,
    &PORT,
    &RESULTS,
    &RESULTS5,
];

/// Results of version 5 under the name that both share.
pub(super) static RESULTS5: Field =
    Field::new("socks.results", Kind::Uint(8), "Results(V5)").values(REPLIES5);

pub(super) static METHODS: &[(u64, &str)] = &[
    (0, "No authentication"),
    (1, "GSSAPI"),
    (2, "Username/Password"),
    (3, "CHAP"),
    (5, "CRAM"),
    (6, "SSL"),
    (255, "No acceptable method"),
];

pub(super) static RESULTS4: &[(u64, &str)] = &[
    (90, "Granted"),
    (91, "Rejected or Failed"),
    (
        92,
        "Rejected because SOCKS server cannot connect to identd on the client",
    ),
    (
        93,
        "Rejected because the client program and identd report different user-ids",
    ),
];

/// RFC 1928 section 6.
pub(super) static REPLIES5: &[(u64, &str)] = &[
    (0, "Succeeded"),
    (1, "General SOCKS server failure"),
    (2, "Connection not allowed by ruleset"),
    (3, "Network unreachable"),
    (4, "Host unreachable"),
    (5, "Connection refused"),
    (6, "TTL expired"),
    (7, "Command not supported"),
    (8, "Address type not supported"),
];
