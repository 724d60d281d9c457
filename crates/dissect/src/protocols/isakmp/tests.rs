//! IKE: negotiations of both versions, sealed messages, what a port carries beside them, every cut length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Message, wire};
use crate::synth::Synth;
use crate::tree::TreeSink;

pub(super) const A: ([u8; 4], u16) = ([10, 0, 0, 1], 500);
pub(super) const B: ([u8; 4], u16) = ([10, 0, 0, 2], 500);

pub(super) fn payload(next: u8, body: &[u8]) -> Vec<u8> {
    let mut p = vec![next, 0];
    p.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
    p.extend_from_slice(body);
    p
}

pub(super) fn message(first: u8, version: u8, exchange: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let mut m = vec![0x11; 8];
    m.extend([0; 8]);
    m.extend([first, version, exchange, flags, 0, 0, 0, 2]);
    m.extend(u32::try_from(28 + body.len()).unwrap().to_be_bytes());
    m.extend_from_slice(body);
    m
}

pub(super) fn aggressive() -> Vec<u8> {
    let transform = payload(
        0,
        &[
            1, 1, 0, 0, 0x80, 1, 0, 7, 0x80, 14, 1, 0, 0x80, 2, 0, 4, 0x80, 3, 0, 1, 0x80, 4, 0,
            14, 0, 12, 0, 4, 0, 1, 0x51, 0x80,
        ],
    );
    let mut proposal = vec![1, 1, 0, 1];
    proposal.extend(transform);
    let mut sa = vec![0, 0, 0, 1, 0, 0, 0, 1];
    sa.extend(payload(0, &proposal));
    let mut body = payload(5, &sa);
    body.extend(payload(13, b"\x03\x11\x01\xf4me@example.org"));
    body.extend(payload(11, b"\x09\x00\x26\x89\xdf\xd6\xb7\x12"));
    body.extend(payload(0, &[0, 0, 0, 1, 1, 0, 0, 14]));
    message(1, 0x10, 4, 0, &body)
}

pub(super) fn init() -> Vec<u8> {
    let mut proposal = vec![1, 1, 0, 2];
    proposal.extend(payload(3, &[1, 0, 0, 12, 0x80, 14, 1, 0]));
    proposal.extend(payload(0, &[4, 0, 0, 31]));
    let mut body = payload(34, &payload(0, &proposal));
    body.extend(payload(40, &[0, 31, 0, 0, 9, 9, 9]));
    body.extend(payload(41, &[7; 16]));
    body.extend(payload(41, &[1, 0, 0x40, 0x2f, 0, 2, 0, 4]));
    body.extend(payload(0, &[0, 0, 0, 17, 0, 19]));
    message(33, 0x20, 34, 8, &body)
}

fn of(tree: &TreeSink, field: &str) -> Option<String> {
    tree.values(field).next().map(str::to_owned)
}

#[test]
fn what_is_in_the_clear_is_told() {
    let mut s = Synth::default();
    s.udp(A, B, &aggressive());
    s.udp(A, B, &init());
    s.udp(A, B, &message(8, 0x10, 32, 1, &[5; 40]));
    let mut fragment = vec![0, 3, 0, 2];
    fragment.extend([6; 30]);
    let sealed = message(53, 0x20, 35, 0x28, &payload(35, &fragment));
    let mut behind = vec![0; 4];
    behind.extend(sealed);
    s.udp((A.0, 4500), (B.0, 4500), &behind);
    s.udp((A.0, 4500), (B.0, 4500), &[0xff]);
    let loaded = s.load();
    let rows: Vec<_> = loaded.facts().messages.all::<Message>().iter().collect();
    let told: Vec<_> = rows
        .iter()
        .map(|m| {
            (
                m.version,
                m.exchange,
                m.encrypted,
                &*m.transforms,
                &*m.identity,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                1,
                "Aggressive",
                false,
                "AES-CBC, SHA2-256, Pre-shared key, 2048 bit MODP group",
                "me@example.org"
            ),
            (2, "IKE_SA_INIT", false, "ENCR_AES_CBC, Curve25519", ""),
            (1, "Quick Mode", true, "", ""),
            (2, "IKE_AUTH", true, "", ""),
        ]
    );
    assert_eq!(rows[0].vendors, ["XAUTH"]);
    assert_eq!(rows[0].notices, ["NO_PROPOSAL_CHOSEN"]);
    assert_eq!(
        rows[1].notices,
        ["SIGNATURE_HASH_ALGORITHMS", "INVALID_KE_PAYLOAD"]
    );
    assert_eq!(
        (rows[1].response, rows[3].response),
        (Some(false), Some(true))
    );
    let trees = s.trees(loaded.facts());
    assert_eq!(
        of(&trees[0], "isakmp.id.data.user_fqdn").as_deref(),
        Some("me@example.org")
    );
    assert_eq!(
        of(&trees[0], "isakmp.ike.attr.life_duration").as_deref(),
        Some("86400")
    );
    assert_eq!(
        of(&trees[1], "isakmp.notify.data.accepted_dh_group").as_deref(),
        Some("19")
    );
    assert_eq!(
        of(&trees[1], "isakmp.ike2.attr.key_length").as_deref(),
        Some("256")
    );
    assert_eq!(
        trees[1]
            .values("isakmp.notify.data.signature_hash_algorithms")
            .count(),
        2
    );
    assert!(of(&trees[2], "isakmp.enc.data").is_some());
    assert_eq!(of(&trees[3], "isakmp.frag.number").as_deref(), Some("3"));
    assert!(of(&trees[4], "udpencap.nat_keepalive").is_some());
    let counts = loaded.facts().anomalies.counts();
    let ids: Vec<_> = counts.iter().map(|(k, n)| (k.id, *n)).collect();
    assert_eq!(ids, [("isakmp.fragment_number.invalid", 1)]);
}

#[test]
fn every_length_is_read_without_harm() {
    for whole in [aggressive(), init()] {
        for n in 0..=whole.len() {
            let mut s = Synth::default();
            s.udp(A, B, &whole[..n]);
            let loaded = s.load();
            s.trees(loaded.facts());
            let broken = !loaded.facts().anomalies.counts().is_empty();
            assert_eq!(broken, (28..whole.len()).contains(&n), "{n}");
        }
    }
}

#[test]
fn payloads_left_out_are_told() {
    let body = payload(40, &[]).repeat(wire::MANY + 1);
    let mut s = Synth::default();
    s.udp(A, B, &message(40, 0x20, 34, 8, &body));
    let loaded = s.load();
    let limits = loaded.facts().limits.all();
    assert!(limits.iter().any(|l| l.kind.id == "isakmp.payloads"));
}
