//! POP3: answers find their commands, mails become files, passwords are not kept.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Command, Login};
use crate::facts::{Completeness, Message};
use crate::protocols::imf::Letter;
use crate::synth::Synth;

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 1100);

pub(super) fn session(piece: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.piece = piece;
    c.server(&mut s, "+OK POP3 ready\r\n");
    c.client(&mut s, "USER bob\r\n");
    c.server(&mut s, "+OK\r\n");
    c.client(&mut s, "PASS hunter2\r\n");
    c.server(&mut s, "-ERR no\r\n");
    c.client(&mut s, "PASS hunter3\r\n");
    c.server(&mut s, "+OK 2 messages\r\n");
    c.client(&mut s, "LIST\r\nRETR 1\r\nTOP 2 0\r\nQUIT\r\n");
    c.server(&mut s, "+OK\r\n1 20\r\n2 30\r\n.\r\n");
    c.server(
        &mut s,
        "+OK\r\nFrom: a@b\r\nSubject: hi\r\n\r\n..x\r\ny\r\n.\r\n",
    );
    c.server(&mut s, "+OK\r\nFrom: c@d\r\n\r\n.\r\n+OK bye\r\n");
    c.finish(&mut s, 0);
    s
}

#[test]
fn answers_find_their_commands_in_segments_of_any_size() {
    for piece in [1, 2, 3, 7, 1400] {
        let loaded = session(piece).load();
        let facts = loaded.facts();
        let told: Vec<String> = facts
            .messages
            .all::<Command>()
            .iter()
            .map(Message::summary)
            .collect();
        assert_eq!(
            told,
            [
                "USER bob → +OK ",
                "PASS  → -ERR no",
                "PASS  → +OK 2 messages",
                "LIST  → +OK ",
                "RETR 1 → +OK ",
                "TOP 2 0 → +OK ",
                "QUIT  → +OK bye"
            ],
            "{piece}"
        );
        let lines: Vec<u64> = facts
            .messages
            .all::<Command>()
            .iter()
            .map(|c| c.lines)
            .collect();
        assert_eq!(lines, [0, 0, 0, 2, 5, 2, 0]);
        let logins: Vec<_> = facts
            .messages
            .all::<Login>()
            .iter()
            .map(|l| (l.user.to_string(), l.success))
            .collect();
        assert_eq!(
            logins,
            [("bob".into(), Some(false)), ("bob".into(), Some(true))]
        );
        let letters: Vec<_> = facts
            .messages
            .all::<Letter>()
            .iter()
            .map(|l| l.from.to_string())
            .collect();
        assert_eq!(letters, ["a@b", "c@d"]);
        let mails: Vec<_> = facts
            .artifacts
            .iter()
            .filter(|a| a.declared_type.as_deref() != Some("text/plain"))
            .map(|a| (a.wire_size, a.state))
            .collect();
        let whole = Completeness::Complete;
        assert_eq!(mails, [(33, whole), (13, whole)], "{piece}");
    }
}

#[test]
fn secrets_are_marked_and_not_told() {
    let s = session(1400);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    for tree in &trees {
        assert!(!tree.info_text().contains("hunter"));
    }
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(5, "pop.request.command").as_deref(), Some("USER"));
    assert_eq!(of(7, "pop.request.parameter").as_deref(), Some("hunter2"));
    assert_eq!(of(8, "pop.response.indicator").as_deref(), Some("-ERR"));
    assert_eq!(of(13, "imf.from").as_deref(), Some("a@b"));
    assert_eq!(
        trees[11].values("pop.response.data").collect::<Vec<_>>(),
        ["1 20", "2 30", "."]
    );
}

#[test]
fn a_lost_part_of_a_mail_is_told() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "+OK POP3\r\n");
    c.client(&mut s, "RETR 1\r\n");
    c.server(&mut s, "+OK\r\nFrom: a@b\r\n\r\nabc\r\n");
    c.lose(1, 10);
    c.server(&mut s, "def\r\n.\r\n");
    c.finish(&mut s, 0);
    let loaded = s.load();
    let states: Vec<_> = loaded
        .facts()
        .artifacts
        .iter()
        .map(|a| (a.wire_size, a.state))
        .collect();
    assert!(states.contains(&(23, Completeness::Lost)), "{states:?}");
}

#[test]
fn an_answer_to_retr_without_a_length_is_remarked() {
    for (answer, malformed) in [
        ("+OK 12 octets\r\n", 0),
        ("+OK message follows\r\n", 1),
        ("+OK\r\n", 0),
        ("-ERR none\r\n", 0),
    ] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.server(&mut s, "+OK POP3 ready\r\n");
        c.client(&mut s, "RETR 1\r\n");
        c.server(&mut s, answer);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let told: usize = trees
            .iter()
            .map(|t| t.values("_ws.malformed").count())
            .sum();
        assert_eq!(told, malformed, "{answer}");
    }
}

#[test]
fn a_list_without_its_end_does_not_swallow_the_next_answer() {
    let told = |cut: &str| {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.server(&mut s, "+OK POP3 ready\r\n");
        c.client(&mut s, "LIST\r\n");
        c.server(&mut s, "+OK\r\n1 20\r\n");
        c.server(&mut s, cut);
        c.client(&mut s, "RETR 1\r\n");
        c.server(&mut s, "+OK 20 octets\r\n");
        c.server(&mut s, "From: a@b\r\n\r\n.\r\n");
        c.finish(&mut s, 0);
        let loaded = s.load();
        let letters = loaded.facts().messages.all::<Letter>();
        letters
            .iter()
            .map(|l| l.from.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("2 30\r\n"), ["a@b"]);
    assert_eq!(told("2 30\r\n.\r\n"), ["a@b"]);
    // In the middle of a line it is no answer.
    assert!(told("2 30").is_empty());
}
