//! What chance would make: as many times drawn from everything else the host did, judged by the same steps.

use super::checkins::{CheckIns, collapse};
use super::clock::Clock;
use super::random::{Random, seed_of};
use super::sleeper::Sleeper;

/// Surrogates drawn of each kind.
const DRAWN: usize = 299;
/// Surrogates at least as strong, after which it is no pattern at one in twenty.
const ENOUGH: usize = 15;
/// Check-ins that are compared: more say nothing new and cost.
const COMPARED: usize = 128;
/// Share of the strongest surrogates that a tail is fitted to.
const TAIL: f64 = 0.1;
/// Fewest strengths that a tail is fitted to.
const FITTED: usize = 10;
/// Share of draws from anywhere in time, at least.
const ANYWHERE: f64 = 0.1;
/// Other events a check-in, below which the host's own times are thin.
const THICK: f64 = 4.0;
/// A draw lies around an event of the host by up to so many seconds.
const AROUND: f64 = 300.0;

/// What else the host did: seconds by the same clock, in order.
#[derive(Clone, Copy, Debug)]
pub struct Null<'a> {
    /// Times.
    pub pool: &'a [f64],
}

/// What was found, and how often chance does as well.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict<M> {
    /// The model.
    pub model: M,
    /// Chance, for this key alone.
    pub p: f64,
    /// Surrogates that were compared.
    pub drawn: usize,
}

fn best(all: &[CheckIns]) -> (Option<f64>, Option<f64>) {
    let sleeper = all
        .iter()
        .filter_map(|c| Sleeper::of(&c.gaps()))
        .map(|s| s.strength())
        .max_by(f64::total_cmp);
    let clock = all
        .iter()
        .filter_map(|c| Clock::of(&c.times, None))
        .map(|c| c.strength())
        .max_by(f64::total_cmp);
    (sleeper, clock)
}

/// Strengths of surrogates, where they had any.
#[derive(Default)]
struct Drawn {
    strengths: Vec<f64>,
    all: usize,
    stronger: usize,
}

impl Drawn {
    fn add(&mut self, one: Option<f64>, seen: Option<f64>) {
        self.all += 1;
        let stronger = seen.is_none_or(|seen| one.is_some_and(|one| one >= seen));
        self.stronger += usize::from(stronger);
        self.strengths.extend(one);
    }

    /// How often chance is at least as strong as `seen`: counted, or by an exponential tail where it never was.
    fn chance(mut self, seen: f64) -> f64 {
        let counted = (1 + self.stronger) as f64 / (1 + self.all) as f64;
        let tail = ((self.all as f64 * TAIL) as usize).min(self.strengths.len() / 2);
        if self.stronger > 0 || tail < FITTED {
            return counted;
        }
        self.strengths.sort_unstable_by(f64::total_cmp);
        let from = self.strengths.len() - tail;
        let start = self.strengths.get(from).copied().unwrap_or(seen);
        let beyond: f64 = self.strengths.iter().skip(from).map(|d| d - start).sum();
        let mean = (beyond / tail as f64).max(1e-3);
        let p = tail as f64 / self.all as f64 * libm::exp(-(seen - start) / mean);
        p.clamp(1e-12, counted)
    }
}

