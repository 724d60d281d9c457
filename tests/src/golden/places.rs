//! When a case happens and where its servers are.

use crate::packets::Nanos;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The times of a case.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// First packet of A is not before.
    pub start: Nanos,
    /// Start of the window.
    pub from: Nanos,
    /// End of A, the case's "now".
    pub now: Nanos,
    /// End of the window.
    pub to: Nanos,
    /// End of B.
    pub end: Nanos,
    /// Real time per planned time: 1, or less in the sample.
    pub scale: f64,
}

/// A zone whose clocks change in the middle of the case.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    /// IANA name.
    pub name: &'static str,
    /// Instant of the change, seconds.
    pub change: i64,
    /// Offset before, hours.
    pub before: i64,
    /// Offset after, hours.
    pub after: i64,
}

/// Changes to choose from.
pub const ZONES: [Zone; 5] = [
    Zone {
        name: "America/New_York",
        change: 1_772_953_200,
        before: -5,
        after: -4,
    },
    Zone {
        name: "Europe/Berlin",
        change: 1_774_746_000,
        before: 1,
        after: 2,
    },
    Zone {
        name: "America/Los_Angeles",
        change: 1_762_074_000,
        before: -7,
        after: -8,
    },
    Zone {
        name: "Europe/London",
        change: 1_761_440_400,
        before: 1,
        after: 0,
    },
    Zone {
        name: "America/Chicago",
        change: 1_772_956_800,
        before: -6,
        after: -5,
    },
];

/// Addresses outside that plants use.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// The domain's address.
    pub bad4: Ipv4Addr,
    /// Its IPv6 address.
    pub bad6: Ipv6Addr,
    /// Its older address, another's from hour 20 on.
    pub old4: Ipv4Addr,
    /// Of its sub-domain.
    pub sub4: Ipv4Addr,
    /// The shared content network's.
    pub edge4: Ipv4Addr,
    /// Redirect target.
    pub mirror4: Ipv4Addr,
    /// The other server of row 17.
    pub other4: Ipv4Addr,
    /// Slow check-in.
    pub control4: Ipv4Addr,
    /// Second domain after a download.
    pub second4: Ipv4Addr,
    /// Upstream resolver.
    pub upstream: Ipv4Addr,
    /// Time server.
    pub time: Ipv4Addr,
}
