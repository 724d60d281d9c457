//! Fields of HSRP, those of version 2 under the prefix `hsrp2` that Wireshark gives them.

use weir_model::{Field, Holds, Kind};

pub(crate) static VERSION: Field = Field::new("hsrp.version", Kind::Uint(8), "Version");
pub(crate) static OPCODE: Field = Field::new("hsrp.opcode", Kind::Uint(8), "Op Code").values(&[
    (0, "Hello"),
    (1, "Coup"),
    (2, "Resign"),
    (3, "Advertise"),
]);
pub(crate) static STATE: Field = Field::new("hsrp.state", Kind::Uint(8), "State").values(&[
    (0, "Initial"),
    (1, "Learn"),
    (2, "Listen"),
    (4, "Speak"),
    (8, "Standby"),
    (16, "Active"),
]);
pub(crate) static HELLOTIME: Field = Field::new("hsrp.hellotime", Kind::Uint(8), "Hellotime");
pub(crate) static HOLDTIME: Field = Field::new("hsrp.holdtime", Kind::Uint(8), "Holdtime");
pub(crate) static PRIORITY: Field = Field::new("hsrp.priority", Kind::Uint(8), "Priority");
pub(crate) static GROUP: Field = Field::new("hsrp.group", Kind::Uint(8), "Group");
pub(crate) static RESERVED: Field = Field::new("hsrp.reserved", Kind::Uint(8), "Reserved");
pub(crate) static AUTH_DATA: Field =
    Field::new("hsrp.auth_data", Kind::Text, "Authentication Data").holds(Holds::Secret);
pub(crate) static VIRT_IP: Field =
    Field::new("hsrp.virt_ip", Kind::Ipv4, "Virtual IP Address").holds(Holds::Address);
pub(crate) static ADV_TYPE: Field = Field::new("hsrp.adv.tlvtype", Kind::Uint(16), "Adv type")
    .values(&[(1, "HSRP interface state"), (2, "IP redundancy")]);
pub(crate) static ADV_LENGTH: Field =
    Field::new("hsrp.adv.tlvlength", Kind::Uint(16), "Adv length");
pub(crate) static ADV_STATE: Field = Field::new("hsrp.adv.state", Kind::Uint(8), "Adv state")
    .values(&[(1, "Dormant"), (2, "Passive"), (3, "Active")]);
pub(crate) static ADV_RESERVED1: Field =
    Field::new("hsrp.adv.reserved1", Kind::Uint(8), "Adv reserved1");
pub(crate) static ADV_ACTIVE: Field =
    Field::new("hsrp.adv.activegrp", Kind::Uint(16), "Adv active groups");
pub(crate) static ADV_PASSIVE: Field =
    Field::new("hsrp.adv.passivegrp", Kind::Uint(16), "Adv passive groups");
pub(crate) static ADV_RESERVED2: Field =
    Field::new("hsrp.adv.reserved2", Kind::Uint(32), "Adv reserved2");

pub(crate) static GROUP_STATE_TLV: Field =
    Field::new("hsrp2.group_state_tlv", Kind::Uint(8), "Group State TLV");
pub(crate) static INTERFACE_STATE_TLV: Field = Field::new(
    "hsrp2.interface_state_tlv",
    Kind::Uint(8),
    "Interface State TLV",
);
pub(crate) static TEXT_AUTH_TLV: Field = Field::new(
    "hsrp2.text_auth_tlv",
    Kind::Uint(8),
    "Text Authentication TLV",
);
pub(crate) static MD5_AUTH_TLV: Field = Field::new(
    "hsrp2.md5_auth_tlv",
    Kind::Uint(8),
    "MD5 Authentication TLV",
);
pub(crate) static VERSION_2: Field = Field::new("hsrp2.version", Kind::Uint(8), "Version");
pub(crate) static OPCODE_2: Field = Field::new("hsrp2.opcode", Kind::Uint(8), "Op Code").values(&[
    (0, "Hello"),
    (1, "Coup"),
    (2, "Resign"),
]);
pub(crate) static STATE_2: Field = Field::new("hsrp2.state", Kind::Uint(8), "State").values(&[
    (1, "Init"),
    (2, "Learn"),
    (3, "Listen"),
    (4, "Speak"),
    (5, "Standby"),
    (6, "Active"),
]);
pub(crate) static IP_VERSION: Field =
    Field::new("hsrp2.ipversion", Kind::Uint(8), "IP Ver.").values(&[(4, "IPv4"), (6, "IPv6")]);
