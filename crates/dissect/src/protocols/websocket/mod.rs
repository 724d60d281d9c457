//! WebSocket (RFC 6455): frames of both sides, unmasked, and messages inflated (RFC 7692). Does not read what they
//! carry.

mod deflate;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Direction, Log, Protocol, Severity, Start, StreamDissector};
use deflate::Inflating;
use weir_model::{Field, Holds, Kind, LimitKind, Value};

static FIN: Field = Field::new("websocket.fin", Kind::Bool, "Fin");
static RSV: Field = Field::new("websocket.rsv", Kind::Uint(8), "Reserved").hex();
static PMC: Field = Field::new("websocket.pmc", Kind::Bool, "Per-Message Compressed");
static OPCODE: Field = Field::new("websocket.opcode", Kind::Uint(8), "Opcode").values(&[
    (0, "Continuation"),
    (1, "Text"),
    (2, "Binary"),
    (8, "Connection Close"),
    (9, "Ping"),
    (10, "Pong"),
]);
static MASK: Field = Field::new("websocket.mask", Kind::Bool, "Mask");
static LENGTH: Field = Field::new("websocket.payload_length", Kind::Uint(8), "Payload length");
static LENGTH_16: Field = Field::new(
    "websocket.payload_length_ext_16",
    Kind::Uint(16),
    "Extended Payload length (16 bits)",
);
static LENGTH_64: Field = Field::new(
    "websocket.payload_length_ext_64",
    Kind::Uint(64),
    "Extended Payload length (64 bits)",
);
static KEY: Field = Field::new("websocket.masking_key", Kind::Bytes, "Masking-Key");
static MASKED: Field = Field::new("websocket.masked_payload", Kind::None, "Masked payload");
static PAYLOAD: Field = Field::new("websocket.payload", Kind::None, "Payload");
static TEXT: Field = Field::new("websocket.payload.text", Kind::Text, "Text").holds(Holds::Content);
static CLOSE: Field = Field::new("websocket.payload.close", Kind::None, "Close");
static STATUS: Field = Field::new(
    "websocket.payload.close.status_code",
    Kind::Uint(16),
    "Status code",
)
.values(&[
    (1000, "Normal Closure"),
    (1001, "Going Away"),
    (1002, "Protocol error"),
    (1003, "Unsupported Data"),
    (1005, "No Status Rcvd"),
    (1006, "Abnormal Closure"),
    (1007, "Invalid frame payload data"),
    (1008, "Policy Violation"),
    (1009, "Message Too Big"),
    (1010, "Mandatory Ext."),
    (1011, "Internal Server"),
    (1015, "TLS handshake"),
]);
static REASON: Field =
    Field::new("websocket.payload.close.reason", Kind::Text, "Reason").holds(Holds::Content);
static PING: Field =
    Field::new("websocket.payload.ping", Kind::Bytes, "Ping").holds(Holds::Content);
static PONG: Field =
    Field::new("websocket.payload.pong", Kind::Bytes, "Pong").holds(Holds::Content);

/// A control frame in pieces, or longer than 125 bytes (RFC 6455 section 5.5).
pub static CONTROL: AnomalyKind = AnomalyKind {
    id: "weir.websocket.control",
    says: "a control frame is in pieces or longer than 125 bytes",
    severity: Severity::Warn,
    group: "Protocol",
};

/// A frame of the client that is not masked, or one of the server that is (RFC 6455 section 5.1).
pub static MASKING: AnomalyKind = AnomalyKind {
    id: "websocket.masking",
    says: "the client's frames must be masked and the server's must not",
    severity: Severity::Warn,
    group: "Protocol",
};

static INFLATED: LimitKind = LimitKind {
    id: "websocket.inflate",
    says: "a compressed WebSocket message was broken, or longer than is inflated; those behind it are not either",
    bound: deflate::PACKED as u64,
    unit: "bytes",
};

/// See the module. HTTP's answer 101 hands a connection over.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 6455",
    fields: &[
        &FIN, &RSV, &PMC, &OPCODE, &MASK, &LENGTH, &LENGTH_16, &LENGTH_64, &KEY, &MASKED, &PAYLOAD,
        &TEXT, &CLOSE, &STATUS, &REASON, &PING, &PONG,
    ],
    anomalies: &[&MALFORMED, &CONTROL, &MASKING],
    stream: Some(start),
    logs: &[Log::of::<Session>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("websocket", "WebSocket", "WebSocket")
};

