//! A packet without anything before it, and a byte.

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
    let mut s = Synth {
        link: Some(101),
        ..Synth::default()
    };
    s.packets.push(within());
    s
}
