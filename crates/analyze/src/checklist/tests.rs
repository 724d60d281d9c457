//! The checklist of captures built here.

use super::*;
use crate::environment::Environment;
use crate::tape::Tape;

fn rows(tape: &Tape, fuel: u32) -> Vec<Row> {
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let env = Environment::new(&input);
    let look = Look {
        input: &input,
        env: &env,
    };
    let mut list = Checklist::default();
    while !list.step(&look, fuel) {}
    list.finish(&input)
}

fn row<'a>(rows: &'a [Row], id: &str) -> &'a Row {
    rows.iter().find(|r| r.group.id == id).unwrap()
}

#[test]
fn each_line_counts_its_own_and_says_what_nobody_read() {
    let mut tape = Tape::default();
    let web = ([198, 51, 100, 9], 80);
    for n in 0..3 {
        tape.talk(
            ([10, 0, 0, 7 + n], 40_000),
            web,
            b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        );
    }
    tape.talk(
        ([10, 0, 0, 7], 41_000),
        ([198, 51, 100, 9], 4444),
        &[0x91, 3, 7, 1],
        &[0xfe, 9],
    );
    tape.talk(
        ([10, 0, 0, 8], 41_000),
        ([10, 0, 0, 9], 22),
        b"SSH-2.0-a\r\n",
        b"SSH-2.0-b\r\n",
    );
    tape.look_up(([10, 0, 0, 7], 5_000), "a.example", Some([198, 51, 100, 9]));
    // An echo request.
    tape.frame(
        ([10, 0, 0, 7], 0),
        ([10, 0, 0, 8], 0),
        1,
        &[8, 0, 0xf7, 0xff, 0, 0, 0, 0],
    );
    let all = rows(&tape, 1);
    assert_eq!(all, rows(&tape, 10_000), "in one step or in many");
    let http = row(&all, "http");
    assert_eq!(
        (
            http.flows,
            http.answered,
            http.packets,
            http.hosts,
            http.servers
        ),
        (3, 3, 21, 3, 1)
    );
    assert!(http.unread.is_empty());
    let methods = http
        .normal
        .iter()
        .find(|n| n.column == "http.method")
        .unwrap();
    assert_eq!(
        (methods.values.as_slice(), methods.of),
        (&[("GET".to_owned(), 3)][..], 3)
    );
    let unknown = row(&all, "unknown");
    assert_eq!((unknown.flows, unknown.unread_packets()), (1, 7));
    assert_eq!(unknown.unread[0].why, NOT_KNOWN);
    assert_eq!(unknown.normal[0].values, [("4444/tcp".to_owned(), 1)]);
    let remote = row(&all, "remote");
    assert_eq!((remote.flows, remote.unread[0].why), (1, ENCRYPTED));
    assert_eq!(row(&all, "dns").flows, 1);
    assert_eq!(row(&all, "without").packets, 1);
    assert_eq!(row(&all, "rest").flows, 0);
    let packets: u64 = all.iter().map(|r| r.packets).sum();
    assert_eq!(
        packets,
        tape.frames.len() as u64,
        "every packet is on one line"
    );
}

#[test]
fn detections_stand_on_the_lines_of_what_they_read() {
    assert_eq!(of_detection("file.exe_ftp"), ["ftp"]);
    assert_eq!(of_detection("scan.vertical"), ["rest"]);
    assert_eq!(of_detection("ua.rare"), ["http"]);
    assert_eq!(of_detection("bruteforce.ssh"), ["remote"]);
    assert_eq!(of_detection("lateral.smb_sweep"), ["windows"]);
    assert!(of_detection("indicator.seen").is_empty());
}

/// A detection that reads many protocols has each of its findings where that one was spoken.
#[test]
fn a_finding_stands_on_the_line_of_what_was_spoken() {
    let mut tape = Tape::default();
    let server = [198, 51, 100, 9];
    let ask = b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRhOmh1bnRlcjI=\r\n\r\n";
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    tape.talk(([10, 0, 0, 7], 40_000), (server, 80), ask, answer);
    let cleartext = crate::detections::ALL
        .iter()
        .find(|d| d.id == "cred.cleartext");
    let found = crate::detections::found(&tape, cleartext.unwrap());
    let [one] = found.as_slice() else {
        panic!("{found:?}");
    };
    let dissector = tape.load();
    let input = Input::of(dissector.facts(), vec![tape.span()]);
    let at = |ports: &[u16]| lines_at(&input, &ports.iter().map(|p| (server.into(), *p)).collect());
    assert_eq!(lines_of(one, &at(&[80])), ["http"]);
    let all = of_detection("cred.cleartext");
    assert!(all.len() > 3, "{all:?}");
    assert_eq!(
        lines_of(one, &at(&[21])),
        all,
        "nothing is known of its server"
    );
}
