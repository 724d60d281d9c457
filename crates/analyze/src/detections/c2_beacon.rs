//! A host that checks in with somebody again and again, by a timer or by the clock. Regular is no guilt: how sure the
//! pattern is and how unusual it is here are two numbers.

use super::finding::{Evidence, Finding, Severity, who};
use super::foretold::foretold;
use super::need::span_words;
use super::score::{Expected, Plot, Rhythm, Score, Term};
use super::{Detection, Ground, Key, Need, finding};
use crate::activity::{Contact, Peer};
use crate::answers::{plural, shown};
use crate::beacons::{Candidate, Shape, class, concern};
use crate::environment::HostId;
use crate::rhythm::{
    Clock, Forecast, Null, Sleeper, Verdict, forecast_clock, forecast_sleeper, judge as compare,
};
use foldhash::quality::FixedState;
use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_model::{Duration, Timestamp};

/// Pattern from which on it is one.
const PATTERN: f64 = 0.8;
/// Pattern from which on it is told at all.
const TOLD: f64 = 0.5;
/// Concern from which on somebody should look.
const LOOK: f64 = 0.6;
/// Concern from which on somebody should look now.
const NOW: f64 = 0.8;
/// Chance times keys, over this, is what pattern lacks to 1: an alarm is one that chance gives less than once in twenty
/// captures, over all their contacts together.
const KEYS: f64 = 0.25;
/// What few gaps can be at most, and how many are few.
const FEW: [(usize, f64); 3] = [(10, 0.99), (6, 0.9), (0, 0.6)];
/// What few cycles of a clock can be at most, how many are few.
const CYCLES: [(usize, f64); 3] = [(6, 0.99), (4, 0.85), (0, 0.6)];
/// With fewer than six cycles a clock must be that exact, in seconds, and chance that rare.
const EXACT: f64 = 1_800.0;
const RARE: f64 = 0.01;
/// What is less rare than that, or a vague clock of few cycles, can be at most.
const VAGUE: f64 = 0.6;
/// Why.
const COMMON: &str = "chance does as well in more than one case of a hundred";
/// Shorter than this, and less than a tenth of the capture: over before it was a habit.
const BRIEF: Duration = Duration(3_600_000_000_000);
/// Check-ins cited from either end.
const CITED: usize = Evidence::CITED / 2;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "c2.beacon",
    title: "A host checks in again and again",
    why: "Malware asks its operator for orders, and programs ask by timer: evenly, day and night, whoever sits at the host.",
    how: "Beginnings of connections that were answered, requests and look-ups, per host and peer (address and port, registered domain, client fingerprint), bursts taken as one. Either the gaps are alike (a sleeper, missed ones folded) or the time of hour or day is (a clock). Pattern compares that with 299 lists of as many times drawn from everything else the host did, and 299 from any time at all; where the rhythm changed and the most regular part is judged, chance counts as often as there were parts to choose from. Concern weighs how unusual the contact is here. Confidence is their geometric mean. An alarm needs pattern 0.8 and concern 0.6; below six gaps, or four cycles of a clock, there is none.",
    innocent: "An agent or a widget that is installed on this machine only; an updater; a device that nobody sits at.",
    settle: "Find on the host which program connected at the time of one of the check-ins, and what it was told.",
    techniques: &["T1071", "T1029"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::Seconds(600)],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let contacts = ground.activity.contacts();
    let all = ground.repeating().iter().enumerate();
    all.filter_map(|(n, c)| {
        let contact = contacts.get(c.contact)?;
        let host = ground.env.host(contact.host)?;
        let name = who(Some(host), host.address()?);
        Some(Key {
            subject: format!("{name}|{}", peer(ground, contact.peer)),
            rows: vec![(n, 0)],
        })
    })
    .collect()
}

