//! What a host is by what it does itself: a place where somebody works, or a device that looks after itself. Each with
//! what it is told from.

use super::{Environment, Host, HostId, Role};
use crate::answers::{plural, shown};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_dissect::protocols::{http, tls};
use weir_model::{Duration, Timestamp, is_internal};

/// Different places outside that only somebody who works there contacts.
const PLACES: usize = 8;
/// Places outside up to which it is a device that knows its maker's and its owner's.
const FEW: usize = 3;
/// Conversations below which nothing is said of a device.
const CONVERSATIONS: u64 = 6;
/// Captures below which nothing is said of a device: people take breaks.
const LONG: Duration = Duration(3_600_000_000_000);
/// It is there in the first and in the last part of the captures: one in so many.
const PART: i64 = 10;
/// What browsers begin their agent with.
const BROWSER: &str = "Mozilla/";
/// Clients of a port from which on the host serves.
const SERVES: u32 = 3;
/// Ports from here on are those of clients.
const CLIENTS: u16 = 32_768;
/// Most places of a host that are counted.
const COUNTED: usize = 64;

/// What one host did.
#[derive(Default)]
struct Did {
    outside: BTreeSet<IpAddr>,
    names: HashSet<Box<str>, FixedState>,
    agent: Option<Box<str>>,
    conversations: u64,
    span: Option<(Timestamp, Timestamp)>,
}

impl Did {
    fn at(&mut self, time: Timestamp) {
        let (first, last) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), last.max(time)));
    }
}

/// Adds the roles and why.
pub(super) fn add(input: &Input<'_>, all: &mut Environment) {
    let did = did(input, all);
    let span = input.span();
    let mut told: Vec<(HostId, Role, String)> = Vec::new();
    for host in all.hosts.iter().filter(|h| h.internal && !serves(h)) {
        let Some(did) = did.get(&host.id) else {
            continue;
        };
        if let Some(why) = works(did) {
            told.push((host.id, Role::Workstation, why));
        } else if let Some(why) = looks_after_itself(did, span) {
            told.push((host.id, Role::Appliance, why));
        }
    }
    for (id, role, why) in told {
        if let Some(host) = all.host_mut(id) {
            host.roles.push(role);
            host.because.push(why);
        }
    }
}

/// Has it a part for others?
fn serves(host: &Host) -> bool {
    let parts = [
        Role::Gateway,
        Role::Resolver,
        Role::Proxy,
        Role::Nat,
        Role::DhcpServer,
        Role::Monitor,
    ];
    let several = |s: &super::Service| s.port < CLIENTS && s.clients >= SERVES;
    parts.iter().any(|r| host.is(*r)) || host.services.iter().any(several)
}

fn works(did: &Did) -> Option<String> {
    let places = did.outside.len();
    let browses = did.agent.is_some() || did.names.len() >= PLACES;
    if places < PLACES || !browses {
        return None;
    }
    let how = match &did.agent {
        Some(agent) => format!(
            "with a browser\u{2019}s agent (\u{201c}{}\u{201d})",
            shown(agent)
        ),
        None => format!(
            "asking for {} by TLS",
            plural(did.names.len() as u64, "name")
        ),
    };
    let more = if places == COUNTED { "at least " } else { "" };
    Some(format!(
        "workstation: it contacts {more}{places} places outside, {how}, and serves nobody"
    ))
}

fn looks_after_itself(did: &Did, span: Option<(Timestamp, Timestamp)>) -> Option<String> {
    let (begun, ended) = span?;
    let (first, last) = did.span?;
    let all = ended.since(begun);
    let part = Duration(all.0 / PART);
    let throughout = first.since(begun) <= part && ended.since(last) <= part;
    let places = did.outside.len();
    let few = (1..=FEW).contains(&places);
    let human = did.agent.is_some() || did.names.len() > FEW;
    if all < LONG || !throughout || !few || human || did.conversations < CONVERSATIONS {
        return None;
    }
    Some(format!(
        "appliance: from the first to the last part of the captures it contacts {} outside and no other, without a browser",
        plural(places as u64, "place")
    ))
}

