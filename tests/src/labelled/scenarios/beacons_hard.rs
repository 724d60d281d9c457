//! Beacons where plain regularity fails, and three streams that must not be taken for one.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon::{self, Beacon, Carrier, Sizes};
use crate::labelled::flows::Tls;
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::Host;
use crate::labelled::rhythm::{Jitter, Rhythm, exponential};
use crate::labelled::write::Take;
use crate::packets::hello::Stack;
use crate::packets::rng::Rng;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MILLI, MINUTE, SECOND};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "beacons_hard",
    what: "half a period of jitter, changes, drift, bursts, shared and rotating places, DNS, one long connection",
    scored: true,
    make,
};

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::DAY);
    let mut rng = lab.rng("beacons");
    let mut hosts = lab.desks(&mut rng);
    // Those that run at night first: a change at noon needs a morning.
    hosts.sort_by_key(|h| !h.always_on);
    let host = |n: usize| hosts[n % hosts.len()].clone();
    let sizes = Sizes {
        mean: rng.size(120, 300),
        spread: 20,
    };
    let plain = |rhythm: Rhythm, carrier: Carrier, rng: &mut Rng| Beacon {
        rhythm,
        carrier,
        sizes,
        name: beacon::hideout(rng),
    };
    let from = lab.start + rng.range(3, 60) * MINUTE;
    let odd = |rng: &mut Rng| Carrier::Tls(Stack::odd(rng));

    // Half a period of jitter.
    let carrier = odd(&mut rng);
    let b = plain(
        Rhythm::new(4 * MINUTE, Jitter::Both(0.5)).missing(0.1),
        carrier,
        &mut rng,
    );
    let draft = beacon::plant(&mut lab, &mut rng, &host(0), &b, from);
    lab.drafts.push(draft);

    // Another period from the middle of the day on.
    let carrier = odd(&mut rng);
    let mut rhythm = Rhythm::new(2 * MINUTE, Jitter::Both(0.1));
    rhythm.change = Some((lab.start + rng.range(9, 14) * HOUR, 15 * MINUTE));
    let b = plain(rhythm, carrier, &mut rng);
    let draft = beacon::plant(&mut lab, &mut rng, &host(1), &b, from);
    lab.drafts.push(draft);

    // Each gap a little longer than the one before: from ten minutes to sixteen.
    let carrier = odd(&mut rng);
    let mut rhythm = Rhythm::new(10 * MINUTE, Jitter::Normal(0.02));
    rhythm.drift = 0.005;
    let b = plain(rhythm, carrier, &mut rng);
    let mut draft = beacon::plant(&mut lab, &mut rng, &host(2), &b, from);
    let gaps: Vec<f64> = draft
        .times
        .windows(2)
        .filter(|w| w[1] < lab.end)
        .map(|w| (w[1] - w[0]) as f64 / SECOND as f64)
        .collect();
    draft.period = Some(gaps.iter().sum::<f64>() / gaps.len().max(1) as f64);
    draft.periods_too.extend(gaps.last());
    draft.what.push_str(", each half a percent later");
    lab.drafts.push(draft);

    let three = bursts(&mut lab, &host(3), from);
    lab.drafts.push(three);
    let shared = shared(&mut lab, &host(4), from);
    lab.drafts.push(shared);
    let rotating = rotating(&mut lab, &host(5), from);
    lab.drafts.push(rotating);

    // Questions for names alone.
    let b = plain(
        Rhythm::new(5 * MINUTE, Jitter::Both(0.2)),
        Carrier::Dns,
        &mut rng,
    );
    let draft = beacon::plant(&mut lab, &mut rng, &host(6), &b, from);
    lab.drafts.push(draft);

    let long = long(&mut lab, &host(7), from);
    lab.drafts.push(long);
    let feed = feed(&mut lab, &host(8));
    lab.drafts.push(feed);
    let stream = stream(&mut lab, &host(9));
    lab.drafts.push(stream);
    vec![Take::of(lab)]
}

