//! Passwords in clear text, and what they can be guessed from. Keeps no secret, only whose it was.

use super::finding::{Evidence, Finding, Severity, rank, who};
use super::machines::{Kind, kind};
use super::{Detection, Ground, Key, Need};
use crate::answers::shown;
use crate::environment::Role;
use std::collections::BTreeMap;
use std::net::IpAddr;
use weir_dissect::Facts;
use weir_dissect::facts::MessageMeta;
use weir_dissect::protocols::{ftp, http, imap, ldap, mysql, pgsql, pop, sip, smtp, snmp, telnet};
use weir_dissect::sasl;
use weir_model::{PacketRef, Timestamp, is_internal};

/// The password itself was on the wire.
const READ: f64 = 0.95;

/// A job of machines comes again.
const AGAIN: usize = 2;

/// What a password can be guessed from was.
const GUESSED: f64 = 0.7;
/// Communities that devices come with: everybody knows them.
const DEFAULTS: [&str; 2] = ["public", "private"];

/// Accounts that everybody may use.
const PUBLIC: [&str; 3] = ["anonymous", "ftp", "guest"];

/// See the module.
pub static DETECTION: Detection = Detection {
    id: "cred.cleartext",
    title: "A password was sent in clear text",
    why: "Whoever sees the traffic can log in; the account counts as known to others from here on.",
    how: "FTP USER and PASS, HTTP Basic, form fields that hold passwords, POP3 PASS, IMAP LOGIN, AUTH by PLAIN and LOGIN of POP3, IMAP and SMTP, Telnet, LDAP simple binds, PostgreSQL where the server asks for it in clear text, SNMP communities; and, as a note, what a password can be guessed from: log-ins of MySQL and by MD5 of PostgreSQL, digests of SIP. The password is never kept or shown.",
    innocent: "An old device or script on a closed network; a test account. A machine that nobody works at and that logs in at a server of the network again and again is a job: it weighs less, and is as readable.",
    settle: "Change the password; see where else the account logged in since.",
    techniques: &["T1040", "T1552"],
    severity: Severity::High,
    needs: &[
        Need::AnyOf(&[
            "ftp", "http", "pop", "imap", "smtp", "telnet", "ldap", "snmp", "mysql", "pgsql", "sip",
        ]),
        Need::Content,
    ],
    keys,
    judge,
    rank,
};

/// What was readable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secret {
    /// The password.
    Password,
    /// A community: it opens what the device tells.
    Community,
    /// What can be guessed from.
    Hash,
}

/// One attempt.
struct Attempt<'a> {
    client: (IpAddr, u16),
    server: (IpAddr, u16),
    user: &'a str,
    how: &'a str,
    secret: Secret,
    accepted: Option<bool>,
    packets: [PacketRef; 2],
    span: (Timestamp, Timestamp),
}

/// Rows of all tables, one behind the other.
fn rows(facts: &Facts) -> usize {
    let m = &facts.messages;
    m.all::<ftp::Login>().len()
        + m.all::<http::Transaction>().len()
        + m.all::<pop::Login>().len()
        + m.all::<imap::Command>().len()
        + m.all::<smtp::Login>().len()
        + m.all::<telnet::Login>().len()
        + m.all::<ldap::Operation>().len()
        + m.all::<snmp::Exchange>().len()
        + m.all::<mysql::Command>().len()
        + m.all::<pgsql::Statement>().len()
        + m.all::<sip::Message>().len()
}

/// User, how, what was readable, whether it was accepted.
type Told<'a> = (&'a str, &'a str, Secret, Option<bool>);

