//! A web server that fails.

use super::attempts::{Row, inside};
use super::fault::{exceeds, percent};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::http::Transaction;

/// Answers of a server below which nothing is said; failures; and so many that somebody must have felt it.
const ANSWERS: usize = 10;
const FAILURES: usize = 3;
const MANY: usize = 10;
/// Thousandths of its answers: worth a note; and felt, of a server of others too.
const NOTE: u64 = 20;
const FELT: u64 = 200;
/// Confidence.
const SURE: f64 = 0.85;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.http_5xx",
    title: "A web server fails",
    why: "The question arrived, the answer says that the server cannot: no network is at fault.",
    how: "Answers 500 to 599 of one server's port, at least 3 of 10: above 2 % a note; a fault from 10 on where the server is the network's own, or above 20 %.",
    innocent: "One page that is broken and asked for by a program. A server under maintenance. A proxy in between that cannot reach the server (502, 504).",
    settle: "Look at the server's own log at these times.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Transaction> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Transaction>()
        .get(at.1)
}

fn failed(t: &Transaction) -> bool {
    t.status().is_some_and(|s| (500..600).contains(&s))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<(IpAddr, u16), (usize, Vec<Row>)> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, t) in c.facts.messages.all::<Transaction>().iter().enumerate() {
            let Some(f) = t.meta.flow.and_then(|id| c.facts.flow(id)) else {
                continue;
            };
            if t.status().is_some() && !t.meta.duplicate {
                let slot = all.entry(f.ends(t.meta.direction).1).or_default();
                slot.0 += usize::from(failed(t));
                slot.1.push((chain, n));
            }
        }
    }
    all.into_iter()
        .filter(|(_, (failures, rows))| *failures >= FAILURES && rows.len() >= ANSWERS)
        .map(|((ip, port), (_, rows))| Key {
            subject: format!("{ip}|{port}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<&Transaction> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    let bad: Vec<&Transaction> = all.iter().copied().filter(|t| failed(t)).collect();
    let (n, answers) = (bad.len() as u64, all.len() as u64);
    if !exceeds(n, answers, NOTE) {
        return None;
    }
    let (first, chain) = (*bad.first()?, key.rows.first()?.0);
    let facts = ground.input.chains.get(chain)?.facts;
    let flow = first.meta.flow.and_then(|id| facts.flow(id))?;
    let server = flow.ends(first.meta.direction).1;
    let answer = |t: &Transaction| t.response.as_ref().map(|r| r.first.0);
    let evidence = Evidence::of(
        bad.iter()
            .flat_map(|t| [Some(t.meta.first), answer(t)])
            .flatten(),
    )?;
    let span = (
        bad.iter().map(|t| t.meta.time).min()?,
        bad.iter().map(|t| t.meta.end).max()?,
    );
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, server.0, span.0),
        span,
        evidence,
    )?;
    out.dport = Some(server.1);
    out.confidence = SURE;
    let own = inside(ground, chain, server.0, span.0);
    let felt = bad.len() >= MANY && (own || exceeds(n, answers, FELT));
    if !felt {
        out.severity = Severity::Low;
    }
    let codes: BTreeSet<u16> = bad.iter().filter_map(|t| t.status()).collect();
    let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
    let host = out.host.and_then(|id| ground.env.host(id));
    out.domain = first
        .request
        .as_ref()
        .and_then(|r| r.host.as_deref())
        .map(str::to_owned);
    out.title = format!(
        "{} port {} fails for {} of its answers",
        server.0,
        server.1,
        percent(n, answers)
    );
    out.why = format!(
        "{n} of {} of {} say {}. {}",
        plural(answers, "answer"),
        who(host, server.0),
        codes.join(", "),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn asked(server: [u8; 4], good: u16, bad: u16) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..good + bad {
            let status = if n < bad { "503 Busy" } else { "200 OK" };
            let tell = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            let ask = b"GET /a HTTP/1.1\r\nHost: h.example\r\n\r\n";
            tape.talk(
                ([10, 0, 0, 7], 40_000 + n),
                (server, 80),
                ask,
                tell.as_bytes(),
            );
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_in_a_hundred_and_ten_of_the_own_server() {
        let own = [10, 0, 0, 9];
        for (good, bad, severity) in [
            (20, 2, None),
            (6, 3, None),
            (7, 3, Some(Severity::Low)),
            (147, 3, None),
            (146, 3, Some(Severity::Low)),
            (100, 9, Some(Severity::Low)),
            (100, 10, Some(Severity::Medium)),
        ] {
            let all = asked(own, good, bad);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{bad} and {good}"
            );
        }
        let one = asked(own, 30, 10).remove(0);
        assert_eq!(one.title, "10.0.0.9 port 80 fails for 25 % of its answers");
        assert_eq!(one.evidence.packets().count(), 20);
        // Of others: at 20 %, above.
        for (good, severity) in [(40, Severity::Low), (39, Severity::Medium)] {
            assert_eq!(
                asked([198, 51, 100, 9], good, 10).remove(0).severity,
                severity
            );
        }
    }
}
