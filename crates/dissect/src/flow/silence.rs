//! Notes content that comes after a silence of its flow. Knows nothing of what is said.

use crate::context::Ctx;
use crate::facts::{Pause, Pauses};
use crate::protocol::Direction;
use weir_model::{FlowId, LimitKind};

static MANY_PAUSES: LimitKind = LimitKind {
    id: "facts.pauses",
    says: "conversations spoke again after a silence more often than is kept; what repeats inside them is judged up to there",
    bound: Pauses::ROWS as u64,
    unit: "pauses",
};

/// `len` new bytes of the packet's flow: noted where they end a silence, once a packet.
pub(super) fn spoke_again(ctx: &mut Ctx<'_>, flow: FlowId, direction: Direction, len: usize) {
    if ctx.packet.silence < Pauses::SHORTEST || len == 0 {
        return;
    }
    let row = Pause {
        flow,
        packet: ctx.meta.packet,
        time: ctx.meta.time,
        silence: std::mem::take(&mut ctx.packet.silence),
        direction,
        len: u16::try_from(len).unwrap_or(u16::MAX),
    };
    if !ctx.core.facts.pauses.push(row) {
        ctx.limit(&MANY_PAUSES);
    }
}
