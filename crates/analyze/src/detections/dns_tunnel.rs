//! Data inside the names that are asked for: one domain, ever new names, within an hour.

use super::dns_names::{
    Asked, about, asked, benign, bulky, cited, cited_answers, decoded, keys, lengths, look,
    passes_on, words,
};
use super::finding::{Finding, Severity, rank};
use super::gather::{begin, named, real};
use super::score::{Score, Term};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_model::Duration;

/// Different names below one domain: browsing a site asks for a dozen.
pub(super) const NAMES: usize = 50;
/// Of a hundred questions so many are for a name not asked before: who uses a server asks for it again.
pub(super) const NOVEL: f64 = 0.8;
/// Signs of data in the names, beside their number.
pub(super) const SIGNS: usize = 2;
/// Different names answered with long encoded texts: nothing but a download in pieces needs so many.
const TEXTS: usize = 10;
/// Confidence in those.
const LOADED: f64 = 0.75;
/// RFC 1035: no such name.
const NO_NAME: u16 = 3;
/// The span that they must fit into.
const WINDOW: Duration = Duration(3_600_000_000_000);

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "dns.tunnel",
    title: "Names asked for carry data",
    why: "Names are let through where nothing else is: what is written into them goes to whoever owns the domain, and answers can bring something back.",
    how: "Per host and registered domain, in the hour with the most: at least 50 different names, at most two in ten asked for again, and two of six signs: long names, encoded-looking names, questions for TXT, NULL, CNAME or MX, names that can hold 4 kB, answers that are not to be kept, no address that is contacted afterwards. Or at least ten different names answered with texts of 100 characters and more that look encoded.",
    innocent: "Reputation look-ups of mail filters and virus scanners, which ask for hashes and are answered from 127/8. Shards of a content network, which are contacted afterwards. What every host here asks for. They are told apart where answers or contacts show it.",
    settle: "See on the host which program asks; ask the domain's own name server yourself for one of the names; look at what the answers hold.",
    techniques: &["T1071.004", "T1572", "T1048.003"],
    severity: Severity::High,
    needs: &[Need::Messages("dns"), Need::Content],
    keys: |ground| keys(ground, TEXTS),
    judge,
    rank,
};

