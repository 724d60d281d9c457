//! Packets that are there twice, as mirror ports make them.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};

/// The line of the captures' health.
const LINE: &str = "duplicates";
/// Copies below which it is only mentioned, and of a thousand packets.
const COPIES: u64 = 20;
const SHARE: u64 = 10;
/// Confidence.
const SURE: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "capture.duplicates",
    title: "Packets are there twice",
    why: "Counts of bytes and of what is sent again would be twice too high; they are made without the copies here.",
    how: "The same network packet again within 5 ms, but for hop limit, hardware addresses and VLAN: fewer than 20, or than 1 % of all packets, are only mentioned.",
    innocent: "A mirror port that shows both the way in and the way out, on purpose.",
    settle: "Mirror one direction, or one of both sides of the router.",
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
    let few = line.count < COPIES || line.count * 1000 < ground.input.packets() * SHARE;
    let severity = if few { Severity::Info } else { Severity::Low };
    quality::finding(ground, &DETECTION, line, severity, SURE, [])
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn copied(packets: u16, copies: u16) -> Vec<Finding> {
        let mut tape = Tape {
            pace: weir_model::Duration(1000),
            ..Tape::default()
        };
        for n in 0..packets - copies {
            tape.udp(([10, 0, 0, 7], 9), ([10, 0, 0, 9], 9), &n.to_be_bytes());
            if n < copies {
                let frame = tape.frames.last().unwrap().1.clone();
                tape.raw(frame);
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn twenty_copies_and_one_in_a_hundred() {
        use Severity::{Info, Low};
        for (packets, copies, severity) in [
            (100, 0, None),
            (100, 1, Some(Info)),
            (100, 19, Some(Info)),
            (100, 20, Some(Low)),
            (2000, 20, Some(Low)),
            (2001, 20, Some(Info)),
        ] {
            let all = copied(packets, copies);
            let said = all.first().map(|f| f.severity);
            assert_eq!(said, severity, "{copies} of {packets}");
        }
    }
}
