//! Refused log-ins by SMTP, one after the other.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::smtp;
use weir_model::Duration;

/// Refusals within [`SPAN`].
const FAILURES: usize = 10;
const SPAN: Duration = Duration(600_000_000_000);

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "SMTP",
    failures: FAILURES,
    span: SPAN,
    burst: None,
    exact: true,
    rows: logins::rows_of::<smtp::Login>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.smtp",
    title: "Passwords of a mail server are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 10 log-ins of one client to one server refused (535) within 10 minutes, in clear text. High where one is let in after them. What follows STARTTLS is not seen.",
    innocent: "A program with an old password, which then tries one user at even intervals: that is said. A user who has forgotten his. A test of the owner's.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[Need::Messages("smtp"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<smtp::Login>(ground, at)?;
    Some(logins::in_flow(row, flow, &row.user, row.success))
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
