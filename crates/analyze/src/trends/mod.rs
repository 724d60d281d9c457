//! How much goes where by the hour and by the day, which way that goes, and from which packet on. What goes one way
//! alone is told, with the chance that it would if nothing had changed; of what is told no more than one in twenty is
//! expected to be chance (Benjamini, Hochberg 1995). Which way is counted of every series; how steep, which costs the
//! square of the days, of what is told first and for so long as the bound of the work allows.

mod calendar;
mod depart;
mod slope;

pub use calendar::{Calendar, MOST_DAYS};
pub use slope::{Slope, Way, median};

use crate::activity::{Activity, Peer, SiteId};
use crate::environment::{Environment, HostId};
use crate::input::Input;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_model::{PacketRef, Timestamp};

/// Days below which there is no trend.
pub const FEWEST_DAYS: usize = 2;
/// Days below which no way is told: of three values in order, one in three is by chance.
pub const WAY_DAYS: usize = 4;
/// Times below which a series says nothing.
const TIMES: u64 = 20;
/// Of what is told, the share that may be chance.
const CHANCE: f64 = 0.05;
/// Series that are kept; the rest are counted.
const SERIES: usize = 20_000;
/// Pairs of days and of hours that slopes are taken from, and events looked through for departures, over all series:
/// a second's work in a browser.
const WORK: usize = 20_000_000;
/// Days of which every pair is taken for the slope between hours; of more, each with the next so many.
const NEAR: usize = 31;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// Connections, requests, datagrams after a silence.
    Times,
    /// Payload bytes the host sent.
    Sent,
}

/// One host with one destination, or with everybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Who.
    pub host: HostId,
    /// With whom: a registered domain, else an address; nothing stands for everybody. Hostile text.
    pub peer: Option<String>,
    /// What is counted.
    pub measure: Measure,
    /// By day that counts ([`Calendar::days`]).
    pub days: Vec<u64>,
    /// By hour from the first moment, where there was any.
    pub hours: BTreeMap<usize, u64>,
    /// Which way its days go; nothing of fewer than two.
    pub goes: Option<Way>,
    /// Of the logarithm of one more than a day's value: by which factor a day is more than the one before, as its
    /// logarithm. Nothing where the bound of the work was reached before.
    pub slope: Option<Slope>,
    /// Share of chance among what is told down to this one.
    pub q: f64,
    /// The middle slope between the same hours of different days: how much more of it an hour has each day. Nothing
    /// where the bound of the work was reached before.
    pub hourly: Option<f64>,
    /// Where it departs, where a way is told and the bound of the work was not reached before.
    pub departs: Option<Departure>,
    /// Its first packet.
    pub first: PacketRef,
}

/// Where a series becomes another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Departure {
    /// Which day that counts.
    pub day: usize,
    /// With this packet the day has more than any before; where it goes down, the first of the day.
    pub packet: PacketRef,
    /// When.
    pub time: Timestamp,
    /// A usual day before.
    pub before: f64,
    /// A usual day from then on.
    pub after: f64,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Trends {
    /// Told first, by chance; then the others by how much there is.
    pub rows: Vec<Trend>,
    /// Days that count.
    pub days: usize,
    /// When each begins.
    pub begins: Vec<Timestamp>,
    /// Hours from the first moment to the last.
    pub hours: usize,
    /// Series that were tested for a way.
    pub tested: usize,
    /// Series that come too seldom to say anything.
    pub seldom: u64,
    /// Series beyond the bound.
    pub beyond: u64,
    /// Series that were tested for a way, and have no slope because the bound of the work was reached.
    pub untold: u64,
}

impl Trend {
    /// Is a way told, and is it up?
    #[must_use]
    pub fn way(&self) -> Option<bool> {
        let goes = self
            .goes
            .filter(|_| self.q <= CHANCE && self.days.len() >= WAY_DAYS)?;
        Some(goes.s > 0)
    }

    fn value(&self, sent: u32) -> u64 {
        match self.measure {
            Measure::Times => 1,
            Measure::Sent => u64::from(sent),
        }
    }
}

/// With whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    Everybody,
    Site(SiteId),
    Address(IpAddr),
}

#[derive(Default)]
struct Series {
    events: Vec<u32>,
    times: u64,
}

/// Why the captures show no trend; nothing where they can.
#[must_use]
pub fn refusal(input: &Input<'_>, calendar: &Calendar) -> Option<String> {
    let days = calendar.days();
    if days >= FEWEST_DAYS {
        return None;
    }
    let span = input
        .span()
        .map_or(weir_model::Duration(0), |(a, b)| b.since(a));
    let long = crate::detections::span_words(span);
    if span.0 / 86_400_000_000_000 > MOST_DAYS {
        return Some(format!(
            "the captures reach over {long}, and {MOST_DAYS} days are counted at most: a clock is wrong, or too much is loaded"
        ));
    }
    Some(format!(
        "the captures cover {long} with {days} whole day{}, and a trend needs {FEWEST_DAYS}: what comes by day and by night is no trend",
        if days == 1 { "" } else { "s" }
    ))
}

