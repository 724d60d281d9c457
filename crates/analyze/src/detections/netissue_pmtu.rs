//! A sender that is told that its packets are too big, and goes on: what it sends never arrives.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::need::span_words;
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::icmp::Failure;
use weir_model::Duration;

/// Packets under way when it is told arrive within this time; later ones ignore what was said.
const UNDER_WAY: Duration = Duration(1_000_000_000);
/// Later ones that make it a fault.
const IGNORED: usize = 2;
/// Confidence.
const SURE: f64 = 0.85;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.pmtu",
    title: "Packets are too big for their way, and their sender does not learn it",
    why: "Small things work and big ones hang: connections come up, transfers never end.",
    how: "ICMP reports that a packet was too big (type 3 code 4, version 6 type 2), to one sender about one receiver, more than 1 s after the first of them: at least 2. Whoever hears the first one sends smaller packets from then on.",
    innocent: "A sender of datagrams that probes how much fits. Several senders behind one address.",
    settle: "See whether the reports reach the sender: a firewall on the way that drops ICMP is the usual cause.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Also("icmp")],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Failure> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Failure>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<(IpAddr, IpAddr), Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.messages.all::<Failure>().iter().enumerate() {
            if f.reason == "packet too big" {
                all.entry((f.src, f.dst)).or_default().push((chain, n));
            }
        }
    }
    all.into_iter()
        .filter(|(_, rows)| rows.len() > IGNORED)
        .map(|((src, dst), rows)| Key {
            subject: format!("{src}|{dst}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Failure> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    all.sort_by_key(|f| (f.meta.time, f.meta.first));
    let first = *all.first()?;
    let late: Vec<&Failure> = all
        .iter()
        .copied()
        .filter(|f| f.meta.time.since(first.meta.time) > UNDER_WAY)
        .collect();
    if late.len() < IGNORED {
        return None;
    }
    let last = late.last()?;
    let span = (first.meta.time, last.meta.time);
    let told = std::iter::once(first).chain(late.iter().copied());
    let evidence = Evidence::of(told.map(|f| f.meta.first))?;
    let chain = key.rows.first()?.0;
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, first.src, span.0),
        span,
        evidence,
    )?;
    out.dst = Some(first.dst);
    out.confidence = SURE;
    let host = out.host.and_then(|id| ground.env.host(id));
    let by: BTreeSet<String> = all.iter().map(|f| f.from.to_string()).collect();
    let by: Vec<String> = by.into_iter().take(4).collect();
    let biggest = late.iter().map(|f| f.len).max()?;
    let fits = all.iter().filter_map(|f| f.mtu).min();
    let fits = fits.map_or("does not say what fits".to_owned(), |m| {
        format!("says that {m} bytes fit")
    });
    out.title = format!(
        "{} sends {} packets of {biggest} bytes that are too big for their way",
        first.src, first.dst
    );
    out.why = format!(
        "{} {fits}; {} after the first of {} {} still sends {biggest} bytes. {}",
        by.join(", "),
        span_words(last.meta.time.since(first.meta.time)),
        plural(all.len() as u64, "report"),
        who(host, first.src),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Reports at these times, in milliseconds.
    fn told(times: &[i64]) -> Vec<Finding> {
        let mut tape = Tape::default();
        let (a, b) = (([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 443));
        let from = tape.now;
        tape.udp(a, ([10, 0, 0, 8], 9), b"I am here");
        for time in times {
            tape.now = from.plus(Duration((1000 + time) * 1_000_000));
            let quote = Tape::quote(a, b, 6, 1500);
            tape.icmp(([10, 0, 0, 1], a.0), (3, 4), [0, 0, 5, 120], &quote);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_reports_after_a_second() {
        for (times, n) in [
            (&[0, 1, 2, 1000][..], 0),
            (&[0, 1, 1001], 0),
            (&[0, 1001, 1002], 1),
            (&[0, 3000, 9000, 27_000], 1),
        ] {
            assert_eq!(told(times).len(), n, "{times:?}");
        }
        let one = told(&[0, 3000, 9000]).remove(0);
        assert_eq!(
            one.title,
            "10.0.0.7 sends 198.51.100.9 packets of 1500 bytes that are too big for their way"
        );
        assert!(
            one.why
                .starts_with("10.0.0.1 says that 1400 bytes fit; 9 s after the first of 3 reports"),
            "{}",
            one.why
        );
        assert_eq!(one.evidence.packets().count(), 3);
    }
}
