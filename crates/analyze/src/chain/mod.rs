//! Because and then: what came before something that explains it, and what followed. An item enters by a typed link, or
//! by being new for that host and used by nobody else within the window; ordinary browsing enters by neither. Judges
//! nothing.

mod client;
mod contact;
mod control;
mod file;
mod inbound;
mod lease;
mod led;
mod lookup;
#[cfg(test)]
mod tests;

use crate::activity::Activity;
use crate::answers::plural;
use crate::environment::{Environment, HostId};
use crate::input::Input;
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::{Facts, Transport};
use weir_model::{Duration, FlowId, PacketRef, Timestamp};

/// How far from the event something new for the host still counts. Typed links reach further.
pub const WINDOW: Duration = Duration(3_600_000_000_000);
/// Items of either side; the rest are counted.
pub const MOST: usize = 7;
/// Conversations of an event that are followed; of a finding that cites more, the first.
const FLOWS: usize = 16;

/// Every kind of link, in the order in which they are asked: what one tells is not told again by another.
static LINKS: &[&Link] = &[
    &lookup::LINK,
    &led::LINK,
    &control::LINK,
    &file::CAME,
    &file::SAME,
    &client::LINK,
    &lease::LINK,
    &contact::LINK,
    &inbound::LINK,
];

/// A kind of link.
struct Link {
    /// What relates an item to the event, in words: `answered its look-up`.
    says: &'static str,
    /// It relates the two by what was sent, not by time.
    typed: bool,
    /// Items that have it.
    find: fn(&Look<'_>, &Event, &mut Vec<Item>),
}

/// A packet with its time, and its conversation: chain and place.
pub type Cited = (PacketRef, Timestamp, Option<(usize, FlowId)>);

/// What is asked about.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who.
    pub host: HostId,
    /// Conversations: chain and place, at most some; none where it has none (ARP).
    pub flows: Vec<(usize, FlowId)>,
    /// When its earliest packet came: a conversation that was kept open, or datagrams of hours, began before it.
    pub first: Timestamp,
    /// When its first conversation was over.
    pub over: Timestamp,
    /// Packets of it: what has one of them is the event itself.
    pub packets: Vec<PacketRef>,
}

impl Event {
    /// Of packets of a host, with their conversations. `None` without any packet.
    #[must_use]
    pub fn of(input: &Input<'_>, host: HostId, packets: &[Cited]) -> Option<Self> {
        let first = packets.iter().map(|p| p.1).min()?;
        let mut flows: Vec<(usize, FlowId)> = Vec::new();
        for at in packets.iter().filter_map(|p| p.2) {
            if !flows.contains(&at) && flows.len() < FLOWS {
                flows.push(at);
            }
        }
        let begun = |at: &(usize, FlowId)| {
            let facts = input.chains.get(at.0)?.facts;
            let last = packets.iter().filter(|p| p.2 == Some(*at)).map(|p| p.1);
            // Datagrams of hours are one conversation by their ports alone.
            let ended = |f: &Flow| match f.transport {
                Transport::Tcp => f.ended,
                Transport::Udp => last.max().unwrap_or(f.begun),
            };
            facts.flow(at.1).map(|f| (f.begun, ended(f)))
        };
        flows.sort_by_key(|at| begun(at).map(|b| b.0));
        let earliest = flows.first().and_then(begun);
        let over = earliest.map_or(first, |b| b.1.max(first));
        Some(Self {
            host,
            flows,
            first,
            over,
            packets: packets.iter().map(|p| p.0).collect(),
        })
    }
}

/// What came before, or what followed.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// When it began.
    pub time: Timestamp,
    /// Its packets, first of all the one it began with.
    pub packets: Vec<PacketRef>,
    /// What it is, in a few words. Hostile text inside.
    pub says: String,
    /// How it is linked, in words.
    pub link: &'static str,
    /// By what was sent, not by time alone.
    pub typed: bool,
    /// How it stands to the event: `because` of what a typed link explains, `before it` of what came before and is only
    /// new for the host, `then` of what followed.
    pub word: &'static str,
    /// The conversation it is of, where it has one.
    flow: Option<(usize, FlowId)>,
}

/// Both sides of an event.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Strip {
    /// What explains it, earliest first.
    pub because: Vec<Item>,
    /// More of these.
    pub because_more: usize,
    /// What followed, earliest first.
    pub then: Vec<Item>,
    /// More of these.
    pub then_more: usize,
}

/// What links are found in.
struct Look<'a> {
    input: &'a Input<'a>,
    env: &'a Environment,
    activity: &'a Activity,
}

