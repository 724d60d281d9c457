//! From flows, messages and pauses to events and contacts. Judges nothing.

use super::{Activity, Contact, Event, Peer, SiteId};
use crate::environment::{Environment, HostId};
use crate::input::Input;
use crate::traffic;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::protocols::{dns, http, tls};
use weir_dissect::{Facts, Transport};
use weir_model::{Duration, FlowId, PacketRef, Timestamp};

/// A datagram after so long a silence of its flow begins something new.
const SILENCE: Duration = Duration(60_000_000_000);

/// Chain and flow.
type Place = (u32, FlowId);

struct Builder<'a> {
    env: &'a Environment,
    out: Activity,
    contacts: HashMap<(HostId, Peer), Vec<u32>, FixedState>,
    /// Addresses that answers gave: when, to whom, for which domain.
    given: HashMap<IpAddr, Vec<(Timestamp, IpAddr, SiteId)>, FixedState>,
    /// The name that a flow's client asked its server for, by chain and flow.
    asked_for: Vec<Vec<Option<SiteId>>>,
}

/// What everybody began, by host and peer.
pub(super) fn activity(input: &Input<'_>, env: &Environment) -> Activity {
    let mut b = Builder {
        env,
        out: Activity::default(),
        contacts: HashMap::default(),
        given: HashMap::default(),
        asked_for: Vec::new(),
    };
    b.out.by_host.resize_with(env.hosts().len(), Vec::new);
    let flows = input.chains.iter().map(|c| c.facts.flows.len());
    b.asked_for.extend(flows.map(|n| vec![None; n]));
    let questions = |f: &Facts| f.messages.all::<dns::Query>().len();
    let most = |f: &Facts| f.flows.len() + questions(f);
    let most: usize = input.chains.iter().map(|c| most(c.facts)).sum();
    b.out.events.reserve(most);
    b.out.named.reserve(most);
    for c in &input.chains {
        b.answers(c.facts);
    }
    for list in b.given.values_mut() {
        list.sort_unstable();
    }
    let mut lookups: Vec<(HostId, SiteId, u32)> = Vec::new();
    for (chain, c) in input.chains.iter().enumerate() {
        let place = u32::try_from(chain).unwrap_or(u32::MAX);
        b.names(place, c.facts);
        b.flows(chain, place, c.facts);
        b.requests(chain, place, c.facts);
        b.handshakes(chain, place, c.facts);
        b.lookups(chain, place, c.facts, &mut lookups);
    }
    // A look-up that a contact follows is part of the contact.
    for (host, site, event) in lookups {
        if !b.contacts.contains_key(&(host, Peer::Site(site))) {
            b.contact(host, Peer::Lookup(site), event);
        }
    }
    b.finish()
}

