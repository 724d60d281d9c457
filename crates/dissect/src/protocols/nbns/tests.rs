//! Unit tests of NBNS: bytes built in code, cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::synth::Synth;
use proptest::prelude::*;

pub(super) fn encode(name: &[u8; 16]) -> Vec<u8> {
    let mut out = vec![32];
    for b in name {
        out.push(b'A' + (b >> 4));
        out.push(b'A' + (b & 15));
    }
    out.push(0);
    out
}

pub(super) fn registration(name: &[u8; 16], group: bool) -> Vec<u8> {
    let mut m = vec![0, 9, 0x29, 0x10, 0, 1, 0, 0, 0, 0, 0, 1];
    m.extend(encode(name));
    m.extend_from_slice(&[0, 32, 0, 1, 0xc0, 12, 0, 32, 0, 1, 0, 0, 0, 60, 0, 6]);
    m.extend_from_slice(&[if group { 0x80 } else { 0 }, 0, 10, 0, 0, 7]);
    m
}

#[test]
fn a_registration_names_an_address() {
    let mut s = Synth::default();
    let (from, to) = (([10, 0, 0, 7], 137), ([10, 0, 0, 255], 137));
    s.udp(from, to, &registration(b"PC07            ", false));
    s.udp(from, to, &registration(b"WORKGROUP      \x1d", true));
    let d = s.load();
    let [host, group] = d.facts().messages.all::<Name>().iter().collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(
        (&*host.name, host.suffix, host.group),
        ("PC07", 0x20, false)
    );
    assert_eq!(host.address.to_string(), "10.0.0.7");
    assert_eq!(
        (&*group.name, group.suffix, group.group),
        ("WORKGROUP", 0x1d, true)
    );
    let t = s.trees(d.facts());
    assert_eq!(
        t[1].values("nbns.name").collect::<Vec<_>>(),
        ["WORKGROUP<1d>", "WORKGROUP<1d> (Local Master Browser)"]
    );
    assert_eq!(t[0].values("nbns.addr").collect::<Vec<_>>(), ["10.0.0.7"]);
}

#[test]
fn control_characters_are_shown_as_numbers() {
    let name = Decoded::plain(*b"\x01\x02__MSBROWSE__\x02\x01");
    assert_eq!(
        name.shown_with_use(),
        "<01><02>__MSBROWSE__<02><01> (Browser)"
    );
    let star = Decoded::plain(*b"*\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!(star.shown().matches("<00>").count(), 15);
    assert_eq!(star.text(), "*");
}

use super::name::Decoded;

proptest! {
    #[test]
    fn mutated_messages_never_panic(at in 0usize..80, to in any::<u8>(), cut in 0usize..90, junk in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut m = registration(b"PC07            ", false);
        if let Some(b) = m.get_mut(at) { *b = to; }
        m.truncate(cut);
        m.extend(junk);
        let mut s = Synth::default();
        s.udp(([10, 0, 0, 7], 137), ([10, 0, 0, 255], 137), &m);
        let d = s.load();
        s.trees(d.facts());
    }
}