impl<'a> Look<'a> {
    fn facts(&self, chain: usize) -> Option<&'a Facts> {
        self.input.chains.get(chain).map(|c| c.facts)
    }

    fn flow(&self, at: (usize, FlowId)) -> Option<&'a Flow> {
        self.facts(at.0)?.flow(at.1)
    }

    fn is(&self, host: HostId, chain: usize, ip: IpAddr, time: Timestamp) -> bool {
        self.env.at(chain, ip, time) == Some(host)
    }

    /// Name and address of whoever has an address at a time.
    fn named(&self, chain: usize, ip: IpAddr, time: Timestamp) -> String {
        let host = self.env.at(chain, ip, time);
        let name = host.and_then(|id| self.env.host(id)?.name());
        name.map_or_else(|| ip.to_string(), |n| format!("{} ({ip})", n.text))
    }

    /// Does it begin within the window before the event, or between it and the window after?
    fn near(event: &Event, time: Timestamp) -> bool {
        event.first.since(time) <= WINDOW && time.since(event.over) <= WINDOW
    }

    /// The latest look-up by this host that gave this address before this time, within the window of it.
    fn looked_up(
        &self,
        host: HostId,
        chain: usize,
        ip: IpAddr,
        time: Timestamp,
    ) -> Option<&'a weir_dissect::protocols::dns::Query> {
        let rows = self
            .facts(chain)?
            .messages
            .all::<weir_dissect::protocols::dns::Query>();
        let mine = rows.iter().filter(|q| {
            let told = q
                .answered
                .is_some_and(|a| a.1 <= time && time.since(a.1) <= WINDOW);
            told && !q.local
                && q.addresses().any(|(a, _)| a == ip)
                && self.is(host, chain, q.client.0, q.meta.time)
        });
        mine.max_by_key(|q| (q.meta.time, q.meta.first))
    }
}

/// What explains an event and what followed it.
#[must_use]
pub fn strip(input: &Input<'_>, env: &Environment, activity: &Activity, event: &Event) -> Strip {
    let look = Look {
        input,
        env,
        activity,
    };
    let mut all: Vec<Item> = Vec::new();
    for link in LINKS {
        let mut found = Vec::new();
        (link.find)(&look, event, &mut found);
        found.sort_by_key(|i| (i.time, i.packets.first().copied()));
        for mut item in found {
            item.link = link.says;
            item.typed = link.typed;
            let own = item.packets.iter().any(|p| event.packets.contains(p))
                || item.flow.is_some_and(|f| event.flows.contains(&f));
            let known = |i: &Item| {
                i.flow.is_some() && i.flow == item.flow
                    || i.packets.iter().any(|p| item.packets.contains(p))
            };
            // What is linked by what was sent may be of the same conversation: an earlier request.
            if (!own || link.typed) && !all.iter().any(known) {
                all.push(item);
            }
        }
    }
    let side = |then: bool| {
        let mut mine: Vec<Item> = all
            .iter()
            .filter(|i| (i.time > event.first) == then)
            .cloned()
            .collect();
        let more = mine.len().saturating_sub(MOST);
        let far = |i: &Item| i.time.since(event.first).0.abs();
        mine.sort_by_key(|i| (!i.typed, far(i), i.packets.first().copied()));
        mine.truncate(MOST);
        mine.sort_by_key(|i| (i.time, i.packets.first().copied()));
        for i in &mut mine {
            i.word = match (then, i.typed) {
                (true, _) => "then",
                (false, true) => "because",
                (false, false) => "before it",
            };
        }
        (mine, more)
    };
    let (because, because_more) = side(false);
    let (then, then_more) = side(true);
    Strip {
        because,
        because_more,
        then,
        then_more,
    }
}

/// What is said where a side has nothing, and what of the rest.
#[must_use]
pub fn empty(then: bool) -> &'static str {
    if then {
        "nothing after it in these captures that is linked"
    } else {
        "nothing before it in these captures that is linked"
    }
}

/// `and 3 more items`; nothing of none.
#[must_use]
pub fn beyond(more: usize) -> Option<String> {
    (more > 0).then(|| format!("and {} more", plural(more as u64, "item")))
}

fn item(
    time: Timestamp,
    packets: impl IntoIterator<Item = PacketRef>,
    says: String,
    flow: Option<(usize, FlowId)>,
) -> Item {
    let mut cited: Vec<PacketRef> = Vec::new();
    for p in packets.into_iter().filter(|p| p.number > 0) {
        if !cited.contains(&p) {
            cited.push(p);
        }
    }
    Item {
        time,
        packets: cited,
        says,
        link: "",
        typed: false,
        word: "",
        flow,
    }
}
