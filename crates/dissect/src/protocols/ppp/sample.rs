//! A line agrees on its options and carries IP; a frame of one byte.

use crate::golden::Sample;
use crate::synth::{Synth, seal_ip};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

/// A datagram on port 9 within IPv4.
fn within() -> Vec<u8> {
    let mut p = vec![
        0x45, 0, 0, 32, 0, 9, 0, 0, 63, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 1,
    ];
    p.extend([0x30, 0x39, 0, 9, 0, 12, 0, 0, 1, 2, 3, 4]);
    seal_ip(&mut p);
    p
}

fn capture() -> Synth {
    let mut s = Synth {
        link: Some(9),
        ..Synth::default()
    };
    s.packets
        .push(vec![0xff, 3, 0xc0, 0x21, 1, 1, 0, 8, 1, 4, 5, 0xdc]);
    s.packets.push([vec![0xff, 3, 0, 0x21], within()].concat());
    s.packets.push([vec![0x21], within()].concat());
    s.packets.push(vec![0xff]);
    s
}
