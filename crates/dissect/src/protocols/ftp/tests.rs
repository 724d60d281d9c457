//! Unit tests of FTP: bytes built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::facts::{Completeness, Message};
use crate::synth::{Connection, End, Synth};
use proptest::prelude::*;

pub(super) const CLIENT: End = ([10, 0, 0, 1], 40_000);
pub(super) const SERVER: End = ([10, 0, 0, 2], 2121);

/// A control connection on port 2121 after a login.
fn login(s: &mut Synth, piece: usize) -> Connection {
    // A flow is decided after eight packets: single bytes need the registered port.
    let server = if piece == 1 { (SERVER.0, 21) } else { SERVER };
    let mut c = s.connect(CLIENT, server);
    c.piece = piece;
    c.server(s, "220 ready\r\n");
    for (command, reply) in [
        ("USER bob", "331 password?"),
        ("PASS hunter2", "230-Welcome\r\n  to all\r\n230 in"),
        ("TYPE I", "200 ok"),
        ("CWD /pub/x", "250 ok"),
    ] {
        say(s, &mut c, command, reply);
    }
    c
}

pub(super) fn say(s: &mut Synth, c: &mut Connection, command: &str, reply: &str) {
    c.client(s, format!("{command}\r\n"));
    c.server(s, format!("{reply}\r\n"));
}

pub(super) fn data(s: &mut Synth, from: End, to: End, bytes: &[u8]) {
    let mut d = s.connect(from, to);
    d.server(s, bytes);
    d.finish(s, 1);
}

