//! ISO transport over TCP (RFC 1006): packets with their length, the connection request of RDP in the first of them
//! ([MS-RDPBCGR] section 2.2.1.1) with its cookie and the security it asks for, T.125 inside. Of what RDP says on its
//! fast path (section 2.2.8.1.2) the head is read.

mod mcs;
#[cfg(test)]
mod sample;
mod settings;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use crate::registry::registry;
pub use settings::ServerCertificate;
use weir_model::{Field, Holds, Kind, Value};

static VERSION: Field = Field::new("tpkt.version", Kind::Uint(8), "Version");
static RESERVED: Field = Field::new("tpkt.reserved", Kind::Uint(8), "Reserved");
static LENGTH: Field = Field::new("tpkt.length", Kind::Uint(16), "Length");
static CONTINUATION: Field =
    Field::new("tpkt.continuation_data", Kind::Bytes, "Continuation data").holds(Holds::Content);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 1006",
    over: &[Over::TcpPort(3389), Over::TcpPort(102)],
    fields: &[&VERSION, &RESERVED, &LENGTH, &CONTINUATION],
    probe: Some(probe),
    stream: Some(start),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("tpkt", "TPKT, Version: 3", "TPKT")
};

static LI: Field = Field::new("cotp.li", Kind::Uint(8), "Length");
static TYPE: Field = Field::new("cotp.type", Kind::Uint(8), "PDU Type")
    .hex()
    .values(&[
        (0x07, "RJ Reject"),
        (0x08, "DR Disconnect Request"),
        (0x0c, "DC Disconnect Confirm"),
        (0x0d, "CC Connect Confirm"),
        (0x0e, "CR Connect Request"),
        (0x0f, "DT Data"),
    ]);

/// ISO 8073, as far as RFC 1006 needs it.
pub static PROTOCOL_COTP: Protocol = Protocol {
    spec: "ISO 8073",
    fields: &[&LI, &TYPE],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    anomalies: &[&MALFORMED],
    ..Protocol::new(
        "cotp",
        "ISO 8073/X.224 COTP Connection-Oriented Transport Protocol",
        "COTP",
    )
};

/// Connections and channels, as far as RDP uses them.
pub static PROTOCOL_T125: Protocol = Protocol {
    spec: "ITU-T T.125",
    anomalies: &[&MALFORMED],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("t125", "MULTIPOINT-COMMUNICATION-SERVICE T.125", "T.125")
};

/// The conference that a connection opens.
pub static PROTOCOL_T124: Protocol = Protocol {
    spec: "ITU-T T.124",
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("t124", "GENERIC-CONFERENCE-CONTROL T.124", "T.124")
};

static HEADER: Field = Field::new("rdp.fastpath.header", Kind::Uint(8), "Header").hex();
static PDU_LENGTH: Field = Field::new("rdp.fastpathPDULength", Kind::Uint(16), "fastpathPDULength");

static COOKIE: Field = Field::new("rdp.rt_cookie", Kind::Text, "Routing Token/Cookie")
    .holds(Holds::Name)
    .spec("[MS-RDPBCGR] 2.2.1.1");
static NEG_TYPE: Field = Field::new("rdp.neg_type", Kind::Uint(8), "Type").hex();
static REQUESTED: Field = Field::new(
    "rdp.client.requestedProtocols",
    Kind::Uint(32),
    "clientRequestedProtocols",
)
.hex();
static NEG_REQUESTED: Field = Field::new(
    "rdp.negReq.requestedProtocols",
    Kind::Uint(32),
    "requestedProtocols",
)
.hex();
static SELECTED: Field = Field::new(
    "rdp.negReq.selectedProtocol",
    Kind::Uint(32),
    "selectedProtocol",
)
.values(SECURITY);

/// [MS-RDPBCGR] section 2.2.1.2.1.
static SECURITY: &[(u64, &str)] = &[
    (0, "Standard RDP Security"),
    (1, "TLS"),
    (2, "CredSSP"),
    (4, "RDSTLS"),
    (8, "CredSSP with Early User Authorization Result"),
];