row! {
    /// A connection that HTTP handed over, as Zeek's websocket.log has it. First: the answer 101.
    pub struct Session of PROTOCOL {
        host: Box<str> = "Host asked for",
        uri: Box<str> = "Target asked for",
        user_agent: Box<str> = "User-Agent",
        subprotocol: Box<str> = "What the server says it carries",
        server_extensions: Box<str> = "Extensions that the server takes",
    }
    |s| format!("{}{} {}", s.host, s.uri, s.subprotocol)
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let socket = WebSocket {
        from_start: start.from_start,
        compressed: false,
        text: [false; 2],
        squeezed: [None; 2],
        inflating: <[Inflating; 2]>::default(),
    };
    Frames::boxed(socket, start.from_start)
}

#[derive(Clone)]
struct WebSocket {
    /// The connection's start was seen: its client is known.
    from_start: bool,
    /// A message was compressed: the extension of RFC 7692 is in use.
    compressed: bool,
    /// By direction: the message that goes on is text that can be read.
    text: [bool; 2],
    /// By direction: the message that goes on is compressed, and with which code it began.
    squeezed: [Option<u8>; 2],
    inflating: [Inflating; 2],
}

/// What stands before a payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Head {
    flags: u8,
    masked: bool,
    /// Bytes of the extended length.
    extended: usize,
    key: Option<[u8; 4]>,
    payload: u64,
}

impl Head {
    /// `Err`: so many bytes are needed.
    fn read(bytes: &[u8]) -> Result<Self, usize> {
        let data = Data::packet(bytes);
        let (Some(flags), Some(second)) = (data.u8(0), data.u8(1)) else {
            return Err(2);
        };
        let extended = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let masked = second & 0x80 != 0;
        let len = 2 + extended + if masked { 4 } else { 0 };
        if bytes.len() < len {
            return Err(len);
        }
        let payload = match extended {
            0 => u64::from(second & 0x7f),
            n => data.number(2, n).unwrap_or(0),
        };
        let key = masked.then(|| data.array(2 + extended)).flatten();
        Ok(Self {
            flags,
            masked,
            extended,
            key,
            payload,
        })
    }

    fn len(&self) -> usize {
        2 + self.extended + if self.masked { 4 } else { 0 }
    }

    fn opcode(&self) -> u8 {
        self.flags & 0x0f
    }

    fn fin(&self) -> bool {
        self.flags & 0x80 != 0
    }

    /// Does it look like one of this connection's, in its shortest form?
    fn is_plain(&self, direction: Direction, of: &WebSocket) -> bool {
        let least = match self.extended {
            0 => 0,
            2 => 126,
            _ => 1 << 16,
        };
        let control = self.opcode() >= 8;
        let flags = self.flags & 0x70;
        self.payload >= least
            && (flags == 0 || (flags == 0x40 && of.compressed))
            && (!control || (self.fin() && self.payload <= 125))
            && (!of.from_start || self.masked == (direction == Direction::Forward))
    }

    /// Are the codes and the length ones that the specification has?
    fn fits(&self) -> bool {
        matches!(self.opcode(), 0..=2 | 8..=10) && self.payload >> 63 == 0
    }
}

impl Framing for WebSocket {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        match Head::read(bytes) {
            Err(n) => Frame::More(n),
            Ok(head) if !head.fits() => Frame::Foreign,
            // Behind a loss nearly anything looks like a head: only what a careful sender writes is one.
            Ok(head) if at.lost && !head.is_plain(at.direction, self) => Frame::Foreign,
            Ok(head) => Frame::Whole(head.payload.saturating_add(head.len() as u64)),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let wanted = ctx.layer(&PROTOCOL, data.all());
        let Ok(head) = Head::read(data.bytes) else {
            if wanted {
                ctx.close();
            }
            return ctx.short();
        };
        let (control, first) = (head.opcode() >= 8, matches!(head.opcode(), 1 | 2));
        let compressed = head.flags & 0x40 != 0;
        self.compressed |= compressed && first;
        let way = m.direction.index();
        let text = &mut self.text[way];
        if first {
            *text = head.opcode() == 1 && !compressed;
            self.squeezed[way] = compressed.then_some(head.opcode());
        }
        let readable = *text && !control;
        let squeezed = self.squeezed[way].filter(|_| !control);
        let inflated = squeezed.and_then(|_| self.inflate(ctx, m, &head));
        if control && (!head.fin() || head.payload > 125) {
            ctx.anomaly(&CONTROL);
        }
        if self.from_start && head.masked != (m.direction == Direction::Forward) {
            ctx.anomaly(&MASKING);
        }
        if wanted {
            self.describe(ctx, data, &head, readable);
            if let Some(plain) = inflated.filter(|_| squeezed == Some(1)) {
                let source = ctx.source("Inflated WebSocket message", &plain);
                let data = Data {
                    bytes: &plain,
                    source,
                    start: 0,
                };
                let text = String::from_utf8_lossy(&plain);
                ctx.field(&TEXT, Value::Text(&text), data.all());
            }
            ctx.close();
        }
    }

