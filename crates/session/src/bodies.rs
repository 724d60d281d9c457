//! Bodies read again: hashed, or collected to be saved and merged. Decodes content codings.

use crate::error::{ErrorKind, SessionError};
use crate::index::PacketEntry;
use crate::input::{Input, Need};
use crate::job::{Job, Phase, Progress, Step};
use crate::replay::{Replay, Visitor};
use crate::session::{Chain, Session};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use weir_dissect::{BodyEnd, BodyKey, BodySink, DecodeEnd, Decoder, Encoding};
use weir_model::{CaptureId, FieldSink, FlowId, NoSink, PacketRef};

/// Decoded bytes of bodies read again for one purpose that are held in memory at most.
pub const HELD: usize = 256 << 20;

/// Heap that decoders of open bodies may take while all are hashed in one pass. Bodies beyond it are hashed
/// one connection at a time.
const OPEN: usize = 64 << 20;

/// Said of a file that was delivered whole and could not be decoded beside the others of its connection.
pub(crate) const DECODE_CROWDED: &str =
    "not decoded: too many compressed files open at once on its connection";

/// Said of a file that was delivered whole and cannot be decoded within bounds.
pub(crate) const DECODE_BOMB: &str = "decompression bomb, not decoded further";

/// Said of a file that was delivered whole and whose coding is broken.
pub(crate) const DECODE_BROKEN: &str = "content coding broken or cut";

/// What a body's decoded content is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digests {
    /// Decoded bytes.
    pub size: u64,
    /// Its hashes; `None` where bytes are missing or could not be decoded.
    pub hashes: Option<Hashes>,
    /// How decoding ended.
    pub decoded: DecodeEnd,
}

/// The three hashes of a content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hashes {
    /// RFC 1321.
    pub md5: [u8; 16],
    /// FIPS 180-4.
    pub sha1: [u8; 20],
    /// FIPS 180-4.
    pub sha256: [u8; 32],
}

impl Hashes {
    /// Of bytes at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            md5: Md5::digest(bytes).into(),
            sha1: Sha1::digest(bytes).into(),
            sha256: Sha256::digest(bytes).into(),
        }
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
            let _ = write!(s, "{b:02x}");
            s
        })
}

struct Hashing {
    decoder: Option<Decoder>,
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    size: u64,
    gap: bool,
    /// It was to be decoded, and bytes are missing.
    torn: bool,
}

impl Hashing {
    fn new(encodings: &[Encoding]) -> Self {
        let decoder = (!encodings.is_empty()).then(|| Decoder::new(encodings));
        Self {
            decoder,
            md5: Md5::new(),
            sha1: Sha1::new(),
            sha256: Sha256::new(),
            size: 0,
            gap: false,
            torn: false,
        }
    }

    /// Heap of its decoder, roughly.
    fn held(&self) -> usize {
        self.decoder.as_ref().map_or(0, Decoder::held)
    }

    /// Bytes are missing: it will have no hashes, and what follows cannot be decoded.
    fn tear(&mut self) {
        self.gap = true;
        self.torn |= self.decoder.take().is_some();
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.torn {
            return;
        }
        let (md5, sha1, sha256, size) = (
            &mut self.md5,
            &mut self.sha1,
            &mut self.sha256,
            &mut self.size,
        );
        let mut digest = |part: &[u8]| {
            *size = size.saturating_add(part.len() as u64);
            md5.update(part);
            sha1.update(part);
            sha256.update(part);
        };
        match &mut self.decoder {
            Some(decoder) => decoder.push(bytes, &mut digest),
            None => digest(bytes),
        }
    }

    fn end(mut self) -> Digests {
        let (md5, sha1, sha256, size) = (
            &mut self.md5,
            &mut self.sha1,
            &mut self.sha256,
            &mut self.size,
        );
        let mut digest = |part: &[u8]| {
            *size = size.saturating_add(part.len() as u64);
            md5.update(part);
            sha1.update(part);
            sha256.update(part);
        };
        let decoded = self
            .decoder
            .take()
            .map_or(DecodeEnd::Whole, |d| d.finish(&mut digest));
        let decoded = if self.torn {
            DecodeEnd::Broken
        } else {
            decoded
        };
        let whole = !self.gap && matches!(decoded, DecodeEnd::Whole | DecodeEnd::Unknown);
        let hashes = whole.then(|| Hashes {
            md5: self.md5.finalize().into(),
            sha1: self.sha1.finalize().into(),
            sha256: self.sha256.finalize().into(),
        });
        Digests {
            size: self.size,
            hashes,
            decoded,
        }
    }
}

