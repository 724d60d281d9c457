//! Which part of what is loaded is meant: by time, and by capture. Counts nothing.

use weir_model::{CaptureId, PacketRef, Timestamp};

/// A part of what is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// First moment of it.
    pub from: Timestamp,
    /// The moment after it.
    pub to: Timestamp,
    /// Only these captures; nothing means every one.
    pub captures: Option<Vec<CaptureId>>,
}

impl Default for Part {
    fn default() -> Self {
        Self {
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            captures: None,
        }
    }
}

impl Part {
    /// Is what happened then, shown by this packet, in it?
    #[must_use]
    pub fn holds(&self, time: Timestamp, packet: PacketRef) -> bool {
        let named = self.captures.as_ref();
        time >= self.from
            && time < self.to
            && named.is_none_or(|list| list.contains(&packet.capture))
    }
}
