//! Weir's side: rows of its logs with the ends of their conversation, conversations, hashes, whatever protocol they
//! are of.

use crate::parity::Loaded;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::facts::Cell;
use weir_dissect::protocols::tls::Handshake;
use weir_dissect::{BodyEnd, BodyKey, BodySink, Encoding, Transport};
use weir_dissect::{flow::Flow, registry};
use weir_model::{FieldSink, NoSink, PacketRef};
use weir_session::{Hashes, Merge, PacketEntry, Replay, Session, Visitor, hex};

/// An address and a port.
pub(super) type End = (IpAddr, u16);

/// A row of one of Weir's logs.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Client and server of its conversation.
    pub(super) ends: Option<(End, End)>,
    /// `tcp` or `udp`.
    pub(super) transport: &'static str,
    /// When it began, in nanoseconds since 1970.
    pub(super) time: i64,
    /// Its conversation was seen from its beginning on, or has none.
    pub(super) begun: bool,
    /// Chain and place of its conversation.
    pub(super) flow: Option<(usize, u32)>,
    /// Columns with a value.
    pub(super) cells: BTreeMap<&'static str, Cell>,
    /// Every column of the log.
    pub(super) columns: Vec<&'static str>,
}

impl Row {
    /// A column as text; empty where there is none.
    pub(super) fn text(&self, column: &str) -> String {
        self.cells.get(column).map(Cell::show).unwrap_or_default()
    }
}

/// Rows of the logs of a protocol, of those that have the column; an empty one stands for every log.
pub(super) fn rows(loaded: &Loaded, protocol: &str, column: &str) -> Vec<Row> {
    let mut out = Vec::new();
    for (chain, c) in loaded.session.chains.iter().enumerate() {
        let facts = c.facts();
        let of = facts.messages.tables();
        for table in of.filter(|t| t.protocol().info.name == protocol) {
            let columns: Vec<&'static str> = table.columns().iter().map(|c| c.name).collect();
            if !column.is_empty() && !columns.contains(&column) {
                continue;
            }
            for n in 0..table.len() {
                let Some(meta) = table.meta(n) else { continue };
                let flow = meta.flow.and_then(|id| facts.flow(id));
                let cells = columns.iter().enumerate();
                let cells = cells.map(|(i, name)| (*name, table.cell(n, i)));
                out.push(Row {
                    ends: flow.map(|f| (f.client, f.server)),
                    transport: flow.map_or("", |f| f.transport.name()),
                    time: meta.time.0,
                    begun: flow.is_none_or(|f| {
                        f.transport == Transport::Udp || f.tcp.syn || f.tcp.syn_ack
                    }),
                    flow: meta.flow.map(|f| (chain, f.0)),
                    cells: cells.filter(|(_, c)| *c != Cell::Absent).collect(),
                    columns: columns.clone(),
                });
            }
        }
    }
    out
}

/// Every conversation with its chain.
pub(super) fn flows(loaded: &Loaded) -> impl Iterator<Item = (usize, &Flow)> {
    let chains = loaded.session.chains.iter().enumerate();
    chains.flat_map(|(n, c)| c.facts().flows.iter().map(move |f| (n, f)))
}

/// The name of what a conversation carries.
pub(super) fn carried(flow: &Flow) -> &'static str {
    let protocol = flow.protocol.and_then(|p| registry().get(p));
    protocol.map_or("", |p| p.info.name)
}

/// Protocols of the conversations between some ends: what carries them, and what has rows of them.
pub(super) fn spoken(
    loaded: &Loaded,
    between: &dyn Fn((End, End)) -> bool,
) -> BTreeSet<&'static str> {
    let here = |f: &Flow| between((f.client, f.server));
    let of = flows(loaded).filter(|(_, f)| here(f));
    let mut out: BTreeSet<&'static str> = of.map(|(_, f)| carried(f)).collect();
    for chain in &loaded.session.chains {
        let facts = chain.facts();
        for table in facts.messages.tables() {
            let metas = (0..table.len()).filter_map(|n| table.meta(n));
            let mut flows = metas.filter_map(|m| facts.flow(m.flow?));
            if flows.any(here) {
                out.insert(table.protocol().info.name);
            }
        }
    }
    out
}

