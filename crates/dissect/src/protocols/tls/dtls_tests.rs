//! DTLS: hellos with cookies, whole and in pieces and disorder, what is sealed, every cut length, and what is none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::handshake::Handshake;
use crate::synth::Synth;

pub(super) const A: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const B: ([u8; 4], u16) = ([10, 0, 0, 2], 50000);

pub(super) fn record(kind: u8, epoch: u8, body: &[u8]) -> Vec<u8> {
    let mut r = vec![kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 7];
    r.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    r.extend_from_slice(body);
    r
}

fn be24(n: usize) -> [u8; 3] {
    let b = u32::try_from(n).unwrap().to_be_bytes();
    [b[1], b[2], b[3]]
}

/// The part `from..to` of a message.
pub(super) fn part(kind: u8, seq: u8, body: &[u8], from: usize, to: usize) -> Vec<u8> {
    let mut m = vec![kind];
    m.extend(be24(body.len()));
    m.extend([0, seq]);
    m.extend(be24(from));
    m.extend(be24(to - from));
    m.extend_from_slice(&body[from..to]);
    m
}

pub(super) fn client(cookie: &[u8]) -> Vec<u8> {
    let mut b = vec![0xfe, 0xfd];
    b.extend([5; 32]);
    b.push(0);
    b.push(u8::try_from(cookie.len()).unwrap());
    b.extend_from_slice(cookie);
    b.extend([0, 2, 0xc0, 0x2b, 1, 0, 0, 13, 0, 0, 0, 9, 0, 7, 0, 0, 4]);
    b.extend(b"host");
    b
}

fn server() -> Vec<u8> {
    let mut b = vec![0xfe, 0xfd];
    b.extend([6; 32]);
    b.extend([0, 0xc0, 0x2b, 0]);
    b
}

pub(super) fn conversation() -> Vec<(bool, Vec<u8>)> {
    let hello = client(b"");
    let again = client(b"cookie");
    let answer = server();
    let verify = b"\xfe\xff\x06cookie";
    let mut both = record(22, 0, &part(2, 1, &answer, 0, answer.len()));
    both.extend(record(22, 0, &part(14, 2, b"", 0, 0)));
    vec![
        (true, record(22, 0, &part(1, 0, &hello, 0, hello.len()))),
        (false, record(22, 0, &part(3, 0, verify, 0, verify.len()))),
        (true, record(22, 0, &part(1, 1, &again, 30, again.len()))),
        (true, record(22, 0, &part(1, 1, &again, 0, 40))),
        (false, both),
        (true, record(20, 0, &[1])),
        (true, record(22, 1, &[9; 40])),
        (false, record(22, 1, &[9; 40])),
        (true, record(23, 1, &[9; 40])),
        (false, record(21, 1, &[9; 20])),
    ]
}

fn synth() -> Synth {
    let mut s = Synth::default();
    for (client, bytes) in conversation() {
        let (from, to) = if client { (A, B) } else { (B, A) };
        s.udp(from, to, &bytes);
    }
    s
}

#[test]
fn a_handshake_has_the_row_of_tls() {
    let s = synth();
    let loaded = s.load();
    let rows: Vec<_> = loaded.facts().messages.all::<Handshake>().iter().collect();
    assert_eq!(rows.len(), 1);
    let row = rows[0];
    assert_eq!(row.version_name(), Some("DTLSv12"));
    assert_eq!(
        (row.server_name.as_deref(), row.cipher),
        (Some("host"), Some(0xc02b))
    );
    assert!(row.established && row.ja3.is_some());
    // Over DTLS 1.2, with a name.
    let ja4 = row.ja4.as_deref().unwrap();
    assert!(ja4.starts_with("dd2d"), "{ja4}");
    assert!(loaded.facts().anomalies.counts().is_empty());
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| {
        trees[n]
            .values(field)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(0, "dtls.handshake.extensions_server_name"), ["host"]);
    assert_eq!(
        of(0, "dtls.handshake.length"),
        [client(b"").len().to_string()]
    );
    assert_eq!(of(1, "dtls.handshake.cookie_length"), ["6"]);
    assert_eq!(of(2, "dtls.handshake.type"), ["1"]);
    assert_eq!(of(2, "dtls.handshake.version"), Vec::<String>::new());
    assert_eq!(of(3, "dtls.handshake.type"), ["1"]);
    assert_eq!(of(3, "dtls.fragment"), ["3", "4"]);
    assert_eq!(
        of(3, "dtls.handshake.length"),
        [client(b"cookie").len().to_string()]
    );
    assert_eq!(of(4, "dtls.record.content_type"), ["22", "22"]);
    assert_eq!(of(4, "dtls.handshake.ciphersuite"), ["0xc02b"]);
    assert_eq!(of(8, "dtls.record.epoch"), ["1"]);
    assert_eq!(of(8, "dtls.app_data").len(), 1);
    assert!(
        trees
            .iter()
            .all(|t| t.values("tls.handshake.type").next().is_none())
    );
}

#[test]
fn every_length_is_read_without_harm() {
    for (_, bytes) in conversation() {
        for n in 0..=bytes.len() {
            let mut s = Synth::default();
            s.udp(A, B, &conversation()[0].1);
            s.udp(A, B, &bytes[..n]);
            let loaded = s.load();
            s.trees(loaded.facts());
        }
    }
}

#[test]
fn others_are_not_taken() {
    let mut s = Synth::default();
    let mut wrong = conversation()[0].1.clone();
    wrong[1] = 3;
    s.udp(A, B, &wrong);
    s.udp((A.0, 1), B, &[22; 60]);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert!(
        trees
            .iter()
            .all(|t| t.values("dtls.record.epoch").next().is_none())
    );
}
