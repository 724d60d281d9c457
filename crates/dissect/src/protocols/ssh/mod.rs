//! SSH (RFC 4253) until it is encrypted: versions, offered algorithms, HASSH; and SSH 1's packets. What is encrypted
//! is only counted.

mod fields;
mod kex;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use kex::Session;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{
    Certainty, Close, Direction, Log, Over, Probe, Protocol, Severity, Start, StreamDissector,
};
use fields as f;
use kex::{Offer, hassh};
use weir_model::{ByteRange, PacketRef, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4253",
    over: &[Over::TcpPort(22)],
    fields: f::ALL,
    anomalies: &[&MALFORMED, &SIGNATURE],
    probe: Some(probe),
    begins: Some(|b| b.starts_with(b"SSH-2.0-") || b.starts_with(b"SSH-1.")),
    stream: Some(start),
    logs: &[Log::of::<kex::Session>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ssh", "SSH Protocol", "SSH")
};

/// The longest packet before encryption (RFC 4253 section 6.1 asks for 35,000 bytes at least).
const LONGEST: u32 = 0xffff;
/// The longest line before the version (RFC 4253 section 4.2).
const LINE: usize = 1024;

/// The server's signature is of a kind whose parts are not taken apart. Wireshark's words are kept.
static SIGNATURE: AnomalyKind = AnomalyKind {
    id: "ssh.packet_decode",
    says: "Decoded fewer bytes than the packet has",
    severity: Severity::Warn,
    group: "Protocol",
};

const KEXINIT: u8 = 20;
const NEWKEYS: u8 = 21;

fn probe(p: &Probe<'_>) -> Certainty {
    const WORD: &[u8] = b"SSH-";
    if p.bytes.starts_with(WORD) {
        Certainty::Certain
    } else if WORD.starts_with(p.bytes) {
        Certainty::More
    } else {
        Certainty::No
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let stage = if start.from_start {
        Stage::Version
    } else {
        Stage::Encrypted
    };
    Frames::boxed(
        Ssh {
            stages: [stage; 2],
            versions: [None, None],
            first: false,
            offers: [None, None],
            row: None,
            sent: [0; 2],
            whole: None,
        },
        start.from_start,
    )
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Lines, the last of which says the version.
    Version,
    /// Packets in clear text.
    Packets,
    Encrypted,
}

#[derive(Clone)]
struct Ssh {
    stages: [Stage; 2],
    versions: [Option<Box<str>>; 2],
    /// SSH 1 (both sides have to agree; 1.99 is 2).
    first: bool,
    offers: [Option<Box<Offer>>; 2],
    row: Option<u32>,
    /// Encrypted bytes.
    sent: [u64; 2],
    /// The packet that the last message read stood in as a whole.
    whole: Option<PacketRef>,
}

/// Length of the binary packet that begins here, with its head.
fn packet(bytes: &[u8], first: bool) -> Option<(u32, u64)> {
    let len = u32::from_be_bytes(*bytes.first_chunk::<4>()?);
    // SSH 1 pads to a multiple of eight and does not count the padding.
    let pad = if first { 8 - len % 8 } else { 0 };
    Some((len, 4 + u64::from(len) + u64::from(pad)))
}

impl Framing for Ssh {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        let way = at.direction.index();
        match self.stages[way] {
            _ if at.lost => {
                self.stages[way] = Stage::Encrypted;
                Frame::Whole(bytes.len() as u64)
            }
            Stage::Version => match memchr::memchr(b'\n', bytes) {
                Some(n) => Frame::Whole(n as u64 + 1),
                None if bytes.len() > LINE => Frame::Foreign,
                None => Frame::More(bytes.len() + 1),
            },
            Stage::Packets => match packet(bytes, self.first) {
                None => Frame::More(4),
                Some((1..=LONGEST, n)) => Frame::Whole(n),
                // No packet: whatever it is, it is not in clear text.
                Some(_) => {
                    self.stages[way] = Stage::Encrypted;
                    Frame::Whole(bytes.len() as u64)
                }
            },
            Stage::Encrypted => Frame::Whole(bytes.len() as u64),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        // Messages of one packet share a layer; one that began in an earlier packet has its own.
        let here = Some(ctx.meta.packet);
        let goes_on = self.whole == here
            && here.is_some()
            && ctx.packet.layers.last() == Some(&PROTOCOL.id());
        self.whole = here.filter(|p| m.from.0 == *p);
        let wanted = if goes_on {
            ctx.layer_on(&PROTOCOL, m.data.all())
        } else {
            ctx.layer(&PROTOCOL, m.data.all())
        };
        if wanted && !goes_on {
            let server = m.direction == Direction::Backward;
            ctx.field(&f::DIRECTION, Value::Bool(server), ByteRange::GENERATED);
        }
        match self.stages[m.direction.index()] {
            Stage::Version => self.line(ctx, m, wanted),
            Stage::Packets => self.packet(ctx, m, wanted),
            Stage::Encrypted => {
                self.sent[m.direction.index()] += m.data.len() as u64;
                if wanted {
                    ctx.info(format_args!("Encrypted packet (len={})", m.data.len()));
                    ctx.bytes(&f::ENCRYPTED, m.data, 0, m.data.len());
                }
            }
        }
        if wanted {
            ctx.close();
        }
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, _: Close) {
        let bytes = self.sent[direction.index()];
        let at = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Session>(self.row, |s| {
            (s.meta.last, s.meta.end) = at;
            match direction {
                Direction::Forward => s.client_bytes = bytes,
                Direction::Backward => s.server_bytes = bytes,
            }
        });
    }
}

impl Ssh {
    /// The code of the message with the server's key and signature: groups that are asked for come first and take two
    /// codes more (RFC 4419 section 5).
    fn reply(&self) -> u8 {
        let agreed = match &self.offers {
            [Some(client), Some(server)] => kex::exchange(client, server),
            _ => Box::default(),
        };
        if agreed.contains("group-exchange") {
            33
        } else {
            31
        }
    }

    fn line(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let way = m.direction.index();
        let line = m.data.bytes.trim_ascii_end();
        let text = String::from_utf8_lossy(line);
        if wanted {
            ctx.field(
                &f::PROTOCOL,
                Value::Text(&text),
                m.data.range(0, line.len()),
            );
            ctx.info(format_args!("Protocol ({text})"));
        }
        if !text.starts_with("SSH-") {
            return;
        }
        self.stages[way] = Stage::Packets;
        // The server may speak 1.99 and the client choose.
        let one = text.starts_with("SSH-1.") && !text.starts_with("SSH-1.99");
        self.first |= one;
        let mut end = text.len().min(256);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.versions[way] = text.get(..end).map(Into::into);
        if let [Some(client), Some(server)] = &self.versions
            && self.row.is_none()
        {
            let mut meta = ctx.whole_message();
            meta.direction = Direction::Forward;
            self.row = ctx.emit(Session::new(meta, client, server, self.first));
        }
    }

    fn packet(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let data = m.data;
        let way = m.direction.index();
        if wanted {
            ctx.number(&f::PACKET_LENGTH, data, 0, 4);
        }
        if self.first {
            let pad = 8 - data.u32(0).unwrap_or(0) % 8;
            let at = 4 + usize::try_from(pad).unwrap_or(8);
            if wanted {
                ctx.number(&f::MESSAGE_CODE, data, at, 1);
            }
            // SSH_CMSG_SESSION_KEY: everything after it is encrypted.
            if data.u8(at) == Some(3) {
                self.stages = [Stage::Encrypted; 2];
            }
            return;
        }
        if wanted {
            ctx.number(&f::PADDING_LENGTH, data, 4, 1);
            ctx.number(&f::MESSAGE_CODE, data, 5, 1);
        }
        match data.u8(5) {
            Some(KEXINIT) => {
                let Some(offer) = Offer::read(data.rest(6)) else {
                    return ctx.short();
                };
                if wanted {
                    ctx.info(format_args!("Key Exchange Init"));
                    kex::describe(ctx, data.rest(6), m.direction);
                }
                let (_, print) = hassh(&offer, m.direction);
                ctx.update::<Session>(self.row, |s| match m.direction {
                    Direction::Forward => s.hassh = print.into(),
                    Direction::Backward => s.hassh_server = print.into(),
                });
                self.offers[way] = Some(Box::new(offer));
                if let [Some(client), Some(server)] = &self.offers {
                    ctx.update::<Session>(self.row, |s| s.agree(client, server));
                }
            }
            Some(NEWKEYS) => {
                self.stages[way] = Stage::Encrypted;
                ctx.info(format_args!("New Keys"));
            }
            Some(code) => {
                if let Some(word) = f::MESSAGE_CODE.word(code.into()) {
                    ctx.info(format_args!("{word}"));
                }
                if code != self.reply() {
                    return;
                }
                if !kex::reply_is_whole(data.rest(6)) {
                    return ctx.short();
                }
                if ctx.describing
                    && let Some((read, len)) = kex::unread_signature(data.rest(6))
                {
                    ctx.remark(
                        &SIGNATURE,
                        format_args!("Decoded {read} bytes, but packet legnth is {len} bytes"),
                    );
                }
            }
            None => ctx.short(),
        }
    }
}