/// Every host with every destination.
#[must_use]
pub fn trends(activity: &Activity, env: &Environment, calendar: &Calendar) -> Trends {
    let mut out = Trends {
        days: calendar.days(),
        begins: (0..calendar.days())
            .filter_map(|n| calendar.begins(n))
            .collect(),
        hours: calendar.hours(),
        ..Trends::default()
    };
    if out.days < FEWEST_DAYS {
        return out;
    }
    let mut all: BTreeMap<(HostId, Whom), Series> = BTreeMap::new();
    for contact in activity.contacts() {
        let Peer::Address(ip, ..) = contact.peer else {
            continue;
        };
        if env.host(contact.host).is_none() {
            continue;
        }
        for n in &contact.events {
            let Some(event) = activity.event(*n).filter(|e| !e.failed) else {
                continue;
            };
            if calendar.hour(event.time).is_none() {
                continue;
            }
            let whom = activity.site_of(*n).map_or(Whom::Address(ip), Whom::Site);
            for peer in [whom, Whom::Everybody] {
                let slot = all.entry((contact.host, peer)).or_default();
                slot.times += 1;
                slot.events.push(*n);
            }
        }
    }
    let orders = slope::Orders::of(out.days);
    let before = all.len();
    all.retain(|_, s| s.times >= TIMES);
    out.seldom = (before - all.len()) as u64;
    for ((host, whom), mut series) in all {
        let peer = match whom {
            Whom::Everybody => None,
            Whom::Site(id) => Some(activity.text(id).to_owned()),
            Whom::Address(ip) => Some(ip.to_string()),
        };
        let event = |n: &u32| activity.event(*n);
        series
            .events
            .sort_by_key(|n| event(n).map(|e| (e.time, e.packet)));
        let Some(first) = series.events.first().and_then(event).map(|e| e.packet) else {
            continue;
        };
        for measure in [Measure::Times, Measure::Sent] {
            if out.rows.len() >= SERIES {
                out.beyond += 1;
                continue;
            }
            let mut row = Trend {
                host,
                peer: peer.clone(),
                measure,
                days: vec![0; out.days],
                hours: BTreeMap::new(),
                goes: None,
                slope: None,
                q: 1.0,
                hourly: None,
                departs: None,
                first,
            };
            for e in series.events.iter().filter_map(event) {
                let value = row.value(e.sent);
                if let Some(slot) = calendar.day(e.time).and_then(|d| row.days.get_mut(d)) {
                    *slot += value;
                }
                if let Some(hour) = calendar.hour(e.time) {
                    *row.hours.entry(hour).or_default() += value;
                }
            }
            if row.days.iter().all(|v| *v == 0) {
                continue;
            }
            let values: Vec<f64> = row.days.iter().map(|v| *v as f64).collect();
            row.goes = slope::way(&values, &orders);
            out.rows.push(row);
        }
    }
    shares(&mut out);
    out.rows.sort_by(|a, b| {
        let told = |t: &Trend| t.way().is_none();
        let p = |t: &Trend| {
            if told(t) {
                1.0
            } else {
                t.goes.map_or(1.0, |g| g.p)
            }
        };
        told(a)
            .cmp(&told(b))
            .then(p(a).total_cmp(&p(b)))
            .then_with(|| total(b).cmp(&total(a)))
            .then_with(|| (a.host, &a.peer).cmp(&(b.host, &b.peer)))
    });
    measure(&mut out, activity, calendar, WORK);
    out
}

/// How steep each is, and where it departs: from the first on, while there is `work` left.
fn measure(all: &mut Trends, activity: &Activity, calendar: &Calendar, mut work: usize) {
    let dates = calendar.dates();
    let pairs = dates.len() * dates.len() / 2;
    let hours = 24 * dates.len() * dates.len().min(NEAR);
    for row in &mut all.rows {
        let events = || {
            let contacts = activity.contacts_of(row.host).iter();
            contacts.map(|c| c.events.len()).sum::<usize>()
        };
        let cost = pairs + hours + row.way().map_or(0, |_| events() + 8 * pairs);
        let Some(left) = work.checked_sub(cost) else {
            all.untold += 1;
            continue;
        };
        work = left;
        let logs = row.days.iter().map(|v| libm::log1p(*v as f64));
        let points: Vec<(f64, f64)> = dates.iter().map(|d| *d as f64).zip(logs).collect();
        row.slope = slope::slope(&points);
        row.hourly = Some(hourly(&row.hours, calendar));
        if row.way().is_some() {
            row.departs = departure(row, activity, calendar);
        }
    }
}

