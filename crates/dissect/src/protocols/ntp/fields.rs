//! Fields of NTP.

use weir_model::{Field, Holds, Kind};

pub(super) static FLAGS: Field = Field::new("ntp.flags", Kind::Uint(8), "Flags").hex();
pub(super) static LI: Field =
    Field::new("ntp.flags.li", Kind::Uint(8), "Leap Indicator").values(&[
        (0, "no warning"),
        (1, "last minute of the day has 61 seconds"),
        (2, "last minute of the day has 59 seconds"),
        (3, "unknown (clock unsynchronized)"),
    ]);
pub(super) static VN: Field = Field::new("ntp.flags.vn", Kind::Uint(8), "Version number");
pub(super) static MODE: Field = Field::new("ntp.flags.mode", Kind::Uint(8), "Mode").values(&[
    (0, "reserved"),
    (1, "symmetric active"),
    (2, "symmetric passive"),
    (3, "client"),
    (4, "server"),
    (5, "broadcast"),
    (6, "control"),
    (7, "private"),
]);
pub(super) static REQUEST_IN: Field = Field::new("ntp.request_in", Kind::Packet, "Request In");
pub(super) static RESPONSE_IN: Field = Field::new("ntp.response_in", Kind::Packet, "Response In");
pub(super) static DELTA: Field = Field::new("ntp.delta_time", Kind::Duration, "Delta Time");
pub(super) static STRATUM: Field = Field::new("ntp.stratum", Kind::Uint(8), "Peer Clock Stratum");
pub(super) static POLL: Field = Field::new("ntp.ppoll", Kind::Uint(8), "Peer Polling Interval");
pub(super) static PRECISION: Field =
    Field::new("ntp.precision", Kind::Uint(8), "Peer Clock Precision");
pub(super) static ROOT_DELAY: Field = Field::new("ntp.rootdelay", Kind::Uint(32), "Root Delay");
pub(super) static ROOT_DISPERSION: Field =
    Field::new("ntp.rootdispersion", Kind::Uint(32), "Root Dispersion");
pub(super) static REFID: Field = Field::new("ntp.refid", Kind::Bytes, "Reference ID");
pub(super) static REFTIME: Field = Field::new("ntp.reftime", Kind::Time, "Reference Timestamp");
pub(super) static ORG: Field = Field::new("ntp.org", Kind::Time, "Origin Timestamp");
pub(super) static REC: Field = Field::new("ntp.rec", Kind::Time, "Receive Timestamp");
pub(super) static XMT: Field = Field::new("ntp.xmt", Kind::Time, "Transmit Timestamp");
pub(super) static KEYID: Field = Field::new("ntp.keyid", Kind::Bytes, "Key ID");
pub(super) static MAC: Field = Field::new("ntp.mac", Kind::Bytes, "Message Authentication Code");
pub(super) static EXT: Field = Field::new("ntp.ext", Kind::None, "Extension");
pub(super) static EXT_TYPE: Field = Field::new("ntp.ext.type", Kind::Uint(16), "Field Type").hex();
pub(super) static EXT_LENGTH: Field = Field::new("ntp.ext.length", Kind::Uint(16), "Length");
pub(super) static EXT_VALUE: Field = Field::new("ntp.ext.value", Kind::Bytes, "Value");
pub(super) static FLAGS2: Field = Field::new("ntp.ctrl.flags2", Kind::Uint(8), "Flags 2").hex();
pub(super) static CTRL_R: Field = Field::new("ntp.ctrl.flags2.r", Kind::Uint(8), "Response bit");
pub(super) static CTRL_ERROR: Field =
    Field::new("ntp.ctrl.flags2.error", Kind::Uint(8), "Error bit");
pub(super) static CTRL_MORE: Field = Field::new("ntp.ctrl.flags2.more", Kind::Uint(8), "More bit");
pub(super) static CTRL_OPCODE: Field =
    Field::new("ntp.ctrl.flags2.opcode", Kind::Uint(8), "Opcode").values(&[
        (0, "reserved"),
        (1, "read status"),
        (2, "read variables"),
        (3, "write variables"),
        (4, "read clock variables"),
        (5, "write clock variables"),
        (6, "set trap address/port"),
        (7, "asynchronous message (trap)"),
        (8, "configuration"),
        (9, "export configuration"),
        (10, "retrieve MRU"),
        (11, "retrieve ordered list"),
        (12, "request client-specific nonce"),
        (31, "unset trap address/port"),
    ]);
pub(super) static CTRL_SEQUENCE: Field =
    Field::new("ntp.ctrl.sequence", Kind::Uint(16), "Sequence");
pub(super) static CTRL_STATUS: Field =
    Field::new("ntp.ctrl.status", Kind::Uint(16), "Status").hex();
pub(super) static CTRL_ASSOCID: Field =
    Field::new("ntp.ctrl.associd", Kind::Uint(16), "AssociationID");
pub(super) static CTRL_OFFSET: Field = Field::new("ntp.ctrl.offset", Kind::Uint(16), "Offset");
pub(super) static CTRL_COUNT: Field = Field::new("ntp.ctrl.count", Kind::Uint(16), "Count");
pub(super) static CTRL_DATA: Field = Field::new("ntp.ctrl.data", Kind::None, "Data");
pub(super) static PRIV_R: Field = Field::new("ntp.priv.flags.r", Kind::Uint(8), "Response bit");
pub(super) static PRIV_MORE: Field = Field::new("ntp.priv.flags.more", Kind::Uint(8), "More bit");
pub(super) static PRIV_AUTH_SEQ: Field =
    Field::new("ntp.priv.auth_seq", Kind::Uint(8), "Auth, sequence");
