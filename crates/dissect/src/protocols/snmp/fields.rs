//! Fields of SNMP.

use weir_model::{Field, Holds, Kind};

pub(super) static VERSION: Field = Field::new("snmp.version", Kind::Int(32), "version").values(&[
    (0, "version-1"),
    (1, "v2c"),
    (2, "v2u"),
    (3, "snmpv3"),
]);
pub(super) static COMMUNITY: Field =
    Field::new("snmp.community", Kind::Text, "community").holds(Holds::Secret);
pub(super) static DATA: Field = Field::new("snmp.data", Kind::Uint(32), "data").values(PDUS);
pub(super) static MSG_VERSION: Field = Field::new("snmp.msgVersion", Kind::Int(32), "msgVersion")
    .values(&[(0, "version-1"), (1, "v2c"), (2, "v2u"), (3, "snmpv3")]);
pub(super) static GLOBAL: Field =
    Field::new("snmp.msgGlobalData_element", Kind::None, "msgGlobalData");
pub(super) static MSG_ID: Field = Field::new("snmp.msgID", Kind::Uint(32), "msgID");
pub(super) static MSG_MAX_SIZE: Field = Field::new("snmp.msgMaxSize", Kind::Uint(32), "msgMaxSize");
pub(super) static MSG_FLAGS: Field = Field::new("snmp.msgFlags", Kind::Bytes, "msgFlags");
pub(super) static FLAG_REPORT: Field = Field::new("snmp.v3.flags.report", Kind::Bool, "Reportable");
pub(super) static FLAG_CRYPT: Field = Field::new("snmp.v3.flags.crypt", Kind::Bool, "Encrypted");
pub(super) static FLAG_AUTH: Field = Field::new("snmp.v3.flags.auth", Kind::Bool, "Authenticated");
pub(super) static SECURITY_MODEL: Field =
    Field::new("snmp.msgSecurityModel", Kind::Uint(32), "msgSecurityModel").values(&[
        (0, "Any"),
        (1, "V1"),
        (2, "V2C"),
        (3, "USM"),
    ]);
pub(super) static SECURITY_PARAMETERS: Field = Field::new(
    "snmp.msgSecurityParameters",
    Kind::Bytes,
    "msgSecurityParameters",
);
pub(super) static ENGINE_ID: Field = Field::new(
    "snmp.msgAuthoritativeEngineID",
    Kind::Bytes,
    "msgAuthoritativeEngineID",
);
pub(super) static ENGINE_BOOTS: Field = Field::new(
    "snmp.msgAuthoritativeEngineBoots",
    Kind::Uint(32),
    "msgAuthoritativeEngineBoots",
);
pub(super) static ENGINE_TIME: Field = Field::new(
    "snmp.msgAuthoritativeEngineTime",
    Kind::Uint(32),
    "msgAuthoritativeEngineTime",
);
pub(super) static USER_NAME: Field =
    Field::new("snmp.msgUserName", Kind::Text, "msgUserName").holds(Holds::Name);
pub(super) static AUTHENTICATION: Field = Field::new(
    "snmp.msgAuthenticationParameters",
    Kind::Bytes,
    "msgAuthenticationParameters",
);
pub(super) static PRIVACY: Field = Field::new(
    "snmp.msgPrivacyParameters",
    Kind::Bytes,
    "msgPrivacyParameters",
);
pub(super) static MSG_DATA: Field = Field::new("snmp.msgData", Kind::Uint(32), "msgData")
    .values(&[(0, "plaintext"), (1, "encryptedPDU")]);
pub(super) static PLAINTEXT: Field = Field::new("snmp.plaintext_element", Kind::None, "plaintext");
pub(super) static ENCRYPTED: Field = Field::new("snmp.encryptedPDU", Kind::Bytes, "encryptedPDU");
pub(super) static CONTEXT_ENGINE: Field =
    Field::new("snmp.contextEngineID", Kind::Bytes, "contextEngineID");
pub(super) static CONTEXT_NAME: Field =
    Field::new("snmp.contextName", Kind::Text, "contextName").holds(Holds::Name);
