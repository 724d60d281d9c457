//! Which finding is about which label: by family and ends; faults and TLS anomalies by exact kind.

use super::finding::Finding;
use crate::labelled::truth::{Label, Least, Need, Truth};

/// Families where another kind about the same ends is another thing.
const EXACT: [&str; 3] = ["netissue", "tls", "capture"];

/// What a finding is, next to the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The first about this label (its place in the truth).
    Right(usize),
    /// Another one about it.
    Again(usize),
    /// Not the label's family, but right about the same ends.
    Beside(usize),
    /// Below an alarm and about nothing that was planted.
    Note,
    /// An alarm about nothing, or about something harmless.
    False(Option<usize>),
}

/// A capture's findings against its truth.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The truth.
    pub truth: Truth,
    /// Findings in the order in which they were given.
    pub findings: Vec<Finding>,
    /// A verdict for each.
    pub verdicts: Vec<Verdict>,
    /// For each label the finding that found it.
    pub found: Vec<Option<usize>>,
}

/// Is one name the other or below it? Names of one label are nobody's.
fn same_name(a: &str, b: &str) -> bool {
    let below = |long: &str, short: &str| {
        long == short
            || (short.contains('.')
                && long
                    .strip_suffix(short)
                    .is_some_and(|rest| rest.ends_with('.')))
    };
    below(a, b) || below(b, a)
}

/// Are both about the same ends?
#[must_use]
pub fn ends(f: &Finding, l: &Label) -> bool {
    // A defect of the capture is nobody's.
    if l.src.is_empty() {
        return true;
    }
    let is = |side: &Option<String>| {
        let named = |ip: &String| *ip == l.src || l.who.contains(ip);
        side.as_ref().is_some_and(named)
    };
    let by_mac = l.mac.is_some() && f.mac == l.mac;
    let (here, other) = if is(&f.src) || by_mac {
        (true, &f.dst)
    } else {
        (is(&f.dst), &f.src)
    };
    if !here {
        return false;
    }
    let free = l.dst.is_empty() && l.domain.is_none();
    // Where the port is all that tells one thing of a host from another, it has to agree.
    if free && matches!((f.dport, l.dport), (Some(a), Some(b)) if a != b) {
        return false;
    }
    let silent = f.domain.is_none() && other.is_none();
    if free || silent {
        return true;
    }
    let by_name = match (&f.domain, &l.domain) {
        (Some(a), Some(b)) => same_name(a, b),
        _ => false,
    };
    by_name || other.as_ref().is_some_and(|ip| l.dst.contains(ip))
}

fn family(kind: &str) -> &str {
    kind.split('.').next().unwrap_or("")
}

/// How well a finding's detection fits a label's kind: 3 the same, 2 the same family, 1 right as well.
fn fit(f: &Finding, l: &Label) -> u8 {
    if f.detection == l.kind {
        return 3;
    }
    if f.family() == family(&l.kind) && !EXACT.contains(&f.family()) {
        return 2;
    }
    let also = |k: &String| *k == f.detection || *k == f.family();
    u8::from(l.also.iter().any(also))
}