/// The peer in a subject and in sentences.
fn peer(ground: &Ground<'_>, peer: Peer) -> String {
    match peer {
        Peer::Address(ip, port, Transport::Tcp) => format!("{ip} port {port}"),
        Peer::Address(ip, port, Transport::Udp) => format!("{ip} UDP port {port}"),
        Peer::Site(id) | Peer::Lookup(id) => shown(ground.activity.text(id)).to_string(),
        Peer::Client(id) => format!("the client {}", shown(ground.activity.text(id))),
    }
}

/// A model with its chance, as told.
struct Found {
    p: f64,
    drawn: usize,
    most: f64,
    /// Why it is at most that.
    limit: String,
}

fn clip(table: &[(usize, f64)], n: usize) -> f64 {
    table.iter().find(|t| n >= t.0).map_or(0.0, |t| t.1)
}

fn seconds(s: f64) -> Duration {
    Duration((s * 1e9) as i64)
}

/// What the host did besides while it checked in, in seconds from the candidate's first event.
fn pool(ground: &Ground<'_>, contact: &Contact, candidate: &Candidate) -> Vec<f64> {
    let activity = &ground.activity;
    let own: HashSet<_, FixedState> = activity.events(contact).map(|e| e.flow).collect();
    let site = candidate.events.first().and_then(|e| activity.site_of(*e));
    let times = &candidate.checkins.times;
    let from = times.first().map_or(0.0, |t| t - 1.0);
    let to = times.last().map_or(0.0, |t| t + 1.0);
    let at = |n: &u32| {
        let time = activity.event(*n).map(|e| e.time.since(candidate.base).0);
        time.map_or(f64::INFINITY, |t| t as f64 / 1e9)
    };
    let others = activity.of_host(contact.host);
    let begin = others.partition_point(|n| at(n) < from);
    let end = others.partition_point(|n| at(n) <= to);
    let others = others.get(begin..end).unwrap_or_default();
    others
        .iter()
        .filter(|n| site.is_none() || activity.site_of(**n) != site)
        .filter(|n| activity.event(**n).is_some_and(|e| !own.contains(&e.flow)))
        .map(at)
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let place = key.rows.first()?.0;
    let candidate = ground.repeating().get(place)?;
    let contact = ground.activity.contacts().get(candidate.contact)?;
    let tried = ground.repeating().len();
    let worth = (1.0 - TOLD) * KEYS / (tried as f64 * candidate.choices as f64);
    let null = Null {
        pool: &|| pool(ground, contact, candidate),
    };
    let found = match &candidate.shape {
        Shape::Sleeper(s) => {
            let v: Verdict<Sleeper> = compare(&candidate.checkins, None, null, worth)?;
            let most = clip(&FEW, s.gaps);
            // Among few contacts nothing else asks for more than one in five.
            let common = v.p > RARE && most > VAGUE;
            Found {
                p: v.p,
                drawn: v.drawn,
                most: if common { VAGUE } else { most },
                limit: if common {
                    COMMON.to_owned()
                } else {
                    plural(s.gaps as u64, "gap")
                },
            }
        }
        Shape::Clock(c) => {
            let mut v: Verdict<Clock> = compare(&candidate.checkins, Some(c.period), null, worth)?;
            // Drawn times hardly ever keep a clock of less than an hour, and what is never seen has no tail to fit:
            // then the gaps are asked too, which counts as a second question.
            if v.uncounted() {
                let gaps: Option<Verdict<Sleeper>> =
                    compare(&candidate.checkins, None, null, worth / 2.0);
                if let Some(by_gaps) = gaps.filter(|g| 2.0 * g.p < v.p) {
                    (v.p, v.drawn) = (2.0 * by_gaps.p, v.drawn + by_gaps.drawn);
                }
            }
            let vague = c.spread > EXACT || v.p > RARE;
            let most = clip(&CYCLES, c.hits);
            let vague = c.hits < 6 && vague && most > VAGUE;
            let cycles = plural(c.hits as u64, "cycle");
            Found {
                p: v.p,
                drawn: v.drawn,
                most: if vague { VAGUE } else { most },
                limit: match (vague, v.p > RARE) {
                    (true, true) => format!("{cycles}, and {COMMON}"),
                    (true, false) => format!("{cycles}, and it is off by more than half an hour"),
                    (false, _) => cycles,
                },
            }
        }
    };
    let chance = (found.p * tried as f64 * candidate.choices as f64 / KEYS).min(1.0);
    let pattern = (1.0 - chance).min(found.most);
    if pattern < TOLD {
        return None;
    }
    let benign = class(ground, contact, candidate);
    let score = concern(ground, contact, candidate, benign.is_some());
    finish(
        ground,
        key,
        contact,
        candidate,
        (found, tried, pattern),
        benign,
        score,
    )
}

