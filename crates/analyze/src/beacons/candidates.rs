//! Contacts whose gaps or phases look regular at a glance, each described by its best key. Chance is asked later.

use crate::activity::{Activity, Contact, Event, Peer};
use crate::environment::{Environment, HostId, Role};
use crate::rhythm::{CheckIns, Clock, Sleeper, collapse, segments};
use std::collections::BTreeMap;
use weir_model::Timestamp;

/// Fewest check-ins of a clock, and of a sleeper.
const FEWEST: usize = 4;
/// Share of gaps that must be the period.
const FIT: f64 = 0.5;
/// Mean cost of a gap above which nothing is regular ([`Sleeper::cost`]): gaps at random cost about 0.4.
const COST: f64 = 0.37;
/// Cycles that show whether a phase drifts; with fewer a clock must keep its time within this share of its period.
const SHOWN: usize = 12;
const CLOCK: f64 = 0.03;
/// Phases at least so much together.
const PHASES: f64 = 0.85;
/// Seconds: what comes oftener is one exchange.
const SHORTEST: f64 = 2.5;
/// A period below a minute needs that many gaps: pages load in steady steps for a while.
const MANY: usize = 20;
/// Gaps from which on changes are looked for, and how much better a part must be than the whole.
const CHANGES: usize = 16;
const BETTER: f64 = 0.7;
/// A rhythm less off than this has not changed, as a whole and where a part of it looks like another: check-ins that
/// were missed look like a change otherwise.
const CHANGED: f64 = 0.2;
/// Fewest gaps of a part that stands for itself.
const PART: usize = 9;
/// Two keys carry the same check-ins when so many of the fewer ones are within [`CLOSE`] seconds.
const SAME: f64 = 0.6;
const CLOSE: f64 = 3.0;
/// Ports of what hosts say to find each other and their settings.
const HOUSEHOLD: [u16; 8] = [53, 67, 68, 137, 138, 547, 1900, 5353];

/// The rhythm as it looks.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// By its gaps.
    Sleeper(Sleeper),
    /// By its phases.
    Clock(Clock),
}

impl Shape {
    pub(crate) fn period(&self) -> f64 {
        match self {
            Self::Sleeper(s) => s.period,
            Self::Clock(c) => c.period,
        }
    }

    /// Comparable between both: how far the times are off, as a share.
    fn off(&self) -> f64 {
        match self {
            Self::Sleeper(s) => s.cost,
            Self::Clock(c) => {
                c.spread / c.period + 0.15 * (c.cycles - c.hits) as f64 / c.cycles as f64
            }
        }
    }
}

/// A contact that repeats.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its place in [`Activity::contacts`].
    pub(crate) contact: usize,
    /// Time that the check-ins' seconds count from.
    pub(crate) base: Timestamp,
    /// What is judged.
    pub(crate) checkins: CheckIns,
    /// At a glance.
    pub(crate) shape: Shape,
    /// Check-ins after those that are judged, where the rhythm changed: it went on otherwise.
    pub(crate) after: usize,
    /// Parts that this one was chosen from, for being the most regular; 1 where it is the whole.
    pub(crate) choices: usize,
    /// Where the rhythm changed: parts with their periods, in order.
    pub(crate) parts: Vec<(Timestamp, f64)>,
    /// Places of events that answered, of which check-ins name members.
    pub(crate) events: Vec<u32>,
    /// Nobody answered so many others.
    pub(crate) failed: usize,
    /// Contacts of the same host that repeat, inside the network.
    pub(crate) inside: usize,
}

fn seconds(base: Timestamp, time: Timestamp) -> f64 {
    time.since(base).0 as f64 / 1e9
}

