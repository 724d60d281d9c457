//! One port of many machines tried, mostly in vain: somebody looks for a service, or for a way to spread.

use super::attempts::{asks_for_a_living, by_client, cited, client, targets, unnamed};
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeSet;
use weir_model::is_internal;

/// Different machines: no program that knows its service asks for so many that are not there.
const MACHINES: usize = 10;
/// How many of a hundred did not answer.
const IN_VAIN: usize = 50;
/// Ports by which malware spreads and people move from machine to machine.
const SPREADING: &[u16] = &[22, 445, 3389, 5985, 5986];
/// Ports of web pages: where the way out is blocked, a browser looks like this.
const WEB: &[u16] = &[80, 443];
/// Machines of one network (/24) by which a search is told from blocked browsing.
const NEIGHBOURS: usize = 5;
/// Confidence in a search.
const SURE: f64 = 0.85;
/// Where a harmless reading is as likely.
const UNSURE: f64 = 0.4;
/// Answering machines that are cited and named.
const OPEN: usize = 8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.horizontal",
    title: "One port of many machines was tried",
    why: "Whoever looks for a service, or spreads by it, asks machine after machine; whoever uses it knows where it is.",
    how: "Connections by TCP of a host of the network to the same port of at least 10 machines, each once, of which at least half were refused or stayed without an answer. Machines that it had looked up by name do not count. Where it asks the same ones three times or more, or is a monitor by its behaviour, that is said and weighs less.",
    innocent: "A scanner or an inventory of the network's owner. Monitoring while a network is down. A browser whose way out is blocked. A peer-to-peer program with the same port everywhere.",
    settle: "Ask who scans here; if nobody does, find on the host which program ran at the time of the first packet, and look at what it did with the machines that answered.",
    techniques: &["T1046", "T1018"],
    severity: Severity::High,
    needs: &[Need::Flows, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = by_client(ground, MACHINES / 2, true, true);
    let mut out: Vec<Key> = all
        .into_iter()
        .map(|((ip, port), mut rows)| {
            let subject = format!("{}|{port}", client(ground, &rows, ip));
            rows.sort_unstable();
            Key { subject, rows }
        })
        .collect();
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = targets(ground, &key.rows);
    let first = all.first()?;
    let (chain, f) = (first.row.0, first.flow);
    let host = ground.env.at(chain, f.client.0, f.begun)?;
    let (src, port) = (f.client.0, f.server.1);
    let all = unnamed(ground, host, all);
    let closed = all.iter().filter(|t| !t.answered).count();
    if all.len() < MACHINES || closed * 100 < all.len() * IN_VAIN {
        return None;
    }
    let evidence = Evidence::of(cited(&all, OPEN))?;
    let span = (
        all.iter().map(|t| t.flow.begun).min()?,
        all.iter().map(|t| t.flow.ended).max()?,
    );
    let mut out = Finding::new(ground, &DETECTION, &key.subject, host, src, span, evidence);
    out.dport = Some(port);
    out.confidence = SURE;
    let within = all.iter().filter(|t| is_internal(t.flow.server.0)).count();
    let inside = within * 2 >= all.len();
    if !SPREADING.contains(&port) {
        out.severity = Severity::Medium;
    }
    if !inside && WEB.contains(&port) && neighbours(&all) < NEIGHBOURS {
        out.confidence = UNSURE;
    }
    if let Some(benign) = asks_for_a_living(ground, host, &all) {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        out.benign = Some(benign);
    }
    let open: Vec<String> = all
        .iter()
        .filter(|t| t.answered)
        .take(OPEN)
        .map(|t| t.flow.server.0.to_string())
        .collect();
    let answers = match all.len() - closed {
        0 => "none answered".to_owned(),
        n if n > OPEN => format!("{n} answered, among them {}", open.join(", ")),
        n => format!("{n} answered: {}", open.join(", ")),
    };
    let refused = all
        .iter()
        .filter(|t| !t.answered && t.flow.tcp.rst[1])
        .count();
    out.title = format!(
        "{src} tried port {port} of {}",
        plural(all.len() as u64, "machine")
    );
    out.why = format!(
        "{refused} refused, {} without an answer, {answers}. {}",
        closed - refused,
        DETECTION.why
    );
    Some(out)
}