/// Both hypotheses about `seen`, each with its chance: the larger of what chance does with the host's own times, and
/// with any times at all. `more` is a clock's period to try besides.
#[must_use]
pub fn judge(
    seen: &CheckIns,
    more: Option<f64>,
    null: Null<'_>,
) -> (Option<Verdict<Sleeper>>, Option<Verdict<Clock>>) {
    let n = seen.times.len();
    let part = seen.part(n.saturating_sub(COMPARED), n);
    let (Some(first), Some(last)) = (part.times.first(), part.times.last()) else {
        return (None, None);
    };
    let strength = Sleeper::of(&part.gaps()).map(|s| s.strength());
    let precision = Clock::of(&part.times, more).map(|c| c.strength());
    let millis = |g: &f64| libm::round(g * 1e3) as i64;
    let mut random = Random::new(seed_of(part.gaps().iter().map(millis)));
    let from = null.pool.partition_point(|t| t < first);
    let to = null.pool.partition_point(|t| t <= last);
    let pool = null.pool.get(from..to).unwrap_or_default();
    let count = part.times.len();
    let thin = 1.0 - pool.len() as f64 / (THICK * count as f64);
    let own = if pool.is_empty() {
        1.0
    } else {
        thin.max(ANYWHERE)
    };
    let (mut sleeps, mut clocks, mut drawn) = (0.0_f64, 0.0_f64, 0);
    for anywhere in [own, 1.0] {
        let (mut sleeper, mut clock) = (Drawn::default(), Drawn::default());
        for _ in 0..DRAWN {
            let mut times: Vec<f64> = (0..count)
                .map(|_| {
                    if random.unit() < anywhere {
                        return first + random.unit() * (last - first);
                    }
                    let event = pool.get(random.below(pool.len())).copied();
                    let off = AROUND * (2.0 * random.unit() - 1.0);
                    (event.unwrap_or(*first) + off).clamp(*first, *last)
                })
                .collect();
            times.sort_unstable_by(f64::total_cmp);
            let (s, c) = best(&collapse(&times));
            sleeper.add(s, strength);
            clock.add(c, precision);
            if sleeper.stronger >= ENOUGH && clock.stronger >= ENOUGH {
                break;
            }
        }
        drawn += sleeper.all;
        sleeps = sleeps.max(strength.map_or(1.0, |seen| sleeper.chance(seen)));
        clocks = clocks.max(precision.map_or(1.0, |seen| clock.chance(seen)));
        if own >= 1.0
            || (sleeps > ENOUGH as f64 / DRAWN as f64 && clocks > ENOUGH as f64 / DRAWN as f64)
        {
            break;
        }
    }
    let sleeper = Sleeper::of(&seen.gaps()).map(|model| Verdict {
        model,
        p: sleeps,
        drawn,
    });
    let clock = Clock::of(&seen.times, more).map(|model| Verdict {
        model,
        p: clocks,
        drawn,
    });
    (sleeper, clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(days: u32, random: &mut Random) -> Vec<f64> {
        let mut pool = Vec::new();
        for day in 0..days {
            for _ in 0..300 {
                pool.push(f64::from(day) * 86_400.0 + 32_400.0 + 30_000.0 * random.unit());
            }
        }
        pool.sort_unstable_by(f64::total_cmp);
        pool
    }

    fn of(times: &[f64], pool: &[f64]) -> (f64, f64) {
        let all = collapse(times);
        let (s, c) = judge(all.first().expect("some"), None, Null { pool });
        (s.map_or(1.0, |v| v.p), c.map_or(1.0, |v| v.p))
    }

    #[test]
    fn eight_check_ins_in_two_days() {
        let mut random = Random::new(11);
        let pool = office(2, &mut random);
        let times: Vec<f64> = (0..8)
            .map(|n| f64::from(n) * 21_600.0 + 900.0 * (2.0 * random.unit() - 1.0) + 2_000.0)
            .collect();
        let (sleeper, _) = of(&times, &pool);
        assert!(sleeper < 1e-4, "{sleeper}");
    }

    #[test]
    fn a_daily_job_in_ten_days() {
        let mut random = Random::new(12);
        let pool = office(10, &mut random);
        let times: Vec<f64> = (0..10)
            .map(|n| f64::from(n) * 86_400.0 + 40_000.0 + 120.0 * random.unit())
            .collect();
        let (_, clock) = of(&times, &pool);
        assert!(clock < 1e-4, "{clock}");
    }

    #[test]
    fn what_people_do_is_no_pattern() {
        let mut random = Random::new(13);
        let pool = office(10, &mut random);
        let mut low = 0;
        for k in 0..40 {
            let mut times: Vec<f64> = (0..8 + k)
                .map(|_| pool.get(random.below(pool.len())).copied().unwrap_or(0.0))
                .collect();
            times.sort_unstable_by(f64::total_cmp);
            let (s, c) = of(&times, &pool);
            low += usize::from(s < 0.01 || c < 0.01);
        }
        assert!(low <= 3, "{low} of 40 below one in a hundred");
    }

    /// A feed that comes at random, day and night, is more even than any person, and yet no rhythm.
    #[test]
    fn a_feed_at_random_is_no_pattern() {
        let mut random = Random::new(15);
        let pool = office(2, &mut random);
        let mut low = 0;
        for k in 0..20 {
            let mut t = 500.0;
            let times: Vec<f64> = (0..60 + k)
                .map(|_| {
                    t -= 1_200.0 * libm::log(1.0 - random.unit());
                    t
                })
                .collect();
            low += usize::from(of(&times, &pool).0 < 0.01);
        }
        assert!(low <= 1, "{low} of 20 below one in a hundred");
    }

    #[test]
    fn half_jitter_needs_many() {
        let mut random = Random::new(14);
        let pool = office(2, &mut random);
        let at = |n: u32, random: &mut Random| {
            let mut t = 1_000.0;
            let times: Vec<f64> = (0..n)
                .map(|_| {
                    t += 600.0 * (0.5 + random.unit());
                    t
                })
                .collect();
            of(&times, &pool).0
        };
        let many = at(100, &mut random);
        assert!(many < 1e-3, "{many}");
    }
}
