//! Whether the next time that earlier captures gave came in a later one. Judges nothing.

use super::Ground;
use super::score::{Expected, Foretold};
use crate::answers::plural;
use crate::beacons::{Candidate, Shape, shape};
use crate::rhythm::{self, Outcome, forecast_clock, forecast_sleeper};
use weir_model::{Duration, Timestamp};

/// Ends of captures at which the next time is worked out again: the latest.
const ENDS: usize = 32;

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.since(from).0 as f64 / 1e9
}

/// Of a candidate: the latest interval that was foretold at the end of captures and came out one way or the other,
/// else the latest.
pub(super) fn foretold(ground: &Ground<'_>, candidate: &Candidate) -> Option<Foretold> {
    let mut spans: Vec<_> = ground
        .input
        .captures()
        .filter(|c| c.packets > 0)
        .map(|c| (c.first, c.last, c.id))
        .collect();
    spans.sort_unstable_by_key(|s| (s.0, s.1, s.2));
    let base = candidate.base;
    let covered: Vec<(f64, f64)> = spans
        .iter()
        .map(|(from, to, _)| (seconds(base, *from), seconds(base, *to)))
        .collect();
    // Only where a capture begins when all before it are over.
    let mut ends: Vec<(Timestamp, String)> = Vec::new();
    for n in 1..spans.len() {
        let (before, next) = (spans.get(..n)?, spans.get(n)?);
        let until = before.iter().map(|s| s.1).max()?;
        if next.0 >= until {
            let letters = match before {
                [one] => one.2.to_string(),
                _ => format!("{} to {}", before.first()?.2, before.last()?.2),
            };
            ends.push((until, letters));
        }
    }
    let from = ends.len().saturating_sub(ENDS);
    let times = &candidate.checkins.times;
    let told = |(until, by): &(Timestamp, String)| {
        let until = seconds(base, *until);
        let known = candidate.checkins.until(until);
        let last = *known.times.last()?;
        // As it would have been found then: what was a clock may drift by now.
        let model = shape(&known)?;
        let forecast = |end: f64| match &model {
            Shape::Sleeper(s) => forecast_sleeper(s, last, end),
            Shape::Clock(c) => forecast_clock(c, &known.times, end),
        };
        let one = rhythm::foretold(times, forecast, until, &covered)?;
        Some((by.clone(), one))
    };
    let all: Vec<_> = ends.iter().skip(from).filter_map(told).collect();
    let mut tally = (0, 0);
    let mut known: Vec<(f64, f64)> = Vec::new();
    for (_, one) in &all {
        let interval = (one.next.0, one.next.1);
        // The end of a capture between two times tells the same again.
        let again = known.iter().any(|k| interval.0 <= k.1 && interval.1 >= k.0);
        if one.outcome != Outcome::Open && !again {
            known.push(interval);
            tally.1 += 1;
            tally.0 += u64::from(matches!(one.outcome, Outcome::Came(_)));
        }
    }
    let out = all.iter().rfind(|(_, one)| one.outcome != Outcome::Open);
    let (by, one) = out.or(all.last())?;
    let at = |s: f64| base.plus(Duration((s * 1e9) as i64));
    let came = |n: usize| {
        let time = times.get(n).copied()?;
        let packet = candidate.members(&ground.activity, n).next()?.packet;
        Some((at(time), packet))
    };
    let (state, came, missed, says) = match one.outcome {
        Outcome::Came(n) => (
            "confirmed",
            came(n),
            0,
            format!("confirmed: what capture {by} gave as the next time holds, it came"),
        ),
        Outcome::Missed(slots, after) => (
            "missed",
            after.and_then(came),
            slots,
            if after.is_some() {
                format!("missed: it came, but not at the time that capture {by} gave as the next")
            } else {
                format!(
                    "missed: at the time that capture {by} gave as the next it did not come, {} passed",
                    plural(slots, "slot")
                )
            },
        ),
        Outcome::Open => (
            "open",
            None,
            0,
            format!("open: the captures do not cover the time that capture {by} gave as the next"),
        ),
    };
    let (lo, hi, level) = one.next;
    Some(Foretold {
        by: by.clone(),
        expected: Expected {
            lo: at(lo),
            hi: at(hi),
            level,
        },
        state,
        came,
        missed,
        tally,
        says,
    })
}
