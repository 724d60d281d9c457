//! A file that was offered past the server, and is told to have come.

use super::tests::offered;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    offered(|s, c| {
        c.server(s, b"MZ tw");
        c.client(s, [0, 0, 0, 5]);
        c.server(s, b"elve by");
        c.client(s, [0, 0, 0, 12]);
    })
}
