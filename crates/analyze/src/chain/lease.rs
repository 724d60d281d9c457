//! The lease with which a host came onto the network, where the event is among the first it did.

use super::{Event, Item, Link, Look, item};
use crate::answers::shown;
use weir_dissect::protocols::dhcp::Lease;
use weir_model::Duration;

/// The host did nothing longer than this before it asked.
const NEW: Duration = Duration(60_000_000_000);

pub(super) static LINK: Link = Link {
    says: "it came onto the network",
    typed: true,
    find,
};

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    let Some(host) = look.env.host(event.host) else {
        return;
    };
    let begun = look.input.span().map_or(host.first, |s| s.0);
    // Who was there when the captures began did not come.
    if host.first.since(begun) <= NEW {
        return;
    }
    for (chain, c) in look.input.chains.iter().enumerate() {
        let mine = |l: &&Lease| {
            l.reply && l.kind == 5 && l.mac.is_some() && l.mac == host.mac && !l.meta.duplicate
        };
        let first = c.facts.messages.all::<Lease>().iter().find(mine);
        let Some(l) = first else { continue };
        let new = l.meta.time.since(host.first) <= NEW;
        if !new || l.meta.time > event.first || !Look::near(event, l.meta.time) {
            continue;
        }
        let ip = l
            .assigned_addr
            .map_or_else(String::new, |ip| format!(" {ip}"));
        let name = l.host_name.as_deref();
        let name = name.map_or_else(String::new, |n| format!(" as {}", shown(n)));
        let says = format!("was given{ip} by {}{name}", l.from);
        let flow = l.meta.flow.map(|id| (chain, id));
        out.push(item(l.meta.time, [l.meta.first], says, flow));
    }
}
