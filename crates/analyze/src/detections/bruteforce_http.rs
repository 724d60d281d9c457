//! Refused log-ins by HTTP, one after the other.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::http;
use weir_model::Duration;

/// Refusals within [`SPAN`].
const FAILURES: usize = 20;
const SPAN: Duration = Duration(900_000_000_000);

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "HTTP",
    failures: FAILURES,
    span: SPAN,
    burst: None,
    exact: true,
    rows: logins::rows_of::<http::Transaction>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.http",
    title: "Passwords of a web server are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 20 requests of one client to one server with a name and a password (Basic, Digest, or a form) refused (401, 403) within 15 minutes. High where one is let in after them. A form that refuses with an ordinary page is not told from one that lets in; NTLM and Negotiate need several steps each and are not counted here.",
    innocent: "A program with an old password, which then tries one user at even intervals: that is said. A user who has forgotten his. A test of the owner's. A page whose many parts are all asked for with the same old password.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[Need::Messages("http"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<http::Transaction>(ground, at)?;
    let credentials = row.request.as_ref()?.credentials.as_ref()?;
    let counted = matches!(&*credentials.scheme, "basic" | "digest" | "form");
    if credentials.proxy || !counted {
        return None;
    }
    let user = credentials.user.as_deref().unwrap_or_default();
    Some(logins::in_flow(row, flow, user, row.login_accepted()))
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
    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 80);

    fn asked(tries: &[(&str, u16)]) -> Vec<Finding> {
        let mut tape = Tape::default();
        for (n, (head, status)) in (0..).zip(tries) {
            let ask = format!("GET /a HTTP/1.1\r\nHost: h.example\r\n{head}\r\n");
            let tell = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
            tape.talk(
                (CLIENT, 40_000 + n),
                SERVER,
                ask.as_bytes(),
                tell.as_bytes(),
            );
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn refusals_of_names_with_passwords_count() {
        let basic = "Authorization: Basic Ym9iOnNlY3JldA==\r\n";
        for (tries, n) in [(19, 0), (20, 1), (21, 1)] {
            assert_eq!(asked(&vec![(basic, 401); tries]).len(), n, "{tries}");
        }
        let mut tries = vec![(basic, 401); 20];
        tries.push((basic, 200));
        assert_eq!(asked(&tries).remove(0).severity, Severity::High);
        // A browser that does not know yet that it must log in.
        assert_eq!(asked(&[("", 401); 40]), []);
        // The first of two steps.
        let ntlm = "Authorization: NTLM TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=\r\n";
        assert_eq!(asked(&[(ntlm, 401); 40]), []);
    }
}
