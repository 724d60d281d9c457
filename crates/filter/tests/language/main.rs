//! The filter language from text to answer, over a made-up schema.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod common;
mod completion;
mod errors;
mod plan;
mod syntax;
mod truth;
