//! Fields of EAP and the numbers of its methods.

use weir_model::{Field, Holds, Kind};

/// Numbers given by IANA, in Wireshark's words.
pub(crate) const METHODS: &[(u64, &str)] = &[
    (1, "Identity"),
    (2, "Notification"),
    (3, "Legacy Nak (Response Only)"),
    (4, "MD5-Challenge EAP (EAP-MD5-CHALLENGE)"),
    (5, "One-Time Password EAP (EAP-OTP)"),
    (6, "Generic Token Card EAP (EAP-GTC)"),
    (7, "Allocated"),
    (8, "Allocated"),
    (9, "RSA Public Key Authentication EAP (EAP-RSA-PKA)"),
    (10, "DSS Unilateral EAP (EAP-DSS)"),
    (11, "KEA EAP (EAP-KEA)"),
    (12, "KEA Validate EAP (EAP-KEA-VALIDATE)"),
    (13, "TLS EAP (EAP-TLS)"),
    (14, "Defender Token EAP (EAP-AXENT)"),
    (15, "RSA Security SecurID EAP (EAP-RSA-SECURID)"),
    (16, "Arcot Systems EAP (EAP-ARCOT-SYSTEMS)"),
    (17, "Cisco Wireless EAP / Lightweight EAP (EAP-LEAP)"),
    (18, "GSM Subscriber Identity Modules EAP (EAP-SIM)"),
    (
        19,
        "Secure Remote Password SHA1 Part 1 EAP (EAP-SRP-SHA1-PART1)",
    ),
    (
        20,
        "Secure Remote Password SHA1 Part 2 EAP (EAP-SRP-SHA1-PART2)",
    ),
    (21, "Tunneled TLS EAP (EAP-TTLS)"),
    (22, "Remote Access Service EAP (EAP-RAS)"),
    (23, "UMTS Authentication and Key Agreement EAP (EAP-AKA)"),
    (24, "3Com Wireless EAP (EAP-3COM-WIRELESS)"),
    (25, "Protected EAP (EAP-PEAP)"),
    (26, "MS-Authentication EAP (EAP-MS-AUTH)"),
    (27, "Mutual Authentication w/Key Exchange EAP (EAP-MAKE)"),
    (28, "CRYPTOCard EAP (EAP-CRYPTOCARD)"),
    (29, "MS-CHAP-v2 EAP (EAP-MS-CHAP-V2)"),
    (30, "DynamID EAP (EAP-DYNAMID)"),
    (31, "Rob EAP (EAP-ROB)"),
    (32, "Protected One-Time Password EAP (EAP-POTP)"),
    (33, "MS-Authentication TLV EAP (EAP-MS-AUTH-TLV)"),
    (34, "SentriNET (EAP-SENTRINET)"),
    (35, "Actiontec Wireless EAP (EAP-ACTIONTEC-WIRELESS)"),
    (
        36,
        "Cogent Systems Biometrics Authentication EAP (EAP-COGENT-BIOMETRIC)",
    ),
    (37, "AirFortress EAP (EAP-AIRFORTRESS)"),
    (38, "HTTP Digest EAP (EAP-HTTP-DIGEST)"),
    (39, "SecureSuite EAP (EAP-SECURESUITE)"),
    (40, "DeviceConnect EAP (EAP-DEVICECONNECT)"),
    (
        41,
        "Simple Password Exponential Key Exchange EAP (EAP-SPEKE)",
    ),
    (42, "MOBAC EAP (EAP-MOBAC)"),
    (
        43,
        "Flexible Authentication via Secure Tunneling EAP (EAP-FAST)",
    ),
    (44, "ZoneLabs EAP (EAP-ZLXEAP)"),
    (45, "Link EAP (EAP-LINK)"),
    (46, "Password Authenticated eXchange EAP (EAP-PAX)"),
    (47, "Pre-Shared Key EAP (EAP-PSK)"),
    (
        48,
        "Shared-secret Authentication and Key Establishment EAP (EAP-SAKE)",
    ),
    (49, "Internet Key Exchange v2 EAP (EAP-IKEv2)"),
    (50, "UMTS Authentication and Key Agreement' EAP (EAP-AKA')"),
    (51, "Generalized Pre-Shared Key EAP (EAP-GPSK)"),
    (52, "Password EAP (EAP-pwd)"),
    (53, "Encrypted Key Exchange v1 EAP (EAP-EKEv1)"),
    (55, "Tunneled EAP protocol"),
    (254, "Expanded Type"),
    (255, "Experimental"),
];

