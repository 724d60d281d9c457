//! A fixed number of hostile rounds; `scripts/fuzz` runs on from there.

#![allow(clippy::unwrap_used)]

use weir_tests::hostile::{dissect, mutated};
use weir_tests::parity::{captures, corpus, in_share};

#[test]
fn hostile_rounds_hold() {
    for round in 0..2000 {
        let held = std::panic::catch_unwind(|| weir_tests::hostile::run(round));
        assert!(
            matches!(held, Ok(Ok(()))),
            "round {round}: {held:?}; repeat with scripts/fuzz --from {round} --rounds 1"
        );
    }
}

/// Rounds of each capture.
const ROUNDS: u64 = 4;

#[test]
fn mutated_packets_of_real_captures_hold() {
    let Some(dir) = corpus().unwrap() else {
        println!("skipped: no corpus beside the project: real packets are not mutated");
        return;
    };
    let names = captures(&dir);
    let mut done = 0;
    for name in names.iter().filter(|n| in_share(n, 10)) {
        let packets = mutated::load(&dir.join(name)).unwrap();
        for round in 0..ROUNDS {
            let made = mutated::packets(&packets, round);
            let held = std::panic::catch_unwind(|| dissect(&made, round));
            assert!(
                matches!(held, Ok(Ok(()))),
                "{name}, round {round}: {held:?}; repeat with scripts/fuzz --capture {name} --from {round} --rounds 1"
            );
            done += made.len();
        }
    }
    println!("{done} packets held");
    assert!(done > 10_000, "only {done} packets");
}