pub(super) static PRIV_AUTH: Field = Field::new("ntp.priv.auth", Kind::Uint(8), "Auth bit");
pub(super) static PRIV_SEQ: Field = Field::new("ntp.priv.seq", Kind::Uint(8), "Sequence number");
pub(super) static PRIV_IMPL: Field = Field::new("ntp.priv.impl", Kind::Uint(8), "Implementation")
    .values(&[(0, "UNIV"), (2, "XNTPD_OLD (pre-IPv6)"), (3, "XNTPD")]);
pub(super) static PRIV_REQCODE: Field =
    Field::new("ntp.priv.reqcode", Kind::Uint(8), "Request code").values(&[
        (0, "PEER_LIST"),
        (1, "PEER_LIST_SUM"),
        (2, "PEER_INFO"),
        (3, "PEER_STATS"),
        (4, "SYS_INFO"),
        (5, "SYS_STATS"),
        (6, "IO_STATS"),
        (7, "MEM_STATS"),
        (8, "LOOP_INFO"),
        (9, "TIMER_STATS"),
        (10, "CONFIG"),
        (11, "UNCONFIG"),
        (16, "GET_RESTRICT"),
        (17, "RESADDFLAGS"),
        (18, "RESSUBFLAGS"),
        (19, "UNRESTRICT"),
        (20, "MON_GETLIST"),
        (21, "RESET_STATS"),
        (22, "RESET_PEER"),
        (42, "MON_GETLIST_1"),
    ]);
pub(super) static PRIV_ERR: Field = Field::new("ntp.priv.err", Kind::Uint(8), "Err").hex();
pub(super) static PRIV_NUMITEMS: Field =
    Field::new("ntp.priv.numitems", Kind::Uint(16), "Number of data items");
pub(super) static PRIV_ITEMSIZE: Field =
    Field::new("ntp.priv.itemsize", Kind::Uint(16), "Size of data item");
pub(super) static MODE7_ITEM: Field = Field::new("ntp.priv.mode7.item", Kind::Text, "Mode7 item");
pub(super) static AVGINT: Field = Field::new("ntp.priv.monlist.avgint", Kind::Uint(32), "avgint");
pub(super) static LSINT: Field = Field::new("ntp.priv.monlist.lsint", Kind::Uint(32), "lsint");
pub(super) static RESTR: Field =
    Field::new("ntp.priv.monlist.restr", Kind::Uint(32), "restr").hex();
pub(super) static COUNT: Field = Field::new("ntp.priv.monlist.count", Kind::Uint(32), "count");
pub(super) static REMOTE: Field = Field::new(
    "ntp.priv.monlist.remote_address",
    Kind::Ipv4,
    "remote address",
)
.holds(Holds::Address);
pub(super) static LOCAL: Field = Field::new(
    "ntp.priv.monlist.local_address",
    Kind::Ipv4,
    "local address",
)
.holds(Holds::Address);
pub(super) static MON_FLAGS: Field =
    Field::new("ntp.priv.monlist.flags", Kind::Uint(32), "flags").hex();
pub(super) static MON_PORT: Field = Field::new("ntp.priv.monlist.port", Kind::Uint(16), "port");
pub(super) static MON_MODE: Field = Field::new("ntp.priv.monlist.mode", Kind::Uint(8), "mode");
pub(super) static MON_VERSION: Field =
    Field::new("ntp.priv.monlist.version", Kind::Uint(8), "version");

pub(super) static ALL: &[&Field] = &[
    &FLAGS,
    &LI,
    &VN,
    &MODE,
    &REQUEST_IN,
    &RESPONSE_IN,
    &DELTA,
    &STRATUM,
    &POLL,
    &PRECISION,
    &ROOT_DELAY,
    &ROOT_DISPERSION,
    &REFID,
    &REFTIME,
    &ORG,
    &REC,
    &XMT,
    &KEYID,
    &MAC,
    &EXT,
    &EXT_TYPE,
    &EXT_LENGTH,
    &EXT_VALUE,
    &FLAGS2,
    &CTRL_R,
    &CTRL_ERROR,
    &CTRL_MORE,
    &CTRL_OPCODE,
    &CTRL_SEQUENCE,
    &CTRL_STATUS,
    &CTRL_ASSOCID,
    &CTRL_OFFSET,
    &CTRL_COUNT,
    &CTRL_DATA,
    &PRIV_R,
    &PRIV_MORE,
    &PRIV_AUTH_SEQ,
    &PRIV_AUTH,
    &PRIV_SEQ,
    &PRIV_IMPL,
    &PRIV_REQCODE,
    &PRIV_ERR,
    &PRIV_NUMITEMS,
    &PRIV_ITEMSIZE,
    &MODE7_ITEM,
    &AVGINT,
    &LSINT,
    &RESTR,
    &COUNT,
    &REMOTE,
    &LOCAL,
    &MON_FLAGS,
    &MON_PORT,
    &MON_MODE,
    &MON_VERSION,
];
