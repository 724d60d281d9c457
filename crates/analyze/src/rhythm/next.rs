//! When it comes next: intervals by split conformal residuals (Vovk, Gammerman, Shafer 2005), at the level the
//! sample supports, and the same tested inside the capture.

use super::GAPS;
use super::clock::Clock;
use super::numbers::median;
use super::sleeper::Sleeper;

/// Levels with the fewest residuals that support each: `n / (n + 1)` is the most a sample of n can.
const LEVELS: [(f64, usize); 3] = [(0.9, 9), (0.8, 4), (0.75, 3)];
/// Intervals that are told.
const TOLD: usize = 3;
/// Chance of a back-test as bad as this one below which it contradicts the level.
const CONTRADICTED: f64 = 0.05;
/// Chance of so many empty slots in a row below which what repeated has stopped.
const STOPPED: f64 = 0.05;
/// Empty slots that are never too many: an interval holds nine times of ten, not always.
const FEW: u64 = 3;
/// Residuals that an interval is made of at most: the latest.
const RECENT: usize = 200;

/// What is expected, in seconds by the clock of the times given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Forecast {
    /// From, to, level: soonest first.
    pub next: Vec<(f64, f64, f64)>,
    /// Slots before the end of the capture that passed without a check-in.
    pub passed: u64,
    /// Intervals made inside the capture that held, and all that were made.
    pub tested: (u64, u64),
    /// The level that the sample would support, where the intervals made inside the capture contradict it: there is
    /// no next one then.
    pub contradicted: Option<f64>,
}

impl Forecast {
    /// Has it stopped? So many slots passed that it would be rare, if a slot has a check-in with the chance `comes`.
    #[must_use]
    pub fn stopped(&self, comes: f64) -> bool {
        let empty = self.passed.min(10_000) as f64;
        self.passed > FEW && libm::pow(1.0 - comes.clamp(0.0, 1.0), empty) < STOPPED
    }

    /// Without intervals that failed where they could be tried, oftener than their level has it but for chance.
    fn tried(mut self) -> Self {
        let (held, made) = self.tested;
        let Some(level) = self.next.first().map(|n| n.2) else {
            return self;
        };
        if at_most(held, made, level) < CONTRADICTED {
            self.contradicted = Some(level);
            self.next.clear();
        }
        self
    }
}

/// Chance that at most `held` of `made` hold, where each does with this chance.
fn at_most(held: u64, made: u64, level: f64) -> f64 {
    let (yes, no) = (libm::log(level), libm::log(1.0 - level));
    // From all that hold downwards, as logarithms: of thousands the first is less than any number.
    let mut log = made as f64 * yes;
    let mut sum = 0.0;
    for k in (0..=made).rev() {
        if k <= held {
            sum += libm::exp(log);
        }
        log += libm::log(k.max(1) as f64 / (made - k + 1) as f64) + no - yes;
    }
    sum
}

fn level(n: usize) -> Option<f64> {
    LEVELS.iter().find(|l| n >= l.1).map(|l| l.0)
}

/// The distance that `level` of the residuals stay within.
fn within(off: &mut [f64], level: f64) -> f64 {
    off.sort_unstable_by(f64::total_cmp);
    let place = libm::ceil((off.len() + 1) as f64 * level - 1e-9) as usize;
    let place = place.clamp(1, off.len().max(1)) - 1;
    off.get(place).copied().unwrap_or(0.0)
}

/// Centre and half width of the next gap. Each gap is held against the middle of the others, as the next one will be:
/// from a middle that it helped to make it would be less far off (the jackknife of Barber, Candès, Ramdas, Tibshirani
/// 2021).
fn gap(single: &[f64], level: f64) -> (f64, f64) {
    let recent = single
        .get(single.len().saturating_sub(RECENT)..)
        .unwrap_or_default();
    let mut sorted = recent.to_vec();
    let centre = median(&mut sorted);
    sorted.sort_unstable_by(f64::total_cmp);
    let others = sorted.len().saturating_sub(1);
    let mut off: Vec<f64> = (0..sorted.len())
        .filter_map(|n| {
            let other = |at: usize| sorted.get(at + usize::from(at >= n)).copied();
            let upper = other(others / 2)?;
            let lower = other(others.saturating_sub(1) / 2)?;
            Some((sorted.get(n)? - f64::midpoint(lower, upper)).abs())
        })
        .collect();
    (centre, within(&mut off, level))
}

