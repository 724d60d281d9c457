//! Many users tried about once each: few enough a user that no account is locked.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::logins::{Guessing, Login, ONCE, Row, SPRAYED};
use super::{
    Detection, Ground, Key, Need, bruteforce_ftp, bruteforce_http, bruteforce_kerberos,
    bruteforce_smb, bruteforce_smtp,
};
use crate::answers::plural;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use weir_model::Duration;

/// Where users and refusals are readable. A row's place has the protocol's place here in its high bits.
static READ: [&Guessing; 5] = [
    &bruteforce_kerberos::GUESSING,
    &bruteforce_smb::GUESSING,
    &bruteforce_ftp::GUESSING,
    &bruteforce_http::GUESSING,
    &bruteforce_smtp::GUESSING,
];
/// Bits of a row's own place; the engine of the page has 32 in all.
const PLACE: u32 = usize::BITS - 4;

/// The span that so many different users must fit into.
const SPAN: Duration = Duration(1_800_000_000_000);
/// Of a hundred users, so many must never have been let in from there: behind a terminal server or a proxy most are.
const NEVER: usize = 70;
/// Confidence.
const SURE: f64 = 0.85;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "bruteforce.spray",
    title: "One or two passwords were tried for many users",
    why: "A password that one of many users has is found by trying it for all of them, and no account is locked.",
    how: "At least 8 different users refused from one address within 30 minutes, at most two tries each on average, over Kerberos, SMB, FTP, HTTP and SMTP together; at least 70 of a hundred of its users are never let in from there. High where one is.",
    innocent: "A terminal server, a proxy or a translation of addresses behind which many people are. A program that tests accounts for the owner.",
    settle: "See which of the users was let in from there, and change that password; find on the machine which program asks.",
    techniques: &["T1110.003"],
    severity: Severity::High,
    needs: &[
        Need::AnyOf(&["kerberos", "ntlmssp", "ftp", "http", "smtp"]),
        Need::Content,
        Need::OtherSide,
    ],
    keys,
    judge,
    rank,
};

