//! The only crate that knows JavaScript: the engine and the decoder as classes. Every method is
//! synchronous and short; what crosses is copied.

mod case;
mod casework;
mod decoder;
mod engine;
mod report;
mod room;

pub use decoder::Decoder;
pub use engine::Engine;
