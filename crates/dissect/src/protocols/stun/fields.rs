//! Fields of STUN and TURN.

use weir_model::{Field, Holds, Kind};

pub(super) static TYPE: Field = Field::new("stun.type", Kind::Uint(16), "Message Type")
    .hex()
    .values(TYPES);
pub(super) static CLASS: Field = Field::new("stun.type.class", Kind::Uint(16), "Message Class")
    .hex()
    .values(&[
        (0, "Request"),
        (1, "Indication"),
        (0x10, "Success Response"),
        (0x11, "Error Response"),
    ]);
pub(super) static METHOD: Field = Field::new("stun.type.method", Kind::Uint(16), "Message Method")
    .hex()
    .values(METHODS);
pub(super) static ASSIGNMENT: Field = Field::new(
    "stun.type.method-assignment",
    Kind::Uint(16),
    "Message Method Assignment",
)
.hex();
pub(super) static LENGTH: Field = Field::new("stun.length", Kind::Uint(16), "Message Length");
pub(super) static COOKIE: Field = Field::new("stun.cookie", Kind::Bytes, "Message Cookie");
pub(super) static ID: Field = Field::new("stun.id", Kind::Bytes, "Message Transaction ID");
pub(super) static RESPONSE_IN: Field = Field::new("stun.response-in", Kind::Packet, "Response In");
pub(super) static RESPONSE_TO: Field = Field::new("stun.response-to", Kind::Packet, "Request In");
pub(super) static TIME: Field = Field::new("stun.time", Kind::Duration, "Time");
pub(super) static ATTRIBUTES: Field = Field::new("stun.attributes", Kind::None, "Attributes");
pub(super) static ATTRIBUTE: Field = Field::new("stun.attribute", Kind::Uint(16), "Attribute Type")
    .hex()
    .values(ATTRIBUTE_NAMES);
pub(super) static ATT_TYPE: Field = Field::new("stun.att.type", Kind::Uint(16), "Attribute Type")
    .hex()
    .values(ATTRIBUTE_NAMES);
pub(super) static ATT_LENGTH: Field =
    Field::new("stun.att.length", Kind::Uint(16), "Attribute Length");
pub(super) static FAMILY: Field = Field::new("stun.att.family", Kind::Uint(8), "Protocol Family")
    .hex()
    .values(&[(1, "IPv4"), (2, "IPv6")]);
pub(super) static PORT: Field = Field::new("stun.att.port", Kind::Uint(16), "Port");
pub(super) static PORT_XORED: Field = Field::new("stun.att.port-xord", Kind::Bytes, "Port (XOR-d)");
pub(super) static IPV4: Field = Field::new("stun.att.ipv4", Kind::Ipv4, "IP").holds(Holds::Address);
pub(super) static IPV4_XORED: Field = Field::new("stun.att.ipv4-xord", Kind::Bytes, "IP (XOR-d)");
pub(super) static IPV6: Field = Field::new("stun.att.ipv6", Kind::Ipv6, "IP").holds(Holds::Address);
pub(super) static IPV6_XORED: Field = Field::new("stun.att.ipv6-xord", Kind::Bytes, "IP (XOR-d)");
pub(super) static USERNAME: Field =
    Field::new("stun.att.username", Kind::Text, "Username").holds(Holds::Name);
pub(super) static HMAC: Field = Field::new("stun.att.hmac", Kind::Bytes, "HMAC-SHA1");
pub(super) static CRC32: Field = Field::new("stun.att.crc32", Kind::Uint(32), "CRC-32").hex();
pub(super) static ERROR_CLASS: Field =
    Field::new("stun.att.error.class", Kind::Uint(8), "Error Class");
pub(super) static ERROR: Field = Field::new("stun.att.error", Kind::Uint(8), "Error Code");
pub(super) static REASON: Field =
    Field::new("stun.att.error.reason", Kind::Text, "Error Reason Phrase");
