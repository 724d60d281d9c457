//! A DNS message's fields, in Wireshark's order. Reports nothing.

use super::Flavour;
use super::fields as f;
use super::query::Seen;
use super::rdata;
use super::wire::{self, Header, Question, Record, Sections};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::LinkKind;
use weir_model::{ByteRange, Short, Value};

const OPT: u16 = 41;
const SRV: u16 = 33;

pub(super) fn message(
    ctx: &mut Ctx<'_>,
    flavour: Flavour,
    header: Header,
    sections: &Sections,
    data: Data<'_>,
    seen: &Seen,
) {
    info(ctx, header, sections);
    ctx.field(&f::ID, Value::Uint(u64::from(header.id)), data.range(0, 2));
    flags(ctx, flavour, header, data);
    let update = header.opcode() == 5;
    let counts = if update {
        [
            &f::COUNT_ZONES,
            &f::COUNT_PREREQUISITES,
            &f::COUNT_UPDATES,
            &f::COUNT_ADD_RR,
        ]
    } else {
        [
            &f::COUNT_QUERIES,
            &f::COUNT_ANSWERS,
            &f::COUNT_AUTH_RR,
            &f::COUNT_ADD_RR,
        ]
    };
    for (n, (field, count)) in counts.into_iter().zip(header.counts).enumerate() {
        ctx.field(
            field,
            Value::Uint(u64::from(count)),
            data.range(4 + n * 2, 6 + n * 2),
        );
    }
    for q in &sections.questions {
        question(ctx, flavour, q, data);
    }
    for r in sections.records.iter().flatten() {
        // What a record's data lacks was said by its length already.
        let _ = record(ctx, flavour, r, data);
    }
    relations(ctx, header, seen);
}

fn info(ctx: &mut Ctx<'_>, header: Header, sections: &Sections) {
    let words = f::FLAGS_OPCODE
        .word(u64::from(header.opcode()))
        .unwrap_or("Unknown operation");
    let response = if header.is_response() {
        " response"
    } else {
        ""
    };
    let rcode = match header.rcode() {
        0 => "",
        n => f::FLAGS_RCODE.word(u64::from(n)).unwrap_or("error"),
    };
    let (kind, name) = sections.questions.first().map_or(("", ""), |q| {
        (
            wire::type_name(q.kind).unwrap_or("Unknown"),
            q.name.text.as_str(),
        )
    });
    ctx.info(format_args!(
        "{words}{response} 0x{:04x} {rcode} {kind} {name}",
        header.id
    ));
}

fn flags(ctx: &mut Ctx<'_>, flavour: Flavour, header: Header, data: Data<'_>) {
    let range = data.range(2, 4);
    let bit = |n: u16| Value::Bool(header.flags & n != 0);
    ctx.open(&f::FLAGS, Value::Uint(u64::from(header.flags)), range);
    ctx.field(&f::FLAGS_RESPONSE, bit(0x8000), range);
    ctx.field(
        &f::FLAGS_OPCODE,
        Value::Uint(u64::from(header.opcode())),
        range,
    );
    let local = flavour == Flavour::LinkLocal;
    if header.is_response() {
        ctx.field(
            if local {
                &f::FLAGS_CONFLICT
            } else {
                &f::FLAGS_AUTHORITATIVE
            },
            bit(0x400),
            range,
        );
    } else if local {
        ctx.field(&f::FLAGS_CONFLICT, bit(0x400), range);
    }
    ctx.field(&f::FLAGS_TRUNCATED, bit(0x200), range);
    ctx.field(
        if local {
            &f::FLAGS_TENTATIVE
        } else {
            &f::FLAGS_RECDESIRED
        },
        bit(0x100),
        range,
    );
    if header.is_response() && !local {
        ctx.field(&f::FLAGS_RECAVAIL, bit(0x80), range);
    }
    if !local {
        ctx.field(&f::FLAGS_Z, bit(0x40), range);
        // A query says so only where it is set (RFC 6840 section 5.7).
        if header.is_response() || header.flags & 0x20 != 0 {
            ctx.field(&f::FLAGS_AUTHENTICATED, bit(0x20), range);
        }
        ctx.field(&f::FLAGS_CHECKDISABLE, bit(0x10), range);
    }
    if header.is_response() {
        ctx.field(
            &f::FLAGS_RCODE,
            Value::Uint(u64::from(header.rcode())),
            range,
        );
    }
    ctx.close();
}

