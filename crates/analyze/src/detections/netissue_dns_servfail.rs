//! A resolver that fails or refuses, and a name that is asked for again and again though it does not exist.

use super::attempts::inside;
use super::fault::{exceeds, percent, question, questions};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeMap;
use weir_dissect::protocols::dns::Query;

/// Failures of a resolver below which nothing is said.
const FAILURES: usize = 10;
/// Thousandths of its answers: worth a note, and felt by everybody.
const NOTE: u64 = 20;
const FELT: u64 = 100;
/// Of a hundred failures, so many of one name: then it is that name's zone.
const ONE_NAME: usize = 80;
/// Times that a name which does not exist is asked for.
const AGAIN: usize = 50;
/// SERVFAIL and REFUSED; NXDOMAIN.
const FAILED: [u16; 2] = [2, 5];
const NO_NAME: u16 = 3;
/// Confidence.
const SURE: f64 = 0.8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.dns_servfail",
    title: "A resolver fails",
    why: "Who gets no answer tries others, waits and gives up: it looks as if the network were down.",
    how: "Answers SERVFAIL and REFUSED of one resolver, at least 10: a note above 2 % of its answers, a fault above 10 %, unless nearly all are for one name. And a note for a name that does not exist and is asked for more than 50 times.",
    innocent: "A zone of others that is broken or not signed rightly. A resolver that is meant for others and refuses. A search suffix that nobody has.",
    settle: "Ask another resolver for the same name: an answer there says that this one is at fault.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Messages("dns"), Need::OtherSide],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out = Vec::new();
    for (server, rows) in questions(ground) {
        let with = |codes: &[u16]| {
            let codes = codes.to_vec();
            rows.iter().copied().filter(move |at| {
                question(ground, *at)
                    .and_then(|q| q.rcode)
                    .is_some_and(|c| codes.contains(&c))
            })
        };
        if with(&FAILED).count() >= FAILURES {
            out.push(Key {
                subject: server.to_string(),
                rows: rows.clone(),
            });
        }
        let mut names: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for at in with(&[NO_NAME]) {
            if let Some(q) = question(ground, at) {
                names.entry(q.query.to_lowercase()).or_default().push(at);
            }
        }
        let names = names.into_iter().filter(|(_, rows)| rows.len() > AGAIN);
        out.extend(names.map(|(name, rows)| Key {
            subject: format!("{server}|{name}"),
            rows,
        }));
    }
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<&Query> = key
        .rows
        .iter()
        .filter_map(|at| question(ground, *at))
        .collect();
    let nothing = all.iter().all(|q| q.rcode == Some(NO_NAME));
    let failed: Vec<&Query> = all
        .iter()
        .copied()
        .filter(|q| nothing || q.rcode.is_some_and(|c| FAILED.contains(&c)))
        .collect();
    let answers = all.iter().filter(|q| q.rcode.is_some()).count() as u64;
    let n = failed.len() as u64;
    if !nothing && !exceeds(n, answers, NOTE) {
        return None;
    }
    let (first, chain) = (*failed.first()?, key.rows.first()?.0);
    let evidence = Evidence::of(failed.iter().flat_map(|q| [q.meta.first, q.meta.last]))?;
    let span = (
        failed.iter().map(|q| q.meta.time).min()?,
        failed.iter().map(|q| q.meta.end).max()?,
    );
    let server = first.server.0;
    // A name that does not exist is its asker's fault.
    let about = if nothing { first.client.0 } else { server };
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, about, span.0),
        span,
        evidence,
    )?;
    out.dport = Some(53);
    out.confidence = SURE;
    let host = out.host.and_then(|id| ground.env.host(id));
    if nothing {
        out.severity = Severity::Low;
        out.domain = Some(first.query.to_string());
        out.dst = Some(server);
        out.title = format!("{} was asked for {n} times and does not exist", first.query);
        out.why = format!(
            "First by {}, at {server}. {}",
            who(host, about),
            DETECTION.why
        );
        return Some(out);
    }
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for q in &failed {
        *names.entry(q.query.to_lowercase()).or_default() += 1;
    }
    let most = names.iter().max_by_key(|e| *e.1)?;
    let one = *most.1 * 100 >= failed.len() * ONE_NAME;
    let felt = exceeds(n, answers, FELT) && inside(ground, chain, server, span.0) && !one;
    if !felt {
        out.severity = Severity::Low;
    }
    if one {
        out.domain = Some(most.0.clone());
    }
    out.title = format!(
        "The resolver {server} fails for {} of its answers",
        percent(n, answers)
    );
    out.why = format!(
        "{n} of {} of {} say SERVFAIL or REFUSED, for {}, most for {}. {}",
        plural(answers, "answer"),
        who(host, server),
        plural(names.len() as u64, "name"),
        most.0,
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::{RESOLVER, Tape};

    /// Good answers, then failures with this code, each for another name or all for one.
    fn asked(good: u16, failed: u16, code: u8, one: bool) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..good + failed {
            let client = ([10, 0, 0, 7], 40_000 + n);
            let name = if one {
                "a.example".to_owned()
            } else {
                format!("n{n}.example")
            };
            tape.look_up(client, &name, Some([198, 51, 100, 9]));
            if n >= good {
                // The answer's code instead of its address.
                let (_, frame) = tape.frames.last_mut().unwrap();
                frame[14 + 20 + 8 + 3] = 0x80 | code;
                let ends = (frame.len() - 16, frame.len());
                frame.drain(ends.0..ends.1);
                frame[14 + 20 + 8 + 7] = 0;
                let len = u16::try_from(frame.len() - 14).unwrap();
                frame[16..18].copy_from_slice(&len.to_be_bytes());
                frame[38..40].copy_from_slice(&(len - 20).to_be_bytes());
            }
        }
        assert_eq!(RESOLVER.0, [10, 0, 0, 2]);
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_and_ten_in_a_hundred() {
        for (good, failed, severity) in [
            (0, 9, None),
            (0, 10, Some(Severity::Medium)),
            (490, 10, None),
            (489, 10, Some(Severity::Low)),
            (90, 10, Some(Severity::Low)),
            (89, 10, Some(Severity::Medium)),
        ] {
            let all = asked(good, failed, 2, false);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{failed} after {good}"
            );
        }
        let one = asked(40, 20, 5, false).remove(0);
        assert_eq!(
            one.title,
            "The resolver 10.0.0.2 fails for 33 % of its answers"
        );
        assert_eq!(one.evidence.packets().count(), 40);
    }

    #[test]
    fn one_name_is_its_zones_fault() {
        let one = asked(0, 20, 2, true).remove(0);
        assert_eq!(
            (one.severity, one.domain.as_deref()),
            (Severity::Low, Some("a.example"))
        );
    }

    #[test]
    fn a_name_that_does_not_exist_more_than_fifty_times() {
        for (times, n) in [(50, 0), (51, 1)] {
            let all = asked(0, times, 3, true);
            assert_eq!(all.len(), n, "{times}");
            assert!(all.iter().all(|f| f.severity == Severity::Low));
        }
        assert_eq!(asked(0, 60, 3, false), [], "each once");
    }
}
