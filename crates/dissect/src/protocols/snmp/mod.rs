//! SNMP (RFC 3416, RFC 3412): what managers ask of agents, in which name, and what they are told. Knows no MIB: objects are
//! shown by their numbers.

mod fields;
mod pdu;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::ber::{self, Tlv};
use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector, Transport};
use fields as f;
use pdu::{Pdu, integer};
use weir_model::{Field, Value};

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 3416",
    over: &[
        Over::UdpPort(161),
        Over::UdpPort(162),
        Over::TcpPort(161),
        Over::TcpPort(162),
    ],
    fields: f::ALL,
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(dissect),
    stream: Some(stream),
    renumbered: true,
    logs: &[Log::of::<Exchange>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("snmp", "Simple Network Management Protocol", "SNMP")
};

row! {
    /// A message. A request is there once more as its answer.
    pub struct Exchange of PROTOCOL {
        version: &'static str = "1, 2c or 3",
        community: Box<str> = "Community, or the user of version 3",
        pdu: &'static str = "What is asked or told",
        request_id: Option<u64> = "By which an answer is known",
        error: &'static str = "What went wrong",
        objects: Vec<Box<str>> = "The first objects, by their numbers",
        values: Vec<Box<str>> = "Their values, where they are text or numbers",
        encrypted: bool = "What is asked is encrypted",
    }
    |e| format!("{} {} {}", e.community, e.pdu, e.objects.join(", "))
}

/// Objects of a message that its row keeps.
const OBJECTS: usize = 8;
/// Bytes of a value that the row keeps.
const VALUE: usize = 255;

/// A whole message of version 1 or 2 is nothing else.
fn probe(p: &Probe<'_>) -> Certainty {
    let sure = || {
        // Over a stream its ports tell it.
        let data = (p.transport == Transport::Udp).then_some(p.bytes)?;
        let whole = Tlv::read(Data::packet(data)).filter(|t| t.tag == 0x30)?;
        let (_, head, len) = ber::head(p.bytes)?;
        let mut inner = whole.inner();
        let (version, community, pdu) = (inner.next()?, inner.next()?, inner.next()?);
        let printable = community
            .body
            .bytes
            .iter()
            .all(|b| matches!(b, 0x20..=0x7e));
        (head as u64 + len == p.bytes.len() as u64
            && version.tag == 2
            && matches!(version.body.bytes, [0 | 1])
            && community.tag == 4
            && printable
            && matches!(pdu.tag, 0xa0..=0xa8)
            && pdu.find(0x30).is_some())
        .then_some(())
    };
    if sure().is_some() {
        Certainty::Certain
    } else {
        Certainty::No
    }
}

/// A text of a row, cut.
fn cut(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes.get(..VALUE).unwrap_or(bytes)).into()
}

/// Messages one after the other (RFC 3430).
#[derive(Clone)]
struct Tcp;

fn stream(start: Start) -> Box<dyn StreamDissector> {
    Frames::boxed(Tcp, start.from_start)
}

/// Bytes of a message over a stream: more than any that an agent takes.
const LONGEST: u64 = 1 << 20;

impl Framing for Tcp {
    fn frame(&mut self, _: At, bytes: &[u8]) -> Frame {
        match ber::head(bytes) {
            Some((0x30, head, len)) if len <= LONGEST => Frame::Whole(head as u64 + len),
            None if bytes.first() == Some(&0x30) && bytes.len() < ber::HEAD => {
                Frame::More(bytes.len() + 1)
            }
            _ => Frame::Foreign,
        }
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        dissect(ctx, m.data);
    }
}

fn dissect(ctx: &mut Ctx<'_>, data: Data<'_>) {
    // Several messages of a segment are one line in the list of layers.
    let wanted = if ctx.packet.layers.last() == Some(&PROTOCOL.id()) {
        ctx.layer_again(&PROTOCOL, data.all())
    } else {
        ctx.layer(&PROTOCOL, data.all())
    };
    let read = message(ctx, wanted, data);
    if wanted {
        ctx.close();
    }
    match read {
        Some(row) => {
            let asks = matches!(
                row.pdu,
                "get-request"
                    | "get-next-request"
                    | "set-request"
                    | "getBulkRequest"
                    | "informRequest"
            );
            let key = row.request_id.filter(|_| asks);
            let row = ctx.emit(row);
            if let Some(key) = key {
                crate::asked::ask(ctx, key, row);
            }
        }
        None => ctx.short(),
    }
}

fn tlv_field(ctx: &mut Ctx<'_>, wanted: bool, field: &'static Field, t: &Tlv<'_>) {
    if wanted {
        ctx.field(field, Value::Bytes(t.body.bytes), t.body.all());
    }
}

fn text_field(ctx: &mut Ctx<'_>, wanted: bool, field: &'static Field, t: &Tlv<'_>) {
    if wanted {
        let text = String::from_utf8_lossy(t.body.bytes);
        ctx.field(field, Value::Text(&text), t.body.all());
    }
}

