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

/// Centre and half width of the next gap.
fn gap(single: &[f64], level: f64) -> (f64, f64) {
    let recent = single
        .get(single.len().saturating_sub(RECENT)..)
        .unwrap_or_default();
    let centre = median(&mut recent.to_vec());
    let mut off: Vec<f64> = recent.iter().map(|g| (g - centre).abs()).collect();
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
            if longer.len() >= GAPS {
                hi = hi.max(within(&mut longer, level));
            }
        }
        out.next.push((
            last + lo.max(if k == 0 { elapsed } else { 0.0 }),
            last + hi,
            level,
        ));
    }
    out
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
    out
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::*;

    #[test]
    fn nine_of_ten_intervals_hold() {
        let mut random = Random::new(21);
        let (mut held, mut all) = (0, 0);
        for round in 0..400 {
            let n = 10 + round % 40;
            let gaps: Vec<f64> = (0..=n)
                .map(|_| 600.0 * (1.0 + 0.3 * (2.0 * random.unit() - 1.0)))
                .collect();
            let (known, next) = (gaps.get(..n).expect("n"), gaps.get(n).expect("one more"));
            let model = Sleeper::of(known).expect("a period");
            let forecast = forecast_sleeper(&model, 0.0, 0.0);
            let (lo, hi, level) = *forecast.next.first().expect("one");
            if level < 0.9 {
                continue;
            }
            all += 1;
            held += usize::from(*next >= lo && *next <= hi);
        }
        let share = held as f64 / f64::from(all);
        assert!((0.85..=0.96).contains(&share), "{share}");
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
