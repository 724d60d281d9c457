//! Where a rhythm changes: PELT (Killick, Fearnhead, Eckley 2012) over logarithms of gaps.

/// Fewest gaps of a part.
const LEAST: usize = 8;
/// What a change must be worth: so many times the logarithm of the number of gaps.
const PENALTY: f64 = 3.0;
/// Variance below which a part is as regular as a timer.
const STILL: f64 = 1e-4;
/// Gaps looked at; of more, the last ones.
const MOST: usize = 1_024;

/// Parts of `gaps` with a rhythm of their own: from, to. One part where nothing changes.
#[must_use]
pub fn segments(gaps: &[f64]) -> Vec<(usize, usize)> {
    let skipped = gaps.len().saturating_sub(MOST);
    let logs: Vec<f64> = gaps
        .iter()
        .skip(skipped)
        .map(|g| libm::log(g.max(1e-3)))
        .collect();
    let n = logs.len();
    if n < 2 * LEAST {
        return vec![(0, gaps.len())];
    }
    let (mut sums, mut squares) = (vec![0.0], vec![0.0]);
    for x in &logs {
        sums.push(sums.last().copied().unwrap_or(0.0) + x);
        squares.push(squares.last().copied().unwrap_or(0.0) + x * x);
    }
    let between = |list: &[f64], a: usize, b: usize| {
        list.get(b).copied().unwrap_or(0.0) - list.get(a).copied().unwrap_or(0.0)
    };
    // Twice the negative log likelihood of a normal with its own mean and variance.
    let cost = |a: usize, b: usize| {
        let m = (b - a) as f64;
        let mean = between(&sums, a, b) / m;
        let variance = (between(&squares, a, b) / m - mean * mean).max(STILL);
        m * libm::log(variance) + m
    };
    let penalty = PENALTY * libm::log(n as f64);
    let mut least = vec![f64::INFINITY; n + 1];
    let mut before = vec![0_usize; n + 1];
    if let Some(first) = least.first_mut() {
        *first = -penalty;
    }
    let mut open = vec![0_usize];
    for end in LEAST..=n {
        let mut best = (f64::INFINITY, 0);
        let mut costs = Vec::with_capacity(open.len());
        for start in &open {
            let upto = least.get(*start).copied().unwrap_or(f64::INFINITY);
            let value = if end - start >= LEAST {
                upto + cost(*start, end)
            } else {
                f64::INFINITY
            };
            costs.push(value);
            if value + penalty < best.0 {
                best = (value + penalty, *start);
            }
        }
        if let (Some(l), Some(b)) = (least.get_mut(end), before.get_mut(end)) {
            (*l, *b) = best;
        }
        let mut kept: Vec<usize> = open
            .iter()
            .zip(&costs)
            .filter(|(start, value)| end - **start < LEAST || **value <= best.0)
            .map(|(start, _)| *start)
            .collect();
        kept.push(end + 1 - LEAST);
        kept.dedup();
        open = kept;
    }
    let mut out = Vec::new();
    let mut end = n;
    while end > 0 {
        let start = before.get(end).copied().unwrap_or(0);
        out.push((start + skipped, end + skipped));
        end = start.min(end - 1);
    }
    out.reverse();
    if let Some(first) = out.first_mut() {
        first.0 = skipped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::*;

    #[test]
    fn a_minute_then_a_quarter_of_an_hour() {
        let mut random = Random::new(2);
        let mut gaps: Vec<f64> = (0..40)
            .map(|_| 60.0 * (0.9 + 0.2 * random.unit()))
            .collect();
        assert_eq!(segments(&gaps), [(0, 40)]);
        gaps.extend((0..30).map(|_| 900.0 * (0.9 + 0.2 * random.unit())));
        let all = segments(&gaps);
        assert_eq!(all.len(), 2, "{all:?}");
        let change = all.first().map_or(0, |s| s.1);
        assert!((39..=41).contains(&change), "{all:?}");
    }

    #[test]
    fn few_gaps_are_one_part() {
        assert_eq!(segments(&[1.0; 10]), [(0, 10)]);
        assert_eq!(segments(&[]), [(0, 0)]);
    }
}
