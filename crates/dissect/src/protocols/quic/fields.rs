//! Fields of QUIC, named as Wireshark names them.

use weir_model::{Field, Kind};

static VERSIONS: &[(u64, &str)] = &[
    (0, "Version Negotiation"),
    (1, "1"),
    (0x6b33_43cf, "2"),
    (0x709a_50c4, "2 (draft)"),
    (0xff00_001b, "draft-27"),
    (0xff00_001c, "draft-28"),
    (0xff00_001d, "draft-29"),
    (0xff00_0020, "draft-32"),
    (0xff00_0022, "draft-34"),
    (0xface_b002, "Facebook mvfst (draft-27)"),
];

pub(super) static PACKET_LENGTH: Field =
    Field::new("quic.packet_length", Kind::Uint(32), "Packet Length");
pub(super) static HEADER_FORM: Field = Field::new("quic.header_form", Kind::Uint(8), "Header Form")
    .values(&[(0, "Short Header"), (1, "Long Header")]);
pub(super) static FIXED_BIT: Field = Field::new("quic.fixed_bit", Kind::Bool, "Fixed Bit");
pub(super) static LONG_PACKET_TYPE: Field =
    Field::new("quic.long.packet_type", Kind::Uint(8), "Packet Type").values(&[
        (0, "Initial"),
        (1, "0-RTT"),
        (2, "Handshake"),
        (3, "Retry"),
    ]);
pub(super) static LONG_PACKET_TYPE_V2: Field =
    Field::new("quic.long.packet_type_v2", Kind::Uint(8), "Packet Type").values(&[
        (0, "Retry"),
        (1, "Initial"),
        (2, "0-RTT"),
        (3, "Handshake"),
    ]);
pub(super) static LONG_RESERVED: Field =
    Field::new("quic.long.reserved", Kind::Uint(8), "Reserved");
pub(super) static PACKET_NUMBER_LENGTH: Field = Field::new(
    "quic.packet_number_length",
    Kind::Uint(8),
    "Packet Number Length",
)
.values(&[
    (0, "1 bytes"),
    (1, "2 bytes"),
    (2, "3 bytes"),
    (3, "4 bytes"),
]);
pub(super) static VERSION: Field = Field::new("quic.version", Kind::Uint(32), "Version")
    .hex()
    .values(VERSIONS);
pub(super) static SUPPORTED_VERSION: Field = Field::new(
    "quic.supported_version",
    Kind::Uint(32),
    "Supported Version",
)
.hex()
.values(VERSIONS);
pub(super) static VN_UNUSED: Field = Field::new("quic.vn.unused", Kind::Uint(8), "Unused").hex();
pub(super) static DCIL: Field = Field::new(
    "quic.dcil",
    Kind::Uint(8),
    "Destination Connection ID Length",
);
pub(super) static DCID: Field = Field::new("quic.dcid", Kind::Bytes, "Destination Connection ID");
pub(super) static SCIL: Field =
    Field::new("quic.scil", Kind::Uint(8), "Source Connection ID Length");
pub(super) static SCID: Field = Field::new("quic.scid", Kind::Bytes, "Source Connection ID");
pub(super) static TOKEN_LENGTH: Field =
    Field::new("quic.token_length", Kind::Uint(64), "Token Length");
pub(super) static TOKEN: Field = Field::new("quic.token", Kind::Bytes, "Token");
pub(super) static LENGTH: Field = Field::new("quic.length", Kind::Uint(64), "Length");
pub(super) static PACKET_NUMBER: Field =
    Field::new("quic.packet_number", Kind::Uint(64), "Packet Number");
pub(super) static PAYLOAD: Field = Field::new("quic.payload", Kind::Bytes, "Payload");
pub(super) static REMAINING_PAYLOAD: Field =
    Field::new("quic.remaining_payload", Kind::Bytes, "Remaining Payload");
pub(super) static RETRY_TOKEN: Field = Field::new("quic.retry_token", Kind::Bytes, "Retry Token");
pub(super) static RETRY_INTEGRITY_TAG: Field = Field::new(
    "quic.retry_integrity_tag",
    Kind::Bytes,
    "Retry Integrity Tag",
);
pub(super) static SHORT: Field = Field::new("quic.short", Kind::None, "QUIC Short Header");
pub(super) static SPIN_BIT: Field = Field::new("quic.spin_bit", Kind::Bool, "Spin Bit");
pub(super) static COALESCED_PADDING: Field = Field::new(
    "quic.coalesced_padding_data",
    Kind::None,
    "Coalesced Padding Data",
);
pub(super) static FRAME: Field = Field::new("quic.frame", Kind::None, "Frame");
pub(super) static FRAME_TYPE: Field = Field::new("quic.frame_type", Kind::Uint(64), "Frame Type")
    .hex()
    .values(&[
        (0, "PADDING"),
        (1, "PING"),
        (2, "ACK"),
        (3, "ACK"),
        (6, "CRYPTO"),
        (0x1c, "CONNECTION_CLOSE (Transport)"),
        (0x1d, "CONNECTION_CLOSE (Application)"),
    ]);
pub(super) static PADDING_LENGTH: Field =
    Field::new("quic.padding_length", Kind::Uint(32), "Padding Length");
