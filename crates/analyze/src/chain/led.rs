//! A redirect or a page that led to a request, and a redirect that a request got.

use super::{Event, Item, Link, Look, item};
use crate::answers::shown;
use weir_dissect::Blocks;
use weir_dissect::protocols::http::Transaction;

/// Steps back: from a page to the one before it, and so on.
const STEPS: usize = 3;

pub(super) static LINK: Link = Link {
    says: "a redirect or a page led on",
    typed: true,
    find,
};

/// What a request asked for, as a Referer would have it.
fn url(t: &Transaction) -> Option<String> {
    let r = t.request.as_ref()?;
    if r.absolute {
        return Some(r.target.to_string());
    }
    let scheme = if r.secure { "https" } else { "http" };
    Some(format!("{scheme}://{}{}", r.host.as_deref()?, r.target))
}

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    for at in &event.flows {
        let Some(facts) = look.facts(at.0) else {
            continue;
        };
        let all = facts.messages.all::<Transaction>();
        let mine = |t: &&Transaction| {
            let client = t.meta.flow.and_then(|f| facts.flow(f));
            let client = client.map(|f| f.ends(t.meta.direction).0.0);
            client.is_some_and(|ip| look.is(event.host, at.0, ip, t.meta.time))
        };
        // One packet of a conversation means the request it is of, the whole of it all its requests.
        let span = (event.packets.iter().min(), event.packets.iter().max());
        let of_flow = |t: &&Transaction| {
            let holds = span.0.is_some_and(|p| *p <= t.meta.last);
            t.meta.flow == Some(at.1) && holds && span.1.is_some_and(|p| *p >= t.meta.first)
        };
        for here in all.iter().filter(of_flow) {
            back(here, all, &mine, at.0, out);
            // Where the answer sent the client.
            let own = url(here);
            let led = all.iter().filter(mine).find(|t| {
                let from = t
                    .request
                    .as_ref()
                    .and_then(|r| r.redirected_from.as_deref());
                t.meta.time > here.meta.time && from.is_some() && from == own.as_deref()
            });
            if let Some(t) = led
                && let Some(to) = url(t)
            {
                let flow = t.meta.flow.map(|id| (at.0, id));
                let says = format!("was redirected to {}", shown(&to));
                out.push(item(t.meta.time, [t.meta.first], says, flow));
            }
        }
    }
}

/// From a request to what led to it, and on from there.
fn back(
    here: &Transaction,
    all: &Blocks<Transaction>,
    mine: &impl Fn(&&Transaction) -> bool,
    chain: usize,
    out: &mut Vec<Item>,
) {
    let mut at = here;
    for _ in 0..STEPS {
        let Some(r) = at.request.as_ref() else { return };
        let (from, word) = match (&r.redirected_from, &r.referer) {
            (Some(from), _) => (from, "was redirected by"),
            (None, Some(from)) => (from, "came from the page"),
            (None, None) => return,
        };
        let before = all
            .iter()
            .filter(mine)
            .filter(|t| t.meta.time < at.meta.time && url(t).as_deref() == Some(from))
            .max_by_key(|t| t.meta.time);
        let Some(t) = before else { return };
        let flow = t.meta.flow.map(|id| (chain, id));
        let says = format!("{word} {}", shown(from));
        out.push(item(t.meta.time, [t.meta.first, t.meta.last], says, flow));
        at = t;
    }
}
