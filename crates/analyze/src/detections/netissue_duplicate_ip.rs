//! Two machines with one address, by mistake: both lose connections in turns.

use super::claims::{contest, contested};
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};

/// Confidence; and where both hardware addresses may be of one machine.
const SURE: f64 = 0.85;
const UNSURE: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.duplicate_ip",
    title: "Two machines have one address",
    why: "Whoever asks for the address gets the one or the other: connections break, and come back when the table turns.",
    how: "Two hardware addresses say by ARP to have one address, and the first still sends from it after the second said so, without the signs of forging: the second answers only who asks, for no other machine's address, and passes nothing on; an address of its own beside this one speaks for forging only with one of these. Groups of routers (VRRP, HSRP, GLBP) share theirs on purpose.",
    innocent: "A team of two cards, whose numbers mostly follow each other: said, and weighs less. A bridge that puts in its own hardware address and repeats every word: said, too. A machine that was moved and came back. A forger who waits to be asked for one host only looks the same.",
    settle: "Ask the switch at which ports both hardware addresses are; see who gave them the address.",
    techniques: &[],
    severity: Severity::Medium,
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
    if c.forged() && !c.bridged || c.words.is_empty() {
        return None;
    }
    let said = c.words.iter().chain(&c.replies);
    let evidence = Evidence::of(said.clone().map(|w| w.meta.first))?;
    let span = (c.since, said.map(|w| w.meta.time).max()?);
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, c.ip, c.since),
        span,
        evidence,
    )?;
    out.confidence = SURE;
    out.mac = Some(c.other);
    if c.one_card {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        out.benign = Some((
            "a team of cards",
            format!("{} and {} follow each other", c.owner, c.other),
        ));
    }
    if c.bridged {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        out.benign = Some((
            "a bridge",
            "one repeats at once what the other says".to_owned(),
        ));
    }
    out.title = format!("{} and {} both have {}", c.owner, c.other, c.ip);
    out.why = format!(
        "The second says so {} times while the first still sends. {}",
        c.words.len(),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const IP: [u8; 4] = [10, 0, 0, 9];
    const A: [u8; 6] = [2, 0, 10, 0, 0, 9];

    /// Both say so when they are asked.
    fn both(other: [u8; 6], first_goes_on: bool) -> Tape {
        let mut tape = Tape::default();
        for round in 0..3 {
            tape.arp(1, Tape::mac([10, 0, 0, 7]), [10, 0, 0, 7], IP);
            if round == 0 || first_goes_on {
                tape.arp(2, A, IP, [10, 0, 0, 7]);
            }
            if round > 0 {
                tape.arp(2, other, IP, [10, 0, 0, 7]);
            }
        }
        tape
    }

    #[test]
    fn while_the_first_still_talks() {
        let other = [2, 0, 0, 0, 0x77, 1];
        let one = found(&both(other, true), &DETECTION).remove(0);
        assert_eq!(
            one.title,
            "02:00:0a:00:00:09 and 02:00:00:00:77:01 both have 10.0.0.9"
        );
        assert_eq!((one.severity, one.confidence), (Severity::Medium, SURE));
        // The second one's two words, and the first one's after that.
        assert_eq!(
            one.evidence.packets().map(|p| p.number).collect::<Vec<_>>(),
            [5, 8, 7]
        );
        assert_eq!(found(&both(other, false), &DETECTION), [], "handed over");
    }

    #[test]
    fn teams_of_cards_and_of_routers() {
        let one = found(&both([2, 0, 10, 0, 0, 12], true), &DETECTION).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Low, UNSURE));
        assert!(
            found(&both([2, 0, 10, 0, 0, 13], true), &DETECTION)
                .iter()
                .all(|f| f.confidence == SURE)
        );
        assert_eq!(found(&both([0, 0, 0x5e, 0, 1, 7], true), &DETECTION), []);
    }
}
