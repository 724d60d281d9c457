//! What to look at first: findings put together by host and incident, at most eight, each with its reason; and per
//! kind of check what was not found or not checked. Finds nothing itself.

mod category;
mod incidents;

pub use category::{Category, categories};
pub use incidents::goes_on;

use crate::detections::{Finding, Findings, Severity};
use crate::environment::{Environment, HostId};
use crate::techniques::Tactic;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use weir_model::IssueKind;

/// Leads at most: what one looks at before the first coffee.
pub const MOST: usize = 8;
/// Leads beyond these that are named.
pub const MORE: usize = 100;
/// Places kept for alarms of the side that the issue does not ask for: an attack hides well behind faults.
const OTHER_SIDE: usize = 2;
/// Findings of one kind on one host that are told together at most.
const TOGETHER: usize = 3;
/// Confidence from which on a finding that weighs enough is an alarm; below it is a note.
pub const SURE: f64 = 0.5;
/// From here on a confidence is called high.
const HIGH: f64 = 0.8;

/// Which question a detection serves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// Somebody does what nobody should.
    Breach,
    /// The network, or the capture, does not do what it should.
    Fault,
}

impl Side {
    /// Of a detection, by its family.
    #[must_use]
    pub fn of(detection: &str) -> Self {
        match detection.split('.').next() {
            Some("netissue" | "capture") => Self::Fault,
            _ => Self::Breach,
        }
    }

    /// `breach`, `fault`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Breach => "breach",
            Self::Fault => "fault",
        }
    }
}

/// `low` below one half, `high` above eight tenths.
#[must_use]
pub fn sureness(confidence: f64) -> &'static str {
    if confidence < SURE {
        "low"
    } else if confidence <= HIGH {
        "medium"
    } else {
        "high"
    }
}

/// Worth a look now, rather than a note.
#[must_use]
pub fn is_alarm(severity: Severity, confidence: f64) -> bool {
    severity >= Severity::Medium && confidence >= SURE
}

/// Findings that belong together.
#[derive(Clone, PartialEq, Debug)]
pub struct Lead {
    /// Of which question.
    pub side: Side,
    /// Whom it is about; more than one where many do the same.
    pub hosts: Vec<HostId>,
    /// Places in [`Findings::rows`], strongest first; never empty.
    pub findings: Vec<usize>,
    /// The highest of its findings, raised by one level where `raised` says so.
    pub severity: Severity,
    /// What it was before, and why it weighs one level more.
    pub raised: Option<(Severity, Raised)>,
    /// Of the findings that weigh most.
    pub confidence: f64,
    /// What its findings serve, in the order of an attack.
    pub tactics: Vec<Tactic>,
    /// Different other sides.
    pub peers: usize,
    /// It repeats, and is expected again after the captures.
    pub goes_on: bool,
    /// It is what the scope asks for, which the answers tell host by host.
    pub asked: bool,
    /// Every finding behaves like a harmless class of traffic.
    pub benign: bool,
}

/// Why a lead weighs one level more than its findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Raised {
    /// Three or more findings of different tactics stand on one host.
    Steps,
    /// Something came in, and after it the host checked in with somebody or went to others inside.
    Followed,
}

impl Raised {
    /// In words.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Steps => "findings of three or more tactics on one host",
            Self::Followed => {
                "something came in, and after it the host checked in with somebody or went to others inside"
            }
        }
    }
}

impl Lead {
    /// Worth a look now, rather than a note.
    #[must_use]
    pub fn is_alarm(&self) -> bool {
        is_alarm(self.severity, self.confidence)
    }
}

/// Both questions, counted whatever was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Which question.
    pub side: Side,
    /// Findings by severity, least first.
    pub by_severity: [u64; 5],
    /// Findings that are alarms.
    pub alarms: u64,
    /// Different hosts that they are about.
    pub hosts: u64,
    /// Checks made.
    pub checks: u64,
    /// Checks that the captures give too little for.
    pub not_checked: u64,
    /// Findings the analyst allows, which are in none of the figures before.
    pub allowed: u64,
}

