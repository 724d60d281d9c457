//! Conversations of which one side alone is in the captures.

use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need, quality};
use crate::health::sided;

/// The line of the captures' health.
const LINE: &str = "one_way";
/// Conversations of five packets and more below which nothing is said.
const CONVERSATIONS: u64 = 5;
/// Of a hundred, so many of one side only are no accident.
const SHARE: u64 = 50;
/// Confidence.
const SURE: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "capture.one_way",
    title: "One side of conversations is missing",
    why: "Answers, round trips and files of the missing side cannot be told.",
    how: "TCP conversations of five packets or more of which one direction alone was seen: more than half of at least 5. Clients that ask in vain do not count.",
    innocent: "A way there that is not the way back: then another place shows the other half.",
    settle: "Mirror both directions of the port; look for a second way.",
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
    let flows = ground.input.chains.iter().flat_map(|c| &c.facts.flows);
    let (mut all, mut ways) = (0_u64, [0_u64; 2]);
    for f in flows.filter(|f| sided(f).is_some()) {
        all += 1;
        ways[0] += u64::from(f.packets[1] == 0);
        ways[1] += u64::from(f.packets[0] == 0);
    }
    if all < CONVERSATIONS || line.count * 100 <= all * SHARE {
        return None;
    }
    let mut out = quality::finding(ground, &DETECTION, line, Severity::Medium, SURE, [])?;
    let side = if ways[0] >= ways[1] {
        "clients"
    } else {
        "servers"
    };
    out.title = format!("{}: what {side} say is there", out.title);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn seen(both: u16, sided: u16) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..both + sided {
            let (a, b) = (([10, 0, 0, 7], 40_000 + n), ([10, 0, 0, 9], 80));
            if n < both {
                tape.talk(a, b, b"?", b"!");
                continue;
            }
            tape.tcp(a, b, 100, 0, 2, &[]);
            for m in 0..4 {
                tape.tcp(a, b, 101 + m, 501 + m, 0x18, b"?");
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn more_than_half_of_five() {
        for (both, sided, n) in [(0, 4, 0), (0, 5, 1), (5, 5, 0), (5, 6, 1)] {
            assert_eq!(seen(both, sided).len(), n, "{both} {sided}");
        }
        // Nobody is there: what asks again and again has no other side.
        let mut tape = Tape::default();
        for n in 0..20 {
            let (a, b) = (([10, 0, 0, 7], 40_000 + n), ([10, 0, 0, 9], 80));
            for _ in 0..5 {
                tape.tcp(a, b, 100, 0, 2, &[]);
            }
        }
        assert_eq!(found(&tape, &DETECTION), []);
        let one = seen(1, 9).remove(0);
        assert_eq!(
            one.title,
            "9 of 10 TCP conversations show one side only: what clients say is there"
        );
    }
}
