//! What deviates: new, gone, more. Knows both as counts, and nothing of what they mean.

use super::build::{Current, Shown};
use std::collections::{BTreeMap, BTreeSet};
use weir_model::baseline::{Baseline, Kind, Seen, Volume};

/// Of what is told of a kind, the share that may be chance.
pub const CHANCE: f64 = 0.05;
/// TCP ports by which machines are governed from afar: SSH, Telnet, RPC, SMB, RDP, VNC, WinRM.
pub const GOVERNING: [u16; 8] = [22, 23, 135, 445, 3389, 5900, 5985, 5986];
/// Bytes an hour so many times the earlier ones are more.
const TIMES: f64 = 4.0;
/// Upload that marks a new destination, and a busiest hour.
const UPLOAD: u64 = 1_000_000;
/// Spread of a host's hours, in logarithms, below which few hours are not believed.
const SPREAD: f64 = 0.5;

/// How far the logarithm of a rate may be off by chance, in standard errors: 95 of 100.
const WIDE: f64 = 1.96;

/// One thing that deviates.
#[derive(Clone, Debug, PartialEq)]
pub struct Deviation {
    /// What kind of thing.
    pub kind: Kind,
    /// The thing, as the baseline names it. Hostile text.
    pub key: String,
    /// How often so much would be new, or gone, if nothing had changed.
    pub p: f64,
    /// Share of chance among what is told down to this one (Benjamini, Hochberg 1995).
    pub q: f64,
    /// Hours then and now in which it could have been seen, as far as they lie at hours of the day that both cover.
    pub exposed: (f64, f64),
    /// Minutes in which it was seen, by the share of its hours that lie at these; of what is gone, such hours. What
    /// comes within one counts once; those of one session are taken for independent, which they are not.
    pub occasions: f64,
    /// What is seen now.
    pub now: Seen,
    /// What was seen earlier.
    pub then: Seen,
    /// Where it shows now; empty where it is gone.
    pub shown: Vec<Shown>,
}

/// A host that sends more by the hour than it did, or far more in one hour than it ever would.
#[derive(Clone, Debug, PartialEq)]
pub struct More {
    /// The host's key.
    pub key: String,
    /// Usual bytes of an hour: then and now, at hours of the day that both cover.
    pub usual: (f64, f64),
    /// Bytes of the busiest hour now, from any ten minutes on, where that one tells more than all together.
    pub busiest: Option<f64>,
    /// Chance of the stronger of two tests on logarithms, times two: Welch's on the means, and how far the busiest hour
    /// lies beyond the earlier hours, given that there are twice as many as hours now; both with a normal tail.
    pub p: f64,
    /// Share of chance among what is told down to this one.
    pub q: f64,
    /// Hours: then and now.
    pub hours: (u32, u32),
}

impl More {
    /// Times as much as usual.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.busiest.unwrap_or(self.usual.1) / self.usual.0.max(1.0)
    }
}

/// A thing that comes far oftener or far less often than it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// What kind of thing.
    pub kind: Kind,
    /// The thing. Hostile text.
    pub key: String,
    /// Times an hour now over times an hour then.
    pub ratio: f64,
    /// In which it lies, 95 of 100 times; does not reach from one half to two.
    pub interval: (f64, f64),
    /// How often so much would change if nothing had, beyond a factor of two.
    pub p: f64,
    /// Share of chance among what is told down to this one.
    pub q: f64,
    /// What is seen now.
    pub now: Seen,
    /// What was seen earlier.
    pub then: Seen,
    /// Where it shows now.
    pub shown: Vec<Shown>,
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
    /// Far oftener or less often, and told.
    pub changed: Vec<Changed>,
    /// Seen in both, by kind.
    pub known: BTreeMap<Kind, u64>,
    /// New but not told, because so many are new by chance: by kind.
    pub untold: BTreeMap<Kind, u64>,
    /// Seen only at hours of the day that the baseline does not cover, and so not compared: by kind.
    pub apart: BTreeMap<Kind, u64>,
    /// Kinds that hold too much to be compared.
    pub beyond: BTreeSet<Kind>,
    /// Hours covered: then and now.
    pub hours: (u32, u32),
    /// Hours of the day that both cover: bit 0 is midnight to one.
    pub shared: u32,
}

