//! Passwords guessed by SSH, FTP, HTTP, SMB and mail; people who mistype look alike.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::{Host, Role};
use crate::labelled::write::Take;
use crate::packets::http as web;
use crate::packets::rng::Rng;
use crate::packets::smb::Smb;
use crate::packets::tcp::{Conn, Side};
use crate::packets::{DAY, HOUR, MILLI, MINUTE, Nanos, SECOND, ssh};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "guessing",
    what: "guessing by SSH, FTP, HTTP, SMB and SMTP; people who mistype",
    scored: true,
    make,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Ssh,
    Ftp,
    Http,
    Smb,
    Smtp,
}

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("guessing");
    let desks = lab.desks(&mut rng);
    let plans = [
        (
            By::Ssh,
            "bruteforce.ssh",
            22,
            "twenty-five short SSH sessions within minutes",
        ),
        (
            By::Ftp,
            "bruteforce.ftp",
            21,
            "forty passwords by FTP, all refused",
        ),
        (
            By::Http,
            "bruteforce.http",
            8080,
            "fifty passwords by HTTP, all 401",
        ),
        (
            By::Smb,
            "bruteforce.smb",
            445,
            "thirty log-ons by SMB, all refused",
        ),
        (
            By::Smtp,
            "bruteforce.smtp",
            25,
            "thirty passwords by SMTP, all refused",
        ),
    ];
    for (n, (by, kind, port, what)) in plans.into_iter().enumerate() {
        let (host, server) = (desks[n].clone(), lab.nth(Role::App, n));
        let at = lab.start + 9 * HOUR + rng.range(0, 400) * MINUTE;
        let tries = match by {
            By::Ssh => 25,
            By::Ftp => 40,
            By::Http => 50,
            _ => 30,
        };
        let mut draft = Draft::new(kind, host.address(), what)
            .to(server.ip)
            .port(port)
            .also(&["cred", "lateral", "port"]);
        let mut when = at;
        for _ in 0..tries {
            let mut conn = lab.near(&mut rng, &host, &server, port, when);
            attempt(&mut lab, &mut conn, &mut rng, (by, &host));
            draft.ids.extend(conn.ids);
            when = conn.now + rng.range(300, 9_000) * MILLI;
        }
        lab.drafts.push(draft);
        // A person who types it wrong twice.
        let (person, at) = (desks[6 + n].clone(), at + 40 * MINUTE);
        let mut twin = Draft::benign(
            "benign.mistyped",
            person.address(),
            "a password typed wrong twice",
            "two refusals within a minute are a person",
        )
        .to(server.ip)
        .port(port);
        for n in 0..2 {
            let mut conn = lab.near(&mut rng, &person, &server, port, at + n * 20 * SECOND);
            attempt(&mut lab, &mut conn, &mut rng, (by, &person));
            twin.ids.extend(conn.ids);
        }
        lab.drafts.push(twin);
    }
    vec![Take::of(lab)]
}

fn lines(lab: &mut Lab, conn: &mut Conn, talk: &[(&str, String)]) {
    for (who, line) in talk {
        let side = if *who == "c" {
            Side::Client
        } else {
            Side::Server
        };
        let wait: Nanos = if *who == "c" { 30 } else { 120 };
        conn.wait(wait * MILLI);
        conn.send(&mut lab.tape, side, format!("{line}\r\n").as_bytes());
    }
}

/// One refused log-in on a connection of its own.
fn attempt(lab: &mut Lab, conn: &mut Conn, rng: &mut Rng, (by, host): (By, &Host)) {
    conn.open(&mut lab.tape);
    let guess = rng.hex(7);
    let s = |text: &str| text.to_owned();
    match by {
        By::Ssh => {
            let turns = [(48, 48), (64, 64), (144, 80)];
            let client = "SSH-2.0-libssh2_1.10.0";
            ssh::session(&mut lab.tape, conn, rng, client, &turns);
        }
        By::Ftp => lines(
            lab,
            conn,
            &[
                ("s", s("220 FTP server ready")),
                ("c", s("USER admin")),
                ("s", s("331 Password required")),
                ("c", format!("PASS {guess}")),
                ("s", s("530 Login incorrect")),
            ],
        ),
        By::Http => {
            // "admin:" and seven digits as the header has them.
            let basic = super::files::base64(format!("admin:{guess}").as_bytes());
            let line = format!("Authorization: Basic {basic}");
            let name = "intranet.corp.test:8080";
            let ask = web::request("GET", "/admin", name, host.agent, &[&line]);
            conn.send(&mut lab.tape, Side::Client, &ask);
            let tell = web::response(
                "401 Unauthorized",
                "text/plain",
                &["WWW-Authenticate: Basic realm=\"admin\""],
                b"no",
            );
            conn.send(&mut lab.tape, Side::Server, &tell);
        }
        By::Smb => Smb::refused(
            &mut lab.tape,
            conn,
            rng,
            ("administrator", "CORP", &host.name),
        ),
        By::Smtp => lines(
            lab,
            conn,
            &[
                ("s", s("220 mx ESMTP")),
                ("c", s("EHLO desk")),
                ("s", s("250-mx\r\n250 AUTH LOGIN")),
                ("c", s("AUTH LOGIN")),
                ("s", s("334 VXNlcm5hbWU6")),
                ("c", super::files::base64(b"office")),
                ("s", s("334 UGFzc3dvcmQ6")),
                ("c", super::files::base64(guess.as_bytes())),
                ("s", s("535 5.7.8 Authentication failed")),
            ],
        ),
    }
    conn.close(&mut lab.tape, Side::Client);
}
