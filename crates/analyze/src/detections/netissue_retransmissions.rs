//! What is sent twice: the way loses it. Tells on which side of the place of the capture.

use super::attempts::{Row, flow};
use super::fault::{SETTLE, exceeds, percent, remarked, size};
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Transport;

/// Packets of a direction below which a share says nothing.
const PACKETS: u64 = 500;
/// From so many on it does where even the least that chance allows (two standard deviations of a count below it) is felt.
const FEW: u64 = 100;
/// Packets sent again, below which one accident makes the share.
const AGAIN: u64 = 5;
/// Thousandths of the bytes that are sent again: worth a note, and felt by everybody.
const NOTE: u64 = 10;
const FELT: u64 = 30;
/// Confidence.
const SURE: f64 = 0.8;
/// What of the analysis of TCP is cited.
const REMARKS: &[&str] = &["tcp.analysis.retransmission"];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.retransmissions",
    title: "Much is sent again",
    why: "What is lost is sent again after a pause: everything on this way is slower than it need be.",
    how: "Payload bytes of TCP segments that Wireshark's rules call retransmitted and that stand before others of their side, against all that a direction between two machines sent, of at least 500 packets with 5 sent again (from 100 packets on where even two standard deviations less would be a fault): a note above 1 %, a fault above 3 %. Where the first copy passed, the loss is behind this place, seen from the sender; where it left a hole, before it. Conversations with packets that the snap length cut are left out.",
    innocent: "A wireless link at its edge. A capture of a mirror port that shows packets twice in another way than is known. A transfer that fills a slow line on purpose.",
    settle: SETTLE,
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::BothWays],
    keys,
    judge,
    rank,
};

#[derive(Default)]
struct Sum {
    packets: u64,
    /// Payload, every copy of it.
    sent: u64,
    resent: u64,
    times: u64,
    passed: u64,
}

impl Sum {
    /// Is there enough to speak of a share?
    fn enough(&self) -> bool {
        let least = self.times as f64 - 2.0 * libm::sqrt(self.times as f64);
        let plain = self.packets >= FEW && least * 1000.0 > (self.packets * FELT) as f64;
        self.times >= AGAIN && (self.packets >= PACKETS || plain)
    }

