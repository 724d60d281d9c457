//! Checksums that the card had still to fill in: the captures were taken on that machine.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};

/// The line of the captures' health.
const LINE: &str = "checksum_offload";
/// Packets below which nothing is said.
const PACKETS: u64 = 10;
/// Confidence.
const SURE: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "capture.checksum_offload",
    title: "The captures were taken on one of the machines",
    why: "What this machine itself sends is seen before its card completes it; what others say among themselves is not seen.",
    how: "At least 10 packets whose TCP or UDP checksum is wrong in the way a card leaves it that computes it itself.",
    innocent: "Nothing else is known to look so.",
    settle: "Ask where the captures were taken.",
    techniques: &[],
    severity: Severity::Info,
    needs: &[Need::Flows],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    quality::keys(ground, LINE)
}

fn judge(ground: &Ground<'_>, _: &Key) -> Option<Finding> {
    let line = quality::line(ground, LINE)?;
    if line.count < PACKETS {
        return None;
    }
    quality::finding(ground, &DETECTION, line, Severity::Info, SURE, [])
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Datagrams whose checksum holds the pseudo header's sum alone.
    fn offloaded(packets: u16) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..packets {
            let payload = [7, 7, 7, 7];
            tape.udp(([10, 0, 0, 7], 9 + n), ([10, 0, 0, 9], 9), &payload);
            let (_, frame) = tape.frames.last_mut().unwrap();
            let sum: u32 = [0x0a00, 0x0007, 0x0a00, 0x0009, 17, 12].iter().sum();
            let sum = (sum & 0xffff) + (sum >> 16);
            frame[40..42].copy_from_slice(&u16::try_from(sum).unwrap().to_be_bytes());
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn ten_packets() {
        for (packets, n) in [(9, 0), (10, 1), (11, 1)] {
            let all = offloaded(packets);
            assert_eq!(all.len(), n, "{packets}");
            assert!(all.iter().all(|f| f.severity == Severity::Info));
        }
    }
}
