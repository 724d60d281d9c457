//! The fields of a segment, named as Wireshark names them.

use super::analysis::{Verdict, flag};
use super::{HEADER, Head, PROTOCOL, bit, notes, options};
use crate::context::Ctx;
use crate::data::Data;
use crate::flow;
use crate::protocol::Transport;
use crate::protocols::ip::checksum::{self, Status};
use weir_model::{Duration, Field, Kind, Origin, Value};

static SRCPORT: Field = Field::new("tcp.srcport", Kind::Uint(16), "Source Port")
    .part_of(&["tcp.port"])
    .origin(Origin::Flow);
static DSTPORT: Field = Field::new("tcp.dstport", Kind::Uint(16), "Destination Port")
    .part_of(&["tcp.port"])
    .origin(Origin::Flow);
static STREAM: Field =
    Field::new("tcp.stream", Kind::Uint(32), "Stream index").origin(Origin::Flow);
static COMPLETENESS: Field = Field::new(
    "tcp.completeness",
    Kind::Uint(8),
    "Conversation completeness",
);
static LEN: Field = Field::new("tcp.len", Kind::Uint(32), "TCP Segment Len");
static SEQ: Field = Field::new("tcp.seq", Kind::Uint(32), "Sequence Number");
static SEQ_RAW: Field = Field::new("tcp.seq_raw", Kind::Uint(32), "Sequence Number (raw)");
static NXTSEQ: Field = Field::new("tcp.nxtseq", Kind::Uint(32), "Next Sequence Number");
static ACK: Field = Field::new("tcp.ack", Kind::Uint(32), "Acknowledgment Number");
static ACK_RAW: Field = Field::new("tcp.ack_raw", Kind::Uint(32), "Acknowledgment number (raw)");
static HDR_LEN: Field = Field::new("tcp.hdr_len", Kind::Uint(8), "Header Length");
static FLAGS: Field = Field::new("tcp.flags", Kind::Uint(16), "Flags").hex();
static RES: Field = Field::new("tcp.flags.res", Kind::Bool, "Reserved");
static AE: Field = Field::new("tcp.flags.ae", Kind::Bool, "Accurate ECN");
static CWR: Field = Field::new("tcp.flags.cwr", Kind::Bool, "Congestion Window Reduced");
static ECE: Field = Field::new("tcp.flags.ece", Kind::Bool, "ECN-Echo");
static URG: Field = Field::new("tcp.flags.urg", Kind::Bool, "Urgent");
static F_ACK: Field = Field::new("tcp.flags.ack", Kind::Bool, "Acknowledgment");
static PUSH: Field = Field::new("tcp.flags.push", Kind::Bool, "Push");
static RESET: Field = Field::new("tcp.flags.reset", Kind::Bool, "Reset");
static SYN: Field = Field::new("tcp.flags.syn", Kind::Bool, "Syn");
static FIN: Field = Field::new("tcp.flags.fin", Kind::Bool, "Fin");
static STR: Field = Field::new("tcp.flags.str", Kind::Text, "TCP Flags");
static WINDOW_VALUE: Field = Field::new("tcp.window_size_value", Kind::Uint(16), "Window");
static WINDOW: Field = Field::new("tcp.window_size", Kind::Uint(32), "Calculated window size");
static FACTOR: Field = Field::new(
    "tcp.window_size_scalefactor",
    Kind::Int(32),
    "Window size scaling factor",
);
static CHECKSUM: Field = Field::new("tcp.checksum", Kind::Uint(16), "Checksum").hex();
static STATUS: Field =
    Field::new("tcp.checksum.status", Kind::Uint(8), "Checksum Status").values(checksum::WORDS);
static URGENT: Field = Field::new("tcp.urgent_pointer", Kind::Uint(16), "Urgent Pointer");
static TIME_RELATIVE: Field = Field::new(
    "tcp.time_relative",
    Kind::Duration,
    "Time since first frame in this TCP stream",
);
static TIME_DELTA: Field = Field::new(
    "tcp.time_delta",
    Kind::Duration,
    "Time since previous frame in this TCP stream",
);
static REASSEMBLED_IN: Field = Field::new(
    "tcp.reassembled_in",
    Kind::Packet,
    "Reassembled PDU in frame",
);
static SEGMENT_DATA: Field = Field::new("tcp.segment_data", Kind::Bytes, "TCP segment data");
static PAYLOAD: Field = Field::new("tcp.payload", Kind::Bytes, "TCP payload");

