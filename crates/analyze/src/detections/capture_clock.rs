//! A clock that runs backwards.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};

/// The line of the captures' health.
const LINE: &str = "clock";
/// So far back it is no matter of several queues of one card, but of order.
const FAR: i64 = 1_000_000_000;
/// Confidence.
const SURE: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "capture.clock",
    title: "Time runs backwards",
    why: "What came first cannot be told near such a place, and a window of time may miss packets.",
    how: "Packets that are more than 1 ms earlier than the one before them; a fault of the capture where one is more than a second earlier.",
    innocent: "Captures of several cards put together without sorting. A clock that was set while it was captured.",
    settle: "Sort the capture by time, or capture with one clock.",
    techniques: &[],
    severity: Severity::Medium,
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
    let chains = ground.input.chains.iter();
    let back = chains.flat_map(|c| &c.facts.quality.jumps);
    let far = back.map(|s| s.before.since(s.after).0).max()?;
    let severity = if far > FAR {
        Severity::Medium
    } else {
        Severity::Low
    };
    quality::finding(ground, &DETECTION, line, severity, SURE, [])
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn back(by: i64) -> Vec<Finding> {
        let mut tape = Tape::default();
        tape.udp(([10, 0, 0, 7], 9), ([10, 0, 0, 9], 9), b"a");
        tape.now = weir_model::Timestamp(tape.frames[0].0.0 - by);
        tape.udp(([10, 0, 0, 7], 9), ([10, 0, 0, 9], 9), b"b");
        found(&tape, &DETECTION)
    }

    #[test]
    fn more_than_a_millisecond_and_more_than_a_second() {
        for (by, severity) in [
            (1_000_000, None),
            (1_000_001, Some(Severity::Low)),
            (FAR, Some(Severity::Low)),
            (FAR + 1, Some(Severity::Medium)),
        ] {
            let all = back(by);
            assert_eq!(all.first().map(|f| f.severity), severity, "{by}");
        }
    }
}