fn small(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Did the server never answer with content or agree to a connection?
fn failed(f: &Flow) -> bool {
    match f.transport {
        Transport::Tcp => f.tcp.syn && !f.tcp.syn_ack && f.payload[1] == 0 && f.packets[0] < 8,
        Transport::Udp => false,
    }
}

impl Builder<'_> {
    fn answers(&mut self, facts: &Facts) {
        for q in facts.messages.all::<dns::Query>() {
            let Some((_, told)) = q.answered.filter(|_| !q.local) else {
                continue;
            };
            let Some(site) = self.out.sites.domain(&q.query) else {
                continue;
            };
            for (ip, _) in q.addresses() {
                let list = self.given.entry(ip).or_default();
                if list.last().is_none_or(|l| (l.1, l.2) != (q.client.0, site)) {
                    list.push((told, q.client.0, site));
                }
            }
        }
    }

    /// The domain that an address was given for: to this client, else to anybody; never by a later answer.
    fn given(&self, ip: IpAddr, client: IpAddr, time: Timestamp) -> Option<SiteId> {
        let list = self.given.get(&ip)?;
        let before = list.get(..list.partition_point(|l| l.0 <= time))?;
        let mine = before.iter().rev().take(64).find(|l| l.1 == client);
        mine.or_else(|| before.last()).map(|l| l.2)
    }

    fn names(&mut self, place: u32, facts: &Facts) {
        for (flow, shown) in traffic::handshakes(facts) {
            let name = shown.sni.or_else(|| shown.certified.first().copied());
            if let Some(site) = name.and_then(|n| self.out.sites.domain(n))
                && let Some(slot) = self.asks(place, flow)
            {
                *slot = Some(site);
            }
        }
        for t in facts.messages.all::<http::Transaction>() {
            let host = t.request.as_ref().and_then(|r| r.host.as_deref());
            let Some(flow) = t.meta.flow else { continue };
            if let Some(site) = host.and_then(|h| self.out.sites.domain(h))
                && let Some(slot) = self.asks(place, flow)
            {
                slot.get_or_insert(site);
            }
        }
    }

    fn asks(&mut self, place: u32, flow: FlowId) -> Option<&mut Option<SiteId>> {
        let chain = self.asked_for.get_mut(place as usize)?;
        chain.get_mut(flow.0 as usize)
    }

    fn asked_for(&self, (place, flow): Place) -> Option<SiteId> {
        *self.asked_for.get(place as usize)?.get(flow.0 as usize)?
    }

    fn of_host(&mut self, host: HostId, event: u32) {
        if let Some(list) = self.out.by_host.get_mut(host.0 as usize) {
            list.push(event);
        }
    }

    fn event(&mut self, event: Event, name: Option<SiteId>) -> u32 {
        let n = small(self.out.events.len() as u64);
        self.out.events.push(event);
        self.out.named.push(name);
        n
    }

    fn contact(&mut self, host: HostId, peer: Peer, event: u32) {
        self.contacts.entry((host, peer)).or_default().push(event);
    }

    /// The host behind an address, where it is one of the network.
    fn own(&self, chain: usize, ip: IpAddr, time: Timestamp) -> Option<HostId> {
        let id = self.env.at(chain, ip, time)?;
        self.env.host(id).filter(|h| h.internal).map(|h| h.id)
    }

    fn flows(&mut self, chain: usize, place: u32, facts: &Facts) {
        let http = weir_dissect::registry().named("http").map(|p| p.info.name);
        let dns = weir_dissect::registry().named("dns").map(|p| p.info.name);
        let mut again: HashMap<FlowId, Vec<(Timestamp, PacketRef, u16)>, FixedState> =
            HashMap::default();
        for pause in facts.pauses.all() {
            let mine = facts
                .flow(pause.flow)
                .is_some_and(|f| f.transport == Transport::Udp);
            if mine && pause.silence >= SILENCE && pause.direction.index() == 0 {
                let row = (pause.time, pause.packet, pause.len);
                again.entry(pause.flow).or_default().push(row);
            }
        }
        for (n, f) in facts.flows.iter().enumerate() {
            let group = f.server.0.is_multicast() || f.server.0 == IpAddr::from([255; 4]);
            if group || (f.packets[0] == 0 && f.packets[1] == 0) {
                continue;
            }
            let Some(host) = self.own(chain, f.client.0, f.begun) else {
                continue;
            };
            let spoken = f.protocol.and_then(|id| weir_dissect::registry().get(id));
            let spoken = spoken.map(|p| p.info.name);
            if spoken.is_some() && spoken == dns {
                continue;
            }
            let flow = FlowId(small(n as u64));
            let site = self.asked_for((place, flow));
            let site = site.or_else(|| self.given(f.server.0, f.client.0, f.begun));
            // What came after a silence is its own event's, and no part of the first one's.
            let later = again.get(&flow).into_iter().flatten();
            let later: u64 = later.map(|(.., len)| u64::from(*len)).sum();
            let first = Event {
                time: f.begun,
                ended: f.ended,
                packet: f.first,
                flow: (place, flow),
                sent: small(f.payload[0].saturating_sub(later)),
                received: small(f.payload[1]),
                failed: failed(f),
            };
            let mut mine: smallvec::SmallVec<[u32; 1]> = smallvec::SmallVec::new();
            mine.push(self.event(first, site));
            for (time, packet, len) in again.get(&flow).into_iter().flatten() {
                let more = Event {
                    time: *time,
                    ended: *time,
                    packet: *packet,
                    sent: u32::from(*len),
                    received: 0,
                    ..first
                };
                mine.push(self.event(more, site));
            }
            let address = Peer::Address(f.server.0, f.server.1, f.transport);
            for event in mine {
                self.of_host(host, event);
                self.contact(host, address, event);
                // Of HTTP the requests count, below.
                if let Some(site) = site.filter(|_| spoken.is_none() || spoken != http) {
                    self.contact(host, Peer::Site(site), event);
                }
            }
        }
    }

    fn requests(&mut self, chain: usize, place: u32, facts: &Facts) {
        for t in facts.messages.all::<http::Transaction>() {
            let (Some(request), Some(flow), false) = (&t.request, t.meta.flow, t.meta.duplicate)
            else {
                continue;
            };
            let Some(f) = facts.flow(flow) else { continue };
            let (client, _) = f.ends(t.meta.direction);
            let Some(host) = self.own(chain, client.0, t.meta.time) else {
                continue;
            };
            let named = request
                .host
                .as_deref()
                .and_then(|h| self.out.sites.domain(h));
            let site = named.or_else(|| self.asked_for((place, flow)));
            let event = Event {
                time: request.first.1,
                ended: t.meta.end,
                packet: request.first.0,
                flow: (place, flow),
                sent: small(request.body_len + request.target.len() as u64),
                received: small(t.response.as_ref().map_or(0, |r| r.body_len)),
                failed: false,
            };
            let event = self.event(event, site);
            if let Some(site) = site {
                self.contact(host, Peer::Site(site), event);
            }
            if let Some(agent) = request.user_agent.as_deref() {
                let client = self.out.sites.put(agent);
                self.out.clients.entry((place, flow)).or_insert(client);
                self.contact(host, Peer::Client(client), event);
            }
        }
    }

    fn handshakes(&mut self, chain: usize, place: u32, facts: &Facts) {
        for t in facts.messages.all::<tls::Handshake>() {
            let (Some(ja4), Some(flow), false) = (&t.ja4, t.meta.flow, t.meta.duplicate) else {
                continue;
            };
            let (Some(f), Some(host)) =
                (facts.flow(flow), self.own(chain, t.client.0, t.meta.time))
            else {
                continue;
            };
            let site = self.asked_for((place, flow));
            let event = Event {
                time: f.begun,
                ended: f.ended,
                packet: f.first,
                flow: (place, flow),
                sent: small(f.payload[0]),
                received: small(f.payload[1]),
                failed: false,
            };
            let event = self.event(event, site);
            let client = self.out.sites.put(ja4);
            self.out.clients.insert((place, flow), client);
            let own = t.certificates.first();
            if own.is_some_and(|c| c.issuer == c.subject || c.not_after < t.meta.time) {
                self.out.distrusted.insert((place, flow));
            }
            self.contact(host, Peer::Client(client), event);
        }
    }

    fn lookups(
        &mut self,
        chain: usize,
        place: u32,
        facts: &Facts,
        out: &mut Vec<(HostId, SiteId, u32)>,
    ) {
        for q in facts.messages.all::<dns::Query>() {
            let Some((packet, time)) = q.asked.filter(|_| !q.local && !q.meta.duplicate) else {
                continue;
            };
            let Some(host) = self.own(chain, q.client.0, time) else {
                continue;
            };
            let Some(site) = self.out.sites.domain(&q.query) else {
                continue;
            };
            let event = Event {
                time,
                ended: q.meta.end,
                packet,
                flow: (place, q.meta.flow.unwrap_or(FlowId(u32::MAX))),
                sent: small(q.query.len() as u64),
                received: 0,
                failed: q.answered.is_none(),
            };
            let event = self.event(event, Some(site));
            self.of_host(host, event);
            out.push((host, site, event));
        }
    }

    fn finish(self) -> Activity {
        let mut out = self.out;
        let events = &out.events;
        let time = |n: &u32| {
            let event = events.get(*n as usize);
            event.map_or((Timestamp::MAX, PacketRef::default()), |e| {
                (e.time, e.packet)
            })
        };
        for list in &mut out.by_host {
            list.sort_by_key(time);
        }
        let mut contacts: Vec<Contact> = self
            .contacts
            .into_iter()
            .map(|((host, peer), mut events)| {
                events.sort_by_key(time);
                Contact { host, peer, events }
            })
            .collect();
        contacts.sort_unstable_by_key(|c| (c.host, c.peer));
        for contact in &contacts {
            *out.users.entry(contact.peer).or_default() += 1;
        }
        out.active = small(out.by_host.iter().filter(|e| !e.is_empty()).count() as u64);
        out.contacts = contacts;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Tape;

    #[test]
    fn a_connection_counts_for_address_and_site() {
        let mut tape = Tape::default();
        let client = ([10, 0, 0, 7], 40_000);
        tape.look_up(client, "www.example.com", Some([198, 51, 100, 9]));
        for n in 0..3 {
            tape.talk(
                ([10, 0, 0, 7], 41_000 + n),
                ([198, 51, 100, 9], 4444),
                b"?",
                b"!",
            );
        }
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let all = Activity::new(&input, &env);
        let of = |wanted: fn(&Peer) -> bool| -> Vec<usize> {
            let mine = all.contacts().iter().filter(|c| wanted(&c.peer));
            mine.map(|c| c.events.len()).collect()
        };
        assert_eq!(of(|p| matches!(p, Peer::Address(_, 4444, _))), [3]);
        assert_eq!(of(|p| matches!(p, Peer::Site(_))), [3]);
        assert_eq!(
            of(|p| matches!(p, Peer::Lookup(_))),
            [0; 0],
            "it was contacted"
        );
        let site = all.contacts().iter().find_map(|c| match c.peer {
            Peer::Site(id) => Some(all.text(id).to_owned()),
            _ => None,
        });
        assert_eq!(site.as_deref(), Some("example.com"));
        assert_eq!(all.active(), 1);
    }

    #[test]
    fn what_is_sent_after_a_silence_counts_once() {
        let mut tape = Tape {
            pace: weir_model::Duration::seconds(90),
            ..Tape::default()
        };
        for _ in 0..5 {
            tape.udp(
                ([10, 0, 0, 7], 40_000),
                ([198, 51, 100, 9], 9_999),
                &[7; 1000],
            );
        }
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let all = Activity::new(&input, &env);
        let sent: Vec<u32> = all
            .contacts()
            .iter()
            .flat_map(|c| all.events(c).map(|e| e.sent))
            .collect();
        assert_eq!(sent, [1000; 5]);
    }
}
