//! What was wanted against what was captured. A silence longer than a quarter of an hour and much longer than
//! the network's others, in a file or between files, counts as not captured.

use crate::input::{ChainInput, Input};
use weir_dissect::facts::{Quality, Step};
use weir_model::{Duration, Timestamp, Window};

/// Longest silence that still counts as captured, whatever the network's rhythm.
pub const SILENCE: Duration = Duration(15 * 60 * 1_000_000_000);
/// A silence that is this many times as long as the next longest one is none of the network's own.
const BREAK: i64 = 2;
/// So many silences that are longer than everything else are a rhythm.
const RHYTHM: usize = 3;
/// A silence of more than this is a clock that was set, or captures that were joined.
pub const JUMP: Duration = Duration(365 * 86_400 * 1_000_000_000);

/// How many of these silences, longest first, count as not captured. A quiet network has silences of every
/// length, one a little longer than the other; where nobody was listening the lengths break off. What
/// lies above the lowest break and is longer than [`SILENCE`] was not captured. But where several of them
/// are longer than all the rest together, with `span` in all, the network speaks now and then only.
/// `rest`: how long those that are not listed may be.
#[must_use]
pub fn outages(longest_first: &[Duration], rest: Duration, span: Duration) -> usize {
    let long = longest_first.iter().take_while(|d| **d > SILENCE).count();
    let size = |n: usize| longest_first.get(n).unwrap_or(&rest).0;
    let n = (1..=long)
        .rev()
        .find(|n| size(n - 1) / BREAK >= size(*n))
        .unwrap_or(0);
    let silent = longest_first.iter().take(n).map(|d| d.0);
    let heard = silent.fold(span.0, i64::saturating_sub);
    let now_and_then = n >= RHYTHM && heard < size(n - 1);
    if now_and_then { 0 } else { n }
}

/// Spans in ascending order that do not touch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spans(Vec<(Timestamp, Timestamp)>);

impl Spans {
    /// Their union.
    #[must_use]
    pub fn new(mut spans: Vec<(Timestamp, Timestamp)>) -> Self {
        spans.retain(|(from, to)| from <= to);
        spans.sort_unstable();
        let mut out: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (from, to) in spans {
            match out.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => out.push((from, to)),
            }
        }
        Self(out)
    }

    /// Ascending.
    #[must_use]
    pub fn all(&self) -> &[(Timestamp, Timestamp)] {
        &self.0
    }

    /// What of them lies inside the window.
    #[must_use]
    pub fn within(&self, window: Window) -> Self {
        let from = window.from.unwrap_or(Timestamp::MIN);
        let to = window.to.unwrap_or(Timestamp::MAX);
        Self(
            self.0
                .iter()
                .map(|(a, b)| ((*a).max(from), (*b).min(to)))
                .filter(|(a, b)| a <= b)
                .collect(),
        )
    }

    /// Without these, which count as not captured.
    #[must_use]
    fn without(&self, gaps: &[(Timestamp, Timestamp)]) -> Self {
        let mut out = self.0.clone();
        for (from, to) in gaps {
            out = out
                .into_iter()
                .flat_map(|(a, b)| {
                    if *to <= a || *from >= b {
                        [Some((a, b)), None]
                    } else {
                        [
                            (a <= *from).then_some((a, *from)),
                            (*to <= b).then_some((*to, b)),
                        ]
                    }
                })
                .flatten()
                .collect();
        }
        Self(out)
    }

    /// Their length.
    #[must_use]
    pub fn length(&self) -> Duration {
        Duration(
            self.0
                .iter()
                .fold(0_i64, |n, (a, b)| n.saturating_add(b.since(*a).0)),
        )
    }

    /// Does any of them touch this interval?
    #[must_use]
    pub fn touch(&self, from: Timestamp, to: Timestamp) -> bool {
        self.0.iter().any(|(a, b)| *a <= to && from <= *b)
    }
}

