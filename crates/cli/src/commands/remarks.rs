//! What is odd about captures that were read to their end: one sentence each, for standard error.
//! Knows nothing of what is in a packet.

use std::time::{SystemTime, UNIX_EPOCH};
use weir_model::Timestamp;
use weir_session::Session;

/// A silence this long, in nanoseconds, is no silence: a clock was set, or two captures were joined.
const YEAR: i64 = 365 * 86_400 * 1_000_000_000;

/// The clock of this machine. It is asked for this one remark; nothing else in Weir knows it.
fn clock() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_parts(
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        i64::from(since.subsec_nanos()),
    )
}

/// The sentences, by capture and then by chain.
pub(crate) fn remarks(session: &Session) -> Vec<String> {
    let mut out = Vec::new();
    let now = clock();
    for capture in session.loaded() {
        let (name, facts) = (&capture.name, &capture.facts);
        if capture.records() == 0 && facts.stopped.is_none() {
            out.push(if capture.log.is_some() {
                format!("{name}: a flow log without rows")
            } else {
                format!("{name}: a capture without packets")
            });
        }
        if facts.empty > 0 {
            out.push(format!(
                "{name}: packets of 0 bytes, kept with their numbers: {}",
                facts.empty
            ));
        }
        if facts.saturated > 0 {
            out.push(format!(
                "{name}: packets with a time that cannot be: {}",
                facts.saturated
            ));
        }
        if let Some(latest) = facts.latest.filter(|t| *t > now) {
            out.push(format!(
                "{name}: its latest record is of {}, later than this computer's clock: one of the two is wrong",
                latest.rfc3339()
            ));
        }
    }
    for chain in &session.chains {
        let silences = &chain.facts().quality.silences;
        for step in silences
            .iter()
            .filter(|s| s.after.0.saturating_sub(s.before.0) > YEAR)
        {
            out.push(format!(
                "packet {} is of {}, the one before it of {}: a clock was set, or captures were joined",
                session.name(step.packet),
                step.after.rfc3339(),
                step.before.rfc3339()
            ));
        }
    }
    out
}
