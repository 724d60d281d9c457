//! Somebody outside tries what the network has. All day long everybody is scanned; what answered matters.

use super::attempts::{by_client, cited, client, targets};
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;

/// Different machines and ports tried in vain.
const PLACES: usize = 5;
/// How many of a hundred did not answer.
const IN_VAIN: usize = 50;
/// Ports of one machine from which it is a scan of that machine.
const ONE_MACHINE: usize = 15;
/// Confidence.
const SURE: f64 = 0.8;
/// Answering places that are cited and named.
const OPEN: usize = 8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.inbound",
    title: "The network was searched from outside",
    why: "Whoever tries machine after machine from outside looks for what lets him in; what answered him is what he found.",
    how: "Connections by TCP from an outside address to at least 5 different machines or ports of the network, of which at least half were refused or stayed without an answer. Many ports of one machine are found as such. Medium where something answered with content.",
    innocent: "The background noise of the internet. Research scanners. A remote branch behind an address that is not known as the network's own.",
    settle: "Close what answered and should not have; look at whether the same address came back to it.",
    techniques: &["T1595.001", "T1046"],
    severity: Severity::Medium,
    needs: &[Need::Flows],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = by_client(ground, PLACES, false, false);
    let mut out: Vec<Key> = all
        .into_iter()
        .map(|((ip, _), mut rows)| {
            rows.sort_unstable();
            Key {
                subject: client(ground, &rows, ip),
                rows,
            }
        })
        .collect();
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = targets(ground, &key.rows);
    let first = all.first()?;
    let (chain, f) = (first.row.0, first.flow);
    let closed = all.iter().filter(|t| !t.answered).count();
    let machines: BTreeSet<_> = all.iter().map(|t| t.flow.server.0).collect();
    let one = machines.len() == 1 && closed >= ONE_MACHINE;
    if closed < PLACES || closed * 100 < all.len() * IN_VAIN || one {
        return None;
    }
    let evidence = Evidence::of(cited(&all, OPEN))?;
    let span = (
        all.iter().map(|t| t.flow.begun).min()?,
        all.iter().map(|t| t.flow.ended).max()?,
    );
    let at = (chain, f.client.0, f.begun);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    let open = || all.iter().filter(|t| t.answered);
    let talked = open().any(|t| t.flow.payload[1] > 0);
    out.severity = if talked {
        Severity::Medium
    } else {
        Severity::Low
    };
    out.confidence = SURE;
    let ports: BTreeSet<u16> = all.iter().map(|t| t.flow.server.1).collect();
    if ports.len() == 1 {
        out.dport = ports.first().copied();
    }
    if machines.len() == 1 {
        out.dst = machines.first().copied();
    }
    out.title = format!(
        "{} tried {} of {} from outside",
        f.client.0,
        plural(ports.len() as u64, "port"),
        plural(machines.len() as u64, "machine")
    );
    let named: Vec<String> = open()
        .take(OPEN)
        .map(|t| format!("{}:{}", t.flow.server.0, t.flow.server.1))
        .collect();
    let answers = match all.len() - closed {
        0 => "none answered".to_owned(),
        n => format!("{n} answered: {}", named.join(", ")),
    };
    out.why = format!("{closed} in vain, {answers}. {}", DETECTION.why);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const OUTSIDE: [u8; 4] = [198, 51, 100, 7];

    fn tried(closed: u8, open: u8) -> Tape {
        let mut tape = Tape::default();
        for n in 1..=closed {
            tape.tcp((OUTSIDE, 40_000), ([10, 0, 1, n], 445), 100, 0, 2, &[]);
        }
        for n in 1..=open {
            tape.talk((OUTSIDE, 50_000), ([10, 0, 2, n], 445), b"?", b"!");
        }
        tape
    }

    #[test]
    fn five_places_of_which_half_do_not_answer() {
        for (closed, open, n) in [(4, 0, 0), (5, 0, 1), (6, 0, 1), (5, 5, 1), (5, 6, 0)] {
            let all = found(&tried(closed, open), &DETECTION);
            assert_eq!(all.len(), n, "{closed} closed, {open} open");
        }
        let one = found(&tried(9, 0), &DETECTION).remove(0);
        assert_eq!(one.severity, Severity::Low);
        assert_eq!(
            one.title,
            "198.51.100.7 tried 1 port of 9 machines from outside"
        );
        assert_eq!(one.evidence.packets().count(), 9);
        let one = found(&tried(9, 1), &DETECTION).remove(0);
        assert_eq!(one.severity, Severity::Medium);
        assert!(
            one.why.starts_with("9 in vain, 1 answered: 10.0.2.1:445. "),
            "{}",
            one.why
        );
    }

    #[test]
    fn many_ports_of_one_machine_are_told_elsewhere() {
        for (ports, n) in [(14, 1), (15, 0)] {
            let mut tape = Tape::default();
            for port in 1..=ports {
                tape.tcp((OUTSIDE, 40_000), ([10, 0, 1, 1], port), 100, 0, 2, &[]);
            }
            assert_eq!(found(&tape, &DETECTION).len(), n, "{ports}");
        }
    }

    #[test]
    fn visitors_of_a_server_that_is_there_do_not_search() {
        let mut tape = Tape::default();
        for n in 0..30 {
            tape.talk((OUTSIDE, 50_000 + n), ([10, 0, 2, 1], 443), b"?", b"!");
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
