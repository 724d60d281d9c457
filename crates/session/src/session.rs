//! What is loaded: captures, their index, and the chains they form. Draws no conclusion.

use crate::bodies::Digests;
use crate::index::{PacketEntry, PacketIndex};
use crate::input::SourceNo;
use crate::log::FlowLog;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;
use weir_capture::chain::Member;
use weir_capture::{CaptureFacts, Info, LimitKindEq, RawPacket, limits};
use weir_dissect::secrets::Secrets;
use weir_dissect::{BodyKey, Dissector, Facts, Options, Over, PacketMeta, Protocol};
use weir_import::FlowRow;
use weir_model::baseline::Baseline;
use weir_model::{CaptureId, Duration, FlowId, PacketRef, RowRef, Timestamp};

/// A loaded capture, or a flow log: that has rows and no packets, and stands in no chain.
pub struct Capture {
    /// Its letter.
    pub id: CaptureId,
    /// File name as the door gave it. Hostile text.
    pub name: String,
    /// The door's number of its plain bytes.
    pub source: SourceNo,
    /// The door's number of its bytes as on disk.
    pub raw: SourceNo,
    /// Why unpacking ended early, when it did.
    pub broken: Option<String>,
    /// Bytes as on disk.
    pub size: u64,
    /// Bytes after decompression.
    pub plain_size: u64,
    /// `gzip`, `zstd` or none.
    pub compression: Option<String>,
    /// As capinfos has them.
    pub facts: CaptureFacts,
    /// Names of addresses that the container carries; the reader bounds them.
    pub info: Vec<Info>,
    /// Packet comments by number, the first [`Capture::COMMENT_BYTES`].
    pub comments: Vec<(u32, String)>,
    /// Bytes of comments for which there is room.
    pub(crate) comments_left: usize,
    /// Its packets.
    pub index: PacketIndex,
    /// Its rows, where it is a flow log.
    pub log: Option<FlowLog>,
    /// Place of its chain in [`Session::chains`]; none's where it is a flow log.
    pub chain: usize,
    /// Everything was read that can be.
    pub complete: bool,
    /// SHA-256 of the file as on disk, when computed.
    pub sha256: Option<[u8; 32]>,
    /// An earlier capture with the same content: it is left out of conclusions.
    pub same_as: Option<CaptureId>,
    /// What the analyst says its clock is off by.
    pub offset: Duration,
}

impl Capture {
    /// Bytes of packet comments kept, with what a list of them costs.
    pub const COMMENT_BYTES: usize = limits::TEXTS_MAX;

    /// [`Capture::chain`] of what stands in none.
    pub const NO_CHAIN: usize = usize::MAX;

    /// What chaining looks at.
    #[must_use]
    pub fn member(&self) -> Member {
        Member::from(&self.facts)
    }

    /// Keeps the packet's comments while there is room; the first that has none is told as a limit.
    pub(crate) fn keep_comments(&mut self, packet: &RawPacket<'_>) {
        for text in packet.comments() {
            let cost = text.len().saturating_add(size_of::<(u32, String)>());
            let Some(left) = self.comments_left.checked_sub(cost) else {
                let limit = Info::Limit(LimitKindEq(&limits::TEXTS), packet.number);
                self.facts.info(&limit);
                return;
            };
            self.comments_left = left;
            self.comments.push((packet.number, text));
        }
    }

    /// Packets, or rows of a flow log.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.log
            .as_ref()
            .map_or(u64::from(self.index.len()), |l| l.rows.len() as u64)
    }

    /// Where reading stands: the end of the last packet or row.
    pub(crate) fn read_to(&self) -> u64 {
        match &self.log {
            Some(log) => log
                .rows
                .last()
                .map_or(0, |r| r.place.offset + u64::from(r.place.len)),
            None => self
                .index
                .get(self.index.len())
                .map_or(0, |e| e.offset + u64::from(e.captured)),
        }
    }

    /// Link type of a packet, by its interface.
    #[must_use]
    pub fn link_type(&self, interface: u16) -> u32 {
        self.facts
            .interfaces
            .get(usize::from(interface))
            .map_or(u32::MAX, |i| u32::from(i.interface.link_type))
    }
}

/// One sensor's consecutive captures and their facts.
pub struct Chain {
    /// In order of their first packets.
    pub captures: Vec<CaptureId>,
    /// The engine with the facts.
    pub dissector: Dissector,
    /// Keys came that it was read without: it must be read again.
    pub(crate) stale: bool,
}

impl Chain {
    /// The facts.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        self.dissector.facts()
    }

    /// Where a capture stands in the chain.
    #[must_use]
    pub fn place(&self, capture: CaptureId) -> Option<usize> {
        self.captures.iter().position(|c| *c == capture)
    }

    /// The order of the chain's packets.
    #[must_use]
    pub fn order(&self, packet: PacketRef) -> (usize, u32) {
        (
            self.place(packet.capture).unwrap_or(usize::MAX),
            packet.number,
        )
    }
}

