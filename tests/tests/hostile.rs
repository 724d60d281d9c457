//! A fixed number of hostile rounds; `scripts/fuzz` runs on from there.

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
