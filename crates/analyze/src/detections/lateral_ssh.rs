//! SSH between machines of the network where somebody works.

use super::between::{judge as between, pairs, spoken};
use super::finding::{Severity, rank};
use super::{Detection, Need};
use weir_dissect::flow::Flow;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.ssh",
    title: "SSH from machine to machine",
    why: "A shell on a machine where somebody works is rarely that somebody's.",
    how: "SSH (port 22, or recognised by content) from one machine of the network to another that fewer than three hosts use in this way, with an answer. Medium where somebody works at the other machine, high where three such are reached within half an hour.",
    innocent: "Remote support from one's own administrators; developers who use each other's machines.",
    settle: "Ask who sits at both machines; look at the logons of the second at that time.",
    techniques: &["T1021.004"],
    severity: Severity::High,
    needs: &[Need::Flows],
    keys: |ground| pairs(ground, wanted),
    judge: |ground, key| between(ground, key, &DETECTION, "SSH", wanted),
    rank,
};

fn wanted(f: &Flow) -> bool {
    f.server.1 == 22 || spoken(f) == "ssh"
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::browse;
    use super::*;
    use crate::tape::Tape;

    const PORT: u16 = 22;

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
