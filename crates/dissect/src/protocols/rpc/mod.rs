//! ONC RPC (RFC 5531) over TCP and UDP: records, calls with program and procedure, the replies to them and whether they were
//! accepted. Hands the arguments of NFS on and reads no others.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use crate::context::{Ctx, MALFORMED};
use crate::data::Data;
use crate::facts::row::row;
use crate::facts::{LinkKind, MessageMeta};
use crate::flow::FlowState;
use crate::framed::{At, Frame, Framed, Frames, Framing};
use crate::protocol::{Certainty, Log, Over, Probe, Protocol, Start, StreamDissector, Transport};
use crate::protocols::nfs;
use std::any::Any;
use std::collections::VecDeque;
use weir_model::{Field, Kind, PacketRef, Timestamp, Value};

static LAST: Field = Field::new("rpc.lastfrag", Kind::Bool, "Last Fragment");
static FRAGLEN: Field = Field::new("rpc.fraglen", Kind::Uint(32), "Fragment Length");
static XID: Field = Field::new("rpc.xid", Kind::Uint(32), "XID").hex();
static MSGTYP: Field =
    Field::new("rpc.msgtyp", Kind::Uint(32), "Message Type").values(&[(0, "Call"), (1, "Reply")]);
static VERSION: Field = Field::new("rpc.version", Kind::Uint(32), "RPC Version");
static PROGRAM: Field = Field::new("rpc.program", Kind::Uint(32), "Program").values(PROGRAMS);
static PROGRAM_VERSION: Field = Field::new("rpc.programversion", Kind::Uint(32), "Program Version");
static PROCEDURE: Field = Field::new("rpc.procedure", Kind::Uint(32), "Procedure");
static REPLYSTAT: Field = Field::new("rpc.replystat", Kind::Uint(32), "Reply State")
    .values(&[(0, "accepted"), (1, "denied")]);
// Named as Wireshark has them, where a call names its reply by the first and a reply its call by the second.
static REPLY: Field = Field::new("rpc.reqframe", Kind::Packet, "Request Frame");
static REQUEST: Field = Field::new("rpc.repframe", Kind::Packet, "Reply Frame");
static TIME: Field = Field::new("rpc.time", Kind::Duration, "Time from request");
static ACCEPTED: Field = Field::new("rpc.state_accept", Kind::Uint(32), "Accept State").values(&[
    (0, "RPC executed successfully"),
    (1, "remote hasn't exported program"),
    (2, "remote can't support version #"),
    (3, "program can't support procedure"),
    (4, "procedure can't decode params"),
    (5, "system errors like memory allocation failure"),
]);

/// IANA's list, as far as networks show them.
static PROGRAMS: &[(u64, &str)] = &[
    (100_000, "Portmap"),
    (100_003, "NFS"),
    (100_005, "MOUNT"),
    (100_021, "NLM"),
    (100_024, "STAT"),
    (100_227, "NFSACL"),
];

/// See the module.
pub static PROTOCOL: Protocol = Protocol {
    spec: "RFC 5531",
    over: &[
        Over::TcpPort(111),
        Over::TcpPort(2049),
        Over::UdpPort(111),
        Over::UdpPort(2049),
    ],
    fields: &[
        &LAST,
        &FRAGLEN,
        &XID,
        &MSGTYP,
        &VERSION,
        &PROGRAM,
        &PROGRAM_VERSION,
        &PROCEDURE,
        &REPLYSTAT,
        &ACCEPTED,
        &REQUEST,
        &REPLY,
        &TIME,
    ],
    anomalies: &[&MALFORMED],
    probe: Some(probe),
    datagram: Some(|ctx, data| {
        let meta = ctx.whole_message();
        let mut calls = ctx
            .flow_state::<Calls, _>(std::mem::take)
            .unwrap_or_default();
        read(ctx, data, 0, meta, &mut calls);
        ctx.flow_state::<Calls, _>(|c| *c = calls);
    }),
    stream: Some(start),
    logs: &[Log::of::<Call>()],
    #[cfg(test)]
    sample: Some(sample::SAMPLE),
    ..Protocol::new("rpc", "Remote Procedure Call", "RPC")
};

row! {
    /// A call.
    pub struct Call of PROTOCOL {
        xid: u32 = "Its number",
        program: Box<str> = "The program, by number where it has no name here",
        version: u32 = "Its version",
        procedure: u32 = "The procedure's number",
    }
    |c| format!("{} v{} procedure {}", c.program, c.version, c.procedure)
}

