//! Facts to conclusions, pure: answers, health, environment, statistics, detections.
//! Reads no bytes, has no clock and opens nothing; equal input gives equal output.

pub mod activity;
pub mod allow;
pub mod answers;
pub mod applications;
pub mod baseline;
mod beacons;
pub mod chain;
pub mod checklist;
pub mod crossings;
pub mod decisions;
pub mod detections;
pub mod environment;
pub mod health;
mod input;
pub mod leads;
pub mod outliers;
pub mod rhythm;
pub mod stack;
pub mod statistics;
#[cfg(test)]
mod tape;
pub mod techniques;
mod traffic;
pub mod trends;

pub use input::{
    CaptureSpan, ChainInput, Content, Digests, Hashes, Input, LogInput, Merged, NoDigests, Party,
};
