//! BitTorrent between peers (BEP 3): the handshake and the messages behind it. Keeps no pieces.

#[cfg(test)]
mod sample;

use crate::context::Ctx;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector, Transport};
use std::fmt::Write as _;
use weir_model::{Field, Kind, Value};

static NAME_LENGTH: Field = Field::new(
    "bittorrent.protocol.name.length",
    Kind::Uint(8),
    "Protocol Name Length",
);
static NAME: Field = Field::new("bittorrent.protocol.name", Kind::Text, "Protocol Name");
static RESERVED: Field = Field::new(
    "bittorrent.reserved",
    Kind::Bytes,
    "Reserved Extension Bytes",
);
static HASH: Field = Field::new(
    "bittorrent.info_hash",
    Kind::Bytes,
    "SHA1 Hash of info dictionary",
);
static PEER: Field = Field::new("bittorrent.peer_id", Kind::Bytes, "Peer ID");
static LENGTH: Field = Field::new("bittorrent.msg.length", Kind::Uint(32), "Message Length");
static TYPE: Field = Field::new("bittorrent.msg.type", Kind::Uint(8), "Message Type").values(&[
    (0, "Choke"),
    (1, "Unchoke"),
    (2, "Interested"),
    (3, "Not Interested"),
    (4, "Have"),
    (5, "Bitfield"),
    (6, "Request"),
    (7, "Piece"),
    (8, "Cancel"),
    (9, "Port"),
    (13, "Suggest Piece"),
    (14, "Have All"),
    (15, "Have None"),
    (16, "Reject Request"),
    (17, "Allowed Fast"),
    (20, "Extended"),
]);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "BEP 3",
    over: &[Over::Heuristic(Transport::Tcp)],
    fields: &[&NAME_LENGTH, &NAME, &RESERVED, &HASH, &PEER, &LENGTH, &TYPE],
    probe: Some(probe),
    stream: Some(|start: Start| -> Box<dyn StreamDissector> {
        Frames::boxed(
            Peer {
                greeted: [false; 2],
            },
            start.from_start,
        )
    }),
    logs: &[Log::of::<Handshake>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("bittorrent", "BitTorrent", "BitTorrent")
};

row! {
    /// A handshake.
    pub struct Handshake of PROTOCOL {
        info_hash: Box<str> = "What is shared: the SHA-1 of its description",
        peer_id: Box<str> = "How the program calls itself",
    }
    |h| format!("{} as {}", h.info_hash, h.peer_id)
}

/// A length and the protocol's name.
const HELLO: &[u8] = b"\x13BitTorrent protocol";
/// Bytes of a handshake.
const HANDSHAKE: usize = 68;
/// The longest message that is believed.
const LONGEST: u32 = 4 << 20;

fn probe(p: &Probe<'_>) -> Certainty {
    if p.bytes.starts_with(HELLO) {
        Certainty::Certain
    } else if HELLO.starts_with(p.bytes) {
        Certainty::More
    } else {
        Certainty::No
    }
}

#[derive(Clone)]
struct Peer {
    greeted: [bool; 2],
}

impl Framing for Peer {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        if bytes.starts_with(HELLO) {
            return Frame::Whole(HANDSHAKE as u64);
        }
        if HELLO.starts_with(bytes) {
            return Frame::More(HELLO.len());
        }
        if !self.greeted[at.direction.index()] && at.from_start {
            return Frame::Foreign;
        }
        let Some(head) = bytes.first_chunk::<4>() else {
            return Frame::More(4);
        };
        let len = u32::from_be_bytes(*head);
        let known = bytes
            .get(4)
            .is_none_or(|k| len == 0 || TYPE.word((*k).into()).is_some());
        if len > LONGEST || !known {
            return Frame::Foreign;
        }
        Frame::Whole(4 + u64::from(len))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let wanted = ctx.layer(&PROTOCOL, data.all());
        if data.bytes.starts_with(HELLO) {
            self.greeted[m.direction.index()] = true;
            if wanted {
                ctx.number(&NAME_LENGTH, data, 0, 1);
                ctx.field(&NAME, Value::Text("BitTorrent protocol"), data.range(1, 20));
                ctx.bytes(&RESERVED, data, 20, 28);
                ctx.bytes(&HASH, data, 28, 48);
                ctx.bytes(&PEER, data, 48, HANDSHAKE);
                ctx.info(format_args!("Handshake"));
            }
            let hash = data.bytes.get(28..48).unwrap_or_default();
            let hash = hash.iter().fold(String::new(), |mut out, b| {
                let _ = write!(out, "{b:02x}");
                out
            });
            let peer = String::from_utf8_lossy(data.bytes.get(48..HANDSHAKE).unwrap_or_default());
            let meta = ctx.message(m.direction, m.from);
            ctx.emit(Handshake {
                meta,
                info_hash: hash.into(),
                peer_id: peer.into(),
            });
        } else if wanted {
            ctx.number(&LENGTH, data, 0, 4);
            ctx.number(&TYPE, data, 4, 1);
            let word = data.u8(4).and_then(|k| TYPE.word(k.into()));
            ctx.info(format_args!("{}", word.unwrap_or("Keep Alive")));
        }
        if wanted {
            ctx.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HANDSHAKE, HELLO, Handshake};
    use crate::facts::Message;
    use crate::synth::Synth;

    pub(super) fn hello() -> Vec<u8> {
        let mut m = HELLO.to_vec();
        m.resize(48, 0xab);
        m.extend_from_slice(b"-TR2940-abcdefghijkl");
        m
    }

    #[test]
    fn a_handshake_and_a_piece_in_pieces() {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 51413));
        c.client(&mut s, hello());
        c.server(&mut s, hello());
        let mut piece = vec![0, 0, 0x0b, 0xb4, 7];
        piece.resize(3000, 0);
        c.server(&mut s, piece);
        let loaded = s.load();
        let rows = loaded.facts().messages.all::<Handshake>();
        let line = format!("{} as -TR2940-abcdefghijkl", "ab".repeat(20));
        assert_eq!(
            rows.iter().map(Message::summary).collect::<Vec<_>>(),
            [line.clone(), line]
        );
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
        assert_eq!(of(8, "bittorrent.msg.type").as_deref(), Some("7"));
    }

    #[test]
    fn cut_at_every_length_nothing_is_invented() {
        for n in 0..HANDSHAKE {
            let mut s = Synth::default();
            let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 51413));
            c.client(&mut s, &hello()[..n]);
            c.finish(&mut s, 0);
            let loaded = s.load();
            let _ = s.trees(loaded.facts());
            assert!(loaded.facts().messages.all::<Handshake>().is_empty());
        }
    }
}
