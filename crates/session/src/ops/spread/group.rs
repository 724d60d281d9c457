//! Transfers grouped by content. A file whose bytes are not all there has no hash and stands alone.

use super::question::{Question, Reasons};
use super::{Args, Content, End, GROUPS, Holder, Spread, TRANSFERS, Transfer};
use crate::bodies::hex;
use crate::ops::view::completeness;
use crate::ops::{community, names, slice};
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_analyze::environment::{Environment, Host, HostId, Role};
use weir_dissect::facts::Artifact;
use weir_model::{ArtifactId, CaptureId, PacketRef, Timestamp};

/// Names kept per content and per host.
pub(super) const NAMES: usize = 8;

/// What makes transfers one group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Hash([u8; 32]),
    /// A file of which no whole content is known.
    Alone(ArtifactId),
}

/// One transfer: an artifact, or several that are parts of one.
struct Item<'a> {
    chain: usize,
    /// Where its first byte stands.
    a: &'a Artifact,
    /// Where its last byte stands.
    end: &'a Artifact,
    parts: Vec<&'a Artifact>,
    size: u64,
    sha256: Option<[u8; 32]>,
    state: &'static str,
    pending: bool,
}

impl Item<'_> {
    fn whole(&self) -> bool {
        self.state == "complete" || !self.parts.is_empty()
    }

    fn key(&self) -> Key {
        match self.sha256.filter(|_| self.whole()) {
            Some(hash) => Key::Hash(hash),
            None => Key::Alone(self.a.id),
        }
    }
}

/// Every file that is loaded once: parts that came together are one, captures that repeat another are left out.
fn items(session: &Session) -> Vec<Item<'_>> {
    let fresh = |p: PacketRef| {
        let capture = session.capture(p.capture);
        capture.is_some_and(|c| c.same_as.is_none())
    };
    let at = |(chain, n): (usize, u32)| {
        let facts = session.chains.get(chain)?.facts();
        facts.artifacts.get(n as usize)
    };
    let mut out = Vec::new();
    let mut joined: BTreeSet<ArtifactId> = BTreeSet::new();
    for m in &session.merged {
        let content = m.content.as_ref().filter(|_| m.agree);
        let Some(hashes) = content.and_then(|c| c.hashes) else {
            continue;
        };
        let parts: Vec<&Artifact> = m.plan.parts.iter().filter_map(|p| at(*p)).collect();
        let alone = |a: &&Artifact| completeness(a, None) == "complete";
        let (Some(first), Some(last)) = (parts.first(), parts.iter().max_by_key(|a| a.ended))
        else {
            continue;
        };
        // Where one of them is the whole file by itself, each speaks for itself.
        if parts.iter().any(alone) || !parts.iter().all(|a| fresh(a.first)) {
            continue;
        }
        joined.extend(parts.iter().map(|a| a.id));
        out.push(Item {
            chain: m.plan.parts.first().map_or(0, |p| p.0),
            a: first,
            end: last,
            size: m.plan.total,
            sha256: Some(hashes.sha256),
            state: "complete, put together of its parts",
            pending: false,
            parts,
        });
    }
    for (n, chain) in session.chains.iter().enumerate() {
        for a in &chain.facts().artifacts {
            if joined.contains(&a.id) || !fresh(a.first) {
                continue;
            }
            let digests = session.digests.get(&(n, a.key));
            out.push(Item {
                chain: n,
                a,
                end: a,
                parts: Vec::new(),
                size: digests.map_or(a.wire_size, |d| d.size),
                sha256: digests.and_then(|d| d.hashes).map(|h| h.sha256),
                state: completeness(a, digests),
                pending: digests.is_none(),
            });
        }
    }
    out.sort_by_key(|i| (i.a.begun, i.a.id));
    out
}

