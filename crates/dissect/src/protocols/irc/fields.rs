//! Fields of IRC.

use weir_model::{Field, Holds, Kind};

pub(super) static REQUEST: Field =
    Field::new("irc.request", Kind::Text, "Request").holds(Holds::Content);
pub(super) static REQUEST_PREFIX: Field =
    Field::new("irc.request.prefix", Kind::Text, "Prefix").holds(Holds::Name);
pub(super) static REQUEST_COMMAND: Field = Field::new("irc.request.command", Kind::Text, "Command");
pub(super) static REQUEST_PARAMETER: Field =
    Field::new("irc.request.command_parameter", Kind::Text, "Parameter").holds(Holds::Name);
pub(super) static REQUEST_TRAILER: Field =
    Field::new("irc.request.trailer", Kind::Text, "Trailer").holds(Holds::Content);
pub(super) static RESPONSE: Field =
    Field::new("irc.response", Kind::Text, "Response").holds(Holds::Content);
pub(super) static RESPONSE_PREFIX: Field =
    Field::new("irc.response.prefix", Kind::Text, "Prefix").holds(Holds::Name);
pub(super) static RESPONSE_COMMAND: Field =
    Field::new("irc.response.command", Kind::Text, "Command");
pub(super) static RESPONSE_NUMBER: Field =
    Field::new("irc.response.num_command", Kind::Uint(16), "Command");
pub(super) static RESPONSE_PARAMETER: Field =
    Field::new("irc.response.command_parameter", Kind::Text, "Parameter").holds(Holds::Name);
pub(super) static RESPONSE_TRAILER: Field =
    Field::new("irc.response.trailer", Kind::Text, "Trailer").holds(Holds::Content);
pub(super) static CTCP: Field =
    Field::new("irc.ctcp", Kind::Text, "CTCP Data").holds(Holds::Content);

pub(super) static ALL: &[&Field] = &[
    &REQUEST,
    &REQUEST_PREFIX,
    &REQUEST_COMMAND,
    &REQUEST_PARAMETER,
    &REQUEST_TRAILER,
    &RESPONSE,
    &RESPONSE_PREFIX,
    &RESPONSE_COMMAND,
    &RESPONSE_NUMBER,
    &RESPONSE_PARAMETER,
    &RESPONSE_TRAILER,
    &CTCP,
];
