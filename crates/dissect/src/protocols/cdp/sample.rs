//! A router, a telephone and a switch say who they are; a length that is none.

use crate::golden::Sample;
use crate::synth::{Synth, checksummed};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), neighbours);

pub(super) fn tlv(kind: u16, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len() + 4).unwrap();
    [&kind.to_be_bytes()[..], &len.to_be_bytes(), body].concat()
}

/// A router that says everything.
pub(super) fn message() -> Vec<u8> {
    [
        vec![2, 180, 0, 0],
        tlv(1, b"R1"),
        tlv(2, &[0, 0, 0, 1, 1, 1, 0xcc, 0, 4, 192, 168, 10, 1]),
        tlv(3, b"Ethernet0"),
        tlv(4, &[0, 0, 0, 9]),
        tlv(5, b"IOS 11.2"),
        tlv(6, b"cisco 1601"),
        tlv(10, &[0, 7]),
        tlv(11, &[1]),
    ]
    .concat()
}

pub(super) fn capture(body: &[u8]) -> Synth {
    let mut s = Synth::default();
    say(&mut s, body);
    s
}

fn say(s: &mut Synth, body: &[u8]) {
    let mut p = vec![1, 0, 0x0c, 0xcc, 0xcc, 0xcc, 0, 0, 0x0c, 1, 2, 3];
    p.extend(u16::try_from(8 + body.len()).unwrap().to_be_bytes());
    p.extend([0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0]);
    p.extend(body);
    s.packets.push(p);
}

fn neighbours() -> Synth {
    let mut s = Synth::default();
    let mut router = message();
    router.extend(tlv(9, b"plant"));
    say(&mut s, &checksummed(router, 2));
    let phone = [
        vec![2, 180, 0, 0],
        tlv(1, b"SEP001122334455"),
        tlv(3, b"Port 1"),
        tlv(4, &[0, 0, 4, 0x90]),
        tlv(5, b"SIP42.8-5-3S"),
        tlv(6, b"Cisco IP Phone 7942"),
        tlv(0x0f, &[0x20, 2, 0, 1, 0]),
        tlv(0x10, &[0x18, 0x9c]),
        tlv(11, &[1]),
    ];
    say(&mut s, &checksummed(phone.concat(), 2));
    let broken = [vec![2, 60, 0, 0], tlv(1, b"SW23"), vec![0, 6, 0, 3]];
    say(&mut s, &checksummed(broken.concat(), 2));
    s
}
