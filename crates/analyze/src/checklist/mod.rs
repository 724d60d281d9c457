//! Standard protocols first, then the austere: of each how much there is, what is normal here, what was found, and how
//! much of it nobody could read. Judges nothing.

mod groups;

pub use groups::{Group, of_detection};

use crate::crossings::{Look, Survey, Walk, answered, spoken};
use crate::detections::{Finding, Need};
use crate::environment::HostId;
use crate::input::Input;
use crate::stack::{Source, Stack};
use groups::{ALL, UNKNOWN, WITHOUT, place};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::flow::Flow;
use weir_dissect::protocols::tls;
use weir_dissect::{Facts, Transport, registry};
use weir_model::FlowId;

/// Values named of what is normal.
const NAMED: usize = 4;
/// Hosts and servers of a group that are told apart.
const HOSTS: usize = 65_536;

/// How often the commonest values of something came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Normal {
    /// `User-Agent`.
    pub what: &'static str,
    /// `http.user_agent`: what stacking shows whole. Empty where it is no column.
    pub column: &'static str,
    /// Value and how often, commonest first. Hostile text.
    pub values: Vec<(String, u64)>,
    /// Different values.
    pub different: u64,
    /// All values counted.
    pub of: u64,
}

/// What nobody could read, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// `encrypted, and no key for it is here`.
    pub why: &'static str,
    /// Conversations.
    pub flows: u64,
    /// Their packets.
    pub packets: u64,
}

/// A line of the checklist.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Which protocols.
    pub group: &'static Group,
    /// Conversations.
    pub flows: u64,
    /// Of these, answered ones.
    pub answered: u64,
    /// Packets.
    pub packets: u64,
    /// Bytes on the wire.
    pub bytes: u64,
    /// Hosts that began them.
    pub hosts: u64,
    /// Servers.
    pub servers: u64,
    /// What is usual here.
    pub normal: Vec<Normal>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

impl Row {
    /// Packets that nobody could read.
    #[must_use]
    pub fn unread_packets(&self) -> u64 {
        let sum: u64 = self.unread.iter().map(|u| u.packets).sum();
        sum.min(self.packets)
    }
}

#[derive(Default)]
struct Tally {
    flows: u64,
    answered: u64,
    packets: u64,
    bytes: u64,
    hosts: BTreeSet<HostId>,
    servers: BTreeSet<IpAddr>,
    services: BTreeMap<String, u64>,
    encrypted: (u64, u64),
    unknown: (u64, u64),
    holes: (u64, u64),
}

const ENCRYPTED: &str = "encrypted, and no key for it is here";
const NOT_KNOWN: &str = "of no protocol that is read";
const HOLES: &str = "cut by the snap length, or bytes of it are missing from the capture";
const NO_FLOW: &str = "of no protocol that is read";

/// Counts conversations by group, then the columns that say what is normal; can stop between any two of them.
pub struct Checklist {
    walk: Walk,
    counting: Counting,
    counted: bool,
    /// Columns left to stack, last first.
    left: Vec<(usize, &'static str, &'static str)>,
    here: Option<(usize, &'static str, &'static str, Stack)>,
    normal: BTreeMap<usize, Vec<Normal>>,
}

#[derive(Default)]
struct Counting {
    tallies: Vec<Tally>,
    /// Handshakes that keys opened, of one chain.
    opened: Option<(usize, BTreeSet<FlowId>)>,
}

