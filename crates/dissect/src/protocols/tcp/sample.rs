//! A connection with a segment that comes twice, one that was lost, its end, and one that is refused.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 50100);
const SERVER: End = ([10, 0, 0, 2], 50009);

fn capture() -> Synth {
    let mut s = Synth::default();

    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, b"first");
    c.server(&mut s, b"answer");
    let last = s.packets[3].clone();
    s.packets.push(last);
    c.lose(0, 5);
    c.client(&mut s, b"third");
    c.finish(&mut s, 0);
    let mut c = s.connect((CLIENT.0, 50101), SERVER);
    c.reset(&mut s, 1);
    s
}
