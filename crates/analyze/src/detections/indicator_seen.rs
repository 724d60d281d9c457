//! What the scope looks for was seen: an answer turned into a finding. Knows no more than the answer.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::{Detection, Ground, Key, Need};
use crate::answers::{Answer, Rung, Verdict, Way};
use weir_model::IndicatorKind;

/// The whole file or content: nothing is left to guess.
const WHOLE: f64 = 0.95;
/// A part of it.
const PART: f64 = 0.8;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "indicator.seen",
    title: "An indicator of the scope was seen",
    why: "The scope names it, and traffic of this host matches it.",
    how: "The answer for this host and indicator is delivered or partial; every match says by what it matched.",
    innocent: "Another file of the same name, a visit by a scanner or an analyst, a shared server.",
    settle: "Compare the file's hash with a known sample; look at the host for the file and what started it.",
    techniques: &["T1105"],
    severity: Severity::High,
    needs: &[Need::Answers],
    keys,
    judge,
    rank,
};

fn row<'a>(ground: &'a Ground<'_>, key: &Key) -> Option<&'a Answer> {
    let (_, n) = key.rows.first()?;
    ground.answers?.rows.get(*n)
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let rows = ground.answers.map_or(&[][..], |a| a.rows.as_slice());
    rows.iter()
        .enumerate()
        .filter(|(_, r)| r.answer == Verdict::Seen && r.in_window)
        .map(|(n, r)| {
            let host = r.id.and_then(|id| ground.env.host(id));
            Key {
                subject: format!(
                    "{}|{:?}|{}|{}",
                    who(host, r.host),
                    r.indicator.kind,
                    r.indicator.value,
                    r.direction.word()
                ),
                rows: vec![(0, n)],
            }
        })
        .collect()
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let row = row(ground, key)?;
    let evidence = Evidence::of(row.packets.iter().copied())?;
    let span = (row.first?, row.last?);
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        row.id?,
        row.host,
        span,
        evidence,
    );
    let verb = match (row.direction, row.rung) {
        (Way::Received, Rung::Delivered) => "received",
        (Way::Received, _) => "received a part of",
        (Way::Sent, Rung::Delivered) => "sent",
        (Way::Sent, _) => "sent a part of",
    };
    let what = match (row.indicator.kind, row.direction) {
        (IndicatorKind::Domain | IndicatorKind::Address | IndicatorKind::Url, Way::Received) => {
            "content of"
        }
        (IndicatorKind::Domain | IndicatorKind::Address | IndicatorKind::Url, Way::Sent) => {
            "content to"
        }
        _ => "",
    };
    let gap = if what.is_empty() { "" } else { " " };
    out.title = format!("{} {verb} {what}{gap}{}", row.host, row.indicator.value);
    out.confidence = if row.rung == Rung::Delivered {
        WHOLE
    } else {
        PART
    };
    out.dst = row.servers.first().copied();
    if row.indicator.kind == IndicatorKind::Domain {
        out.domain = Some(row.indicator.value.clone());
    }
    out.why = row.reason.clone();
    Some(out)
}
