//! IRC: lines over segments, who joins what, recognition on any port.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Event, Said};
use crate::facts::Message;
use crate::synth::Synth;

pub(super) fn session(port: u16, piece: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], port));
    c.piece = piece;
    c.client(&mut s, "NICK bot\r\nUSER b 0 * :Real Name\r\n");
    c.server(&mut s, ":srv 001 bot :Welcome\r\nPING :1\r\n");
    c.client(&mut s, "PONG 1\r\nJOIN #c2 key\r\n");
    c.server(&mut s, ":boss!x@y PRIVMSG #c2 :!run all\r\n");
    c.client(&mut s, "PRIVMSG boss :\x01DCC SEND f.exe 1 2 3\x01\r\n");
    c.finish(&mut s, 0);
    s
}

#[test]
fn rows_in_segments_of_any_size() {
    for (port, piece) in [(6667, 1400), (6667, 1), (6667, 7), (31337, 1400)] {
        let loaded = session(port, piece).load();
        let rows = &loaded.facts().messages;
        let events: Vec<String> = rows.all::<Event>().iter().map(Message::summary).collect();
        assert_eq!(
            events,
            [
                " NICK bot",
                "bot USER b",
                "bot JOIN #c2",
                "bot DCC SEND f.exe 1 2 3"
            ]
        );
        let said: Vec<_> = rows
            .all::<Said>()
            .iter()
            .map(|s| s.from.to_string())
            .collect();
        assert_eq!(said, ["boss!x@y", "bot"]);
    }
}

#[test]
fn fields_of_both_sides() {
    let s = session(6667, 1400);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| {
        trees[n - 1]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(4, "irc.request.command"), ["NICK", "USER"]);
    assert_eq!(of(4, "irc.request.trailer"), ["Real Name"]);
    assert_eq!(
        of(4, "irc.request.command_parameter"),
        ["bot", "b", "0", "*"]
    );
    assert_eq!(of(5, "irc.response.num_command"), ["1"]);
    assert_eq!(of(5, "irc.response.command"), ["001", "PING"]);
    assert_eq!(of(8, "irc.ctcp"), ["DCC SEND f.exe 1 2 3"]);
}

#[test]
fn other_protocols_with_names_are_not_taken() {
    for first in ["USER bob\r\n", "NICKEL\r\n", "PASS x\r\n"] {
        let mut s = Synth::default();
        let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 9999));
        c.client(&mut s, first);
        c.finish(&mut s, 0);
        let loaded = s.load();
        assert!(
            loaded
                .facts()
                .flows
                .iter()
                .all(|f| f.protocol != Some(super::PROTOCOL.id()))
        );
    }
}
