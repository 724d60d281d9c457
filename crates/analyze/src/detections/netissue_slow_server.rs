//! Servers that let their clients wait, the way there and back not counted.

use super::attempts::{Row, flow, inside};
use super::fault::{exceeds, ms, percent};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use foldhash::quality::FixedState;
use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::facts::Wait;
use weir_model::{Duration, FlowId};

/// Answers of a server below which nothing is said, and slow ones.
const ANSWERS: u64 = 20;
const SLOW: u64 = 3;
/// Of fewer answers half must be slow, and these must be there.
const FEW: u64 = 10;
/// What 95 of 100 answers should not exceed.
const LONG: Duration = Duration(2_000_000_000);
/// Whoever waits longer waits for news, not for an answer.
const NEWS: Duration = Duration(20_000_000_000);
/// More than so many thousandths slower: then the 95th of 100 is.
const SHARE: u64 = 50;
/// A person at a keyboard decides when these answer.
const TYPED: &[&str] = &[
    "ssh", "telnet", "rdp", "tpkt", "vnc", "irc", "xmpp", "mqtt", "imap", "ftp",
];
/// Confidence.
const SURE: f64 = 0.75;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.slow_server",
    title: "A server lets its clients wait",
    why: "The way is not at fault: the server got the question and took its time.",
    how: "Of each TCP connection, from the client's last packet with content to the server's first one after it, less the round trip of the handshake; all of one server's port, at least 20 answers, or 10 of which half are slow. A fault where the 95th of 100 takes more than 2 s and at least 3 do. Waits of 20 s and more wait for news and do not count, nor sessions in which a person types.",
    innocent: "A report that takes its time, a search over much, a question that is held till there is news for less than 20 s. A server of others is a note.",
    settle: "Look at the server's own log for these questions: how long it says they took.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

/// What a wait is without the way there and back.
fn own(wait: &Wait, f: &weir_dissect::flow::Flow) -> Duration {
    let rtt = f.tcp.rtt.map_or(0, |r| r.0.max(0));
    Duration((wait.took.0 - rtt).max(0))
}

