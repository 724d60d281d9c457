//! The fields and anomalies of the analysis, in Wireshark's words.

use super::analysis::{Verdict, flag};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::protocol::Severity;
use weir_model::{ByteRange, Duration, Field, Kind, PacketRef, Value};

/// A flag, its field, its anomaly.
pub(super) struct Note {
    bits: u16,
    pub(super) field: Field,
    pub(super) kind: AnomalyKind,
}

const fn note(
    bits: u16,
    id: &'static str,
    title: &'static str,
    says: &'static str,
    severity: Severity,
) -> Note {
    Note {
        bits,
        field: Field::new(id, Kind::None, title),
        kind: AnomalyKind {
            id,
            says,
            severity,
            group: "Sequence",
        },
    }
}

pub(super) const ANY_RETRANSMISSION: u16 =
    flag::RETRANSMISSION | flag::FAST_RETRANSMISSION | flag::SPURIOUS;

pub(super) static REUSED: Note = note(
    flag::REUSED_PORTS,
    "tcp.analysis.reused_ports",
    "TCP Port numbers reused",
    "A new tcp session is started with the same ports as an earlier session in this trace",
    Severity::Note,
);
pub(super) static RETRANSMISSION: Note = note(
    ANY_RETRANSMISSION,
    "tcp.analysis.retransmission",
    "Retransmission",
    "This frame is a (suspected) retransmission",
    Severity::Note,
);
pub(super) static FAST: Note = note(
    flag::FAST_RETRANSMISSION,
    "tcp.analysis.fast_retransmission",
    "Fast retransmission",
    "This frame is a (suspected) fast retransmission",
    Severity::Note,
);
pub(super) static SPURIOUS: Note = note(
    flag::SPURIOUS,
    "tcp.analysis.spurious_retransmission",
    "Spurious retransmission",
    "This frame is a (suspected) spurious retransmission",
    Severity::Note,
);
pub(super) static OUT_OF_ORDER: Note = note(
    flag::OUT_OF_ORDER,
    "tcp.analysis.out_of_order",
    "Out-of-order segment",
    "This frame is a (suspected) out-of-order segment",
    Severity::Warn,
);
pub(super) static LOST: Note = note(
    flag::LOST,
    "tcp.analysis.lost_segment",
    "Previous segment not captured",
    "Previous segment(s) not captured (common at capture start)",
    Severity::Warn,
);
pub(super) static ACK_LOST: Note = note(
    flag::ACK_LOST,
    "tcp.analysis.ack_lost_segment",
    "ACKed segment not captured",
    "ACKed segment that wasn't captured (common at capture start)",
    Severity::Warn,
);
pub(super) static WINDOW_UPDATE: Note = note(
    flag::WINDOW_UPDATE,
    "tcp.analysis.window_update",
    "Window update",
    "TCP window update",
    Severity::Chat,
);
pub(super) static WINDOW_FULL: Note = note(
    flag::WINDOW_FULL,
    "tcp.analysis.window_full",
    "Window full",
    "TCP window specified by the receiver is now completely full",
    Severity::Warn,
);
pub(super) static KEEP_ALIVE: Note = note(
    flag::KEEP_ALIVE,
    "tcp.analysis.keep_alive",
    "Keep-alive",
    "TCP keep-alive segment",
    Severity::Note,
);
pub(super) static KEEP_ALIVE_ACK: Note = note(
    flag::KEEP_ALIVE_ACK,
    "tcp.analysis.keep_alive_ack",
    "Keep-alive ACK",
    "ACK to a TCP keep-alive segment",
    Severity::Note,
);
pub(super) static DUPLICATE_ACK: Note = note(
    flag::DUPLICATE_ACK,
    "tcp.analysis.duplicate_ack",
    "Duplicate ACK",
    "Duplicate ACK",
    Severity::Note,
);
pub(super) static ZERO_WINDOW_PROBE: Note = note(
    flag::ZERO_WINDOW_PROBE,
    "tcp.analysis.zero_window_probe",
    "Zero window probe",
    "TCP Zero Window Probe",
    Severity::Note,
);
pub(super) static ZERO_WINDOW: Note = note(
    flag::ZERO_WINDOW,
    "tcp.analysis.zero_window",
    "Zero window",
    "TCP Zero Window segment",
    Severity::Warn,
);
pub(super) static ZERO_WINDOW_PROBE_ACK: Note = note(
    flag::ZERO_WINDOW_PROBE_ACK,
    "tcp.analysis.zero_window_probe_ack",
    "Zero window probe ACK",
    "ACK to a TCP Zero Window Probe",
    Severity::Note,
);

