//! What earlier captures foretold, held against what later ones hold: the next time is worked out from what was known
//! at a moment alone, and then looked for.

use super::Forecast;

/// Parts of an interval that lie in no capture, in seconds, up to which it counts as covered.
const SLACK: f64 = 1.0;

/// Slots that may have passed before the moment: with more it had stopped.
const OVER: u64 = 3;

/// What became of an interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Outcome {
    /// It came: the place of its time.
    Came(usize),
    /// The captures cover the interval and it did not come in it: slots that passed until it came or all ended, and
    /// the place of the time at which it came after all.
    Missed(u64, Option<usize>),
    /// The captures do not cover all of it, and what they cover shows none.
    Open,
}

/// An interval as it was known at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Foretold {
    /// From, to, level.
    pub next: (f64, f64, f64),
    /// What became of it.
    pub outcome: Outcome,
}

/// The next time as known at `until`, and what became of it. `forecast` says what a model of the `times` until then
/// gives as known at a later moment; `covered` are the captures' spans in order; all in seconds by the clock of the
/// times. `None` where that model gave no interval, or said that it was over.
#[must_use]
pub fn foretold(
    times: &[f64],
    forecast: impl Fn(f64) -> Forecast,
    until: f64,
    covered: &[(f64, f64)],
) -> Option<Foretold> {
    let count = times.partition_point(|t| *t <= until);
    let now = forecast(until);
    let next = *now.next.first().filter(|_| now.passed <= OVER)?;
    let end = covered.iter().map(|c| c.1).fold(until, f64::max);
    // Until it came after all, else until everything ended.
    let over = times.get(count).copied().unwrap_or(end);
    let passed = forecast(over).passed - now.passed.min(forecast(over).passed);
    let (lo, hi, _) = next;
    let within = |t: &f64| *t >= lo && *t <= hi;
    let came = times.iter().skip(count).position(within);
    let outcome = match came {
        Some(n) => Outcome::Came(count + n),
        None if covers(covered, lo, hi) => {
            let after = (times.len() > count).then_some(count);
            Outcome::Missed(passed.max(u64::from(after.is_none())), after)
        }
        None => Outcome::Open,
    };
    Some(Foretold { next, outcome })
}

fn covers(covered: &[(f64, f64)], lo: f64, hi: f64) -> bool {
    let seen: f64 = covered
        .iter()
        .map(|(from, to)| (to.min(hi) - from.max(lo)).max(0.0))
        .sum();
    seen + SLACK >= hi - lo
}

#[cfg(test)]
mod tests {
    use super::super::{Clock, Sleeper, forecast_clock, forecast_sleeper};
    use super::*;

    fn told(times: &[f64], by_clock: bool, until: f64, covered: &[(f64, f64)]) -> Option<Foretold> {
        let known: Vec<f64> = times.iter().copied().filter(|t| *t <= until).collect();
        let gaps: Vec<f64> = known.windows(2).map(|w| w[1] - w[0]).collect();
        let last = *known.last().expect("one");
        let clock = Clock::of(&known, None)?;
        let sleeper = Sleeper::of(&gaps)?;
        let forecast = |end: f64| {
            if by_clock {
                forecast_clock(&clock, &known, end)
            } else {
                forecast_sleeper(&sleeper, last, end)
            }
        };
        foretold(times, forecast, until, covered)
    }

    /// Every hour, a little early or late.
    fn hourly(n: u32) -> Vec<f64> {
        (0..n)
            .map(|n| f64::from(n) * 3_600.0 + 20.0 * f64::from(n % 3))
            .collect()
    }

    #[test]
    fn it_comes_or_it_does_not() {
        for by_clock in [true, false] {
            let known = hourly(10);
            let until = 9.0 * 3_600.0 + 600.0;
            let spans = |end: f64| [(0.0, until), (until + 0.1, end)];
            let one = |times: &[f64], end| told(times, by_clock, until, &spans(end));
            let came = one(&hourly(11), 40_000.0).expect("an interval");
            assert_eq!(came.outcome, Outcome::Came(10), "{by_clock} {came:?}");
            let (lo, hi, level) = came.next;
            assert!(lo > until && lo < 36_000.0 && hi > 36_000.0, "{came:?}");
            assert!(level >= 0.75);
            let gone = one(&known, hi + 1.0).expect("an interval");
            assert_eq!(gone.outcome, Outcome::Missed(1, None), "{by_clock}");
            let long = one(&known, hi + 7_300.0).expect("an interval");
            assert_eq!(long.outcome, Outcome::Missed(3, None), "{by_clock}");
            let open = one(&known, hi - 5.0).expect("an interval");
            assert_eq!(open.outcome, Outcome::Open, "{by_clock}");
            // Two hours late, and covered until then.
            let mut late = known.clone();
            late.push(11.0 * 3_600.0);
            let late = one(&late, 45_000.0).expect("an interval");
            assert!(
                matches!(late.outcome, Outcome::Missed(1.., Some(10))),
                "{late:?}"
            );
        }
    }

    #[test]
    fn what_had_stopped_is_not_foretold() {
        let times = hourly(10);
        let spans = [(0.0, 60_000.0), (60_001.0, 90_000.0)];
        assert_eq!(told(&times, true, 60_000.0, &spans), None);
        assert_eq!(told(&times, false, 60_000.0, &spans), None);
    }

    #[test]
    fn what_lies_between_captures_is_open() {
        let until = 9.0 * 3_600.0 + 600.0;
        let gap = [(0.0, until), (36_500.0, 50_000.0)];
        let one = told(&hourly(10), true, until, &gap).expect("an interval");
        assert_eq!(one.outcome, Outcome::Open);
        assert_eq!(told(&hourly(3), true, 7_300.0, &gap), None, "too few");
    }
}
