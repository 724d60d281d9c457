//! DCE/RPC (C706 chapter 12), over connections: fragments with their heads, the interfaces that are bound, which
//! operation is called; and over datagrams. Reads no arguments.

mod datagram;
mod interfaces;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::anomaly::AnomalyKind;
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{
    Certainty, Log, Over, Probe, Protocol, Severity, Start, StreamDissector, Transport,
};
use crate::protocols::gss_api;
use crate::protocols::ntlmssp::{self, Exchange};
use std::fmt::Write as _;
use weir_model::{Duration, Field, Kind, LimitKind, PacketRef, Timestamp, Value};

static VER: Field = Field::new("dcerpc.ver", Kind::Uint(8), "Version");
static VER_MINOR: Field = Field::new("dcerpc.ver_minor", Kind::Uint(8), "Version (minor)");
static PKT_TYPE: Field = Field::new("dcerpc.pkt_type", Kind::Uint(8), "Packet type").values(&[
    (0, "Request"),
    (1, "Ping"),
    (2, "Response"),
    (3, "Fault"),
    (4, "Working"),
    (5, "Nocall"),
    (6, "Reject"),
    (7, "Ack"),
    (8, "Cl_cancel"),
    (9, "Fack"),
    (10, "Cancel_ack"),
    (11, "Bind"),
    (12, "Bind_ack"),
    (13, "Bind_nak"),
    (14, "Alter_context"),
    (15, "Alter_context_resp"),
    (16, "AUTH3"),
    (17, "Shutdown"),
    (18, "Co_cancel"),
    (19, "Orphaned"),
]);
static FLAGS: Field = Field::new("dcerpc.cn_flags", Kind::Uint(8), "Packet Flags").hex();
static FIRST_FRAG: Field = Field::new("dcerpc.cn_flags.first_frag", Kind::Bool, "First Frag");
static LAST_FRAG: Field = Field::new("dcerpc.cn_flags.last_frag", Kind::Bool, "Last Frag");
static DREP: Field = Field::new("dcerpc.drep", Kind::Bytes, "Data Representation");
static FRAG_LEN: Field = Field::new("dcerpc.cn_frag_len", Kind::Uint(16), "Frag Length");
static AUTH_LEN: Field = Field::new("dcerpc.cn_auth_len", Kind::Uint(16), "Auth Length");
static CALL_ID: Field = Field::new("dcerpc.cn_call_id", Kind::Uint(32), "Call ID");
static ALLOC_HINT: Field = Field::new("dcerpc.cn_alloc_hint", Kind::Uint(32), "Alloc hint");
static CTX_ID: Field = Field::new("dcerpc.cn_ctx_id", Kind::Uint(16), "Context ID");
static OPNUM: Field = Field::new("dcerpc.opnum", Kind::Uint(16), "Opnum");
static RESULTS: Field = Field::new("dcerpc.cn_num_results", Kind::Uint(8), "Num results");
static CTX_ITEMS: Field = Field::new("dcerpc.cn_num_ctx_items", Kind::Uint(8), "Num Ctx Items");
static BIND_UUID: Field =
    Field::new("dcerpc.cn_bind_to_uuid", Kind::Text, "Interface UUID").spec("C706 12.6.3.1");
static BIND_VER: Field = Field::new("dcerpc.cn_bind_if_ver", Kind::Uint(16), "Interface Ver");
static ACK_RESULT: Field =
    Field::new("dcerpc.cn_ack_result", Kind::Uint(16), "Ack result").values(&[
        (0, "Acceptance"),
        (1, "User rejection"),
        (2, "Provider rejection"),
        (3, "Negotiate ACK"),
    ]);
static STATUS: Field = Field::new("dcerpc.cn_status", Kind::Uint(32), "Status")
    .hex()
    .values(&[
        (0x0000_0005, "nca_s_fault_access_denied"),
        (0x0000_06f7, "nca_s_fault_ndr"),
        (0x1c00_0001, "nca_s_fault_int_div_by_zero"),
        (0x1c00_0002, "nca_s_fault_addr_error"),
        (0x1c00_000d, "nca_s_fault_cancel"),
        (0x1c01_0002, "nca_op_rng_error"),
        (0x1c01_0003, "nca_unk_if"),
        (0x1c01_000b, "nca_proto_error"),
        (0x1c01_0014, "nca_server_too_busy"),
    ]);