fn total(t: &Trend) -> u64 {
    // Bytes and times do not compare: a kilobyte counts as a connection.
    let sum: u64 = t.days.iter().sum();
    match t.measure {
        Measure::Times => sum,
        Measure::Sent => sum / 1_000,
    }
}

/// Shares of chance over all series (Benjamini, Hochberg 1995).
fn shares(all: &mut Trends) {
    let mut order: Vec<(usize, f64)> = all
        .rows
        .iter()
        .enumerate()
        .filter_map(|(n, r)| Some((n, r.goes?.p)))
        .collect();
    all.tested = order.len();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let of = order.len() as f64;
    let mut least: f64 = 1.0;
    for (rank, (n, p)) in order.iter().enumerate().rev() {
        least = least.min(p * of / (rank + 1) as f64);
        if let Some(row) = all.rows.get_mut(*n) {
            row.q = least;
        }
    }
}

/// The middle slope between the same hours of different days (Hirsch, Slack, Smith 1982).
fn hourly(hours: &BTreeMap<usize, u64>, calendar: &Calendar) -> f64 {
    let mut slopes = Vec::new();
    let mut by_hour = vec![0.0; calendar.hours()];
    for (h, v) in hours {
        if let Some(slot) = by_hour.get_mut(*h) {
            *slot = *v as f64;
        }
    }
    let value = |h: usize| by_hour.get(h).copied().unwrap_or(0.0);
    for of_day in 0..24 {
        let same = |h: usize| (h..calendar.hours()).step_by(24);
        // Hours at which nothing ever happens would hide what happens at the others.
        if same(of_day).all(|h| value(h) == 0.0) {
            continue;
        }
        for a in same(of_day).filter(|h| calendar.covers(*h)) {
            let later = same(a).skip(1).take(NEAR).filter(|h| calendar.covers(*h));
            slopes.extend(later.map(|b| (value(b) - value(a)) / ((b - a) as f64 / 24.0)));
        }
    }
    median(slopes.into_iter())
}

