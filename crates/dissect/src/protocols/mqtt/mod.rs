//! MQTT (3.1.1 and 5.0): control packets, who connects, what topics are published and asked for. Reads no payloads.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use std::collections::VecDeque;
use weir_model::{Field, Holds, Kind, LimitKind, Value};

static MSGTYPE: Field = Field::new("mqtt.msgtype", Kind::Uint(8), "Message Type").values(&[
    (1, "Connect Command"),
    (2, "Connect Ack"),
    (3, "Publish Message"),
    (4, "Publish Ack"),
    (5, "Publish Received"),
    (6, "Publish Release"),
    (7, "Publish Complete"),
    (8, "Subscribe Request"),
    (9, "Subscribe Ack"),
    (10, "Unsubscribe Request"),
    (11, "Unsubscribe Ack"),
    (12, "Ping Request"),
    (13, "Ping Response"),
    (14, "Disconnect Req"),
    (15, "Authentication Exchange"),
]);
static HDRFLAGS: Field = Field::new("mqtt.hdrflags", Kind::Uint(8), "Header Flags").hex();
static RETAIN: Field = Field::new("mqtt.retain", Kind::Bool, "Retain");
static QOS: Field = Field::new("mqtt.qos", Kind::Uint(8), "QoS Level");
static SUB_QOS: Field = Field::new("mqtt.sub.qos", Kind::Uint(8), "Requested QoS");
static LEN: Field = Field::new("mqtt.len", Kind::Uint(64), "Msg Len");
static PROTO: Field = Field::new("mqtt.protoname", Kind::Text, "Protocol Name");
static VER: Field = Field::new("mqtt.ver", Kind::Uint(8), "Version");
static CLIENT: Field = Field::new("mqtt.clientid", Kind::Text, "Client ID").holds(Holds::Name);
static USERNAME: Field = Field::new("mqtt.username", Kind::Text, "User Name").holds(Holds::Name);
static TOPIC: Field = Field::new("mqtt.topic", Kind::Text, "Topic").holds(Holds::Name);
static CODE: Field = Field::new("mqtt.conack.val", Kind::Uint(8), "Return Code").values(&[
    (0, "Connection Accepted"),
    (1, "Connection Refused: unacceptable protocol version"),
    (2, "Connection Refused: identifier rejected"),
    (3, "Connection Refused: server unavailable"),
    (4, "Connection Refused: bad user name or password"),
    (5, "Connection Refused: not authorized"),
]);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "MQTT 5.0",
    over: &[Over::TcpPort(1883), Over::TlsPort(8883), Over::Alpn("mqtt")],
    fields: &[
        &HDRFLAGS, &MSGTYPE, &RETAIN, &QOS, &SUB_QOS, &LEN, &PROTO, &VER, &CLIENT, &USERNAME,
        &TOPIC, &CODE,
    ],
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    stream: Some(start),
    logs: &[
        Log::of::<Connect>(),
        Log::of::<Publish>(),
        Log::of::<Subscription>(),
    ],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("mqtt", "MQ Telemetry Transport Protocol", "MQTT")
};

row! {
    /// A connection to a broker. First: CONNECT; last: its answer.
    pub struct Connect of PROTOCOL {
        proto_name: Box<str> = "Name of the protocol",
        proto_version: u8 = "3: 3.1, 4: 3.1.1, 5: 5.0",
        client_id: Box<str> = "How the client calls itself",
        user: Box<str> = "As whom it logs in",
        connect_status: Option<u8> = "0: accepted",
    }
    |c| format!("{} as {:?}", c.client_id, c.user)
}

row! {
    /// A message published.
    pub struct Publish of PROTOCOL {
        topic: Box<str> = "Under which topic",
        qos: u8 = "How often it is to arrive: 0 at most once, 1 at least once, 2 once",
        retain: bool = "Kept by the broker?",
        payload_len: u64 = "Bytes of the packet behind its head",
    }
    |p| format!("{} ({} bytes)", p.topic, p.payload_len)
}

row! {
    /// A request for topics, or the end of one. First: SUBSCRIBE or UNSUBSCRIBE; last: its answer.
    pub struct Subscription of PROTOCOL {
        action: &'static str = "SUBSCRIBE or UNSUBSCRIBE",
        topics: Vec<Box<str>> = "Which topics, with their wildcards",
        qos_levels: Vec<u8> = "How often messages of each are to arrive",
        granted_qos_level: Option<u8> = "What the broker grants for the first of them; 128 and above: refused",
        ack: bool = "Did the broker answer?",
    }
    |s| format!("{} {}", s.action, s.topics.join(", "))
}

/// Topics kept of one request.
const TOPICS: usize = 64;
/// Requests that wait for their answers in one conversation.
const WAITING: usize = 64;

static MANY_TOPICS: LimitKind = LimitKind {
    id: "mqtt.topics",
    says: "a subscription had more topics than are kept",
    bound: TOPICS as u64,
    unit: "topics",
};