/// Calls of a flow whose replies are known; the oldest is forgotten first, for a reply that late is none.
const CALLS: usize = 128;

/// What a reply has to be read by.
#[derive(Clone, Copy, Debug)]
struct Asked {
    xid: u32,
    program: u32,
    version: u32,
    procedure: u32,
    packet: PacketRef,
    time: Timestamp,
    /// The row that its program made.
    row: Option<u32>,
}

/// The latest calls of a flow or stream. They stay, for a reply may come twice.
#[derive(Clone, Default, Debug)]
struct Calls(VecDeque<Asked>);

impl FlowState for Calls {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Calls {
    fn push(&mut self, call: Asked) {
        if self.0.len() >= CALLS {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    fn of(&self, xid: u32) -> Option<Asked> {
        self.0.iter().rev().find(|c| c.xid == xid).copied()
    }
}

/// Bytes of a record's mark (RFC 5531 section 11).
const MARK: usize = 4;
/// The longest record that is believed.
const LONGEST: u32 = 4 << 20;

/// Is this the front of a call or reply? `None` where that takes more bytes.
fn begins(b: &[u8]) -> Option<bool> {
    let at = |n: usize| {
        let four = b.get(n..)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*four))
    };
    Some(match at(4)? {
        0 => at(8)? == 2 && (100_000..0x4000_0000).contains(&at(12)?),
        1 => at(8)? <= 1,
        _ => false,
    })
}

fn probe(p: &Probe<'_>) -> Certainty {
    if p.transport == Transport::Udp {
        // A call says version and program; a reply alone says too little.
        let call = p.bytes.get(4..8) == Some(&[0; 4]) && p.bytes.len() >= 40;
        return if call && begins(p.bytes) == Some(true) {
            Certainty::Unsure
        } else {
            Certainty::No
        };
    }
    if !matches!(p.bytes, [0x80, 0, ..] | [0x80]) {
        return Certainty::No;
    }
    match begins(p.bytes.get(MARK..).unwrap_or_default()) {
        None => Certainty::More,
        Some(true) => Certainty::Unsure,
        Some(false) => Certainty::No,
    }
}

fn start(start: Start) -> Box<dyn StreamDissector> {
    let records = Records {
        inside: [false; 2],
        calls: Calls::default(),
    };
    Frames::boxed(records, start.from_start)
}

#[derive(Clone)]
struct Records {
    /// In a record of several fragments.
    inside: [bool; 2],
    calls: Calls,
}

impl Framing for Records {
    fn frame(&mut self, at: At, bytes: &[u8]) -> Frame {
        let Some(mark) = bytes.first_chunk::<MARK>() else {
            return Frame::More(MARK);
        };
        let len = u32::from_be_bytes(*mark) & 0x7fff_ffff;
        let body = bytes.get(MARK..).unwrap_or_default();
        let sane = self.inside[at.direction.index()] || begins(body) != Some(false);
        if len == 0 || len > LONGEST || !sane {
            return Frame::Foreign;
        }
        Frame::Whole(MARK as u64 + u64::from(len))
    }

    fn message(&mut self, ctx: &mut Ctx<'_>, m: &Framed<'_>) {
        let inside = &mut self.inside[m.direction.index()];
        let last = m.data.u8(0).is_some_and(|b| b & 0x80 != 0);
        let further = std::mem::replace(inside, !last);
        if further {
            // The rest of a record: nothing of it is read.
            if ctx.layer(&PROTOCOL, m.data.all()) {
                ctx.flag(&LAST, m.data, 0, 4, 0x8000_0000);
                ctx.bits(&FRAGLEN, m.data, 0, 4, 0x7fff_ffff);
                ctx.close();
            }
            return;
        }
        let meta = ctx.message(m.direction, m.from);
        read(ctx, m.data, MARK, meta, &mut self.calls);
    }

