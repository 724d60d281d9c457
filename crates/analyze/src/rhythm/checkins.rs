//! From events to check-ins: what comes in one burst is one. Judges nothing.

use super::numbers::median;

/// Events closer than this are one burst.
const TOGETHER: f64 = 2.0;
/// Or closer than this share of the usual gap.
const SHARE: f64 = 0.05;
/// A gap so many times another tells pauses from the inside of bursts.
const VALLEY: f64 = 6.0;
/// Pauses that must be there before bursts are put together by them.
const PAUSES: usize = 4;
/// Events looked at of one contact; beyond, runs of neighbours are (never a thinned list, which has other gaps).
pub(super) const MOST: usize = 4_000;
/// Of those: the first and the last so many, and eight runs between.
const ENDS: usize = 1_024;
const RUN: usize = 256;
const RUNS: usize = 8;

/// Check-ins in order of time.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CheckIns {
    /// Seconds from the first event; of each check-in its first event.
    pub times: Vec<f64>,
    /// Place of that event, and how many events the check-in has.
    pub members: Vec<(usize, usize)>,
    /// Check-ins before which events were left out: the gap to these is none.
    pub breaks: Vec<usize>,
}

impl CheckIns {
    /// Those until a moment, as they were known then.
    #[must_use]
    pub fn until(&self, moment: f64) -> Self {
        let count = self.times.partition_point(|t| *t <= moment);
        let mut out = self.clone();
        out.times.truncate(count);
        out.members.truncate(count);
        out.breaks.retain(|n| *n < count);
        out
    }

    /// Seconds between neighbours.
    #[must_use]
    pub fn gaps(&self) -> Vec<f64> {
        let pairs = self.times.windows(2).enumerate();
        pairs
            .filter(|(n, _)| !self.breaks.contains(&(n + 1)))
            .filter_map(|(_, w)| Some(w.get(1)? - w.first()?))
            .collect()
    }

    /// These of them.
    #[must_use]
    pub fn part(&self, from: usize, to: usize) -> Self {
        let breaks = self.breaks.iter().filter(|b| **b > from && **b < to);
        Self {
            times: self.times.get(from..to).unwrap_or_default().to_vec(),
            members: self.members.get(from..to).unwrap_or_default().to_vec(),
            breaks: breaks.map(|b| b - from).collect(),
        }
    }
}

/// Runs of places that are looked at of `n`.
fn runs(n: usize) -> Vec<(usize, usize)> {
    if n <= MOST {
        return vec![(0, n)];
    }
    let mut out = vec![(0, ENDS)];
    let between = n - 2 * ENDS;
    for k in 0..RUNS {
        let from = ENDS + between * (2 * k + 1) / (2 * RUNS) - RUN / 2;
        out.push((from, from + RUN));
    }
    out.push((n - ENDS, n));
    out
}

fn put_together(times: &[f64], runs: &[(usize, usize)], apart: f64) -> CheckIns {
    let mut out = CheckIns::default();
    for (k, (from, to)) in runs.iter().enumerate() {
        if k > 0 {
            out.breaks.push(out.times.len());
        }
        let mut last = f64::MIN;
        for n in *from..*to {
            let Some(time) = times.get(n) else { break };
            if time - last < apart
                && let Some(member) = out.members.last_mut()
            {
                member.1 += 1;
            } else {
                out.times.push(*time);
                out.members.push((n, 1));
            }
            last = *time;
        }
    }
    out
}

/// A gap length that parts the inside of bursts from the pauses between them, where there are both.
fn valley(gaps: &mut [f64]) -> Option<f64> {
    gaps.sort_unstable_by(f64::total_cmp);
    let widest = gaps
        .windows(2)
        .enumerate()
        .filter_map(|(n, w)| Some((n, *w.first()?, *w.get(1)?)))
        .filter(|(n, low, _)| gaps.len() - n > PAUSES && *low > 0.0)
        .max_by(|a, b| (a.2 / a.1).total_cmp(&(b.2 / b.1)))?;
    let (_, low, high) = widest;
    (high / low >= VALLEY).then(|| libm::sqrt(low * high))
}

/// Check-ins of events at `times` (seconds, in order): first as they come, then, where pauses stand out from the
/// inside of bursts, with each burst as one.
#[must_use]
pub fn collapse(times: &[f64]) -> Vec<CheckIns> {
    let runs = runs(times.len());
    let plain = put_together(times, &runs, TOGETHER);
    let usual = median(&mut plain.gaps());
    let fine = put_together(times, &runs, TOGETHER.max(SHARE * usual));
    let coarse = valley(&mut fine.gaps()).map(|apart| put_together(times, &runs, apart));
    // Half the check-ins are bursts, or it is a rhythm that changed.
    let coarse = coarse.filter(|c| {
        let bursts = c.members.iter().filter(|m| m.1 > 1).count();
        c.times.len() > PAUSES && bursts * 2 >= c.times.len()
    });
    coarse.into_iter().chain([fine]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_one() {
        let mut times = Vec::new();
        for n in 0..10 {
            for k in 0..4 {
                times.push(f64::from(n) * 600.0 + f64::from(k) * 5.0);
            }
        }
        let all = collapse(&times);
        assert_eq!(all.len(), 2);
        assert_eq!(all.first().map(|c| c.times.len()), Some(10));
        assert!(
            all.first()
                .is_some_and(|c| c.members.iter().all(|m| m.1 == 4))
        );
        let close: Vec<f64> = (0..20).map(|n| f64::from(n) * 60.0 + 0.5).collect();
        assert_eq!(collapse(&close).len(), 1);
    }

    #[test]
    fn of_many_events_runs_are_kept_and_no_gap_spans_what_was_left_out() {
        let times: Vec<f64> = (0..50_000).map(|n| f64::from(n) * 30.0).collect();
        let all = collapse(&times);
        let only = all.first().expect("one");
        assert_eq!(only.times.len(), 2 * ENDS + RUNS * RUN);
        assert!(only.gaps().iter().all(|g| *g == 30.0));
        assert_eq!(only.breaks.len(), RUNS + 1);
    }
}
