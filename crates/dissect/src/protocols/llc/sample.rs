//! Numbered and unnumbered frames, and IP behind an organisation.

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

    s.frame(1, 2, 3, &[0xfe, 0xfe, 3]);
    s.frame(2, 1, 4, &[0xfe, 0xfe, 0, 0]);
    let snap = [vec![0xaa, 0xaa, 3, 0, 0, 0, 8, 0], within()].concat();
    s.frame(1, 2, u16::try_from(snap.len()).unwrap(), &snap);
    s
}