pub(crate) static GROUP_2: Field = Field::new("hsrp2.group", Kind::Uint(16), "Group");
pub(crate) static IDENTIFIER: Field =
    Field::new("hsrp2.identifier", Kind::Mac, "Identifier").holds(Holds::Address);
pub(crate) static PRIORITY_2: Field = Field::new("hsrp2.priority", Kind::Uint(32), "Priority");
pub(crate) static HELLOTIME_2: Field = Field::new("hsrp2.hellotime", Kind::Uint(32), "Hellotime");
pub(crate) static HOLDTIME_2: Field = Field::new("hsrp2.holdtime", Kind::Uint(32), "Holdtime");
pub(crate) static VIRT_IP_2: Field =
    Field::new("hsrp2.virt_ip", Kind::Ipv4, "Virtual IP Address").holds(Holds::Address);
pub(crate) static VIRT_IP_V6: Field =
    Field::new("hsrp2.virt_ip_v6", Kind::Ipv6, "Virtual IPv6 Address").holds(Holds::Address);
pub(crate) static ACTIVE_GROUPS: Field =
    Field::new("hsrp2.active_groups", Kind::Uint(16), "Active Groups");
pub(crate) static PASSIVE_GROUPS: Field =
    Field::new("hsrp2.passive_groups", Kind::Uint(16), "Passive Groups");
pub(crate) static AUTH_DATA_2: Field =
    Field::new("hsrp2.auth_data", Kind::Text, "Authentication Data").holds(Holds::Secret);
pub(crate) static MD5_ALGORITHM: Field =
    Field::new("hsrp2.md5_algorithm", Kind::Uint(8), "MD5 Algorithm").values(&[(1, "MD5")]);
pub(crate) static MD5_PADDING: Field =
    Field::new("hsrp2.md5_padding", Kind::Uint(8), "Padding").hex();
pub(crate) static MD5_FLAGS: Field = Field::new("hsrp2.md5_flags", Kind::Uint(16), "MD5 Flags");
pub(crate) static MD5_ADDRESS: Field =
    Field::new("hsrp.md5_ip_address", Kind::Ipv4, "Sender's IP Address").holds(Holds::Address);
pub(crate) static MD5_KEY: Field = Field::new("hsrp2.md5_key_id", Kind::Uint(32), "MD5 Key ID");
// Enough to try passwords against.
pub(crate) static MD5_DATA: Field = Field::new(
    "hsrp2.md5_auth_data",
    Kind::Bytes,
    "MD5 Authentication Data",
)
.holds(Holds::Secret);

/// All of them.
pub(crate) static ALL: &[&Field] = &[
    &VERSION,
    &OPCODE,
    &STATE,
    &HELLOTIME,
    &HOLDTIME,
    &PRIORITY,
    &GROUP,
    &RESERVED,
    &AUTH_DATA,
    &VIRT_IP,
    &ADV_TYPE,
    &ADV_LENGTH,
    &ADV_STATE,
    &ADV_RESERVED1,
    &ADV_ACTIVE,
    &ADV_PASSIVE,
    &ADV_RESERVED2,
    &GROUP_STATE_TLV,
    &INTERFACE_STATE_TLV,
    &TEXT_AUTH_TLV,
    &MD5_AUTH_TLV,
    &VERSION_2,
    &OPCODE_2,
    &STATE_2,
    &IP_VERSION,
    &GROUP_2,
    &IDENTIFIER,
    &PRIORITY_2,
    &HELLOTIME_2,
    &HOLDTIME_2,
    &VIRT_IP_2,
    &VIRT_IP_V6,
    &ACTIVE_GROUPS,
    &PASSIVE_GROUPS,
    &AUTH_DATA_2,
    &MD5_ALGORITHM,
    &MD5_PADDING,
    &MD5_FLAGS,
    &MD5_ADDRESS,
    &MD5_KEY,
    &MD5_DATA,
];
