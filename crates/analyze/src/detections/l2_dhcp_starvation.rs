//! DHCP asked for by ever new clients, or ever anew by one: the addresses run out.

use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use weir_dissect::protocols::dhcp::Lease;
use weir_model::{Duration, Mac};

/// Messages of clients within [`SPAN`], and different beginnings among them: client, transaction, address.
const MESSAGES: usize = 75;
const DIFFERENT: usize = 50;
const SPAN: Duration = Duration(60_000_000_000);
/// Confidence in ever new clients from few machines, or in one client ever anew; in ever new clients, each its own.
const SURE: f64 = 0.85;
const VENUE: f64 = 0.55;
/// Clients a machine sends for, on average, from which they are invented.
const FORGED: usize = 10;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "l2.dhcp_starvation",
    title: "The addresses are asked away",
    why: "When all addresses are taken by clients that do not exist, nobody else gets one, and a second server can give them out.",
    how: "DHCP messages of clients, at least 75 within a minute with at least 50 different beginnings (client, transaction or address). It weighs more where few machines send them.",
    innocent: "A place where many people arrive at once, or come back after a loss of power: then each machine asks for itself. A test of a server.",
    settle: "Look at the switch's table: so many hardware addresses at one port are one machine's.",
    techniques: &["T1499", "T1557.003"],
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
    let mut out = Vec::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let all = c.facts.messages.all::<Lease>().iter().enumerate();
        let rows: Vec<(usize, usize)> = all
            .filter(|(_, l)| !l.reply && !l.meta.duplicate)
            .map(|(n, _)| (chain, n))
            .collect();
        if rows.len() >= MESSAGES {
            out.push(Key {
                subject: format!("segment {chain}"),
                rows,
            });
        }
    }
    out
}

type Beginning = (
    Option<Mac>,
    u32,
    Option<std::net::Ipv4Addr>,
    std::net::IpAddr,
);

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Lease> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    all.sort_by_key(|l| (l.meta.time, l.meta.first));
    let beginning = |l: &Lease| -> Beginning { (l.mac, l.id, l.client_addr, l.from) };
    let mut window: BTreeMap<Beginning, usize> = BTreeMap::new();
    let mut best: Option<(usize, usize, usize)> = None;
    let mut from = 0;
    for (n, l) in all.iter().enumerate() {
        *window.entry(beginning(l)).or_default() += 1;
        while let Some(old) = all
            .get(from)
            .filter(|old| l.meta.time.since(old.meta.time) > SPAN)
        {
            let key = beginning(old);
            if let Some(n) = window.get_mut(&key) {
                *n -= 1;
            }
            if window.get(&key) == Some(&0) {
                window.remove(&key);
            }
            from += 1;
        }
        let enough = n + 1 - from >= MESSAGES && window.len() >= DIFFERENT;
        if enough && best.is_none_or(|b| window.len() > b.0) {
            best = Some((window.len(), from, n));
        }
    }
    let (different, from, to) = best?;
    let flood = all.get(from..=to)?;
    let (first, last) = (*flood.first()?, *flood.last()?);
    let evidence = Evidence::of(flood.iter().map(|l| l.meta.first))?;
    let span = (first.meta.time, last.meta.time);
    let mut out = Finding::of_capture(&DETECTION, &key.subject, span, evidence);
    let clients: BTreeSet<Mac> = flood.iter().filter_map(|l| l.mac).collect();
    let senders: BTreeSet<Mac> = flood.iter().filter_map(|l| l.sender_mac).collect();
    let forged = different >= senders.len() * FORGED;
    out.confidence = if forged { SURE } else { VENUE };
    if senders.len() == 1 {
        out.mac = senders.first().copied();
        out.host = ground
            .env
            .hosts()
            .iter()
            .find(|h| h.mac.is_some() && h.mac == out.mac)
            .map(|h| h.id);
        out.src = out
            .host
            .and_then(|id| ground.env.host(id))
            .and_then(crate::environment::Host::address);
    }
    out.title = format!(
        "{} to DHCP servers within a minute",
        plural(flood.len() as u64, "message")
    );
    out.why = format!(
        "{different} different beginnings, for {}, sent by {}. {}",
        plural(clients.len() as u64, "client"),
        plural(senders.len() as u64, "machine"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// So many messages of so many clients; sent by each itself, or by one machine.
    fn asked(messages: u32, clients: u32, pace: i64, one: bool) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        for n in 0..messages {
            let [_, _, a, b] = (n % clients).to_be_bytes();
            tape.dhcp(None, [2, 9, 9, 9, a, b], n % clients, 1, [0; 4], &[]);
            if one {
                tape.frames.last_mut().unwrap().1[6..12].copy_from_slice(&[2, 0, 0, 0, 0, 66]);
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn seventy_five_messages_and_fifty_beginnings_within_a_minute() {
        let slow = 60_000_000_000 / 74;
        for (messages, clients, pace, n) in [
            (74, 74, 1, 0),
            (75, 75, 1, 1),
            (76, 76, 1, 1),
            (200, 49, 1, 0),
            (200, 50, 1, 1),
            (75, 75, slow, 1),
            (75, 75, slow + 1, 0),
        ] {
            assert_eq!(
                asked(messages, clients, pace, true).len(),
                n,
                "{messages} {clients} {pace}"
            );
        }
        let one = asked(100, 100, 1, true).remove(0);
        assert_eq!((one.confidence, one.severity), (SURE, Severity::Medium));
        assert!(
            one.why
                .starts_with("100 different beginnings, for 100 clients, sent by 1 machine. "),
            "{}",
            one.why
        );
        assert_eq!(
            asked(100, 100, 1, false).remove(0).confidence,
            VENUE,
            "people arrive"
        );
    }
}
