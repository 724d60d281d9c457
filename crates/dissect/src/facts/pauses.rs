//! Where a conversation spoke again after a silence: what a flow's begin and end do not tell. Judges nothing.

use crate::protocol::Direction;
use weir_model::{Duration, FlowId, PacketRef, Timestamp};

/// Content that came after a silence of its flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pause {
    /// Its flow.
    pub flow: FlowId,
    /// The packet that broke the silence.
    pub packet: PacketRef,
    /// Its time.
    pub time: Timestamp,
    /// How long no packet of the flow had come.
    pub silence: Duration,
    /// Who spoke.
    pub direction: Direction,
    /// Bytes it brought, at most 65,535.
    pub len: u16,
}

/// Every pause of a chain, in the order of the packets.
#[derive(Default)]
pub struct Pauses {
    rows: Vec<Pause>,
}

impl Pauses {
    /// Silences shorter than this are the rhythm of one exchange.
    pub const SHORTEST: Duration = Duration(10_000_000_000);
    /// Most pauses kept.
    pub const ROWS: usize = 1_000_000;

    pub(crate) fn push(&mut self, row: Pause) -> bool {
        let room = self.rows.len() < Self::ROWS;
        if room {
            self.rows.push(row);
        }
        room
    }

    /// In the order of the packets.
    #[must_use]
    pub fn all(&self) -> &[Pause] {
        &self.rows
    }
}
