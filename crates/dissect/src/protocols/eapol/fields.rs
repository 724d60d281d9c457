//! Fields of EAPOL and its key messages, as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(super) static VERSION: Field = Field::new("eapol.version", Kind::Uint(8), "Version").values(&[
    (1, "802.1X-2001"),
    (2, "802.1X-2004"),
    (3, "802.1X-2010"),
]);
pub(super) static TYPE: Field = Field::new("eapol.type", Kind::Uint(8), "Type").values(&[
    (0, "EAP Packet"),
    (1, "Start"),
    (2, "Logoff"),
    (3, "Key"),
    (4, "Encapsulated ASF Alert"),
    (5, "MKA"),
    (6, "Announcement (Generic)"),
    (7, "Announcement (Specific)"),
    (8, "Announcement Request"),
]);
pub(super) static LEN: Field = Field::new("eapol.len", Kind::Uint(16), "Length");
pub(super) static DESCRIPTOR: Field =
    Field::new("eapol.keydes.type", Kind::Uint(8), "Key Descriptor Type").values(&[
        (1, "RC4 Descriptor"),
        (2, "EAPOL RSN Key"),
        (254, "EAPOL WPA Key"),
    ]);
pub(super) static BODY: Field = Field::new("eapol.keydes.body", Kind::Bytes, "Key Descriptor Body");
pub(super) static KEY_LEN: Field = Field::new("eapol.keydes.key_len", Kind::Uint(16), "Key Length");
pub(super) static REPLAY: Field = Field::new(
    "eapol.keydes.replay_counter",
    Kind::Uint(64),
    "Replay Counter",
);
pub(super) static IV: Field = Field::new("eapol.keydes.key_iv", Kind::Bytes, "Key IV");
pub(super) static INDEX: Field =
    Field::new("eapol.keydes.key_index", Kind::Uint(8), "Key Index").hex();
pub(super) static SIGNATURE: Field =
    Field::new("eapol.keydes.key_signature", Kind::Bytes, "Key Signature");
pub(super) static KEY: Field =
    Field::new("eapol.keydes.key", Kind::Bytes, "Key").holds(Holds::Secret);
pub(super) static MESSAGE: Field = Field::new(
    "wlan_rsna_eapol.keydes.msgnr",
    Kind::Uint(8),
    "Message number",
);
pub(super) static INFO: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info",
    Kind::Uint(16),
    "Key Information",
)
.hex();
pub(super) static INFO_VERSION: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.keydes_version",
    Kind::Uint(16),
    "Key Descriptor Version",
)
.values(&[
    (1, "RC4 Cipher, HMAC-MD5 MIC"),
    (2, "AES Cipher, HMAC-SHA1 MIC"),
    (3, "AES Cipher, AES-128-CMAC MIC"),
]);
pub(super) static INFO_INDEX: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.key_index",
    Kind::Uint(16),
    "Key Index",
);
static PAIRWISE: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.key_type",
    Kind::Bool,
    "Key Type",
);
static INSTALL: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.install",
    Kind::Bool,
    "Install",
);
static ACK: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.key_ack",
    Kind::Bool,
    "Key ACK",
);
static WITH_MIC: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.key_mic",
    Kind::Bool,
    "Key MIC",
);
static SECURE: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.secure",
    Kind::Bool,
    "Secure",
);
static ERROR: Field = Field::new("wlan_rsna_eapol.keydes.key_info.error", Kind::Bool, "Error");
static REQUEST: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.request",
    Kind::Bool,
    "Request",
);
static ENCRYPTED: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.encrypted_key_data",
    Kind::Bool,
    "Encrypted Key Data",
);
static SMK: Field = Field::new(
    "wlan_rsna_eapol.keydes.key_info.smk_message",
    Kind::Bool,
    "SMK Message",
);
pub(super) static INFO_FLAGS: &[(&Field, u64)] = &[
    (&PAIRWISE, 0x0008),
    (&INSTALL, 0x0040),
    (&ACK, 0x0080),
    (&WITH_MIC, 0x0100),
    (&SECURE, 0x0200),
    (&ERROR, 0x0400),
    (&REQUEST, 0x0800),
    (&ENCRYPTED, 0x1000),
    (&SMK, 0x2000),
];
pub(super) static NONCE: Field =
    Field::new("wlan_rsna_eapol.keydes.nonce", Kind::Bytes, "WPA Key Nonce");
pub(super) static RSC: Field = Field::new("wlan_rsna_eapol.keydes.rsc", Kind::Bytes, "WPA Key RSC");
pub(super) static ID: Field = Field::new("wlan_rsna_eapol.keydes.id", Kind::Bytes, "WPA Key ID");
pub(super) static MIC: Field = Field::new("wlan_rsna_eapol.keydes.mic", Kind::Bytes, "WPA Key MIC");
pub(super) static DATA_LEN: Field = Field::new(
    "wlan_rsna_eapol.keydes.data_len",
    Kind::Uint(16),
    "WPA Key Data Length",
);
pub(super) static DATA: Field =
    Field::new("wlan_rsna_eapol.keydes.data", Kind::Bytes, "WPA Key Data");

pub(super) static ALL: &[&Field] = &[
    &VERSION,
    &TYPE,
    &LEN,
    &DESCRIPTOR,
    &BODY,
    &KEY_LEN,
    &REPLAY,
    &IV,
    &INDEX,
    &SIGNATURE,
    &KEY,
    &MESSAGE,
    &INFO,
    &INFO_VERSION,
    &PAIRWISE,
    &INFO_INDEX,
    &INSTALL,
    &ACK,
    &WITH_MIC,
    &SECURE,
    &ERROR,
    &REQUEST,
    &ENCRYPTED,
    &SMK,
    &NONCE,
    &RSC,
    &ID,
    &MIC,
    &DATA_LEN,
    &DATA,
];