/// After the last check-in of a sleeper at `last`, as known at `end`.
#[must_use]
pub fn forecast_sleeper(model: &Sleeper, last: f64, end: f64) -> Forecast {
    let mut out = Forecast::default();
    let single = &model.single;
    if single.len() < GAPS {
        return out;
    }
    let Some(level) = level(single.len()) else {
        return out;
    };
    for n in GAPS..single.len() {
        let Some((known, now)) = single.get(..n).zip(single.get(n)) else {
            break;
        };
        let (centre, half) = gap(known, self::level(n).unwrap_or(level).min(level));
        if self::level(n) == Some(level) {
            out.tested.1 += 1;
            out.tested.0 += u64::from((now - centre).abs() <= half);
        }
    }
    let (centre, half) = gap(single, level);
    if centre <= 0.0 {
        return out;
    }
    let elapsed = end - last;
    let mut latest = elapsed;
    let mut slot = 1.0;
    while slot * centre + half * libm::sqrt(slot) < elapsed && out.passed < 10_000 {
        slot += 1.0;
        out.passed += 1;
    }
    for k in 0..TOLD {
        let folds = slot + k as f64;
        // Sleeps add up: their errors do as roots.
        let wide = half * libm::sqrt(folds);
        let (lo, mut hi) = (folds * centre - wide, folds * centre + wide);
        if k == 0 && elapsed > lo && slot < 1.5 {
            // Part of the interval has passed: what is left is judged by the gaps that were longer still.
            let mut longer: Vec<f64> = single.iter().copied().filter(|g| *g > elapsed).collect();
            if !longer.is_empty() {
                hi = hi.max(within(&mut longer, level));
            }
        }
        // One after the other: none begins in what has passed, or ends before the one before.
        latest = hi.max(latest);
        out.next
            .push((last + lo.max(elapsed), last + latest, level));
    }
    out.tried()
}

