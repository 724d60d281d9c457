//! A receiver that can take nothing: it is slow, not the way to it.

use super::attempts::{Row, flow};
use super::fault::{ms, remarked};
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::plural;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Time shut in all, from which it is worth a note; and from which a server keeps people waiting.
const NOTE: Duration = Duration(1_000_000_000);
const FELT: Duration = Duration(5_000_000_000);
/// Confidence.
const SURE: f64 = 0.85;
const REMARKS: &[&str] = &[
    "tcp.analysis.zero_window",
    "tcp.analysis.zero_window_probe_ack",
];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "netissue.zero_window",
    title: "A receiver could take nothing",
    why: "A window of zero says: my program does not read what came. The sender waits, and no better line helps.",
    how: "Time for which one machine announced a window of 0, over all its TCP connections with another: from the segment that says so to the next of it that says how it stands. A note above 1 s; a fault above 5 s where it is the side that serves.",
    innocent: "A player that is paused, a download that waits for a click, a printer that prints: then it is a client, or a device, and a note.",
    settle: "Look at the load of the receiver at that time, and at what its program waits for: a disk, a database, a lock.",
    techniques: &[],
    severity: Severity::Medium,
    needs: &[Need::Flows],
    keys,
    judge,
    rank,
};

fn shut(f: &Flow, way: usize) -> i64 {
    f.seldom().shut.get(way).map_or(0, |d| d.0)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut all: BTreeMap<(IpAddr, IpAddr, usize), (i64, Vec<Row>)> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            for way in 0..2 {
                if f.transport == Transport::Tcp && shut(f, way) > 0 {
                    let slot = all.entry((f.client.0, f.server.0, way)).or_default();
                    slot.0 = slot.0.saturating_add(shut(f, way));
                    slot.1.push((chain, n));
                }
            }
        }
    }
    all.into_iter()
        .filter(|(_, (time, _))| *time > NOTE.0)
        .map(|((client, server, way), (_, rows))| Key {
            subject: format!("{client}|{server}|{way}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let way = usize::from(key.subject.ends_with('1'));
    let all: Vec<&Flow> = key.rows.iter().filter_map(|at| flow(ground, *at)).collect();
    let (first, chain) = (*all.first()?, key.rows.first()?.0);
    let total = Duration(
        all.iter()
            .map(|f| shut(f, way))
            .fold(0, i64::saturating_add),
    );
    let flows = all.iter().map(|f| f.id).collect();
    let evidence = Evidence::of(remarked(ground, chain, &flows, REMARKS))?;
    let span = (
        all.iter().map(|f| f.begun).min()?,
        all.iter().map(|f| f.ended).max()?,
    );
    let (slow, other) = if way == 0 {
        (first.client.0, first.server.0)
    } else {
        (first.server.0, first.client.0)
    };
    let at = (chain, slow, first.begun);
    let mut out = Finding::at(ground, &DETECTION, &key.subject, at, span, evidence)?;
    out.dst = Some(other);
    out.confidence = SURE;
    out.severity = if way == 1 && total > FELT {
        Severity::Medium
    } else {
        Severity::Low
    };
    let host = out.host.and_then(|id| ground.env.host(id));
    out.title = format!("{slow} could take nothing for {}", ms(total));
    out.why = format!(
        "The receiver, {slow} ({}), is slow: its window was shut for {} in {} with {other}. {}",
        who(host, slow),
        ms(total),
        plural(all.len() as u64, "connection"),
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

    /// The server (or the client) shuts its window for so long.
    fn full(time: i64, server: bool) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(1000),
            ..Tape::default()
        };
        tape.tcp(A, B, 100, 0, 2, &[]);
        tape.tcp(B, A, 500, 101, 0x12, &[]);
        tape.tcp(A, B, 101, 501, 0x10, &[]);
        let (from, to, seq, ack) = if server {
            (A, B, 101, 501)
        } else {
            (B, A, 501, 101)
        };
        tape.tcp(from, to, seq, ack, 0x18, &[7; 500]);
        tape.pace = Duration(time);
        tape.window(to, from, ack, seq + 500, 0x10, 0, &[]);
        tape.window(to, from, ack, seq + 500, 0x10, 9000, &[]);
        found(&tape, &DETECTION)
    }

    #[test]
    fn more_than_a_second_and_more_than_five_of_a_server() {
        let second = 1_000_000_000;
        for (time, server, severity) in [
            (second, true, None),
            (second + 1, true, Some(Severity::Low)),
            (5 * second, true, Some(Severity::Low)),
            (5 * second + 1, true, Some(Severity::Medium)),
            (9 * second, false, Some(Severity::Low)),
        ] {
            let all = full(time, server);
            assert_eq!(all.first().map(|f| f.severity), severity, "{time} {server}");
        }
        let one = full(6 * second, true).remove(0);
        assert_eq!(one.title, "10.0.0.9 could take nothing for 6.0 s");
        assert_eq!(
            one.evidence.packets().map(|p| p.number).collect::<Vec<_>>(),
            [5]
        );
    }
}
