//! Versions, offers in pieces, what both agree on, SSH 1, packets cut anywhere.

use super::Session;
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 2200);

pub(super) fn packet(code: u8, body: &[u8]) -> Vec<u8> {
    let mut m = u32::try_from(2 + body.len() + 4)
        .unwrap()
        .to_be_bytes()
        .to_vec();
    m.extend_from_slice(&[4, code]);
    m.extend_from_slice(body);
    m.extend_from_slice(&[0; 4]);
    m
}

pub(super) fn offer(lists: [&str; 8]) -> Vec<u8> {
    let mut body = vec![9; 16];
    for list in lists.iter().chain(&["", ""]) {
        body.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
        body.extend_from_slice(list.as_bytes());
    }
    body.extend_from_slice(&[0; 5]);
    packet(20, &body)
}

pub(super) const MINE: [&str; 8] = ["k2,k1", "ed", "c1,c2", "c9", "m1", "m9", "none", "zlib"];

#[test]
fn both_sides_offer_and_agree() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "SSH-2.0-OpenSSH_9\r\n");
    c.client(&mut s, "SSH-2.0-PuTTY\r\n");
    c.piece = 60;
    c.client(&mut s, offer(MINE));
    c.server(
        &mut s,
        offer(["k1", "ed", "c2", "c9", "m1", "m9", "none", "none"]),
    );
    c.client(&mut s, packet(21, &[]));
    c.client(&mut s, [0xff; 64]);
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Session>();
    let told: Vec<_> = rows
        .iter()
        .map(|r| {
            (
                &*r.client,
                &*r.server,
                &*r.kex_alg,
                &*r.cipher_alg,
                &*r.compression_alg,
            )
        })
        .collect();
    assert_eq!(
        told,
        [("SSH-2.0-PuTTY", "SSH-2.0-OpenSSH_9", "k1", "c2", "none")]
    );
    assert_eq!(
        rows.iter().map(|r| r.client_bytes).collect::<Vec<_>>(),
        [64]
    );
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(4, "ssh.protocol").as_deref(), Some("SSH-2.0-OpenSSH_9"));
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("7"));
    assert_eq!(
        of(7, "ssh.kex.hassh_algorithms").as_deref(),
        Some("k2,k1;c1,c2;m1;none")
    );
    // md5 of that text.
    assert_eq!(of(7, "ssh.kex.hassh").map(|h| h.len()), Some(32));
    assert_eq!(
        of(9, "ssh.kex.hasshserver_algorithms").as_deref(),
        Some("k1;c9;m9;none")
    );
    let last = trees.last().unwrap();
    assert!(last.values("ssh.encrypted_packet").next().is_some());
    assert!(last.values("ssh.message_code").next().is_none());
}

#[test]
fn an_offer_cut_at_every_length_invents_nothing() {
    let whole = offer(MINE);
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.server(&mut s, "SSH-2.0-a\r\n");
        c.client(&mut s, "SSH-2.0-b\r\n");
        c.client(&mut s, &whole[..n]);
        c.finish(&mut s, 0);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        let rows = loaded.facts().messages.all::<Session>();
        assert!(rows.iter().all(|r| r.hassh.is_empty()));
    }
}

#[test]
fn a_length_that_no_packet_has_ends_the_clear_text() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "SSH-2.0-a\r\n");
    c.client(&mut s, "SSH-2.0-b\r\n");
    c.client(&mut s, [0, 1, 0, 0, 4, 20, 0, 0]);
    c.client(&mut s, offer(MINE));
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    assert!(
        trees
            .iter()
            .all(|t| t.values("ssh.kex_algorithms").next().is_none())
    );
}

#[test]
fn ssh_1_pads_without_counting() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, "SSH-1.5-a\n");
    c.client(&mut s, "SSH-1.5-b\n");
    // A length of 13 has three bytes of padding.
    let mut key = vec![0, 0, 0, 13, 0, 0, 0, 2];
    key.extend_from_slice(&[7; 12]);
    c.piece = 10;
    c.server(&mut s, key);
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).next().map(str::to_owned);
    assert_eq!(of(6, "tcp.reassembled_in").as_deref(), Some("7"));
    assert_eq!(of(7, "ssh.message_code").as_deref(), Some("2"));
}

#[test]
fn a_signature_over_a_curve_is_not_taken_apart() {
    let text = |b: &[u8]| [&u32::try_from(b.len()).unwrap().to_be_bytes(), b].concat();
    let reply = |kind: &[u8]| {
        let signature = [text(kind), text(&[7; 64])].concat();
        [text(b"key"), text(&[1; 32]), text(&signature)].concat()
    };
    let unread = |b: &[u8]| super::kex::unread_signature(crate::data::Data::packet(b));
    let curve = reply(b"ssh-ed25519");
    assert_eq!(unread(&curve), Some((4 + 4 + 11, 4 + 11 + 4 + 64)));
    assert_eq!(unread(&reply(b"ssh-rsa")), None);
    assert_eq!(unread(&reply(b"rsa-sha2-512")), None);
    for len in 0..curve.len() {
        assert_eq!(unread(&curve[..len]), None, "{len}");
    }
}

#[test]
fn a_reply_whose_parts_are_longer_than_it_is_malformed() {
    let text = |b: &[u8]| [&u32::try_from(b.len()).unwrap().to_be_bytes(), b].concat();
    let parts = [text(b"key"), text(&[1; 32]), text(&[7; 64])].concat();
    let mut beyond = parts.clone();
    beyond[..4].copy_from_slice(&0xffff_fff8_u32.to_be_bytes());
    let remarks = |body: &[u8]| {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.server(&mut s, "SSH-2.0-a\r\n");
        c.client(&mut s, "SSH-2.0-b\r\n");
        c.client(&mut s, offer(MINE));
        c.server(&mut s, offer(MINE));
        c.server(&mut s, packet(31, body));
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        trees
            .iter()
            .map(|t| t.values("_ws.malformed").count())
            .sum::<usize>()
    };
    assert_eq!(remarks(&parts), 0);
    assert_eq!(remarks(&beyond), 1);
}
