//! Unit tests of EAP in EAPOL and in RADIUS, whole and in pieces, at the ends of its numbers, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::Dissector;
use crate::synth::{End, Synth};
use proptest::prelude::*;

pub(super) const NAS: End = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: End = ([10, 0, 0, 2], 1812);

pub(super) fn eap(code: u8, id: u8, body: &[u8]) -> Vec<u8> {
    let mut m = vec![code, id];
    m.extend(u16::try_from(HEAD + body.len()).unwrap().to_be_bytes());
    m.extend(body);
    m
}

pub(super) fn eapol(message: &[u8]) -> Vec<u8> {
    let mut p = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x8e, 1, 0];
    p.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    p.extend(message);
    p
}

pub(super) fn radius(id: u8, attributes: &[(u8, &[u8])]) -> Vec<u8> {
    let mut list = vec![];
    for (kind, value) in attributes {
        list.extend([*kind, u8::try_from(value.len() + 2).unwrap()]);
        list.extend_from_slice(value);
    }
    let mut p = vec![1, id];
    p.extend(u16::try_from(20 + list.len()).unwrap().to_be_bytes());
    p.extend([9; 16]);
    p.extend(list);
    p
}

fn load(messages: &[Vec<u8>]) -> (Synth, Dissector) {
    let s = Synth {
        packets: messages.iter().map(|m| eapol(m)).collect(),
        ..Synth::default()
    };
    let d = s.load();
    (s, d)
}

fn rows(d: &Dissector) -> Vec<&Step> {
    d.facts().messages.all::<Step>().iter().collect()
}

fn raised(d: &Dissector) -> Vec<&'static str> {
    d.facts()
        .anomalies
        .rows()
        .iter()
        .map(|a| a.kind.id)
        .collect()
}

#[test]
fn a_log_in_tells_who_and_how() {
    let (s, d) = load(&[
        eap(1, 1, b"\x01Who?"),
        eap(2, 1, b"\x01alice@example.org\0x"),
        eap(1, 2, b"\x04\x10aaaaaaaaaaaaaaaaname"),
        eap(2, 2, &[NAK, PEAP, 0, 255]),
        eap(3, 2, b""),
    ]);
    let t = s.trees(d.facts());
    let all = |n: usize, name: &str| t[n].values(name).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(all(1, "eap.identity"), ["alice@example.org"]);
    assert_eq!(all(2, "eap.md5.value_size"), ["16"]);
    assert_eq!(all(2, "eap.md5.extra_data"), ["6e616d65"]);
    assert_eq!(all(3, "eap.desired_type"), ["25", "0", "255"]);
    assert_eq!(all(4, "eap.code"), ["3"]);
    assert!(all(4, "eap.type").is_empty());
    let told: Vec<_> = rows(&d)
        .iter()
        .map(|r| (r.code, r.method, &*r.identity))
        .collect();
    assert_eq!(
        told,
        [
            ("Request", "Identity", ""),
            ("Response", "Identity", "alice@example.org"),
            ("Request", "MD5-Challenge EAP (EAP-MD5-CHALLENGE)", ""),
            ("Response", "Legacy Nak (Response Only)", ""),
            ("Success", "", ""),
        ]
    );
    assert_eq!(
        rows(&d)[3].wanted,
        ["Protected EAP (EAP-PEAP)", "Unknown", "Experimental"]
    );
    assert_eq!(&*rows(&d)[0].sender, "02:00:00:00:00:02");
    assert_eq!(raised(&d), ["eap.mitm_attacks"]);
}

#[test]
fn numbers_at_their_ends() {
    for code in 0..=7u8 {
        let (s, d) = load(&[eap(code, 255 * (code & 1), b"\x01a")]);
        assert_eq!(rows(&d).len(), usize::from((1..=6).contains(&code)));
        let t = s.trees(d.facts());
        assert_eq!(
            t[0].values("eap.type").count(),
            usize::from(matches!(code, 1 | 2))
        );
        assert_eq!(
            t[0].values("eap.identity").count(),
            usize::from(matches!(code, 1 | 2))
        );
    }
    let name = [&[IDENTITY][..], &[b'u'; NAME + 1]].concat();
    let (s, d) = load(&[eap(2, 1, &name)]);
    assert_eq!(rows(&d)[0].identity.len(), NAME);
    let t = s.trees(d.facts());
    assert_eq!(t[0].values("eap.identity").next().unwrap().len(), NAME + 1);
}

