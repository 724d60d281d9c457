//! Ten days of an office of eleven, a weekend among them, nobody up to anything.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Lab};
use crate::labelled::write::Take;
use crate::packets::DAY;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "benign_10d",
    what: "11 hosts for ten days, nothing planted",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::SMALL, Some(0), 10 * DAY);
    background::write(&mut lab, Amount::LONG);
    vec![Take {
        benign: true,
        ..Take::of(lab)
    }]
}
