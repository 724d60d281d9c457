//! A frame, IP behind an option, and options that are longer than the packet.

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

/// The same in Ethernet.
fn framed() -> Vec<u8> {
    [vec![2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 8, 0], within()].concat()
}

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b) = (([192, 0, 2, 1], 50000), ([198, 51, 100, 1], 6081));
    s.udp(
        a,
        b,
        &[vec![0, 0, 0x65, 0x58, 0, 0, 7, 0], framed()].concat(),
    );
    let head = vec![2, 0, 8, 0, 0, 0, 8, 0, 0xff, 0xff, 1, 1, 1, 2, 3, 4];
    s.udp((b.0, 50001), (a.0, 6081), &[head, within()].concat());
    s.udp(a, b, &[0x3f, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2]);
    s
}