/// SHA-256, SHA-1 and MD5 of every file, of every resource that came in several parts, and SHA-256 of every certificate,
/// in hexadecimal.
pub(super) fn hashes(loaded: &mut Loaded) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let ranges = |c: &weir_session::Chain| c.facts().artifacts.iter().any(|a| a.range.is_some());
    if loaded.session.chains.iter().any(ranges)
        && loaded
            .door
            .run(&mut loaded.session, &mut Merge::default())
            .is_ok()
    {
        let whole = loaded.session.merged.iter().filter(|m| m.agree);
        for h in whole.filter_map(|m| m.content.as_ref()?.hashes.as_ref()) {
            out.extend([hex(&h.sha256), hex(&h.sha1), hex(&h.md5)]);
        }
    }
    for (n, chain) in loaded.session.chains.iter().enumerate() {
        for artifact in &chain.facts().artifacts {
            let digests = loaded.session.digests.get(&(n, artifact.key));
            if let Some(h) = digests.and_then(|d| d.hashes) {
                out.extend([hex(&h.sha256), hex(&h.sha1), hex(&h.md5)]);
            }
        }
    }
    out.extend(certificates(loaded));
    out
}

/// Hashes of the files that were sent with a content coding, as they were sent: Arkime hashes those.
pub(super) fn coded(loaded: &mut Loaded) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for chain in 0..loaded.session.chains.len() {
        let facts = loaded.session.chains.get(chain).map(|c| c.facts());
        let files = facts.iter().flat_map(|f| &f.artifacts);
        let coded = files.filter(|a| !a.encodings.is_empty());
        let (keys, targets): (Vec<BodyKey>, Vec<PacketRef>) =
            coded.map(|a| (a.key, a.last)).unzip();
        if keys.is_empty() {
            continue;
        }
        let visit = Visit {
            fields: NoSink,
            sent: Sent::default(),
        };
        let mut replay = Replay::new(&loaded.session, chain, &targets, true, visit);
        if loaded.door.run(&mut loaded.session, &mut replay).is_err() {
            continue;
        }
        let bodies = replay.visitor.sent.0.iter();
        for (_, bytes) in bodies.filter(|(k, _)| keys.contains(k)) {
            let h = Hashes::of(bytes);
            out.extend([hex(&h.sha256), hex(&h.sha1), hex(&h.md5)]);
        }
    }
    out
}

/// Bodies as they were sent.
#[derive(Default)]
struct Sent(BTreeMap<BodyKey, Vec<u8>>);

impl BodySink for Sent {
    fn begin(&mut self, key: BodyKey, _: &[Encoding]) {
        self.0.insert(key, Vec::new());
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        self.0.entry(key).or_default().extend_from_slice(bytes);
    }
    fn gap(&mut self, _: BodyKey, _: u64) {}
    fn end(&mut self, _: BodyKey, _: BodyEnd) {}
}

/// Describes nothing, and collects them.
struct Visit {
    fields: NoSink,
    sent: Sent,
}

impl Visitor for Visit {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        (&mut self.fields, Some(&mut self.sent))
    }
    fn described(&mut self, _: PacketRef, _: &Session) {}
    fn bodies(&mut self) -> Option<&mut dyn BodySink> {
        Some(&mut self.sent)
    }
}

/// SHA-256 of every certificate, as often as it was shown: in TLS, or in RDP without TLS.
pub(super) fn certificates(loaded: &Loaded) -> Vec<String> {
    let all = shaken(loaded).flat_map(|h| h.certificates.iter().chain(&h.client_certificates));
    let mut out: Vec<String> = all.map(|c| hex(&c.sha256)).collect();
    let inside = rows(loaded, "rdp", "fingerprint");
    out.extend(inside.iter().map(|r| r.text("fingerprint")));
    out
}

/// Certificates that were shown as somebody's own: the first of each chain.
pub(super) fn own_certificates(loaded: &Loaded) -> usize {
    shaken(loaded)
        .map(|h| {
            usize::from(!h.certificates.is_empty()) + usize::from(!h.client_certificates.is_empty())
        })
        .sum()
}

fn shaken(loaded: &Loaded) -> impl Iterator<Item = &Handshake> {
    let chains = loaded.session.chains.iter();
    chains.flat_map(|c| c.facts().messages.all::<Handshake>().iter())
}
