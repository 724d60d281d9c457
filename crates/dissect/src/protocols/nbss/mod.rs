//! The NetBIOS session service (RFC 1002 section 4.3), and its frames directly over TCP ([MS-SMB2] section 2.1): where
//! messages begin and end, so that their pieces are known. What is in them is not read.

use crate::context::Ctx;
use crate::data::Chunk;
use crate::protocol::{Close, Direction, Over, Progress, Protocol, Start, StreamDissector};
use weir_model::{Field, Kind, PacketRef, Value};

static TYPE: Field = Field::new("nbss.type", Kind::Uint(8), "Message Type")
    .hex()
    .values(&[
        (0x00, "Session message"),
        (0x81, "Session request"),
        (0x82, "Positive session response"),
        (0x83, "Negative session response"),
        (0x84, "Retarget session response"),
        (0x85, "Session keep-alive"),
    ]);
static LENGTH: Field = Field::new("nbss.length", Kind::Uint(24), "Length");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1002",
    over: &[Over::TcpPort(445), Over::TcpPort(139)],
    fields: &[&TYPE, &LENGTH],
    stream: Some(start),
    ..Protocol::new("nbss", "NetBIOS Session Service", "NBSS")
};

/// Bytes before a message.
const HEAD: usize = 4;

fn start(start: Start) -> Box<dyn StreamDissector> {
    Box::new(Frames {
        sides: [Side::default(), Side::default()],
        from_start: start.from_start,
        seen: false,
    })
}

#[derive(Clone)]
struct Frames {
    sides: [Side; 2],
    from_start: bool,
    /// A frame was read.
    seen: bool,
}

#[derive(Clone, Default)]
struct Side {
    /// Bytes of the current message still to come.
    left: u64,
    /// The packet it begins in.
    first: PacketRef,
    /// Part of it is missing.
    broken: bool,
    /// Stream bytes were lost outside of a known message.
    lost: bool,
}

/// Type and whole length of the frame that begins here; `None` where none does.
fn frame(bytes: &[u8]) -> Option<(u8, u64)> {
    let [kind, a, b, c] = *bytes.first_chunk::<HEAD>()?;
    let len = u64::from(u32::from_be_bytes([0, a, b, c]));
    let content = bytes.get(HEAD..HEAD + 4);
    let known = match kind {
        0x00 => content.is_none_or(|m| matches!(m, [0xfc..=0xff, b'S', b'M', b'B'])) && len > 0,
        0x81 => len < 256,
        0x82 | 0x85 => len == 0,
        0x83 | 0x84 => len <= 6,
        _ => false,
    };
    known.then_some((kind, len + HEAD as u64))
}

impl StreamDissector for Frames {
    fn data(&mut self, ctx: &mut Ctx<'_>, direction: Direction, chunk: &Chunk<'_>) -> Progress {
        let bytes = chunk.bytes();
        let side = &mut self.sides[direction.index()];
        if side.left == 0 {
            if bytes.len() < HEAD {
                return Progress::Need(HEAD);
            }
            let Some((kind, len)) = frame(bytes) else {
                if !self.seen && self.from_start && !side.lost {
                    return Progress::NotMine;
                }
                // A frame begins with a segment: what follows this one is looked at anew.
                let next = chunk.runs.iter().find(|r| r.offset > chunk.offset);
                let len = next.map_or(bytes.len() as u64, |r| r.offset - chunk.offset);
                return Progress::Consumed(usize::try_from(len).unwrap_or(bytes.len()));
            };
            self.seen = true;
            *side = Side {
                left: len,
                first: chunk.packet_at(0).0,
                broken: false,
                lost: false,
            };
            let head = chunk.data.sub(0, HEAD);
            if ctx.packet.layers.last() != Some(&PROTOCOL.id()) && ctx.layer(&PROTOCOL, head.all())
            {
                ctx.field(&TYPE, Value::Uint(u64::from(kind)), head.range(0, 1));
                ctx.number(&LENGTH, head, 1, 3);
                ctx.close();
            }
        }
        let used = side.left.min(bytes.len() as u64);
        side.left -= used;
        if side.left == 0 {
            let (first, whole) = (side.first, !side.broken);
            ctx.spans(direction, first, whole);
        }
        Progress::Consumed(usize::try_from(used).unwrap_or(bytes.len()))
    }

    fn gap(&mut self, ctx: &mut Ctx<'_>, direction: Direction, _: u64, len: u64) -> bool {
        let side = &mut self.sides[direction.index()];
        side.broken = true;
        if side.left > len {
            side.left -= len;
        } else {
            side.lost = side.left < len;
            if side.left > 0 {
                side.left = 0;
                ctx.spans(direction, side.first, false);
            }
        }
        true
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, _: Close) {
        let side = &mut self.sides[direction.index()];
        if std::mem::take(&mut side.left) > 0 {
            ctx.spans(direction, side.first, false);
        }
    }

    fn tells_spans(&self) -> bool {
        true
    }

    fn box_clone(&self) -> Box<dyn StreamDissector> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::synth::Synth;

    const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);

    fn message(len: usize) -> Vec<u8> {
        let mut m = u32::try_from(len).unwrap_or(0).to_be_bytes().to_vec();
        m.extend_from_slice(b"\xfeSMB");
        m.resize(4 + len, 0);
        m
    }

    #[test]
    fn pieces_of_a_long_message_name_its_end_and_what_is_no_frame_is_left_alone() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 445));
        c.client(&mut s, message(64));
        c.server(&mut s, message(3000));
        let mut other = s.connect((CLIENT.0, 40001), ([10, 0, 0, 2], 445));
        other.client(&mut s, "HELO there\r\n");
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
        assert_eq!(of(4, "tcp.segment_data"), None);
        assert_eq!(of(5, "tcp.reassembled_in").as_deref(), Some("7"));
        assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("7"));
        assert!(of(7, "tcp.segment_data").is_some());
        assert_eq!(of(7, "tcp.reassembled_in"), None);
        let protocols: Vec<bool> = loaded
            .facts()
            .flows
            .iter()
            .map(|f| f.protocol.is_some())
            .collect();
        assert_eq!(protocols, [true, false]);
    }
}
