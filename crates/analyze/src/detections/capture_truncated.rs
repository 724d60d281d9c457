//! Packets that were cut when they were captured.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};

/// The line of the captures' health.
const LINE: &str = "truncated";
/// Of a thousand packets, so many are worth knowing.
const SHARE: u64 = 1;
/// Confidence.
const SURE: f64 = 0.95;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "capture.truncated",
    title: "Packets are cut",
    why: "What was cut was not searched: no file that they carry is whole.",
    how: "Packets of which fewer bytes are in the capture than were on the wire: at least one in a thousand.",
    innocent: "A short snap length on purpose, to keep captures small or contents out.",
    settle: "Capture again without a limit (snap length 0).",
    techniques: &[],
    severity: Severity::Low,
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
    if line.count * 1000 < ground.input.packets() * SHARE {
        return None;
    }
    let mut out = quality::finding(ground, &DETECTION, &line, Severity::Low, SURE, [])?;
    let stated = ground.input.captures().filter_map(|c| c.snap_length).min();
    if let Some(n) = stated {
        out.title = format!("{} at {n} bytes", out.title);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    #[test]
    fn one_in_a_thousand() {
        for (packets, n) in [(1001, 0), (1000, 1)] {
            let mut tape = Tape {
                pace: weir_model::Duration(1_000_000),
                ..Tape::default()
            };
            for n in 0..packets {
                tape.udp(([10, 0, 0, 7], 9), ([10, 0, 0, 9], 9), &u16::to_be_bytes(n));
            }
            tape.cut = Some(3);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{packets}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
        }
    }
}