fn attempt<'a>(ground: &'a Ground<'_>, at: (usize, usize)) -> Option<Attempt<'a>> {
    let facts = ground.input.chains.get(at.0)?.facts;
    let m = &facts.messages;
    let mut n = at.1;
    macro_rules! table {
        ($row:ty, |$one:ident| $told:expr) => {
            let rows = m.all::<$row>();
            if let Some($one) = rows.get(n) {
                return plain(facts, &$one.meta, $told);
            }
            n -= rows.len();
        };
    }
    let logins = m.all::<ftp::Login>();
    if let Some(l) = logins.get(n) {
        return (!PUBLIC.contains(&l.user.to_lowercase().as_str()) && !l.meta.duplicate).then_some(
            Attempt {
                client: l.client,
                server: l.server,
                user: &l.user,
                how: "FTP",
                secret: Secret::Password,
                accepted: l.success,
                packets: [l.meta.first, l.meta.last],
                span: (l.meta.time, l.meta.end),
            },
        );
    }
    n -= logins.len();
    let transactions = m.all::<http::Transaction>();
    if let Some(t) = transactions.get(n) {
        return web(facts, t);
    }
    n -= transactions.len();
    table!(pop::Login, |l| {
        let mechanism = l.method.strip_prefix("AUTH ").unwrap_or_default();
        let clear = l.method == "PASS" || sasl::in_clear(mechanism);
        clear.then_some((&l.user, "POP3", Secret::Password, l.success))
    });
    table!(imap::Command, |c| {
        let accepted = match &*c.status {
            "OK" => Some(true),
            "NO" | "BAD" => Some(false),
            _ => None,
        };
        let login = (&*c.command == "LOGIN" && !c.user.is_empty())
            || (&*c.command == "AUTHENTICATE" && sasl::in_clear(&c.mechanism));
        login.then_some((&c.user, "IMAP", Secret::Password, accepted))
    });
    table!(smtp::Login, |l| {
        let clear = sasl::in_clear(&l.mechanism);
        clear.then_some((&l.user, "SMTP", Secret::Password, l.success))
    });
    table!(telnet::Login, |l| Some((
        &l.user,
        "Telnet",
        Secret::Password,
        l.success
    )));
    table!(ldap::Operation, |o| {
        // Who gives no name is nobody.
        let simple =
            o.opcode.starts_with("bind") && &*o.argument == "simple" && !o.object.is_empty();
        let accepted = o.result.as_deref().map(|r| r == "success");
        simple.then_some((&o.object, "LDAP", Secret::Password, accepted))
    });
    table!(snmp::Exchange, |e| {
        let old = matches!(e.version, "1" | "2c") && !e.community.is_empty();
        let asked = !e.pdu.contains("response") && (e.pdu.contains("get") || e.pdu.contains("set"));
        (old && asked).then_some((&e.community, "SNMP", Secret::Community, None))
    });
    table!(mysql::Command, |c| {
        let login = c.cmd == "login" && !c.arg.is_empty();
        login.then_some((&c.arg, "MySQL", Secret::Hash, c.success))
    });
    table!(pgsql::Statement, |s| {
        let secret = match s.login {
            "clear text" => Some(Secret::Password),
            "MD5" => Some(Secret::Hash),
            _ => None,
        };
        secret.map(|secret| (&*s.user, "PostgreSQL", secret, s.success))
    });
    let c = m.all::<sip::Message>().get(n)?;
    let told = (!c.authorized.is_empty()).then_some((&*c.authorized, "SIP", Secret::Hash, None));
    plain(facts, &c.meta, told)
}

/// Of a protocol whose client logs in at the flow's server.
fn plain<'a>(facts: &'a Facts, meta: &MessageMeta, told: Option<Told<'a>>) -> Option<Attempt<'a>> {
    let (user, how, secret, accepted) = told.filter(|_| !meta.duplicate)?;
    let (client, server) = facts.flow(meta.flow?)?.ends(meta.direction);
    Some(Attempt {
        client,
        server,
        user,
        how,
        secret,
        accepted,
        packets: [meta.first, meta.last],
        span: (meta.time, meta.end),
    })
}

fn web<'a>(facts: &'a Facts, t: &'a http::Transaction) -> Option<Attempt<'a>> {
    let request = t.request.as_ref()?;
    let credentials = request.credentials.as_ref().filter(|c| c.password)?;
    let (client, server) = facts.flow(t.meta.flow?)?.ends(t.meta.direction);
    let answer = t.response.as_ref().map_or(request.last.0, |r| r.first.0);
    Some(Attempt {
        client,
        server,
        user: credentials.user.as_deref().unwrap_or_default(),
        how: match &*credentials.scheme {
            "basic" => "HTTP Basic",
            "form" => "an HTTP form",
            other => other,
        },
        secret: Secret::Password,
        accepted: t.login_accepted(),
        packets: [request.first.0, answer],
        span: (request.first.1, t.meta.end),
    })
}