#[test]
fn passive_with_size_before_the_command() {
    let mut all = vec![];
    for piece in [1, 7, 1400] {
        let mut s = Synth::default();
        let mut c = login(&mut s, piece);
        say(
            &mut s,
            &mut c,
            "EPSV",
            "229 Entering Extended Passive Mode (|||5001|)",
        );
        say(&mut s, &mut c, "SIZE super.exe", "213 2000");
        say(&mut s, &mut c, "MDTM super.exe", "213 20260101000000");
        c.client(&mut s, "RETR super.exe\r\n");
        c.server(&mut s, "150 here it comes\r\n");
        data(
            &mut s,
            ([10, 0, 0, 1], 40_001),
            ([10, 0, 0, 2], 5001),
            &[b'x'; 2000],
        );
        c.server(&mut s, "226 done\r\n");
        let d = s.load();
        let [t] = d
            .facts()
            .messages
            .all::<Transfer>()
            .iter()
            .collect::<Vec<_>>()[..]
        else {
            panic!()
        };
        assert_eq!(
            (&*t.command, &*t.path, t.size, t.ascii),
            ("RETR", "/pub/x/super.exe", Some(2000), false)
        );
        assert_eq!(
            (t.setup, t.endpoint.1, t.bytes, t.outcome()),
            (Setup::Epsv, 5001, 2000, Outcome::Complete)
        );
        assert_eq!(t.user.as_deref(), Some("bob"));
        let [a] = d.facts().artifacts.iter().collect::<Vec<_>>()[..] else {
            panic!()
        };
        let url = if piece == 1 {
            "ftp://10.0.0.2/pub/x/super.exe"
        } else {
            "ftp://10.0.0.2:2121/pub/x/super.exe"
        };
        assert_eq!((&*a.names[0].text, &*a.url), ("super.exe", url));
        assert_eq!(
            (a.state, a.declared_size, a.sent),
            (Completeness::Complete, Some(2000), false)
        );
        assert_eq!(a.client.0, std::net::IpAddr::from(CLIENT.0));
        let [l] = d.facts().messages.all::<Login>().iter().collect::<Vec<_>>()[..] else {
            panic!()
        };
        assert_eq!((&*l.user, l.success), ("bob", Some(true)));
        let rows: Vec<_> = d
            .facts()
            .messages
            .all::<Command>()
            .iter()
            .map(Message::summary)
            .collect();
        assert!(
            rows.contains(&"PASS <hidden> → 230 in".to_owned()),
            "{rows:?}"
        );
        let everything = format!("{:?}{:?}{:?}", rows, t, l);
        assert!(!everything.contains("hunter2"));
        all.push(rows);
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
}

#[test]
fn two_transfers_in_one_session_one_refused() {
    let mut s = Synth::default();
    let mut c = login(&mut s, 1400);
    say(
        &mut s,
        &mut c,
        "PASV",
        "227 Entering Passive Mode (10,0,0,2,19,137).",
    );
    say(&mut s, &mut c, "RETR none", "550 no such file");
    // The connection of the refused command serves the next.
    c.client(&mut s, "RETR a.bin\r\n");
    let mut d = s.connect(([10, 0, 0, 1], 40_001), ([10, 0, 0, 2], 5001));
    c.server(
        &mut s,
        "150 Opening BINARY mode data connection for a.bin (10 bytes).\r\n",
    );
    d.server(&mut s, [7; 10]);
    d.finish(&mut s, 1);
    c.server(&mut s, "226 ok\r\n");
    let d = s.load();
    let [refused, done] = d
        .facts()
        .messages
        .all::<Transfer>()
        .iter()
        .collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(
        (refused.outcome(), &*refused.arg),
        (Outcome::Refused, "none")
    );
    assert_eq!(
        (done.outcome(), &*done.arg, done.announced_size),
        (Outcome::Complete, "a.bin", Some(10))
    );
    assert_eq!(d.facts().artifacts.len(), 1);
    assert_eq!(d.facts().artifacts[0].message, Some(1));
}

#[test]
fn active_upload_and_listing() {
    let mut s = Synth::default();
    let mut c = login(&mut s, 1400);
    say(&mut s, &mut c, "PORT 10,0,0,1,200,1", "200 ok");
    c.client(&mut s, "STOR miner.exe\r\n");
    c.server(&mut s, "150 go\r\n");
    let mut d = s.connect(([10, 0, 0, 2], 20), ([10, 0, 0, 1], 51_201));
    d.server(&mut s, b"MZ upload");
    d.finish(&mut s, 1);
    c.server(&mut s, "226 ok\r\n");
    say(&mut s, &mut c, "EPRT |1|10.0.0.1|51300|", "200 ok");
    c.client(&mut s, "LIST -la\r\n");
    c.server(&mut s, "150 go\r\n");
    let mut d = s.connect(([10, 0, 0, 2], 20), ([10, 0, 0, 1], 51_300));
    d.client(&mut s, b"-rw-r--r-- 1 a b 3 x\r\n");
    d.finish(&mut s, 0);
    c.server(&mut s, "226 ok\r\n");
    let d = s.load();
    let [a] = d.facts().artifacts.iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert!(a.sent);
    assert_eq!(&*a.names[0].text, "miner.exe");
    let rows = d.facts().messages.all::<Transfer>();
    assert_eq!((rows[0].setup, rows[1].setup), (Setup::Port, Setup::Eprt));
    assert_eq!(
        (&*rows[1].command, &*rows[1].path, rows[1].bytes),
        ("LIST", "/pub/x", 22)
    );
    let t = s.trees(d.facts());
    assert!(
        t.iter()
            .any(|t| t.values("ftp-data.command").eq(["LIST -la"]))
    );
    assert!(t.iter().any(|t| t.values("ftp.active.port").eq(["51201"])));
}

#[test]
fn broken_off_and_resumed() {
    let mut s = Synth::default();
    let mut c = login(&mut s, 1400);
    say(
        &mut s,
        &mut c,
        "PASV",
        "227 Entering Passive Mode (10,0,0,2,19,137).",
    );
    c.client(&mut s, "RETR a.bin\r\n");
    c.server(&mut s, "150 Opening (100 bytes)\r\n");
    let mut d = s.connect(([10, 0, 0, 1], 40_001), ([10, 0, 0, 2], 5001));
    d.server(&mut s, [7; 40]);
    c.server(&mut s, "426 broken\r\n");
    d.reset(&mut s, 1);
    say(
        &mut s,
        &mut c,
        "PASV",
        "227 Entering Passive Mode (10,0,0,2,19,138).",
    );
    say(&mut s, &mut c, "REST 40", "350 ok");
    c.client(&mut s, "RETR a.bin\r\n");
    c.server(&mut s, "150 Opening (100 bytes)\r\n");
    data(
        &mut s,
        ([10, 0, 0, 1], 40_002),
        ([10, 0, 0, 2], 5002),
        &[8; 60],
    );
    c.server(&mut s, "226 ok\r\n");
    let d = s.load();
    let [first, second] = d.facts().artifacts.iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(
        (first.state, first.declared_size, first.wire_size),
        (Completeness::Aborted, Some(100), 40)
    );
    assert!(first.range.is_none());
    assert_eq!(second.state, Completeness::Complete);
    let range = second.range.as_ref().unwrap();
    assert_eq!((range.start, range.end), (40, 100));
    let rows = d.facts().messages.all::<Transfer>();
    assert_eq!(
        (rows[0].outcome(), rows[1].outcome(), rows[1].offset),
        (Outcome::Aborted, Outcome::Complete, 40)
    );
}

#[test]
fn ascii_is_marked_and_a_failed_login_told() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 21));
    c.server(&mut s, "220 FTP\r\n");
    say(&mut s, &mut c, "USER eve", "331 ?");
    say(&mut s, &mut c, "PASS no", "530 no");
    say(&mut s, &mut c, "TYPE A", "200 ok");
    say(
        &mut s,
        &mut c,
        "PASV",
        "227 Entering Passive Mode (10,0,0,2,19,137).",
    );
    c.client(&mut s, "RETR a.txt\r\n");
    data(
        &mut s,
        ([10, 0, 0, 1], 40_001),
        ([10, 0, 0, 2], 5001),
        b"one\r\ntwo\r\n",
    );
    let d = s.load();
    assert_eq!(d.facts().messages.all::<Login>()[0].success, Some(false));
    assert!(d.facts().artifacts[0].ascii);
    assert_eq!(&*d.facts().artifacts[0].url, "ftp://10.0.0.2/a.txt");
}

