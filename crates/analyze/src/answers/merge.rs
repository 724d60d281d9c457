//! Which parts of one resource can be put together. Reads no byte: who does compares the overlaps.

use crate::input::Input;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::BodyKey;
use weir_dissect::facts::{Artifact, Completeness};

/// Most parts of one plan.
const PARTS: usize = 4096;

/// Bytes of a part: where they stand in the resource and in the part's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Place in the plan's parts.
    pub part: u32,
    /// Offset in the resource.
    pub at: u64,
    /// Offset among the bytes of the part's body that are in the capture.
    pub from: u64,
    /// Bytes.
    pub len: u64,
}

/// Parts that together cover a resource. Overlapping bytes must agree: reading them shows whether.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MergePlan {
    /// Where it was had from. Hostile text.
    pub url: Box<str>,
    /// Who asked.
    pub client: IpAddr,
    /// What makes the parts one resource: strong ETag or Last-Modified; `None` for FTP.
    pub validator: Option<Box<str>>,
    /// Bytes of the resource.
    pub total: u64,
    /// Chain and place in its artifacts, in order of their beginning.
    pub parts: Vec<(usize, u32)>,
    /// The bodies of the parts.
    pub keys: Vec<(usize, BodyKey)>,
    /// Every known byte, ascending by `at`; together they cover `0..total`.
    pub pieces: Vec<Piece>,
}

type Group<'a> = (IpAddr, &'a str, Option<&'a str>, bool);

/// Every plan of a session, in order of its first part.
#[must_use]
pub fn plans(input: &Input<'_>) -> Vec<MergePlan> {
    let mut groups: BTreeMap<Group<'_>, Vec<(usize, u32, &Artifact)>> = BTreeMap::new();
    for (chain, c) in input.chains.iter().enumerate() {
        for (n, artifact) in c.facts.artifacts.iter().enumerate() {
            let ftp = artifact.protocol.info.name == "ftp-data";
            let joinable = !artifact.sent
                && !artifact.ascii
                && artifact.encodings.is_empty()
                && !artifact.url.is_empty()
                && (ftp || artifact.validator.is_some());
            if !joinable {
                continue;
            }
            let key = (
                artifact.client.0,
                &*artifact.url,
                artifact.validator.as_deref(),
                ftp,
            );
            let list = groups.entry(key).or_default();
            if list.len() < PARTS {
                list.push((chain, u32::try_from(n).unwrap_or(u32::MAX), artifact));
            }
        }
    }
    let mut out: Vec<MergePlan> = groups
        .into_iter()
        .filter_map(|((client, url, validator, ftp), mut list)| {
            list.sort_by_key(|(chain, n, a)| (a.begun, *chain, *n));
            let total = if ftp {
                ftp_total(&list)
            } else {
                http_total(&list)
            }?;
            let parts: Vec<_> = list.into_iter().filter(|p| useful(p.2, total)).collect();
            plan(&parts, total).map(|pieces| MergePlan {
                url: url.into(),
                client,
                validator: validator.map(Into::into),
                total,
                parts: parts.iter().map(|p| (p.0, p.1)).collect(),
                keys: parts.iter().map(|p| (p.0, p.2.key)).collect(),
                pieces,
            })
        })
        .collect();
    out.sort_by(|a, b| (a.parts.first(), &a.url).cmp(&(b.parts.first(), &b.url)));
    out
}

/// The size that ranges and whole answers agree on.
fn http_total(list: &[(usize, u32, &Artifact)]) -> Option<u64> {
    let mut totals = list.iter().filter_map(|(_, _, a)| whole_size(a));
    let first = totals.next()?;
    totals.all(|t| t == first).then_some(first)
}

fn whole_size(a: &Artifact) -> Option<u64> {
    match &a.range {
        Some(range) => range.total,
        None => a.declared_size,
    }
}

/// FTP states no total with a part: where a complete transfer from an offset ended.
fn ftp_total(list: &[(usize, u32, &Artifact)]) -> Option<u64> {
    let end = |a: &Artifact| start(a).saturating_add(a.wire_size);
    let complete = list
        .iter()
        .filter(|(_, _, a)| a.state == Completeness::Complete && start(a) > 0);
    complete.map(|(_, _, a)| end(a)).max()
}

fn start(a: &Artifact) -> u64 {
    a.range.as_ref().map_or(0, |r| r.start)
}

/// A part: neither empty nor the whole itself.
fn useful(a: &Artifact, total: u64) -> bool {
    let whole = a.state == Completeness::Complete && start(a) == 0 && a.wire_size >= total;
    a.wire_size > 0 && !whole
}

/// The bytes of the parts, when they cover everything and it takes more than one.
fn plan(parts: &[(usize, u32, &Artifact)], total: u64) -> Option<Vec<Piece>> {
    if parts.len() < 2 || total == 0 {
        return None;
    }
    let mut pieces = Vec::new();
    for (n, (_, _, a)) in parts.iter().enumerate() {
        let part = u32::try_from(n).unwrap_or(u32::MAX);
        let seen = a
            .missing
            .iter()
            .fold(a.wire_size, |n, m| n.saturating_add(m.end - m.start));
        let (mut from, mut present) = (0, 0);
        let ends = a.missing.iter().map(|m| (m.start, m.end));
        for (gap, next) in ends.chain([(seen, seen)]) {
            let at = start(a).saturating_add(from);
            let len = gap.saturating_sub(from).min(total.saturating_sub(at));
            if len > 0 {
                pieces.push(Piece {
                    part,
                    at,
                    from: present,
                    len,
                });
            }
            present += gap.saturating_sub(from);
            from = next;
        }
    }
    pieces.sort_by_key(|p| (p.at, p.part, p.from));
    let covered = pieces.iter().try_fold(0_u64, |to, p| {
        (p.at <= to).then_some(to.max(p.at.saturating_add(p.len)))
    });
    (covered == Some(total)).then_some(pieces)
}