/// The most targets in one network.
fn neighbours(all: &[super::attempts::Target<'_>]) -> usize {
    let network = |ip: std::net::IpAddr| match ip {
        std::net::IpAddr::V4(ip) => u128::from(u32::from(ip) >> 8),
        std::net::IpAddr::V6(ip) => u128::from(ip) >> 64,
    };
    let all: BTreeSet<_> = all
        .iter()
        .map(|t| (network(t.flow.server.0), t.flow.server.0))
        .collect();
    let all: Vec<_> = all.into_iter().collect();
    all.chunk_by(|a, b| a.0 == b.0)
        .map(<[_]>::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const CLIENT: [u8; 4] = [10, 0, 0, 66];

    fn tried(closed: u8, open: u8, port: u16, net: [u8; 3]) -> Tape {
        let mut tape = Tape::default();
        more(&mut tape, closed, open, port, net);
        tape
    }

    fn more(tape: &mut Tape, closed: u8, open: u8, port: u16, [a, b, c]: [u8; 3]) {
        for n in 1..=closed {
            let from = 40_000 + u16::try_from(tape.frames.len()).unwrap();
            tape.tcp((CLIENT, from), ([a, b, c, n], port), 100, 0, 2, &[]);
        }
        for n in 1..=open {
            let from = 50_000 + u16::try_from(tape.frames.len()).unwrap();
            tape.talk((CLIENT, from), ([a, b, c, 200 + n], port), b"?", b"!");
        }
    }

    fn scans(tape: &Tape) -> Vec<Finding> {
        found(tape, &DETECTION)
    }

    #[test]
    fn ten_machines_of_which_half_do_not_answer() {
        for (closed, open, n) in [
            (9, 0, 0),
            (10, 0, 1),
            (11, 0, 1),
            (5, 4, 0),
            (5, 5, 1),
            (6, 7, 0),
            (10, 11, 0),
        ] {
            let all = scans(&tried(closed, open, 8080, [10, 0, 1]));
            assert_eq!(all.len(), n, "{closed} closed, {open} open");
        }
        let one = scans(&tried(12, 2, 445, [10, 0, 1])).remove(0);
        assert_eq!(one.title, "10.0.0.66 tried port 445 of 14 machines");
        assert_eq!((one.severity, one.confidence), (Severity::High, SURE));
        assert!(
            one.why.starts_with(
                "0 refused, 12 without an answer, 2 answered: 10.0.1.201, 10.0.1.202. "
            ),
            "{}",
            one.why
        );
        assert_eq!(one.evidence.packets().count(), 14);
        let one = scans(&tried(12, 2, 8080, [10, 0, 1])).remove(0);
        assert_eq!(one.severity, Severity::Medium);
    }

    #[test]
    fn who_asks_the_same_ones_again_and_again_waits_for_them() {
        for (rounds, severity) in [(2, Severity::Medium), (3, Severity::Low)] {
            let mut tape = Tape::default();
            for _ in 0..rounds {
                more(&mut tape, 12, 0, 9100, [10, 0, 1]);
            }
            let one = scans(&tape).remove(0);
            assert_eq!(one.severity, severity, "{rounds} rounds");
            assert_eq!(one.benign.is_some(), severity == Severity::Low);
        }
    }

    #[test]
    fn a_blocked_browser_knows_names_or_stays_a_note() {
        let mut tape = Tape::default();
        for n in 1..=12 {
            let ip = [198, 51, n, 9];
            tape.look_up(
                (CLIENT, 5000 + u16::from(n)),
                &format!("www.site{n}.example"),
                Some(ip),
            );
            tape.tcp((CLIENT, 40_000 + u16::from(n)), (ip, 443), 100, 0, 2, &[]);
        }
        assert_eq!(scans(&tape), []);
        let mut tape = Tape::default();
        for n in 1..=12 {
            tape.tcp(
                (CLIENT, 40_000 + u16::from(n)),
                ([198, 51, n, 9], 443),
                100,
                0,
                2,
                &[],
            );
        }
        assert!(scans(&tape).iter().all(|f| f.confidence == UNSURE));
        // Machine after machine of one network is no browsing.
        assert_eq!(
            scans(&tried(12, 0, 443, [198, 51, 100]))
                .remove(0)
                .confidence,
            SURE
        );
    }

    #[test]
    fn from_outside_it_is_another_matter() {
        let mut tape = Tape::default();
        for n in 1..=30 {
            tape.tcp(
                ([198, 51, 100, 7], 40_000),
                ([10, 0, 1, n], 445),
                100,
                0,
                2,
                &[],
            );
        }
        assert_eq!(scans(&tape), []);
    }

    /// Nothing in the traffic tells these from another: the text says what they may be.
    #[test]
    fn an_owners_inventory_and_peers_are_named() {
        let one = scans(&tried(100, 3, 161, [10, 0, 1])).remove(0);
        assert!(
            one.innocent
                .starts_with("A scanner or an inventory of the network's owner.")
        );
        assert!(one.innocent.contains("peer-to-peer"));
    }
}