fn uint_field(ctx: &mut Ctx<'_>, wanted: bool, field: &'static Field, t: &Tlv<'_>) {
    if let (true, Some(n)) = (wanted, integer(t)) {
        let n = u64::try_from(n & 0xffff_ffff).unwrap_or(0);
        ctx.field(field, Value::Uint(n), t.body.all());
    }
}

/// `None`: what is there follows no version.
fn message(ctx: &mut Ctx<'_>, wanted: bool, data: Data<'_>) -> Option<Exchange> {
    let whole = Tlv::read(data).filter(|t| t.tag == 0x30)?;
    let mut inner = whole.inner();
    let version = inner.next().filter(|t| t.tag == 2)?;
    let number = integer(&version)?;
    let mut row = Exchange {
        meta: ctx.whole_message(),
        version: match number {
            0 => "1",
            1 => "2c",
            3 => "3",
            _ => "unknown",
        },
        community: Box::default(),
        pdu: "",
        request_id: None,
        error: "",
        objects: Vec::new(),
        values: Vec::new(),
        encrypted: false,
    };
    if number == 3 {
        if wanted {
            ctx.field(&f::MSG_VERSION, Value::Int(number), version.body.all());
        }
        secured(ctx, wanted, &mut row, inner)?;
        return Some(row);
    }
    if wanted {
        ctx.field(&f::VERSION, Value::Int(number), version.body.all());
    }
    let community = inner.next().filter(|t| t.tag == 4)?;
    text_field(ctx, wanted, &f::COMMUNITY, &community);
    row.community = cut(community.body.bytes);
    let pdu = inner.next()?;
    Pdu::read(ctx, wanted, &mut row, pdu)?;
    Some(row)
}

/// Version 3: a head, who says it, and what is said, in the clear or not (RFC 3412 section 6).
fn secured<'a>(
    ctx: &mut Ctx<'_>,
    wanted: bool,
    row: &mut Exchange,
    mut inner: impl Iterator<Item = Tlv<'a>>,
) -> Option<()> {
    let global = inner.next().filter(|t| t.tag == 0x30)?;
    if wanted {
        ctx.open(&f::GLOBAL, Value::None, global.body.all());
    }
    let mut head = global.inner();
    let (id, size, flags, model) = (head.next(), head.next(), head.next(), head.next());
    if wanted {
        for (field, t) in [(&f::MSG_ID, &id), (&f::MSG_MAX_SIZE, &size)] {
            if let Some(t) = t {
                uint_field(ctx, true, field, t);
            }
        }
        if let Some(t) = &flags {
            ctx.open(&f::MSG_FLAGS, Value::Bytes(t.body.bytes), t.body.all());
            ctx.flag(&f::FLAG_REPORT, t.body, 0, 1, 4);
            ctx.flag(&f::FLAG_CRYPT, t.body, 0, 1, 2);
            ctx.flag(&f::FLAG_AUTH, t.body, 0, 1, 1);
            ctx.close();
        }
        if let Some(t) = &model {
            uint_field(ctx, true, &f::SECURITY_MODEL, t);
        }
        ctx.close();
    }
    row.request_id = id.as_ref().and_then(Tlv::number);
    let security = inner.next().filter(|t| t.tag == 4)?;
    let usm = model.as_ref().and_then(integer) == Some(3);
    if let Some(usm) = security.only().filter(|t| usm && t.tag == 0x30) {
        let fields = [
            &f::ENGINE_ID,
            &f::ENGINE_BOOTS,
            &f::ENGINE_TIME,
            &f::USER_NAME,
            &f::AUTHENTICATION,
            &f::PRIVACY,
        ];
        for (n, (field, t)) in fields.into_iter().zip(usm.inner()).enumerate() {
            match n {
                1 | 2 => uint_field(ctx, wanted, field, &t),
                3 => {
                    text_field(ctx, wanted, field, &t);
                    row.community = cut(t.body.bytes);
                }
                _ => tlv_field(ctx, wanted, field, &t),
            }
        }
    } else {
        tlv_field(ctx, wanted, &f::SECURITY_PARAMETERS, &security);
    }
    let said = inner.next()?;
    let clear = said.tag == 0x30;
    if wanted {
        ctx.open(
            &f::MSG_DATA,
            Value::Uint(u64::from(!clear)),
            said.body.all(),
        );
    }
    let done = if clear {
        if wanted {
            ctx.open(&f::PLAINTEXT, Value::None, said.body.all());
        }
        let mut scoped = said.inner();
        let (engine, name, pdu) = (scoped.next(), scoped.next(), scoped.next());
        if let Some(t) = engine {
            tlv_field(ctx, wanted, &f::CONTEXT_ENGINE, &t);
        }
        if let Some(t) = name {
            text_field(ctx, wanted, &f::CONTEXT_NAME, &t);
        }
        let done = pdu.and_then(|pdu| Pdu::read(ctx, wanted, row, pdu));
        if wanted {
            ctx.close();
        }
        done
    } else {
        row.encrypted = true;
        row.pdu = "encrypted";
        tlv_field(ctx, wanted, &f::ENCRYPTED, &said);
        ctx.info(format_args!("encryptedPDU: privKey Unknown"));
        Some(())
    };
    if wanted {
        ctx.close();
    }
    done
}
