//! What a packet adds to the counts of its flow and of the capture. Judges nothing.

use crate::context::Ctx;
use crate::protocol::Direction;
use weir_model::{Duration, FlowId};

/// A segment or datagram with content or without, and whether some of it was cut.
pub(super) fn content(ctx: &mut Ctx<'_>, some: bool, cut: bool) {
    if !ctx.core.muted {
        let quality = &mut ctx.core.facts.quality;
        quality.content += u64::from(some);
        quality.content_cut += u64::from(some && cut);
    }
}

/// Nothing of it is new: the first copy passed here.
pub(super) fn passed(ctx: &mut Ctx<'_>, id: FlowId, direction: Direction) {
    if !ctx.core.muted
        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
    {
        let passed = &mut flow.seldom_mut().passed[direction.index()];
        *passed = passed.saturating_add(1);
    }
}

/// So many bytes are in no packet.
pub(super) fn lacks(ctx: &mut Ctx<'_>, id: FlowId, direction: Direction, bytes: u64) {
    let packet = ctx.meta.packet;
    if bytes > 0
        && !ctx.core.muted
        && let Some(flow) = ctx.core.facts.flows.get_mut(id.0 as usize)
    {
        let seldom = flow.seldom_mut();
        seldom.missed[direction.index()] += bytes;
        seldom.lacked.get_or_insert(packet);
    }
}

/// Time since the flow's first and since its previous packet; notes this one.
pub(crate) fn times(ctx: &mut Ctx<'_>) -> Option<(Duration, Duration)> {
    let (id, _) = ctx.packet.flow?;
    let begun = ctx.core.facts.flow(id)?.begun;
    let now = ctx.meta.time;
    let live = ctx
        .core
        .live
        .get_mut(id.0 as usize)
        .and_then(Option::as_deref_mut)?;
    let before = live.latest.replace(now).unwrap_or(now);
    Some((now.since(begun), now.since(before)))
}