/// The connection's first packets, data of its channels, its fast path.
pub static PROTOCOL_RDP: Protocol = Protocol {
    spec: "[MS-RDPBCGR]",
    fields: mcs::FIELDS,
    logs: &[Log::of::<Session>(), Log::of::<ServerCertificate>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("rdp", "Remote Desktop Protocol", "RDP")
};

row! {
    /// A connection to a remote desktop.
    pub struct Session of PROTOCOL_RDP {
        cookie: Box<str> = "Name the client gives, cut by it to nine letters mostly",
        security_protocol: Box<str> = "Security both agreed on",
        result: Box<str> = "What came of the negotiation",
        client_name: Box<str> = "How the client's computer calls itself",
        desktop_width: Option<u16> = "Width of the desktop asked for",
        desktop_height: Option<u16> = "Its height",
        cert_type: &'static str = "Server's certificates outside TLS: RSA, a key of its own kind, or X.509",
        cert_count: Option<u32> = "How many",
        encryption_level: &'static str = "How much of RDP's own encryption is on",
        encryption_method: &'static str = "Which",
    }
    |s| format!("{} ({})", s.cookie, s.security_protocol)
}

/// Bytes of the head.
const HEAD: usize = 4;
/// Bytes of a cookie that are kept.
const COOKIE_BYTES: usize = 256;

/// Head of a packet, and a COTP type that exists behind it.
fn packet(b: &[u8]) -> Option<u16> {
    let [3, 0, high, low] = *b.first_chunk::<HEAD>()? else {
        return None;
    };
    let len = u16::from_be_bytes([high, low]);
    let known = match b.get(HEAD..HEAD + 2) {
        Some([li, kind]) => {
            *li >= 2 && u16::from(*li) + 5 <= len && matches!(kind >> 4, 5..=8 | 0xc..=0xf)
        }
        _ => true,
    };
    (len >= 7 && known).then_some(len)
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.bytes.len() < HEAD + 2 {
        return if b"\x03\x00".starts_with(p.bytes.get(..2).unwrap_or(p.bytes)) {
            Certainty::More
        } else {
            Certainty::No
        };
    }
    match (packet(p.bytes), p.bytes.get(HEAD + 1)) {
        // A connection request, a whole packet.
        (Some(n), Some(0xe0)) if usize::from(n) == p.bytes.len() => Certainty::Certain,
        (Some(_), _) => Certainty::Unsure,
        _ => Certainty::No,
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Tpkt::default(), start.from_start)
}

#[derive(Clone, Default)]
struct Tpkt {
    /// A packet was read.
    seen: bool,
    /// What is looked at is a message of the fast path.
    fast: bool,
    session: Option<Box<Session>>,
    conference: mcs::Conference,
    /// Where its row stands, once it is told.
    row: Option<u32>,
}

/// Is a whole segment one message of the fast path ([MS-RDPBCGR] section 2.2.8.1.2)? Its length counts all of it.
fn fast_path(segment: &[u8]) -> bool {
    match *segment {
        [head, len @ 1..0x80, _, ..] => head & 3 == 0 && usize::from(len) == segment.len(),
        [head, high @ 0x80..=0xff, low, ..] => {
            head & 3 == 0 && usize::from(high & 0x7f) << 8 | usize::from(low) == segment.len()
        }
        _ => false,
    }
}

impl Framing for Tpkt {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD && bytes.first() == Some(&3) {
            return Frame::More(HEAD);
        }
        if let Some(len) = packet(bytes) {
            return Frame::Whole(len.into());
        }
        // The fast path, or what nobody can tell: as far as the segment goes.
        if self.seen && !at.lost {
            let segment = bytes.get(..at.segment).unwrap_or(bytes);
            self.fast = at.begins && fast_path(segment);
            Frame::Whole(segment.len() as u64)
        } else {
            Frame::Foreign
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        if packet(data.bytes).is_none() {
            return self.loose(ctx, data);
        }
        self.seen = true;
        if ctx.layer(&PROTOCOL, data.range(0, HEAD)) {
            ctx.number(&VERSION, data, 0, 1);
            ctx.number(&RESERVED, data, 1, 1);
            ctx.number(&LENGTH, data, 2, 2);
            ctx.close();
        }
        let cotp = data.rest(HEAD);
        let kind = cotp.u8(1).map_or(0, |k| k >> 4);
        let end = cotp.u8(0).map_or(0, |n| usize::from(n) + 1);
        let variable = cotp.sub(7, end);
        let rdp = matches!(variable.u8(0), Some(1..=3 | b'C' | b'm' | b't'));
        let connects = matches!(kind, 0xd | 0xe);
        if ctx.layer(&PROTOCOL_COTP, cotp.range(0, end)) {
            ctx.number(&LI, cotp, 0, 1);
            ctx.bits(&TYPE, cotp, 1, 1, 0xf0);
            if let Some(word) = TYPE.word(kind.into()) {
                ctx.info(format_args!("{word}"));
            }
            ctx.close();
        }
        // Behind destination, source and class the connection packets carry RDP's negotiation, or parameters.
        if connects && rdp {
            self.negotiate(ctx, m, variable, kind == 0xe);
        } else if connects && !parameters(variable) {
            ctx.short();
        }
        let user = cotp.rest(end);
        if kind == 0xf && mcs::is_t125(user) {
            self.conference.message(ctx, self.row, user);
        }
    }

    fn close(&mut self, ctx: &mut Ctx<'_>, direction: Direction, _: crate::protocol::Close) {
        if direction == Direction::Forward
            && let Some(session) = self.session.take()
        {
            self.row = ctx.emit(*session);
        }
    }
}

/// Do all parameters end where the header does (ISO 8073 section 13.2.3)?
fn parameters(mut rest: Data<'_>) -> bool {
    while let Some(len) = rest.u8(1) {
        let end = 2 + usize::from(len);
        if end > rest.len() {
            return false;
        }
        rest = rest.rest(end);
    }
    rest.is_empty()
}

impl Tpkt {
    /// A segment, or the rest of one, that begins no packet.
    fn loose(&self, ctx: &mut Ctx<'_>, data: Data<'_>) {
        if !self.fast {
            if ctx.layer(&PROTOCOL, data.all()) {
                ctx.bytes(&CONTINUATION, data, 0, data.len());
                ctx.info(format_args!("Continuation"));
                ctx.close();
            }
            return;
        }
        ctx.pass_through(&PROTOCOL);
        if ctx.layer(&PROTOCOL_RDP, data.all()) {
            ctx.number(&HEADER, data, 0, 1);
            let long = data.u8(1).is_some_and(|n| n & 0x80 != 0);
            let bytes = if long { 2 } else { 1 };
            ctx.field(
                &PDU_LENGTH,
                Value::Uint(data.len() as u64),
                data.range(1, 1 + bytes),
            );
            ctx.info(format_args!("Fast-Path PDU"));
            ctx.close();
        }
    }

    fn negotiate(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, data: Data<'_>, asks: bool) {
        let wanted = ctx.layer(&PROTOCOL_RDP, data.all());
        let line = memchr::memmem::find(data.bytes, b"\r\n").filter(|_| asks);
        let cookie =
            String::from_utf8_lossy(data.bytes.get(..line.unwrap_or(0)).unwrap_or_default());
        if wanted && line.is_some() {
            ctx.field(&COOKIE, Value::Text(&cookie), data.range(0, cookie.len()));
            ctx.info(format_args!("{cookie}, Negotiate Request"));
        }
        let rest = data.rest(line.map_or(0, |n| n + 2));
        // Type, flags, a length of eight, a number of four bytes in little-endian order.
        let [kind, _, 8, 0, a, b, c, d] = rest.array::<8>(0).unwrap_or_default() else {
            if wanted {
                ctx.close();
            }
            return self.note(ctx, m, &cookie, None, asks);
        };
        let value = u32::from_le_bytes([a, b, c, d]);
        if wanted {
            ctx.number(&NEG_TYPE, rest, 0, 1);
            let field = match kind {
                1 => Some(&NEG_REQUESTED),
                2 => Some(&SELECTED),
                _ => None,
            };
            if let Some(field) = field {
                ctx.field(field, Value::Uint(value.into()), rest.range(4, 8));
            }
            ctx.close();
        }
        self.note(ctx, m, &cookie, Some((kind, value)), asks);
    }

    fn note(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        cookie: &str,
        answer: Option<(u8, u32)>,
        asks: bool,
    ) {
        if asks && self.session.is_none() {
            let name = cookie.split_once("mstshash=").map_or(cookie, |(_, n)| n);
            let name = name.get(..COOKIE_BYTES).unwrap_or(name).trim();
            self.session = Some(Box::new(Session {
                meta: ctx.message(m.direction, m.from),
                cookie: name.into(),
                security_protocol: Box::default(),
                result: Box::default(),
                client_name: Box::default(),
                desktop_width: None,
                desktop_height: None,
                cert_type: "",
                cert_count: None,
                encryption_level: "",
                encryption_method: "",
            }));
            return;
        }
        let Some(session) = self.session.as_mut().filter(|_| !asks) else {
            return;
        };
        let at = (ctx.meta.packet, ctx.meta.time);
        (session.meta.last, session.meta.end) = at;
        let (word, result) = match answer {
            Some((3, _)) => ("", "refused"),
            Some((_, n)) => (SELECTED.word(n.into()).unwrap_or("unknown"), "agreed"),
            None => ("Standard RDP Security", "agreed"),
        };
        session.security_protocol = word.into();
        session.result = result.into();
        let session = self.session.take();
        if let Some(session) = session {
            self.row = ctx.emit(*session);
        }
        if matches!(answer, Some((2, 1 | 2 | 4 | 8))) {
            ctx.hand_over(registry().named("tls"));
        }
    }
}