/// The next slots of a clock, by check-ins at `times`, as known at `end`.
#[must_use]
pub fn forecast_clock(model: &Clock, times: &[f64], end: f64) -> Forecast {
    let mut out = Forecast::default();
    let Some(level) = level(model.hits) else {
        return out;
    };
    // The anchor was fitted on the times themselves: left out of it, each would be this much further off.
    let left_out = model.hits as f64 / (model.hits - 1).max(1) as f64;
    let half = |known: &[f64], level: f64| {
        let off = known.iter().map(|t| model.off(*t).abs() * left_out);
        within(&mut off.collect::<Vec<f64>>(), level)
    };
    for n in GAPS..times.len() {
        let Some((known, now)) = times.get(..n).zip(times.get(n)) else {
            break;
        };
        if self::level(n) == Some(level) {
            out.tested.1 += 1;
            out.tested.0 += u64::from(model.off(*now).abs() * left_out <= half(known, level));
        }
    }
    let recent = times
        .get(times.len().saturating_sub(RECENT)..)
        .unwrap_or_default();
    let wide = half(recent, level).max(1.0);
    let Some(last) = times.last() else { return out };
    let mut slot = libm::round((last - model.anchor) / model.period) + 1.0;
    while model.anchor + slot * model.period + wide < end && out.passed < 10_000 {
        slot += 1.0;
        out.passed += 1;
    }
    for k in 0..TOLD {
        let at = model.anchor + (slot + k as f64) * model.period;
        out.next.push(((at - wide).max(end), at + wide, level));
    }
    out.tried()
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::*;

    #[test]
    fn nine_of_ten_intervals_hold() {
        let mut random = Random::new(21);
        let (mut held, mut all, mut refused) = (0, 0, 0);
        for round in 0..400 {
            let n = 10 + round % 40;
            let gaps: Vec<f64> = (0..=n)
                .map(|_| 600.0 * (1.0 + 0.3 * (2.0 * random.unit() - 1.0)))
                .collect();
            let (known, next) = (gaps.get(..n).expect("n"), gaps.get(n).expect("one more"));
            let model = Sleeper::of(known).expect("a period");
            let forecast = forecast_sleeper(&model, 0.0, 0.0);
            let Some((lo, hi, level)) = forecast.next.first().copied() else {
                refused += 1;
                continue;
            };
            if level < 0.9 {
                continue;
            }
            all += 1;
            held += usize::from(*next >= lo && *next <= hi);
        }
        let share = held as f64 / f64::from(all);
        assert!((0.85..=0.96).contains(&share), "{share}");
        assert!(refused <= 20, "one in twenty at most: {refused}");
    }

    #[test]
    fn a_gap_is_held_against_the_others() {
        // Without the longest, the middle of the rest is 10.5: it is 7.5 off that, and 7 off the middle of all.
        let gaps = [10.0, 11.0, 13.0, 18.0, 10.0];
        assert_eq!(gap(&gaps, 0.9), (11.0, 7.5));
        assert_eq!(gap(&[10.0, 14.0], 0.75), (12.0, 4.0));
        assert_eq!(gap(&[7.0], 0.75).0, 7.0);
    }

    #[test]
    fn intervals_that_failed_inside_are_not_told() {
        // Ever longer: no gap is within what those before it were.
        let gaps: Vec<f64> = (0..16)
            .map(|n| 600.0 * libm::pow(1.02, f64::from(n)))
            .collect();
        let model = Sleeper::of(&gaps).expect("a period");
        let all = forecast_sleeper(&model, 0.0, 0.0);
        assert!(all.tested.1 > 0 && all.tested.0 == 0, "{all:?}");
        assert_eq!((all.next.len(), all.contradicted), (0, Some(0.9)));
        let good = forecast_sleeper(&Sleeper::of(&[600.0; 16]).expect("one"), 0.0, 0.0);
        assert_eq!((good.next.len(), good.contradicted), (3, None));
        assert!((at_most(6, 10, 0.9) - 0.012_795).abs() < 1e-5);
        assert!((at_most(10, 10, 0.9) - 1.0).abs() < 1e-9);
        assert!(at_most(3_000, 4_000, 0.75) > 0.4 && at_most(2_000, 4_000, 0.75) < 1e-9);
    }

    #[test]
    fn intervals_come_one_after_the_other() {
        let gaps = [600.0, 500.0, 700.0, 620.0, 580.0, 1_100.0, 1_000.0, 640.0];
        let model = Sleeper {
            single: gaps.to_vec(),
            ..Sleeper::of(&[600.0; 8]).expect("a period")
        };
        for end in [0.0, 550.0, 990.0, 1_050.0, 2_400.0] {
            let all = forecast_sleeper(&model, 0.0, end).next;
            let sorted = all
                .windows(2)
                .all(|w| matches!(w, [a, b] if a.0 <= b.0 && a.1 <= b.1));
            assert!(
                sorted && all.iter().all(|n| n.0 >= end && n.1 >= n.0),
                "{end} {all:?}"
            );
        }
    }

    #[test]
    fn what_stopped_has_stopped() {
        let of = |passed| Forecast {
            passed,
            ..Forecast::default()
        };
        for (passed, comes, stopped) in [
            (0, 0.99, false),
            (3, 0.99, false),
            (4, 0.99, true),
            (7_212, 0.99, true),
            (4, 0.5, false),
            (5, 0.5, true),
            (14, 0.2, true),
            (13, 0.2, false),
        ] {
            assert_eq!(of(passed).stopped(comes), stopped, "{passed} {comes}");
        }
    }

    #[test]
    fn a_slot_that_passed_is_said() {
        let model = Sleeper::of(&[600.0; 20]).expect("a period");
        let late = forecast_sleeper(&model, 0.0, 1_500.0);
        assert_eq!(late.passed, 2);
        assert!(
            late.next
                .first()
                .is_some_and(|n| n.0 >= 1_500.0 && n.1 <= 1_900.0),
            "{late:?}"
        );
        let few = Sleeper::of(&[600.0; 5]).expect("a period");
        assert_eq!(
            forecast_sleeper(&few, 0.0, 0.0).next.first().map(|n| n.2),
            Some(0.8)
        );
    }

    #[test]
    fn daily_comes_again_tomorrow() {
        let times: Vec<f64> = (0..10)
            .map(|n| f64::from(n) * 86_400.0 + 30.0 * f64::from(n % 3))
            .collect();
        let clock = Clock::of(&times, None).expect("a clock");
        let end = 9.0 * 86_400.0 + 3_600.0;
        let all = forecast_clock(&clock, &times, end);
        let next = all.next.first().expect("one");
        assert!(
            next.0 > 9.9 * 86_400.0 && next.1 < 10.1 * 86_400.0,
            "{all:?}"
        );
        assert_eq!(all.next.len(), 3);
        assert!(all.tested.1 > 0);
    }
}
