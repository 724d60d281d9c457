//! A program came over FTP: rarer than over HTTP, and never an update of today.

use super::file_exe_http::{base, keys};
use super::finding::{Finding, Severity, rank};
use super::{Detection, Ground, Key, Need};

/// Seen by content; that it is unwanted is not.
const PROGRAM: f64 = 0.65;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.exe_ftp",
    title: "A program was downloaded over FTP",
    why: "Hardly any software is delivered over FTP today; intruders use it because it is at hand.",
    how: "The content of a data connection begins as a Windows program does, whatever its name.",
    innocent: "Firmware and drivers from an old vendor archive; an administrator's own file server.",
    settle: "Look the SHA-256 up; ask who logged in with the account that the session shows.",
    techniques: &["T1105", "T1071.002"],
    severity: Severity::Medium,
    needs: &[
        Need::Artifacts,
        Need::Content,
        Need::Messages("ftp"),
        Need::OtherSide,
    ],
    keys: |ground| keys(ground, "ftp-data"),
    judge,
    rank,
};

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut out = base(ground, key, &DETECTION)?;
    out.confidence = PROGRAM;
    Some(out)
}
