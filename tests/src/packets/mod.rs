//! A packet builder of our own: frames, TCP connections and application messages made from plain
//! values. Shares no code with the crates that read captures, so both can be wrong only apart.

pub mod der;
pub mod dns;
pub mod frame;
pub mod ftp;
pub mod hello;
pub mod http;
pub mod icmp;
pub mod pcap;
pub mod pcapng;
pub mod programs;
pub mod rng;
pub mod services;
pub mod smb;
pub mod ssh;
pub mod tape;
pub mod tcp;
pub mod tls;

/// Nanoseconds since 1970 UTC; the generator only uses whole microseconds.
pub type Nanos = i64;

/// One microsecond.
pub const MICRO: Nanos = 1_000;
/// One millisecond.
pub const MILLI: Nanos = 1_000_000;
/// One second.
pub const SECOND: Nanos = 1_000_000_000;
/// One minute.
pub const MINUTE: Nanos = 60 * SECOND;
/// One hour.
pub const HOUR: Nanos = 60 * MINUTE;
/// One day.
pub const DAY: Nanos = 24 * HOUR;
