//! A host tells its neighbours that it is there; a datagram that is cut.

use super::tests::datagram;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    let mut s = Synth::default();

    let (from, to) = (([10, 0, 0, 1], 138), ([10, 0, 0, 255], 138));
    s.udp(from, to, &datagram());
    s.udp(from, to, &datagram()[..40]);
    s
}