fn departure(row: &Trend, activity: &Activity, calendar: &Calendar) -> Option<Departure> {
    let logs: Vec<f64> = row.days.iter().map(|v| libm::log1p(*v as f64)).collect();
    // Where it goes one way from the beginning, the third day is the first of which two others stand before.
    let at = depart::departs(&logs).unwrap_or(2);
    let (before, after) = row.days.split_at_checked(at)?;
    let up = row.way()?;
    let most = before.iter().copied().max().unwrap_or(0);
    let passes = |(_, v): &(usize, &u64)| !up || **v > most;
    let day = at + after.iter().enumerate().find(passes).map_or(0, |(n, _)| n);
    let mut sum = 0;
    let contacts = activity.contacts_of(row.host).iter();
    let mine = contacts.filter_map(|c| match c.peer {
        Peer::Address(ip, ..) => Some((c, ip)),
        _ => None,
    });
    let mut events: Vec<_> = mine
        .flat_map(|(c, ip)| c.events.iter().map(move |n| (*n, ip)))
        .filter(|(n, ip)| match &row.peer {
            Some(peer) => activity
                .name_of(*n)
                .map_or_else(|| ip.to_string() == *peer, |name| name == peer),
            None => true,
        })
        .filter_map(|(n, _)| activity.event(n))
        .filter(|e| !e.failed && calendar.day(e.time) == Some(day))
        .collect();
    events.sort_by_key(|e| (e.time, e.packet));
    let first = events.first().copied();
    let with = events.iter().copied().find(|e| {
        sum += row.value(e.sent);
        !up || sum > most
    });
    let event = with.or(first)?;
    let usual = |part: &[u64]| median(part.iter().map(|v| *v as f64));
    Some(Departure {
        day,
        packet: event.packet,
        time: event.time,
        before: usual(before),
        after: usual(after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Tape;
    use weir_model::Duration;

    const DAY: i64 = 86_400;

    /// Each day twelve uploads to one place, of so many bytes; as many to another, always alike.
    fn days(bytes: &[usize]) -> Tape {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        for (day, bytes) in bytes.iter().enumerate() {
            for n in 0..24_u16 {
                let at = i64::try_from(day).unwrap() * DAY + i64::from(n) * 3600 + 30;
                tape.now = Timestamp::from_parts(1_700_000_000 + at, 0);
                let port = 1000 + u16::try_from(day).unwrap() * 100 + n * 2;
                // Sizes differ a little from day to day, as sizes do.
                let same = vec![3; 300 + (day * 7 + usize::from(n)) % 9];
                tape.talk(
                    ([10, 0, 0, 7], port),
                    ([198, 51, 100, 9], 443),
                    &same,
                    b"yes",
                );
                if n % 2 == 0 {
                    tape.talk(
                        ([10, 0, 0, 7], port + 1),
                        ([203, 0, 113, 5], 443),
                        &vec![7; *bytes],
                        b"yes",
                    );
                }
            }
        }
        // The last day counts when its last hour is there.
        let end = 1_700_000_000 + i64::try_from(bytes.len()).unwrap() * DAY + 29;
        tape.now = Timestamp::from_parts(end, 0);
        tape.udp(([10, 0, 0, 7], 68), ([10, 0, 0, 2], 67), b"?");
        tape
    }

    fn of(tape: &Tape) -> (Trends, Option<String>) {
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let activity = Activity::new(&input, &env);
        let calendar = Calendar::new(&input);
        (
            trends(&activity, &env, &calendar),
            refusal(&input, &calendar),
        )
    }

    #[test]
    fn ten_of_a_hundred_more_each_day_is_told_with_the_packet_where_it_begins() {
        // Four days alike, then a tenth more each day.
        let bytes = [1000, 1010, 990, 1005, 1100, 1210, 1331, 1464, 1610, 1772];
        let (all, refused) = of(&days(&bytes));
        assert_eq!((refused, all.days), (None, 10));
        let told: Vec<_> = all.rows.iter().filter(|r| r.way().is_some()).collect();
        let names: Vec<_> = told
            .iter()
            .map(|r| (r.peer.as_deref(), r.measure))
            .collect();
        assert!(
            names.contains(&(Some("203.0.113.5"), Measure::Sent)),
            "{names:?}"
        );
        assert!(
            names
                .iter()
                .all(|(peer, m)| *m == Measure::Sent && *peer != Some("198.51.100.9")),
            "{names:?}"
        );
        let row = told.iter().find(|r| r.peer.is_some()).unwrap();
        let slope = row.slope.unwrap();
        assert!((libm::exp(slope.slope) - 1.08).abs() < 0.03, "{slope:?}");
        let departs = row.departs.unwrap();
        assert_eq!(departs.day, 4);
        // Eleven of 1,100 bytes are less than the twelve of 1,010 that the busiest day before had; twelve are more.
        let at = departs
            .time
            .since(Timestamp::from_parts(1_700_000_000, 0))
            .0
            / 1_000_000_000;
        assert_eq!((at / DAY, at % DAY / 3600), (4, 22));
        assert!((departs.before - 12_030.0).abs() < 100.0, "{departs:?}");
        assert!(row.hourly.is_some_and(|h| h > 0.0));
    }

    #[test]
    fn two_days_have_numbers_and_no_way_and_one_has_nothing() {
        let (two, refused) = of(&days(&[1000, 9000]));
        assert_eq!((refused, two.days), (None, 2));
        assert!(!two.rows.is_empty() && two.rows.iter().all(|r| r.way().is_none()));
        let (one, refused) = of(&days(&[1000]));
        assert!(one.rows.is_empty());
        assert!(refused.is_some_and(|w| w.contains("1 whole day, and a trend needs 2")));
    }

    #[test]
    fn what_is_told_is_measured_first_and_the_rest_is_counted() {
        let tape = days(&[1000, 1010, 990, 1005, 1100, 1210, 1331, 1464, 1610, 1772]);
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let activity = Activity::new(&input, &env);
        let calendar = Calendar::new(&input);
        let mut all = trends(&activity, &env, &calendar);
        assert!(all.untold == 0 && all.rows.iter().all(|r| r.slope.is_some()));
        let told = all.rows.iter().filter(|r| r.way().is_some()).count();
        for row in &mut all.rows {
            (row.slope, row.hourly, row.departs) = (None, None, None);
        }
        // Fifty pairs of days, eight times as many for the departure, 2,400 of hours, and the events of the one host.
        let events: usize = activity.contacts().iter().map(|c| c.events.len()).sum();
        measure(&mut all, &activity, &calendar, (2_850 + events) * told);
        assert!(told > 0 && told < all.rows.len());
        for (n, row) in all.rows.iter().enumerate() {
            assert_eq!(row.slope.is_some(), n < told, "{row:?}");
            assert_eq!(row.departs.is_some(), n < told, "{row:?}");
        }
        assert_eq!(all.untold, (all.rows.len() - told) as u64);
    }

    #[test]
    fn days_that_differ_at_random_have_no_way() {
        let (all, _) = of(&days(&[
            1000, 3000, 500, 2500, 1500, 700, 2900, 1200, 2000, 900,
        ]));
        let told: Vec<_> = all.rows.iter().filter(|r| r.way().is_some()).collect();
        assert!(told.is_empty(), "{told:?}");
        assert!(all.tested > 0);
    }
}
