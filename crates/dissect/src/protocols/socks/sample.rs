//! A host is connected to with a name and a password, what is carried, and a refusal of the older version.

use super::tests::{CLIENT, five};
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = five(1080, 1400);
    let mut c = s.connect((CLIENT.0, 40001), ([10, 0, 0, 2], 1080));
    c.client(&mut s, b"\x04\x01\0\x50\xc0\0\x02\x01bob\0");
    c.server(&mut s, b"\0\x5b\0\0\0\0\0\0");
    c.finish(&mut s, 1);
    s
}
