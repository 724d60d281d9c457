//! A TLS client that nobody here was before.

use super::deviates;
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use weir_model::baseline::Kind;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.new_fingerprint",
    title: "A TLS client that nobody here was before",
    why: "Programs that nobody ran before speak in a way that nobody spoke before.",
    how: "Things of the kind that the baseline does not hold, at hours of the day that it covers. Told only where chance does not make so many new (Benjamini-Hochberg at 5 of 100).",
    innocent: "An update of a browser or a program; it then comes from several hosts soon.",
    settle: "Find on the host which program it is.",
    techniques: &["T1071.001"],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    deviates::new_keys(ground, Kind::Fingerprint)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let d = deviates::new_of(ground, key)?;
    let shown = d.shown.first()?;
    let id = ground.env.having(shown.client?).next()?;
    let mut out = deviates::finding(ground, &DETECTION, key, id, d)?;
    (out.dst, out.dport) = (shown.server.map(|s| s.0), shown.server.map(|s| s.1));
    out.title = format!(
        "{} uses the TLS client \u{201c}{}\u{201d}, which nobody here did {}",
        out.src?,
        crate::answers::shown(&d.key),
        deviates::before(ground),
    );
    Some(out)
}
