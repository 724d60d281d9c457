//! Earlier against current: what was normal, as a document without payload, and what deviates from it. Deviations are
//! told with the chance that so much would be new, or more, if nothing had changed; of each kind no more than one in
//! twenty told is expected to be chance (Benjamini, Hochberg 1995).

mod build;
mod compare;
mod part;

pub use build::{Current, SIXTHS, Shown, current};
pub use compare::{CHANCE, Changed, Deviation, Deviations, GOVERNING, More, compare};
pub use part::Part;
