//! Harmless things that repeat, told by how they behave. A class explains, it does not acquit.

use super::Candidate;
use crate::activity::{Contact, Peer};
use crate::detections::Ground;
use crate::environment::Role;
use crate::rhythm::median;
use weir_dissect::protocols::http::Transaction;

/// Hosts of the network below which "most use it" says nothing.
const HOSTS: u32 = 4;
/// Own peers inside the network that repeat, from which on a host polls.
const POLLED: usize = 8;
/// Bytes that a piece of a film or of music has at least.
const SEGMENT: f64 = 50_000.0;
/// Seconds between such pieces at most.
const PIECES: f64 = 60.0;
/// Peers below which a host is a device that nobody sits at.
const DEVICE: usize = 8;
/// An exchange of the time of day is so small.
const NTP: u16 = 123;
/// Ports of mail boxes.
const MAIL: [u16; 7] = [25, 110, 143, 465, 587, 993, 995];

/// The class of a contact that repeats, and by what it was recognised.
pub(crate) fn class(
    ground: &Ground<'_>,
    contact: &Contact,
    candidate: &Candidate,
) -> Option<(&'static str, String)> {
    let activity = &ground.activity;
    let users = activity.users(contact.peer);
    let all = activity.active();
    if all >= HOSTS && users * 2 >= all && !matches!(contact.peer, Peer::Client(_)) {
        return Some((
            "used by most",
            format!("{users} of {all} hosts here contact it"),
        ));
    }
    if let Peer::Address(ip, port, _) = contact.peer {
        if port == NTP {
            return Some(("time of day", "UDP port 123".to_owned()));
        }
        let own = ground.env.having(ip).filter_map(|h| ground.env.host(h));
        let serves = own.filter(|h| h.internal).find(|h| {
            h.is(Role::Server) || h.is(Role::Resolver) || h.is(Role::Proxy) || h.is(Role::Gateway)
        });
        if let Some(server) = serves {
            let word = server.roles.first().map_or("server", |r| r.word());
            return Some((
                "service of this network",
                format!("{ip} is a {word} for others too"),
            ));
        }
        if MAIL.contains(&port) && users > 1 {
            return Some(("mail box", format!("port {port}, used by {users} hosts")));
        }
        if candidate.inside >= POLLED && weir_model::is_internal(ip) {
            return Some((
                "monitoring",
                format!(
                    "it asks {} others of the network as regularly",
                    candidate.inside - 1
                ),
            ));
        }
    }
    if let Some(says) = status_of_certificates(ground, contact) {
        return Some(("status of certificates", says));
    }
    let received = |n| {
        candidate
            .members(activity, n)
            .map(|e| f64::from(e.received))
            .sum::<f64>()
    };
    let mut sizes: Vec<f64> = (0..candidate.checkins.times.len()).map(received).collect();
    let usual = median(&mut sizes);
    if usual >= SEGMENT && candidate.shape.period() <= PIECES {
        return Some((
            "film or music",
            format!(
                "a piece of {usual:.0} bytes every {:.0} s",
                candidate.shape.period()
            ),
        ));
    }
    device(ground, contact, candidate)
}

/// A host without people that asks the same all the time the captures cover.
fn device(
    ground: &Ground<'_>,
    contact: &Contact,
    candidate: &Candidate,
) -> Option<(&'static str, String)> {
    let activity = &ground.activity;
    let mine = activity.contacts();
    let from = mine.partition_point(|c| c.host < contact.host);
    let peers = mine
        .iter()
        .skip(from)
        .take_while(|c| c.host == contact.host)
        .filter(|c| matches!(c.peer, Peer::Address(..)))
        .count();
    let (begin, end) = ground.input.span()?;
    let edge = end.since(begin).0 / 10;
    let last = candidate.checkins.times.last()?;
    let last = candidate
        .base
        .plus(weir_model::Duration((*last * 1e9) as i64));
    let always = candidate.base.since(begin).0 <= edge && end.since(last).0 <= edge;
    let day = end.since(begin).0 >= 12 * 3_600_000_000_000;
    (peers < DEVICE && always && day).then(|| {
        let says = format!(
            "it contacts {peers} addresses in all, this one from the first to the last hour"
        );
        ("unattended device", says)
    })
}

/// OCSP and revocation lists, by what was answered.
fn status_of_certificates(ground: &Ground<'_>, contact: &Contact) -> Option<String> {
    let Peer::Site(_) = contact.peer else {
        return None;
    };
    let first = ground.activity.events(contact).next()?;
    let facts = ground.input.chains.get(first.flow.0 as usize)?.facts;
    let rows = facts.messages.all::<Transaction>();
    let place = rows.iter().find(|t| {
        t.request
            .as_ref()
            .is_some_and(|r| r.first.0 == first.packet)
    })?;
    let kind = place.response.as_ref()?.content_type.as_deref()?;
    let known = ["application/ocsp-response", "application/pkix-crl"];
    known
        .contains(&kind)
        .then(|| format!("the answers are {kind}"))
}
