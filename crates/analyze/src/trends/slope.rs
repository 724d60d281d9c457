//! Does a series go up or down, and by how much? Robust: the median of all slopes between two points (Theil 1950,
//! Sen 1968), with the chance that as many pairs would go one way (Mann 1945, Kendall 1970).

/// Points up to which the chance is counted out, where no two values are alike.
const EXACT: usize = 20;
/// Of the interval: 95 of 100.
const WIDE: f64 = 1.96;

/// A slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Units of the values for one of `x`.
    pub slope: f64,
    /// In which it lies, 95 of 100 times (Sen 1968); nothing where there are too few points for that.
    pub interval: Option<(f64, f64)>,
    /// Two-sided chance of as many pairs going one way.
    pub p: f64,
}

/// The middle of sorted numbers; zero of none.
fn middle(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    let at = |n: usize| sorted.get(n).copied().unwrap_or(0.0);
    if n % 2 == 1 {
        at(n / 2)
    } else {
        (at(n.wrapping_sub(1) / 2) + at(n / 2)) / 2.0
    }
}

/// The middle of numbers.
#[must_use]
pub fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = of.collect();
    all.sort_by(f64::total_cmp);
    middle(&all)
}

/// The slope of points with growing `x`; nothing of fewer than two.
pub(super) fn slope(points: &[(f64, f64)]) -> Option<Slope> {
    let n = points.len();
    if n < 2 {
        return None;
    }
    let mut slopes = Vec::with_capacity(n * (n - 1) / 2);
    let mut s = 0_i64;
    for (at, a) in points.iter().enumerate() {
        for b in points.iter().skip(at + 1) {
            slopes.push((b.1 - a.1) / (b.0 - a.0));
            s += i64::from(b.1 > a.1) - i64::from(b.1 < a.1);
        }
    }
    slopes.sort_by(f64::total_cmp);
    let mut values: Vec<f64> = points.iter().map(|p| p.1).collect();
    values.sort_by(f64::total_cmp);
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties: Vec<f64> = values
        .chunk_by(|a, b| a == b)
        .map(|c| c.len() as f64)
        .collect();
    let variance = (term(n as f64) - ties.iter().map(|t| term(*t)).sum::<f64>()) / 18.0;
    let p = if s == 0 || variance <= 0.0 {
        1.0
    } else if n <= EXACT && ties.len() == n {
        counted(n, s)
    } else {
        let z = ((s.abs() - 1) as f64) / libm::sqrt(variance);
        libm::erfc(z / std::f64::consts::SQRT_2)
    };
    let half = WIDE * libm::sqrt(variance.max(0.0));
    let all = slopes.len() as f64;
    let interval = (half < all).then(|| {
        // Both are below the number of slopes, which a vector has.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = |x: f64| slopes.get(x.max(0.0) as usize).copied();
        let low = place((all - half) / 2.0);
        let high = place(((all + half) / 2.0).min(all - 1.0));
        low.zip(high)
    });
    Some(Slope {
        slope: middle(&slopes),
        interval: interval.flatten(),
        p,
    })
}

/// Share of the orders of `n` different values in which at least `|s|` more pairs go one way than the other.
fn counted(n: usize, s: i64) -> f64 {
    // By the number of pairs that go down, as shares: each further value goes before any number of the others.
    let mut shares = vec![1.0_f64];
    for k in 2..=n {
        let mut next = vec![0.0; shares.len() + k - 1];
        for (down, share) in shares.iter().enumerate() {
            for slot in next.iter_mut().skip(down).take(k) {
                *slot += share / k as f64;
            }
        }
        shares = next;
    }
    let pairs = (n * (n - 1) / 2) as i64;
    let fewest = usize::try_from((pairs - s.abs()) / 2).unwrap_or(0);
    let tail: f64 = shares.iter().take(fewest + 1).sum();
    (2.0 * tail).min(1.0)
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

    #[test]
    fn one_wild_value_moves_nothing() {
        let up = of(&[1.0, 2.0, 3.0, 400.0, 5.0, 6.0, 7.0]);
        assert_eq!(up.slope, 1.0);
        assert!(up.p < 0.05, "{}", up.p);
    }

    #[test]
    fn chances_are_those_of_the_tables() {
        // Kendall's table: of five values in order, 2 of 120 orders; of four 2 of 24.
        assert!((of(&[1.0, 2.0, 3.0, 4.0, 5.0]).p - 2.0 / 120.0).abs() < 1e-12);
        assert!((of(&[4.0, 3.0, 2.0, 1.0]).p - 2.0 / 24.0).abs() < 1e-12);
        // S = 6 of ten pairs of five values: 0.117 one-sided (Hollander, Wolfe 1973, table A.21).
        assert!((of(&[1.0, 3.0, 2.0, 5.0, 4.0]).p - 2.0 * 0.116_666).abs() < 1e-3);
        assert_eq!(of(&[3.0, 3.0, 3.0, 3.0]).p, 1.0);
        assert!(of(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]).p < 0.05, "with ties");
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
