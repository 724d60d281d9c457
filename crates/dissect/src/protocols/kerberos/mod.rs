//! Kerberos 5 (RFC 4120) over UDP and TCP: who asks for a ticket to what, with which ciphers, and what came of it.
//! Reads no ticket.

mod describe;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod wire;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::MessageMeta;
use crate::facts::row::row;
use crate::flow::FlowState;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector};
use std::any::Any;
use weir_model::{Field, Holds, Kind};
use wire::Kdc;

static MSG_TYPE: Field = Field::new("kerberos.msg_type", Kind::Uint(32), "msg-type").values(&[
    (10, "krb-as-req"),
    (11, "krb-as-rep"),
    (12, "krb-tgs-req"),
    (13, "krb-tgs-rep"),
    (14, "krb-ap-req"),
    (15, "krb-ap-rep"),
    (20, "krb-safe"),
    (21, "krb-priv"),
    (22, "krb-cred"),
    (30, "krb-error"),
]);
static PVNO: Field = Field::new("kerberos.pvno", Kind::Uint(32), "pvno");
static CNAME: Field =
    Field::new("kerberos.CNameString", Kind::Text, "CNameString").holds(Holds::Name);
static SNAME: Field =
    Field::new("kerberos.SNameString", Kind::Text, "SNameString").holds(Holds::Name);
static REALM: Field = Field::new("kerberos.realm", Kind::Text, "realm").holds(Holds::Name);
static CREALM: Field = Field::new("kerberos.crealm", Kind::Text, "crealm").holds(Holds::Name);
static ERROR: Field =
    Field::new("kerberos.error_code", Kind::Int(32), "error-code").values(wire::ERRORS);
static OFFERED: Field =
    Field::new("kerberos.ENCTYPE", Kind::Int(32), "ENCTYPE").values(wire::CIPHERS);
static ETYPE: Field = Field::new("kerberos.etype", Kind::Int(32), "etype").values(wire::CIPHERS);

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 4120",
    over: &[Over::UdpPort(88), Over::TcpPort(88)],
    fields: &[
        &MSG_TYPE, &PVNO, &CNAME, &SNAME, &REALM, &CREALM, &ERROR, &OFFERED, &ETYPE,
    ],
    anomalies: &[&MALFORMED, &describe::BEYOND],
    probe: Some(probe),
    datagram: Some(datagram),
    stream: Some(start),
    logs: &[Log::of::<Ticket>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("kerberos", "Kerberos", "KRB5")
};

row! {
    /// A request for a ticket and what came of it.
    pub struct Ticket of PROTOCOL {
        request_type: &'static str = "AS: with a password, TGS: with a ticket",
        client: Box<str> = "Who asks",
        service: Box<str> = "For what",
        success: Option<bool> = "Was it given?",
        error_msg: Box<str> = "Why not",
        error_text: Box<str> = "Why not, as the server puts it",
        cipher: Box<str> = "Cipher of the answer",
        ciphers: Box<str> = "Ciphers that the client offers",
        ticket_cipher: Box<str> = "Cipher of the ticket",
        preauthenticated: bool = "The request proves that the client knows its password, or another way",
    }
    |t| {
        let how = match t.success {
            Some(true) => "given",
            Some(false) => &*t.error_msg,
            None => "no answer",
        };
        format!("{} {} for {}: {how}", t.request_type, t.client, t.service)
    }
}

/// Bytes of the length before a message over TCP (RFC 4120 section 7.2.2).
const HEAD: usize = 4;

/// Is this a message of the protocol?
fn begins(b: &[u8]) -> bool {
    let Some((tag, head, _)) = crate::ber::head(b) else {
        return false;
    };
    matches!(tag, 0x6a..=0x6f | 0x74..=0x76 | 0x7e) && b.get(head) == Some(&0x30)
}

