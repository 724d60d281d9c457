//! Unit tests of TLS: handshakes built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::synth::{End, Synth};
use proptest::prelude::*;

pub(super) const CLIENT: End = ([10, 0, 0, 1], 40_000);
const SERVER: End = ([10, 0, 0, 2], 8443);

pub(super) fn sized(body: &[u8]) -> Vec<u8> {
    let mut out = u16::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(body);
    out
}

pub(super) fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = kind.to_be_bytes().to_vec();
    out.extend(sized(data));
    out
}

pub(super) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap().to_be_bytes();
    let mut out = vec![kind, len[1], len[2], len[3]];
    out.extend_from_slice(body);
    out
}

pub(super) fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, 3, 3];
    out.extend(sized(body));
    out
}

/// A hello with GREASE in every list.
pub(super) fn client_hello() -> Vec<u8> {
    let mut b = vec![3, 3];
    b.extend_from_slice(&[7; 32]);
    b.push(0);
    b.extend(sized(&[0x2a, 0x2a, 0x13, 1, 0xc0, 0x2f]));
    b.extend_from_slice(&[1, 0]);
    let name = [&[0, 0, 14][..], b"bad.example.io"].concat();
    let extensions = [
        extension(0x1a1a, &[]),
        extension(0, &sized(&name)),
        extension(10, &sized(&[0x3a, 0x3a, 0, 29, 0, 23])),
        extension(11, &[1, 0]),
        extension(13, &sized(&[4, 3, 8, 4])),
        extension(16, &sized(b"\x02h2\x08http/1.1")),
        extension(43, &[4, 3, 4, 3, 3]),
    ]
    .concat();
    b.extend(sized(&extensions));
    message(1, &b)
}

fn server_hello(extensions: &[u8]) -> Vec<u8> {
    let mut b = vec![3, 3];
    b.extend_from_slice(&[9; 32]);
    b.extend_from_slice(&[0, 0xc0, 0x2f, 0]);
    b.extend(sized(extensions));
    message(2, &b)
}

pub(super) fn session(piece: usize, cut: usize) -> Synth {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, if piece == 1 { (SERVER.0, 443) } else { SERVER });
    c.piece = piece;
    let hello = client_hello();
    let (a, b) = hello.split_at(cut);
    let hello = if cut == 0 {
        record(22, b)
    } else {
        [record(22, a), record(22, b)].concat()
    };
    c.client(&mut s, hello);
    c.server(
        &mut s,
        [
            record(22, &server_hello(&extension(16, &sized(b"\x02h2")))),
            record(22, &message(14, &[])),
        ]
        .concat(),
    );
    c.client(&mut s, [record(20, &[1]), record(22, &[0xee; 40])].concat());
    c.server(&mut s, [record(20, &[1]), record(22, &[0xdd; 40])].concat());
    c.client(&mut s, record(23, &[0; 300]));
    c.finish(&mut s, 0);
    s
}

#[test]
fn a_handshake_is_one_row_whatever_the_pieces() {
    let mut seen = vec![];
    for (piece, cut) in [(1400, 0), (7, 0), (1, 0), (1400, 60)] {
        let s = session(piece, cut);
        let d = s.load();
        let [h] = d
            .facts()
            .messages
            .all::<Handshake>()
            .iter()
            .collect::<Vec<_>>()[..]
        else {
            panic!()
        };
        assert_eq!(h.server_name.as_deref(), Some("bad.example.io"));
        assert_eq!((h.version, h.cipher), (Some(0x0303), Some(0xc02f)));
        assert_eq!(h.next_protocol.as_deref(), Some("h2"));
        assert_eq!(h.offered_protocols.len(), 2);
        assert!(h.established && !h.resumed && h.certificates.is_empty());
        assert_eq!(h.random, Some([7; 8]));
        assert_eq!(d.facts().flows[0].random, Some([7; 8]));
        seen.push((h.ja3.clone(), h.ja4.clone(), h.ja3s.clone()));
    }
    assert!(seen.iter().all(|x| *x == seen[0]), "{seen:?}");
}

