//! Figures of judged captures: recall, precision, false alarms, periods, evidence, predictions.

use super::finding::{Finding, Interval};
use super::matching::{Outcome, Verdict};
use super::run::Judged;
use crate::labelled::truth::{Label, Need};

/// The labels that must be found and whether each was.
pub fn musts(o: &Outcome) -> impl Iterator<Item = (&Label, Option<&Finding>)> {
    o.truth
        .labels
        .iter()
        .zip(&o.found)
        .filter(|(l, _)| l.need == Need::Must)
        .map(|(l, f)| (l, f.and_then(|f| o.findings.get(f))))
}

/// Found and all of the labels that must be found and pass `which`.
pub fn recall<'a>(
    all: impl IntoIterator<Item = &'a Judged>,
    which: impl Fn(&Label) -> bool,
) -> (usize, usize) {
    let mut out = (0, 0);
    for j in all {
        for (_, f) in musts(&j.outcome).filter(|(l, _)| which(l)) {
            out.0 += usize::from(f.is_some());
            out.1 += 1;
        }
    }
    out
}

/// A share, `None` of nothing.
#[must_use]
pub fn share((part, whole): (usize, usize)) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Precision at the number of labels that must be found, among alarms of a family: the first n alarms, those about
/// something found already left out.
#[must_use]
pub fn precision_at_n(o: &Outcome, family: &str) -> Option<f64> {
    let n = o
        .truth
        .labels
        .iter()
        .filter(|l| l.need == Need::Must && l.kind.starts_with(family))
        .count();
    let ranked = ranked(o, family);
    let right = ranked.iter().take(n).filter(|r| **r).count();
    share((right, n))
}

/// Alarms of a family in the tool's order, right or not; repeats left out.
fn ranked(o: &Outcome, family: &str) -> Vec<bool> {
    o.findings
        .iter()
        .zip(&o.verdicts)
        .filter(|(f, _)| f.alarm() && f.family() == family)
        .filter_map(|(_, v)| match v {
            Verdict::Right(_) => Some(true),
            Verdict::Again(_) | Verdict::Beside(_) => None,
            Verdict::Note | Verdict::False(_) => Some(false),
        })
        .collect()
}

/// Mean of the precision at each right alarm, over all labels that must be found.
#[must_use]
pub fn average_precision(o: &Outcome, family: &str) -> Option<f64> {
    let n = o
        .truth
        .labels
        .iter()
        .filter(|l| l.need == Need::Must && l.kind.starts_with(family))
        .count();
    let mut right = 0usize;
    let mut sum = 0.0;
    for (place, is) in (1usize..).zip(ranked(o, family)) {
        if is {
            right += 1;
            sum += right as f64 / place as f64;
        }
    }
    (n > 0).then(|| (sum / n as f64).min(1.0))
}

/// Share of the first `n` findings that are about something planted.
#[must_use]
pub fn precision_at(o: &Outcome, n: usize) -> f64 {
    let right = |v: &&Verdict| {
        matches!(
            v,
            Verdict::Right(_) | Verdict::Again(_) | Verdict::Beside(_)
        )
    };
    // As the triage tells them: lead by lead, then what leads nowhere.
    let mut told: Vec<(u64, &Verdict)> = o
        .findings
        .iter()
        .zip(&o.verdicts)
        .map(|(f, v)| (f.lead.unwrap_or(u64::MAX), v))
        .collect();
    told.sort_by_key(|t| t.0);
    told.iter().map(|t| t.1).take(n).filter(right).count() as f64 / n.max(1) as f64
}

/// False alarms.
pub fn false_alarms(o: &Outcome) -> impl Iterator<Item = (&Finding, Option<&Label>)> {
    o.findings
        .iter()
        .zip(&o.verdicts)
        .filter_map(|(f, v)| match v {
            Verdict::False(l) => Some((f, l.and_then(|l| o.truth.labels.get(l)))),
            _ => None,
        })
}

/// Alarms about a label that is harmless, by the start of its kind.
#[must_use]
pub fn raised(o: &Outcome, kinds: &[&str]) -> usize {
    false_alarms(o)
        .filter(|(_, l)| l.is_some_and(|l| kinds.iter().any(|k| l.kind.starts_with(k))))
        .count()
}