    fn add(&mut self, f: &weir_dissect::flow::Flow, way: usize) {
        let s = f.seldom();
        let of = |both: [u32; 2]| u64::from(both.get(way).copied().unwrap_or(0));
        let long = |both: [u64; 2]| both.get(way).copied().unwrap_or(0);
        self.packets += of(f.packets);
        self.sent += long(f.payload).saturating_add(long(s.resent));
        self.resent += long(s.resent);
        self.times += of(s.repeats);
        self.passed += of(s.passed);
    }
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut ways: BTreeMap<(IpAddr, IpAddr, usize), (Sum, Vec<Row>)> = BTreeMap::new();
    // Few have lost anything: what the others sent counts only where one has.
    for f in ground
        .input
        .chains
        .iter()
        .flat_map(|c| c.facts.flows.iter())
    {
        let repeats = f.seldom().repeats;
        for (way, _) in repeats.iter().enumerate().filter(|(_, n)| **n > 0) {
            ways.entry((f.client.0, f.server.0, way)).or_default();
        }
    }
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            // Of what is cut, the payload is not known.
            let cut = f.seldom().cut > 0;
            if cut || f.transport != Transport::Tcp || f.payload == [0, 0] {
                continue;
            }
            for way in 0..2 {
                if let Some(slot) = ways.get_mut(&(f.client.0, f.server.0, way)) {
                    slot.0.add(f, way);
                    slot.1.push((chain, n));
                }
            }
        }
    }
    ways.into_iter()
        .filter(|(_, (s, _))| s.enough() && exceeds(s.resent, s.sent, NOTE))
        .map(|((client, server, way), (_, rows))| Key {
            subject: format!("{client}|{server}|{way}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let way = usize::from(key.subject.ends_with('1'));
    let mut sum = Sum::default();
    let all: Vec<_> = key.rows.iter().filter_map(|at| flow(ground, *at)).collect();
    all.iter().for_each(|f| sum.add(f, way));
    let (first, chain) = (*all.first()?, key.rows.first()?.0);
    let lossy = |f: &weir_dissect::flow::Flow| f.seldom().repeats.get(way).is_some_and(|n| *n > 0);
    let flows = all.iter().filter(|f| lossy(f)).map(|f| f.id).collect();
    let evidence = Evidence::of(remarked(ground, chain, &flows, REMARKS))?;
    let span = (
        all.iter().map(|f| f.begun).min()?,
        all.iter().map(|f| f.ended).max()?,
    );
    let (sender, receiver) = if way == 0 {
        (first.client.0, first.server.0)
    } else {
        (first.server.0, first.client.0)
    };
    let at = (chain, sender, first.begun);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.dst = Some(receiver);
    out.confidence = SURE;
    if !exceeds(sum.resent, sum.sent, FELT) {
        out.severity = Severity::Low;
    }
    let share = percent(sum.resent, sum.sent);
    out.title = format!("{share} of what {sender} sends to {receiver} is sent again");
    let place = if sum.passed * 2 < sum.times {
        format!(
            "it left a hole here: it is lost between {sender} and here, or the capture missed it"
        )
    } else {
        format!("it passed here: it is lost between here and {receiver}")
    };
    out.why = format!(
        "{} of {} in {}; {place}. {}",
        size(sum.resent),
        size(sum.sent),
        plural(sum.times, "packet"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const A: ([u8; 4], u16) = ([10, 0, 0, 7], 40_000);
    const B: ([u8; 4], u16) = ([10, 0, 0, 9], 8080);

    /// So many segments of which some come twice; `hole`: only the second copy passes.
    fn sent(segments: u32, twice: u32, hole: bool) -> Vec<Finding> {
        let mut tape = Tape {
            pace: weir_model::Duration(1_000_000),
            ..Tape::default()
        };
        tape.tcp(A, B, 100, 0, 2, &[]);
        tape.tcp(B, A, 500, 101, 0x12, &[]);
        tape.tcp(A, B, 101, 501, 0x10, &[]);
        // Later than the round trip: what comes sooner is out of order.
        tape.pace = weir_model::Duration::seconds(1);
        for n in 0..segments {
            let seq = 101 + 100 * n;
            // The one after it comes first, where it is lost.
            if !(hole && n < 2 * twice && n % 2 == 0) {
                tape.tcp(A, B, seq, 501, 0x10, &[7; 100]);
            }
            if hole && n < 2 * twice && n % 2 == 1 {
                tape.tcp(A, B, seq - 100, 501, 0x10, &[7; 100]);
            }
            if !hole && n < twice {
                tape.tcp(A, B, seq, 501, 0x10, &[7; 100]);
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn more_than_one_and_more_than_three_in_a_hundred() {
        for (twice, severity) in [
            (6, None),
            (7, Some(Severity::Low)),
            (18, Some(Severity::Low)),
            (19, Some(Severity::Medium)),
        ] {
            let all = sent(600, twice, false);
            assert_eq!(all.first().map(|f| f.severity), severity, "{twice}");
        }
        let one = sent(600, 30, false).remove(0);
        assert_eq!(
            one.title,
            "4.7 % of what 10.0.0.7 sends to 10.0.0.9 is sent again"
        );
        assert!(
            one.why
                .contains("it passed here: it is lost between here and 10.0.0.9"),
            "{}",
            one.why
        );
        assert_eq!(one.evidence.packets().count(), 30);
        assert!(one.techniques.is_empty());
    }

    #[test]
    fn five_are_sent_again() {
        for (twice, n) in [(4, 0), (5, 1)] {
            let mut tape = Tape::default();
            tape.tcp(A, B, 100, 0, 2, &[]);
            tape.tcp(B, A, 500, 101, 0x12, &[]);
            let mut seq = 101;
            for n in 0..600 {
                let bytes = if n < twice { 100 } else { 1 };
                for _ in 0..=u8::from(n < twice) {
                    tape.tcp(A, B, seq, 501, 0x10, &[7; 100][..bytes]);
                }
                seq += u32::try_from(bytes).unwrap();
            }
            assert_eq!(found(&tape, &DETECTION).len(), n, "{twice}");
        }
    }

    #[test]
    fn five_hundred_packets_are_needed() {
        // With the handshake's two.
        assert_eq!(sent(485, 12, false).len(), 0);
        assert_eq!(sent(486, 12, false).len(), 1);
    }

    #[test]
    fn a_hundred_will_do_where_chance_explains_nothing() {
        // Eighteen are ten at least, of a hundred; of 99 nothing is said, and eight may be two.
        assert_eq!(sent(80, 18, false).len(), 1);
        assert_eq!(sent(79, 18, false).len(), 0);
        assert_eq!(sent(90, 8, false).len(), 0);
    }

    #[test]
    fn no_share_is_more_than_all_of_it() {
        // Each segment ten times.
        let mut tape = Tape::default();
        tape.tcp(A, B, 100, 0, 2, &[]);
        tape.tcp(B, A, 500, 101, 0x12, &[]);
        for n in 0..600 {
            tape.tcp(A, B, 101 + n / 10 * 100, 501, 0x10, &[7; 100]);
        }
        let one = found(&tape, &DETECTION).remove(0);
        assert!(one.title.starts_with("90 % of what"), "{}", one.title);
    }

    #[test]
    fn what_was_never_sent_before_is_not_sent_again() {
        // A wrong acknowledgement: everything before it is called a retransmission.
        let mut tape = Tape::default();
        tape.tcp(A, B, 100, 0, 2, &[]);
        tape.tcp(B, A, 500, 101, 0x12, &[]);
        tape.tcp(B, A, 501, 1_000_000, 0x10, &[]);
        for n in 0..600 {
            tape.tcp(A, B, 101 + n * 100, 501, 0x10, &[7; 100]);
        }
        assert_eq!(found(&tape, &DETECTION), []);
    }

    #[test]
    fn of_what_was_cut_nothing_is_said() {
        let mut tape = Tape::default();
        tape.tcp(A, B, 100, 0, 2, &[]);
        tape.tcp(B, A, 500, 101, 0x12, &[]);
        for n in 0..600 {
            tape.tcp(A, B, 101 + n / 2 * 100, 501, 0x10, &[7; 100]);
        }
        assert_eq!(found(&tape, &DETECTION).len(), 1);
        tape.cut = Some(20);
        assert_eq!(found(&tape, &DETECTION), []);
    }

    #[test]
    fn a_hole_here_says_that_it_was_lost_before() {
        let one = sent(600, 30, true).remove(0);
        assert!(
            one.why.contains("lost between 10.0.0.7 and here"),
            "{}",
            one.why
        );
    }
}
