//! What is worth a word about a message as a whole: what stands behind its end, and signatures that are not checked.

use super::wire::{self, Sections};
use crate::anomaly::AnomalyKind;
use crate::context::Ctx;
use crate::protocol::Severity;
use weir_model::Cursor;

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

/// Type of the record that carries options.
const OPT: u16 = 41;
/// Code of an option with the client's subnet, and the bytes that it has at least (RFC 7871 section 6).
const SUBNET: (u16, usize) = (8, 4);

/// Does an option of EDNS end before what it must have (RFC 6891 section 6.1.2)?
pub(super) fn short_option(sections: &Sections, message: &[u8]) -> bool {
    let mut records = sections.records.iter().flatten();
    records.any(|r| r.kind == OPT && short_options(message.get(r.data.0..r.data.1)))
}

fn short_options(options: Option<&[u8]>) -> bool {
    let mut c = Cursor::new(options.unwrap_or_default());
    while !c.is_empty() {
        let (Ok(code), Ok(len)) = (c.u16(), c.u16()) else {
            return true;
        };
        match c.take(len.into()) {
            Ok(bytes) if code != SUBNET.0 || bytes.len() >= SUBNET.1 => {}
            _ => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_has_what_its_kind_has_at_least() {
        let subnet: &[u8] = &[0, 8, 0, 4, 0, 1, 24, 0];
        let padding: &[u8] = &[0, 12, 0, 2, 0, 0];
        assert!(!short_options(None) && !short_options(Some(subnet)));
        assert!(!short_options(Some(&[padding, subnet].concat())));
        assert!(short_options(Some(&[0, 8, 0, 3, 0, 1, 24])));
        for n in 1..subnet.len() {
            assert!(short_options(Some(&subnet[..n])), "{n}");
        }
    }
}
