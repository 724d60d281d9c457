//! Packets both ways between two gateways, over IP and behind a translator; one too short for its head.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let (a, b) = ([192, 0, 2, 1], [198, 51, 100, 1]);
    let sealed = |spi: u32, n: u32| {
        let mut p = [spi.to_be_bytes(), n.to_be_bytes()].concat();
        p.extend([0x5a; 40]);
        p
    };
    s.ip(a, b, 50, &sealed(0xc123_4567, 1));
    s.ip(b, a, 50, &sealed(0xffff_ffff, u32::MAX));
    s.ip(a, b, 50, &sealed(0xc123_4567, 2));
    s.udp((a, 4500), (b, 4500), &sealed(0xc123_4567, 3));
    s.ip(a, b, 50, &[0xc1, 0x23, 0x45, 0x67, 0]);
    s
}
