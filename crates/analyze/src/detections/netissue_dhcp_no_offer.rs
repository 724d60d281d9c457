//! Clients that ask for an address and get none.

use super::finding::{Evidence, Finding, Severity, rank};
use super::need::span_words;
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::dhcp::Lease;
use weir_model::{Duration, Mac};

/// Kinds of messages.
const DISCOVER: u8 = 1;
const REQUEST: u8 = 3;
const ACK: u8 = 5;
/// Discovers of a client without an offer, and the time they must take: it has tried.
const TRIES: usize = 3;
const TIME: Duration = Duration(10_000_000_000);
/// Clients from which it is told as one matter.
const TOGETHER: usize = 5;
/// In such number within the capture they are no clients.
const FLOOD: usize = 50;
/// Confidence where others get offers, and where nobody does.
const SURE: f64 = 0.85;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.dhcp_no_offer",
    title: "Clients get no address",
    why: "Without an address a machine has no network at all, or makes one up (169.254) that leads nowhere.",
    how: "DHCPDISCOVER of one client at least 3 times over at least 10 s, without an offer to it and without its own request, which would show that it had one. Five clients and more are told together, fifty are a flood and told elsewhere.",
    innocent: "A segment without a server on purpose. A card that asks before its port is open. A capture from which the replies are filtered, and the client's request, too.",
    settle: "See at the server whether the questions arrive: a relay that is missing on this segment, or a pool without a free address, are the usual causes.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Messages("dhcp")],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Lease> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Lease>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut clients: BTreeMap<Mac, Vec<(usize, usize)>> = BTreeMap::new();
    let mut served: BTreeSet<Mac> = BTreeSet::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, l) in c.facts.messages.all::<Lease>().iter().enumerate() {
            let Some(mac) = l.mac.filter(|_| !l.meta.duplicate) else {
                continue;
            };
            if l.reply || l.kind == REQUEST || l.kind == ACK {
                served.insert(mac);
            } else if l.kind == DISCOVER {
                clients.entry(mac).or_default().push((chain, n));
            }
        }
    }
    clients.retain(|mac, rows| {
        let time =
            |at: Option<&(usize, usize)>| at.and_then(|at| row(ground, *at)).map(|l| l.meta.time);
        let took = time(rows.first())
            .zip(time(rows.last()))
            .map(|(a, b)| b.since(a));
        !served.contains(mac) && rows.len() >= TRIES && took.is_some_and(|t| t >= TIME)
    });
    if clients.len() >= FLOOD {
        return Vec::new();
    }
    if clients.len() >= TOGETHER {
        return vec![Key {
            subject: "everybody".to_owned(),
            rows: clients.into_values().flatten().collect(),
        }];
    }
    let all = clients.into_iter();
    all.map(|(mac, rows)| Key {
        subject: mac.to_string(),
        rows,
    })
    .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Lease> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    all.sort_by_key(|l| (l.meta.time, l.meta.first));
    let (first, last) = (*all.first()?, *all.last()?);
    let evidence = Evidence::of(all.iter().map(|l| l.meta.first))?;
    let span = (first.meta.time, last.meta.time);
    let mut out = Finding::of_capture(&DETECTION, &key.subject, span, evidence);
    let clients: BTreeSet<Mac> = all.iter().filter_map(|l| l.mac).collect();
    out.mac = first.mac.filter(|_| clients.len() == 1);
    out.host = ground
        .env
        .hosts()
        .iter()
        .find(|h| h.mac.is_some() && h.mac == out.mac)
        .map(|h| h.id);
    out.confidence = SURE;
    let chains = ground.input.chains.iter();
    let offers = chains
        .flat_map(|c| c.facts.messages.all::<Lease>().iter())
        .filter(|l| l.reply)
        .count();
    let name = first.host_name.as_deref().unwrap_or_default();
    out.title = match out.mac {
        Some(mac) => format!("{mac} gets no address"),
        None => format!("{} get no address", plural(clients.len() as u64, "client")),
    };
    out.why = format!(
        "{} within {}{}, no offer. {} {}",
        plural(all.len() as u64, "question"),
        span_words(span.1.since(span.0)),
        if name.is_empty() {
            String::new()
        } else {
            format!(", by {name}")
        },
        if offers > 0 {
            "A server answers others."
        } else {
            "No server answers anybody."
        },
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn asked(clients: u8, times: u8, pace: i64) -> Tape {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        for _ in 0..times {
            for n in 0..clients {
                tape.dhcp(
                    None,
                    [2, 9, 9, 9, 9, n],
                    u32::from(n),
                    DISCOVER,
                    [0; 4],
                    &[(12, b"laptop")],
                );
            }
        }
        tape
    }

    #[test]
    fn three_times_over_ten_seconds() {
        let second = 1_000_000_000;
        for (times, pace, n) in [
            (2, 30 * second, 0),
            (3, 5 * second, 1),
            (3, 5 * second - 1, 0),
            (4, 5 * second, 1),
        ] {
            assert_eq!(
                found(&asked(1, times, pace), &DETECTION).len(),
                n,
                "{times} {pace}"
            );
        }
        let one = found(&asked(1, 4, 5 * second), &DETECTION).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (Severity::Medium, "02:09:09:09:09:00 gets no address")
        );
        assert!(
            one.why.starts_with(
                "4 questions within 15 s, by laptop, no offer. No server answers anybody."
            ),
            "{}",
            one.why
        );
    }

    #[test]
    fn many_are_one_matter_and_a_flood_another() {
        let second = 1_000_000_000;
        for (clients, n) in [(4, 4), (5, 1), (49, 1), (50, 0)] {
            assert_eq!(
                found(&asked(clients, 3, 5 * second), &DETECTION).len(),
                n,
                "{clients}"
            );
        }
    }

    #[test]
    fn who_is_offered_one_or_goes_on_has_one() {
        let server = [10, 0, 0, 1];
        let mut tape = asked(1, 3, 9_000_000_000);
        tape.dhcp(
            Some(server),
            [2, 9, 9, 9, 9, 0],
            0,
            2,
            [10, 0, 0, 50],
            &[(54, &server)],
        );
        assert_eq!(found(&tape, &DETECTION), []);
        let mut tape = asked(1, 3, 9_000_000_000);
        tape.dhcp(
            None,
            [2, 9, 9, 9, 9, 0],
            0,
            REQUEST,
            [0; 4],
            &[(50, &[10, 0, 0, 50])],
        );
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
