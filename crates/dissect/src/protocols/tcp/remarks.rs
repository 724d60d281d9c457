//! What Wireshark remarks on segments that break nothing: a connection begins, ends, is reset. Said where a
//! packet is described; no facts.

use super::analysis::Verdict;
use super::{Head, bit, options};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::Severity;

const fn kind(
    id: &'static str,
    says: &'static str,
    severity: Severity,
    group: &'static str,
) -> AnomalyKind {
    AnomalyKind {
        id,
        says,
        severity,
        group,
    }
}

pub(super) static SYN: AnomalyKind = kind(
    "tcp.connection.syn",
    "Connection establish request (SYN)",
    Severity::Chat,
    "Sequence",
);
pub(super) static SYN_ACK: AnomalyKind = kind(
    "tcp.connection.synack",
    "Connection establish acknowledge (SYN+ACK)",
    Severity::Chat,
    "Sequence",
);
pub(super) static FIN: AnomalyKind = kind(
    "tcp.connection.fin",
    "Connection finish (FIN)",
    Severity::Chat,
    "Sequence",
);
pub(super) static FIN_FIRST: AnomalyKind = kind(
    "tcp.connection.fin_active",
    "This frame initiates the connection closing",
    Severity::Note,
    "Sequence",
);
pub(super) static FIN_SECOND: AnomalyKind = kind(
    "tcp.connection.fin_passive",
    "This frame undergoes the connection closing",
    Severity::Note,
    "Sequence",
);
pub(super) static RST: AnomalyKind = kind(
    "tcp.connection.rst",
    "Connection reset (RST)",
    Severity::Warn,
    "Sequence",
);
pub(super) static ACK_NONZERO: AnomalyKind = kind(
    "tcp.ack.nonzero",
    "The acknowledgment number field is nonzero while the ACK flag is not set",
    Severity::Note,
    "Protocol",
);
pub(super) static URGENT_NONZERO: AnomalyKind = kind(
    "tcp.urgent_pointer.non_zero",
    "The urgent pointer field is nonzero while the URG flag is not set",
    Severity::Note,
    "Protocol",
);
pub(super) static NO_MSS: AnomalyKind = kind(
    "tcp.options.mss.absent",
    "The SYN packet does not contain a MSS option",
    Severity::Note,
    "Protocol",
);
pub(super) static FAST_OPEN: AnomalyKind = kind(
    "tcp.options.tfo.cookie",
    "TCP SYN with TFO Cookie",
    Severity::Note,
    "Sequence",
);
pub(super) static FAST_DATA: AnomalyKind = kind(
    "tcp.options.tfo.data",
    "TCP SYN-ACK accepting TFO data",
    Severity::Note,
    "Sequence",
);
pub(super) static WIDE_WINDOW: AnomalyKind = kind(
    "tcp.options.wscale.shift.invalid",
    "Window scale shift exceeds 14",
    Severity::Warn,
    "Protocol",
);
/// The largest shift of a window (RFC 7323 section 2.3).
const WIDEST: u8 = 14;
pub(super) static DSACK: AnomalyKind = kind(
    "tcp.options.sack.dsack",
    "D-SACK Sequence",
    Severity::Warn,
    "Sequence",
);
pub(super) static SHORT: AnomalyKind = kind(
    "tcp.short_segment",
    "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else \
     deliberately sending unusual packets)",
    Severity::Warn,
    "Malformed",
);

pub(super) fn make(ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head, verdict: &Verdict) {
    let says = |ctx: &mut Ctx<'_>, kind: &'static AnomalyKind| {
        ctx.remark(kind, format_args!("{}", kind.says));
    };
    let opening = head.has(bit::SYN);
    let (kind, server) = if head.has(bit::ACK) {
        (&SYN_ACK, head.ports.0)
    } else {
        (&SYN, head.ports.1)
    };
    if opening {
        ctx.remark(kind, format_args!("{}: server port {server}", kind.says));
    }
    if head.has(bit::FIN) {
        says(ctx, &FIN);
        says(
            ctx,
            if verdict.ends_first {
                &FIN_FIRST
            } else {
                &FIN_SECOND
            },
        );
    }
    if head.has(bit::RST) {
        says(ctx, &RST);
    }
    if !head.has(bit::ACK) && head.ack != 0 {
        says(ctx, &ACK_NONZERO);
    }
    if !head.has(bit::URG) && data.u16(18).is_some_and(|n| n != 0) {
        says(ctx, &URGENT_NONZERO);
    }
    let list = data.sub(super::HEADER, head.len);
    if opening && !list.is_empty() && !options::has_mss(list) {
        says(ctx, &NO_MSS);
    }
    if opening && !head.has(bit::ACK) && options::has_cookie(list) {
        says(ctx, &FAST_OPEN);
    }
    // More than the SYN itself is acknowledged.
    let accepted = |isn: u32| head.ack.wrapping_sub(isn.wrapping_add(1)).cast_signed() > 0;
    if opening && head.has(bit::ACK) && verdict.origins.1.is_some_and(accepted) {
        says(ctx, &FAST_DATA);
    }
    if opening && options::shift(list).is_some_and(|n| n > WIDEST) {
        says(ctx, &WIDE_WINDOW);
    }
    if options::repeats(list, head.ack) {
        says(ctx, &DSACK);
    }
}
