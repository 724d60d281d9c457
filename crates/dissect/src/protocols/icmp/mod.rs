//! ICMP (RFC 792): echoes with their answers, errors with what they quote.

pub(crate) mod rows;
#[cfg(test)]
mod sample;

pub use rows::{Echo, Failure};

use super::ip::checksum;
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::Data;
use crate::protocol::{Log, Over, Protocol, Severity};
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Field, Kind, Timestamp, Value};

pub(crate) mod echo;

static TYPE: Field = Field::new("icmp.type", Kind::Uint(8), "Type").values(&[
    (0, "Echo (ping) reply"),
    (3, "Destination unreachable"),
    (4, "Source quench (flow control)"),
    (5, "Redirect"),
    (8, "Echo (ping) request"),
    (9, "Router advertisement"),
    (10, "Router solicitation"),
    (11, "Time-to-live exceeded"),
    (12, "Parameter problem"),
    (13, "Timestamp request"),
    (14, "Timestamp reply"),
    (15, "Information request"),
    (16, "Information reply"),
    (17, "Address mask request"),
    (18, "Address mask reply"),
]);
static CODE: Field = Field::new("icmp.code", Kind::Uint(8), "Code");
static CHECKSUM: Field = Field::new("icmp.checksum", Kind::Uint(16), "Checksum").hex();
static STATUS: Field =
    Field::new("icmp.checksum.status", Kind::Uint(8), "Checksum Status").values(checksum::WORDS);
static IDENT: Field = Field::new("icmp.ident", Kind::Uint(16), "Identifier (BE)");
static IDENT_LE: Field = Field::new("icmp.ident_le", Kind::Uint(16), "Identifier (LE)");
static SEQ: Field = Field::new("icmp.seq", Kind::Uint(16), "Sequence Number (BE)");
static SEQ_LE: Field = Field::new("icmp.seq_le", Kind::Uint(16), "Sequence Number (LE)");
static RESP_IN: Field = Field::new("icmp.resp_in", Kind::Packet, "Response frame");
static RESP_TO: Field = Field::new("icmp.resp_to", Kind::Packet, "Request frame");
static RESP_TIME: Field = Field::new("icmp.resptime", Kind::Float, "Response time");
static NO_RESP: Field = Field::new("icmp.no_resp", Kind::None, "No response seen");
static DATA_TIME: Field = Field::new("icmp.data_time", Kind::Time, "Timestamp from icmp data");
static DATA_AGE: Field = Field::new(
    "icmp.data_time_relative",
    Kind::Duration,
    "Timestamp from icmp data (relative)",
);
static GATEWAY: Field = Field::new("icmp.redir_gw", Kind::Ipv4, "Gateway Address");
static MTU: Field = Field::new("icmp.mtu", Kind::Uint(16), "MTU of next hop");
static UNUSED: Field = Field::new("icmp.unused", Kind::Bytes, "Unused");

