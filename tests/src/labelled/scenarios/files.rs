//! Ten programs that came over the network, each by another way, and the harmless ones around them.

use super::Scenario;
use crate::labelled::background::{self, Amount};
use crate::labelled::beacon;
use crate::labelled::lab::{Crew, Draft, Lab};
use crate::labelled::net::Host;
use crate::labelled::write::Take;
use crate::packets::ftp::{Mode, Session};
use crate::packets::http as web;
use crate::packets::programs::{elf, program, sha256};
use crate::packets::rng::Rng;
use crate::packets::tcp::{Conn, Fate, Side};
use crate::packets::{DAY, HOUR, MILLI, MINUTE, Nanos, SECOND};
use std::net::Ipv4Addr;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "files",
    what: "ten executables by HTTP, FTP and mail, lossy, compressed, in chunks and disguised",
    scored: true,
    make,
};

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36";

fn make(seed: u64) -> Vec<Take> {
    let mut lab = Lab::new(seed, SCENARIO.name, Crew::OFFICE, None, DAY);
    background::write(&mut lab, Amount::QUIET);
    let mut rng = lab.rng("files");
    let desks = lab.desks(&mut rng);
    let mut ways: [Way; 10] = [
        Way::Plain,
        Way::Lossy,
        Way::GzipChunked,
        Way::Disguised,
        Way::Chunked,
        Way::Port,
        Way::Elf,
        Way::Passive,
        Way::Extended,
        Way::Mail,
    ];
    rng.shuffle(&mut ways);
    let mut at = lab.start + 8 * HOUR + rng.range(10, 60) * MINUTE;
    for (n, way) in ways.into_iter().enumerate() {
        let host = desks[n % desks.len()].clone();
        let draft = fetch(&mut lab, &mut rng, &host, way, at);
        lab.drafts.push(draft);
        at += rng.range(15, 45) * MINUTE;
    }
    let draft = installer(&mut lab, &mut rng, &desks);
    lab.drafts.extend(draft);
    vec![Take::of(lab)]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    Lossy,
    GzipChunked,
    Disguised,
    Chunked,
    Port,
    Elf,
    Passive,
    Extended,
    Mail,
}

fn fetch(lab: &mut Lab, rng: &mut Rng, host: &Host, way: Way, at: Nanos) -> Draft {
    let size = rng.size(18_000, 70_000);
    let body = if way == Way::Elf {
        elf(rng, size)
    } else {
        program(rng, size)
    };
    let name = beacon::hideout(rng);
    let (kind, what) = match way {
        Way::Plain => ("file.exe_http", "a program by HTTP"),
        Way::Lossy => (
            "file.exe_http",
            "a program by HTTP, segments lost behind the tap and out of order",
        ),
        Way::GzipChunked => ("file.exe_http", "a program by HTTP, compressed, in chunks"),
        Way::Disguised => ("file.exe_disguised", "a program that is called a document"),
        Way::Chunked => (
            "file.exe_http",
            "a program by HTTP in chunks on a connection that was used before",
        ),
        Way::Port => (
            "file.exe_http",
            "a program in the answer to a POST on port 8081",
        ),
        Way::Elf => ("file.elf_http", "a Linux program by HTTP"),
        Way::Passive => ("file.exe_ftp", "a program by passive FTP"),
        Way::Extended => ("file.exe_ftp", "a program by FTP: EPSV, SIZE, RETR"),
        Way::Mail => ("file.exe_mail", "a program in a mail"),
    };
    let mut draft = Draft::new(kind, host.address(), what)
        .note()
        .also(&["http", "ua", "pattern", "cred", "proto"]);
    draft.sha256 = Some(sha256(&body));
    let (ids, peer, port) = match way {
        Way::Passive | Way::Extended => ftp(lab, rng, host, &name, way, &body, at),
        Way::Mail => mail(lab, rng, host, &name, &body, at),
        _ => http(lab, rng, host, &name, way, &body, at),
    };
    draft.domain = Some(name);
    draft.to(peer).port(port).with(ids)
}

type Got = (Vec<usize>, Ipv4Addr, u16);

fn http(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    name: &str,
    way: Way,
    body: &[u8],
    at: Nanos,
) -> Got {
    let done = lab.resolve(rng, host, at, name);
    let port = if way == Way::Port { 8081 } else { 80 };
    let mut conn = lab.out(rng, host, done.peer, port, done.end + MILLI);
    conn.lean = false;
    conn.open(&mut lab.tape);
    if way == Way::Chunked {
        let ask = web::request("GET", "/index.html", name, AGENT, &[]);
        conn.send(&mut lab.tape, Side::Client, &ask);
        let tell = web::response("200 OK", "text/html", &[], b"<html>files</html>");
        conn.send(&mut lab.tape, Side::Server, &tell);
    }
    let file = match way {
        Way::Disguised => format!("/doc/{}.pdf", rng.hex(6)),
        Way::Elf => format!("/bin/{}", rng.hex(6)),
        _ => format!("/get/{}.exe", rng.hex(6)),
    };
    let ask = if way == Way::Port {
        web::post(
            "/fetch",
            &format!("{name}:8081"),
            AGENT,
            "text/plain",
            b"id=7",
        )
    } else {
        web::request("GET", &file, name, AGENT, &[])
    };
    conn.send(&mut lab.tape, Side::Client, &ask);
    let stream = "application/octet-stream";
    let tell = match way {
        Way::GzipChunked => {
            let mut out = web::head(
                "200 OK",
                &[
                    "Content-Type: application/octet-stream",
                    "Content-Encoding: gzip",
                    "Transfer-Encoding: chunked",
                ],
            );
            out.extend(web::chunked(&web::gzip(body), 3000));
            out
        }
        Way::Chunked => {
            let mut out = web::head(
                "200 OK",
                &[
                    "Content-Type: application/x-msdownload",
                    "Transfer-Encoding: chunked",
                ],
            );
            out.extend(web::chunked(body, 4096));
            out
        }
        Way::Disguised => web::response("200 OK", "application/pdf", &[], body),
        _ => web::response("200 OK", stream, &[], body),
    };
    let fate = |i: usize| match (way, i % 11) {
        (Way::Lossy, 3) => Fate::Again,
        (Way::Lossy, 7) => Fate::Late,
        _ => Fate::Keep,
    };
    conn.send_with(&mut lab.tape, Side::Server, &tell, fate);
    conn.close(&mut lab.tape, Side::Client);
    let mut ids = done.ids;
    ids.extend(conn.ids);
    (ids, done.peer, port)
}

