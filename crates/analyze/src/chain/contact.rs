//! Somebody whom this host contacted for the first time, and nobody else contacts.

use super::{Event, Item, Link, Look, item};
use crate::activity::{Contact, Peer};
use crate::answers::shown;
use weir_dissect::Transport;
use weir_dissect::protocols::http::Transaction;
use weir_model::is_internal;

/// Active hosts below which nothing can be said of what nobody else does.
pub(super) const CROWD: u32 = 5;

pub(super) static LINK: Link = Link {
    says: "new for this host, and nobody else's",
    typed: false,
    find,
};

fn find(look: &Look<'_>, event: &Event, out: &mut Vec<Item>) {
    let crowd = look.activity.active() >= CROWD;
    for c in look.activity.contacts_of(event.host) {
        let everyday = matches!(c.peer, Peer::Address(_, port, over) if everyday(over, port));
        if look.activity.users(c.peer) != 1 || everyday {
            continue;
        }
        let (whom, outside) = match c.peer {
            Peer::Site(id) => (format!("contacted {}", shown(look.activity.text(id))), true),
            Peer::Lookup(id) => (
                format!(
                    "looked up {}, without contact",
                    shown(look.activity.text(id))
                ),
                true,
            ),
            Peer::Address(ip, ..) => (String::new(), !is_internal(ip)),
            Peer::Client(_) => continue,
        };
        if outside && !crowd {
            continue;
        }
        let first = c
            .events
            .first()
            .and_then(|n| Some((*n, look.activity.event(*n)?)));
        let Some((n, e)) = first.filter(|(_, e)| Look::near(event, e.time)) else {
            continue;
        };
        let flow = (e.flow.0 as usize, e.flow.1);
        let mut packets = vec![e.packet];
        let says = match c.peer {
            Peer::Address(ip, port, over) => {
                // A named one is told by its name.
                if outside && look.activity.name_of(n).is_some() || serves(look, c, flow) {
                    continue;
                }
                let whom = look.named(flow.0, ip, e.time);
                let failed = if e.failed {
                    ", refused or without an answer"
                } else {
                    ""
                };
                format!("went to {whom} by {}{failed}", service(port, over))
            }
            _ => {
                if led_there(look, flow) {
                    continue;
                }
                let f = look.flow(flow);
                let looked = f.and_then(|f| look.looked_up(event.host, flow.0, f.server.0, e.time));
                let ip = f
                    .filter(|_| matches!(c.peer, Peer::Site(_)))
                    .map(|f| f.server.0);
                packets.extend(looked.map(|q| q.meta.first));
                let full = looked.map_or(whom, |q| {
                    format!("looked up and contacted {}", shown(&q.query))
                });
                ip.map_or_else(|| full.clone(), |ip| format!("{full} ({ip})"))
            }
        };
        out.push(item(e.time, packets, says, Some(flow)));
    }
}

/// Names, addresses, times and what is around: every machine asks for these.
pub(super) fn everyday(over: Transport, port: u16) -> bool {
    over == Transport::Udp && matches!(port, 53 | 67 | 68 | 123 | 137 | 138 | 1900 | 5353 | 5355)
}

/// What another conversation announced is that one's.
fn serves(look: &Look<'_>, _: &Contact, at: (usize, weir_model::FlowId)) -> bool {
    look.flow(at).is_none_or(|f| f.seldom().setup.is_some())
}

/// Did a page lead there? Then it is browsing.
fn led_there(look: &Look<'_>, at: (usize, weir_model::FlowId)) -> bool {
    let Some(facts) = look.facts(at.0) else {
        return false;
    };
    let of = |t: &&Transaction| t.meta.flow == Some(at.1);
    let all = facts.messages.all::<Transaction>();
    all.iter().filter(of).any(|t| {
        let request = t.request.as_ref();
        request.is_some_and(|r| r.referer.is_some() || r.redirected_from.is_some())
    })
}

/// `SMB (445)`, `port 35277`.
pub(super) fn service(port: u16, over: Transport) -> String {
    let known = match port {
        22 => "SSH",
        23 => "Telnet",
        135 => "remote calls",
        139 | 445 => "SMB",
        3389 => "remote desktop",
        5900 => "VNC",
        5985 | 5986 => "WinRM",
        _ => "",
    };
    match (known, over) {
        ("", Transport::Tcp) => format!("port {port}"),
        ("", Transport::Udp) => format!("UDP port {port}"),
        (known, _) => format!("{known} (port {port})"),
    }
}
