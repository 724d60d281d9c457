//! Copies of flows' states on the way, so that a packet late in a long flow is opened without reading
//! the flow from its start.

use super::Live;
use weir_model::{FlowId, PacketRef};

/// Stream bytes between two checkpoints of a flow.
pub(crate) const EVERY: u32 = 1 << 20;
/// Heap all checkpoints together may keep.
const BUDGET: usize = 32 << 20;

struct Kept {
    flow: FlowId,
    /// The state is the one after this packet.
    after: PacketRef,
    live: Live,
    heap: usize,
}

/// Every checkpoint of a chain, in packet order. Over budget, every second one of the older half goes:
/// opening gets slower, never wrong.
#[derive(Default)]
pub(crate) struct Checkpoints {
    kept: Vec<Kept>,
    heap: usize,
}

impl Checkpoints {
    pub(crate) fn push(&mut self, flow: FlowId, after: PacketRef, live: Live) {
        let heap = live.heap();
        self.heap += heap;
        self.kept.push(Kept {
            flow,
            after,
            live,
            heap,
        });
        while self.heap > BUDGET && self.kept.len() > 1 {
            let mut n = 0usize;
            self.kept.retain(|_| {
                n += 1;
                n.is_multiple_of(2)
            });
            self.heap = self.kept.iter().map(|k| k.heap).sum();
        }
    }

    /// The latest state but one of `flow` after a packet for which `before` holds: so that a message of up
    /// to [`EVERY`] bytes that ends after that packet is read again from its beginning.
    pub(crate) fn find(
        &self,
        flow: FlowId,
        before: impl Fn(PacketRef) -> bool,
    ) -> Option<(PacketRef, Live)> {
        self.kept
            .iter()
            .rev()
            .filter(|k| k.flow == flow && before(k.after))
            .nth(1)
            .map(|k| (k.after, k.live.clone()))
    }
}
