//! Attempts to log in, protocol by protocol, and how many failures within what time make it guessing. Judges a
//! client and a server at a time; who tries many users once each is another detection's matter.

use super::finding::{Evidence, Finding, Severity, who};
use super::need::span_words;
use super::{Detection, Ground, Key};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::facts::Message;
use weir_dissect::flow::Flow;
use weir_model::{Duration, PacketRef, Timestamp};

/// Chain and row.
pub(super) type Row = (usize, usize);

/// Different users from which it is spraying, where each is tried about once.
pub(super) const SPRAYED: usize = 8;
/// Tries of a user, on average, up to which that is so.
pub(super) const ONCE: usize = 2;
/// A single user tried as evenly and as slowly as this is a program with an old password.
const PROGRAM: Duration = Duration(20_000_000_000);
/// Confidence in guessing; where a program is as likely; where sizes alone tell.
const SURE: f64 = 0.85;
const UNSURE: f64 = 0.4;
/// Refusals that are cited, beside what was let in.
const CITED: usize = 40;

/// An attempt.
#[derive(Clone)]
pub(super) struct Login<'a> {
    pub(super) client: IpAddr,
    pub(super) server: (IpAddr, u16),
    /// As whom; empty where that is not readable.
    pub(super) user: &'a str,
    /// Let in, or turned away? Nothing where nobody can tell.
    pub(super) success: Option<bool>,
    pub(super) time: Timestamp,
    pub(super) first: PacketRef,
    pub(super) last: PacketRef,
}

/// How guessing is told in a protocol.
pub(super) struct Guessing {
    /// `FTP`.
    pub(super) protocol: &'static str,
    /// Refusals of one client by one server within `span`.
    pub(super) failures: usize,
    pub(super) span: Duration,
    /// So many within a shorter span are enough, too.
    pub(super) burst: Option<(usize, Duration)>,
    /// Refusals are read, not told from sizes.
    pub(super) exact: bool,
    /// Rows there are.
    pub(super) rows: fn(&Ground<'_>) -> Vec<Row>,
    /// One of them.
    pub(super) read: for<'a> fn(&'a Ground<'_>, Row) -> Option<Login<'a>>,
}

/// Every row of a type.
pub(super) fn rows_of<T: Message>(ground: &Ground<'_>) -> Vec<Row> {
    let chains = ground.input.chains.iter().enumerate();
    chains
        .flat_map(|(c, x)| (0..x.facts.messages.all::<T>().len()).map(move |n| (c, n)))
        .collect()
}

/// A row with its flow, unless it is a copy.
pub(super) fn message<'a, T: Message>(
    ground: &'a Ground<'_>,
    at: Row,
) -> Option<(&'a T, &'a Flow)> {
    let facts = ground.input.chains.get(at.0)?.facts;
    let row = facts.messages.all::<T>().get(at.1)?;
    let meta = row.meta();
    let flow = meta.flow.and_then(|id| facts.flow(id))?;
    (!meta.duplicate).then_some((row, flow))
}

/// An attempt in a flow.
pub(super) fn in_flow<'a, T: Message>(
    row: &T,
    flow: &Flow,
    user: &'a str,
    success: Option<bool>,
) -> Login<'a> {
    let meta = row.meta();
    Login {
        client: flow.client.0,
        server: flow.server,
        user,
        success,
        time: meta.time,
        first: meta.first,
        last: meta.last,
    }
}

pub(super) fn keys(ground: &Ground<'_>, g: &Guessing) -> Vec<Key> {
    let mut pairs: BTreeMap<(IpAddr, IpAddr), (usize, Vec<Row>)> = BTreeMap::new();
    for row in (g.rows)(ground) {
        if let Some(l) = (g.read)(ground, row) {
            let slot = pairs.entry((l.client, l.server.0)).or_default();
            slot.0 += usize::from(l.success == Some(false));
            slot.1.push(row);
        }
    }
    let least = g.burst.map_or(g.failures, |b| b.0.min(g.failures));
    let mut out: Vec<Key> = pairs
        .into_iter()
        .filter(|(_, (failed, _))| *failed >= least)
        .filter_map(|((client, server), (_, rows))| {
            let first = *rows.first()?;
            let host = ground
                .env
                .at(first.0, client, (g.read)(ground, first)?.time);
            let who = who(host.and_then(|id| ground.env.host(id)), client);
            Some(Key {
                subject: format!("{who}|{server}"),
                rows,
            })
        })
        .collect();
    out.sort();
    out
}

/// The most refusals within the span, and whether they are enough.
pub(super) fn most(g: &Guessing, refused: &[Timestamp]) -> Option<usize> {
    let within = |span: Duration| {
        let mut from = 0;
        let mut best = 0;
        for (n, t) in refused.iter().enumerate() {
            while refused.get(from).is_some_and(|old| t.since(*old) > span) {
                from += 1;
            }
            best = best.max(n + 1 - from);
        }
        best
    };
    let all = within(g.span);
    let burst = g.burst.is_some_and(|(n, span)| within(span) >= n);
    (all >= g.failures || burst).then_some(all)
}

