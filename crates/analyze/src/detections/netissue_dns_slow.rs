//! A resolver that takes its time.

use super::attempts::inside;
use super::fault::{Asked, joined, median, ms, p95, questions};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use weir_model::Duration;

/// Answers of a resolver below which nothing is said.
const ANSWERS: usize = 20;
/// What 95 of 100 should not exceed.
const LONG: Duration = Duration(500_000_000);
/// Confidence.
const SURE: f64 = 0.8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.dns_slow",
    title: "A resolver is slow",
    why: "Every page begins with look-ups, one after the other: a slow resolver makes everything slow.",
    how: "Time from question to answer, the first of a question asked again, over at least 20 answers of one resolver. A fault where the 95th of 100 takes more than 500 ms.",
    innocent: "Names that nobody asked for before: the resolver must ask others first. A resolver of others is a note.",
    settle: "Ask the same resolver for one name twice: a slow second answer is its own.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Messages("dns"), Need::OtherSide],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = questions(ground).into_iter();
    all.filter(|(_, rows)| rows.len() >= ANSWERS)
        .map(|(server, rows)| Key {
            subject: server.to_string(),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = joined(ground, &key.rows).into_iter();
    let mut all: Vec<(Duration, Asked<'_>)> = all.filter_map(|q| Some((q.rtt()?, q))).collect();
    let times = || all.iter().map(|a| a.0.0).collect::<Vec<_>>();
    let (slow, usual) = (p95(&mut times())?, median(&mut times())?);
    if all.len() < ANSWERS || slow <= LONG {
        return None;
    }
    let span = (
        all.iter().map(|a| a.1.first.meta.time).min()?,
        all.iter().map(|a| a.1.last.meta.end).max()?,
    );
    all.sort_by_key(|a| (std::cmp::Reverse(a.0), a.1.first.meta.first));
    let ends = |a: &Asked<'_>| [a.first.meta.first, a.last.meta.last];
    let evidence = Evidence::of(all.iter().flat_map(|a| ends(&a.1)))?;
    let (server, chain) = (all.first()?.1.first.server.0, key.rows.first()?.0);
    let at = (chain, server, span.0);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.dport = Some(53);
    out.confidence = SURE;
    if !inside(ground, chain, server, span.0) {
        out.severity = Severity::Low;
    }
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = format!("The resolver {server} takes up to {} to answer", ms(slow));
    out.why = format!(
        "95 of 100 of {} of {} take up to {}, the middle one {}. {}",
        plural(all.len() as u64, "answer"),
        who(host, server),
        ms(slow),
        ms(usual),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    fn asked(answers: u16, slow: u16, wait: i64) -> Vec<Finding> {
        let mut tape = Tape::default();
        for n in 0..answers {
            tape.pace = Duration(if n < slow { wait } else { 10 } * 1_000_000);
            tape.look_up(
                ([10, 0, 0, 7], 40_000 + n),
                "www.example.com",
                Some([198, 51, 100, 9]),
            );
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn one_that_was_asked_again_took_from_the_first_time_on() {
        let mut tape = Tape::default();
        for n in 0..20 {
            tape.pace = Duration(10_000_000);
            let begin = tape.frames.len();
            let client = ([10, 0, 0, 7], 40_000 + n);
            tape.look_up(client, "www.example.com", Some([198, 51, 100, 9]));
            if n < 2 {
                // Again after six seconds; only that is answered.
                let (_, mut again) = tape.frames[begin].clone();
                let (_, answer) = tape.frames.pop().unwrap();
                tape.now = tape.now.plus(Duration::seconds(6));
                again[18..20].copy_from_slice(&(900 + n).to_be_bytes());
                tape.raw(again);
                tape.raw(answer);
            }
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert!(one.title.contains("up to 6.0 s"), "{}", one.title);
    }

    #[test]
    fn more_than_half_a_second_of_twenty() {
        for (answers, slow, wait, n) in [
            (19, 5, 600, 0),
            (20, 2, 600, 1),
            (20, 1, 600, 0),
            (20, 2, 500, 0),
            (20, 2, 501, 1),
        ] {
            assert_eq!(
                asked(answers, slow, wait).len(),
                n,
                "{slow} of {answers}, {wait} ms"
            );
        }
        let one = asked(30, 10, 900).remove(0);
        assert_eq!(
            (one.severity, &*one.title),
            (
                Severity::Medium,
                "The resolver 10.0.0.2 takes up to 900 ms to answer"
            )
        );
    }
}
