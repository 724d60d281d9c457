//! Fields of SCTP, as Wireshark names them.

use weir_model::{Field, Holds, Kind};

pub(super) static SRCPORT: Field =
    Field::new("sctp.srcport", Kind::Uint(16), "Source port").part_of(&["sctp.port"]);
pub(super) static DSTPORT: Field =
    Field::new("sctp.dstport", Kind::Uint(16), "Destination port").part_of(&["sctp.port"]);
pub(super) static TAG: Field =
    Field::new("sctp.verification_tag", Kind::Uint(32), "Verification tag").hex();
pub(super) static CHECKSUM: Field = Field::new("sctp.checksum", Kind::Uint(32), "Checksum").hex();
pub(super) static CHUNK_TYPE: Field = Field::new("sctp.chunk_type", Kind::Uint(8), "Chunk type")
    .values(&[
        (0, "DATA"),
        (1, "INIT"),
        (2, "INIT_ACK"),
        (3, "SACK"),
        (4, "HEARTBEAT"),
        (5, "HEARTBEAT_ACK"),
        (6, "ABORT"),
        (7, "SHUTDOWN"),
        (8, "SHUTDOWN_ACK"),
        (9, "ERROR"),
        (10, "COOKIE_ECHO"),
        (11, "COOKIE_ACK"),
        (12, "ECNE"),
        (13, "CWR"),
        (14, "SHUTDOWN_COMPLETE"),
        (15, "AUTH"),
        (64, "I-DATA"),
        (128, "ASCONF_ACK"),
        (130, "RE_CONFIG"),
        (132, "PAD"),
        (192, "FORWARD_TSN"),
        (193, "ASCONF"),
        (194, "I_FORWARD_TSN"),
    ]);
pub(super) static CHUNK_FLAGS: Field =
    Field::new("sctp.chunk_flags", Kind::Uint(8), "Chunk flags").hex();
pub(super) static CHUNK_LENGTH: Field =
    Field::new("sctp.chunk_length", Kind::Uint(16), "Chunk length");
pub(super) static CHUNK_VALUE: Field = Field::new("sctp.chunk_value", Kind::Bytes, "Chunk value");
static I_BIT: Field = Field::new("sctp.data_i_bit", Kind::Bool, "I-Bit");
static U_BIT: Field = Field::new("sctp.data_u_bit", Kind::Bool, "U-Bit");
static B_BIT: Field = Field::new("sctp.data_b_bit", Kind::Bool, "B-Bit");
static E_BIT: Field = Field::new("sctp.data_e_bit", Kind::Bool, "E-Bit");
pub(super) static DATA_BITS: &[(&Field, u64)] =
    &[(&I_BIT, 8), (&U_BIT, 4), (&B_BIT, 2), (&E_BIT, 1)];
pub(super) static DATA_TSN: Field = Field::new(
    "sctp.data_tsn_raw",
    Kind::Uint(32),
    "Transmission sequence number (absolute)",
);
pub(super) static DATA_SID: Field =
    Field::new("sctp.data_sid", Kind::Uint(16), "Stream identifier").hex();
pub(super) static DATA_SSN: Field =
    Field::new("sctp.data_ssn", Kind::Uint(16), "Stream sequence number");
pub(super) static DATA_PPI: Field = Field::new(
    "sctp.data_payload_proto_id",
    Kind::Uint(32),
    "Payload protocol identifier",
)
.values(&[
    (1, "IUA"),
    (2, "M2UA"),
    (3, "M3UA"),
    (4, "SUA"),
    (5, "M2PA"),
    (18, "S1 Application Protocol (S1AP)"),
    (27, "X2AP"),
    (46, "Diameter"),
    (60, "NG Application Protocol"),
]);
pub(super) static DATA_CONTENT: Field =
    Field::new("weir.sctp.data", Kind::None, "Payload").holds(Holds::Content);