/// One user, tried at even intervals that are no guesser's.
fn program(refused: &[&Login<'_>]) -> bool {
    let users: BTreeSet<&str> = refused.iter().map(|l| l.user).collect();
    let mut gaps: Vec<i64> = refused
        .iter()
        .zip(refused.iter().skip(1))
        .map(|(a, b)| b.time.since(a.time).0)
        .collect();
    gaps.sort_unstable();
    let median = gaps.get(gaps.len() / 2).copied().unwrap_or(0);
    let even = gaps
        .iter()
        .filter(|g| (*g - median).abs() * 4 <= median)
        .count();
    users.len() == 1 && !users.contains("") && median >= PROGRAM.0 && even * 10 >= gaps.len() * 8
}

pub(super) fn judge(
    ground: &Ground<'_>,
    detection: &'static Detection,
    g: &Guessing,
    key: &Key,
) -> Option<Finding> {
    let mut all: Vec<Login<'_>> = key
        .rows
        .iter()
        .filter_map(|at| (g.read)(ground, *at))
        .collect();
    all.sort_by_key(|l| (l.time, l.first));
    let refused: Vec<&Login<'_>> = all.iter().filter(|l| l.success == Some(false)).collect();
    let times: Vec<Timestamp> = refused.iter().map(|l| l.time).collect();
    let most = most(g, &times)?;
    let users: BTreeSet<&str> = refused
        .iter()
        .map(|l| l.user)
        .filter(|u| !u.is_empty())
        .collect();
    if users.len() >= SPRAYED && refused.len() <= users.len() * ONCE {
        return None;
    }
    let (first, last) = (*refused.first()?, *refused.last()?);
    let enough = times.get(most.min(times.len()) - 1).copied()?;
    // Somebody else who is let in is somebody else.
    let guessed = |l: &&Login<'_>| l.user.is_empty() || users.contains(l.user);
    let let_in = all
        .iter()
        .filter(guessed)
        .find(|l| l.success == Some(true) && l.time >= enough);
    let cited = refused.iter().take(CITED).map(|l| l.last);
    let cited = cited.chain(let_in.into_iter().flat_map(|l| [l.first, l.last]));
    let evidence = Evidence::of(cited)?;
    let ended = let_in.map_or(last.time, |l| l.time.max(last.time));
    let chain = key.rows.first()?.0;
    let at = (chain, first.client, first.time);
    let span = (first.time, ended);
    let mut out = Finding::at(ground, detection, &key.subject, at, span, evidence)?;
    out.dst = Some(first.server.0);
    out.dport = Some(first.server.1);
    out.severity = if let_in.is_some() {
        Severity::High
    } else {
        Severity::Medium
    };
    out.confidence = if g.exact { SURE } else { 0.65 };
    if let_in.is_none() && program(&refused) {
        (out.severity, out.confidence) = (Severity::Low, UNSURE);
        let says = format!(
            "one user, {} at even intervals",
            plural(refused.len() as u64, "attempt")
        );
        out.benign = Some(("an old password in a program", says));
    }
    let what = if g.exact { "refused" } else { "short sessions" };
    out.title = format!(
        "{} guesses passwords of {} at {}: {} {what}{}",
        first.client,
        g.protocol,
        first.server.0,
        refused.len(),
        match let_in {
            Some(l) if !l.user.is_empty() => format!(", then let in as {}", l.user),
            Some(_) => ", then let in".to_owned(),
            None => String::new(),
        }
    );
    let named: Vec<&str> = users.iter().copied().take(8).collect();
    let as_whom = match users.len() {
        0 => "As whom is not readable".to_owned(),
        1..=8 => format!("As {}", named.join(", ")),
        n => format!("As {n} users, among them {}", named.join(", ")),
    };
    out.why = format!(
        "{most} within {} at most, all within {}. {as_whom}. {}",
        span_words(g.span),
        span_words(last.time.since(first.time)),
        detection.why
    );
    Some(out)
}

/// At, below and above a detection's thresholds.
#[cfg(test)]
pub(super) fn thresholds(g: &Guessing) {
    let at = |n: usize, gap: i64| -> Vec<Timestamp> {
        (0..n)
            .map(|n| Timestamp(i64::try_from(n).unwrap() * gap))
            .collect()
    };
    let slow = |n: usize, span: Duration| span.0 / i64::try_from(n - 1).unwrap();
    for (n, span) in std::iter::once((g.failures, g.span)).chain(g.burst) {
        let gap = slow(n, span);
        assert!(most(g, &at(n, gap)).is_some(), "{n} within {span:?}");
        assert!(most(g, &at(n + 1, gap)).is_some());
    }
    let gap = slow(g.failures, g.span);
    assert!(most(g, &at(g.failures - 1, gap)).is_none());
    assert!(most(g, &at(g.failures, gap + gap / 5 + 1)).is_none());
    if let Some((n, span)) = g.burst {
        assert!(most(g, &at(n, slow(n, span) + 1)).is_none());
        assert!(most(g, &at(n - 1, 1)).is_none());
    }
}
