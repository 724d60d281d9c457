//! Packets that were on the wire and are not in the captures.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};

/// The line of the captures' health.
const LINE: &str = "loss";
/// Share of the bytes of TCP that are missing: worth knowing; and so much that answers are uncertain.
const SOME: f64 = 0.001;
const MUCH: f64 = 0.05;
/// Bytes of TCP, seen or missing, of which a share says something: a full segment.
const LEAST: u64 = 1460;
/// Confidence.
const SURE: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "capture.loss",
    title: "Packets are missing from the captures",
    why: "What was not captured was not searched: files lack pieces, and a connection may look broken that was not.",
    how: "Bytes of TCP that the receiver acknowledged, or, where it is not heard, that others of the sender stand behind, and that are in no packet, against all of conversations that the snap length did not cut: from 0.1 % on it is told, from 5 % on it is a fault of the capture.",
    innocent: "A connection that began before the capture and was read from its middle.",
    settle: "Capture again with a longer buffer, a filter, or at a place with less traffic; compare the counters of drops.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Content],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    quality::keys(ground, LINE)
}

fn judge(ground: &Ground<'_>, _: &Key) -> Option<Finding> {
    let line = quality::line(ground, LINE)?;
    let share = crate::health::loss(ground.input);
    if share < SOME || crate::health::weighed(ground.input).iter().sum::<u64>() < LEAST {
        return None;
    }
    let severity = if share < MUCH {
        Severity::Low
    } else {
        Severity::Medium
    };
    quality::finding(ground, &DETECTION, line, severity, SURE, [])
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Of so many segments of 100 bytes, so many are missing; the receiver has them all.
    fn lost(segments: u32, missing: u32) -> Vec<Finding> {
        let mut tape = Tape::default();
        let (a, b) = (([10, 0, 0, 7], 40_000), ([10, 0, 0, 9], 80));
        tape.tcp(a, b, 100, 0, 2, &[]);
        tape.tcp(b, a, 500, 101, 0x12, &[]);
        for n in 0..segments {
            if n == 0 || n > missing {
                tape.tcp(a, b, 101 + 100 * n, 501, 0x10, &[7; 100]);
            }
            tape.tcp(b, a, 501, 201 + 100 * n, 0x10, &[]);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn one_in_a_thousand_and_five_in_a_hundred() {
        for (segments, missing, severity) in [
            (100, 0, None),
            (1001, 1, None),
            (1000, 1, Some(Severity::Low)),
            (100, 4, Some(Severity::Low)),
            (100, 5, Some(Severity::Medium)),
        ] {
            let all = lost(segments, missing);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{missing} of {segments}"
            );
        }
        // Four of fourteen segments are below what a share is told of, five of fifteen are not.
        assert_eq!((lost(14, 4).len(), lost(15, 5).len()), (0, 1));
        let one = lost(100, 10).remove(0);
        assert!(one.title.contains("10.00 % of TCP bytes"), "{}", one.title);
        assert_eq!(one.host, None);
    }
}
