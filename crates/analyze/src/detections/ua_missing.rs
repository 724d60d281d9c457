//! Requests to the outside that do not say which program makes them.

use super::finding::{Finding, Severity, rank};
use super::requests::{Sent, all, finding, keys as requests};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// It sends something to a bare address besides.
const POSTED: f64 = 0.55;
/// Hosts that ask the same server so from which on it is a program of the house.
const EVERYBODY: usize = 3;
/// Alone.
const ALONE: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "ua.missing",
    title: "Requests without a User-Agent",
    why: "Browsers and most programs say what they are; hand-made clients forget it.",
    how: "Requests to the outside without User-Agent, or with an empty one, by host and server. Medium where it sends something to a bare address. Questions whether a certificate is revoked are left out.",
    innocent: "Small devices, updaters, checks of a connection.",
    settle: "See on the host which program asked.",
    techniques: &["T1071.001"],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content],
    keys,
    judge,
    rank,
};

/// By host and server, without servers that several ask so: a program of the house.
fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let all = requests(ground, |s| {
        (silent(s) && s.out(ground)).then(|| format!("{}|{}", s.server.0, s.server.1))
    });
    let server = |k: &Key| k.subject.split_once('|').map(|(_, s)| s.to_owned());
    let mut users: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for key in &all {
        *users.entry(server(key)).or_default() += 1;
    }
    let few = |k: &Key| users.get(&server(k)).is_none_or(|n| *n < EVERYBODY);
    all.into_iter().filter(few).collect()
}

fn silent(s: &Sent<'_>) -> bool {
    let agent = s.request.user_agent.as_deref().unwrap_or_default().trim();
    let kind = s.request.content_type.as_deref().unwrap_or_default();
    let path = s.request.path.to_ascii_lowercase();
    let revoked =
        kind == "application/ocsp-request" || path.ends_with(".crl") || path.ends_with(".crt");
    agent.is_empty() && !revoked && &*s.request.method != "CONNECT"
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = all(ground, key);
    let first = *all.first()?;
    let mut out = finding(ground, key, &DETECTION, &all)?;
    out.domain =
        Some(first.place().to_owned()).filter(|p| !p.is_empty() && p.parse::<IpAddr>().is_err());
    let posts = |s: &Sent<'_>| s.request.body_len > 0 && s.place().parse::<IpAddr>().is_ok();
    (out.severity, out.confidence) = if all.iter().any(posts) {
        (Severity::Medium, POSTED)
    } else {
        (Severity::Low, ALONE)
    };
    let place = if first.place().is_empty() {
        first.server.0.to_string()
    } else {
        shown(first.place())
    };
    out.title = format!("{} asked {place} without saying what it is", first.client);
    out.why = format!("{}. {}", plural(all.len() as u64, "request"), DETECTION.why);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::request;
    use super::*;
    use crate::tape::Tape;
    use weir_dissect::protocols::http::Transaction;

    fn asked(
        method: &str,
        host: &str,
        path: &str,
        extra: &str,
        body: &[u8],
    ) -> Option<(Severity, f64)> {
        let mut tape = Tape::default();
        request(
            &mut tape,
            ([10, 0, 0, 7], 40_000),
            method,
            host,
            path,
            extra,
            body,
        );
        found(&tape, &DETECTION)
            .first()
            .map(|f| (f.severity, f.confidence))
    }

    #[test]
    fn everybody_does_it() {
        for (hosts, n) in [(2, 2), (3, 0)] {
            let mut tape = Tape::default();
            for h in 0..hosts {
                let client = ([10, 0, 0, 7 + h], 40_000);
                request(&mut tape, client, "GET", "www.example.com", "/", "", b"x");
            }
            assert_eq!(found(&tape, &DETECTION).len(), n, "{hosts}");
        }
    }

    #[test]
    fn of_a_head_that_was_cut_nothing_is_missing() {
        for (cut, n) in [(false, 1), (true, 0)] {
            let (client, server) = (([10, 0, 0, 7], 40_000), ([198, 51, 100, 9], 80));
            let more = "x".repeat(60);
            let head = format!("GET /a HTTP/1.1\r\nHost: www.example.com\r\nX: {more}\r\n\r\n");
            let mut tape = Tape::default();
            tape.tcp(client, server, 100, 0, 2, &[]);
            tape.tcp(server, client, 500, 101, 0x12, &[]);
            tape.tcp(client, server, 101, 501, 0x18, head.as_bytes());
            if cut {
                tape.cut_last();
                // The request is read, as far as it is here.
                let facts = tape.load();
                assert_eq!(facts.facts().messages.all::<Transaction>().len(), 1);
            }
            assert_eq!(found(&tape, &DETECTION).len(), n, "{cut}");
        }
    }

    #[test]
    fn with_and_without() {
        assert_eq!(
            asked("GET", "www.example.com", "/", "User-Agent: x\r\n", b""),
            None
        );
        assert_eq!(
            asked("GET", "www.example.com", "/", "", b""),
            Some((Severity::Low, ALONE))
        );
        assert_eq!(
            asked("GET", "www.example.com", "/", "User-Agent: \r\n", b""),
            Some((Severity::Low, ALONE))
        );
        assert_eq!(
            asked("POST", "www.example.com", "/", "", b"data"),
            Some((Severity::Low, ALONE))
        );
        assert_eq!(
            asked("POST", "198.51.100.9", "/", "", b"data"),
            Some((Severity::Medium, POSTED))
        );
        let ocsp = "Content-Type: application/ocsp-request\r\n";
        assert_eq!(asked("POST", "198.51.100.9", "/", ocsp, b"data"), None);
        assert_eq!(asked("GET", "crl.example.com", "/x.crl", "", b""), None);
    }
}