fn did(input: &Input<'_>, all: &Environment) -> HashMap<HostId, Did, FixedState> {
    let mut out: HashMap<HostId, Did, FixedState> = HashMap::default();
    let own = |chain: usize, ip: IpAddr, time: Timestamp| {
        let id = all.at(chain, ip, time)?;
        all.host(id).is_some_and(|h| h.internal).then_some(id)
    };
    for (chain, c) in input.chains.iter().enumerate() {
        for f in &c.facts.flows {
            let answered = match f.transport {
                Transport::Tcp => f.tcp.syn_ack || f.payload[1] > 0,
                Transport::Udp => f.packets[1] > 0,
            };
            if !answered || is_internal(f.server.0) || f.server.0.is_multicast() {
                continue;
            }
            let Some(id) = own(chain, f.client.0, f.begun) else {
                continue;
            };
            let did = out.entry(id).or_default();
            did.conversations += 1;
            did.at(f.begun);
            did.at(f.ended);
            if did.outside.len() < COUNTED {
                did.outside.insert(f.server.0);
            }
        }
        for h in c.facts.messages.all::<tls::Handshake>() {
            let name = h.server_name.as_ref().filter(|_| !is_internal(h.server.0));
            if let Some((name, id)) =
                name.and_then(|n| Some((n, own(chain, h.client.0, h.meta.time)?)))
            {
                let did = out.entry(id).or_default();
                if did.names.len() < COUNTED {
                    did.names.insert(name.clone());
                }
            }
        }
        for t in c.facts.messages.all::<http::Transaction>() {
            let Some(r) = &t.request else { continue };
            let agent = r.user_agent.as_ref().filter(|a| a.starts_with(BROWSER));
            let Some((agent, flow)) = agent.zip(t.meta.flow.and_then(|f| c.facts.flow(f))) else {
                continue;
            };
            let (client, _) = flow.ends(t.meta.direction);
            if let Some(id) = own(chain, client.0, t.meta.time) {
                let did = out.entry(id).or_default();
                did.agent.get_or_insert_with(|| agent.clone());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::{End, Tape};

    const CLIENT: End = ([10, 0, 0, 7], 40_000);

    /// What is told of the client.
    fn told(tape: &Tape) -> (Vec<Role>, Vec<String>) {
        let dissector = tape.load();
        let input = Input::of(dissector.facts(), vec![tape.span()]);
        let env = Environment::new(&input);
        let host = env
            .having(CLIENT.0.into())
            .next()
            .and_then(|id| env.host(id))
            .unwrap();
        (host.roles.clone(), host.because.clone())
    }

    fn asks(tape: &mut Tape, port: u16, server: [u8; 4], agent: &str) {
        let ask = format!("GET / HTTP/1.1\r\nHost: x.example\r\nUser-Agent: {agent}\r\n\r\n");
        let tell = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        tape.talk((CLIENT.0, port), (server, 80), ask.as_bytes(), tell);
    }

    #[test]
    fn eight_places_with_a_browser() {
        for (places, agent, is) in [
            (7, "Mozilla/5.0 (X11)", false),
            (8, "Mozilla/5.0 (X11)", true),
            (8, "updater/1.0", false),
        ] {
            let mut tape = Tape::default();
            for n in 0..places {
                asks(
                    &mut tape,
                    40_000 + u16::from(n),
                    [198, 51, 100, n + 1],
                    agent,
                );
            }
            let (roles, why) = told(&tape);
            assert_eq!(roles.contains(&Role::Workstation), is, "{places} {agent}");
            assert_eq!(why.len(), usize::from(is));
            assert!(
                why.iter()
                    .all(|w| w.contains("8 places") && w.contains(agent))
            );
            // Who serves three is no place where somebody works.
            for n in 20..23 {
                tape.talk(([10, 0, 0, n], 41_000), (CLIENT.0, 445), b"?", b"!");
            }
            assert!(!told(&tape).0.contains(&Role::Workstation));
        }
    }

    /// A device that asks `places` in turn, six times, over `minutes` minutes.
    fn device(places: u8, minutes: i64, agent: &str) -> Vec<Role> {
        let mut tape = Tape::default();
        let begun = tape.now;
        for n in 0..6_u8 {
            tape.now = Timestamp(begun.0 + i64::from(n) * minutes * 12_000_000_000);
            for p in 0..places {
                let port = 40_000 + u16::from(n * places + p);
                asks(&mut tape, port, [198, 51, 100, p + 1], agent);
            }
        }
        told(&tape).0
    }

    #[test]
    fn one_to_three_places_from_the_first_to_the_last_hour() {
        assert!(device(1, 61, "camera/2").contains(&Role::Appliance));
        assert!(device(3, 61, "camera/2").contains(&Role::Appliance));
        assert!(!device(4, 61, "camera/2").contains(&Role::Appliance));
        assert!(
            !device(1, 55, "camera/2").contains(&Role::Appliance),
            "less than an hour"
        );
        assert!(
            !device(1, 61, "Mozilla/5.0").contains(&Role::Appliance),
            "a person"
        );
        // It came in the middle.
        let mut tape = Tape::default();
        asks(&mut tape, 39_000, [198, 51, 100, 1], "camera/2");
        tape.frames.clear();
        tape.udp(([10, 0, 0, 8], 4000), ([10, 0, 0, 9], 4000), b"!");
        let begun = tape.now;
        for n in 5..11 {
            tape.now = Timestamp(begun.0 + n * 600_000_000_000);
            asks(&mut tape, 40_000 + n as u16, [198, 51, 100, 1], "camera/2");
        }
        assert!(!told(&tape).0.contains(&Role::Appliance));
    }
}
