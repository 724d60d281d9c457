//! What chance would make: as many times drawn from everything else the host did, judged by the same steps.

use super::checkins::{CheckIns, collapse};
use super::clock::Clock;
use super::random::{Random, seed_of};
use super::sleeper::Sleeper;

/// Surrogates drawn of each kind.
const DRAWN: usize = 299;
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

/// What else the host did.
#[derive(Clone, Copy)]
pub struct Null<'a> {
    /// Times in seconds by the same clock, in order; asked for only where a rhythm stands against any times at all.
    pub pool: &'a dyn Fn() -> Vec<f64>,
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

impl<M> Verdict<M> {
    /// Was none of the drawn lists as strong, and too few had any strength to fit a tail to? The chance is then no
    /// smaller than one list in all that were drawn can show, whatever it is.
    #[must_use]
    pub fn uncounted(&self) -> bool {
        (self.p * (1 + DRAWN) as f64 - 1.0).abs() < 1e-6
    }
}

/// Something that may explain when check-ins come.
pub trait Model: Sized {
    /// What explains them best; `more` is a period to try besides.
    fn of(seen: &CheckIns, more: Option<f64>) -> Option<Self>;
    /// More explains better: what surrogates are compared by.
    fn strength(&self) -> f64;
}

impl Model for Sleeper {
    fn of(seen: &CheckIns, _: Option<f64>) -> Option<Self> {
        Self::of(&seen.gaps())
    }

    fn strength(&self) -> f64 {
        self.strength()
    }
}

impl Model for Clock {
    fn of(seen: &CheckIns, more: Option<f64>) -> Option<Self> {
        Self::of(&seen.times, more)
    }

    fn strength(&self) -> f64 {
        self.strength()
    }
}

/// Strengths of surrogates, where they had any.
#[derive(Default)]
struct Drawn {
    strengths: Vec<f64>,
    all: usize,
    stronger: usize,
}

impl Drawn {
    fn add(&mut self, one: Option<f64>, seen: f64) {
        self.all += 1;
        self.stronger += usize::from(one.is_some_and(|one| one >= seen));
        self.strengths.extend(one);
    }

    /// What the chance will be at least, when all are drawn; nothing is known of it while none was stronger.
    fn least(&self) -> f64 {
        if self.stronger == 0 {
            return 0.0;
        }
        (1 + self.stronger) as f64 / (1 + DRAWN) as f64
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

/// What `M` makes of `seen`, with its chance: the larger of what chance does with the host's own times, and with any
/// times at all. `more` is a period to try besides. A chance above `worth` is not worked out further: what is given
/// then is above it too.
#[must_use]
pub fn judge<M: Model>(
    seen: &CheckIns,
    more: Option<f64>,
    null: Null<'_>,
    worth: f64,
) -> Option<Verdict<M>> {
    let model = M::of(seen, more)?;
    let n = seen.times.len();
    let part = seen.part(n.saturating_sub(COMPARED), n);
    let (first, last) = (*part.times.first()?, *part.times.last()?);
    let strength = M::of(&part, more)?.strength();
    let millis = |g: &f64| libm::round(g * 1e3) as i64;
    let mut random = Random::new(seed_of(part.gaps().iter().map(millis)));
    let count = part.times.len();
    let (mut p, mut drawn) = (0.0_f64, 0);
    let mut pool = Vec::new();
    for own in [false, true] {
        let mut anywhere = 1.0_f64;
        if own {
            pool = (null.pool)();
            pool.retain(|t| (first..=last).contains(t));
            if pool.is_empty() {
                break;
            }
            let thin = 1.0 - pool.len() as f64 / (THICK * count as f64);
            anywhere = thin.max(ANYWHERE);
        }
        let mut all = Drawn::default();
        for _ in 0..DRAWN {
            let mut times: Vec<f64> = (0..count)
                .map(|_| {
                    if random.unit() < anywhere {
                        return first + random.unit() * (last - first);
                    }
                    let event = pool.get(random.below(pool.len())).copied();
                    let off = AROUND * (2.0 * random.unit() - 1.0);
                    (event.unwrap_or(first) + off).clamp(first, last)
                })
                .collect();
            times.sort_unstable_by(f64::total_cmp);
            let strengths = collapse(&times);
            let strengths = strengths.iter().filter_map(|c| M::of(c, None));
            let best = strengths.map(|m| m.strength()).max_by(f64::total_cmp);
            all.add(best, strength);
            if all.least() > worth {
                break;
            }
        }
        drawn += all.all;
        p = p.max(all.chance(strength));
        if p > worth {
            break;
        }
    }
    Some(Verdict { model, p, drawn })
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
        let all = all.first().expect("some");
        let s = judge::<Sleeper>(
            all,
            None,
            Null {
                pool: &|| pool.to_vec(),
            },
            1.0,
        );
        let c = judge::<Clock>(
            all,
            None,
            Null {
                pool: &|| pool.to_vec(),
            },
            1.0,
        );
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

    /// Stopping early must not make a chance look smaller than the one asked for.
    #[test]
    fn what_is_not_worth_it_is_not_worth_it() {
        let mut random = Random::new(16);
        let pool = office(10, &mut random);
        for _ in 0..20 {
            let mut times: Vec<f64> = (0..12)
                .map(|_| pool.get(random.below(pool.len())).copied().unwrap_or(0.0))
                .collect();
            times.sort_unstable_by(f64::total_cmp);
            let all = collapse(&times);
            let of = |worth| {
                judge::<Sleeper>(
                    all.first()?,
                    None,
                    Null {
                        pool: &|| pool.clone(),
                    },
                    worth,
                )
            };
            let (Some(whole), Some(short)) = (of(1.0), of(0.01)) else {
                continue;
            };
            assert!(short.drawn <= whole.drawn);
            assert_eq!(whole.p > 0.01, short.p > 0.01, "{} {}", whole.p, short.p);
        }
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