static ALL: [&Note; 15] = [
    &REUSED,
    &RETRANSMISSION,
    &FAST,
    &SPURIOUS,
    &OUT_OF_ORDER,
    &LOST,
    &ACK_LOST,
    &WINDOW_UPDATE,
    &WINDOW_FULL,
    &KEEP_ALIVE,
    &KEEP_ALIVE_ACK,
    &DUPLICATE_ACK,
    &ZERO_WINDOW_PROBE,
    &ZERO_WINDOW,
    &ZERO_WINDOW_PROBE_ACK,
];

pub(super) static ANALYSIS: Field = Field::new("tcp.analysis", Kind::None, "SEQ/ACK analysis");
pub(super) static FLAGS: Field = Field::new("tcp.analysis.flags", Kind::None, "TCP Analysis Flags");
pub(super) static ACKS_FRAME: Field = Field::new(
    "tcp.analysis.acks_frame",
    Kind::Packet,
    "This is an ACK to the segment in frame",
);
pub(super) static ACK_RTT: Field = Field::new(
    "tcp.analysis.ack_rtt",
    Kind::Duration,
    "The RTT to ACK the segment was",
);
pub(super) static INITIAL_RTT: Field =
    Field::new("tcp.analysis.initial_rtt", Kind::Duration, "iRTT");
pub(super) static IN_FLIGHT: Field = Field::new(
    "tcp.analysis.bytes_in_flight",
    Kind::Uint(32),
    "Bytes in flight",
);
pub(super) static DUPLICATE_NUM: Field = Field::new(
    "tcp.analysis.duplicate_ack_num",
    Kind::Uint(32),
    "Duplicate ACK #",
);
pub(super) static DUPLICATE_FRAME: Field = Field::new(
    "tcp.analysis.duplicate_ack_frame",
    Kind::Packet,
    "Duplicate to the ACK in frame",
);
pub(super) static RTO: Field = Field::new(
    "tcp.analysis.rto",
    Kind::Duration,
    "The RTO for this segment was",
);
pub(super) static RTO_FRAME: Field = Field::new(
    "tcp.analysis.rto_frame",
    Kind::Packet,
    "RTO based on delta from frame",
);

fn packet(p: PacketRef) -> Value<'static> {
    Value::Uint(u64::from(p.number))
}

/// The fields, inside the TCP layer.
pub(super) fn describe(ctx: &mut Ctx<'_>, v: &Verdict, rtt: Option<Duration>) {
    let quiet = v.flags == 0 && v.acks.is_none() && v.in_flight.is_none() && !v.told;
    if quiet {
        return;
    }
    ctx.open(&ANALYSIS, Value::None, ByteRange::GENERATED);
    if let Some((p, took)) = v.acks {
        ctx.computed(&ACKS_FRAME, packet(p));
        ctx.computed(&ACK_RTT, Value::Duration(took));
    }
    if let Some(rtt) = rtt {
        ctx.computed(&INITIAL_RTT, Value::Duration(rtt));
    }
    if let Some(bytes) = v.in_flight {
        ctx.computed(&IN_FLIGHT, Value::Uint(u64::from(bytes)));
    }
    if v.flags != 0 {
        ctx.open(&FLAGS, Value::None, ByteRange::GENERATED);
        for note in ALL.iter().filter(|n| n.bits & v.flags != 0) {
            ctx.computed(&note.field, Value::None);
        }
        ctx.close();
    }
    if let Some((took, p)) = v.rto {
        ctx.computed(&RTO, Value::Duration(took));
        ctx.computed(&RTO_FRAME, packet(p));
    }
    if let Some((n, p)) = v.duplicate {
        ctx.computed(&DUPLICATE_NUM, Value::Uint(u64::from(n)));
        ctx.computed(&DUPLICATE_FRAME, packet(p));
    }
    ctx.close();
}

/// Raises the anomalies.
pub(super) fn raise(ctx: &mut Ctx<'_>, v: &Verdict) {
    if v.flags == 0 {
        return;
    }
    for note in ALL.iter().filter(|n| n.bits & v.flags != 0) {
        match v.duplicate {
            Some((n, _)) if std::ptr::eq(*note, &raw const DUPLICATE_ACK) => {
                ctx.anomaly_as(&note.kind, format_args!("{} (#{n})", note.kind.says));
            }
            _ => ctx.anomaly(&note.kind),
        }
    }
    if v.flags & ANY_RETRANSMISSION != 0
        && !ctx.packet.duplicate
        && let Some((_, direction)) = ctx.packet.flow
    {
        ctx.flow_record(|f| {
            let count = &mut f.seldom_mut().retransmissions[direction.index()];
            *count = count.saturating_add(1);
        });
    }
}