static AUTH_TYPE: Field = Field::new("dcerpc.auth_type", Kind::Uint(8), "Auth type").values(&[
    (0, "None"),
    (1, "Kerberos 5"),
    (9, "SPNEGO"),
    (10, "NTLMSSP"),
    (14, "SCHANNEL SSP"),
    (16, "Kerberos"),
    (68, "NETLOGON Secure Channel"),
]);
static AUTH_LEVEL: Field = Field::new("dcerpc.auth_level", Kind::Uint(8), "Auth level").values(&[
    (1, "None"),
    (2, "Connect"),
    (3, "Call"),
    (4, "Packet"),
    (5, "Packet integrity"),
    (6, "Packet privacy"),
]);
static AUTH_PAD: Field = Field::new("dcerpc.auth_pad_len", Kind::Uint(8), "Auth pad len");
static AUTH_RESERVED: Field = Field::new("dcerpc.auth_rsrvd", Kind::Uint(8), "Auth Rsrvd");
static AUTH_CONTEXT: Field = Field::new("dcerpc.auth_ctx_id", Kind::Uint(32), "Auth Context ID");

static OWN: [&Field; 24] = [
    &VER,
    &VER_MINOR,
    &PKT_TYPE,
    &FLAGS,
    &FIRST_FRAG,
    &LAST_FRAG,
    &DREP,
    &FRAG_LEN,
    &AUTH_LEN,
    &CALL_ID,
    &ALLOC_HINT,
    &CTX_ID,
    &OPNUM,
    &CTX_ITEMS,
    &RESULTS,
    &BIND_UUID,
    &BIND_VER,
    &ACK_RESULT,
    &STATUS,
    &AUTH_TYPE,
    &AUTH_LEVEL,
    &AUTH_PAD,
    &AUTH_RESERVED,
    &AUTH_CONTEXT,
];

static FIELDS: [&Field; OWN.len() + datagram::ALL.len()] = {
    let mut out = [OWN[0]; OWN.len() + datagram::ALL.len()];
    let mut n = 0;
    while n < out.len() {
        out[n] = if n < OWN.len() {
            OWN[n]
        } else {
            datagram::ALL[n - OWN.len()]
        };
        n += 1;
    }
    out
};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "C706",
    over: &[Over::TcpPort(135), Over::Heuristic(Transport::Udp)],
    fields: &FIELDS,
    anomalies: &[&MALFORMED, &FAULTED, &PIECE, &UNBOUND],
    probe: Some(probe),
    datagram: Some(datagram::read),
    stream: Some(start),
    logs: &[Log::of::<Call>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new(
        "dcerpc",
        "Distributed Computing Environment / Remote Procedure Call (DCE/RPC)",
        "DCERPC",
    )
};

row! {
    /// A call and its answer.
    pub struct Call of PROTOCOL {
        rtt: Option<Duration> = "Time to the answer",
        endpoint: Box<str> = "The interface",
        operation: Box<str> = "The operation, by number where it has no name here",
        fault: Option<u32> = "Why it failed",
    }
    |c| format!("{}::{}", c.endpoint, c.operation)
}

/// Bytes of a fragment's head.
const HEAD: usize = 16;
/// Interfaces of a connection that are kept.
const BOUND: usize = 64;
/// Calls without an answer that are kept.
const OPEN: usize = 64;

static MANY: LimitKind = LimitKind {
    id: "dcerpc.open",
    says: "more calls of one connection waited for an answer than are kept",
    bound: OPEN as u64,
    unit: "calls",
};