/// What to look at first.
#[derive(Clone, PartialEq, Debug)]
pub struct Leads {
    /// At most [`MOST`], first things first.
    pub rows: Vec<Lead>,
    /// Leads beyond these.
    pub beyond: usize,
    /// The first [`MORE`] of those beyond.
    pub more: Vec<Lead>,
    /// What the scope asks for, be it among the rows or beyond them.
    pub asked: Option<Lead>,
    /// Every finding's place in the order of the leads: what each is about, then what else belongs to them, then
    /// what is allowed.
    pub order: Vec<usize>,
    /// Breach and fault.
    pub sides: [Tally; 2],
}

impl Leads {
    /// Of what was found. `allowed` has a place for each finding that the analyst allows; these lead nowhere.
    /// Alarms before notes, the side of the issue before the other, what is harmless by its class last; what the
    /// scope asks for after what nobody asked for; then by severity, what goes on before what is over, by confidence
    /// and by how many it concerns. A note of a kind that no lead before it has shown stands before one more of a
    /// kind that was.
    #[must_use]
    pub fn new(
        found: &Findings,
        allowed: &[Option<usize>],
        env: &Environment,
        issue: IssueKind,
    ) -> Self {
        let is_allowed = |n: usize| allowed.get(n).copied().flatten().is_some();
        let mut all = incidents::incidents(found, &is_allowed, env);
        let led = |side: Side| match issue {
            IssueKind::Breach => side == Side::Breach,
            IssueKind::Fault => side == Side::Fault,
            IssueKind::Policy | IssueKind::Learning => true,
        };
        let id = |lead: &Lead| {
            let first = lead.findings.first().and_then(|n| found.rows.get(*n));
            first.map(|f| (f.first, f.id.clone()))
        };
        all.sort_by_cached_key(|l| {
            // Bits of a confidence are in its order, as it is never below zero.
            let sure = l.confidence.max(0.0).to_bits();
            (
                (!l.is_alarm(), !led(l.side), l.benign, l.asked),
                (Reverse(l.severity), !l.goes_on, Reverse(sure)),
                Reverse((l.hosts.len(), l.peers, l.findings.len())),
                id(l),
            )
        });
        let all = new_kinds_first(found, all);
        let other = |l: &Lead| l.is_alarm() && !led(l.side);
        let kept: Vec<usize> = {
            let beyond = all.iter().enumerate().skip(MOST - OTHER_SIDE);
            let kept_back = beyond.filter(|(_, l)| other(l)).map(|(n, _)| n);
            let late: Vec<usize> = kept_back.take(OTHER_SIDE).collect();
            let mut places: Vec<usize> = (0..all.len().min(MOST)).collect();
            let missing: Vec<usize> = late.into_iter().filter(|n| *n >= MOST).collect();
            places.truncate(MOST - missing.len());
            places.extend(missing);
            places
        };
        let rows: Vec<Lead> = kept.iter().filter_map(|n| all.get(*n).cloned()).collect();
        let more = all.iter().enumerate().filter(|(n, _)| !kept.contains(n));
        Self {
            beyond: all.len() - rows.len(),
            more: more.map(|(_, l)| l.clone()).take(MORE).collect(),
            rows,
            asked: all.iter().find(|l| l.asked).cloned(),
            order: order(found, &all),
            sides: [Side::Breach, Side::Fault].map(|s| tally(s, found, &is_allowed)),
        }
    }
}

fn family(found: &Findings, n: usize) -> &'static str {
    let id = found.rows.get(n).map_or("", |f| f.detection);
    id.split('.').next().unwrap_or(id)
}

