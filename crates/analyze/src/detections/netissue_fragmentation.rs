//! Packets that travel in pieces, and those of which a piece is missing.

use super::fault::{exceeds, percent};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::facts::Fragmented;

/// Packets of a sender below which nothing is said.
const PACKETS: u64 = 20;
/// Thousandths that are never whole: then pieces are lost.
const LOST: u64 = 200;
/// Confidence.
const SURE: f64 = 0.8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.fragmentation",
    title: "Packets travel in pieces",
    why: "One lost piece loses the whole packet, firewalls and translations drop pieces they cannot judge, and every piece costs a head.",
    how: "Packets of one sender that came in fragments, at least 20: a note; a fault where more than 20 % of them are never whole in the capture.",
    innocent: "NFS, media or logs over UDP in a network that carries them well. A tunnel that makes packets longer. A capture that begins in the middle.",
    settle: "Compare the size the sender uses with what the way can carry; look for the tunnel in between.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Fragmented> {
    ground
        .input
        .chains
        .get(at.0)?
        .facts
        .fragments
        .all()
        .get(at.1)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<IpAddr, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.fragments.all().iter().enumerate() {
            all.entry(f.src).or_default().push((chain, n));
        }
    }
    all.into_iter()
        .map(|(src, rows)| Key {
            subject: src.to_string(),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<&Fragmented> = key.rows.iter().filter_map(|at| row(ground, *at)).collect();
    let begun: u64 = all.iter().map(|f| f.begun.max(f.whole)).sum();
    let whole: u64 = all.iter().map(|f| f.whole).sum();
    let pieces: u64 = all.iter().map(|f| f.fragments).sum();
    if begun < PACKETS {
        return None;
    }
    let span = (
        all.iter().map(|f| f.span.0).min()?,
        all.iter().map(|f| f.span.1).max()?,
    );
    all.sort_by_key(|f| (std::cmp::Reverse(f.fragments), f.first));
    let evidence = Evidence::of(all.iter().flat_map(|f| [f.first, f.last]))?;
    let (first, chain) = (*all.first()?, key.rows.first()?.0);
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        (chain, first.src, span.0),
        span,
        evidence,
    )?;
    out.dst = Some(first.dst);
    out.confidence = SURE;
    let lost = begun.saturating_sub(whole);
    if !exceeds(lost, begun, LOST) {
        out.severity = Severity::Low;
    }
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = if exceeds(lost, begun, LOST) {
        format!(
            "{} of the packets that {} sends in pieces are never whole",
            percent(lost, begun),
            first.src
        )
    } else {
        format!("{} sends {} in pieces", first.src, plural(begun, "packet"))
    };
    out.why = format!(
        "{} of {} of {}, to {}, most to {}; {lost} stay without a piece. {}",
        plural(pieces, "piece"),
        plural(begun, "packet"),
        who(host, first.src),
        plural(all.len() as u64, "machine"),
        first.dst,
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Packets in two pieces, of which the first ones lose the second.
    fn sent(packets: u8, lost: u8) -> Vec<Finding> {
        let mut tape = Tape::default();
        let (a, b) = (([10, 0, 0, 7], 40_000), ([10, 0, 0, 9], 9000));
        for n in 0..packets {
            for piece in 0..2_u8 {
                if piece == 1 && n < lost {
                    continue;
                }
                let mut body = vec![0x9c, 0x40, 0x23, 0x28, 0, 16, 0, 0];
                if piece == 1 {
                    body = vec![7; 8];
                }
                tape.frame((a.0, 0), (b.0, 0), 17, &body);
                let (_, frame) = tape.frames.last_mut().unwrap();
                frame[18..20].copy_from_slice(&[9, n]);
                frame[20..22].copy_from_slice(if piece == 0 { &[0x20, 0] } else { &[0, 1] });
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn twenty_packets_and_a_fifth_of_them_lost() {
        for (packets, lost, severity) in [
            (19, 0, None),
            (20, 0, Some(Severity::Low)),
            (20, 4, Some(Severity::Low)),
            (20, 5, Some(Severity::Medium)),
        ] {
            let all = sent(packets, lost);
            assert_eq!(
                all.first().map(|f| f.severity),
                severity,
                "{lost} of {packets}"
            );
        }
        let one = sent(40, 20).remove(0);
        assert_eq!(
            one.title,
            "50 % of the packets that 10.0.0.7 sends in pieces are never whole"
        );
        assert!(
            one.why.starts_with("60 pieces of 40 packets"),
            "{}",
            one.why
        );
    }
}
