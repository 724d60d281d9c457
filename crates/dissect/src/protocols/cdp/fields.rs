//! Fields of CDP, as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(super) static VERSION: Field = Field::new("cdp.version", Kind::Uint(8), "Version");
pub(super) static TTL: Field = Field::new("cdp.ttl", Kind::Uint(8), "TTL");
pub(super) static CHECKSUM: Field = Field::new("cdp.checksum", Kind::Uint(16), "Checksum").hex();
pub(super) static TLV_TYPE: Field = Field::new("cdp.tlv.type", Kind::Uint(16), "Type")
    .hex()
    .values(&[
        (1, "Device ID"),
        (2, "Addresses"),
        (3, "Port ID"),
        (4, "Capabilities"),
        (5, "Software version"),
        (6, "Platform"),
        (7, "IP Prefix/Gateway (used for ODR)"),
        (8, "Protocol Hello"),
        (9, "VTP Management Domain"),
        (10, "Native VLAN"),
        (11, "Duplex"),
        (14, "VoIP VLAN Reply"),
        (16, "Power consumption"),
        (18, "Trust Bitmap"),
        (19, "Untrusted Port CoS"),
        (20, "System Name"),
        (21, "System Object ID"),
        (22, "Management Address"),
        (23, "Location"),
        (26, "Power Available"),
    ]);
pub(super) static TLV_LEN: Field = Field::new("cdp.tlv.len", Kind::Uint(16), "Length");
pub(super) static DEVICE: Field =
    Field::new("cdp.deviceid", Kind::Text, "Device ID").holds(Holds::Name);
pub(super) static PORT: Field = Field::new("cdp.portid", Kind::Text, "Sent through Interface");
pub(super) static PLATFORM: Field = Field::new("cdp.platform", Kind::Text, "Platform");
pub(super) static SOFTWARE: Field =
    Field::new("cdp.software_version", Kind::Text, "Software version");
pub(super) static VTP: Field = Field::new(
    "cdp.vtp_management_domain",
    Kind::Text,
    "VTP Management Domain",
)
.holds(Holds::Name);
pub(super) static NAME: Field =
    Field::new("cdp.system_name", Kind::Text, "System Name").holds(Holds::Name);
pub(super) static VLAN: Field = Field::new("cdp.native_vlan", Kind::Uint(16), "Native VLAN");
pub(super) static DUPLEX: Field = Field::new("cdp.duplex", Kind::Bool, "Duplex");
pub(super) static COUNT: Field = Field::new(
    "cdp.number_of_addresses",
    Kind::Uint(32),
    "Number of addresses",
);
pub(super) static PROTOCOL_TYPE: Field =
    Field::new("cdp.protocol_type", Kind::Uint(8), "Protocol type").hex();
pub(super) static PROTOCOL_LENGTH: Field =
    Field::new("cdp.protocol_length", Kind::Uint(8), "Protocol length");
pub(super) static PROTOCOL: Field = Field::new("cdp.protocol", Kind::Bytes, "Protocol");
pub(super) static ADDRESS_LENGTH: Field =
    Field::new("cdp.address_length", Kind::Uint(16), "Address length");
pub(super) static ADDRESS: Field =
    Field::new("cdp.address", Kind::Bytes, "Address").holds(Holds::Address);
pub(super) static ADDRESS_IP: Field =
    Field::new("cdp.nrgyz.ip_address", Kind::Ipv4, "IP Address").holds(Holds::Address);
pub(super) static CAPABLE: Field =
    Field::new("cdp.capabilities", Kind::Uint(32), "Capabilities").hex();
static ROUTER: Field = Field::new("cdp.capabilities.router", Kind::Bool, "Router");
static BRIDGE: Field = Field::new(
    "cdp.capabilities.trans_bridge",
    Kind::Bool,
    "Transparent Bridge",
);
static SOURCE_ROUTE: Field = Field::new(
    "cdp.capabilities.src_bridge",
    Kind::Bool,
    "Source Route Bridge",
);
static SWITCH: Field = Field::new("cdp.capabilities.switch", Kind::Bool, "Switch");
static HOST: Field = Field::new("cdp.capabilities.host", Kind::Bool, "Host");
static IGMP: Field = Field::new("cdp.capabilities.igmp_capable", Kind::Bool, "IGMP capable");
static REPEATER: Field = Field::new("cdp.capabilities.repeater", Kind::Bool, "Repeater");
static PHONE: Field = Field::new("cdp.capabilities.voip_phone", Kind::Bool, "VoIP Phone");
static REMOTE: Field = Field::new(
    "cdp.capabilities.remote",
    Kind::Bool,
    "Remotely Managed Device",
);
static CVTA: Field = Field::new(
    "cdp.capabilities.cvta",
    Kind::Bool,
    "CVTA/STP Dispute Resolution/Cisco VT Camera",
);
static RELAY: Field = Field::new(
    "cdp.capabilities.mac_relay",
    Kind::Bool,
    "Two Port Mac Relay",
);

/// Bit, word and field of a capability.
pub(super) static CAPABILITIES: &[(u32, &str, &Field)] = &[
    (0x001, "router", &ROUTER),
    (0x002, "bridge", &BRIDGE),
    (0x004, "source route bridge", &SOURCE_ROUTE),
    (0x008, "switch", &SWITCH),
    (0x010, "host", &HOST),
    (0x020, "IGMP", &IGMP),
    (0x040, "repeater", &REPEATER),
    (0x080, "telephone", &PHONE),
    (0x100, "remotely managed", &REMOTE),
    (0x200, "camera", &CVTA),
    (0x400, "two port relay", &RELAY),
];

pub(super) static ALL: &[&Field] = &[
    &VERSION,
    &TTL,
    &CHECKSUM,
    &TLV_TYPE,
    &TLV_LEN,
    &DEVICE,
    &PORT,
    &PLATFORM,
    &SOFTWARE,
    &VTP,
    &NAME,
    &VLAN,
    &DUPLEX,
    &COUNT,
    &PROTOCOL_TYPE,
    &PROTOCOL_LENGTH,
    &PROTOCOL,
    &ADDRESS_LENGTH,
    &ADDRESS,
    &ADDRESS_IP,
    &CAPABLE,
    &ROUTER,
    &BRIDGE,
    &SOURCE_ROUTE,
    &SWITCH,
    &HOST,
    &IGMP,
    &REPEATER,
    &PHONE,
    &REMOTE,
    &CVTA,
    &RELAY,
];
