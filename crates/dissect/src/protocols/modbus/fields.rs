//! Fields of Modbus.

use weir_model::{Field, Holds, Kind};

pub(super) static FUNC_CODE: Field =
    Field::new("modbus.func_code", Kind::Uint(8), "Function Code").values(FUNCTIONS);
pub(super) static REQUEST_FRAME: Field =
    Field::new("modbus.request_frame", Kind::Packet, "Request Frame");
pub(super) static RESPONSE_TIME: Field =
    Field::new("modbus.response_time", Kind::Duration, "Time from request");
pub(super) static EXCEPTION: Field =
    Field::new("modbus.exception_code", Kind::Uint(8), "Exception Code").values(EXCEPTIONS);
pub(super) static REFERENCE: Field =
    Field::new("modbus.reference_num", Kind::Uint(16), "Reference Number");
pub(super) static PADDING: Field = Field::new("modbus.padding", Kind::Uint(8), "Padding").hex();
pub(super) static READ_REFERENCE: Field = Field::new(
    "modbus.read_reference_num",
    Kind::Uint(16),
    "Read Reference Number",
);
pub(super) static WRITE_REFERENCE: Field = Field::new(
    "modbus.write_reference_num",
    Kind::Uint(16),
    "Write Reference Number",
);
pub(super) static WORD_CNT: Field = Field::new("modbus.word_cnt", Kind::Uint(16), "Word Count");
pub(super) static READ_WORD_CNT: Field =
    Field::new("modbus.read_word_cnt", Kind::Uint(16), "Read Word Count");
pub(super) static WRITE_WORD_CNT: Field =
    Field::new("modbus.write_word_cnt", Kind::Uint(16), "Write Word Count");
pub(super) static BIT_CNT: Field = Field::new("modbus.bit_cnt", Kind::Uint(16), "Bit Count");
pub(super) static BYTE_CNT: Field = Field::new("modbus.byte_cnt", Kind::Uint(8), "Byte Count");
pub(super) static DIAGNOSTIC: Field =
    Field::new("modbus.diagnostic_code", Kind::Uint(16), "Diagnostic Code").values(DIAGNOSTICS);
pub(super) static STATUS: Field = Field::new("modbus.ev_status", Kind::Uint(16), "Status").hex();
pub(super) static EVENT_COUNT: Field = Field::new("modbus.ev_count", Kind::Uint(16), "Event Count");
pub(super) static MESSAGE_COUNT: Field =
    Field::new("modbus.ev_msg_count", Kind::Uint(16), "Message Count");
pub(super) static EVENT: Field = Field::new("modbus.event", Kind::Uint(8), "Event");
pub(super) static AND_MASK: Field = Field::new("modbus.and_mask", Kind::Uint(16), "AND mask").hex();
pub(super) static OR_MASK: Field = Field::new("modbus.or_mask", Kind::Uint(16), "OR mask").hex();
pub(super) static DATA: Field =
    Field::new("modbus.data", Kind::Bytes, "Data").holds(Holds::Content);
pub(super) static MEI: Field = Field::new("modbus.mei", Kind::Uint(8), "MEI type").values(&[
    (13, "CANopen General Reference Request and Response PDU"),
    (14, "Read Device Identification"),
]);
pub(super) static READ_DEVICE_ID: Field =
    Field::new("modbus.read_device_id", Kind::Uint(8), "Read Device ID").values(&[
        (1, "Basic Device Identification"),
        (2, "Regular Device Identification"),
        (3, "Extended Device Identification"),
        (4, "Specific Identification Object"),
    ]);
pub(super) static OBJECT_ID: Field = Field::new("modbus.object_id", Kind::Uint(8), "Object ID")
    .values(&[
        (0, "VendorName"),
        (1, "ProductCode"),
        (2, "MajorMinorRevision"),
        (3, "VendorURL"),
        (4, "ProductName"),
        (5, "ModelName"),
        (6, "UserApplicationName"),
    ]);
pub(super) static NUM_OBJECTS: Field =
    Field::new("modbus.num_objects", Kind::Uint(8), "Number of Objects");
pub(super) static OBJECT_LENGTH: Field =
    Field::new("modbus.objects_len", Kind::Uint(8), "Object length");