fn question(ctx: &mut Ctx<'_>, flavour: Flavour, q: &Question, data: Data<'_>) {
    let range = data.range(q.at, q.name.end);
    ctx.open(&f::QRY_NAME, Value::Text(&q.name.text), range);
    ctx.close();
    ctx.field(&f::QRY_NAME_LEN, Value::Uint(q.name.len() as u64), range);
    ctx.field(
        &f::COUNT_LABELS,
        Value::Uint(u64::from(q.name.labels)),
        range,
    );
    let at = q.name.end;
    ctx.field(
        &f::QRY_TYPE,
        Value::Uint(u64::from(q.kind)),
        data.range(at, at + 2),
    );
    let range = data.range(at + 2, at + 4);
    if flavour == Flavour::Multicast {
        ctx.field(
            &f::QRY_CLASS,
            Value::Uint(u64::from(q.class & 0x7fff)),
            range,
        );
        ctx.field(&f::QRY_QU, Value::Bool(q.class & 0x8000 != 0), range);
    } else {
        ctx.field(&f::QRY_CLASS, Value::Uint(u64::from(q.class)), range);
    }
}

fn record(ctx: &mut Ctx<'_>, flavour: Flavour, r: &Record, data: Data<'_>) -> Result<(), Short> {
    let name = wire::name(data.bytes, r.at)?;
    let range = data.range(r.at, r.fixed);
    if r.kind == SRV {
        // Wireshark shows the owner of a service record in its parts.
        let mut parts = name.text.splitn(3, '.');
        for field in [&f::SRV_SERVICE, &f::SRV_PROTO, &f::SRV_NAME] {
            if let Some(part) = parts.next() {
                ctx.field(field, Value::Text(part), range);
            }
        }
    } else {
        ctx.field(&f::RESP_NAME, Value::Text(&name.text), range);
    }
    let at = r.fixed;
    ctx.field(
        &f::RESP_TYPE,
        Value::Uint(u64::from(r.kind)),
        data.range(at, at + 2),
    );
    let class = data.range(at + 2, at + 4);
    let multicast = flavour == Flavour::Multicast;
    let value = if multicast { r.class & 0x7fff } else { r.class };
    let field = if r.kind == OPT {
        &f::RR_UDP_PAYLOAD_SIZE
    } else {
        &f::RESP_CLASS
    };
    ctx.field(field, Value::Uint(u64::from(value)), class);
    if multicast {
        ctx.field(
            &f::RESP_CACHE_FLUSH,
            Value::Bool(r.class & 0x8000 != 0),
            class,
        );
    }
    if r.kind == OPT {
        let [rcode, version, z @ ..] = r.ttl.to_be_bytes();
        let z = u16::from_be_bytes(z);
        ctx.field(
            &f::RESP_EXT_RCODE,
            Value::Uint(u64::from(rcode)),
            data.range(at + 4, at + 5),
        );
        ctx.field(
            &f::RESP_EDNS0_VERSION,
            Value::Uint(u64::from(version)),
            data.range(at + 5, at + 6),
        );
        let range = data.range(at + 6, at + 8);
        ctx.open(&f::RESP_Z, Value::Uint(u64::from(z)), range);
        ctx.field(&f::RESP_Z_DO, Value::Bool(z & 0x8000 != 0), range);
        ctx.field(
            &f::RESP_Z_RESERVED,
            Value::Uint(u64::from(z & 0x7fff)),
            range,
        );
        ctx.close();
    } else {
        ctx.field(
            &f::RESP_TTL,
            Value::Uint(u64::from(r.ttl)),
            data.range(at + 4, at + 8),
        );
    }
    let (from, to) = r.data;
    ctx.field(
        &f::RESP_LEN,
        Value::Uint((to - from) as u64),
        data.range(at + 8, at + 10),
    );
    match r.kind {
        OPT => rdata::options(ctx, data, from, to),
        64 | 65 => rdata::service(ctx, data, from, to),
        // An update may delete a record set: no data then (RFC 2136 section 2.5.2).
        _ if from == to && r.kind != 16 => Ok(()),
        kind => rdata::of(ctx, kind, data, from, to),
    }
}

fn relations(ctx: &mut Ctx<'_>, header: Header, seen: &Seen) {
    let none = ByteRange::GENERATED;
    let number = |p: weir_model::PacketRef| Value::Uint(u64::from(p.number));
    match *seen {
        Seen::Untracked => {}
        Seen::Asked => {
            if let Some(to) = ctx.linked_to(LinkKind::Answer, u32::from(header.id)) {
                ctx.field(&f::RESPONSE_IN, number(to), none);
            }
        }
        Seen::AskedAgain(first) => {
            ctx.field(&f::RETRANSMIT_REQUEST_IN, number(first), none);
            ctx.field(&f::RETRANSMISSION, Value::Bool(true), none);
        }
        Seen::Answered((asked, time)) => {
            ctx.field(&f::RESPONSE_TO, number(asked), none);
            ctx.field(&f::TIME, Value::Duration(ctx.meta.time.since(time)), none);
        }
        Seen::AnsweredAgain(first) => {
            ctx.field(&f::RETRANSMIT_RESPONSE_IN, number(first), none);
            ctx.field(&f::RETRANSMISSION, Value::Bool(true), none);
        }
        Seen::Unsolicited => ctx.field(&f::UNSOLICITED, Value::Bool(true), none),
    }
}