pub(crate) fn shape(checkins: &CheckIns) -> Option<Shape> {
    let gaps = checkins.gaps();
    let sleeper = Sleeper::of(&gaps).filter(|s| {
        let slow = s.period >= SHORTEST && (s.period >= 60.0 || s.gaps >= MANY);
        slow && s.fit >= FIT && s.cost <= COST
    });
    let more = sleeper.as_ref().map(|s| s.period);
    let clock = Clock::of(&checkins.times, more)
        .filter(|c| c.length >= PHASES && checkins.times.len() >= FEWEST);
    match (sleeper, clock) {
        (Some(s), Some(c)) => {
            // A clock's phase stays; a sleeper's drifts with the root of its number, which few do not show.
            let own = (s.period / c.period - 1.0).abs() < 0.1;
            let drift = s.dispersion.max(0.005) * s.period;
            let stays = c.spread < 0.75 * drift && c.hits >= SHOWN;
            let exact = c.spread < CLOCK * c.period && c.spread < drift;
            if own && (stays || exact) || (!own && c.spread / c.period < s.cost * 0.5) {
                Some(Shape::Clock(c))
            } else {
                Some(Shape::Sleeper(s))
            }
        }
        (Some(s), None) => Some(Shape::Sleeper(s)),
        (None, Some(c)) => Some(Shape::Clock(c)),
        (None, None) => None,
    }
}

/// A part with its rhythm, and where parts begin and with which period, in seconds.
type Piece = (CheckIns, Shape, Vec<(f64, f64)>);

/// The part of a rhythm that changed which is most regular, and where all parts begin.
fn part(checkins: &CheckIns) -> Option<Piece> {
    let gaps = checkins.gaps();
    if gaps.len() < CHANGES || !checkins.breaks.is_empty() {
        return None;
    }
    let parts = segments(&gaps);
    if parts.len() < 2 {
        return None;
    }
    let mut told = Vec::new();
    let mut best: Option<(CheckIns, Shape)> = None;
    for (from, to) in parts {
        let piece = checkins.part(from, to + 1);
        let Some(shape) = shape(&piece) else { continue };
        if to - from < PART {
            continue;
        }
        told.push((piece.times.first().copied().unwrap_or(0.0), shape.period()));
        // The latest, unless it is far less regular: it is what goes on.
        if best
            .as_ref()
            .is_none_or(|(_, s)| shape.off() * BETTER <= s.off() + 0.02)
        {
            best = Some((piece, shape));
        }
    }
    best.map(|(c, s)| (c, s, told))
}

fn look(activity: &Activity, n: usize, contact: &Contact) -> Option<Candidate> {
    let answered = |e: &&u32| activity.event(**e).is_some_and(|e| !e.failed);
    let events: Vec<u32> = contact.events.iter().filter(answered).copied().collect();
    if events.len() < FEWEST {
        return None;
    }
    let base = activity.event(*events.first()?)?.time;
    let times: Vec<f64> = events
        .iter()
        .filter_map(|e| Some(seconds(base, activity.event(*e)?.time)))
        .collect();
    let mut best: Option<Candidate> = None;
    for checkins in collapse(&times) {
        let whole = shape(&checkins);
        let piece = part(&checkins).filter(|(c, s, _)| {
            let off = whole.as_ref().map_or(f64::INFINITY, Shape::off);
            // A few are another rhythm, though most of all are regular, where the rhythm of most does not tell them.
            let told = |w: &Shape| Sleeper::cost_of(&c.gaps(), w.period());
            let here = whole.as_ref().map_or(f64::INFINITY, told);
            let worst = off.max(here);
            worst > CHANGED && s.off() < worst * BETTER
        });
        let (checkins, shape, parts, (after, choices)) = match (piece, whole) {
            (Some((c, s, told)), _) => {
                let all = checkins.times.len();
                let last = c.times.last().copied().unwrap_or(f64::INFINITY);
                let known = checkins.times.partition_point(|t| *t <= last);
                // It could have begun and ended with any other.
                (
                    c,
                    s,
                    told,
                    (all - known, (all * all.saturating_sub(1) / 2).max(1)),
                )
            }
            (None, Some(s)) => (checkins, s, Vec::new(), (0, 1)),
            (None, None) => continue,
        };
        let parts = parts.into_iter().map(|(t, p)| {
            let at = weir_model::Duration((t * 1e9) as i64);
            (base.plus(at), p)
        });
        let candidate = Candidate {
            contact: n,
            base,
            checkins,
            shape,
            after,
            choices,
            parts: parts.collect(),
            failed: contact.events.len() - events.len(),
            events: events.clone(),
            inside: 0,
        };
        // Bursts as one come first: they are taken unless single events are far more regular.
        if best
            .as_ref()
            .is_none_or(|b| candidate.shape.off() < b.shape.off() * BETTER)
        {
            best = Some(candidate);
        }
    }
    best
}

