//! Datagrams both ways, one whose checksum is wrong, and a length that lies.

use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (a, b) = (([10, 0, 0, 1], 40000), ([10, 0, 0, 2], 9));
    s.udp(a, b, b"one");
    s.udp(b, a, b"two");
    s.ip(
        a.0,
        b.0,
        17,
        &[0x9c, 0x40, 0, 9, 0, 11, 0x12, 0x34, 1, 2, 3],
    );
    s.ip(
        a.0,
        b.0,
        17,
        &[0x9c, 0x40, 0, 9, 0, 40, 0x12, 0x34, 1, 2, 3],
    );
    s
}
