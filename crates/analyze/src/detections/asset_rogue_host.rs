//! A machine that was not there before: until somebody says which ones belong here, worth knowing and no more.

use super::finding::{Evidence, Finding, Severity, rank};
use super::need::span_words;
use super::{Detection, Ground, Key, Need};
use crate::environment::Host;
use std::collections::BTreeSet;
use weir_dissect::protocols::dhcp::Lease;
use weir_model::{Duration, Mac};

/// What a capture must cover before "new" means anything.
const COVERS: i64 = 3600;
/// First seen in the last so many of a hundred of its time; after the first so many, where it has no lease yet.
const LATE: i64 = 20;
/// A DHCP message that looks for a server (RFC 2131, 3.1).
const DISCOVER: u8 = 1;
/// Packets it sends, at least.
const PACKETS: u64 = 5;
/// Confidence; and where the hardware address is made up, as phones do each day.
const SURE: f64 = 0.6;
const PRIVATE: f64 = 0.3;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "asset.rogue_host",
    title: "A machine was not there before",
    why: "Whoever gets into the building brings a machine of his own.",
    how: "A hardware address of the segment that sends for the first time in the last fifth of captures that cover an hour or more, or after the first fifth and looks for a DHCP server, which a machine with a lease of before does not. No list of the owner's machines is asked: so it is worth knowing and no more. A hardware address made up by its machine (locally administered) weighs less.",
    innocent: "A laptop, a phone or a visitor that arrives later. A machine that was silent before.",
    settle: "Compare with the owner's list of machines; find it at the switch.",
    techniques: &["T1200"],
    severity: Severity::Info,
    needs: &[Need::Link, Need::Seconds(3600)],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let Some((from, to)) = ground.input.span() else {
        return Vec::new();
    };
    let covers = to.since(from);
    if covers < Duration::seconds(COVERS) {
        return Vec::new();
    }
    let late = to.0 - covers.0 / 100 * LATE;
    let early = from.0 + covers.0 / 100 * LATE;
    // Who has a lease of before asks for it again; who looks for a server has none.
    let looking: BTreeSet<Mac> = ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.messages.all::<Lease>())
        .filter(|l| l.kind == DISCOVER)
        .filter_map(|l| l.mac)
        .collect();
    let is_new = |h: &&Host| {
        let without_lease = h.mac.is_some_and(|m| looking.contains(&m));
        h.first.0 >= late || (h.first.0 >= early && without_lease)
    };
    let hosts = ground.env.hosts().iter();
    let new = hosts
        .filter(|h| h.mac.is_some() && h.sent >= PACKETS)
        .filter(is_new);
    let mut out: Vec<Key> = new
        .filter_map(|h| {
            Some(Key {
                subject: h.mac?.to_string(),
                rows: vec![(0, usize::try_from(h.id.0).ok()?)],
            })
        })
        .collect();
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let host = ground.env.hosts().get(key.rows.first()?.1)?;
    let mac = host.mac?;
    let packets: Vec<_> = ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.bindings.all())
        .filter(|b| b.mac == mac)
        .flat_map(|b| [b.first, b.last])
        .collect();
    let evidence = Evidence::of(packets)?;
    let ip = host.address()?;
    let span = (host.first, host.last);
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host.id,
        ip,
        span,
        evidence,
    );
    out.confidence = if mac.is_local() { PRIVATE } else { SURE };
    let (from, _) = ground.input.span()?;
    let name = host
        .name()
        .map(|n| format!(" ({})", n.text))
        .unwrap_or_default();
    out.title = format!("{mac}{name} with {ip} was not there before");
    out.why = format!(
        "First seen {} after the captures begin{}. {}",
        span_words(host.first.since(from)),
        if mac.is_local() {
            "; its hardware address is made up, as phones and virtual machines do"
        } else {
            ""
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
    use weir_model::Timestamp;

    /// Somebody is there from the first to the last second; somebody else comes at `at`.
    fn arrives(covers: i64, at: i64, packets: u8, private: bool) -> Vec<Finding> {
        let mut tape = Tape::default();
        let start = tape.now;
        tape.arp(1, [0, 1, 2, 3, 4, 5], [10, 0, 0, 5], [10, 0, 0, 1]);
        tape.now = start.plus(Duration::seconds(at));
        tape.pace = Duration(1);
        for _ in 0..packets {
            let mac = if private {
                [2, 1, 2, 3, 4, 9]
            } else {
                [0, 1, 2, 3, 4, 9]
            };
            tape.arp(1, mac, [10, 0, 0, 9], [10, 0, 0, 1]);
        }
        tape.now = Timestamp(start.0 + covers * 1_000_000_000);
        tape.arp(1, [0, 1, 2, 3, 4, 5], [10, 0, 0, 5], [10, 0, 0, 1]);
        found(&tape, &DETECTION)
    }

    /// Somebody comes at `at` of an hour and looks for a server, or asks for the lease of before.
    fn leases(at: i64, looks: bool) -> usize {
        let mut tape = Tape::default();
        let start = tape.now;
        tape.arp(1, [0, 1, 2, 3, 4, 5], [10, 0, 0, 5], [10, 0, 0, 1]);
        tape.now = start.plus(Duration::seconds(at));
        let mac = [0, 1, 2, 3, 4, 9];
        for kind in [if looks { 1 } else { 3 }, 3] {
            tape.dhcp(None, mac, 7, kind, [0; 4], &[]);
        }
        for _ in 0..6 {
            tape.arp(1, mac, [10, 0, 0, 9], [10, 0, 0, 1]);
        }
        tape.now = Timestamp(start.0 + 3600 * 1_000_000_000);
        tape.arp(1, [0, 1, 2, 3, 4, 5], [10, 0, 0, 5], [10, 0, 0, 1]);
        found(&tape, &DETECTION).len()
    }

    #[test]
    fn in_the_last_fifth_of_an_hour() {
        for (covers, at, packets, n) in [
            (3599, 3500, 5, 0),
            (3600, 3500, 4, 0),
            (3600, 3500, 5, 1),
            (3600, 2879, 5, 0),
            (3600, 2880, 5, 1),
        ] {
            let all = arrives(covers, at, packets, false);
            assert_eq!(all.len(), n, "{covers} {at} {packets}");
            assert!(
                all.iter()
                    .all(|f| (f.severity, f.confidence) == (Severity::Info, SURE))
            );
        }
        for (at, looks, n) in [(700, true, 0), (1800, true, 1), (1800, false, 0)] {
            assert_eq!(leases(at, looks), n, "{at} {looks}");
        }
        let one = arrives(3600, 3000, 9, true).remove(0);
        assert_eq!(
            (one.confidence, &*one.title),
            (
                PRIVATE,
                "02:01:02:03:04:09 with 10.0.0.9 was not there before"
            )
        );
    }
}
