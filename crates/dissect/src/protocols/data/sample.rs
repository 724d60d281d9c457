//! What nobody reads, over both transports.

use crate::golden::Sample;
use crate::synth::{End, Synth};

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

const CLIENT: End = ([10, 0, 0, 1], 50100);
const SERVER: End = ([10, 0, 0, 2], 50009);

fn capture() -> Synth {
    let mut s = Synth::default();

    s.udp(CLIENT, SERVER, b"what is this");
    let mut c = s.connect(CLIENT, SERVER);
    c.client(&mut s, b"nobody knows this protocol");
    c.finish(&mut s, 0);
    s
}