/// Errors of the period as shares of it, over all periodic labels that were found with one.
pub fn period_errors<'a>(all: impl IntoIterator<Item = &'a Judged>) -> Vec<f64> {
    let mut out = Vec::new();
    for j in all {
        for (label, found) in j.outcome.truth.labels.iter().zip(&j.outcome.found) {
            let found = found.and_then(|f| j.outcome.findings.get(f));
            let (Some(period), Some(said)) = (label.period_s, found.and_then(|f| f.period)) else {
                continue;
            };
            let error = |right: &f64| (said - right).abs() / right;
            let least = std::iter::once(&period)
                .chain(&label.periods_too)
                .map(error)
                .fold(f64::INFINITY, f64::min);
            out.push(least);
        }
    }
    out
}

/// The middle one.
#[must_use]
pub fn median(mut list: Vec<f64>) -> Option<f64> {
    list.sort_by(f64::total_cmp);
    let n = list.len();
    let at = |i: usize| list.get(i).copied();
    match n {
        0 => None,
        n if n % 2 == 1 => at(n / 2),
        n => Some((at(n / 2 - 1)? + at(n / 2)?) / 2.0),
    }
}

/// The mean, `None` of nothing.
#[must_use]
pub fn mean(list: &[f64]) -> Option<f64> {
    (!list.is_empty()).then(|| list.iter().sum::<f64>() / list.len() as f64)
}

/// For each right finding, the share of its packets that are the label's.
pub fn evidence<'a>(all: impl IntoIterator<Item = &'a Judged>) -> Vec<f64> {
    let mut out = Vec::new();
    for j in all {
        let o = &j.outcome;
        for (label, found) in o.truth.labels.iter().zip(&o.found) {
            let Some(f) = found.and_then(|f| o.findings.get(f)) else {
                continue;
            };
            if label.need == Need::MustNot || f.packets.is_empty() || label.packets.is_empty() {
                continue;
            }
            let inside = f
                .packets
                .iter()
                .filter(|p| label.packets.binary_search(p).is_ok())
                .count();
            out.extend(share((inside, f.packets.len())));
        }
    }
    out
}

/// Predictions against what came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Predictions {
    /// Labels that were found and have a next check-in.
    pub asked: usize,
    /// Of these, with an interval.
    pub given: usize,
    /// With an interval, the host on at the end, and the next slot not a missed one.
    pub fair: usize,
    /// Of these, the next check-in inside the first interval.
    pub inside: usize,
    /// With an interval, whatever the next slot was: inside the first.
    pub plain: usize,
    /// Sum of nominal levels of the fair ones.
    levels: f64,
    /// Sum of width by period.
    widths: f64,
    /// The tool's own tests: held and made.
    tests: (f64, f64),
}

impl Predictions {
    /// Share of the fair ones inside.
    #[must_use]
    pub fn coverage(&self) -> Option<f64> {
        share((self.inside, self.fair))
    }
    /// Mean nominal level.
    #[must_use]
    pub fn level(&self) -> Option<f64> {
        (self.fair > 0).then(|| self.levels / self.fair as f64)
    }
    /// Share that held in the tool's own tests.
    #[must_use]
    pub fn tested(&self) -> Option<f64> {
        (self.tests.1 > 0.0).then(|| self.tests.0 / self.tests.1)
    }
    /// Mean width of the first interval in periods.
    #[must_use]
    pub fn width(&self) -> Option<f64> {
        (self.fair > 0).then(|| self.widths / self.fair as f64)
    }
}

