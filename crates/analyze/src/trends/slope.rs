//! Does a series go up or down, and by how much? Robust: the median of all slopes between two points (Theil 1950,
//! Sen 1968), with the chance that as many pairs would go one way (Mann 1945, Kendall 1970).

/// Points up to which the chance is counted out, where no two values are alike.
const EXACT: usize = 20;
/// Of the interval: 95 of 100.
const WIDE: f64 = 1.96;

/// Which way a series goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Way {
    /// Pairs of its values that go up, less those that go down.
    pub s: i64,
    /// Two-sided chance of as many pairs going one way.
    pub p: f64,
}

/// A slope.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Slope {
    /// Units of the values for one of `x`.
    pub slope: f64,
    /// In which it lies, 95 of 100 times (Sen 1968); nothing where there are too few points for that.
    pub interval: Option<(f64, f64)>,
}

/// The `n`th smallest; nothing beyond. Changes the order.
fn smallest(of: &mut [f64], n: usize) -> Option<f64> {
    (n < of.len()).then(|| *of.select_nth_unstable_by(n, f64::total_cmp).1)
}

/// The middle of numbers, whose order it changes; zero of none.
fn middle(of: &mut [f64]) -> f64 {
    let n = of.len();
    let Some(upper) = smallest(of, n / 2) else {
        return 0.0;
    };
    if n % 2 == 1 {
        return upper;
    }
    let below = of.get(..n / 2).unwrap_or_default().iter().copied();
    (below.fold(f64::NEG_INFINITY, f64::max) + upper) / 2.0
}

/// The middle of numbers.
#[must_use]
pub fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = of.collect();
    middle(&mut all)
}

/// Shares of the orders of so many different values by the number of pairs that go down, made once for all series.
pub(super) struct Orders {
    of: usize,
    shares: Vec<f64>,
}

impl Orders {
    /// Of `n` values; beyond [`EXACT`] none is counted out.
    pub(super) fn of(n: usize) -> Self {
        let mut shares = vec![1.0_f64];
        // Each further value goes before any number of the others.
        for k in 2..=n.min(EXACT) {
            let mut next = vec![0.0; shares.len() + k - 1];
            for (down, share) in shares.iter().enumerate() {
                for slot in next.iter_mut().skip(down).take(k) {
                    *slot += share / k as f64;
                }
            }
            shares = next;
        }
        Self { of: n, shares }
    }

    /// Share of the orders in which at least `|s|` more pairs go one way than the other.
    fn counted(&self, s: i64) -> f64 {
        let pairs = (self.of * self.of.saturating_sub(1) / 2) as i64;
        let fewest = usize::try_from((pairs - s.abs()) / 2).unwrap_or(0);
        let tail: f64 = self.shares.iter().take(fewest + 1).sum();
        (2.0 * tail).min(1.0)
    }
}

/// Values in order, with the number of each.
fn ties(values: &[f64]) -> Vec<(f64, f64)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = sorted.chunk_by(|a, b| a == b);
    all.filter_map(|c| Some((*c.first()?, c.len() as f64)))
        .collect()
}

/// Variance of pairs up less pairs down, if nothing goes any way.
fn variance(n: usize, ties: &[(f64, f64)]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    (term(n as f64) - ties.iter().map(|t| term(t.1)).sum::<f64>()) / 18.0
}

/// Which way values go that stand in the order of time; nothing of fewer than two. `orders` are those of as many.
pub(super) fn way(values: &[f64], orders: &Orders) -> Option<Way> {
    let n = values.len();
    if n < 2 {
        return None;
    }
    let ties = ties(values);
    // Values so far by their place, as sums over halves of halves (Fenwick 1994): the pairs themselves are a square of
    // the days, and there are thousands of series.
    let mut tree = vec![0_i64; ties.len() + 1];
    let upto = |tree: &[i64], mut at: usize| {
        let mut sum = 0;
        while at > 0 {
            sum += tree.get(at).copied().unwrap_or(0);
            at &= at - 1;
        }
        sum
    };
    let mut s = 0_i64;
    for (before, v) in (0_i64..).zip(values) {
        let place = ties.partition_point(|t| t.0 < *v) + 1;
        s += upto(&tree, place - 1) - (before - upto(&tree, place));
        let mut at = place;
        while let Some(slot) = tree.get_mut(at) {
            *slot += 1;
            at += at & at.wrapping_neg();
        }
    }
    let variance = variance(n, &ties);
    let p = if s == 0 || variance <= 0.0 {
        1.0
    } else if n <= EXACT && n == orders.of && ties.len() == n {
        orders.counted(s)
    } else {
        let z = ((s.abs() - 1) as f64) / libm::sqrt(variance);
        libm::erfc(z / std::f64::consts::SQRT_2)
    };
    Some(Way { s, p })
}