fn finish(
    ground: &Ground<'_>,
    key: &Key,
    contact: &Contact,
    candidate: &Candidate,
    (found, tried, pattern): (Found, usize, f64),
    benign: Option<(&'static str, String)>,
    score: Score,
) -> Option<Finding> {
    let activity = &ground.activity;
    let count = candidate.checkins.times.len();
    let cited =
        (0..count.min(CITED)).chain(count.saturating_sub(CITED).max(CITED.min(count))..count);
    let evidence =
        Evidence::of(cited.filter_map(|n| Some(candidate.members(activity, n).next()?.packet)))?;
    let at = |n: usize| {
        let t = candidate.checkins.times.get(n).copied().unwrap_or(0.0);
        candidate.base.plus(seconds(t))
    };
    let (first, last) = (at(0), at(count.saturating_sub(1)));
    let event = candidate.members(activity, 0).next()?;
    let flow = ground
        .input
        .chains
        .get(event.flow.0 as usize)?
        .facts
        .flow(event.flow.1);
    let src = flow.map_or_else(
        || ground.env.host(contact.host)?.address(),
        |f| Some(f.client.0),
    )?;
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        contact.host,
        src,
        (first, last),
        evidence,
    );
    if let Some(f) = flow.filter(|_| !matches!(contact.peer, Peer::Lookup(_))) {
        (out.dst, out.dport) = (Some(f.server.0), Some(f.server.1));
    }
    let name = activity.name_of(*candidate.events.first()?);
    out.domain = match contact.peer {
        Peer::Site(id) | Peer::Lookup(id) => Some(activity.text(id).to_owned()),
        _ => name.map(str::to_owned),
    };
    let end = ground.input.span().map_or(last, |s| s.1);
    let mut rhythm = rhythm(candidate, last, end);
    // What went on otherwise did not stop, and what its first part gave as the next time says nothing of it.
    if candidate.after == 0 {
        rhythm.foretold = foretold(ground, candidate);
    }
    if let Some(told) = &rhythm.foretold {
        rhythm.says = format!("{}. {}", told.says, rhythm.says);
    }
    let every = span_words(rhythm.period);
    let whom = peer(ground, contact.peer);
    out.title = match contact.peer {
        Peer::Lookup(_) => format!("{src} looks up {whom} about every {every}"),
        Peer::Client(_) => format!("{src} checks in about every {every} as {whom}"),
        _ => format!("{src} contacts {whom} about every {every}"),
    };
    // That it repeats is one thing, that somebody should mind another.
    out.confidence = libm::sqrt(pattern * score.result);
    let brief = last.since(first) < BRIEF
        && ground
            .input
            .span()
            .is_some_and(|(a, b)| last.since(first).0 < b.since(a).0 / 10);
    let marked = |name: &str| score.terms.iter().any(|t| t.name == name && t.value >= 0.5);
    out.severity = if brief || benign.as_ref().is_some_and(|b| b.0 == "unattended device") {
        Severity::Low
    } else if benign.is_some() {
        Severity::Info
    } else if pattern < PATTERN || score.result < LOOK {
        Severity::Low
    } else if score.result >= NOW
        && (marked("no name") || marked("bad certificate") || marked("odd client"))
    {
        Severity::High
    } else {
        Severity::Medium
    };
    out.why = why(candidate, &found, &score, &rhythm, benign.as_ref());
    out.plots = plots(candidate, end);
    out.scores = vec![
        Score {
            name: "pattern",
            formula: "1 - 4 × chance × keys × parts, at most what so few gaps or cycles can be",
            result: pattern,
            terms: vec![
                Term::plain(
                    "chance",
                    found.p,
                    format!(
                        "how often {} drawn lists are as regular; a tail is fitted where none is",
                        found.drawn
                    ),
                ),
                Term::plain(
                    "keys",
                    tried as f64,
                    "contacts that look regular at a glance".to_owned(),
                ),
                Term::plain(
                    "parts",
                    candidate.choices as f64,
                    match candidate.choices {
                        1 => "all check-ins are judged".to_owned(),
                        _ => "the rhythm changed, and the most regular part is judged: so many there are to choose from".to_owned(),
                    },
                ),
                Term::plain("at most", found.most, found.limit.clone()),
            ],
        },
        score,
    ];
    out.rhythm = Some(rhythm);
    out.benign = benign;
    Some(out)
}

