//! Data inside names, too slowly for any hour to show it: names that count, or noise of one length, over the capture.

use super::dns_names::{
    about, asked, benign, cited, constant, counts_up, decoded, keys, lengths, look, passes_on,
    words,
};
use super::dns_tunnel::{NOVEL, SIGNS, found_here};
use super::finding::{Finding, Severity, rank};
use super::gather::{begin, named, real};
use super::score::{Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};

/// Different names over the whole capture.
const NAMES: usize = 30;
/// Names of one length without a counter among them: by chance some dozen may have it.
const CONSTANT: usize = 48;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "dns.exfil_slow",
    title: "Names asked for carry data, a few at a time",
    why: "A file cut into names and sent over days stays below every limit by the hour; the pieces must be numbered or of one size so that somebody can put them together.",
    how: "Per host and registered domain over all captures: at least 30 different names, at most two in ten asked for again, two of the six signs of dns.tunnel, and a label that counts up, or 48 names with a noisy label of one length.",
    innocent: "Reputation look-ups, answered from 127/8; names of a content network, contacted afterwards; measurements of a content network that count page views.",
    settle: "Put the labels together in the order of their counter and decode them; see on the host which program asks.",
    techniques: &["T1048.003"],
    severity: Severity::High,
    needs: &[Need::Messages("dns"), Need::Content],
    keys: |ground| keys(ground, NAMES),
    judge,
    rank,
};

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let (chain, client, domain) = about(ground, key)?;
    let all = asked(ground, key);
    let time = all.first()?.time;
    let look = look(ground, chain, &all);
    if look.names < NAMES || look.novelty < NOVEL || look.signs.len() < SIGNS {
        return None;
    }
    let counter = counts_up(&all);
    let same = constant(&all).filter(|(n, _)| *n >= CONSTANT);
    if counter.is_none() && same.is_none()
        || passes_on(ground, chain, client, time, &domain)
        || found_here(ground, key)
    {
        return None;
    }
    let (_, who) = named(ground, chain, client, time);
    let subject = format!("{who}|{domain}");
    let mut out = begin(ground, &DETECTION, &subject, (chain, client), &cited(&all))?;
    out.domain = Some(domain.clone());
    out.dst = Some(all.first()?.query.server.0);
    out.dport = Some(all.first()?.query.server.1);
    let how = match (counter, same) {
        (Some((n, share)), _) => format!(
            "part {} of the name counts up in {share} % of the steps",
            n + 1
        ),
        (_, Some((n, len))) => format!("{n} names have a noisy label of {len} characters"),
        _ => return None,
    };
    out.severity = if counter.is_some() && !look.modest {
        Severity::High
    } else {
        Severity::Medium
    };
    let both = f64::from(u8::from(counter.is_some() && same.is_some()));
    out.confidence = (0.4 + 0.1 * real(look.signs.len()) + 0.1 * both).min(0.95);
    out.title = format!(
        "{client} asked for {} below {}, a few at a time",
        plural(look.names as u64, "new name"),
        shown(&domain)
    );
    out.why = format!("{how}; {}. {}", words(&look.signs), DETECTION.why);
    if let Some((code, text)) = decoded(&all) {
        out.confidence = out.confidence.max(0.9);
        out.why += &format!(
            " One name reads, in {code}: \u{201c}{}\u{201d}.",
            shown(&text)
        );
    }
    if let Some((class, says)) = benign(ground, &all, &look) {
        (out.severity, out.confidence) = (Severity::Low, out.confidence * 0.5);
        out.why += &format!(" It behaves like a harmless class ({class}): {says}.");
        out.benign = Some((class, says));
    }
    out.plots.push(lengths(&all));
    let count = Term::plain(
        "names",
        real(look.names),
        plural(look.names as u64, "different name"),
    );
    out.scores.push(Score {
        name: "confidence",
        formula: ".4 + .1 for each sign and for a counter with labels of one length, at most .95; .9 at least where a name decodes to text; half of it for a harmless class",
        result: out.confidence,
        terms: std::iter::once(count).chain(look.signs).collect(),
    });
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{Reply, noise, question};
    use super::*;
    use crate::tape::{End, Tape};
    use weir_model::Duration;

    const CLIENT: End = ([10, 0, 0, 7], 40_000);

    /// A name every ten minutes.
    fn slow(names: usize, name: impl Fn(u64) -> String, reply: &Reply) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration::seconds(300),
            ..Tape::default()
        };
        for n in 0..names {
            question(
                &mut tape,
                CLIENT,
                &format!("{}.x.example.com", name(n as u64)),
                1,
                reply,
            );
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn thirty_that_count_up() {
        let counted = |n: u64| format!("{n}-{}", noise(n, 30));
        for (names, n) in [(29, 0), (30, 1), (31, 1)] {
            let all = slow(names, counted, &Reply::NoName);
            assert_eq!(all.len(), n, "{names}");
        }
        let down = |n: u64| format!("{}-{}", 900 - n, noise(n, 20 + (n % 9) as usize));
        assert_eq!(slow(40, down, &Reply::NoName).len(), 0);
    }

    #[test]
    fn forty_eight_of_one_length() {
        let same = |n: u64| noise(n, 40);
        for (names, n) in [(47, 0), (48, 1), (49, 1)] {
            assert_eq!(slow(names, same, &Reply::NoName).len(), n, "{names}");
        }
        let differing = |n: u64| noise(n, 30 + (n % 20) as usize);
        assert_eq!(slow(80, differing, &Reply::NoName).len(), 0);
    }

    #[test]
    fn what_the_faster_one_finds_is_not_told_twice() {
        let mut tape = Tape::default();
        for n in 0..60 {
            let name = format!("{n}-{}.x.example.com", noise(n, 40));
            question(&mut tape, CLIENT, &name, 16, &Reply::NoName);
        }
        assert_eq!(found(&tape, &DETECTION), []);
        assert_eq!(found(&tape, &super::super::dns_tunnel::DETECTION).len(), 1);
    }

    #[test]
    fn look_alikes_are_notes() {
        let hashes = |n: u64| noise(n, 32);
        let all = slow(60, hashes, &Reply::Address(5, [127, 0, 0, 4]));
        assert!(
            all.iter()
                .all(|f| f.severity == Severity::Low && f.confidence < 0.5)
        );
        assert_eq!(all.len(), 1);
        // Views of pages that are counted: the name leads to a server, which is contacted.
        let mut tape = Tape {
            pace: Duration::seconds(100),
            ..Tape::default()
        };
        for n in 0..40 {
            let name = format!("{n}-{}.example.com", noise(n, 30));
            question(
                &mut tape,
                CLIENT,
                &name,
                1,
                &Reply::Address(5, [198, 51, 100, 9]),
            );
            tape.talk(
                ([10, 0, 0, 7], 41_000 + n as u16),
                ([198, 51, 100, 9], 443),
                b"?",
                b"!",
            );
        }
        assert!(
            found(&tape, &DETECTION)
                .iter()
                .all(|f| f.severity == Severity::Low)
        );
    }
}