fn ftp(
    lab: &mut Lab,
    rng: &mut Rng,
    host: &Host,
    name: &str,
    way: Way,
    body: &[u8],
    at: Nanos,
) -> Got {
    let done = lab.resolve(rng, host, at, name);
    let mut control = lab.out(rng, host, done.peer, 21, done.end + MILLI);
    control.lean = false;
    let mut s = Session::login(&mut lab.tape, control, "anonymous", "guest@example.test");
    s.command(&mut lab.tape, "TYPE I", "200 Type set to I");
    let size = format!("213 {}", body.len());
    let (mode, between) = match way {
        Way::Extended => (Mode::Extended, vec![("SIZE tool.exe", size.as_str())]),
        _ => (Mode::Passive, Vec::new()),
    };
    let data = s.arrange(&mut lab.tape, mode, 50_000 + rng.u16() % 9_000, &between);
    s.start(&mut lab.tape, "RETR tool.exe");
    s.carry(&mut lab.tape, data, body, false);
    s.reply(&mut lab.tape, "226 Transfer complete");
    s.quit(&mut lab.tape);
    let mut ids = done.ids;
    ids.extend(s.control.ids);
    ids.extend(s.data.iter().flat_map(|c: &Conn| c.ids.clone()));
    (ids, done.peer, 21)
}

fn mail(lab: &mut Lab, rng: &mut Rng, host: &Host, name: &str, body: &[u8], at: Nanos) -> Got {
    let done = lab.resolve(rng, host, at, name);
    let mut conn = lab.out(rng, host, done.peer, 25, done.end + MILLI);
    conn.lean = false;
    let boundary = rng.hex(20);
    let mut text = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--{boundary}\r\n\
         Content-Type: application/octet-stream; name=\"invoice.exe\"\r\n\
         Content-Disposition: attachment; filename=\"invoice.exe\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    );
    for line in base64(body).as_bytes().chunks(76) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push_str("\r\n");
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    mail_out(lab, &mut conn, &text);
    let mut ids = done.ids;
    ids.extend(conn.ids);
    (ids, done.peer, 25)
}

fn mail_out(lab: &mut Lab, conn: &mut Conn, message: &str) {
    conn.open(&mut lab.tape);
    conn.send(&mut lab.tape, Side::Server, b"220 mx ESMTP\r\n");
    for (line, reply) in [
        ("EHLO desk\r\n", "250 mx\r\n"),
        ("MAIL FROM:<a@corp.test>\r\n", "250 OK\r\n"),
        ("RCPT TO:<b@other.test>\r\n", "250 OK\r\n"),
        ("DATA\r\n", "354 Go ahead\r\n"),
    ] {
        conn.send(&mut lab.tape, Side::Client, line.as_bytes());
        conn.send(&mut lab.tape, Side::Server, reply.as_bytes());
    }
    let whole =
        format!("From: <a@corp.test>\r\nTo: <b@other.test>\r\nSubject: invoice\r\n{message}.\r\n");
    conn.send(&mut lab.tape, Side::Client, whole.as_bytes());
    conn.send(&mut lab.tape, Side::Server, b"250 Queued\r\n");
    conn.send(&mut lab.tape, Side::Client, b"QUIT\r\n");
    conn.send(&mut lab.tape, Side::Server, b"221 Bye\r\n");
    conn.close(&mut lab.tape, Side::Server);
}

/// Base64 with padding (RFC 4648).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let six = (word >> (18 - 6 * i)) & 63;
            out.push(if i <= three.len() as u32 {
                char::from(LETTERS[six as usize])
            } else {
                '='
            });
        }
    }
    out
}

/// Twelve hosts fetch the same new version of the same editor.
fn installer(lab: &mut Lab, rng: &mut Rng, desks: &[Host]) -> Vec<Draft> {
    let body = program(rng, 16_000);
    let name = "dl.editor-project.test";
    let mut out = Vec::new();
    for host in desks.iter().take(14) {
        let at = lab.start + 9 * HOUR + rng.range(0, 4 * 3600) * SECOND;
        let what = (name, "/stable/editor-setup.exe", AGENT);
        let kind = "application/x-msdownload";
        let done = lab.get(rng, host, at, what, (kind, &body));
        out.push(
            Draft::benign(
                "benign.installer",
                host.address(),
                "the installer of an editor that most desks fetch on that day",
                "the same file for more than half of the hosts",
            )
            .named(name)
            .to(done.peer)
            .with(done.ids),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_as_the_standard_has_it() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), text);
        }
    }
}
