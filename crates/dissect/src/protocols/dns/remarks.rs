//! What is worth a word about a message as a whole: what stands behind its end, and signatures that are not checked.

use super::wire::{self, Sections};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::protocol::Severity;

/// Bytes behind the last record that the counts promise.
pub(super) static EXTRANEOUS: AnomalyKind = AnomalyKind {
    id: "dns.extraneous",
    says: "Extraneous data",
    severity: Severity::Note,
    group: "Undecoded",
};
/// A signature (RFC 8945) whose code is shown as bytes.
pub(super) static ALGORITHM: AnomalyKind = AnomalyKind {
    id: "dns.tsig.noalg",
    says: "No dissector for algorithm",
    severity: Severity::Warn,
    group: "Undecoded",
};

/// Type of a record that signs its message.
const TSIG: u16 = 250;
/// Bytes between the algorithm's name and the length of the code: time and fudge.
const BEFORE: usize = 8;

pub(super) fn make(ctx: &mut Ctx<'_>, sections: &Sections, message: &[u8]) {
    if sections.short {
        return;
    }
    for record in sections.records.iter().flatten().filter(|r| r.kind == TSIG) {
        let Ok(name) = wire::name(message, record.data.0) else {
            continue;
        };
        let len = message
            .get(name.end + BEFORE..)
            .and_then(|b| b.first_chunk());
        if len.is_some_and(|b| u16::from_be_bytes(*b) > 0) {
            ctx.remark(&ALGORITHM, format_args!("{}:{}", ALGORITHM.says, name.text));
        }
    }
    if sections.end < message.len() {
        ctx.remark(&EXTRANEOUS, format_args!("{}", EXTRANEOUS.says));
    }
}