/// Every field of TCP.
pub(super) const FIELDS: &[&Field] = &[
    &SRCPORT,
    &DSTPORT,
    &STREAM,
    &COMPLETENESS,
    &LEN,
    &SEQ,
    &SEQ_RAW,
    &NXTSEQ,
    &ACK,
    &ACK_RAW,
    &HDR_LEN,
    &FLAGS,
    &RES,
    &AE,
    &CWR,
    &ECE,
    &URG,
    &F_ACK,
    &PUSH,
    &RESET,
    &SYN,
    &FIN,
    &STR,
    &WINDOW_VALUE,
    &WINDOW,
    &FACTOR,
    &CHECKSUM,
    &STATUS,
    &URGENT,
    &TIME_RELATIVE,
    &TIME_DELTA,
    &PAYLOAD,
    &REASSEMBLED_IN,
    &SEGMENT_DATA,
    &options::OPTIONS,
    &options::KIND,
    &options::LEN,
    &options::NOP,
    &options::EOL,
    &options::MSS,
    &options::MSS_VAL,
    &options::WSCALE,
    &options::SHIFT,
    &options::MULTIPLIER,
    &options::SACK_PERM,
    &options::SACK,
    &options::SACK_LE,
    &options::SACK_RE,
    &options::SACK_COUNT,
    &options::TIMESTAMP,
    &options::TSVAL,
    &options::TSECR,
    &options::UNKNOWN,
    &notes::ANALYSIS,
    &notes::FLAGS,
    &notes::ACKS_FRAME,
    &notes::ACK_RTT,
    &notes::INITIAL_RTT,
    &notes::IN_FLIGHT,
    &notes::DUPLICATE_NUM,
    &notes::DUPLICATE_FRAME,
    &notes::RTO,
    &notes::RTO_FRAME,
    &notes::REUSED.field,
    &notes::RETRANSMISSION.field,
    &notes::FAST.field,
    &notes::SPURIOUS.field,
    &notes::OUT_OF_ORDER.field,
    &notes::LOST.field,
    &notes::ACK_LOST.field,
    &notes::WINDOW_UPDATE.field,
    &notes::WINDOW_FULL.field,
    &notes::KEEP_ALIVE.field,
    &notes::KEEP_ALIVE_ACK.field,
    &notes::DUPLICATE_ACK.field,
    &notes::ZERO_WINDOW_PROBE.field,
    &notes::ZERO_WINDOW.field,
    &notes::ZERO_WINDOW_PROBE_ACK.field,
];

/// Flags with their bits, highest first.
static BITS: [(&Field, u16); 10] = [
    (&RES, 0xe00),
    (&AE, 0x100),
    (&CWR, 0x080),
    (&ECE, 0x040),
    (&URG, 0x020),
    (&F_ACK, 0x010),
    (&PUSH, 0x008),
    (&RESET, 0x004),
    (&SYN, 0x002),
    (&FIN, 0x001),
];

/// What was found out before the fields are described.
pub(super) struct Seen {
    pub(super) status: Status,
    pub(super) times: Option<(Duration, Duration)>,
    pub(super) verdict: Verdict,
    pub(super) beyond: u32,
}

/// A header that ends early: what there is.
pub(super) fn part(ctx: &mut Ctx<'_>, data: Data<'_>, ports: (u16, u16)) {
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.number(&SRCPORT, data, 0, 2);
        ctx.number(&DSTPORT, data, 2, 2);
        stream(ctx, ports);
        ctx.number(&SEQ_RAW, data, 4, 4);
        ctx.close();
    }
}

fn stream(ctx: &mut Ctx<'_>, ports: (u16, u16)) {
    if let Some(stream) = flow::stream_number(ctx, Transport::Tcp, ports) {
        ctx.computed(&STREAM, Value::Uint(u64::from(stream)));
    }
}

