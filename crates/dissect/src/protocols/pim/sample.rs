//! Neighbours greet each other, and one registers what is sent.

use crate::golden::Sample;
use crate::synth::{Synth, checksummed, seal_ip};

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

    let (a, all) = ([192, 168, 1, 1], [224, 0, 0, 13]);
    s.ip(
        a,
        all,
        103,
        &checksummed(vec![0x20, 0, 0, 0, 0, 1, 0, 2, 0, 105], 2),
    );
    // The checksum is of the head alone.
    let head = checksummed(vec![0x21, 0, 0, 0, 0, 0, 0, 0], 2);
    s.ip(a, [192, 168, 9, 9], 103, &[head, within()].concat());
    s
}