mod kind {
    pub(super) const REQUEST: u8 = 0;
    pub(super) const RESPONSE: u8 = 2;
    pub(super) const FAULT: u8 = 3;
    pub(super) const BIND: u8 = 11;
    pub(super) const BIND_ACK: u8 = 12;
    pub(super) const ALTER: u8 = 14;
    pub(super) const ALTER_ACK: u8 = 15;
    pub(super) const AUTH3: u8 = 16;
    pub(super) const LAST: u8 = 19;
}

/// A fragment's head, as it says itself in which order its bytes are.
#[derive(Clone, Copy, Debug)]
struct Head {
    kind: u8,
    flags: u8,
    little: bool,
    len: u16,
    call: u32,
}

fn number(bytes: &[u8], at: usize, len: usize, little: bool) -> Option<u32> {
    let b = bytes.get(at..at.checked_add(len)?)?;
    let add = |n: u32, b: &u8| n << 8 | u32::from(*b);
    Some(if little {
        b.iter().rev().fold(0, add)
    } else {
        b.iter().fold(0, add)
    })
}

impl Head {
    fn read(b: &[u8]) -> Option<Self> {
        let [5, 0 | 1, kind, flags, drep, ..] = *b.first_chunk::<HEAD>()? else {
            return None;
        };
        let little = drep & 0xf0 == 0x10;
        let len = u16::try_from(number(b, 8, 2, little)?).ok()?;
        let sane = kind <= kind::LAST && matches!(drep, 0x00 | 0x10) && usize::from(len) >= HEAD;
        sane.then_some(Self {
            kind,
            flags,
            little,
            len,
            call: number(b, 12, 4, little)?,
        })
    }
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.transport == Transport::Udp {
        return match datagram::is_mine(p.bytes) {
            Some(_) => Certainty::Unsure,
            None => Certainty::No,
        };
    }
    let may = matches!(p.bytes, [5] | [5, 0] | [5, 0, 0..=19, ..]);
    match Head::read(p.bytes) {
        Some(h) if h.kind == kind::BIND && h.call != 0 && h.len >= 72 => Certainty::Certain,
        Some(_) => Certainty::Unsure,
        None if may && p.bytes.len() < HEAD => Certainty::More,
        None => Certainty::No,
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Rpc::default(), start.from_start)
}

#[derive(Clone, Debug)]
struct Open {
    call: u32,
    context: u16,
    opnum: u16,
    from: (PacketRef, Timestamp),
}

/// Bytes of a fragment that waits for its rest, at most: what its length can say.
const FRAGMENT: usize = 1 << 16;

/// A call that the server refused or could not make.
static FAULTED: AnomalyKind = AnomalyKind {
    id: "dcerpc.fault",
    says: "Fault",
    severity: Severity::Note,
    group: "Response",
};
/// Part of a call, whose other parts are in other messages.
static PIECE: AnomalyKind = AnomalyKind {
    id: "dcerpc.fragment",
    says: "fragment",
    severity: Severity::Chat,
    group: "Reassemble",
};
/// A call over a context that no bind was seen for.
static UNBOUND: AnomalyKind = AnomalyKind {
    id: "dcerpc.no_bind_info",
    says: "No bind info for interface Context ID",
    severity: Severity::Note,
    group: "Undecoded",
};
/// The level of authentication at which calls are encrypted.
const PRIVACY: u8 = 6;

/// The calls that something else than a connection carries: a named pipe.
#[derive(Clone, Default, Debug)]
pub(crate) struct Pipe {
    rpc: Rpc,
    /// The front of a fragment, by direction.
    front: [Vec<u8>; 2],
}

impl Pipe {
    /// Bytes of unfinished fragments.
    pub(crate) fn held(&self) -> usize {
        self.front.iter().map(Vec::capacity).sum()
    }

    /// Do these bytes begin a fragment?
    pub(crate) fn begins(bytes: &[u8]) -> bool {
        Head::read(bytes).is_some()
    }