pub(super) static GET: Field = Field::new("snmp.get_request_element", Kind::None, "get-request");
pub(super) static GET_NEXT: Field = Field::new(
    "snmp.get_next_request_element",
    Kind::None,
    "get-next-request",
);
pub(super) static RESPONSE: Field =
    Field::new("snmp.get_response_element", Kind::None, "get-response");
pub(super) static SET: Field = Field::new("snmp.set_request_element", Kind::None, "set-request");
pub(super) static TRAP: Field = Field::new("snmp.trap_element", Kind::None, "trap");
pub(super) static BULK: Field =
    Field::new("snmp.getBulkRequest_element", Kind::None, "getBulkRequest");
pub(super) static INFORM: Field =
    Field::new("snmp.informRequest_element", Kind::None, "informRequest");
pub(super) static TRAP2: Field = Field::new("snmp.snmpV2_trap_element", Kind::None, "snmpV2-trap");
pub(super) static REPORT: Field = Field::new("snmp.report_element", Kind::None, "report");
pub(super) static RESPONSE_IN: Field = Field::new("snmp.response_in", Kind::Packet, "Response In");
pub(super) static RESPONSE_TO: Field = Field::new("snmp.response_to", Kind::Packet, "Response To");
pub(super) static TIME: Field = Field::new("snmp.time", Kind::Duration, "Time");
pub(super) static REQUEST_ID: Field = Field::new("snmp.request_id", Kind::Int(32), "request-id");
pub(super) static ERROR_STATUS: Field =
    Field::new("snmp.error_status", Kind::Int(32), "error-status").values(ERRORS);
pub(super) static ERROR_INDEX: Field = Field::new("snmp.error_index", Kind::Int(32), "error-index");
pub(super) static NON_REPEATERS: Field =
    Field::new("snmp.non_repeaters", Kind::Uint(32), "non-repeaters");
pub(super) static MAX_REPETITIONS: Field =
    Field::new("snmp.max_repetitions", Kind::Uint(32), "max-repetitions");
pub(super) static ENTERPRISE: Field = Field::new("snmp.enterprise", Kind::Text, "enterprise");
pub(super) static AGENT_ADDR: Field =
    Field::new("snmp.agent_addr", Kind::Ipv4, "agent-addr").holds(Holds::Address);
pub(super) static GENERIC_TRAP: Field =
    Field::new("snmp.generic_trap", Kind::Int(32), "generic-trap").values(&[
        (0, "coldStart"),
        (1, "warmStart"),
        (2, "linkDown"),
        (3, "linkUp"),
        (4, "authenticationFailure"),
        (5, "egpNeighborLoss"),
        (6, "enterpriseSpecific"),
    ]);
pub(super) static SPECIFIC_TRAP: Field =
    Field::new("snmp.specific_trap", Kind::Int(32), "specific-trap");
pub(super) static TIME_STAMP: Field = Field::new("snmp.time_stamp", Kind::Uint(32), "time-stamp");
pub(super) static BINDINGS: Field = Field::new(
    "snmp.variable_bindings",
    Kind::Uint(32),
    "variable-bindings",
);
pub(super) static NAME: Field = Field::new("snmp.name", Kind::Text, "Object Name");
pub(super) static VALUE_INT: Field =
    Field::new("snmp.value.int", Kind::Int(64), "Value (Integer32)");
pub(super) static VALUE_OCTETS: Field =
    Field::new("snmp.value.octets", Kind::Bytes, "Value (OctetString)").holds(Holds::Content);
pub(super) static VALUE_OID: Field = Field::new("snmp.value.oid", Kind::Text, "Value (OID)");
pub(super) static VALUE_NULL: Field = Field::new("snmp.value.null", Kind::None, "Value (Null)");
pub(super) static VALUE_IPV4: Field =
    Field::new("snmp.value.ipv4", Kind::Ipv4, "Value (IpAddress)").holds(Holds::Address);
pub(super) static VALUE_ADDR: Field =
    Field::new("snmp.value.addr", Kind::Bytes, "Value (IpAddress)").holds(Holds::Address);
pub(super) static VALUE_COUNTER: Field =
    Field::new("snmp.value.counter", Kind::Uint(64), "Value (Counter32)");
pub(super) static VALUE_U32: Field =
    Field::new("snmp.value.u32", Kind::Int(64), "Value (Unsigned32)");
