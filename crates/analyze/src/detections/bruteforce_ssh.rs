//! Short SSH sessions one after the other: what happens in them is encrypted, their sizes are not.

use super::finding::{Finding, Severity, rank};
use super::logins::{self, Guessing, Login, Row};
use super::{Detection, Ground, Key, Need};
use weir_dissect::protocols::ssh;
use weir_model::Duration;

/// Sessions without a log-in within [`SPAN`].
const FAILURES: usize = 9;
const SPAN: Duration = Duration(600_000_000_000);
/// So many at once are no person's, either.
const BURST: usize = 5;
const AT_ONCE: Duration = Duration(10_000_000_000);
/// Encrypted bytes of either side up to which nobody got in: asking for the service, one to six passwords of at
/// most 100 bytes each, the refusals. A key's signature alone, or a shell's first words, take more.
const TURNED_AWAY: u64 = 1000;
/// Encrypted bytes of the client below which it did not try: it only looked at the server's key.
const TRIED: u64 = 100;
/// Encrypted bytes of the server from which somebody got in.
const LET_IN: u64 = 2500;

pub(super) static GUESSING: Guessing = Guessing {
    protocol: "SSH",
    failures: FAILURES,
    span: SPAN,
    burst: Some((BURST, AT_ONCE)),
    exact: false,
    rows: logins::rows_of::<ssh::Session>,
    read,
};

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.ssh",
    title: "Passwords of an SSH server are guessed",
    why: "Passwords that people choose are found by trying; a program tries them faster than anybody types.",
    how: "At least 9 sessions of one client with one server within 10 minutes, or 5 within 10 s, in which after the exchange of keys each side sends less than 1 kB: enough for passwords and refusals, too little for a shell, and for keys as programs use them. High where one with 2.5 kB of the server's follows.",
    innocent: "A test whether the service is there that goes as far as a log-in. A program with an old password. A log-in that is let in and used for nothing has the same size.",
    settle: "See whether one of them was let in afterwards, and what was done there; ask the owner of the client which program runs.",
    techniques: &["T1110.001"],
    severity: Severity::High,
    needs: &[Need::Messages("ssh"), Need::Content, Need::OtherSide],
    keys,
    judge,
    rank,
};

fn outcome(client: u64, server: u64) -> Option<bool> {
    match (client, server) {
        (_, LET_IN..) => Some(true),
        (TRIED..TURNED_AWAY, 1..TURNED_AWAY) => Some(false),
        _ => None,
    }
}

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let (row, flow) = logins::message::<ssh::Session>(ground, at)?;
    let success = outcome(row.client_bytes, row.server_bytes);
    Some(logins::in_flow(row, flow, "", success))
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
    fn sizes_tell_who_was_turned_away() {
        for (client, server, told) in [
            (99, 300, None),
            (100, 300, Some(false)),
            (999, 999, Some(false)),
            (1000, 300, None),
            (300, 1000, None),
            (300, 2499, None),
            (300, 2500, Some(true)),
            (300, 0, None),
        ] {
            assert_eq!(outcome(client, server), told, "{client} {server}");
        }
    }
}
