//! Bytes of no known protocol, shown as they are.

#[cfg(test)]
pub(super) mod sample;

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Protocol;
use weir_model::{Field, Kind, Value};

static DATA: Field = Field::new("data.data", Kind::Bytes, "Data");
static LEN: Field = Field::new("data.len", Kind::Uint(32), "Length");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    fields: &[&DATA, &LEN],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("data", "Data", "Data")
};

pub(crate) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.field(&DATA, Value::Bytes(data.bytes), data.all());
        ctx.field(
            &LEN,
            Value::Uint(data.len() as u64),
            weir_model::ByteRange::GENERATED,
        );
        ctx.close();
    }
}
