//! What references to evidence say now: each resolved against what is loaded, in a line and with a digest of the
//! bytes it stands on. Knows no claim and no finding: those are looked up by whoever asks.

use crate::bodies::hex;
use crate::error::SessionError;
use crate::index::PacketEntry;
use crate::input::{Input, Need};
use crate::job::Job;
use crate::ops::details::Both;
use crate::ops::{Cx, Op, Out, Payload, json, names, parse, passed, view};
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as object};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_dissect::BodySink;
use weir_filter::Program;
use weir_model::{CaptureId, EvidenceRef, FieldSink, PacketRef, RowRef, Timestamp};

/// References of one request; those beyond are left out and counted.
const MOST: usize = 20_000;
/// Packets of a range that are read; a longer one is compared by its first ones, and says so.
const RANGE: u32 = 1000;
/// Characters of a line.
const LINE: usize = 240;
/// Values of a field in one packet that are named.
const VALUES: usize = 16;
/// Bytes of tree lines of one request; packets beyond are told without.
const LINES: usize = 16 << 20;

#[derive(Deserialize)]
struct Args {
    /// As they are written: `[[p12]]`.
    evidence: Vec<String>,
    /// With the lines of the packets' trees.
    #[serde(default)]
    lines: bool,
}

/// What one reference says.
#[derive(Clone, Default, Serialize)]
struct Cited {
    evidence: String,
    /// It is there; null where this operation does not look it up: findings.
    found: Option<bool>,
    /// In a line, without its number and time.
    says: String,
    /// Why it is not there.
    why: String,
    /// SHA-256 of the captured bytes it names: of a packet, of a range the digests of its packets, of a row its
    /// line, of a file its content. Empty where there are none.
    digest: String,
    /// Epoch seconds of its first packet.
    time: Option<String>,
    /// Bytes on the wire of a packet, of a file, named bytes of a packet.
    bytes: Option<u64>,
    /// Values of a field, as the tree prints them.
    values: Vec<String>,
    /// Lines of a single packet's tree, where they were asked for and fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
}

/// What was read of one packet.
#[derive(Default)]
struct Seen {
    says: String,
    digest: [u8; 32],
    bytes: Vec<u8>,
    values: BTreeMap<String, Vec<String>>,
    lines: Vec<String>,
}

/// Looks at cited packets.
#[derive(Default)]
struct Look {
    sink: Both,
    bytes: Vec<u8>,
    /// Fields asked of a packet.
    fields: BTreeMap<PacketRef, BTreeSet<String>>,
    /// Packets of which a line is wanted; of the others of a range only the bytes.
    told: BTreeSet<PacketRef>,
    /// Packets of which the bytes are wanted.
    spans: BTreeSet<PacketRef>,
    /// Bytes of tree lines that still fit; 0 where none are wanted.
    room: usize,
    seen: BTreeMap<PacketRef, Seen>,
}

impl Visitor for Look {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        bytes: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        self.bytes = bytes.to_vec();
        self.sink = Both::default();
        (&mut self.sink, None)
    }

    fn described(&mut self, packet: PacketRef, session: &Session) {
        let mut seen = Seen {
            digest: Sha256::digest(&self.bytes).into(),
            ..Seen::default()
        };
        if self.told.contains(&packet) {
            let row = &self.sink.row;
            let protocol = session
                .entry(packet)
                .map(|e| view::protocol(session, packet, &e))
                .unwrap_or_default();
            let line = format!(
                "{} \u{2192} {} {protocol} {}",
                row.source, row.destination, row.info
            );
            seen.says = line.chars().take(LINE).collect();
            if self.room > 0 {
                let nodes = self.sink.tree.nodes();
                let lines = nodes.map(|n| n.label().chars().take(LINE).collect());
                let lines: Vec<String> = lines.collect();
                let size = lines.iter().map(String::len).sum();
                self.room = self.room.saturating_sub(size);
                if self.room > 0 {
                    seen.lines = lines;
                }
            }
        }
        for field in self.fields.get(&packet).into_iter().flatten() {
            let values = self.sink.tree.values(field).take(VALUES);
            let values = values.map(|v| v.chars().take(LINE).collect()).collect();
            seen.values.insert(field.clone(), values);
        }
        if self.spans.contains(&packet) {
            seen.bytes = std::mem::take(&mut self.bytes);
        }
        self.seen.insert(packet, seen);
    }
}

struct CiteOp {
    cited: Vec<(Cited, Option<EvidenceRef>)>,
    left: usize,
    /// The chain that is read, and what was read of those before.
    replay: Option<(usize, Replay<Look>)>,
    packets: Option<Vec<PacketRef>>,
    look: Look,
    /// References already told, in order.
    told: usize,
    /// Conversations by address, made once.
    hosts: Option<BTreeMap<IpAddr, (u64, u64)>>,
}