/// Hashes every body that passes, while there is room.
#[derive(Default)]
struct HashSink {
    open: HashMap<BodyKey, Hashing, FixedState>,
    done: Vec<(BodyKey, Digests)>,
    /// Heap of all open decoders.
    held: usize,
    /// Bodies for which there was no room.
    put_off: Vec<BodyKey>,
}

impl HashSink {
    /// The body is not hashed in this pass.
    fn put_off(&mut self, key: BodyKey) {
        if let Some(h) = self.open.remove(&key) {
            self.held = self.held.saturating_sub(h.held());
            self.put_off.push(key);
        }
    }
}

impl BodySink for HashSink {
    fn begin(&mut self, key: BodyKey, encodings: &[Encoding]) {
        let hashing = Hashing::new(encodings);
        self.held += hashing.held();
        if let Some(old) = self.open.insert(key, hashing) {
            self.held = self.held.saturating_sub(old.held());
        }
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        if let Some(h) = self.open.get_mut(&key) {
            let before = h.held();
            h.take(bytes);
            self.held = self.held.saturating_sub(before) + h.held();
        }
        if self.held > OPEN {
            self.put_off(key);
        }
    }
    fn gap(&mut self, key: BodyKey, _: u64) {
        if let Some(h) = self.open.get_mut(&key) {
            self.held = self.held.saturating_sub(h.held());
            h.tear();
        }
    }
    fn end(&mut self, key: BodyKey, _: BodyEnd) {
        if let Some(h) = self.open.remove(&key) {
            self.held = self.held.saturating_sub(h.held());
            self.done.push((key, h.end()));
        }
    }
}

/// A pass over bodies describes nothing.
struct Bodies<S> {
    fields: NoSink,
    sink: S,
}

impl<S: BodySink> Visitor for Bodies<S> {
    fn look(
        &mut self,
        _: PacketRef,
        _: &PacketEntry,
        _: &[u8],
    ) -> (&mut dyn FieldSink, Option<&mut dyn BodySink>) {
        (&mut self.fields, Some(&mut self.sink))
    }
    fn described(&mut self, _: PacketRef, _: &Session) {}
    fn bodies(&mut self) -> Option<&mut dyn BodySink> {
        Some(&mut self.sink)
    }
}

enum Stage {
    /// The bodies of a chain; then those among them that had no room.
    Bodies(usize, PutOff),
    Files(usize),
}

/// Bodies that had no room, in order: read again in groups of flows, smaller ones where a group has no room either.
#[derive(Default)]
struct PutOff {
    keys: Vec<BodyKey>,
    /// Flows of a group; 0 before the first.
    group: usize,
}

impl PutOff {
    /// Flows of a group at first.
    const GROUP: usize = 512;

    /// The flows that are read now.
    fn flows(&self) -> Vec<FlowId> {
        let mut flows: Vec<FlowId> = self.keys.iter().map(|k| k.flow).collect();
        flows.dedup();
        flows.truncate(self.group);
        flows
    }

    /// A pass over [`PutOff::flows`] has ended and had no room for these. What is left without any chance is returned.
    fn passed(&mut self, crowded: &mut Vec<BodyKey>) -> Vec<BodyKey> {
        crowded.sort_unstable();
        crowded.dedup();
        let flows = self.flows();
        self.keys.retain(|k| !flows.contains(&k.flow));
        if self.group == 1 {
            return std::mem::take(crowded);
        }
        if self.group == 0 {
            self.group = Self::GROUP;
        } else if !crowded.is_empty() {
            self.group = self.group.div_ceil(4);
        }
        self.keys.append(crowded);
        self.keys.sort_unstable();
        Vec::new()
    }
}

/// Computes the digests of every artifact's content, then of the captures themselves.
pub struct Hash {
    stage: Stage,
    replay: Option<Replay<Bodies<HashSink>>>,
    file: Option<(CaptureId, Sha256, u64)>,
    /// Hash the captures themselves too.
    captures: bool,
    done: u64,
    of: u64,
}

