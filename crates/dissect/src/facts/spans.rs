//! Which packets of a stream carry one message: where it lies in several, and which of them completes it.

use crate::protocol::Direction;
use weir_model::{FlowId, PacketRef};

/// A message that several packets of one direction carry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    /// Its flow.
    pub flow: FlowId,
    /// Which way it goes.
    pub direction: Direction,
    /// The packet that completes it; of an unfinished one the flow's last.
    pub last: PacketRef,
    /// The first packet with bytes of it.
    pub first: PacketRef,
    /// Was it completed?
    pub whole: bool,
}

/// Every span of a chain.
#[derive(Default)]
pub struct Spans {
    rows: Vec<Span>,
    /// Rows up to here are in order.
    sorted: usize,
}

impl Spans {
    /// Most spans kept.
    pub const ROWS: usize = 4_000_000;

    pub(crate) fn push(&mut self, span: Span) -> bool {
        let room = self.rows.len() < Self::ROWS;
        if room {
            self.rows.push(span);
        }
        room
    }

    /// Sorts for look-up; spans pushed later are found only after the next call.
    pub(crate) fn seal(&mut self) {
        self.rows.sort_unstable();
        self.sorted = self.rows.len();
    }

    /// Takes back what the end of capture told: unfinished ones, which only that tells.
    pub(crate) fn take_back(&mut self, provisional: &[Span]) {
        let mut gone: Vec<Span> = provisional.to_vec();
        gone.sort_unstable();
        self.rows.retain(|r| gone.binary_search(r).is_err());
        self.sorted = 0;
    }

    /// In the order of flow, direction and completing packet once the end was told.
    #[must_use]
    pub fn all(&self) -> &[Span] {
        &self.rows
    }

    /// The spans of a direction that hold `packet`, in order of completion.
    pub fn of(
        &self,
        flow: FlowId,
        direction: Direction,
        packet: PacketRef,
    ) -> impl Iterator<Item = Span> + '_ {
        let rows = self.rows.get(..self.sorted).unwrap_or_default();
        let at =
            rows.partition_point(|r| (r.flow, r.direction, r.last) < (flow, direction, packet));
        rows.get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(move |r| (r.flow, r.direction) == (flow, direction))
            // A packet begins one message at most after the one that it completes.
            .take(3)
            .filter(move |r| r.first <= packet)
            .copied()
    }
}
