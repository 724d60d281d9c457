//! The control session that announced a data connection, and the data that one announced.

use super::{Event, Item, Link, Look, item};
use crate::answers::shown;
use weir_model::FlowId;

pub(super) static LINK: Link = Link {
    says: "one announced the other",
    typed: true,
    find,
};

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    for at in &event.flows {
        let (Some(f), Some(facts)) = (look.flow(*at), look.facts(at.0)) else {
            continue;
        };
        if let Some(setup) = f.seldom().setup {
            let control = facts.flows.iter().enumerate().filter(|(_, c)| {
                let ends = (c.client.0, c.server.0);
                let same = ends == (f.client.0, f.server.0) || ends == (f.server.0, f.client.0);
                let announces = c.first <= setup && setup <= c.last;
                same && c.id != f.id && announces && c.seldom().setup.is_none()
            });
            let flow = control
                .last()
                .map(|(n, _)| (at.0, FlowId(u32::try_from(n).unwrap_or(u32::MAX))));
            let begun = flow.and_then(|at| look.flow(at));
            let time = begun.map_or(f.begun, |c| c.begun);
            // Of active transfers the server begins the data connection: who was logged in at is the control's.
            let server = begun.map_or(f.server.0, |c| c.server.0);
            let says = format!("logged in to transfer files at {server}");
            let first = begun.map(|c| c.first);
            out.push(item(time, first.into_iter().chain([setup]), says, flow));
        }
        // What it announced: the files that came by it.
        let data = facts.artifacts.iter().filter(|a| {
            let of = facts.flow(a.key.flow).and_then(|d| d.seldom().setup);
            let ours = |p| event.packets.contains(&p);
            !event.flows.contains(&(at.0, a.key.flow))
                && a.asked.is_some_and(|asked| ours(asked.0))
                && of.is_some()
        });
        for a in data {
            let name = a.names.first().map_or("a file", |n| &n.text);
            let verb = if a.sent { "sent" } else { "received" };
            let says = format!("{verb} {}", shown(name));
            let flow = Some((at.0, a.key.flow));
            out.push(item(a.begun, [a.first, a.last], says, flow));
        }
    }
}