pub(super) static CONFORMITY: Field =
    Field::new("modbus.conformity_level", Kind::Uint(8), "Conformity Level").hex();
pub(super) static MORE_FOLLOWS: Field =
    Field::new("modbus.more_follows", Kind::Uint(8), "More Follows").hex();
pub(super) static NEXT_OBJECT: Field =
    Field::new("modbus.next_object_id", Kind::Uint(8), "Next Object ID");
pub(super) static OBJECT_TEXT: Field =
    Field::new("modbus.object_str_value", Kind::Text, "Object String Value");
pub(super) static BITNUM: Field = Field::new("modbus.bitnum", Kind::Uint(16), "Bit Number");
pub(super) static BITVAL: Field = Field::new("modbus.bitval", Kind::Bool, "Bit Value");
pub(super) static REGNUM: Field = Field::new("modbus.regnum16", Kind::Uint(16), "Register Number");
pub(super) static REGVAL: Field = Field::new(
    "modbus.regval_uint16",
    Kind::Uint(16),
    "Register Value (UINT16)",
);

pub(super) static ALL: &[&Field] = &[
    &FUNC_CODE,
    &REQUEST_FRAME,
    &RESPONSE_TIME,
    &EXCEPTION,
    &REFERENCE,
    &PADDING,
    &READ_REFERENCE,
    &WRITE_REFERENCE,
    &WORD_CNT,
    &READ_WORD_CNT,
    &WRITE_WORD_CNT,
    &BIT_CNT,
    &BYTE_CNT,
    &DIAGNOSTIC,
    &STATUS,
    &EVENT_COUNT,
    &MESSAGE_COUNT,
    &EVENT,
    &AND_MASK,
    &OR_MASK,
    &DATA,
    &MEI,
    &READ_DEVICE_ID,
    &OBJECT_ID,
    &NUM_OBJECTS,
    &OBJECT_LENGTH,
    &CONFORMITY,
    &MORE_FOLLOWS,
    &NEXT_OBJECT,
    &OBJECT_TEXT,
    &BITNUM,
    &BITVAL,
    &REGNUM,
    &REGVAL,
];

/// MODBUS Application Protocol V1.1b3 section 5.1, and what vendors added.
pub(super) static FUNCTIONS: &[(u64, &str)] = &[
    (1, "Read Coils"),
    (2, "Read Discrete Inputs"),
    (3, "Read Holding Registers"),
    (4, "Read Input Registers"),
    (5, "Write Single Coil"),
    (6, "Write Single Register"),
    (7, "Read Exception Status"),
    (8, "Diagnostics"),
    (11, "Get Comm. Event Counters"),
    (12, "Get Comm. Event Log"),
    (15, "Write Multiple Coils"),
    (16, "Write Multiple Registers"),
    (17, "Report Slave ID"),
    (20, "Read File Record"),
    (21, "Write File Record"),
    (22, "Mask Write Register"),
    (23, "Read Write Register"),
    (24, "Read FIFO Queue"),
    (43, "Encapsulated Interface Transport"),
    (90, "Unity (Schneider)"),
];

/// Section 7.
pub(super) static EXCEPTIONS: &[(u64, &str)] = &[
    (1, "Illegal function"),
    (2, "Illegal data address"),
    (3, "Illegal data value"),
    (4, "Slave device failure"),
    (5, "Acknowledge"),
    (6, "Slave device busy"),
    (8, "Memory parity error"),
    (10, "Gateway path unavailable"),
    (11, "Gateway target device failed to respond"),
];

/// Section 6.8.
pub(super) static DIAGNOSTICS: &[(u64, &str)] = &[
    (0, "Return Query Data"),
    (1, "Restart Communications Option"),
    (2, "Return Diagnostic Register"),
    (3, "Change ASCII Input Delimiter"),
    (4, "Force Listen Only Mode"),
    (10, "Clear Counters and Diagnostic Register"),
    (11, "Return Bus Message Count"),
    (12, "Return Bus Communication Error Count"),
    (13, "Return Bus Exception Error Count"),
    (14, "Return Slave Message Count"),
    (15, "Return Slave No Response Count"),
    (16, "Return Slave NAK Count"),
    (17, "Return Slave Busy Count"),
    (18, "Return Bus Character Overrun Count"),
    (20, "Clear Overrun Counter and Flag"),
];
