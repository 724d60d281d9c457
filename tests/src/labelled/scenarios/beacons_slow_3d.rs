//! Six programs that check in every three to seven hours for three days: nine check-ins or more.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon::{self, Beacon, Sizes};
use crate::labelled::lab::{Crew, Lab};
use crate::labelled::net::Role;
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::labelled::write::Take;
use crate::packets::{DAY, MINUTE};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "beacons_slow_3d",
    what: "6 beacons of three to seven hours in three days",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, Some(0), 3 * DAY);
    background::write(&mut lab, Amount::LONG);
    let mut rng = lab.rng("beacons");
    // A machine that sleeps at night gives a slow program too few turns.
    let mut hosts: Vec<_> = lab
        .of(Role::Desk)
        .into_iter()
        .chain(lab.of(Role::App).into_iter().skip(2))
        .filter(|h| h.always_on)
        .collect();
    rng.shuffle(&mut hosts);
    for n in 0..6 {
        let host = hosts[n % hosts.len()].clone();
        let jitter = match n % 3 {
            0 => Jitter::Both(0.02 + f64::from(rng.u8()) / 3000.0),
            1 => Jitter::Below(0.05 + f64::from(rng.u8()) / 2000.0),
            _ => Jitter::Normal(0.02 + f64::from(rng.u8()) / 6000.0),
        };
        let b = Beacon {
            rhythm: Rhythm::new(rng.range(180, 400) * MINUTE, jitter),
            carrier: beacon::carrier(&lab, &mut rng, n),
            sizes: Sizes {
                mean: rng.size(90, 420),
                spread: rng.pick(&[0, 10, 60]).copied().unwrap_or(0),
            },
            name: beacon::hideout(&mut rng),
        };
        let from = lab.start + rng.range(5, 240) * MINUTE;
        let mut stream = lab.rng(&format!("beacon {n}"));
        let mut draft = beacon::plant(&mut lab, &mut stream, &host, &b, from);
        if draft.times.iter().filter(|t| **t < lab.end).count() < 9 {
            draft = draft.may();
        }
        lab.drafts.push(draft);
    }
    vec![Take::of(lab)]
}
