//! Ten kinds of passwords in the clear, and what looks like one and is none.

use super::Scenario;
use super::files::base64;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::write::Take;
use crate::packets::frame;
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::tape::PacketId;
use crate::packets::tcp::Side;
use crate::packets::{DAY, HOUR, MILLI, MINUTE, Nanos};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "cleartext",
    what: "ten kinds of credentials in the clear; anonymous log-ins, tokens and texts that are none",
    scored: true,
    make,
};

const AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:134.0) Gecko/20100101 Firefox/134.0";

/// Lines of a talk: who speaks, and what.
type Talk = Vec<(Side, Vec<u8>)>;

fn lines(of: &[(&str, String)]) -> Talk {
    of.iter()
        .map(|(who, line)| {
            let side = if *who == "c" {
                Side::Client
            } else {
                Side::Server
            };
            (side, format!("{line}\r\n").into_bytes())
        })
        .collect()
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("cleartext");
    let desks = lab.desks(&mut rng);
    let user = rng.word(&["jmiller", "asmith", "kchen", "lgarcia", "tnovak"]);
    let mut at = lab.start + 9 * HOUR + rng.range(0, 30) * MINUTE;
    for kind in 0..10 {
        let host = desks[kind % desks.len()].clone();
        let secret = format!(
            "{}{}!{}",
            rng.word(&["Blue", "Winter", "Tiger"]),
            rng.hex(4),
            rng.range(10, 99)
        );
        let draft = plant(&mut lab, &mut rng, &host, kind, user, &secret, at);
        lab.drafts.push(draft);
        at += rng.range(8, 35) * MINUTE;
    }
    decoys(&mut lab, &mut rng, &desks, at);
    vec![Take::of(lab)]
}

/// A talk with a server inside (a server of the segment) or outside.
fn talk(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    at: Nanos,
    (inside, port): (bool, u16),
    turns: &Talk,
) -> (Vec<PacketId>, String) {
    let (mut conn, peer) = if inside {
        let server = lab.nth(Role::App, usize::from(port));
        let peer = server.address();
        (lab.near(rng, host, &server, port, at), peer)
    } else {
        let ip = lab.outside(rng);
        (lab.out(rng, host, ip, port, at), ip.to_string())
    };
    conn.open(&mut lab.tape);
    for (side, bytes) in turns {
        conn.wait(20 * MILLI);
        conn.send(&mut lab.tape, *side, bytes);
    }
    conn.close(&mut lab.tape, Side::Client);
    (conn.ids, peer)
}

