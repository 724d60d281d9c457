//! TCP (RFC 9293): segments of a flow. Puts them in their place; knows nothing of what they carry.

use crate::context::Ctx;
use crate::data::Data;
use crate::flow::{self, OVERLAP, SegmentIn};
use crate::protocol::{Over, Protocol, Transport};
use etherparse::TcpHeaderSlice;
use weir_model::{ByteRange, Field, Kind, Origin, Value};

static SRCPORT: Field = Field::new("tcp.srcport", Kind::Uint(16), "Source Port")
    .part_of(&["tcp.port"])
    .origin(Origin::Flow);
static DSTPORT: Field = Field::new("tcp.dstport", Kind::Uint(16), "Destination Port")
    .part_of(&["tcp.port"])
    .origin(Origin::Flow);
static STREAM: Field =
    Field::new("tcp.stream", Kind::Uint(32), "Stream index").origin(Origin::Flow);
static LEN: Field = Field::new("tcp.len", Kind::Uint(32), "TCP Segment Len");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9293",
    over: &[Over::IpProto(6)],
    fields: &[&SRCPORT, &DSTPORT, &STREAM, &LEN],
    anomalies: &[&OVERLAP],
    datagram: Some(dissect),
    ..Protocol::new("tcp", "Transmission Control Protocol", "TCP")
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Ok(tcp) = TcpHeaderSlice::from_slice(data.bytes) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let ports = (tcp.source_port(), tcp.destination_port());
    let header = usize::from(tcp.data_offset()) * 4;
    let payload = data.rest(header);
    let fresh_syn = tcp.syn() && !tcp.ack();
    flow::open(ctx, Transport::Tcp, ports, |flow, _| {
        fresh_syn && (flow.tcp.fin != [false; 2] || flow.tcp.rst != [false; 2])
    });
    if let Some((_, direction)) = ctx.packet.flow {
        let way = direction.index();
        ctx.flow_record(|f| {
            f.tcp.syn |= fresh_syn;
            f.tcp.syn_ack |= tcp.syn() && tcp.ack();
            f.tcp.fin[way] |= tcp.fin();
            f.tcp.rst[way] |= tcp.rst();
        });
    }
    if ctx.layer(&PROTOCOL, data.range(0, header)) {
        ctx.field(&SRCPORT, Value::Uint(u64::from(ports.0)), data.range(0, 2));
        ctx.field(&DSTPORT, Value::Uint(u64::from(ports.1)), data.range(2, 4));
        if let Some(stream) = ctx.flow().and_then(|f| f.stream(ctx.meta.packet.capture)) {
            ctx.field(
                &STREAM,
                Value::Uint(u64::from(stream)),
                ByteRange::GENERATED,
            );
        }
        ctx.field(
            &LEN,
            Value::Uint(payload.len() as u64),
            ByteRange::GENERATED,
        );
        ctx.close();
    }
    let segment = SegmentIn {
        seq: tcp.sequence_number(),
        ack: tcp.ack().then(|| tcp.acknowledgment_number()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        cut: 0,
    };
    flow::segment(ctx, segment, payload);
}
