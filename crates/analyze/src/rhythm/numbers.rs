//! Medians and their like. Empty lists give 0.

/// The middle of `values`, which are put in order.
pub fn median(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return 0.0;
    }
    let (below, mid, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    let mid = *mid;
    if n % 2 == 1 {
        return mid;
    }
    let low = below.iter().copied().fold(f64::MIN, f64::max);
    (low + mid) / 2.0
}

/// Median distance from the median.
pub fn mad(values: &mut [f64]) -> f64 {
    let mid = median(values);
    for v in values.iter_mut() {
        *v = (*v - mid).abs();
    }
    median(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle() {
        for (values, mid, spread) in [
            (vec![], 0.0, 0.0),
            (vec![3.0], 3.0, 0.0),
            (vec![1.0, 2.0], 1.5, 0.5),
            (vec![5.0, 1.0, 9.0], 5.0, 4.0),
            (vec![4.0, 1.0, 3.0, 2.0], 2.5, 1.0),
        ] {
            assert_eq!(median(&mut values.clone()), mid, "{values:?}");
            assert_eq!(mad(&mut values.clone()), spread, "{values:?}");
        }
    }
}
