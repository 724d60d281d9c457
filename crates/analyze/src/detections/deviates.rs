//! What the detections against a baseline share: keys, evidence and numbers of a deviation. Finds nothing itself.

use super::finding::{Evidence, Finding};
use super::score::{Score, Term};
use super::{Detection, Ground, Key};
use crate::answers::{plural, shown};
use crate::baseline::{Deviation, Deviations};
use crate::environment::HostId;
use std::net::IpAddr;
use weir_model::baseline::{Baseline, Kind};

/// New things of a kind, one by one.
pub(super) fn new_keys(ground: &Ground<'_>, kind: Kind) -> Vec<Key> {
    let all = ground.deviations().map(|d| &d.new);
    let rows = all.into_iter().flatten().enumerate();
    rows.filter(|(_, d)| d.kind == kind)
        .map(|(n, d)| Key {
            subject: d.key.clone(),
            rows: vec![(n, 0)],
        })
        .collect()
}

/// The new thing of a key.
pub(super) fn new_of<'a>(ground: &'a Ground<'_>, key: &Key) -> Option<&'a Deviation> {
    ground.deviations()?.new.get(key.rows.first()?.0)
}

/// The host of a baseline's key.
pub(super) fn host(ground: &Ground<'_>, key: &str) -> Option<HostId> {
    ground.current()?.hosts.get(key).copied()
}

/// Its address, as one writes it in a title.
pub(super) fn address(ground: &Ground<'_>, id: HostId) -> Option<IpAddr> {
    ground.env.host(id)?.address()
}

/// Before, in words: of less than a day it is said how little.
pub(super) fn before(ground: &Ground<'_>) -> String {
    match ground.deviations().map(|d| d.hours.0) {
        Some(hours) if hours < Baseline::DAY => format!("in the {hours} hours before"),
        _ => "before".to_owned(),
    }
}

/// A finding of a deviation that shows, with its numbers.
pub(super) fn finding(
    ground: &Ground<'_>,
    detection: &'static Detection,
    key: &Key,
    about: HostId,
    d: &Deviation,
) -> Option<Finding> {
    let evidence = Evidence::of(d.shown.iter().map(|s| s.packet))?;
    let first = d.shown.iter().map(|s| s.time).min()?;
    let last = d.shown.iter().map(|s| s.ended).max()?;
    let src = address(ground, about)?;
    let mut out = Finding::new(
        ground,
        detection,
        &key.subject,
        about,
        src,
        (first, last),
        evidence,
    );
    out.confidence = (1.0 - d.p).clamp(0.0, 0.99);
    let all = ground.deviations()?;
    out.scores = vec![score(all, d)];
    out.why = format!(
        "Seen {} in {} of {} hours, not once in the {} hours of the baseline. {}",
        plural(d.now.times, "time"),
        d.now.hours,
        all.hours.1,
        all.hours.0,
        detection.why
    );
    if let Some(n) = all.untold.get(&d.kind) {
        out.why.push_str(&format!(
            " ({n} more of the kind are new and are not told: so much is new by chance.)"
        ));
    }
    Some(out)
}

fn score(all: &Deviations, d: &Deviation) -> Score {
    Score {
        name: "chance",
        formula: "(hours now / (hours then + hours now)) ^ occasions, at hours of the day that both cover; what comes within a minute is one occasion",
        result: d.p,
        terms: vec![
            Term::plain(
                "hours then",
                d.exposed.0,
                "hours of the baseline, or of this host in it, at hours of the day that both cover"
                    .to_owned(),
            ),
            Term::plain(
                "hours now",
                d.exposed.1,
                "hours of these captures, or of this host in them, at hours of the day that both cover"
                    .to_owned(),
            ),
            Term::plain(
                "q",
                d.q,
                "share of chance among what is told of its kind down to this one".to_owned(),
            ),
            Term::plain(
                "occasions",
                d.occasions,
                format!(
                    "different minutes; both cover {} of the day",
                    crate::answers::plural(u64::from(all.shared.count_ones()), "hour")
                ),
            ),
        ],
    }
}

/// Part `n` of a key, made harmless.
pub(super) fn part(d: &Deviation, n: usize) -> String {
    shown(d.key.split('|').nth(n).unwrap_or_default()).to_string()
}

