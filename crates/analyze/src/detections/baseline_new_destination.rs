//! Somebody outside whom nobody here contacted before.

use super::deviates;
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};
use weir_model::baseline::Kind;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.new_destination",
    title: "Somebody outside whom nobody here contacted before",
    why: "Where data goes and orders come from is new on the day an intrusion begins.",
    how: "Things of the kind that the baseline does not hold, at hours of the day that it covers. Told only where chance does not make so many new (Benjamini-Hochberg at 5 of 100). Of new names, which browsing makes all day, only those that one host alone contacts and that are a bare address or were sent a megabyte.",
    innocent: "A new service; a page visited for the first time.",
    settle: "Find on the host which program connected.",
    techniques: &["T1071"],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    deviates::new_keys(ground, Kind::Destination)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let d = deviates::new_of(ground, key)?;
    let id = deviates::host(ground, d.key.split('|').next()?)?;
    let mut out = deviates::finding(ground, &DETECTION, key, id, d)?;
    let server = d.shown.first()?.server?;
    (out.dst, out.dport) = (Some(server.0), Some(server.1));
    let name = d.key.split_once('|')?.1;
    out.domain = Some(name.to_owned()).filter(|n| n.parse::<std::net::IpAddr>().is_err());
    out.title = format!(
        "{} contacts {}, which nobody here did {}",
        out.src?,
        deviates::part(d, 1),
        deviates::before(ground),
    );
    Some(out)
}
