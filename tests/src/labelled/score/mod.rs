//! Compares what `weir findings` says of labelled captures with what was planted in them.

pub mod figures;
pub mod finding;
pub mod invariance;
pub mod matching;
pub mod report;
pub mod run;
pub mod surface;
pub mod targets;
