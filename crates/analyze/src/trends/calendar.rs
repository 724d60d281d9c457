//! Which hours and days the captures cover: what they do not cover is no zero. Counts nothing.

use crate::input::Input;
use weir_model::Timestamp;

/// Nanoseconds of an hour.
const HOUR: i64 = 3_600_000_000_000;
/// Nanoseconds that may lack at either end of an hour: nobody speaks at each moment.
const SLACK: i64 = 300_000_000_000;
/// Hours of a day that must be covered for it to count.
const COVERED: usize = 23;
/// Days at most: a clock that jumps by years makes no calendar.
pub const MOST_DAYS: i64 = 366;

/// Hours and days of what is loaded, both counted from its first moment, so that nothing depends on where midnight is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    start: Timestamp,
    /// By hour: is it covered?
    hours: Vec<bool>,
    /// By day: its place among those that count.
    days: Vec<Option<usize>>,
    whole: usize,
}

impl Calendar {
    /// Of everything loaded. Empty where nothing is, or where times reach over more than [`MOST_DAYS`].
    #[must_use]
    pub fn new(input: &Input<'_>) -> Self {
        let captures = input.captures().map(|c| (c.first, c.last));
        let spans = captures.chain(input.logs.iter().filter_map(|l| l.shifted()));
        let mut spans: Vec<(Timestamp, Timestamp)> = spans.collect();
        spans.sort_unstable();
        let (Some(start), Some(end)) =
            (spans.first().map(|s| s.0), spans.iter().map(|s| s.1).max())
        else {
            return Self::default();
        };
        let length = end.since(start).0;
        if length > MOST_DAYS * 24 * HOUR {
            return Self::default();
        }
        let mut hours = vec![false; usize::try_from(length / HOUR + 1).unwrap_or(0)];
        for (first, last) in joined(&spans) {
            for (n, covered) in hours.iter_mut().enumerate() {
                // Times of any size are in captures: an hour at the end of all times must not overflow.
                let from = start.0.saturating_add(i64::try_from(n).unwrap_or(0) * HOUR);
                *covered |= first.0 <= from.saturating_add(SLACK)
                    && last.0 >= from.saturating_add(HOUR - SLACK);
            }
        }
        let mut whole = 0;
        let days = hours
            .chunks(24)
            .map(|day| {
                let counts = day.iter().filter(|c| **c).count() >= COVERED;
                let place = counts.then_some(whole);
                whole += usize::from(counts);
                place
            })
            .collect();
        Self {
            start,
            hours,
            days,
            whole,
        }
    }

    /// Days that count.
    #[must_use]
    pub fn days(&self) -> usize {
        self.whole
    }

    /// The hour of a time, counted from the first moment; nothing where it is not covered.
    #[must_use]
    pub fn hour(&self, time: Timestamp) -> Option<usize> {
        let n = usize::try_from(time.since(self.start).0.div_euclid(HOUR)).ok()?;
        self.hours.get(n).copied()?.then_some(n)
    }

    /// Place among the days that count.
    #[must_use]
    pub fn day(&self, time: Timestamp) -> Option<usize> {
        let n = usize::try_from(time.since(self.start).0.div_euclid(24 * HOUR)).ok()?;
        self.days.get(n).copied().flatten()
    }

    /// Day of the first moment's count, of each day that counts: what lies between two is their distance.
    #[must_use]
    pub fn dates(&self) -> Vec<usize> {
        let all = self.days.iter().enumerate();
        all.filter_map(|(n, d)| d.map(|_| n)).collect()
    }

    /// When a day that counts begins.
    #[must_use]
    pub fn begins(&self, place: usize) -> Option<Timestamp> {
        let n = self.days.iter().position(|d| *d == Some(place))?;
        let hours = i64::try_from(n).ok()?.checked_mul(24 * HOUR)?;
        Some(Timestamp(self.start.0.saturating_add(hours)))
    }

    /// Is this hour covered?
    #[must_use]
    pub fn covers(&self, hour: usize) -> bool {
        self.hours.get(hour).copied().unwrap_or(false)
    }

    /// Hours from the first moment to the last.
    #[must_use]
    pub fn hours(&self) -> usize {
        self.hours.len()
    }
}

/// Spans, those that touch as one.
fn joined(spans: &[(Timestamp, Timestamp)]) -> Vec<(Timestamp, Timestamp)> {
    let mut out: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (first, last) in spans {
        match out.last_mut() {
            Some(end) if first.since(end.1).0 <= SLACK => end.1 = end.1.max(*last),
            _ => out.push((*first, *last)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CaptureSpan;
    use weir_dissect::Facts;

    fn of(spans: &[(i64, i64)]) -> Calendar {
        let facts = Facts::default();
        let span = |(a, b): &(i64, i64)| CaptureSpan {
            first: Timestamp(a * 60_000_000_000),
            last: Timestamp(b * 60_000_000_000),
            ..CaptureSpan::default()
        };
        Calendar::new(&Input::of(&facts, spans.iter().map(span).collect()))
    }

    #[test]
    fn what_is_not_covered_is_no_day() {
        let day = 24 * 60;
        assert_eq!(of(&[(7, 7 + 2 * day - 1)]).days(), 2);
        assert_eq!(of(&[(7, 7 + 2 * day - 62)]).days(), 2, "one hour lacks");
        assert_eq!(of(&[(7, 7 + 2 * day - 200)]).days(), 1);
        // A day, a day's pause, a day.
        let gap = of(&[(0, day), (2 * day, 3 * day)]);
        assert_eq!((gap.days(), gap.dates()), (2, vec![0, 2]));
        let in_pause = Timestamp((day + 600) * 60_000_000_000);
        assert_eq!((gap.day(in_pause), gap.hour(in_pause)), (None, None));
        assert_eq!(gap.begins(1), Some(Timestamp(2 * day * 60_000_000_000)));
        // Files of an hour, one after the other, are one span.
        let files: Vec<(i64, i64)> = (0..48).map(|n| (n * 60, n * 60 + 59)).collect();
        assert_eq!(of(&files).days(), 2);
    }

    #[test]
    fn at_the_end_of_all_times_there_is_no_day() {
        let facts = Facts::default();
        for first in [i64::MAX - 10, i64::MIN] {
            let span = CaptureSpan {
                first: Timestamp(first),
                last: Timestamp(first + 10),
                ..CaptureSpan::default()
            };
            assert_eq!(Calendar::new(&Input::of(&facts, vec![span])).days(), 0);
        }
    }

    #[test]
    fn a_clock_that_jumps_by_years_makes_no_calendar() {
        assert_eq!(of(&[(0, 800 * 24 * 60)]), Calendar::default());
        assert_eq!(of(&[]).days(), 0);
    }
}
