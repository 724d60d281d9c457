//! What a connection's control channel keeps: its row, and the TLS that its messages carry, put in order.

use super::PROTOCOL;
use super::fields as f;
use super::wire::{CLIENT_RESET, CLIENT_RESET_V3, Control, Guard, SERVER_RESET, is_reset};
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::row::row;
use crate::flow::{FlowState, Inner};
use crate::protocol::Direction;
use crate::protocols::tls;
use std::any::Any;
use std::collections::BTreeMap;
use weir_model::{LimitKind, PacketRef, Timestamp, Value};

row! {
    /// A tunnel being opened. First: the client's reset; last: the server's answer.
    pub struct Tunnel of PROTOCOL {
        session: Box<str> = "Number that the client chose",
        peer_session: Box<str> = "Number that the server chose",
        guard: &'static str = "What guards the control channel: none, tls-auth, tls-crypt",
        answered: bool = "Was it answered?",
        tls: bool = "Does it carry TLS in the clear?",
    }
    |t| {
        let how = if t.answered { "answered" } else { "not answered" };
        format!("{} → {} ({}): {how}", t.session, t.peer_session, t.guard)
    }
}

/// Bytes of a message in pieces that are put together.
const MESSAGE: usize = 64 << 10;
/// Pieces that wait for an earlier one.
const EARLY: usize = 16;
/// Bytes of a piece that waits at most.
const PIECE: usize = 4 << 10;
/// A piece of so many bytes is not the last one, as OpenVPN cuts them.
const CUT: usize = 100;

static LONG: LimitKind = LimitKind {
    id: "openvpn.message",
    says: "a message of OpenVPN's control channel was longer, or more of it in disorder, than is put together",
    bound: MESSAGE as u64,
    unit: "bytes",
};

#[derive(Clone, Default)]
struct Side {
    /// Number of the next message packet.
    next: Option<u32>,
    /// What is there of a message, and which packets brought it.
    partial: Vec<u8>,
    from: Vec<(PacketRef, Timestamp, usize)>,
    early: BTreeMap<u32, (Vec<u8>, PacketRef, Timestamp)>,
    /// It cannot be put together any more.
    lost: bool,
}

/// Of both directions.
#[derive(Clone, Default)]
pub(super) struct Session {
    sides: [Side; 2],
    tls: Option<Inner>,
    /// The client's number.
    client: Option<u64>,
    row: Option<u32>,
    answered: bool,
}

impl FlowState for Session {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// A message that is whole: its packets with their bytes, and all of them.
struct Whole {
    bytes: Vec<u8>,
    from: Vec<(PacketRef, Timestamp, usize)>,
}

impl Session {
    pub(super) fn held(&self) -> usize {
        let sides = self.sides.iter();
        let early = |s: &Side| s.early.values().map(|e| e.0.capacity()).sum::<usize>();
        let kept = sides.map(|s| s.partial.capacity() + early(s));
        kept.sum::<usize>() + self.tls.as_ref().map_or(0, Inner::held)
    }

    /// A reset: somebody begins, or answers.
    pub(super) fn reset(&mut self, ctx: &mut Ctx<'_>, opcode: u8, c: &Control, data: Data<'_>) {
        let number = data.number(1, 8);
        let id = number.map(|n| format!("{n:016x}")).unwrap_or_default();
        let direction = ctx.packet.flow.map_or(Direction::Forward, |f| f.1);
        if matches!(opcode, CLIENT_RESET | CLIENT_RESET_V3) {
            // Sent again until it is answered.
            if self.client == number || ctx.packet.duplicate {
                return;
            }
            *self = Self {
                client: number,
                ..Self::default()
            };
            let meta = ctx.whole_message();
            self.row = ctx.emit(Tunnel {
                meta,
                session: id.into(),
                peer_session: Box::default(),
                guard: c.guard.word(),
                answered: false,
                tls: false,
            });
        } else if opcode == SERVER_RESET && !std::mem::replace(&mut self.answered, true) {
            let at = (ctx.meta.packet, ctx.meta.time);
            ctx.update::<Tunnel>(self.row, |t| {
                (t.meta.last, t.meta.end) = at;
                t.answered = true;
                t.peer_session = id.into();
            });
        }
        let first = c.message.and_then(|at| data.u32(at));
        self.sides[direction.index()].next = first.map(|n| n.wrapping_add(1));
    }

