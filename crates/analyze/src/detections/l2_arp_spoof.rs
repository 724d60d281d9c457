//! A machine that says to have another's address, and has one of its own: what is meant for the other comes to it.

use super::claims::{contest, contested};
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};

/// Confidence in one sign, and what each further one adds.
const ONE_SIGN: f64 = 0.6;
const FURTHER: f64 = 0.15;
const MOST: f64 = 0.95;
/// Replies that nobody asked for, from which they are a sign.
const UNASKED: usize = 5;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "l2.arp_spoof",
    title: "A machine says to have another's address",
    why: "Who answers for the gateway's address gets what everybody sends outside, and can read and change it.",
    how: "A hardware address says by ARP to have an address whose first machine still sends from it, with at least one sign of forging: it says to have an address of its own, too, and this one is a gateway's, or it answers unasked, or passes packets on; it says to have several addresses of others; it sends at least 5 replies that nobody asked for. It weighs more where it passes packets of others on. High where the address is a gateway's or packets are passed on. Groups of routers (VRRP, HSRP, GLBP) share theirs on purpose.",
    innocent: "A firewall that answers for the machines behind it (proxy ARP). A bridge over Wi-Fi that puts in its own hardware address, and so repeats every word: not told. A pair of servers that takes over an address. A virtual machine that moved with a second address. Who answers only for one address that is no gateway's, and only when asked, looks like a second address set by mistake, and is told as that.",
    settle: "Find the hardware address at the switch; see on the machine who forwards packets, and compare the ARP tables of those around it.",
    techniques: &["T1557.002"],
    severity: Severity::High,
    needs: &[Need::Messages("arp")],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = contested(ground).into_iter();
    all.map(|(chain, ip)| Key {
        subject: ip.to_string(),
        rows: vec![(chain, 0)],
    })
    .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let chain = key.rows.first()?.0;
    let c = contest(ground, chain, key.subject.parse().ok()?)?;
    if !c.forged() || c.words.is_empty() || c.one_card || c.bridged {
        return None;
    }
    let evidence = Evidence::of(
        c.words
            .iter()
            .take(40)
            .chain(c.replies.iter().take(4))
            .map(|w| w.meta.first),
    )?;
    let span = (c.words.first()?.meta.time, c.words.last()?.meta.time);
    let own = c.has_its_own;
    // The machine is known by its own address, where it has one.
    let at = (chain, own.unwrap_or(c.ip), span.0);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.mac = Some(c.other);
    out.dst = Some(c.ip);
    let mut signs = Vec::new();
    if let Some(ip) = own {
        signs.push(format!("it has {ip}, too"));
    }
    if c.several > 1 {
        signs.push(format!("it says so of {} addresses of others", c.several));
    }
    if c.unasked >= UNASKED {
        signs.push(format!(
            "{} that nobody asked for",
            format_args!("{} replies", c.unasked)
        ));
    }
    if c.passes_on {
        signs.push("it passes packets of others on".to_owned());
    }
    let further = signs.len().saturating_sub(1);
    out.confidence =
        (ONE_SIGN + FURTHER * f64::from(u8::try_from(further).unwrap_or(u8::MAX))).min(MOST);
    if !c.gateway && !c.passes_on {
        out.severity = Severity::Medium;
    }
    out.title = format!(
        "{} says to have {}, {} of {}",
        own.map_or_else(|| c.other.to_string(), |ip| ip.to_string()),
        c.ip,
        if c.gateway {
            "the gateway's address,"
        } else {
            "the address"
        },
        c.owner
    );
    out.why = format!("{}. {}", signs.join("; "), DETECTION.why);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const VICTIM: [u8; 4] = [10, 0, 0, 9];
    const EVIL: [u8; 4] = [10, 0, 0, 66];

    /// The victim talks; the other one says so many times to have its address, unasked.
    fn forged(own: bool, times: u8) -> Tape {
        let mut tape = Tape {
            pace: weir_model::Duration::seconds(3),
            ..Tape::default()
        };
        tape.arp(1, Tape::mac(VICTIM), VICTIM, [10, 0, 0, 1]);
        tape.arp(2, Tape::mac([10, 0, 0, 1]), [10, 0, 0, 1], VICTIM);
        if own {
            tape.arp(1, Tape::mac(EVIL), EVIL, [10, 0, 0, 7]);
        }
        for _ in 0..times {
            tape.arp(2, Tape::mac(EVIL), VICTIM, [10, 0, 0, 7]);
            tape.udp((VICTIM, 9), ([10, 0, 0, 7], 9), b"still here");
        }
        tape
    }

    #[test]
    fn one_sign_is_needed_and_each_further_weighs() {
        for (own, times, confidence) in [
            (false, 4, None),
            (false, 5, Some(ONE_SIGN)),
            (true, 1, Some(ONE_SIGN)),
            (true, 5, Some(ONE_SIGN + FURTHER)),
        ] {
            let all = found(&forged(own, times), &DETECTION);
            assert_eq!(
                all.first().map(|f| f.confidence),
                confidence,
                "{own} {times}"
            );
            assert!(all.iter().all(|f| f.severity == Severity::Medium));
        }
        let one = found(&forged(true, 6), &DETECTION).remove(0);
        assert_eq!(
            one.title,
            "10.0.0.66 says to have 10.0.0.9, the address of 02:00:0a:00:00:09"
        );
        assert!(
            one.why
                .starts_with("it has 10.0.0.66, too; 6 replies that nobody asked for. "),
            "{}",
            one.why
        );
        assert_eq!(one.mac.map(|m| m.0), Some(Tape::mac(EVIL)));
    }

    #[test]
    fn the_gateways_address_is_high() {
        let mut tape = forged(true, 0);
        for n in 0..3 {
            // The gateway brings what comes from outside.
            tape.udp(([198, 51, 100 + n, 7], 9), (VICTIM, 9), b"!");
            tape.arp(2, Tape::mac(EVIL), [10, 0, 0, 1], VICTIM);
            tape.arp(2, Tape::mac([10, 0, 0, 1]), [10, 0, 0, 1], [10, 0, 0, 7]);
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!(one.severity, Severity::High);
        assert!(one.title.contains("the gateway's address"), "{}", one.title);
    }

    #[test]
    fn a_bridge_repeats_every_word() {
        for (asks, n) in [(true, 0), (false, 1)] {
            let mut tape = Tape {
                pace: weir_model::Duration(1_000_000),
                ..Tape::default()
            };
            tape.arp(1, Tape::mac(EVIL), EVIL, [10, 0, 0, 7]);
            for _ in 0..3 {
                for mac in [Tape::mac(VICTIM), Tape::mac(EVIL)] {
                    tape.arp(2, mac, VICTIM, [10, 0, 0, 7]);
                }
                for mac in [Tape::mac(VICTIM), Tape::mac(EVIL)]
                    .into_iter()
                    .filter(|_| asks)
                {
                    tape.arp(1, mac, VICTIM, [10, 0, 0, 7]);
                }
            }
            assert_eq!(found(&tape, &DETECTION).len(), n, "{asks}");
        }
    }

    #[test]
    fn two_that_are_set_up_the_same_are_no_forgers() {
        let mut tape = Tape::default();
        for _ in 0..6 {
            tape.arp(1, Tape::mac([10, 0, 0, 7]), [10, 0, 0, 7], VICTIM);
            tape.arp(2, Tape::mac(VICTIM), VICTIM, [10, 0, 0, 7]);
            tape.arp(2, [2, 0, 0, 0, 0x77, 1], VICTIM, [10, 0, 0, 7]);
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }
}
