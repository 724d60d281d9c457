//! What is seen in the captures, counted as a baseline counts. Judges nothing.

use super::part::Part;
use crate::activity::{Activity, Peer};
use crate::environment::{Environment, HostId};
use crate::input::Input;
use foldhash::quality::FixedState;
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::Transport;
use weir_model::baseline::{Baseline, Kind, SCHEMA, Seen, Volume};
use weir_model::{PacketRef, Timestamp};

/// Nanoseconds of an hour.
const HOUR: i64 = 3_600_000_000_000;
/// Parts of an hour that bytes are counted by.
pub const SIXTHS: i64 = 6;
/// Packets kept of a thing, for whoever wants to see it.
const CITED: usize = 8;

/// What is seen now, with what shows it.
#[derive(Default)]
pub struct Current {
    /// As a document.
    pub document: Baseline,
    /// First events of each thing.
    pub shown: BTreeMap<(Kind, String), Vec<Shown>>,
    /// Hosts by their key.
    pub hosts: BTreeMap<String, HostId>,
    /// Bytes by host and sixth of an hour: for whoever wants to see the hours that are too much.
    pub sixths: BTreeMap<String, BTreeMap<i64, u64>>,
}

impl Current {
    /// Bytes that a host sent by the hour of the clock.
    #[must_use]
    pub fn hourly(&self, host: &str) -> BTreeMap<i64, u64> {
        let mut out: BTreeMap<i64, u64> = BTreeMap::new();
        for (sixth, bytes) in self.sixths.get(host).into_iter().flatten() {
            *out.entry(sixth.div_euclid(SIXTHS)).or_default() += bytes;
        }
        out
    }

    /// The hour in which a host sent most, from any ten minutes on, by the sixth of an hour that it begins with: what
    /// is sent within an hour should not be halved by the clock. Of hours of the day that `clock` has.
    #[must_use]
    pub fn busiest(&self, host: &str, clock: u32) -> Option<(i64, u64)> {
        let shared = |sixth: i64| {
            let hour = u32::try_from(sixth.div_euclid(SIXTHS).rem_euclid(24)).unwrap_or(0);
            clock.checked_shr(hour).unwrap_or(0) & 1 == 1
        };
        let all = self.sixths.get(host)?.iter();
        let mine: Vec<(i64, u64)> = all
            .filter(|(s, _)| shared(**s))
            .map(|(s, n)| (*s, *n))
            .collect();
        // An hour with most in it can be moved on until it begins with something.
        let hours = mine.iter().enumerate().map(|(n, (from, _))| {
            let within = mine.iter().skip(n).take_while(|(s, _)| s - from < SIXTHS);
            (*from, within.map(|(_, bytes)| bytes).sum())
        });
        hours.max_by_key(|(from, bytes): &(i64, u64)| (*bytes, std::cmp::Reverse(*from)))
    }
}

/// One time a thing was seen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shown {
    /// When.
    pub time: Timestamp,
    /// When it was over.
    pub ended: Timestamp,
    /// Its first packet.
    pub packet: PacketRef,
    /// Who began it.
    pub client: Option<IpAddr>,
    /// With whom.
    pub server: Option<(IpAddr, u16)>,
}

#[derive(Default)]
struct Tally {
    hours: BTreeSet<i64>,
    occasions: Vec<i64>,
    times: u64,
    sent: u64,
    shown: Vec<Shown>,
}

fn hour(time: Timestamp) -> i64 {
    time.0.div_euclid(HOUR)
}

fn clock(hours: &BTreeSet<i64>) -> u32 {
    let bit = |h: &i64| 1_u32 << h.rem_euclid(24);
    hours.iter().fold(0, |all, h| all | bit(h))
}

/// `tcp/445`.
fn port(port: u16, transport: Transport) -> String {
    match transport {
        Transport::Tcp => format!("tcp/{port}"),
        Transport::Udp => format!("udp/{port}"),
    }
}

/// A host's key: its hardware address, else its address.
fn key_of(env: &Environment, id: HostId) -> Option<String> {
    let host = env.host(id)?;
    let mac = host.mac.map(|m| m.to_string());
    mac.or_else(|| host.address().map(|ip| ip.to_string()))
}

