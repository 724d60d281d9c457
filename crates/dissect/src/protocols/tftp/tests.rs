//! TFTP: files of both ways, blocks that are repeated, lost or counted past 65535, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Transfer, transfer::State};
use crate::facts::{Completeness, Message};
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 50000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 69);
pub(super) const DATA: ([u8; 4], u16) = ([10, 0, 0, 2], 60000);

pub(super) fn block(n: u16, len: usize) -> Vec<u8> {
    let mut b = vec![0, 3];
    b.extend(n.to_be_bytes());
    b.extend(vec![7; len]);
    b
}

pub(super) fn ack(n: u16) -> Vec<u8> {
    [&[0, 4][..], &n.to_be_bytes()].concat()
}

#[test]
fn a_file_is_fetched_and_another_is_sent() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, b"\0\x01dir/a.txt\0octet\0");
    for (n, len) in [(1, 512), (1, 512), (2, 512), (3, 10)] {
        s.udp(DATA, CLIENT, &block(n, len));
        s.udp(CLIENT, DATA, &ack(n));
    }
    let (other, data) = (([10, 0, 0, 1], 50001), ([10, 0, 0, 2], 60001));
    s.udp(other, SERVER, b"\0\x02b.bin\0OCTET\0blksize\x001000\0");
    s.udp(data, other, b"\0\x06blksize\x001000\0");
    s.udp(other, data, &block(1, 1000));
    s.udp(other, data, &block(3, 5));
    let loaded = s.load();
    let facts = loaded.facts();
    let told: Vec<String> = facts
        .messages
        .all::<Transfer>()
        .iter()
        .map(Message::summary)
        .collect();
    assert_eq!(
        told,
        ["get dir/a.txt: 1034 bytes ", "put b.bin: 1005 bytes "]
    );
    let files: Vec<_> = facts
        .artifacts
        .iter()
        .map(|a| {
            (
                &*a.names[0].text,
                a.wire_size,
                a.state,
                a.sent,
                a.client.1,
                a.missing.clone().into_vec(),
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            (
                "a.txt",
                1034,
                Completeness::Complete,
                false,
                50000,
                Vec::new()
            ),
            (
                "b.bin",
                1005,
                Completeness::Lost,
                true,
                50001,
                std::iter::once(1000..2000).collect()
            ),
        ]
    );
    assert_eq!(&*facts.artifacts[0].url, "tftp://10.0.0.2/dir/a.txt");
    let trees = s.trees(facts);
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(1, "tftp.source_file").as_deref(), Some("dir/a.txt"));
    assert_eq!(of(2, "tftp.destination_file").as_deref(), Some("dir/a.txt"));
    assert_eq!(of(2, "tftp.request_frame").as_deref(), Some("1"));
    assert_eq!(of(11, "tftp.option.value").as_deref(), Some("1000"));
}

#[test]
fn what_fails_or_never_ends_is_told() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, b"\0\x01a\0octet\0");
    s.udp(DATA, CLIENT, &block(1, 512));
    s.udp(CLIENT, DATA, b"\0\x05\0\x03full\0");
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Transfer>();
    let row = rows.get(0).unwrap();
    assert_eq!((row.error_code, &*row.error_msg), (Some(3), "full"));
    assert_eq!(loaded.facts().artifacts[0].state, Completeness::Aborted);
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, b"\0\x01a\0octet\0");
    s.udp(DATA, CLIENT, &block(1, 512));
    let loaded = s.load();
    assert_eq!(
        loaded.facts().artifacts[0].state,
        Completeness::CaptureEnded
    );
}

#[test]
fn numbers_of_blocks_count_on() {
    let mut state = State::default();
    assert_eq!(state.full(1), 1);
    assert_eq!(state.full(0), 0);
    state.set_next(65535);
    assert_eq!(
        (state.full(65535), state.full(0), state.full(2)),
        (65535, 65536, 65538)
    );
    state.set_next(65537);
    assert_eq!((state.full(65535), state.full(1)), (65535, 65537));
}

#[test]
fn every_length_is_read_without_harm() {
    let whole: [&[u8]; 6] = [
        b"\0\x01a\0octet\0blksize\x001\0",
        b"\0\x03\0\x01abc",
        b"\0\x04\0\x01",
        b"\0\x05\0\x01no\0",
        b"\0\x06tsize\x0012\0",
        b"\0\x09x",
    ];
    for m in whole {
        for n in 0..=m.len() {
            let mut s = Synth::default();
            s.udp(CLIENT, SERVER, &m[..n]);
            let loaded = s.load();
            s.trees(loaded.facts());
        }
    }
}