pub(super) static REALM: Field =
    Field::new("stun.att.realm", Kind::Text, "Realm").holds(Holds::Name);
pub(super) static NONCE: Field = Field::new("stun.att.nonce", Kind::Text, "Nonce");
pub(super) static UNKNOWN: Field =
    Field::new("stun.att.unknown", Kind::Uint(16), "Unknown Attribute").hex();
pub(super) static SOFTWARE: Field = Field::new("stun.att.software", Kind::Text, "Software");
pub(super) static PRIORITY: Field = Field::new("stun.att.priority", Kind::Uint(32), "Priority");
pub(super) static TIE_BREAKER: Field =
    Field::new("stun.att.tie-breaker", Kind::Bytes, "Tie breaker");
pub(super) static LIFETIME: Field = Field::new("stun.att.lifetime", Kind::Uint(32), "Lifetime");
pub(super) static CHANGE_IP: Field = Field::new("stun.att.change-ip", Kind::Bool, "Change IP");
pub(super) static CHANGE_PORT: Field =
    Field::new("stun.att.change-port", Kind::Bool, "Change Port");
pub(super) static TRANSPORT: Field = Field::new("stun.att.transp", Kind::Uint(8), "Transport")
    .hex()
    .values(&[(6, "TCP"), (17, "UDP")]);
pub(super) static CHANNEL: Field =
    Field::new("stun.att.channelnum", Kind::Uint(16), "Channel-Number").hex();
pub(super) static MAGIC: Field =
    Field::new("stun.att.magic_cookie", Kind::Uint(32), "Magic Cookie").hex();
pub(super) static EVEN_PORT: Field = Field::new(
    "stun.att.even-port.reserve-next",
    Kind::Uint(8),
    "Reserve next",
);
pub(super) static TOKEN: Field = Field::new("stun.att.token", Kind::Bytes, "Token");
pub(super) static VALUE: Field =
    Field::new("stun.value", Kind::Bytes, "Value").holds(Holds::Content);
pub(super) static NETWORK_ID: Field = Field::new(
    "stun.att.google.network_id",
    Kind::Uint(16),
    "Google Network ID",
);
pub(super) static NETWORK_COST: Field = Field::new(
    "stun.att.google.network_cost",
    Kind::Uint(16),
    "Google Network Cost",
);

pub(super) static COMPREHENSION: Field = Field::new(
    "stun.att.type.comprehension",
    Kind::Uint(16),
    "Attribute Type Comprehension",
)
.hex()
.values(&[(0, "Required"), (1, "Optional")]);
pub(super) static ATT_ASSIGNMENT: Field = Field::new(
    "stun.att.type.assignment",
    Kind::Uint(16),
    "Attribute Type Assignment",
)
.hex();
pub(super) static CHANNEL_NUMBER: Field =
    Field::new("stun.channel", Kind::Uint(16), "Channel Number").hex();

pub(super) static ALL: &[&Field] = &[
    &COMPREHENSION,
    &ATT_ASSIGNMENT,
    &CHANNEL_NUMBER,
    &TYPE,
    &CLASS,
    &METHOD,
    &ASSIGNMENT,
    &LENGTH,
    &COOKIE,
    &ID,
    &RESPONSE_IN,
    &RESPONSE_TO,
    &TIME,
    &ATTRIBUTES,
    &ATTRIBUTE,
    &ATT_TYPE,
    &ATT_LENGTH,
    &FAMILY,
    &PORT,
    &PORT_XORED,
    &IPV4,
    &IPV4_XORED,
    &IPV6,
    &IPV6_XORED,
    &USERNAME,
    &HMAC,
    &CRC32,
    &ERROR_CLASS,
    &ERROR,
    &REASON,
    &REALM,
    &NONCE,
    &UNKNOWN,
    &SOFTWARE,
    &PRIORITY,
    &TIE_BREAKER,
    &LIFETIME,
    &CHANGE_IP,
    &CHANGE_PORT,
    &TRANSPORT,
    &CHANNEL,
    &MAGIC,
    &EVEN_PORT,
    &TOKEN,
    &VALUE,
    &NETWORK_ID,
    &NETWORK_COST,
];

