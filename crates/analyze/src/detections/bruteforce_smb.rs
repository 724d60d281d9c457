//! Refused log-ons by SMB, one after the other.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::ntlmssp;
use weir_model::Duration;

/// Refusals within [`SPAN`].
const FAILURES: usize = 10;
const SPAN: Duration = Duration(600_000_000_000);
/// Where SMB is served, directly and over NetBIOS.
const PORTS: [u16; 2] = [445, 139];

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "SMB",
    failures: FAILURES,
    span: SPAN,
    burst: None,
    exact: true,
    rows: logins::rows_of::<ntlmssp::Login>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.smb",
    title: "Passwords of a Windows machine are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 10 log-ons by NTLM of one client to one server over SMB refused (STATUS_LOGON_FAILURE) within 10 minutes. High where one is let in after them.",
    innocent: "A program with an old password, which then tries one user at even intervals: that is said. A user who has forgotten his. A test of the owner's. A mapped drive or a scheduled task after a change of the password.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[
        Need::AnyOf(&["smb", "smb2", "ntlmssp"]),
        Need::Content,
        Need::OtherSide,
    ],
    keys,
    judge,
    rank,
};

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<ntlmssp::Login>(ground, at)?;
    // Without a name it is the step before, or nobody.
    let counted = PORTS.contains(&flow.server.1) && !row.username.is_empty();
    counted.then(|| logins::in_flow(row, flow, &row.username, row.success))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    logins::keys(ground, &GUESSING)
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    logins::judge(ground, &DETECTION, &GUESSING, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_below_and_above_the_thresholds() {
        logins::thresholds(&GUESSING);
    }
}
