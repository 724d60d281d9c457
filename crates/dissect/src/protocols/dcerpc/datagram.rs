//! DCE/RPC without connections (C706 chapter 12.5), over UDP: the head of a datagram, calls with their answers. Puts no
//! fragments together and reads no arguments.

use super::{Call, OPNUM, PKT_TYPE, PROTOCOL, VER, interfaces, kind, number, uuid};
use crate::asked;
use crate::context::Ctx;
use crate::data::Data;
use weir_model::{Field, Kind, Value};

static FLAGS1: Field = Field::new("dcerpc.dg_flags1", Kind::Uint(8), "Flags1").hex();
static FLAGS2: Field = Field::new("dcerpc.dg_flags2", Kind::Uint(8), "Flags2").hex();
static OBJECT: Field = Field::new("dcerpc.obj_id", Kind::Text, "Object");
static INTERFACE: Field = Field::new("dcerpc.dg_if_id", Kind::Text, "Interface");
static ACTIVITY: Field = Field::new("dcerpc.dg_act_id", Kind::Text, "Activity");
static INTERFACE_VERSION: Field = Field::new("dcerpc.dg_if_ver", Kind::Uint(32), "Interface Ver");
static SEQUENCE: Field = Field::new("dcerpc.dg_seqnum", Kind::Uint(32), "Sequence num");
static FRAGMENT_LEN: Field = Field::new("dcerpc.dg_frag_len", Kind::Uint(16), "Fragment len");
static FRAGMENT_NUM: Field = Field::new("dcerpc.dg_frag_num", Kind::Uint(16), "Fragment num");
static AUTH: Field = Field::new("dcerpc.dg_auth_proto", Kind::Uint(8), "Auth proto");

pub(super) static ALL: [&Field; 10] = [
    &FLAGS1,
    &FLAGS2,
    &OBJECT,
    &INTERFACE,
    &ACTIVITY,
    &INTERFACE_VERSION,
    &SEQUENCE,
    &FRAGMENT_LEN,
    &FRAGMENT_NUM,
    &AUTH,
];

/// Bytes of a datagram's head.
const HEAD: usize = 80;
/// The version that goes without connections.
const VERSION: u8 = 4;
/// The last kind of a datagram.
const LAST: u8 = 10;

/// Where in the head they stand.
mod at {
    pub(super) const OBJECT: usize = 8;
    pub(super) const INTERFACE: usize = 24;
    pub(super) const ACTIVITY: usize = 40;
    pub(super) const INTERFACE_VERSION: usize = 60;
    pub(super) const SEQUENCE: usize = 64;
    pub(super) const OPNUM: usize = 68;
    pub(super) const LEN: usize = 74;
    pub(super) const FRAGMENT: usize = 76;
    pub(super) const AUTH: usize = 78;
}

/// Is this a datagram of it, and are its numbers little-endian? Its head says how long it is.
pub(super) fn is_mine(b: &[u8]) -> Option<bool> {
    let [VERSION, 0..=LAST, _, _, drep @ (0x00 | 0x10), floats, ..] = *b else {
        return None;
    };
    let little = drep == 0x10;
    let len = number(b, at::LEN, 2, little)?;
    let whole = HEAD.checked_add(usize::try_from(len).ok()?)?;
    (floats <= 3 && b.len() >= HEAD && whole <= b.len()).then_some(little)
}

pub(super) fn read(ctx: &mut Ctx<'_>, data: Data<'_>) {
    let Some(little) = is_mine(data.bytes) else {
        return ctx.unknown(data);
    };
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let get = |at: usize, len: usize| number(data.bytes, at, len, little).unwrap_or(0);
    let id = |at: usize| data.array(at).map_or_else(String::new, |b| uuid(b, little));
    let kind = data.u8(1).unwrap_or(0);
    let opnum = u16::try_from(get(at::OPNUM, 2)).unwrap_or(0);
    let interface = id(at::INTERFACE);
    if wanted {
        ctx.number(&VER, data, 0, 1);
        ctx.number(&PKT_TYPE, data, 1, 1);
        ctx.number(&FLAGS1, data, 2, 1);
        ctx.number(&FLAGS2, data, 3, 1);
        ctx.bytes(&super::DREP, data, 4, 7);
        for (field, at) in [
            (&OBJECT, at::OBJECT),
            (&INTERFACE, at::INTERFACE),
            (&ACTIVITY, at::ACTIVITY),
        ] {
            ctx.field(field, Value::Text(&id(at)), data.range(at, at + 16));
        }
        let numbers: [(&'static Field, usize, usize); 5] = [
            (&INTERFACE_VERSION, at::INTERFACE_VERSION, 4),
            (&SEQUENCE, at::SEQUENCE, 4),
            (&OPNUM, at::OPNUM, 2),
            (&FRAGMENT_LEN, at::LEN, 2),
            (&FRAGMENT_NUM, at::FRAGMENT, 2),
        ];
        for (field, at, len) in numbers {
            let value = Value::Uint(get(at, len).into());
            ctx.field(field, value, data.range(at, at + len));
        }
        ctx.number(&AUTH, data, at::AUTH, 1);
        let word = PKT_TYPE.word(kind.into()).unwrap_or_default();
        let (name, operation) = interfaces::names(&interface, opnum);
        ctx.info(format_args!("{word}: {name} {operation}"));
        ctx.close();
    }
    // An activity numbers its calls: both tell a call, its fragments and its answer.
    let activity = data.array(at::ACTIVITY).map_or(0, u64::from_be_bytes);
    let key = activity ^ u64::from(get(at::SEQUENCE, 4));
    let first = get(at::FRAGMENT, 2) == 0;
    match kind {
        kind::REQUEST if first => {
            let (name, operation) = interfaces::names(&interface, opnum);
            let row = ctx.emit(Call {
                meta: ctx.whole_message(),
                rtt: None,
                endpoint: name.into(),
                operation: operation.into(),
                fault: None,
            });
            asked::ask(ctx, key, row);
        }
        kind::RESPONSE | kind::FAULT if first => {
            if let Some(call) = asked::answered(ctx, key) {
                let (last, end) = (ctx.meta.packet, ctx.meta.time);
                let fault = (kind == kind::FAULT).then(|| get(HEAD, 4));
                ctx.update::<Call>(call.row, |c| {
                    c.rtt = Some(end.since(call.time));
                    c.fault = fault;
                    (c.meta.last, c.meta.end) = (last, end);
                });
            }
        }
        _ => {}
    }
}
