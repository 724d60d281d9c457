//! What deviates: new, gone, more. Knows both as counts, and nothing of what they mean.

use super::build::{Current, Shown};
use std::collections::BTreeMap;
use weir_model::baseline::{Baseline, Kind, Seen};

/// Of what is told of a kind, the share that may be chance.
const CHANCE: f64 = 0.05;
/// Bytes an hour so many times the earlier ones are more.
const TIMES: f64 = 4.0;
/// Hours below which a mean is none.
const HOURS: u32 = 4;
/// Upload that marks a new destination.
const UPLOAD: u64 = 1_000_000;

/// One thing that deviates.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// What kind of thing.
    pub kind: Kind,
    /// The thing, as the baseline names it. Hostile text.
    pub key: String,
    /// How often so much would be new, or gone, if nothing had changed.
    pub p: f64,
    /// What is seen now.
    pub now: Seen,
    /// What was seen earlier.
    pub then: Seen,
    /// Where it shows now; empty where it is gone.
    pub shown: Vec<Shown>,
}

/// A host that sends more by the hour than it did.
#[derive(Clone, Debug, PartialEq)]
pub struct More {
    /// The host's key.
    pub key: String,
    /// Usual bytes of an hour: then and now.
    pub usual: (f64, f64),
    /// Two-sided chance, by Welch's test on logarithms with a normal tail.
    pub p: f64,
    /// Hours: then and now.
    pub hours: (u32, u32),
}

/// Everything that deviates.
#[derive(Clone, Debug, Default)]
pub struct Deviations {
    /// New and told.
    pub new: Vec<Deviation>,
    /// Gone and told.
    pub gone: Vec<Deviation>,
    /// More and told.
    pub more: Vec<More>,
    /// New but not told, because so many are new by chance: by kind.
    pub untold: BTreeMap<Kind, u64>,
    /// Hours covered: then and now.
    pub hours: (u32, u32),
    /// Hours of the day that both cover.
    pub shared: u32,
}

/// Places of those that may be told, so that of these [`CHANCE`] are expected to be chance.
fn told(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    let of = |n: &usize| p.get(*n).copied().unwrap_or(1.0);
    order.sort_by(|a, b| of(a).total_cmp(&of(b)).then(a.cmp(b)));
    let all = p.len() as f64;
    let pass = |(rank, n): (usize, &usize)| of(n) <= CHANCE * (rank + 1) as f64 / all;
    let last = order.iter().enumerate().rposition(pass);
    order.truncate(last.map_or(0, |n| n + 1));
    order
}

/// Hours of `seen` at hours of the day that `clock` has.
fn comparable(seen: &Seen, clock: u32) -> f64 {
    let all = seen.clock.count_ones().max(1);
    f64::from(seen.hours) * f64::from((seen.clock & clock).count_ones()) / f64::from(all)
}

fn exposure(a: &Baseline, key: Option<&str>) -> f64 {
    let host = key.and_then(|k| a.of(Kind::Host).get(k));
    f64::from(host.map_or(a.hours, |s| s.hours).max(1))
}

/// The host that a key begins with.
fn host_of(kind: Kind, key: &str) -> Option<&str> {
    match kind {
        Kind::Pair | Kind::Destination => key.split('|').next(),
        Kind::Host | Kind::Service | Kind::Site | Kind::Agent | Kind::Fingerprint => None,
    }
}

/// Is a new destination worth a line, apart from being new?
fn marked(kind: Kind, key: &str, now: &Seen, current: &Current, then: &Baseline) -> bool {
    match kind {
        // Somebody browses: a name nobody here used, with a mark of its own.
        Kind::Destination => {
            let (host, name) = key.split_once('|').unwrap_or((key, ""));
            let others = current.document.of(Kind::Destination).keys();
            let only = !others.clone().any(|k| {
                k.split_once('|')
                    .is_some_and(|(h, n)| n == name && h != host)
            });
            let bare = name.parse::<std::net::IpAddr>().is_ok();
            let new = !then.of(Kind::Site).contains_key(name);
            new && only && (bare || now.sent >= UPLOAD)
        }
        Kind::Site => false,
        Kind::Host | Kind::Service | Kind::Pair | Kind::Agent | Kind::Fingerprint => true,
    }
}