#[test]
fn fingerprints_leave_grease_out() {
    let hello = client_hello();
    let hello = wire::Hello::read(&hello[4..], true).unwrap();
    assert_eq!(
        fingerprint::ja3_full(&hello),
        "771,4865-49199,0-10-11-13-16-43,29-23,0"
    );
    assert!(fingerprint::ja4(&hello).starts_with("t13d0206h2_"));
    // RFC 1321's vector.
    assert_eq!(fingerprint::md5("abc"), "900150983cd24fb0d6963f7d28e17f72");
}

#[test]
fn the_fields_are_there_and_encryption_is_not_read() {
    let s = session(1400, 0);
    let d = s.load();
    let t = s.trees(d.facts());
    let all = |f: &str| {
        t.iter()
            .flat_map(|t| t.values(f))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(all("tls.handshake.type"), ["1", "2", "14"]);
    assert_eq!(
        all("tls.handshake.extensions_server_name"),
        ["bad.example.io"]
    );
    assert_eq!(
        all("tls.record.content_type"),
        ["22", "22", "22", "20", "22", "20", "22", "23"]
    );
    assert_eq!(all("tls.handshake.ja4").len(), 1);
}

#[test]
fn a_stream_joined_in_the_middle_is_likely_and_noise_is_not() {
    let mut s = Synth::default();
    s.udp(CLIENT, SERVER, b"x");
    let mut c = s.connect(CLIENT, SERVER);
    c.server(&mut s, record(23, &[5; 100]));
    let mut c = s.connect((CLIENT.0, 40_001), SERVER);
    c.client(&mut s, b"\x16\x03\x01 not a hello at all, honestly");
    let d = s.load();
    let name = |n: usize| {
        d.facts().flows[n]
            .protocol
            .and_then(|p| crate::registry().get(p))
            .map(|p| p.info.name)
    };
    assert_eq!((name(1), name(2)), (Some("tls"), None));
}

#[test]
fn a_clear_alert_is_told() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, record(22, &client_hello()));
    c.server(&mut s, record(21, &[2, 48]));
    let d = s.load();
    let [h] = d
        .facts()
        .messages
        .all::<Handshake>()
        .iter()
        .collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(
        (h.alert, h.established, h.server_hello),
        (Some((2, 48, false)), false, None)
    );
}

proptest! {
    #[test]
    fn mutated_handshakes_never_panic(at in 0usize..200, to in any::<u8>(), cut in 0usize..250, junk in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut b = [record(22, &client_hello()), record(22, &message(11, &[0, 0, 9, 0, 0, 6, 0x30, 4, 2, 0, 1, 1]))].concat();
        if let Some(x) = b.get_mut(at) { *x = to; }
        b.truncate(cut);
        b.extend(junk);
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, (SERVER.0, 443));
        c.client(&mut s, &b);
        c.server(&mut s, &b);
        let d = s.load();
        s.trees(d.facts());
    }
}

#[test]
fn a_list_without_room_for_its_length_is_malformed() {
    for (kind, data, malformed) in [
        (41, &[][..], 1),
        (41, &[0], 1),
        (41, &[0, 0], 0),
        (11, &[], 1),
        (16, &[0], 1),
        (0, &[], 0),
        (0x1a1a, &[], 0),
    ] {
        let mut hello = vec![3, 3];
        hello.extend_from_slice(&[7; 32]);
        hello.push(0);
        hello.extend(sized(&[0x13, 1]));
        hello.extend_from_slice(&[1, 0]);
        hello.extend(sized(&extension(kind, data)));
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, record(22, &message(1, &hello)));
        let loaded = s.load();
        let trees = s.trees(loaded.facts());
        let told: usize = trees
            .iter()
            .map(|t| t.values("_ws.malformed").count())
            .sum();
        assert_eq!(told, malformed, "{kind} {data:?}");
    }
}