/// Places of those that may be told with the share of chance among them, so that at most [`CHANCE`] of them are
/// expected to be chance.
fn told(p: &[f64]) -> Vec<(usize, f64)> {
    let mut order = ranked(p);
    order.retain(|(_, q)| *q <= CHANCE);
    order
}

/// All places, the strongest claim first, with the share of chance among those down to each.
fn ranked(p: &[f64]) -> Vec<(usize, f64)> {
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let all = p.len() as f64;
    // From the weakest on: what stands before a stronger claim is at least as sure as that.
    let mut least: f64 = 1.0;
    for (rank, (_, p)) in order.iter_mut().enumerate().rev() {
        least = least.min(*p * all / (rank + 1) as f64);
        *p = least;
    }
    order
}

/// A pair by a port that governs machines, to a machine that never answered on it: one time is worth a line, whatever
/// chance makes of it.
fn governs(key: &str, then: &Baseline) -> bool {
    let mut parts = key.splitn(3, '|').skip(1);
    let (Some(server), Some(port)) = (parts.next(), parts.next()) else {
        return false;
    };
    let number = port.strip_prefix("tcp/").and_then(|n| n.parse().ok());
    number.is_some_and(|n: u16| GOVERNING.contains(&n))
        && then.of(Kind::Host).contains_key(server)
        && !then
            .of(Kind::Service)
            .contains_key(&format!("{server}|{port}"))
}

/// Share of `seen` at hours of the day that `clock` has.
fn share(seen: &Seen, clock: u32) -> f64 {
    f64::from((seen.clock & clock).count_ones()) / f64::from(seen.clock.count_ones().max(1))
}

/// Hours of `seen` at hours of the day that `clock` has.
fn comparable(seen: &Seen, clock: u32) -> f64 {
    f64::from(seen.hours) * share(seen, clock)
}

/// Hours of a document at hours of the day that `clock` has, at least one.
fn covered(a: &Baseline, clock: u32) -> f64 {
    let share = f64::from((a.clock & clock).count_ones()) / f64::from(a.clock.count_ones().max(1));
    (f64::from(a.hours) * share).max(1.0)
}

/// Those in which a host was there; of no host, all.
fn exposure(a: &Baseline, key: Option<&str>, clock: u32) -> f64 {
    let host = key.and_then(|k| a.of(Kind::Host).get(k));
    host.map_or_else(|| covered(a, clock), |s| comparable(s, clock).max(1.0))
}

/// The host that a key begins with.
fn host_of(kind: Kind, key: &str) -> Option<&str> {
    match kind {
        Kind::Pair | Kind::Destination => key.split('|').next(),
        Kind::Host | Kind::Service | Kind::Site | Kind::Agent | Kind::Fingerprint => None,
    }
}

/// Is a new destination worth a line, apart from being new? `users` counts the hosts of each name.
fn marked(d: &Deviation, users: &BTreeMap<&str, u32>, then: &Baseline) -> bool {
    match d.kind {
        // Somebody browses: a name nobody here used, with a mark of its own.
        Kind::Destination => {
            let name = d.key.split_once('|').map_or("", |(_, name)| name);
            let only = users.get(name).is_none_or(|n| *n < 2);
            let bare = name.parse::<std::net::IpAddr>().is_ok();
            let new = !then.of(Kind::Site).contains_key(name);
            new && only && (bare || d.now.sent >= UPLOAD)
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
        beyond: then
            .beyond
            .keys()
            .chain(now.beyond.keys())
            .copied()
            .collect(),
        ..Deviations::default()
    };
    let mut users: BTreeMap<&str, u32> = BTreeMap::new();
    for key in now.of(Kind::Destination).keys() {
        if let Some((_, name)) = key.split_once('|') {
            *users.entry(name).or_default() += 1;
        }
    }
    for (kind, things) in &now.seen {
        if out.beyond.contains(kind) {
            continue;
        }
        new(then, current, (*kind, things), &users, &mut out);
        changed(then, current, (*kind, things), &mut out);
    }
    if !out.beyond.contains(&Kind::Service) {
        out.gone = gone(then, now);
    }
    out.more = more(then, current);
    out
}

fn shown(current: &Current, kind: Kind, key: &str) -> Vec<Shown> {
    let place = (kind, key.to_owned());
    current.shown.get(&place).cloned().unwrap_or_default()
}

type Things<'a> = (Kind, &'a BTreeMap<String, Seen>);