fn plant(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    kind: usize,
    user: &str,
    secret: &str,
    at: Nanos,
) -> Draft {
    let plain = base64(format!("\0{user}\0{secret}").as_bytes());
    let basic = base64(format!("{user}:{secret}").as_bytes());
    let (what, inside, port, turns): (&str, bool, u16, Talk) = match kind {
        0 => (
            "FTP: USER and PASS",
            true,
            21,
            lines(&[
                ("s", s("220 FTP server ready")),
                ("c", format!("USER {user}")),
                ("s", s("331 Password required")),
                ("c", format!("PASS {secret}")),
                ("s", s("230 Logged in")),
                ("c", s("QUIT")),
                ("s", s("221 Goodbye")),
            ]),
        ),
        1 => (
            "HTTP Basic",
            false,
            80,
            vec![
                (
                    Side::Client,
                    web::request(
                        "GET",
                        "/private/",
                        "files.partner.test",
                        AGENT,
                        &[&format!("Authorization: Basic {basic}")],
                    ),
                ),
                (
                    Side::Server,
                    web::response("200 OK", "text/html", &[], b"<html>in</html>"),
                ),
            ],
        ),
        2 => (
            "a form by HTTP",
            false,
            80,
            vec![
                (
                    Side::Client,
                    web::post(
                        "/login",
                        "forum.oldboard.test",
                        AGENT,
                        "application/x-www-form-urlencoded",
                        format!(
                            "user={user}&password={}&remember=1",
                            secret.replace('!', "%21")
                        )
                        .as_bytes(),
                    ),
                ),
                (
                    Side::Server,
                    web::head("302 Found", &["Location: /", "Content-Length: 0"]),
                ),
            ],
        ),
        3 => (
            "POP3: USER and PASS",
            false,
            110,
            lines(&[
                ("s", s("+OK POP3 ready")),
                ("c", format!("USER {user}")),
                ("s", s("+OK")),
                ("c", format!("PASS {secret}")),
                ("s", s("+OK 2 messages")),
                ("c", s("QUIT")),
                ("s", s("+OK bye")),
            ]),
        ),
        4 => (
            "IMAP LOGIN",
            false,
            143,
            lines(&[
                ("s", s("* OK IMAP4rev1 ready")),
                ("c", format!("a1 LOGIN {user} \"{secret}\"")),
                ("s", s("a1 OK LOGIN completed")),
                ("c", s("a2 LOGOUT")),
                ("s", s("* BYE")),
                ("s", s("a2 OK LOGOUT completed")),
            ]),
        ),
        5 => (
            "SMTP AUTH PLAIN",
            false,
            587,
            lines(&[
                ("s", s("220 mx ESMTP")),
                ("c", s("EHLO desk")),
                ("s", s("250-mx\r\n250 AUTH PLAIN LOGIN")),
                ("c", format!("AUTH PLAIN {plain}")),
                ("s", s("235 2.7.0 Authentication successful")),
                ("c", s("QUIT")),
                ("s", s("221 Bye")),
            ]),
        ),
        6 => ("Telnet, letter by letter", true, 23, telnet(user, secret)),
        7 => ("LDAP simple bind", true, 389, ldap(user, secret)),
        8 => return snmp(lab, rng, host, secret, at),
        _ => (
            "SMTP AUTH LOGIN",
            false,
            25,
            lines(&[
                ("s", s("220 mx ESMTP")),
                ("c", s("EHLO desk")),
                ("s", s("250-mx\r\n250 AUTH PLAIN LOGIN")),
                ("c", s("AUTH LOGIN")),
                ("s", s("334 VXNlcm5hbWU6")),
                ("c", base64(user.as_bytes())),
                ("s", s("334 UGFzc3dvcmQ6")),
                ("c", base64(secret.as_bytes())),
                ("s", s("235 2.7.0 Authentication successful")),
                ("c", s("QUIT")),
                ("s", s("221 Bye")),
            ]),
        ),
    };
    let (ids, peer) = talk(lab, rng, host, at, (inside, port), &turns);
    let mut draft = Draft::new("cred.cleartext", host.address(), what)
        .to(peer)
        .port(port)
        .note()
        .also(&["port", "proto", "http", "ua"])
        .with(ids);
    draft.secret = Some(secret.to_owned());
    draft
}

/// Each key is a packet; the server echoes the name, not the password.
fn telnet(user: &str, secret: &str) -> Talk {
    let mut out: Talk = vec![
        (Side::Server, b"\xff\xfd\x18\xff\xfb\x01".to_vec()),
        (Side::Client, b"\xff\xfc\x18\xff\xfd\x01".to_vec()),
        (Side::Server, b"login: ".to_vec()),
    ];
    for b in user.bytes() {
        out.push((Side::Client, vec![b]));
        out.push((Side::Server, vec![b]));
    }
    out.push((Side::Client, b"\r\n".to_vec()));
    out.push((Side::Server, b"\r\nPassword: ".to_vec()));
    for b in secret.bytes() {
        out.push((Side::Client, vec![b]));
    }
    out.push((Side::Client, b"\r\n".to_vec()));
    out.push((Side::Server, b"\r\nWelcome.\r\n$ ".to_vec()));
    out
}

fn ldap(user: &str, secret: &str) -> Talk {
    let name = format!("cn={user},ou=people,dc=corp,dc=test");
    let byte = |n: usize| u8::try_from(n).unwrap_or(0);
    let mut bind = vec![2, 1, 3, 4, byte(name.len())];
    bind.extend(name.bytes());
    bind.extend([0x80, byte(secret.len())]);
    bind.extend(secret.bytes());
    let mut body = vec![2, 1, 1, 0x60, byte(bind.len())];
    body.extend(bind);
    let mut ask = vec![0x30, byte(body.len())];
    ask.extend(body);
    let tell = vec![0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0];
    vec![
        (Side::Client, ask),
        (Side::Server, tell),
        (Side::Client, vec![0x30, 5, 2, 1, 2, 0x42, 0]),
    ]
}

