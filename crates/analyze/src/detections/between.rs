//! Connections between machines of the network, for the detections of who goes from one to the other. Judges nothing.

use super::finding::{Evidence, Finding, Severity};
use super::gather::{Groups, Row, begin, flow, named};
use super::machines::{Kind, kind, serves};
use super::{Detection, Ground, Key};
use crate::answers::plural;
use crate::environment::HostId;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::Duration;

/// Different machines within this time: somebody goes round.
const ROUND: Duration = Duration(1_800_000_000_000);
/// So many of them.
pub(super) const MACHINES: usize = 3;
/// Somebody works at the other machine.
const WORK_PLACE: f64 = 0.6;
/// Nothing shows what the other machine is.
const UNKNOWN: f64 = 0.4;

/// Did both sides agree on a connection, and did both send something?
pub(super) fn used(f: &Flow) -> bool {
    let agreed = f.tcp.syn_ack || !f.tcp.syn;
    f.transport == Transport::Tcp && agreed && f.payload[0] > 0 && f.payload[1] > 0
}

/// Protocol of a flow by its name.
pub(super) fn spoken(f: &Flow) -> &'static str {
    let known = f.protocol.and_then(|p| weir_dissect::registry().get(p));
    known.map_or("", |p| p.info.name)
}

/// Pairs of machines of the network with a wanted connection that was used, where the other one does not serve on
/// that port. Subject: the host and the other's address.
pub(super) fn pairs(ground: &Ground<'_>, wanted: impl Fn(&Flow) -> bool) -> Vec<Key> {
    let mut out: Groups<(HostId, HostId)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            if !used(f) || !wanted(f) {
                continue;
            }
            let (Some(client), Some(server)) = (
                ground.env.at(chain, f.client.0, f.begun),
                ground.env.at(chain, f.server.0, f.begun),
            ) else {
                continue;
            };
            let own = |id| ground.env.host(id).is_some_and(|h| h.internal);
            if client != server && own(client) && own(server) && !serves(ground, server, f.server.1)
            {
                out.put((client, server), (chain, n));
            }
        }
    }
    let mut all = out.keys(1, |(a, b)| format!("{}|{}", a.0, b.0));
    for key in &mut all {
        let first = key
            .rows
            .first()
            .and_then(|at| Some((at.0, flow(ground, *at)?)));
        if let Some((chain, f)) = first {
            let (_, a) = named(ground, chain, f.client.0, f.begun);
            let (_, b) = named(ground, chain, f.server.0, f.begun);
            key.subject = format!("{a}|{b}");
        }
    }
    all
}

/// Machines that the client reached in this way within half an hour around the first of `rows`.
fn reached(ground: &Ground<'_>, rows: &[Row], wanted: impl Fn(&Flow) -> bool) -> BTreeSet<IpAddr> {
    let mut out = BTreeSet::new();
    let first = rows.first().and_then(|at| Some((*at, flow(ground, *at)?)));
    let Some((at, first)) = first else { return out };
    let Some(client) = ground.env.at(at.0, first.client.0, first.begun) else {
        return out;
    };
    for event in ground.activity.of_host(client) {
        let Some(e) = ground.activity.event(*event) else {
            continue;
        };
        if e.time.since(first.begun).0.abs() > ROUND.0 {
            continue;
        }
        let chain = e.flow.0 as usize;
        let Some(f) = flow(ground, (chain, e.flow.1.0 as usize)) else {
            continue;
        };
        let server = ground.env.at(chain, f.server.0, f.begun);
        if used(f)
            && wanted(f)
            && weir_model::is_internal(f.server.0)
            && server.is_some_and(|h| !serves(ground, h, f.server.1))
        {
            out.insert(f.server.0);
        }
    }
    out
}

