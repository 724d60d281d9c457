//! A host that sends far more by the hour than it did.

use super::finding::{Evidence, Finding, Severity, rank};
use super::score::{Plot, Score, Term};
use super::{Detection, Ground, Key, Need, deviates};
use crate::activity::Peer;
use crate::baseline::SIXTHS;
use weir_model::Timestamp;

/// Busiest hours of which connections are cited.
const HOURS: usize = 3;
/// Nanoseconds of a sixth of an hour.
const SIXTH: i64 = 3_600_000_000_000 / SIXTHS;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.volume_spike",
    title: "A host sends far more than it did",
    why: "Data that leaves shows as bytes before it shows as anything else.",
    how: "Payload bytes a host sends by the hour, in hours in which it sends any, at hours of the day that both cover, on a logarithmic scale. At least four times the baseline's usual hour: as its usual hour now (Welch), or as its busiest one, from any ten minutes on, of a megabyte and more, given how many hours there are now; the stronger of both, where chance does not explain it (Benjamini-Hochberg at 5 of 100). At least four such hours in the baseline.",
    innocent: "A backup, an upload somebody meant, a new way to work.",
    settle: "See to whom the busiest hours went, and ask the host's user.",
    techniques: &["T1041", "T1048"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = ground.deviations().map(|d| &d.more);
    let rows = all.into_iter().flatten().enumerate();
    rows.map(|(n, m)| Key {
        subject: m.key.clone(),
        rows: vec![(n, 0)],
    })
    .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let more = ground.deviations()?.more.get(key.rows.first()?.0)?;
    let current = ground.current()?;
    let id = deviates::host(ground, &more.key)?;
    let by_hour = current.hourly(&more.key);
    // By sixths of an hour: the one that is told, or those of the clock in which most went.
    let busiest: Vec<(i64, i64)> = match more.busiest {
        Some(_) => {
            let shared = ground.deviations()?.shared;
            let (from, _) = current.busiest(&more.key, shared)?;
            vec![(from, from + SIXTHS)]
        }
        None => {
            let mut hours: Vec<(i64, u64)> = by_hour.iter().map(|(h, n)| (*h, *n)).collect();
            hours.sort_by_key(|(h, n)| (std::cmp::Reverse(*n), *h));
            hours.truncate(HOURS);
            hours
                .iter()
                .map(|(h, _)| (h * SIXTHS, (h + 1) * SIXTHS))
                .collect()
        }
    };
    let activity = &ground.activity;
    let part = ground.earlier()?.now;
    let mut events: Vec<_> = activity
        .contacts()
        .iter()
        .filter(|c| c.host == id && matches!(c.peer, Peer::Address(..)))
        .flat_map(|c| activity.events(c))
        .filter(|e| part.holds(e.time, e.packet))
        .filter(|e| {
            let sixth = e.time.0.div_euclid(SIXTH);
            busiest.iter().any(|(a, b)| (*a..*b).contains(&sixth))
        })
        .collect();
    events.sort_by_key(|e| (std::cmp::Reverse(e.sent), e.packet));
    let evidence = Evidence::of(events.iter().map(|e| e.packet))?;
    let from = busiest.iter().map(|b| b.0).min()?;
    let to = busiest.iter().map(|b| b.1).max()?;
    let span = (Timestamp(from * SIXTH), Timestamp(to * SIXTH));
    let src = deviates::address(ground, id)?;
    let mut out = Finding::new(ground, &DETECTION, &key.subject, id, src, span, evidence);
    out.confidence = (1.0 - more.p).clamp(0.0, 0.99);
    let ratio = more.ratio();
    out.title = match more.busiest {
        Some(bytes) => {
            format!("{src} sent {bytes:.0} bytes in one hour, {ratio:.0} times its usual hour")
        }
        None => format!("{src} sends {ratio:.0} times what it did"),
    };
    out.why = format!(
        "A usual hour has {:.0} bytes sent, {:.0} in the baseline. {}",
        more.usual.1, more.usual.0, DETECTION.why
    );
    let biggest = events.first().and_then(|e| {
        let facts = ground.input.chains.get(e.flow.0 as usize)?.facts;
        Some(facts.flow(e.flow.1)?.server)
    });
    (out.dst, out.dport) = (biggest.map(|b| b.0), biggest.map(|b| b.1));
    out.scores = vec![Score {
        name: "chance",
        formula: if more.busiest.is_some() {
            "2 * (1 - (1 - normal tail of (log(1 + busiest) - mean) / (spread * sqrt(1 + 1 / hours then))) ^ (2 * hours now))"
        } else {
            "2 * two-sided normal tail of the difference of mean log(1 + bytes) over its standard error"
        },
        result: more.p,
        terms: vec![
            Term::plain(
                "usual then",
                more.usual.0,
                format!("bytes an hour, of {} hours", more.hours.0),
            ),
            Term::plain(
                "q",
                more.q,
                "share of chance among what is told down to this one".to_owned(),
            ),
            Term::plain(
                "usual now",
                more.usual.1,
                format!("bytes an hour, of {} hours", more.hours.1),
            ),
        ],
    }];
    let start = by_hour.keys().next().copied().unwrap_or(0);
    let bars = by_hour
        .iter()
        .map(|(h, n)| ((h - start) as f64, *n))
        .take(1_000);
    out.plots = vec![Plot {
        title: "Bytes sent by hour",
        unit: "hours",
        bars: bars.collect(),
    }];
    Some(out)
}
