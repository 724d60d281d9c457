//! A tag, one within another, and one that ends in its middle.

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

    s.frame(1, 2, 0x8100, &[vec![0x60, 7, 8, 0], within()].concat());
    s.frame(
        2,
        1,
        0x88a8,
        &[vec![0, 100, 0x81, 0, 0x20, 7, 8, 0], within()].concat(),
    );
    s.frame(1, 2, 0x8100, &[0, 7, 8]);
    s
}
