//! A User-Agent that nobody here sent before.

use super::deviates;
use super::finding::{Severity, rank};
use super::{Detection, Need};
use weir_model::baseline::Kind;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.new_agent",
    title: "A User-Agent that nobody here sent before",
    why: "Programs that nobody ran before speak in a way that nobody spoke before.",
    how: "Things of the kind that the baseline does not hold, at hours of the day that it covers. Told only where chance does not make so many new (Benjamini-Hochberg at 5 of 100).",
    innocent: "An update of a browser or a program; it then comes from several hosts soon.",
    settle: "Find on the host which program it is.",
    techniques: &["T1071.001"],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Baseline],
    keys: |ground| deviates::new_keys(ground, Kind::Agent),
    judge: |ground, key| deviates::client(ground, key, &DETECTION, "User-Agent"),
    rank,
};
