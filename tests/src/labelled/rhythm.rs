//! When something periodic happens: sleepers, clocks, misses, drifts, changes and machines that sleep.

use crate::packets::rng::Rng;
use crate::packets::{MICRO, Nanos, SECOND};

/// A number in [0, 1).
pub fn unit(rng: &mut Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A draw from the normal distribution with mean 0 and deviation 1: the sum of twelve uniform ones.
pub fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| unit(rng)).sum::<f64>() - 6.0
}

/// A draw from the exponential distribution with mean 1.
pub fn exponential(rng: &mut Rng) -> f64 {
    -(1.0 - unit(rng)).ln()
}

/// How a period varies; shares of the period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Jitter {
    /// Between `1 - j` and `1 + j`, all alike.
    Both(f64),
    /// Between `1 - j` and 1, all alike.
    Below(f64),
    /// Normal with this deviation, cut at three.
    Normal(f64),
    /// At fixed times of the clock, each off by a normal deviation of so many seconds.
    Clock(f64),
}

impl Jitter {
    fn factor(self, rng: &mut Rng) -> f64 {
        match self {
            Self::Both(j) => 1.0 - j + 2.0 * j * unit(rng),
            Self::Below(j) => 1.0 - j * unit(rng),
            Self::Normal(sd) => (1.0 + sd * normal(rng).clamp(-3.0, 3.0)).max(0.05),
            Self::Clock(_) => 1.0,
        }
    }

    /// The mean of the factor.
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            Self::Below(j) => 1.0 - j / 2.0,
            _ => 1.0,
        }
    }

    /// The half width, as a share of the period where it is one.
    #[must_use]
    pub fn share(self) -> f64 {
        match self {
            Self::Both(j) | Self::Below(j) | Self::Normal(j) => j,
            Self::Clock(_) => 0.0,
        }
    }
}

/// A periodic thing.
#[derive(Clone, Debug)]
pub struct Rhythm {
    /// Time between two of its events.
    pub period: Nanos,
    /// How it varies.
    pub jitter: Jitter,
    /// Share of events that do not come.
    pub missed: f64,
    /// Each period is longer than the one before by this share of the first.
    pub drift: f64,
    /// From this time on, another period.
    pub change: Option<(Nanos, Nanos)>,
}

impl Rhythm {
    /// One that always comes.
    #[must_use]
    pub fn new(period: Nanos, jitter: Jitter) -> Self {
        Self {
            period,
            jitter,
            missed: 0.0,
            drift: 0.0,
            change: None,
        }
    }

    /// The same with misses.
    #[must_use]
    pub fn missing(mut self, share: f64) -> Self {
        self.missed = share;
        self
    }

    /// Its slots between two times: when, and whether it comes. `awake` gives the next time at or after its argument
    /// at which the machine runs; what falls into its sleep comes soon after it.
    pub fn slots(
        &self,
        rng: &mut Rng,
        (from, until): (Nanos, Nanos),
        awake: &dyn Fn(Nanos) -> Option<Nanos>,
    ) -> Vec<(Nanos, bool)> {
        let mut out = Vec::new();
        let mut at = from;
        let mut n = 0.0;
        while let Some(runs) = awake(at) {
            let mut when = if runs > at {
                runs + rng.range(8, 90) * SECOND
            } else {
                at
            };
            if when >= until {
                break;
            }
            if let Jitter::Clock(sd) = self.jitter {
                // The clock goes on where the event itself was early or late.
                at = when;
                when += (normal(rng) * sd * SECOND as f64) as Nanos;
            }
            let comes = out.is_empty() || unit(rng) >= self.missed;
            out.push((when - when.rem_euclid(MICRO), comes));
            let period = match self.change {
                Some((time, period)) if when >= time => period,
                _ => self.period,
            };
            let length = period as f64 * self.jitter.factor(rng) * (1.0 + self.drift * n);
            let base = if matches!(self.jitter, Jitter::Clock(_)) {
                at
            } else {
                when
            };
            at = base + (length as Nanos).max(SECOND / 10);
            n += 1.0;
        }
        out.sort_unstable();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packets::{HOUR, MINUTE};

    #[test]
    fn a_sleeper_keeps_its_mean_and_its_bounds() {
        let mut rng = Rng::new(3, "t");
        let rhythm = Rhythm::new(10 * MINUTE, Jitter::Below(0.4)).missing(0.2);
        let slots = rhythm.slots(&mut rng, (0, 200 * HOUR), &|t| Some(t));
        let gaps: Vec<f64> = slots
            .windows(2)
            .map(|w| (w[1].0 - w[0].0) as f64 / (10 * MINUTE) as f64)
            .collect();
        assert!(gaps.iter().all(|g| (0.599..=1.001).contains(g)));
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        assert!((mean - 0.8).abs() < 0.02, "{mean}");
        let missed = slots.iter().filter(|s| !s.1).count() as f64 / slots.len() as f64;
        assert!((missed - 0.2).abs() < 0.05, "{missed}");
    }

    #[test]
    fn a_clock_does_not_drift_and_a_sleeping_machine_waits() {
        let mut rng = Rng::new(3, "t");
        let rhythm = Rhythm::new(HOUR, Jitter::Clock(30.0));
        let slots = rhythm.slots(&mut rng, (0, 240 * HOUR), &|t| Some(t));
        assert_eq!(slots.len(), 240);
        for (n, (at, _)) in (0i64..).zip(&slots) {
            assert!((at - n * HOUR).abs() < 200 * SECOND);
        }
        let night = |t: Nanos| Some(if t < 8 * HOUR { 8 * HOUR } else { t });
        let first = rhythm.slots(&mut rng, (HOUR, 24 * HOUR), &night);
        assert!(first[0].0 >= 8 * HOUR - 100 * SECOND);
    }
}
