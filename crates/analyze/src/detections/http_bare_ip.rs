//! HTTP to an address instead of a name.

use super::finding::{Finding, Severity, rank};
use super::requests::{Sent, all, finding, keys as requests, program};
use super::{Detection, Ground, Key, Need};
use crate::answers::{plural, shown};
use std::net::{IpAddr, SocketAddr};

/// Requests from which on it is a habit.
const REPEATED: usize = 10;
/// A program came back.
const PROGRAM: f64 = 0.75;
/// Something that is no text and no form went out.
const BINARY: f64 = 0.6;
/// Repeated, or once: devices do it.
const HABIT: f64 = 0.45;
const ONCE: f64 = 0.4;

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "http.bare_ip",
    title: "HTTP to an address without a name",
    why: "Sites have names; a bare address in Host, or no Host at all, is what is written into programs whose makers change their servers by the week.",
    how: "A request to an address outside whose Host is an address, or that has none in HTTP/1.1. A program that comes back and a body that is neither text nor form weigh more; ten requests a little.",
    innocent: "Devices that know their maker's server by address; streaming; tests of a connection.",
    settle: "See on the host which program asked; look up to whom the address belongs.",
    techniques: &["T1071.001"],
    severity: Severity::Medium,
    needs: &[Need::Messages("http"), Need::Content],
    keys: |ground| {
        requests(ground, |s| {
            (bare(s) && s.out(ground)).then(|| format!("{}|{}", s.server.0, s.server.1))
        })
    },
    judge,
    rank,
};

fn bare(s: &Sent<'_>) -> bool {
    if &*s.request.method == "CONNECT" {
        return false;
    }
    match s.request.host.as_deref() {
        Some(_) => s.place().trim_matches(['[', ']']).parse::<IpAddr>().is_ok(),
        None => &*s.request.version == "1.1",
    }
}

/// A body that is neither text nor a form.
fn binary(s: &Sent<'_>) -> bool {
    let kind = s
        .request
        .content_type
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let plain = [
        "text/",
        "application/json",
        "application/xml",
        "application/soap",
        "application/x-www-form",
        "multipart/",
    ];
    s.request.body_len > 0 && !plain.iter().any(|p| kind.starts_with(p))
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let all = all(ground, key);
    let first = *all.first()?;
    let mut out = finding(ground, key, &DETECTION, &all)?;
    let programs = all.iter().filter(|s| program(ground, s)).count();
    let bodies = all.iter().filter(|s| binary(s)).count();
    let (severity, confidence, how) = if programs > 0 {
        (
            Severity::Medium,
            PROGRAM,
            format!("; {} came back", plural(programs as u64, "program")),
        )
    } else if bodies > 0 {
        (
            Severity::Medium,
            BINARY,
            format!("; {bodies} of them with a body that is neither text nor a form"),
        )
    } else if all.len() >= REPEATED {
        (Severity::Medium, HABIT, String::new())
    } else {
        (Severity::Low, ONCE, String::new())
    };
    (out.severity, out.confidence) = (severity, confidence);
    let (ip, port) = first.server;
    let server = match port {
        80 => ip.to_string(),
        _ => SocketAddr::new(ip, port).to_string(),
    };
    out.title = format!("{} spoke HTTP with the bare address {server}", first.client);
    // Without Host, the address is all there is to ask.
    let url = if first.place().is_empty() {
        shown(&format!("http://{server}{}", first.request.target))
    } else {
        shown(&first.request.url())
    };
    out.why = format!(
        "{}{how}, the first for {url}. {}",
        plural(all.len() as u64, "request"),
        DETECTION.why
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::super::tested::{download, program, request};
    use super::*;
    use crate::tape::Tape;

    const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 7], 40_000);

    #[test]
    fn names_and_addresses() {
        for (host, n) in [
            ("198.51.100.9", 1),
            ("198.51.100.9:80", 1),
            ("www.example.com", 0),
        ] {
            let mut tape = Tape::default();
            download(&mut tape, CLIENT, host, "/", b"page");
            assert_eq!(found(&tape, &DETECTION).len(), n, "{host}");
        }
    }

    #[test]
    fn a_port_of_its_own_and_no_host_at_all_are_said() {
        let mut tape = Tape::default();
        for port in [80, 8080] {
            let server = ([198, 51, 100, 9], port);
            let ask = b"POST /login HTTP/1.1\r\nContent-Length: 1\r\n\r\nx";
            let tell = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            tape.talk((CLIENT.0, 40_000 + port), server, ask, tell);
        }
        let mut titles: Vec<String> = Vec::new();
        for (f, place) in found(&tape, &DETECTION)
            .into_iter()
            .zip(["198.51.100.9", "198.51.100.9:8080"])
        {
            let url = format!("the first for http://{place}/login.");
            assert!(f.why.contains(&url), "{}", f.why);
            titles.push(f.title);
        }
        let begins = "10.0.0.7 spoke HTTP with the bare address 198.51.100.9";
        assert_eq!(titles, [begins.to_owned(), format!("{begins}:8080")]);
    }

    #[test]
    fn what_weighs() {
        let told = |f: &dyn Fn(&mut Tape)| {
            let mut tape = Tape::default();
            f(&mut tape);
            let one = found(&tape, &DETECTION).remove(0);
            (one.severity, one.confidence)
        };
        let get = |n: u16| {
            move |t: &mut Tape| {
                for i in 0..n {
                    download(t, (CLIENT.0, 40_000 + i), "198.51.100.9", "/", b"page");
                }
            }
        };
        assert_eq!(told(&get(9)), (Severity::Low, ONCE));
        assert_eq!(told(&get(10)), (Severity::Medium, HABIT));
        let post = |kind: &'static str| {
            move |t: &mut Tape| {
                let extra = format!("Content-Type: {kind}\r\n");
                request(t, CLIENT, "POST", "198.51.100.9", "/", &extra, b"\x01\x02");
            }
        };
        assert_eq!(
            told(&post("application/octet-stream")),
            (Severity::Medium, BINARY)
        );
        assert_eq!(
            told(&post("application/x-www-form-urlencoded")),
            (Severity::Low, ONCE)
        );
        assert_eq!(
            told(&|t: &mut Tape| download(t, CLIENT, "198.51.100.9", "/a", &program())),
            (Severity::Medium, PROGRAM)
        );
    }
}