#[test]
fn every_method_shows_its_number() {
    let all: Vec<_> = (0..=255u8)
        .map(|n| eap(1, n, &[n, 0xe7, 1, 2, 3, 4]))
        .collect();
    let (s, d) = load(&all);
    for (n, t) in s.trees(d.facts()).iter().enumerate() {
        assert_eq!(t.values("eap.type").next().unwrap(), n.to_string());
        let tls = [13, 21, 25, 43, 55].contains(&n);
        assert_eq!(t.values("eap.tls.len").count(), usize::from(tls), "{n}");
        assert_eq!(
            t.values("eap.tls.flags.version").count(),
            usize::from(tls && n != 13)
        );
        let read = tls || n < 5 && n > 0 || UNREAD.iter().any(|u| usize::from(*u) == n);
        assert_eq!(t.values("eap.data").count(), usize::from(!read), "{n}");
    }
}

#[test]
fn a_wrong_length_is_told() {
    let whole = eap(2, 1, b"\x01abcdef");
    for (stated, told) in [(0, 1), (3, 1), (4, 0), (8, 0), (11, 0), (12, 2), (65535, 2)] {
        let mut m = whole.clone();
        m[2..4].copy_from_slice(&u16::to_be_bytes(stated));
        let (_, d) = load(&[m]);
        assert_eq!(raised(&d).len(), told, "{stated} {:?}", raised(&d));
    }
    for (size, told) in [(0, 1), (4, 1), (5, 2), (255, 2)] {
        let (_, d) = load(&[eap(1, 1, &[MD5, size, 1, 2, 3, 4])]);
        assert_eq!(raised(&d).len(), told, "{size}");
    }
}

#[test]
fn in_radius_pieces_are_one_message_among_the_attributes() {
    let long = eap(2, 1, &[&[IDENTITY][..], &[b'u'; 600]].concat());
    let pieces: Vec<_> = long.chunks(253).map(|p| (79, p)).collect();
    let mut s = Synth::default();
    s.udp(NAS, SERVER, &radius(1, &pieces));
    s.udp(
        NAS,
        SERVER,
        &radius(2, &[(1, b"bob"), (79, &eap(2, 1, b"\x01bob"))]),
    );
    s.udp(NAS, SERVER, &radius(3, &pieces[..2]));
    s.udp(NAS, SERVER, &radius(4, &[(1, b"bob")]));
    s.udp(NAS, SERVER, &radius(5, &[(79, b"")]));
    let d = s.load();
    let t = s.trees(d.facts());
    let first = |n: usize, name: &str| t[n].values(name).next().map(str::to_owned);
    assert_eq!(first(0, "eap.identity").unwrap().len(), 600);
    assert_eq!(first(1, "eap.identity").as_deref(), Some("bob"));
    assert_eq!(first(2, "eap.len").as_deref(), Some("605"));
    assert_eq!(first(3, "eap.code"), None);
    let layers = first(1, "frame.protocols").unwrap();
    assert!(layers.ends_with(":radius:eap"), "{layers}");
    assert_eq!(t[0].values("radius.eap_fragment").count(), 3);
    let told: Vec<_> = rows(&d)
        .iter()
        .map(|r| (r.identity.len(), &*r.sender))
        .collect();
    assert_eq!(told, [(NAME, "10.0.0.1"), (3, "10.0.0.1")]);
    assert_eq!(raised(&d), ["eap.bad_length", "_ws.malformed"]);
}

#[test]
fn a_cut_message_is_malformed_and_has_no_row() {
    for whole in [
        eap(2, 1, b"\x01alice"),
        eap(1, 1, b"\x19\xc0\0\0\x01\0\x16"),
    ] {
        for len in 0..whole.len() {
            let (s, d) = load(&[whole[..len].to_vec()]);
            s.trees(d.facts());
            assert!(rows(&d).is_empty(), "{len} bytes");
            assert!(raised(&d).contains(&"_ws.malformed"), "{len} bytes");
        }
    }
}

proptest! {
    #[test]
    fn mutated_messages_never_panic(at in 0usize..30, to in any::<u8>(), cut in 0usize..40, junk in proptest::collection::vec(any::<u8>(), 0..40)) {
        for whole in [eap(2, 1, b"\x01alice"), eap(1, 1, b"\x04\x10aaaaaaaaaaaaaaaa"), eap(1, 1, b"\x19\xc0\0\0\x01\0")] {
            let mut m = whole;
            if let Some(b) = m.get_mut(at) { *b = to; }
            m.truncate(cut);
            m.extend(&junk);
            let (mut s, _) = load(std::slice::from_ref(&m));
            s.udp(NAS, SERVER, &radius(1, &[(79, &m), (80, &[0; 16]), (79, &junk)]));
            let d = s.load();
            s.trees(d.facts());
        }
    }
}
