//! A host that the baseline does not know.

use super::deviates;
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use weir_model::baseline::Kind;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.new_host",
    title: "A host that was not there before",
    why: "What was not there before was brought, by somebody who may or may not have been allowed to.",
    how: "Things of the kind that the baseline does not hold, at hours of the day that it covers. Told only where chance does not make so many new (Benjamini-Hochberg at 5 of 100). What a new host does is told with it, not by itself.",
    innocent: "A new laptop or telephone; a guest; a host with a private hardware address that changes.",
    settle: "Ask who brought it; find the port of the switch it is at.",
    techniques: &["T1200"],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    deviates::new_keys(ground, Kind::Host)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let d = deviates::new_of(ground, key)?;
    let id = deviates::host(ground, &d.key)?;
    let mut out = deviates::finding(ground, &DETECTION, key, id, d)?;
    let name = ground.env.host(id).and_then(|h| h.name());
    let named = name.map_or_else(String::new, |n| {
        format!(" ({})", crate::answers::shown(&n.text))
    });
    let before = deviates::before(ground);
    out.title = format!("{}{named} was not there {before}", out.src?);
    Some(out)
}
