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
