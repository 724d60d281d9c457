//! A port on which a host answered once or twice and never again.

use super::between::spoken;
use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::environment::{Role, Service};
use std::collections::BTreeMap;
use weir_dissect::flow::{Flow, RecognisedBy};
use weir_dissect::{Over, Transport, registry};

/// Uses up to which a port counts as hardly used.
const USES: usize = 2;
/// A work place that nobody else connects to.
const WORK_PLACE: f64 = 0.75;
/// A machine that serves others anyway, or a service that is known by what it says.
const SERVER: f64 = 0.4;
/// Clients of another port, from which a machine is a server: two may be the ones in question.
const CLIENTS: u32 = 3;
/// Ports from here on are given out by the endpoint mapper; remote procedure calls are found there.
const GIVEN_OUT: u16 = 1024;
/// Hosts that answer on the same port so rarely, from which on it is a program that many have.
const SEVERAL: usize = 3;
/// Ports of printers, which few use, and rarely; what they are sent has no name.
const PRINTERS: [u16; 3] = [515, 631, 9100];
/// Ports below are services' own.
const REGISTERED: u16 = 1024;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "port.once_bound",
    title: "A port was bound once or twice only",
    why: "Services stay; a port that answers once or twice was opened for one purpose, as back doors and hand-made transfers do.",
    how: "Connections of which the server's SYN-ACK was seen, per host and port, without those that another protocol announced (FTP data, remote procedure calls) and those whose content is what the port is registered for. A note where the content is a protocol that is known and no shell, where nothing was said, and on a printer's port.",
    innocent: "A file shared by hand, a game, a remote-support session, a service used rarely.",
    settle: "Find on the host which program listened at that time.",
    techniques: &["T1571"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::OtherSide],
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

/// Remote procedure calls on a port that the endpoint mapper of the machine gave out: announced like FTP's data.
fn given_out(f: &Flow) -> bool {
    f.server.1 >= GIVEN_OUT && spoken(f) == "dcerpc"
}

/// Does it speak something that has a name and is no way in by itself? Such services stay, on whatever port. What
/// carried nothing says nothing.
fn known(f: &Flow) -> bool {
    let shell = matches!(spoken(f), "" | "ssh" | "telnet");
    let by_content = matches!(
        f.recognised_by,
        RecognisedBy::Content | RecognisedBy::Likely
    );
    let named = !shell && by_content;
    named || f.payload == [0, 0]
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: BTreeMap<(String, u16), Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for (n, f) in c.facts.flows.iter().enumerate() {
            let answered = f.transport == Transport::Tcp && f.tcp.syn && f.tcp.syn_ack;
            if !answered || f.seldom().setup.is_some() || at_home(f) || given_out(f) {
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
    if ground.ports().values().all(|p| p.most <= USES as u64) {
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
    let several = ground.ports().get(&port).map_or(0, |p| p.hosts);
    if several >= SEVERAL {
        out.benign = Some((
            "a program that many have",
            format!("{several} hosts here answer on port {port}"),
        ));
    }
    let printer = PRINTERS.contains(&port);
    let explained = serves || printer || out.benign.is_some() || all().all(known);
    (out.severity, out.confidence) = if explained || port < REGISTERED {
        (Severity::Low, SERVER)
    } else {
        (Severity::Medium, WORK_PLACE)
    };
    Some(out)
}
