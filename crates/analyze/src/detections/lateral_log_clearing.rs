//! An event log was emptied from another machine.

use super::deeds::{Deed, all, finding, keys as deeds};
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};

/// The call says what it does.
const CALLED: f64 = 0.9;
/// It was refused.
const REFUSED: f64 = 0.7;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "lateral.log_clearing",
    title: "An event log was emptied from another machine",
    why: "Hardly anybody but an intruder empties a log, and from afar still fewer: it removes the traces of what came before.",
    how: "EvtRpcClearLog, or ElfrClearELFW and ElfrClearELFA of the older interface.",
    innocent: "An administrator who empties a full log by hand.",
    settle: "Ask who administers that machine; events 1102 and 104 on it name the account.",
    techniques: &["T1070.001"],
    severity: Severity::High,
    needs: &[Need::Messages("dcerpc"), Need::Content],
    keys: |ground| {
        deeds(
            ground,
            1,
            |d| matches!(d.what, Deed::Call("eventlog" | "IEventService", o, _) if o.contains("Clear")),
        )
    },
    judge,
    rank,
};

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = all(ground, key);
    let first = *all.first()?;
    let mut out = finding(ground, key, &DETECTION, &all)?;
    out.title = format!(
        "{} emptied an event log of {}",
        first.client, first.server.0
    );
    out.confidence = CALLED;
    if all.iter().all(|d| matches!(d.what, Deed::Call(_, _, true))) {
        (out.severity, out.confidence) = (Severity::Medium, REFUSED);
        out.title = format!(
            "{} tried to empty an event log of {}",
            first.client, first.server.0
        );
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::windows::{EVENTS, Talk};
    use super::*;
    use crate::tape::Tape;

    #[test]
    fn emptied_and_only_read() {
        for (operation, n) in [(6, 1), (5, 0), (11, 0)] {
            let mut tape = Tape::default();
            Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 9]).call("", &EVENTS, operation);
            let all = found(&tape, &DETECTION);
            assert_eq!(all.len(), n, "{operation}");
            assert!(
                all.iter()
                    .all(|f| f.severity == Severity::High && f.why.contains("EvtRpcClearLog"))
            );
        }
    }
}
