//! A port on which a host did not answer before.

use super::deviates;
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use weir_model::baseline::Kind;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.new_service",
    title: "A host answers on a port on which it did not before",
    why: "A service that nobody set up was set up by somebody else.",
    how: "Things of the kind that the baseline does not hold, at hours of the day that it covers. Told only where chance does not make so many new (Benjamini-Hochberg at 5 of 100).",
    innocent: "New software; a service used for the first time since the baseline was made.",
    settle: "Find on the host which program listens, and ask who installed it.",
    techniques: &["T1571", "T1543"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    deviates::new_keys(ground, Kind::Service)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let d = deviates::new_of(ground, key)?;
    let id = deviates::host(ground, d.key.split('|').next()?)?;
    let mut out = deviates::finding(ground, &DETECTION, key, id, d)?;
    let client = d.shown.first()?;
    (out.dst, out.dport) = (client.client, client.server.map(|s| s.1));
    out.title = format!(
        "{} answers on {}, as it did not {}",
        out.src?,
        deviates::part(d, 1),
        deviates::before(ground),
    );
    let serves = ground
        .env
        .host(id)
        .is_some_and(|h| h.is(crate::environment::Role::Server));
    if serves {
        out.severity = Severity::Low;
    }
    Some(out)
}
