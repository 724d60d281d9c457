//! A bound that was hit: never silent, always with the first packet it touched.

use crate::PacketRef;

/// A named bound: one static beside the buffer it guards.
#[derive(Debug)]
pub struct LimitKind {
    /// Stable id: `reassembly.out_of_order`.
    pub id: &'static str,
    /// A sentence for capture health and report.
    pub says: &'static str,
    /// The bound.
    pub bound: u64,
    /// `bytes`, `packets`, `layers` …
    pub unit: &'static str,
}

/// That a bound was hit, how often, and where first.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Which bound.
    pub kind: &'static LimitKind,
    /// The first packet it touched, where a packet was at hand.
    pub first: Option<PacketRef>,
    /// How many times.
    pub count: u64,
}
