//! Fields of FTP control connections.

use weir_model::{Field, Holds, Kind};

pub(crate) static REQUEST: Field = Field::new("ftp.request", Kind::Bool, "Request");
pub(crate) static RESPONSE: Field = Field::new("ftp.response", Kind::Bool, "Response");
pub(crate) static REQUEST_COMMAND: Field =
    Field::new("ftp.request.command", Kind::Text, "Request command");
pub(crate) static REQUEST_ARG: Field =
    Field::new("ftp.request.arg", Kind::Text, "Request arg").holds(Holds::Name);
pub(crate) static RESPONSE_CODE: Field =
    Field::new("ftp.response.code", Kind::Uint(32), "Response code").values(&[
        (110, "Restart marker reply"),
        (120, "Service ready in nnn minutes"),
        (125, "Data connection already open; transfer starting"),
        (150, "File status okay; about to open data connection"),
        (200, "Command okay"),
        (202, "Command not implemented, superfluous at this site"),
        (211, "System status, or system help reply"),
        (212, "Directory status"),
        (213, "File status"),
        (214, "Help message"),
        (215, "NAME system type"),
        (220, "Service ready for new user"),
        (221, "Service closing control connection"),
        (225, "Data connection open; no transfer in progress"),
        (226, "Closing data connection"),
        (227, "Entering Passive Mode"),
        (229, "Entering Extended Passive Mode"),
        (230, "User logged in, proceed"),
        (232, "User logged in, authorized by security data exchange"),
        (234, "Security data exchange complete"),
        (235, "Security data exchange completed successfully"),
        (250, "Requested file action okay, completed"),
        (257, "PATHNAME created"),
        (331, "User name okay, need password"),
        (332, "Need account for login"),
        (334, "Requested security mechanism is ok"),
        (335, "Security data is acceptable, more is required"),
        (336, "Username okay, need password. Challenge is ..."),
        (350, "Requested file action pending further information"),
        (421, "Service not available, closing control connection"),
        (425, "Can't open data connection"),
        (426, "Connection closed; transfer aborted"),
        (431, "Need some unavailable resource to process security"),
        (450, "Requested file action not taken"),
        (451, "Requested action aborted: local error in processing"),
        (
            452,
            "Requested action not taken. Insufficient storage space in system",
        ),
        (500, "Syntax error, command unrecognized"),
        (501, "Syntax error in parameters or arguments"),
        (502, "Command not implemented"),
        (503, "Bad sequence of commands"),
        (504, "Command not implemented for that parameter"),
        (522, "Network protocol not supported"),
        (530, "Not logged in"),
        (532, "Need account for storing files"),
        (533, "Command protection level denied for policy reasons"),
        (534, "Request denied for policy reasons"),
        (535, "Failed security check (hash, sequence, etc)"),
        (536, "Requested PROT level not supported by mechanism"),
        (
            537,
            "Command protection level not supported by security mechanism",
        ),
        (550, "Requested action not taken: File unavailable"),
        (551, "Requested action aborted: page type unknown"),
        (
            552,
            "Requested file action aborted: Exceeded storage allocation",
        ),
        (553, "Requested action not taken: File name not allowed"),
        (631, "Integrity protected reply"),
        (632, "Confidentiality and integrity protected reply"),
        (633, "Confidentiality protected reply"),
    ]);
pub(crate) static RESPONSE_ARG: Field = Field::new("ftp.response.arg", Kind::Text, "Response arg");
pub(crate) static CURRENT_WORKING_DIRECTORY: Field = Field::new(
    "ftp.current-working-directory",
    Kind::Text,
    "Current working directory",
);
pub(crate) static PASSIVE_IP: Field =
    Field::new("ftp.passive.ip", Kind::Ipv4, "Passive IP address").holds(Holds::Address);
pub(crate) static PASSIVE_PORT: Field =
    Field::new("ftp.passive.port", Kind::Uint(16), "Passive port");
