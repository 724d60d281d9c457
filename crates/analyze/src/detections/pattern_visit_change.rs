//! A host visits a site on one day far more than on its others.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::score::{Plot, Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::activity::{Contact, Event, Peer};
use crate::answers::shown;
use crate::trends::median;
use std::collections::BTreeSet;
use weir_model::{Duration, Timestamp};

/// What comes within a minute of the last is the same visit: a page takes several connections.
const PAUSE: Duration = Duration(60_000_000_000);
/// Visits of the day below which a multiple says nothing.
const VISITS: u64 = 20;
/// Times the usual.
const TIMES: f64 = 4.0;
/// Robust standard deviations above the usual.
const DEVIATIONS: f64 = 4.0;
/// Other days, from which on they tell a spread.
const DAYS: usize = 3;
/// With fewer days: how often so many would come by chance.
const CHANCE: f64 = 1e-4;
/// The most that is said of it alone.
const SURE: f64 = 0.6;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "pattern.visit_change",
    title: "A host visits a site far more than on its other days",
    why: "What somebody visits changes slowly; a sudden change has a reason.",
    how: "Visits of a host to a site by the day, as a share of all that the host did that day, so that a busy day is none; connections within a minute are one visit. At least twenty visits, four times the usual share and four robust standard deviations above it, of logarithms, the spread at least that of counts at random; with one or two other days, less than one chance in 10,000 by counts at random (Gamma-Poisson). What repeats at even intervals is another finding.",
    innocent: "A new task, a sale, a tournament; a page that was left open.",
    settle: "Ask the host's user; see which program connected.",
    techniques: &[],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Days(2)],
    keys,
    judge,
    rank,
};

/// Beginnings of visits.
fn visits<'a>(
    ground: &'a Ground<'_>,
    contact: &'a Contact,
) -> impl Iterator<Item = &'a Event> + 'a {
    let mut last: Option<Timestamp> = None;
    ground.activity.events(contact).filter(move |e| {
        if e.failed {
            return false;
        }
        let new = last.is_none_or(|t| e.time.since(t) > PAUSE);
        last = Some(e.time);
        new
    })
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    if ground.calendar().days() < 2 {
        return Vec::new();
    }
    let regular: BTreeSet<usize> = ground.repeating().iter().map(|r| r.contact).collect();
    let all = ground.activity.contacts().iter().enumerate();
    all.filter(|(n, c)| {
        let site = matches!(c.peer, Peer::Site(_)) && c.events.len() as u64 >= VISITS;
        site && !regular.contains(n)
    })
    .filter_map(|(n, c)| {
        let Peer::Site(site) = c.peer else {
            return None;
        };
        let host = ground.env.host(c.host)?;
        let who = who(Some(host), host.address()?);
        Some(Key {
            subject: format!("{who}|{}", ground.activity.text(site)),
            rows: vec![(n, 0)],
        })
    })
    .collect()
}