/// Counts predictions of periodic labels.
pub fn predictions<'a>(all: impl IntoIterator<Item = &'a Judged>) -> Predictions {
    let mut out = Predictions::default();
    for j in all {
        let o = &j.outcome;
        for (label, found) in o.truth.labels.iter().zip(&o.found) {
            let Some(f) = found.and_then(|f| o.findings.get(f)) else {
                continue;
            };
            let (Some(next), Some(period)) = (label.future_times.first(), label.period_s) else {
                continue;
            };
            out.asked += 1;
            let Some(first) = f.next.first() else {
                continue;
            };
            out.given += 1;
            if let Some((held, made)) = f.tested {
                out.tests.0 += held;
                out.tests.1 += made;
            }
            let holds = |i: &Interval| (i.lo..=i.hi).contains(next);
            out.plain += usize::from(holds(first));
            if !label.next_missed && !label.off_at_end {
                out.fair += 1;
                out.inside += usize::from(holds(first));
                out.levels += first.level;
                out.widths += (first.hi - first.lo) / period;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labelled::score::matching::judge;
    use crate::labelled::truth::{Truth, tests::label};
    use std::collections::BTreeSet;
    use std::time::Duration;

    fn alarm(src: &str, period: Option<f64>) -> Finding {
        Finding {
            detection: "c2.beacon".to_owned(),
            severity: 2,
            confidence: 0.9,
            src: Some(src.to_owned()),
            period,
            packets: vec![1, 2, 9, 10],
            ..Finding::default()
        }
    }

    /// Three beacons: the first is found second, the second found last, the third missed.
    fn judged() -> Judged {
        let labels = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(|src| {
            let mut l = label("c2.beacon", src);
            l.period_s = Some(60.0);
            l.periods_too = vec![90.0];
            l.packets = vec![1, 2, 3, 4, 5];
            l.future_times = vec![1000.0, 1060.0];
            l
        });
        let mut truth = Truth::of(labels.to_vec());
        truth.labels[1].next_missed = true;
        let mut second = alarm("10.0.0.2", Some(88.0));
        second.next = vec![
            Interval {
                lo: 900.0,
                hi: 930.0,
                level: 0.9,
            },
            Interval {
                lo: 990.0,
                hi: 1010.0,
                level: 0.9,
            },
        ];
        let mut first = alarm("10.0.0.1", Some(63.0));
        first.next = vec![Interval {
            lo: 995.0,
            hi: 1025.0,
            level: 0.8,
        }];
        first.tested = Some((3.0, 4.0));
        let findings = vec![alarm("10.0.0.9", None), first.clone(), first, second];
        Judged {
            scenario: "beacons_24h",
            seed: 1,
            outcome: judge(truth, findings),
            files: BTreeSet::new(),
            took: Duration::ZERO,
        }
    }

    #[test]
    fn precision_and_recall_of_a_case_worked_by_hand() {
        let j = judged();
        assert_eq!(recall([&j], |_| true), (2, 3));
        // False, right, (again, left out), right: two of the first three.
        assert_eq!(precision_at_n(&j.outcome, "c2"), Some(2.0 / 3.0));
        let ap = average_precision(&j.outcome, "c2").unwrap();
        assert!((ap - (0.5 + 2.0 / 3.0) / 3.0).abs() < 1e-9, "{ap}");
        assert!((precision_at(&j.outcome, 4) - 0.75).abs() < 1e-9);
        assert_eq!(false_alarms(&j.outcome).count(), 1);
    }

    #[test]
    fn periods_evidence_and_predictions_of_it() {
        let j = judged();
        let errors = period_errors([&j]);
        assert_eq!(errors.len(), 2);
        assert!((errors[0] - 0.05).abs() < 1e-9, "63 s for 60");
        assert!(
            (errors[1] - 2.0 / 90.0).abs() < 1e-9,
            "88 s for a segment of 90"
        );
        assert_eq!(evidence([&j]), [0.5, 0.5]);
        let p = predictions([&j]);
        assert_eq!(
            (p.asked, p.given, p.fair, p.inside, p.plain),
            (2, 2, 1, 1, 1)
        );
        assert_eq!(
            (p.coverage(), p.level(), p.width()),
            (Some(1.0), Some(0.8), Some(0.5))
        );
        assert_eq!(p.tested(), Some(0.75));
    }

    #[test]
    fn middles_and_means() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
        assert_eq!(mean(&[1.0, 2.0]), Some(1.5));
        assert_eq!(share((0, 0)), None);
    }
}