static ECHO: echo::Fields = echo::Fields {
    resp_in: &RESP_IN,
    resp_to: &RESP_TO,
    resp_time: &RESP_TIME,
    no_resp: Some(&NO_RESP),
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 792",
    over: &[Over::IpProto(1)],
    fields: &[
        &TYPE, &CODE, &CHECKSUM, &STATUS, &IDENT, &IDENT_LE, &SEQ, &SEQ_LE, &RESP_IN, &RESP_TO,
        &RESP_TIME, &NO_RESP, &DATA_TIME, &DATA_AGE, &GATEWAY, &MTU, &UNUSED,
    ],
    anomalies: &[&NO_ANSWER, &BAD_SUM],
    datagram: Some(dissect),
    logs: &[Log::of::<Echo>(), Log::of::<Failure>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("icmp", "Internet Control Message Protocol", "ICMP")
};

static NO_ANSWER: AnomalyKind = AnomalyKind {
    id: "icmp.resp_not_found",
    says: "No response seen to ICMP request",
    severity: Severity::Warn,
    group: "Sequence",
};

static BAD_SUM: AnomalyKind = AnomalyKind {
    id: "icmp.checksum_bad.expert",
    says: "Bad checksum",
    severity: Severity::Warn,
    group: "Checksum",
};

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let (Some(kind), Some(code)) = (data.u8(0), data.u8(1)) else {
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.close();
        }
        return ctx.short();
    };
    let asks = matches!(kind, 8 | 13 | 15 | 17);
    let answers = matches!(kind, 0 | 14 | 16 | 18);
    let error = matches!(kind, 3 | 4 | 5 | 11 | 12);
    let echo = match (data.u16(4), data.u16(6)) {
        (Some(id), Some(seq)) if kind == 8 || kind == 0 => {
            Some(echo::note(ctx, kind == 8, id, seq, data.rest(8)))
        }
        _ => None,
    };
    if asks && kind != 8 {
        let word = match kind {
            13 => "timestamp",
            15 => "information",
            _ => "mask",
        };
        let number = (data.u16(4).unwrap_or(0), data.u16(6).unwrap_or(0));
        let content = rows::Content::of(ctx, data.rest(8));
        rows::asked(ctx, word, number, &content);
    }
    if error {
        let mtu = data.u16(6).filter(|_| (kind, code) == (3, 4));
        let gateway = data.array::<4>(4).map(Ipv4Addr::from).filter(|_| kind == 5);
        let mtu = mtu.map(u32::from).filter(|m| *m > 0);
        rows::failed(
            ctx,
            reason(kind, code),
            data.rest(8),
            mtu,
            gateway.map(IpAddr::V4),
        );
    }
    let sent = echo.as_ref().and_then(|_| timestamp(data, ctx.meta.time));
    let good = ctx.packet.beyond > 0 || checksum::adds_up(data.bytes);
    if ctx.layer(&PROTOCOL, data.all()) {
        ctx.number(&TYPE, data, 0, 1);
        ctx.number(&CODE, data, 1, 1);
        ctx.number(&CHECKSUM, data, 2, 2);
        let status = if ctx.packet.beyond > 0 {
            2
        } else {
            u64::from(good)
        };
        ctx.computed(&STATUS, Value::Uint(status));
        if asks || answers {
            identity(ctx, data);
        } else if kind == 5 {
            if let Some(a) = data.array::<4>(4) {
                ctx.field(&GATEWAY, Value::Ipv4(a.into()), data.range(4, 8));
            }
        } else if error {
            let mtu = kind == 3 && code == 4;
            ctx.bytes(&UNUSED, data, 4, if mtu { 6 } else { 8 });
            if mtu {
                ctx.number(&MTU, data, 6, 2);
            }
        }
        if let Some(echo) = &echo {
            echo.describe(ctx, &ECHO);
        }
        if let Some(sent) = sent {
            let range = data.range(8, 16);
            ctx.field(&DATA_TIME, Value::Time(sent), range);
            let age = ctx.meta.time.since(sent);
            ctx.field(&DATA_AGE, Value::Duration(age), range);
        }
        ctx.close();
    }
    if echo.is_some_and(|e| e.is_unanswered(ctx)) {
        ctx.remark(&NO_ANSWER, format_args!("{}", NO_ANSWER.says));
    }
    if !good {
        let right = checksum::of(&[data.sub(0, 2).bytes, data.rest(4).bytes]);
        ctx.remark(
            &BAD_SUM,
            format_args!("Bad checksum [should be 0x{right:04x}]"),
        );
    }
    info(ctx, kind, code, data);
    if data.len() < 8 {
        return ctx.short();
    }
    if error {
        ctx.quote(Over::EtherType(0x0800), data.rest(8));
    } else if kind == 8 || kind == 0 {
        ctx.unknown_inside(data.rest(if sent.is_some() { 16 } else { 8 }));
    }
}

/// What an error says, in the words of both versions.
fn reason(kind: u8, code: u8) -> &'static str {
    match (kind, code) {
        (3, 0 | 6 | 11) => "network unreachable",
        (3, 1 | 7 | 8 | 12) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "packet too big",
        (3, 9 | 10 | 13) => "prohibited",
        (3, _) => "unreachable",
        (4, _) => "slow down",
        (5, _) => "redirect",
        (11, 0) => "hop limit exceeded",
        (11, _) => "fragments missing",
        _ => "parameter problem",
    }
}

/// The time at which an echo was sent, where its data begins with one: seconds and microseconds in either byte
/// order, less than a day from the packet's own time.
fn timestamp(data: Data<'_>, now: Timestamp) -> Option<Timestamp> {
    const DAY: i64 = 86_400;
    let (seconds, micros) = (data.u32(8)?, data.u32(12)?);
    let orders = [
        (seconds, micros),
        (seconds.swap_bytes(), micros.swap_bytes()),
    ];
    let times = orders.into_iter().filter(|(_, micros)| *micros < 1_000_000);
    let mut times =
        times.map(|(s, micros)| Timestamp::from_parts(s.into(), i64::from(micros) * 1000));
    times.find(|t| now.since(*t).0.unsigned_abs() < (DAY * 1_000_000_000).unsigned_abs())
}

fn identity(ctx: &mut Ctx<'_>, data: Data<'_>) {
    for (field, at) in [(&IDENT, 4), (&SEQ, 6)] {
        ctx.number(field, data, at, 2);
        if let Some(n) = data.u16(at) {
            // Some systems write these in the other byte order; both readings are shown.
            let field = if at == 4 { &IDENT_LE } else { &SEQ_LE };
            let value = Value::Uint(u64::from(n.swap_bytes()));
            ctx.field(field, value, data.range(at, at + 2));
        }
    }
}

fn info(ctx: &mut Ctx<'_>, kind: u8, code: u8, data: Data<'_>) {
    let word = TYPE.word(u64::from(kind)).unwrap_or("ICMP message");
    match (kind, data.u16(4), data.u16(6)) {
        (0 | 8, Some(id), Some(seq)) => {
            let ttl = ctx.packet.ttl;
            ctx.info(format_args!("{word}  id=0x{id:04x}, seq={seq}, ttl={ttl}"));
        }
        _ => ctx.info(format_args!("{word} (code {code})")),
    }
}