impl Survey for Counting {
    fn flow(&mut self, look: &Look<'_>, chain: usize, facts: &Facts, f: &Flow) {
        if self.opened.as_ref().is_none_or(|(of, _)| *of != chain) {
            let all = facts.messages.all::<tls::Handshake>();
            let open = all.iter().filter(|h| h.opened && !h.unopened && !h.early);
            self.opened = Some((chain, open.filter_map(|h| h.meta.flow).collect()));
        }
        let name = spoken(f);
        let at = name.map_or(UNKNOWN, place);
        if self.tallies.is_empty() {
            self.tallies.resize_with(ALL.len(), Tally::default);
        }
        let Some(t) = self.tallies.get_mut(at) else {
            return;
        };
        let packets: u64 = f.packets.iter().map(|n| u64::from(*n)).sum();
        t.flows += 1;
        t.answered += u64::from(answered(f));
        t.packets += packets;
        t.bytes += f.bytes[0].saturating_add(f.bytes[1]);
        if t.hosts.len() < HOSTS {
            t.hosts.extend(look.env.at(chain, f.client.0, f.begun));
        }
        if t.servers.len() < HOSTS {
            t.servers.insert(f.server.0);
        }
        let service = match (f.transport, name) {
            (_, Some(name)) => format!("{name} on {}/{}", f.server.1, f.transport.name()),
            (Transport::Tcp | Transport::Udp, None) => {
                format!("{}/{}", f.server.1, f.transport.name())
            }
        };
        if t.services.len() < HOSTS || t.services.contains_key(&service) {
            *t.services.entry(service).or_default() += 1;
        }
        let seldom = f.seldom();
        let opened = self
            .opened
            .as_ref()
            .is_some_and(|(_, all)| all.contains(&f.id));
        let carried = f.payload[0] > 0 || f.payload[1] > 0;
        let slot = if !carried {
            // Handshakes alone have nothing to read.
            return;
        } else if name.is_none() {
            &mut t.unknown
        } else if name.is_some_and(groups::closed) && !opened {
            &mut t.encrypted
        } else if seldom.cut > 0 || seldom.missed != [0, 0] {
            &mut t.holes
        } else {
            return;
        };
        slot.0 += 1;
        slot.1 += packets;
    }
}

impl Default for Checklist {
    fn default() -> Self {
        let columns = ALL.iter().enumerate().flat_map(|(at, g)| {
            g.normal
                .iter()
                .map(move |(column, what)| (at, *column, *what))
        });
        let mut left: Vec<(usize, &'static str, &'static str)> = columns.collect();
        left.reverse();
        Self {
            walk: Walk::default(),
            counting: Counting::default(),
            counted: false,
            left,
            here: None,
            normal: BTreeMap::new(),
        }
    }
}

impl Checklist {
    /// Looks at most at `fuel` conversations or rows; `true` when all were looked at.
    pub fn step(&mut self, look: &Look<'_>, fuel: u32) -> bool {
        if !self.counted {
            self.counted = self.walk.step(&mut self.counting, look, fuel);
            return false;
        }
        let mut left = fuel.max(1);
        loop {
            if self.here.is_none() {
                let Some((at, column, what)) = self.left.pop() else {
                    return true;
                };
                if let Ok(source) = Source::named(look.input, column) {
                    self.here = Some((at, column, what, Stack::new(source)));
                }
                continue;
            }
            if let Some((.., stack)) = &mut self.here
                && !stack.step(look, &mut left)
            {
                return false;
            }
            if let Some((at, column, what, stack)) = self.here.take() {
                let all = stack.finish();
                let values: Vec<(String, u64)> = all
                    .values
                    .iter()
                    .rev()
                    .take(NAMED)
                    .map(|v| (v.text.clone(), v.count))
                    .collect();
                if !values.is_empty() {
                    let different = all.values.len() as u64;
                    let of = all.counted;
                    self.normal.entry(at).or_default().push(Normal {
                        what,
                        column,
                        values,
                        different,
                        of,
                    });
                }
            }
        }
    }

    /// Conversations looked at, and how many there are.
    #[must_use]
    pub fn progress(&self, input: &Input<'_>) -> (u64, u64) {
        self.walk.progress(input)
    }