/// The slope of points with growing `x`; nothing of fewer than two. Costs a square of their number.
pub(super) fn slope(points: &[(f64, f64)]) -> Option<Slope> {
    let n = points.len();
    if n < 2 {
        return None;
    }
    let mut slopes = Vec::with_capacity(n * (n - 1) / 2);
    for (at, a) in points.iter().enumerate() {
        let later = points.iter().skip(at + 1);
        slopes.extend(later.map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    let values: Vec<f64> = points.iter().map(|p| p.1).collect();
    let half = WIDE * libm::sqrt(variance(n, &ties(&values)).max(0.0));
    let all = slopes.len() as f64;
    let mut place = |x: f64| {
        // Both are below the number of slopes, which a vector has.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        smallest(&mut slopes, x.max(0.0) as usize)
    };
    let interval = (half < all).then(|| {
        let low = place((all - half) / 2.0);
        let high = place(((all + half) / 2.0).min(all - 1.0));
        low.zip(high)
    });
    Some(Slope {
        slope: middle(&mut slopes),
        interval: interval.flatten(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Slope {
        let points: Vec<(f64, f64)> = values
            .iter()
            .enumerate()
            .map(|(n, v)| (n as f64, *v))
            .collect();
        slope(&points).expect("two points")
    }

    fn goes(values: &[f64]) -> Way {
        way(values, &Orders::of(values.len())).expect("two values")
    }

    #[test]
    fn pairs_are_counted_as_one_by_one() {
        for values in [
            vec![3.0, 1.0, 2.0, 2.0, 5.0, 1.0, 4.0],
            vec![1.0, 1.0],
            vec![2.0, 1.0],
            (0..90).map(|n| f64::from(n * 37 % 91 / 3)).collect(),
        ] {
            let mut s = 0;
            for (n, a) in values.iter().enumerate() {
                for b in &values[n + 1..] {
                    s += i64::from(b > a) - i64::from(b < a);
                }
            }
            assert_eq!(goes(&values).s, s, "{values:?}");
        }
        assert_eq!(way(&[1.0], &Orders::of(1)), None);
    }

    #[test]
    fn one_wild_value_moves_nothing() {
        let values = [1.0, 2.0, 3.0, 400.0, 5.0, 6.0, 7.0];
        assert_eq!(of(&values).slope, 1.0);
        let p = goes(&values).p;
        assert!(p < 0.05, "{p}");
    }

    #[test]
    fn chances_are_those_of_the_tables() {
        // Kendall's table: of five values in order, 2 of 120 orders; of four 2 of 24.
        assert!((goes(&[1.0, 2.0, 3.0, 4.0, 5.0]).p - 2.0 / 120.0).abs() < 1e-12);
        assert!((goes(&[4.0, 3.0, 2.0, 1.0]).p - 2.0 / 24.0).abs() < 1e-12);
        // S = 6 of ten pairs of five values: 0.117 one-sided (Hollander, Wolfe 1973, table A.21).
        assert!((goes(&[1.0, 3.0, 2.0, 5.0, 4.0]).p - 2.0 * 0.116_666).abs() < 1e-3);
        assert_eq!(goes(&[3.0, 3.0, 3.0, 3.0]).p, 1.0);
        assert!(goes(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]).p < 0.05, "with ties");
    }

    #[test]
    fn the_interval_holds_the_slope() {
        let values: Vec<f64> = (0..12)
            .map(|n| f64::from(n) * 2.0 + f64::from(n * 7 % 5))
            .collect();
        let s = of(&values);
        let (low, high) = s.interval.expect("twelve points");
        assert!(
            low <= s.slope && s.slope <= high && low > 1.0 && high < 3.0,
            "{s:?}"
        );
        assert_eq!(of(&[1.0, 2.0]).interval, None);
        assert_eq!(slope(&[(0.0, 1.0)]), None);
    }
}
