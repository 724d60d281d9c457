//! Fields of POP3. What is secret has a field of its own under the same name, so that it is masked.

use weir_model::{Field, Holds, Kind};

pub(super) static RESPONSE: Field = Field::new("pop.response", Kind::Text, "Response");
pub(super) static INDICATOR: Field =
    Field::new("pop.response.indicator", Kind::Text, "Response indicator");
pub(super) static DESCRIPTION: Field = Field::new(
    "pop.response.description",
    Kind::Text,
    "Response description",
)
.holds(Holds::Name);
pub(super) static RESPONSE_DATA: Field =
    Field::new("pop.response.data", Kind::Text, "Data").holds(Holds::Content);
pub(super) static REQUEST: Field =
    Field::new("pop.request", Kind::Text, "Request").holds(Holds::Name);
pub(super) static SECRET_REQUEST: Field =
    Field::new("pop.request", Kind::Text, "Request").holds(Holds::Secret);
pub(super) static COMMAND: Field = Field::new("pop.request.command", Kind::Text, "Request command");
pub(super) static SECRET_COMMAND: Field =
    Field::new("pop.request.command", Kind::Text, "Request command").holds(Holds::Secret);
pub(super) static PARAMETER: Field =
    Field::new("pop.request.parameter", Kind::Text, "Request parameter").holds(Holds::Name);
pub(super) static SECRET_PARAMETER: Field =
    Field::new("pop.request.parameter", Kind::Text, "Request parameter").holds(Holds::Secret);
pub(super) static REQUEST_DATA: Field =
    Field::new("pop.request.data", Kind::Text, "Data").holds(Holds::Content);

pub(super) static ALL: &[&Field] = &[
    &RESPONSE,
    &INDICATOR,
    &DESCRIPTION,
    &RESPONSE_DATA,
    &REQUEST,
    &SECRET_REQUEST,
    &COMMAND,
    &SECRET_COMMAND,
    &PARAMETER,
    &SECRET_PARAMETER,
    &REQUEST_DATA,
];
