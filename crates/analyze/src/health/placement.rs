//! Where a chain was taken, as far as it shows: one sentence and its reasons. A reading, not a fact.

use crate::answers::plural;
use crate::environment::Environment;
use crate::input::Input;
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_model::{Mac, is_internal};

/// Where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placement {
    /// Place of the chain.
    pub chain: usize,
    /// One sentence.
    pub says: String,
    /// What it rests on.
    pub reasons: Vec<String>,
}

/// Of one chain; `None` where it has no flow.
#[must_use]
pub fn placement(input: &Input<'_>, env: &Environment, chain: usize) -> Option<Placement> {
    let facts = input.chains.get(chain)?.facts;
    if facts.flows.is_empty() {
        return None;
    }
    let bindings = facts.bindings.all();
    let announced: BTreeSet<Mac> = bindings
        .iter()
        .filter(|b| b.announced)
        .map(|b| b.mac)
        .collect();
    let outside: BTreeSet<Mac> = bindings
        .iter()
        .filter(|b| !is_internal(b.ip) && !b.announced && env.routers().contains(&b.mac))
        .map(|b| b.mac)
        .collect();
    let local = |ip: IpAddr| {
        env.having(ip)
            .filter_map(|id| env.host(id))
            .any(|h| h.mac.is_some())
    };
    let inside: BTreeSet<_> = facts
        .flows
        .iter()
        .filter(|f| f.client.0 != f.server.0 && local(f.client.0) && local(f.server.0))
        .flat_map(|f| [f.client.0, f.server.0])
        .collect();
    let tcp = || {
        facts.flows.iter().filter(|f| {
            f.transport == Transport::Tcp && f.packets[0].saturating_add(f.packets[1]) >= 5
        })
    };
    let (all, sided) = (
        tcp().count(),
        tcp()
            .filter(|f| f.packets[0] == 0 || f.packets[1] == 0)
            .count(),
    );
    let mut reasons = Vec::new();
    let place = if bindings.is_empty() {
        reasons.push("no hardware addresses are in the capture".to_owned());
        "Where this was taken cannot be told: layer 2 is not in the capture"
    } else if !announced.is_empty() {
        reasons.push(format!(
            "broadcasts of {} (ARP, neighbour discovery) are seen",
            plural(announced.len() as u64, "machine")
        ));
        "Taken on the segment of the hosts"
    } else {
        reasons.push("no ARP and no neighbour discovery is seen".to_owned());
        "Taken away from the hosts' segment, or without its broadcasts"
    };
    match outside.len() {
        0 => {}
        1 => reasons.push(format!(
            "everything outside is behind one hardware address, {}",
            outside
                .iter()
                .next()
                .map(Mac::to_string)
                .unwrap_or_default()
        )),
        n => reasons.push(format!("the outside is behind {n} hardware addresses")),
    }
    if !bindings.is_empty() {
        reasons.push(if inside.is_empty() {
            "no traffic between two hosts of the segment is seen: host-to-host traffic would not show".to_owned()
        } else {
            format!("host-to-host traffic of {} addresses is seen", inside.len())
        });
    }
    if let Some(share) = (sided * 100).checked_div(all) {
        reasons.push(format!(
            "{share} % of TCP conversations of five packets or more are one-sided"
        ));
    }
    Some(Placement {
        chain,
        says: format!("{place}: {}.", reasons.join("; ")),
        reasons,
    })
}
