//! Fields of the NetBIOS name service.

use weir_model::{Field, Holds, Kind};

pub(crate) static ID: Field = Field::new("nbns.id", Kind::Uint(16), "Transaction ID").hex();
pub(crate) static FLAGS: Field = Field::new("nbns.flags", Kind::Uint(16), "Flags").hex();
pub(crate) static FLAGS_RESPONSE: Field = Field::new("nbns.flags.response", Kind::Bool, "Response");
pub(crate) static FLAGS_OPCODE: Field = Field::new("nbns.flags.opcode", Kind::Uint(16), "Opcode")
    .values(&[
        (0, "Name query"),
        (5, "Registration"),
        (6, "Release"),
        (7, "Wait for acknowledgment"),
        (8, "Refresh"),
        (9, "Refresh (alternate opcode)"),
        (15, "Multi-homed registration"),
    ]);
pub(crate) static FLAGS_AUTHORITATIVE: Field =
    Field::new("nbns.flags.authoritative", Kind::Bool, "Authoritative");
pub(crate) static FLAGS_TRUNCATED: Field =
    Field::new("nbns.flags.truncated", Kind::Bool, "Truncated");
pub(crate) static FLAGS_RECDESIRED: Field =
    Field::new("nbns.flags.recdesired", Kind::Bool, "Recursion desired");
pub(crate) static FLAGS_RECAVAIL: Field =
    Field::new("nbns.flags.recavail", Kind::Bool, "Recursion available");
pub(crate) static FLAGS_BROADCAST: Field =
    Field::new("nbns.flags.broadcast", Kind::Bool, "Broadcast");
pub(crate) static FLAGS_RCODE: Field = Field::new("nbns.flags.rcode", Kind::Uint(16), "Reply code")
    .values(&[
        (0, "No error"),
        (1, "Request was invalidly formatted"),
        (2, "Server failure"),
        (3, "Requested name does not exist"),
        (4, "Request is not implemented"),
        (5, "Request was refused"),
        (6, "Name is owned by another node"),
        (7, "Name is in conflict"),
    ]);
pub(crate) static COUNT_QUERIES: Field =
    Field::new("nbns.count.queries", Kind::Uint(16), "Questions");
pub(crate) static COUNT_ANSWERS: Field =
    Field::new("nbns.count.answers", Kind::Uint(16), "Answer RRs");
pub(crate) static COUNT_AUTH_RR: Field =
    Field::new("nbns.count.auth_rr", Kind::Uint(16), "Authority RRs");
pub(crate) static COUNT_ADD_RR: Field =
    Field::new("nbns.count.add_rr", Kind::Uint(16), "Additional RRs");
pub(crate) static NAME: Field = Field::new("nbns.name", Kind::Text, "Name").holds(Holds::Name);
pub(crate) static TYPE: Field =
    Field::new("nbns.type", Kind::Uint(16), "Type").values(&[(32, "NB"), (33, "NBSTAT")]);
pub(crate) static CLASS: Field = Field::new("nbns.class", Kind::Uint(16), "Class").values(&[
    (1, "IN"),
    (2, "CS"),
    (3, "CH"),
    (4, "HS"),
]);
pub(crate) static TTL: Field = Field::new("nbns.ttl", Kind::Uint(32), "Time to live");
pub(crate) static DATA_LENGTH: Field =
    Field::new("nbns.data_length", Kind::Uint(16), "Data length");
pub(crate) static NB_FLAGS: Field = Field::new("nbns.nb_flags", Kind::Uint(16), "Name flags").hex();
pub(crate) static NB_FLAGS_GROUP: Field =
    Field::new("nbns.nb_flags.group", Kind::Bool, "Name type");
pub(crate) static NB_FLAGS_ONT: Field = Field::new("nbns.nb_flags.ont", Kind::Uint(16), "ONT");
pub(crate) static ADDR: Field = Field::new("nbns.addr", Kind::Ipv4, "Addr").holds(Holds::Address);
pub(crate) static NUMBER_OF_NAMES: Field =
    Field::new("nbns.number_of_names", Kind::Uint(8), "Number of names");
pub(crate) static NETBIOS_NAME: Field =
    Field::new("nbns.netbios_name", Kind::Text, "Name").holds(Holds::Name);
pub(crate) static NAME_FLAGS: Field =
    Field::new("nbns.name_flags", Kind::Uint(16), "Name flags").hex();
pub(crate) static NAME_FLAGS_GROUP: Field =
    Field::new("nbns.name_flags.group", Kind::Bool, "Name type");
pub(crate) static UNIT_ID: Field =
    Field::new("nbns.unit_id", Kind::Mac, "Unit ID").holds(Holds::Address);
pub(crate) static DATA: Field = Field::new("nbns.data", Kind::Bytes, "Data");
/// All of them.
pub(crate) static ALL: &[&Field] = &[
    &ID,
    &FLAGS,
    &FLAGS_RESPONSE,
    &FLAGS_OPCODE,
    &FLAGS_AUTHORITATIVE,
    &FLAGS_TRUNCATED,
    &FLAGS_RECDESIRED,
    &FLAGS_RECAVAIL,
    &FLAGS_BROADCAST,
    &FLAGS_RCODE,
    &COUNT_QUERIES,
    &COUNT_ANSWERS,
    &COUNT_AUTH_RR,
    &COUNT_ADD_RR,
    &NAME,
    &TYPE,
    &CLASS,
    &TTL,
    &DATA_LENGTH,
    &NB_FLAGS,
    &NB_FLAGS_GROUP,
    &NB_FLAGS_ONT,
    &ADDR,
    &NUMBER_OF_NAMES,
    &NETBIOS_NAME,
    &NAME_FLAGS,
    &NAME_FLAGS_GROUP,
    &UNIT_ID,
    &DATA,
];
