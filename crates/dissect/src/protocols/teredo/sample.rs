//! IPv6 in datagrams, behind where it came from, and what is none.

use crate::golden::Sample;
use crate::synth::{Synth, seal_ip};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

/// A datagram on port 9 within IPv6.
fn within() -> Vec<u8> {
    let mut p = vec![0x60, 0, 0, 0, 0, 12, 17, 64];
    p.extend([0x20, 1, 0, 0, 0xc0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    p.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    p.extend([0x30, 0x39, 0, 9, 0, 12, 0, 0, 1, 2, 3, 4]);
    seal_ip(&mut p);
    p
}

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b) = (([192, 0, 2, 1], 50000), ([198, 51, 100, 1], 3544));
    s.udp(a, b, &within());
    let origin = vec![0, 0, 0x3c, 0xaf, 0x3f, 0xff, 0xfd, 0xfe];
    s.udp(b, a, &[origin, within()].concat());
    s
}
