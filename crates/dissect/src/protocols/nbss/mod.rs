//! The NetBIOS session service (RFC 1002 section 4.3), and its frames directly over TCP ([MS-SMB2] section 2.1): where
//! messages begin and end. What is in them is SMB's.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::Completeness;
use crate::framed::{At, Frame, Framed, Frames, Framing, Part};
use crate::protocol::{Certainty, Close, Direction, Over, Probe, Protocol, Start, StreamDissector};
use crate::protocols::smb::{self, Smb};
use crate::protocols::smb2::{self, Smb2};
use weir_model::{Field, Holds, Kind, Value};

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
static FLAGS: Field = Field::new("nbss.flags", Kind::Uint(8), "Flags").hex();
static EXTEND: Field = Field::new("nbss.flags.e", Kind::Bool, "Extend");
static LENGTH: Field = Field::new("nbss.length", Kind::Uint(24), "Length");
static CALLED: Field = Field::new("nbss.called_name", Kind::Text, "Called name").holds(Holds::Name);
static CALLING: Field =
    Field::new("nbss.calling_name", Kind::Text, "Calling name").holds(Holds::Name);
static ERROR: Field = Field::new("nbss.error_code", Kind::Uint(8), "Error code")
    .hex()
    .values(&[
        (0x80, "Not listening on called name"),
        (0x81, "Not listening for calling name"),
        (0x82, "Called name not present"),
        (0x83, "Called name present, but insufficient resources"),
        (0x8f, "Unspecified error"),
    ]);
static RETARGET_IP: Field = Field::new(
    "nbss.retarget_ip_address",
    Kind::Ipv4,
    "Retarget IP address",
)
.holds(Holds::Address);
static RETARGET_PORT: Field = Field::new("nbss.retarget_port", Kind::Uint(16), "Retarget port");

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1002",
    over: &[Over::TcpPort(445), Over::TcpPort(139)],
    fields: &[
        &TYPE,
        &FLAGS,
        &EXTEND,
        &LENGTH,
        &CALLED,
        &CALLING,
        &ERROR,
        &RETARGET_IP,
        &RETARGET_PORT,
    ],
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    stream: Some(start),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("nbss", "NetBIOS Session Service", "NBSS")
};

/// Bytes before a message.
const HEAD: usize = 4;
/// The port of the service itself; elsewhere its frames are used without it, and all of the length is one number.
const SERVICE: u16 = 139;

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(
        Session {
            smb: Smb::new(),
            smb2: Smb2::new(),
            service: start.server_port == SERVICE,
        },
        start.from_start,
    )
}

fn probe(p: &Probe<'_>) -> Certainty {
    match *p.bytes {
        [0, a, b, c, 0xfc..=0xff, b'S', b'M', b'B', ..] if (a, b, c) != (0, 0, 0) => {
            Certainty::Certain
        }
        [] | [0] | [0, _] | [0, _, _] | [0, _, _, _] => Certainty::More,
        [0, _, _, _, 0xfc..=0xff, ref rest @ ..] if b"SMB".starts_with(rest) => Certainty::More,
        _ => Certainty::No,
    }
}

/// The connections of a client with a server.
#[derive(Clone)]
struct Session {
    smb: Smb,
    smb2: Smb2,
    service: bool,
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

impl Framing for Session {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD {
            return Frame::More(HEAD);
        }
        frame(bytes).map_or(Frame::Foreign, |(_, len)| Frame::Whole(len))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        // Several messages of a packet stand in one layer's place.
        let wanted = if ctx.packet.layers.contains(&PROTOCOL.id()) {
            ctx.layer_again(&PROTOCOL, m.data.all())
        } else {
            ctx.layer(&PROTOCOL, m.data.all())
        };
        if wanted {
            self.describe(ctx, m.data);
            ctx.close();
        }
        let content = m.data.rest(HEAD);
        if m.data.u8(0) != Some(0) {
            return;
        }
        if smb2::is_mine(content.bytes) {
            self.smb2.message(ctx, m, content, HEAD as u64);
        } else if smb::is_mine(content.bytes) {
            self.smb.message(ctx, m, content, HEAD as u64);
        }
    }

    fn part(&mut self, ctx: &mut Ctx<'_>, part: &Part<'_>) {
        if part.front.get(HEAD..).is_some_and(smb2::is_mine) {
            self.smb2.part(ctx, part, HEAD);
        } else if part.at == 0 {
            ctx.limit(&smb2::LONG_MESSAGE);
        }
    }

    fn lost(&mut self, _: &mut Ctx<'_>, direction: Direction) {
        self.smb.lost(direction);
        self.smb2.lost(direction);
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, how: Close) {
        // The client's last word may still be answered.
        if how == Close::Fin && direction == Direction::Forward {
            return;
        }
        let how = match how {
            Close::Fin => Completeness::Complete,
            Close::Reset => Completeness::Aborted,
            Close::End => Completeness::CaptureEnded,
        };
        self.smb.end(ctx, how);
        self.smb2.end(ctx, how);
    }

    fn held(&self) -> usize {
        self.smb.held() + self.smb2.held()
    }
}

impl Session {
    fn describe(&self, ctx: &mut Ctx<'_>, data: Data<'_>) {
        let kind = data.u8(0).unwrap_or(0);
        ctx.number(&TYPE, data, 0, 1);
        if self.service {
            let flags = data.u8(1).unwrap_or(0);
            ctx.open(&FLAGS, Value::Uint(flags.into()), data.range(1, 2));
            ctx.flag(&EXTEND, data, 1, 1, 1);
            ctx.close();
            let len = data.number(1, 3).unwrap_or(0) & 0x1_ffff;
            ctx.field(&LENGTH, Value::Uint(len), data.range(2, 4));
        } else {
            ctx.number(&LENGTH, data, 1, 3);
        }
        match kind {
            0x81 => {
                let mut at = HEAD;
                for field in [&CALLED, &CALLING] {
                    let part = data.rest(at);
                    let Some((name, len)) = name(part.bytes) else {
                        return;
                    };
                    ctx.field(field, Value::Text(&name), part.range(0, len));
                    at += len;
                }
            }
            0x83 => ctx.number(&ERROR, data, HEAD, 1),
            0x84 => {
                if let Some(ip) = data.array::<4>(HEAD) {
                    ctx.field(
                        &RETARGET_IP,
                        Value::Ipv4(ip.into()),
                        data.range(HEAD, HEAD + 4),
                    );
                }
                ctx.number(&RETARGET_PORT, data, HEAD + 4, 2);
            }
            _ => {}
        }
        if kind != 0
            && let Some(word) = TYPE.word(kind.into())
        {
            ctx.info(format_args!("{word}"));
        }
    }
}

/// A name in the first level's encoding (RFC 1001 section 14.1) with its service, and the bytes it takes.
pub(crate) fn name(bytes: &[u8]) -> Option<(String, usize)> {
    let label = bytes.get(1..33).filter(|_| bytes.first() == Some(&32))?;
    let nibble = |b: Option<&u8>| b.and_then(|b| b.checked_sub(b'A')).filter(|n| *n < 16);
    let mut plain = Vec::with_capacity(16);
    for pair in label.chunks_exact(2) {
        plain.push(nibble(pair.first())? << 4 | nibble(pair.get(1))?);
    }
    let service = plain.pop()?;
    let name = String::from_utf8_lossy(&plain);
    let scope = bytes.get(33..)?.iter().position(|b| *b == 0)?;
    Some((format!("{}<{service:02x}>", name.trim_end()), 34 + scope))
}