fn keys(ground: &Ground<'_>) -> Vec<Key> {
    let mut out: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (chain, c) in ground.input.chains.iter().enumerate() {
        for n in 0..rows(c.facts) {
            if let Some(a) = attempt(ground, (chain, n)) {
                let host = ground.env.at(chain, a.client.0, a.span.0);
                let host = host.and_then(|id| ground.env.host(id));
                let subject = format!(
                    "{}|{}|{}|{}|{}",
                    who(host, a.client.0),
                    a.server.0,
                    a.server.1,
                    a.how,
                    // A community is a secret itself: a subject is stored.
                    if a.secret == Secret::Community {
                        ""
                    } else {
                        a.user
                    }
                );
                out.entry(subject).or_default().push((chain, n));
            }
        }
    }
    out.into_iter()
        .map(|(subject, rows)| Key { subject, rows })
        .collect()
}

/// Does a machine that nobody works at log in at a server of the network again and again? Nobody types this password.
fn job(ground: &Ground<'_>, key: &Key, first: &Attempt<'_>) -> Option<String> {
    let chain = key.rows.first()?.0;
    let at = |ip| ground.env.at(chain, ip, first.span.0);
    let server = ground.env.host(at(first.server.0)?)?;
    let typed = kind(ground, at(first.client.0)?) == Kind::WorkPlace;
    let times = key.rows.len();
    (times >= AGAIN && !typed && server.internal && server.is(Role::Server)).then(|| {
        format!("a machine that nobody works at logs in at a server of the network, {times} times, with one account")
    })
}

