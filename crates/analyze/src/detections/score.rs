//! What a finding's numbers are made of, so that everybody can do the sum again: formula, terms, plots, expected
//! times. Computes nothing.

use weir_model::{Duration, PacketRef, Timestamp};

/// A number with its formula and this case's values.
#[derive(Clone, PartialEq, Debug)]
pub struct Score {
    /// What it is called: `pattern`, `concern`.
    pub name: &'static str,
    /// In words and signs: `1 - product of (1 - weight × value)`.
    pub formula: &'static str,
    /// What it gave, 0 to 1.
    pub result: f64,
    /// What went in.
    pub terms: Vec<Term>,
}

/// One value of a formula.
#[derive(Clone, PartialEq, Debug)]
pub struct Term {
    /// What it is.
    pub name: &'static str,
    /// Its value in this case.
    pub value: f64,
    /// How much it counts, where the formula weighs.
    pub weight: Option<f64>,
    /// What it was taken from, in words. Hostile text inside.
    pub says: String,
}

impl Term {
    /// A value that is weighed.
    #[must_use]
    pub fn weighed(name: &'static str, weight: f64, value: f64, says: String) -> Self {
        Self {
            name,
            value,
            weight: Some(weight),
            says,
        }
    }

    /// A value that is not.
    #[must_use]
    pub fn plain(name: &'static str, value: f64, says: String) -> Self {
        Self {
            name,
            value,
            weight: None,
            says,
        }
    }
}

/// Bars, in their order.
#[derive(Clone, PartialEq, Debug)]
pub struct Plot {
    /// `Gaps between check-ins`.
    pub title: &'static str,
    /// What a bar's place counts: `seconds`, `hour`, `slot`.
    pub unit: &'static str,
    /// From, and how many.
    pub bars: Vec<(f64, u64)>,
}

/// When something that repeats comes next.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Expected {
    /// Not before.
    pub lo: Timestamp,
    /// Not after.
    pub hi: Timestamp,
    /// How often such an interval holds, 0 to 1: what the sample supports.
    pub level: f64,
}

/// What earlier captures gave as the next time, and what a later one holds of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Foretold {
    /// Letters of the captures that it was made from: `A`, `A to C`.
    pub by: String,
    /// The interval.
    pub expected: Expected,
    /// `confirmed`, `missed`, or `open` where the captures do not cover it.
    pub state: &'static str,
    /// When it came, and its packet: within the interval, or after it was missed.
    pub came: Option<(Timestamp, PacketRef)>,
    /// Slots that passed without it.
    pub missed: u64,
    /// Intervals foretold at ends of captures that were confirmed, and all that came out.
    pub tally: (u64, u64),
    /// In words, without times.
    pub says: String,
}

/// What repeats.
#[derive(Clone, PartialEq, Debug)]
pub struct Rhythm {
    /// From one time to the next.
    pub period: Duration,
    /// Times it was seen.
    pub seen: u64,
    /// Times it was expected and did not come.
    pub missed: u64,
    /// The next ones, soonest first; empty where the sample supports none.
    pub next: Vec<Expected>,
    /// Of intervals made inside the capture in the same way, how many held: held, made.
    pub tested: (u64, u64),
    /// Why there is no next, or what there is to know about it.
    pub says: String,
    /// Where several captures follow each other: what the earlier ones foretold.
    pub foretold: Option<Foretold>,
}