/// Chance of at least `n` where `before` came in `share` of the time of both, by the negative binomial that a
/// Gamma-Poisson gives (Jeffreys' prior).
fn tail(n: u64, before: f64, share: f64) -> f64 {
    let r = before + 0.5;
    let mut term = libm::exp(r * libm::log(share));
    let mut below = 0.0;
    for k in 0..n.min(1_000_000) {
        below += term;
        term *= (r + k as f64) / (k as f64 + 1.0) * (1.0 - share);
    }
    (1.0 - below).max(0.0)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let contact = ground.activity.contacts().get(key.rows.first()?.0)?;
    let Peer::Site(site) = contact.peer else {
        return None;
    };
    let calendar = ground.calendar();
    let mut days = vec![0_u64; calendar.days()];
    for event in visits(ground, contact) {
        if let Some(slot) = calendar.day(event.time).and_then(|d| days.get_mut(d)) {
            *slot += 1;
        }
    }
    let (day, most) = days
        .iter()
        .enumerate()
        .max_by_key(|(n, v)| (**v, std::cmp::Reverse(*n)))?;
    // However busy the host was: most sites are at an end here, before all that it did is counted.
    let rest = days.iter().enumerate().filter(|(n, _)| *n != day);
    if *most < VISITS || (*most as f64) < 2.0 * median(rest.map(|(_, v)| *v as f64)) {
        return None;
    }
    let mut whole = vec![0_u64; calendar.days()];
    let all = ground.activity.of_host(contact.host);
    for event in all.iter().filter_map(|n| ground.activity.event(*n)) {
        if let Some(slot) = calendar.day(event.time).and_then(|d| whole.get_mut(d)) {
            *slot += 1;
        }
    }
    // A host that is off tells nothing of habits: only days on which it did at least a quarter of its usual.
    let usual = median(whole.iter().filter(|n| **n > 0).map(|n| *n as f64));
    let here = *whole.get(day)? as f64;
    let others: Vec<(u64, f64)> = days
        .iter()
        .zip(&whole)
        .enumerate()
        .filter(|(n, (_, all))| *n != day && **all as f64 >= usual / 4.0 && **all > 0)
        // What the day would have had if the host had done as much as on this one.
        .map(|(_, (v, all))| (*v, *v as f64 * here / *all as f64))
        .collect();
    if others.is_empty() {
        return None;
    }
    let middle = median(others.iter().map(|o| o.1));
    let ratio = *most as f64 / middle.max(1.0);
    if ratio < TIMES {
        return None;
    }
    let log = |v: f64| libm::log1p(v);
    let score = if others.len() >= DAYS {
        let spread = 1.4826 * median(others.iter().map(|o| (log(o.1) - log(middle)).abs()));
        // Of counts at random a logarithm has about this spread.
        let sigma = spread.max(1.0 / libm::sqrt(middle + 0.25));
        let z = (log(*most as f64) - log(middle)) / sigma;
        if z < DEVIATIONS {
            return None;
        }
        Score {
            name: "deviations",
            formula: "(log(1 + visits) - log(1 + usual)) / max(1.4826 MAD, 1 / sqrt(usual + 0.25))",
            result: z,
            terms: vec![
                Term::plain("visits", *most as f64, "of the day".to_owned()),
                Term::plain(
                    "usual",
                    middle,
                    format!(
                        "middle of {} other days, as if the host had been as busy",
                        others.len()
                    ),
                ),
                Term::plain("spread", sigma, "of the logarithms".to_owned()),
            ],
        }
    } else {
        let before: u64 = others.iter().map(|o| o.0).sum();
        let there: f64 = others
            .iter()
            .map(|o| {
                if o.1 > 0.0 {
                    o.0 as f64 / o.1 * here
                } else {
                    here
                }
            })
            .sum();
        let p = tail(*most, before as f64, there / (there + here));
        let sites = ground.activity.contacts_of(contact.host);
        let tried = sites
            .iter()
            .filter(|c| matches!(c.peer, Peer::Site(_)))
            .count();
        if p * tried.max(1) as f64 > CHANCE {
            return None;
        }
        Score {
            name: "chance",
            formula: "Gamma-Poisson tail of the day's visits, given those of the other days",
            result: p,
            terms: vec![
                Term::plain("visits", *most as f64, "of the day".to_owned()),
                Term::plain(
                    "before",
                    before as f64,
                    format!("on {} other days", others.len()),
                ),
                Term::plain(
                    "sites",
                    tried as f64,
                    "of the host, each of which could have changed".to_owned(),
                ),
            ],
        }
    };
    let mine: Vec<&Event> = visits(ground, contact)
        .filter(|e| calendar.day(e.time) == Some(day))
        .collect();
    let evidence = Evidence::of(mine.iter().map(|e| e.packet))?;
    let span = (mine.first()?.time, mine.iter().map(|e| e.ended).max()?);
    let src = ground.env.host(contact.host)?.address()?;
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        contact.host,
        src,
        span,
        evidence,
    );
    let facts = ground
        .input
        .chains
        .get(mine.first()?.flow.0 as usize)?
        .facts;
    let server = facts.flow(mine.first()?.flow.1).map(|f| f.server);
    (out.dst, out.dport) = (server.map(|s| s.0), server.map(|s| s.1));
    let name = ground.activity.text(site);
    out.domain = Some(name.to_owned());
    out.title = format!(
        "{src} visited {} {most} times on one day, usually about {middle:.0}",
        shown(name)
    );
    out.why = format!(
        "{ratio:.0} times its usual share of what the host does in a day. {}",
        DETECTION.why
    );
    out.confidence = SURE * (1.0 - 1.0 / ratio);
    out.scores = vec![score];
    out.plots = vec![Plot {
        title: "Visits by day",
        unit: "days",
        bars: days
            .iter()
            .enumerate()
            .map(|(n, v)| (n as f64, *v))
            .collect(),
    }];
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const DAY: i64 = 86_400;

    /// Ten days (or so many) with other things, and visits to one site at uneven times.
    fn tape(site: &[u64], other: &[u64]) -> Tape {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        let client = [10, 0, 0, 7];
        let begin = 1_700_000_000;
        tape.now = Timestamp::from_parts(begin, 0);
        tape.look_up(
            (client, 40_000),
            "www.news.example",
            Some([198, 51, 100, 9]),
        );
        tape.look_up(
            (client, 40_000),
            "www.work.example",
            Some([198, 51, 100, 8]),
        );
        for (day, (n, m)) in site.iter().zip(other).enumerate() {
            let day = i64::try_from(day).unwrap();
            let mut seed = 77_u64;
            let mut times: Vec<(i64, u8)> = Vec::new();
            for k in 0..n + m {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(day as u64 * 2 + 1);
                let at = 28_800 + i64::try_from((seed >> 33) % 36_000).unwrap();
                times.push((at, if k < *n { 9 } else { 8 }));
            }
            times.sort_unstable();
            for (k, (at, to)) in times.iter().enumerate() {
                tape.now = Timestamp::from_parts(
                    begin + day * DAY + at,
                    i64::try_from(k).unwrap() * 1_000_000,
                );
                let port = 1024 + u16::try_from(k).unwrap() + u16::try_from(day).unwrap() * 700;
                tape.talk((client, port), ([198, 51, 100, *to], 443), b"get", b"got");
            }
        }
        tape.now = Timestamp::from_parts(begin + i64::try_from(site.len()).unwrap() * DAY, 0);
        tape.udp((client, 68), ([10, 0, 0, 2], 67), b"?");
        tape
    }

    #[test]
    fn a_day_with_ten_times_the_visits() {
        let site = [6, 8, 5, 7, 6, 9, 80, 7, 6];
        let all = found(&tape(&site, &[100; 9]), &DETECTION);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].domain.as_deref(), Some("news.example"));
        assert!(all[0].title.contains("usually about"), "{}", all[0].title);
        assert!(all[0].scores[0].result > DEVIATIONS);
    }

    #[test]
    fn three_times_is_a_good_day_and_a_busy_day_is_none() {
        let site = [8, 8, 9, 8, 7, 8, 24, 7, 8];
        assert_eq!(found(&tape(&site, &[100; 9]), &DETECTION), []);
        let site = [10, 9, 10, 11, 10, 9, 60, 10, 10];
        let other = [50, 50, 50, 50, 50, 50, 320, 50, 50];
        assert_eq!(found(&tape(&site, &other), &DETECTION), []);
    }

    #[test]
    fn two_days_need_more() {
        assert_eq!(found(&tape(&[5, 80], &[100; 2]), &DETECTION).len(), 1);
        assert_eq!(found(&tape(&[5, 22], &[100; 2]), &DETECTION), []);
        assert_eq!(found(&tape(&[80], &[100]), &DETECTION), [], "one day");
    }

    #[test]
    fn chances_add_up() {
        assert!((tail(0, 3.0, 0.5) - 1.0).abs() < 1e-12);
        // Of a geometric with one half (r = 1): at least three is an eighth.
        assert!((tail(3, 0.5, 0.5) - 0.125).abs() < 1e-12);
    }
}
