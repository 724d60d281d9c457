//! Packets that were cut when they were captured.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};
use crate::answers::plural;

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
    let mut out = quality::finding(ground, &DETECTION, line, Severity::Low, SURE, [])?;
    let left = ground.input.chains.iter();
    let left = left.filter_map(|c| c.facts.quality.cut_to);
    let Some((least, most)) = left.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
        return Some(out);
    };
    let were = if line.count == 1 { "was" } else { "were" };
    let to = if least == most {
        plural(u64::from(least), "byte")
    } else {
        format!("{least} to {most} bytes")
    };
    out.title = format!("{} {were} cut to {to}", plural(line.count, "packet"));
    // What the file says is the most that it would have kept.
    let stated = ground.input.captures().filter_map(|c| c.snap_length).min();
    if let Some(n) = stated.filter(|n| *n > most) {
        out.why += &format!(" The capture file allows {n} bytes: something else cut them.");
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
            // Two bytes behind the heads of Ethernet, IPv4 and UDP are left.
            let said = |f: &Finding| f.title == "1 packet was cut to 44 bytes";
            assert!(all.iter().all(said), "{all:?}");
        }
    }
}
