//! UDP (RFC 768): datagrams of a flow. Knows nothing of what they carry.

use crate::context::Ctx;
use crate::data::Data;
use crate::flow;
use crate::protocol::{Over, Protocol, Transport};
use etherparse::UdpSlice;
use weir_model::{ByteRange, Field, Kind, Origin, Value};

static SRCPORT: Field = Field::new("udp.srcport", Kind::Uint(16), "Source Port")
    .part_of(&["udp.port"])
    .origin(Origin::Flow);
static DSTPORT: Field = Field::new("udp.dstport", Kind::Uint(16), "Destination Port")
    .part_of(&["udp.port"])
    .origin(Origin::Flow);
static STREAM: Field =
    Field::new("udp.stream", Kind::Uint(32), "Stream index").origin(Origin::Flow);
static LENGTH: Field = Field::new("udp.length", Kind::Uint(16), "Length");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 768",
    over: &[Over::IpProto(17)],
    fields: &[&SRCPORT, &DSTPORT, &STREAM, &LENGTH],
    datagram: Some(dissect),
    ..Protocol::new("udp", "User Datagram Protocol", "UDP")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Ok(udp) = UdpSlice::from_slice_lax(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let ports = (udp.source_port(), udp.destination_port());
    flow::open(ctx, Transport::Udp, ports, |_, _| false);
    if ctx.layer(&PROTOCOL, data.range(0, 8)) {
        ctx.field(&SRCPORT, Value::Uint(u64::from(ports.0)), data.range(0, 2));
        ctx.field(&DSTPORT, Value::Uint(u64::from(ports.1)), data.range(2, 4));
        ctx.field(
            &LENGTH,
            Value::Uint(u64::from(udp.length())),
            data.range(4, 6),
        );
        if let Some(stream) = ctx.flow().and_then(|f| f.stream(ctx.meta.packet.capture)) {
            ctx.field(
                &STREAM,
                Value::Uint(u64::from(stream)),
                ByteRange::GENERATED,
            );
        }
        ctx.close();
    }
    flow::datagram(ctx, data.sub(8, 8 + udp.payload().len()));
}
