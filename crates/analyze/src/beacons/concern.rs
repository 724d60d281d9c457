//! How unusual a contact is on this network: each feature from 0 to 1, from what, and how much it counts.

use super::Candidate;
use crate::activity::{Contact, Peer};
use crate::answers::plural;
use crate::detections::{Ground, Score, Term};
use crate::rhythm::{mad, median};
use foldhash::quality::FixedState;
use hashbrown::HashSet;
use weir_model::{FlowId, Timestamp};

/// Seconds to either side of a check-in in which somebody at the host would have done something else.
const AROUND: f64 = 10.0;
/// An hour with less than this share of the busiest hour's connections is a quiet one.
const QUIET: f64 = 0.1;
/// Bytes sent at a check-in above which it is not small.
const LARGE: f64 = 100_000.0;
/// Hours of a capture below which none is called quiet.
const HOURS: i64 = 12;
/// What a feature counts.
const WEIGHTS: [(&str, f64); 8] = [
    ("rarity", 0.45),
    ("no browsing around it", 0.3),
    ("out of hours", 0.3),
    ("odd client", 0.3),
    ("no name", 0.25),
    ("small and same", 0.2),
    ("bad certificate", 0.3),
    ("novelty", 0.25),
];
/// What is left where a harmless class explains it.
const EXPLAINED: f64 = 0.3;
const FORMULA: &str =
    "1 - product of (1 - weight × value); times 0.3 where a harmless class explains it";

struct Seen<'a> {
    ground: &'a Ground<'a>,
    contact: &'a Contact,
    candidate: &'a Candidate,
    flows: HashSet<(u32, FlowId), FixedState>,
}