/// IANA's list of methods.
pub(super) static METHODS: &[(u64, &str)] = &[
    (1, "Binding"),
    (2, "SharedSecret"),
    (3, "Allocate"),
    (4, "Refresh"),
    (6, "Send"),
    (7, "Data"),
    (8, "CreatePermission"),
    (9, "Channel-Bind"),
    (10, "Connect"),
    (11, "ConnectionBind"),
    (12, "ConnectionAttempt"),
];

/// Methods with their classes, as far as they are met.
pub(super) static TYPES: &[(u64, &str)] = &[
    (0x0001, "Binding Request"),
    (0x0011, "Binding Indication"),
    (0x0101, "Binding Success Response"),
    (0x0111, "Binding Error Response"),
    (0x0003, "Allocate Request"),
    (0x0103, "Allocate Success Response"),
    (0x0113, "Allocate Error Response"),
    (0x0004, "Refresh Request"),
    (0x0104, "Refresh Success Response"),
    (0x0114, "Refresh Error Response"),
    (0x0016, "Send Indication"),
    (0x0017, "Data Indication"),
    (0x0008, "CreatePermission Request"),
    (0x0108, "CreatePermission Success Response"),
    (0x0118, "CreatePermission Error Response"),
    (0x0009, "Channel-Bind Request"),
    (0x0109, "Channel-Bind Success Response"),
    (0x0119, "Channel-Bind Error Response"),
];

/// IANA's list of attributes.
pub(super) static ATTRIBUTE_NAMES: &[(u64, &str)] = &[
    (0x0001, "MAPPED-ADDRESS"),
    (0x0002, "RESPONSE_ADDRESS"),
    (0x0003, "CHANGE_REQUEST"),
    (0x0004, "SOURCE_ADDRESS"),
    (0x0005, "CHANGED_ADDRESS"),
    (0x0006, "USERNAME"),
    (0x0007, "PASSWORD"),
    (0x0008, "MESSAGE-INTEGRITY"),
    (0x0009, "ERROR-CODE"),
    (0x000a, "UNKNOWN-ATTRIBUTES"),
    (0x000b, "REFLECTED-FROM"),
    (0x000c, "CHANNEL-NUMBER"),
    (0x000d, "LIFETIME"),
    (0x000f, "MAGIC-COOKIE"),
    (0x0010, "BANDWIDTH"),
    (0x0011, "DESTINATION-ADDRESS"),
    (0x0012, "XOR-PEER-ADDRESS"),
    (0x0013, "DATA"),
    (0x0014, "REALM"),
    (0x0015, "NONCE"),
    (0x0016, "XOR-RELAYED-ADDRESS"),
    (0x0017, "REQUESTED-ADDRESS-FAMILY"),
    (0x0018, "EVEN-PORT"),
    (0x0019, "REQUESTED-TRANSPORT"),
    (0x001a, "DONT-FRAGMENT"),
    (0x001c, "MESSAGE-INTEGRITY-SHA256"),
    (0x0020, "XOR-MAPPED-ADDRESS"),
    (0x0022, "RESERVATION-TOKEN"),
    (0x0024, "PRIORITY"),
    (0x0025, "USE-CANDIDATE"),
    (0x0026, "PADDING"),
    (0x8020, "XOR-MAPPED-ADDRESS"),
    (0x8022, "SOFTWARE"),
    (0x8023, "ALTERNATE-SERVER"),
    (0x8028, "FINGERPRINT"),
    (0x8029, "ICE-CONTROLLED"),
    (0x802a, "ICE-CONTROLLING"),
    (0x802b, "RESPONSE-ORIGIN"),
    (0x802c, "OTHER-ADDRESS"),
    (0xc057, "GOOG-NETWORK-INFO"),
];
