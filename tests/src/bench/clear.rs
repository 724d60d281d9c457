//! HTTP, FTP and DNS conversations in clear text.

use super::flow::{Flow, Step};
use super::frame::Ends;
use super::frame::Side::{Client, Server};
use super::rng::Rng;
use std::net::IpAddr;

const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile Safari/604.1",
    "curl/8.9.1",
    "Microsoft-CryptoAPI/10.0",
];
const TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("json", "application/json"),
    ("js", "application/javascript"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("zip", "application/zip"),
    ("bin", "application/octet-stream"),
];
const WORDS: &[&str] = &[
    "time", "people", "way", "water", "day", "part", "sound", "work", "place", "year", "back",
    "thing", "name", "sentence", "line",
];

fn text(rng: &mut Rng, len: usize) -> Vec<u8> {
    let mut out = String::with_capacity(len + 12);
    while out.len() < len {
        out.push_str(rng.pick(WORDS));
        out.push(if rng.one_in(12) { '\n' } else { ' ' });
    }
    out.truncate(len);
    out.into_bytes()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 64);
    for chunk in body.chunks(1800) {
        out.extend(format!("{:x}\r\n", chunk.len()).bytes());
        out.extend(chunk);
        out.extend(b"\r\n");
    }
    out.extend(b"0\r\n\r\n");
    out
}

/// One to four requests on one connection.
pub(crate) fn http(rng: &mut Rng, host: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let agent = rng.pick(AGENTS);
    for _ in 0..rng.range(1, 5) {
        let (suffix, mime) = rng.pick(TYPES);
        let path = format!(
            "/{}/{}-{:x}.{suffix}",
            rng.pick(WORDS),
            rng.pick(WORDS),
            rng.range(0, 1 << 24)
        );
        let common = format!(
            "Host: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nAccept-Language: en-GB,en;q=0.8\r\nConnection: keep-alive\r\n"
        );
        let request = if rng.one_in(6) {
            let form = format!("name={}&value={:x}", rng.pick(WORDS), rng.next());
            format!(
                "POST {path} HTTP/1.1\r\n{common}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            )
        } else {
            format!("GET {path} HTTP/1.1\r\n{common}\r\n")
        };
        steps.push(Step::Send(Client, request.into_bytes()));
        let server = "Server: nginx/1.26.2\r\nDate: Wed, 04 Mar 2026 12:00:00 GMT\r\n";
        if rng.one_in(12) {
            let head = format!(
                "HTTP/1.1 404 Not Found\r\n{server}Content-Type: text/plain\r\nContent-Length: 10\r\n\r\nnot found\n"
            );
            steps.push(Step::Send(Server, head.into_bytes()));
            continue;
        }
        // Most are small, a few large.
        let len = if rng.one_in(30) {
            rng.range(10_000, 60_000)
        } else {
            rng.range(60, 4000)
        } as usize;
        let body = if mime.starts_with("text") || suffix == "js" || suffix == "json" {
            text(rng, len)
        } else {
            rng.bytes(len)
        };
        let (framing, body) = if rng.one_in(4) {
            ("Transfer-Encoding: chunked".to_owned(), chunked(&body))
        } else {
            (format!("Content-Length: {len}"), body)
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\n{server}Content-Type: {mime}\r\nETag: \"{:x}\"\r\n{framing}\r\n\r\n",
            rng.next()
        );
        steps.push(Step::Send(Server, [head.as_bytes(), &body].concat()));
    }
    steps
}

/// A session with one or two files, each on a passive data connection of its own.
pub(crate) fn ftp(rng: &mut Rng, ends: Ends, size: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut say = |side, line: String| steps.push(Step::Send(side, (line + "\r\n").into_bytes()));
    say(Server, "220 files ready".into());
    say(Client, format!("USER {}", rng.pick(WORDS)));
    say(Server, "331 Password required".into());
    say(Client, format!("PASS {:x}", rng.next()));
    say(Server, "230 Logged in".into());
    say(Client, "TYPE I".into());
    say(Server, "200 Type set to I".into());
    for i in 0..rng.range(1, 3) {
        let port = 20_000 + (u32::from(ends.client.1) * 2 + i as u32) as u16 % 40_000;
        let (ask, offer) = match ends.server.0 {
            IpAddr::V4(a) => {
                let [a, b, c, d] = a.octets();
                (
                    "PASV".to_owned(),
                    format!(
                        "227 Entering Passive Mode ({a},{b},{c},{d},{},{})",
                        port >> 8,
                        port & 255
                    ),
                )
            }
            IpAddr::V6(_) => (
                "EPSV".to_owned(),
                format!("229 Entering Extended Passive Mode (|||{port}|)"),
            ),
        };
        steps.push(Step::Send(Client, (ask + "\r\n").into_bytes()));
        steps.push(Step::Send(Server, (offer + "\r\n").into_bytes()));
        let up = rng.one_in(4);
        let len = rng.range(500, 20_000) as usize;
        let name = format!("{}-{:x}.bin", rng.pick(WORDS), rng.range(0, 1 << 20));
        let verb = if up { "STOR" } else { "RETR" };
        steps.push(Step::Send(
            Client,
            format!("{verb} {name}\r\n").into_bytes(),
        ));
        let data_ends = Ends {
            client: (ends.client.0, ends.client.1 ^ 0x8000),
            server: (ends.server.0, port),
        };
        let content = rng.bytes(len);
        let mut data = Flow::tcp(
            rng,
            data_ends,
            true,
            size,
            vec![Step::Send(if up { Client } else { Server }, content)],
        );
        data.gap = data.gap.min(5_000_000);
        let wait = data.gap * (len / size * 2 + 12) as u64;
        steps.push(Step::Spawn(Box::new(data)));
        steps.push(Step::Send(
            Server,
            format!("150 Opening connection for {name} ({len} bytes)\r\n").into_bytes(),
        ));
        steps.push(Step::Wait(wait));
        steps.push(Step::Send(Server, b"226 Transfer complete\r\n".to_vec()));
    }
    steps.push(Step::Send(Client, b"QUIT\r\n".to_vec()));
    steps.push(Step::Send(Server, b"221 Goodbye\r\n".to_vec()));
    steps
}

/// A question and its answer.
pub(crate) fn dns(rng: &mut Rng, name: &str, answer: IpAddr) -> Vec<Step> {
    let id = (rng.next() as u16).to_be_bytes();
    let kind: u8 = if answer.is_ipv4() { 1 } else { 28 };
    let mut question: Vec<u8> = name
        .split('.')
        .flat_map(|label| [&[label.len() as u8][..], label.as_bytes()].concat())
        .collect();
    question.extend([0, 0, kind, 0, 1]);
    let missing = rng.one_in(15);
    let ask = [&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0], &question].concat();
    let mut reply = [
        &id[..],
        &[
            0x81,
            if missing { 0x83 } else { 0x80 },
            0,
            1,
            0,
            u8::from(!missing),
            0,
            0,
            0,
            0,
        ],
        &question,
    ]
    .concat();
    if !missing {
        reply.extend([0xc0, 12, 0, kind, 0, 1, 0, 0]);
        reply.extend((rng.range(30, 3600) as u16).to_be_bytes());
        match answer {
            IpAddr::V4(a) => reply.extend([&[0, 4][..], &a.octets()].concat()),
            IpAddr::V6(a) => reply.extend([&[0, 16][..], &a.octets()].concat()),
        }
    }
    vec![Step::Send(Client, ask), Step::Send(Server, reply)]
}