    /// The next bytes of a direction; `false` where they are no fragments.
    pub(crate) fn read(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) -> bool {
        let way = m.direction.index();
        let front = std::mem::take(&mut self.front[way]);
        if front.is_empty() {
            return self.fragments(ctx, m, m.data);
        }
        let mut whole = front;
        whole.extend_from_slice(m.data.bytes);
        let source = ctx.source("Reassembled Named Pipe", &whole);
        let data = Data {
            bytes: &whole,
            source,
            start: 0,
        };
        self.fragments(ctx, m, data)
    }

    fn fragments(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, data: Data<'_>) -> bool {
        let mut rest = data;
        while let Some(head) = Head::read(rest.bytes) {
            let len = usize::from(head.len);
            if rest.len() < len {
                if let Some(front) = self.front.get_mut(m.direction.index()) {
                    *front = rest.bytes.get(..FRAGMENT).unwrap_or(rest.bytes).to_vec();
                }
                return true;
            }
            let one = rest.sub(0, len);
            self.rpc.message(ctx, &Framed { data: one, ..*m });
            rest = rest.rest(len);
        }
        rest.len() < data.len()
    }
}

#[derive(Clone, Default, Debug)]
struct Rpc {
    /// Interfaces by context.
    bound: Vec<(u16, [u8; 16])>,
    open: Vec<Open>,
    /// The log-on under way.
    login: Exchange,
}

fn uuid(b: [u8; 16], little: bool) -> String {
    let [a0, a1, a2, a3, b0, b1, c0, c1, rest @ ..] = b;
    let (a, b, c) = if little {
        (
            u32::from_le_bytes([a0, a1, a2, a3]),
            u16::from_le_bytes([b0, b1]),
            u16::from_le_bytes([c0, c1]),
        )
    } else {
        (
            u32::from_be_bytes([a0, a1, a2, a3]),
            u16::from_be_bytes([b0, b1]),
            u16::from_be_bytes([c0, c1]),
        )
    };
    let mut out = format!("{a:08x}-{b:04x}-{c:04x}-");
    for (n, byte) in rest.iter().enumerate() {
        let dash = if n == 2 { "-" } else { "" };
        let _ = write!(out, "{dash}{byte:02x}");
    }
    out
}

impl Framing for Rpc {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        if bytes.len() < HEAD {
            return if bytes.first() == Some(&5) {
                Frame::More(HEAD)
            } else {
                Frame::Foreign
            };
        }
        Head::read(bytes).map_or(Frame::Foreign, |h| Frame::Whole(h.len.into()))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let data = m.data;
        let wanted = ctx.layer(&PROTOCOL, data.all());
        let Some(head) = Head::read(data.bytes) else {
            if wanted {
                ctx.close();
            }
            return ctx.short();
        };
        if wanted {
            describe(ctx, data, &head);
        }
        match head.kind {
            kind::REQUEST => self.request(ctx, m, &head, wanted),
            kind::RESPONSE | kind::FAULT => self.answer(ctx, data, &head, wanted),
            kind::BIND | kind::ALTER => self.bind(ctx, data, &head, wanted),
            kind::BIND_ACK | kind::ALTER_ACK if wanted => results(ctx, data, &head),
            _ => {}
        }
        self.authenticate(ctx, data, &head, wanted);
        if wanted {
            if let Some(word) = PKT_TYPE.word(head.kind.into()) {
                ctx.info(format_args!("{word}: call_id: {}", head.call));
            }
            ctx.close();
        }
    }
}

/// Remarks a piece of a call that is encrypted, and so not put together.
fn pieces(ctx: &mut Ctx<'_>, head: &Head) {
    let which = match head.flags & 3 {
        0 => "Mid",
        1 => "1st",
        2 => "Last",
        _ => return,
    };
    ctx.remark(&PIECE, format_args!("{which} fragment"));
}

/// A number whose bytes are in the order that the head says.
fn put(
    ctx: &mut Ctx<'_>,
    field: &'static Field,
    data: Data<'_>,
    at: usize,
    len: usize,
    little: bool,
) {
    if let Some(n) = number(data.bytes, at, len, little) {
        ctx.field(field, Value::Uint(n.into()), data.range(at, at + len));
    }
}