/// Judges every finding of a capture.
#[must_use]
pub fn judge(truth: Truth, findings: Vec<Finding>) -> Outcome {
    let mut found: Vec<Option<usize>> = vec![None; truth.labels.len()];
    let mut verdicts = Vec::with_capacity(findings.len());
    for (n, f) in findings.iter().enumerate() {
        let planted = |l: &&(usize, &Label)| l.1.need != Need::MustNot;
        let here: Vec<(usize, &Label)> = truth
            .labels
            .iter()
            .enumerate()
            .filter(|(_, l)| ends(f, l))
            .collect();
        let strong = |l: &Label| l.least == Least::Note || f.alarm();
        // The best fit; of two alike, one that nobody has found yet.
        let best = here
            .iter()
            .filter(planted)
            .map(|(at, l)| (fit(f, l), found[*at].is_none(), *at))
            .filter(|(fit, _, _)| *fit > 0)
            .max_by_key(|(fit, new, at)| (*fit, *new, usize::MAX - at));
        let verdict = match best {
            Some((fit, _, at)) if fit >= 2 => {
                if found[at].is_some() {
                    Verdict::Again(at)
                } else if truth.labels.get(at).is_some_and(strong) {
                    found[at] = Some(n);
                    Verdict::Right(at)
                } else {
                    Verdict::Beside(at)
                }
            }
            Some((_, _, at)) => Verdict::Beside(at),
            // What is right to say of a harmless twin: that a service is down, say.
            None if here.iter().any(|(_, l)| fit(f, l) == 1) => here
                .first()
                .map_or(Verdict::Note, |(at, _)| Verdict::Beside(*at)),
            None if f.alarm() => {
                Verdict::False(here.iter().find(|l| !planted(l)).map(|(at, _)| *at))
            }
            None => Verdict::Note,
        };
        verdicts.push(verdict);
    }
    Outcome {
        truth,
        findings,
        verdicts,
        found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labelled::truth::tests::label as plain;

    fn label(kind: &str, need: Need, least: Least, src: &str, dst: &[&str]) -> Label {
        Label {
            need,
            least,
            also: vec!["ua".to_owned(), "tls.rare_client".to_owned()],
            dst: dst.iter().map(|d| (*d).to_owned()).collect(),
            domain: Some("cdn.evil.test".to_owned()),
            ..plain(kind, src)
        }
    }

    fn finding(detection: &str, src: &str, dst: Option<&str>, domain: Option<&str>) -> Finding {
        Finding {
            detection: detection.to_owned(),
            severity: 2,
            confidence: 0.8,
            src: Some(src.to_owned()),
            dst: dst.map(str::to_owned),
            domain: domain.map(str::to_owned),
            ..Finding::default()
        }
    }

    #[test]
    fn a_label_counts_once_and_the_wrong_reason_is_false() {
        let l = label(
            "c2.beacon",
            Need::Must,
            Least::Alarm,
            "10.0.0.7",
            &["198.18.0.1"],
        );
        let all = vec![
            finding("c2.long_connection", "10.0.0.7", Some("198.18.0.1"), None),
            finding("c2.beacon", "10.0.0.7", None, Some("evil.test")),
            finding("ua.rare", "10.0.0.7", Some("198.18.0.1"), None),
            finding("exfil.upload", "10.0.0.7", Some("198.18.0.1"), None),
            finding(
                "c2.beacon",
                "10.0.0.7",
                Some("198.18.0.2"),
                Some("good.test"),
            ),
            finding("c2.beacon", "10.0.0.8", Some("198.18.0.1"), None),
        ];
        let o = judge(Truth::of(vec![l]), all);
        assert_eq!(
            o.verdicts,
            [
                Verdict::Right(0),
                Verdict::Again(0),
                Verdict::Beside(0),
                Verdict::False(None),
                Verdict::False(None),
                Verdict::False(None),
            ]
        );
        assert_eq!(o.found, [Some(0)]);
    }

    #[test]
    fn a_note_finds_only_what_a_note_may_find() {
        let mut weak = finding("c2.beacon", "10.0.0.7", Some("198.18.0.1"), None);
        weak.severity = 1;
        for (least, wanted) in [(Least::Alarm, None), (Least::Note, Some(0))] {
            let l = label("c2.beacon", Need::Must, least, "10.0.0.7", &["198.18.0.1"]);
            let o = judge(Truth::of(vec![l]), vec![weak.clone()]);
            assert_eq!(o.found, [wanted]);
            assert!(!o.verdicts.contains(&Verdict::False(None)));
        }
    }

    #[test]
    fn harmless_things_are_false_alarms_by_name_and_faults_need_their_kind() {
        let twin = label(
            "benign.agent",
            Need::MustNot,
            Least::Alarm,
            "10.0.0.9",
            &["198.18.0.3"],
        );
        let fault = label(
            "netissue.zero_window",
            Need::Must,
            Least::Note,
            "10.0.0.4",
            &[],
        );
        let all = vec![
            finding("c2.beacon", "10.0.0.9", Some("198.18.0.3"), None),
            finding("netissue.high_rtt", "10.0.0.4", None, None),
            finding("netissue.zero_window", "10.0.0.4", None, None),
        ];
        let o = judge(Truth::of(vec![twin, fault]), all);
        assert_eq!(
            o.verdicts,
            [
                Verdict::False(Some(0)),
                Verdict::False(None),
                Verdict::Right(1)
            ]
        );
    }

    #[test]
    fn the_victim_may_stand_on_either_side() {
        let l = label(
            "scan.inbound",
            Need::Must,
            Least::Note,
            "198.18.0.1",
            &["10.0.0.7"],
        );
        let f = finding("scan.inbound", "10.0.0.7", Some("198.18.0.1"), None);
        assert!(ends(&f, &l));
        let mut nobody = l.clone();
        nobody.src = String::new();
        assert!(ends(&f, &nobody));
        let mut old = label("l2.arp_spoof", Need::Must, Least::Note, "10.0.0.1", &[]);
        old.domain = None;
        old.who = vec!["10.0.0.7".to_owned()];
        assert!(ends(&f, &old));
        let mut port = label("port.once_bound", Need::Must, Least::Note, "10.0.0.7", &[]);
        (port.domain, port.dport) = (None, Some(4444));
        let mut f = finding("port.once_bound", "10.0.0.7", None, None);
        for (said, right) in [(None, true), (Some(4444), true), (Some(80), false)] {
            f.dport = said;
            assert_eq!(ends(&f, &port), right, "{said:?}");
        }
        assert!(same_name("cdn.evil.test", "evil.test"));
        assert!(!same_name("notevil.test", "evil.test") && !same_name("a.test", "test"));
    }
}
