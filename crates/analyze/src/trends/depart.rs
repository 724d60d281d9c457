//! From when on is a series another one? Knows numbers alone.

use super::slope::median;

/// The place from which on a series is told best by another level, or by a straight line that leaves the level before:
/// whichever leaves least unexplained, in absolute distances, which one wild value hardly moves. At least two points
/// stand before it. Nothing of fewer than four points, or where neither explains a third more than one level does.
pub(super) fn departs(values: &[f64]) -> Option<usize> {
    if values.len() < 4 {
        return None;
    }
    let level = |part: &[f64]| median(part.iter().copied());
    let off = |part: &[f64], of: &dyn Fn(usize) -> f64| -> f64 {
        let all = part.iter().enumerate();
        all.map(|(n, v)| (v - of(n)).abs()).sum()
    };
    let whole = level(values);
    let one = off(values, &|_| whole);
    let mut best: Option<(f64, usize)> = None;
    for k in 2..values.len() {
        let (before, after) = values.split_at(k);
        let base = level(before);
        let rest = off(before, &|_| base);
        let step = level(after);
        let rise = median(
            after
                .iter()
                .enumerate()
                .map(|(n, v)| (v - base) / (n + 1) as f64),
        );
        let stepped = off(after, &|_| step);
        let risen = off(after, &|n| base + rise * (n + 1) as f64);
        let cost = rest + stepped.min(risen);
        if best.is_none_or(|b| cost < b.0) {
            best = Some((cost, k));
        }
    }
    best.filter(|b| b.0 < one * 2.0 / 3.0).map(|b| b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_a_ramp_and_neither() {
        assert_eq!(departs(&[5.0, 5.1, 4.9, 5.0, 9.0, 9.1, 8.9]), Some(4));
        assert_eq!(departs(&[5.0, 5.1, 4.9, 5.0, 6.0, 7.0, 8.0, 9.0]), Some(4));
        assert_eq!(departs(&[5.0, 5.1, 4.9, 5.0, 5.1, 4.9, 5.0]), None);
        assert_eq!(departs(&[1.0, 2.0, 3.0]), None);
    }
}
