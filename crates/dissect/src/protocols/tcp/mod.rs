//! TCP (RFC 9293): segments of a flow. Puts them in their place; knows nothing of what they carry.

mod analysis;
mod describe;
mod notes;
mod options;
mod remarks;
#[cfg(test)]
pub(super) mod sample;

use super::ip::checksum;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::{Wait, Waits};
use crate::flow::{self, OVERLAP, SegmentIn, Seldom, Sender};
use crate::protocol::{Over, Protocol, Transport};
use analysis::{Analysis, Segment, Verdict};
use weir_model::{Duration, LimitKind};

static MANY_WAITS: LimitKind = LimitKind {
    id: "facts.waits",
    says: "clients waited for their server's word oftener than is kept; how slow servers are is told from the first of them",
    bound: Waits::ROWS as u64,
    unit: "waits",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9293",
    over: &[Over::IpProto(6)],
    fields: describe::FIELDS,
    anomalies: &[
        &OVERLAP,
        &notes::REUSED.kind,
        &notes::RETRANSMISSION.kind,
        &notes::FAST.kind,
        &notes::SPURIOUS.kind,
        &notes::OUT_OF_ORDER.kind,
        &notes::LOST.kind,
        &notes::ACK_LOST.kind,
        &notes::WINDOW_UPDATE.kind,
        &notes::WINDOW_FULL.kind,
        &notes::KEEP_ALIVE.kind,
        &notes::KEEP_ALIVE_ACK.kind,
        &notes::DUPLICATE_ACK.kind,
        &notes::ZERO_WINDOW_PROBE.kind,
        &notes::ZERO_WINDOW.kind,
        &notes::ZERO_WINDOW_PROBE_ACK.kind,
        &remarks::SYN,
        &remarks::SYN_ACK,
        &remarks::FIN,
        &remarks::FIN_FIRST,
        &remarks::FIN_SECOND,
        &remarks::RST,
        &remarks::ACK_NONZERO,
        &remarks::URGENT_NONZERO,
        &remarks::NO_MSS,
        &remarks::FAST_OPEN,
        &remarks::FAST_DATA,
        &remarks::WIDE_WINDOW,
        &remarks::DSACK,
        &remarks::SHORT,
    ],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("tcp", "Transmission Control Protocol", "TCP")
};

/// The shortest header.
const HEADER: usize = 20;

/// Flag bits of the header's 13th and 14th byte.
mod bit {
    pub(super) const FIN: u16 = 0x01;
    pub(super) const SYN: u16 = 0x02;
    pub(super) const RST: u16 = 0x04;
    pub(super) const ACK: u16 = 0x10;
    pub(super) const URG: u16 = 0x20;
}

/// The fixed part of a header.
#[derive(Clone, Copy)]
struct Head {
    ports: (u16, u16),
    seq: u32,
    ack: u32,
    /// Length with options.
    len: usize,
    flags: u16,
    window: u16,
    checksum: u16,
}

impl Head {
    fn read(data: Data<'_>) -> Option<Self> {
        let place = data.u16(12)?;
        Some(Self {
            ports: (data.u16(0)?, data.u16(2)?),
            seq: data.u32(4)?,
            ack: data.u32(8)?,
            len: usize::from(place >> 12) * 4,
            flags: place & 0x0fff,
            window: data.u16(14)?,
            checksum: data.u16(16)?,
        })
    }

