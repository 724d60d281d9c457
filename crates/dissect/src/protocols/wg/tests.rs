//! WireGuard: a handshake with its answer, sealed packets, every cut length, and what is none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Handshake, INITIATION, RESPONSE};
use crate::synth::Synth;

pub(super) const A: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const B: ([u8; 4], u16) = ([10, 0, 0, 2], 50000);

pub(super) fn message(kind: u8, len: usize, indexes: &[u32]) -> Vec<u8> {
    let mut m = vec![kind, 0, 0, 0];
    m.extend(indexes.iter().flat_map(|n| n.to_le_bytes()));
    m.resize(len, 7);
    m
}

#[test]
fn a_handshake_on_any_port() {
    let mut s = Synth::default();
    s.udp(A, B, &message(1, INITIATION, &[0x11]));
    s.udp(B, A, &message(2, RESPONSE, &[0x22, 0x11]));
    s.udp(A, B, &message(4, 32, &[0x22, 5, 0]));
    s.udp(A, B, &message(4, 128, &[0x22, 6, 0]));
    s.udp(A, B, &message(1, INITIATION, &[0x33]));
    s.udp(B, A, &message(3, 64, &[0x33]));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Handshake>();
    let told: Vec<_> = rows
        .iter()
        .map(|h| (&*h.sender, &*h.receiver, h.answered, h.cookie))
        .collect();
    assert_eq!(
        told,
        [
            ("0x00000011", "0x00000022", true, false),
            ("0x00000033", "", false, true)
        ]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n].values(field).next().map(str::to_owned);
    assert_eq!(of(0, "wg.response_in").as_deref(), Some("2"));
    assert_eq!(
        of(0, "wg.ephemeral").as_deref(),
        Some("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
    );
    assert_eq!(of(1, "wg.response_to").as_deref(), Some("1"));
    assert_eq!(of(2, "wg.counter").as_deref(), Some("5"));
    assert!(of(2, "wg.keepalive").is_some() && of(3, "wg.keepalive").is_none());
}

#[test]
fn every_length_is_read_without_harm() {
    for kind in 0..6 {
        let whole = message(kind, INITIATION, &[1, 2]);
        for n in [
            0, 1, 3, 4, 7, 8, 11, 12, 16, 31, 32, 44, 64, 91, 92, 147, 148,
        ] {
            let mut s = Synth::default();
            s.udp(A, ([10, 0, 0, 2], 51820), &whole[..n]);
            let loaded = s.load();
            s.trees(loaded.facts());
        }
    }
}

#[test]
fn other_lengths_are_not_taken() {
    let mut s = Synth::default();
    s.udp(A, B, &message(1, INITIATION - 1, &[1]));
    s.udp(A, B, &message(4, 33, &[1]));
    // Its port may carry anything.
    s.udp(A, (B.0, 51820), &message(2, RESPONSE + 1, &[1, 2]));
    s.udp(A, (B.0, 51820), b"hello");
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert!(trees.iter().all(|t| t.values("wg.type").next().is_none()));
    assert!(loaded.facts().anomalies.counts().is_empty());
    assert_eq!(loaded.facts().messages.all::<Handshake>().iter().count(), 0);
}