/// Everything loaded.
pub struct Session {
    /// By letter; `None` where one was removed.
    pub captures: Vec<Option<Capture>>,
    /// Places of letters that a case gave to captures which are not loaded: slices stand behind them.
    pub(crate) free: std::ops::Range<usize>,
    /// In order of first packets. A chain whose captures were all removed is empty.
    pub chains: Vec<Chain>,
    /// Digests of bodies, by chain; filled by the hash job.
    pub digests: HashMap<(usize, BodyKey), Digests, FixedState>,
    /// Resources that were put together from several artifacts.
    pub merged: Vec<weir_analyze::Merged>,
    /// Keys hash tables.
    pub seed: u64,
    /// Ports that carry a protocol because the analyst says so.
    pub decode_as: Vec<(Over, &'static Protocol)>,
    /// Keys that open what is encrypted: in memory alone, and in no document.
    pub(crate) secrets: Rc<Secrets>,
    /// Counts changes of what results are made from.
    pub generation: u64,
    /// Counts changes after which captures and chains may stand elsewhere: jobs planned before are void.
    pub layout: u64,
    /// Everybody, as recognised for a fingerprint.
    pub(crate) people: Option<(String, Rc<crate::ops::People>)>,
    /// What the detections found, with what it was found in.
    pub(crate) found: Option<(String, Rc<weir_analyze::detections::Findings>)>,
    /// Detections under way, by what they are of; the one that went on last stands first.
    pub(crate) under_way: Vec<(String, crate::judge::UnderWay)>,
    /// What is earlier than the rest, or a document of what was.
    pub(crate) earlier: Option<Earlier>,
    /// What came of comparing with it, when the detections last ran.
    pub(crate) compared: Option<Rc<crate::ops::Compared>>,
}

/// What is compared with.
pub(crate) enum Earlier {
    /// A document, and the name of its file.
    Document(Rc<Baseline>, String),
    /// These captures, as far as they are loaded.
    Captures(Vec<CaptureId>),
    /// What began in this time; what began after it is current.
    Times(Timestamp, Timestamp),
}

impl Session {
    /// Nothing loaded.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            captures: Vec::new(),
            free: 0..0,
            chains: Vec::new(),
            digests: HashMap::with_hasher(FixedState::default()),
            merged: Vec::new(),
            seed,
            decode_as: Vec::new(),
            secrets: Rc::default(),
            generation: 0,
            layout: 0,
            people: None,
            found: None,
            under_way: Vec::new(),
            earlier: None,
            compared: None,
        }
    }

    /// A capture by letter.
    #[must_use]
    pub fn capture(&self, id: CaptureId) -> Option<&Capture> {
        self.captures
            .get(usize::from(id.0))
            .and_then(Option::as_ref)
    }

    pub(crate) fn capture_mut(&mut self, id: CaptureId) -> Option<&mut Capture> {
        self.captures
            .get_mut(usize::from(id.0))
            .and_then(Option::as_mut)
    }

    /// Captures that are there, by letter.
    pub fn loaded(&self) -> impl Iterator<Item = &Capture> {
        self.captures.iter().flatten()
    }

    /// Flow logs that are there, by letter.
    pub fn logs(&self) -> impl Iterator<Item = (&Capture, &FlowLog)> {
        self.loaded().filter_map(|c| Some((c, c.log.as_ref()?)))
    }

    /// A row of a flow log.
    #[must_use]
    pub fn row(&self, row: RowRef) -> Option<(&Capture, &FlowRow)> {
        let capture = self.capture(row.capture)?;
        Some((capture, capture.log.as_ref()?.row(row.row)?))
    }

    /// The chain of a capture.
    #[must_use]
    pub fn chain_of(&self, id: CaptureId) -> Option<&Chain> {
        self.capture(id).and_then(|c| self.chains.get(c.chain))
    }

    /// A packet's entry in the index.
    #[must_use]
    pub fn entry(&self, packet: PacketRef) -> Option<PacketEntry> {
        self.capture(packet.capture)
            .and_then(|c| c.index.get(packet.number))
    }

    /// What dissection is told of a packet.
    #[must_use]
    pub fn meta(&self, packet: PacketRef) -> Option<PacketMeta> {
        let capture = self.capture(packet.capture)?;
        let entry = capture.index.get(packet.number)?;
        Some(PacketMeta {
            packet,
            time: entry.time,
            untimed: entry.untimed,
            record: entry.record,
            wire_len: entry.wire,
            link_type: capture.link_type(entry.interface),
            interface: u32::from(entry.interface),
            first: capture.facts.first.unwrap_or(entry.time),
            previous: packet
                .number
                .checked_sub(1)
                .and_then(|n| capture.index.get(n))
                .map(|e| e.time),
        })
    }

    /// Keys that open what is encrypted.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The flow Wireshark calls `transport` stream `number` in a capture.
    #[must_use]
    pub fn flow_of_stream(
        &self,
        capture: CaptureId,
        transport: &str,
        number: u32,
    ) -> Option<FlowId> {
        let facts = self.chain_of(capture)?.facts();
        facts
            .flows
            .iter()
            .find(|f| f.transport.name() == transport && f.stream(capture) == Some(number))
            .map(|f| f.id)
    }

    /// Packets of all captures.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.loaded().map(|c| u64::from(c.index.len())).sum()
    }

    /// First and last time over all captures.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let spans = || {
            self.loaded()
                .filter_map(|c| c.facts.earliest.zip(c.facts.latest))
        };
        Some((spans().map(|s| s.0).min()?, spans().map(|s| s.1).max()?))
    }

    /// Takes a capture out; `false` when there is none. What else its chain holds must be read again:
    /// a [`crate::Load`] without files does that.
    pub fn remove(&mut self, id: CaptureId) -> bool {
        let Some(capture) = self
            .captures
            .get_mut(usize::from(id.0))
            .and_then(Option::take)
        else {
            return false;
        };
        self.void(capture.chain);
        self.keys_left(id);
        for other in self.captures.iter_mut().flatten() {
            other.same_as = other.same_as.filter(|same| *same != id);
        }
        self.generation += 1;
        self.layout += 1;
        true
    }

    /// Says which protocol a port (or other key) carries. Everything must be read again: a
    /// [`crate::Load`] without files does that.
    pub fn set_decode_as(&mut self, decode_as: Vec<(Over, &'static Protocol)>) {
        self.decode_as = decode_as;
        for chain in 0..self.chains.len() {
            self.void(chain);
        }
        self.generation += 1;
        self.layout += 1;
    }

    /// Says what is earlier. Nothing is read again; what was concluded no longer holds.
    pub(crate) fn set_earlier(&mut self, earlier: Option<Earlier>) {
        self.earlier = earlier;
        self.generation += 1;
    }

    /// A chain's facts no longer hold.
    pub(crate) fn void(&mut self, chain: usize) {
        if let Some(chain) = self.chains.get_mut(chain) {
            chain.captures.clear();
        }
        self.digests.retain(|(c, _), _| *c != chain);
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            seed: self.seed,
            decode_as: self.decode_as.clone(),
            secrets: Rc::clone(&self.secrets),
            ..Options::default()
        }
    }

    /// Names what results are made from: captures with sizes and clock offsets, overrides, version.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut text = format!("{}.{}", env!("CARGO_PKG_VERSION"), self.generation);
        for c in self.loaded() {
            // While a capture is read it changes with every doubling: results are then asked for again
            // at a cost that stays within twice the last one's.
            let rows = c.log.as_ref().map_or(0, |l| l.rows.len());
            let read = c.index.len().max(u32::try_from(rows).unwrap_or(u32::MAX));
            let read = if c.complete {
                read
            } else {
                read.checked_ilog2().map_or(0, |n| 1 << n)
            };
            let _ = write!(
                text,
                ";{}:{}:{}:{}:{read}",
                c.id, c.plain_size, c.complete, c.offset.0
            );
        }
        for (over, protocol) in &self.decode_as {
            let _ = write!(text, ";{over:?}={}", protocol.info.name);
        }
        text
    }

    /// The captured flow that a row of a flow log describes, by its ends and its time.
    #[must_use]
    pub fn captured_as(&self, log: &Capture, row: &FlowRow) -> Option<String> {
        /// How far the clocks of two sensors may differ, in nanoseconds.
        const SLACK: i64 = 5_000_000_000;
        let ends = [
            (row.originator.ip, row.originator.port),
            (row.responder.ip, row.responder.port),
        ];
        let (from, to) = (row.time.plus(log.offset), row.end().plus(log.offset));
        let slack = Duration(SLACK);
        let same = |f: &&weir_dissect::flow::Flow| {
            f.transport.name() == row.transport.name()
                && (ends == [f.client, f.server] || ends == [f.server, f.client])
                && from <= f.ended.plus(slack)
                && f.begun <= to.plus(slack)
        };
        let mut flows = self.chains.iter().flat_map(|c| &c.facts().flows);
        flows.find(same).map(crate::ops::flow_name)
    }

    /// How a packet is written: its number alone where only one capture was ever loaded.
    #[must_use]
    pub fn name(&self, packet: PacketRef) -> String {
        if self.captures.len() <= 1 {
            packet.number.to_string()
        } else {
            packet.to_string()
        }
    }
}