impl Seen<'_> {
    fn own_name(&self) -> Option<&str> {
        let first = self.candidate.events.first()?;
        self.ground.activity.name_of(*first)
    }

    /// Connections and look-ups of the host that are about somebody else, in order of time.
    fn others(&self) -> Vec<Timestamp> {
        let activity = &self.ground.activity;
        let first = self.candidate.events.first();
        let site = first.and_then(|n| activity.site_of(*n));
        let other = |n: &&u32| {
            let own = activity
                .event(**n)
                .is_none_or(|e| self.flows.contains(&e.flow));
            let same = site.is_some() && activity.site_of(**n) == site;
            !own && !same
        };
        let places = activity.of_host(self.contact.host).iter().filter(other);
        places
            .filter_map(|n| Some(activity.event(*n)?.time))
            .collect()
    }

    fn rarity(&self) -> (f64, String) {
        let activity = &self.ground.activity;
        let all = activity.active();
        let users = match self.contact.peer {
            // What a client is unusual for counts below; here it is where it goes.
            Peer::Client(_) => self.goes_to(),
            peer => activity.users(peer),
        };
        let value = if all < 2 {
            0.5
        } else {
            1.0 - f64::from(users) / f64::from(all)
        };
        // The only one of few says little.
        let value = if users == 1 && all >= 4 { 1.0 } else { value };
        (
            value,
            format!(
                "{users} of {} here contact it",
                plural(u64::from(all), "host")
            ),
        )
    }

    /// Of a client over all destinations: how many they are, by name or else by address.
    fn places(&self) -> usize {
        let activity = &self.ground.activity;
        let places = self.contact.events.iter().filter_map(|n| {
            let event = activity.event(*n)?;
            let facts = self.ground.input.chains.get(event.flow.0 as usize)?.facts;
            let server = facts.flow(event.flow.1)?.server;
            let site = activity.site_of(*n);
            Some((site, Some(server).filter(|_| site.is_none())))
        });
        places.collect::<HashSet<_, FixedState>>().len()
    }

    /// Of a client over all destinations: hosts that contact the one of them that most do.
    fn goes_to(&self) -> u32 {
        let activity = &self.ground.activity;
        let places = self.contact.events.iter();
        let users = places.filter_map(|n| {
            if let Some(site) = activity.site_of(*n) {
                return Some(activity.users(Peer::Site(site)));
            }
            let event = activity.event(*n)?;
            let facts = self.ground.input.chains.get(event.flow.0 as usize)?.facts;
            let f = facts.flow(event.flow.1)?;
            Some(activity.users(Peer::Address(f.server.0, f.server.1, f.transport)))
        });
        users.max().unwrap_or(1)
    }

    fn alone(&self, others: &[Timestamp]) -> (f64, String) {
        let base = self.candidate.base;
        let times = &self.candidate.checkins.times;
        let around = weir_model::Duration((AROUND * 1e9) as i64);
        let alone = times
            .iter()
            .filter(|t| {
                let at = base.plus(weir_model::Duration((**t * 1e9) as i64));
                let from = Timestamp(at.0.saturating_sub(around.0));
                let next = others.get(others.partition_point(|o| *o < from));
                next.is_none_or(|o| *o > at.plus(around))
            })
            .count();
        let value = alone as f64 / times.len().max(1) as f64;
        let says = format!(
            "at {alone} of {} check-ins the host contacted nobody else within 10 s",
            times.len()
        );
        (value, says)
    }

    fn out_of_hours(&self, others: &[Timestamp]) -> (f64, String) {
        let span = others.first().zip(others.last());
        let hours = span.map_or(0, |(a, b)| b.since(*a).0 / 3_600_000_000_000);
        if hours < HOURS {
            return (
                0.0,
                "the host's other traffic covers too few hours to tell".to_owned(),
            );
        }
        let hour = |t: Timestamp| t.0.div_euclid(3_600_000_000_000).rem_euclid(24) as usize;
        let mut counts = [0_u64; 24];
        for t in others {
            if let Some(slot) = counts.get_mut(hour(*t)) {
                *slot += 1;
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0) as f64;
        let quiet = |h: usize| counts.get(h).is_some_and(|n| (*n as f64) < QUIET * most);
        let hours = (0..24).filter(|h| quiet(*h)).count();
        let base = self.candidate.base;
        let times = &self.candidate.checkins.times;
        let out = times
            .iter()
            .filter(|t| quiet(hour(base.plus(weir_model::Duration((**t * 1e9) as i64)))))
            .count();
        let value = out as f64 / times.len().max(1) as f64;
        let says = match hours {
            0 => "there is no hour of the day in which the host does little else".to_owned(),
            1 => format!(
                "{out} of {} check-ins in the one hour of the day in which the host does little else",
                times.len()
            ),
            _ => format!(
                "{out} of {} check-ins in the {hours} hours of the day in which the host does little else",
                times.len()
            ),
        };
        (value, says)
    }

    fn odd_client(&self) -> (f64, String) {
        let activity = &self.ground.activity;
        let client = match self.contact.peer {
            Peer::Client(id) => Some(id),
            _ => self
                .flows
                .iter()
                .filter_map(|f| activity.client_of(*f))
                .min(),
        };
        let Some(client) = client else {
            return (0.0, "no client fingerprint is visible".to_owned());
        };
        let users = activity.users(Peer::Client(client));
        let elsewhere = activity
            .contact(self.contact.host, Peer::Client(client))
            .is_some_and(|c| activity.events(c).any(|e| !self.flows.contains(&e.flow)));
        let text = activity.text(client);
        if users == 1 && !elsewhere {
            // A browser that nobody else has in this version goes where others go; what goes to one place is a
            // program of its own, whoever else goes there.
            let value = match self.contact.peer {
                Peer::Client(_) if self.places() > 1 => self.rarity().0,
                _ => 1.0,
            };
            (
                value,
                format!("{text} is used by this host only, and for nothing else"),
            )
        } else {
            (
                0.0,
                format!(
                    "{text} is used by {}{}",
                    plural(u64::from(users), "host"),
                    if elsewhere {
                        ", here for others too"
                    } else {
                        ""
                    }
                ),
            )
        }
    }

    fn no_name(&self) -> (f64, String) {
        match self.own_name() {
            Some(name) => (0.0, format!("it is known as {name}")),
            None => (1.0, "no look-up, SNI or Host names it".to_owned()),
        }
    }

    fn same_size(&self) -> (f64, String) {
        let activity = &self.ground.activity;
        let mut sizes: Vec<f64> = (0..self.candidate.checkins.times.len())
            .map(|n| {
                self.candidate
                    .members(activity, n)
                    .map(|e| f64::from(e.sent))
                    .sum()
            })
            .collect();
        let mid = median(&mut sizes);
        let off = mad(&mut sizes);
        if mid <= 0.0 {
            return (0.0, "what it sends is not visible".to_owned());
        }
        // Whole below a tenth of spread, nothing above three tenths: padding and ids vary a message a little.
        let same = ((0.3 - off / mid) / 0.2).clamp(0.0, 1.0);
        (
            if mid < LARGE { same } else { 0.0 },
            if off < 0.5 {
                format!("a check-in sends {mid:.0} bytes, at least half of them just as many")
            } else {
                format!(
                    "a check-in sends {mid:.0} bytes, half of them at most {off:.0} more or less"
                )
            },
        )
    }

    fn certificate(&self) -> (f64, String) {
        let bad = self
            .flows
            .iter()
            .filter(|f| self.ground.activity.distrusted(**f))
            .count();
        if bad > 0 {
            (
                1.0,
                format!(
                    "in {} the certificate is signed by itself or out of date",
                    plural(bad as u64, "connection")
                ),
            )
        } else {
            (0.0, "no bad certificate is visible".to_owned())
        }
    }

    fn novelty(&self) -> (f64, String) {
        let span = self.ground.input.span();
        let new = span.is_some_and(|(from, to)| {
            let tenth = to.since(from).0 / 10;
            to.since(self.candidate.base).0 <= tenth
        });
        let says = if new {
            "first seen in the last tenth of the captures"
        } else {
            "seen before the last tenth of the captures"
        };
        (f64::from(u8::from(new)), says.to_owned())
    }
}

/// Concern about a candidate, 0 to 1, with what it is made of; `explained` where a harmless class fits.
pub(crate) fn concern(
    ground: &Ground<'_>,
    contact: &Contact,
    candidate: &Candidate,
    explained: bool,
) -> Score {
    let activity = &ground.activity;
    let seen = Seen {
        ground,
        contact,
        candidate,
        flows: activity.events(contact).map(|e| e.flow).collect(),
    };
    let others = seen.others();
    let values = [
        seen.rarity(),
        seen.alone(&others),
        seen.out_of_hours(&others),
        seen.odd_client(),
        seen.no_name(),
        seen.same_size(),
        seen.certificate(),
        seen.novelty(),
    ];
    let terms: Vec<Term> = WEIGHTS
        .iter()
        .zip(values)
        .map(|((name, weight), (value, says))| Term::weighed(name, *weight, value, says))
        .collect();
    let calm: f64 = terms
        .iter()
        .map(|t| 1.0 - t.weight.unwrap_or(0.0) * t.value)
        .product();
    let result = (1.0 - calm) * if explained { EXPLAINED } else { 1.0 };
    Score {
        name: "concern",
        formula: FORMULA,
        result,
        terms,
    }
}
