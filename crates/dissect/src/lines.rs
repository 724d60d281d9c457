//! Lines of a text protocol, put together from their pieces. Bounded.

use weir_model::{LimitKind, PacketRef, Timestamp};

/// Bytes of a line that are kept.
const LINE: usize = 8 << 10;

pub(crate) static LONG_LINE: LimitKind = LimitKind {
    id: "line.long",
    says: "a line of a text protocol was longer than is kept; its end was dropped",
    bound: LINE as u64,
    unit: "bytes",
};

/// One direction's unfinished line.
#[derive(Clone, Default, Debug)]
pub(crate) struct Lines {
    partial: Vec<u8>,
    /// Packet and time of its first byte.
    from: Option<(PacketRef, Timestamp)>,
    /// Bytes are missing before here: what comes is no line's start.
    lost: bool,
    pub(crate) too_long: bool,
}

/// A whole line as text, without its end.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Packet and time of its first byte.
    pub(crate) from: (PacketRef, Timestamp),
}

impl Lines {
    /// Bytes are missing.
    pub(crate) fn gap(&mut self) {
        self.partial.clear();
        self.lost = true;
    }

    /// Adds bytes; returns the lines they finish.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        at: impl Fn(usize) -> (PacketRef, Timestamp),
    ) -> Vec<Line> {
        let mut out = Vec::new();
        let mut start = 0;
        while let Some(rest) = bytes.get(start..).filter(|r| !r.is_empty()) {
            let from = *self.from.get_or_insert_with(|| at(start));
            let end = memchr::memchr(b'\n', rest);
            let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let room = LINE.saturating_sub(self.partial.len()).min(piece.len());
            self.too_long |= room < piece.len();
            self.partial
                .extend_from_slice(piece.get(..room).unwrap_or_default());
            let Some(end) = end else {
                break;
            };
            start += end + 1;
            let raw = std::mem::take(&mut self.partial);
            self.from = None;
            if std::mem::take(&mut self.lost) {
                continue;
            }
            // Telnet commands may stand before an urgent ABOR (RFC 959 section 4.1.3).
            let lead = raw.iter().take_while(|b| **b >= 0xf0).count();
            let raw = raw.get(lead..).unwrap_or_default();
            let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
            let text = String::from_utf8_lossy(raw).into_owned();
            out.push(Line { text, from });
        }
        out
    }
}