/// What one chain captured.
#[must_use]
pub fn of_chain(chain: &ChainInput<'_>) -> Spans {
    let mut spans: Vec<_> = chain.captures.iter().map(|c| (c.first, c.last)).collect();
    spans.sort_unstable();
    // Files of one sensor follow each other: a short pause between them is a pause of the network.
    let bridges: Vec<_> = spans
        .windows(2)
        .filter_map(|w| match w {
            [a, b] if b.0.since(a.1) <= SILENCE => Some((a.1, b.0)),
            _ => None,
        })
        .collect();
    let gaps: Vec<_> = silent(chain).iter().map(|s| (s.before, s.after)).collect();
    Spans::new(spans.into_iter().chain(bridges).collect()).without(&gaps)
}

/// Silences of a chain in which nobody was listening, longest first.
#[must_use]
pub fn silent<'a>(chain: &ChainInput<'a>) -> &'a [Step] {
    let all = &chain.facts.quality.silences;
    let sizes: Vec<Duration> = all.iter().map(|s| s.after.since(s.before)).collect();
    let rest = sizes.last().filter(|_| all.len() == Quality::STEPS);
    let first = chain.captures.iter().map(|c| c.first).min();
    let last = chain.captures.iter().map(|c| c.last).max();
    let span = first.zip(last).map(|(a, b)| b.since(a));
    let n = outages(
        &sizes,
        rest.copied().unwrap_or_default(),
        span.unwrap_or_default(),
    );
    all.get(..n).unwrap_or_default()
}

/// What any chain captured.
#[must_use]
pub fn of_all(input: &Input<'_>) -> Spans {
    Spans::new(input.chains.iter().flat_map(|c| of_chain(c).0).collect())
}

/// What flow logs speak of. A silence as long as one that counts as not captured is none of theirs, either.
#[must_use]
pub fn of_logs(input: &Input<'_>) -> Spans {
    let mut out = Vec::new();
    for log in &input.logs {
        let rows = log.rows.iter().map(|r| (log.begun(r), log.ended(r)));
        let rows = Spans::new(rows.collect());
        let span = log.span.map(|(a, b)| b.since(a)).unwrap_or_default();
        let mut pauses: Vec<_> = rows
            .0
            .windows(2)
            .filter_map(|w| match w {
                [a, b] => Some((b.0.since(a.1), a.1, b.0)),
                _ => None,
            })
            .collect();
        pauses.sort_by_key(|p| std::cmp::Reverse(*p));
        let sizes: Vec<Duration> = pauses.iter().map(|p| p.0).collect();
        let heard = pauses.iter().skip(outages(&sizes, Duration(0), span));
        out.extend(heard.map(|(_, a, b)| (*a, *b)));
        out.extend(rows.0);
    }
    Spans::new(out)
}

/// Whole seconds, rounded down.
#[must_use]
pub fn seconds(span: Duration) -> u64 {
    u64::try_from(span.0 / 1_000_000_000).unwrap_or(0)
}

/// `31 h`, `12 min`, `40 s`: two figures at most.
#[must_use]
pub fn words(span: Duration) -> String {
    let s = seconds(Duration(span.0.saturating_abs()));
    match s {
        0..=119 => format!("{s} s"),
        120..=7199 => format!("{} min", (s + 30) / 60),
        _ if s % 3600 < 360 || s >= 36_000 => format!("{} h", (s + 1800) / 3600),
        _ => format!("{}.{} h", s / 3600, s % 3600 / 360),
    }
}

/// What of a window is covered, over all captures and by each.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Wanted seconds: the window's, or the captures' where it is open.
    pub window_s: u64,
    /// Captured seconds of them.
    pub covered_s: u64,
    /// The spans that are captured, inside the window.
    pub spans: Spans,
    /// What flow logs speak of, inside the window.
    pub logged: Spans,
    /// What only they speak of: who talked with whom is known, what was said is not.
    pub flow_only: Spans,
    /// Captured by no packet but covered by flow records, in seconds.
    pub flow_only_s: u64,
    /// Seconds of the window after the last packet or flow record of all.
    pub after_s: u64,
    /// Seconds of the window before the first packet or flow record of all.
    pub before_s: u64,
}

impl Coverage {
    /// Of a window.
    #[must_use]
    pub fn new(input: &Input<'_>, window: Window) -> Self {
        let all = of_all(input);
        let spans = all.within(window);
        let logged = of_logs(input).within(window);
        let flow_only = logged.without(spans.all());
        let (first, last) = input.span().unwrap_or_default();
        let from = window.from.unwrap_or(first);
        let to = window.to.unwrap_or(last);
        Self {
            window_s: seconds(to.since(from)),
            covered_s: seconds(spans.length()),
            after_s: seconds(to.since(last.max(from))),
            before_s: seconds(first.min(to).since(from)),
            flow_only_s: seconds(flow_only.length()),
            spans,
            logged,
            flow_only,
        }
    }

