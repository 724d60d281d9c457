//! Packets in pieces, the cookie of RDP, what is no packet.

use super::{Session, packet};
use crate::facts::Message;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 3389);

pub(super) fn wrap(kind: u8, variable: &[u8]) -> Vec<u8> {
    let li = u8::try_from(6 + variable.len()).unwrap();
    let mut m = vec![3, 0, 0, li + 5, li, kind, 0, 0, 0, 0, 0];
    m.extend_from_slice(variable);
    m
}

pub(super) fn request() -> Vec<u8> {
    wrap(
        0xe0,
        b"Cookie: mstshash=eltons\r\n\x01\x00\x08\x00\x00\x00\x00\x00",
    )
}

#[test]
fn a_desktop_is_asked_for_and_its_packets_are_put_together() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, request());
    c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
    let mut data = vec![3, 0, 0x0b, 0xb8, 2, 0xf0, 0x80];
    data.resize(3000, 0);
    c.client(&mut s, data);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Session>();
    let told: Vec<String> = rows.iter().map(Message::summary).collect();
    assert_eq!(told, ["eltons (Standard RDP Security)"]);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(
        of(4, "rdp.rt_cookie").as_deref(),
        Some("Cookie: mstshash=eltons")
    );
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("8"));
    assert_eq!(of(8, "cotp.type").as_deref(), Some("0x0f"));
}

#[test]
fn heads_at_their_bounds_and_cut() {
    let whole = request();
    assert_eq!(packet(&whole), Some(44));
    assert_eq!(packet(&[3, 0, 0, 7, 2, 0xf0, 0x80]), Some(7));
    assert_eq!(packet(&[3, 0, 0, 6, 2, 0xf0, 0x80]), None);
    assert_eq!(packet(&[3, 1, 0, 7, 2, 0xf0, 0x80]), None);
    assert_eq!(packet(&[3, 0, 0, 7, 3, 0xf0, 0x80]), None);
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Session>().is_empty());
    }
}
