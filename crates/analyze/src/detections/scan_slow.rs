//! First contacts that mostly fail, however slowly: the sequential test of Jung, Paxson, Berger and Balakrishnan
//! (Fast Portscan Detection Using Sequential Hypothesis Testing, 2004).

use super::attempts::{Target, asks_for_a_living, by_client, cited, client, targets, unnamed};
use super::finding::{Evidence, Finding, Severity, rank};
use super::score::{Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use weir_model::{Duration, Timestamp};

/// A first contact of somebody who uses the network succeeds with this probability, of a scanner with the other.
const USER: f64 = 0.8;
const SCANNER: f64 = 0.2;
/// The likelihood ratio at which it is decided: (detection .99) / (false alarm .01), and its counterpart.
const SCANS: f64 = 99.0;
const USES: f64 = 0.01 / 0.99;
/// What is told of a ratio at most.
const GREATEST: f64 = 1e12;
/// What was asked so late is not answered yet.
const PATIENCE: Duration = Duration(1_000_000_000);
/// Places that did not answer: four in a row decide the test, which is too few to alarm anybody.
const PLACES: usize = 8;
/// Places from which nobody doubts.
const MANY: usize = 16;
/// Below these, the faster tests see it.
const ONE_PORT: usize = 10;
const ONE_MACHINE: usize = 15;
/// Ports above are chosen by peers, not by services.
const CHOSEN: u16 = 10_000;
/// Confidence.
const LIKELY: f64 = 0.6;
const SURE: f64 = 0.8;
const UNSURE: f64 = 0.35;
/// Answering places that are cited.
const OPEN: usize = 8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.slow",
    title: "Mostly what is not there was contacted",
    why: "Who uses a network succeeds with most of what it contacts for the first time; who searches does not, however slowly it goes.",
    how: "Each first contact with a machine's port multiplies the odds by 4 where it failed and by a quarter where it succeeded; at 99 the host searches (threshold random walk). At least 8 must have failed; what was asked in the last second and neither answered nor refused does not count. Places looked up by name do not count, nor what is found as a scan of one port or of one machine.",
    innocent: "A laptop away from its servers, a program with a list of dead peers, monitoring while a network is down, a capture that misses the answers.",
    settle: "Look at which places answered and what was done there; find on the host which program asks.",
    techniques: &["T1046", "T1018"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = by_client(ground, PLACES, true, false);
    let mut out: Vec<Key> = all
        .into_iter()
        .map(|((ip, _), mut rows)| {
            rows.sort_unstable();
            Key {
                subject: client(ground, &rows, ip),
                rows,
            }
        })
        .collect();
    out.sort();
    out
}

/// The greatest ratio, where it comes to the decision that it scans. As a logarithm on the way: of hundreds of failures
/// no number holds the product.
fn walk(all: &[Target<'_>]) -> Option<f64> {
    let (mut ratio, mut most) = (0.0_f64, 0.0_f64);
    for t in all {
        ratio += libm::log(if t.answered {
            SCANNER / USER
        } else {
            (1.0 - SCANNER) / (1.0 - USER)
        });
        if ratio <= libm::log(USES) {
            // Decided for a user: the test begins anew.
            ratio = 0.0;
        }
        most = most.max(ratio);
    }
    (most >= libm::log(SCANS)).then(|| libm::exp(most.min(libm::log(GREATEST))))
}

/// Was it asked so late that no answer could have come before the captures end?
fn open(t: &Target<'_>, end: Timestamp) -> bool {
    !t.answered && !t.flow.tcp.rst[1] && end.since(t.flow.begun) <= PATIENCE
}

/// Is it one port of many machines, or many ports of one?
fn told_elsewhere(closed: &[&Target<'_>]) -> bool {
    let mut ports: Vec<u16> = closed.iter().map(|t| t.flow.server.1).collect();
    let mut machines: Vec<_> = closed.iter().map(|t| t.flow.server.0).collect();
    ports.sort_unstable();
    machines.sort_unstable();
    let most = |n: Option<usize>| n.unwrap_or(0);
    let port = most(ports.chunk_by(|a, b| a == b).map(<[_]>::len).max());
    let machine = most(machines.chunk_by(|a, b| a == b).map(<[_]>::len).max());
    port >= ONE_PORT || machine >= ONE_MACHINE
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = targets(ground, &key.rows);
    let first = all.first()?;
    let (chain, f) = (first.row.0, first.flow);
    let host = ground.env.at(chain, f.client.0, f.begun)?;
    let src = f.client.0;
    let mut all = unnamed(ground, host, all);
    let end = ground.input.span()?.1;
    all.retain(|t| !open(t, end));
    let closed: Vec<&Target<'_>> = all.iter().filter(|t| !t.answered).collect();
    if closed.len() < PLACES || told_elsewhere(&closed) {
        return None;
    }
    let ratio = walk(&all)?;
    let evidence = Evidence::of(cited(&all, OPEN))?;
    let span = (
        all.iter().map(|t| t.flow.begun).min()?,
        all.iter().map(|t| t.flow.ended).max()?,
    );
    let mut out = Finding::new(ground, &DETECTION, &key.subject, host, src, span, evidence);
    out.confidence = if closed.len() >= MANY { SURE } else { LIKELY };
    let ports: BTreeSet<u16> = closed.iter().map(|t| t.flow.server.1).collect();
    let machines: BTreeSet<_> = closed.iter().map(|t| t.flow.server.0).collect();
    let chosen = closed.iter().filter(|t| t.flow.server.1 >= CHOSEN).count();
    if chosen * 2 > closed.len() && machines.len() * 2 > closed.len() {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        let says = format!(
            "{chosen} of {} ports are such as peers choose",
            closed.len()
        );
        out.benign = Some(("peer to peer", says));
    }
    if let Some(benign) = asks_for_a_living(ground, host, &all) {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        out.benign = Some(benign);
    }
    if machines.len() == 1 {
        out.dst = machines.first().copied();
    }
    out.scores.push(Score {
        name: "pattern",
        formula: "likelihood ratio, at most 1: 4 for each first contact that failed, 1/4 for each that succeeded; 99 decides",
        result: (1.0 - 1.0 / ratio).clamp(0.0, 1.0),
        terms: vec![
            Term::plain("failed", closed.len() as f64, "first contacts without an answer, or refused".to_owned()),
            Term::plain("succeeded", (all.len() - closed.len()) as f64, "first contacts that were answered".to_owned()),
            Term::plain("ratio", ratio, "the greatest on the way, told up to a million millions".to_owned()),
        ],
    });
    out.title = format!(
        "{src} contacted {} that did not answer or refused",
        plural(closed.len() as u64, "place")
    );
    out.why = format!(
        "{} of {} first contacts failed: {} at {}. {}",
        closed.len(),
        all.len(),
        plural(ports.len() as u64, "port"),
        plural(machines.len() as u64, "machine"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;
    use weir_model::Duration;

    const CLIENT: [u8; 4] = [10, 0, 0, 66];

    /// Different ports of different machines, an hour apart.
    fn tried(order: &str) -> Tape {
        let mut tape = Tape {
            pace: Duration::seconds(3600),
            ..Tape::default()
        };
        for (n, c) in (1..).zip(order.chars()) {
            let server = ([10, 0, 1, n], 1000 + u16::from(n));
            let client = (CLIENT, 40_000 + u16::from(n));
            if c == 'x' {
                tape.tcp(client, server, 100, 0, 2, &[]);
            } else {
                tape.talk(client, server, b"?", b"!");
            }
        }
        until(&mut tape);
        tape
    }

    /// The capture goes on for a while.
    fn until(tape: &mut Tape) {
        tape.pace = Duration::seconds(60);
        tape.udp(([10, 0, 0, 1], 68), ([10, 0, 0, 2], 67), b"?");
        tape.udp(([10, 0, 0, 1], 68), ([10, 0, 0, 2], 67), b"?");
    }

    fn scans(tape: &Tape) -> Vec<Finding> {
        found(tape, &DETECTION)
    }

    #[test]
    fn eight_failures_and_odds_of_99() {
        for (order, n) in [
            ("xxxxxxx", 0),
            ("xxxxxxxx", 1),
            ("xxxxxxxxx", 1),
            // Never four failures ahead.
            ("xoxoxoxoxoxoxoxoxo", 0),
            ("xxxoxxxoxxxx", 1),
            // Three decide nothing: 64. Four do: 256.
            ("xxxoooxxxoooxxxooo", 0),
            ("xxxxooooxxxx", 1),
        ] {
            let all = scans(&tried(order));
            assert_eq!(all.len(), n, "{order}");
        }
        let one = scans(&tried("xxxxxxxxo")).remove(0);
        assert_eq!(
            one.title,
            "10.0.0.66 contacted 8 places that did not answer or refused"
        );
        assert_eq!((one.severity, one.confidence), (Severity::Medium, LIKELY));
        assert_eq!(scans(&tried(&"x".repeat(16))).remove(0).confidence, SURE);
        assert_eq!(one.evidence.packets().count(), 9);
    }

    #[test]
    fn what_is_asked_at_the_very_end_is_open() {
        let mut tape = Tape {
            pace: Duration(20_000),
            ..Tape::default()
        };
        for n in 1..=10_u8 {
            let server = ([10, 0, 1, n], 1000 + u16::from(n));
            tape.tcp((CLIENT, 40_000 + u16::from(n)), server, 100, 0, 2, &[]);
        }
        assert_eq!(scans(&tape), []);
        until(&mut tape);
        assert_eq!(scans(&tape).len(), 1);
    }

    #[test]
    fn hundreds_of_failures_have_a_ratio() {
        let mut tape = Tape::default();
        for n in 0..600_u16 {
            let server = ([10, 0, (n / 200) as u8, (n % 200) as u8 + 1], 1000 + n);
            tape.tcp((CLIENT, 40_000 + n), server, 100, 0, 2, &[]);
        }
        until(&mut tape);
        let one = scans(&tape).remove(0);
        let ratio = one.scores[0].terms.iter().find(|t| t.name == "ratio");
        let value = ratio.map_or(0.0, |t| t.value);
        assert!((value / GREATEST - 1.0).abs() < 1e-9, "{value}");
        assert!(one.scores[0].result.is_finite());
    }

    #[test]
    fn one_port_of_ten_machines_is_told_elsewhere() {
        for (machines, n) in [(9, 1), (10, 0)] {
            let mut tape = Tape::default();
            for n in 1..=machines {
                tape.tcp(
                    (CLIENT, 40_000 + u16::from(n)),
                    ([10, 0, 1, n], 445),
                    100,
                    0,
                    2,
                    &[],
                );
            }
            until(&mut tape);
            assert_eq!(scans(&tape).len(), n, "{machines}");
        }
    }

    #[test]
    fn who_retries_and_peers_weigh_less() {
        let mut tape = Tape::default();
        for round in 0..3_u16 {
            for n in 1..=9_u8 {
                let client = (CLIENT, 40_000 + u16::from(n) + 100 * round);
                tape.tcp(client, ([10, 0, 1, n], 1000 + u16::from(n)), 100, 0, 2, &[]);
            }
        }
        until(&mut tape);
        let one = scans(&tape).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Low, UNSURE));
        let mut tape = Tape::default();
        for n in 1..=12_u8 {
            let peer = ([198, 51, n, 3], 30_000 + u16::from(n));
            tape.tcp((CLIENT, 40_000 + u16::from(n)), peer, 100, 0, 2, &[]);
        }
        until(&mut tape);
        let one = scans(&tape).remove(0);
        assert_eq!(
            (one.severity, one.benign.map(|b| b.0)),
            (Severity::Low, Some("peer to peer"))
        );
    }

    #[test]
    fn dead_servers_that_were_looked_up_are_no_search() {
        let mut tape = Tape::default();
        for n in 1..=12_u8 {
            let ip = [198, 51, n, 9];
            tape.look_up(
                (CLIENT, 5000 + u16::from(n)),
                &format!("a.site{n}.example"),
                Some(ip),
            );
            tape.tcp(
                (CLIENT, 40_000 + u16::from(n)),
                (ip, 1000 + u16::from(n)),
                100,
                0,
                2,
                &[],
            );
        }
        assert_eq!(scans(&tape), []);
    }
}
