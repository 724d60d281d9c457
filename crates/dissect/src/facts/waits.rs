//! Where the client of a connection waited long for its server's first word after its own last. Judges nothing.

use weir_model::{Duration, FlowId, PacketRef, Timestamp};

/// One long wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// Its connection.
    pub flow: FlowId,
    /// The client's last packet with content before the answer.
    pub asked: PacketRef,
    /// The first packet with content of the answer.
    pub answered: PacketRef,
    /// Its time.
    pub time: Timestamp,
    /// How long it took, the way there and back included.
    pub took: Duration,
}

/// The long ones of a chain, in the order of the answers. All of them are counted in
/// [`crate::flow::TcpSeen::turns`].
#[derive(Default)]
pub struct Waits {
    rows: Vec<Wait>,
}

impl Waits {
    /// Shorter ones are only counted.
    pub const SHORTEST: Duration = Duration(500_000_000);
    /// Most waits kept.
    pub const ROWS: usize = 500_000;

    pub(crate) fn push(&mut self, row: Wait) -> bool {
        let room = self.rows.len() < Self::ROWS;
        if room {
            self.rows.push(row);
        }
        room
    }

    /// In the order of the answers.
    #[must_use]
    pub fn all(&self) -> &[Wait] {
        &self.rows
    }
}
