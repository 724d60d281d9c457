//! IP in a frame that is filled up, an unknown type, a frame of the older kind, and one that is cut.

use crate::golden::Sample;
use crate::synth::{Synth, seal_ip};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

/// A datagram on a high port within IPv4.
fn within() -> Vec<u8> {
    let mut p = vec![
        0x45, 0, 0, 32, 0, 9, 0, 0, 63, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 1,
    ];
    p.extend([0x9c, 0x40, 0xc3, 0x59, 0, 12, 0, 0, 1, 2, 3, 4]);
    seal_ip(&mut p);
    p
}

fn capture() -> Synth {
    let mut s = Synth::default();

    s.frame(1, 2, 0x0800, &[within(), vec![0; 14]].concat());
    s.frame(2, 1, 0x1234, &[1, 2, 3, 4]);
    s.frame(1, 2, 4, &[0x0a, 0x0a, 3, 1]);
    s.packets.push(vec![2, 0, 0, 0, 0, 2, 2, 0]);
    s
}
