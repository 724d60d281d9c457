//! The scenarios: each one file and one line here.

pub mod baseline;
pub mod beacons_24h;
pub mod beacons_daily_10d;
pub mod beacons_hard;
pub mod beacons_slow_3d;
pub mod benign_10d;
pub mod benign_day;
pub mod cleartext;
pub mod dns;
pub mod exfil;
pub mod faults;
pub mod files;
pub mod guessing;
pub mod lateral;
pub mod million;
pub mod mixed_intrusion;
pub mod quality;
pub mod scans;
pub mod surface;
pub mod tls;

use super::write::Take;

/// One scenario.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its name on the command line, in the truth and in the report.
    pub name: &'static str,
    /// What it shows, in a line.
    pub what: &'static str,
    /// Part of a score; what is not is called by name.
    pub scored: bool,
    /// Makes its captures.
    pub make: fn(u64) -> Vec<Take>,
}

/// All of them, in the order of the report.
pub static ALL: &[Scenario] = &[
    benign_day::SCENARIO,
    benign_10d::SCENARIO,
    beacons_24h::SCENARIO,
    beacons_slow_3d::SCENARIO,
    beacons_daily_10d::SCENARIO,
    beacons_hard::SCENARIO,
    scans::SCENARIO,
    guessing::SCENARIO,
    dns::SCENARIO,
    files::SCENARIO,
    cleartext::SCENARIO,
    lateral::SCENARIO,
    exfil::SCENARIO,
    mixed_intrusion::SCENARIO,
    tls::SCENARIO,
    faults::SCENARIO,
    quality::SCENARIO,
    baseline::SCENARIO,
    surface::SCENARIO,
    million::SCENARIO,
];

/// The one of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Scenario> {
    ALL.iter().find(|s| s.name == name)
}
