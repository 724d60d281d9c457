//! Round trips that take long, and on which side of the place of the capture they do.

use super::attempts::{Row, flow, inside};
use super::fault::{SETTLE, median, ms, p95};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Handshakes with one server below which nothing is said.
const HANDSHAKES: usize = 10;
/// What 95 of 100 round trips should not exceed.
const LONG: Duration = Duration(300_000_000);
/// An hour in which the middle one is three times that of the whole capture, and not short.
const TIMES: i64 = 3;
const NOT_SHORT: Duration = Duration(100_000_000);
const HOUR: i64 = 3_600_000_000_000;
/// Confidence.
const SURE: f64 = 0.8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.high_rtt",
    title: "Round trips take long",
    why: "Every question waits at least one round trip for its answer: a page of a hundred questions feels each of them a hundred times.",
    how: "Of TCP handshakes with one server, at least 10: from SYN to SYN-ACK is the way from here to the server and back, from there to the client's ACK the way to the client. A fault where the 95th of 100 takes more than 300 ms; a note where an hour's middle one is three times that of the whole capture, and above 100 ms.",
    innocent: "A server on another continent or behind a satellite: then it is a note. A machine that sleeps between packets.",
    settle: SETTLE,
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

/// The way to the server, and the way to the client.
fn halves(f: &Flow) -> Option<(i64, i64)> {
    let rtt = f.tcp.rtt.filter(|r| r.0 > 0 && f.tcp.met > 0)?;
    let met = i64::from(f.tcp.met) * 1000;
    Some((met, (rtt.0 - met).max(0)))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<IpAddr, Vec<Row>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            if f.transport == Transport::Tcp && halves(f).is_some() {
                all.entry(f.server.0).or_default().push((chain, n));
            }
        }
    }
    all.into_iter()
        .filter(|(_, rows)| rows.len() >= HANDSHAKES)
        .map(|(server, rows)| Key {
            subject: server.to_string(),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<(&Flow, i64, i64)> = key
        .rows
        .iter()
        .filter_map(|at| {
            let f = flow(ground, *at)?;
            let (there, back) = halves(f)?;
            Some((f, there, back))
        })
        .collect();
    let whole = |rows: &[(&Flow, i64, i64)]| rows.iter().map(|r| r.1 + r.2).collect::<Vec<_>>();
    let usual = median(&mut whole(&all))?;
    let slowest = p95(&mut whole(&all))?;
    let hour = (slowest <= LONG).then(|| worst_hour(&all, usual)).flatten();
    if slowest <= LONG && hour.is_none() {
        return None;
    }
    if let Some((from, _)) = hour {
        all.retain(|r| r.0.begun.0.div_euclid(HOUR) == from);
    }
    let there = median(&mut all.iter().map(|r| r.1).collect::<Vec<_>>())?;
    let back = median(&mut all.iter().map(|r| r.2).collect::<Vec<_>>())?;
    let span = (
        all.iter().map(|r| r.0.begun).min()?,
        all.iter().map(|r| r.0.begun).max()?,
    );
    all.sort_by_key(|r| (std::cmp::Reverse(r.1 + r.2), r.0.first));
    let evidence = Evidence::of(all.iter().map(|r| r.0.first))?;
    let (first, chain) = (all.first()?.0, key.rows.first()?.0);
    let server = first.server.0;
    let at = (chain, server, first.begun);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.confidence = SURE;
    let own = inside(ground, chain, server, first.begun);
    let to_clients = back.0 >= there.0.saturating_mul(2);
    out.severity = if hour.is_none() && (own || to_clients) {
        Severity::Medium
    } else {
        Severity::Low
    };
    let side = if to_clients {
        "the time is spent between here and the clients"
    } else if there.0 >= back.0.saturating_mul(2) {
        "the time is spent between here and the server"
    } else {
        "both sides of the place of the capture take their share"
    };
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = match hour {
        Some((_, middle)) => format!(
            "In one hour round trips with {server} took {}, usually {}",
            ms(middle),
            ms(usual)
        ),
        None => format!("Round trips with {server} take up to {}", ms(slowest)),
    };
    out.why = format!(
        "95 of 100 of {} with {} take up to {}: {} to the server and {} to the client in the middle; {side}. {}",
        plural(key.rows.len() as u64, "handshake"),
        who(host, server),
        ms(slowest),
        ms(there),
        ms(back),
        DETECTION.why
    );
    Some(out)
}

/// The hour with the longest middle round trip, where it is so much longer than usual.
fn worst_hour(all: &[(&Flow, i64, i64)], usual: Duration) -> Option<(i64, Duration)> {
    let mut hours: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (f, there, back) in all {
        hours
            .entry(f.begun.0.div_euclid(HOUR))
            .or_default()
            .push(there + back);
    }
    let slow = hours
        .into_iter()
        .filter(|(_, v)| v.len() >= HANDSHAKES)
        .filter_map(|(hour, mut v)| {
            let middle = median(&mut v)?;
            (middle > NOT_SHORT && middle.0 >= usual.0.saturating_mul(TIMES))
                .then_some((hour, middle))
        });
    slow.max_by_key(|h| h.1)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Handshakes with the times they take to the server and to the client, in milliseconds.
    fn met(server: [u8; 4], times: &[(i64, i64)]) -> Vec<Finding> {
        let mut tape = Tape::default();
        more(&mut tape, server, 0, times);
        found(&tape, &DETECTION)
    }

    fn more(tape: &mut Tape, server: [u8; 4], from: u16, times: &[(i64, i64)]) {
        for (n, (there, back)) in (from..).zip(times) {
            let (a, b) = (([10, 0, 0, 7], 40_000 + n), (server, 443));
            tape.pace = Duration(there * 1_000_000);
            tape.tcp(a, b, 100, 0, 2, &[]);
            tape.pace = Duration(back * 1_000_000);
            tape.tcp(b, a, 500, 101, 0x12, &[]);
            tape.pace = Duration(1_000_000_000);
            tape.tcp(a, b, 101, 501, 0x10, &[]);
        }
    }

    #[test]
    fn more_than_300_ms_of_ten() {
        let own = [10, 0, 0, 9];
        for (times, n) in [
            (vec![(300, 1); 9], 0),
            (vec![(299, 1); 10], 0),
            (vec![(300, 1); 10], 1),
            (vec![(300, 1); 11], 1),
        ] {
            assert_eq!(met(own, &times).len(), n, "{times:?}");
        }
        // One of twenty is not the 95th of 100.
        let mut times = vec![(10, 1); 19];
        times.push((900, 1));
        assert_eq!(met(own, &times).len(), 0);
        times[0] = (900, 1);
        assert_eq!(met(own, &times).len(), 1);
    }

    #[test]
    fn the_slow_side_is_told() {
        let one = met([10, 0, 0, 9], &[(400, 2); 12]).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (
                Severity::Medium,
                "Round trips with 10.0.0.9 take up to 402 ms"
            )
        );
        assert!(
            one.why.contains("between here and the server"),
            "{}",
            one.why
        );
        let far = met([198, 51, 100, 9], &[(400, 2); 12]).remove(0);
        assert_eq!(far.severity, Severity::Low, "another continent");
        let near = met([198, 51, 100, 9], &[(20, 400); 12]).remove(0);
        assert_eq!(near.severity, Severity::Medium);
        assert!(
            near.why.contains("between here and the clients"),
            "{}",
            near.why
        );
    }

    #[test]
    fn an_hour_three_times_as_slow_is_a_note() {
        for (slow, n) in [(149, 0), (150, 1)] {
            let mut tape = Tape::default();
            more(&mut tape, [10, 0, 0, 9], 0, &[(49, 1); 40]);
            tape.now = tape.now.plus(Duration(HOUR));
            more(&mut tape, [10, 0, 0, 9], 100, &[(slow - 1, 1); 10]);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{slow}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
        }
    }
}