/// The hour with the most different names.
fn busiest<'a: 'b, 'b, T: Borrow<Asked<'a>>>(all: &'b [T]) -> &'b [T] {
    let mut counts: HashMap<&str, usize, FixedState> = HashMap::default();
    let (mut from, mut best, mut most) = (0, 0..0, 0);
    for (to, a) in all.iter().enumerate() {
        let a: &'b Asked<'a> = a.borrow();
        *counts.entry(&*a.left).or_default() += 1;
        let before = |n: usize| all.get(n).map(Borrow::borrow);
        while let Some(old) = before(from).filter(|o| a.time.since(o.time) > WINDOW) {
            if let Some(n) = counts.get_mut(&*old.left) {
                *n -= 1;
                if *n == 0 {
                    counts.remove(&*old.left);
                }
            }
            from += 1;
        }
        // Equal ones too: what is asked again in the same hour belongs to it.
        if counts.len() >= most {
            (most, best) = (counts.len(), from..to + 1);
        }
    }
    all.get(best).unwrap_or_default()
}

/// Is this key found here? Then the slower one does not tell it once more.
pub(super) fn found_here(ground: &Ground<'_>, key: &Key) -> bool {
    judge(ground, key).is_some()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let (chain, client, domain) = about(ground, key)?;
    let all = asked(ground, key);
    let here = busiest(&all);
    let look = look(ground, chain, here);
    let time = here.first()?.time;
    if passes_on(ground, chain, client, time, &domain) {
        return None;
    }
    if look.names < NAMES || look.novelty < NOVEL || look.signs.len() < SIGNS {
        return loaded(ground, &all, (chain, client, &domain));
    }
    let (_, who) = named(ground, chain, client, time);
    let subject = format!("{who}|{domain}");
    let mut out = begin(ground, &DETECTION, &subject, (chain, client), &cited(here))?;
    out.first = all.first()?.time;
    out.last = all.last()?.query.meta.end.max(out.last);
    out.domain = Some(domain.clone());
    out.dst = Some(here.first()?.query.server.0);
    out.dport = Some(here.first()?.query.server.1);
    out.confidence = (0.4 + 0.1 * real(look.signs.len())).min(0.95);
    if look.modest || look.signs.len() == SIGNS {
        out.severity = Severity::Medium;
    }
    out.title = format!(
        "{client} asked for {} below {}",
        plural(look.names as u64, "new name"),
        shown(&domain)
    );
    out.why = format!(
        "{}. {} {}",
        words(&look.signs),
        came_back(here),
        DETECTION.why
    );
    if let Some((code, text)) = decoded(here) {
        out.confidence = out.confidence.max(0.9);
        out.why += &format!(
            " One name reads, in {code}: \u{201c}{}\u{201d}.",
            shown(&text)
        );
    }
    if let Some((class, says)) = benign(ground, here, &look) {
        (out.severity, out.confidence) = (Severity::Low, out.confidence * 0.5);
        out.why += &format!(" It behaves like a harmless class ({class}): {says}.");
        out.benign = Some((class, says));
    }
    out.plots.push(lengths(here));
    let count = Term::plain(
        "names",
        real(look.names),
        plural(look.names as u64, "different name"),
    );
    let novel = Term::plain(
        "novelty",
        look.novelty,
        format!(
            "{:.0} % of the questions are for a new name",
            look.novelty * 100.0
        ),
    );
    out.scores.push(Score {
        name: "confidence",
        formula: ".4 + .1 for each sign, at most .95; .9 at least where a name decodes to text; half of it for a harmless class",
        result: out.confidence,
        terms: [count, novel].into_iter().chain(look.signs).collect(),
    });
    Some(out)
}

/// How many questions were answered, and how many of the answers say that there is no such name.
fn came_back(all: &[Asked<'_>]) -> String {
    let of = |code: Option<u16>| all.iter().filter(|a| a.query.rcode == code).count() as u64;
    let answered = all.len() as u64 - of(None);
    let missing = match (answered, of(Some(NO_NAME))) {
        (0, _) => "no answer was seen".to_owned(),
        (_, 0) => format!("{answered} answered, none with \u{201c}no such name\u{201d}"),
        (a, n) if a == n => {
            format!("{answered} answered, all with \u{201c}no such name\u{201d}")
        }
        (_, n) => format!("{answered} answered, {n} with \u{201c}no such name\u{201d}"),
    };
    format!("Of {}, {missing}.", plural(all.len() as u64, "question"))
}

/// Few names, but what they are answered with carries something: a program or commands, piece by piece.
fn loaded(
    ground: &Ground<'_>,
    all: &[Asked<'_>],
    (chain, client, domain): (usize, IpAddr, &str),
) -> Option<Finding> {
    let bulky = bulky(all);
    // The hour with the most of them: the first one may have come long before.
    let near = busiest(&bulky);
    let begun = near.first()?.time;
    let names: BTreeSet<&str> = near.iter().map(|a| &*a.left).collect();
    if names.len() < TEXTS {
        return None;
    }
    let (_, who) = named(ground, chain, client, begun);
    let subject = format!("{who}|{domain}");
    let packets = cited_answers(near);
    let mut out = begin(ground, &DETECTION, &subject, (chain, client), &packets)?;
    let server = near.first()?.query.server;
    (out.dst, out.dport) = (Some(server.0), Some(server.1));
    out.domain = Some(domain.to_owned());
    (out.severity, out.confidence) = (Severity::High, LOADED);
    out.title = format!(
        "{client} was answered long encoded texts for {} below {}",
        plural(names.len() as u64, "name"),
        shown(domain)
    );
    out.why = format!(
        "{} different names, each answered with a text that looks encoded. {}",
        names.len(),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{Reply, noise, question};
    use super::*;
    use crate::tape::{End, Tape};

    const CLIENT: End = ([10, 0, 0, 7], 40_000);

    /// `names` noisy names of 40 letters, each asked for `times` times as type `kind`.
    fn tape(names: usize, times: usize, kind: u16, reply: &Reply, len: usize) -> Tape {
        let mut tape = Tape::default();
        for n in 0..names {
            for _ in 0..times {
                question(
                    &mut tape,
                    CLIENT,
                    &format!("{}.t.example.com", noise(n as u64, len)),
                    kind,
                    reply,
                );
            }
        }
        tape
    }

    fn tunnels(tape: &Tape) -> Vec<Finding> {
        found(tape, &DETECTION)
    }

    #[test]
    fn fifty_new_names_in_an_hour() {
        let text = Reply::Text(0, "v0123456789".to_owned());
        for (names, n) in [(49, 0), (50, 1), (51, 1)] {
            let all = tunnels(&tape(names, 1, 16, &text, 40));
            assert_eq!(all.len(), n, "{names}");
            for f in all {
                assert_eq!(
                    (f.severity, f.domain.as_deref()),
                    (Severity::High, Some("example.com"))
                );
                assert!(f.confidence >= 0.8);
                assert!(f.evidence.packets().count() >= 4);
            }
        }
        // The 50th name comes 3,528 s after the first, and 3,724 s.
        for (pace, n) in [(36, 1), (38, 0)] {
            let mut slow = Tape {
                pace: Duration::seconds(pace),
                ..Tape::default()
            };
            for n in 0..50 {
                question(
                    &mut slow,
                    CLIENT,
                    &format!("{}.example.com", noise(n, 40)),
                    16,
                    &text,
                );
            }
            assert_eq!(tunnels(&slow).len(), n, "{pace} s");
        }
    }

    #[test]
    fn ten_long_texts_and_what_mail_asks_for() {
        let answered = |names: u64, text: fn(u64) -> String| {
            let mut tape = Tape::default();
            for n in 0..names {
                let name = format!("l.{n}.ns.example.com");
                question(&mut tape, CLIENT, &name, 16, &Reply::Text(300, text(n)));
            }
            tunnels(&tape)
        };
        assert_eq!(answered(9, |n| noise(n, 120)).len(), 0);
        let ten = answered(10, |n| noise(n, 120));
        assert_eq!((ten.len(), ten[0].severity), (1, Severity::High));
        assert_eq!(ten[0].evidence.packets().count(), 20);
        assert_eq!(answered(20, |n| noise(n, 99)).len(), 0, "short");
        let key = |n| format!("v=DKIM1; k=rsa; p={}", noise(n, 150));
        assert_eq!(answered(20, key).len(), 0, "keys of mail");
        let proof = |n| format!("some-verification={}", noise(n, 150));
        assert_eq!(answered(20, proof).len(), 0, "proofs of ownership");
        let prose = |_| "the quick brown fox jumps over the lazy dog ".repeat(4);
        assert_eq!(answered(20, prose).len(), 0, "prose");
    }

    #[test]
    fn texts_long_after_the_first_one() {
        let mut tape = Tape::default();
        let ask = |tape: &mut Tape, n: u64| {
            let name = format!("l.{n}.ns.example.com");
            question(tape, CLIENT, &name, 16, &Reply::Text(300, noise(n, 120)));
        };
        ask(&mut tape, 0);
        tape.now = tape.now.plus(Duration::seconds(7_200));
        for n in 1..=10 {
            ask(&mut tape, n);
        }
        let one = tunnels(&tape).remove(0);
        assert_eq!(one.evidence.packets().count(), 20, "without the early one");
    }

    #[test]
    fn one_name_in_mixed_case_is_one_name() {
        let name = format!("{}.t.example.com", noise(3, 40));
        let mut tape = Tape::default();
        for n in 0..80_u32 {
            let mixed: String = name
                .chars()
                .enumerate()
                .map(|(at, c)| match n >> (at % 7) & 1 {
                    1 => c.to_ascii_uppercase(),
                    _ => c,
                })
                .collect();
            question(&mut tape, CLIENT, &mixed, 16, &Reply::NoName);
        }
        assert_eq!(tunnels(&tape), []);
    }

    #[test]
    fn what_the_answers_were_is_said() {
        let told = |reply: &Reply| tunnels(&tape(60, 1, 16, reply, 40)).remove(0).why;
        let why = told(&Reply::NoName);
        assert!(
            why.contains("Of 60 questions, 60 answered, all with \u{201c}no such name\u{201d}."),
            "{why}"
        );
        let why = told(&Reply::Text(0, "v0123456789".to_owned()));
        assert!(why.contains("60 answered, none with"), "{why}");
        assert!(!why.contains("answers bring something back"), "{why}");
    }

    #[test]
    fn asked_for_again_is_no_novelty() {
        let mut all = tape(80, 1, 16, &Reply::NoName, 40);
        for n in 0..20 {
            question(
                &mut all,
                CLIENT,
                &format!("{}.t.example.com", noise(n, 40)),
                16,
                &Reply::NoName,
            );
        }
        assert_eq!(tunnels(&all).len(), 1, "80 of 100");
        question(
            &mut all,
            CLIENT,
            &format!("{}.t.example.com", noise(1, 40)),
            16,
            &Reply::NoName,
        );
        assert_eq!(tunnels(&all).len(), 0, "80 of 101");
        // Both kinds of address for every name are one question.
        let mut both = tape(60, 1, 1, &Reply::NoName, 40);
        for n in 0..60 {
            question(
                &mut both,
                CLIENT,
                &format!("{}.t.example.com", noise(n, 40)),
                28,
                &Reply::NoName,
            );
        }
        assert_eq!(tunnels(&both).len(), 1);
    }

    #[test]
    fn one_sign_is_none() {
        // Short names for addresses that may be kept long: only that nobody contacts them.
        let kept = Reply::Address(300, [198, 51, 100, 9]);
        assert_eq!(tunnels(&tape(60, 1, 1, &kept, 8)).len(), 0);
        let unkept = Reply::Address(5, [198, 51, 100, 9]);
        let all = tunnels(&tape(60, 1, 1, &unkept, 8));
        assert_eq!(all.first().map(|f| f.severity), Some(Severity::Medium));
        let longer = Reply::Address(6, [198, 51, 100, 9]);
        assert_eq!(tunnels(&tape(60, 1, 1, &longer, 8)).len(), 0);
    }

    #[test]
    fn a_readable_name_is_shown() {
        let mut all = tape(60, 1, 16, &Reply::NoName, 40);
        question(
            &mut all,
            CLIENT,
            "70617373776f72642069732068756e746572.t.example.com",
            16,
            &Reply::NoName,
        );
        let one = tunnels(&all).remove(0);
        assert!(one.why.contains("password is hunter"), "{}", one.why);
    }

    #[test]
    fn reputation_look_ups_are_a_note() {
        let yes = Reply::Address(5, [127, 0, 0, 2]);
        let one = tunnels(&tape(80, 1, 1, &yes, 32)).remove(0);
        assert_eq!(one.severity, Severity::Low);
        assert!(one.confidence < 0.5);
        assert_eq!(one.benign.map(|b| b.0), Some("look-up service"));
    }

    #[test]
    fn shards_are_contacted() {
        let mut all = Tape::default();
        for n in 0..60 {
            question(
                &mut all,
                CLIENT,
                &format!("{}.cdn.example.com", noise(n, 40)),
                1,
                &Reply::Address(5, [198, 51, 100, 9]),
            );
        }
        all.talk(
            ([10, 0, 0, 7], 50_000),
            ([198, 51, 100, 9], 443),
            b"?",
            b"!",
        );
        for f in tunnels(&all) {
            assert_eq!(
                (f.severity, f.benign.map(|b| b.0)),
                (Severity::Low, Some("names of servers"))
            );
        }
    }

    #[test]
    fn everybody_asks() {
        let mut all = Tape::default();
        for host in 1..=4 {
            for n in 0..60 {
                question(
                    &mut all,
                    ([10, 0, 0, host + 10], 40_000),
                    &format!("{}.example.com", noise(n, 40)),
                    16,
                    &Reply::NoName,
                );
            }
        }
        let found = tunnels(&all);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|f| f.severity == Severity::Low));
    }

    #[test]
    fn reverse_zones_and_suffixes_are_not_looked_at() {
        let mut all = Tape::default();
        for n in 0..80 {
            question(
                &mut all,
                CLIENT,
                &format!("{n}.0.168.192.in-addr.arpa"),
                12,
                &Reply::NoName,
            );
            question(
                &mut all,
                CLIENT,
                &format!("{}.local", noise(n, 40)),
                16,
                &Reply::NoName,
            );
        }
        assert_eq!(tunnels(&all), []);
    }
}
