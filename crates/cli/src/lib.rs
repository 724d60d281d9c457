//! The native door: files on disk for a session, the crank turned until a job is done.
//! Knows no protocol and draws no conclusion; the command line stands on it, and so do tests and benchmarks.

mod door;

pub use door::{Door, Options};
