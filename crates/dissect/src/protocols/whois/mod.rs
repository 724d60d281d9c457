//! WHOIS (RFC 3912): a question in a line, an answer that the end of the connection ends.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Direction, Log, Over, Protocol, Start, StreamDissector};
use weir_model::{Field, Holds, Kind, Value};

static QUERY: Field = Field::new("whois.query", Kind::Text, "Query").holds(Holds::Name);
static ANSWER: Field = Field::new("whois.answer", Kind::Text, "Answer").holds(Holds::Content);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3912",
    over: &[Over::TcpPort(43)],
    fields: &[&QUERY, &ANSWER],
    stream: Some(start),
    logs: &[Log::of::<Query>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("whois", "whois", "WHOIS")
};

row! {
    /// A question. First: its packet; last: what ended the answer.
    pub struct Query of PROTOCOL {
        query: Box<str> = "What was asked for",
        answer: Option<u64> = "Bytes of the answer in the capture",
    }
    |q| format!("{} → {} bytes", q.query, q.answer.unwrap_or(0))
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(OneQuestion::of(&WHOIS), start.from_start)
}

/// A protocol of one question and one answer.
pub(super) struct Words {
    protocol: &'static Protocol,
    query: &'static Field,
    answer: &'static Field,
    emit: fn(&mut Ctx<'_>, &Framed<'_>, &str) -> Option<u32>,
    answered: fn(&mut Ctx<'_>, Option<u32>, u64),
}

impl Words {
    pub(super) const fn new(
        protocol: &'static Protocol,
        fields: (&'static Field, &'static Field),
        emit: fn(&mut Ctx<'_>, &Framed<'_>, &str) -> Option<u32>,
        answered: fn(&mut Ctx<'_>, Option<u32>, u64),
    ) -> Self {
        Self {
            protocol,
            query: fields.0,
            answer: fields.1,
            emit,
            answered,
        }
    }
}

static WHOIS: Words = Words::new(
    &PROTOCOL,
    (&QUERY, &ANSWER),
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

/// Bytes of a question that are waited for.
const QUESTION: usize = 1024;

#[derive(Clone)]
pub(super) struct OneQuestion {
    words: &'static Words,
    row: Option<u32>,
}

impl OneQuestion {
    pub(super) fn of(words: &'static Words) -> Self {
        Self { words, row: None }
    }
}

impl Framing for OneQuestion {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        if at.direction == Direction::Backward {
            return Frame::UntilEnd;
        }
        match memchr::memchr(b'\n', bytes) {
            Some(n) => Frame::Whole(n as u64 + 1),
            None if bytes.len() > QUESTION => Frame::Foreign,
            None => Frame::More(bytes.len() + 1),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let text = String::from_utf8_lossy(m.data.bytes.trim_ascii_end());
        let asks = m.direction == Direction::Forward;
        if ctx.layer(self.words.protocol, m.data.all()) {
            let field = if asks {
                self.words.query
            } else {
                self.words.answer
            };
            ctx.field(field, Value::Text(&text), m.data.all());
            if asks {
                ctx.info(format_args!("Query: {text}"));
            } else {
                ctx.info(format_args!("Answer"));
            }
            ctx.close();
        }
        if asks && self.row.is_none() {
            self.row = (self.words.emit)(ctx, m, &text);
        } else if !asks {
            let bytes = ctx.flow().map_or(0, |f| f.payload[1]);
            (self.words.answered)(ctx, self.row, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::synth::Synth;

    #[test]
    fn the_end_of_the_connection_completes_the_answer() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 43));
        c.client(&mut s, "example.org\r\n");
        c.server(&mut s, vec![b'x'; 3000]);
        c.finish(&mut s, 1);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(4, "whois.query").as_deref(), Some("example.org"));
        assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("8"));
        assert_eq!(of(7, "tcp.reassembled_in").as_deref(), Some("8"));
        assert!(of(8, "whois.answer").is_some());
        let rows = loaded.facts().messages.all::<Query>();
        assert_eq!(
            rows.iter().map(|r| r.answer).collect::<Vec<_>>(),
            [Some(3000)]
        );
    }

    #[test]
    fn an_answer_without_an_end_never_completes() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 43));
        c.client(&mut s, "example.org\r\n");
        c.server(&mut s, vec![b'x'; 3000]);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert!(of(5, "tcp.segment_data").is_some());
        assert_eq!(of(5, "tcp.reassembled_in"), None);
    }
}
