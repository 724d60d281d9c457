//! Much more went out to one place than came back, and more than this host ever sends.

use super::finding::{Finding, Severity, rank};
use super::gather::{begin, median, real};
use super::score::{Plot, Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::activity::{Contact, Event, Peer};
use crate::answers::{moment, plural, shown};
use crate::baseline::SIXTHS;
use std::collections::BTreeMap;
use weir_model::{PacketRef, Timestamp};

/// Bytes in an hour below which nothing is an upload.
const LEAST: u64 = 1 << 20;
/// Times the host's own busiest hours, without this peer, that it must exceed.
const TIMES: u64 = 5;
/// (out - in) / (out + in) from which on it is pushing.
const PUSHED: f64 = 0.6;
/// Hosts that use the same place from which on it is everybody's.
const EVERYBODY: u32 = 3;
/// The same hour on so many days is a schedule.
const DAYS: usize = 3;
/// Plain, and at night to somebody new.
const PLAIN: f64 = 0.6;
const NIGHT: f64 = 0.75;
const HOUR: i64 = 3_600_000_000_000;
/// Share of an active host's events in an hour of the day below which it is out of hours.
const QUIET: f64 = 0.01;
/// Bytes below which it matters little in which of its hours an event sent them, and hours over which one is spread at
/// most: a clock that jumps by years makes no hours.
const SPREAD: u32 = 1 << 16;
const HOURS: i64 = 24 * 31;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "exfil.upload",
    title: "Much was sent out to one place",
    why: "People fetch; who pushes much to a place that nobody else uses carries something out.",
    how: "Per host and place outside, by the hour from any ten minutes on, what a conversation of several hours carried spread evenly over them: at least 1 MiB sent, five times what the host sent to all others in its busiest hour, (out - in) / (out + in) at least .6, and no three hosts that use the place. At an hour when the host is quiet otherwise, and to a place first met in the last tenth, it is high.",
    innocent: "A backup, which comes at the same hour; photographs that a telephone or program copies; a video call, which is balanced; a mail with a large attachment.",
    settle: "See on the host which program sent, and which files it opened before; ask the user.",
    techniques: &["T1048", "T1041", "T1567.002"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

/// Places outside to which at least that much went altogether.
fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let a = &ground.activity;
    let mut out = Vec::new();
    for (n, c) in a.contacts().iter().enumerate() {
        let Peer::Address(ip, port, _) = c.peer else {
            continue;
        };
        if weir_model::is_internal(ip) || port == 53 {
            continue;
        }
        let sent: u64 = a.events(c).map(|e| u64::from(e.sent)).sum();
        if sent >= LEAST {
            out.push(Key {
                subject: n.to_string(),
                rows: vec![(0, n)],
            });
        }
    }
    out
}

/// The hour of a time, by hours that begin `past` the full one.
fn hour(t: Timestamp, past: i64) -> i64 {
    t.0.saturating_sub(past).div_euclid(HOUR)
}

/// Hours of an event, which begin `past` the full one, with what it sent and received in each, as if it had gone
/// evenly: what it carried when, within itself, nobody kept.
fn spread(e: &Event, past: i64) -> impl Iterator<Item = (i64, u64, u64)> + use<> {
    let from = e.time.0.saturating_sub(past);
    let to = e.ended.0.saturating_sub(past).max(from);
    let (first, last) = (from.div_euclid(HOUR), to.div_euclid(HOUR));
    let even = e.sent.max(e.received) >= SPREAD && last - first < HOURS;
    let (sent, received) = (u64::from(e.sent), u64::from(e.received));
    let last = if even { last } else { first };
    // Until the end of an hour, so that the parts are the whole.
    let until = move |of: u64, h: i64| {
        if h >= last {
            return of;
        }
        let passed = (h + 1).saturating_mul(HOUR).saturating_sub(from).max(0);
        let part = i128::from(of) * i128::from(passed) / i128::from(to.saturating_sub(from).max(1));
        u64::try_from(part).unwrap_or(of).min(of)
    };
    (first..=last).map(move |h| {
        let before = |of| if h == first { 0 } else { until(of, h - 1) };
        (
            h,
            until(sent, h) - before(sent),
            until(received, h) - before(received),
        )
    })
}

/// What one hour brought: out, in, events.
#[derive(Default)]
struct Hour<'a> {
    sent: u64,
    received: u64,
    events: Vec<&'a Event>,
}

