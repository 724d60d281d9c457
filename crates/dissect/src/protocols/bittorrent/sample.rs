//! Two ends greet each other, one is interested, and a piece is asked for.

use super::tests::hello;
use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 40000);
const SERVER: End = ([10, 0, 0, 2], 6881);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, hello());
    c.server(&mut s, hello());
    c.client(&mut s, [0, 0, 0, 1, 2]);
    c.server(&mut s, [0, 0, 0, 1, 1]);
    c.client(&mut s, [0, 0, 0, 13, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
    c.server(&mut s, [0, 0, 0, 13, 7, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]);
    c.finish(&mut s, 0);
    s
}
