//! Eighteen programs that check in within one day: a minute to two hours, jitter to half a period, misses to 30 %.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon::{self, Beacon, Sizes};
use crate::labelled::lab::{Crew, Lab};
use crate::labelled::net::Role;
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::labelled::write::Take;
use crate::packets::{DAY, MINUTE, SECOND};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "beacons_24h",
    what: "18 beacons of a minute to two hours in one day",
    scored: true,
    make,
};

/// Periods in seconds: each is taken twice, with little and with much jitter.
const PERIODS: [i64; 9] = [60, 90, 150, 300, 600, 900, 1800, 3600, 7200];

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::DAY);
    let mut rng = lab.rng("beacons");
    let mut hosts = lab.desks(&mut rng);
    hosts.extend(lab.of(Role::App).into_iter().skip(2));
    // What checks in rarely needs a machine that runs all day, or there is nothing to find.
    let mut awake = hosts.clone();
    awake.retain(|h| h.always_on);
    for n in 0..18 {
        let seconds = PERIODS[n / 2];
        let of = if seconds >= 1800 { &awake } else { &hosts };
        let host = of[n % of.len()].clone();
        // What checks in rarely jitters less: the rest is in the surface.
        let most = if seconds >= 3600 { 0.25 } else { 0.5 };
        let share = if n % 2 == 0 {
            0.1 * f64::from(rng.u8()) / 255.0
        } else {
            most * (0.4 + 0.6 * f64::from(rng.u8()) / 255.0)
        };
        let jitter = match rng.range(0, 3) {
            0 => Jitter::Both(share),
            1 => Jitter::Below(share),
            _ => Jitter::Normal(share / 2.0),
        };
        let missed = if rng.chance(50) {
            rng.range(5, if seconds >= 3600 { 15 } else { 30 }) as f64 / 100.0
        } else {
            0.0
        };
        let carrier = beacon::carrier(&lab, &mut rng, n);
        let b = Beacon {
            rhythm: Rhythm::new(seconds * SECOND, jitter).missing(missed),
            carrier,
            sizes: Sizes {
                mean: rng.size(90, 420),
                spread: rng.pick(&[0, 5, 30, 90]).copied().unwrap_or(0),
            },
            name: beacon::hideout(&mut rng),
        };
        let from = lab.start + rng.range(2, 100) * MINUTE;
        let mut stream = lab.rng(&format!("beacon {n}"));
        let mut draft = beacon::plant(&mut lab, &mut stream, &host, &b, from);
        let seen = draft.times.iter().filter(|t| **t < lab.end).count();
        if seen < 8 {
            draft = draft.may();
        }
        lab.drafts.push(draft);
    }
    vec![Take::of(lab)]
}
