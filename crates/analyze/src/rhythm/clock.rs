//! A period taken from phases: whoever is started by a clock comes at the same minute of the hour or the day.

use super::numbers::median;
use std::f64::consts::TAU;

/// Hours that clocks are set to.
const HOURS: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0, 168.0];
/// A period may be longer than the usual gap by this, or many come in one cycle.
const LONGER: f64 = 1.3;
/// Fewest cycles with a check-in.
pub(super) const CYCLES: usize = 3;
/// Spread below which a clock is as exact as clocks are, in seconds.
const EXACT: f64 = 2.0;
/// A day in seconds.
const DAY: f64 = 86_400.0;

/// What phases say.
#[derive(Clone, PartialEq, Debug)]
pub struct Clock {
    /// Seconds.
    pub period: f64,
    /// Seconds after a multiple of the period, by the times given.
    pub anchor: f64,
    /// Circular standard deviation, in seconds.
    pub spread: f64,
    /// Length of the mean of the phases as arrows, 0 to 1.
    pub length: f64,
    /// Cycles with a check-in.
    pub hits: usize,
    /// Cycles from the first to the last.
    pub cycles: usize,
}

impl Clock {
    /// Of check-ins at `times` (seconds, in order) with that `period`.
    fn with(times: &[f64], period: f64) -> Option<Self> {
        let n = times.len() as f64;
        let (mut x, mut y) = (0.0, 0.0);
        for t in times {
            let (sin, cos) = libm::sincos(TAU * (t / period - libm::floor(t / period)));
            x += cos;
            y += sin;
        }
        let length = (libm::hypot(x, y) / n).min(1.0);
        let anchor = libm::atan2(y, x) / TAU * period;
        let spread = period / TAU * libm::sqrt(-2.0 * libm::log(length.max(1e-9)));
        let mut slots: Vec<i64> = times
            .iter()
            .map(|t| libm::round((t - anchor) / period) as i64)
            .collect();
        slots.dedup();
        let cycles = slots.last()? - slots.first()? + 1;
        Some(Self {
            period,
            anchor,
            spread,
            length,
            hits: slots.len(),
            cycles: usize::try_from(cycles).ok()?,
        })
    }

    /// The clock that tells check-ins at `times` best, if at least three cycles have one. `more`: a period that the
    /// gaps suggest, in seconds.
    #[must_use]
    pub fn of(times: &[f64], more: Option<f64>) -> Option<Self> {
        let mut gaps: Vec<f64> = times
            .windows(2)
            .filter_map(|w| Some(w.get(1)? - w.first()?))
            .collect();
        let usual = median(&mut gaps);
        let hours = HOURS.iter().map(|h| h * 3600.0);
        // A period of the gaps' own fits them by its making; it has to divide the day to be a clock's.
        let more = more.filter(|p| {
            let times_a_day = DAY / p;
            (times_a_day - libm::round(times_a_day)).abs() < 0.01 && *p >= 300.0
        });
        let mut best: Option<Self> = None;
        let span = times.last()? - times.first()?;
        for period in hours.chain(more).filter(|p| *p <= LONGER * usual) {
            // In no case more cycles have a check-in than there are: what that rules out is not worked out.
            if times.len() as f64 * 10.0 > (span / period + 2.0) * 13.0 {
                continue;
            }
            let Some(clock) = Self::with(times, period) else {
                continue;
            };
            // One check-in a cycle, nearly: else it is a busy hour of the day.
            if clock.hits < CYCLES || times.len() * 10 > clock.hits * 13 {
                continue;
            }
            if best
                .as_ref()
                .is_none_or(|b| clock.strength() > b.strength())
            {
                best = Some(clock);
            }
        }
        best
    }

    /// More is more exact: what surrogates are compared by.
    #[must_use]
    pub fn strength(&self) -> f64 {
        -libm::log(self.spread.max(EXACT) / self.period)
    }

    /// Seconds that `time` is after its slot; negative before.
    #[must_use]
    pub fn off(&self, time: f64) -> f64 {
        let slot = libm::round((time - self.anchor) / self.period);
        time - self.anchor - slot * self.period
    }
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::*;

    #[test]
    fn daily_at_nine_is_daily() {
        let mut random = Random::new(1);
        let times: Vec<f64> = (0..10)
            .filter(|n| *n != 4)
            .map(|n| 9.0 * 3600.0 + f64::from(n) * DAY + 600.0 * (random.unit() - 0.5))
            .collect();
        let clock = Clock::of(&times, None).expect("a clock");
        assert_eq!((clock.period, clock.hits, clock.cycles), (DAY, 9, 10));
        assert!(clock.spread < 300.0, "{}", clock.spread);
        assert!(
            (clock.anchor - 9.0 * 3600.0).abs() < 300.0,
            "{}",
            clock.anchor
        );
        assert!(times.iter().all(|t| clock.off(*t).abs() < 400.0));
    }

    #[test]
    fn every_six_hours_is_not_daily() {
        let times: Vec<f64> = (0..9).map(|n| f64::from(n) * 21_600.0 + 77.0).collect();
        assert_eq!(Clock::of(&times, None).map(|c| c.period), Some(21_600.0));
    }

    #[test]
    fn too_few_cycles_are_no_clock() {
        assert_eq!(Clock::of(&[0.0, DAY], None), None);
        assert_eq!(Clock::of(&[], None), None);
        assert_eq!(Clock::of(&[5.0; 7], None), None);
    }
}
