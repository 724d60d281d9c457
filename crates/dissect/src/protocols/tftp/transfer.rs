//! The file that a flow carries, block by block: repeated ones are left out, lost ones are counted as missing.

use super::{BLOCK, PROTOCOL, Transfer};
use crate::body::Body;
use crate::context::Ctx;
use crate::data::Data;
use crate::facts::{Artifact, ArtifactName, Completeness, NameSource};
use crate::flow::FlowState;
use std::any::Any;
use weir_model::LimitKind;

/// Files that can be under way at once: what each of them keeps is small, but flows without an end are cheap.
const OPEN: u32 = 4096;

static MANY_OPEN: LimitKind = LimitKind {
    id: "tftp.open",
    says: "more TFTP transfers were under way at once than become files",
    bound: OPEN as u64,
    unit: "transfers",
};

/// Transfers of the chain that are under way.
#[derive(Clone, Default)]
struct Open(u32);

impl FlowState for Open {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// What a flow is carrying.
#[derive(Clone, Default)]
pub(super) struct State {
    /// The transfer's row, where the request stands in this flow.
    pub(super) row: Option<u32>,
    /// Size that the server told.
    pub(super) expected: Option<u64>,
    /// Bytes of a block; 0 until it is known.
    size: u64,
    /// The number of the next block, counted on.
    next: u64,
    /// Bytes of all transfers in this flow before this one: names its file.
    before: u64,
    body: Option<Body>,
    done: bool,
}

impl FlowState for State {
    fn box_clone(&self) -> Box<dyn FlowState> {
        Box::new(self.clone())
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn is_open(&self) -> bool {
        self.body.is_some()
    }
    fn end(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(body) = self.body.take() {
            body.end(ctx, Completeness::CaptureEnded);
        }
    }
}

impl State {
    /// A request in this flow: what was under way before is another's.
    pub(super) fn begin(&mut self, row: Option<u32>) {
        if self.row != row {
            let before = self
                .before
                .saturating_add(self.body.as_ref().map_or(0, Body::len));
            *self = Self {
                row,
                before,
                ..Self::default()
            };
        }
    }

    pub(super) fn block_size(&mut self, n: u64) {
        // RFC 2348: 8 to 65464.
        if (8..=65464).contains(&n) {
            self.size = n;
        }
    }

    /// The number of a block counted on over 65535, by the one expected next.
    pub(super) fn full(&self, number: u16) -> u64 {
        let next = self.next.max(1);
        let low = u64::from(number);
        let base = next & !0xffff;
        let near = [
            base.checked_sub(0x1_0000),
            Some(base),
            base.checked_add(0x1_0000),
        ];
        near.into_iter()
            .flatten()
            .map(|b| b + low)
            .min_by_key(|n| n.abs_diff(next))
            .unwrap_or(low)
    }
}

fn draft(ctx: &mut Ctx<'_>, state: &State, row: Option<u32>) -> Option<Body> {
    let room = ctx.chain_state::<Open, _, bool>(|open| {
        let room = open.0 < OPEN;
        open.0 += u32::from(room);
        Some(room)
    });
    if room == Some(false) {
        ctx.limit(&MANY_OPEN);
        return None;
    }
    let (flow, direction) = (ctx.flow()?, ctx.packet.flow?.1);
    let mut artifact = Artifact::draft(&PROTOCOL, flow, direction, state.before);
    artifact.declared_size = state.expected;
    let asked = row.and_then(|n| ctx.facts().messages.all::<Transfer>().get(n as usize));
    if let Some(t) = asked {
        artifact.message = row;
        artifact.sent = t.write;
        artifact.ascii = &*t.mode == "netascii";
        artifact.asked = Some((t.meta.first, t.meta.time));
        let last = t.fname.rsplit(['/', '\\']).next().unwrap_or_default();
        artifact.names.push(ArtifactName {
            text: last.into(),
            from: NameSource::Argument,
        });
        // The flow of the data was opened by the server mostly; who asked is in the announcement.
        if (direction == crate::protocol::Direction::Backward) == t.write {
            std::mem::swap(&mut artifact.client, &mut artifact.server);
        }
        artifact.url = format!(
            "tftp://{}/{}",
            artifact.server.0,
            t.fname.trim_start_matches('/')
        )
        .into();
    }
    Some(Body::new(artifact))
}

/// A block: its number counted on.
pub(super) fn block(ctx: &mut Ctx<'_>, number: u16, bytes: Data<'_>, row: Option<u32>) -> u64 {
    let Some(mut state) = ctx.flow_state::<State, _>(std::mem::take) else {
        return number.into();
    };
    let full = state.full(number);
    let next = state.next.max(1);
    // What was not seen from its beginning may begin anywhere.
    let fresh = state.body.is_none() && !state.done && !ctx.packet.duplicate;
    if fresh {
        state.body = draft(ctx, &state, row);
    }
    let new = full >= next && !ctx.packet.duplicate && !state.done;
    if new {
        let len = bytes.len() as u64;
        if state.size == 0 {
            state.size = if full > 1 || len >= BLOCK {
                len.max(BLOCK)
            } else {
                BLOCK
            };
        }
        let from = (ctx.meta.packet, ctx.meta.time);
        if let Some(body) = &mut state.body {
            body.gap(ctx, (full - next).saturating_mul(state.size));
            body.data(ctx, bytes.bytes, from);
            // What the snap length cut is missing.
            body.gap(ctx, u64::from(ctx.packet.beyond));
        }
        state.next = full + 1;
        let flow = ctx.packet.flow.map(|f| u64::from(f.0.0));
        ctx.update::<Transfer>(row, |t| {
            t.size = t.size.saturating_add(len);
            t.block_sent = t.block_sent.saturating_add(1);
            t.uid_data = flow;
            (t.meta.last, t.meta.end) = from;
        });
        if len + u64::from(ctx.packet.beyond) < state.size {
            state.done = true;
            end(ctx, &mut state, Completeness::Complete);
        }
    }
    ctx.flow_state::<State, _>(|s| *s = state);
    full
}

fn end(ctx: &mut Ctx<'_>, state: &mut State, how: Completeness) {
    if let Some(body) = state.body.take() {
        state.before = state.before.saturating_add(body.len());
        body.end(ctx, how);
        ctx.chain_state::<Open, _, ()>(|open| {
            open.0 = open.0.saturating_sub(1);
            Some(())
        });
    }
}

/// A side said that it goes no further.
pub(super) fn aborted(ctx: &mut Ctx<'_>) {
    let Some(mut state) = ctx.flow_state::<State, _>(std::mem::take) else {
        return;
    };
    end(ctx, &mut state, Completeness::Aborted);
    state.done = true;
    ctx.flow_state::<State, _>(|s| *s = state);
}

#[cfg(test)]
impl State {
    pub(super) fn set_next(&mut self, n: u64) {
        self.next = n;
    }
}
