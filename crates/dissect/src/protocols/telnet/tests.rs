//! Telnet: commands, suboptions and text are told apart, log-ins are told and passwords are not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Login, Piece, piece};
use crate::synth::Synth;
use proptest::prelude::*;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 23);

fn pieces(bytes: &[u8]) -> Vec<Piece> {
    let (mut at, mut out) = (0, vec![]);
    while let Some(p) = piece(bytes, at) {
        out.push(p);
        at = p.end();
    }
    out
}

#[test]
fn pieces_of_every_kind() {
    let bytes = b"ab\xff\xffc\xff\xfd\x18\xff\xfa\x18\x00vt\xff\xff1\xff\xf0\xff\xf1x";
    assert_eq!(
        pieces(bytes),
        [
            Piece::Text(0, 5),
            Piece::Command(5, 3),
            Piece::Sub(8, 17, 17),
            Piece::Command(17, 2),
            Piece::Command(19, 2),
            Piece::Text(21, 22),
        ]
    );
    assert_eq!(pieces(b"\xff"), [Piece::Command(0, 1)]);
    assert_eq!(pieces(b"\xff\xfb"), [Piece::Command(0, 2)]);
    assert_eq!(pieces(b"\xff\xfa\x18"), [Piece::Sub(0, 3, 3)]);
    assert_eq!(pieces(b"\xff\xff"), [Piece::Text(0, 2)]);
}

#[test]
fn a_log_in_typed_letter_by_letter() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, b"\xff\xfd\x18\xff\xfd\x1f");
    c.client(
        &mut s,
        b"\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0",
    );
    c.client(&mut s, b"\xff\xfa\x18\0xterm\xff\xf0");
    c.server(&mut s, "box login: ");
    for letter in ["b", "o", "x", "\x7f", "b", "\r\0"] {
        c.client(&mut s, letter);
    }
    c.server(&mut s, "\r\nPassword: ");
    for letter in ["h", "u", "n", "t", "\r\0"] {
        c.client(&mut s, letter);
    }
    c.server(&mut s, "\r\nLogin incorrect\r\nbox login: ");
    c.client(&mut s, "bob\r\n");
    c.server(&mut s, "Password: ");
    c.client(&mut s, "secret\r\n");
    c.server(&mut s, "\r\n\r\nbox:~$ ");
    c.finish(&mut s, 0);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Login>();
    let told: Vec<_> = rows
        .iter()
        .map(|l| (&*l.user, l.success, &*l.terminal))
        .collect();
    assert_eq!(
        told,
        [("bob", Some(false), "xterm"), ("bob", Some(true), "xterm")]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| {
        trees[n - 1]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(4, "telnet.cmd"), ["253", "253"]);
    assert_eq!(of(5, "telnet.cmd"), ["251", "251", "250", "240"]);
    assert_eq!(of(5, "telnet.naws_subopt.width"), ["80"]);
    assert_eq!(of(6, "telnet.string_subopt.value"), ["xterm"]);
    assert_eq!(of(7, "telnet.data"), ["box login: "]);
}

#[test]
fn a_session_that_ends_at_the_password() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "Username: ");
    c.client(&mut s, "eve\r\n");
    c.server(&mut s, "Password: ");
    c.client(&mut s, "x\r\n");
    c.reset(&mut s, 1);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Login>();
    assert_eq!(rows.iter().map(|l| l.success).collect::<Vec<_>>(), [None]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(prop_oneof![Just(0xffu8), 236u8..=255, any::<u8>()], 0..60)) {
        let end = pieces(&bytes).last().map_or(0, |p| p.end());
        prop_assert_eq!(end, bytes.len());
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &bytes);
        let loaded = s.load();
        s.trees(loaded.facts());
    }
}

#[test]
fn a_return_alone_ends_no_line() {
    let mut s = Synth::default();
    let mut c = s.connect(([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 23));
    c.client(&mut s, "a\rb\r\0c\r\nd\ne");
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    // As tshark 4.0.17 divides it.
    let lines: Vec<_> = trees[3].values("telnet.data").collect();
    assert_eq!(lines, ["a\rb\r", "c\r\n", "d\n", "e"]);
}