fn describe(ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head) {
    ctx.number(&VER, data, 0, 1);
    ctx.number(&VER_MINOR, data, 1, 1);
    ctx.number(&PKT_TYPE, data, 2, 1);
    ctx.open(&FLAGS, Value::Uint(head.flags.into()), data.range(3, 4));
    ctx.flag(&FIRST_FRAG, data, 3, 1, 1);
    ctx.flag(&LAST_FRAG, data, 3, 1, 2);
    ctx.close();
    ctx.bytes(&DREP, data, 4, 8);
    put(ctx, &FRAG_LEN, data, 8, 2, head.little);
    put(ctx, &AUTH_LEN, data, 10, 2, head.little);
    put(ctx, &CALL_ID, data, 12, 4, head.little);
}

/// The answers to a bind (C706 section 12.6.4.4), behind the second address.
fn results(ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head) {
    let Some(name) = number(data.bytes, 24, 2, head.little) else {
        return;
    };
    let at = (26 + name as usize).next_multiple_of(4);
    let Some(n) = data.u8(at) else {
        return;
    };
    ctx.number(&RESULTS, data, at, 1);
    for n in 0..usize::from(n) {
        let at = at + 4 + n * 24;
        if at + 2 > data.len() {
            return;
        }
        put(ctx, &ACK_RESULT, data, at, 2, head.little);
    }
}

/// Bytes before who-is-who ([MS-RPCE] section 2.2.2.11).
const TRAILER: usize = 8;

impl Rpc {
    /// Who calls, behind everything else.
    fn authenticate(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head, wanted: bool) {
        let len = number(data.bytes, 10, 2, head.little).unwrap_or(0) as usize;
        let Some(at) = usize::from(head.len).checked_sub(len + TRAILER) else {
            return;
        };
        if len == 0 || at < HEAD || data.len() < at + TRAILER {
            return;
        }
        if wanted {
            ctx.number(&AUTH_TYPE, data, at, 1);
            ctx.number(&AUTH_LEVEL, data, at + 1, 1);
            ctx.number(&AUTH_PAD, data, at + 2, 1);
            ctx.number(&AUTH_RESERVED, data, at + 3, 1);
            put(ctx, &AUTH_CONTEXT, data, at + 4, 4, head.little);
        }
        let sealed = data.u8(at + 1) == Some(PRIVACY);
        if sealed && matches!(head.kind, kind::REQUEST | kind::RESPONSE) {
            pieces(ctx, head);
        }
        let token = data.sub(at + TRAILER, head.len.into());
        let kind = data.u8(at);
        let says = matches!(
            head.kind,
            kind::BIND | kind::BIND_ACK | kind::ALTER | kind::ALTER_ACK | kind::AUTH3
        );
        match kind {
            Some(9) if says => gss_api::blob(ctx, token, &mut self.login),
            Some(10) if says && token.bytes.starts_with(ntlmssp::MAGIC) => {
                self.login.read(ctx, token)
            }
            _ => {}
        }
    }

    fn bind(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head, wanted: bool) {
        let little = head.little;
        let Some(items) = data.u8(24) else {
            return ctx.short();
        };
        if wanted {
            ctx.number(&CTX_ITEMS, data, 24, 1);
        }
        let mut at = 28;
        for _ in 0..items {
            let (Some(context), Some(syntaxes)) =
                (number(data.bytes, at, 2, little), data.u8(at + 2))
            else {
                return;
            };
            let Some(id) = data.array::<16>(at + 4) else {
                return;
            };
            let mut plain = id;
            if !little {
                plain[..4].reverse();
                plain[4..6].reverse();
                plain[6..8].reverse();
            }
            let context = u16::try_from(context).unwrap_or(u16::MAX);
            self.bound.retain(|(c, _)| *c != context);
            if self.bound.len() < BOUND {
                self.bound.push((context, plain));
            }
            if wanted {
                put(ctx, &CTX_ID, data, at, 2, little);
                let text = uuid(plain, true);
                ctx.field(&BIND_UUID, Value::Text(&text), data.range(at + 4, at + 20));
                put(ctx, &BIND_VER, data, at + 20, 2, little);
            }
            at += 24 + usize::from(syntaxes) * 20;
        }
    }

