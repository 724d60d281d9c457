//! A robot comes, joins, hears its order and offers a file.

use super::tests::session;
use crate::golden::Sample;
use crate::synth::Synth;

pub(crate) const SAMPLE: Sample = Sample::new(file!(), capture);

fn capture() -> Synth {
    session(6667, 1400)
}
