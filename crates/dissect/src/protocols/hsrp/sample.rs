//! A router says hello, another takes over and resigns, one of version 2 with and without a checksum of its own; a cut one.

use super::tests::{CISCO, NEW, OLD, ROUTER, hello, md5, state};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();
    let other = ([10, 0, 0, 3], 1985);
    s.udp(ROUTER, OLD, &hello(0, 16, 100, 1, CISCO));
    s.udp(other, OLD, &hello(1, 8, 110, 1, b"secret\0\0"));
    s.udp(other, OLD, &hello(2, 16, 110, 1, b"secret\0\0"));
    s.udp(
        ROUTER,
        OLD,
        &[0, 3, 0, 1, 0, 10, 2, 0, 0, 1, 0, 2, 0, 0, 0, 0],
    );
    s.udp(ROUTER, NEW, &state(0, 6, 4, 7, 120));
    s.udp(ROUTER, NEW, &[state(1, 5, 4, 7, 130), md5()].concat());
    s.udp(ROUTER, OLD, &hello(0, 16, 100, 1, CISCO)[..12]);
    // It is for the neighbours alone.
    for packet in &mut s.packets {
        packet[22] = 1;
    }
    s
}