fn probe(p: &Probe<'_>) -> Certainty {
    let udp = p.transport == crate::protocol::Transport::Udp;
    let from = if udp { 0 } else { HEAD };
    let Some(b) = p.bytes.get(from..).filter(|b| b.len() >= 8) else {
        return if !udp && p.bytes.first() == Some(&0) && p.bytes.len() < 12 {
            Certainty::More
        } else {
            Certainty::No
        };
    };
    let sane = udp || p.bytes.first_chunk::<HEAD>().is_some_and(|n| n[0] == 0);
    if sane && begins(b) {
        Certainty::Unsure
    } else {
        Certainty::No
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Krb::default(), start.from_start)
}

/// A message that another protocol's token carries: which ticket is shown to whom. Keeps no rows, since the carrier
/// has them.
pub(crate) fn carried(ctx: &mut Ctx<'_>, data: Data<'_>) {
    if !begins(data.bytes) {
        return;
    }
    if ctx.layer_inside(&PROTOCOL, data.all()) {
        describe::message(ctx, data);
        ctx.close();
    }
}

/// The request that waits for its answer.
#[derive(Clone, Default)]
struct Krb {
    asked: Option<Box<Ticket>>,
}

impl FlowState for Krb {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Framing for Krb {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        let Some(len) = bytes.first_chunk::<HEAD>() else {
            return Frame::More(HEAD);
        };
        let len = u32::from_be_bytes(*len) & 0x7fff_ffff;
        let body = bytes.get(HEAD..).unwrap_or_default();
        if len == 0 || len > 0x00ff_ffff || (body.len() >= 8 && !begins(body)) {
            return Frame::Foreign;
        }
        Frame::Whole(HEAD as u64 + u64::from(len))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let meta = ctx.message(m.direction, m.from);
        self.read(ctx, meta, m.data, HEAD);
    }
}

fn datagram(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let meta = ctx.whole_message();
    let mut state = ctx.flow_state::<Krb, _>(std::mem::take).unwrap_or_default();
    state.read(ctx, meta, data, 0);
    ctx.flow_state::<Krb, _>(|s| *s = state);
}

impl Krb {
    fn read(&mut self, ctx: &mut Ctx<'_>, meta: MessageMeta, whole: Data<'_>, skip: usize) {
        let wanted = ctx.layer(&PROTOCOL, whole.all());
        let data = whole.rest(skip);
        match Kdc::read(data) {
            Some(kdc) => {
                if wanted {
                    if let Some(word) = MSG_TYPE.word(kdc.kind) {
                        ctx.info(format_args!(
                            "{}",
                            word.trim_start_matches("krb-").to_uppercase()
                        ));
                    }
                    describe::message(ctx, data);
                }
                self.note(ctx, meta, &kdc);
            }
            None => ctx.short(),
        }
        if wanted {
            ctx.close();
        }
    }

    fn note(&mut self, ctx: &mut Ctx<'_>, meta: MessageMeta, kdc: &Kdc<'_>) {
        let request = match kdc.kind {
            10 => Some("AS"),
            12 => Some("TGS"),
            _ => None,
        };
        if let Some(request_type) = request {
            // What was asked before and never answered is told as such.
            self.end(ctx);
            self.asked = Some(Box::new(Ticket {
                meta,
                request_type,
                client: kdc.client().into(),
                service: kdc.service().into(),
                success: None,
                error_msg: Box::default(),
                error_text: Box::default(),
                cipher: Box::default(),
                ciphers: kdc.ciphers().into(),
                ticket_cipher: Box::default(),
                preauthenticated: kdc.proven,
            }));
            return;
        }
        let Some(mut ticket) = self.asked.take_if(|_| matches!(kdc.kind, 11 | 13 | 30)) else {
            return;
        };
        (ticket.meta.last, ticket.meta.end) = (meta.last, meta.end);
        ticket.success = Some(kdc.kind != 30);
        if kdc.kind == 30 {
            ticket.error_msg = kdc.error().into();
            ticket.error_text = kdc.said().into();
        } else {
            if ticket.client.is_empty() {
                ticket.client = kdc.client().into();
            }
            ticket.cipher = kdc.ciphers().into();
            ticket.ticket_cipher = kdc.sealed().into();
        }
        ctx.emit(*ticket);
    }

    fn end(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(ticket) = self.asked.take() {
            ctx.emit(*ticket);
        }
    }
}
