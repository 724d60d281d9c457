//! One intrusion from beginning to end: download, two programs that check in, a look around, a service elsewhere, data
//! that leave.

use super::{Scenario, exfil, lateral};
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon::{self, Beacon, Carrier, Sizes};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::Role;
use crate::labelled::rhythm::{Jitter, Rhythm};
use crate::labelled::write::Take;
use crate::packets::hello::Stack;
use crate::packets::http as web;
use crate::packets::programs::{program, sha256};
use crate::packets::{DAY, HOUR, MILLI, MINUTE, SECOND};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "mixed_intrusion",
    what: "download, two beacons, scan, remote service, upload, all from one victim",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, Some(0), DAY);
    background::write(&mut lab, Amount::DAY);
    let mut rng = lab.rng("intrusion");
    let mut desks = lab.desks(&mut rng);
    desks.sort_by_key(|h| !h.always_on);
    let (victim, second) = (desks[0].clone(), desks[1].clone());
    let begin = lab.start + 8 * HOUR + rng.range(0, 90) * MINUTE;

    let body = program(&mut rng, 60_000);
    let name = beacon::hideout(&mut rng);
    let ask = web::request("GET", "/files/setup_x64.exe", &name, victim.agent, &[]);
    let tell = web::response("200 OK", "application/octet-stream", &[], &body);
    let done = lab.http(&mut rng, &victim, begin, &name, &[(ask, tell)]);
    let mut draft = Draft::new(
        "file.exe_http",
        victim.address(),
        "the program that begins it, from a rare place by HTTP",
    )
    .to(done.peer)
    .named(&name)
    .port(80)
    .note()
    .also(&["http", "pattern", "ua"])
    .with(done.ids);
    draft.sha256 = Some(sha256(&body));
    lab.drafts.push(draft);

    let stack = Stack::odd(&mut rng);
    let plans = [
        (5 * MINUTE, Jitter::Both(0.2), Carrier::Tls(stack)),
        (
            HOUR,
            Jitter::Below(0.1),
            Carrier::Http("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1)"),
        ),
    ];
    for (n, (period, jitter, carrier)) in plans.into_iter().enumerate() {
        let b = Beacon {
            rhythm: Rhythm::new(period, jitter),
            carrier,
            sizes: Sizes {
                mean: 180,
                spread: 10,
            },
            name: beacon::hideout(&mut rng),
        };
        let mut stream = lab.rng(&format!("beacon {n}"));
        let from = begin + 40 * SECOND + n as i64 * 3 * MINUTE;
        let draft = beacon::plant(&mut lab, &mut stream, &victim, &b, from);
        lab.drafts.push(draft);
    }

    let scan = look_around(&mut lab, &victim, begin + 2 * HOUR);
    lab.drafts.push(scan);
    let moved = lateral::service(
        &mut lab,
        &mut rng,
        (&victim, &second),
        "mssvc32",
        begin + 3 * HOUR,
    );
    lab.drafts.push(moved);
    let files = lab.nth(Role::Files, 0);
    let moved = lateral::service(
        &mut lab,
        &mut rng,
        (&victim, &files),
        "mssvc32",
        begin + 3 * HOUR + 20 * MINUTE,
    );
    lab.drafts.push(moved);
    let night = lab.start + 22 * HOUR + rng.range(0, 60) * MINUTE;
    let upload = exfil::upload(&mut lab, &mut rng, &victim, 3_000_000, night);
    lab.drafts.push(upload);
    vec![Take::of(lab)]
}

/// Port 445 of everybody who is there.
fn look_around(lab: &mut Lab, victim: &crate::labelled::net::Host, at: i64) -> Draft {
    let mut rng = lab.rng("look");
    let mut draft = Draft::new(
        "scan.horizontal",
        victim.address(),
        "port 445 of every host of the segment",
    )
    .port(445)
    .also(&["lateral"]);
    let mut when = at;
    for to in lab.hosts.clone() {
        if to.index == victim.index {
            continue;
        }
        let mut conn = lab.near(&mut rng, victim, &to, 445, when);
        conn.knock(&mut lab.tape, to.role != Role::Files);
        draft.ids.extend(conn.ids);
        when += rng.range(200, 2500) * MILLI;
    }
    draft
}