    /// `31 of 50 h captured`, with what lies after the last packet.
    #[must_use]
    pub fn words(&self) -> String {
        let secs = |n: u64| Duration::seconds(i64::try_from(n).unwrap_or(i64::MAX));
        let mut out = format!(
            "{} of {} captured",
            words(secs(self.covered_s)),
            words(secs(self.window_s))
        );
        if self.flow_only_s > 0 {
            out += &format!(
                "; {} more by flow records only",
                words(secs(self.flow_only_s))
            );
        }
        if self.after_s > 0 {
            out += &format!(
                "; the last {} of the window are not captured yet",
                words(secs(self.after_s))
            );
        }
        if self.before_s > 0 {
            out += &format!(
                "; the first {} of the window are before the first packet",
                words(secs(self.before_s))
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_parts(s, 0)
    }

    fn spans(list: &[(i64, i64)]) -> Spans {
        Spans::new(list.iter().map(|(a, b)| (at(*a), at(*b))).collect())
    }

    #[test]
    fn spans_are_joined_cut_and_measured() {
        let all = spans(&[(10, 20), (15, 30), (40, 50), (60, 55)]);
        assert_eq!(all.all(), [(at(10), at(30)), (at(40), at(50))]);
        assert_eq!(seconds(all.length()), 30);
        let window = Window {
            from: Some(at(25)),
            to: Some(at(45)),
        };
        assert_eq!(seconds(all.within(window).length()), 10);
        assert_eq!(seconds(all.without(&[(at(12), at(42))]).length()), 10);
        assert!(all.touch(at(30), at(31)) && !all.touch(at(31), at(39)));
        assert_eq!(words(Duration::seconds(50 * 3600)), "50 h");
        assert_eq!(words(Duration::seconds(180)), "3 min");
        assert_eq!(words(Duration::seconds(9000)), "2.5 h");
    }

    #[test]
    fn silences_of_a_quiet_network_are_its_own() {
        let of = |m: i64| Duration::seconds(m * 60);
        for (minutes, heard, want) in [
            // A quiet night: one a little longer than the other.
            (&[22, 20, 18, 17, 15, 14, 11, 9, 8, 8][..], 600, 0),
            // Nobody listened for two hours of it.
            (&[120, 22, 20, 18, 17, 15], 600, 1),
            // A busy network and six outages of different lengths.
            (&[600, 60, 45, 40, 30, 20, 0, 0], 600, 6),
            // Somebody asks every 20 minutes, and that is all.
            (&[22, 21, 20, 20, 0, 0], 1, 0),
            (&[14, 0, 0], 60, 0),
            (&[16, 8, 8], 60, 1),
            (&[16, 9, 8], 60, 0),
            (&[300, 200, 0], 1, 2),
            (&[40], 0, 1),
            (&[], 0, 0),
        ] {
            let list: Vec<_> = minutes.iter().map(|m| of(*m)).collect();
            let span = of(heard + minutes.iter().sum::<i64>());
            assert_eq!(outages(&list, Duration(0), span), want, "{minutes:?}");
        }
        let list = [of(30); 16];
        assert_eq!(outages(&list, of(30), of(6000)), 0, "no end is seen");
    }

    proptest! {
        #[test]
        fn covered_is_never_more_than_wanted(list in prop::collection::vec((0i64..1000, 0i64..1000), 0..12), from in 0i64..1000, len in 0i64..1000) {
            let window = Window { from: Some(at(from)), to: Some(at(from + len)) };
            let inside = spans(&list).within(window);
            prop_assert!(seconds(inside.length()) <= u64::try_from(len).unwrap());
            for pair in inside.all().windows(2) {
                prop_assert!(pair[0].1 < pair[1].0);
            }
            // Counted second by second, over half-open seconds.
            let brute = (from..from + len).filter(|s| list.iter().any(|(a, b)| a <= s && s < b)).count() as u64;
            prop_assert_eq!(seconds(inside.length()), brute);
        }
    }
}