fn typed(f: &weir_dissect::flow::Flow) -> bool {
    let spoken = f.protocol.and_then(|id| weir_dissect::registry().get(id));
    spoken.is_some_and(|p| TYPED.contains(&p.info.name))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut slow: BTreeMap<(IpAddr, u16), u64> = BTreeMap::new();
    for c in &ground.input.chains {
        for wait in c.facts.waits.all() {
            if let Some(f) = c.facts.flow(wait.flow).filter(|f| !typed(f))
                && (LONG.0 + 1..NEWS.0).contains(&own(wait, f).0)
            {
                *slow.entry(f.server).or_default() += 1;
            }
        }
    }
    slow.retain(|_, n| *n >= SLOW);
    let mut all: BTreeMap<(IpAddr, u16), (u64, Vec<Row>)> = BTreeMap::new();
    if !slow.is_empty() {
        for (chain, c) in ground.input.chains.iter().enumerate() {
            for (n, f) in c.facts.flows.iter().enumerate() {
                if f.transport == Transport::Tcp && slow.contains_key(&f.server) {
                    let slot = all.entry(f.server).or_default();
                    slot.0 += u64::from(f.tcp.turns);
                    slot.1.push((chain, n));
                }
            }
        }
    }
    all.into_iter()
        .filter(|(server, (turns, _))| {
            let n = slow.get(server).copied().unwrap_or(0);
            let enough = *turns >= ANSWERS || *turns >= FEW && n * 2 >= *turns;
            enough && exceeds(n, *turns, SHARE)
        })
        .map(|((ip, port), (_, rows))| Key {
            subject: format!("{ip}|{port}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let (first, chain) = (flow(ground, *key.rows.first()?)?, key.rows.first()?.0);
    let mut turns = 0;
    let mut by_chain: BTreeMap<usize, HashSet<FlowId, FixedState>> = BTreeMap::new();
    for at in &key.rows {
        if let Some(f) = flow(ground, *at) {
            turns += u64::from(f.tcp.turns);
            by_chain.entry(at.0).or_default().insert(f.id);
        }
    }
    let mut slow: Vec<(Duration, &Wait)> = Vec::new();
    for (chain, flows) in &by_chain {
        let facts = ground.input.chains.get(*chain)?.facts;
        for wait in facts.waits.all().iter().filter(|w| flows.contains(&w.flow)) {
            let took = facts.flow(wait.flow).map(|f| own(wait, f));
            if let Some(took) = took.filter(|t| (LONG.0 + 1..NEWS.0).contains(&t.0)) {
                slow.push((took, wait));
            }
        }
    }
    let span = (
        slow.iter().map(|s| s.1.time).min()?,
        slow.iter().map(|s| s.1.time).max()?,
    );
    slow.sort_by_key(|s| (std::cmp::Reverse(s.0), s.1.answered));
    let evidence = Evidence::of(slow.iter().flat_map(|s| [s.1.asked, s.1.answered]))?;
    let server = first.server;
    let at = (chain, server.0, first.begun);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.dport = Some(server.1);
    out.confidence = SURE;
    if !inside(ground, chain, server.0, first.begun) {
        out.severity = Severity::Low;
    }
    let host = out.host.and_then(|id| ground.env.host(id));
    let n = slow.len() as u64;
    let slowest = slow.first()?.0;
    out.title = format!(
        "{} port {} lets its clients wait up to {}",
        server.0,
        server.1,
        ms(slowest)
    );
    out.why = format!(
        "{} of {} of {} took more than 2 s ({}), the round trip not counted: the server is slow, not the way to it. {}",
        n,
        plural(turns, "answer"),
        who(host, server.0),
        percent(n, turns),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// One connection with a question for each of these waits, in milliseconds.
    fn asked(server: [u8; 4], waits: &[i64]) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        let (a, b) = (([10, 0, 0, 7], 40_000), (server, 9000));
        tape.tcp(a, b, 100, 0, 2, &[]);
        tape.tcp(b, a, 500, 101, 0x12, &[]);
        tape.tcp(a, b, 101, 501, 0x10, &[]);
        for (n, wait) in (0..).zip(waits) {
            tape.pace = Duration(wait * 1_000_000);
            tape.tcp(a, b, 101 + n, 501 + n, 0x18, b"?");
            tape.pace = Duration(1_000_000);
            tape.tcp(b, a, 501 + n, 102 + n, 0x18, b"!");
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn more_than_five_of_a_hundred_take_more_than_two_seconds() {
        // The round trip took 2 ms.
        let with = |all: usize, slow: usize, wait: i64| {
            let mut waits = vec![10; all - slow];
            waits.extend(vec![wait; slow]);
            asked([10, 0, 0, 9], &waits)
        };
        for (all, slow, wait, n) in [
            (19, 3, 2500, 0),
            (20, 3, 2500, 1),
            (20, 2, 2500, 0),
            (60, 3, 2500, 0),
            (59, 3, 2500, 1),
            (20, 3, 2002, 0),
            (20, 3, 2003, 1),
            (20, 3, 20_001, 1),
            (20, 3, 20_002, 0),
        ] {
            assert_eq!(with(all, slow, wait).len(), n, "{slow} of {all}, {wait} ms");
        }
        let one = with(20, 4, 3002).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (
                Severity::Medium,
                "10.0.0.9 port 9000 lets its clients wait up to 3.0 s"
            )
        );
        assert!(one.why.starts_with("4 of 20 answers of"), "{}", one.why);
        assert_eq!(
            one.evidence.packets().count(),
            8,
            "question and answer of each"
        );
    }

    #[test]
    fn a_server_of_others_is_a_note() {
        let mut waits = vec![10; 20];
        waits.extend([4000; 5]);
        assert_eq!(
            asked([198, 51, 100, 9], &waits).remove(0).severity,
            Severity::Low
        );
    }
}