fn beacon_draft(host: &Host, name: &str) -> Draft {
    Draft::new("c2.beacon", host.address(), "")
        .named(name)
        .port(443)
        .also(&["ua", "tls.rare_client", "tls.no_sni", "http", "pattern"])
}

/// Each check-in is several connections within seconds.
fn bursts(lab: &mut Lab, host: &Host, from: i64) -> Draft {
    let mut rng = lab.rng("bursts");
    let stack = Stack::odd(&mut rng);
    let name = beacon::hideout(&mut rng);
    let rhythm = Rhythm::new(20 * MINUTE, Jitter::Both(0.15));
    let mut draft = beacon_draft(host, &name);
    let until = lab.end + 2 * HOUR;
    for (at, _) in rhythm.slots(&mut rng, (from, until), &|t| lab.awake(host, t)) {
        draft.times.push(at);
        if at >= lab.end {
            continue;
        }
        let mut when = at;
        for _ in 0..rng.range(2, 6) {
            let turns = [(rng.size(120, 200), rng.size(60, 400))];
            let done = lab.tls(&mut rng, host, when, &Tls::to(&name, &stack, &turns));
            when = done.end + rng.range(50, 700) * MILLI;
            draft.dst = vec![done.peer.to_string()];
            draft.ids.extend(done.ids);
        }
    }
    draft.off_at_end = lab.awake(host, lab.end) != Some(lab.end);
    draft.period = Some(1200.0);
    draft.jitter = Some(0.15);
    draft.missed = Some(0.0);
    draft.what = "two to five connections within seconds, every twenty minutes".to_owned();
    draft
}

/// To a site that many people use, with a stack that only this host has.
fn shared(lab: &mut Lab, host: &Host, from: i64) -> Draft {
    let mut rng = lab.rng("shared");
    let stack = Stack::odd(&mut rng);
    let name = "api.officesuite.test";
    let rhythm = Rhythm::new(10 * MINUTE, Jitter::Both(0.1));
    let mut draft = beacon_draft(host, name);
    let until = lab.end + HOUR;
    for (at, _) in rhythm.slots(&mut rng, (from, until), &|t| lab.awake(host, t)) {
        draft.times.push(at);
        if at < lab.end {
            let turns = [(rng.size(150, 190), rng.size(60, 90))];
            let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
            draft.dst = vec![done.peer.to_string()];
            draft.ids.extend(done.ids);
        }
    }
    draft.off_at_end = lab.awake(host, lab.end) != Some(lab.end);
    draft.period = Some(600.0);
    draft.jitter = Some(0.1);
    draft.missed = Some(0.0);
    draft.what = "every ten minutes to a site that people use too, day and night".to_owned();
    draft
}

/// Another address each time, one fingerprint.
fn rotating(lab: &mut Lab, host: &Host, from: i64) -> Draft {
    let mut rng = lab.rng("rotating");
    let stack = Stack::odd(&mut rng);
    let places: Vec<_> = (0..24).map(|_| lab.outside(&mut rng)).collect();
    let rhythm = Rhythm::new(8 * MINUTE, Jitter::Below(0.2));
    let mut draft = Draft {
        domain: None,
        ..beacon_draft(host, "")
    };
    draft.dst = places.iter().map(ToString::to_string).collect();
    let until = lab.end + HOUR;
    for (at, _) in rhythm.slots(&mut rng, (from, until), &|t| lab.awake(host, t)) {
        draft.times.push(at);
        if at < lab.end {
            let turns = [(rng.size(150, 190), rng.size(60, 90))];
            let ip = rng.pick(&places).copied();
            let call = Tls {
                ip,
                sni: false,
                ..Tls::to("rotating.invalid", &stack, &turns)
            };
            let done = lab.tls(&mut rng, host, at, &call);
            draft.ids.extend(done.ids);
        }
    }
    draft.off_at_end = lab.awake(host, lab.end) != Some(lab.end);
    draft.period = Some(480.0 * 0.9);
    draft.periods_too.push(480.0);
    draft.jitter = Some(0.2);
    draft.missed = Some(0.0);
    draft.what =
        "24 addresses in turn without a name, one fingerprint, every eight minutes".to_owned();
    draft
}