pub(super) static VALUE_TIMETICKS: Field =
    Field::new("snmp.value.timeticks", Kind::Uint(64), "Value (Timeticks)");
pub(super) static VALUE_OPAQUE: Field =
    Field::new("snmp.value.opaque", Kind::Bytes, "Value (Opaque)");
pub(super) static VALUE_NSAP: Field = Field::new("snmp.value.nsap", Kind::Uint(64), "Value (NSAP)");
pub(super) static VALUE_UNKNOWN: Field =
    Field::new("snmp.value.unk", Kind::Bytes, "Value (Unknown)");
pub(super) static NO_OBJECT: Field = Field::new("snmp.noSuchObject", Kind::None, "noSuchObject");
pub(super) static NO_INSTANCE: Field =
    Field::new("snmp.noSuchInstance", Kind::None, "noSuchInstance");
pub(super) static END_OF_VIEW: Field = Field::new("snmp.endOfMibView", Kind::None, "endOfMibView");

pub(super) static ALL: &[&Field] = &[
    &VERSION,
    &COMMUNITY,
    &DATA,
    &MSG_VERSION,
    &GLOBAL,
    &MSG_ID,
    &MSG_MAX_SIZE,
    &MSG_FLAGS,
    &FLAG_REPORT,
    &FLAG_CRYPT,
    &FLAG_AUTH,
    &SECURITY_MODEL,
    &SECURITY_PARAMETERS,
    &ENGINE_ID,
    &ENGINE_BOOTS,
    &ENGINE_TIME,
    &USER_NAME,
    &AUTHENTICATION,
    &PRIVACY,
    &MSG_DATA,
    &PLAINTEXT,
    &ENCRYPTED,
    &CONTEXT_ENGINE,
    &CONTEXT_NAME,
    &GET,
    &GET_NEXT,
    &RESPONSE,
    &SET,
    &TRAP,
    &BULK,
    &INFORM,
    &TRAP2,
    &REPORT,
    &RESPONSE_IN,
    &RESPONSE_TO,
    &TIME,
    &REQUEST_ID,
    &ERROR_STATUS,
    &ERROR_INDEX,
    &NON_REPEATERS,
    &MAX_REPETITIONS,
    &ENTERPRISE,
    &AGENT_ADDR,
    &GENERIC_TRAP,
    &SPECIFIC_TRAP,
    &TIME_STAMP,
    &BINDINGS,
    &NAME,
    &VALUE_INT,
    &VALUE_OCTETS,
    &VALUE_OID,
    &VALUE_NULL,
    &VALUE_IPV4,
    &VALUE_ADDR,
    &VALUE_COUNTER,
    &VALUE_U32,
    &VALUE_TIMETICKS,
    &VALUE_OPAQUE,
    &VALUE_NSAP,
    &VALUE_UNKNOWN,
    &NO_OBJECT,
    &NO_INSTANCE,
    &END_OF_VIEW,
];

/// RFC 3416 section 3.
pub(super) static PDUS: &[(u64, &str)] = &[
    (0, "get-request"),
    (1, "get-next-request"),
    (2, "get-response"),
    (3, "set-request"),
    (4, "trap"),
    (5, "getBulkRequest"),
    (6, "informRequest"),
    (7, "snmpV2-trap"),
    (8, "report"),
];

/// The element of each of [`PDUS`].
pub(super) static ELEMENTS: &[&Field] = &[
    &GET, &GET_NEXT, &RESPONSE, &SET, &TRAP, &BULK, &INFORM, &TRAP2, &REPORT,
];

/// RFC 3416 section 3.
pub(super) static ERRORS: &[(u64, &str)] = &[
    (0, "noError"),
    (1, "tooBig"),
    (2, "noSuchName"),
    (3, "badValue"),
    (4, "readOnly"),
    (5, "genErr"),
    (6, "noAccess"),
    (7, "wrongType"),
    (8, "wrongLength"),
    (9, "wrongEncoding"),
    (10, "wrongValue"),
    (11, "noCreation"),
    (12, "inconsistentValue"),
    (13, "resourceUnavailable"),
    (14, "commitFailed"),
    (15, "undoFailed"),
    (16, "authorizationError"),
    (17, "notWritable"),
    (18, "inconsistentName"),
];
