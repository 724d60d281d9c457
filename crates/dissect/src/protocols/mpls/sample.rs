//! A stack of two labels over IP, one over a frame, and one that never ends.

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
    let mut s = Synth::default();

    let labels = [0, 0x01, 0x00, 64, 0, 0x02, 0x01, 63];
    s.frame(1, 2, 0x8847, &[&labels[..], &within()].concat());
    s.frame(2, 1, 0x8847, &[&labels[4..], &within()].concat());
    s.frame(1, 2, 0x8847, &labels[..4]);
    s
}
