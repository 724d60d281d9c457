//! Many uploads of about one size to one place: a large thing cut into pieces that nobody notices.

use super::exfil_upload::size;
use super::finding::{Finding, Severity, rank};
use super::gather::{begin, real};
use super::score::{Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::activity::{Event, Peer};
use crate::answers::shown;
use weir_model::{PacketRef, Timestamp};

/// Uploads.
const UPLOADS: usize = 10;
/// Bytes of all of them.
const LEAST: u64 = 500_000;
/// Bytes of one above which it is an upload of its own.
const SMALL: u64 = 1 << 20;
/// (out - in) / (out + in) of all.
const PUSHED: f64 = 0.8;
/// Standard deviation to mean of their sizes.
const SAME: f64 = 0.3;
/// Nanoseconds between two, all of them so far apart: a nightly job.
const NIGHTLY: i64 = 20 * 3_600_000_000_000;
/// Hosts that use the same place from which on it is everybody's.
const EVERYBODY: u32 = 3;
/// Found.
const LIKELY: f64 = 0.6;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "exfil.drip",
    title: "Many small uploads of one size to one place",
    why: "Pieces of one size are what remains of a large file that somebody did not want to be seen leaving.",
    how: "Per host and place outside, over everything captured: at least ten connections that send more than they fetch, together 500 kB or more, (out - in) / (out + in) at least .8, sizes whose standard deviation is below .3 of their mean, and no three hosts that use the place.",
    innocent: "A camera or measuring device that reports pictures of one size; a program that sends its diagnosis in parts; a nightly copy, which is told by coming once a day and is a note.",
    settle: "See on the host which program sends and what it reads; ask who owns the place.",
    techniques: &["T1030", "T1041"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

fn uploads<'a>(ground: &'a Ground<'_>, n: usize) -> Vec<&'a Event> {
    let contact = ground.activity.contacts().get(n);
    let events = contact.into_iter().flat_map(|c| ground.activity.events(c));
    events.filter(|e| e.sent > e.received).collect()
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out = Vec::new();
    for (n, c) in ground.activity.contacts().iter().enumerate() {
        let Peer::Address(ip, port, _) = c.peer else {
            continue;
        };
        if !weir_model::is_internal(ip) && !matches!(port, 53 | 123) && c.events.len() >= UPLOADS {
            out.push(Key {
                subject: n.to_string(),
                rows: vec![(0, n)],
            });
        }
    }
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let n = key.rows.first()?.1;
    let c = ground.activity.contacts().get(n)?;
    let Peer::Address(ip, port, _) = c.peer else {
        return None;
    };
    let all = uploads(ground, n);
    let sent: u64 = all.iter().map(|e| u64::from(e.sent)).sum();
    let back: u64 = all.iter().map(|e| u64::from(e.received)).sum();
    let count = real(all.len());
    let sizes = || all.iter().map(|e| f64::from(e.sent));
    let mean = sizes().sum::<f64>() / count.max(1.0);
    let variance = sizes().map(|s| (s - mean) * (s - mean)).sum::<f64>() / count.max(1.0);
    let spread = libm::sqrt(variance) / mean.max(1.0);
    let (out_, in_) = (
        sizes().sum::<f64>(),
        all.iter().map(|e| f64::from(e.received)).sum::<f64>(),
    );
    let push = (out_ - in_) / (out_ + in_).max(1.0);
    let small = all.iter().all(|e| u64::from(e.sent) < SMALL);
    if all.len() < UPLOADS
        || sent < LEAST
        || push < PUSHED
        || spread >= SAME
        || !small
        || ground.activity.users(c.peer) >= EVERYBODY
    {
        return None;
    }
    let src = ground.env.host(c.host)?.address()?;
    let chain = all.first()?.flow.0 as usize;
    let who = super::finding::who(ground.env.host(c.host), src);
    let packets: Vec<(PacketRef, Timestamp)> = all.iter().map(|e| (e.packet, e.time)).collect();
    let mut out = begin(
        ground,
        &DETECTION,
        &format!("{who}|{ip}|{port}"),
        (chain, src),
        &packets,
    )?;
    out.host = Some(c.host);
    (out.dst, out.dport) = (Some(ip), Some(port));
    let place = ground
        .activity
        .name_of(*c.events.first()?)
        .map_or_else(|| ip.to_string(), str::to_owned);
    out.domain = Some(place.clone()).filter(|p| p.parse::<std::net::IpAddr>().is_err());
    out.confidence = LIKELY;
    let mut times: Vec<Timestamp> = all.iter().map(|e| e.time).collect();
    times.sort_unstable();
    if times
        .windows(2)
        .all(|w| matches!(w, [a, b] if b.since(*a).0 >= NIGHTLY))
    {
        out.severity = Severity::Low;
        out.benign = Some((
            "nightly job",
            "at most once a day, about as much each time".to_owned(),
        ));
    }
    out.title = format!(
        "{src} sent {} to {} in {} pieces",
        size(sent),
        shown(&place),
        all.len()
    );
    out.why = format!(
        "{} of about {mean:.0} bytes each, {} came back. {}",
        all.len(),
        size(back),
        DETECTION.why
    );
    out.scores.push(Score {
        name: "spread",
        formula: "standard deviation / mean of the bytes sent each time",
        result: spread,
        terms: vec![
            Term::plain("uploads", count, format!("{} uploads", all.len())),
            Term::plain("mean", mean, format!("{mean:.0} bytes")),
            Term::plain("pushed", push, "(out - in) / (out + in)".to_owned()),
        ],
    });
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::push;
    use super::*;
    use crate::tape::Tape;

    fn dripped(uploads: u16, bytes: impl Fn(u16) -> usize, back: usize, hosts: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        for h in 0..hosts {
            for n in 0..uploads {
                push(
                    &mut tape,
                    ([10, 0, 0, 7 + h], 40_000 + n),
                    ([198, 51, 100, 9], 443),
                    bytes(n),
                    back,
                );
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn count_and_sum() {
        for (uploads, bytes, n) in [
            (9, 60_000, 0),
            (10, 50_000, 1),
            (11, 50_000, 1),
            (10, 49_999, 0),
        ] {
            assert_eq!(
                dripped(uploads, |_| bytes, 100, 1).len(),
                n,
                "{uploads} of {bytes}"
            );
        }
    }

    #[test]
    fn of_one_size_and_pushed() {
        // Two sizes a half apart on each side of the mean: spread .29 and .31.
        for (part, n) in [(29, 1), (31, 0)] {
            let bytes = |n: u16| 60_000 + 600 * part * usize::from(n % 2) * 2 - 600 * part;
            assert_eq!(dripped(12, bytes, 100, 1).len(), n, "{part}");
        }
        // (9 - 1) / (9 + 1) = .8
        for (back, n) in [(6_000, 1), (6_700, 0)] {
            assert_eq!(dripped(12, |_| 60_000, back, 1).len(), n, "{back}");
        }
    }

    #[test]
    fn once_a_day_is_a_job() {
        for (hours, severity) in [(24, Severity::Low), (6, Severity::Medium)] {
            let mut tape = Tape::default();
            for n in 0..10 {
                push(
                    &mut tape,
                    ([10, 0, 0, 7], 40_000 + n),
                    ([198, 51, 100, 9], 443),
                    60_000,
                    100,
                );
                tape.now = tape.now.plus(weir_model::Duration::seconds(hours * 3_600));
            }
            let found = found(&tape, &DETECTION);
            assert_eq!(found.first().map(|f| f.severity), Some(severity), "{hours}");
        }
    }

    #[test]
    fn everybody_reports_there() {
        assert_eq!(dripped(12, |_| 60_000, 100, 2).len(), 2);
        assert_eq!(dripped(12, |_| 60_000, 100, 3).len(), 0);
    }
}
