//! Remote desktop between machines of the network where somebody works.

use super::between::{judge as between, pairs, spoken};
use super::finding::{Severity, rank};
use super::{Detection, Need};
use weir_dissect::flow::Flow;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.rdp",
    title: "Remote desktop from machine to machine",
    why: "Who has one machine looks at the next with the tools that are there; people sit at their own.",
    how: "Remote desktop (port 3389, or recognised by content) from one machine of the network to another that fewer than three hosts use in this way, with an answer. Medium where somebody works at the other machine, high where three such are reached within half an hour.",
    innocent: "Remote support from one's own administrators; developers who use each other's machines.",
    settle: "Ask who sits at both machines; look at the logons of the second at that time.",
    techniques: &["T1021.001"],
    severity: Severity::High,
    needs: &[Need::Flows],
    keys: |ground| pairs(ground, wanted),
    judge: |ground, key| between(ground, key, &DETECTION, "remote desktop", wanted),
    rank,
};

fn wanted(f: &Flow) -> bool {
    f.server.1 == 3389 || spoken(f) == "rdp"
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::browse;
    use super::*;
    use crate::tape::Tape;

    const PORT: u16 = 3389;

    fn gone(tape: &mut Tape, from: u8, to: u8) {
        let client = ([10, 0, 0, from], 41_000 + u16::from(to));
        tape.talk(client, ([10, 0, 0, to], PORT), b"?", b"!");
    }

    #[test]
    fn to_a_work_place_to_an_unknown_and_to_a_server() {
        let mut tape = Tape::default();
        gone(&mut tape, 7, 9);
        let one = found(&tape, &DETECTION).remove(0);
        assert!(
            one.severity == Severity::Low && one.confidence < 0.5,
            "nothing shows what it is"
        );
        browse(&mut tape, [10, 0, 0, 9], 7);
        assert_eq!(
            found(&tape, &DETECTION)[0].severity,
            Severity::Low,
            "seven places"
        );
        browse(&mut tape, [10, 0, 0, 9], 8);
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Medium, 0.6));
        gone(&mut tape, 8, 9);
        assert_eq!(found(&tape, &DETECTION).len(), 2);
        gone(&mut tape, 6, 9);
        assert_eq!(found(&tape, &DETECTION), [], "three clients: it serves");
    }

    #[test]
    fn going_round() {
        for (machines, severity) in [(2, Severity::Medium), (3, Severity::High)] {
            let mut tape = Tape::default();
            for to in 0..machines {
                browse(&mut tape, [10, 0, 0, 20 + to], 8);
                gone(&mut tape, 7, 20 + to);
            }
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), usize::from(machines));
            assert!(all.iter().all(|f| f.severity == severity), "{machines}");
        }
    }

    #[test]
    fn nobody_answered() {
        let mut tape = Tape::default();
        browse(&mut tape, [10, 0, 0, 9], 8);
        tape.tcp(
            ([10, 0, 0, 7], 41_000),
            ([10, 0, 0, 9], PORT),
            100,
            0,
            2,
            &[],
        );
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
