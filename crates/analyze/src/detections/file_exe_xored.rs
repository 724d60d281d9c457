//! A Windows program of which each byte was changed by the same one.

use super::file_exe_http::base;
use super::finding::{Finding, Severity, rank};
use super::programs::{first, keys as programs};
use super::{Detection, Ground, Key, Need};
use weir_dissect::XORED;

/// The stub that every program has can be read once it is undone: chance makes no such.
const UNDONE: f64 = 0.95;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.exe_xored",
    title: "A hidden program was transferred",
    why: "A program changed byte by byte passes every filter that looks for programs; whatever fetches it knows how to undo it.",
    how: "The content, with one byte undone from each of its bytes, begins as a Windows program does and says so to DOS.",
    innocent: "The quarantine of a virus scanner that sends what it found to its maker.",
    settle: "Save it, undo the byte that is named, and look the SHA-256 of the result up; find what fetched it.",
    techniques: &["T1027", "T1105"],
    severity: Severity::High,
    needs: &[Need::Artifacts, Need::Content],
    keys: |ground| {
        programs(ground, |a| {
            a.found_type.as_ref().is_some_and(|f| &*f.media == XORED)
        })
    },
    judge,
    rank,
};

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let name = first(ground, key)?.found_type.as_ref()?.name.clone();
    let mut out = base(ground, key, &DETECTION)?;
    out.confidence = UNDONE;
    out.why = format!("{name}. {}", out.why);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::fetched;
    use super::*;

    #[test]
    fn changed_and_plain() {
        let mut plain = b"MZ\x90\0".to_vec();
        plain.resize(78, 0);
        plain.extend(b"This program cannot be run in DOS mode.");
        plain.resize(400, 0);
        for (key, n) in [(0, 0), (0x5a, 1)] {
            let bytes: Vec<u8> = plain.iter().map(|b| b ^ key).collect();
            let all = found(&fetched("get.example.com", "/x", &bytes), &DETECTION);
            assert_eq!(all.len(), n, "{key}");
            assert!(
                all.iter()
                    .all(|f| f.why.contains("0x5a") && f.severity == Severity::High)
            );
        }
    }
}
