//! A service that was always there and is not any more.

use super::deviates;
use super::finding::{Evidence, Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "baseline.service_gone",
    title: "A service that was always there is gone",
    why: "A service that stops is a fault, or somebody stopped it.",
    how: "Ports of the baseline on which a host no longer answers though it speaks, with the chance that one used as often as then would not be used once in these captures. Told where chance does not explain so many (Benjamini-Hochberg at 5 of 100).",
    innocent: "Nobody needed it; it moved; these captures were taken elsewhere.",
    settle: "Connect to it.",
    techniques: &["T1489"],
    severity: Severity::Low,
    needs: &[Need::Flows, Need::Baseline],
    keys,
    judge,
    rank,
};

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = ground.deviations().map(|d| &d.gone);
    let rows = all.into_iter().flatten().enumerate();
    rows.map(|(n, d)| Key {
        subject: d.key.clone(),
        rows: vec![(n, 0)],
    })
    .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = ground.deviations()?;
    let d = all.gone.get(key.rows.first()?.0)?;
    let name = d.key.split('|').next()?;
    // A host that says nothing at all may be off; that is another matter.
    let host = ground.env.hosts().iter().find(|h| {
        let mac = h.mac.is_some_and(|m| m.to_string() == name);
        mac || h.address().is_some_and(|ip| ip.to_string() == name)
    })?;
    let last = host.addresses.last()?;
    let part = ground.earlier()?.now;
    let times = host.addresses.iter();
    let times = times.flat_map(|t| [(t.begun, t.first), (t.ended, t.last)]);
    let evidence = Evidence::of(times.filter_map(|(time, r)| match r {
        weir_model::RecordRef::Packet(p) => part.holds(time, p).then_some(p),
        weir_model::RecordRef::Row(_) => None,
    }))?;
    let span = (host.first, host.last);
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host.id,
        last.ip,
        span,
        evidence,
    );
    out.confidence = (1.0 - d.p).clamp(0.0, 0.99);
    out.title = format!("{} no longer answers on {}", last.ip, deviates::part(d, 1));
    out.why = format!(
        "Used in {} of {} hours of the baseline, and not once in {} hours now, though the host speaks. {}",
        d.then.hours, all.hours.0, all.hours.1, DETECTION.why
    );
    Some(out)
}
