//! Fields of LLDP, as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(super) static TLV_TYPE: Field =
    Field::new("lldp.tlv.type", Kind::Uint(16), "TLV Type").values(&[
        (0, "End of LLDPDU"),
        (1, "Chassis Id"),
        (2, "Port Id"),
        (3, "Time to Live"),
        (4, "Port Description"),
        (5, "System Name"),
        (6, "System Description"),
        (7, "System Capabilities"),
        (8, "Management Address"),
        (127, "Organization Specific"),
    ]);
pub(super) static TLV_LEN: Field = Field::new("lldp.tlv.len", Kind::Uint(16), "TLV Length");
pub(super) static CHASSIS_SUBTYPE: Field =
    Field::new("lldp.chassis.subtype", Kind::Uint(8), "Chassis Id Subtype").values(&[
        (1, "Chassis component"),
        (2, "Interface alias"),
        (3, "Port component"),
        (4, "MAC address"),
        (5, "Network address"),
        (6, "Interface name"),
        (7, "Locally assigned"),
    ]);
pub(super) static CHASSIS_ID: Field =
    Field::new("lldp.chassis.id", Kind::Bytes, "Chassis Id").holds(Holds::Name);
pub(super) static CHASSIS_MAC: Field =
    Field::new("lldp.chassis.id.mac", Kind::Mac, "Chassis Id").holds(Holds::Address);
pub(super) static CHASSIS_IP4: Field =
    Field::new("lldp.chassis.id.ip4", Kind::Ipv4, "Chassis Id").holds(Holds::Address);
pub(super) static CHASSIS_IP6: Field =
    Field::new("lldp.chassis.id.ip6", Kind::Ipv6, "Chassis Id").holds(Holds::Address);
pub(super) static FAMILY: Field = Field::new(
    "lldp.network_address.subtype",
    Kind::Uint(8),
    "Network Address family",
);
pub(super) static PORT_SUBTYPE: Field =
    Field::new("lldp.port.subtype", Kind::Uint(8), "Port Id Subtype").values(&[
        (1, "Interface alias"),
        (2, "Port component"),
        (3, "MAC address"),
        (4, "Network address"),
        (5, "Interface name"),
        (6, "Agent circuit Id"),
        (7, "Locally assigned"),
    ]);
pub(super) static PORT_ID: Field = Field::new("lldp.port.id", Kind::Text, "Port Id");
pub(super) static PORT_MAC: Field =
    Field::new("lldp.port.id.mac", Kind::Mac, "Port Id").holds(Holds::Address);
pub(super) static PORT_IP4: Field =
    Field::new("lldp.port.id.ip4", Kind::Ipv4, "Port Id").holds(Holds::Address);
pub(super) static PORT_IP6: Field =
    Field::new("lldp.port.id.ip6", Kind::Ipv6, "Port Id").holds(Holds::Address);
pub(super) static PORT_DESC: Field = Field::new("lldp.port.desc", Kind::Text, "Port Description");
pub(super) static SECONDS: Field = Field::new("lldp.time_to_live", Kind::Uint(16), "Seconds");
pub(super) static SYSTEM_NAME: Field =
    Field::new("lldp.tlv.system.name", Kind::Text, "System Name").holds(Holds::Name);
pub(super) static SYSTEM_DESC: Field =
    Field::new("lldp.tlv.system.desc", Kind::Text, "System Description");
pub(super) static MGN_LEN: Field = Field::new(
    "lldp.mgn.address.len",
    Kind::Uint(8),
    "Address String Length",
);
pub(super) static MGN_SUBTYPE: Field =
    Field::new("lldp.mgn.address.subtype", Kind::Uint(8), "Address Subtype");
pub(super) static MGN_IP4: Field =
    Field::new("lldp.mgn.addr.ip4", Kind::Ipv4, "Management Address").holds(Holds::Address);
pub(super) static MGN_IP6: Field =
    Field::new("lldp.mgn.addr.ip6", Kind::Ipv6, "Management Address").holds(Holds::Address);
pub(super) static MGN_HEX: Field =
    Field::new("lldp.mgn.addr.hex", Kind::Bytes, "Management Address").holds(Holds::Address);
pub(super) static MGN_INTERFACE: Field = Field::new(
    "lldp.mgn.interface.subtype",
    Kind::Uint(8),
    "Interface Subtype",
);
pub(super) static MGN_NUMBER: Field = Field::new(
    "lldp.mgn.interface.number",
    Kind::Uint(32),
    "Interface Number",
);
pub(super) static MGN_OID_LEN: Field =
    Field::new("lldp.mgn.obj.len", Kind::Uint(8), "OID String Length");
pub(super) static OUI: Field = Field::new(
    "lldp.orgtlv.oui",
    Kind::Uint(24),
    "Organization Unique Code",
);

macro_rules! capabilities {
    ($name:ident, $prefix:literal, $title:literal) => {
        /// The whole, then bit by bit from the lowest.
        pub(super) static $name: [Field; 9] = [
            Field::new($prefix, Kind::Uint(16), $title).hex(),
            Field::new(concat!($prefix, ".other"), Kind::Bool, "Other"),
            Field::new(concat!($prefix, ".repeater"), Kind::Bool, "Repeater"),
            Field::new(concat!($prefix, ".bridge"), Kind::Bool, "Bridge"),
            Field::new(
                concat!($prefix, ".wlan_access_pt"),
                Kind::Bool,
                "WLAN access point",
            ),
            Field::new(concat!($prefix, ".router"), Kind::Bool, "Router"),
            Field::new(concat!($prefix, ".telephone"), Kind::Bool, "Telephone"),
            Field::new(
                concat!($prefix, ".docsis_cable_device"),
                Kind::Bool,
                "DOCSIS cable device",
            ),
            Field::new(
                concat!($prefix, ".station_only"),
                Kind::Bool,
                "Station only",
            ),
        ];
    };
}
capabilities!(CAPABLE, "lldp.tlv.system_cap", "Capabilities");
capabilities!(
    ENABLED,
    "lldp.tlv.enable_system_cap",
    "Enabled Capabilities"
);

pub(super) static ALL: &[&Field] = &[
    &TLV_TYPE,
    &TLV_LEN,
    &CHASSIS_SUBTYPE,
    &CHASSIS_ID,
    &CHASSIS_MAC,
    &CHASSIS_IP4,
    &CHASSIS_IP6,
    &FAMILY,
    &PORT_SUBTYPE,
    &PORT_ID,
    &PORT_MAC,
    &PORT_IP4,
    &PORT_IP6,
    &PORT_DESC,
    &SECONDS,
    &SYSTEM_NAME,
    &SYSTEM_DESC,
    &CAPABLE[0],
    &CAPABLE[1],
    &CAPABLE[2],
    &CAPABLE[3],
    &CAPABLE[4],
    &CAPABLE[5],
    &CAPABLE[6],
    &CAPABLE[7],
    &CAPABLE[8],
    &ENABLED[0],
    &ENABLED[1],
    &ENABLED[2],
    &ENABLED[3],
    &ENABLED[4],
    &ENABLED[5],
    &ENABLED[6],
    &ENABLED[7],
    &ENABLED[8],
    &MGN_LEN,
    &MGN_SUBTYPE,
    &MGN_IP4,
    &MGN_IP6,
    &MGN_HEX,
    &MGN_INTERFACE,
    &MGN_NUMBER,
    &MGN_OID_LEN,
    &OUI,
];