    /// Every line, in its order.
    #[must_use]
    pub fn finish(mut self, input: &Input<'_>) -> Vec<Row> {
        self.counting.tallies.resize_with(ALL.len(), Tally::default);
        let mut out: Vec<Row> = Vec::new();
        for ((at, group), t) in ALL.iter().enumerate().zip(self.counting.tallies) {
            let mut normal = self.normal.remove(&at).unwrap_or_default();
            let mut services: Vec<(String, u64)> = t.services.into_iter().collect();
            services.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let different = services.len() as u64;
            services.truncate(NAMED);
            if !services.is_empty() {
                normal.insert(
                    0,
                    Normal {
                        what: "Where",
                        column: "flow.service",
                        values: services,
                        different,
                        of: t.flows,
                    },
                );
            }
            let unread = [
                (ENCRYPTED, t.encrypted),
                (NOT_KNOWN, t.unknown),
                (HOLES, t.holes),
            ];
            let unread = unread.into_iter().filter(|(_, (flows, _))| *flows > 0);
            let unread = unread
                .map(|(why, (flows, packets))| Unread {
                    why,
                    flows,
                    packets,
                })
                .collect();
            out.push(Row {
                group,
                flows: t.flows,
                answered: t.answered,
                packets: t.packets,
                bytes: t.bytes,
                hosts: t.hosts.len() as u64,
                servers: t.servers.len() as u64,
                normal,
                unread,
            });
        }
        without(input, &mut out);
        out
    }
}

/// Packets that belong to no conversation by TCP or UDP: by their innermost layer.
fn without(input: &Input<'_>, out: &mut [Row]) {
    let Some(row) = out.get_mut(WITHOUT) else {
        return;
    };
    let mut by: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for stack in input.chains.iter().flat_map(|c| c.facts.stacks.all()) {
        let layers = stack.shown();
        let names = || {
            layers
                .iter()
                .filter_map(|id| registry().get(*id))
                .map(|p| p.info.name)
        };
        if stack.packets == 0 || names().any(|n| matches!(n, "tcp" | "udp")) {
            continue;
        }
        let named = names().filter(|n| *n != "data").reduce(|_, inner| inner);
        let inner = named.unwrap_or("nothing that is read");
        let slot = by.entry(inner).or_default();
        slot.0 += stack.packets;
        slot.1 += stack.bytes;
    }
    let mut values: Vec<(String, u64)> = by
        .iter()
        .map(|(name, n)| ((*name).to_owned(), n.0))
        .collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    row.packets = by.values().map(|n| n.0).sum();
    row.bytes = by.values().map(|n| n.1).sum();
    let different = values.len() as u64;
    values.truncate(NAMED);
    if !values.is_empty() {
        row.normal.insert(
            0,
            Normal {
                what: "Innermost layer",
                column: "",
                values,
                different,
                of: row.packets,
            },
        );
    }
    // What ends at the network or below has something inside that nobody read.
    let bare = by.get("nothing that is read").map_or(0, |n| n.0);
    if bare > 0 {
        row.unread.push(Unread {
            why: NO_FLOW,
            flows: 0,
            packets: bare,
        });
    }
}

/// On which lines the conversations with each of these servers and ports count.
#[must_use]
pub fn lines_at(input: &Input<'_>, servers: &BTreeSet<(IpAddr, u16)>) -> LinesAt {
    let mut out = LinesAt::new();
    for f in input.chains.iter().flat_map(|c| &c.facts.flows) {
        if servers.contains(&f.server) {
            let line = ALL.get(spoken(f).map_or(UNKNOWN, place)).map(|g| g.id);
            out.entry(f.server).or_default().extend(line);
        }
    }
    out
}

/// Ids of lines by server and port.
pub type LinesAt = BTreeMap<(IpAddr, u16), BTreeSet<&'static str>>;

/// The lines that a finding stands on: those of its detection, of several those of what was spoken with its server.
#[must_use]
pub fn lines_of(f: &Finding, at: &LinesAt) -> Vec<&'static str> {
    let lines = of_detection(f.detection);
    let spoken = f.dst.zip(f.dport).and_then(|server| at.get(&server));
    let Some(spoken) = spoken.filter(|s| lines.iter().any(|line| s.contains(line))) else {
        return lines;
    };
    lines
        .into_iter()
        .filter(|line| spoken.contains(line))
        .collect()
}

/// Which lines a detection belongs to, by what it needs; the last resort is its family.
fn needs(needs: &[Need]) -> impl Iterator<Item = &'static str> {
    needs.iter().flat_map(|need| match need {
        Need::Messages(name) => vec![*name],
        Need::AnyOf(names) => names.to_vec(),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests;
