//! LDAP (RFC 4511) over TCP, and over UDP: operations with their results, who binds as whom. Reads what stands at the front of an
//! operation and what a search looks for, no attributes; what SASL wraps is counted.

mod filter;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::ber::{self, Tlv};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::flow::FlowState;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Direction, Log, Over, Probe, Protocol, Start, StreamDissector};
use crate::protocols::gss_api;
use crate::protocols::ntlmssp::{self, Exchange};
use std::any::Any;
use weir_model::{Field, Holds, Kind, LimitKind, PacketRef, Timestamp, Value};

static MESSAGE_ID: Field = Field::new("ldap.messageID", Kind::Uint(32), "messageID");
static OPERATION: Field = Field::new("ldap.protocolOp", Kind::Uint(32), "protocolOp").values(&[
    (0, "bindRequest"),
    (1, "bindResponse"),
    (2, "unbindRequest"),
    (3, "searchRequest"),
    (4, "searchResEntry"),
    (5, "searchResDone"),
    (6, "modifyRequest"),
    (7, "modifyResponse"),
    (8, "addRequest"),
    (9, "addResponse"),
    (10, "delRequest"),
    (11, "delResponse"),
    (12, "modDNRequest"),
    (13, "modDNResponse"),
    (14, "compareRequest"),
    (15, "compareResponse"),
    (16, "abandonRequest"),
    (19, "searchResRef"),
    (23, "extendedReq"),
    (24, "extendedResp"),
    (25, "intermediateResponse"),
]);
static VERSION: Field = Field::new("ldap.version", Kind::Uint(8), "version");
static NAME: Field = Field::new("ldap.name", Kind::Text, "name").holds(Holds::Name);
static AUTHENTICATION: Field = Field::new("ldap.authentication", Kind::Uint(32), "authentication")
    .values(&[
        (0, "simple"),
        (1, "ntlmsspNegotiate"),
        (2, "ntlmsspAuth"),
        (3, "sasl"),
    ]);
static SIMPLE: Field = Field::new("ldap.simple", Kind::Text, "simple").holds(Holds::Secret);
static MECHANISM: Field = Field::new("ldap.mechanism", Kind::Text, "mechanism");
static BASE: Field = Field::new("ldap.baseObject", Kind::Text, "baseObject").holds(Holds::Name);
static SCOPE: Field = Field::new("ldap.scope", Kind::Uint(32), "scope").values(&[
    (0, "baseObject"),
    (1, "singleLevel"),
    (2, "wholeSubtree"),
]);
static OBJECT: Field = Field::new("ldap.objectName", Kind::Text, "objectName").holds(Holds::Name);
static RESULT: Field = Field::new("ldap.resultCode", Kind::Uint(32), "resultCode").values(RESULTS);
static ERROR: Field = Field::new("ldap.errorMessage", Kind::Text, "errorMessage");
static REQUEST_NAME: Field = Field::new("ldap.requestName", Kind::Text, "requestName");

/// RFC 4511 appendix A.
static RESULTS: &[(u64, &str)] = &[
    (0, "success"),
    (1, "operationsError"),
    (2, "protocolError"),
    (3, "timeLimitExceeded"),
    (4, "sizeLimitExceeded"),
    (5, "compareFalse"),
    (6, "compareTrue"),
    (7, "authMethodNotSupported"),
    (8, "strongAuthRequired"),
    (10, "referral"),
    (11, "adminLimitExceeded"),
    (13, "confidentialityRequired"),
    (14, "saslBindInProgress"),
    (16, "noSuchAttribute"),
    (32, "noSuchObject"),
    (34, "invalidDNSyntax"),
    (48, "inappropriateAuthentication"),
    (49, "invalidCredentials"),
    (50, "insufficientAccessRights"),
    (51, "busy"),
    (52, "unavailable"),
    (53, "unwillingToPerform"),
    (68, "entryAlreadyExists"),
    (80, "other"),
];

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4511",
    over: &[
        Over::TcpPort(389),
        Over::TcpPort(3268),
        Over::TlsPort(636),
        Over::TlsPort(3269),
    ],
    fields: &[
        &MESSAGE_ID,
        &OPERATION,
        &VERSION,
        &NAME,
        &AUTHENTICATION,
        &SIMPLE,
        &MECHANISM,
        &BASE,
        &SCOPE,
        &OBJECT,
        &RESULT,
        &ERROR,
        &REQUEST_NAME,
    ],
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    stream: Some(start),
    logs: &[Log::of::<Operation>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("ldap", "Lightweight Directory Access Protocol", "LDAP")
};