/// SNMP version 2c with a community that is none of the usual ones.
fn snmp(lab: &mut Lab, rng: &mut Rng, host: &Host, secret: &str, at: Nanos) -> Draft {
    let server = lab.nth(Role::Printer, 0);
    let message = |kind: u8, value: &[u8]| {
        let byte = |n: usize| u8::try_from(n).unwrap_or(0);
        let wrap = |tag: u8, body: Vec<u8>| {
            let mut out = vec![tag, byte(body.len())];
            out.extend(body);
            out
        };
        let mut pair = vec![6, 8, 0x2b, 6, 1, 2, 1, 1, 5, 0];
        pair.extend_from_slice(value);
        let list = wrap(0x30, wrap(0x30, pair));
        let mut pdu = vec![2, 1, 7, 2, 1, 0, 2, 1, 0];
        pdu.extend(list);
        let mut body = vec![2, 1, 1];
        body.extend(wrap(4, secret.as_bytes().to_vec()));
        body.extend(wrap(kind, pdu));
        wrap(0x30, body)
    };
    let mine = host.end(40_000 + rng.u16() % 20_000);
    let there = server.end(161);
    let ids = [
        frame::udp(&mut lab.tape, at, &mine, &there, &message(0xa0, &[5, 0])),
        frame::udp(
            &mut lab.tape,
            at + server.lan,
            &there,
            &mine,
            &message(0xa2, b"\x04\x03prn"),
        ),
    ];
    let mut draft = Draft::new("cred.cleartext", host.address(), "SNMP 2c community")
        .to(server.ip)
        .port(161)
        .note()
        .with(ids);
    draft.secret = Some(secret.to_owned());
    draft
}

/// None of these is a secret.
fn decoys(lab: &mut Lab, rng: &mut Rng, desks: &[Host], at: Nanos) {
    let form = "application/x-www-form-urlencoded";
    let list: [(&str, u16, Talk); 6] = [
        (
            "an anonymous FTP log-in",
            21,
            lines(&[
                ("s", s("220 mirror")),
                ("c", s("USER anonymous")),
                ("s", s("331 Any password")),
                ("c", s("PASS guest@corp.test")),
                ("s", s("230 Logged in")),
                ("c", s("QUIT")),
                ("s", s("221 Bye")),
            ]),
        ),
        (
            "a form with an empty password",
            80,
            vec![
                (
                    Side::Client,
                    web::post("/login", "forum.oldboard.test", AGENT, form, b"user=&password="),
                ),
                (Side::Server, web::response("200 OK", "text/html", &[], b"<html>again</html>")),
            ],
        ),
        (
            "a search for the word password",
            80,
            vec![
                (
                    Side::Client,
                    web::request(
                        "GET",
                        "/search?q=how+to+change+my+password",
                        "www.searchhub.test",
                        AGENT,
                        &[],
                    ),
                ),
                (
                    Side::Server,
                    web::response(
                        "200 OK",
                        "text/html",
                        &[],
                        b"<html>Authorization: Basic is explained here. PASS and USER are FTP commands.</html>",
                    ),
                ),
            ],
        ),
        (
            "mail over POP3 where STLS comes before anything else",
            110,
            {
                let mut out = lines(&[
                    ("s", s("+OK POP3 ready")),
                    ("c", s("STLS")),
                    ("s", s("+OK begin TLS")),
                ]);
                out.push((Side::Client, vec![0x16, 3, 1, 0, 4, 1, 0, 0, 0]));
                out.truncate(3);
                out
            },
        ),
        (
            "a comment with words that fields of log-ins have",
            80,
            vec![
                (
                    Side::Client,
                    web::post(
                        "/comment",
                        "forum.oldboard.test",
                        AGENT,
                        form,
                        b"title=passport&text=the+pass+over+the+mountain&page=2",
                    ),
                ),
                (Side::Server, web::response("200 OK", "text/html", &[], b"<html>thanks</html>")),
            ],
        ),
        (
            "SMTP that asks for no log-in",
            25,
            lines(&[
                ("s", s("220 mx ESMTP")),
                ("c", s("EHLO desk")),
                ("s", s("250-mx\r\n250 AUTH PLAIN LOGIN")),
                ("c", s("QUIT")),
                ("s", s("221 Bye")),
            ]),
        ),
    ];
    let mut at = at;
    for (n, (what, port, turns)) in list.iter().enumerate() {
        let host = desks[(10 + n) % desks.len()].clone();
        let (ids, peer) = talk(lab, rng, &host, at, (false, *port), turns);
        lab.drafts.push(
            Draft::benign(
                "benign.no_secret",
                host.address(),
                what,
                "nothing in it is secret",
            )
            .to(peer)
            .port(*port)
            .with(ids),
        );
        at += rng.range(3, 20) * MINUTE;
    }
}
