//! Short connections to a remote desktop, one after the other: what happens in them is encrypted.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::tpkt;
use weir_model::Duration;

/// Short connections within [`SPAN`].
const FAILURES: usize = 10;
const SPAN: Duration = Duration(600_000_000_000);
/// Payload bytes of both sides up to which nobody saw a desktop, and from which somebody did.
const TURNED_AWAY: u64 = 20_000;
const LET_IN: u64 = 200_000;

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "RDP",
    failures: FAILURES,
    span: SPAN,
    burst: None,
    exact: false,
    rows: logins::rows_of::<tpkt::Session>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.rdp",
    title: "Passwords of a remote desktop are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 10 connections of one client to one remote desktop within 10 minutes that carry less than 20 kB each: a desktop that is shown takes more. High where one over 200 kB follows.",
    innocent: "A gateway or a monitor that only looks whether the service is there. A client whose connection breaks again and again. What is said is encrypted: sizes tell it.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[
        Need::AnyOf(&["tpkt", "rdp"]),
        Need::Content,
        Need::OtherSide,
    ],
    keys,
    judge,
    rank,
};

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<tpkt::Session>(ground, at)?;
    let bytes = flow.payload[0] + flow.payload[1];
    let success = match bytes {
        ..TURNED_AWAY => Some(false),
        LET_IN.. => Some(true),
        _ => None,
    };
    Some(logins::in_flow(row, flow, &row.cookie, success))
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
