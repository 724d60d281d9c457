//! Addresses of the segment asked for one after the other: inside a network, a search begins with ARP, and a dead
//! address never sees anything else.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use crate::environment::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::protocols::arp::Word;
use weir_model::{Duration, Mac};

/// Different addresses that nobody has, asked for within [`SPAN`].
const ADDRESSES: usize = 20;
/// So many nobody talks with in that time, whether answers are seen or not.
const MANY: usize = 64;
/// The span they must fit into.
const SPAN: Duration = Duration(300_000_000_000);
/// Confidence; where no answer of anybody is seen, "nobody has it" is not known; and where it is a machine's work.
const SURE: f64 = 0.85;
const BLIND: f64 = 0.45;
const UNSURE: f64 = 0.35;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "scan.arp_sweep",
    title: "Address after address of the segment was asked for",
    why: "A machine asks for those it talks with; one that asks for every address looks for what is there.",
    how: "ARP requests of one machine for at least 20 different addresses within 5 minutes that nothing in the capture comes from. A router that passes a search on, or a monitor by its behaviour, weighs less; so does a capture in which no ARP reply is seen, up to 63 addresses.",
    innocent: "A router whose network is scanned from elsewhere. A scanner or an inventory of the network's owner. Monitoring of machines that are off. A DHCP server that tests addresses before it gives them.",
    settle: "Find the machine by its hardware address at the switch; ask which program runs there.",
    techniques: &["T1018"],
    severity: Severity::Medium,
    needs: &[Need::Messages("arp")],
    keys,
    judge,
    rank,
};

fn word<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Word> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .messages
        .all::<Word>()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<Mac, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let there: BTreeSet<IpAddr> = c.facts.bindings.all().iter().map(|b| b.ip).collect();
        for (n, w) in c.facts.messages.all::<Word>().iter().enumerate() {
            let asks = w.operation == "request" && w.target != w.address;
            if asks && !there.contains(&w.target) && !w.meta.duplicate {
                all.entry(w.mac).or_default().push((chain, n));
            }
        }
    }
    all.into_iter()
        .filter(|(_, rows)| rows.len() >= ADDRESSES)
        .map(|(mac, rows)| Key {
            subject: mac.to_string(),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Word> = key.rows.iter().filter_map(|at| word(ground, *at)).collect();
    all.sort_by_key(|w| (w.meta.time, w.meta.first));
    let first = *all.first()?;
    if !sweeps(&all) {
        return None;
    }
    let mut each = BTreeSet::new();
    let once: Vec<&Word> = all
        .iter()
        .copied()
        .filter(|w| each.insert(w.target))
        .collect();
    let evidence = Evidence::of(once.iter().map(|w| w.meta.first))?;
    let span = (first.meta.time, all.last()?.meta.time);
    let chain = key.rows.first()?.0;
    let asker = all.iter().find(|w| !w.address.is_unspecified())?;
    let at = (chain, asker.address, asker.meta.time);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.mac = Some(first.mac);
    let facts = ground.input.chains.get(chain)?.facts;
    let replies = facts
        .messages
        .all::<Word>()
        .iter()
        .any(|w| w.operation == "reply");
    out.confidence = if replies || each.len() >= MANY {
        SURE
    } else {
        BLIND
    };
    let host = out.host.and_then(|id| ground.env.host(id));
    let part = |role| host.is_some_and(|h| h.is(role));
    let routes = part(Role::Gateway) || ground.env.routers().contains(&first.mac);
    let benign = if routes {
        Some(("router", "it is a router: it asks for whom others look"))
    } else if part(Role::DhcpServer) {
        Some((
            "DHCP server",
            "it gives out addresses and tests them before",
        ))
    } else if part(Role::Monitor) {
        Some(("monitoring", "it asks many machines at even intervals"))
    } else {
        None
    };
    if let Some((class, says)) = benign {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        out.benign = Some((class, says.to_owned()));
    }
    out.title = format!(
        "{} asked for {} that nobody has",
        who(host, asker.address),
        plural(each.len() as u64, "address")
    );
    if let Some(ip) = out.src {
        out.title = format!("{ip}: {}", out.title);
    }
    out.why = format!(
        "{} of them within {}. {}",
        once.len(),
        super::need::span_words(span.1.since(span.0)),
        DETECTION.why
    );
    Some(out)
}

/// Do so many different addresses fit into the span?
fn sweeps(all: &[&Word]) -> bool {
    let mut from = 0;
    let mut window: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for w in all {
        *window.entry(w.target).or_default() += 1;
        while let Some(old) = all
            .get(from)
            .filter(|old| w.meta.time.since(old.meta.time) > SPAN)
        {
            if let Some(n) = window.get_mut(&old.target) {
                *n -= 1;
            }
            if window.get(&old.target) == Some(&0) {
                window.remove(&old.target);
            }
            from += 1;
        }
        if window.len() >= ADDRESSES {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const CLIENT: [u8; 4] = [10, 0, 0, 66];

    /// Asks for so many addresses, of which the first answer.
    fn asked(addresses: u8, answering: u8, pace: i64) -> Tape {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        for n in 1..=addresses {
            let target = [10, 0, 1, n];
            tape.arp(1, Tape::mac(CLIENT), CLIENT, target);
            if n <= answering {
                tape.arp(2, Tape::mac(target), target, CLIENT);
            }
        }
        tape
    }

    #[test]
    fn twenty_addresses_within_five_minutes_that_nobody_has() {
        let slow = 15_789_473_684;
        for (addresses, answering, pace, n) in [
            (19, 0, 1, 0),
            (20, 0, 1, 1),
            (21, 0, 1, 1),
            (25, 6, 1, 0),
            (25, 5, 1, 1),
            (20, 0, slow, 1),
            (20, 0, slow + 1, 0),
        ] {
            let all = found(&asked(addresses, answering, pace), &DETECTION);
            assert_eq!(all.len(), n, "{addresses} {answering} {pace}");
            let confidence = if answering > 0 { SURE } else { BLIND };
            assert!(all.iter().all(|f| f.confidence == confidence));
        }
        let one = found(&asked(30, 2, 1), &DETECTION).remove(0);
        assert_eq!(
            one.title,
            "10.0.0.66: 02:00:0a:00:00:42 asked for 28 addresses that nobody has"
        );
        assert_eq!(
            (one.severity, one.evidence.packets().count()),
            (Severity::Medium, 28)
        );
    }

    #[test]
    fn without_replies_sixty_four_are_needed() {
        for (addresses, confidence) in [(63, BLIND), (64, SURE)] {
            let one = found(&asked(addresses, 0, 1), &DETECTION).remove(0);
            assert_eq!(one.confidence, confidence, "{addresses}");
        }
    }

    #[test]
    fn a_router_asks_for_whom_others_look() {
        let mut tape = asked(30, 2, 1);
        // What comes from outside comes by this machine.
        for n in 0..3 {
            let mut p = Tape::mac([10, 0, 0, 5]).to_vec();
            p.extend(Tape::mac(CLIENT));
            p.extend([
                8,
                0,
                0x45,
                0,
                0,
                29,
                0,
                9 + n,
                0,
                0,
                51,
                17,
                0,
                0,
                198,
                51,
                100 + n,
                7,
                10,
                0,
                0,
                5,
            ]);
            p.extend([0, 99, 0, 99, 0, 9, 0, 0, 1]);
            tape.raw(p);
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!(
            (one.severity, one.benign.map(|b| b.0)),
            (Severity::Low, Some("router"))
        );
    }
}