/// One connection from morning to evening; the check-ins are records in it.
fn long(lab: &mut Lab, host: &Host, from: i64) -> Draft {
    let mut rng = lab.rng("long");
    let stack = Stack::odd(&mut rng);
    let name = beacon::hideout(&mut rng);
    let mut draft = Draft {
        kind: "c2.long_connection".to_owned(),
        ..beacon_draft(host, &name)
    };
    let begin = lab.awake(host, from).unwrap_or(from) + MINUTE;
    let (done, mut conn) = lab.tls_open(&mut rng, host, begin, &Tls::to(&name, &stack, &[]));
    draft.dst = vec![done.peer.to_string()];
    draft.ids.extend(done.ids);
    let rhythm = Rhythm::new(5 * MINUTE, Jitter::Both(0.1));
    let until = begin + 7 * HOUR;
    for (at, _) in rhythm.slots(&mut rng, (conn.now + MINUTE, until), &|t| Some(t)) {
        conn.now = at;
        draft.times.push(at);
        crate::packets::hello::data(&mut lab.tape, &mut conn, &mut rng, Side::Client, 96);
        crate::packets::hello::data(&mut lab.tape, &mut conn, &mut rng, Side::Server, 48);
    }
    conn.close(&mut lab.tape, Side::Client);
    draft.ids.extend(conn.ids);
    // It closed before the end: nothing is to come.
    draft.period = Some(300.0);
    draft.jitter = Some(0.1);
    draft.missed = Some(0.0);
    draft.what = "one connection of seven hours with a small record every five minutes".to_owned();
    draft
}

/// News that come when they come: exponential gaps.
fn feed(lab: &mut Lab, host: &Host) -> Draft {
    let mut rng = lab.rng("feed");
    let stack = lab.stacks.system.clone();
    let name = "push.tickernews.test";
    let mut draft = Draft::benign(
        "benign.aperiodic",
        host.address(),
        "a feed that calls when there is news, twelve minutes apart in the mean",
        "the gaps are exponential: there is no period",
    )
    .named(name)
    .port(443);
    let mut at = lab.start + rng.range(1, 30) * MINUTE;
    while let Some(now) = lab.awake(host, at) {
        if now >= lab.end {
            break;
        }
        let turns = [(rng.size(200, 400), rng.size(300, 2000))];
        let done = lab.tls(&mut rng, host, now, &Tls::to(name, &stack, &turns));
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
        at = now + (exponential(&mut rng) * 12.0 * MINUTE as f64) as i64 + SECOND;
    }
    draft
}

/// Music all afternoon, in segments of ten seconds.
fn stream(lab: &mut Lab, host: &Host) -> Draft {
    let mut rng = lab.rng("stream");
    let stack = lab.stacks.browser.clone();
    let name = "seg.audiostream-edge.test";
    let mut draft = Draft::benign(
        "benign.streaming",
        host.address(),
        "music in segments of ten seconds for an hour",
        "much comes down and little goes up, in one sitting",
    )
    .named(name)
    .port(443);
    let from = lab.start + 14 * HOUR + rng.range(0, 3600) * SECOND;
    let rhythm = Rhythm::new(10 * SECOND, Jitter::Normal(0.05));
    for (at, _) in rhythm.slots(&mut rng, (from, from + HOUR), &|t| Some(t)) {
        let turns = [(rng.size(300, 340), rng.size(5_000, 9_000))];
        let done = lab.tls(&mut rng, host, at, &Tls::to(name, &stack, &turns));
        draft.dst = vec![done.peer.to_string()];
        draft.ids.extend(done.ids);
    }
    draft
}
