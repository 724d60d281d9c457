//! Somebody inside who came to this host by a port that nobody else uses there.

use super::contact::{everyday, service};
use super::{Event, Item, Link, Look, item};
use crate::activity::Peer;

pub(super) static LINK: Link = Link {
    says: "new at this host, and by nobody else",
    typed: false,
    find,
};

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    let Some(host) = look.env.host(event.host) else {
        return;
    };
    for c in look.activity.contacts() {
        let Peer::Address(ip, port, over) = c.peer else {
            continue;
        };
        if c.host == event.host
            || everyday(over, port)
            || look.activity.users(c.peer) != 1
            || !host.addresses.iter().any(|t| t.ip == ip)
        {
            continue;
        }
        let first = c.events.first().and_then(|n| look.activity.event(*n));
        let Some(e) = first.filter(|e| Look::near(event, e.time) && !e.failed) else {
            continue;
        };
        let flow = (e.flow.0 as usize, e.flow.1);
        let Some(f) = look.flow(flow).filter(|f| f.seldom().setup.is_none()) else {
            continue;
        };
        if !look.is(event.host, flow.0, ip, e.time) {
            continue;
        }
        let whom = look.named(flow.0, f.client.0, e.time);
        let says = format!("{whom} came by {}", service(port, over));
        out.push(item(e.time, [e.packet], says, Some(flow)));
    }
}
