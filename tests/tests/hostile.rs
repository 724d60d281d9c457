//! A fixed number of hostile rounds; `scripts/fuzz` runs on from there.

#![allow(clippy::unwrap_used)]

use weir_dissect::protocols::ALL;
use weir_tests::hostile::{dissect, every, mutated};
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

#[test]
fn any_bytes_hold_as_traffic_of_every_protocol() {
    for (which, protocol) in ALL.iter().enumerate() {
        for round in 0..12u8 {
            // Lengths and types at the beginning small, large and in between, then anything.
            let mut bytes = Vec::new();
            let mut state = u32::from(round) << 8 | which as u32;
            for n in 0..400 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let any = (state >> 24) as u8;
                bytes.push(match (n % 7, round % 4) {
                    (_, 0) => any,
                    (0 | 1, _) => any & 0x3f,
                    (2 | 3, 1) => 0,
                    (2 | 3, 2) => 0xff,
                    _ => any & 0x1f,
                });
            }
            let held = std::panic::catch_unwind(|| every::protocol(which, &bytes));
            assert!(
                matches!(held, Ok(Ok(()))),
                "{:?}, round {round}: {held:?}",
                protocol
            );
        }
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
            let held = std::panic::catch_unwind(|| dissect(&made, round, &[]));
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
