//! Long work as a step machine: the door turns the crank, with fuel and with bytes.

use crate::error::SessionError;
use crate::input::{Input, Need};
use crate::session::Session;
use serde::Serialize;

/// What a step came to.
pub enum Step {
    /// Call again.
    More,
    /// Supply these first. Ranges without `sequential` must all have come before the next step.
    Need(Vec<Need>),
    /// Finished.
    Done,
    /// Could not finish; what was done stands.
    Failed(SessionError),
}

/// What a job is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Captures are read.
    Reading,
    /// Conclusions are drawn.
    Analysing,
    /// Contents are hashed.
    Hashing,
    /// Something is written out.
    Writing,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Done so far.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// `bytes`, `packets`, `rows`, `files`.
    pub unit: &'static str,
}

/// How much of the captures a result stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Covers {
    /// Packets read.
    pub packets: u64,
    /// Bytes of plain capture read.
    pub bytes: u64,
    /// Of so many.
    pub of_bytes: u64,
    /// Nothing is left to read.
    pub complete: bool,
}

/// A unit of work over a session. Between steps a door may do anything else with the session;
/// dropping a job cancels it and leaves the session as after the last step.
pub trait Job {
    /// Goes on with at most about `fuel` packets, keys or rows.
    fn step(&mut self, session: &mut Session, input: &mut Input, fuel: u32) -> Step;
    /// How far it is.
    fn progress(&self, session: &Session) -> Option<Progress>;
}