#[test]
fn paths_addresses_and_sizes() {
    assert_eq!(wire::resolve("/a/b", "../c/./d"), "/a/c/d");
    assert_eq!(wire::resolve("/a", "../../../.."), "/");
    assert_eq!(wire::resolve("/a", "/x"), "/x");
    assert_eq!(
        wire::host_port("Entering Passive Mode (1,2,3,4,5,6)")
            .unwrap()
            .1,
        1286
    );
    assert_eq!(wire::host_port("=1,2,3,4,5"), None);
    assert_eq!(wire::extended("ok (|||777|)").unwrap().2, 777);
    assert_eq!(
        wire::extended("|2|::1|777|").unwrap().1,
        Some("::1".parse().unwrap())
    );
    assert_eq!(wire::quoted("\"/a\"\"b\" is it").as_deref(), Some("/a\"b"));
    assert_eq!(wire::announced_size("for x (1234 bytes)."), Some(1234));
    assert_eq!(wire::announced_size("go"), None);
}

proptest! {
    #[test]
    fn hostile_sessions_never_panic(lines in proptest::collection::vec("(USER|PASS|PASV|EPSV|PORT|RETR|227|229|150|226|550|257|213)[ -]?[\\x00-\\xff|(),0-9\"é]{0,20}\r?\n?", 0..30)) {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 21));
        for (n, line) in lines.iter().enumerate() {
            if n % 2 == 0 { c.client(&mut s, line); } else { c.server(&mut s, line); }
        }
        let d = s.load();
        s.trees(d.facts());
    }
}
