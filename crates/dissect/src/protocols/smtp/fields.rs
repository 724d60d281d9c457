//! Fields of SMTP.

use weir_model::{Field, Holds, Kind};

pub(super) static REQ: Field = Field::new("smtp.req", Kind::Bool, "Request");
pub(super) static RSP: Field = Field::new("smtp.rsp", Kind::Bool, "Response");
pub(super) static COMMAND_LINE: Field =
    Field::new("smtp.command_line", Kind::Text, "Command Line").holds(Holds::Name);
pub(super) static COMMAND: Field = Field::new("smtp.req.command", Kind::Text, "Command");
pub(super) static PARAMETER: Field =
    Field::new("smtp.req.parameter", Kind::Text, "Request parameter").holds(Holds::Name);
pub(super) static RESPONSE: Field = Field::new("smtp.response", Kind::Text, "Response");
pub(super) static CODE: Field = Field::new("smtp.response.code", Kind::Uint(32), "Response code")
    .values(&[
        (211, "System status, or system help reply"),
        (214, "Help message"),
        (220, "<domain> Service ready"),
        (221, "<domain> Service closing transmission channel"),
        (235, "Authentication successful"),
        (250, "Requested mail action okay, completed"),
        (251, "User not local; will forward to <forward-path>"),
        (
            252,
            "Cannot VRFY user, but will accept message and attempt delivery",
        ),
        (334, "AUTH input"),
        (354, "Start mail input; end with <CRLF>.<CRLF>"),
        (
            421,
            "<domain> Service not available, closing transmission channel",
        ),
        (432, "A password transition is needed"),
        (450, "Requested mail action not taken: mailbox unavailable"),
        (451, "Requested action aborted: local error in processing"),
        (
            452,
            "Requested action not taken: insufficient system storage",
        ),
        (454, "Temporary authenticaion failed"),
        (500, "Syntax error, command unrecognized"),
        (501, "Syntax error in parameters or arguments"),
        (502, "Command not implemented"),
        (503, "Bad sequence of commands"),
        (504, "Command parameter not implemented"),
        (530, "Authentication required"),
        (534, "Authentication mechanism is too weak"),
        (535, "Authentication credentials invalid"),
        (
            538,
            "Encryption required for requested authentication mechanism",
        ),
        (550, "Requested action not taken: mailbox unavailable"),
        (551, "User not local; please try <forward-path>"),
        (
            552,
            "Requested mail action aborted: exceeded storage allocation",
        ),
        (553, "Requested action not taken: mailbox name not allowed"),
        (554, "Transaction failed"),
    ]);
pub(super) static RSP_PARAMETER: Field =
    Field::new("smtp.rsp.parameter", Kind::Text, "Response parameter");
pub(super) static USERNAME: Field =
    Field::new("smtp.auth.username", Kind::Text, "Username").holds(Holds::Name);
pub(super) static PASSWORD: Field =
    Field::new("smtp.auth.password", Kind::Text, "Password").holds(Holds::Secret);
pub(super) static USERNAME_PASSWORD: Field = Field::new(
    "smtp.auth.username_password",
    Kind::Text,
    "Username/Password",
)
.holds(Holds::Secret);
pub(super) static EOM: Field = Field::new("smtp.eom", Kind::None, "EOM");

pub(super) static ALL: &[&Field] = &[
    &REQ,
    &RSP,
    &COMMAND_LINE,
    &COMMAND,
    &PARAMETER,
    &RESPONSE,
    &CODE,
    &RSP_PARAMETER,
    &USERNAME,
    &PASSWORD,
    &USERNAME_PASSWORD,
    &EOM,
];
