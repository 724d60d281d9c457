//! SCTP (RFC 9260): ports, chunks and the parameters of an opening. Knows no associations: nothing is put together
//! and what chunks carry is not read.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::protocol::{Over, Protocol, Severity};
use fields as f;
use weir_model::{Field, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 9260",
    over: &[Over::IpProto(132)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &PADDING],
    datagram: Some(dissect),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("sctp", "Stream Control Transmission Protocol", "SCTP")
};

/// Bytes of the common header, of a chunk's and of a parameter's.
const HEADER: usize = 12;
const HEAD: usize = 4;

/// What fills up a chunk's last parameter is not counted in the chunk.
static PADDING: AnomalyKind = AnomalyKind {
    id: "sctp.parameter_padding",
    says: "The padding of this final parameter should be the padding of the chunk.",
    severity: Severity::Note,
    group: "Malformed",
};

/// Types of chunks (section 3.2).
mod chunk {
    pub(super) const DATA: u8 = 0;
    pub(super) const INIT: u8 = 1;
    pub(super) const INIT_ACK: u8 = 2;
    pub(super) const SACK: u8 = 3;
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    if wanted {
        ctx.number(&f::SRCPORT, data, 0, 2);
        ctx.number(&f::DSTPORT, data, 2, 2);
        ctx.number(&f::TAG, data, 4, 4);
        ctx.number(&f::CHECKSUM, data, 8, 4);
    }
    let (mut at, mut cut) = (HEADER, data.len() < HEADER);
    let mut names: Vec<&str> = Vec::new();
    while let (Some(kind), Some(len)) = (data.u8(at), data.u16(at + 2)) {
        let len = usize::from(len);
        // A length includes its head.
        if len < HEAD {
            cut = true;
            break;
        }
        if wanted {
            let body = data.sub(at, at + len);
            ctx.open(&f::CHUNK_TYPE, Value::Uint(kind.into()), body.all());
            ctx.number(&f::CHUNK_FLAGS, data, at + 1, 1);
            ctx.number(&f::CHUNK_LENGTH, data, at + 2, 2);
            described(ctx, kind, body);
            ctx.close();
            // As many as the column shows.
            if names.len() < 8 {
                names.push(f::CHUNK_TYPE.word(kind.into()).unwrap_or("UNKNOWN"));
            }
        }
        let opens = matches!(kind, chunk::INIT | chunk::INIT_ACK);
        if ctx.describing && opens && pads(data.sub(at + 20, at + len)) {
            ctx.remark(&PADDING, format_args!("{}", PADDING.says));
        }
        let padded = len.next_multiple_of(4);
        cut |= at + len > data.len();
        at += padded;
    }
    if wanted {
        ctx.info(format_args!("{}", names.join(" ")));
        ctx.close();
    }
    if cut {
        ctx.short();
    }
}

fn described(ctx: &mut Ctx<'_>, kind: u8, body: Data<'_>) {
    let numbers = |ctx: &mut Ctx<'_>, list: &[(&'static Field, usize, usize)]| {
        for (field, at, len) in list {
            ctx.number(field, body, *at, *len);
        }
    };
    match kind {
        chunk::DATA => {
            for (field, mask) in f::DATA_BITS {
                ctx.flag(field, body, 1, 1, *mask);
            }
            numbers(
                ctx,
                &[
                    (&f::DATA_TSN, 4, 4),
                    (&f::DATA_SID, 8, 2),
                    (&f::DATA_SSN, 10, 2),
                    (&f::DATA_PPI, 12, 4),
                ],
            );
            let content = body.rest(16);
            if !content.is_empty() {
                ctx.field(&f::DATA_CONTENT, Value::None, content.all());
            }
        }
        chunk::INIT | chunk::INIT_ACK => {
            let fields = if kind == chunk::INIT {
                &f::INIT
            } else {
                &f::INIT_ACK
            };
            let [tag, credit, out, inbound, tsn] = fields;
            numbers(
                ctx,
                &[
                    (tag, 4, 4),
                    (credit, 8, 4),
                    (out, 12, 2),
                    (inbound, 14, 2),
                    (tsn, 16, 4),
                ],
            );
            parameters(ctx, body.rest(20));
        }
        chunk::SACK => {
            numbers(
                ctx,
                &[
                    (&f::SACK_TSN, 4, 4),
                    (&f::SACK_CREDIT, 8, 4),
                    (&f::SACK_GAPS, 12, 2),
                    (&f::SACK_DUPLICATES, 14, 2),
                ],
            );
            let (gaps, twice) = (body.u16(12).unwrap_or(0), body.u16(14).unwrap_or(0));
            let mut at = 16;
            for _ in 0..gaps {
                if at + 4 > body.len() {
                    return;
                }
                numbers(ctx, &[(&f::GAP_START, at, 2), (&f::GAP_END, at + 2, 2)]);
                at += 4;
            }
            for _ in 0..twice {
                if at + 4 > body.len() {
                    return;
                }
                numbers(ctx, &[(&f::SACK_DUPLICATE, at, 4)]);
                at += 4;
            }
        }
        _ if f::CHUNK_TYPE.word(kind.into()).is_none() => {
            ctx.bytes(&f::CHUNK_VALUE, body, HEAD, body.len());
        }
        _ => {}
    }
}

/// Does a chunk count the padding of its last parameter (section 3.2.1)?
fn pads(data: Data<'_>) -> bool {
    let mut at = 0;
    while let Some(len) = data.u16(at + 2).map(usize::from) {
        let next = at + len.next_multiple_of(4);
        if len < HEAD || next >= data.len() {
            return len >= HEAD && at + len < data.len() && next == data.len();
        }
        at = next;
    }
    false
}

/// Section 3.2.1.
fn parameters(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let mut at = 0;
    while let (Some(kind), Some(len)) = (data.u16(at), data.u16(at + 2)) {
        let len = usize::from(len);
        if len < HEAD {
            return;
        }
        let body = data.sub(at, at + len);
        ctx.open(&f::PARAMETER_TYPE, Value::Uint(kind.into()), body.all());
        ctx.number(&f::PARAMETER_LENGTH, body, 2, 2);
        match (kind, body.array::<4>(4), body.array::<16>(4)) {
            (5, Some(a), _) => ctx.field(&f::IPV4, Value::Ipv4(a.into()), body.range(4, 8)),
            (6, _, Some(a)) => ctx.field(&f::IPV6, Value::Ipv6(a.into()), body.range(4, 20)),
            (7, ..) => ctx.bytes(&f::COOKIE, body, 4, body.len()),
            _ if f::PARAMETER_TYPE.word(kind.into()).is_none() => {
                ctx.bytes(&f::PARAMETER_VALUE, body, 4, body.len());
            }
            _ => {}
        }
        ctx.close();
        at += len.next_multiple_of(4);
    }
}