impl Hash {
    /// All that is not hashed yet.
    #[must_use]
    pub fn new(session: &Session, captures: bool) -> Self {
        let of = session
            .loaded()
            .map(|c| c.plain_size + if captures { c.size } else { 0 })
            .sum();
        Self {
            stage: Stage::Bodies(0, PutOff::default()),
            replay: None,
            file: None,
            captures,
            done: 0,
            of,
        }
    }

    /// One pass over the chain, or over a group of the flows that were put off.
    fn bodies(
        &mut self,
        chain: usize,
        session: &mut Session,
        input: &mut Input,
        fuel: u32,
    ) -> Step {
        let Some(c) = session.chains.get(chain) else {
            self.stage = Stage::Files(0);
            return Step::More;
        };
        let Stage::Bodies(_, put_off) = &mut self.stage else {
            return Step::More;
        };
        let replay = self.replay.get_or_insert_with(|| {
            let facts = c.facts();
            let again = put_off.flows();
            let targets: Vec<PacketRef> = if again.is_empty() {
                facts
                    .artifacts
                    .iter()
                    .filter(|a| !session.digests.contains_key(&(chain, a.key)))
                    .filter_map(|a| facts.flow(a.flow()))
                    .map(|f| f.last)
                    .collect()
            } else {
                let flows = again.iter().filter_map(|id| facts.flow(*id));
                flows.map(|f| f.last).collect()
            };
            let visitor = Bodies {
                fields: NoSink,
                sink: HashSink::default(),
            };
            Replay::new(session, chain, &targets, true, visitor)
        });
        let step = replay.step(session, input, fuel);
        let ended = matches!(step, Step::Done);
        if ended {
            replay.hang_up(session);
        }
        let sink = &mut replay.visitor.sink;
        let mut done = std::mem::take(&mut sink.done);
        if !ended {
            for (key, digests) in done {
                session.digests.insert((chain, key), digests);
            }
            return step;
        }
        let mut rest: Vec<_> = sink.open.drain().map(|(k, h)| (k, h.end())).collect();
        rest.sort_by_key(|r| r.0);
        done.extend(rest);
        let mut crowded = std::mem::take(&mut sink.put_off);
        self.replay = None;
        let left = put_off.passed(&mut crowded);
        if !left.is_empty() {
            let facts = session.chains.get(chain).map(Chain::facts);
            let artifacts = facts.into_iter().flat_map(|f| &f.artifacts);
            done.extend(artifacts.filter(|a| left.contains(&a.key)).map(|a| {
                let digests = Digests {
                    size: a.wire_size,
                    hashes: None,
                    decoded: DecodeEnd::Crowded,
                };
                (a.key, digests)
            }));
        }
        if put_off.keys.is_empty() {
            self.stage = Stage::Bodies(chain + 1, PutOff::default());
        }
        for (key, digests) in done {
            session.digests.insert((chain, key), digests);
        }
        session.generation += 1;
        Step::More
    }

    fn files(&mut self, n: usize, session: &mut Session, input: &mut Input) -> Step {
        let Some(slot) = session.captures.get_mut(n) else {
            return Step::Done;
        };
        let Some(capture) = slot
            .as_mut()
            .filter(|c| self.captures && c.sha256.is_none())
        else {
            self.stage = Stage::Files(n + 1);
            return Step::More;
        };
        let (_, hasher, at) = self
            .file
            .get_or_insert_with(|| (capture.id, Sha256::new(), 0));
        let piece = input.from(capture.raw, *at);
        if piece.is_empty() && *at < capture.size {
            return Step::Need(vec![Need {
                source: capture.raw,
                start: *at,
                end: capture.size,
                sequential: true,
            }]);
        }
        hasher.update(piece);
        *at += piece.len() as u64;
        self.done += piece.len() as u64;
        input.forget(capture.raw, *at);
        if *at >= capture.size {
            capture.sha256 = self.file.take().map(|(_, h, _)| h.finalize().into());
            self.stage = Stage::Files(n + 1);
            input.forget(capture.raw, u64::MAX);
        }
        Step::More
    }
}