/// Absolute seconds of a candidate's check-ins.
fn absolute(c: &Candidate) -> Vec<f64> {
    let base = c.base.0 as f64 / 1e9;
    c.checkins.times.iter().map(|t| base + t).collect()
}

/// Do two keys of a host carry the same check-ins?
fn same(a: &[f64], b: &[f64]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let near = few.iter().filter(|t| {
        let from = many.partition_point(|m| *m < **t - CLOSE);
        many.get(from).is_some_and(|m| *m <= **t + CLOSE)
    });
    !few.is_empty() && near.count() as f64 >= SAME * few.len() as f64
}

/// The narrower key first: an address, then its name, then the client over all destinations.
fn breadth(activity: &Activity, env: &Environment, contact: &Contact) -> u8 {
    match contact.peer {
        // A name says more than an address, where there is one.
        Peer::Site(_) => 0,
        Peer::Address(ip, _, _) => {
            let first = contact.events.first();
            let named = first.is_some_and(|e| activity.name_of(*e).is_some());
            let own = env
                .having(ip)
                .any(|h| env.host(h).is_some_and(|h| h.internal));
            if named && !own { 2 } else { 1 }
        }
        Peer::Client(_) => 3,
        Peer::Lookup(_) => 4,
    }
}

/// All that repeats, in the order of hosts and peers; of keys that carry the same check-ins one.
pub(crate) fn candidates(activity: &Activity, env: &Environment) -> Vec<Candidate> {
    let mut by_host: BTreeMap<HostId, Vec<Candidate>> = BTreeMap::new();
    for (n, contact) in activity.contacts().iter().enumerate() {
        if let Peer::Address(_, port, _) = contact.peer
            && HOUSEHOLD.contains(&port)
        {
            continue;
        }
        // What they ask is asked by others.
        let speaks_for_others = env
            .host(contact.host)
            .is_none_or(|h| h.is(Role::Resolver) || h.is(Role::Proxy));
        if speaks_for_others {
            continue;
        }
        if let Some(candidate) = look(activity, n, contact) {
            by_host.entry(contact.host).or_default().push(candidate);
        }
    }
    let mut out = Vec::new();
    for (_, mut mine) in by_host {
        let peer = |c: &Candidate| activity.contacts().get(c.contact);
        mine.sort_by(|a, b| {
            let rank = |c: &Candidate| peer(c).map_or(9, |p| breadth(activity, env, p));
            let coarse = |c: &Candidate| libm::round(c.shape.off() * 20.0) as i64;
            // Of equal ones who was first: the same whatever the addresses are.
            let first = |c: &Candidate| {
                let event = c.events.first().and_then(|n| activity.event(*n));
                (c.base, event.map(|e| e.packet))
            };
            // Whose check-ins are all regular before who has a part that is: the rest is something else.
            let part = |c: &Candidate| c.choices > 1;
            part(a)
                .cmp(&part(b))
                .then(coarse(a).cmp(&coarse(b)))
                .then(rank(a).cmp(&rank(b)))
                .then_with(|| first(a).cmp(&first(b)))
                .then(a.contact.cmp(&b.contact))
        });
        let mut kept: Vec<(Candidate, Vec<f64>)> = Vec::new();
        for candidate in mine {
            let times = absolute(&candidate);
            if !kept.iter().any(|(_, other)| same(other, &times)) {
                kept.push((candidate, times));
            }
        }
        let within = |c: &Candidate| {
            let ip = peer(c).and_then(|p| match p.peer {
                Peer::Address(ip, _, _) => Some(ip),
                _ => None,
            });
            ip.is_some_and(weir_model::is_internal)
        };
        let inside = kept.iter().filter(|(c, _)| within(c)).count();
        out.extend(kept.into_iter().map(|(mut c, _)| {
            c.inside = inside;
            c
        }));
    }
    out.sort_by_key(|c| c.contact);
    out
}

impl Candidate {
    /// The events of check-in `n`.
    pub(crate) fn members<'a>(
        &'a self,
        activity: &'a Activity,
        n: usize,
    ) -> impl Iterator<Item = &'a Event> + 'a {
        let (from, count) = self.checkins.members.get(n).copied().unwrap_or((0, 0));
        let places = self.events.get(from..from + count).unwrap_or_default();
        places.iter().filter_map(|e| activity.event(*e))
    }
}
