//! UDP (RFC 768): datagrams of a flow. Knows nothing of what they carry.

#[cfg(test)]
mod sample;

use super::ip::checksum::{self, Status};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::flow::{self, Sender};
use crate::protocol::{Over, Protocol, Severity, Transport};
use weir_model::{Field, Kind, Origin, Value};

static SRCPORT: Field = Field::new("udp.srcport", Kind::Uint(16), "Source Port")
    .part_of(&["udp.port"])
    .origin(Origin::Flow);
static DSTPORT: Field = Field::new("udp.dstport", Kind::Uint(16), "Destination Port")
    .part_of(&["udp.port"])
    .origin(Origin::Flow);
static STREAM: Field =
    Field::new("udp.stream", Kind::Uint(32), "Stream index").origin(Origin::Flow);
static LENGTH: Field = Field::new("udp.length", Kind::Uint(16), "Length");
static CHECKSUM: Field = Field::new("udp.checksum", Kind::Uint(16), "Checksum").hex();
static STATUS: Field =
    Field::new("udp.checksum.status", Kind::Uint(8), "Checksum Status").values(checksum::WORDS);
static TIME_RELATIVE: Field = Field::new(
    "udp.time_relative",
    Kind::Duration,
    "Time since first frame",
);
static TIME_DELTA: Field = Field::new(
    "udp.time_delta",
    Kind::Duration,
    "Time since previous frame",
);
static PAYLOAD: Field = Field::new("udp.payload", Kind::Bytes, "Payload");

/// The header's length cannot be.
pub static BAD_LENGTH: AnomalyKind = AnomalyKind {
    id: "udp.length.bad",
    says: "Bad length value",
    severity: Severity::Error,
    group: "Malformed",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 768",
    over: &[Over::IpProto(17)],
    fields: &[
        &SRCPORT,
        &DSTPORT,
        &STREAM,
        &LENGTH,
        &CHECKSUM,
        &STATUS,
        &TIME_RELATIVE,
        &TIME_DELTA,
        &PAYLOAD,
    ],
    anomalies: &[&BAD_LENGTH, &TRACEROUTE],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("udp", "User Datagram Protocol", "UDP")
};

/// Bytes of the header.
const HEADER: usize = 8;

/// Ports that traceroute goes through, three to a hop.
const TRACED: std::ops::RangeInclusive<u16> = 33_435..=33_464;

/// To or from a port that traceroute sends to, one after the other.
static TRACEROUTE: AnomalyKind = AnomalyKind {
    id: "udp.possible_traceroute",
    says: "Possible traceroute",
    severity: Severity::Chat,
    group: "Sequence",
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(src), Some(dst), Some(length), Some(stored)) =
        (data.u16(0), data.u16(2), data.u16(4), data.u16(6))
    else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let ports = (src, dst);
    let length = usize::from(length);
    let wire = data.len() + ctx.packet.beyond as usize;
    // Zero stands for a jumbogram (RFC 2675 section 4).
    let bad = (length != 0 && length < HEADER) || (length > wire && !ctx.packet.quoted);
    let used = if length == 0 { wire } else { length.min(wire) };
    let whole = data.sub(0, used.max(HEADER));
    ctx.packet.beyond = u32::try_from(used.saturating_sub(whole.len())).unwrap_or(u32::MAX);
    let status = if stored == 0 {
        Status::Absent
    } else {
        checksum::transport(ctx, 17, whole.bytes, stored)
    };
    flow::open(ctx, Transport::Udp, ports, Sender::Unknown, |_, _| false);
    let times = flow::times(ctx);
    let payload = whole.rest(HEADER);
    if ctx.layer(&PROTOCOL, data.range(0, HEADER)) {
        ctx.number(&SRCPORT, data, 0, 2);
        ctx.number(&DSTPORT, data, 2, 2);
        ctx.number(&LENGTH, data, 4, 2);
        ctx.number(&CHECKSUM, data, 6, 2);
        ctx.computed(&STATUS, Value::Uint(status.value()));
        if let Some(stream) = flow::stream_number(ctx, Transport::Udp, ports) {
            ctx.computed(&STREAM, Value::Uint(u64::from(stream)));
        }
        if let Some((relative, delta)) = times.filter(|_| !flow::is_tunnel(ctx, ports)) {
            ctx.computed(&TIME_RELATIVE, Value::Duration(relative));
            ctx.computed(&TIME_DELTA, Value::Duration(delta));
        }
        ctx.bytes(&PAYLOAD, payload, 0, payload.len());
        ctx.close();
    }
    ctx.info(format_args!(
        "{src} → {dst} Len={}",
        used.saturating_sub(HEADER)
    ));
    if let Some(port) = [dst, src].into_iter().find(|n| TRACED.contains(n)) {
        let n = port - TRACED.start();
        let (hop, attempt) = (n / 3 + 1, n % 3 + 1);
        ctx.remark(
            &TRACEROUTE,
            format_args!("{}: hop #{hop}, attempt #{attempt}", TRACEROUTE.says),
        );
    }
    if bad {
        let beyond = if length < HEADER {
            "< 8"
        } else {
            "> IP payload length"
        };
        ctx.anomaly_as(
            &BAD_LENGTH,
            format_args!("{} {length} {beyond}", BAD_LENGTH.says),
        );
    }
    // A length beyond the packet says nothing of what is there.
    if length != 0 && length < HEADER {
        return;
    }
    flow::datagram(ctx, payload);
}
