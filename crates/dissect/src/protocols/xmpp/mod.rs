//! XMPP (RFC 6120): streams of XML, stanza by stanza as far as a segment ends with one. Reads names of stanzas only.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Over, Probe, Protocol, Start, StreamDissector};
use crate::registry::registry;
use weir_model::{Field, Kind, Value};

static STREAM: Field = Field::new("xmpp.stream", Kind::None, "STREAM");
static IQ: Field = Field::new("xmpp.iq", Kind::None, "IQ");
static MESSAGE: Field = Field::new("xmpp.message", Kind::None, "MESSAGE");
static PRESENCE: Field = Field::new("xmpp.presence", Kind::None, "PRESENCE");
static AUTH: Field = Field::new("xmpp.auth", Kind::None, "AUTH");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 6120",
    over: &[Over::TcpPort(5222), Over::TcpPort(5269)],
    fields: &[&STREAM, &IQ, &MESSAGE, &PRESENCE, &AUTH],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Xmpp, start.from_start)
    }),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("xmpp", "XMPP Protocol", "XMPP")
};

/// Bytes of a stanza that are waited for.
const STANZA: usize = 48 << 10;

fn probe(p: &Probe<'_>) -> Certainty {
    let head = p.bytes.get(..512).unwrap_or(p.bytes);
    if memchr::memmem::find(head, b"http://etherx.jabber.org/streams").is_some() {
        Certainty::Certain
    } else {
        Certainty::No
    }
}

#[derive(Clone)]
struct Xmpp;

impl Framing for Xmpp {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if registry().beginning(bytes).is_some() {
            return Frame::Other;
        }
        // A space alone keeps a connection alive (RFC 6120 section 4.6.1).
        let last = bytes.trim_ascii_end().last();
        if last.is_none_or(|b| *b == b'>') || bytes.len() >= STANZA {
            Frame::Whole(bytes.len() as u64)
        } else {
            Frame::More(bytes.len() + 1)
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        if !ctx.layer(&PROTOCOL, m.data.all()) {
            return;
        }
        let text = m.data.bytes;
        let names: [(&[u8], &'static Field, &str); 5] = [
            (b"<stream:stream", &STREAM, "STREAM"),
            (b"<iq", &IQ, "IQ"),
            (b"<message", &MESSAGE, "MESSAGE"),
            (b"<presence", &PRESENCE, "PRESENCE"),
            (b"<auth", &AUTH, "AUTH"),
        ];
        for (tag, field, word) in names {
            if let Some(n) = memchr::memmem::find(text, tag) {
                ctx.field(field, Value::None, m.data.range(n, n + tag.len()));
                ctx.info(format_args!("{word}"));
            }
        }
        ctx.close();
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;

    #[test]
    fn a_segment_in_the_middle_of_a_stanza_waits_for_its_end() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 52220));
        c.client(
            &mut s,
            "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>",
        );
        c.client(&mut s, "<iq type='get'");
        c.client(&mut s, " id='1'/>");
        c.client(&mut s, " ");
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).count();
        assert_eq!(of(4, "xmpp.stream"), 1);
        assert_eq!((of(5, "tcp.reassembled_in"), of(5, "xmpp.iq")), (1, 0));
        assert_eq!(of(6, "xmpp.iq"), 1);
        assert_eq!(of(7, "tcp.segment_data"), 0);
    }
}