    fn lost(&mut self, _: &mut Ctx<'_>, direction: Direction) {
        let way = direction.index();
        self.text[way] = false;
        self.squeezed[way] = None;
        self.inflating[way].lose();
    }

    fn held(&self) -> usize {
        self.inflating.iter().map(Inflating::held).sum()
    }
}

impl WebSocket {
    /// The message that ends with a frame, inflated.
    fn inflate(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, head: &Head) -> Option<Vec<u8>> {
        let inflating = &mut self.inflating[m.direction.index()];
        if inflating.lost {
            return None;
        }
        let raw = m.data.rest(head.len()).bytes;
        let read = if m.passed || (raw.len() as u64) < head.payload {
            inflating.lose();
            Err(())
        } else {
            let key = head.key.unwrap_or_default();
            let bytes = raw.iter().zip(key.iter().cycle()).map(|(b, k)| b ^ k);
            inflating.frame(&bytes.collect::<Vec<u8>>(), head.fin())
        };
        read.unwrap_or_else(|()| {
            ctx.limit(&INFLATED);
            None
        })
    }

    fn describe(&self, ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head, readable: bool) {
        ctx.flag(&FIN, data, 0, 1, 0x80);
        ctx.bits(&RSV, data, 0, 1, 0x70);
        if self.compressed {
            ctx.flag(&PMC, data, 0, 1, 0x40);
        }
        ctx.bits(&OPCODE, data, 0, 1, 0x0f);
        ctx.flag(&MASK, data, 1, 1, 0x80);
        ctx.bits(&LENGTH, data, 1, 1, 0x7f);
        match head.extended {
            2 => ctx.number(&LENGTH_16, data, 2, 2),
            8 => ctx.number(&LENGTH_64, data, 2, 8),
            _ => {}
        }
        if head.masked {
            ctx.bytes(&KEY, data, head.len() - 4, head.len());
        }
        let word = OPCODE.word(head.opcode().into()).unwrap_or("Unknown");
        let fin = if head.fin() { " [FIN]" } else { "" };
        let masked = if head.masked { " [MASKED]" } else { "" };
        ctx.info(format_args!("WebSocket {word}{fin}{masked}"));
        let raw = data.rest(head.len());
        if raw.is_empty() {
            return;
        }
        let Some(key) = head.key else {
            return payload(ctx, raw, head.opcode(), readable);
        };
        ctx.field(&MASKED, Value::None, raw.all());
        let plain: Vec<u8> = raw
            .bytes
            .iter()
            .zip(key.iter().cycle())
            .map(|(b, k)| b ^ k)
            .collect();
        let source = ctx.source("Unmasked data", &plain);
        let plain = Data {
            bytes: &plain,
            source,
            start: 0,
        };
        payload(ctx, plain, head.opcode(), readable);
    }
}

fn payload(ctx: &mut Ctx<'_>, data: Data<'_>, opcode: u8, readable: bool) {
    ctx.open(&PAYLOAD, Value::None, data.all());
    let text = |d: Data<'_>| String::from_utf8_lossy(d.bytes).into_owned();
    match opcode {
        8 => {
            ctx.open(&CLOSE, Value::None, data.all());
            ctx.number(&STATUS, data, 0, 2);
            let reason = data.rest(2);
            if !reason.is_empty() {
                ctx.field(&REASON, Value::Text(&text(reason)), reason.all());
            }
            ctx.close();
        }
        9 => ctx.bytes(&PING, data, 0, data.len()),
        10 => ctx.bytes(&PONG, data, 0, data.len()),
        _ if readable => ctx.field(&TEXT, Value::Text(&text(data)), data.all()),
        _ => {}
    }
    ctx.close();
}
