//! One working day of an office of 24, nobody up to anything.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Lab};
use crate::labelled::write::{Format, Take};
use crate::packets::DAY;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "benign_day",
    what: "24 hosts for a working day, nothing planted",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::DAY);
    vec![Take {
        benign: true,
        format: Format::Pcapng,
        ..Take::of(lab)
    }]
}
