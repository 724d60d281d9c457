//! Bodies read again: hashed, or collected to be saved and merged. Decodes content codings.

use crate::error::{ErrorKind, SessionError};
use crate::index::PacketEntry;
use crate::input::{Input, Need};
use crate::job::{Job, Phase, Progress, Step};
use crate::replay::{Replay, Visitor};
use crate::session::Session;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use weir_dissect::{BodyEnd, BodyKey, BodySink, DecodeEnd, Decoder, Encoding};
use weir_model::{CaptureId, FieldSink, NoSink, PacketRef};

/// Decoded bytes of one body held in memory at most.
pub const HELD: u64 = 256 << 20;

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
        }
    }

    fn take(&mut self, bytes: &[u8]) {
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

/// Hashes every body that passes.
#[derive(Default)]
struct HashSink {
    open: HashMap<BodyKey, Hashing, FixedState>,
    done: Vec<(BodyKey, Digests)>,
}

impl BodySink for HashSink {
    fn begin(&mut self, key: BodyKey, encodings: &[Encoding]) {
        self.open.insert(key, Hashing::new(encodings));
    }
    fn data(&mut self, key: BodyKey, bytes: &[u8]) {
        if let Some(h) = self.open.get_mut(&key) {
            h.take(bytes);
        }
    }
    fn gap(&mut self, key: BodyKey, _: u64) {
        if let Some(h) = self.open.get_mut(&key) {
            h.gap = true;
        }
    }
    fn end(&mut self, key: BodyKey, _: BodyEnd) {
        if let Some(h) = self.open.remove(&key) {
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
    Bodies(usize),
    Files(usize),
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
            stage: Stage::Bodies(0),
            replay: None,
            file: None,
            captures,
            done: 0,
            of,
        }
    }

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
        let replay = self.replay.get_or_insert_with(|| {
            let facts = c.facts();
            let new =
                |a: &&weir_dissect::facts::Artifact| !session.digests.contains_key(&(chain, a.key));
            let targets: Vec<PacketRef> = facts
                .artifacts
                .iter()
                .filter(new)
                .filter_map(|a| facts.flow(a.flow()))
                .map(|f| f.last)
                .collect();
            Replay::new(
                session,
                chain,
                &targets,
                true,
                Bodies {
                    fields: NoSink,
                    sink: HashSink::default(),
                },
            )
        });
        match replay.step(session, input, fuel) {
            Step::Done => {
                replay.hang_up(session);
                let mut sink = std::mem::take(&mut replay.visitor.sink);
                let mut rest: Vec<_> = sink.open.drain().map(|(k, h)| (k, h.end())).collect();
                rest.sort_by_key(|r| r.0);
                for (key, digests) in sink.done.into_iter().chain(rest) {
                    session.digests.insert((chain, key), digests);
                }
                self.replay = None;
                self.stage = Stage::Bodies(chain + 1);
                session.generation += 1;
                Step::More
            }
            step => {
                for (key, digests) in replay.visitor.sink.done.drain(..) {
                    session.digests.insert((chain, key), digests);
                }
                step
            }
        }
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
            Stage::Bodies(chain) => self.bodies(chain, session, input, fuel),
            Stage::Files(n) => self.files(n, session, input),
        }
    }

    fn progress(&self, session: &Session) -> Option<Progress> {
        let bodies = self.replay.as_ref().and_then(|r| r.progress(session));
        Some(match (&self.stage, bodies) {
            (Stage::Bodies(_), Some(p)) => Progress {
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
}

impl Collected {
    fn take(&mut self, part: &[u8]) {
        let room = usize::try_from(HELD)
            .unwrap_or(usize::MAX)
            .saturating_sub(self.bytes.len());
        self.cut |= part.len() > room;
        self.bytes
            .extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
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
            decoder.push(bytes, &mut |part| out.take(part));
        }
    }
    fn gap(&mut self, key: BodyKey, len: u64) {
        if let Some((_, out)) = self.open.get_mut(&key) {
            out.gaps.push((out.bytes.len() as u64, len));
        }
    }
    fn end(&mut self, key: BodyKey, _: BodyEnd) {
        if let Some((decoder, mut out)) = self.open.remove(&key) {
            out.decoded = Some(decoder.finish(&mut |part| out.bytes.extend_from_slice(part)));
            self.done.insert(key, out);
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
        let open: Vec<_> = self.replay.visitor.sink.open.drain().collect();
        for (key, (decoder, mut out)) in open {
            out.decoded = Some(decoder.finish(&mut |part| out.bytes.extend_from_slice(part)));
            self.replay.visitor.sink.done.insert(key, out);
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
