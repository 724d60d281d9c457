//! Finger (RFC 1288): who is logged in, asked in a line; the end of the connection ends the answer.

#[cfg(test)]
mod sample;

use super::whois::{OneQuestion, Words};
use crate::facts::row::row;
use crate::framed::Frames;
use crate::protocol::{Log, Over, Protocol};
use weir_model::{Field, Holds, Kind};

static QUERY: Field = Field::new("finger.query", Kind::Text, "Query").holds(Holds::Name);
static RESPONSE: Field =
    Field::new("finger.response", Kind::Text, "Response").holds(Holds::Content);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1288",
    over: &[Over::TcpPort(79)],
    fields: &[&QUERY, &RESPONSE],
    stream: Some(|start| Frames::boxed(OneQuestion::of(&FINGER), start.from_start)),
    logs: &[Log::of::<Query>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("finger", "finger", "FINGER")
};

row! {
    /// A question. First: its packet; last: what ended the answer.
    pub struct Query of PROTOCOL {
        query: Box<str> = "Who was asked for",
        answer: Option<u64> = "Bytes of the answer in the capture",
    }
    |q| format!("{} → {} bytes", q.query, q.answer.unwrap_or(0))
}

static FINGER: Words = Words::new(
    &PROTOCOL,
    (&QUERY, &RESPONSE),
    |ctx, m, text| {
        let meta = ctx.message(m.direction, m.from);
        ctx.emit(Query {
            meta,
            query: text.into(),
            answer: None,
        })
    },
    |ctx, row, bytes| {
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Query>(row, |q| {
            q.answer = Some(bytes);
            (q.meta.last, q.meta.end) = at;
        });
    },
);
