//! A host that sleeps at night is awake in one.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::score::{Plot, Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::activity::{Event, Peer};
use crate::answers::{moment, plural};
use crate::beacons::Shape;
use crate::environment::HostId;
use std::collections::{BTreeMap, BTreeSet};
use weir_model::Timestamp;

/// Nanoseconds of an hour.
const HOUR: i64 = 3_600_000_000_000;
/// Days of habit before the odd hour: of fewer, no hour's bound is low enough.
const DAYS: usize = 3;
/// Events an hour that habit allows, as an upper bound of 95 of 100.
const RATE: f64 = 0.5;
/// Hours of the day in which the host otherwise sleeps: who never sleeps has no odd hour.
const ASLEEP: usize = 6;
/// Events of its habits, below which there are none.
const HABIT: usize = 50;
/// Events of the odd hour: one alone may be anything.
const EVENTS: usize = 3;
/// Bytes sent then that make it more than odd.
const UPLOAD: u64 = 1_000_000;
/// Mean cost of a gap ([`crate::rhythm::Sleeper::cost`]) above which what looks regular may well be a person.
const REGULAR: f64 = 0.2;
/// Odd alone, and with an upload.
const ODD: f64 = 0.5;
const SENDS: f64 = 0.65;
/// Ports of what hosts say by themselves to find each other and their settings.
const HOUSEHOLD: [u16; 8] = [53, 67, 68, 123, 137, 138, 1900, 5353];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "pattern.odd_hours",
    title: "A host is active at an hour at which it never was",
    why: "Who uses another's host does so when its owner is away.",
    how: "Connections that a host begins, by hour of the day, the hours beside it counted in: an hour for which the days before bound the rate below half a connection (95 of 100, Gamma-Poisson), of a host that sleeps at least six hours of the day. At least three connections, after three days of habit. What repeats at even intervals, and what hosts say by themselves to find each other, does not count.",
    innocent: "Somebody works late, once; an update that waits for the night; a clock that was changed.",
    settle: "Ask the host's user; see who was logged in and which program connected.",
    techniques: &["T1029"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Days(4)],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    if ground.calendar().days() <= DAYS {
        return Vec::new();
    }
    let hosts = ground.env.hosts().iter().filter(|h| h.internal);
    hosts
        .filter(|h| ground.activity.of_host(h.id).len() >= HABIT)
        .filter_map(|h| {
            Some(Key {
                subject: who(Some(h), h.address()?),
                rows: vec![(h.id.0 as usize, 0)],
            })
        })
        .collect()
}

/// Connections that are no check-ins and nothing that a host says by itself, in order.
fn own<'a>(ground: &'a Ground<'_>, host: HostId) -> Vec<&'a Event> {
    let all = ground.activity.contacts();
    let mine = |n: usize| all.get(n).is_some_and(|c| c.host == host);
    let beyond_doubt = |shape: &Shape| !matches!(shape, Shape::Sleeper(s) if s.cost > REGULAR);
    let regular = ground
        .repeating()
        .iter()
        .filter(|r| mine(r.contact) && beyond_doubt(&r.shape));
    let flows: BTreeSet<_> = regular
        .flat_map(|r| &r.events)
        .filter_map(|n| ground.activity.event(*n))
        .map(|e| e.flow)
        .collect();
    let mut out: Vec<&Event> = Vec::new();
    for contact in ground.activity.contacts_of(host) {
        let Peer::Address(_, port, _) = contact.peer else {
            continue;
        };
        if !HOUSEHOLD.contains(&port) {
            let all = ground.activity.events(contact);
            out.extend(all.filter(|e| !e.failed && !flows.contains(&e.flow)));
        }
    }
    out.sort_by_key(|e| (e.time, e.packet));
    out
}

fn of_day(time: Timestamp) -> usize {
    usize::try_from(time.0.div_euclid(HOUR).rem_euclid(24)).unwrap_or(0)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let calendar = ground.calendar();
    let host = ground.env.hosts().get(key.rows.first()?.0)?.id;
    let events = own(ground, host);
    if events.len() < HABIT {
        return None;
    }
    // By day, how many began in each hour of the day.
    let mut days: BTreeMap<usize, [usize; 24]> = BTreeMap::new();
    for event in &events {
        let Some(day) = calendar.day(event.time) else {
            continue;
        };
        if let Some(slot) = days.entry(day).or_default().get_mut(of_day(event.time)) {
            *slot += 1;
        }
    }
    let mut habit = [0_usize; 24];
    for (before, (day, counts)) in days.iter().enumerate() {
        let asleep = habit.iter().filter(|n| **n == 0).count();
        // Only days on which the host did something say when it does things.
        if before >= DAYS && habit.iter().sum::<usize>() >= HABIT && asleep >= ASLEEP {
            for (hour, n) in counts.iter().enumerate().filter(|(_, n)| **n >= EVENTS) {
                let around: usize = [23, 0, 1]
                    .iter()
                    .filter_map(|d| habit.get((hour + d) % 24))
                    .sum();
                // The bound of a rate by Gamma-Poisson, after Wilson and Hilferty; of nothing seen it is three.
                let most = if around == 0 {
                    3.0
                } else {
                    bound(around as f64)
                };
                let rate = most / (3.0 * before as f64);
                if rate < RATE {
                    let mine: Vec<&Event> = events
                        .iter()
                        .copied()
                        .filter(|e| calendar.day(e.time) == Some(*day) && of_day(e.time) == hour)
                        .collect();
                    return told(ground, key, &mine, (*n, rate, before), &habit);
                }
            }
        }
        for (all, n) in habit.iter_mut().zip(counts) {
            *all += n;
        }
    }
    None
}

