//! A program that came to the host before, and the same file as the host passes it on.

use super::{Event, Item, Link, Look, item};
use crate::answers::{is_program, shown};
use weir_dissect::facts::Artifact;
use weir_model::Timestamp;

/// That a program came is no cause of what the host did later: it only came before.
pub(super) static CAME: Link = Link {
    says: "a program that came before",
    typed: false,
    find: |look, event, out| find(look, event, true, out),
};

pub(super) static SAME: Link = Link {
    says: "the same file passed on",
    typed: true,
    find: |look, event, out| find(look, event, false, out),
};

fn name(a: &Artifact) -> String {
    a.names
        .first()
        .map_or_else(|| "a file".to_owned(), |n| shown(&n.text).to_string())
}

fn find(look: &Look<'_>, event: &Event, came: bool, out: &mut Vec<Item>) {
    // Contents that the event itself moved.
    let mut moved = Vec::new();
    for (chain, c) in look.input.chains.iter().enumerate() {
        for a in &c.facts.artifacts {
            let own = event.flows.contains(&(chain, a.key.flow));
            let content = look.input.digests.content(chain, a.key);
            let hashes = content.and_then(|c| c.hashes);
            if own && let Some(h) = hashes.filter(|_| event.packets.contains(&a.last)) {
                moved.push(h);
            }
        }
    }
    for (chain, c) in look.input.chains.iter().enumerate() {
        for a in &c.facts.artifacts {
            let flow = (chain, a.key.flow);
            if event.flows.contains(&flow) {
                continue;
            }
            let (from, to) = if a.sent {
                (a.client.0, a.server.0)
            } else {
                (a.server.0, a.client.0)
            };
            let is = |ip| look.is(event.host, chain, ip, a.begun);
            let begun: Timestamp = a.asked.map_or(a.begun, |asked| asked.1);
            let asked = a.asked.map(|p| p.0);
            let program = a.found_type.as_ref().is_some_and(is_program);
            if program && is(to) && begun <= event.first && Look::near(event, begun) {
                if !came {
                    continue;
                }
                let mut says = format!("received {} from {}", name(a), place(look, a, chain));
                let looked = look.looked_up(event.host, chain, from, begun);
                if looked.is_some() {
                    says += ", looked up before";
                }
                let packets = asked.into_iter().chain([a.first, a.last]);
                let looked = looked.map(|q| q.meta.first);
                out.push(item(begun, packets.chain(looked), says, Some(flow)));
                continue;
            }
            // The same bytes, from this host to somebody.
            let same = || {
                let content = look.input.digests.content(chain, a.key);
                let hashes = content.and_then(|c| c.hashes);
                hashes.is_some_and(|h| moved.contains(&h))
            };
            if !came && begun > event.first && is(from) && same() {
                let to = look.named(chain, to, a.begun);
                let says = format!("passed the same file on to {to} as {}", name(a));
                let packets = asked.into_iter().chain([a.first, a.last]);
                out.push(item(begun, packets, says, Some(flow)));
            }
        }
    }
}

/// Where a file was had from: the site of its URL, else who sent it.
fn place(look: &Look<'_>, a: &Artifact, chain: usize) -> String {
    let rest = a.url.split_once("://").map_or("", |u| u.1);
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() {
        return look.named(chain, a.server.0, a.begun);
    }
    shown(host).to_string()
}