    fn has(&self, bits: u16) -> bool {
        self.flags & bits == bits
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let head = Head::read(data).filter(|h| h.len >= HEADER && data.len() >= HEADER);
    let Some(head) = head else {
        if let (Some(a), Some(b)) = (data.u16(0), data.u16(2)) {
            if ctx.packet.quoted {
                flow::open(ctx, Transport::Tcp, (a, b), Sender::Unknown, |_, _| false);
            }
            describe::part(ctx, data, (a, b));
        } else if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        // An error quotes eight bytes, no more are expected.
        if !ctx.packet.quoted {
            ctx.short();
        }
        return;
    };
    let wire = data.len() + ctx.packet.beyond as usize;
    let payload = data.rest(head.len);
    let beyond = wire.saturating_sub(head.len).saturating_sub(payload.len());
    let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
    let status = checksum::transport(ctx, 6, data.bytes, head.checksum);
    let fresh_syn = head.has(bit::SYN) && !head.has(bit::ACK);
    let mut reused = false;
    let sender = match (head.has(bit::SYN), head.has(bit::ACK)) {
        (true, false) => Sender::Client,
        (true, true) => Sender::Server,
        (false, true) => Sender::Unknown,
        // A segment without either opens nothing and answers nothing: a scan from any port.
        (false, false) => Sender::Client,
    };
    flow::open(
        ctx,
        Transport::Tcp,
        head.ports,
        sender,
        |flow, direction| {
            // The same number again is the same SYN again.
            let isn = flow.tcp.isn[direction.index()];
            reused = fresh_syn && isn.is_some_and(|isn| isn != head.seq);
            reused
        },
    );
    let times = flow::times(ctx);
    let verdict = analyse(ctx, &head, data, payload.len(), beyond, reused);
    let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    record(ctx, &head, len.saturating_add(beyond), &verdict);
    if ctx.layer(&PROTOCOL, data.range(0, head.len)) {
        let seen = describe::Seen {
            status,
            times,
            verdict,
            beyond,
        };
        describe::whole(ctx, data, &head, payload, &seen);
        ctx.close();
    }
    if ctx.describing {
        describe::info(ctx, &head, payload.len() + beyond as usize, &verdict);
    }
    if ctx.describing {
        remarks::make(ctx, data, &head, &verdict);
    }
    notes::raise(ctx, &verdict);
    let segment = SegmentIn {
        seq: head.seq,
        ack: head.has(bit::ACK).then_some(head.ack),
        syn: head.has(bit::SYN),
        fin: head.has(bit::FIN),
        rst: head.has(bit::RST),
        cut: beyond,
    };
    ctx.packet.beyond = beyond;
    flow::segment(ctx, segment, payload);
}

fn analyse(
    ctx: &mut Ctx<'_>,
    head: &Head,
    data: Data<'_>,
    captured: usize,
    beyond: u32,
    reused: bool,
) -> Verdict {
    let Some((_, direction)) = ctx.packet.flow else {
        return Verdict::default();
    };
    let syn = head.has(bit::SYN);
    let segment = Segment {
        seq: head.seq,
        ack: head.ack,
        len: u32::try_from(captured)
            .unwrap_or(u32::MAX)
            .saturating_add(beyond),
        window: u32::from(head.window),
        is_ack: head.has(bit::ACK),
        syn,
        fin: head.has(bit::FIN),
        rst: head.has(bit::RST),
        shift: if syn {
            options::shift(data.sub(HEADER, head.len))
        } else {
            None
        },
        counts: ctx.describing,
        packet: ctx.meta.packet,
        time: ctx.meta.time,
    };
    let reused = reused
        || ctx
            .flow()
            .is_some_and(|f| f.tcp.reused && f.first == segment.packet);
    ctx.flow_state::<Analysis, _>(|a| a.segment(direction, &segment, reused))
        .unwrap_or_default()
}

/// Notes in the flow what outlives its state.
fn record(ctx: &mut Ctx<'_>, head: &Head, len: u32, verdict: &Verdict) {
    let Some((id, direction)) = ctx.packet.flow else {
        return;
    };
    let data = len > 0;
    if ctx.packet.duplicate {
        // A copy takes no time and sends nothing again.
    } else if let Some((asked, took)) = verdict.turn
        && took >= Waits::SHORTEST
        && !ctx.core.muted
    {
        let row = Wait {
            flow: id,
            asked,
            answered: ctx.meta.packet,
            time: ctx.meta.time,
            took,
        };
        if !ctx.core.facts.waits.push(row) {
            ctx.limit(&MANY_WAITS);
        }
    }
    let copy = ctx.packet.duplicate;
    let (fwd, rev) = (direction.index(), direction.other().index());
    let reused = verdict.flags & analysis::flag::REUSED_PORTS != 0;
    let first = ctx.meta.packet;
    ctx.flow_record(|f| {
        let tcp = &mut f.tcp;
        tcp.isn[fwd] = verdict.origins.0;
        tcp.isn[rev] = verdict.origins.1;
        tcp.rtt = verdict.rtt.or(tcp.rtt);
        if let Some(met) = verdict.met {
            tcp.met = u32::try_from(met.0.max(0) / 1000)
                .unwrap_or(u32::MAX)
                .max(1);
        }
        if verdict.turn.is_some() && !copy {
            tcp.turns = tcp.turns.saturating_add(1);
        }
        tcp.reused |= reused && f.first == first;
        let (syn, ack) = (head.has(bit::SYN), head.has(bit::ACK));
        tcp.syn |= syn && !ack;
        tcp.syn_ack |= syn && ack;
        tcp.fin[fwd] |= head.has(bit::FIN);
        tcp.rst[fwd] |= head.has(bit::RST);
        let plain_ack = ack && !syn && head.flags & (bit::FIN | bit::RST) == 0;
        tcp.completeness |= u8::from(syn && !ack)
            | u8::from(syn && ack) << 1
            | u8::from(plain_ack && !data) << 2
            | u8::from(data) << 3
            | u8::from(head.has(bit::FIN)) << 4
            | u8::from(head.has(bit::RST)) << 5;
        if !copy && (verdict.shut.is_some() || verdict.flags & TROUBLE != 0) {
            trouble(f.seldom_mut(), fwd, verdict);
        }
    });
}

/// Flags that are counted per flow.
const TROUBLE: u16 = notes::ANY_RETRANSMISSION;

fn trouble(seldom: &mut Seldom, way: usize, verdict: &Verdict) {
    // A wrong acknowledgement makes Wireshark call new bytes retransmitted: they were not sent before.
    if verdict.flags & notes::ANY_RETRANSMISSION != 0 && verdict.again > 0 {
        seldom.resent[way] += u64::from(verdict.again);
        seldom.repeats[way] = seldom.repeats[way].saturating_add(1);
    }
    if let Some(more) = verdict.shut {
        seldom.shut[way] = Duration(seldom.shut[way].0.saturating_add(more.0));
    }
}