impl Job for Hash {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        match self.stage {
            Stage::Bodies(chain, _) => self.bodies(chain, session, input, fuel),
            Stage::Files(n) => self.files(n, session, input),
        }
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        let bodies = self.replay.as_ref().and_then(|r| r.progress(session));
        Some(match (&self.stage, bodies) {
            (Stage::Bodies(..), Some(p)) => Progress {
                phase: Phase::Hashing,
                ..p
            },
            _ => Progress {
                phase: Phase::Hashing,
                done: self.done,
                of: self.of,
                unit: "bytes",
            },
        })
    }
}

/// A body read again, decoded.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// Decoded content, without the missing parts.
    pub bytes: Vec<u8>,
    /// Places in `bytes` where so many transferred bytes are missing.
    pub gaps: Vec<(u64, u64)>,
    /// How decoding ended.
    pub decoded: Option<DecodeEnd>,
    /// There was more than [`HELD`].
    pub cut: bool,
}

struct Collect {
    wanted: Vec<BodyKey>,
    open: HashMap<BodyKey, (Decoder, Collected), FixedState>,
    done: HashMap<BodyKey, Collected, FixedState>,
    /// What is left of [`HELD`].
    left: usize,
}

impl Collected {
    fn take(&mut self, part: &[u8], left: &mut usize) {
        let room = part.len().min(*left);
        self.cut |= part.len() > room;
        *left -= room;
        self.bytes
            .extend_from_slice(part.get(..room).unwrap_or_default());
    }
}

impl Collect {
    fn finish(&mut self, key: BodyKey, decoder: Decoder, mut out: Collected) {
        let left = &mut self.left;
        out.decoded = Some(decoder.finish(&mut |part| out.take(part, left)));
        self.done.insert(key, out);
    }
}

impl BodySink for Collect {
    fn begin(&mut self, key: BodyKey, encodings: &[Encoding]) {
        if self.wanted.contains(&key) {
            self.open
                .insert(key, (Decoder::new(encodings), Collected::default()));
        }
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        if let Some((decoder, out)) = self.open.get_mut(&key) {
            let left = &mut self.left;
            decoder.push(bytes, &mut |part| out.take(part, left));
        }
    }
    fn gap(&mut self, key: BodyKey, len: u64) {
        if let Some((_, out)) = self.open.get_mut(&key) {
            out.gaps.push((out.bytes.len() as u64, len));
        }
    }
    fn end(&mut self, key: BodyKey, _: BodyEnd) {
        if let Some((decoder, out)) = self.open.remove(&key) {
            self.finish(key, decoder, out);
        }
    }
}

/// Reads chosen bodies of one chain again.
pub struct Extract {
    replay: Replay<Bodies<Collect>>,
}

impl Extract {
    /// The bodies with these keys.
    #[must_use]
    pub fn new(session: &Session, chain: usize, keys: Vec<BodyKey>) -> Self {
        let mut targets = Vec::new();
        if let Some(c) = session.chains.get(chain) {
            targets.extend(
                c.facts()
                    .artifacts
                    .iter()
                    .filter(|a| keys.contains(&a.key))
                    .map(|a| a.last),
            );
            if targets.is_empty() {
                targets.extend(
                    keys.iter()
                        .filter_map(|k| c.facts().flow(k.flow))
                        .map(|f| f.last),
                );
            }
        }
        let sink = Collect {
            wanted: keys,
            open: HashMap::default(),
            done: HashMap::default(),
            left: HELD,
        };
        Self {
            replay: Replay::new(
                session,
                chain,
                &targets,
                true,
                Bodies {
                    fields: NoSink,
                    sink,
                },
            ),
        }
    }

    /// What was found, after the job is done; bodies that never ended as they stand.
    #[must_use]
    pub fn finish(mut self) -> HashMap<BodyKey, Collected, FixedState> {
        let sink = &mut self.replay.visitor.sink;
        let mut open: Vec<_> = sink.open.drain().collect();
        open.sort_by_key(|o| o.0);
        for (key, (decoder, out)) in open {
            sink.finish(key, decoder, out);
        }
        self.replay.visitor.sink.done
    }
}

impl Job for Extract {
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step {
        match self.replay.step(session, input, fuel) {
            Step::Failed(e) => Step::Failed(SessionError::new(ErrorKind::Gone, e.message)),
            Step::Done => {
                self.replay.hang_up(session);
                Step::Done
            }
            step => step,
        }
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        self.replay.progress(session)
    }
}
