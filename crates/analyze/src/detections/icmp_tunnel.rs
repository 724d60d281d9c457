//! Echoes that carry something: what a machine asks itself back is filling, not content.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::score::{Score, Term};
use super::{Detection, Ground, Key, Need};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::icmp::Echo;

/// Echoes between two machines below which nothing is said.
const ECHOES: usize = 5;
/// Content of this size and this many thousandths of a bit per byte is packed or encrypted.
const LONG: u32 = 64;
const DENSE: u16 = 6000;
/// Longer content than programs send unasked.
const LARGE: u32 = 256;
/// Different sizes: a program that asks whether somebody is there uses one, or steps through them once.
const SIZES: usize = 4;
/// Of a hundred echoes, so many must show a sign.
const SHARE: usize = 50;
/// Replies nobody asked for, and replies with other content: no machine does either.
const WRONG: usize = 3;
/// Confidence in one sign, in two, and in wrong replies.
const ONE: f64 = 0.55;
const TWO: f64 = 0.75;
const REPLIES: f64 = 0.9;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "icmp.tunnel",
    title: "Echoes carry something",
    why: "Firewalls let pings through and nobody looks into them: whole connections can be carried there.",
    how: "Echoes between two machines, at least 5, whose content is none of the fillings that programs use (letters, counting bytes, one byte, with or without the time in front), and one of these signs in most: 6 bits of information per byte in 64 bytes or more, 256 bytes or more, four different sizes or more. A reply must have its request's content: at least three that differ, or that nobody asked for while others were asked, make it high.",
    innocent: "Monitoring of the way that sends random or large content to measure it. A test of the size that fits. A capture that lacks the requests of one direction.",
    settle: "Read the content of the cited packets; find on both machines which program sends them.",
    techniques: &["T1095"],
    severity: Severity::High,
    needs: &[Need::Messages("icmp")],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Echo> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Echo>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut pairs: BTreeMap<(IpAddr, IpAddr), Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, e) in c.facts.messages.all::<Echo>().iter().enumerate() {
            let counts = matches!(e.kind, "echo" | "unasked") && !e.meta.duplicate;
            if counts && !e.server.is_multicast() {
                let (a, b) = (e.client.min(e.server), e.client.max(e.server));
                pairs.entry((a, b)).or_default().push((chain, n));
            }
        }
    }
    pairs
        .into_iter()
        .filter(|(_, rows)| rows.len() >= ECHOES)
        .map(|((a, b), rows)| Key {
            subject: format!("{a}|{b}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all: Vec<&Echo> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    let size = |e: &Echo| e.size.max(e.reply_size.unwrap_or(0));
    let odd: Vec<&Echo> = all
        .iter()
        .copied()
        .filter(|e| e.filler.is_empty() && size(e) > 0)
        .collect();
    let most = |n: usize| n * 100 >= all.len() * SHARE;
    if !most(odd.len()) {
        return None;
    }
    let asked: BTreeSet<(IpAddr, IpAddr)> = all
        .iter()
        .filter(|e| e.kind == "echo")
        .map(|e| (e.client, e.server))
        .collect();
    // Where no request is seen at all, the capture lacks that direction.
    let unasked: Vec<&Echo> = odd
        .iter()
        .copied()
        .filter(|e| e.kind == "unasked" && asked.contains(&(e.client, e.server)))
        .collect();
    let differ: Vec<&Echo> = odd
        .iter()
        .copied()
        .filter(|e| e.same == Some(false))
        .collect();
    let dense = odd
        .iter()
        .filter(|e| size(e) >= LONG && e.entropy >= DENSE)
        .count();
    let large = odd.iter().filter(|e| size(e) >= LARGE).count();
    let sizes: BTreeSet<u32> = odd.iter().map(|e| size(e)).collect();
    let wrong = unasked.len() + differ.len();
    let signs = [most(dense), most(large), sizes.len() >= SIZES];
    let n = signs.iter().filter(|s| **s).count();
    if n == 0 && wrong < WRONG {
        return None;
    }
    let first = *odd.first()?;
    let cited = differ
        .iter()
        .chain(&unasked)
        .take(24)
        .flat_map(|e| [e.meta.first, e.meta.last]);
    let evidence = Evidence::of(cited.chain(odd.iter().flat_map(|e| [e.meta.first, e.meta.last])))?;
    let span = (
        odd.iter().map(|e| e.meta.time).min()?,
        odd.iter().map(|e| e.meta.end).max()?,
    );
    let chain = key.rows.first()?.0;
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, first.client, span.0),
        span,
        evidence,
    )?;
    out.dst = Some(first.server);
    (out.severity, out.confidence) = match n {
        _ if wrong >= WRONG => (Severity::High, REPLIES),
        1 => (Severity::Medium, ONE),
        _ => (Severity::Medium, TWO),
    };
    let bytes: u64 = all
        .iter()
        .map(|e| u64::from(e.size) + u64::from(e.reply_size.unwrap_or(0)))
        .sum();
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = format!(
        "{} and {} exchange {} in echoes",
        first.client,
        first.server,
        super::fault::size(bytes)
    );
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    out.scores.push(Score {
        name: "pattern",
        formula: "one sign .55, two or three .75, three wrong replies or more .9",
        result: out.confidence,
        terms: vec![
            Term::plain(
                "dense",
                count(dense),
                "echoes of 64 bytes or more with 6 bits per byte".to_owned(),
            ),
            Term::plain(
                "large",
                count(large),
                "echoes of 256 bytes or more".to_owned(),
            ),
            Term::plain("sizes", count(sizes.len()), "different sizes".to_owned()),
            Term::plain(
                "differ",
                count(differ.len()),
                "replies with other content than their request".to_owned(),
            ),
            Term::plain(
                "unasked",
                count(unasked.len()),
                "replies that nobody asked for".to_owned(),
            ),
        ],
    });
    out.why = format!(
        "{} of {} between {} and {} have content of no usual filling: {dense} of it dense, {large} large, {} different sizes, {} replies differ from their request, {} answer none. {}",
        odd.len(),
        format_args!("{} echoes", all.len()),
        who(host, first.client),
        first.server,
        sizes.len(),
        differ.len(),
        unasked.len(),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const A: [u8; 4] = [10, 0, 0, 7];
    const B: [u8; 4] = [198, 51, 100, 9];

    fn words(len: usize, n: u8) -> Vec<u8> {
        (0..len)
            .map(|i| b"the quick brown fox "[(i + usize::from(n)) % 20])
            .collect()
    }

    /// Every byte differs from the one before by something that looks random.
    fn noise(len: usize, n: u8) -> Vec<u8> {
        let mut x = u32::from(n) + 1;
        (0..len)
            .map(|_| {
                x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (x >> 24) as u8
            })
            .collect()
    }

    fn pinged(contents: &[(Vec<u8>, Option<Vec<u8>>)]) -> Vec<Finding> {
        let mut tape = Tape::default();
        for (n, (ask, tell)) in (0..).zip(contents) {
            tape.icmp((A, B), (8, 0), [0, 1, 0, n], ask);
            if let Some(tell) = tell {
                tape.icmp((B, A), (0, 0), [0, 1, 0, n], tell);
            }
        }
        found(&tape, &DETECTION)
    }

    fn echoed(contents: impl IntoIterator<Item = Vec<u8>>) -> Vec<Finding> {
        pinged(
            &contents
                .into_iter()
                .map(|c| (c.clone(), Some(c)))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn five_echoes_with_a_sign() {
        for (echoes, n) in [(4, 0), (5, 1), (6, 1)] {
            assert_eq!(
                echoed((0..echoes).map(|n| words(256, n))).len(),
                n,
                "{echoes}"
            );
        }
        for (len, n) in [(255, 0), (256, 1)] {
            let all = echoed((0..8).map(|n| words(len, n)));
            assert_eq!(all.len(), n, "{len}");
            assert!(
                all.iter()
                    .all(|f| (f.severity, f.confidence) == (Severity::Medium, ONE))
            );
        }
        for (sizes, n) in [(3, 0), (4, 1)] {
            assert_eq!(
                echoed((0..12_u8).map(|n| words(30 + usize::from(n % sizes), n))).len(),
                n,
                "{sizes}"
            );
        }
        // Of 200 bytes; of few it has less information than 6 bits.
        assert_eq!(echoed((0..8).map(|n| noise(200, n))).len(), 1);
        assert_eq!(echoed((0..8).map(|n| noise(63, n))).len(), 0);
        assert_eq!(
            echoed((0..8).map(|n| noise(300, n))).remove(0).confidence,
            TWO
        );
    }

    #[test]
    fn replies_that_differ() {
        for (wrong, high) in [(2, false), (3, true)] {
            let all: Vec<_> = (0..9)
                .map(|n| {
                    (
                        words(40, n),
                        Some(words(40, if n < wrong { n + 1 } else { n })),
                    )
                })
                .collect();
            let all = pinged(&all);
            assert_eq!(all.len(), usize::from(high), "{wrong}");
            assert!(
                all.iter()
                    .all(|f| (f.severity, f.confidence) == (Severity::High, REPLIES))
            );
        }
    }

    #[test]
    fn what_programs_send_is_no_tunnel() {
        let windows = b"abcdefghijklmnopqrstuvwabcdefghi".to_vec();
        assert_eq!(echoed(vec![windows; 20]), []);
        let linux = |n: u8| {
            [
                &[n, 9, 200, 3, 77, n, 5, 1][..],
                &(0x10..0x38).collect::<Vec<u8>>(),
            ]
            .concat()
        };
        assert_eq!(echoed((0..20).map(linux)), []);
        assert_eq!(
            echoed((0..20_u8).map(|n| vec![0; 1000 + usize::from(n)])),
            []
        );
    }

    #[test]
    fn a_capture_of_one_direction_misses_the_requests() {
        let mut tape = Tape::default();
        for n in 0..9 {
            tape.icmp((B, A), (0, 0), [0, 1, 0, n], &words(40, n));
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