/// The same over UDP (MS-ADTS section 6.3.3), as a domain's controllers are looked for.
pub static PROTOCOL_CLDAP: Protocol = Protocol {
    spec: "RFC 1798",
    over: &[Over::UdpPort(389)],
    fields: PROTOCOL.fields,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(datagram),
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new(
        "cldap",
        "Connectionless Lightweight Directory Access Protocol",
        "CLDAP",
    )
};

row! {
    /// An operation and its result. First: the request; last: what ended it.
    pub struct Operation of PROTOCOL {
        message_id: u64 = "Its number in the connection",
        opcode: &'static str = "What was asked",
        object: Box<str> = "Of what: the name bound as, the base searched, the entry changed",
        argument: Box<str> = "How: scope or mechanism",
        filter: Box<str> = "What is looked for (RFC 4515), as far as it is kept",
        entries: u64 = "Entries that came back",
        result: Option<Box<str>> = "Its result",
        diagnostic_message: Box<str> = "What the server says about it",
    }
    |o| format!("{} {} → {}", o.opcode, o.object, o.result.as_deref().unwrap_or("no result"))
}

/// Bytes of a name that are kept.
const NAME_BYTES: usize = 512;
/// Requests without a result that are kept.
const OPEN: usize = 64;

static MANY: LimitKind = LimitKind {
    id: "ldap.open",
    says: "more LDAP operations of one connection waited for a result than are kept",
    bound: OPEN as u64,
    unit: "operations",
};

/// Bytes of the length before what SASL wraps (RFC 4422 section 3.7).
const WRAP: usize = 4;
/// The longest that is believed.
const LONGEST: u64 = 16 << 20;

mod op {
    pub(super) const BIND: u8 = 0;
    pub(super) const BIND_RESPONSE: u8 = 1;
    pub(super) const UNBIND: u8 = 2;
    pub(super) const SEARCH: u8 = 3;
    pub(super) const ENTRY: u8 = 4;
    pub(super) const REFERENCE: u8 = 19;
    pub(super) const ABANDON: u8 = 16;
    pub(super) const DELETE: u8 = 10;
    pub(super) const EXTENDED: u8 = 23;
}

/// Does a message begin here? A sequence that begins with a number, then an application tag.
fn begins(b: &[u8]) -> Option<bool> {
    let Some((tag, head, _)) = ber::head(b) else {
        return if b.len() < ber::HEAD && b.first() == Some(&0x30) {
            None
        } else {
            Some(false)
        };
    };
    let inner = b.get(head..).unwrap_or_default();
    match *inner {
        _ if tag != 0x30 => Some(false),
        [2, n @ 1..=4, ..] => inner.get(2 + usize::from(n)).map(|op| op & 0xc0 == 0x40),
        [_, _, ..] => Some(false),
        _ => None,
    }
}

fn probe(p: &Probe<'_>) -> Certainty {
    match begins(p.bytes) {
        None => Certainty::More,
        Some(true) => Certainty::Unsure,
        Some(false) => Certainty::No,
    }
}

/// Messages of one datagram, of which an answer has several.
fn datagram(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if begins(data.bytes) != Some(true) {
        return ctx.unknown(data);
    }
    let wanted = ctx.layer(&PROTOCOL_CLDAP, data.all());
    let mut state = ctx
        .flow_state::<Ldap, _>(std::mem::take)
        .unwrap_or_default();
    let whole = Framed {
        direction: ctx.packet.flow.map_or(Direction::Forward, |f| f.1),
        data,
        from: (ctx.meta.packet, ctx.meta.time),
        offset: 0,
        passed: false,
    };
    state.messages(ctx, &whole, wanted);
    ctx.flow_state::<Ldap, _>(|s| *s = state);
    if wanted {
        ctx.close();
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Ldap::default(), start.from_start)
}

#[derive(Clone, Debug)]
struct Open {
    id: u64,
    op: u8,
    object: Box<str>,
    argument: Box<str>,
    filter: Box<str>,
    entries: u64,
    from: (PacketRef, Timestamp),
}

#[derive(Clone, Default)]
struct Ldap {
    open: Vec<Open>,
    login: Exchange,
}

