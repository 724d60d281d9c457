//! BGP (RFC 4271): messages with their kind and length. Reads no routes.

#[cfg(test)]
mod sample;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector};
use std::net::{IpAddr, Ipv4Addr};
use weir_model::{Field, Kind, Value};

static MARKER: Field = Field::new("bgp.marker", Kind::Bytes, "Marker");
static LENGTH: Field = Field::new("bgp.length", Kind::Uint(16), "Length");
static TYPE: Field = Field::new("bgp.type", Kind::Uint(8), "Type").values(&[
    (1, "OPEN Message"),
    (2, "UPDATE Message"),
    (3, "NOTIFICATION Message"),
    (4, "KEEPALIVE Message"),
    (5, "ROUTE-REFRESH Message"),
    (6, "CAPABILITY Message"),
]);
static VERSION: Field = Field::new("bgp.open.version", Kind::Uint(8), "Version");
static MYAS: Field = Field::new("bgp.open.myas", Kind::Uint(16), "My AS");
static HOLDTIME: Field = Field::new("bgp.open.holdtime", Kind::Uint(16), "Hold Time");
static IDENTIFIER: Field = Field::new("bgp.open.identifier", Kind::Ipv4, "BGP Identifier");
static MAJOR: Field = Field::new("bgp.notify.major_error", Kind::Uint(8), "Major error Code")
    .values(&[
        (1, "Message Header Error"),
        (2, "OPEN Message Error"),
        (3, "UPDATE Message Error"),
        (4, "Hold Timer Expired"),
        (5, "Finite State Machine Error"),
        (6, "Cease"),
    ]);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4271",
    over: &[Over::TcpPort(179)],
    fields: &[
        &MARKER,
        &LENGTH,
        &TYPE,
        &VERSION,
        &MYAS,
        &HOLDTIME,
        &IDENTIFIER,
        &MAJOR,
    ],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Bgp, start.from_start)
    }),
    anomalies: &[&MALFORMED],
    logs: &[Log::of::<Open>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("bgp", "Border Gateway Protocol", "BGP")
};

row! {
    /// A speaker opens a session.
    pub struct Open of PROTOCOL {
        version: u8 = "Of the protocol",
        my_as: u16 = "Its autonomous system; 23456 where that takes four bytes",
        hold_time: u16 = "Seconds of silence that it bears",
        identifier: IpAddr = "How it is known",
    }
    |o| format!("AS {} as {}", o.my_as, o.identifier)
}

/// Bytes of a head: a marker of ones, a length, a type (RFC 4271 section 4.1).
const HEAD: usize = 19;
const ONES: usize = 16;

fn probe(p: &Probe<'_>) -> Certainty {
    let ones = p.bytes.iter().take(ONES).all(|b| *b == 0xff);
    match (ones, p.bytes.get(18)) {
        (true, Some(1..=6)) => Certainty::Certain,
        (true, None) => Certainty::More,
        _ => Certainty::No,
    }
}

/// Optional parameters of an OPEN: their length stands before them, and each has its type and length (RFC 4271
/// section 4.2). `false`: they end before they should.
fn parameters(open: Data<'_>) -> bool {
    const AT: usize = 29;
    let Some(len) = open.u8(AT - 1) else {
        return false;
    };
    let (mut at, end) = (AT, AT + usize::from(len));
    while at < end {
        let Some(len) = open.u8(at + 1) else {
            return false;
        };
        at += 2 + usize::from(len);
    }
    at <= open.len()
}

#[derive(Clone)]
struct Bgp;

impl Framing for Bgp {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.iter().take(ONES).any(|b| *b != 0xff) {
            return Frame::Foreign;
        }
        match bytes.get(ONES..HEAD) {
            Some([high, low, _]) => {
                let len = u16::from_be_bytes([*high, *low]);
                // RFC 8654 allows the longest that the length can say.
                if usize::from(len) >= HEAD {
                    Frame::Whole(len.into())
                } else {
                    Frame::Foreign
                }
            }
            _ => Frame::More(HEAD),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let kind = data.u8(18).unwrap_or(0);
        if ctx.layer(&PROTOCOL, data.all()) {
            ctx.bytes(&MARKER, data, 0, ONES);
            ctx.number(&LENGTH, data, 16, 2);
            ctx.number(&TYPE, data, 18, 1);
            match kind {
                1 => {
                    ctx.number(&VERSION, data, 19, 1);
                    ctx.number(&MYAS, data, 20, 2);
                    ctx.number(&HOLDTIME, data, 22, 2);
                    if let Some(a) = data.array::<4>(24) {
                        ctx.field(&IDENTIFIER, Value::Ipv4(a.into()), data.range(24, 28));
                    }
                }
                3 => ctx.number(&MAJOR, data, 19, 1),
                _ => {}
            }
            if let Some(word) = TYPE.word(kind.into()) {
                ctx.info(format_args!("{word}"));
            }
            ctx.close();
        }
        if kind == 1 && !parameters(data) {
            ctx.short();
        }
        if let (1, Some(version), Some(my_as), Some(hold_time), Some(id)) = (
            kind,
            data.u8(19),
            data.u16(20),
            data.u16(22),
            data.array::<4>(24),
        ) {
            let meta = ctx.message(m.direction, m.from);
            ctx.emit(Open {
                meta,
                version,
                my_as,
                hold_time,
                identifier: Ipv4Addr::from(id).into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Open;
    use crate::facts::Message;
    use crate::synth::Synth;

    pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut m = vec![0xff; 16];
        m.extend_from_slice(&u16::try_from(19 + body.len()).unwrap().to_be_bytes());
        m.push(kind);
        m.extend_from_slice(body);
        m
    }

    pub(super) fn open() -> Vec<u8> {
        message(1, &[4, 0xfd, 0xe8, 0, 90, 10, 0, 0, 9, 0])
    }

    #[test]
    fn a_session_is_opened_and_an_update_comes_in_pieces() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1790));
        c.client(&mut s, open());
        c.client(&mut s, message(2, &[0; 3000]));
        c.client(&mut s, message(4, &[]));
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Open>();
        assert_eq!(
            rows.iter().map(Message::summary).collect::<Vec<_>>(),
            ["AS 65000 as 10.0.0.9"]
        );
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
        assert_eq!(of(8, "bgp.type").as_deref(), Some("4"));
    }

    #[test]
    fn parameters_that_end_before_they_should_are_malformed() {
        for (parameters, malformed) in [
            (&[0][..], false),
            (&[4, 2, 2, 1, 0], false),
            (&[5, 2], true),
            (&[4, 2, 3, 1, 0], true),
            (&[], true),
        ] {
            let mut s = Synth::default();
            let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1790));
            let fixed: &[u8] = &[4, 0xfd, 0xe8, 0, 90, 10, 0, 0, 9];
            c.client(&mut s, message(1, &[fixed, parameters].concat()));
            let loaded = s.load();
            let trees = s.trees(loaded.facts());
            let told: usize = trees
                .iter()
                .map(|t| t.values("_ws.malformed").count())
                .sum();
            assert_eq!(told, usize::from(malformed), "{parameters:?}");
        }
    }

    #[test]
    fn cut_at_every_length_nothing_is_invented() {
        let whole = open();
        for n in 0..whole.len() {
            let mut s = Synth::default();
            let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1790));
            c.client(&mut s, &whole[..n]);
            c.finish(&mut s, 0);
            let loaded = s.load();
            let _ = s.trees(loaded.facts());
            assert!(loaded.facts().messages.all::<Open>().is_empty());
        }
    }
}