pub(super) static INIT: [Field; 5] = [
    Field::new("sctp.init_initiate_tag", Kind::Uint(32), "Initiate tag").hex(),
    Field::new(
        "sctp.init_credit",
        Kind::Uint(32),
        "Advertised receiver window credit (a_rwnd)",
    ),
    Field::new(
        "sctp.init_nr_out_streams",
        Kind::Uint(16),
        "Number of outbound streams",
    ),
    Field::new(
        "sctp.init_nr_in_streams",
        Kind::Uint(16),
        "Number of inbound streams",
    ),
    Field::new("sctp.init_initial_tsn", Kind::Uint(32), "Initial TSN"),
];
pub(super) static INIT_ACK: [Field; 5] = [
    Field::new("sctp.initack_initiate_tag", Kind::Uint(32), "Initiate tag").hex(),
    Field::new(
        "sctp.initack_credit",
        Kind::Uint(32),
        "Advertised receiver window credit (a_rwnd)",
    ),
    Field::new(
        "sctp.initack_nr_out_streams",
        Kind::Uint(16),
        "Number of outbound streams",
    ),
    Field::new(
        "sctp.initack_nr_in_streams",
        Kind::Uint(16),
        "Number of inbound streams",
    ),
    Field::new("sctp.initack_initial_tsn", Kind::Uint(32), "Initial TSN"),
];
pub(super) static SACK_TSN: Field = Field::new(
    "sctp.sack_cumulative_tsn_ack_raw",
    Kind::Uint(32),
    "Cumulative TSN ACK (absolute)",
);
pub(super) static SACK_CREDIT: Field = Field::new(
    "sctp.sack_a_rwnd",
    Kind::Uint(32),
    "Advertised receiver window credit (a_rwnd)",
);
pub(super) static SACK_GAPS: Field = Field::new(
    "sctp.sack_number_of_gap_blocks",
    Kind::Uint(16),
    "Number of gap acknowledgement blocks",
);
pub(super) static SACK_DUPLICATES: Field = Field::new(
    "sctp.sack_number_of_duplicated_tsns",
    Kind::Uint(16),
    "Number of duplicated TSNs",
);
pub(super) static GAP_START: Field =
    Field::new("sctp.sack_gap_block_start", Kind::Uint(16), "Start");
pub(super) static GAP_END: Field = Field::new("sctp.sack_gap_block_end", Kind::Uint(16), "End");
pub(super) static SACK_DUPLICATE: Field =
    Field::new("sctp.sack_duplicate_tsn", Kind::Uint(32), "Duplicate TSN");
pub(super) static PARAMETER_TYPE: Field =
    Field::new("sctp.parameter_type", Kind::Uint(16), "Parameter type")
        .hex()
        .values(&[
            (0x0005, "IPv4 address"),
            (0x0006, "IPv6 address"),
            (0x0007, "State cookie"),
            (0x0009, "Cookie preservative"),
            (0x000b, "Hostname address"),
            (0x000c, "Supported address types"),
            (0x8000, "ECN"),
            (0x8002, "Random"),
            (0x8003, "Authentication Chunk list"),
            (0x8004, "Requested HMAC Algorithm"),
            (0x8008, "Supported Extensions"),
            (0xc000, "Forward TSN supported"),
            (0xc006, "Adaptation Layer Indication"),
        ]);
pub(super) static PARAMETER_LENGTH: Field =
    Field::new("sctp.parameter_length", Kind::Uint(16), "Parameter length");
pub(super) static PARAMETER_VALUE: Field =
    Field::new("sctp.parameter_value", Kind::Bytes, "Parameter value");
pub(super) static IPV4: Field = Field::new(
    "sctp.parameter_ipv4_address",
    Kind::Ipv4,
    "IP Version 4 address",
)
.holds(Holds::Address);
pub(super) static IPV6: Field = Field::new(
    "sctp.parameter_ipv6_address",
    Kind::Ipv6,
    "IP Version 6 address",
)
.holds(Holds::Address);
pub(super) static COOKIE: Field =
    Field::new("sctp.parameter_state_cookie", Kind::Bytes, "State cookie");

pub(super) static ALL: &[&Field] = &[
    &SRCPORT,
    &DSTPORT,
    &TAG,
    &CHECKSUM,
    &CHUNK_TYPE,
    &CHUNK_FLAGS,
    &CHUNK_LENGTH,
    &CHUNK_VALUE,
    &I_BIT,
    &U_BIT,
    &B_BIT,
    &E_BIT,
    &DATA_TSN,
    &DATA_SID,
    &DATA_SSN,
    &DATA_PPI,
    &DATA_CONTENT,
    &INIT[0],
    &INIT[1],
    &INIT[2],
    &INIT[3],
    &INIT[4],
    &INIT_ACK[0],
    &INIT_ACK[1],
    &INIT_ACK[2],
    &INIT_ACK[3],
    &INIT_ACK[4],
    &SACK_TSN,
    &SACK_CREDIT,
    &SACK_GAPS,
    &SACK_DUPLICATES,
    &GAP_START,
    &GAP_END,
    &SACK_DUPLICATE,
    &PARAMETER_TYPE,
    &PARAMETER_LENGTH,
    &PARAMETER_VALUE,
    &IPV4,
    &IPV6,
    &COOKIE,
];
