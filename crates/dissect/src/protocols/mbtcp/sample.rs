//! Registers are read and written, a write is refused, a device says what it is.

use super::tests::session;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    session(1400)
}