/// `cite`: what each reference says now.
pub(crate) fn cite(args: Value) -> Result<Box<dyn Op>, SessionError> {
    let args: Args = parse(args)?;
    let left = args.evidence.len().saturating_sub(MOST);
    let cited = args.evidence.into_iter().take(MOST).map(|written| {
        let parsed = written.parse::<EvidenceRef>();
        let mut cited = Cited {
            evidence: written,
            found: Some(false),
            ..Cited::default()
        };
        if let Err(e) = &parsed {
            cited.why.clone_from(&e.0);
        }
        (cited, parsed.ok())
    });
    Ok(Box::new(CiteOp {
        cited: cited.collect(),
        left,
        replay: None,
        packets: None,
        look: Look {
            room: if args.lines { LINES } else { 0 },
            ..Look::default()
        },
        told: 0,
        hosts: None,
    }))
}

fn range(capture: CaptureId, first: u32, last: u32) -> impl Iterator<Item = PacketRef> {
    let last = last.min(first.saturating_add(RANGE - 1));
    (first..=last).map(move |number| PacketRef { capture, number })
}

impl CiteOp {
    /// Every packet that has to be read again, and what is wanted of it.
    fn plan(&mut self, session: &Session) -> Vec<PacketRef> {
        let mut wanted = BTreeSet::new();
        let here = |p: &PacketRef| session.entry(*p).is_some();
        for (_, of) in &self.cited {
            let (capture, first, last) = match of {
                Some(EvidenceRef::Packets {
                    capture,
                    first,
                    last,
                }) => (*capture, *first, *last),
                Some(
                    EvidenceRef::Field {
                        capture, packet, ..
                    }
                    | EvidenceRef::Bytes {
                        capture, packet, ..
                    },
                ) => (*capture, *packet, *packet),
                _ => continue,
            };
            let head = PacketRef {
                capture,
                number: first,
            };
            self.look.told.insert(head);
            match of {
                Some(EvidenceRef::Field { field, .. }) => {
                    let of = self.look.fields.entry(head).or_default();
                    of.insert(field.clone());
                }
                Some(EvidenceRef::Bytes { .. }) => {
                    self.look.spans.insert(head);
                }
                _ => {}
            }
            wanted.extend(range(capture, first, last).filter(here));
        }
        wanted.into_iter().collect()
    }