/// Class, peer by address or name, port.
type Explained = (&'static str, Option<IpAddr>, Option<String>, Option<u16>);

/// What is explained in the same way by the same peer is told once, with all its hosts.
fn rank(rows: &mut Vec<Finding>) {
    finding::order(rows);
    let mut told: BTreeMap<Explained, usize> = BTreeMap::new();
    let mut out: Vec<Finding> = Vec::new();
    for row in rows.drain(..) {
        let class = row.benign.as_ref().map(|b| b.0);
        let Some(class) = class.filter(|_| row.severity == Severity::Info) else {
            out.push(row);
            continue;
        };
        let by_name = row.domain.is_some();
        let key = (
            class,
            row.dst.filter(|_| !by_name),
            row.domain.clone(),
            row.dport,
        );
        match told.get(&key).and_then(|n| out.get_mut(*n)) {
            Some(first) => {
                let known = |h: &HostId| first.host == Some(*h) || first.others.contains(h);
                // By several keys of its own a host is one all the same.
                if let Some(host) = row.host.filter(|h| !known(h)) {
                    first.others.push(host);
                }
                first.first = first.first.min(row.first);
                first.last = first.last.max(row.last);
            }
            None => {
                told.insert(key, out.len());
                out.push(row);
            }
        }
    }
    for row in out.iter_mut().filter(|r| !r.others.is_empty()) {
        let others = row.others.len() as u64;
        row.title = format!(
            "{}, and so {} {}",
            row.title,
            if others == 1 { "does" } else { "do" },
            plural(others, "other host")
        );
    }
    *rows = out;
}

fn rhythm(candidate: &Candidate, last: Timestamp, end: Timestamp) -> Rhythm {
    let times = &candidate.checkins.times;
    let last_at = times.last().copied().unwrap_or(0.0);
    let end_at = last_at + end.since(last).0.max(0) as f64 / 1e9;
    let (mut forecast, missed): (Forecast, u64) = match &candidate.shape {
        Shape::Sleeper(s) => (forecast_sleeper(s, last_at, end_at), s.missed),
        Shape::Clock(c) => (forecast_clock(c, times, end_at), (c.cycles - c.hits) as u64),
    };
    let at = |s: f64| candidate.base.plus(seconds(s));
    let comes = (times.len() as f64 + 1.0) / (times.len() as f64 + missed as f64 + 2.0);
    let stopped = forecast.stopped(comes);
    let says = next_words(candidate, &forecast, comes);
    if stopped || candidate.after > 0 {
        forecast.next.clear();
    }
    Rhythm {
        period: seconds(candidate.shape.period()),
        seen: times.len() as u64,
        missed,
        next: forecast
            .next
            .iter()
            .map(|(lo, hi, level)| Expected {
                lo: at(*lo),
                hi: at(*hi),
                level: *level,
            })
            .collect(),
        tested: forecast.tested,
        says,
        foretold: None,
    }
}

/// Why there is no next time, or how often it comes at all.
fn next_words(candidate: &Candidate, forecast: &Forecast, comes: f64) -> String {
    if candidate.after > 0 {
        let more = plural(candidate.after as u64, "check-in");
        return format!(
            "no next time is given: the rhythm changed, and it went on otherwise, {more} more"
        );
    }
    let usual = format!(
        "it comes at all in {:.0} of 100 slots, by those seen and missed between others",
        comes * 100.0
    );
    let says = if forecast.stopped(comes) {
        format!(
            "no next time is given: {usual}, and so many empty ones in a row would be chance less than once in 20"
        )
    } else if let Some(level) = forecast.contradicted {
        let (held, made) = forecast.tested;
        format!(
            "no next time is given: of {} made inside the captures {held} held, where {:.0} of 100 should",
            plural(made, "interval"),
            level * 100.0
        )
    } else if forecast.next.is_empty() {
        "too few check-ins for an interval".to_owned()
    } else {
        usual
    };
    if forecast.passed == 0 {
        return says;
    }
    let passed = plural(forecast.passed, "slot");
    format!(
        "overdue: {passed} passed before the captures end; it stopped, the host was off, or the capture is blind. {says}"
    )
}

fn why(
    candidate: &Candidate,
    found: &Found,
    score: &Score,
    rhythm: &Rhythm,
    benign: Option<&(&'static str, String)>,
) -> String {
    let mut out = match &candidate.shape {
        Shape::Sleeper(s) => {
            let mut gaps = s.single.clone();
            gaps.sort_unstable_by(f64::total_cmp);
            let quarter = |k: usize| gaps.get(gaps.len() * k / 4).copied().unwrap_or(s.period);
            format!(
                "{} check-ins, about every {} (middle half {} to {}), {} missed",
                rhythm.seen,
                span_words(rhythm.period),
                span_words(seconds(quarter(1))),
                span_words(seconds(quarter(3))),
                s.missed
            )
        }
        Shape::Clock(c) => format!(
            "{} check-ins by the clock, every {} give or take {}, in {} of {} cycles",
            rhythm.seen,
            span_words(rhythm.period),
            span_words(seconds(c.spread)),
            c.hits,
            c.cycles
        ),
    };
    for (n, (_, period)) in candidate.parts.iter().enumerate() {
        let word = if n == 0 {
            "; it changed: every"
        } else {
            ", then every"
        };
        out.push_str(&format!("{word} {}", span_words(seconds(*period))));
    }
    if candidate.failed > 0 {
        out.push_str(&format!("; {} more were not answered", candidate.failed));
    }
    out.push_str(&format!(
        ". Chance does as well in {:.1e} of cases. ",
        found.p.max(1e-12)
    ));
    let mut strongest: Vec<&Term> = score.terms.iter().filter(|t| t.value >= 0.5).collect();
    strongest.sort_by(|a, b| {
        let of = |t: &Term| t.value * t.weight.unwrap_or(0.0);
        of(b).total_cmp(&of(a))
    });
    let says: Vec<&str> = strongest.iter().take(4).map(|t| t.says.as_str()).collect();
    if !says.is_empty() {
        out.push_str(&sentence(&says.join("; ")));
    }
    if let Some((class, by)) = benign {
        out.push_str(&format!(
            "It behaves like a harmless class, {class}: {by}. "
        ));
    }
    out.push_str(DETECTION.why);
    out
}

/// With a capital first letter, a full stop and a space.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(rest).chain(". ".chars()).collect()
}

/// Bars from the least to what all but one of twenty are below, which the last one takes in: where they begin, how wide
/// each is, how many are in each. Twice the root of their number, and no more than `most`.
fn histogram(mut of: Vec<f64>, most: usize) -> (f64, f64, Vec<u64>) {
    of.sort_unstable_by(f64::total_cmp);
    let n = of.len();
    let least = of.first().copied().unwrap_or(0.0);
    let high = of.get((n * 19 / 20).min(n.saturating_sub(1))).copied();
    let count = ((2.0 * libm::sqrt(n as f64)) as usize).clamp(1, most.max(1));
    // What is alike to a thousandth is one bar's.
    let width = ((high.unwrap_or(least) - least) / count as f64)
        .max(least / 1_000.0)
        .max(1e-3);
    let mut bars = vec![0_u64; count];
    for value in of {
        let place = (((value - least) / width) as usize).min(count - 1);
        if let Some(slot) = bars.get_mut(place) {
            *slot += 1;
        }
    }
    (least, width, bars)
}

/// Gaps and hours, and slots with and without a check-in.
fn plots(candidate: &Candidate, end: Timestamp) -> Vec<Plot> {
    const BARS: usize = 24;
    let period = candidate.shape.period();
    let (least, width, gaps) = histogram(candidate.checkins.gaps(), BARS);
    let mut hours = vec![0_u64; 24];
    let times = &candidate.checkins.times;
    for t in times {
        let hour = candidate
            .base
            .plus(seconds(*t))
            .0
            .div_euclid(3_600_000_000_000)
            .rem_euclid(24);
        if let Some(slot) = usize::try_from(hour).ok().and_then(|h| hours.get_mut(h)) {
            *slot += 1;
        }
    }
    let until = end.since(candidate.base).0 as f64 / 1e9;
    let slots = ((until / period) as usize + 1).min(200);
    let mut seen = vec![0_u64; slots];
    for t in times {
        let place = libm::round(t / period) as usize;
        if let Some(slot) = seen.get_mut(place) {
            *slot += 1;
        }
    }
    let bars = |list: Vec<u64>, from: f64, step: f64| {
        let all = list.into_iter().enumerate();
        all.map(|(n, count)| (from + n as f64 * step, count))
            .collect()
    };
    vec![
        Plot {
            title: "Gaps between check-ins",
            unit: "seconds",
            bars: bars(gaps, least, width),
        },
        Plot {
            title: "Check-ins by hour of the day (UTC)",
            unit: "hour",
            bars: bars(hours, 0.0, 1.0),
        },
        Plot {
            title: "Slots with and without a check-in",
            unit: "slot",
            bars: bars(seen, 0.0, 1.0),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::rhythm::Random;
    use crate::tape::{End, Tape};

    const HOUR: i64 = 3600;
    const PERSON: [u8; 4] = [10, 0, 0, 7];
    const FAR: End = ([203, 0, 113, 9], 8443);

    /// Connections of colleagues and of the person at the host, day after day from nine to five, in order of time
    /// with `more` (seconds, who, whom).
    fn office(days: i64, more: Vec<(f64, [u8; 4], End)>) -> Tape {
        let mut random = Random::new(4);
        let mut all = more;
        for day in 0..days {
            for host in [7_u8, 8, 9, 10, 11] {
                for _ in 0..60 {
                    let at = (day * 24 + 9) as f64 * 3600.0 + random.unit() * 8.0 * 3600.0;
                    let site = ([198, 51, 100, 1 + random.below(30) as u8], 443);
                    for k in 0..3 {
                        all.push((at + f64::from(k), [10, 0, 0, host], site));
                    }
                }
            }
            all.push((
                (day * 24) as f64 * 3600.0,
                [10, 0, 0, 8],
                ([198, 51, 100, 1], 443),
            ));
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        for (n, (at, who, whom)) in all.iter().enumerate() {
            tape.now = Timestamp::from_parts(86_400 * 20_000, 0).plus(seconds(*at));
            let port = 30_000 + u16::try_from(n % 30_000).unwrap_or(0);
            tape.talk((*who, port), *whom, b"what is there to do?", b"nothing");
        }
        tape
    }

    /// Times of a sleeper: from, every so many seconds, how far off as a share, how many.
    fn sleeper(from: f64, every: f64, off: f64, n: u32) -> Vec<f64> {
        let mut random = Random::new(9);
        let mut at = from;
        (0..n)
            .map(|_| {
                at += every * (1.0 + off * (2.0 * random.unit() - 1.0));
                at
            })
            .collect()
    }

    fn to(whom: End, times: Vec<f64>) -> Vec<(f64, [u8; 4], End)> {
        times.into_iter().map(|t| (t, PERSON, whom)).collect()
    }

    fn alarms(tape: &Tape) -> Vec<Finding> {
        let all = found(tape, &DETECTION);
        all.into_iter()
            .filter(|f| f.severity >= Severity::Medium && f.confidence >= 0.5)
            .collect()
    }

    #[test]
    fn every_six_hours_for_two_days() {
        let times = sleeper(1_000.0, 6.0 * 3600.0, 0.05, 8);
        let all = alarms(&office(3, to(FAR, times.iter().copied().take(7).collect())));
        let one = all.first().expect("the slow one");
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((one.dst, one.dport), (Some(FAR.0.into()), Some(FAR.1)));
        let rhythm = one.rhythm.as_ref().expect("a rhythm");
        assert!(
            (rhythm.period.0 / 1_000_000_000 - 6 * HOUR).abs() < 900,
            "{rhythm:?}"
        );
        assert_eq!(one.evidence.packets().count(), 7);
        assert_eq!(one.scores.len(), 2);
    }

    #[test]
    fn six_gaps_alarm_and_five_do_not() {
        for (n, loud) in [(6, false), (7, true)] {
            let all = alarms(&office(2, to(FAR, sleeper(500.0, 4.0 * 3600.0, 0.1, n))));
            assert_eq!(!all.is_empty(), loud, "{n} check-ins: {all:?}");
        }
    }

    #[test]
    fn daily_by_the_clock() {
        let times =
            (0..6).map(|d| f64::from(d) * 86_400.0 + 3.0 * 3600.0 + f64::from(d % 3) * 20.0);
        let all = alarms(&office(6, to(FAR, times.collect())));
        let one = all.first().expect("the daily one");
        assert_eq!(
            one.rhythm.as_ref().map(|r| r.period),
            Some(Duration::seconds(24 * HOUR))
        );
        assert!(one.why.contains("by the clock"), "{}", one.why);
    }

    #[test]
    fn what_comes_at_random_is_none() {
        let mut random = Random::new(17);
        let mut at = 0.0;
        let times: Vec<f64> = (0..100)
            .map(|_| {
                at -= 1_500.0 * libm::log(1.0 - random.unit());
                at
            })
            .collect();
        assert_eq!(alarms(&office(2, to(FAR, times))), []);
    }

    #[test]
    fn what_most_use_is_explained() {
        let mut all = Vec::new();
        for host in 7..=11_u8 {
            for t in sleeper(f64::from(host) * 50.0, 900.0, 0.02, 150) {
                all.push((t, [10, 0, 0, host], FAR));
            }
        }
        let found = found(&office(2, all), &DETECTION);
        let one = found.first().expect("told");
        assert_eq!(one.others.len(), 4, "{found:?}");
        assert!(
            one.title.ends_with("and so do 4 other hosts"),
            "{}",
            one.title
        );
        let mut alike = vec![one.clone(), one.clone(), one.clone()];
        for row in &mut alike {
            (row.others, row.title) = (Vec::new(), "it".to_owned());
        }
        alike[2].host = one.others.first().copied();
        alike.push(alike[2].clone());
        rank(&mut alike);
        let told: Vec<_> = alike
            .iter()
            .map(|f| (f.title.as_str(), f.others.len()))
            .collect();
        assert_eq!(told, [("it, and so does 1 other host", 1)]);
        assert!(
            found.iter().all(|f| f.severity == Severity::Info),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .all(|f| f.benign.as_ref().is_some_and(|b| b.0 == "used by most"))
        );
    }

    /// Nobody sits at a camera: what it asks all the time is listed, and does not alarm.
    #[test]
    fn a_device_is_no_alarm() {
        let camera = [10, 0, 0, 99];
        let times = sleeper(0.0, 300.0, 0.05, 570);
        let all = times.into_iter().map(|t| (t, camera, FAR)).collect();
        let found = found(&office(2, all), &DETECTION);
        let one = found
            .iter()
            .find(|f| f.src == Some(camera.into()))
            .expect("listed");
        assert_eq!(one.severity, Severity::Low);
    }

    #[test]
    fn a_change_of_pace_is_told() {
        let mut times = sleeper(0.0, 60.0, 0.1, 200);
        let from = times.last().copied().unwrap_or(0.0);
        times.extend(sleeper(from, 900.0, 0.1, 100));
        let all = alarms(&office(2, to(FAR, times)));
        let one = all.first().expect("found");
        assert!(
            one.why
                .contains("it changed: every 59 s, then every 15 min"),
            "{}",
            one.why
        );
        let says = one.rhythm.as_ref().map_or("", |r| r.says.as_str());
        assert!(
            says.starts_with("overdue"),
            "the last part is what stopped: {says}"
        );
    }

    #[test]
    fn what_went_on_otherwise_did_not_stop() {
        let mut times = sleeper(0.0, 60.0, 0.02, 120);
        let from = times.last().copied().unwrap_or(0.0);
        let mut random = Random::new(8);
        let mut at = from;
        times.extend((0..100).map(|_| {
            at -= 700.0 * libm::log(1.0 - random.unit());
            at
        }));
        let found = found(&office(2, to(FAR, times)), &DETECTION);
        let one = found.iter().find(|f| f.dst == Some(FAR.0.into()));
        let rhythm = one.and_then(|f| f.rhythm.as_ref()).expect("a rhythm");
        assert!(
            (rhythm.period.0 / 1_000_000_000 - 60).abs() < 3,
            "{rhythm:?}"
        );
        assert_eq!(rhythm.next, []);
        assert!(
            rhythm.says.contains("it went on otherwise") && !rhythm.says.contains("overdue"),
            "{}",
            rhythm.says
        );
    }

    #[test]
    fn what_stopped_has_no_next_time_and_what_is_late_keeps_its_own() {
        // The captures go on for hours, and for two slots.
        for (n, gone) in [(200, true), (566, false)] {
            let camera = [10, 0, 0, 99];
            let all = sleeper(0.0, 300.0, 0.02, n).into_iter();
            let tape = office(2, all.map(|t| (t, camera, FAR)).collect());
            let found = found(&tape, &DETECTION);
            let one = found.iter().find(|f| f.src == Some(camera.into()));
            let rhythm = one.and_then(|f| f.rhythm.as_ref()).expect("a rhythm");
            assert_eq!(rhythm.next.is_empty(), gone, "{n}: {rhythm:?}");
            assert_eq!(
                rhythm.says.contains("no next time is given"),
                gone,
                "{}",
                rhythm.says
            );
        }
    }

    #[test]
    fn bars_fit_what_they_count() {
        let gaps: Vec<f64> = (0..9).map(|n| 20_880.0 + f64::from(n) * 135.0).collect();
        let (least, width, bars) = histogram(gaps, 24);
        assert_eq!((least, bars.len()), (20_880.0, 6));
        assert!((least + width * 6.0 - 21_960.0).abs() < 1.0, "{width}");
        assert_eq!(bars.iter().sum::<u64>(), 9);
        assert!(bars.iter().all(|n| *n > 0), "{bars:?}");
        assert_eq!(histogram(vec![60.0; 8], 24).2, [8, 0, 0, 0, 0]);
        assert_eq!(histogram(Vec::new(), 24).2, [0]);
    }
}