/// Bytes of a head at most: a type and a length of up to four bytes.
const HEAD: usize = 5;

/// Bytes of the head, and of what follows (section 2.1.4). `None` where the bytes do not tell yet.
fn length(b: &[u8]) -> Option<Option<(usize, u64)>> {
    let mut len = 0;
    for n in 1..HEAD {
        let byte = *b.get(n)?;
        len |= u64::from(byte & 0x7f) << (7 * (n - 1));
        if byte & 0x80 == 0 {
            return Some(Some((n + 1, len)));
        }
    }
    Some(None)
}

/// Flags that the type allows (section 2.1.3).
fn kind(first: u8) -> Option<u8> {
    let (kind, flags) = (first >> 4, first & 15);
    let right = match kind {
        0 => false,
        3 => flags & 6 != 6,
        6 | 8 | 10 => flags == 2,
        _ => flags == 0,
    };
    right.then_some(kind)
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.direction == Direction::Backward || p.bytes.first() != Some(&0x10) {
        return Certainty::No;
    }
    match length(p.bytes) {
        None => Certainty::More,
        Some(None) => Certainty::No,
        Some(Some((head, _))) => {
            let name = p.bytes.get(head..).unwrap_or_default();
            let names: [&[u8]; 2] = [b"\x00\x04MQTT", b"\x00\x06MQIsdp"];
            if names.iter().any(|w| name.starts_with(w)) {
                Certainty::Certain
            } else if names.iter().any(|w| w.starts_with(name)) {
                Certainty::More
            } else {
                Certainty::No
            }
        }
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let state = Mqtt {
        connect: None,
        version: 0,
        asked: VecDeque::new(),
    };
    Frames::boxed(state, start.from_start)
}

#[derive(Clone)]
struct Mqtt {
    connect: Option<u32>,
    /// As the client said; 0 where that was not seen.
    version: u8,
    /// Identifiers and rows of subscriptions that were not answered yet, the newest last.
    asked: VecDeque<(u16, u32)>,
}

/// A text with its length before it, and where the next thing stands.
fn text(data: Data<'_>, at: usize) -> Option<(Data<'_>, usize)> {
    let end = at + 2 + usize::from(data.u16(at)?);
    (end <= data.len()).then(|| (data.sub(at + 2, end), end))
}

/// A topic, whole: only what is kept of it is cut.
fn named(ctx: &mut Ctx<'_>, topic: Data<'_>) {
    let name = String::from_utf8_lossy(topic.bytes);
    ctx.field(&TOPIC, Value::Text(&name), topic.all());
}

/// The front of a text, to be kept.
fn word(data: Data<'_>) -> Box<str> {
    let bytes = data.bytes.get(..512).unwrap_or(data.bytes);
    String::from_utf8_lossy(bytes).into()
}

impl Framing for Mqtt {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.first().is_none_or(|b| kind(*b).is_none()) {
            return Frame::Foreign;
        }
        match length(bytes) {
            None => Frame::More(bytes.len() + 1),
            Some(None) => Frame::Foreign,
            Some(Some((head, len))) => Frame::Whole(head as u64 + len),
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        // Several messages of a segment are one line in the list of layers.
        let again = ctx.packet.layers.last() == Some(&PROTOCOL.id());
        let wanted = if again {
            ctx.layer_again(&PROTOCOL, data.all())
        } else {
            ctx.layer(&PROTOCOL, data.all())
        };
        let Some(Some((at, len))) = length(data.bytes) else {
            if wanted {
                ctx.close();
            }
            return ctx.short();
        };
        let first = data.u8(0).unwrap_or(0);
        let kind = first >> 4;
        if wanted {
            ctx.open(&HDRFLAGS, Value::Uint(first.into()), data.range(0, 1));
            ctx.bits(&MSGTYPE, data, 0, 1, 0xf0);
            // In 3.1 every packet has these bits; later they are reserved in all others.
            if kind == 3 || (self.version == 3 && matches!(kind, 6 | 8 | 10)) {
                ctx.bits(&QOS, data, 0, 1, 6);
            }
            if kind == 3 {
                ctx.flag(&RETAIN, data, 0, 1, 1);
            }
            ctx.close();
            ctx.field(&LEN, Value::Uint(len), data.range(1, at));
            if let Some(w) = MSGTYPE.word(kind.into()) {
                ctx.info(format_args!("{w}"));
            }
        }
        let whole = match kind {
            1 => self.connect(ctx, m, data.rest(at), wanted),
            2 => {
                if wanted {
                    ctx.number(&CODE, data, at + 1, 1);
                }
                let (code, now) = (data.u8(at + 1), (ctx.meta.packet, ctx.meta.time));
                ctx.update::<Connect>(self.connect, |c| {
                    c.connect_status = code;
                    (c.meta.last, c.meta.end) = now;
                });
                code
            }
            8 | 10 => self.topics(ctx, m, data.rest(at), (kind == 8, wanted)),
            9 | 11 => self.granted(ctx, data.rest(at), kind == 9),
            3 => publish(ctx, m, (data.rest(at), len, first), wanted),
            _ => Some(0),
        };
        if whole.is_none() {
            ctx.short();
        }
        if wanted {
            ctx.close();
        }
    }
}

fn publish(
    ctx: &mut Ctx<'_>,
    m: &Framed<'_>,
    (data, len, flags): (Data<'_>, u64, u8),
    wanted: bool,
) -> Option<u8> {
    let (topic, end) = text(data, 0)?;
    let name = word(topic);
    if wanted {
        named(ctx, topic);
    }
    let meta = ctx.message(m.direction, m.from);
    ctx.emit(Publish {
        meta,
        topic: name,
        qos: flags >> 1 & 3,
        retain: flags & 1 != 0,
        payload_len: len.saturating_sub(end as u64),
    });
    Some(0)
}

impl Mqtt {
    /// The topics of a subscription or of its end.
    fn topics(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        data: Data<'_>,
        (options, wanted): (bool, bool),
    ) -> Option<u8> {
        let id = data.u16(0)?;
        let mut at = self.behind(data, 2)?;
        let (mut topics, mut qos_levels) = (Vec::new(), Vec::new());
        let mut whole = Some(0);
        while at < data.len() {
            let Some((topic, end)) = text(data, at) else {
                whole = None;
                break;
            };
            if wanted {
                named(ctx, topic);
            }
            let kept = topics.len() < TOPICS;
            if kept {
                topics.push(word(topic));
            } else {
                ctx.limit(&MANY_TOPICS);
            }
            at = end;
            if options {
                if wanted {
                    ctx.bits(&SUB_QOS, data, at, 1, 3);
                }
                if let Some(level) = data.u8(at).filter(|_| kept) {
                    qos_levels.push(level & 3);
                }
                at += 1;
            }
        }
        let meta = ctx.message(m.direction, m.from);
        let row = ctx.emit(Subscription {
            meta,
            action: if options { "SUBSCRIBE" } else { "UNSUBSCRIBE" },
            topics,
            qos_levels,
            granted_qos_level: None,
            ack: false,
        });
        if let Some(row) = row {
            if self.asked.len() == WAITING {
                self.asked.pop_front();
            }
            self.asked.push_back((id, row));
        }
        whole
    }

    /// Behind the properties that 5.0 has at `at`, of a length below 128 mostly.
    fn behind(&self, data: Data<'_>, at: usize) -> Option<usize> {
        if self.version == 5 {
            Some(at + 1 + usize::from(data.u8(at)?))
        } else {
            Some(at)
        }
    }

    /// The broker answers a subscription or its end.
    fn granted(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>, options: bool) -> Option<u8> {
        let id = data.u16(0)?;
        let place = self.asked.iter().position(|(asked, _)| *asked == id);
        let row = place.and_then(|n| self.asked.remove(n)).map(|(_, row)| row);
        let level = self.behind(data, 2).and_then(|at| data.u8(at));
        let now = (ctx.meta.packet, ctx.meta.time);
        ctx.update::<Subscription>(row, |s| {
            s.ack = true;
            s.granted_qos_level = level.filter(|_| options);
            (s.meta.last, s.meta.end) = now;
        });
        Some(0)
    }

    fn connect(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        data: Data<'_>,
        wanted: bool,
    ) -> Option<u8> {
        let (name, at) = text(data, 0)?;
        let version = data.u8(at)?;
        let flags = data.u8(at + 1)?;
        let proto = word(name);
        self.version = version;
        if wanted {
            ctx.field(&PROTO, Value::Text(&proto), name.all());
            ctx.number(&VER, data, at, 1);
        }
        // Behind flags and keep-alive; 5.0 has properties there, of a length below 128 mostly.
        let mut next = at + 4;
        if version == 5 {
            next += 1 + usize::from(data.u8(next)?);
        }
        let (client, mut next) = text(data, next)?;
        let client_id = word(client);
        if wanted {
            ctx.field(&CLIENT, Value::Text(&client_id), client.all());
        }
        // A will has properties in 5.0, a topic and a payload.
        if flags & 4 != 0 {
            if version == 5 {
                next += 1 + usize::from(data.u8(next)?);
            }
            next = text(data, next)?.1;
            next = text(data, next)?.1;
        }
        let mut user = Box::default();
        if flags & 0x80 != 0 {
            let (name, _) = text(data, next)?;
            user = word(name);
            if wanted {
                ctx.field(&USERNAME, Value::Text(&user), name.all());
            }
        }
        let meta = ctx.message(m.direction, m.from);
        self.connect = ctx.emit(Connect {
            meta,
            proto_name: proto,
            proto_version: version,
            client_id,
            user,
            connect_status: None,
        });
        Some(version)
    }
}
