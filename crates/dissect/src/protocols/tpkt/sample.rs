//! A desktop is asked for by name and taken, another refused; a packet with data.

use super::tests::{CLIENT, SERVER, request, wrap};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, request());
    c.server(&mut s, wrap(0xd0, b"\x02\x00\x08\x00\x00\x00\x00\x00"));
    c.client(&mut s, [3, 0, 0, 12, 2, 0xf0, 0x80, 1, 2, 3, 4, 5]);
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 40001), SERVER);
    c.client(&mut s, wrap(0xe0, b"\x01\x00\x08\x00\x03\x00\x00\x00"));
    // Refused: TLS is required.
    c.server(&mut s, wrap(0xd0, b"\x03\x00\x08\x00\x01\x00\x00\x00"));
    c.finish(&mut s, 1);
    s
}