/// A finding about a client that says of itself what nobody here said before: an agent, a fingerprint.
pub(super) fn client(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
    what: &str,
) -> Option<Finding> {
    let d = new_of(ground, key)?;
    let first = d.shown.first()?;
    let id = ground.env.having(first.client?).next()?;
    let mut out = finding(ground, detection, key, id, d)?;
    (out.dst, out.dport) = (first.server.map(|s| s.0), first.server.map(|s| s.1));
    out.title = format!(
        "{} uses the {what} \u{201c}{}\u{201d}, which nobody here did {}",
        out.src?,
        crate::answers::shown(&d.key),
        before(ground)
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::{Against, run};
    use super::*;
    use crate::activity::Activity;
    use crate::baseline::{Part, current};
    use crate::environment::Environment;
    use crate::input::Input;
    use crate::tape::Tape;
    use weir_model::baseline::Baseline;
    use weir_model::{Duration, Timestamp};

    const HOUR: i64 = 3600;

    /// Two hosts that use a server of the network and a site each hour; `more` adds what is new.
    fn days(hours: i64, more: impl Fn(&mut Tape, i64)) -> Tape {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        for n in 0..hours {
            for host in [7, 8, 9] {
                tape.now = Timestamp::from_parts(86_400 * 20_000 + n * HOUR + i64::from(host), 0);
                let port = 20_000 + u16::try_from(n).unwrap();
                tape.talk(
                    ([10, 0, 0, host], port),
                    ([10, 0, 0, 3], 445),
                    b"file?",
                    b"file!",
                );
                tape.talk(
                    ([10, 0, 0, host], port),
                    ([198, 51, 100, 4], 80),
                    b"page?",
                    b"page!",
                );
            }
            more(&mut tape, n);
        }
        tape
    }

    fn baseline(tape: &Tape) -> Baseline {
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let activity = Activity::new(&input, &env);
        current(&input, &env, &activity, &Part::default()).document
    }

    fn told(then: &Tape, now: &Tape) -> Vec<(&'static str, String)> {
        let baseline = baseline(then);
        let dissector = now.load();
        let input = Input::of(dissector.facts(), vec![now.span()]);
        let env = Environment::new(&input);
        let against = Against {
            baseline: &baseline,
            now: &Part::default(),
        };
        let found = run(Ground::new(&input, &env, None).against(Some(against)));
        let rows = found.rows.into_iter();
        rows.filter(|f| f.detection.starts_with("baseline."))
            .map(|f| (f.detection, f.title))
            .collect()
    }

    #[test]
    fn the_same_again_is_silent() {
        assert_eq!(told(&days(72, |_, _| ()), &days(24, |_, _| ())), []);
    }

    #[test]
    fn what_is_new_is_told_by_kind() {
        let now = days(24, |tape, n| {
            if n % 3 == 0 {
                let port = 30_000 + u16::try_from(n).unwrap();
                tape.talk(
                    ([10, 0, 0, 7], port),
                    ([10, 0, 0, 8], 445),
                    b"open",
                    b"here",
                );
                tape.talk(
                    ([10, 0, 0, 7], port),
                    ([203, 0, 113, 5], 8443),
                    b"mine",
                    b"more",
                );
                tape.talk(
                    ([10, 0, 0, 66], port),
                    ([198, 51, 100, 4], 80),
                    b"page?",
                    b"page!",
                );
            }
        });
        let all = told(&days(72, |_, _| ()), &now);
        let text: Vec<String> = all
            .iter()
            .map(|(id, title)| format!("{id}: {title}"))
            .collect();
        for expected in [
            "baseline.new_host: 10.0.0.66 was not there before",
            "baseline.new_internal_pair: 10.0.0.7 talks to 10.0.0.8 on tcp/445, as it did not before",
            "baseline.new_service: 10.0.0.8 answers on tcp/445, as it did not before",
            "baseline.new_destination: 10.0.0.7 contacts 203.0.113.5, which nobody here did before",
        ] {
            assert!(text.iter().any(|t| t == expected), "{expected}\n{text:#?}");
        }
        assert_eq!(text.len(), 4, "{text:#?}");
    }

    #[test]
    fn what_is_gone_and_what_is_more() {
        let then = days(72, |tape, n| {
            let port = 40_000 + u16::try_from(n).unwrap();
            tape.talk(([10, 0, 0, 8], port), ([10, 0, 0, 3], 25), b"mail", b"sent");
        });
        let now = days(24, |tape, n| {
            let port = 50_000 + u16::try_from(n).unwrap();
            tape.talk(
                ([10, 0, 0, 9], port),
                ([198, 51, 100, 4], 80),
                &[7; 900],
                b"thanks",
            );
        });
        let all = told(&then, &now);
        let ids: Vec<&str> = all.iter().map(|a| a.0).collect();
        assert!(ids.contains(&"baseline.service_gone"), "{all:?}");
        assert!(ids.contains(&"baseline.volume_spike"), "{all:?}");
        assert_eq!(ids.len(), 2, "{all:?}");
    }
}