/// The upper bound, 95 of 100, of what is expected where `n` came.
fn bound(n: f64) -> f64 {
    let a = n + 1.0;
    let root = 1.0 - 1.0 / (9.0 * a) + 1.645 / (3.0 * libm::sqrt(a));
    a * root * root * root
}

fn told(
    ground: &Ground<'_>,
    key: &Key,
    mine: &[&Event],
    (n, rate, before): (usize, f64, usize),
    habit: &[usize; 24],
) -> Option<Finding> {
    let first = mine.first()?;
    let host = ground.env.hosts().get(key.rows.first()?.0)?;
    let evidence = Evidence::of(mine.iter().map(|e| e.packet))?;
    let span = (first.time, mine.iter().map(|e| e.ended).max()?);
    let src = host.address()?;
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host.id,
        src,
        span,
        evidence,
    );
    let biggest = mine.iter().max_by_key(|e| e.sent)?;
    let facts = ground.input.chains.get(biggest.flow.0 as usize)?.facts;
    let server = facts.flow(biggest.flow.1).map(|f| f.server);
    (out.dst, out.dport) = (server.map(|s| s.0), server.map(|s| s.1));
    let sent: u64 = mine.iter().map(|e| u64::from(e.sent)).sum();
    let hour = of_day(first.time);
    out.title = format!(
        "{src} began {} between {hour}:00 and {}:00 UTC, an hour at which it otherwise sleeps",
        plural(n as u64, "connection"),
        (hour + 1) % 24
    );
    out.why = format!(
        "From {} on, {sent} bytes sent; on {before} days before, at that hour and those beside it, hardly any. {}",
        moment(first.time),
        DETECTION.why
    );
    (out.severity, out.confidence) = if sent >= UPLOAD {
        (Severity::Medium, SENDS)
    } else {
        (Severity::Low, ODD)
    };
    out.scores = vec![Score {
        name: "expected",
        formula: "upper bound, 95 of 100, of connections in the hour and the two beside it / (3 * days)",
        result: rate,
        terms: vec![
            Term::plain(
                "days",
                before as f64,
                "before, on which the host did anything".to_owned(),
            ),
            Term::plain("seen", n as f64, "connections of the hour".to_owned()),
        ],
    }];
    out.plots = vec![Plot {
        title: "Connections by hour of the day, before",
        unit: "hours (UTC)",
        bars: habit
            .iter()
            .enumerate()
            .map(|(h, n)| (h as f64, *n as u64))
            .collect(),
    }];
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;
    use weir_model::Duration;

    const DAY: i64 = 86_400;

    /// Six days of eight to five; on the day `night` also `n` connections at three, with so many bytes each. `whole`:
    /// the host does the same at every hour.
    fn tape(night: i64, n: u16, bytes: usize, whole: bool) -> Tape {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        let begin = 1_699_920_000;
        let mut port = 1024;
        let mut talk = |tape: &mut Tape, at: i64, ask: &[u8]| {
            tape.now = Timestamp::from_parts(begin + at, 0);
            port += 1;
            tape.talk(([10, 0, 0, 7], port), ([198, 51, 100, 9], 443), ask, b"got");
        };
        let mut seed = 5_u64;
        for day in 0..6 {
            let mut times: Vec<(i64, usize)> = Vec::new();
            for hour in if whole { 0..24 } else { 8..17 } {
                for _ in 0..4 {
                    seed = seed
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let within = i64::try_from((seed >> 33) % 3600).unwrap();
                    times.push((day * DAY + hour * 3600 + within, 3));
                }
            }
            if day == night {
                for _ in 0..n {
                    seed = seed
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let within = i64::try_from((seed >> 33) % 3400).unwrap();
                    times.push((day * DAY + 3 * 3600 + within, bytes));
                }
            }
            times.sort_unstable();
            for (at, bytes) in times {
                talk(&mut tape, at, &vec![7; bytes]);
            }
        }
        tape.now = Timestamp::from_parts(begin, 0);
        tape.udp(([10, 0, 0, 7], 68), ([10, 0, 0, 2], 67), b"?");
        tape.now = Timestamp::from_parts(begin + 6 * DAY, 0);
        tape.udp(([10, 0, 0, 7], 68), ([10, 0, 0, 2], 67), b"?");
        tape.frames.sort_by_key(|f| f.0);
        tape
    }

    #[test]
    fn awake_in_one_night() {
        let all = found(&tape(4, 5, 40, false), &DETECTION);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].severity, Severity::Low);
        assert!(
            all[0].title.contains("5 connections between 3:00 and 4:00"),
            "{}",
            all[0].title
        );
        let loud = found(&tape(4, 21, 60_000, false), &DETECTION);
        assert_eq!(loud[0].severity, Severity::Medium, "{}", loud[0].why);
    }

    #[test]
    fn two_connections_a_host_that_never_sleeps_and_too_few_days_before() {
        assert_eq!(found(&tape(4, 2, 40, false), &DETECTION), []);
        assert_eq!(found(&tape(4, 5, 40, true), &DETECTION), []);
        assert_eq!(found(&tape(1, 5, 40, false), &DETECTION), []);
    }

    #[test]
    fn bounds_are_those_of_the_tables() {
        // Of one and of ten seen: 4.744 and 16.962 (exact, one-sided, 95 of 100).
        assert!((bound(1.0) - 4.744).abs() < 0.02);
        assert!((bound(10.0) - 16.962).abs() < 0.02);
    }
}
