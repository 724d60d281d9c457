//! Questions that a resolver does not answer.

use super::attempts::inside;
use super::fault::{Asked, exceeds, joined, percent, questions};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use weir_dissect::Transport;
use weir_model::Duration;

/// Unanswered questions below which nothing is said.
const UNANSWERED: usize = 10;
/// Thousandths of its questions: worth a note, and felt by everybody.
const NOTE: u64 = 20;
const FELT: u64 = 100;
/// What was asked so late is not answered yet.
const PATIENCE: Duration = Duration(5_000_000_000);
/// Confidence.
const SURE: f64 = 0.8;
/// Where no datagram of anybody is answered.
const UNSURE: f64 = 0.3;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.dns_timeout",
    title: "A resolver does not answer",
    why: "Who gets no answer asks again after seconds: programs hang at their start.",
    how: "Questions to one resolver without any answer, at least 10, those of the last 5 s not counted: a note above 2 % of its questions, a fault above 10 % where it is the network's own.",
    innocent: "A firewall that lets nobody but the own resolver out: then it is a resolver of others, and a note. A capture that shows one direction only.",
    settle: "Ask the resolver from its own segment: an answer there says that the way is at fault.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Messages("dns"), Need::BothWays],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = questions(ground).into_iter();
    all.filter(|(_, rows)| rows.len() >= UNANSWERED)
        .map(|(server, rows)| Key {
            subject: server.to_string(),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let end = ground.input.span()?.1;
    let answered = |q: &Asked<'_>| q.last.answered.is_some();
    let mut all = joined(ground, &key.rows);
    all.retain(|q| answered(q) || end.since(q.last.meta.time) > PATIENCE);
    let lost: Vec<&Asked<'_>> = all.iter().filter(|q| !answered(q)).collect();
    let (n, asked) = (lost.len() as u64, all.len() as u64);
    if lost.len() < UNANSWERED || !exceeds(n, asked, NOTE) {
        return None;
    }
    let (first, chain) = (lost.first()?.first, key.rows.first()?.0);
    let evidence = Evidence::of(lost.iter().flat_map(|q| q.packets.iter().copied()))?;
    let span = (
        lost.iter().map(|q| q.first.meta.time).min()?,
        lost.iter().map(|q| q.last.meta.end).max()?,
    );
    let server = first.server.0;
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, server, span.0),
        span,
        evidence,
    )?;
    out.dport = Some(53);
    out.confidence = SURE;
    if !exceeds(n, asked, FELT) || !inside(ground, chain, server, span.0) {
        out.severity = Severity::Low;
    }
    // Where no datagram of anybody is answered, the capture shows one direction.
    let mut udp = ground
        .input
        .chains
        .iter()
        .flat_map(|c| &c.facts.flows)
        .filter(|f| f.transport == Transport::Udp);
    let one_way = udp.all(|f| f.packets[1] == 0);
    if one_way {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
    }
    let clients: BTreeSet<_> = lost.iter().map(|q| q.first.client.0).collect();
    let again: u64 = lost.iter().map(|q| q.again).sum();
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = format!(
        "{} of the questions to {server} stay without an answer",
        percent(n, asked)
    );
    out.why = format!(
        "{n} of {} of {} to {}, asked again {again} times. {} {}",
        plural(asked, "question"),
        plural(clients.len() as u64, "client"),
        who(host, server),
        if n == asked {
            "It never answers."
        } else {
            "It answers others."
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

    fn asked(good: u16, lost: u16) -> Vec<Finding> {
        among(good, lost, true)
    }

    /// With another datagram that is answered, or without.
    fn among(good: u16, lost: u16, answers: bool) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..good + lost {
            tape.look_up(
                ([10, 0, 0, 7], 40_000 + n),
                "a.example",
                Some([198, 51, 100, 9]),
            );
            if n < lost {
                tape.frames.pop();
            }
        }
        // Long after the last question.
        tape.now = tape.now.plus(Duration::seconds(60));
        tape.udp(([10, 0, 0, 7], 9), ([10, 0, 0, 8], 9), b"!");
        if answers {
            tape.udp(([10, 0, 0, 8], 9), ([10, 0, 0, 7], 9), b"!");
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn two_and_ten_in_a_hundred() {
        for (good, lost, severity) in [
            (0, 9, None),
            (0, 10, Some(Severity::Medium)),
            (490, 10, None),
            (489, 10, Some(Severity::Low)),
            (90, 10, Some(Severity::Low)),
            (89, 10, Some(Severity::Medium)),
        ] {
            let all = asked(good, lost);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{lost} and {good}"
            );
        }
        let one = asked(30, 20).remove(0);
        assert_eq!(
            one.title,
            "40 % of the questions to 10.0.0.2 stay without an answer"
        );
        assert_eq!(one.evidence.packets().count(), 20);
    }

    #[test]
    fn asked_again_it_is_one_question() {
        // Nine without an answer, each asked thrice, eight seconds apart; a tenth one makes it worth a word.
        for (lost, n) in [(9, 0), (10, 1)] {
            let mut tape = Tape::default();
            for client in 0..lost {
                tape.look_up(([10, 0, 0, 7], 40_000 + client), "a.example", None);
                tape.frames.pop();
                let (_, mut ask) = tape.frames.last().cloned().unwrap();
                for again in 1..3 {
                    tape.now = tape.now.plus(Duration::seconds(7));
                    let id = 1000 + client * 10 + again;
                    ask[18..20].copy_from_slice(&id.to_be_bytes());
                    tape.raw(ask.clone());
                }
            }
            tape.look_up(([10, 0, 0, 8], 40_000), "b.example", None);
            tape.now = tape.now.plus(Duration::seconds(60));
            tape.udp(([10, 0, 0, 7], 9), ([10, 0, 0, 8], 9), b"!");
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{lost}");
            for one in all {
                let says = "10 of 11 questions of 1 client";
                assert!(one.why.starts_with(says), "{}", one.why);
                assert!(one.why.contains("asked again 20 times"), "{}", one.why);
            }
        }
    }

    #[test]
    fn a_capture_of_one_direction_is_no_fault() {
        let one = among(0, 20, false).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Low, UNSURE));
    }

    #[test]
    fn what_was_asked_last_is_not_lost_yet() {
        let mut tape = Tape {
            pace: Duration(1_000_000),
            ..Tape::default()
        };
        for n in 0..20 {
            tape.look_up(
                ([10, 0, 0, 7], 40_000 + n),
                "a.example",
                Some([198, 51, 100, 9]),
            );
            tape.frames.pop();
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
