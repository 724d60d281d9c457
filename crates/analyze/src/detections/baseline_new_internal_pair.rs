//! Two hosts of the network that did not talk before.

use super::deviates;
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use crate::baseline::{CHANCE, GOVERNING};
use weir_model::baseline::Kind;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.new_internal_pair",
    title: "Two hosts of the network that did not talk before",
    why: "Whoever moves from host to host makes pairs that there never were.",
    how: "Things of the kind that the baseline does not hold, at hours of the day that it covers. Told only where chance does not make so many new (Benjamini-Hochberg at 5 of 100); a port that governs machines, on one that never answered on it, always, and then as a note.",
    innocent: "A server moved; a colleague shares a file for the first time.",
    settle: "Ask the user of the first host; look at what was carried.",
    techniques: &["T1021"],
    severity: Severity::Medium,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    deviates::new_keys(ground, Kind::Pair)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let d = deviates::new_of(ground, key)?;
    let id = deviates::host(ground, d.key.split('|').next()?)?;
    let mut out = deviates::finding(ground, &DETECTION, key, id, d)?;
    let server = d.shown.first()?.server?;
    (out.dst, out.dport) = (Some(server.0), Some(server.1));
    out.title = format!(
        "{} talks to {} on {}, as it did not {}",
        out.src?,
        server.0,
        deviates::part(d, 2),
        deviates::before(ground),
    );
    if d.q > CHANCE {
        out.severity = Severity::Low;
        out.why.push_str(
            " So few times may be chance. It is told because machines are governed by this port, and this one never answered on it before.",
        );
    } else if !GOVERNING.contains(&server.1) {
        out.severity = Severity::Low;
    }
    Some(out)
}