fn judge(ground: &Ground<'_>, key: &Key) -> Option<Finding> {
    let first = attempt(ground, *key.rows.first()?)?;
    let all = || key.rows.iter().filter_map(|at| attempt(ground, *at));
    let evidence = Evidence::of(all().flat_map(|a| a.packets))?;
    let host = ground
        .env
        .at(key.rows.first()?.0, first.client.0, first.span.0)?;
    let span = (
        all().map(|a| a.span.0).min()?,
        all().map(|a| a.span.1).max()?,
    );
    let mut out = Finding::new(
        ground,
        &DETECTION,
        &key.subject,
        host,
        first.client.0,
        span,
        evidence,
    );
    let accepted = all().any(|a| a.accepted == Some(true));
    let refused = all().all(|a| a.accepted == Some(false));
    let outside = !is_internal(first.server.0);
    out.severity = match (refused, outside) {
        (true, _) => Severity::Low,
        (false, true) => Severity::High,
        (false, false) => Severity::Medium,
    };
    out.confidence = READ;
    let default = all().all(|a| DEFAULTS.contains(&a.user));
    match first.secret {
        Secret::Password => {}
        Secret::Community if outside && !default => out.severity = Severity::Medium,
        Secret::Community => out.severity = Severity::Low,
        Secret::Hash => (out.severity, out.confidence) = (Severity::Low, GUESSED),
    }
    if let Some(says) = job(ground, key, &first).filter(|_| !outside && accepted) {
        out.severity = out.severity.min(Severity::Low);
        out.benign = Some(("a job of machines", says));
    }
    (out.dst, out.dport) = (Some(first.server.0), Some(first.server.1));
    let how = if accepted {
        "let in"
    } else if refused {
        "turned away"
    } else {
        "whether it was let in is not told"
    };
    let why = if refused {
        "It was refused here; whoever sees the traffic can try it elsewhere."
    } else {
        DETECTION.why
    };
    let user = if first.secret == Secret::Community {
        if default {
            "everybody's community".to_owned()
        } else {
            "a community".to_owned()
        }
    } else if first.user.is_empty() {
        "an unnamed user".to_owned()
    } else {
        shown(first.user)
    };
    let count = key.rows.len();
    let (what, where_) = match first.secret {
        Secret::Password => (
            "Password of",
            "the password stands in the packets and is not shown here",
        ),
        Secret::Community => (
            "Password-like",
            "it stands in the packets and is not shown here",
        ),
        Secret::Hash => (
            "What the password can be guessed from, of",
            "the password itself is not readable, but can be tried against what is",
        ),
    };
    out.title = format!(
        "{what} {user} in clear text over {} to {}",
        first.how, first.server.0
    );
    out.why = format!(
        "{count} log-in{} over {} as {user} at {}:{}, {how}; {where_}. {why}",
        if count == 1 { "" } else { "s" },
        first.how,
        first.server.0,
        first.server.1,
    );
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::tape::Tape;

    /// Who speaks, the client or not, and what.
    type Lines<'a> = &'a [(bool, &'a [u8])];

    /// A connection with what both say in turn, the client first where `client` says so.
    fn said(port: u16, outside: bool, lines: Lines<'_>) -> Vec<Finding> {
        let server = (
            if outside {
                [198, 51, 100, 9]
            } else {
                [10, 0, 0, 9]
            },
            port,
        );
        let client = ([10, 0, 0, 7], 40_000);
        let mut tape = Tape::default();
        tape.tcp(client, server, 100, 0, 2, &[]);
        tape.tcp(server, client, 500, 101, 0x12, &[]);
        tape.tcp(client, server, 101, 501, 0x10, &[]);
        let (mut a, mut b) = (101, 501);
        for (mine, bytes) in lines {
            let len = u32::try_from(bytes.len()).unwrap();
            if *mine {
                tape.tcp(client, server, a, b, 0x18, bytes);
                a += len;
            } else {
                tape.tcp(server, client, b, a, 0x18, bytes);
                b += len;
            }
        }
        found(&tape, &DETECTION)
    }

    #[test]
    fn each_kind_is_found_and_never_shown() {
        let ldap = b"\x30\x1d\x02\x01\x01\x60\x18\x02\x01\x03\x04\x0bcn=ada,dc=x\x80\x06hunter";
        let kinds: [(&str, u16, Lines<'_>); 12] = [
            ("FTP", 21, &[(false, b"220 hi\r\n"), (true, b"USER ada\r\n"), (false, b"331 ok\r\n"), (true, b"PASS hunter2\r\n"), (false, b"230 in\r\n")]),
            ("HTTP Basic", 80, &[(true, b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRhOmh1bnRlcjI=\r\n\r\n"), (false, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]),
            ("an HTTP form", 80, &[(true, b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 25\r\n\r\nuser=ada&password=hunter2"), (false, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]),
            ("POP3", 110, &[(false, b"+OK POP3 hi\r\n"), (true, b"USER ada\r\n"), (false, b"+OK\r\n"), (true, b"PASS hunter2\r\n"), (false, b"+OK in\r\n")]),
            ("IMAP", 143, &[(false, b"* OK IMAP4rev1 hi\r\n"), (true, b"1 LOGIN ada hunter2\r\n"), (false, b"1 OK in\r\n")]),
            ("POP3", 110, &[(false, b"+OK POP3 hi\r\n"), (true, b"AUTH PLAIN AGFkYQBodW50ZXIy\r\n"), (false, b"+OK in\r\n")]),
            ("POP3", 110, &[(false, b"+OK POP3 hi\r\n"), (true, b"AUTH LOGIN\r\n"), (false, b"+ VXNlcm5hbWU6\r\n"), (true, b"YWRh\r\n"), (false, b"+ UGFzc3dvcmQ6\r\n"), (true, b"aHVudGVyMg==\r\n"), (false, b"+OK in\r\n")]),
            ("IMAP", 143, &[(false, b"* OK IMAP4rev1 hi\r\n"), (true, b"1 AUTHENTICATE PLAIN\r\n"), (false, b"+ \r\n"), (true, b"AGFkYQBodW50ZXIy\r\n"), (false, b"1 OK in\r\n")]),
            ("PostgreSQL", 5432, &[(true, b"\0\0\0\x12\0\x03\0\0user\0ada\0\0"), (false, b"R\0\0\0\x08\0\0\0\x03"), (true, b"p\0\0\0\x0chunter2\0"), (false, b"R\0\0\0\x08\0\0\0\0")]),
            ("SMTP", 25, &[(false, b"220 x ESMTP\r\n"), (true, b"EHLO y\r\n"), (false, b"250-x\r\n250 AUTH PLAIN\r\n"), (true, b"AUTH PLAIN AGFkYQBodW50ZXIy\r\n"), (false, b"235 in\r\n")]),
            ("Telnet", 23, &[(false, b"login: "), (true, b"ada\r\n"), (false, b"ada\r\nPassword: "), (true, b"hunter2\r\n"), (false, b"\r\nWelcome\r\n$ ")]),
            ("LDAP", 389, &[(true, ldap), (false, b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00")]),
        ];
        for (how, port, lines) in kinds {
            let all = said(port, true, lines);
            assert_eq!(all.len(), 1, "{how}");
            let one = &all[0];
            assert_eq!(one.severity, Severity::High, "{how}");
            assert!(
                one.title.contains(how) && one.title.contains("ada"),
                "{}",
                one.title
            );
            for text in [&one.title, &one.why, &one.id] {
                assert!(!text.contains("hunter"), "{text}");
            }
            assert_eq!(
                said(port, false, lines)[0].severity,
                Severity::Medium,
                "{how} inside"
            );
        }
    }

    #[test]
    fn what_is_no_password() {
        let anonymous = said(
            21,
            true,
            &[
                (false, b"220 hi\r\n"),
                (true, b"USER anonymous\r\n"),
                (false, b"331 ok\r\n"),
                (true, b"PASS me@\r\n"),
                (false, b"230 in\r\n"),
            ],
        );
        assert_eq!(anonymous, []);
        let search = said(80, true, &[(true, b"POST /find HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\nq=ada"), (false, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]);
        assert_eq!(search, []);
        let nobody = b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00";
        assert_eq!(said(389, true, &[(true, nobody)]), []);
    }

    #[test]
    fn what_is_proved_without_the_password_and_by_its_digest() {
        let kerberos = said(
            143,
            true,
            &[
                (false, b"* OK IMAP4rev1 hi\r\n"),
                (true, b"1 AUTHENTICATE GSSAPI\r\n"),
                (false, b"+ \r\n"),
                (true, b"AGFkYQBodW50ZXIy\r\n"),
                (false, b"1 OK in\r\n"),
            ],
        );
        assert_eq!(kerberos, []);
        let lines: Lines<'_> = &[
            (false, b"+OK POP3 hi\r\n"),
            (true, b"AUTH CRAM-MD5\r\n"),
            (false, b"+ PDE+\r\n"),
            (true, b"YWRhIDAw\r\n"),
            (false, b"+OK in\r\n"),
        ];
        assert_eq!(said(110, true, lines), []);
        let postgres = |kind: u8| {
            let asks = [b'R', 0, 0, 0, 12, 0, 0, 0, kind, 1, 2, 3, 4];
            said(
                5432,
                true,
                &[
                    (true, b"\0\0\0\x12\0\x03\0\0user\0ada\0\0"),
                    (false, &asks),
                    (true, b"p\0\0\0\x0cmd5abcd\0"),
                    (false, b"R\0\0\0\x08\0\0\0\0"),
                ],
            )
        };
        let digest = postgres(5);
        assert_eq!(
            (digest[0].severity, digest[0].confidence),
            (Severity::Low, GUESSED)
        );
        assert_eq!(postgres(7), [], "Kerberos");
    }

    #[test]
    fn refused_weighs_less() {
        let refused = said(
            110,
            true,
            &[
                (false, b"+OK POP3 hi\r\n"),
                (true, b"USER ada\r\n"),
                (false, b"+OK\r\n"),
                (true, b"PASS hunter2\r\n"),
                (false, b"-ERR no\r\n"),
            ],
        );
        assert_eq!(refused[0].severity, Severity::Low);
    }

    #[test]
    fn communities() {
        for (community, outside, severity) in [
            (&b"public"[..], true, Severity::Low),
            (b"s3cr3t", true, Severity::Medium),
            (b"s3cr3t", false, Severity::Low),
        ] {
            let mut m = vec![0x30, 0x1f, 2, 1, 1, 4, 6];
            m.extend(community);
            m.extend([
                0xa0, 0x12, 2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 7, 0x30, 5, 6, 1, 0x2b, 5, 0,
            ]);
            let server = if outside {
                [198, 51, 100, 9]
            } else {
                [10, 0, 0, 9]
            };
            let mut tape = Tape::default();
            tape.udp(([10, 0, 0, 7], 40_000), (server, 161), &m);
            let one = found(&tape, &DETECTION).remove(0);
            assert_eq!(one.severity, severity);
            assert!(!one.title.contains("s3cr3t") && !one.why.contains("s3cr3t"));
        }
    }

    #[test]
    fn a_digest_of_sip_is_a_note() {
        let mut tape = Tape::default();
        let text = "REGISTER sip:x SIP/2.0\r\nFrom: <sip:a@x>\r\nCSeq: 2 REGISTER\r\nAuthorization: Digest username=\"ada\", realm=\"x\", response=\"00\"\r\nContent-Length: 0\r\n\r\n";
        tape.udp(
            ([10, 0, 0, 7], 5060),
            ([10, 0, 0, 9], 5060),
            text.as_bytes(),
        );
        let one = found(&tape, &DETECTION).remove(0);
        assert_eq!((one.severity, one.confidence), (Severity::Low, GUESSED));
    }
}