/// Compares what is seen now with what was.
#[must_use]
pub fn compare(then: &Baseline, current: &Current) -> Deviations {
    let now = &current.document;
    let mut out = Deviations {
        hours: (then.hours, now.hours),
        shared: then.clock & now.clock,
        ..Deviations::default()
    };
    for (kind, things) in &now.seen {
        let earlier = then.of(*kind);
        let mut new: Vec<Deviation> = Vec::new();
        for (key, seen) in things.iter().filter(|(k, _)| !earlier.contains_key(*k)) {
            let host = host_of(*kind, key);
            // What a new host does is told with the host.
            if host.is_some_and(|h| !then.of(Kind::Host).contains_key(h)) {
                continue;
            }
            let (before, after) = (exposure(then, host), exposure(now, host));
            // Each hour in which it shows fell into the current ones alone, by this chance if nothing had changed.
            let p = libm::pow(after / (before + after), comparable(seen, then.clock));
            new.push(Deviation {
                kind: *kind,
                key: key.clone(),
                p,
                now: *seen,
                then: Seen::default(),
                shown: current
                    .shown
                    .get(&(*kind, key.clone()))
                    .cloned()
                    .unwrap_or_default(),
            });
        }
        let p: Vec<f64> = new.iter().map(|d| d.p).collect();
        let places = told(&p);
        let chosen: Vec<Deviation> = places
            .iter()
            .filter_map(|n| new.get(*n))
            .filter(|d| marked(*kind, &d.key, &d.now, current, then))
            .cloned()
            .collect();
        let untold = new.len() - chosen.len();
        if untold > 0 {
            out.untold.insert(*kind, untold as u64);
        }
        out.new.extend(chosen);
    }
    let mut gone: Vec<Deviation> = Vec::new();
    for (key, seen) in then.of(Kind::Service) {
        if now.of(Kind::Service).contains_key(key) {
            continue;
        }
        let rate = comparable(seen, now.clock) / f64::from(then.hours.max(1));
        gone.push(Deviation {
            kind: Kind::Service,
            key: key.clone(),
            p: libm::exp(-rate * f64::from(now.hours)),
            now: Seen::default(),
            then: *seen,
            shown: Vec::new(),
        });
    }
    let p: Vec<f64> = gone.iter().map(|d| d.p).collect();
    out.gone = told(&p)
        .iter()
        .filter_map(|n| gone.get(*n))
        .cloned()
        .collect();
    out.more = more(then, now);
    out
}

fn more(then: &Baseline, now: &Baseline) -> Vec<More> {
    let mut all = Vec::new();
    for (key, b) in &now.volume {
        let Some(a) = then
            .volume
            .get(key)
            .filter(|a| a.hours >= HOURS && b.hours >= HOURS)
        else {
            continue;
        };
        let variance = |v: &weir_model::baseline::Volume| {
            v.squares / f64::from(v.hours - 1) / f64::from(v.hours)
        };
        let wide = libm::sqrt(variance(a) + variance(b)).max(0.05);
        let z = (b.mean - a.mean) / wide;
        all.push(More {
            key: key.clone(),
            usual: (libm::expm1(a.mean), libm::expm1(b.mean)),
            p: libm::erfc(z.abs() / std::f64::consts::SQRT_2),
            hours: (a.hours, b.hours),
        });
    }
    let p: Vec<f64> = all.iter().map(|m| m.p).collect();
    let places = told(&p);
    let loud = |m: &&More| m.usual.1 >= TIMES * m.usual.0.max(1.0);
    places
        .iter()
        .filter_map(|n| all.get(*n))
        .filter(loud)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(hours: u32) -> Seen {
        Seen {
            hours,
            clock: 0xff_ff_ff,
            times: u64::from(hours),
            sent: 100,
        }
    }

    fn document(hours: u32, services: &[(&str, u32)]) -> Baseline {
        let mut out = Baseline {
            schema: 1,
            hours,
            clock: 0xff_ff_ff,
            ..Baseline::default()
        };
        for (key, n) in services {
            out.seen
                .entry(Kind::Service)
                .or_default()
                .insert((*key).to_owned(), seen(*n));
        }
        out
    }

    #[test]
    fn what_is_expected_by_chance_is_not_told() {
        let then = document(240, &[("a|tcp/80", 200)]);
        let all = |n: u32| {
            let current = Current {
                document: document(24, &[("a|tcp/80", 20), ("b|tcp/4444", n)]),
                ..Current::default()
            };
            compare(&then, &current).new.len()
        };
        assert_eq!(all(2), 1, "one chance in a hundred");
        assert_eq!(all(1), 0, "one in eleven");
    }

    #[test]
    fn a_service_that_was_always_there_is_gone() {
        let then = document(240, &[("a|tcp/80", 200), ("b|tcp/22", 3)]);
        let current = Current {
            document: document(24, &[]),
            ..Current::default()
        };
        let gone = compare(&then, &current).gone;
        assert_eq!(
            gone.iter().map(|d| d.key.as_str()).collect::<Vec<_>>(),
            ["a|tcp/80"]
        );
    }

    #[test]
    fn a_night_is_not_compared_with_a_day() {
        let mut then = document(100, &[]);
        then.clock = 0x00_00_ff;
        let mut now = document(8, &[("b|tcp/4444", 8)]);
        now.seen.entry(Kind::Service).or_default().insert(
            "c|tcp/1".to_owned(),
            Seen {
                clock: 0xff_00_00,
                ..seen(8)
            },
        );
        let current = Current {
            document: now,
            ..Current::default()
        };
        let new = compare(&then, &current).new;
        assert!(new.iter().all(|d| d.key != "c|tcp/1"), "{new:?}");
    }

    #[test]
    fn ten_times_the_bytes() {
        let with = |mean: f64| {
            let mut out = document(24, &[]);
            let mut v = weir_model::baseline::Volume::default();
            for n in 0..20 {
                v.add(mean + f64::from(n % 5) * 0.1);
            }
            out.volume.insert("a".to_owned(), v);
            out
        };
        assert_eq!(more(&with(8.0), &with(10.3)).len(), 1);
        assert_eq!(more(&with(8.0), &with(8.6)).len(), 0, "not four times");
    }

    #[test]
    fn false_discoveries_are_bounded() {
        assert_eq!(told(&[0.04, 0.9, 0.8]), [0_usize; 0]);
        assert_eq!(told(&[0.01, 0.9, 0.8]), [0]);
        assert_eq!(told(&[0.03, 0.01, 0.04]), [1, 0, 2]);
        assert_eq!(told(&[]), [0_usize; 0]);
    }
}
