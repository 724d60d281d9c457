//! What the answers alone propose, by a printed rule, one row per affected host. Knows no findings.

use super::collect::Collector;
use super::rung::{Rung, Way};
use super::{Answer, coverage};
use crate::decisions::{Decision, Rule};
use crate::environment::{HostId, Role};
use crate::traffic::Captured;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::flow::Flow;
use weir_model::{RecordRef, Timestamp};

/// Ports by which one machine is worked from another.
const ADMIN: [u16; 8] = [22, 135, 139, 445, 3389, 5900, 5985, 5986];
/// Clients from which on a service is a server's, and using it is nothing particular.
const SERVICE: u32 = 4;
/// Later than this after the delivery, contact with its servers is a check-in.
const LATER: i64 = 120_000_000_000;

/// Strongest first, then by address.
pub(super) fn decide(all: &Collector<'_>, rows: &[Answer]) -> Vec<Decision> {
    let mut by_host: BTreeMap<(Option<HostId>, IpAddr), Vec<&Answer>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.rung > Rung::None && r.in_window) {
        let address = if row.id.is_some() {
            IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)
        } else {
            row.host
        };
        by_host.entry((row.id, address)).or_default().push(row);
    }
    let opened = opened(all, rows);
    let mut out: Vec<Decision> = by_host
        .into_iter()
        .filter_map(|((id, _), list)| {
            let rung = list.iter().map(|r| r.rung).max()?;
            let best: Vec<&Answer> = list.iter().copied().filter(|r| r.rung == rung).collect();
            let first = best.iter().max_by_key(|r| r.last)?;
            let (rule, because, mut records) = rule(all, &opened, id, rung, &list);
            // Several indicators rest on the same packets.
            let most = records.len() + 8;
            for record in best.iter().flat_map(|r| r.records()) {
                if records.len() < most && !records.contains(&record) {
                    records.push(record);
                }
            }
            Some(Decision {
                id,
                host: first.host,
                mac: first.mac,
                name: first.name.clone(),
                rule,
                rung,
                indicators: best.iter().map(|r| r.indicator.clone()).collect(),
                because,
                records,
                findings: Vec::new(),
                in_scope: list.iter().any(|r| r.in_scope),
            })
        })
        .collect();
    out.sort_by_key(|d| (Reverse(d.rule.proposal), d.host, d.id));
    out
}

/// Connections that were answered, with their chain, by who opened them.
type Opened<'a> = BTreeMap<HostId, Vec<(usize, &'a Flow)>>;

/// Those of every host that something was delivered to.
fn opened<'a>(all: &Collector<'a>, rows: &[Answer]) -> Opened<'a> {
    let given = rows.iter().filter(|r| r.rung == Rung::Delivered);
    let mut out: Opened<'a> = given
        .filter_map(|r| r.id)
        .map(|id| (id, Vec::new()))
        .collect();
    for (chain, c) in all.input.chains.iter().enumerate() {
        for flow in &c.facts.flows {
            if flow.transport == Transport::Tcp
                && flow.tcp.syn_ack
                && let Some(id) = all.env.at(chain, flow.client.0, flow.begun)
                && let Some(list) = out.get_mut(&id)
            {
                list.push((chain, flow));
            }
        }
    }
    out
}

fn rule(
    all: &Collector<'_>,
    opened: &Opened<'_>,
    id: Option<HostId>,
    rung: Rung,
    list: &[&Answer],
) -> (Rule, String, Vec<RecordRef>) {
    let plain = match rung {
        Rung::Delivered | Rung::Partial => Rule::ISOLATE_AND_EXAMINE,
        Rung::Hidden => Rule::EXAMINE,
        Rung::Refused => Rule::FIND_OUT,
        _ => Rule::WATCH,
    };
    let given = || {
        let received = |r: &&&Answer| r.rung == Rung::Delivered && r.direction == Way::Received;
        list.iter().filter(received)
    };
    let got = given().filter_map(|r| r.last).min();
    // Since when each server that delivered had done so.
    let mut servers: BTreeMap<IpAddr, Timestamp> = BTreeMap::new();
    for r in given() {
        for (server, last) in r.servers.iter().zip(std::iter::repeat(r.last)) {
            let Some(last) = last else { continue };
            let since = servers.entry(*server).or_insert(last);
            *since = (*since).min(last);
        }
    }
    let (Some(id), Some(since)) = (id, got) else {
        return (plain, String::new(), Vec::new());
    };
    let flows = opened.get(&id).map_or(&[][..], Vec::as_slice);
    match after(all, id, flows, since, &servers) {
        Some((why, packets)) => (Rule::ISOLATE_NOW, why, packets),
        None => (plain, String::new(), Vec::new()),
    }
}

/// Check-ins or host-to-host traffic after a delivery.
fn after(
    all: &Collector<'_>,
    id: HostId,
    flows: &[(usize, &Flow)],
    since: Timestamp,
    servers: &BTreeMap<IpAddr, Timestamp>,
) -> Option<(String, Vec<RecordRef>)> {
    let again = |ip: IpAddr, begun: Timestamp| {
        let given = servers.get(&ip);
        given.is_some_and(|given| begun.since(*given).0 > LATER)
    };
    let mut peers: BTreeMap<(IpAddr, u16), (Timestamp, RecordRef)> = BTreeMap::new();
    let mut check_ins: Vec<(Timestamp, RecordRef)> = Vec::new();
    for (chain, flow) in flows.iter().filter(|f| f.1.begun > since) {
        if again(flow.server.0, flow.begun) {
            check_ins.push((flow.begun, flow.first.into()));
        }
        let peer = all.env.at(*chain, flow.server.0, flow.begun);
        let peer = peer.and_then(|p| all.env.host(p));
        let ordinary = peer.is_none_or(|p| {
            !p.internal
                || p.is(Role::Gateway)
                || p.services
                    .iter()
                    .any(|s| s.port == flow.server.1 && s.clients >= SERVICE)
        });
        if ADMIN.contains(&flow.server.1) && !ordinary {
            peers
                .entry(flow.server)
                .or_insert((flow.begun, flow.first.into()));
        }
    }
    // What was said in them is not known; that they happened is.
    let mut captured = None;
    for (n, log) in all.input.logs.iter().enumerate() {
        let captured = captured.get_or_insert_with(|| Captured::new(all.input));
        for row in log.rows.iter().filter(|r| r.answered() == Some(true)) {
            let begun = log.begun(row);
            if again(row.responder.ip, begun)
                && all.env.at(all.input.log_place(n), row.originator.ip, begun) == Some(id)
                && !captured.has(log, row)
            {
                check_ins.push((begun, log.reference(row).into()));
            }
        }
    }
    check_ins.sort_unstable();
    if let Some(((ip, port), (time, _))) = peers.iter().next() {
        let more = peers.len().saturating_sub(1);
        let others = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        return Some((
            format!(
                "{} after the delivery it connected to {ip}:{port}{others} inside the network",
                coverage::words(time.since(since))
            ),
            peers.values().map(|v| v.1).take(8).collect(),
        ));
    }
    let (time, _) = check_ins.first()?;
    Some((
        format!(
            "it connected again to a server that delivered, {} time{}, first {} after the delivery",
            check_ins.len(),
            if check_ins.len() == 1 { "" } else { "s" },
            coverage::words(time.since(since))
        ),
        check_ins.iter().map(|c| c.1).take(8).collect(),
    ))
}