fn cut(text: &str) -> Box<str> {
    let mut end = text.len().min(NAME_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().into()
}

impl FlowState for Ldap {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Framing for Ldap {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.first() == Some(&0x30) {
            return match (begins(bytes), ber::head(bytes)) {
                (Some(false), _) => Frame::Foreign,
                (_, None) => Frame::More(bytes.len() + 1),
                (_, Some((_, head, len))) if len <= LONGEST => Frame::Whole(head as u64 + len),
                _ => Frame::Foreign,
            };
        }
        // Wrapped: a length, and then no LDAP.
        match bytes.first_chunk::<WRAP>() {
            None if bytes.first() == Some(&0) => Frame::More(WRAP),
            None => Frame::Foreign,
            Some(len) => {
                let len = u64::from(u32::from_be_bytes(*len));
                if len > 1 && len <= LONGEST {
                    Frame::Whole(WRAP as u64 + len)
                } else {
                    Frame::Foreign
                }
            }
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let wanted = ctx.layer(&PROTOCOL, m.data.all());
        if m.data.bytes.first() == Some(&0x30) {
            self.read(ctx, m, wanted);
        } else {
            if wanted {
                ctx.info(format_args!("SASL wrapped"));
            }
            // What is signed and not sealed can be read.
            if let Some(clear) = gss_api::wrapped(ctx, m.data.rest(WRAP)) {
                self.messages(ctx, &Framed { data: clear, ..*m }, wanted);
            }
        }
        if wanted {
            ctx.close();
        }
    }
}

impl Ldap {
    /// Messages one after the other.
    fn messages(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let mut at = 0;
        while let Some((0x30, head, len)) = ber::head(m.data.rest(at).bytes) {
            let rest = m.data.rest(at);
            let len = usize::try_from(len).unwrap_or(usize::MAX);
            let end = head.saturating_add(len).min(rest.len());
            let data = rest.sub(0, end);
            self.read(ctx, &Framed { data, ..*m }, wanted);
            at += end;
        }
    }

    fn read(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, wanted: bool) {
        let whole = Tlv::read(m.data);
        let mut parts = whole.iter().flat_map(Tlv::inner);
        let (Some(id), Some(body)) = (parts.next(), parts.next()) else {
            return ctx.short();
        };
        let number = id.number().unwrap_or(0);
        let op = body.tag & 0x1f;
        if wanted {
            ctx.field(&MESSAGE_ID, Value::Uint(number), id.body.all());
            let range = body.body.all();
            ctx.field(&OPERATION, Value::Uint(u64::from(op)), range);
            if let Some(word) = OPERATION.word(u64::from(op)) {
                ctx.info(format_args!("{word}({number})"));
            }
        }
        let asks = m.direction == Direction::Forward;
        let first = body.inner().next();
        if asks {
            self.request(ctx, m, (number, op), &body, wanted);
        } else if matches!(op, op::ENTRY | op::REFERENCE) {
            if let Some(open) = self.open.iter_mut().find(|o| o.id == number) {
                open.entries += u64::from(op == op::ENTRY);
            }
            if wanted && let Some(name) = first.filter(|_| op == op::ENTRY) {
                ctx.field(&OBJECT, Value::Text(&name.text()), name.body.all());
            }
        } else {
            self.result(ctx, number, &body, wanted);
        }
    }

    fn request(
        &mut self,
        ctx: &mut Ctx<'_>,
        m: &Framed<'_>,
        (id, op): (u64, u8),
        body: &Tlv<'_>,
        wanted: bool,
    ) {
        let mut parts = body.inner();
        let mut argument = String::new();
        let mut looked_for = String::new();
        let object;
        match op {
            op::BIND => {
                let (version, name, auth) = (parts.next(), parts.next(), parts.next());
                object = name.map(|n| n.text()).unwrap_or_default();
                let kind = auth.map_or(0, |a| a.tag & 0x1f);
                if wanted {
                    if let Some(v) = version {
                        ctx.field(&VERSION, Value::Uint(v.number().unwrap_or(0)), v.body.all());
                    }
                    if let Some(n) = name {
                        ctx.field(&NAME, Value::Text(&object), n.body.all());
                    }
                    if let Some(a) = auth {
                        ctx.field(&AUTHENTICATION, Value::Uint(kind.into()), a.body.all());
                    }
                }
                match auth {
                    Some(a) if kind == 0 => {
                        argument = "simple".into();
                        if wanted {
                            ctx.field(&SIMPLE, Value::Text(&a.text()), a.body.all());
                        }
                    }
                    Some(a) => {
                        let mechanism = a.only().filter(|_| kind == 3);
                        argument = mechanism.map_or_else(|| "ntlm".into(), |t| t.text());
                        if wanted && let Some(t) = mechanism {
                            ctx.field(&MECHANISM, Value::Text(&argument), t.body.all());
                        }
                        // The token: behind the mechanism, or all there is of Microsoft's own way.
                        let token = match mechanism {
                            Some(_) => a.inner().nth(1).filter(|t| t.tag == 4).map(|t| t.body),
                            None => Some(a.body),
                        };
                        if let Some(token) = token {
                            gss_api::blob(ctx, token, &mut self.login);
                        }
                    }
                    None => {}
                }
            }
            op::SEARCH => {
                let (base, scope) = (parts.next(), parts.next());
                object = base.map(|b| b.text()).unwrap_or_default();
                let n = scope.and_then(|s| s.number()).unwrap_or(0);
                argument = SCOPE.word(n).unwrap_or_default().into();
                // Behind it: aliases, two limits, whether only types are wanted.
                looked_for = parts.nth(4).map(|f| filter::text(&f)).unwrap_or_default();
                if wanted {
                    if let Some(b) = base {
                        ctx.field(&BASE, Value::Text(&object), b.body.all());
                    }
                    if let Some(s) = scope {
                        ctx.field(&SCOPE, Value::Uint(n), s.body.all());
                    }
                }
            }
            op::DELETE => object = body.text(),
            op::EXTENDED => {
                let name = parts.next();
                object = name.map(|n| n.text()).unwrap_or_default();
                if wanted && let Some(n) = name {
                    ctx.field(&REQUEST_NAME, Value::Text(&object), n.body.all());
                }
            }
            // Nobody answers these.
            op::UNBIND | op::ABANDON => {
                let meta = ctx.message(m.direction, m.from);
                ctx.emit(Operation {
                    meta,
                    message_id: id,
                    opcode: OPERATION.word(u64::from(op)).unwrap_or_default(),
                    object: Box::default(),
                    argument: Box::default(),
                    filter: Box::default(),
                    entries: 0,
                    result: None,
                    diagnostic_message: Box::default(),
                });
                return;
            }
            _ => object = parts.next().map(|n| n.text()).unwrap_or_default(),
        }
        if self.open.len() >= OPEN {
            ctx.limit(&MANY);
            self.open.remove(0);
        }
        self.open.push(Open {
            id,
            op,
            object: cut(&object),
            argument: cut(&argument),
            filter: cut(&looked_for),
            entries: 0,
            from: m.from,
        });
    }

    fn result(&mut self, ctx: &mut Ctx<'_>, id: u64, body: &Tlv<'_>, wanted: bool) {
        let mut parts = body.inner();
        let (code, name, text) = (parts.next(), parts.next(), parts.next());
        let value = code.and_then(|c| c.number());
        if body.tag & 0x1f == op::BIND_RESPONSE {
            // Of the two ways, one has a part of its own for the token, the other puts it into a name.
            let own = body.find(0x87).map(|t| t.body);
            let name = name.filter(|n| n.body.bytes.starts_with(ntlmssp::MAGIC));
            if let Some(token) = own.or(name.map(|n| n.body)) {
                gss_api::blob(ctx, token, &mut self.login);
            }
            // 14: the log-on goes on.
            if value != Some(14) {
                self.login.finish(ctx, Some(value == Some(0)));
            }
        }
        let said = text.map(|t| t.text()).unwrap_or_default();
        if wanted {
            if let (Some(c), Some(n)) = (code, value) {
                ctx.field(&RESULT, Value::Uint(n), c.body.all());
            }
            if let Some(t) = text {
                ctx.field(&ERROR, Value::Text(&said), t.body.all());
            }
        }
        let Some(n) = self.open.iter().position(|o| o.id == id) else {
            return;
        };
        let open = self.open.remove(n);
        // STARTTLS (RFC 4511 section 4.14).
        if open.op == op::EXTENDED && &*open.object == "1.3.6.1.4.1.1466.20037" && value == Some(0)
        {
            ctx.hand_over(crate::registry::registry().named("tls"));
        }
        let mut meta = ctx.message(Direction::Forward, open.from);
        meta.last = ctx.meta.packet;
        let word = value.map(|n| RESULT.word(n).map_or_else(|| n.to_string(), str::to_owned));
        ctx.emit(Operation {
            meta,
            message_id: id,
            opcode: OPERATION.word(u64::from(open.op)).unwrap_or_default(),
            object: open.object,
            argument: open.argument,
            filter: open.filter,
            entries: open.entries,
            result: word.map(Into::into),
            diagnostic_message: cut(&said),
        });
    }
}