    fn lost(&mut self, _: &mut Ctx<'_>, direction: crate::protocol::Direction) {
        self.inside[direction.index()] = false;
    }
}

/// Behind an authenticator: its flavour, its length, its bytes (RFC 5531 section 8.2).
fn behind(data: Data<'_>, at: usize) -> Option<usize> {
    let len = usize::try_from(data.u32(at.checked_add(4)?)?).ok()?;
    at.checked_add(8)?
        .checked_add(len.checked_next_multiple_of(4)?)
}

fn read(ctx: &mut Ctx<'_>, data: Data<'_>, from: usize, meta: MessageMeta, calls: &mut Calls) {
    let wanted = ctx.layer(&PROTOCOL, data.all());
    let at = |n: usize| data.u32(from + n);
    if wanted {
        if from > 0 {
            ctx.flag(&LAST, data, 0, 4, 0x8000_0000);
            ctx.bits(&FRAGLEN, data, 0, 4, 0x7fff_ffff);
        }
        ctx.number(&XID, data, from, 4);
        ctx.number(&MSGTYP, data, from + 4, 4);
    }
    match (at(0), at(4)) {
        (Some(xid), Some(0)) => call(ctx, (data, from), xid, meta, calls, wanted),
        (Some(xid), Some(1)) => reply(ctx, (data, from), calls.of(xid), wanted),
        _ => {
            ctx.short();
            if wanted {
                ctx.close();
            }
        }
    }
}

fn call(
    ctx: &mut Ctx<'_>,
    (data, from): (Data<'_>, usize),
    xid: u32,
    meta: MessageMeta,
    calls: &mut Calls,
    wanted: bool,
) {
    let at = |n: usize| data.u32(from + n);
    if wanted {
        ctx.number(&VERSION, data, from + 8, 4);
        ctx.number(&PROGRAM, data, from + 12, 4);
        ctx.number(&PROGRAM_VERSION, data, from + 16, 4);
        ctx.number(&PROCEDURE, data, from + 20, 4);
        if let Some(to) = ctx.linked_to(LinkKind::Answer, xid) {
            ctx.computed(&REPLY, Value::Uint(u64::from(to.number)));
        }
    }
    let (Some(program), Some(version), Some(procedure)) = (at(12), at(16), at(20)) else {
        ctx.short();
        if wanted {
            ctx.close();
        }
        return;
    };
    let word = PROGRAM.word(program.into());
    let name = word.map_or_else(|| program.to_string(), str::to_owned);
    ctx.info(format_args!("{name} Call, procedure {procedure}"));
    ctx.emit(Call {
        meta,
        xid,
        program: name.into(),
        version,
        procedure,
    });
    if wanted {
        ctx.close();
    }
    let arguments = behind(data, from + 24).and_then(|n| behind(data, n));
    let row = arguments
        .filter(|n| program == nfs::PROGRAM && *n <= data.len())
        .and_then(|n| nfs::call(ctx, (version, procedure), data.rest(n), meta));
    calls.push(Asked {
        xid,
        program,
        version,
        procedure,
        packet: ctx.meta.packet,
        time: ctx.meta.time,
        row,
    });
}

fn reply(ctx: &mut Ctx<'_>, (data, from): (Data<'_>, usize), asked: Option<Asked>, wanted: bool) {
    let accepted = data.u32(from + 8) == Some(0);
    // The verifier stands before it.
    let state = behind(data, from + 12).filter(|_| accepted);
    if let Some(call) = asked {
        let to = ctx.meta.packet;
        ctx.link(LinkKind::Answer, call.packet, to, call.xid);
    }
    if wanted {
        if let Some(call) = asked {
            ctx.computed(&PROGRAM, Value::Uint(call.program.into()));
            ctx.computed(&PROGRAM_VERSION, Value::Uint(call.version.into()));
            ctx.computed(&PROCEDURE, Value::Uint(call.procedure.into()));
        }
        ctx.number(&REPLYSTAT, data, from + 8, 4);
        if let Some(n) = state {
            ctx.number(&ACCEPTED, data, n, 4);
        }
        if let Some(call) = asked {
            ctx.computed(&REQUEST, Value::Uint(u64::from(call.packet.number)));
            let waited = ctx.meta.time.since(call.time);
            ctx.computed(&TIME, Value::Duration(waited));
        }
        ctx.info(format_args!("Reply"));
        ctx.close();
    }
    let results = state.filter(|n| data.u32(*n) == Some(0)).map(|n| n + 4);
    if let (Some(call), Some(n)) = (asked.filter(|c| c.program == nfs::PROGRAM), results)
        && n <= data.len()
    {
        nfs::reply(ctx, (call.version, call.procedure), data.rest(n), call.row);
    }
}