pub(crate) static PASSIVE_NAT: Field = Field::new("ftp.passive.nat", Kind::Bool, "Passive IP NAT");
pub(crate) static ACTIVE_CIP: Field =
    Field::new("ftp.active.cip", Kind::Ipv4, "Active IP address").holds(Holds::Address);
pub(crate) static ACTIVE_PORT: Field = Field::new("ftp.active.port", Kind::Uint(16), "Active port");
pub(crate) static ACTIVE_NAT: Field = Field::new("ftp.active.nat", Kind::Bool, "Active IP NAT");
pub(crate) static EPRT_AF: Field = Field::new(
    "ftp.eprt.af",
    Kind::Uint(8),
    "Extended active address family",
);
pub(crate) static EPRT_IP: Field =
    Field::new("ftp.eprt.ip", Kind::Ipv4, "Extended active IP address").holds(Holds::Address);
pub(crate) static EPRT_IPV6: Field =
    Field::new("ftp.eprt.ipv6", Kind::Ipv6, "Extended active IPv6 address").holds(Holds::Address);
pub(crate) static EPRT_PORT: Field =
    Field::new("ftp.eprt.port", Kind::Uint(16), "Extended active port");
pub(crate) static EPSV_PORT: Field =
    Field::new("ftp.epsv.port", Kind::Uint(16), "Extended passive port");
pub(crate) static EPSV_IP: Field =
    Field::new("ftp.epsv.ip", Kind::Ipv4, "Extended passive IPv4 address").holds(Holds::Address);
pub(crate) static EPSV_IPV6: Field =
    Field::new("ftp.epsv.ipv6", Kind::Ipv6, "Extended passive IPv6 address").holds(Holds::Address);
pub(crate) static SETUP_FRAME: Field = Field::new("ftp.setup-frame", Kind::Packet, "Setup frame");
pub(crate) static COMMAND_FRAME: Field =
    Field::new("ftp.command-frame", Kind::Packet, "Command frame");
pub(crate) static COMMAND: Field = Field::new("ftp.command", Kind::Text, "Command");
pub(crate) static COMMAND_RESPONSE_FIRST_FRAME_NUM: Field = Field::new(
    "ftp.command-response.first-frame-num",
    Kind::Packet,
    "Command response first frame",
);
pub(crate) static COMMAND_RESPONSE_LAST_FRAME_NUM: Field = Field::new(
    "ftp.command-response.last-frame-num",
    Kind::Packet,
    "Command response last frame",
);
pub(crate) static COMMAND_RESPONSE_FRAMES: Field = Field::new(
    "ftp.command-response.frames",
    Kind::Uint(32),
    "Command response frames",
);
pub(crate) static COMMAND_RESPONSE_BYTES: Field = Field::new(
    "ftp.command-response.bytes",
    Kind::Uint(32),
    "Command response bytes",
);
/// The argument of a command that carries a secret (PASS, ACCT): same name, masked.
pub(crate) static REQUEST_SECRET: Field =
    Field::new("ftp.request.arg", Kind::Text, "Request arg").holds(Holds::Secret);
/// All of them.
pub(crate) static ALL: &[&Field] = &[
    &REQUEST,
    &RESPONSE,
    &REQUEST_COMMAND,
    &REQUEST_ARG,
    &REQUEST_SECRET,
    &RESPONSE_CODE,
    &RESPONSE_ARG,
    &CURRENT_WORKING_DIRECTORY,
    &PASSIVE_IP,
    &PASSIVE_PORT,
    &PASSIVE_NAT,
    &ACTIVE_CIP,
    &ACTIVE_PORT,
    &ACTIVE_NAT,
    &EPRT_AF,
    &EPRT_IP,
    &EPRT_IPV6,
    &EPRT_PORT,
    &EPSV_PORT,
    &EPSV_IP,
    &EPSV_IPV6,
    &SETUP_FRAME,
    &COMMAND_FRAME,
    &COMMAND,
    &COMMAND_RESPONSE_FIRST_FRAME_NUM,
    &COMMAND_RESPONSE_LAST_FRAME_NUM,
    &COMMAND_RESPONSE_FRAMES,
    &COMMAND_RESPONSE_BYTES,
];
