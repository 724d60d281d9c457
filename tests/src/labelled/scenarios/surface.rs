//! Recall over the number of check-ins and their jitter: one beacon for each cell of a grid, each on a host of its own.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon::{self, Beacon, Sizes};
use crate::labelled::lab::{Crew, Lab};
use crate::labelled::net::Role;
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::labelled::write::Take;
use crate::packets::{DAY, HOUR, MINUTE};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "surface",
    what: "one beacon for each number of check-ins and jitter, in one day",
    scored: false,
    make,
};

/// Check-ins in the capture.
pub const COUNTS: [usize; 8] = [5, 6, 8, 10, 12, 16, 24, 48];
/// Jitter, both ways, as a share of the period.
pub const JITTERS: [f64; 6] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5];

/// Half of the cells in each of two captures, so that most hosts stay harmless.
fn make(seed: u64) -> Vec<Take> {
    (0..2).map(|half| capture(seed, half)).collect()
}

fn capture(seed: u64, half: usize) -> Take {
    let crew = Crew {
        desks: 40,
        ..Crew::OFFICE
    };
    let mut lab = Lab::new(
        seed.wrapping_mul(2).wrapping_add(half as u64),
        SCENARIO.name,
        crew,
        None,
        DAY,
    );
    for host in &mut lab.hosts {
        host.always_on = true;
    }
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("beacons");
    let mut hosts = lab.of(Role::Desk);
    rng.shuffle(&mut hosts);
    let cells = COUNTS
        .iter()
        .flat_map(|n| JITTERS.iter().map(move |j| (*n, *j)));
    for (at, (count, share)) in cells.enumerate().filter(|(at, _)| at % 2 == half) {
        let host = hosts[at / 2 % hosts.len()].clone();
        // As many as are wanted, in the longest span that holds them.
        let period = 20 * HOUR / (count as i64);
        let b = Beacon {
            rhythm: Rhythm::new(period, Jitter::Both(share)),
            carrier: beacon::carrier(&lab, &mut rng, at / 2),
            sizes: Sizes {
                mean: rng.size(90, 420),
                spread: 10,
            },
            name: beacon::hideout(&mut rng),
        };
        let from = lab.start + rng.range(5, 60) * MINUTE;
        let mut stream = lab.rng(&format!("beacon {at}"));
        let mut draft = beacon::plant_count(&mut lab, &mut stream, &host, &b, from, count);
        // The cell, not what the draw made of it.
        draft.jitter = Some(share);
        lab.drafts.push(draft.may());
    }
    Take {
        name: format!("{}-{half}", SCENARIO.name),
        ..Take::of(lab)
    }
}
