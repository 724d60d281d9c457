//! DNS over UDP and TCP (RFC 1035): messages, questions with their answers.
//! Knows no zone and no cache; multicast DNS and LLMNR have names of their own but share this reader.

mod describe;
mod fields;
mod query;
mod rdata;
mod remarks;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
pub(crate) mod wire;

pub(crate) use query::Transactions;
pub use query::{Answer, AnswerData, Query};

use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::data::{Chunk, Data};
use crate::flow::FlowState;
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Progress, Protocol, Severity, Start,
    StreamDissector, Transport,
};
use crate::protocols::mdns::{Announced, Asked};
use query::Seen;
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use weir_model::{Field, LimitKind, PacketRef, Timestamp};
use wire::{Header, Question, Record, Sections};

/// Fields of a DNS message, whichever protocol carries it.
pub(crate) const FIELDS: &[&Field] = fields::ALL;

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1035",
    over: &[
        Over::UdpPort(53),
        Over::TcpPort(53),
        Over::TlsPort(853),
        Over::Alpn("dot"),
    ],
    fields: FIELDS,
    anomalies: &[
        &crate::context::MALFORMED,
        &ASKED_AGAIN,
        &ANSWERED_AGAIN,
        &remarks::EXTRANEOUS,
        &remarks::ALGORITHM,
    ],
    probe: Some(probe),
    datagram: Some(dissect),
    stream: Some(start),
    logs: &[Log::of::<query::Query>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("dns", "Domain Name System", "DNS")
};

static ASKED_AGAIN: AnomalyKind = AnomalyKind {
    id: "dns.retransmit_request",
    says: "DNS query retransmission",
    severity: Severity::Warn,
    group: "Protocol",
};

static ANSWERED_AGAIN: AnomalyKind = AnomalyKind {
    id: "dns.retransmit_response",
    says: "DNS response retransmission",
    severity: Severity::Warn,
    group: "Protocol",
};

/// Which of the protocols that share the message format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flavour {
    Unicast,
    /// The class's top bit is a flag (RFC 6762 sections 5.4 and 10.2).
    Multicast,
    LinkLocal,
}

/// Record types whose data the multicast announcements give.
const A: u16 = 1;
const AAAA: u16 = 28;

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    message(ctx, &PROTOCOL, Flavour::Unicast, data, None);
}

#[derive(Clone, Default)]
struct State(Transactions);