    fn request(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>, head: &Head, wanted: bool) {
        let data = m.data;
        let read = |at| number(data.bytes, at, 2, head.little).and_then(|n| u16::try_from(n).ok());
        let (Some(context), Some(opnum)) = (read(20), read(22)) else {
            return ctx.short();
        };
        if wanted {
            put(ctx, &ALLOC_HINT, data, 16, 4, head.little);
            put(ctx, &CTX_ID, data, 20, 2, head.little);
            put(ctx, &OPNUM, data, 22, 2, head.little);
        }
        if head.flags & 3 == 3 {
            self.unbound(ctx, context);
        }
        // Only the first fragment begins a call.
        if head.flags & 1 == 0 {
            return;
        }
        if self.open.len() >= OPEN {
            ctx.limit(&MANY);
            self.open.remove(0);
        }
        self.open.push(Open {
            call: head.call,
            context,
            opnum,
            from: m.from,
        });
    }

    /// Remarks a call whose interface nobody named.
    fn unbound(&self, ctx: &mut Ctx<'_>, context: u16) {
        if ctx.describing && !self.bound.iter().any(|(c, _)| *c == context) {
            ctx.remark(
                &UNBOUND,
                format_args!("{} {context} - capture start too late?", UNBOUND.says),
            );
        }
    }

    fn answer(&mut self, ctx: &mut Ctx<'_>, data: Data<'_>, head: &Head, wanted: bool) {
        let place = self.open.iter().position(|o| o.call == head.call);
        // Who was refused gets no answer but a fault (nca_s_fault_access_denied).
        let status = number(data.bytes, 24, 4, head.little);
        let refused = head.kind == kind::FAULT && status == Some(5);
        self.login.finish(ctx, Some(!refused));
        let fault = (head.kind == kind::FAULT)
            .then(|| number(data.bytes, 24, 4, head.little))
            .flatten();
        if wanted {
            put(ctx, &ALLOC_HINT, data, 16, 4, head.little);
            put(ctx, &CTX_ID, data, 20, 2, head.little);
            // What an answer answers is told once it is known which interface it speaks.
            let bound = |o: &&Open| self.bound.iter().any(|(c, _)| *c == o.context);
            if let Some(open) = place.and_then(|n| self.open.get(n)).filter(bound) {
                ctx.computed(&OPNUM, Value::Uint(open.opnum.into()));
            }
            if head.kind == kind::FAULT {
                put(ctx, &STATUS, data, 24, 4, head.little);
            }
        }
        if head.kind == kind::RESPONSE
            && head.flags & 3 == 3
            && let Some(context) = number(data.bytes, 20, 2, head.little)
        {
            self.unbound(ctx, u16::try_from(context).unwrap_or(u16::MAX));
        }
        if let Some(n) = fault.filter(|_| ctx.describing) {
            let word = u64::from(n);
            let word = STATUS
                .word(word)
                .map_or_else(|| format!("Unknown (0x{n:08x})"), str::to_owned);
            ctx.remark(&FAULTED, format_args!("Fault: {word}"));
        }
        // The last fragment ends the call.
        let Some(n) = place.filter(|_| head.flags & 2 != 0) else {
            return;
        };
        let open = self.open.remove(n);
        let bound = self.bound.iter().find(|(c, _)| *c == open.context);
        let id = bound.map(|(_, id)| uuid(*id, true)).unwrap_or_default();
        let (endpoint, operation) = interfaces::names(&id, open.opnum);
        let mut meta = ctx.message(crate::protocol::Direction::Forward, open.from);
        meta.last = ctx.meta.packet;
        ctx.emit(Call {
            meta,
            rtt: Some(ctx.meta.time.since(open.from.1)),
            endpoint: endpoint.into(),
            operation: operation.into(),
            fault,
        });
    }
}
