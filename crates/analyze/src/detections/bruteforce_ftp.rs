//! Refused log-ins by FTP, one after the other.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::ftp;
use weir_model::Duration;

/// Refusals within [`SPAN`], as Zeek counts them.
const FAILURES: usize = 20;
const SPAN: Duration = Duration(900_000_000_000);

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "FTP",
    failures: FAILURES,
    span: SPAN,
    burst: None,
    exact: true,
    rows: logins::rows_of::<ftp::Login>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.ftp",
    title: "Passwords of an FTP server are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 20 log-ins of one client to one server refused (530) within 15 minutes. High where one is let in after them.",
    innocent: "A program with an old password, which then tries one user at even intervals: that is said. A user who has forgotten his. A test of the owner's.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[Need::Messages("ftp"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<ftp::Login>(ground, at)?;
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
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    #[test]
    fn at_below_and_above_the_thresholds() {
        logins::thresholds(&GUESSING);
    }

    const CLIENT: [u8; 4] = [10, 0, 0, 66];
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 21);

    /// Connections with one try each: user, let in.
    fn tried(pace: i64, tries: &[(&str, bool)]) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        for (n, (user, good)) in (0..).zip(tries) {
            let client = (CLIENT, 40_000 + n);
            let (mut c, mut s) = (101, 501);
            tape.tcp(client, SERVER, 100, 0, 2, &[]);
            tape.tcp(SERVER, client, 500, 101, 0x12, &[]);
            tape.tcp(client, SERVER, 101, 501, 0x10, &[]);
            let end = if *good {
                "230 Welcome.\r\n"
            } else {
                "530 Login incorrect.\r\n"
            };
            let said = [
                (false, "220 ready.\r\n".to_owned()),
                (true, format!("USER {user}\r\n")),
                (false, "331 Password.\r\n".to_owned()),
                (true, "PASS secret\r\n".to_owned()),
                (false, end.to_owned()),
            ];
            for (asks, text) in said {
                let len = u32::try_from(text.len()).unwrap();
                if asks {
                    tape.tcp(client, SERVER, c, s, 0x18, text.as_bytes());
                    c += len;
                } else {
                    tape.tcp(SERVER, client, s, c, 0x18, text.as_bytes());
                    s += len;
                }
            }
            tape.tcp(client, SERVER, c, s, 0x14, &[]);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn twenty_refusals_and_a_success_after_them() {
        for (refused, n) in [(19, 0), (20, 1), (21, 1)] {
            let all = tried(1_000_000, &vec![("bob", false); refused]);
            assert_eq!(all.len(), n, "{refused}");
            assert!(all.iter().all(|f| f.severity == Severity::Medium));
        }
        let mut tries = vec![("bob", false); 20];
        tries.push(("bob", true));
        let one = tried(1_000_000, &tries).remove(0);
        assert_eq!(one.severity, Severity::High);
        assert_eq!(
            one.title,
            "10.0.0.66 guesses passwords of FTP at 10.0.0.9: 20 refused, then let in as bob"
        );
        // Each refusal, and both ends of the log-in.
        assert_eq!(one.evidence.packets().count(), 22);
        let mut other = tries.clone();
        other[20].0 = "eve";
        assert_eq!(
            tried(1_000_000, &other).remove(0).severity,
            Severity::Medium,
            "eve is let in"
        );
        tries.rotate_right(1);
        assert_eq!(
            tried(1_000_000, &tries).remove(0).severity,
            Severity::Medium,
            "let in before"
        );
    }

    #[test]
    fn an_old_password_in_a_program_weighs_less() {
        // A try takes nine packets: every 27 s, every 18 s.
        for (pace, low) in [(3_000_000_000, true), (2_000_000_000, false)] {
            let one = tried(pace, &vec![("bob", false); 40]).remove(0);
            assert_eq!(one.severity == Severity::Low, low, "{pace}");
            assert_eq!(one.benign.is_some(), low);
        }
    }

    #[test]
    fn many_users_once_each_are_told_elsewhere() {
        let users: Vec<String> = (0..24).map(|n| format!("user{n}")).collect();
        let tries: Vec<_> = users.iter().map(|u| (&**u, false)).collect();
        assert_eq!(tried(1_000_000, &tries), []);
    }
}