    /// Reads the cited packets, chain by chain; `None` when all are read.
    fn read(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Option<Out> {
        if self.packets.is_none() {
            self.packets = Some(self.plan(cx.session));
        }
        let chains = cx.session.chains.len();
        let at = self.replay.as_ref().map_or(0, |r| r.0);
        if at >= chains {
            return None;
        }
        if self.replay.is_none() {
            self.begin(cx.session, 0);
        }
        let (at, replay) = self.replay.as_mut()?;
        if let Some(out) = passed(replay.step(cx.session, input, fuel)) {
            return Some(out);
        }
        let next = *at + 1;
        self.look = std::mem::take(&mut replay.visitor);
        self.begin(cx.session, next);
        Some(Out::More)
    }

    fn begin(&mut self, session: &Session, chain: usize) {
        let of = |p: &&PacketRef| session.capture(p.capture).is_some_and(|c| c.chain == chain);
        let packets = self.packets.iter().flatten().filter(of).copied();
        let targets: Vec<PacketRef> = packets.collect();
        let look = std::mem::take(&mut self.look);
        // Behind the last chain there is nothing to read: what was seen is taken back.
        if chain >= session.chains.len() {
            self.look = look;
            let none = Replay::new(session, chain, &[], false, Look::default());
            self.replay = Some((chain, none));
        } else {
            let replay = Replay::new(session, chain, &targets, false, look);
            self.replay = Some((chain, replay));
        }
    }

    /// What one reference says, after the packets were read.
    fn tell(&mut self, cx: &mut Cx<'_>, input: &mut Input) -> Result<(), Vec<Need>> {
        let Some((cited, of)) = self.cited.get_mut(self.told) else {
            return Ok(());
        };
        let session: &Session = cx.session;
        match of {
            None => {}
            Some(EvidenceRef::Packets {
                capture,
                first,
                last,
            }) => packets(session, &self.look, (*capture, *first, *last), cited),
            Some(EvidenceRef::Field {
                capture,
                packet,
                field,
            }) => {
                packets(session, &self.look, (*capture, *packet, *packet), cited);
                let name = PacketRef {
                    capture: *capture,
                    number: *packet,
                };
                let seen = self.look.seen.get(&name);
                if let Some(values) = seen.and_then(|s| s.values.get(field)) {
                    cited.says = format!("{field} {}", values.join(", "));
                    cited.values.clone_from(values);
                    if values.is_empty() {
                        cited.found = Some(false);
                        cited.why = format!("packet {packet} has no field {field}");
                    }
                }
            }
            Some(EvidenceRef::Bytes {
                capture,
                packet,
                start,
                len,
            }) => {
                packets(session, &self.look, (*capture, *packet, *packet), cited);
                let name = PacketRef {
                    capture: *capture,
                    number: *packet,
                };
                if let Some(seen) = self.look.seen.get(&name) {
                    bytes(seen, *start, *len, cited);
                }
            }
            Some(EvidenceRef::Row { capture, row }) => {
                let name = RowRef {
                    capture: *capture,
                    row: *row,
                };
                self::row(session, input, name, cited)?;
            }
            Some(EvidenceRef::Stream {
                capture,
                transport,
                stream,
            }) => self::stream(session, &format!("{capture}:{transport}:{stream}"), cited),
            Some(EvidenceRef::Host(ip)) => {
                let hosts = self.hosts.get_or_insert_with(|| self::hosts(session));
                match hosts.get(ip) {
                    None => cited.why = format!("no conversation of {ip} is loaded"),
                    Some((flows, rows)) => {
                        cited.found = Some(true);
                        cited.says = if *rows > 0 {
                            format!("{ip}: {flows} conversations, {rows} flow records")
                        } else {
                            format!("{ip}: {flows} conversations")
                        };
                    }
                }
            }
            Some(EvidenceRef::File(start)) => file(session, start, cited),
            Some(EvidenceRef::Finding(_)) => cited.found = None,
            Some(EvidenceRef::Time(from, to)) => time(session, *from, *to, cited),
            Some(EvidenceRef::Filter(text)) => match Program::new(text, crate::schema()) {
                Ok(_) => {
                    cited.found = Some(true);
                    cited.says = format!("filter {text}");
                }
                Err(e) => cited.why = format!("the filter is not right: {e}"),
            },
        }
        self.told += 1;
        Ok(())
    }
}

/// Packets `first..=last` of a capture.
fn packets(
    session: &Session,
    look: &Look,
    (capture, first, last): (CaptureId, u32, u32),
    cited: &mut Cited,
) {
    let Some(held) = session.capture(capture) else {
        cited.why = format!("no capture {capture} is loaded");
        return;
    };
    let head = PacketRef {
        capture,
        number: first,
    };
    if held.log.is_some() {
        cited.why = format!("{capture} holds flow records only: it has no packets");
        return;
    }
    if first == 0 || last < first || last > held.index.len() {
        cited.why = format!("capture {capture} has {} packets", held.index.len());
        return;
    }
    let (Some(entry), Some(seen)) = (session.entry(head), look.seen.get(&head)) else {
        cited.why = format!("packet {head} could not be read");
        return;
    };
    cited.found = Some(true);
    cited.time = Some(view::time(session, head, &entry).epoch());
    if first == last {
        cited.digest = hex(&seen.digest);
        cited.says.clone_from(&seen.says);
        cited.bytes = Some(u64::from(entry.wire));
        cited.lines.clone_from(&seen.lines);
        return;
    }
    let mut all = Sha256::new();
    for p in range(capture, first, last) {
        match look.seen.get(&p) {
            Some(seen) => all.update(seen.digest),
            None => {
                cited.found = Some(false);
                cited.why = format!("packet {p} could not be read");
            }
        }
    }
    cited.digest = hex(&all.finalize());
    let count = u64::from(last - first) + 1;
    let compared = if count > u64::from(RANGE) {
        format!(", the first {RANGE} compared")
    } else {
        String::new()
    };
    cited.says = format!("{count} packets{compared}, first {}", seen.says);
}

fn bytes(seen: &Seen, start: u32, len: u32, cited: &mut Cited) {
    let from = usize::try_from(start).unwrap_or(usize::MAX);
    let to = from.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
    cited.lines.clear();
    match seen.bytes.get(from..to) {
        Some(part) => {
            cited.digest = hex(&Sha256::digest(part));
            cited.bytes = Some(u64::from(len));
            let head = part.get(..part.len().min(32)).unwrap_or_default();
            let more = if part.len() > head.len() {
                "\u{2026}"
            } else {
                ""
            };
            cited.says = format!("bytes {}{more}", hex(head));
        }
        None => {
            cited.found = Some(false);
            cited.why = format!("{} bytes of the packet were captured", seen.bytes.len());
        }
    }
}

fn row(
    session: &Session,
    input: &mut Input,
    name: RowRef,
    cited: &mut Cited,
) -> Result<(), Vec<Need>> {
    let Some((capture, row)) = session.row(name) else {
        cited.why = match session.capture(name.capture) {
            None => format!("no flow log {} is loaded", name.capture),
            Some(c) => match &c.log {
                None => format!("{} is a capture: it has packets and no rows", name.capture),
                Some(log) => format!("flow log {} has {} rows", name.capture, log.rows.len()),
            },
        };
        return Ok(());
    };
    let start = row.place.offset;
    let end = start.saturating_add(u64::from(row.place.len));
    let Some(line) = input.get(capture.source, start, end) else {
        return Err(vec![Need {
            source: capture.source,
            start,
            end,
            sequential: false,
        }]);
    };
    cited.found = Some(true);
    cited.digest = hex(&Sha256::digest(line));
    cited.time = Some(row.time.plus(capture.offset).epoch());
    let (from, to) = (row.originator.ip, row.responder.ip);
    let (out, back) = (row.originator.port, row.responder.port);
    cited.says = format!(
        "{from} port {out} \u{2192} {to} port {back} {}",
        row.transport.name()
    );
    Ok(())
}

fn stream(session: &Session, written: &str, cited: &mut Cited) {
    let found = names::find_flow(session, written).map(|(chain, id)| {
        let chain = session.chains.get(chain);
        chain.and_then(|c| c.facts().flow(id))
    });
    match found {
        Ok(Some(f)) => {
            let count = |of: [u32; 2]| of.iter().map(|n| u64::from(*n)).sum::<u64>();
            cited.found = Some(true);
            cited.time = Some(f.begun.epoch());
            let bytes: u64 = f.bytes.iter().sum();
            cited.bytes = Some(bytes);
            cited.says = format!(
                "{} \u{2192} {}, {} packets, {bytes} bytes",
                names::endpoint(f.client),
                names::endpoint(f.server),
                count(f.packets)
            );
        }
        Ok(None) => cited.why = "there is no such stream".to_owned(),
        Err(e) => cited.why = e.message,
    }
}

/// Conversations and flow records by address.
fn hosts(session: &Session) -> BTreeMap<IpAddr, (u64, u64)> {
    let mut out: BTreeMap<IpAddr, (u64, u64)> = BTreeMap::new();
    for f in session.chains.iter().flat_map(|c| &c.facts().flows) {
        out.entry(f.client.0).or_default().0 += 1;
        if f.server.0 != f.client.0 {
            out.entry(f.server.0).or_default().0 += 1;
        }
    }
    for row in session.logs().flat_map(|(_, log)| &log.rows) {
        out.entry(row.originator.ip).or_default().1 += 1;
        if row.responder.ip != row.originator.ip {
            out.entry(row.responder.ip).or_default().1 += 1;
        }
    }
    out
}

fn file(session: &Session, start: &str, cited: &mut Cited) {
    let mut pending = false;
    for (n, chain) in session.chains.iter().enumerate() {
        for a in &chain.facts().artifacts {
            let Some(digests) = session.digests.get(&(n, a.key)) else {
                pending = true;
                continue;
            };
            let Some(hashes) = digests.hashes else {
                continue;
            };
            let sha256 = hex(&hashes.sha256);
            if sha256.starts_with(start) {
                let name = a.names.first().map_or("without a name", |n| &n.text);
                cited.found = Some(true);
                cited.says = format!("{name}, {} bytes", digests.size);
                cited.bytes = Some(digests.size);
                cited.digest = sha256;
                cited.time = Some(a.begun.epoch());
                return;
            }
        }
    }
    cited.why = if pending {
        cited.found = None;
        "hashes of files are not computed yet".to_owned()
    } else {
        "no file in the captures has this SHA-256".to_owned()
    };
}

fn time(session: &Session, from: Timestamp, to: Timestamp, cited: &mut Cited) {
    match session.span() {
        Some((first, last)) if to >= from && to >= first && from <= last => {
            cited.found = Some(true);
            cited.time = Some(from.epoch());
            cited.says = "within the captures".to_owned();
            if from < first || to > last {
                cited.says = "partly within the captures".to_owned();
            }
        }
        _ => cited.why = "nothing is captured of this time".to_owned(),
    }
}

impl Op for CiteOp {
    fn step(&mut self, cx: &mut Cx<'_>, input: &mut Input, fuel: u32) -> Out {
        if let Some(out) = self.read(cx, input, fuel) {
            return out;
        }
        let until = self.told.saturating_add(fuel.max(1) as usize);
        while self.told < self.cited.len().min(until) {
            if let Err(need) = self.tell(cx, input) {
                return Out::Need(need);
            }
        }
        if self.told < self.cited.len() {
            return Out::More;
        }
        let rows: Vec<&Cited> = self.cited.iter().map(|c| &c.0).collect();
        match json(&rows) {
            Ok(rows) => Out::Done(Payload {
                value: object!({"cited": rows, "left": self.left}),
                ..Payload::default()
            }),
            Err(e) => Out::Failed(e),
        }
    }
}
