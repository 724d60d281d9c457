//! What a header vouches for: a datagram in transport mode, a packet within a tunnel; a length beyond the packet.

use crate::golden::Sample;
use crate::synth::{Synth, seal_ip};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let (a, b) = ([192, 0, 2, 1], [198, 51, 100, 1]);
    let head = |next: u8, n: u8| {
        let mut p = vec![next, 4, 0, 0, 0xc1, 0x23, 0x45, 0x67, 0, 0, 0, n];
        p.extend([0xa5; 12]);
        p
    };
    // Port 9 with four bytes; its checksum was left out.
    let datagram = [0x30, 0x39, 0, 9, 0, 12, 0, 0, 1, 2, 3, 4];
    s.ip(a, b, 51, &[head(17, 1), datagram.to_vec()].concat());
    let mut within = vec![
        0x45, 0, 0, 32, 0, 9, 0, 0, 63, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 1,
    ];
    within.extend(datagram);
    seal_ip(&mut within);
    s.ip(b, a, 51, &[head(4, 1), within].concat());
    let mut long = head(17, 2);
    long[1] = 40;
    s.ip(a, b, 51, &long);
    s
}