/// Of notes, which weigh little by themselves, the first of each kind stands before the second of any.
fn new_kinds_first(found: &Findings, all: Vec<Lead>) -> Vec<Lead> {
    let (mut out, notes): (Vec<Lead>, Vec<Lead>) = all.into_iter().partition(Lead::is_alarm);
    let of = |l: &Lead| l.findings.clone().into_iter();
    let mut shown: BTreeSet<&str> = out.iter().flat_map(of).map(|n| family(found, n)).collect();
    let mut notes: Vec<(bool, Lead)> = notes
        .into_iter()
        .map(|l| {
            let first = l.findings.first().map_or("", |n| family(found, *n));
            (!l.benign && shown.insert(first), l)
        })
        .collect();
    // The issue's side comes first among notes as well.
    let side = notes.first().map(|(_, l)| l.side);
    notes.sort_by_key(|(new, l)| (Some(l.side) != side, !new));
    out.extend(notes.into_iter().map(|(_, l)| l));
    out
}

/// Places of findings as leads have them: what each lead is about before what else belongs to any, and what the
/// scope asks for behind all leads.
fn order(found: &Findings, all: &[Lead]) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::new();
    for lead in all.iter().filter(|l| !l.asked) {
        let kind = |n: &usize| found.rows.get(*n).map(|f| (f.detection, f.host));
        let first = lead.findings.first().and_then(kind);
        let one_kind = lead.findings.iter().all(|n| kind(n) == first);
        let few = lead.findings.len() <= TOGETHER;
        // What repeats has times of its own, and is told by no other: the second beacon of a machine weighs as the
        // first does, whatever else is known of that machine.
        let repeats = |n: &usize| {
            let row = found.rows.get(*n);
            row.is_some_and(|f| f.rhythm.is_some() && is_alarm(f.severity, f.confidence))
        };
        // Two of one kind on one host are told by neither alone.
        let about = |(at, n): &(usize, &usize)| {
            *at == 0 || kind(n) == first && (one_kind && few || repeats(n))
        };
        let told = lead.findings.iter().enumerate().filter(about);
        out.extend(told.map(|(_, n)| *n).take(TOGETHER));
    }
    let mut listed: BTreeSet<usize> = out.iter().copied().collect();
    let asked = all.iter().filter(|l| l.asked);
    let rest = asked.chain(all.iter().filter(|l| !l.asked));
    let rest = rest.flat_map(|l| l.findings.iter().copied());
    out.extend(rest.filter(|n| listed.insert(*n)));
    out.extend((0..found.rows.len()).filter(|n| !listed.contains(n)));
    out
}

fn tally(side: Side, found: &Findings, is_allowed: &dyn Fn(usize) -> bool) -> Tally {
    let mine = || {
        let rows = found.rows.iter().enumerate();
        rows.filter(move |(_, f)| Side::of(f.detection) == side)
    };
    let counted = || mine().filter(|(n, _)| !is_allowed(*n)).map(|(_, f)| f);
    let mut by_severity = [0; 5];
    for f in counted() {
        if let Some(slot) = by_severity.get_mut(f.severity as usize) {
            *slot += 1;
        }
    }
    let mut hosts: Vec<HostId> = counted().filter_map(|f| f.host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let checked = || {
        found
            .checked
            .iter()
            .filter(|c| Side::of(c.detection) == side)
    };
    Tally {
        side,
        by_severity,
        alarms: counted()
            .filter(|f| is_alarm(f.severity, f.confidence))
            .count() as u64,
        hosts: hosts.len() as u64,
        checks: checked().filter(|c| !category::not_checked(c)).count() as u64,
        not_checked: checked().filter(|c| category::not_checked(c)).count() as u64,
        allowed: mine().filter(|(n, _)| is_allowed(*n)).count() as u64,
    }
}

/// The other side of a finding as one word to compare: its name, else its address.
fn peer(f: &Finding) -> Option<String> {
    f.domain
        .as_deref()
        .map(crate::answers::normal)
        .or_else(|| f.dst.map(|ip| ip.to_string()))
}

#[cfg(test)]
mod tests;
