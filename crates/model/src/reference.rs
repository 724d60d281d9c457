//! How captures, packets, flows and artifacts are named. Knows no content.

use std::fmt;
use std::str::FromStr;

/// A loaded capture, in the order it was added; printed as a letter (A … Z, AA …).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct CaptureId(pub u16);

impl fmt::Display for CaptureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut n = u32::from(self.0) + 1;
        let mut letters = [0u8; 4];
        let mut at = letters.len();
        while n > 0 && at > 0 {
            n -= 1;
            at -= 1;
            if let Some(slot) = letters.get_mut(at) {
                *slot = b'A' + u8::try_from(n % 26).unwrap_or(0);
            }
            n /= 26;
        }
        f.write_str(std::str::from_utf8(letters.get(at..).unwrap_or_default()).unwrap_or("?"))
    }
}

impl FromStr for CaptureId {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        let mut n: u32 = 0;
        if s.is_empty() || s.len() > 3 {
            return Err(());
        }
        for b in s.bytes() {
            if !b.is_ascii_uppercase() {
                return Err(());
            }
            n = n * 26 + u32::from(b - b'A') + 1;
        }
        u16::try_from(n - 1).map(Self).map_err(|_| ())
    }
}

/// A packet: its capture and its 1-based number there, as Wireshark numbers that file.
/// The order is by capture letter, not by time; a chain's order is the session's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PacketRef {
    /// Which capture.
    pub capture: CaptureId,
    /// 1-based, in file order, never changed.
    pub number: u32,
}

impl fmt::Display for PacketRef {
    /// `A:12`; doors that hold one capture print `number` alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.capture, self.number)
    }
}

/// A row of a flow log: the log's letter and its 1-based number among the log's rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct RowRef {
    /// Which log; logs share the captures' letters.
    pub capture: CaptureId,
    /// 1-based, in file order.
    pub row: u32,
}

impl fmt::Display for RowRef {
    /// `B:r12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:r{}", self.capture, self.row)
    }
}

impl FromStr for RowRef {
    type Err = ();

    /// `B:r12`, and `r12` of capture A.
    fn from_str(s: &str) -> Result<Self, ()> {
        let (letter, row) = s.split_once(':').unwrap_or(("A", s));
        Ok(Self {
            capture: letter.parse()?,
            row: row
                .strip_prefix('r')
                .and_then(|n| n.parse().ok())
                .ok_or(())?,
        })
    }
}

/// What a fact stands on: a packet of a capture or a row of a flow log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordRef {
    /// A packet.
    Packet(PacketRef),
    /// A row.
    Row(RowRef),
}

impl RecordRef {
    /// The capture or log it is in.
    #[must_use]
    pub fn capture(&self) -> CaptureId {
        match self {
            Self::Packet(p) => p.capture,
            Self::Row(r) => r.capture,
        }
    }

    /// The packet, where it is one.
    #[must_use]
    pub fn packet(&self) -> Option<PacketRef> {
        match self {
            Self::Packet(p) => Some(*p),
            Self::Row(_) => None,
        }
    }
}

impl From<PacketRef> for RecordRef {
    fn from(p: PacketRef) -> Self {
        Self::Packet(p)
    }
}

impl From<RowRef> for RecordRef {
    fn from(r: RowRef) -> Self {
        Self::Row(r)
    }
}

impl fmt::Display for RecordRef {
    /// `A:12`, `B:r12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(p) => p.fmt(f),
            Self::Row(r) => r.fmt(f),
        }
    }
}

/// A flow of one chain, numbered in order of its first packet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FlowId(pub u32);

/// An artifact is named by the packet that completed it and its place among those
/// that packet completed, so its name does not depend on hashes or on load order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ArtifactId {
    /// The packet that completed (or last extended) it.
    pub packet: PacketRef,
    /// 0-based among the artifacts of that packet.
    pub ordinal: u16,
}

impl fmt::Display for ArtifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.packet, self.ordinal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_count_like_columns() {
        for (n, s) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(CaptureId(n).to_string(), s);
            assert_eq!(s.parse(), Ok(CaptureId(n)));
        }
        assert!("a".parse::<CaptureId>().is_err());
    }

    #[test]
    fn rows_are_told_from_packets() {
        let row = RowRef {
            capture: CaptureId(1),
            row: 12,
        };
        assert_eq!(row.to_string(), "B:r12");
        assert_eq!("B:r12".parse(), Ok(row));
        assert_eq!("r3".parse::<RowRef>().map(|r| r.capture), Ok(CaptureId(0)));
        for bad in ["B:12", "B:r", "r-1", "b:r1", "B:r99999999999"] {
            assert!(bad.parse::<RowRef>().is_err(), "{bad}");
        }
        assert_eq!(RecordRef::from(row).to_string(), "B:r12");
    }
}
