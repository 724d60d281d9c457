//! Fields of TFTP.

use weir_model::{Field, Holds, Kind};

pub(super) static OPCODE: Field = Field::new("tftp.opcode", Kind::Uint(16), "Opcode").values(&[
    (1, "Read Request"),
    (2, "Write Request"),
    (3, "Data Packet"),
    (4, "Acknowledgement"),
    (5, "Error Code"),
    (6, "Option Acknowledgement"),
]);
pub(super) static SOURCE_FILE: Field =
    Field::new("tftp.source_file", Kind::Text, "Source File").holds(Holds::Name);
pub(super) static DESTINATION_FILE: Field =
    Field::new("tftp.destination_file", Kind::Text, "Destination File").holds(Holds::Name);
pub(super) static REQUEST_FRAME: Field =
    Field::new("tftp.request_frame", Kind::Packet, "Request frame");
pub(super) static TYPE: Field = Field::new("tftp.type", Kind::Text, "Type");
pub(super) static BLOCK: Field = Field::new("tftp.block", Kind::Uint(16), "Block");
pub(super) static BLOCK_FULL: Field =
    Field::new("tftp.block.full", Kind::Uint(32), "Full Block Number");
pub(super) static ERROR_CODE: Field =
    Field::new("tftp.error.code", Kind::Uint(16), "Error code").values(ERRORS);
pub(super) static ERROR_MESSAGE: Field =
    Field::new("tftp.error.message", Kind::Text, "Error message");
pub(super) static OPTION_NAME: Field = Field::new("tftp.option.name", Kind::Text, "Option name");
pub(super) static OPTION_VALUE: Field = Field::new("tftp.option.value", Kind::Text, "Option value");
pub(super) static DATA: Field = Field::new("tftp.data", Kind::Bytes, "Data").holds(Holds::Content);

pub(super) static ALL: &[&Field] = &[
    &OPCODE,
    &SOURCE_FILE,
    &DESTINATION_FILE,
    &REQUEST_FRAME,
    &TYPE,
    &BLOCK,
    &BLOCK_FULL,
    &ERROR_CODE,
    &ERROR_MESSAGE,
    &OPTION_NAME,
    &OPTION_VALUE,
    &DATA,
];

/// RFC 1350 appendix I, RFC 2347 section 2.
pub(super) static ERRORS: &[(u64, &str)] = &[
    (0, "Not defined"),
    (1, "File not found"),
    (2, "Access violation"),
    (3, "Disk full or allocation exceeded"),
    (4, "Illegal TFTP Operation"),
    (5, "Unknown transfer ID"),
    (6, "File already exists"),
    (7, "No such user"),
    (8, "Option negotiation failed"),
];
