//! A period taken from gaps: whoever sleeps between check-ins keeps them alike, though their phase drifts.

use super::GAPS;
use super::numbers::{mad, median};

/// Width of the kernel over logarithms of gaps.
const BANDWIDTH: f64 = 0.08;
/// Width of the classes that are smoothed.
const CLASS: f64 = 0.02;
/// Classes to either side that a kernel reaches.
const REACH: i64 = 12;
/// A gap belongs to a period within this share of it.
const WITHIN: f64 = 0.35;
/// Missed check-ins in a row after which a gap tells nothing.
const FOLDS: f64 = 4.0;
/// What a missed check-in costs in [`Sleeper::cost`]: a long gap is near some multiple of anything.
const MISS: f64 = 0.15;
/// Cost below which regular is regular enough: clocks and networks are no better.
const FLOOR: f64 = 0.01;

/// What gaps say.
#[derive(Clone, PartialEq, Debug)]
pub struct Sleeper {
    /// Seconds from one check-in to the next, where none is missed.
    pub period: f64,
    /// Share of gaps that are the period or up to four of it.
    pub fit: f64,
    /// How far gaps are from it, as a share: 1.4826 times the median distance.
    pub dispersion: f64,
    /// Gaps.
    pub gaps: usize,
    /// Check-ins that are missing between others.
    pub missed: u64,
    /// Mean distance of a gap from the period or the folds of it, as a share of it, at most 1 each; a missed check-in
    /// costs 0.15. Medians of few gaps are small by chance too often; a mean is small only when all are.
    pub cost: f64,
    /// Of gaps that belong, length over folds.
    pub single: Vec<f64>,
}

impl Sleeper {
    /// From the gaps of neighbours; nothing from fewer than [`GAPS`].
    #[must_use]
    pub fn of(gaps: &[f64]) -> Option<Self> {
        if gaps.len() < GAPS {
            return None;
        }
        let first = mode(gaps)?;
        let mut near: Vec<f64> = gaps
            .iter()
            .copied()
            .filter(|g| (g / first - 1.0).abs() <= WITHIN)
            .collect();
        let period = median(&mut near);
        if period <= 0.0 {
            return None;
        }
        let mut off = Vec::with_capacity(gaps.len());
        let mut single = Vec::with_capacity(gaps.len());
        let mut missed = 0;
        let mut cost = 0.0;
        for gap in gaps {
            let (folds, r, costs) = fold(*gap, period);
            off.push(r);
            cost += costs;
            if r.abs() <= WITHIN && folds <= FOLDS {
                single.push(gap / folds);
                missed += folds as u64 - 1;
            }
        }
        let fit = single.len() as f64 / gaps.len() as f64;
        let dispersion = 1.4826 * mad(&mut off);
        Some(Self {
            period,
            fit,
            dispersion,
            gaps: gaps.len(),
            missed,
            cost: cost / gaps.len() as f64,
            single,
        })
    }

    /// What these gaps cost by a period that is not theirs, as [`Sleeper::cost`]; of none, nothing.
    #[must_use]
    pub fn cost_of(gaps: &[f64], period: f64) -> f64 {
        let costs = gaps.iter().map(|g| fold(*g, period).2);
        costs.sum::<f64>() / gaps.len().max(1) as f64
    }

    /// More is more regular: what surrogates are compared by.
    #[must_use]
    pub fn strength(&self) -> f64 {
        -libm::log(self.cost + FLOOR)
    }
}

/// How many periods a gap is, how far off as a share of one, and what it costs.
fn fold(gap: f64, period: f64) -> (f64, f64, f64) {
    let folds = libm::round(gap / period).max(1.0);
    let r = (gap - folds * period) / (period * libm::sqrt(folds));
    let costs = if folds <= FOLDS {
        (r.abs() + MISS * (folds - 1.0)).min(1.0)
    } else {
        1.0
    };
    (folds, r, costs)
}

/// The gap around which most others are, by a kernel over logarithms.
fn mode(gaps: &[f64]) -> Option<f64> {
    let mut classes: Vec<i64> = gaps
        .iter()
        .filter(|g| **g > 0.0)
        .map(|g| libm::floor(libm::log(*g) / CLASS) as i64)
        .collect();
    classes.sort_unstable();
    let counted: Vec<(i64, f64)> = classes
        .chunk_by(|a, b| a == b)
        .filter_map(|c| Some((*c.first()?, c.len() as f64)))
        .collect();
    let mut best: Option<(f64, i64)> = None;
    let mut from = 0;
    for (class, _) in &counted {
        while counted.get(from).is_some_and(|c| c.0 < class - REACH) {
            from += 1;
        }
        let density: f64 = counted
            .iter()
            .skip(from)
            .take_while(|c| c.0 <= class + REACH)
            .map(|c| {
                let z = (c.0 - class) as f64 * CLASS / BANDWIDTH;
                c.1 * libm::exp(-0.5 * z * z)
            })
            .sum();
        if best.is_none_or(|b| density > b.0) {
            best = Some((density, *class));
        }
    }
    best.map(|(_, class)| libm::exp((class as f64 + 0.5) * CLASS))
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::*;

    #[test]
    fn a_period_with_misses() {
        let mut random = Random::new(7);
        let gaps: Vec<f64> = (0..60)
            .map(|n| {
                let one = |r: &mut Random| 600.0 * (1.0 + 0.1 * (2.0 * r.unit() - 1.0));
                let first = one(&mut random);
                if n % 6 == 5 {
                    first + one(&mut random)
                } else {
                    first
                }
            })
            .collect();
        let all = Sleeper::of(&gaps).expect("a period");
        assert!((all.period / 600.0 - 1.0).abs() < 0.03, "{}", all.period);
        assert_eq!((all.fit, all.missed), (1.0, 10));
        assert!(all.dispersion < 0.12, "{}", all.dispersion);
    }

    #[test]
    fn the_centre_is_what_is_observed() {
        // Sleep 60 s with 20 % one-sided jitter: 48 to 60 s.
        let mut random = Random::new(3);
        let gaps: Vec<f64> = (0..100)
            .map(|_| 60.0 * (1.0 - 0.2 * random.unit()))
            .collect();
        let all = Sleeper::of(&gaps).expect("a period");
        assert!((all.period - 54.0).abs() < 2.0, "{}", all.period);
    }

    #[test]
    fn what_waits_at_random_has_less_strength() {
        let mut random = Random::new(5);
        let none: Vec<f64> = (0..50)
            .map(|_| -600.0 * libm::log(1.0 - random.unit()))
            .collect();
        let half: Vec<f64> = (0..50).map(|_| 600.0 * (0.5 + random.unit())).collect();
        let (none, half) = (
            Sleeper::of(&none).expect("x"),
            Sleeper::of(&half).expect("x"),
        );
        assert!(none.strength() + 0.3 < half.strength(), "{none:?} {half:?}");
        assert_eq!(Sleeper::of(&[60.0; 3]), None);
        assert_eq!(Sleeper::of(&[0.0; 9]), None);
    }
}
