//! What all flows of a chain together hold of their streams, and which gives it up when that is too much.
//! Knows sums and turns, nothing of streams.

use std::collections::VecDeque;
use weir_model::{FlowId, LimitKind};

/// Stream bytes that all flows of a chain may hold, with what holding them costs: a real capture needs a
/// hundredth of it.
pub(crate) const HELD_MAX: usize = 64 << 20;

pub(crate) static COMPARED: LimitKind = LimitKind {
    id: "reassembly.compared",
    says: "too many conversations are open at once to keep the last bytes of each; what comes again in the idle ones is not compared with what came first",
    bound: HELD_MAX as u64,
    unit: "bytes",
};

pub(crate) static WAITED: LimitKind = LimitKind {
    id: "reassembly.held",
    says: "more bytes than are held waited behind missing ones, over all conversations; those that waited longest were read on without the missing ones",
    bound: HELD_MAX as u64,
    unit: "bytes",
};

pub(crate) static UNFINISHED: LimitKind = LimitKind {
    id: "message.held",
    says: "more bytes of unfinished messages than are held, over all conversations; those that waited longest were read no further",
    bound: HELD_MAX as u64,
    unit: "bytes",
};

/// Where a flow stands with this.
#[derive(Clone, Copy, Default)]
pub(crate) struct Turn {
    /// What was counted of it.
    pub(crate) counted: u32,
    /// What of that its dissector kept when it was asked last.
    pub(crate) read: u32,
    /// Segments since then, where there were many.
    pub(crate) since: u16,
    /// It has its place in the line.
    pub(crate) waits: bool,
    /// A segment came since its last turn.
    pub(crate) touched: bool,
    /// Nothing waits behind holes any more.
    pub(crate) hasty: bool,
    /// Nobody reads it any more.
    pub(crate) deaf: bool,
}

/// The sum, and who holds something in the order in which their turn comes.
#[derive(Default)]
pub(crate) struct Held {
    bytes: usize,
    turns: VecDeque<FlowId>,
}

impl Held {
    /// A flow held `before` and holds `now`.
    pub(crate) fn change(&mut self, before: u32, now: u32) {
        self.bytes = self
            .bytes
            .saturating_sub(before as usize)
            .saturating_add(now as usize);
    }

    /// The sum.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The flow has its turn after all others.
    pub(crate) fn line_up(&mut self, flow: FlowId) {
        self.turns.push_back(flow);
    }

    /// Whose turn it is, while too much is held.
    pub(crate) fn next(&mut self) -> Option<FlowId> {
        (self.bytes > HELD_MAX)
            .then(|| self.turns.pop_front())
            .flatten()
    }
}
