//! Calls with their answers, both byte orders, heads at their bounds.

use super::{Call, Head};
use crate::synth::Synth;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 49152);

pub(super) fn fragment(kind: u8, call: u8, body: &[u8]) -> Vec<u8> {
    let mut m = vec![5, 0, kind, 3, 0x10, 0, 0, 0];
    m.extend_from_slice(&u16::try_from(16 + body.len()).unwrap().to_le_bytes());
    m.extend_from_slice(&[0, 0, call, 0, 0, 0]);
    m.extend_from_slice(body);
    m
}

/// A bind to the service control manager.
pub(super) fn bind() -> Vec<u8> {
    let mut body = vec![0; 8];
    body.extend_from_slice(&[1, 0, 0, 0, 7, 0, 1, 0]);
    body.extend_from_slice(&[
        0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0, 0x10,
        0x03, 2, 0, 0, 0,
    ]);
    body.extend_from_slice(&[0; 20]);
    fragment(11, 1, &body)
}

#[test]
fn a_call_is_told_with_its_interface_and_operation() {
    let mut s = Synth::default();
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, bind());
    c.client(&mut s, fragment(0, 2, &[0, 0, 0, 0, 7, 0, 12, 0]));
    c.server(&mut s, fragment(2, 2, &[0; 8]));
    let loaded = s.load();
    let rows = loaded.facts().messages.all::<Call>();
    let told: Vec<(&str, &str)> = rows.iter().map(|c| (&*c.endpoint, &*c.operation)).collect();
    assert_eq!(told, [("svcctl", "CreateServiceW")]);
    let trees = s.trees(loaded.facts());
    assert_eq!(
        trees[3]
            .values("dcerpc.cn_bind_to_uuid")
            .collect::<Vec<_>>(),
        ["367abb81-9844-35f1-ad32-98f038001003"]
    );
    assert_eq!(trees[5].values("dcerpc.opnum").collect::<Vec<_>>(), ["12"]);
}

#[test]
fn heads_at_their_bounds() {
    let whole = fragment(19, 1, &[]);
    assert!(Head::read(&whole).is_some());
    for n in 0..16 {
        assert!(Head::read(&whole[..n]).is_none());
    }
    for (at, bad) in [(0, 4), (1, 2), (2, 20), (4, 0x20), (8, 15)] {
        let mut m = whole.clone();
        m[at] = bad;
        assert!(Head::read(&m).is_none(), "byte {at}");
    }
    let mut big = whole;
    big[4] = 0;
    big[8..10].copy_from_slice(&[0, 16]);
    assert!(Head::read(&big).is_some());
}

#[test]
fn cut_at_every_length_nothing_is_invented() {
    let whole = bind();
    for n in 0..whole.len() {
        let mut s = Synth::default();
        let mut c = s.connect(CLIENT, SERVER);
        c.client(&mut s, &whole[..n]);
        let loaded = s.load();
        let _ = s.trees(loaded.facts());
        assert!(loaded.facts().messages.all::<Call>().is_empty());
    }
}

/// A datagram of version 4: its kind, whether its numbers are little-endian, its operation.
pub(super) fn datagram(kind: u8, little: bool, opnum: u16, body: &[u8]) -> Vec<u8> {
    let mut m = vec![4, kind, 0x28, 0, if little { 0x10 } else { 0 }, 0, 0, 0];
    m.extend([0; 16]);
    let messenger = [
        0x5a, 0x7b, 0x91, 0xf8, 0xff, 0x00, 0x11, 0xd0, 0xa9, 0xb2, 0x00, 0xc0, 0x4f, 0xb6, 0xe6,
        0xfc,
    ];
    m.extend(messenger);
    m.extend([7; 16]);
    let two = |n: u16| {
        if little {
            n.to_le_bytes()
        } else {
            n.to_be_bytes()
        }
    };
    m.extend([0; 12]);
    m.extend(two(opnum));
    m.extend([0xff; 4]);
    m.extend(two(u16::try_from(body.len()).unwrap()));
    m.extend([0; 4]);
    m.extend(body);
    m
}

#[test]
fn calls_without_a_connection_are_told() {
    let mut s = Synth::default();
    let (a, b) = (([10, 0, 0, 1], 1026), ([10, 0, 0, 2], 1027));
    s.udp(a, b, &datagram(0, false, 3, b"arguments"));
    s.udp(b, a, &datagram(2, true, 3, b""));
    let whole = datagram(0, false, 3, b"arguments");
    let loaded = s.load();
    let calls = loaded.facts().messages.all::<Call>();
    let told: Vec<_> = calls
        .iter()
        .map(|c| (&*c.endpoint, &*c.operation, c.rtt.is_some()))
        .collect();
    assert_eq!(told, [("5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc", "3", true)]);
    let trees = s.trees(loaded.facts());
    let of = |n: usize, field: &str| trees[n - 1].values(field).collect::<Vec<_>>().join("|");
    assert_eq!(
        (of(1, "dcerpc.opnum"), of(2, "dcerpc.pkt_type")),
        ("3".into(), "2".into())
    );
    // Shorter than its head says, or of another version, it is something else.
    for n in 0..whole.len() {
        assert_eq!(super::datagram::is_mine(&whole[..n]), None, "{n}");
    }
    assert_eq!(super::datagram::is_mine(&whole), Some(false));
}