/// What all of these have in common.
pub(super) fn judge(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
    what: &str,
    wanted: impl Fn(&Flow) -> bool,
) -> Option<Finding> {
    let at = *key.rows.first()?;
    let first = flow(ground, at)?;
    let target = ground.env.at(at.0, first.server.0, first.begun)?;
    let flows: Vec<&Flow> = key.rows.iter().filter_map(|at| flow(ground, *at)).collect();
    let most = Evidence::CITED / 2;
    let packets: Vec<_> = flows
        .iter()
        .take(most)
        .map(|f| (f.first, f.begun))
        .chain(flows.iter().take(most).map(|f| (f.last, f.ended)))
        .collect();
    let mut out = begin(
        ground,
        detection,
        &key.subject,
        (at.0, first.client.0),
        &packets,
    )?;
    out.last = flows.iter().map(|f| f.ended).max()?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let times = plural(flows.len() as u64, "connection");
    let bytes: u64 = flows.iter().map(|f| f.payload[0] + f.payload[1]).sum();
    out.title = format!("{} went to {} by {what}", first.client.0, first.server.0);
    let shows = match kind(ground, target) {
        Kind::WorkPlace => {
            (out.severity, out.confidence) = (Severity::Medium, WORK_PLACE);
            "somebody works there: it contacts many places outside and serves nobody"
        }
        Kind::Unknown => {
            (out.severity, out.confidence) = (Severity::Low, UNKNOWN);
            "it serves fewer than three hosts; whether somebody works there is not seen"
        }
        // A machine that serves many on another port is somebody's business to maintain.
        Kind::Server => return None,
    };
    out.why = format!(
        "{times} to port {}, {bytes} bytes; {shows}. {}",
        first.server.1, detection.why
    );
    if out.severity < Severity::Medium {
        return Some(out);
    }
    let round = reached(ground, &key.rows, wanted);
    if round.len() >= MACHINES {
        out.severity = Severity::High;
        out.why += &format!(" Within half an hour it went to {} machines.", round.len());
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::tested::browse;
    use super::super::{found, lateral_rdp, lateral_ssh, lateral_winrm};
    use super::*;
    use crate::tape::Tape;

    /// Each way with its port.
    static ALL: [(&Detection, u16); 4] = [
        (&lateral_rdp::DETECTION, 3389),
        (&lateral_ssh::DETECTION, 22),
        (&lateral_winrm::DETECTION, 5985),
        (&lateral_winrm::DETECTION, 5986),
    ];

    fn gone(tape: &mut Tape, from: u8, to: u8, port: u16) {
        let client = ([10, 0, 0, from], 41_000 + u16::from(to));
        tape.talk(client, ([10, 0, 0, to], port), b"?", b"!");
    }

    #[test]
    fn to_a_work_place_to_an_unknown_and_to_a_server() {
        for (detection, port) in ALL {
            let mut tape = Tape::default();
            gone(&mut tape, 7, 9, port);
            let one = found(&tape, detection).remove(0);
            assert!(
                one.severity == Severity::Low && one.confidence < 0.5,
                "nothing shows what it is"
            );
            browse(&mut tape, [10, 0, 0, 9], 7);
            let one = found(&tape, detection).remove(0);
            assert_eq!(one.severity, Severity::Low, "seven places");
            browse(&mut tape, [10, 0, 0, 9], 8);
            let one = found(&tape, detection).remove(0);
            assert_eq!((one.severity, one.confidence), (Severity::Medium, 0.6));
            gone(&mut tape, 8, 9, port);
            assert_eq!(found(&tape, detection).len(), 2);
            gone(&mut tape, 6, 9, port);
            assert_eq!(found(&tape, detection), [], "three clients: it serves");
        }
    }

    #[test]
    fn going_round() {
        for (detection, port) in ALL {
            for (machines, severity) in [(2, Severity::Medium), (3, Severity::High)] {
                let mut tape = Tape::default();
                for to in 0..machines {
                    browse(&mut tape, [10, 0, 0, 20 + to], 8);
                    gone(&mut tape, 7, 20 + to, port);
                }
                let all = found(&tape, detection);
                assert_eq!(all.len(), usize::from(machines));
                assert!(all.iter().all(|f| f.severity == severity), "{machines}");
            }
        }
    }

    #[test]
    fn nobody_answered() {
        for (detection, port) in ALL {
            let mut tape = Tape::default();
            browse(&mut tape, [10, 0, 0, 9], 8);
            let client = ([10, 0, 0, 7], 41_000);
            tape.tcp(client, ([10, 0, 0, 9], port), 100, 0, 2, &[]);
            assert_eq!(found(&tape, detection), []);
        }
    }
}