fn new(
    then: &Baseline,
    current: &Current,
    (kind, things): Things<'_>,
    users: &BTreeMap<&str, u32>,
    out: &mut Deviations,
) {
    let earlier = then.of(kind);
    let mut found: Vec<Deviation> = Vec::new();
    for (key, seen) in things.iter().filter(|(k, _)| !earlier.contains_key(*k)) {
        let host = host_of(kind, key);
        // What a new host does is told with the host.
        if host.is_some_and(|h| !then.of(Kind::Host).contains_key(h)) {
            continue;
        }
        let occasions = f64::from(seen.occasions) * share(seen, out.shared);
        if occasions == 0.0 {
            *out.apart.entry(kind).or_default() += 1;
            continue;
        }
        let before = exposure(then, host, out.shared);
        let after = exposure(&current.document, host, out.shared);
        found.push(Deviation {
            kind,
            key: key.clone(),
            // Each occasion fell into the current hours alone, by this chance if nothing had changed.
            p: libm::pow(after / (before + after), occasions),
            q: 1.0,
            exposed: (before, after),
            occasions,
            now: *seen,
            then: Seen::default(),
            shown: shown(current, kind, key),
        });
    }
    let p: Vec<f64> = found.iter().map(|d| d.p).collect();
    let of = |(n, q): (usize, f64)| {
        Some(Deviation {
            q,
            ..found.get(n)?.clone()
        })
    };
    let all = ranked(&p).into_iter().filter_map(of);
    let sure = |d: &Deviation| d.q <= CHANCE && marked(d, users, then);
    let grave = |d: &Deviation| kind == Kind::Pair && governs(&d.key, then);
    let chosen: Vec<Deviation> = all.filter(|d| sure(d) || grave(d)).collect();
    let untold = found.len() - chosen.len();
    if untold > 0 {
        out.untold.insert(kind, untold as u64);
    }
    out.new.extend(chosen);
}

/// Known things, and those of them that come far oftener or less often. What happens within an hour hangs together,
/// so that each hour is one observation, whatever was counted in it.
fn changed(then: &Baseline, current: &Current, (kind, things): Things<'_>, out: &mut Deviations) {
    let earlier = then.of(kind);
    let mut found: Vec<Changed> = Vec::new();
    for (key, now) in things {
        let Some(before) = earlier.get(key) else {
            continue;
        };
        *out.known.entry(kind).or_default() += 1;
        let worth = matches!(
            kind,
            Kind::Service | Kind::Pair | Kind::Site | Kind::Agent | Kind::Fingerprint
        );
        let hours = (comparable(before, out.shared), comparable(now, out.shared));
        if !worth || hours.0 == 0.0 || hours.1 == 0.0 {
            continue;
        }
        let rate = |seen: &Seen, hours: f64, of: f64| {
            seen.times as f64 * hours / f64::from(seen.hours.max(1)) / of
        };
        // Both by the hours that both cover: what one covers besides says nothing of how often it comes.
        let of = (
            covered(then, out.shared),
            covered(&current.document, out.shared),
        );
        let ratio = rate(now, hours.1, of.1) / rate(before, hours.0, of.0);
        let (log, wide) = (
            libm::log(ratio),
            libm::sqrt(1.0 / (hours.0 + 0.5) + 1.0 / (hours.1 + 0.5)),
        );
        let z = (log.abs() - std::f64::consts::LN_2) / wide;
        found.push(Changed {
            kind,
            key: key.clone(),
            ratio,
            interval: (libm::exp(log - WIDE * wide), libm::exp(log + WIDE * wide)),
            p: libm::erfc(z / std::f64::consts::SQRT_2).min(1.0),
            q: 1.0,
            now: *now,
            then: *before,
            shown: shown(current, kind, key),
        });
    }
    let p: Vec<f64> = found.iter().map(|c| c.p).collect();
    let of = |(n, q): (usize, f64)| {
        Some(Changed {
            q,
            ..found.get(n)?.clone()
        })
    };
    let all = told(&p).into_iter().filter_map(of);
    out.changed
        .extend(all.filter(|c| c.interval.0 > 2.0 || c.interval.1 < 0.5));
}

