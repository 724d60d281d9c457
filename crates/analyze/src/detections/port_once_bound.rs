//! A port on which a host answered once or twice and never again.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::environment::{Role, Service};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::flow::{Flow, RecognisedBy};
use weir_dissect::{Over, Transport, registry};

/// Uses up to which a port counts as hardly used.
const USES: usize = 2;
/// A work place that nobody else connects to.
const WORK_PLACE: f64 = 0.75;
/// A machine that serves others anyway.
const SERVER: f64 = 0.4;
/// Clients of another port, from which a machine is a server: two may be the ones in question.
const CLIENTS: u32 = 3;
/// Who answers here tells callers at which port a service of remote calls is.
const MAPPER: u16 = 135;
/// Ports below are services' own.
const REGISTERED: u16 = 1024;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "port.once_bound",
    title: "A port was bound once or twice only",
    why: "Services stay; a port that answers once or twice was opened for one purpose, as back doors and hand-made transfers do.",
    how: "Connections of which the server's SYN-ACK was seen, per host and port, without those that another protocol announced (FTP data) those whose content is what the port is registered for, and remote calls to a machine whose endpoint mapper (port 135) the same client asked.",
    innocent: "A file shared by hand, a game, a remote-support session, a service used rarely.",
    settle: "Find on the host which program listened at that time.",
    techniques: &["T1571"],
    severity: Severity::Medium,
    needs: &[Need::Flows],
    keys,
    judge,
    rank,
};

fn flow<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<&'a Flow> {
    ground.input.chains.get(at.0)?.facts.flows.get(at.1)
}

/// Does the port carry what it is registered for, by the content itself? Then it is a service that is used
/// rarely, and no port that was bound for one purpose.
fn at_home(f: &Flow) -> bool {
    let registered = registry().over(Over::TcpPort(f.server.1));
    let spoken = f.protocol.and_then(|id| registry().get(id));
    f.recognised_by == RecognisedBy::Content
        && spoken.is_some_and(|s| registered.is_some_and(|r| r.info.name == s.info.name))
}

fn calls(f: &Flow) -> bool {
    let spoken = f.protocol.and_then(|id| registry().get(id));
    spoken.is_some_and(|s| s.info.name == "dcerpc")
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: BTreeMap<(String, u16), Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        let mapped: BTreeSet<(IpAddr, IpAddr)> = c
            .facts
            .flows
            .iter()
            .filter(|f| f.server.1 == MAPPER && f.tcp.syn_ack)
            .map(|f| (f.client.0, f.server.0))
            .collect();
        let told = |f: &Flow| calls(f) && mapped.contains(&(f.client.0, f.server.0));
        for (n, f) in c.facts.flows.iter().enumerate() {
            let answered = f.transport == Transport::Tcp && f.tcp.syn && f.tcp.syn_ack;
            if !answered || f.seldom().setup.is_some() || at_home(f) || told(f) {
                continue;
            }
            let host = ground.env.at(chain, f.server.0, f.begun);
            let host = host.and_then(|id| ground.env.host(id));
            if host.is_none_or(|h| !h.internal) {
                continue;
            }
            let rows = out.entry((who(host, f.server.0), f.server.1)).or_default();
            if rows.len() <= USES {
                rows.push((chain, n));
            }
        }
    }
    out.into_iter()
        .filter(|(_, rows)| rows.len() <= USES)
        .map(|((host, port), rows)| Key {
            subject: format!("{host}|{port}"),
            rows,
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let at = *key.rows.first()?;
    let first = flow(ground, at)?;
    let all = || key.rows.iter().filter_map(|at| flow(ground, *at));
    let id = ground.env.at(at.0, first.server.0, first.begun)?;
    let host = ground.env.host(id)?;
    // In a capture of minutes everything is seen once: others must have been used oftener.
    let often = ground
        .env
        .hosts()
        .iter()
        .flat_map(|h| &h.services)
        .any(|s| s.transport == Transport::Tcp && s.flows > USES as u64);
    if !often {
        return None;
    }
    let evidence = Evidence::of(all().flat_map(|f| [f.first, f.last]))?;
    let span = (all().map(|f| f.begun).min()?, all().map(|f| f.ended).max()?);
    let port = first.server.1;
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        id,
        first.server.0,
        span,
        evidence,
    );
    out.dst = Some(first.client.0);
    out.dport = Some(port);
    let uses = key.rows.len();
    out.title = format!(
        "{} answered on port {port} {} only",
        first.server.0,
        if uses == 1 { "once" } else { "twice" }
    );
    let busy = |s: &Service| s.port != port && s.clients >= CLIENTS;
    let serves = host.services.iter().any(busy) || host.is(Role::Gateway) || host.is(Role::Proxy);
    // A port of remote calls is given by the machine's own mapper, be it seen or not.
    (out.severity, out.confidence) = if serves || port < REGISTERED || all().all(calls) {
        (Severity::Low, SERVER)
    } else {
        (Severity::Medium, WORK_PLACE)
    };
    Some(out)
}
