//! The packet itself: number, times, lengths, layers; or a record that is numbered with the packets.
//! Knows what the capture said of it, nothing of its content.

use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Over, Protocol};
use crate::registry::registry;
use weir_model::{ByteRange, Duration, Field, Kind, Origin, Record, Value};

static NUMBER: Field =
    Field::new("frame.number", Kind::Uint(32), "Frame Number").origin(Origin::Index);
static LEN: Field = Field::new("frame.len", Kind::Uint(32), "Frame Length").origin(Origin::Index);
static CAP_LEN: Field =
    Field::new("frame.cap_len", Kind::Uint(32), "Capture Length").origin(Origin::Index);
static TIME: Field = Field::new("frame.time", Kind::Time, "Arrival Time").origin(Origin::Index);
static TIME_EPOCH: Field =
    Field::new("frame.time_epoch", Kind::Time, "Epoch Time").origin(Origin::Index);
static TIME_DELTA: Field = Field::new(
    "frame.time_delta",
    Kind::Duration,
    "Time delta from previous captured frame",
)
.origin(Origin::Index);
static TIME_RELATIVE: Field = Field::new(
    "frame.time_relative",
    Kind::Duration,
    "Time since first frame",
)
.origin(Origin::Index);
static PROTOCOLS: Field =
    Field::new("frame.protocols", Kind::Text, "Protocols in frame").origin(Origin::Index);
static INTERFACE: Field =
    Field::new("frame.interface_id", Kind::Uint(32), "Interface id").origin(Origin::Index);
static ENCAP: Field =
    Field::new("frame.encap_type", Kind::Int(16), "Encapsulation type").origin(Origin::Index);
static PEN: Field = Field::new("frame.cb_pen", Kind::Uint(32), "Private Enterprise Number");
static COPY: Field = Field::new("frame.cb_copy", Kind::Bool, "Copying allowed");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    fields: &[
        &NUMBER,
        &LEN,
        &CAP_LEN,
        &TIME,
        &TIME_EPOCH,
        &TIME_DELTA,
        &TIME_RELATIVE,
        &PROTOCOLS,
        &INTERFACE,
        &ENCAP,
        &PEN,
        &COPY,
    ],
    #[cfg(test)]
    sample: Some(super::data::sample::SAMPLE),
    ..Protocol::new("frame", "Frame", "")
};

pub(crate) fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if !ctx.core.muted {
        let quality = &mut ctx.core.facts.quality;
        match ctx.meta.record {
            Some(_) => quality.records.add(ctx.meta.packet),
            None if ctx.meta.untimed => quality.untimed.add(ctx.meta.packet),
            None => {}
        }
    }
    let key = Over::LinkType(ctx.meta.link_type);
    match registry().over(key).and_then(|p| p.datagram) {
        _ if ctx.meta.record.is_some() => ctx.unknown(data),
        Some(dissect) => dissect(ctx, data),
        None => {
            if !ctx.core.muted {
                let packet = ctx.meta.packet;
                ctx.core.facts.quality.unknown_link.add(packet);
            }
            ctx.unknown(data);
        }
    }
    describe(ctx, data);
}

/// Comes last, because it names the layers; whoever draws a tree puts it first.
fn describe(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if !ctx.describing || !ctx.sink.wants(&PROTOCOL.info) {
        return;
    }
    let names: Vec<&str> = ctx
        .packet
        .layers
        .iter()
        .filter_map(|id| registry().get(*id))
        .map(|p| p.info.name)
        .collect();
    let names = names.join(":");
    let meta = ctx.meta;
    let none = ByteRange::GENERATED;
    ctx.sink.layer(&PROTOCOL.info, data.all());
    ctx.field(&NUMBER, Value::Uint(u64::from(meta.packet.number)), none);
    match meta.record {
        None => ctx.field(&INTERFACE, Value::Uint(u64::from(meta.interface)), none),
        Some(Record::Custom { pen, copy }) => {
            ctx.field(&PEN, Value::Uint(u64::from(pen)), none);
            ctx.field(&COPY, Value::Bool(copy), none);
            ctx.info(format_args!(
                "Custom Block of the capture file, enterprise {pen}: no packet"
            ));
        }
        Some(Record::Journal) => {
            ctx.info(format_args!("Journal entry in the capture file: no packet"));
        }
    }
    if !meta.untimed {
        ctx.field(&TIME, Value::Time(meta.time), none);
        ctx.field(&TIME_EPOCH, Value::Time(meta.time), none);
        ctx.field(
            &TIME_DELTA,
            Value::Duration(meta.previous.map_or(Duration(0), |p| meta.time.since(p))),
            none,
        );
        ctx.field(
            &TIME_RELATIVE,
            Value::Duration(meta.time.since(meta.first)),
            none,
        );
    }
    ctx.field(&LEN, Value::Uint(u64::from(meta.wire_len)), none);
    ctx.field(&CAP_LEN, Value::Uint(data.len() as u64), none);
    ctx.field(&PROTOCOLS, Value::Text(&names), none);
    ctx.close();
}