fn gone(then: &Baseline, now: &Baseline) -> Vec<Deviation> {
    let shared = then.clock & now.clock;
    let mut gone: Vec<Deviation> = Vec::new();
    for (key, seen) in then.of(Kind::Service) {
        if now.of(Kind::Service).contains_key(key) {
            continue;
        }
        let exposed = (covered(then, shared), covered(now, shared));
        let occasions = comparable(seen, shared);
        gone.push(Deviation {
            kind: Kind::Service,
            key: key.clone(),
            p: libm::exp(-occasions / exposed.0 * exposed.1),
            q: 1.0,
            exposed,
            occasions,
            now: Seen::default(),
            then: *seen,
            shown: Vec::new(),
        });
    }
    let p: Vec<f64> = gone.iter().map(|d| d.p).collect();
    let of = |(n, q): (usize, f64)| {
        Some(Deviation {
            q,
            ..gone.get(n)?.clone()
        })
    };
    told(&p).into_iter().filter_map(of).collect()
}

/// Bytes by hour at hours of the day that `clock` has.
fn volume(by_hour: &BTreeMap<u8, Volume>, clock: u32) -> Volume {
    let within = by_hour
        .iter()
        .filter(|(h, _)| clock.checked_shr(u32::from(**h)).unwrap_or(0) & 1 == 1);
    within.fold(Volume::default(), |all, (_, v)| all.with(*v))
}

