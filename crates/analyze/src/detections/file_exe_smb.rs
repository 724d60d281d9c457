//! A program went over file sharing.

use super::deeds::administrative;
use super::file_exe_http::base;
use super::finding::{Finding, Severity, rank};
use super::gather::inside;
use super::programs::{first, keys as programs};
use super::{Detection, Ground, Key, Need};
use crate::answers::is_program;

/// Written to an administrative share.
const ADMINISTRATIVE: f64 = 0.8;
/// Written to another.
const WRITTEN: f64 = 0.6;
/// Read from one: software is distributed so.
const READ: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "file.exe_smb",
    title: "A program went over file sharing",
    why: "Who spreads copies his tools to the next machine first.",
    how: "A file that begins as a Windows program does was written to a share or read from one. Written weighs more than read; a share that only administrators may connect, most.",
    innocent: "Programs started from a file server; somebody who keeps installers there.",
    settle: "Look the SHA-256 up; see whether the program was started on the machine it was written to.",
    techniques: &["T1570", "T1021.002"],
    severity: Severity::High,
    needs: &[Need::Artifacts, Need::Content],
    keys: |ground| {
        programs(ground, |a| {
            let smb = matches!(a.protocol.info.name, "smb" | "smb2");
            smb && a.found_type.as_ref().is_some_and(is_program)
        })
    },
    judge,
    rank,
};

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let a = first(ground, key)?;
    let mut out = base(ground, key, &DETECTION)?;
    let share = a.url.rsplit_once(['/', '\\']).map_or(&*a.url, |(s, _)| s);
    let admin = share
        .split(['/', '\\'])
        .any(|part| part.ends_with('$') && administrative(part));
    (out.severity, out.confidence) = match (a.sent, admin) {
        (true, true) => (Severity::High, ADMINISTRATIVE),
        (true, false) => (Severity::Medium, WRITTEN),
        (false, true) => (Severity::Medium, WRITTEN),
        (false, false) => (Severity::Low, READ),
    };
    if !inside(ground, key.rows.first()?.0, a.server.0, a.begun) {
        out.severity = out.severity.max(Severity::Medium);
        out.confidence = out.confidence.max(WRITTEN);
        out.why += " The share is outside the network.";
    }
    let verb = if a.sent { "written to" } else { "read from" };
    let kind = if admin {
        "an administrative share"
    } else {
        "a share"
    };
    out.title = format!("{} ({verb} {kind})", out.title);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::program;
    use super::super::tested::windows::Talk;
    use super::*;
    use crate::tape::Tape;

    fn written(share: &str, bytes: &[u8]) -> Vec<Finding> {
        let mut tape = Tape::default();
        let mut t = Talk::begin(&mut tape, [10, 0, 0, 7], [10, 0, 0, 9]);
        t.share(share, false);
        t.write("x.dat", bytes);
        found(&tape, &DETECTION)
    }

    #[test]
    fn by_share_and_content() {
        let told = |share, bytes: &[u8]| {
            written(share, bytes)
                .first()
                .map(|f| (f.severity, f.confidence))
        };
        assert_eq!(
            told("\\\\10.0.0.9\\ADMIN$", &program()),
            Some((Severity::High, ADMINISTRATIVE))
        );
        assert_eq!(
            told("\\\\10.0.0.9\\files", &program()),
            Some((Severity::Medium, WRITTEN))
        );
        assert_eq!(told("\\\\10.0.0.9\\ADMIN$", b"text and nothing else"), None);
        let title = written("\\\\10.0.0.9\\files", &program()).remove(0).title;
        assert!(
            title.ends_with(" to 10.0.0.9 (written to a share)"),
            "{title}"
        );
    }
}
