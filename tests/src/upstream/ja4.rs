//! JA4 of TLS clients as FoxIO's own tool gives them: `stream src dst srcport dstport domain ja4`. JA3, JA3S and JA4 as
//! nDPI gives them are compared in `ndpi.rs`.

use super::ours::{self, End};
use super::report::{Check, Report};
use crate::parity::Loaded;
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn compare(loaded: &Loaded, file: &Path, report: &mut Report) {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    for line in text.lines().skip(1).filter(|l| !l.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let at = |n: usize| cells.get(n).copied().unwrap_or_default();
        let end = |h: usize, p: usize| Some((at(h).parse().ok()?, at(p).parse().ok()?));
        let Some((a, b)) = end(1, 3).zip(end(2, 4)) else {
            report.skip("JA4 without readable ends");
            continue;
        };
        let ours = prints(loaded, (a, b), "ja4");
        report.among(&loaded.name, Check::Ja4, "JA4", &ours, at(6));
    }
}

/// Fingerprints of a kind (`ja4`, `ja3`, `ja3s`) that Weir has of conversations between two ends.
pub(super) fn prints(loaded: &Loaded, ends: (End, End), column: &str) -> BTreeSet<String> {
    let of = ["tls", "quic"]
        .into_iter()
        .flat_map(|p| ours::rows(loaded, p, column));
    let between = of.filter(|r| r.ends.is_some_and(|e| e == ends || e == (ends.1, ends.0)));
    between
        .map(|r| r.text(column))
        .filter(|t| !t.is_empty())
        .collect()
}