pub(super) static ACK_LARGEST: Field = Field::new(
    "quic.ack.largest_acknowledged",
    Kind::Uint(64),
    "Largest Acknowledged",
);
pub(super) static ACK_DELAY: Field = Field::new("quic.ack.ack_delay", Kind::Uint(64), "ACK Delay");
pub(super) static ACK_RANGE_COUNT: Field = Field::new(
    "quic.ack.ack_range_count",
    Kind::Uint(64),
    "ACK Range Count",
);
pub(super) static ACK_FIRST_RANGE: Field = Field::new(
    "quic.ack.first_ack_range",
    Kind::Uint(64),
    "First ACK Range",
);
pub(super) static ACK_GAP: Field = Field::new("quic.ack.gap", Kind::Uint(64), "Gap");
pub(super) static ACK_RANGE: Field = Field::new("quic.ack.ack_range", Kind::Uint(64), "ACK Range");
pub(super) static ACK_ECT0: Field =
    Field::new("quic.ack.ect0_count", Kind::Uint(64), "ECT(0) Count");
pub(super) static ACK_ECT1: Field =
    Field::new("quic.ack.ect1_count", Kind::Uint(64), "ECT(1) Count");
pub(super) static ACK_CE: Field =
    Field::new("quic.ack.ecn_ce_count", Kind::Uint(64), "ECN-CE Count");
pub(super) static CRYPTO_OFFSET: Field = Field::new("quic.crypto.offset", Kind::Uint(64), "Offset");
pub(super) static CRYPTO_LENGTH: Field = Field::new("quic.crypto.length", Kind::Uint(64), "Length");
pub(super) static CRYPTO_DATA: Field =
    Field::new("quic.crypto.crypto_data", Kind::None, "Crypto Data");
pub(super) static CC_ERROR_CODE: Field =
    Field::new("quic.cc.error_code", Kind::Uint(64), "Error code").values(&[
        (0, "NO_ERROR"),
        (1, "INTERNAL_ERROR"),
        (2, "CONNECTION_REFUSED"),
        (3, "FLOW_CONTROL_ERROR"),
        (4, "STREAM_LIMIT_ERROR"),
        (5, "STREAM_STATE_ERROR"),
        (6, "FINAL_SIZE_ERROR"),
        (7, "FRAME_ENCODING_ERROR"),
        (8, "TRANSPORT_PARAMETER_ERROR"),
        (9, "CONNECTION_ID_LIMIT_ERROR"),
        (0xa, "PROTOCOL_VIOLATION"),
        (0xb, "INVALID_TOKEN"),
        (0xc, "APPLICATION_ERROR"),
        (0xd, "CRYPTO_BUFFER_EXCEEDED"),
        (0xe, "KEY_UPDATE_ERROR"),
        (0xf, "AEAD_LIMIT_REACHED"),
        (0x10, "NO_VIABLE_PATH"),
        (0x11, "VERSION_NEGOTIATION_ERROR"),
    ]);
pub(super) static CC_APP_ERROR_CODE: Field = Field::new(
    "quic.cc.error_code.app",
    Kind::Uint(64),
    "Application Error code",
);
pub(super) static CC_ALERT: Field = Field::new(
    "quic.cc.error_code.tls_alert",
    Kind::Uint(8),
    "TLS Alert Description",
);
pub(super) static CC_FRAME_TYPE: Field =
    Field::new("quic.cc.frame_type", Kind::Uint(64), "Frame Type");
pub(super) static CC_REASON_LENGTH: Field = Field::new(
    "quic.cc.reason_phrase.length",
    Kind::Uint(64),
    "Reason phrase Length",
);
pub(super) static CC_REASON: Field =
    Field::new("quic.cc.reason_phrase", Kind::Text, "Reason phrase");

pub(super) static ALL: &[&Field] = &[
    &PACKET_LENGTH,
    &HEADER_FORM,
    &FIXED_BIT,
    &LONG_PACKET_TYPE,
    &LONG_PACKET_TYPE_V2,
    &LONG_RESERVED,
    &PACKET_NUMBER_LENGTH,
    &VERSION,
    &SUPPORTED_VERSION,
    &VN_UNUSED,
    &DCIL,
    &DCID,
    &SCIL,
    &SCID,
    &TOKEN_LENGTH,
    &TOKEN,
    &LENGTH,
    &PACKET_NUMBER,
    &PAYLOAD,
    &REMAINING_PAYLOAD,
    &RETRY_TOKEN,
    &RETRY_INTEGRITY_TAG,
    &SHORT,
    &SPIN_BIT,
    &COALESCED_PADDING,
    &FRAME,
    &FRAME_TYPE,
    &PADDING_LENGTH,
    &ACK_LARGEST,
    &ACK_DELAY,
    &ACK_RANGE_COUNT,
    &ACK_FIRST_RANGE,
    &ACK_GAP,
    &ACK_RANGE,
    &ACK_ECT0,
    &ACK_ECT1,
    &ACK_CE,
    &CRYPTO_OFFSET,
    &CRYPTO_LENGTH,
    &CRYPTO_DATA,
    &CC_ERROR_CODE,
    &CC_APP_ERROR_CODE,
    &CC_ALERT,
    &CC_FRAME_TYPE,
    &CC_REASON_LENGTH,
    &CC_REASON,
];