fn hours<'a>(ground: &'a Ground<'_>, c: &'a Contact, past: i64) -> BTreeMap<i64, Hour<'a>> {
    let mut out: BTreeMap<i64, Hour<'a>> = BTreeMap::new();
    for e in ground.activity.events(c) {
        for (at, sent, received) in spread(e, past) {
            let h = out.entry(at).or_default();
            h.sent += sent;
            h.received += received;
            h.events.push(e);
        }
    }
    out
}

fn pushed(sent: u64, received: u64) -> f64 {
    let (out, back) = (float(sent), float(received));
    (out - back) / (out + back).max(1.0)
}

fn float(n: u64) -> f64 {
    f64::from(u32::try_from(n >> 10).unwrap_or(u32::MAX)) * 1024.0
        + f64::from(u32::try_from(n & 1023).unwrap_or(0))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let a = &ground.activity;
    let c = a.contacts().get(key.rows.first()?.1)?;
    let Peer::Address(ip, port, transport) = c.peer else {
        return None;
    };
    // From any ten minutes on: the clock does not halve what goes within fifty.
    let most = |past: i64| {
        let hours = hours(ground, c, past);
        let out = hours
            .values()
            .filter(|h| pushed(h.sent, h.received) >= PUSHED);
        let most = out.map(|h| h.sent).max().unwrap_or(0);
        (most, std::cmp::Reverse(past), hours)
    };
    let (_, std::cmp::Reverse(past), mine) = (0..SIXTHS)
        .map(|sixth| most(sixth * HOUR / SIXTHS))
        .max_by_key(|m| (m.0, m.1))?;
    // What the host sends to everybody else, by such hours.
    let mut others: BTreeMap<i64, u64> = BTreeMap::new();
    for n in a.of_host(c.host) {
        if let Some(e) = a
            .event(*n)
            .filter(|e| ground_peer(ground, e) != Some((ip, port)))
        {
            for (at, sent, _) in spread(e, past) {
                *others.entry(at).or_default() += sent;
            }
        }
    }
    let usual = others.values().max().copied().unwrap_or(0);
    let least = LEAST.max(usual.saturating_mul(TIMES));
    let big: Vec<(&i64, &Hour<'_>)> = mine
        .iter()
        .filter(|(_, h)| h.sent >= least && pushed(h.sent, h.received) >= PUSHED)
        .collect();
    let (at, most) = big
        .iter()
        .max_by_key(|(at, h)| (h.sent, std::cmp::Reverse(**at)))?;
    let users = a.users(Peer::Address(ip, port, transport));
    if users >= EVERYBODY {
        return None;
    }
    let first = most.events.first()?;
    let chain = first.flow.0 as usize;
    let src = ground.env.host(c.host)?.address()?;
    let mut packets: Vec<(PacketRef, Timestamp)> = big
        .iter()
        .flat_map(|(_, h)| &h.events)
        .map(|e| (e.packet, e.time))
        .collect();
    // What lasts for hours is in each of them.
    let mut told = std::collections::BTreeSet::new();
    packets.retain(|p| told.insert(*p));
    let place = ground
        .activity
        .name_of(*c.events.first()?)
        .map_or_else(|| ip.to_string(), str::to_owned);
    let who = super::finding::who(ground.env.host(c.host), src);
    let mut out = begin(
        ground,
        &DETECTION,
        &format!("{who}|{ip}|{port}"),
        (chain, src),
        &packets,
    )?;
    out.last = big
        .iter()
        .flat_map(|(_, h)| &h.events)
        .map(|e| e.ended)
        .max()?;
    out.host = Some(c.host);
    (out.dst, out.dport) = (Some(ip), Some(port));
    out.domain = Some(place.clone()).filter(|p| p.parse::<std::net::IpAddr>().is_err());
    let sent: u64 = big.iter().map(|(_, h)| h.sent).sum();
    let back: u64 = big.iter().map(|(_, h)| h.received).sum();
    let push = pushed(sent, back);
    out.title = format!("{src} sent {} to {}", size(sent), shown(&place));
    let night = quiet(ground, c, **at, past);
    let new = novel(ground, first.time);
    (out.severity, out.confidence) = match (night, new) {
        (true, true) => (Severity::High, NIGHT),
        _ => (Severity::Medium, PLAIN),
    };
    let when = moment(
        first
            .time
            .max(Timestamp(at.saturating_mul(HOUR).saturating_add(past))),
    );
    let quietly = if night {
        ", at an hour when this host is quiet otherwise"
    } else {
        ""
    };
    out.why = format!(
        "{} went out and {} came back, most from {when}{quietly}; in its busiest hour it sent {} to all others. {}",
        size(sent),
        size(back),
        size(usual),
        DETECTION.why
    );
    let days: Vec<i64> = {
        let mut d: Vec<i64> = big
            .iter()
            .filter(|(h, _)| (**h).rem_euclid(24) == (**at).rem_euclid(24))
            .map(|(h, _)| h.div_euclid(24))
            .collect();
        d.dedup();
        d
    };
    if days.len() >= DAYS {
        (out.severity, out.confidence) = (Severity::Low, 0.4);
        let says = format!("it comes at the same hour, on {} days", days.len());
        out.why += &format!(" It behaves like a backup: {says}.");
        out.benign = Some(("backup", says));
    }
    let mut sizes: Vec<f64> = mine.values().map(|h| float(h.sent)).collect();
    sizes.sort_by(f64::total_cmp);
    out.scores.push(Score {
        name: "pushed",
        formula: "(out - in) / (out + in) of payload bytes, each stream byte once",
        result: push,
        terms: vec![
            Term::plain("out", float(sent), size(sent)),
            Term::plain("in", float(back), size(back)),
            Term::plain(
                "usual",
                float(usual),
                format!(
                    "{} in the host's busiest hour without this place",
                    size(usual)
                ),
            ),
            Term::plain(
                "users",
                f64::from(users),
                match users {
                    1 => "1 host uses this place".to_owned(),
                    _ => format!("{users} hosts use this place"),
                },
            ),
            Term::plain(
                "median hour",
                median(&sizes),
                format!("over {}", plural(sizes.len() as u64, "hour")),
            ),
        ],
    });
    let begun = hour(first.time, past);
    let bar = |(h, x): (&i64, &Hour<'_>)| {
        let since = usize::try_from(h - begun.min(*h)).unwrap_or(0);
        (real(since), x.sent)
    };
    out.plots.push(Plot {
        title: "Bytes sent there",
        unit: "hour",
        bars: mine.iter().map(bar).collect(),
    });
    Some(out)
}

/// The server of an event's flow.
fn ground_peer(ground: &Ground<'_>, e: &Event) -> Option<(std::net::IpAddr, u16)> {
    let facts = ground.input.chains.get(e.flow.0 as usize)?.facts;
    facts.flow(e.flow.1).map(|f| f.server)
}

/// Is this an hour of the day in which the host does next to nothing else?
fn quiet(ground: &Ground<'_>, c: &Contact, at: i64, past: i64) -> bool {
    let all = ground.activity.of_host(c.host);
    let span = ground.input.span().map_or(0, |(a, b)| b.since(a).0);
    if span < 24 * HOUR {
        return false;
    }
    let here = all
        .iter()
        .filter_map(|n| ground.activity.event(*n))
        .filter(|e| hour(e.time, past).rem_euclid(24) == at.rem_euclid(24))
        .count();
    let mine = c.events.len().min(here);
    real(here - mine) < QUIET * real(all.len())
}

/// Was it first met in the last tenth of what was captured?
fn novel(ground: &Ground<'_>, time: Timestamp) -> bool {
    ground
        .input
        .span()
        .is_some_and(|(a, b)| b.since(time).0 * 10 <= b.since(a).0)
}

/// `1.2 MB`, in sentences.
pub(super) fn size(n: u64) -> String {
    match n {
        0..10_000 => format!("{n} bytes"),
        10_000..1_000_000 => format!("{} kB", n / 1000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", float(n) / 1e6),
        _ => format!("{:.1} GB", float(n) / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::push;
    use super::*;
    use crate::tape::Tape;
    use weir_model::Duration;

    const PLACE: ([u8; 4], u16) = ([198, 51, 100, 9], 443);

    /// Everything within one moment.
    fn at_once() -> Tape {
        Tape {
            pace: Duration(0),
            ..Tape::default()
        }
    }

    #[test]
    fn a_mebibyte_in_an_hour() {
        for (bytes, n) in [((1 << 20) - 1, 0), (1 << 20, 1), ((1 << 20) + 1, 1)] {
            let mut tape = at_once();
            push(&mut tape, ([10, 0, 0, 7], 40_000), PLACE, bytes, 100);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{bytes}");
            assert!(all.iter().all(|f| f.severity == Severity::Medium));
        }
    }

    #[test]
    fn an_upload_across_a_full_hour_is_one() {
        let mut tape = at_once();
        let client = |n: u16| ([10, 0, 0, 7], 40_000 + n);
        tape.now = Timestamp(HOUR * 10 - 60_000_000_000);
        push(&mut tape, client(0), PLACE, 600_000, 100);
        tape.now = tape.now.plus(Duration::seconds(120));
        push(&mut tape, client(1), PLACE, 600_000, 100);
        let all = found(&tape, &DETECTION);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].title, "10.0.0.7 sent 1.2 MB to 198.51.100.9");
    }

    #[test]
    fn an_upload_of_hours_is_spread_over_them() {
        let event = |hours: i64, sent: u32| Event {
            time: Timestamp(HOUR * 10 + HOUR / 2),
            ended: Timestamp(HOUR * (10 + hours) + HOUR / 2),
            packet: PacketRef::default(),
            flow: (0, weir_model::FlowId(0)),
            sent,
            received: 0,
            failed: false,
        };
        let of = |e: &Event| spread(e, 0).map(|p| (p.0, p.1)).collect::<Vec<_>>();
        let all = of(&event(4, 4_000_001));
        let parts: Vec<(i64, u64)> = [500_000, 1_000_000, 1_000_000, 1_000_000, 500_001]
            .into_iter()
            .zip(10..)
            .map(|(n, h)| (h, n))
            .collect();
        assert_eq!(all, parts);
        assert_eq!(of(&event(4, 60_000)), [(10, 60_000)], "little");
        assert_eq!(
            of(&event(100_000, 4_000_000)),
            [(10, 4_000_000)],
            "a clock that jumps"
        );
        assert_eq!(of(&event(0, 4_000_000)), [(10, 4_000_000)]);
        // Three mebibytes within hours or days are no mebibyte in any hour.
        for (pace, n) in [(1, 1), (600, 0)] {
            let mut tape = Tape {
                pace: Duration::seconds(pace),
                ..Tape::default()
            };
            push(&mut tape, ([10, 0, 0, 7], 40_000), PLACE, 3 << 20, 100);
            assert_eq!(found(&tape, &DETECTION).len(), n, "a packet every {pace} s");
        }
    }

    #[test]
    fn balanced_is_a_call() {
        // (4 - 1) / (4 + 1) = .6; a little more back is less.
        for (back, n) in [((1 << 18), 1), ((1 << 18) + 2000, 0)] {
            let mut tape = at_once();
            push(&mut tape, ([10, 0, 0, 7], 40_000), PLACE, 1 << 20, back);
            assert_eq!(found(&tape, &DETECTION).len(), n, "{back}");
        }
    }

    #[test]
    fn five_times_what_it_sends_otherwise() {
        for (usual, n) in [(209_715, 1), (209_716, 0)] {
            let mut tape = at_once();
            push(
                &mut tape,
                ([10, 0, 0, 7], 40_001),
                ([198, 51, 100, 10], 443),
                usual,
                100_000,
            );
            push(&mut tape, ([10, 0, 0, 7], 40_000), PLACE, 1_048_577, 100);
            assert_eq!(found(&tape, &DETECTION).len(), n, "{usual}");
        }
    }

    #[test]
    fn everybody_uses_it() {
        for (hosts, n) in [(2, 2), (3, 0)] {
            let mut tape = at_once();
            for h in 0..hosts {
                push(&mut tape, ([10, 0, 0, 7 + h], 40_000), PLACE, 2 << 20, 100);
            }
            assert_eq!(found(&tape, &DETECTION).len(), n);
        }
    }

    #[test]
    fn a_backup_comes_every_night() {
        let mut tape = at_once();
        for night in 0..3_u16 {
            push(
                &mut tape,
                ([10, 0, 0, 7], 40_000 + night),
                PLACE,
                2 << 20,
                100,
            );
            tape.now = tape.now.plus(Duration::seconds(86_400));
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!(
            (one.severity, one.benign.map(|b| b.0)),
            (Severity::Low, Some("backup"))
        );
    }
}