fn read<'a>(ground: &'a Ground<'_>, at: Row) -> Option<Login<'a>> {
    let g = READ.get(at.1 >> PLACE)?;
    (g.read)(ground, (at.0, at.1 & ((1 << PLACE) - 1)))
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut clients: BTreeMap<IpAddr, (BTreeSet<String>, Vec<Row>)> = BTreeMap::new();
    for (n, g) in READ.iter().enumerate() {
        for row in (g.rows)(ground) {
            let at = (row.0, n << PLACE | row.1);
            if let Some(l) = read(ground, at).filter(|l| !l.user.is_empty()) {
                let slot = clients.entry(l.client).or_default();
                if l.success == Some(false) && slot.0.len() < SPRAYED {
                    slot.0.insert(l.user.to_lowercase());
                }
                slot.1.push(at);
            }
        }
    }
    let mut out: Vec<Key> = clients
        .into_iter()
        .filter(|(_, (users, _))| users.len() >= SPRAYED)
        .filter_map(|(client, (_, rows))| {
            let first = *rows.first()?;
            let host = ground.env.at(first.0, client, read(ground, first)?.time);
            Some(Key {
                subject: who(host.and_then(|id| ground.env.host(id)), client),
                rows,
            })
        })
        .collect();
    out.sort();
    out
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let mut all: Vec<Login<'_>> = key.rows.iter().filter_map(|at| read(ground, *at)).collect();
    all.sort_by_key(|l| (l.time, l.first));
    let refused: Vec<&Login<'_>> = all.iter().filter(|l| l.success == Some(false)).collect();
    // The window with the most different users.
    let mut best: (usize, usize, usize) = (0, 0, 0);
    let mut from = 0;
    let mut window: BTreeMap<String, usize> = BTreeMap::new();
    for (n, l) in refused.iter().enumerate() {
        *window.entry(l.user.to_lowercase()).or_default() += 1;
        while let Some(old) = refused
            .get(from)
            .filter(|old| l.time.since(old.time) > SPAN)
        {
            let user = old.user.to_lowercase();
            if let Some(n) = window.get_mut(&user) {
                *n -= 1;
            }
            if window.get(&user) == Some(&0) {
                window.remove(&user);
            }
            from += 1;
        }
        if window.len() > best.0 {
            best = (window.len(), from, n);
        }
    }
    let tries = refused.get(best.1..=best.2)?;
    let users: BTreeSet<String> = tries.iter().map(|l| l.user.to_lowercase()).collect();
    let good: BTreeSet<String> = all
        .iter()
        .filter(|l| l.success == Some(true))
        .map(|l| l.user.to_lowercase())
        .collect();
    let never = users.difference(&good).count();
    let everybody = users.union(&good).count();
    if users.len() < SPRAYED || tries.len() > users.len() * ONCE || never * 100 < everybody * NEVER
    {
        return None;
    }
    let (first, last) = (*tries.first()?, *tries.last()?);
    let let_in = all.iter().find(|l| {
        l.success == Some(true) && l.time >= first.time && l.time.since(last.time) <= SPAN
    });
    let cited = tries.iter().take(40).map(|l| l.last);
    let evidence = Evidence::of(cited.chain(let_in.into_iter().flat_map(|l| [l.first, l.last])))?;
    let at = (key.rows.first()?.0, first.client, first.time);
    let ended = let_in.map_or(last.time, |l| l.time.max(last.time));
    let mut out = Finding::at(
        ground,
        &DETECTION,
        &key.subject,
        at,
        (first.time, ended),
        evidence,
    )?;
    out.severity = if let_in.is_some() {
        Severity::High
    } else {
        Severity::Medium
    };
    out.confidence = SURE;
    let servers: BTreeSet<IpAddr> = tries.iter().map(|l| l.server.0).collect();
    if servers.len() == 1 {
        out.dst = servers.first().copied();
    }
    out.title = format!(
        "{} tried passwords of {}{}",
        first.client,
        plural(users.len() as u64, "user"),
        let_in.map_or(String::new(), |l| format!(", let in as {}", l.user))
    );
    let named: Vec<&str> = users.iter().take(8).map(|u| &**u).collect();
    out.why = format!(
        "{} refused for {} of {}, among them {}. {}",
        plural(tries.len() as u64, "log-in"),
        plural(users.len() as u64, "user"),
        plural(servers.len() as u64, "server"),
        named.join(", "),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    const SERVER: ([u8; 4], u16) = ([10, 0, 0, 9], 80);

    /// Base64 of `user:x`, for names of a multiple of three bytes, less one.
    fn basic(user: &str) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bytes = format!("{user}:pw").into_bytes();
        let mut out = String::new();
        for three in bytes.chunks(3) {
            let n = three.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
            for shift in [18, 12, 6, 0] {
                out.push(char::from(LETTERS[n >> shift & 63]));
            }
        }
        out
    }

    /// Users with so many tries each, and users that are let in.
    fn tried(users: usize, tries: usize, good: usize, pace: i64) -> Vec<Finding> {
        let mut tape = Tape {
            pace: Duration(pace),
            ..Tape::default()
        };
        let mut port = 40_000;
        let mut ask = |n: usize, status: u16| {
            let name = basic(&format!("user{n:02}"));
            let ask = format!(
                "GET /a HTTP/1.1\r\nHost: h.example\r\nAuthorization: Basic {name}\r\n\r\n"
            );
            let tell = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
            port += 1;
            tape.talk(
                ([10, 0, 0, 66], port),
                SERVER,
                ask.as_bytes(),
                tell.as_bytes(),
            );
        };
        for n in 0..users {
            for _ in 0..tries {
                ask(n, 401);
            }
        }
        for n in 0..good {
            ask(50 + n, 200);
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn eight_users_at_most_twice_each_within_half_an_hour() {
        // A try takes seven packets: the eighth user comes 49 of them after the first.
        let slow = 1_800_000_000_000 / 49;
        for (users, tries, pace, n) in [
            (7, 1, 1, 0),
            (8, 1, 1, 1),
            (9, 1, 1, 1),
            (8, 2, 1, 1),
            (8, 3, 1, 0),
            (8, 1, slow, 1),
            (8, 1, slow + 1, 0),
        ] {
            let all = tried(users, tries, 0, pace);
            assert_eq!(all.len(), n, "{users} users, {tries} tries");
            assert!(all.iter().all(|f| f.severity == Severity::Medium));
        }
    }

    #[test]
    fn behind_a_terminal_server_most_are_let_in() {
        for (good, n) in [(0, 1), (3, 1), (4, 0), (20, 0)] {
            let all = tried(8, 1, good, 1);
            assert_eq!(all.len(), n, "{good}");
            assert!(good == 0 || all.iter().all(|f| f.severity == Severity::High));
        }
    }
}
