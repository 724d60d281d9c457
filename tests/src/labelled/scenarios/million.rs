//! Ten days and a million flows, for how long it takes; one slow beacon among them.

use super::Scenario;
use crate::labelled::beacon::{self, Beacon, Carrier, Sizes};
use crate::labelled::lab::{Crew, Lab};
use crate::labelled::net::Role;
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::labelled::write::Take;
use crate::packets::hello::Stack;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MICRO, MINUTE, SECOND, dns};
use std::net::{IpAddr, Ipv4Addr};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "million",
    what: "ten days, a million flows of few packets, one beacon of six hours",
    scored: false,
    make,
};

/// Flows of the background.
const FLOWS: i64 = 1_000_000;

fn make(seed: u64) -> Vec<Take> {
    let crew = Crew {
        desks: 120,
        apps: 12,
        printers: 3,
        cameras: 3,
        monitor: true,
    };
    let mut lab = Lab::new(seed, SCENARIO.name, crew, Some(0), 10 * DAY);
    let mut rng = lab.rng("flows");
    let places: Vec<Ipv4Addr> = (0..3000).map(|_| lab.outside(&mut rng)).collect();
    let hosts = lab.hosts.clone();
    let span = lab.end - lab.start;
    for n in 0..FLOWS {
        let host = &hosts[rng.size(0, hosts.len())];
        // Two thirds of the time within office hours.
        let day = rng.range(0, 10);
        let hour = if rng.chance(66) {
            8 * HOUR + rng.range(0, 10 * 3600) * SECOND
        } else {
            rng.range(0, 24 * 3600) * SECOND
        };
        let at = (lab.start + day * DAY + hour + rng.range(0, 1_000_000) * MICRO)
            .min(lab.start + span - SECOND);
        // The first places are everybody's.
        let rank = rng.size(0, places.len()).min(rng.size(0, places.len()));
        let ip = places[rank];
        if n % 5 < 3 {
            let name = format!("h{rank}.site{}.test", rank % 700);
            let answer = dns::Record {
                name: name.clone(),
                ttl: 60,
                data: dns::Data::Address(IpAddr::V4(ip)),
            };
            lab.ask(&mut rng, host, at, &name, dns::A, (0, &[answer]));
        } else {
            let mut conn = lab.out(&mut rng, host, ip, 443, at);
            conn.open(&mut lab.tape);
            let (up, down) = (rng.size(20, 90), rng.size(20, 90));
            let bytes = rng.bytes(up);
            conn.send(&mut lab.tape, Side::Client, &bytes);
            let bytes = rng.bytes(down);
            conn.send(&mut lab.tape, Side::Server, &bytes);
            conn.reset(&mut lab.tape, Side::Client);
        }
    }
    let host = lab
        .of(Role::Desk)
        .into_iter()
        .find(|h| h.always_on)
        .unwrap_or_else(|| lab.nth(Role::Desk, 0));
    let b = Beacon {
        rhythm: Rhythm::new(6 * HOUR, Jitter::Both(0.05)),
        carrier: Carrier::Tls(Stack::odd(&mut rng)),
        sizes: Sizes {
            mean: 180,
            spread: 10,
        },
        name: beacon::hideout(&mut rng),
    };
    let from = lab.start + 40 * MINUTE;
    let draft = beacon::plant(&mut lab, &mut rng, &host, &b, from);
    lab.drafts.push(draft);
    vec![Take::of(lab)]
}