/// Takes out files of slices of ours whose capture is loaded too: the same transfers, counted where they were cut from.
/// How many, by slice. A file whose content is another stays, whatever its slice says.
fn without_slices(session: &Session, items: &mut Vec<Item<'_>>) -> BTreeMap<CaptureId, usize> {
    type Told = ((IpAddr, u16), (IpAddr, u16), Option<[u8; 32]>);
    let told = |i: &Item<'_>| -> Told { (i.a.client, i.a.server, i.sha256.filter(|_| i.whole())) };
    let mut begun: BTreeMap<PacketRef, Vec<Told>> = BTreeMap::new();
    for i in items.iter() {
        begun.entry(i.a.first).or_default().push(told(i));
    }
    let mut out = BTreeMap::new();
    items.retain(|i| {
        let was = slice::was(session, i.a.first).filter(|was| was.capture != i.a.first.capture);
        let own = told(i);
        let again = was.and_then(|was| begun.get(&was)).is_some_and(|all| {
            let same = |t: &Told| (t.0, t.1) == (own.0, own.1) && (own.2.is_none() || t.2 == own.2);
            !i.pending && all.iter().any(same)
        });
        if again {
            *out.entry(i.a.first.capture).or_default() += 1;
        }
        !again
    });
    out
}

fn shifted(session: &Session, packet: PacketRef, time: Timestamp) -> Timestamp {
    let capture = session.capture(packet.capture);
    capture.map_or(time, |c| time.plus(c.offset))
}

/// What is to be known of a host before it is counted as one that had the file.
fn remark(host: &Host) -> String {
    if host.is(Role::Proxy) {
        return "a proxy: it fetches for others".to_owned();
    }
    if host.several.is_empty() {
        String::new()
    } else {
        "may be several hosts".to_owned()
    }
}

fn end(env: &Environment, (chain, ip, time): (usize, IpAddr, Timestamp)) -> (Option<HostId>, End) {
    let id = env.at(chain, ip, time);
    let host = id.and_then(|id| env.host(id));
    let end = End {
        host: ip.to_string(),
        name: host.and_then(Host::name).map(|n| n.text.clone()),
        mac: host.and_then(|h| h.mac).map(|m| m.to_string()),
        remark: host.map_or_else(String::new, remark),
    };
    (id, end)
}

fn name(a: &Artifact) -> Option<&str> {
    a.names.first().map(|n| &*n.text)
}

/// A transfer and who stood at its ends: who gave it, who got it.
fn transfer(
    session: &Session,
    env: &Environment,
    i: &Item<'_>,
) -> (Transfer, [(Option<HostId>, End); 2]) {
    let (a, last) = (i.a, i.end);
    let client = end(env, (i.chain, a.client.0, a.begun));
    let server = end(env, (i.chain, a.server.0, a.begun));
    let [from, to] = if a.sent {
        [client, server]
    } else {
        [server, client]
    };
    let facts = session
        .chains
        .get(i.chain)
        .map(crate::session::Chain::facts);
    let flow = facts.and_then(|f| f.flow(a.flow()));
    let ends = flow.map_or((a.client, a.server), |f| (f.client, f.server));
    let row = Transfer {
        id: a.id.to_string(),
        parts: i.parts.iter().map(|p| p.id.to_string()).collect(),
        name: name(a).map(str::to_owned),
        direction: if a.sent { "sent" } else { "received" },
        from: from.1.clone(),
        to: to.1.clone(),
        protocol: a.protocol.info.name,
        flow: flow.map(names::flow),
        transport: flow.map_or("", |f| f.transport.name()),
        client: names::endpoint(ends.0),
        server: names::endpoint(ends.1),
        community_id: flow.map(community::id).unwrap_or_default(),
        request: a.asked.map(|(p, _)| names::packet(p)),
        request_time: a.asked.map(|(p, t)| shifted(session, p, t).epoch()),
        first: names::packet(a.first),
        last: names::packet(last.last),
        first_time: shifted(session, a.first, a.begun).epoch(),
        last_time: shifted(session, last.last, last.ended).epoch(),
        size: i.size,
        complete: i.whole(),
        state: i.state,
        pending: i.pending,
    };
    (row, [from, to])
}

fn keep(names: &mut Vec<String>, more: &mut usize, name: Option<&str>) {
    let Some(name) = name.filter(|n| !names.iter().any(|m| m == n)) else {
        return;
    };
    if names.len() < NAMES {
        names.push(name.to_owned());
    } else {
        *more += 1;
    }
}

