//! The answer that gave the address a conversation went to.

use super::{Event, Item, Link, Look, item};
use crate::answers::shown;

pub(super) static LINK: Link = Link {
    says: "its answer gave the address",
    typed: true,
    find,
};

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    for at in &event.flows {
        let Some(f) = look.flow(*at) else { continue };
        if f.begun > event.over || !look.is(event.host, at.0, f.client.0, f.begun) {
            continue;
        }
        let Some(q) = look.looked_up(event.host, at.0, f.server.0, f.begun) else {
            continue;
        };
        let says = format!("looked up {} at {}", shown(&q.query), q.server.0);
        let flow = q.meta.flow.map(|id| (at.0, id));
        out.push(item(q.meta.time, [q.meta.first, q.meta.last], says, flow));
    }
}
