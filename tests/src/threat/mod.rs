//! Weir's findings on captures whose behaviour is known: what must be found, about whom, by which packets; and what
//! else is said, each with its reason. What is expected comes from the captures' makers and from reading the packets
//! with tshark, never from Weir.

mod expected;
mod found;
mod report;

pub use expected::{Expected, Item, Known, Reason, Tables, Verdict};
pub use found::{Alarm, Found};
pub use report::{About, Report, Row};

/// Where captures of attacks stand in the corpus.
const THREATS: &str = "threat/";

/// Captures that are broken on purpose: nothing is expected of them, and nothing of them is traffic.
const HOSTILE: &str = "hostile/";

/// Captures that are judged: those of attacks, and all others that are traffic of some kind.
#[must_use]
pub fn judged(captures: &[String]) -> Vec<&String> {
    captures
        .iter()
        .filter(|c| !c.starts_with(HOSTILE))
        .collect()
}

/// Is a capture one of an attack?
#[must_use]
pub fn is_threat(capture: &str) -> bool {
    capture.starts_with(THREATS)
}