/// A host by what it is, or by its address where nobody knows.
type Who = (Option<HostId>, String);

fn hold(
    holders: &mut BTreeMap<Who, Holder>,
    (id, end): (Option<HostId>, End),
    t: &Transfer,
    got: bool,
) {
    let who = match id {
        Some(id) => (Some(id), String::new()),
        None => (None, end.host.clone()),
    };
    let h = holders.entry(who).or_insert_with(|| Holder {
        end,
        received: 0,
        sent: 0,
        had: false,
        complete: false,
        names: Vec::new(),
        first: t.first_time.clone(),
        last: t.last_time.clone(),
    });
    if got {
        h.received += 1;
    } else {
        h.sent += 1;
    }
    h.had |= got || t.direction == "sent";
    h.complete |= t.complete;
    keep(&mut h.names, &mut 0, t.name.as_deref());
    // Epoch seconds with nine digits: of today's times their order is that of their texts.
    if t.last_time > h.last {
        h.last.clone_from(&t.last_time);
    }
    if t.first_time < h.first {
        h.first.clone_from(&t.first_time);
    }
}

/// Contents in question, in order of their first transfer; of each all transfers there are.
pub(super) fn spread(
    session: &Session,
    env: &Environment,
    args: &Args,
    question: &Question,
) -> Spread {
    let mut all = items(session);
    let slices = without_slices(session, &mut all);
    let wanted = args.hash.to_ascii_lowercase();
    let mut groups: BTreeMap<Key, Vec<&Item<'_>>> = BTreeMap::new();
    for i in &all {
        groups.entry(i.key()).or_default().push(i);
    }
    let mut kept: Vec<(&Key, &Vec<&Item<'_>>, Reasons)> = Vec::new();
    for (key, group) in &groups {
        let hash = match key {
            Key::Hash(hash) => Some(hash),
            Key::Alone(_) => None,
        };
        let files = group
            .iter()
            .flat_map(|i| i.parts.iter().copied().chain([i.a]));
        let hash_of = |i: &&Item<'_>| i.sha256;
        let why = question.reasons(files, group.iter().find_map(hash_of).as_ref());
        let listed = if wanted.is_empty() {
            args.all || !why.0.is_empty()
        } else {
            hash.is_some_and(|h| hex(h).starts_with(&wanted))
        };
        if listed {
            kept.push((key, group, why));
        }
    }
    kept.sort_by_key(|(key, group, _)| (group.first().map(|i| (i.a.begun, i.a.id)), **key));
    let mut out = Spread {
        contents: Vec::new(),
        left: (kept.len().saturating_sub(GROUPS), 0),
        pins: question.left(),
        slices: slices.into_iter().collect(),
        files: all.len(),
        pending: all.iter().filter(|i| i.pending).count(),
    };
    let mut room = TRANSFERS;
    for (key, group, why) in kept.into_iter().take(GROUPS) {
        let mut holders = BTreeMap::new();
        let (mut given, mut more_names) = (Vec::new(), 0);
        let mut transfers = Vec::new();
        for i in group {
            let (row, [from, to]) = transfer(session, env, i);
            hold(&mut holders, from, &row, false);
            hold(&mut holders, to, &row, true);
            for part in i.parts.iter().copied().chain([i.a]) {
                keep(&mut given, &mut more_names, name(part));
            }
            if room > 0 {
                room -= 1;
                transfers.push(row);
            } else {
                out.left.1 += 1;
            }
        }
        let mut hosts: Vec<Holder> = holders.into_values().collect();
        hosts.sort_by(|a, b| (&a.first, &a.end.host).cmp(&(&b.first, &b.end.host)));
        let first = group.first();
        let typed = group.iter().find_map(|i| i.a.found_type.as_ref());
        out.contents.push(Content {
            sha256: match key {
                Key::Hash(hash) => Some(hex(hash)),
                Key::Alone(_) => None,
            },
            pending: group.iter().any(|i| i.pending),
            size: first.map_or(0, |i| i.size),
            content_type: typed.map(|t| t.media.to_string()),
            names: given,
            more_names,
            more_why: why.1,
            why: why.0,
            hosts,
            transfers,
        });
    }
    out
}
