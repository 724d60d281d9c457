//! Other conversations of a client that nobody else has: the same program did both.

use super::{Event, Item, Link, Look, item};
use crate::activity::Peer;
use crate::answers::shown;
use std::collections::BTreeSet;

pub(super) static LINK: Link = Link {
    says: "the same client, which nobody else has",
    typed: true,
    find,
};

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    let place = |at: &(usize, weir_model::FlowId)| (u32::try_from(at.0).unwrap_or(u32::MAX), at.1);
    let clients: BTreeSet<_> = event
        .flows
        .iter()
        .filter_map(|at| look.activity.client_of(place(at)))
        .filter(|c| look.activity.users(Peer::Client(*c)) == 1)
        .collect();
    // With hardly anybody to compare with, everybody's client is his own.
    if look.activity.active() < super::contact::CROWD {
        return;
    }
    for client in clients {
        let Some(c) = look.activity.contact(event.host, Peer::Client(client)) else {
            continue;
        };
        let mut told: BTreeSet<String> = BTreeSet::new();
        for n in &c.events {
            let Some(e) = look.activity.event(*n) else {
                continue;
            };
            let flow = (e.flow.0 as usize, e.flow.1);
            let Some(f) = look.flow(flow).filter(|_| Look::near(event, e.time)) else {
                continue;
            };
            if event.flows.contains(&flow) {
                continue;
            }
            let name = look.activity.name_of(*n);
            let whom = name.map_or_else(|| f.server.0.to_string(), |n| shown(n).to_string());
            if told.insert(whom.clone()) {
                out.push(item(
                    e.time,
                    [e.packet],
                    format!("contacted {whom}"),
                    Some(flow),
                ));
            }
        }
    }
}
