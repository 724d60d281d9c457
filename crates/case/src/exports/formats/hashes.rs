//! SHA-256 digests, one a line: what Suricata's `filesha256` and many other tools read.

use super::{Check, Format, Lists, no_notes};
use crate::exports::{Cx, Listed};
use weir_model::IndicatorKind;

/// The format.
pub static FORMAT: Format = Format {
    id: "sha256",
    title: "SHA-256 list",
    purpose: "The list that Suricata's filesha256 reads; endpoint tools and mail gateways take it too.",
    ending: "sha256.list",
    mime: "text/plain",
    check: Check::Ours("a strict reader of our own, not checked by the product itself"),
    lists: Lists::Acting,
    texts: false,
    takes: |_, r| match r.kind {
        IndicatorKind::Sha256 => Ok(()),
        IndicatorKind::Sha1 | IndicatorKind::Md5 => Err("the list holds SHA-256 alone"),
        _ => Err("the list holds digests"),
    },
    notes: no_notes,
    write: |_: &Cx<'_>, rows: &[&Listed]| rows.iter().map(|r| format!("{}\n", r.value)).collect(),
};