pub(crate) static CODE: Field = Field::new("eap.code", Kind::Uint(8), "Code").values(&[
    (1, "Request"),
    (2, "Response"),
    (3, "Success"),
    (4, "Failure"),
    (5, "Initiate"),
    (6, "Finish"),
]);
pub(crate) static ID: Field = Field::new("eap.id", Kind::Uint(8), "Id");
pub(crate) static LEN: Field = Field::new("eap.len", Kind::Uint(16), "Length");
pub(crate) static TYPE: Field = Field::new("eap.type", Kind::Uint(8), "Type").values(METHODS);
pub(crate) static DESIRED: Field =
    Field::new("eap.desired_type", Kind::Uint(8), "Desired Auth Type").values(METHODS);
pub(crate) static IDENTITY: Field =
    Field::new("eap.identity", Kind::Text, "Identity").holds(Holds::Name);
pub(crate) static NOTIFICATION: Field =
    Field::new("eap.notification", Kind::Text, "Notification").holds(Holds::Content);
pub(crate) static MD5_SIZE: Field =
    Field::new("eap.md5.value_size", Kind::Uint(8), "EAP-MD5 Value-Size");
// Challenge and answer together are enough to try passwords against.
pub(crate) static MD5_VALUE: Field =
    Field::new("eap.md5.value", Kind::Bytes, "EAP-MD5 Value").holds(Holds::Secret);
pub(crate) static MD5_EXTRA: Field =
    Field::new("eap.md5.extra_data", Kind::Bytes, "EAP-MD5 Extra Data");
pub(crate) static TLS_FLAGS: Field =
    Field::new("eap.tls.flags", Kind::Uint(8), "EAP-TLS Flags").hex();
pub(crate) static TLS_LEN_INCLUDED: Field =
    Field::new("eap.tls.flags.len_included", Kind::Bool, "Length Included");
pub(crate) static TLS_MORE: Field =
    Field::new("eap.tls.flags.more_fragments", Kind::Bool, "More Fragments");
pub(crate) static TLS_START: Field = Field::new("eap.tls.flags.start", Kind::Bool, "Start");
pub(crate) static TLS_OUTER: Field = Field::new(
    "eap.tls.flags.outer_tlv_len_included",
    Kind::Bool,
    "Outer TLV Length Included",
);
pub(crate) static TLS_VERSION: Field =
    Field::new("eap.tls.flags.version", Kind::Uint(8), "Version");
pub(crate) static TLS_LEN: Field = Field::new("eap.tls.len", Kind::Uint(32), "EAP-TLS Length");
pub(crate) static DATA: Field = Field::new("eap.data", Kind::Bytes, "EAP Data");

/// All of them.
pub(crate) static ALL: &[&Field] = &[
    &CODE,
    &ID,
    &LEN,
    &TYPE,
    &DESIRED,
    &IDENTITY,
    &NOTIFICATION,
    &MD5_SIZE,
    &MD5_VALUE,
    &MD5_EXTRA,
    &TLS_FLAGS,
    &TLS_LEN_INCLUDED,
    &TLS_MORE,
    &TLS_START,
    &TLS_OUTER,
    &TLS_VERSION,
    &TLS_LEN,
    &DATA,
];
