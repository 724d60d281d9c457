//! Wrong passwords told by the domain controller, one after the other.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::kerberos;
use weir_model::Duration;

/// Refusals within [`SPAN`].
const FAILURES: usize = 10;
const SPAN: Duration = Duration(600_000_000_000);

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "Kerberos",
    failures: FAILURES,
    span: SPAN,
    burst: None,
    exact: true,
    rows: logins::rows_of::<kerberos::Ticket>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.kerberos",
    title: "Passwords of a domain are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 10 requests of one client for a first ticket refused for a wrong password (error 24), an unknown name (6) or a locked account (18) within 10 minutes. That a password is needed at all (25) is no refusal. High where a ticket is given after them.",
    innocent: "A program with an old password, which then tries one user at even intervals: that is said. A user who has forgotten his. A test of the owner's. A computer whose account has lost its password.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[Need::Messages("kerberos"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn outcome(row: &kerberos::Ticket) -> Option<bool> {
    match (row.success, &*row.error_msg) {
        (Some(true), _) => Some(true),
        (
            _,
            "KDC_ERR_PREAUTH_FAILED" | "KDC_ERR_C_PRINCIPAL_UNKNOWN" | "KDC_ERR_CLIENT_REVOKED",
        ) => Some(false),
        _ => None,
    }
}

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<kerberos::Ticket>(ground, at)?;
    let first = row.request_type == "AS";
    first.then(|| logins::in_flow(row, flow, &row.client, outcome(row)))
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

    #[test]
    fn what_refuses_and_what_asks_for_more() {
        let ticket = |success, error: &str| kerberos::Ticket {
            meta: weir_dissect::facts::MessageMeta {
                flow: None,
                direction: weir_dissect::Direction::Forward,
                first: weir_model::PacketRef::default(),
                last: weir_model::PacketRef::default(),
                time: weir_model::Timestamp::default(),
                end: weir_model::Timestamp::default(),
                duplicate: false,
            },
            request_type: "AS",
            client: "bob/EXAMPLE".into(),
            service: "krbtgt/EXAMPLE".into(),
            success,
            error_msg: error.into(),
            error_text: "".into(),
            cipher: "".into(),
            ciphers: "".into(),
            ticket_cipher: "".into(),
            preauthenticated: false,
        };
        for (success, error, outcome) in [
            (Some(true), "", Some(true)),
            (Some(false), "KDC_ERR_PREAUTH_FAILED", Some(false)),
            (Some(false), "KDC_ERR_C_PRINCIPAL_UNKNOWN", Some(false)),
            (Some(false), "KDC_ERR_CLIENT_REVOKED", Some(false)),
            (Some(false), "KDC_ERR_PREAUTH_REQUIRED", None),
            (Some(false), "KRB_ERR_RESPONSE_TOO_BIG", None),
            (None, "", None),
        ] {
            assert_eq!(super::outcome(&ticket(success, error)), outcome, "{error}");
        }
    }
}
