//! The messages of a WPA handshake in Ethernet, the older key frame, and every cut.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::synth::Synth;

pub(super) fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut p = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x8e, 1, kind];
    p.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    p.extend(body);
    p
}

pub(super) fn key(info: u16, nonce: u8, data: &[u8]) -> Vec<u8> {
    let mut b = vec![254];
    b.extend(info.to_be_bytes());
    b.extend([0, 32, 0, 0, 0, 0, 0, 0, 0, 1]);
    b.extend([nonce; 32]);
    b.extend([0; 16 + 8 + 8 + 16]);
    b.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    b.extend(data);
    b
}

fn of(packet: &[u8], field: &str) -> Vec<String> {
    let mut s = Synth::default();
    s.packets.push(packet.to_vec());
    let loaded = s.load();
    let trees = s.trees(loaded.facts());
    trees[0].values(field).map(str::to_owned).collect()
}

#[test]
fn the_messages_of_a_handshake_have_their_numbers() {
    for (info, nonce, data, n) in [
        (0x0089, 7, &b""[..], "1"),
        (0x0109, 9, b"rsn", "2"),
        (0x01c9, 7, b"rsn", "3"),
        (0x0109, 0, b"", "4"),
        (0x0391, 7, b"gtk", "1"),
        (0x0311, 0, b"", "2"),
    ] {
        let p = frame(3, &key(info, nonce, data));
        assert_eq!(of(&p, "wlan_rsna_eapol.keydes.msgnr"), [n], "{info:04x}");
        let pairwise = if info & 8 != 0 { "1" } else { "0" };
        assert_eq!(
            of(&p, "wlan_rsna_eapol.keydes.key_info.key_type"),
            [pairwise]
        );
    }
}

#[test]
fn an_older_key_frame_and_a_log_in() {
    let mut b = vec![1, 0, 13];
    b.extend([0; 8]);
    b.extend([3; 16]);
    b.push(0x81);
    b.extend([4; 16]);
    b.extend([5; 13]);
    let p = frame(3, &b);
    assert_eq!(of(&p, "eapol.keydes.key_len"), ["13"]);
    assert_eq!(of(&p, "eapol.keydes.key").len(), 1);
    assert_eq!(of(&frame(1, &[]), "eapol.type"), ["1"]);
}

#[test]
fn a_cut_frame_is_read_as_far_as_it_goes() {
    let whole = frame(3, &key(0x0089, 7, b"data"));
    for n in 14..whole.len() {
        let p = &whole[..n];
        assert_eq!(of(p, "_ws.malformed").len(), 1, "{n} bytes");
        assert_eq!(
            of(p, "wlan_rsna_eapol.keydes.nonce").is_empty(),
            n <= 31,
            "{n} bytes"
        );
    }
}