fn more(then: &Baseline, current: &Current) -> Vec<More> {
    let now = &current.document;
    let shared = then.clock & now.clock;
    let mut all = Vec::new();
    for (key, b) in &now.volume {
        let Some(a) = then.volume.get(key) else {
            continue;
        };
        let (a, b) = (volume(a, shared), volume(b, shared));
        if a.hours < Baseline::HOURS || b.hours == 0 {
            continue;
        }
        let spread = |v: &Volume| v.squares / f64::from(v.hours.max(2) - 1);
        let tail = |z: f64| 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
        let means = if b.hours < Baseline::HOURS {
            1.0
        } else {
            let of = |v: &Volume| spread(v) / f64::from(v.hours);
            2.0 * tail(((b.mean - a.mean) / libm::sqrt(of(&a) + of(&b)).max(0.05)).abs())
        };
        let wide = libm::sqrt(spread(&a)).max(SPREAD) * libm::sqrt(1.0 + 1.0 / f64::from(a.hours));
        // The chance that none of so many hours lies so far out, turned round.
        let most = current.busiest(key, shared);
        let most = most.map_or(b.most, |(_, bytes)| libm::log1p(bytes as f64).max(b.most));
        let one = tail((most - a.mean) / wide);
        let hours = 2.0 * f64::from(b.hours);
        let peak = -libm::expm1(hours * libm::log1p(-one.min(0.999_999)));
        all.push(More {
            key: key.clone(),
            usual: (libm::expm1(a.mean), libm::expm1(b.mean)),
            busiest: (peak < means).then(|| libm::expm1(most)),
            p: (2.0 * means.min(peak)).min(1.0),
            q: 1.0,
            hours: (a.hours, b.hours),
        });
    }
    let p: Vec<f64> = all.iter().map(|m| m.p).collect();
    let of = |(n, q): (usize, f64)| {
        Some(More {
            q,
            ..all.get(n)?.clone()
        })
    };
    let loud = |m: &More| m.ratio() >= TIMES && m.busiest.is_none_or(|b| b >= UPLOAD as f64);
    told(&p).into_iter().filter_map(of).filter(loud).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(hours: u32) -> Seen {
        Seen {
            hours,
            clock: 0xff_ff_ff,
            times: u64::from(hours),
            occasions: hours,
            sent: 100,
        }
    }

    fn of(document: Baseline) -> Current {
        Current {
            document,
            ..Current::default()
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
    fn a_first_session_with_a_desk_is_told_whatever_chance_makes_of_it() {
        let mut then = document(24, &[("b|tcp/445", 20)]);
        let hosts = then.seen.entry(Kind::Host).or_default();
        hosts.extend(["a", "b"].map(|h| (h.to_owned(), seen(20))));
        let mut now = then.clone();
        let pairs = now.seen.entry(Kind::Pair).or_default();
        for pair in ["a|b|tcp/22", "a|b|tcp/445", "a|b|tcp/8080", "a|c|tcp/22"] {
            pairs.insert(pair.to_owned(), seen(1));
        }
        let all = compare(&then, &of(now)).new;
        let all: Vec<_> = all.iter().map(|d| (d.key.as_str(), d.q > CHANCE)).collect();
        assert_eq!(all, [("a|b|tcp/22", true)]);
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
        let all = compare(&then, &current);
        assert!(all.new.iter().all(|d| d.key != "c|tcp/1"), "{:?}", all.new);
        assert_eq!(all.apart.get(&Kind::Service), Some(&1), "and it is said");
    }

    #[test]
    fn the_same_by_the_hour_is_no_change_where_one_covers_more_of_the_day() {
        // Ten times an hour, around the clock for three days; now two hours of one day.
        let mut then = document(72, &[("a|tcp/80", 72)]);
        let mut now = document(2, &[("a|tcp/80", 2)]);
        now.clock = 0b11 << 9;
        for (doc, times) in [(&mut then, 720), (&mut now, 20)] {
            let clock = doc.clock;
            for seen in doc.seen.values_mut().flat_map(|s| s.values_mut()) {
                (seen.times, seen.clock) = (times, clock);
            }
        }
        let ratio = |then: &Baseline, now: &Baseline| {
            let current = Current {
                document: now.clone(),
                ..Current::default()
            };
            let mut all = Deviations {
                hours: (then.hours, now.hours),
                shared: then.clock & now.clock,
                ..Deviations::default()
            };
            let things = now.of(Kind::Service);
            changed(then, &current, (Kind::Service, things), &mut all);
            (all.known.clone(), all.changed)
        };
        assert_eq!(ratio(&then, &now).1, []);
        // A hundred times as often is one all the same, and its number is that.
        for seen in now.seen.values_mut().flat_map(|s| s.values_mut()) {
            seen.times *= 100;
        }
        let told = ratio(&then, &now).1;
        assert!((told[0].ratio - 100.0).abs() < 1e-9, "{told:?}");
    }

    #[test]
    fn one_occasion_is_no_proof_and_the_hours_that_both_cover_are_counted() {
        let then = document(72, &[]);
        let mut now = document(24, &[("b|tcp/4444", 1)]);
        for seen in now.seen.values_mut().flat_map(|s| s.values_mut()) {
            (seen.occasions, seen.times) = (1, 60);
        }
        let of = |document: Baseline| {
            let current = Current {
                document,
                ..Current::default()
            };
            let mut all = Deviations {
                shared: then.clock & current.document.clock,
                ..Deviations::default()
            };
            let things = current.document.of(Kind::Service);
            new(
                &then,
                &current,
                (Kind::Service, things),
                &BTreeMap::new(),
                &mut all,
            );
            all
        };
        let all = of(now.clone());
        assert_eq!(
            (all.new.len(), all.untold.get(&Kind::Service)),
            (0, Some(&1))
        );
        // Only two hours of the day are covered by both: three of the baseline's days, and one, are six hours and two.
        now.clock = 0b11 << 9;
        now.hours = 2;
        for seen in now.seen.values_mut().flat_map(|s| s.values_mut()) {
            (seen.hours, seen.occasions, seen.clock) = (2, 2, 0b11 << 9);
        }
        let all = of(now);
        assert_eq!(all.new.len(), 0, "one in sixteen: {:?}", all.new);
    }

    #[test]
    fn a_loud_night_is_not_more_than_a_quiet_day() {
        let at = |clock: &[u8], mean: f64| {
            let mut out = document(24, &[]);
            out.clock = 0;
            let by_hour = out.volume.entry("a".to_owned()).or_default();
            for hour in clock {
                out.clock |= 1 << hour;
                for n in 0..4 {
                    by_hour
                        .entry(*hour)
                        .or_default()
                        .add(mean + f64::from(n) * 0.1);
                }
            }
            out
        };
        let (day, night) = ([9, 10, 11], [1, 2, 3]);
        let more = |then: Baseline, now: Baseline| more(&then, &of(now)).len();
        assert_eq!(more(at(&day, 8.0), at(&night, 12.0)), 0);
        assert_eq!(more(at(&day, 8.0), at(&day, 12.0)), 1);
    }

    #[test]
    fn far_oftener_is_a_change_and_a_little_oftener_is_none() {
        let with = |hours: u32, of: u32, times: u64| {
            let mut out = document(of, &[("a|tcp/80", hours)]);
            if let Some(seen) = out
                .seen
                .entry(Kind::Service)
                .or_default()
                .get_mut("a|tcp/80")
            {
                seen.times = times;
            }
            out
        };
        let changed = |now: Baseline| {
            let current = Current {
                document: now,
                ..Current::default()
            };
            let all = compare(&with(60, 72, 120), &current);
            assert_eq!(all.known.get(&Kind::Service), Some(&1));
            all.changed
        };
        assert_eq!(changed(with(20, 24, 100)), [], "two and a half times");
        let up = changed(with(20, 24, 1000));
        assert_eq!(up.len(), 1);
        assert!((up[0].ratio - 25.0).abs() < 1e-9 && up[0].interval.0 > 2.0 && up[0].q < 0.05);
        let down = changed(with(12, 24, 2));
        assert!(down[0].interval.1 < 0.5, "{down:?}");
    }

    #[test]
    fn too_much_of_a_kind_is_not_compared() {
        let mut then = document(240, &[]);
        then.beyond.insert(Kind::Service, 60_000);
        let current = Current {
            document: document(24, &[("b|tcp/4444", 8)]),
            ..Current::default()
        };
        let all = compare(&then, &current);
        assert!(all.new.is_empty() && all.beyond.contains(&Kind::Service));
    }

    #[test]
    fn ten_times_the_bytes() {
        let with = |mean: f64| {
            let mut out = document(24, &[]);
            let mut v = Volume::default();
            for n in 0..20 {
                v.add(mean + f64::from(n % 5) * 0.1);
            }
            out.volume.insert("a".to_owned(), [(9, v)].into());
            out
        };
        let more = |mean: f64| more(&with(8.0), &of(with(mean))).len();
        assert_eq!(more(10.3), 1);
        assert_eq!(more(8.6), 0, "not four times");
    }

    #[test]
    fn one_hour_far_beyond_every_other() {
        let with = |most: f64| {
            let mut out = document(24, &[]);
            let mut v = Volume::default();
            for n in 0..9 {
                v.add(9.4 + f64::from(n % 5) * 0.1);
            }
            v.add(most);
            out.volume.insert("a".to_owned(), [(9, v)].into());
            out
        };
        let more = |then: f64, now: f64| more(&with(then), &of(with(now)));
        let told = more(9.4, 14.5);
        assert_eq!(told.len(), 1);
        assert!(
            told[0]
                .busiest
                .is_some_and(|b| (b / 1_982_758.0 - 1.0).abs() < 0.01),
            "{told:?}"
        );
        assert!(told[0].ratio() > 100.0);
        assert_eq!(more(9.4, 13.5).len(), 0, "below a megabyte");
        assert_eq!(more(14.4, 14.5).len(), 0, "it had such an hour");
    }

    #[test]
    fn an_hour_may_begin_at_any_ten_minutes() {
        let mut then = document(24, &[]);
        let mut v = Volume::default();
        for n in 0..10 {
            v.add(11.5 + f64::from(n % 5) * 0.1);
        }
        then.volume.insert("a".to_owned(), [(9, v)].into());
        then.volume.insert("b".to_owned(), [(9, v)].into());
        then.clock = (1 << 9) | (1 << 10);
        let mut current = of(then.clone());
        let twice = |sixths: [i64; 2]| BTreeMap::from(sixths.map(|s| (s, 700_000)));
        // An hour apart, and fifty minutes apart across ten o'clock.
        current.sixths.insert("a".to_owned(), twice([54, 60]));
        current.sixths.insert("b".to_owned(), twice([56, 61]));
        let told = more(&then, &current);
        let told: Vec<_> = told.iter().map(|m| (m.key.as_str(), m.busiest)).collect();
        assert!(
            matches!(told.as_slice(), [("b", Some(n))] if (n - 1_400_000.0).abs() < 1.0),
            "{told:?}"
        );
        assert_eq!(
            current.busiest("b", 1 << 9),
            Some((56, 700_000)),
            "of nine alone"
        );
    }

    #[test]
    fn false_discoveries_are_bounded() {
        let places = |p: &[f64]| told(p).iter().map(|t| t.0).collect::<Vec<_>>();
        assert_eq!(places(&[0.04, 0.9, 0.8]), [0_usize; 0]);
        assert_eq!(places(&[0.01, 0.9, 0.8]), [0]);
        assert_eq!(places(&[0.03, 0.01, 0.04]), [1, 0, 2]);
        assert_eq!(places(&[]), [0_usize; 0]);
        let shares: Vec<f64> = told(&[0.03, 0.01, 0.04]).iter().map(|t| t.1).collect();
        assert!(
            shares
                .iter()
                .zip([0.03, 0.04, 0.04])
                .all(|(a, b)| (a - b).abs() < 1e-12),
            "{shares:?}"
        );
    }
}