/// Counts everything that began in a part.
#[must_use]
pub fn current(input: &Input<'_>, env: &Environment, activity: &Activity, part: &Part) -> Current {
    let mut all: HashMap<(Kind, String), Tally, FixedState> = HashMap::default();
    let mut out = Current::default();
    let mut hours = BTreeSet::new();
    let (mut first, mut last) = (Timestamp::MAX, Timestamp::MIN);
    for contact in activity.contacts() {
        let Some(host) = key_of(env, contact.host) else {
            continue;
        };
        for (n, event) in contact
            .events
            .iter()
            .filter_map(|n| Some((*n, activity.event(*n)?)))
        {
            if event.failed || !part.holds(event.time, event.packet) {
                continue;
            }
            let facts = input.chains.get(event.flow.0 as usize).map(|c| c.facts);
            let flow = facts.and_then(|f| f.flow(event.flow.1));
            let shown = Shown {
                time: event.time,
                ended: event.ended,
                packet: event.packet,
                client: flow.map(|f| f.client.0),
                server: flow.map(|f| f.server),
            };
            let mut note = |kind: Kind, key: String| {
                let slot = all.entry((kind, key)).or_default();
                slot.hours.insert(hour(event.time));
                let occasion = event.time.0.div_euclid(HOUR / 60);
                if slot.occasions.last() != Some(&occasion) {
                    slot.occasions.push(occasion);
                }
                slot.times += 1;
                slot.sent += u64::from(event.sent);
                // The earliest, in whatever order contacts are walked through.
                let place = slot.shown.partition_point(|s| s.time <= shown.time);
                if place < CITED {
                    slot.shown.insert(place, shown);
                    slot.shown.truncate(CITED);
                }
            };
            match contact.peer {
                Peer::Address(ip, number, transport) => {
                    (first, last) = (first.min(event.time), last.max(event.ended.min(part.to)));
                    hours.insert(hour(event.time));
                    note(Kind::Host, host.clone());
                    out.hosts.insert(host.clone(), contact.host);
                    let mine = out.sixths.entry(host.clone()).or_default();
                    let sixth = event.time.0.div_euclid(HOUR / SIXTHS);
                    *mine.entry(sixth).or_default() += u64::from(event.sent);
                    let server = env
                        .having(ip)
                        .filter_map(|h| env.host(h))
                        .find(|h| h.internal);
                    match server.and_then(|h| Some((h.id, key_of(env, h.id)?))) {
                        Some((id, server)) => {
                            let port = port(number, transport);
                            out.hosts.insert(server.clone(), id);
                            note(Kind::Service, format!("{server}|{port}"));
                            note(Kind::Pair, format!("{host}|{server}|{port}"));
                        }
                        None => {
                            let name = activity
                                .name_of(n)
                                .map_or_else(|| ip.to_string(), str::to_owned);
                            note(Kind::Destination, format!("{host}|{name}"));
                            note(Kind::Site, name);
                        }
                    }
                }
                Peer::Client(id) => {
                    let text = activity.text(id);
                    // A JA4 begins with its transport and version, and has two separators; a User-Agent looks otherwise.
                    let ja4 = text.len() == 36 && text.matches('_').count() == 2;
                    let kind = if ja4 { Kind::Fingerprint } else { Kind::Agent };
                    note(kind, text.to_owned());
                }
                Peer::Site(_) | Peer::Lookup(_) => {}
            }
        }
    }
    for ((kind, key), mut tally) in all {
        tally.occasions.sort_unstable();
        tally.occasions.dedup();
        let seen = Seen {
            hours: u32::try_from(tally.hours.len()).unwrap_or(u32::MAX),
            clock: clock(&tally.hours),
            times: tally.times,
            occasions: u32::try_from(tally.occasions.len()).unwrap_or(u32::MAX),
            sent: tally.sent,
        };
        out.document
            .seen
            .entry(kind)
            .or_default()
            .insert(key.clone(), seen);
        out.shown.insert((kind, key), tally.shown);
    }
    let hosts: Vec<String> = out.sixths.keys().cloned().collect();
    for host in hosts {
        let by_hour = out.hourly(&host);
        let volume = out.document.volume.entry(host).or_default();
        for (hour, bytes) in &by_hour {
            let of_day = u8::try_from(hour.rem_euclid(24)).unwrap_or(0);
            let slot: &mut Volume = volume.entry(of_day).or_default();
            slot.add(libm::log1p(*bytes as f64));
        }
    }
    let doc = &mut out.document;
    for (kind, things) in &mut doc.seen {
        // A part of a kind would make the rest of it look new.
        if things.len() > Baseline::THINGS {
            doc.beyond.insert(*kind, things.len() as u64);
            things.clear();
        }
    }
    doc.schema = SCHEMA;
    doc.hours = u32::try_from(hours.len()).unwrap_or(u32::MAX);
    doc.clock = clock(&hours);
    let (first, last) = if first <= last {
        (first, last)
    } else {
        (Timestamp(0), Timestamp(0))
    };
    doc.first = first.epoch();
    doc.last = last.epoch();
    out
}
