//! HTTP requests with who sent them to whom, for the detections of clients and places. Judges nothing.

use super::finding::Finding;
use super::gather::{Groups, Row, begin, facts, inside, named};
use super::{Detection, Ground, Key};
use crate::answers::host_of;
use std::net::IpAddr;
use weir_dissect::facts::Completeness;
use weir_dissect::protocols::http::{Request, Transaction};
use weir_model::{PacketRef, Timestamp};

/// A request.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) chain: usize,
    pub(super) client: IpAddr,
    pub(super) server: (IpAddr, u16),
    pub(super) request: &'a Request,
    pub(super) transaction: &'a Transaction,
}

impl Sent<'_> {
    /// Request and answer.
    pub(super) fn packets(&self) -> Vec<(PacketRef, Timestamp)> {
        let answer = self.transaction.response.as_ref().map(|r| r.last);
        std::iter::once(self.request.first).chain(answer).collect()
    }

    /// Who was meant: of the target where a proxy is asked, else Host.
    pub(super) fn place(&self) -> &str {
        host_of(self.request.host.as_deref().unwrap_or_default())
    }

    /// Is the head of it here in part, or maybe so? What it lacks then may have been said.
    fn in_part(&self) -> bool {
        use Completeness::{Cut, Lost, Unread};
        self.request.body_len == 0 && matches!(self.request.state, Cut | Lost | Unread)
    }

    /// Does it go out of the network?
    pub(super) fn out(&self, ground: &Ground<'_>) -> bool {
        let time = self.request.first.1;
        let named = self.place().parse::<IpAddr>().ok();
        let target = named
            .filter(|_| self.request.absolute)
            .unwrap_or(self.server.0);
        inside(ground, self.chain, self.client, time)
            && (self.request.absolute && named.is_none()
                || !inside(ground, self.chain, target, time))
    }
}

pub(super) fn sent<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Sent<'a>> {
    let facts = facts(ground, at.0)?;
    let transaction = facts.messages.all::<Transaction>().get(at.1)?;
    let request = transaction.request.as_ref()?;
    let (client, server) = facts
        .flow(transaction.meta.flow?)?
        .ends(transaction.meta.direction);
    (!transaction.meta.duplicate).then_some(Sent {
        chain: at.0,
        client: client.0,
        server,
        request,
        transaction,
    })
}

/// Requests by host and what `wanted` gives of them, of those whose head is whole.
pub(super) fn keys(ground: &Ground<'_>, wanted: impl Fn(&Sent<'_>) -> Option<String>) -> Vec<Key> {
    let mut out: Groups<(IpAddr, String)> = Groups::default();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..c.facts.messages.all::<Transaction>().len() {
            if let Some(s) = sent(ground, (chain, n))
                && !s.in_part()
                && let Some(what) = wanted(&s)
            {
                out.put((s.client, what), (chain, n));
            }
        }
    }
    let mut all = out.keys(1, |(client, what)| format!("{client}|{what}"));
    for key in &mut all {
        if let Some(s) = key.rows.first().and_then(|at| sent(ground, *at)) {
            let (_, who) = named(ground, s.chain, s.client, s.request.first.1);
            let what = key.subject.split_once('|').map_or("", |(_, w)| w);
            key.subject = format!("{who}|{what}");
        }
    }
    all
}

/// All of a key, in order of time.
pub(super) fn all<'a>(ground: &'a Ground<'_>, key: &Key) -> Vec<Sent<'a>> {
    let mut out: Vec<Sent<'a>> = key.rows.iter().filter_map(|at| sent(ground, *at)).collect();
    out.sort_by_key(|s| (s.request.first.1, s.request.first.0));
    out
}

/// A finding about these requests, the first of which says who asked whom.
pub(super) fn finding(
    ground: &Ground<'_>,
    key: &Key,
    detection: &'static Detection,
    all: &[Sent<'_>],
) -> Option<Finding> {
    let first = all.first()?;
    let packets: Vec<_> = all.iter().flat_map(Sent::packets).collect();
    let from = (first.chain, first.client);
    let mut out = begin(ground, detection, &key.subject, from, &packets)?;
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    Some(out)
}

/// Did a program come back?
pub(super) fn program(ground: &Ground<'_>, s: &Sent<'_>) -> bool {
    let files = s
        .transaction
        .response
        .iter()
        .flat_map(|r| r.artifacts.iter());
    files
        .filter_map(|n| facts(ground, s.chain)?.artifacts.get(*n as usize))
        .filter_map(|a| a.found_type.as_ref())
        .any(|f| crate::answers::is_program(f) || f.name.starts_with("Executable and Linkable"))
}
