//! Six programs that check in once or twice a day, or every other day, by the clock, for ten days.

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
    name: "beacons_daily_10d",
    what: "6 beacons of twelve hours to two days in ten days",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::SMALL, Some(0), 10 * DAY);
    background::write(&mut lab, Amount::LONG);
    let mut rng = lab.rng("beacons");
    let mut hosts: Vec<_> = lab
        .of(Role::Desk)
        .into_iter()
        .chain(lab.of(Role::App))
        .filter(|h| h.always_on)
        .collect();
    rng.shuffle(&mut hosts);
    // Hours between two, and by how many seconds each is off.
    let kinds = [
        (24, 20.0),
        (24, 120.0),
        (24, 600.0),
        (12, 300.0),
        (12, 1200.0),
        (48, 60.0),
    ];
    for (n, (hours, off)) in kinds.into_iter().enumerate() {
        let host = hosts[n % hosts.len()].clone();
        let b = Beacon {
            rhythm: Rhythm::new(hours * HOUR, Jitter::Clock(off)),
            carrier: beacon::carrier(&lab, &mut rng, n),
            sizes: Sizes {
                mean: rng.size(90, 420),
                spread: rng.pick(&[0, 10, 60]).copied().unwrap_or(0),
            },
            name: beacon::hideout(&mut rng),
        };
        // The one of every other day begins with the first: five of them.
        let from = lab.start + rng.range(30, if hours == 48 { 20 * 60 } else { 11 * 60 }) * MINUTE;
        let mut stream = lab.rng(&format!("beacon {n}"));
        let draft = beacon::plant(&mut lab, &mut stream, &host, &b, from);
        lab.drafts.push(draft);
    }
    vec![Take::of(lab)]
}
