//! Findings about the captures themselves: what their health already says, at the severity it has for a search.

use super::finding::{Evidence, Finding, Severity};
use super::{Detection, Ground, Key};
use crate::health::Line;
use weir_model::PacketRef;

/// The line of the captures' health with this id.
pub(super) fn line<'a>(ground: &'a Ground<'_>, id: &str) -> Option<&'a Line> {
    ground.health().iter().find(|l| l.id == id)
}

/// One key, where there is such a line.
pub(super) fn keys(ground: &Ground<'_>, id: &str) -> Vec<Key> {
    let found = line(ground, id).map(|_| Key {
        subject: "captures".to_owned(),
        rows: Vec::new(),
    });
    found.into_iter().collect()
}

/// What the line says, as a finding.
pub(super) fn finding(
    ground: &Ground<'_>,
    detection: &'static Detection,
    line: &Line,
    severity: Severity,
    confidence: f64,
    more: impl IntoIterator<Item = PacketRef>,
) -> Option<Finding> {
    let evidence = Evidence::of(line.packets.iter().copied().chain(more))?;
    let mut out = Finding::of_capture(detection, "captures", ground.input.span()?, evidence);
    (out.severity, out.confidence) = (severity, confidence);
    out.title = line.says.clone();
    out.why = format!("{} {}", line.weakens, detection.why)
        .trim_start()
        .to_owned();
    Some(out)
}
