//! What conclusions are drawn from: facts of chains, spans of captures, digests of bodies. Holds no byte.

use crate::answers::merge::MergePlan;
use std::net::IpAddr;
use weir_dissect::{BodyKey, Facts};
use weir_import::FlowRow;
use weir_model::{CaptureId, Duration, LimitKind, Mac, RowRef, Timestamp};

/// Everything there is to conclude from. Built by whoever loaded it; borrowing only.
pub struct Input<'a> {
    /// Chains in order of their first packets.
    pub chains: Vec<ChainInput<'a>>,
    /// Flow logs by letter, without those that repeat an earlier one.
    pub logs: Vec<LogInput<'a>>,
    /// Digests of bodies.
    pub digests: &'a dyn Digests,
    /// What reading the merge plans' parts gave, where that was done.
    pub merged: &'a [Merged],
}

/// One chain.
pub struct ChainInput<'a> {
    /// Its facts.
    pub facts: &'a Facts,
    /// Its captures in order of their first packets, without those that repeat an earlier one.
    pub captures: Vec<CaptureSpan>,
}

/// A capture's place in time.
#[derive(Clone, Debug, Default)]
pub struct CaptureSpan {
    /// Letter.
    pub id: CaptureId,
    /// Earliest packet.
    pub first: Timestamp,
    /// Latest packet.
    pub last: Timestamp,
    /// Packets in it.
    pub packets: u64,
    /// Snap length that cut packets, where one is stated.
    pub snap_length: Option<u32>,
    /// Where and why reading ended early.
    pub broken: Option<String>,
    /// Broken blocks that were stepped over, and of the first few the offset and what was found.
    pub damaged: (u64, Vec<(u64, String)>),
    /// Bounds of reading that were hit: what, how often.
    pub limits: Vec<(&'static LimitKind, u64)>,
    /// What the analyst says its clock is off by.
    pub offset: Duration,
}

/// A flow log: who talked with whom, and nothing of what was said.
#[derive(Clone, Debug, Default)]
pub struct LogInput<'a> {
    /// Letter.
    pub id: CaptureId,
    /// Its rows, in file order.
    pub rows: &'a [FlowRow],
    /// What the analyst says its clock is off by.
    pub offset: Duration,
    /// Earliest begin and latest end of a row, by its own clock.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Lines that are no rows.
    pub refused: u64,
    /// The first of them and what is wrong with it.
    pub refusal: Option<String>,
    /// Rows beyond the bound, which were not kept; and the bound.
    pub beyond: (u64, u64),
    /// Where and why reading ended early.
    pub broken: Option<String>,
}

impl LogInput<'_> {
    /// When a row's flow began.
    #[must_use]
    pub fn begun(&self, row: &FlowRow) -> Timestamp {
        row.time.plus(self.offset)
    }

    /// When it ended.
    #[must_use]
    pub fn ended(&self, row: &FlowRow) -> Timestamp {
        row.end().plus(self.offset)
    }

    /// First and last moment that rows speak of.
    #[must_use]
    pub fn shifted(&self) -> Option<(Timestamp, Timestamp)> {
        self.span
            .map(|(a, b)| (a.plus(self.offset), b.plus(self.offset)))
    }

    /// A row's name.
    #[must_use]
    pub fn reference(&self, row: &FlowRow) -> RowRef {
        RowRef {
            capture: self.id,
            row: row.row,
        }
    }
}

/// Digests of a content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hashes {
    /// RFC 1321.
    pub md5: [u8; 16],
    /// FIPS 180-4.
    pub sha1: [u8; 20],
    /// FIPS 180-4.
    pub sha256: [u8; 32],
}

/// A decoded content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Content {
    /// Decoded bytes at hand.
    pub size: u64,
    /// Their hashes; `None` where bytes are missing or could not be decoded.
    pub hashes: Option<Hashes>,
    /// Decoding ended at [`weir_dissect::BOMB`].
    pub bomb: bool,
}

/// Where digests come from.
pub trait Digests {
    /// Of the body with this key in a chain; `None` while it is not hashed.
    fn content(&self, chain: usize, key: BodyKey) -> Option<Content>;
}

/// No digest is known yet.
pub struct NoDigests;

impl Digests for NoDigests {
    fn content(&self, _: usize, _: BodyKey) -> Option<Content> {
        None
    }
}

impl<F: Fn(usize, BodyKey) -> Option<Content>> Digests for F {
    fn content(&self, chain: usize, key: BodyKey) -> Option<Content> {
        self(chain, key)
    }
}

/// The parts of a plan, read.
#[derive(Clone, PartialEq, Debug)]
pub struct Merged {
    /// Which plan.
    pub plan: MergePlan,
    /// Bytes that two parts have in common are equal in both.
    pub agree: bool,
    /// The whole content.
    pub content: Option<Content>,
}

impl<'a> Input<'a> {
    /// One chain, nothing hashed.
    #[must_use]
    pub fn of(facts: &'a Facts, captures: Vec<CaptureSpan>) -> Self {
        Self {
            chains: vec![ChainInput { facts, captures }],
            logs: Vec::new(),
            digests: &NoDigests,
            merged: &[],
        }
    }

    /// Packets in all captures.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.captures().map(|c| c.packets).sum()
    }

    /// All captures.
    pub fn captures(&self) -> impl Iterator<Item = &CaptureSpan> {
        self.chains.iter().flat_map(|c| &c.captures)
    }

    /// Rows of all flow logs.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.logs.iter().map(|l| l.rows.len() as u64).sum()
    }

    /// What stands for a chain where rows of the log at `n` are meant: their addresses are looked up as of a
    /// chain of its own.
    #[must_use]
    pub fn log_place(&self, n: usize) -> usize {
        self.chains.len() + n
    }

    /// First and last moment over all captures and logs.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let captures = self.captures().map(|c| (c.first, c.last));
        let spans = captures.chain(self.logs.iter().filter_map(LogInput::shifted));
        spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
    }
}

/// Who took part, in words: address and hardware address.
pub type Party = (IpAddr, Option<Mac>);
