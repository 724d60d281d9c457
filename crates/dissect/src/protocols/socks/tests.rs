//! SOCKS: each version, in segments of any size, and what is carried after it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::Connection;
use crate::facts::Message;
use crate::protocols::http::Transaction;
use crate::synth::Synth;
use proptest::prelude::*;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);

const HTTP: &str = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
const ANSWER: &str = "HTTP/1.1 204 No Content\r\n\r\n";

pub(super) fn five(port: u16, piece: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, ([10, 0, 0, 2], port));
    c.piece = piece;
    c.client(&mut s, b"\x05\x02\0\x02");
    c.server(&mut s, b"\x05\x02");
    c.client(&mut s, b"\x01\x03bob\x06secret");
    c.server(&mut s, b"\x01\0");
    c.client(&mut s, b"\x05\x01\0\x03\x09a.example\0\x50");
    c.server(&mut s, b"\x05\0\0\x01\x0a\0\0\x02\x12\x34");
    c.client(&mut s, HTTP);
    c.server(&mut s, ANSWER);
    c.finish(&mut s, 0);
    s
}

#[test]
fn what_version_five_connects_to_is_read_on() {
    for (port, piece) in [(1080, 1400), (1080, 1), (1080, 9), (9050, 1400)] {
        let loaded = five(port, piece).load();
        let rows = &loaded.facts().messages;
        let told: Vec<String> = rows
            .all::<Connection>()
            .iter()
            .map(Message::summary)
            .collect();
        assert_eq!(
            told,
            ["Connect a.example:80 as \"bob\": Succeeded"],
            "{port} {piece}"
        );
        let row = rows.all::<Connection>().get(0).unwrap();
        assert_eq!((&*row.bound, row.bound_p), ("10.0.0.2", Some(0x1234)));
        // What a proxy carries is told by its content, within eight packets: a byte in each is too little.
        let told = usize::from(piece > 1);
        assert_eq!(
            rows.all::<Transaction>().iter().count(),
            told,
            "{port} {piece}"
        );
    }
    let s = five(1080, 1400);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(4, "socks.auth_method_count").as_deref(), Some("2"));
    assert_eq!(of(6, "socks.password").as_deref(), Some("secret"));
    assert_eq!(of(8, "socks.remote_name").as_deref(), Some("a.example"));
    assert_eq!(of(9, "socks.port").as_deref(), Some("4660"));
    assert_eq!(of(10, "http.request.method").as_deref(), Some("GET"));
}

#[test]
fn version_four_with_and_without_a_name() {
    for (request, to) in [
        (&b"\x04\x01\0\x50\x01\x02\x03\x04me\0"[..], "1.2.3.4"),
        (&b"\x04\x01\0\x50\0\0\0\x01me\0a.example\0"[..], "a.example"),
    ] {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 1080));
        c.client(&mut s, request);
        c.server(&mut s, b"\0\x5a\0\x50\x0a\0\0\x02");
        c.client(&mut s, HTTP);
        c.server(&mut s, ANSWER);
        let loaded = s.load();
        let rows = &loaded.facts().messages;
        let row = rows.all::<Connection>().get(0).unwrap();
        assert_eq!(
            (&*row.request, &*row.user, row.status),
            (to, "me", "Granted")
        );
        assert_eq!(rows.all::<Transaction>().iter().count(), 1);
    }
}

#[test]
fn a_refusal_hands_nothing_over() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 1080));
    c.client(&mut s, b"\x05\x01\0");
    c.server(&mut s, b"\x05\0");
    c.client(&mut s, b"\x05\x01\0\x01\x01\x02\x03\x04\0\x50");
    c.server(&mut s, b"\x05\x05\0\x01\0\0\0\0\0\0");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Connection>();
    assert_eq!(rows.get(0).unwrap().status, "Connection refused");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(client in proptest::collection::vec(0u8..9, 0..40), server in proptest::collection::vec(0u8..9, 0..40)) {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, ([10, 0, 0, 2], 1080));
        c.client(&mut s, [&[5, 1, 0][..], &client].concat());
        c.server(&mut s, [&[5, 0][..], &server].concat());
        let loaded = s.load();
        s.trees(loaded.facts());
    }
}