    /// A piece of a message: describes what it completes; the message itself is read when its layer is closed.
    pub(super) fn piece(
        &mut self,
        ctx: &mut Ctx<'_>,
        c: &Control,
        data: Data<'_>,
        wanted: bool,
    ) -> Option<Ready> {
        let direction = ctx.packet.flow.map_or(Direction::Forward, |f| f.1);
        let payload = data.rest(c.payload);
        let whole = self.order(ctx, direction, c, data);
        let alone = whole.as_ref().is_some_and(|w| w.from.len() == 1);
        if wanted && !alone {
            ctx.bytes(&f::BYTES, payload, 0, payload.len());
        }
        if let Some(w) = whole.as_ref().filter(|_| wanted && !alone) {
            let range = payload.all();
            ctx.open(&f::FRAGMENTS, Value::None, range);
            for (packet, ..) in &w.from {
                ctx.computed(&f::FRAGMENT, Value::Uint(packet.number.into()));
            }
            ctx.computed(&f::COUNT, Value::Uint(w.from.len() as u64));
            ctx.computed(&f::LENGTH, Value::Uint(w.bytes.len() as u64));
            ctx.close();
        }
        whole.map(|w| Ready(direction, w))
    }

    /// Reads a whole message.
    pub(super) fn read(&mut self, ctx: &mut Ctx<'_>, Ready(direction, whole): Ready) {
        let inner = match &mut self.tls {
            Some(inner) => inner,
            none => {
                ctx.update::<Tunnel>(self.row, |t| t.tls = true);
                none.insert(Inner::new(ctx, &PROTOCOL, Some(&tls::PROTOCOL), [0; 2]))
            }
        };
        let source = ctx.source("Reassembled OpenVPN", &whole.bytes);
        let data = Data {
            bytes: &whole.bytes,
            source,
            start: 0,
        };
        let from = whole.from.first().map(|(p, t, _)| (*p, *t));
        inner.push(
            ctx,
            direction,
            data,
            from.unwrap_or((ctx.meta.packet, ctx.meta.time)),
        );
    }

    /// Puts a piece in its place; the message that is whole with it.
    fn order(
        &mut self,
        ctx: &mut Ctx<'_>,
        direction: Direction,
        c: &Control,
        data: Data<'_>,
    ) -> Option<Whole> {
        let side = &mut self.sides[direction.index()];
        let number = data.u32(c.message?)?;
        if c.guard == Guard::Crypt || side.lost || ctx.packet.duplicate {
            return None;
        }
        let next = side.next.unwrap_or(number);
        let payload = data.rest(c.payload).bytes;
        let ahead = number.wrapping_sub(next);
        if ahead > 0 {
            // Sent again, or before an earlier one.
            if ahead as usize <= EARLY && payload.len() <= PIECE {
                let piece = (payload.to_vec(), ctx.meta.packet, ctx.meta.time);
                side.early.entry(number).or_insert(piece);
            } else if ahead < u32::MAX / 2 {
                ctx.limit(&LONG);
                *side = Side {
                    lost: true,
                    ..Side::default()
                };
            }
            return None;
        }
        let mut ended = side.add(payload, ctx.meta.packet, ctx.meta.time);
        let mut next = next.wrapping_add(1);
        while let Some((bytes, packet, time)) = side.early.remove(&next) {
            ended |= side.add(&bytes, packet, time);
            next = next.wrapping_add(1);
        }
        side.next = Some(next);
        if side.partial.len() > MESSAGE {
            ctx.limit(&LONG);
            *side = Side {
                lost: true,
                ..Side::default()
            };
            return None;
        }
        ended.then(|| Whole {
            bytes: std::mem::take(&mut side.partial),
            from: std::mem::take(&mut side.from),
        })
    }
}

/// A message to be read.
pub(super) struct Ready(Direction, Whole);

impl Side {
    /// Adds a piece; was it the last of its message?
    fn add(&mut self, bytes: &[u8], packet: PacketRef, time: Timestamp) -> bool {
        if bytes.is_empty() {
            return false;
        }
        self.partial.extend_from_slice(bytes);
        self.from.push((packet, time, bytes.len()));
        bytes.len() != CUT
    }
}

/// Is what an opcode's packet carries a piece of TLS?
pub(super) fn carries(opcode: u8) -> bool {
    !is_reset(opcode) && opcode == super::wire::CONTROL
}
