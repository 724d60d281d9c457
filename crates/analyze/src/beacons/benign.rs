//! Harmless things that repeat, told by how they behave. A class explains, it does not acquit.

use super::Candidate;
use crate::activity::{Contact, Event, Peer};
use crate::detections::Ground;
use crate::environment::Role;
use crate::rhythm::{mad, median};
use weir_dissect::protocols::http::Transaction;

/// Hosts of the network below which "most use it" says nothing.
const HOSTS: u32 = 4;
/// Own peers inside the network that repeat, from which on a host polls.
const POLLED: usize = 8;
/// Bytes that a piece of a film or of music has at least, and how many times what was sent for it.
const SEGMENT: f64 = 8_000.0;
const DOWN: f64 = 8.0;
/// Such pieces differ by this share at least: an answer without an order is the same each time.
const DIFFER: f64 = 0.05;
/// Bytes that a nightly job sends at least, and seconds between two.
const JOB: f64 = 100_000.0;
const NIGHTLY: f64 = 20.0 * 3600.0;
/// Seconds between such pieces at most.
const PIECES: f64 = 60.0;
/// Peers below which a host is a device that nobody sits at.
const DEVICE: usize = 8;
/// An exchange of the time of day is so small.
const NTP: u16 = 123;
/// Check-ins from which on a host that alone keeps a rhythm with what others browse is another matter.
const OFTEN: usize = 24;
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
    let common = all >= HOSTS && users * 2 >= all && !matches!(contact.peer, Peer::Client(_));
    if common && !alone_in_it(ground, contact, candidate) {
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
    film(ground, candidate)
        .or_else(|| job(ground, candidate))
        .or_else(|| device(ground, contact, candidate))
}

/// Bytes of every check-in, sent or received.
fn bytes(ground: &Ground<'_>, candidate: &Candidate, of: fn(&Event) -> u32) -> Vec<f64> {
    let members = |n| candidate.members(&ground.activity, n);
    let sum = |n| members(n).map(|e| f64::from(of(e))).sum();
    (0..candidate.checkins.times.len()).map(sum).collect()
}

/// Much comes down for little, piece by piece, while somebody watches or listens.
fn film(ground: &Ground<'_>, candidate: &Candidate) -> Option<(&'static str, String)> {
    let period = candidate.shape.period();
    let mut down = bytes(ground, candidate, |e| e.received);
    let mut up = bytes(ground, candidate, |e| e.sent);
    let (piece, asked) = (median(&mut down), median(&mut up));
    let differ = mad(&mut down) >= DIFFER * piece;
    (period <= PIECES && piece >= SEGMENT && piece >= DOWN * asked && differ).then(|| {
        let says = format!("a piece of about {piece:.0} bytes every {period:.0} s");
        ("film or music", says)
    })
}

/// Once a day, and each time so much that it is the matter itself and no question what to do.
fn job(ground: &Ground<'_>, candidate: &Candidate) -> Option<(&'static str, String)> {
    let sent = median(&mut bytes(ground, candidate, |e| e.sent));
    (candidate.shape.period() >= NIGHTLY && sent >= JOB).then(|| {
        let says = format!("it sends {sent:.0} bytes once a day: how much leaves is another check");
        ("nightly job", says)
    })
}

/// Most use it, and this host alone uses it by the clock, often and when it does nothing else.
fn alone_in_it(ground: &Ground<'_>, contact: &Contact, candidate: &Candidate) -> bool {
    let activity = &ground.activity;
    let other = |c: &Candidate| {
        let peer = activity.contacts().get(c.contact);
        // Whatever rhythm it shows: desks that are off at night keep a daily one too.
        let long = c.events.len() >= OFTEN;
        long && peer.is_some_and(|p| p.host != contact.host && same_peer(activity, p, contact))
    };
    candidate.checkins.times.len() >= OFTEN && !ground.repeating().iter().any(other)
}

/// Do two contacts mean the same peer, by address or by name?
fn same_peer(activity: &crate::activity::Activity, a: &Contact, b: &Contact) -> bool {
    let name = |c: &Contact| c.events.first().and_then(|e| activity.site_of(*e));
    a.peer == b.peer || name(a).is_some() && name(a) == name(b)
}

/// A host without people, with whoever it contacts most: its maker, its agent. Somebody else whom nobody else here
/// contacts, or a client that is used for nothing else beside others, is not explained by that.
fn device(
    ground: &Ground<'_>,
    contact: &Contact,
    candidate: &Candidate,
) -> Option<(&'static str, String)> {
    let activity = &ground.activity;
    let (begin, end) = ground.input.span()?;
    // In a shorter capture there must be others to compare with: of one machine alone nothing is known.
    let day = end.since(begin).0 >= 12 * 3_600_000_000_000;
    if !(day || activity.active() >= HOSTS) || matches!(contact.peer, Peer::Lookup(_)) {
        return None;
    }
    let all = activity.contacts();
    let from = all.partition_point(|c| c.host < contact.host);
    let mine = || all.iter().skip(from).take_while(|c| c.host == contact.host);
    let peers = mine()
        .filter(|c| matches!(c.peer, Peer::Address(..)))
        .count();
    let outside = |c: &&Contact| matches!(c.peer, Peer::Address(ip, port, _) if port != NTP && !weir_model::is_internal(ip));
    let most = mine().filter(outside).max_by_key(|c| c.events.len());
    let first = most.is_some_and(|m| same_peer(activity, m, contact));
    let mut clients: Vec<_> = activity
        .events(contact)
        .filter_map(|e| activity.client_of(e.flow))
        .collect();
    clients.sort_unstable();
    clients.dedup();
    let others = mine().filter(|c| matches!(c.peer, Peer::Client(id) if !clients.contains(&id)));
    let apart = clients
        .iter()
        .all(|c| activity.users(Peer::Client(*c)) == 1)
        && others.count() > 0
        && !clients.is_empty();
    // Who asks for everybody's name knows this address by heart.
    let named = |c: &Contact| {
        c.events
            .first()
            .is_some_and(|e| activity.site_of(*e).is_some())
    };
    let nameless = !named(contact) && mine().filter(outside).any(named);
    // A server that fetches what others fetch is no box with a maker to call: what it alone calls is not explained.
    let host = ground.env.host(contact.host);
    let shared = |c: &Contact| !same_peer(activity, c, contact) && activity.users(c.peer) > 1;
    let serves = host.is_some_and(|h| h.is(Role::Server)) && mine().filter(outside).any(shared);
    let strange = activity.users(contact.peer) == 1 && (apart || !first || nameless || serves);
    let presence = activity.of_host(contact.host);
    let at = |n: Option<&u32>| activity.event(*n?).map(|e| e.time);
    let (came, went) = (at(presence.first())?, at(presence.last())?);
    let last = candidate.checkins.times.last()?;
    let half = *last * 2e9 >= went.since(came).0 as f64;
    (peers < DEVICE && half && !strange).then(|| {
        let says =
            format!("it contacts {peers} addresses in all, this one most of the time it is on");
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
