//! What a door gets back for a call or a step, named as the page's contract names it.

use crate::error::SessionError;
use crate::input::Need;
use crate::job::{Covers, Phase};
use crate::ops::names;
use crate::session::Session;
use serde::Serialize;
use serde_json::Value;
use weir_dissect::{BOMB, DecodeEnd};
use weir_model::LimitKind;

/// How a job stands after a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Step again.
    More,
    /// Supply bytes first.
    Need,
    /// A result so far; step again.
    Partial,
    /// Ended with a result.
    Done,
    /// Ended on request.
    Cancelled,
    /// Ended without a result.
    Failed,
}

/// A range of a file that a job waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct NeedRow {
    /// The door's number of the file.
    pub source: u32,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Any prefix will do, and what follows will be needed next.
    pub sequential: bool,
}

impl From<Need> for NeedRow {
    fn from(n: Need) -> Self {
        Self {
            source: n.source.0,
            start: n.start,
            end: n.end,
            sequential: n.sequential,
        }
    }
}

/// How far one file of a load is.
#[derive(Clone, Debug, Serialize)]
pub struct CaptureProgress {
    /// Its letter, once it has one.
    pub capture: Option<String>,
    /// File name.
    pub name: String,
    /// Plain bytes read.
    pub bytes: u64,
    /// Of so many.
    pub of_bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// `waiting`, `reading`, `done`, `stopped`, `refused`.
    pub phase: &'static str,
    /// Why it stopped or was refused.
    pub error: Option<SessionError>,
}

/// How far a job is.
#[derive(Clone, Debug, Serialize)]
pub struct ProgressRow {
    /// What it is doing.
    pub phase: Phase,
    /// Done so far.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// `bytes`, `packets`, `rows`, `files`.
    pub unit: &'static str,
    /// The files of a load.
    pub captures: Vec<CaptureProgress>,
}

/// A bound that was hit.
#[derive(Clone, Debug, Serialize)]
pub struct LimitRow {
    /// Stable id.
    pub id: &'static str,
    /// A sentence.
    pub says: &'static str,
    /// The bound.
    pub bound: u64,
    /// Of what.
    pub unit: &'static str,
    /// How often.
    pub count: u64,
    /// The first packet it touched.
    pub first: Option<String>,
}

/// The answer to a call, a step or a cancel.
#[derive(Clone, Debug, Serialize)]
pub struct StepReply {
    /// How the job stands.
    pub state: State,
    /// What to supply.
    pub need: Vec<NeedRow>,
    /// How far it is.
    pub progress: Option<ProgressRow>,
    /// What a result stands on.
    pub covers: Option<Covers>,
    /// Bounds that were hit.
    pub limits: Vec<LimitRow>,
    /// The result, or `null`.
    pub payload: Value,
    /// Byte members of the payload: where they belong (a JSON pointer) and what they hold.
    #[serde(skip)]
    pub buffers: Vec<(String, Vec<u8>)>,
    /// A page of rows, or the next piece of a file being saved.
    #[serde(skip)]
    pub bytes: Option<Vec<u8>>,
    /// Why it failed.
    pub error: Option<SessionError>,
}

impl StepReply {
    /// A request that was answered at once; `bytes` for what is saved.
    #[must_use]
    pub fn done(payload: Value, bytes: Option<Vec<u8>>) -> Self {
        Self {
            payload,
            bytes,
            ..Self::new(State::Done)
        }
    }

    /// A request that cannot be answered.
    #[must_use]
    pub fn failed(error: SessionError) -> Self {
        Self {
            error: Some(error),
            ..Self::new(State::Failed)
        }
    }

    pub(crate) fn new(state: State) -> Self {
        Self {
            state,
            need: Vec::new(),
            progress: None,
            covers: None,
            limits: Vec::new(),
            payload: Value::Null,
            buffers: Vec::new(),
            bytes: None,
            error: None,
        }
    }
}

/// How much of the captures has been read.
pub(crate) fn covers(session: &Session) -> Covers {
    let mut out = Covers {
        packets: session.packets(),
        bytes: 0,
        of_bytes: 0,
        complete: true,
    };
    for c in session.loaded() {
        out.of_bytes += c.plain_size;
        out.complete &= c.complete;
        out.bytes += if c.complete {
            c.plain_size
        } else {
            c.read_to()
        };
    }
    out
}

/// Every bound that was hit, over all chains.
pub(crate) fn limits(session: &Session) -> Vec<LimitRow> {
    let mut out: Vec<LimitRow> = Vec::new();
    for limit in session.chains.iter().flat_map(|c| c.facts().limits.all()) {
        match out.iter_mut().find(|l| l.id == limit.kind.id) {
            Some(row) => row.count += limit.count,
            None => out.push(LimitRow {
                id: limit.kind.id,
                says: limit.kind.says,
                bound: limit.kind.bound,
                unit: limit.kind.unit,
                count: limit.count,
                first: limit.first.map(names::packet),
            }),
        }
    }
    let mut more =
        |kind: &'static LimitKind, count: u64| match out.iter_mut().find(|l| l.id == kind.id) {
            Some(row) => row.count += count,
            None if count > 0 => out.push(LimitRow {
                id: kind.id,
                says: kind.says,
                bound: kind.bound,
                unit: kind.unit,
                count,
                first: None,
            }),
            None => {}
        };
    let bombs = session.digests.values();
    let bombs = bombs.filter(|d| d.decoded == DecodeEnd::Bomb).count();
    more(&BOMB, bombs as u64);
    for (kind, count) in session.loaded().flat_map(|c| &c.facts.limits) {
        more(kind.0, *count);
    }
    let beyond: u64 = session.logs().map(|(_, l)| l.beyond).sum();
    more(&crate::log::LOG_ROWS, beyond);
    out
}
