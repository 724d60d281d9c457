//! Who crosses which border, on captures built here. 10.0.0.0/8 is the segment.

use super::*;
use crate::tape::{End, Tape};

const OUTSIDE: [u8; 4] = [203, 0, 113, 5];

fn with<R>(tape: &Tape, then: impl FnOnce(&Look<'_>) -> R) -> R {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    then(&Look {
        input: &input,
        env: &env,
    })
}

fn walked<S: Survey + Default>(look: &Look<'_>) -> S {
    let mut survey = S::default();
    let mut walk = Walk::default();
    while !walk.step(&mut survey, look, 1) {}
    let (done, of) = walk.progress(look.input);
    assert_eq!(done, of);
    survey
}

/// A connection that nobody answers.
fn knock(tape: &mut Tape, client: End, server: End) {
    tape.tcp(client, server, 100, 0, 2, &[]);
}

#[test]
fn a_way_in_is_what_outsiders_began_and_was_answered() {
    let mut tape = Tape::default();
    let server = [10, 0, 0, 20];
    for n in 0..3 {
        tape.talk(
            ([203, 0, 113, 5 + n], 40_000),
            (server, 22),
            b"SSH-2.0-a\r\n",
            b"SSH-2.0-b\r\n",
        );
    }
    knock(&mut tape, (OUTSIDE, 41_000), (server, 23));
    tape.talk(
        ([10, 0, 0, 7], 40_000),
        (OUTSIDE, 80),
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    tape.talk(
        ([10, 0, 0, 7], 40_001),
        (server, 22),
        b"SSH-2.0-a\r\n",
        b"SSH-2.0-b\r\n",
    );
    with(&tape, |look| {
        let (rows, says) = walked::<WaysIn>(look).finish(look);
        assert_eq!(
            rows.len(),
            1,
            "not what is inside, not what went out, not what got no answer"
        );
        let row = &rows[0];
        assert_eq!(
            (row.kind, row.by, row.port, row.flows, row.clients.len()),
            ("SSH", By::Content, 22, 3, 3)
        );
        assert_eq!(row.server, IpAddr::from(server));
        assert!(
            says[0].starts_with("4 of 6 conversations were begun outside; 1 of"),
            "{}",
            says[0]
        );
    });
}

#[test]
fn nothing_from_outside_is_said_with_its_other_reading() {
    let mut tape = Tape::default();
    tape.talk(([10, 0, 0, 7], 40_000), (OUTSIDE, 80), b"?", b"!");
    with(&tape, |look| {
        let (rows, says) = walked::<WaysIn>(look).finish(look);
        assert!(rows.is_empty());
        assert!(
            says.iter()
                .any(|s| s.contains("this place does not see it")),
            "{says:?}"
        );
    });
}

#[test]
fn a_program_from_outside_is_a_way_in() {
    let mut program = b"HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\nMZ".to_vec();
    program.resize(program.len() + 254, 0);
    program[40 + 60] = 0x80;
    program[40 + 0x80..][..4].copy_from_slice(b"PE\0\0");
    let mut tape = Tape::default();
    tape.talk(
        ([10, 0, 0, 7], 40_000),
        (OUTSIDE, 80),
        b"GET /a.exe HTTP/1.1\r\nHost: bad.example\r\n\r\n",
        &program,
    );
    with(&tape, |look| {
        let (rows, _) = walked::<WaysIn>(look).finish(look);
        let found: Vec<(&str, IpAddr)> = rows.iter().map(|r| (r.kind, r.server)).collect();
        assert_eq!(found, [("Program downloaded", IpAddr::from([10, 0, 0, 7]))]);
        assert!(rows[0].says[0].starts_with("a.exe"), "{:?}", rows[0].says);
    });
}

#[test]
fn bridges_are_told_by_content_before_ports() {
    let mut tape = Tape::default();
    tape.talk(
        ([10, 0, 0, 7], 40_000),
        (OUTSIDE, 2222),
        b"SSH-2.0-a\r\n",
        b"SSH-2.0-b\r\n",
    );
    tape.talk(
        ([10, 0, 0, 7], 40_001),
        ([10, 0, 1, 9], 5900),
        b"RFB 003.008\n",
        b"RFB 003.008\n",
    );
    tape.talk(
        ([10, 0, 0, 7], 40_002),
        (OUTSIDE, 22),
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    tape.talk(
        ([10, 0, 0, 7], 40_003),
        (OUTSIDE, 80),
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    knock(&mut tape, ([10, 0, 0, 7], 40_004), (OUTSIDE, 3389));
    with(&tape, |look| {
        let (rows, carried, _) = walked::<Bridges>(look).finish(look);
        let found: Vec<(&str, By, u16)> = rows.iter().map(|r| (r.kind, r.by, r.port)).collect();
        assert_eq!(
            found,
            [
                ("SSH", By::Content, 2222),
                ("SSH", By::Port, 22),
                ("VNC", By::Port, 5900),
                ("Remote desktop (RDP)", By::Port, 3389),
            ],
            "what got no answer stands last"
        );
        assert_eq!(rows[3].answered, 0);
        assert!(carried.is_empty());
    });
}

#[test]
fn packets_in_packets_are_counted_by_what_carries_them() {
    let mut tape = Tape::default();
    // An echo request in IPv4 in IPv4.
    let mut inner = vec![
        0x45, 0, 0, 28, 0, 1, 0, 0, 64, 1, 0, 0, 192, 168, 5, 1, 192, 168, 6, 1,
    ];
    inner.extend([8, 0, 0xf7, 0xff, 0, 0, 0, 0]);
    tape.frame(([10, 0, 0, 7], 0), (OUTSIDE, 0), 4, &inner);
    with(&tape, |look| {
        let (_, carried, _) = walked::<Bridges>(look).finish(look);
        assert_eq!(carried.len(), 1);
        assert_eq!(
            (carried[0].title.as_str(), carried[0].packets),
            ("IPv4 in IPv4", 1)
        );
    });
}

#[test]
fn inside_the_unusual_stands_first() {
    let mut tape = Tape::default();
    let server = [10, 0, 0, 20];
    for n in 0..6 {
        tape.talk(([10, 0, 0, 30 + n], 40_000), (server, 8000), b"?", b"!");
    }
    tape.talk(([10, 0, 0, 30], 41_000), ([10, 0, 0, 31], 3389), b"?", b"!");
    tape.talk(([10, 0, 0, 32], 41_000), ([10, 0, 0, 33], 9999), b"?", b"!");
    tape.talk(([10, 0, 0, 30], 42_000), (OUTSIDE, 3389), b"?", b"!");
    tape.udp(([10, 0, 0, 30], 138), ([10, 255, 255, 255], 138), b"?");
    with(&tape, |look| {
        let inside = walked::<EastWest>(look).finish(look);
        assert_eq!(inside.pairs.len(), 8, "neither outside nor to everybody");
        let first = &inside.pairs[0];
        assert_eq!(
            (first.row.kind, first.admin, first.peers, first.users),
            ("Remote desktop (RDP)", true, true, 1)
        );
        let second = &inside.pairs[1];
        assert_eq!(
            (second.row.port, second.admin, second.peers),
            (9999, false, true)
        );
        assert!(
            inside.pairs[2..].iter().all(|p| !p.peers && p.users == 6),
            "a server of many is usual"
        );
        assert_eq!(inside.of_hosts, 7);
        assert_eq!(inside.hosts.len(), 7);
        let admin: Vec<&Cell> = inside.cells.iter().filter(|c| c.admin).collect();
        assert_eq!(admin.len(), 1);
        assert_eq!(admin[0].services, ["Remote desktop (RDP) 3389/tcp"]);
    });
}
