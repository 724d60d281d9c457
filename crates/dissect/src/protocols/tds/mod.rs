//! TDS ([MS-TDS]): the packets of Microsoft SQL Server and what kind of message they carry. Reads no tokens.

use crate::context::Ctx;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Over, Probe, Protocol, Start, StreamDissector};
use weir_model::{Field, Kind};

static TYPE: Field = Field::new("tds.type", Kind::Uint(8), "Type").values(&[
    (1, "SQL batch"),
    (2, "Pre-TDS7 login"),
    (3, "Remote Procedure Call"),
    (4, "Response"),
    (6, "Attention"),
    (7, "Bulk load data"),
    (8, "Federated Authentication Token"),
    (14, "Transaction Manager Request"),
    (15, "TDS5 query"),
    (16, "TDS7 login"),
    (17, "SSPI message"),
    (18, "TDS7 pre-login message"),
]);
static STATUS: Field = Field::new("tds.status", Kind::Uint(8), "Status").hex();
static EOM: Field = Field::new("tds.status.eom", Kind::Bool, "End of message");
static LENGTH: Field = Field::new("tds.length", Kind::Uint(16), "Length");
static CHANNEL: Field = Field::new("tds.channel", Kind::Uint(16), "Channel");
static NUMBER: Field = Field::new("tds.packet_number", Kind::Uint(8), "Packet Number");
static WINDOW: Field = Field::new("tds.window", Kind::Uint(8), "Window");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "[MS-TDS]",
    over: &[Over::TcpPort(1433)],
    fields: &[&TYPE, &STATUS, &EOM, &LENGTH, &CHANNEL, &NUMBER, &WINDOW],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(Tds, start.from_start)
    }),
    ..Protocol::new("tds", "Tabular Data Stream", "TDS")
};

/// Bytes of a packet's head ([MS-TDS] section 2.2.3.1).
const HEAD: usize = 8;

/// The length of the packet that begins here.
fn packet(b: &[u8]) -> Option<u16> {
    let [kind, status, high, low, .., window] = *b.first_chunk::<HEAD>()?;
    let len = u16::from_be_bytes([high, low]);
    let known = TYPE.word(kind.into()).is_some();
    let sane = known && status < 0x20 && usize::from(len) >= HEAD && window == 0;
    sane.then_some(len)
}

fn probe(p: &Probe<'_>) -> Certainty {
    // The pre-login begins with the place of its first option, in front of which all options stand.
    match (packet(p.bytes), p.bytes) {
        (Some(len), [18, 1, ..])
            if usize::from(len) == p.bytes.len() && p.bytes.get(8..10) == Some(&[0, 0]) =>
        {
            Certainty::Certain
        }
        (Some(_), [18 | 16, ..]) => Certainty::Unsure,
        (None, [18, 1] | [18]) => Certainty::More,
        _ => Certainty::No,
    }
}

#[derive(Clone)]
struct Tds;

impl Framing for Tds {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD {
            return Frame::More(HEAD);
        }
        packet(bytes).map_or(Frame::Foreign, |len| Frame::Whole(len.into()))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        if !ctx.layer(&PROTOCOL, data.all()) {
            return;
        }
        ctx.number(&TYPE, data, 0, 1);
        ctx.number(&STATUS, data, 1, 1);
        ctx.flag(&EOM, data, 1, 1, 1);
        ctx.number(&LENGTH, data, 2, 2);
        ctx.number(&CHANNEL, data, 4, 2);
        ctx.number(&NUMBER, data, 6, 1);
        ctx.number(&WINDOW, data, 7, 1);
        if let Some(word) = data.u8(0).and_then(|k| TYPE.word(k.into())) {
            ctx.info(format_args!("{word}"));
        }
        ctx.close();
    }
}

#[cfg(test)]
mod tests {
    use super::packet;
    use crate::synth::Synth;

    #[test]
    fn packets_at_their_bounds_and_in_pieces() {
        assert_eq!(packet(&[1, 1, 0, 8, 0, 0, 1, 0]), Some(8));
        for bad in [
            [1, 1, 0, 7, 0, 0, 1, 0],
            [5, 1, 0, 8, 0, 0, 1, 0],
            [1, 0x20, 0, 8, 0, 0, 1, 0],
            [1, 1, 0, 8, 0, 0, 1, 1],
        ] {
            assert_eq!(packet(&bad), None, "{bad:?}");
        }
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 1433));
        let mut batch = vec![1, 1, 0x0b, 0xb8, 0, 0, 1, 0];
        batch.resize(3000, 0);
        c.client(&mut s, batch);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(4, "tcp.reassembled_in").as_deref(), Some("6"));
        assert_eq!(of(6, "tds.type").as_deref(), Some("1"));
    }
}
