//! STUN: hidden addresses of both families, answers with their questions, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Exchange, split};
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 50000);

pub(super) fn message(kind: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let mut list = vec![];
    for (kind, value) in attributes {
        list.extend(kind.to_be_bytes());
        list.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        list.extend_from_slice(value);
        list.resize(list.len().next_multiple_of(4), 0);
    }
    let mut m = kind.to_be_bytes().to_vec();
    m.extend(u16::try_from(list.len()).unwrap().to_be_bytes());
    m.extend([0x21, 0x12, 0xa4, 0x42]);
    m.extend(1..=12);
    m.extend(list);
    m
}

pub(super) fn answer() -> Vec<u8> {
    message(
        0x0101,
        &[
            (
                0x0020,
                &[
                    0,
                    1,
                    0x21 ^ 0x12,
                    0x12 ^ 0x34,
                    0x21 ^ 1,
                    0x12 ^ 2,
                    0xa4 ^ 3,
                    0x42 ^ 4,
                ],
            ),
            (
                0x0016,
                &[
                    0,
                    2,
                    0x21,
                    0x12,
                    0x21 ^ 0x20,
                    0x12 ^ 1,
                    0xa4,
                    0x42,
                    1,
                    2,
                    3,
                    4,
                    5,
                    6,
                    7,
                    8,
                    9,
                    10,
                    11,
                    12 ^ 9,
                ],
            ),
            (0x0009, &[0, 0, 4, 1, b'n', b'o']),
            (0x8022, b"srv"),
        ],
    )
}

#[test]
fn hidden_addresses_are_shown() {
    let mut s = Synth::default();
    s.udp(
        CLIENT,
        SERVER,
        &message(0x0001, &[(6, b"me:you"), (0x24, &[0, 0, 0, 9])]),
    );
    s.udp(SERVER, CLIENT, &answer());
    s.udp(CLIENT, SERVER, &message(0x0016, &[(0x13, b"x")]));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Exchange>();
    let row = rows.get(0).unwrap();
    assert_eq!(
        (
            row.method,
            &*row.username,
            &*row.mapped,
            &*row.relayed,
            row.error,
            row.answered
        ),
        (
            "Binding",
            "me:you",
            "1.2.3.4:4660",
            "[2001::9]:0",
            Some(401),
            true
        )
    );
    // What is relayed has no row.
    assert_eq!(rows.iter().count(), 1);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    assert_eq!(of(0, "stun.response-in").as_deref(), Some("2"));
    assert_eq!(of(0, "stun.att.priority").as_deref(), Some("9"));
    assert_eq!(of(1, "stun.response-to").as_deref(), Some("1"));
    assert_eq!(of(1, "stun.att.ipv4").as_deref(), Some("1.2.3.4"));
    assert_eq!(of(1, "stun.att.ipv6").as_deref(), Some("2001::9"));
    assert_eq!(of(1, "stun.type.class").as_deref(), Some("0x0010"));
    assert_eq!(of(1, "stun.att.error.reason").as_deref(), Some("no"));
}

#[test]
fn classes_and_methods_are_spread_over_the_type() {
    assert_eq!(split(0x0001), (0, 1));
    assert_eq!(split(0x0113), (3, 3));
    assert_eq!(split(0x0017), (1, 7));
    assert_eq!(split(0x3eef), (0, 0xfff));
}

#[test]
fn every_length_is_read_without_harm() {
    let whole = answer();
    for n in 0..=whole.len() {
        let mut s = Synth::default();
        s.udp(CLIENT, ([10, 0, 0, 2], 3478), &whole[..n]);
        let loaded = s.load();
        s.trees(loaded.facts());
    }
}

#[test]
fn other_datagrams_of_its_port_are_not_taken() {
    let port = ([10, 0, 0, 2], 3478);
    let mut s = Synth::default();
    s.udp(CLIENT, port, &message(0x0001, &[]));
    s.udp(CLIENT, port, &[0x40, 1, 0, 3, b'a', b'b', b'c', 0]);
    // A channel's length and cookie that do not fit, media.
    s.udp(CLIENT, port, &[0x40, 1, 0, 9, b'a', b'b', b'c', 0]);
    s.udp(CLIENT, port, &[0; 24]);
    s.udp(CLIENT, port, &[0x80; 24]);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let lengths: Vec<_> = trees
        .iter()
        .map(|t| t.values("stun.length").next().is_some())
        .collect();
    assert_eq!(lengths, [true, true, false, false, false]);
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    assert_eq!(of(1, "stun.channel").as_deref(), Some("0x4001"));
    assert_eq!(of(1, "data.len").as_deref(), Some("3"));
    assert!(loaded.facts().anomalies.counts().is_empty());
}

#[test]
fn attributes_left_out_are_told() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, &message(0x0001, &[(0x25, &[][..]); 65]));
    let loaded = s.load();
    assert!(
        loaded
            .facts()
            .limits
            .all()
            .iter()
            .any(|l| l.kind.id == "stun.attributes")
    );
    assert!(loaded.facts().anomalies.counts().is_empty());
}

#[test]
fn a_length_that_is_no_multiple_of_four_is_malformed() {
    for (len, malformed) in [(8, 0), (9, 1), (11, 1)] {
        let mut m = message(0x0003, &[(0x000f, &[0; 4])]);
        m.resize(20 + len, 0);
        m[3] = u8::try_from(len).unwrap();
        let mut s = Synth::default();
        s.udp(CLIENT, SERVER, &m);
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let of = |text: &str| {
            let all = trees[0].values("_ws.expert.message");
            all.filter(|m| m.contains(text)).count()
        };
        assert_eq!(of("multiple of 4"), malformed, "{len}");
    }
}
