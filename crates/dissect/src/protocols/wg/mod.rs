//! WireGuard (the protocol's white paper, section 5.4): handshakes and sealed packets, as far as they are in the clear.

mod fields;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::anomaly::AnomalyKind;
use crate::asked::{answer_in, answered, ask};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Severity};
use base64::Engine as _;
use fields as f;
use weir_model::{Duration, Value};

/// A packet without content, sent so that the way stays open.
static KEEPALIVE: AnomalyKind = AnomalyKind {
    id: "wg.keepalive",
    says: "This is a Keepalive message",
    severity: Severity::Chat,
    group: "Sequence",
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "WireGuard: Next Generation Kernel Network Tunnel, section 5.4",
    over: &[Over::UdpPort(51820)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &KEEPALIVE],
    probe: Some(probe),
    datagram: Some(dissect),
    logs: &[Log::of::<Handshake>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("wg", "WireGuard Protocol", "WireGuard")
};

row! {
    /// A handshake. First: its initiation; last: the answer.
    pub struct Handshake of PROTOCOL {
        sender: Box<str> = "Index that the initiator chose",
        receiver: Box<str> = "Index that the responder chose",
        answered: bool = "Was it answered?",
        cookie: bool = "Was it answered with a cookie: the responder is under load",
        rtt: Option<Duration> = "Time to the answer",
    }
    |h| {
        let how = if h.answered { "answered" } else { "not answered" };
        format!("{} → {}: {how}", h.sender, h.receiver)
    }
}

/// Bytes of an initiation, a response, a cookie, and the least of sealed data.
const INITIATION: usize = 148;
const RESPONSE: usize = 92;
const COOKIE: usize = 64;
const DATA: usize = 32;

fn probe(p: &Probe<'_>) -> Certainty {
    match kind(p.bytes, p.bytes.len()) {
        Some(1 | 2) => Certainty::Certain,
        Some(3) => Certainty::Unsure,
        // What is sealed comes in blocks of 16 bytes.
        Some(4) if p.bytes.len().is_multiple_of(16) => Certainty::Unsure,
        _ => Certainty::No,
    }
}

/// The type of a message that is one: each has its length, of the `wire`, and three zeros.
fn kind(bytes: &[u8], wire: usize) -> Option<u8> {
    let (kind, zeros) = bytes.split_first()?;
    let fits = match kind {
        1 => wire == INITIATION,
        2 => wire == RESPONSE,
        3 => wire == COOKIE,
        4 => wire >= DATA,
        _ => false,
    };
    (fits && zeros.starts_with(&[0, 0, 0])).then_some(*kind)
}

fn little(data: Data<'_>, at: usize) -> Option<u32> {
    data.array(at).map(u32::from_le_bytes)
}

fn index(ctx: &mut Ctx<'_>, field: &'static weir_model::Field, data: Data<'_>, at: usize) {
    if let Some(n) = little(data, at) {
        ctx.field(field, Value::Uint(n.into()), data.range(at, at + 4));
    }
}

fn sealed(
    ctx: &mut Ctx<'_>,
    field: &'static weir_model::Field,
    data: Data<'_>,
    from: usize,
    to: usize,
) {
    let part = data.sub(from, to);
    if !part.is_empty() {
        ctx.field(field, Value::None, part.all());
    }
}

fn key(ctx: &mut Ctx<'_>, data: Data<'_>, at: usize) {
    if let Some(k) = data.array::<32>(at) {
        let text = base64::engine::general_purpose::STANDARD.encode(k);
        ctx.field(&f::EPHEMERAL, Value::Text(&text), data.range(at, at + 32));
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let wire = data.len() + ctx.packet.beyond as usize;
    // Its port may carry anything.
    let Some(kind) = kind(data.bytes, wire) else {
        return ctx.unknown(data);
    };
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let sender = little(data, 4);
    // An initiation is known by its sender, which its answer repeats.
    let repeated = match kind {
        2 => little(data, 8),
        3 => sender,
        _ => None,
    };
    let question = repeated.and_then(|n| answered(ctx, n.into()));
    if wanted {
        ctx.number(&f::TYPE, data, 0, 1);
        ctx.bytes(&f::RESERVED, data, 1, 4);
        let word = f::TYPE.word(kind.into()).unwrap_or("Unknown");
        ctx.info(format_args!("{word}"));
        match kind {
            1 => {
                index(ctx, &f::SENDER, data, 4);
                key(ctx, data, 8);
                sealed(ctx, &f::ENCRYPTED_STATIC, data, 40, 88);
                sealed(ctx, &f::ENCRYPTED_TIMESTAMP, data, 88, 116);
                ctx.bytes(&f::MAC1, data, 116, 132);
                ctx.bytes(&f::MAC2, data, 132, 148);
                if let Some(n) = sender {
                    answer_in(ctx, n.into(), &f::RESPONSE_IN);
                }
            }
            2 => {
                index(ctx, &f::SENDER, data, 4);
                index(ctx, &f::RECEIVER, data, 8);
                key(ctx, data, 12);
                sealed(ctx, &f::ENCRYPTED_EMPTY, data, 44, 60);
                ctx.bytes(&f::MAC1, data, 60, 76);
                ctx.bytes(&f::MAC2, data, 76, 92);
            }
            3 => {
                index(ctx, &f::RECEIVER, data, 4);
                ctx.bytes(&f::NONCE, data, 8, 32);
                ctx.bytes(&f::ENCRYPTED_COOKIE, data, 32, 64);
            }
            4 => {
                index(ctx, &f::RECEIVER, data, 4);
                if let Some(n) = data.array(8).map(u64::from_le_bytes) {
                    ctx.field(&f::COUNTER, Value::Uint(n), data.range(8, 16));
                }
                sealed(ctx, &f::ENCRYPTED_PACKET, data, 16, data.len());
                if wire == DATA {
                    ctx.computed(&f::KEEPALIVE, Value::None);
                }
            }
            _ => {}
        }
        if let Some(q) = &question {
            ctx.computed(&f::RESPONSE_TO, Value::Uint(u64::from(q.packet.number)));
        }
        ctx.close();
    }
    if kind == 4 && wire == DATA {
        ctx.remark(&KEEPALIVE, format_args!("{}", KEEPALIVE.says));
    }
    if data.len() < wire {
        ctx.short();
    }
    let hex = |n: Option<u32>| n.map(|n| format!("0x{n:08x}").into()).unwrap_or_default();
    if let Some(n) = sender.filter(|_| kind == 1) {
        let meta = ctx.whole_message();
        let row = ctx.emit(Handshake {
            meta,
            sender: hex(sender),
            receiver: Box::default(),
            answered: false,
            cookie: false,
            rtt: None,
        });
        ask(ctx, n.into(), row);
    }
    if let Some(q) = question {
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Handshake>(q.row, |h| {
            (h.meta.last, h.meta.end) = at;
            h.answered = kind == 2;
            h.cookie = kind == 3;
            h.rtt = Some(at.1.since(q.time));
            if kind == 2 {
                h.receiver = hex(sender);
            }
        });
    }
}