pub(super) fn whole(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    head: &Head,
    payload: Data<'_>,
    seen: &Seen,
) {
    let v = &seen.verdict;
    let number = |n: u32| Value::Uint(u64::from(n));
    ctx.number(&SRCPORT, data, 0, 2);
    ctx.number(&DSTPORT, data, 2, 2);
    stream(ctx, head.ports);
    let (whole_flow, rtt) = match (ctx.packet.flow, ctx.facts()) {
        (Some((id, _)), facts) => facts
            .flow(id)
            .map_or((0, None), |f| (f.tcp.completeness, f.tcp.rtt)),
        _ => (0, None),
    };
    if !ctx.packet.quoted {
        ctx.computed(&COMPLETENESS, number(u32::from(whole_flow)));
    }
    let len = u32::try_from(payload.len())
        .unwrap_or(u32::MAX)
        .saturating_add(seen.beyond);
    // What is quoted was cut somewhere: how long it was is not known.
    if !ctx.packet.quoted {
        ctx.computed(&LEN, number(len));
    }
    let origin = v.origins.0.unwrap_or(0);
    let seq = head.seq.wrapping_sub(origin);
    ctx.field(&SEQ, number(seq), data.range(4, 8));
    ctx.number(&SEQ_RAW, data, 4, 4);
    let takes_one = u32::from(head.has(bit::SYN) || head.has(bit::FIN));
    let next = seq.wrapping_add(len).wrapping_add(takes_one);
    if !ctx.packet.quoted {
        ctx.computed(&NXTSEQ, number(next));
    }
    let ack = if head.has(bit::ACK) {
        head.ack.wrapping_sub(v.origins.1.unwrap_or(0))
    } else {
        0
    };
    ctx.field(&ACK, number(ack), data.range(8, 12));
    ctx.number(&ACK_RAW, data, 8, 4);
    let header = u64::try_from(head.len).unwrap_or_default();
    ctx.field(&HDR_LEN, Value::Uint(header), data.range(12, 13));
    ctx.open(
        &FLAGS,
        Value::Uint(u64::from(head.flags)),
        data.range(12, 14),
    );
    for (field, mask) in BITS {
        ctx.flag(field, data, 12, 2, u64::from(mask));
    }
    ctx.field(&STR, Value::Text(&letters(head.flags)), data.range(12, 14));
    ctx.close();
    ctx.number(&WINDOW_VALUE, data, 14, 2);
    let window = if ctx.packet.quoted {
        u32::from(head.window)
    } else {
        v.window
    };
    ctx.computed(&WINDOW, number(window));
    if !head.has(bit::SYN) && !ctx.packet.quoted {
        ctx.computed(&FACTOR, Value::Int(i64::from(v.factor)));
    }
    ctx.number(&CHECKSUM, data, 16, 2);
    ctx.computed(&STATUS, Value::Uint(seen.status.value()));
    ctx.number(&URGENT, data, 18, 2);
    options::describe(ctx, data.sub(HEADER, head.len), v.origins.1.unwrap_or(0));
    if let Some((relative, delta)) = seen.times {
        ctx.computed(&TIME_RELATIVE, Value::Duration(relative));
        ctx.computed(&TIME_DELTA, Value::Duration(delta));
    }
    notes::describe(ctx, v, rtt);
    ctx.bytes(&PAYLOAD, payload, 0, payload.len());
    if !payload.is_empty() && !head.has(bit::RST) {
        pieces(ctx, head.seq, payload, v, seen);
    }
}

/// Is the payload a piece of a message that other packets carry too? Known once the flow was read whole.
/// What was sent before is one too, unless its receiver had said to have it.
fn pieces(ctx: &mut Ctx<'_>, seq: u32, payload: Data<'_>, v: &Verdict, seen: &Seen) {
    if v.flags & flag::SPURIOUS != 0 {
        return;
    }
    // What follows its first copy at once counts as disorder.
    let again = v.flags & flag::OUT_OF_ORDER != 0 && flow::repeats(ctx, seq, payload.len());
    if again || v.flags & flag::RETRANSMISSION != 0 {
        if seen.beyond == 0 && !matches!(seen.status, Status::Bad) {
            ctx.bytes(&SEGMENT_DATA, payload, 0, payload.len());
        }
        return;
    }
    let Some((flow, direction)) = ctx.packet.flow.filter(|_| ctx.knows_later()) else {
        return;
    };
    let packet = ctx.meta.packet;
    let mut any = false;
    let mut later = None;
    for span in ctx.facts().spans.of(flow, direction, packet) {
        any |= !(span.to_end && span.last == packet);
        if span.whole && span.last != packet {
            later = later.or(Some(span.last));
        }
    }
    if let Some(last) = later {
        ctx.computed(&REASSEMBLED_IN, Value::Uint(u64::from(last.number)));
    }
    if any {
        ctx.bytes(&SEGMENT_DATA, payload, 0, payload.len());
    }
}

fn letters(flags: u16) -> String {
    const ALL: [char; 12] = ['R', 'R', 'R', 'A', 'C', 'E', 'U', 'A', 'P', 'R', 'S', 'F'];
    ALL.iter()
        .enumerate()
        .map(|(n, c)| if flags >> (11 - n) & 1 == 1 { *c } else { '·' })
        .collect()
}

/// `443 → 51234 [PSH, ACK] Seq=1 Ack=518 Win=64128 Len=1440`.
pub(super) fn info(ctx: &mut Ctx<'_>, head: &Head, len: usize, v: &Verdict) {
    const NAMES: [(&str, u16); 9] = [
        ("FIN", 0x01),
        ("SYN", 0x02),
        ("RST", 0x04),
        ("PSH", 0x08),
        ("ACK", 0x10),
        ("URG", 0x20),
        ("ECE", 0x40),
        ("CWR", 0x80),
        ("AE", 0x100),
    ];
    let names: Vec<&str> = NAMES
        .iter()
        .filter(|(_, m)| head.flags & m != 0)
        .map(|(n, _)| *n)
        .collect();
    let seq = head.seq.wrapping_sub(v.origins.0.unwrap_or(0));
    let ack = head.ack.wrapping_sub(v.origins.1.unwrap_or(0));
    ctx.info(format_args!(
        "{} → {} [{}] Seq={seq} Ack={ack} Win={} Len={len}",
        head.ports.0,
        head.ports.1,
        names.join(", "),
        v.window
    ));
}