impl FlowState for State {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Reads a message. Over a stream its two length bytes are in `data` and the stream keeps the
/// transactions; otherwise the flow does.
pub(crate) fn message(
    ctx: &mut Ctx<'_>,
    protocol: &'static Protocol,
    flavour: Flavour,
    data: Data<'_>,
    stream: Option<&mut Transactions>,
) {
    let prefix = if stream.is_some() { 2 } else { 0 };
    read(ctx, protocol, flavour, data, prefix, stream);
}

/// A message that another protocol carries as a whole (RFC 8484), in an exchange of its own.
pub(crate) fn carried(
    ctx: &mut Ctx<'_>,
    data: Data<'_>,
    exchange: &mut Transactions,
    from: (PacketRef, Timestamp),
) {
    exchange.first = Some(from);
    read(ctx, &PROTOCOL, Flavour::Unicast, data, 0, Some(exchange));
}

/// Reads a message behind `prefix` bytes that say its length.
fn read(
    ctx: &mut Ctx<'_>,
    protocol: &'static Protocol,
    flavour: Flavour,
    data: Data<'_>,
    prefix: usize,
    stream: Option<&mut Transactions>,
) {
    let body = data.rest(prefix);
    let wanted = ctx.layer(protocol, data.all());
    if wanted && prefix > 0 {
        let n = body.len() as u64;
        ctx.field(
            &fields::LENGTH,
            weir_model::Value::Uint(n),
            data.range(0, 2),
        );
    }
    let Ok(header) = Header::read(body.bytes) else {
        if wanted {
            ctx.close();
        }
        return ctx.short();
    };
    let sections = Sections::read(body.bytes, header);
    let readable = sections.questions.len() == usize::from(header.counts[0]);
    let seen = match (flavour, stream) {
        // Whose questions cannot be read is no question and no answer to one.
        _ if !readable => Seen::Untracked,
        (Flavour::Multicast, _) => {
            announce(ctx, header, &sections, body.bytes);
            let mut state = ctx
                .flow_state::<State, _>(std::mem::take)
                .unwrap_or_default();
            let seen = state.0.see(ctx, header);
            ctx.flow_state::<State, _>(|s| *s = state);
            match seen {
                // Who announces itself was not asked.
                Seen::Unsolicited => Seen::Untracked,
                seen => seen,
            }
        }
        (_, Some(transactions)) => {
            let seen = transactions.see(ctx, header);
            query::report(ctx, transactions, &seen, header, &sections, body.bytes);
            seen
        }
        (_, None) => {
            // The state is taken out because reporting needs the context as well.
            let mut state = ctx
                .flow_state::<State, _>(std::mem::take)
                .unwrap_or_default();
            let seen = state.0.see(ctx, header);
            query::report(ctx, &mut state.0, &seen, header, &sections, body.bytes);
            ctx.flow_state::<State, _>(|s| *s = state);
            seen
        }
    };
    if wanted {
        describe::message(ctx, flavour, header, &sections, body, &seen);
        ctx.close();
    }
    match seen {
        Seen::AskedAgain(first) => ctx.remark(
            &ASKED_AGAIN,
            format_args!(
                "{}. Original request in frame {}",
                ASKED_AGAIN.says, first.number
            ),
        ),
        Seen::AnsweredAgain(first) => ctx.remark(
            &ANSWERED_AGAIN,
            format_args!(
                "{}. Original response in frame {}",
                ANSWERED_AGAIN.says, first.number
            ),
        ),
        _ => {}
    }
    if ctx.describing {
        remarks::make(ctx, &sections, body.bytes);
    }
    if sections.short || remarks::short_option(&sections, body.bytes) {
        ctx.short();
    }
}

/// Questions of one multicast message that have rows.
const ASKED: usize = 64;

static MANY_ASKED: LimitKind = LimitKind {
    id: "mdns.questions",
    says: "a multicast question had more names than have rows",
    bound: ASKED as u64,
    unit: "questions",
};

/// The address an A or AAAA record gives.
fn address(record: &Record, message: &[u8]) -> Option<IpAddr> {
    let bytes = record.bytes(message);
    match record.kind {
        A => <[u8; 4]>::try_from(bytes)
            .ok()
            .map(|b| IpAddr::V4(Ipv4Addr::from(b))),
        AAAA => <[u8; 16]>::try_from(bytes)
            .ok()
            .map(|b| IpAddr::V6(Ipv6Addr::from(b))),
        _ => None,
    }
}

fn announce(ctx: &mut Ctx<'_>, header: Header, sections: &Sections, message: &[u8]) {
    let Some(sender) = ctx.packet.addresses.map(|a| a.src) else {
        return;
    };
    if !header.is_response() {
        for question in sections.questions.iter().take(ASKED) {
            let meta = ctx.whole_message();
            ctx.emit(Asked {
                meta,
                sender,
                query: question.name.text.as_str().into(),
                qtype_name: query::kind_text(question.kind).into(),
                // The top bit of the class (RFC 6762 section 5.4).
                unicast: question.class & 0x8000 != 0,
            });
        }
        if sections.questions.len() > ASKED {
            ctx.limit(&MANY_ASKED);
        }
        return;
    }
    for record in sections.records.iter().flatten() {
        if let Some(address) = address(record, message)
            && let Ok(name) = wire::name(message, record.at)
        {
            let meta = ctx.whole_message();
            ctx.emit(Announced {
                meta,
                sender,
                name: name.text.into(),
                address,
                ttl: record.ttl,
            });
        }
    }
}

/// One plain question for a name of letters, digits and the like, and nothing left over.
fn probe(p: &Probe<'_>) -> Certainty {
    let bytes = match p.transport {
        Transport::Udp => p.bytes,
        Transport::Tcp => match p.bytes {
            [a, b, rest @ ..] if rest.len() == usize::from(u16::from_be_bytes([*a, *b])) => rest,
            _ => return Certainty::No,
        },
    };
    let Ok(header) = Header::read(bytes) else {
        return Certainty::No;
    };
    // Opcode 0, reserved bit 0, rcode below 6.
    if header.counts[0] != 1 || header.flags & 0x7840 != 0 || header.rcode() > 5 {
        return Certainty::No;
    }
    if !header.is_response() && (header.counts[1] | header.counts[2] != 0 || header.rcode() != 0) {
        return Certainty::No;
    }
    let sections = Sections::read(bytes, header);
    let end = sections
        .records
        .iter()
        .flatten()
        .map(|r| r.data.1)
        .max()
        .or(sections.questions.first().map(Question::end));
    let plain = sections.questions.first().is_some_and(|q| {
        q.name.labels >= 2
            && q.class == 1
            && wire::type_name(q.kind).is_some()
            && q.name
                .text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    });
    if plain && !sections.short && end == Some(bytes.len()) {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

fn start(_: Start) -> Box<dyn StreamDissector> {
    Box::new(Tcp::default())
}

/// Messages with their length before them (RFC 1035 section 4.2.2).
#[derive(Clone, Default)]
struct Tcp {
    transactions: Transactions,
}

impl StreamDissector for Tcp {
    fn data(&mut self, ctx: &mut Ctx<'_>, _: Direction, chunk: &Chunk<'_>) -> Progress {
        let Some(len) = chunk.bytes().first_chunk::<2>() else {
            return Progress::Need(2);
        };
        let len = 2 + usize::from(u16::from_be_bytes(*len));
        if chunk.data.len() < len {
            return Progress::Need(len);
        }
        self.transactions.first = Some(chunk.packet_at(0));
        let data = chunk.data.sub(0, len);
        message(
            ctx,
            &PROTOCOL,
            Flavour::Unicast,
            data,
            Some(&mut self.transactions),
        );
        Progress::Consumed(len)
    }

    fn gap(&mut self, _: &mut Ctx<'_>, _: Direction, _: u64, _: u64) -> bool {
        // Nothing in the stream says where the next message begins.
        false
    }

    fn close(&mut self, _: &mut Ctx<'_>, _: Direction, _: Close) {}

    fn held(&self) -> usize {
        0
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}
